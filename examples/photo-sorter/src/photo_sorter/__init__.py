"""Sorts photos into folders by the month they were taken in."""

__version__ = "0.2.0"
