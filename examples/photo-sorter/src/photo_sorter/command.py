"""The command without a window."""

import argparse

from . import __version__, sorting


def main():
    parser = argparse.ArgumentParser(prog="photo-sorter-cli", description="Sort photos into folders by month.")
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    parser.add_argument("folder", nargs="?", default=".")
    print(f"{sorting.sort(parser.parse_args().folder)} photos sorted")
