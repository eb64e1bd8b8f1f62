"""Deep, long and broken text in every file that is read; what is required and locked has a module of its own."""

import json

from ..cases import INSPECT, LOOK, PLAN, READ, SCREEN
from .recipe import project, raw, sampled

PART = "parsers"
EVERYWHERE = [*LOOK, SCREEN]
MAIN = {"main.py": "import argparse\nargparse.ArgumentParser().parse_args()\n"}
DEPTHS = [3000, 100_000]


def cases():
    return sampled(toml() + others() + code() + ignores(), 4)


def toml():
    """Every TOML file that is read."""
    shapes = {
        "arrays": lambda depth: "x = " + "[" * depth + "]" * depth + "\n",
        "inline tables": lambda depth: "x = " + "{ a = " * depth + "1" + " }" * depth + "\n",
        "dotted keys": lambda depth: "x" + ".a" * depth + " = 1\n",
        "table names": lambda depth: "[x" + ".a" * depth + "]\n",
        "tables of tables": lambda depth: "".join(f"[[x{'.a' * number}]]\n" for number in range(min(depth, 600))),
    }
    names = [
        "hatch.toml",
        "uv.lock",
        "pylock.toml",
        "packwright.toml",
        "poetry.lock",
        "pdm.lock",
        "uv.toml",
        "Pipfile",
        "Cargo.toml",
    ]
    found = []
    for shape, make in shapes.items():
        for depth in DEPTHS:
            found.append(
                project(PART, f"TOML: {depth} {shape} in pyproject.toml", more=make(depth), commands=EVERYWHERE)
            )
        files = {"main.py": MAIN["main.py"], **{name: make(DEPTHS[1]) for name in names}}
        found.append(raw(PART, f"TOML: {shape} in every other file", files, commands=EVERYWHERE))
    broken = {
        "nothing": "",
        "a byte order mark": "\ufeff[project]\nname = 'app'\nversion = '1'\n",
        "zeros": "\0" * 1000,
        "a key twice": "[project]\nname = 'a'\nname = 'b'\n",
        "a table twice": "[project]\n[project]\n",
        "carriage returns": "[project]\rname = 'a'\r",
        "ten megabytes of comments": "#" * 10_000_000,
        "a million keys": "[tool.x]\n" + "".join(f"k{n} = {n}\n" for n in range(1_000_000)),
        "a string of 20 MB": "[project]\nname = 'a'\nversion = '1'\ndescription = '" + "x" * 20_000_000 + "'\n",
        "wrong kinds": "[project]\nname = 1\nversion = []\ndependencies = {}\nscripts = 3\nreadme = 1979-05-27\n[build-system]\nrequires = 'hatchling'\n[tool]\nhatch = 1\nuv = []\npackwright = 'x'\npoetry = true\n",
        "wrong kinds below": "[project]\nname = 'a'\nversion = '1'\nscripts = { a = 1, b = [] }\nentry-points = { x = 1 }\noptional-dependencies = { x = { y = 1 } }\n[dependency-groups]\na = [1, { include-group = 2 }, {}]\n[tool.uv]\nsources = { six = [1, {}, { git = 2 }] }\nworkspace = { members = [1] }\n",
        "numbers that are too large": "[project]\nname = 'a'\nversion = '1'\n[tool.packwright]\nversion = 99999999999999999999999999\n",
        "not a text": b"\xff\xfe[\0p\0",
    }
    found += [
        raw(PART, f"TOML: {name}", {**MAIN, "pyproject.toml": text}, commands=EVERYWHERE)
        for name, text in broken.items()
    ]
    return found


