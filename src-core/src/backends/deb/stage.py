"""Lays a package out as dpkg-deb packs it: LAID STAGE REPORT.

LAID has `package/`, what is installed, and `papers/`, what is said of it. STAGE is made. In REPORT stands, one a line, each
library that something needs and no known package has.
"""

import email.utils
import gzip
import hashlib
import os
import pathlib
import shutil
import sys

laid, stage, report = map(pathlib.Path, sys.argv[1:4])
papers = laid / "papers"
epoch = int(os.environ["SOURCE_DATE_EPOCH"])


def lines(name):
    """The lines of a paper; none where it is missing."""
    path = papers / name
    return path.read_text("utf-8").splitlines() if path.is_file() else []


def copy(source, target):
    """A folder with its links; modes are the two that a package has, and libraries are no programs."""
    target.mkdir(mode=0o755)
    for entry in sorted(source.iterdir()):
        to = target / entry.name
        if entry.is_symlink():
            to.symlink_to(os.readlink(entry))
        elif entry.is_dir():
            copy(entry, to)
        else:
            is_library = entry.name.endswith(".so") or ".so." in entry.name
            is_program = bool(entry.stat().st_mode & 0o111) and not is_library
            shutil.copyfile(entry, to)
            to.chmod(0o755 if is_program else 0o644)
    target.chmod(0o755)


def compress(path):
    """Replaces a text by its gzip, without name and date."""
    with open(f"{path}.gz", "wb") as file, gzip.GzipFile("", "wb", 9, file, 0) as packed:
        packed.write(path.read_bytes())
    path.unlink()


def licences():
    """The texts of the project's licences, as a field of a copyright file goes on."""
    for path in sorted((papers / "licences").glob("**/*")):
        if path.is_file():
            for line in path.read_text("utf-8", "replace").expandtabs().splitlines():
                line = "".join(c for c in line.rstrip() if c.isprintable())
                # A dot at the head means something of its own; a further space makes a line to be shown as it is.
                yield f" {' ' if line.startswith('.') else ''}{line}" if line else " ."


def depends():
    """What the papers say, and the packages of the libraries that something inside needs and does not bring."""
    known = dict(line.split() for line in lines("libraries.txt") if line and not line.startswith("#"))
    inside = {path.name for path in stage.glob("**/*.so*")}
    relations, unknown = lines("depends.txt"), []
    for word, name in (line.split(" ", 1) for line in lines("needs.txt")):
        if word == "glibc":
            relations.append(f"libc6 (>= {name})")
        elif name not in inside:
            (relations if name in known else unknown).append(known.get(name, name))
    # The C library is named with its version, where one is known.
    versioned = {relation.split(" ")[0] for relation in relations if " (" in relation}
    wanted = [relation for relation in relations if " (" in relation or relation not in versioned]
    report.write_text("".join(f"{name}\n" for name in sorted(set(unknown))), "utf-8")
    return sorted(set(wanted))


def size():
    """What is installed in KiB, as Debian Policy 5.6.20 counts: files are rounded up, all else is one."""
    paths = [path for path in stage.glob("**/*") if control not in [path, *path.parents]]
    return sum(-(-path.stat().st_size // 1024) if path.is_file() and not path.is_symlink() else 1 for path in paths)


copy(laid / "package", stage)
control = stage / "DEBIAN"
documents = stage / "usr/share/doc"
for text in documents.glob("*/copyright"):
    terms = "\n".join(licences()) or " " + " ".join(lines("licence.txt"))
    text.write_text(text.read_text("utf-8").rstrip("\n") + f"\n{terms}\n", "utf-8")
for text in documents.glob("*/changelog.Debian"):
    text.write_text(text.read_text("utf-8").replace("@date@", email.utils.formatdate(epoch)), "utf-8")
for text in [*documents.glob("*/changelog.Debian"), *(stage / "usr/share/man").glob("*/*")]:
    compress(text)

fields, description = (control / "control").read_text("utf-8").split("Description:", 1)
fields += f"Installed-Size: {size()}\n"
if relations := depends():
    fields += f"Depends: {', '.join(relations)}\n"
(control / "control").write_text(f"{fields}Description:{description}", "utf-8")
files = sorted(path for path in stage.glob("**/*") if path.is_file() and not path.is_symlink() and path.parent != control)
sums = (f"{hashlib.md5(path.read_bytes()).hexdigest()}  {path.relative_to(stage)}\n" for path in files)
(control / "md5sums").write_text("".join(sums), "utf-8")
for path in [stage, *stage.glob("**/*")]:
    if path.parent == control and not path.stat().st_mode & 0o100:
        path.chmod(0o644)
    os.utime(path, (epoch, epoch), follow_symlinks=False)
