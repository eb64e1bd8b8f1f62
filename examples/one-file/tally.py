#!/usr/bin/env python3
"""Count the lines and words of text files, or of standard input."""

import argparse
import sys
from collections import Counter

__version__ = "0.3.0"


def arguments():
    """The command line."""
    parser = argparse.ArgumentParser(prog="tally", description=__doc__)
    parser.add_argument("files", nargs="*", help="text files; none means standard input")
    parser.add_argument("-t", "--top", type=int, default=3, metavar="N", help="show the N most frequent words")
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    return parser.parse_args()


def report(name, text, top):
    """One line about a text, and one about its words."""
    words = [word.strip(".,;:!?()\"'").lower() for word in text.split()]
    words = [word for word in words if word]
    yield f"{name}: {len(text.splitlines())} lines, {len(words)} words"
    frequent = sorted(Counter(words).items(), key=lambda item: (-item[1], item[0]))[:top]
    if frequent:
        yield "  " + ", ".join(f"{word} ×{number}" for word, number in frequent)


def main():
    """Report on every file; 1 when one of them cannot be read."""
    options = arguments()
    failed = False
    for name in options.files or ["-"]:
        try:
            if name == "-":
                text = sys.stdin.read()
            else:
                with open(name, encoding="utf-8") as file:
                    text = file.read()
        except (OSError, UnicodeDecodeError) as error:
            print(f"tally: cannot read {name}: {error}", file=sys.stderr)
            failed = True
            continue
        for line in report(name, text, options.top):
            print(line)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
