"""Settings of a project that want more than settings may."""

import json

from ..cases import BUILD, INSPECT, PLAN, READ, nobody_asked
from .recipe import project, raw, sampled

PART = "settings"
KEYS = {
    "command": 'command = ["sh", "-c", "@SHELL@"]',
    "index": 'index = "@INDEX@"',
    "trust": "trust = true",
    "out": 'out = "@OUTSIDE@"',
    "tools": 'tools = { uv = "@PROJECT@/uv" }',
    "python": 'python = "@PROJECT@/bin/python3"',
    "environment": 'env = { PATH = "@PROJECT@/bin" }',
    "offline": "offline = false",
    "sandbox": "sandbox = false",
    "hooks": '[tool.packwright.hooks]\nbefore = "@SHELL@"',
    "plugins": 'plugins = ["@PROJECT@/evil"]',
    "cache": 'cache = "@OUTSIDE@"',
    "steps": '[[tool.packwright.steps]]\nrun = ["sh", "-c", "@SHELL@"]',
    "an unknown version": "version = 99",
    "a wrong kind": 'version = "x"',
    "a technology of no name": 'build = ["../../x", "", "wheel\\n"]',
    "a build of everything": 'build = ["wheel", "sdist", "zipapp", "pex", "shiv", "module", "entry-point-tool"]',
    "3,000 technologies": "build = [" + '"wheel", ' * 3000 + "]",
    "an option of code": 'options.zipapp = { interpreter = "/bin/sh -c @SHELL@", compress = "$(@SHELL@)" }',
    "an option above": 'options.pex = { layout = "../../x" }',
    "an option of an argument": 'options.pex = { platforms = "--find-links=@ORIGIN@" }',
    "a fact of no name": 'facts = { x = ["y"] }',
    "facts without end": "facts = { audience = [" + '"end-users", ' * 50_000 + "] }",
    "a target that is code": 'targets = ["$(@SHELL@)"]',
    "quoted": '"comm\\u0061nd" = ["sh", "-c", "@SHELL@"]',
}
TRIES = {
    "3,000 attempts": "by = 'arguments'\nattempts = [" + "['--version'], " * 3000 + "]",
    "an attempt of a megabyte": "by = 'arguments'\nattempts = [['" + "x" * 1_000_000 + "']]",
    "100,000 arguments": "by = 'arguments'\nattempts = [[" + "'a', " * 100_000 + "]]",
    "a null": 'by = "arguments"\nattempts = [["\\u0000"]]',
    "no attempts": "by = 'arguments'\nattempts = []",
    "an unknown way": "by = 'shell'\nrun = '@SHELL@'",
    "a path that is an address": "by = 'http'\nport = 80\npath = '@INDEX@'",
    "a port that is none": "by = 'http'\nport = 99999999",
    "no deadline": "by = 'http'\nport = 8000\ndeadline = 999999999",
    "a deadline below nothing": "by = 'http'\nport = 8000\ndeadline = -1",
    "an import of code": "by = 'import'\nmodules = ['os; @PYTHON@']".replace("@PYTHON@", "import x"),
}


def cases():
    head = "[tool.packwright]\nversion = 1\n"
    found = []
    for name, text in KEYS.items():
        body = text if text.startswith("version") else f"version = 1\n{text}"
        commands = [
            *READ,
            PLAN,
            "build {project} --no-verify --out {out}" if name.startswith("build") else BUILD,
            BUILD.replace("wheel", "zipapp", 1),
        ]
        found.append(
            project(PART, f"{name}", more=f"[tool.packwright]\n{body}\n", commands=commands, check=nobody_asked)
        )
    for name, text in TRIES.items():
        found.append(
            project(
                PART,
                f"tried by {name}",
                more=f"{head}[tool.packwright.try]\n{text}\n",
                commands=[INSPECT, PLAN, "build wheel {project} --out {out}"],
                check=nobody_asked,
                limit=30,
            )
        )
    own = "version = 1\ntrust = true\n"
    script = '# /// script\n# [tool.packwright]\n# version = 1\n# command = ["@SHELL@"]\n# trust = true\n# ///\nimport argparse\nargparse.ArgumentParser().parse_args()\n'
    found += [
        raw(
            PART,
            "a file of settings that trusts itself",
            {"packwright.toml": own, "main.py": "import argparse\n"},
            commands=[*READ, "build zipapp {project} --no-verify --out {out}"],
        ),
        raw(
            PART,
            "a file of settings with a script above",
            {
                "packwright.toml": 'version = 1\n[scripts."../outside/x.py"]\nfacts = {}\n[scripts."/etc/passwd"]\nfacts = {}\n',
                "tool.py": "import argparse\n",
            },
            commands=["inspect {project}/tool.py", "build zipapp {project}/tool.py --no-verify --out {out}"],
        ),
        raw(
            PART,
            "the header of a script that trusts itself",
            {"tool.py": script},
            commands=["inspect {project}/tool.py", "build zipapp {project}/tool.py --no-verify --out {out}"],
        ),
        project(
            PART, "settings above the project", then=lambda place: place.write(place.root / "packwright.toml", own)
        ),
        project(
            PART,
            "answers that are written through a link",
            then=lambda place: place.link("packwright.toml", place.outside / "thesis.txt"),
            commands=["advise --no-interview --save --set kind=cli {project}"],
        ),
        raw(
            PART,
            "answers that are written through a link without pyproject.toml",
            {"main.py": "import argparse\n"},
            lambda place: place.link("packwright.toml", place.outside / "thesis.txt"),
            commands=["advise --no-interview --save --set kind=cli {project}"],
        ),
    ]
    found += [
        facts(name, text)
        for name, text in {
            "deep": "[" * 100_000,
            "deep objects": '{"a":' * 100_000,
            "not JSON": "x = 1",
            "an unknown fact": '{"x": ["y"]}',
            "a megabyte of tags": json.dumps({"kind": ["cli"] * 100_000}),
            "escapes": '{"kind": ["\\u001b[2J"]}',
            "numbers": '{"kind": 1e999}',
            "twice": '{"kind": "cli", "kind": "web"}',
            "nothing": "",
        }.items()
    ]
    for kind in ("fifo", "zero", "sparse", "folder", "dangling"):
        found.append(
            project(
                PART,
                f"facts from {kind}",
                then=lambda place, kind=kind: place.special("facts.json", kind),
                commands=["advise --json --facts {project}/facts.json"],
            )
        )
    return sampled(found, 5)


def facts(name, text):
    return project(
        PART, f"facts: {name}", files={"facts.json": text}, commands=["advise --json --facts {project}/facts.json"]
    )