def others():
    """Files of other formats."""
    deep = "[" * 100_000 + "]" * 100_000
    objects = '{"a":' * 100_000 + "1" + "}" * 100_000
    notebook = '{"cells": [{"cell_type": "code", "metadata": {}, "outputs": [], "source": %s}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    found = [
        raw(
            PART,
            f"JSON: {name}",
            {
                **MAIN,
                **{
                    file: text
                    for file in [
                        "Pipfile.lock",
                        "package.json",
                        "book.ipynb",
                        ".python-version",
                        "environment.yml",
                        "conda-lock.yml",
                    ]
                },
            },
            commands=EVERYWHERE,
        )
        for name, text in [
            ("deep arrays", deep),
            ("deep objects", objects),
            ("numbers", "1" * 1_000_000),
            ("nothing", ""),
        ]
    ]
    found += [
        raw(PART, "a notebook of 30 MB", {"book.ipynb": notebook % json.dumps("x = 1\n" * 5_000_000)}, commands=READ),
        raw(PART, "a notebook with a source that is none", {"book.ipynb": notebook % '{"a": 1}'}, commands=EVERYWHERE),
        project(
            PART,
            "setup.cfg with a value of 10 MB",
            "setuptools",
            files={"setup.cfg": "[metadata]\ndescription = " + "x" * 10_000_000 + "\n"},
            commands=[*READ, SCREEN],
        ),
        project(
            PART,
            "setup.cfg that includes itself by names",
            "setuptools",
            files={
                "setup.cfg": "[metadata]\nname = %(name)s\nversion = %(version)s%(name)s\n[options]\ninstall_requires = %(x)s\n"
            },
            commands=EVERYWHERE,
        ),
        project(
            PART,
            "setup.cfg with 100,000 sections",
            "setuptools",
            files={"setup.cfg": "".join(f"[s{n}]\na = 1\n" for n in range(100_000))},
            commands=[*READ, SCREEN],
        ),
        project(
            PART,
            "setup.cfg that is broken",
            "setuptools",
            files={"setup.cfg": "a\n[[[\n= 1\n[metadata\nx"},
            commands=EVERYWHERE,
        ),
        project(
            PART,
            "YAML that explodes",
            files={
                "environment.yml": "a: &a [x,x,x,x,x,x,x,x,x]\n"
                + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(15))
            },
            commands=EVERYWHERE,
        ),
        raw(
            PART,
            "a header of a script that never ends",
            {"tool.py": "# /// script\n" + "# x = 1\n" * 300_000},
            commands=["inspect {project}/tool.py"],
        ),
        raw(
            PART,
            "a header of a script a hundred times",
            {"tool.py": "# /// script\n# dependencies = []\n# ///\n" * 100},
            commands=["inspect {project}/tool.py"],
        ),
        project(
            PART,
            "a description of 5 MB with escapes",
            files={"README.md": "\x1b[2J\x1b]0;x\x07" * 500_000},
            table='readme = "README.md"',
            commands=[*READ, SCREEN],
        ),
    ]
    return found


