"""What must go well, so that holding means something: usual projects need no question, and a canary can be touched."""

import shutil

from ..cases import BUILD, INSPECT, PLAN, asked
from ..house import REPOSITORY
from .recipe import HOOK, project, raw, sampled

PART = "controls"
DYNAMIC = 'dynamic = ["version"]'


def cases():
    return usual() + consented() + refused()


def usual():
    """A usual project of each backend is built without a question."""

    def fine(name, backend, more="", files=None, **rules):
        return project(
            PART, f"usual: {name}", backend, more, files, commands=[INSPECT, PLAN, BUILD], codes={0}, **rules
        )

    readme = {"README.md": "# App\n", "LICENSE": "MIT\n"}
    table = 'readme = "README.md"\nlicense = "MIT"\nlicense-files = ["LICENSE"]\ndependencies = ["click"]\nauthors = [{ name = "A" }]\n[project.optional-dependencies]\nmore = ["six"]\n[project.urls]\nHome = "https://app.invalid"'
    found = [
        fine(f"{backend} with everything that is declared", backend, files=readme, table=table)
        for backend in ["hatchling", "setuptools", "flit", "poetry", "pdm", "uv"]
    ]
    found += [
        fine(
            "hatchling with packages",
            "hatchling",
            "[tool.hatch.build.targets.wheel]\npackages = ['app']\n[tool.hatch.build.targets.sdist]\ninclude = ['app']",
        ),
        fine(
            "hatchling with its version in a file",
            "hatchling",
            "[tool.hatch.version]\npath = 'app/__init__.py'",
            table=DYNAMIC,
        ),
        fine(
            "setuptools with found packages and data",
            "setuptools",
            "[tool.setuptools.packages.find]\nwhere = ['.']\ninclude = ['app*']\n[tool.setuptools.package-data]\napp = ['*.txt']",
            {"app/data.txt": "x\n"},
        ),
        fine(
            "setuptools with a literal version",
            "setuptools",
            "[tool.setuptools.dynamic]\nversion = { attr = 'app.__version__' }\n[tool.setuptools]\npackages = ['app']",
            table=DYNAMIC,
        ),
        fine("flit with version and docstring of the module", "flit", table='dynamic = ["version", "description"]'),
        fine(
            "Poetry with packages",
            "poetry",
            "[tool.poetry]\npackages = [{ include = 'app' }]\n[tool.poetry.group.dev.dependencies]\npytest = '*'",
        ),
        fine(
            "PDM with its version in a file",
            "pdm",
            "[tool.pdm.version]\nsource = 'file'\npath = 'app/__init__.py'\n[tool.pdm]\ndistribution = true",
            table=DYNAMIC,
        ),
        fine(
            "uv_build with its module named", "uv", "[tool.uv.build-backend]\nmodule-name = 'app'\nmodule-root = 'src'"
        ),
    ]
    for folder in ["examples/weather-cli", "tests/fixtures/flit-app", "tests/fixtures/poetry-flat"]:
        found.append(
            raw(
                PART,
                f"usual: {folder}",
                {},
                lambda place, folder=folder: copy(place, folder),
                commands=[BUILD],
                codes={0},
            )
        )
    found += [
        raw(
            PART,
            "usual: a script",
            {
                "tool.py": "import argparse\n\n__version__ = '1'\nparser = argparse.ArgumentParser()\nparser.add_argument('--version', action='version', version='1')\nparser.parse_args()\n"
            },
            commands=["build zipapp {project}/tool.py --no-verify --out {out}"],
            codes={0},
        ),
        project(PART, "usual: pex", commands=[BUILD.replace("wheel", "pex", 1)], codes={0}),
        project(PART, "usual: shiv", commands=[BUILD.replace("wheel", "shiv", 1)], codes={0}),
        project(PART, "usual: verify of what was built", commands=[BUILD], codes={0}, check=verified),
    ]
    return sampled(found, 2)


def copy(place, folder):
    shutil.copytree(REPOSITORY / folder, place.project, dirs_exist_ok=True)


def verified(place, runs):
    return [] if runs[-1].code == 0 and list(place.out.glob("*.whl")) else [("control", "no wheel was handed over")]


def consented():
    """With `--trust` the payload runs: outside where there is no sandbox, only inside where there is one."""
    setup = {"setup.py": "@PYTHON@\nfrom setuptools import setup\nsetup()\n"}
    trust = [BUILD + " --trust"]
    found = [
        project(
            PART,
            "the canary outside can be touched",
            "setuptools",
            files=setup,
            commands=trust,
            codes={0},
            is_trusted=True,
            needs="no sandbox",
            check=touched,
        ),
        project(
            PART,
            "the canary outside cannot be touched from a sandbox",
            "setuptools",
            files=setup,
            commands=trust,
            codes={0},
            is_trusted=True,
            needs="sandbox",
        ),
        project(
            PART,
            "a hook runs with trust",
            "hatchling",
            "[tool.hatch.build.hooks.custom]",
            {"hatch_build.py": HOOK},
            commands=trust,
            codes={0},
            is_trusted=True,
            needs="no sandbox",
            check=touched,
        ),
    ]
    return sampled(found, 1)


def touched(place, _runs):
    return [] if place.canary.exists() else [("control", "the payload did not run, so its absence proves nothing")]


def refused():
    """Code that everybody sees is asked about."""
    found = [
        project(
            PART,
            "setup.py asks",
            "setuptools",
            files={"setup.py": "@PYTHON@\n"},
            commands=[BUILD],
            codes={5},
            check=asked,
        ),
        project(
            PART,
            "a custom hook asks",
            "hatchling",
            "[tool.hatch.build.hooks.custom]",
            {"hatch_build.py": HOOK},
            commands=[BUILD],
            codes={5},
            check=asked,
        ),
    ]
    return sampled(found, 1)
