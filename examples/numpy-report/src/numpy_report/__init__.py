"""Summarises the columns of a CSV file."""

__version__ = "0.4.1"
