"""Ways to have code run besides the build itself: by starting the program, by building what it depends on, by an old consent."""

from ..cases import BUILD
from .recipe import HOOK, built, project, raw, sampled
from .shadows import git

PART = "consent"


def cases():
    return sampled(programs() + neighbours() + consents(), 5)


def programs():
    """Starting the program is a consent of its own where there is no sandbox."""
    loud = '"""Greets."""\n@PYTHON@\nimport argparse\n\n__version__ = "1.0"\n\n\ndef main():\n    argparse.ArgumentParser(prog="app").parse_args()\n'
    found = []
    for technology in ["wheel", "sdist", "zipapp", "pex", "shiv", "entry-point-tool", "module"]:
        command = f"build {technology} {{project}} --out {{out}}"
        found.append(
            project(
                PART,
                f"starting: {technology} runs code at import",
                files={"app/__init__.py": loud},
                commands=[command],
                needs="no sandbox",
            )
        )
        found.append(
            project(
                PART,
                f"starting: {technology} has a .pth file",
                "hatchling",
                "[tool.hatch.build.targets.wheel.force-include]\n'evil.pth' = 'evil.pth'",
                {"evil.pth": "@PYTHON@\n"},
                commands=[built(technology)],
            )
        )
    tool = '# /// script\n# requires-python = ">=3.9"\n# ///\n' + loud + "\nmain()\n"
    found.append(
        raw(
            PART,
            "starting: a script runs code at import",
            {"tool.py": tool},
            commands=[
                "build pep723-script {project}/tool.py --out {out}",
                "build zipapp {project}/tool.py --out {out}",
            ],
            needs="no sandbox",
        )
    )
    for shape in ["by = 'arguments'\nattempts = [['--version']]", "by = 'import'", "by = 'http'\nport = 8000"]:
        more = f"[tool.packwright]\nversion = 1\n[tool.packwright.try]\n{shape}\n"
        found.append(
            project(
                PART,
                f"starting: settings say how, {shape.split()[2]}",
                more=more,
                files={"app/__init__.py": loud},
                commands=["build wheel {project} --out {out}"],
                needs="no sandbox",
            )
        )
    return found


def neighbours():
    """What a project depends on is somebody's code too."""
    hook = {"hatch.toml": "[build.hooks.custom]\n", "hatch_build.py": HOOK}
    library = "[build-system]\nrequires = ['hatchling']\nbuild-backend = 'hatchling.build'\n[project]\nname = 'lib'\nversion = '1'\n"
    files = {
        "lib/pyproject.toml": library,
        "lib/lib/__init__.py": "",
        **{f"lib/{path}": text for path, text in hook.items()},
    }
    legacy = {"lib/setup.py": "@PYTHON@\nfrom setuptools import setup\nsetup(name='lib', version='1', py_modules=[])\n"}
    zipapp = ["inspect {project}", "plan zipapp {project}", BUILD.replace("wheel", "zipapp", 1)]

    def depends(name, more="", dependency="lib @ file://@PROJECT@/lib", extra=None, **rules):
        return project(
            PART,
            f"depending: {name}",
            "flit",
            more,
            {**files, **(extra or {})},
            table=f'dependencies = ["{dependency}"]',
            commands=zipapp,
            **rules,
        )

    return [
        depends("a folder with a hidden hook"),
        depends("a folder with setup.py", extra=legacy),
        depends("a folder by uv", "[tool.uv.sources]\nlib = { path = 'lib' }", "lib"),
        depends("a folder by uv, editable", "[tool.uv.sources]\nlib = { path = 'lib', editable = true }", "lib"),
        depends(
            "a member of the workspace",
            "[tool.uv.sources]\nlib = { workspace = true }\n[tool.uv.workspace]\nmembers = ['lib']",
            "lib",
        ),
        depends(
            "a repository with a hook",
            dependency="lib @ git+file://@PROJECT@/lib",
            then=lambda place: repository_in(place, "lib"),
        ),
        raw(
            PART,
            "depending: requirements.txt names a folder",
            {
                "requirements.txt": "./lib\n",
                "main.py": "import argparse\nargparse.ArgumentParser().parse_args()\n",
                **files,
            },
            commands=zipapp,
        ),
        raw(
            PART,
            "depending: a script names a folder",
            {
                "tool.py": '# /// script\n# dependencies = ["lib @ file://@PROJECT@/lib"]\n# ///\nimport argparse\nargparse.ArgumentParser().parse_args()\n',
                **files,
            },
            commands=["inspect {project}/tool.py", "build zipapp {project}/tool.py --no-verify --out {out}"],
        ),
    ]


def repository_in(place, folder):
    for words in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "first"]):
        git(place.project / folder, *words)


def consents():
    """What was agreed to once, and changed since."""
    reads = "from setuptools import setup\nexec(open('{}').read())\nsetup(packages=['app'])\n"

    def changed(path, **rules):
        return project(
            PART,
            f"agreed before: `{path}` changed",
            "setuptools",
            files={"setup.py": reads.format(path), path: ""},
            commands=["{agree} build wheel {project} --no-verify --out {out}", "{change}", BUILD],
            change=lambda place: place.write(path, "@PYTHON@\n"),
            **{"codes": {5}, **rules},
        )

    setup = {"setup.py": "@PYTHON@\nfrom setuptools import setup\nsetup()\n"}
    return [
        # No build sees that one, so the program fails on it instead.
        changed("__pycache__/x", codes={1, 5}),
        *[
            changed(path)
            for path in [
                "notes.md",
                "logo.png",
                "app/data.bin",
                "docs/x.rst",
                ".hidden",
                "build/x",
                "dist/x",
                "x.pyc",
            ]
        ],
        project(PART, "somebody else says yes", "setuptools", files=setup, commands=["{yes} " + BUILD], codes={5}),
    ]


LOCK = """version = 1
requires-python = ">=3.9"

[[package]]
name = "app"
version = "1.0"
source = { editable = "." }
dependencies = [{ name = "lib" }]

[[package]]
name = "lib"
version = "1"
source = { directory = "lib" }
"""
