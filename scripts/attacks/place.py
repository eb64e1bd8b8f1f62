"""The place of one hostile project: its folder, what lies around it, and a payload that shows whether code ran."""

import os
import secrets
import shutil
import stat
from pathlib import Path

BACKENDS = {
    "hatchling": ('["hatchling"]', "hatchling.build"),
    "setuptools": ('["setuptools>=77"]', "setuptools.build_meta"),
    "flit": ('["flit_core>=3.11,<4"]', "flit_core.buildapi"),
    "poetry": ('["poetry-core>=2"]', "poetry.core.masonry.api"),
    "pdm": ('["pdm-backend"]', "pdm.backend"),
    "uv": ('["uv_build>=0.7"]', "uv_build"),
}
MODULE = '''"""Greets."""

import argparse

__version__ = "1.0"


def main():
    argparse.ArgumentParser(prog="app").parse_args()
    print("hello")
'''


class Place:
    """Folders of one case, and the words that give code away that runs."""

    def __init__(self, root, home, index, prefix):
        self.root, self.home, self.index, self.prefix = root, home, index, prefix
        self.project, self.outside, self.out, self.tmp = (root / name for name in ("project", "outside", "out", "tmp"))
        for folder in (self.project, self.outside, self.tmp):
            folder.mkdir(parents=True)
        token = secrets.token_hex(5)
        self.canary = self.outside / "canary"
        # The shell computes what is looked for, so that text of the project that is merely quoted is not taken for it.
        self.mark = f"RAN-42-{token}"
        self.shell = f"touch {self.canary} 2>/dev/null || for f in /proc/[0-9]*/fd/[12]; do echo RAN-$((41+1))-{token} > $f; done"
        self.python = f'import os; os.system("{self.shell}")'
        self.secret = f"PRIVATE-{token}"
        self.values = {
            "PYTHON": self.python,
            "SHELL": self.shell,
            "SECRET": self.secret,
            "OUTSIDE": str(self.outside),
            "PROJECT": str(self.project),
            "INDEX": index.url(prefix),
            "ORIGIN": index.origin(prefix),
        }
        self.write(self.outside / "secret.txt", self.secret)
        self.write(self.outside / "thesis.txt", "three years of work\n")
        self.environment = {"TMPDIR": str(self.tmp)}

    def write(self, path, text):
        """A file of the project, or at an absolute path. `@PYTHON@` and `@SHELL@` in its text become the payload, `@OUTSIDE@`
        and `@PROJECT@` the folders, `@SECRET@` what nobody may see, `@INDEX@` an index of this case alone."""
        path = self.project / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else self.filled(text).encode(errors="surrogateescape"))
        return path

    def filled(self, text):
        for name, value in self.values.items():
            text = text.replace(f"@{name}@", value)
        return text

    def program(self, path, text=None):
        """A script for `sh`, the payload unless said."""
        path = self.write(path, f"#!/bin/sh\n{text or self.shell}\n")
        path.chmod(0o755)
        return path

    def link(self, path, target):
        path = self.project / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(target)

    def hollow(self, path, size):
        """A file of this size that takes no room."""
        with open(self.write(path, ""), "r+b") as file:
            file.truncate(size)

    def special(self, path, kind):
        """Something that is no file: `fifo`, `socket`, `zero`, `sparse`, `folder`, `dangling`, `itself`, `home`, `device`."""
        path = self.project / path
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        path.unlink(missing_ok=True)
        if kind == "fifo":
            os.mkfifo(path)
        elif kind == "socket":
            os.mknod(path, stat.S_IFSOCK | 0o666)
        elif kind == "device":
            try:
                os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 5))
            except OSError:
                path.symlink_to("/dev/tty")
        elif kind == "sparse":
            self.hollow(path, 10 << 30)
        elif kind == "folder":
            path.mkdir()
        elif kind == "linked-fifo":
            pipe = self.outside / f"pipe-{path.name}"
            os.mkfifo(pipe)
            path.symlink_to(pipe)
        else:
            path.symlink_to(
                {
                    "zero": "/dev/zero",
                    "dangling": "nowhere",
                    "itself": path.name,
                    "stdin": "/dev/stdin",
                    "home": "/proc/self/environ",
                }[kind]
            )

    def app(self, backend="hatchling", more="", project="", requires=None, files=(), name="app"):
        """A usual project with this backend, with more TOML behind it and these files over it."""
        needs, build = BACKENDS[backend]
        head = f'[build-system]\nrequires = {requires or needs}\nbuild-backend = "{build}"\n'
        if "version" not in project:
            project = f'version = "1.0"\n{project}'
        if "description" not in project:
            project = f'description = "Greets"\n{project}'
        table = f'[project]\nname = "{name}"\nrequires-python = ">=3.9"\n{project}\n'
        scripts = "" if "[project.scripts]" in project else f'[project.scripts]\n{name} = "{name}:main"\n'
        self.write("pyproject.toml", f"{head}\n{table}\n{scripts}\n{more}\n")
        self.write(f"src/{name}/__init__.py" if backend == "uv" else f"{name}/__init__.py", MODULE)
        for path, text in dict(files).items():
            self.write(path, text)

    def script(self, header="", body=MODULE):
        """A single script with a header of PEP 723."""
        lines = "".join(f"# {line}\n" if line else "#\n" for line in header.splitlines())
        self.write("tool.py", f"# /// script\n{lines}# ///\n{body}\nmain()\n")


def under(folder):
    """The files below a folder for the eyes of a test."""
    return [path for path in Path(folder).rglob("*") if path.is_file() and not path.is_symlink()]
