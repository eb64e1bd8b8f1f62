"""What is no ordinary file, under every name that is read."""

import signal

from ..cases import LOOK, READ, SCREEN
from .recipe import project, raw, sampled

PART = "special files"
READ_NAMES = [
    "pyproject.toml",
    "setup.py",
    "setup.cfg",
    "hatch.toml",
    "requirements.txt",
    "uv.lock",
    "poetry.lock",
    "pylock.toml",
    "packwright.toml",
    ".gitignore",
    ".ignore",
    ".git",
    ".git/HEAD",
    ".git/info/exclude",
    ".git/config",
    ".git/packed-refs",
    ".git/refs/tags/v1",
    ".git/index",
    ".python-version",
    "uv.toml",
    "MANIFEST.in",
    "README.md",
    "LICENSE",
    "app/__init__.py",
    "app/__main__.py",
    "environment.yml",
    "Pipfile",
    "pdm.lock",
    "book.ipynb",
    "pdm_build.py",
    "dist",
    ".gitattributes",
    ".env",
    "tox.ini",
    "Dockerfile",
]
KINDS = ["fifo", "zero", "sparse", "socket", "itself", "folder", "device", "linked-fifo", "dangling"]
FEW = {"fifo", "zero", "sparse"}


def cases():
    found = []
    for kind in KINDS:
        names = (
            READ_NAMES
            if kind in FEW
            else [
                name
                for name in READ_NAMES
                if name
                in (
                    ".gitignore",
                    "pyproject.toml",
                    "uv.lock",
                    ".git",
                    "dist",
                    "app/__init__.py",
                    "packwright.toml",
                    "README.md",
                )
            ]
        )
        for name in names:
            commands = [*READ, LOOK[-1], SCREEN] if kind in FEW else LOOK
            found.append(
                project(
                    PART,
                    f"{kind} as {name}",
                    "hatchling",
                    files={".git/x": ""} if name.startswith(".git/") else {},
                    then=lambda place, name=name, kind=kind: place.special(name, kind),
                    commands=commands,
                )
            )
    for kind in KINDS:
        found.append(
            raw(
                PART,
                f"{kind} as the script itself",
                {},
                lambda place, kind=kind: place.special("tool.py", kind),
                commands=["inspect {project}/tool.py", "build zipapp {project}/tool.py --no-verify --out {out}"],
            )
        )
        found.append(
            project(
                PART,
                f"{kind} in a workspace above",
                then=lambda place, kind=kind: [
                    place.special(place.root / "pyproject.toml", kind),
                    place.special(place.root / ".gitignore", kind),
                ],
                commands=LOOK,
            )
        )
    found += [
        project(
            PART,
            "a hundred pipes in the package",
            then=lambda place: [place.special(f"app/p{n}", "fifo") for n in range(100)],
        ),
        project(PART, "a tree that is 2,000 deep", then=deep, commands=LOOK),
        project(
            PART, "a link to the root of the system", then=lambda place: place.link("app/root", "/"), commands=LOOK
        ),
        project(PART, "a link to its own folder", then=lambda place: place.link("app/again", "."), commands=LOOK),
        project(
            PART,
            "30,000 files in one folder",
            then=lambda place: [place.write(f"data/{n}.txt", "") for n in range(30_000)],
            commands=READ,
        ),
        project(
            PART,
            "a file of 3 GB without blocks",
            then=lambda place: place.hollow("app/data.bin", 3 << 30),
            commands=READ,
        ),
        project(PART, "a file that nobody may read", then=lambda place: place.write("app/locked.py", "").chmod(0)),
        project(PART, "a folder that nobody may read", then=locked),
        project(PART, "a set-user-id program", then=lambda place: place.program("app/tool").chmod(0o6755)),
    ]
    return sampled(found, 7) + sampled(crashes(), 2)


def crashes():
    """The terminal interface is ended the hard way, and the terminal is as it was."""
    return [
        project(
            "terminal",
            f"ended by {number.name}",
            then=lambda place, number=number: place.words.update(signal=number),
            commands=["{crash}"],
            ignored={"abort", "code", "unclear"},
        )
        for number in (signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS, signal.SIGKILL, signal.SIGTERM, signal.SIGHUP)
    ]


def deep(place):
    import os

    os.chdir(place.project)
    for _ in range(2000):
        os.mkdir("d")
        os.chdir("d")
    os.chdir("/")


def locked(place):
    place.write("locked/x.py", "")
    (place.project / "locked").chmod(0)
