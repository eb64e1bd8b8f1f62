"""Lets ``python -m weather_cli`` do what ``weather`` does."""

from weather_cli.cli import main

main(prog_name="weather")
