"""What the weather is usually like."""

__version__ = "1.2.0"
