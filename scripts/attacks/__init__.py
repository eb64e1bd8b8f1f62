"""What `scripts/attack` tries: faults while Packwright works, and projects that mean harm."""
