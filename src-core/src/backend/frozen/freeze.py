"""Freezes as the command `pyinstaller` does, and lets nothing inside look for libraries in folders of this machine: ARGUMENT...

A Python that was built in a home folder says to its libraries where others are. On the machine of a user that folder may not
exist, or belong to somebody else, who could put a library there. Everything they need is beside them, so the search goes.
"""

import pathlib
import shutil
import struct
import sys

# The folder of this script: no program imports anything from it.
sys.path.pop(0)

import PyInstaller.__main__  # noqa: E402
from PyInstaller.building import build_main  # noqa: E402
from PyInstaller.config import CONF  # noqa: E402

# Of the format ELF: kinds of segments, and of entries in that which tells how a library is linked.
LOAD, DYNAMIC = 1, 2
STRINGS, SEARCH, SEARCH_LAST = 5, 15, 29
# Folders that every system has.
USUAL = ("/usr/lib", "/lib", "/usr/local/lib")


def is_of_this_machine(folders):
    """Whether a search begins nowhere but in folders that other machines do not have."""
    parts = folders.split(":")
    return "$" not in folders and any(part.startswith("/") and not part.startswith(USUAL) for part in parts)


def without_search(data):
    """Takes the entries out that name folders of this machine; `False` where there are none."""
    if data[:4] != b"\x7fELF":
        return False
    order = "<" if data[5] == 1 else ">"
    header, segment, entry = ("16xHHIQQQIHHH", "IIQQQQ", "qQ") if data[4] == 2 else ("16xHHIIIIIHHH", "IIIII", "iI")
    fields = struct.unpack_from(order + header, data)
    at, size, count = fields[4], fields[8], fields[9]
    segments = []
    for number in range(count):
        found = struct.unpack_from(order + segment, data, at + number * size)
        # The wide format has flags behind the kind.
        segments.append((found[0], *(found[2:4] if data[4] == 2 else found[1:3]), found[-1]))
    for kind, offset, _, length in segments:
        if kind == DYNAMIC:
            step = struct.calcsize(order + entry)
            places = range(offset, offset + length - step + 1, step)
            entries = [struct.unpack_from(order + entry, data, place) for place in places]
            kept = [one for one in entries if not is_search(one, entries, segments, data)]
            new = b"".join(struct.pack(order + entry, *one) for one in kept)
            data[offset : offset + len(entries) * step] = new.ljust(len(entries) * step, b"\0")
            return len(kept) < len(entries)
    return False


def is_search(entry, entries, segments, data):
    """Whether an entry makes a library search in folders of this machine."""
    if entry[0] not in (SEARCH, SEARCH_LAST):
        return False
    address = next(value for tag, value in entries if tag == STRINGS) + entry[1]
    for kind, offset, start, length in segments:
        if kind == LOAD and start <= address < start + length:
            begin = offset + address - start
            return is_of_this_machine(data[begin : data.index(b"\0", begin)].decode("utf-8", "replace"))
    return False


def plain(name, source, kind):
    """What goes in under this name: a copy, where the library would search."""
    if kind not in ("BINARY", "EXTENSION"):
        return (name, source, kind)
    data = bytearray(pathlib.Path(source).read_bytes())
    try:
        is_other = without_search(data)
    except (struct.error, ValueError, StopIteration):
        # What is damaged is found by starting it.
        is_other = False
    if not is_other:
        return (name, source, kind)
    copy = pathlib.Path(CONF["workpath"], "plain", name)
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_bytes(data)
    shutil.copystat(source, copy)
    return (name, str(copy), kind)


class Analysis(build_main.Analysis):
    """What the program needs."""

    def assemble(self):
        super().assemble()
        self.binaries = [plain(*entry) for entry in self.binaries]


class PYZ(build_main.PYZ):
    """Its modules, and what is needed to read them."""

    def __init__(self, *modules, **options):
        super().__init__(*modules, **options)
        self.dependencies = [plain(*entry) for entry in self.dependencies]


build_main.Analysis, build_main.PYZ = Analysis, PYZ
PyInstaller.__main__.run()
