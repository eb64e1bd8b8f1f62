"""Names and versions that mean something to a terminal, a shell, a file system or an archive."""

import json

from ..cases import INSPECT, LOOK, SCREEN
from .recipe import project, raw, sampled

PART = "names"
NASTY = {
    "a newline": "a\nb",
    "escapes": "\x1b]0;owned\x07\x1b[2J\x1b[31mx",
    "eight-bit escapes": "\x9b2Jx",
    "right to left": "a\u202egpj.exe",
    "zero width": "a\u200bpp",
    "a null": "a\0b",
    "a path above": "../../outside/thesis.txt",
    "an absolute path": "/tmp/x",
    "a Windows path": "..\\..\\x",
    "a device": "CON",
    "an option": "--trust",
    "a command": "$(touch x)`touch x`;touch x",
    "a percent": "%s%n%PATH%{name}",
    "spaces": "   ",
    "4,000 letters": "a" * 4000,
    "nothing": "",
    "a tilde": "~root",
    "a slash": "a/b",
    "dots": "..",
    "a wildcard": "*",
    "quotes": "'\"",
    "tabs": "a\tb",
    "a tag": "<b>a</b>",
    "letters of elsewhere": "пакет",
    "a surrogate": "a\\ud800",
}


def cases():
    found = []
    for name, text in NASTY.items():
        quoted = json.dumps(text, ensure_ascii=True).replace("\\\\ud800", "\\ud800")

        def files(part, quoted=quoted):
            table = {"name": '"app"', "version": '"1.0"', "description": '"x"'} | {part: quoted}
            lines = "".join(f"{key} = {value}\n" for key, value in table.items())
            return {
                "pyproject.toml": f"[build-system]\nrequires = ['hatchling']\nbuild-backend = 'hatchling.build'\n[project]\n{lines}",
                "app/__init__.py": "def main():\n    pass\n",
            }

        for part in ["name", "version", "description"]:
            found.append(
                raw(
                    PART,
                    f"{name} as {part}",
                    files(part),
                    commands=[*LOOK, SCREEN] if part == "name" else LOOK,
                    check=quiet,
                )
            )
        found.append(
            project(
                PART,
                f"{name} as script, extra, group, author",
                more=f"[dependency-groups]\n{quoted} = []\n",
                table=f"authors = [{{ name = {quoted}, email = {quoted} }}]\nkeywords = [{quoted}]\nclassifiers = [{quoted}]\n[project.scripts]\n{quoted} = 'app:main'\n[project.optional-dependencies]\n{quoted} = []\n[project.urls]\n{quoted} = {quoted}\n[project.entry-points.{quoted}]\n{quoted} = {quoted}",
                commands=LOOK,
                check=quiet,
            )
        )
    for name in [
        "a newline",
        "escapes",
        "right to left",
        "an option",
        "a command",
        "quotes",
        "letters of elsewhere",
        "eight-bit escapes",
        "spaces",
        "a tag",
    ]:
        text = NASTY[name].replace("/", "_")

        def then(place, text=text):
            place.write(f"app/{text}.py", "x = 1\n")
            place.write(f"{text}/{text}", "x")
            place.write(f"app/{text}.txt", "x")
            (place.project / f"link{text}").symlink_to(text)

        found.append(
            project(
                PART,
                f"{name} as file",
                then=then,
                commands=[*LOOK, SCREEN, "build zipapp {project} --no-verify --out {out}"],
                check=quiet,
            )
        )
    found += [
        project(
            PART,
            "a file name that is not a text",
            then=lambda place: (place.project / "app" / "x\udcff.py").write_text(""),
        ),
        project(PART, "names that differ in case", files={"app/A.py": "", "app/a.py": "", "APP/__init__.py": ""}),
        project(
            PART,
            "a project in a folder of a strange name",
            then=strange_folder,
            commands=["inspect {strange}", "plan wheel {strange}", "build wheel {strange} --no-verify --out {out}"],
        ),
        project(
            PART,
            "names of Packwright's own litter",
            files={
                ".packwright-1-1.x/a": "",
                "dist/.packwright-1-1.x": "",
                "app.receipt.json": "{}",
                "dist/app-1.0-py3-none-any.whl.receipt.json": '{"format": 1}',
            },
            ignored={"receipt", "left", "escape"},
        ),
        raw(
            PART,
            "an entry point of code",
            {
                "pyproject.toml": "[build-system]\nrequires = ['hatchling']\nbuild-backend = 'hatchling.build'\n[project]\nname = 'app'\nversion = '1'\n[project.scripts]\napp = 'app:main(); @PYTHON@'\nx = 'os:system'\ny = 'app:__import__(\"os\").system'\n".replace(
                    "@PYTHON@", "import os"
                ),
                "app/__init__.py": "",
            },
            commands=[
                INSPECT,
                "build zipapp {project} --no-verify --out {out}",
                "build pex {project} --no-verify --out {out}",
                "build wheel {project} --no-verify --out {out}",
            ],
        ),
    ]
    return sampled(found, 6)


def strange_folder(place):
    folder = place.root / "a b\n\x1b[2J'$(x)"
    place.project.rename(folder)
    place.project.mkdir()
    place.words["strange"] = str(folder)


def quiet(_place, runs):
    """No control character reached a pipe. A terminal gets Packwright's own, so screens are not looked at."""
    for done in runs:
        if "packwright" in done.words[0] and len(done.words) > 2 or not done.terminal:
            bad = [
                c
                for c in done.text
                if (ord(c) < 32 and c not in "\n\t\r") or 0x80 <= ord(c) < 0xA0 or c in "\u202e\u202d\u2066\u2067"
            ]
            if bad and done.err is not None and "\x1b[?1049h" not in done.text:
                return [("terminal", f"printed the control character {bad[0]!r}")]
    return []
