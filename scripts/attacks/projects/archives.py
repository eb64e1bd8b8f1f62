"""Wheels and source distributions, made in memory, and the lies that they may tell."""

import io
import struct
import tarfile
import warnings
import zipfile

INFO = "dep-1.dist-info"
WHEEL = "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
METADATA = "Metadata-Version: 2.1\nName: dep\nVersion: 1\n"
MEMBERS = {
    "dep.py": "",
    f"{INFO}/METADATA": METADATA,
    f"{INFO}/WHEEL": WHEEL,
    f"{INFO}/RECORD": f"dep.py,,\n{INFO}/METADATA,,\n{INFO}/WHEEL,,\n{INFO}/RECORD,,\n",
}


def wheel(members, **more):
    """The bytes of a wheel with these members over the usual, and `links` as `{name: target}`."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {**MEMBERS, **members}.items():
            if text is not None:
                archive.writestr(name, text)
        for name, target in more.get("links", {}).items():
            info = zipfile.ZipInfo(name)
            info.create_system, info.external_attr = 3, 0o120777 << 16
            archive.writestr(info, target)
        for name, size in more.get("zeros", {}).items():
            with archive.open(name, "w", force_zip64=True) as file:
                for _ in range(size >> 20):
                    file.write(bytes(1 << 20))
    return buffer.getvalue()


def sdist(members, links=(), kinds=()):
    """The bytes of a source distribution."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, text in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text.encode()))
        for name, target, kind in links:
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, target
            archive.addfile(info)
        for name, kind in kinds:
            info = tarfile.TarInfo(name)
            info.type = kind
            archive.addfile(info)
    return buffer.getvalue()


def zipped(members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def twice():
    buffer = io.BytesIO(wheel({}))
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("dep.py", "other = 1\n")
    return buffer.getvalue()


def flagged(data):
    return data.replace(b"PK\1\2\x14\x03\x14\0\0\0", b"PK\1\2\x14\x03\x14\0\1\0").replace(
        b"PK\3\4\x14\0\0\0", b"PK\3\4\x14\0\1\0"
    )


def lying(data):
    """The directory says that each member unpacks to nearly 4 GB."""
    data = bytearray(data)
    at = data.find(b"PK\1\2")
    while at != -1:
        data[at + 24 : at + 28] = struct.pack("<I", 0xFFFFFFF0)
        at = data.find(b"PK\1\2", at + 4)
    return bytes(data)


def overlapping(members=500):
    """Many entries of the directory name the same 8 MB of zeros."""
    whole = wheel({}, zeros={"zeros.bin": 8 << 20})
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        start = archive.start_dir
    directory, count = whole[start : whole.rindex(b"PK\5\6")], whole[start:].count(b"PK\1\2")
    last = directory[directory.rindex(b"PK\1\2") :]
    more = b"".join(last.replace(b"zeros.bin", b"z%07d" % n + b"x") for n in range(members))
    end = struct.pack(
        "<4sHHHHIIH", b"PK\5\6", 0, 0, count + members, count + members, len(directory) + len(more), start, 0
    )
    return whole[:start] + directory + more + end


class Zeros(io.RawIOBase):
    def readable(self):
        return True

    def readinto(self, buffer):
        buffer[:] = bytes(len(buffer))
        return len(buffer)


def tar_of_zeros(megabytes):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", compresslevel=1) as archive:
        info = tarfile.TarInfo("dep-1/zeros")
        info.size = megabytes << 20
        archive.addfile(info, io.BufferedReader(Zeros(), 1 << 20))
    return buffer.getvalue()