def code():
    """Python that is read and never run."""
    deep = {
        "brackets": "x = " + "(" * 50_000 + ")" * 50_000,
        "lists": "x = " + "[" * 50_000 + "]" * 50_000,
        "minus": "x = " + "-" * 100_000 + "1",
        "not": "x = " + "not " * 100_000 + "1",
        "plus": "x = " + "1+" * 100_000 + "1",
        "attributes": "x = a" + ".a" * 100_000,
        "calls": "x = a" + "()" * 50_000,
        "subscripts": "x = a" + "[0]" * 50_000,
        "lambdas": "x = " + "lambda: " * 50_000 + "1",
        "conditions": "x = " + "1 if a else " * 50_000 + "1",
        "nested ifs": "".join(f"{' ' * n}if 1:\n" for n in range(900)) + " " * 900 + "pass\n",
        "elifs": "if a:\n    pass\n" + "elif a:\n    pass\n" * 20_000,
        "format strings": "x = " + "f'{" * 2000 + "1" + "}'" * 2000,
        "a long string": "x = '" + "a" * 20_000_000 + "'",
        "open strings": "x = '''" + "a\n" * 100_000,
        "powers": "x = " + "9**" * 100_000 + "9",
        "decorators": "@a\n" * 100_000 + "def f():\n    pass\n",
        "a number": "x = " + "9" * 1_000_000,
        "null bytes": "x = 1\0\0\0\n",
        "strange letters": "x\u0301 = '\u202e'\n\x0c\x0b\n",
        "tabs": "if 1:\n\tx\n        y\n",
        "comparisons": "x = " + "1<" * 100_000 + "1",
        "nested classes": "".join(f"{' ' * n}class A:\n" for n in range(900)) + " " * 900 + "pass\n",
        "matches": "match x:\n    case " + "[" * 20_000 + "]" * 20_000 + ":\n        pass\n",
        "with": "with " + "(" * 20_000 + "a" + ")" * 20_000 + ":\n    pass\n",
        "types": "type A = " + "list[" * 20_000 + "int" + "]" * 20_000 + "\n",
    }
    found = []
    for name, text in deep.items():
        found.append(
            project(
                PART,
                f"Python: {name}",
                "setuptools",
                files={"app/__main__.py": text, "app/cli.py": text, "tests/conftest.py": text},
                commands=[*READ, PLAN],
            )
        )
    lines = "\n".join(deep[name] for name in ["brackets", "minus", "attributes", "plus"])
    found.append(
        raw(
            PART,
            "Python: setup.py in every shape",
            {"setup.py": f"from setuptools import setup\n{lines}\nsetup(name='a', version='1')\n", **MAIN},
            commands=EVERYWHERE,
        )
    )
    for shape in ["lambdas", "conditions", "calls", "subscripts", "lists"]:
        found.append(
            raw(
                PART,
                f"Python: setup.py of {shape}",
                {
                    "setup.py": f"from setuptools import setup\nsetup(name='a', version='1', {deep[shape].replace('x = ', 'x=', 1)})\n"
                },
                commands=EVERYWHERE,
            )
        )
        found.append(
            project(
                PART,
                f"Python: a version of {shape}",
                "flit",
                files={"app/__init__.py": '"""A."""\n' + deep[shape].replace("x = ", "__version__ = ", 1) + "\n"},
                table='dynamic = ["version", "description"]',
                commands=LOOK,
            )
        )
    # Text whose tree is a hundred times as large.
    dense = {
        "statements": "a\n" * 2_400_000,
        "comparisons of three": "a<b<c\n" * 800_000,
        "format strings of one name": "t'{a}'\n" * 680_000,
        "mistakes": "a b c\n" * 800_000,
        "imports": "import a\n" * 500_000,
        "functions": "def f():0\n" * 480_000,
    }
    for name, text in dense.items():
        files = {f"app/m{number}.py": text for number in range(14)}
        found.append(project(PART, f"Python: dense {name}", files=files, commands=READ))
    for backend in ["setuptools", "flit"]:
        found.append(
            project(
                PART,
                f"Python: a version above 8 million statements, {backend}",
                backend,
                more='[tool.setuptools.dynamic]\nversion = { attr = "app.__version__" }\n' if backend == "setuptools" else "",
                files={"app/__init__.py": '"""A."""\n__version__ = "1"\n' + "a\n" * 8_000_000},
                table='dynamic = ["version", "description"]' if backend == "flit" else 'dynamic = ["version"]',
            )
        )
    many = {f"app/p{n // 100}/m{n}.py": f"import m{n + 1}\n" for n in range(20_000)}
    found.append(
        project(PART, "Python: 20,000 modules", files=many, commands=[INSPECT, "advise --no-interview {project}"])
    )
    return found


def ignores():
    """Ignore files."""
    names = [
        ".gitignore",
        ".ignore",
        ".hgignore",
        ".git/info/exclude",
        "MANIFEST.in",
        ".gitattributes",
        ".dockerignore",
    ]
    texts = {
        "stars": ("*" * 50 + "a\n") * 20_000,
        "brackets": "[" * 100_000,
        "braces": "{a,b}" * 2000 + "\n",
        "a long line": "a/" * 500_000,
        "a million lines": "a\n" * 1_000_000,
        "double stars": ("**/" * 200 + "x\n") * 500,
        "not this": "!" * 100_000 + "\n!/*\n!.git\n!**\n",
        "strange bytes": b"\xff\xfe\0\x1b[2J\n" * 1000,
    }
    return [
        project(
            PART,
            f"ignored: {name}",
            files={**{file: text for file in names}, ".git/HEAD": "ref: refs/heads/main\n"},
            commands=[*READ, PLAN],
        )
        for name, text in texts.items()
    ]
