"""The command ``numpy-report``."""

import argparse
import csv
import sys
from importlib.resources import files

import numpy as np

from numpy_report import __version__


def main():
    """Print one line for each numeric column."""
    parser = argparse.ArgumentParser(prog="numpy-report", description="Summarise the numeric columns of a CSV file.")
    parser.add_argument("file", nargs="?", help="the CSV file; without it a sample is shown")
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__} (numpy {np.__version__})")
    path = parser.parse_args().file
    try:
        text = sample() if path is None else open(path, encoding="utf-8").read()
    except OSError as error:
        print(f"numpy-report: cannot read {path}: {error.strerror}", file=sys.stderr)
        return 1
    print(f"{'column':<16}{'mean':>10}{'median':>10}{'std':>10}")
    for name, values in columns(text):
        print(f"{name:<16}{values.mean():>10.2f}{np.median(values):>10.2f}{values.std():>10.2f}")
    return 0


def sample():
    """A small table that comes with the package."""
    return files("numpy_report").joinpath("data", "gardens.csv").read_text(encoding="utf-8")


def columns(text):
    """The columns that hold nothing but numbers."""
    header, *rows = csv.reader(text.splitlines())
    for name, cells in zip(header, zip(*rows)):
        try:
            yield name, np.array([float(cell) for cell in cells])
        except ValueError:
            continue


if __name__ == "__main__":
    sys.exit(main())
