"""Indexes that a project names: obeying them hands over what is asked for, ignoring them takes another's package."""

from ..cases import INSPECT, nobody_asked
from .recipe import project, raw, sampled

PART = "indexes"
COMMANDS = [INSPECT, "plan zipapp {project}", "build zipapp {project} --no-verify --out {out}"]
SIX = 'dependencies = ["six"]'
LOCK = """version = 1
requires-python = ">=3.9"

[[package]]
name = "app"
version = "1.0"
source = {{ editable = "." }}
dependencies = [{{ name = "six" }}]

[[package]]
name = "six"
version = "1.16.0"
source = {{ registry = "{registry}" }}
wheels = [{{ url = "{file}", hash = "sha256:8abb2f1d86890a2dfb989f9a77cfcfd3e47c2a354b01111771326f8aa26e0254", size = 11053 }}]
"""


def refused(place, runs):
    """Neither was the index asked, nor was the public one taken in its place without a word."""
    faults = nobody_asked(place, runs)
    if runs[-1].code == 0:
        faults.append(("index", "built from another index than the project names"))
    return faults


def cases():
    def named(name, more="", table=SIX, backend="hatchling", files=None, check=refused, **rules):
        rules.setdefault("commands", COMMANDS)
        return project(PART, name, backend, more, files, table=table, check=check, **rules)

    explicit = "[[tool.uv.index]]\nname = 'priv'\nurl = '@INDEX@'\nexplicit = true\n"
    poem = "[[tool.poetry.source]]\nname = 'priv'\nurl = '@INDEX@'\npriority = '{}'\n"
    found = [
        named("uv: a package of an explicit index", explicit + "[tool.uv.sources]\nsix = { index = 'priv' }"),
        named(
            "uv: a package of several indexes",
            explicit + "[tool.uv.sources]\nsix = [{ index = 'priv', marker = \"sys_platform == 'linux'\" }]",
        ),
        named("uv: an index by default", "[[tool.uv.index]]\nname = 'priv'\nurl = '@INDEX@'\ndefault = true"),
        named("uv: an index besides", "[[tool.uv.index]]\nname = 'priv'\nurl = '@INDEX@'"),
        named("uv: an index without a name", "[[tool.uv.index]]\nurl = '@INDEX@'"),
        named("uv: the old keys", "[tool.uv]\nindex-url = '@INDEX@'\nextra-index-url = ['@INDEX@']"),
        named("uv: links", "[tool.uv]\nfind-links = ['@ORIGIN@/links']"),
        named("uv: keys of its pip", "[tool.uv.pip]\nindex-url = '@INDEX@'"),
        named("uv: a file beside", files={"uv.toml": "[[index]]\nurl = '@INDEX@'\ndefault = true\n"}),
        named("uv: a file beside with the old keys", files={"uv.toml": "index-url = '@INDEX@'\n"}),
        named(
            "uv: an index with a login",
            "[[tool.uv.index]]\nname = 'priv'\nurl = 'http://me:@SECRET@@127.0.0.1:1/simple'\ndefault = true",
        ),
        named("uv: an index of build requirements", explicit + "[tool.uv.sources]\nhatchling = { index = 'priv' }", ""),
        named(
            "uv: an index for a group",
            explicit + "[dependency-groups]\ndev = ['six']\n[tool.uv.sources]\nsix = { index = 'priv', group = 'dev' }",
            commands=[INSPECT, "build zipapp {project} --group dev --no-verify --out {out}"],
            table="",
        ),
        named(
            "uv: an index for an extra",
            explicit
            + "[project.optional-dependencies]\nmore = ['six']\n[tool.uv.sources]\nsix = { index = 'priv', extra = 'more' }",
            commands=[INSPECT, "build zipapp {project} --extra more --no-verify --out {out}"],
            table="",
        ),
        named("uv: a name in other letters", explicit + "[tool.uv.sources]\nSiX = { index = 'priv' }"),
        named("uv: an index that nothing asks", explicit, "", check=nobody_asked),
        named(
            "Poetry: a package of an explicit source",
            poem.format("explicit") + "[tool.poetry.dependencies]\nsix = { version = '*', source = 'priv' }",
            "",
            "poetry",
        ),
        named("Poetry: a first source", poem.format("primary") + "[tool.poetry.dependencies]\nsix = '*'", "", "poetry"),
        named(
            "Poetry: a source besides",
            poem.format("supplemental") + "[tool.poetry.dependencies]\nsix = '*'",
            "",
            "poetry",
        ),
        named(
            "Poetry: a default source of old",
            "[[tool.poetry.source]]\nname = 'priv'\nurl = '@INDEX@'\ndefault = true\n[tool.poetry.dependencies]\nsix = '*'",
            "",
            "poetry",
        ),
        named(
            "Poetry: a source of several constraints",
            poem.format("explicit")
            + "[tool.poetry.dependencies]\nsix = [{ version = '*', source = 'priv', python = '>=3.9' }]",
            "",
            "poetry",
        ),
        named(
            "PDM: a source", "[[tool.pdm.source]]\nname = 'priv'\nurl = '@INDEX@'\nverify_ssl = false", backend="pdm"
        ),
        named(
            "PDM: a source in place of the public one",
            "[[tool.pdm.source]]\nname = 'pypi'\nurl = '@INDEX@'",
            backend="pdm",
        ),
        named(
            "PDM: a source of links",
            "[[tool.pdm.source]]\nname = 'x'\ntype = 'find_links'\nurl = '@ORIGIN@/links'\ninclude_packages = ['six']",
            backend="pdm",
        ),
        named(
            "Pipenv: a source",
            files={
                "Pipfile": "[[source]]\nname = 'priv'\nurl = '@INDEX@'\n[packages]\nsix = { version = '*', index = 'priv' }\n"
            },
            check=nobody_asked,
        ),
        named(
            "hatch: an environment of pip",
            "[tool.hatch.envs.default.env-vars]\nPIP_INDEX_URL = '@INDEX@'",
            check=nobody_asked,
        ),
        named(
            "a lock of uv names another registry",
            files={"uv.lock": LOCK.format(registry="@INDEX@", file="@ORIGIN@/files/six-1.16.0-py2.py3-none-any.whl")},
        ),
        named(
            "a lock of uv names a registry of files",
            files={"uv.lock": LOCK.format(registry="@OUTSIDE@", file="@OUTSIDE@/six-1.16.0-py2.py3-none-any.whl")},
        ),
        named(
            "a lock of PEP 751 names another index",
            files={
                "pylock.toml": "lock-version = '1.0'\ncreated-by = 'x'\n[[packages]]\nname = 'six'\nversion = '1.16.0'\nindex = '@INDEX@'\nwheels = [{ url = '@ORIGIN@/files/six-1.16.0-py2.py3-none-any.whl', hashes = { sha256 = '8abb2f1d86890a2dfb989f9a77cfcfd3e47c2a354b01111771326f8aa26e0254' } }]\n"
            },
        ),
        named(
            "a lock of Poetry names another source",
            "[tool.poetry.dependencies]\nsix = '*'",
            "",
            "poetry",
            {
                "poetry.lock": "[[package]]\nname = 'six'\nversion = '1.16.0'\ndescription = ''\noptional = false\npython-versions = '*'\nfiles = []\n[package.source]\ntype = 'legacy'\nurl = '@INDEX@'\nreference = 'priv'\n[metadata]\nlock-version = '2.0'\npython-versions = '*'\ncontent-hash = 'x'\n"
            },
        ),
        named(
            "a lock of PDM names another address",
            backend="pdm",
            files={
                "pdm.lock": "[metadata]\ngroups = ['default']\nstrategy = ['static_urls']\nlock_version = '4.5.0'\n[[package]]\nname = 'six'\nversion = '1.16.0'\nfiles = [{ url = '@ORIGIN@/files/six-1.16.0-py2.py3-none-any.whl', hash = 'sha256:8abb2f1d86890a2dfb989f9a77cfcfd3e47c2a354b01111771326f8aa26e0254' }]\n"
            },
        ),
    ]
    for option in [
        "--index-url @INDEX@",
        "-i @INDEX@",
        "--index-url=@INDEX@",
        "--extra-index-url @INDEX@",
        "--find-links @ORIGIN@/links",
        "-f @ORIGIN@/links",
        "--index-url \\\n  @INDEX@",
        "--trusted-host 127.0.0.1\n--index-url @INDEX@",
        "-r more.txt",
    ]:
        files = {
            "requirements.txt": f"{option}\nsix\n",
            "more.txt": "--index-url @INDEX@\n",
            "main.py": "import argparse, six\nargparse.ArgumentParser().parse_args()\n",
        }
        found.append(
            raw(PART, f"requirements.txt: {option.split()[0]} {len(found)}", files, commands=COMMANDS, check=refused)
        )
    script = '# /// script\n# dependencies = ["six"]\n# [[tool.uv.index]]\n# url = "@INDEX@"\n# default = true\n# ///\nimport argparse, six\nargparse.ArgumentParser().parse_args()\n'
    found.append(
        raw(
            PART,
            "a script names an index",
            {"tool.py": script},
            commands=["inspect {project}/tool.py", "build zipapp {project}/tool.py --no-verify --out {out}"],
            check=refused,
        )
    )
    leak = "http://me:@SECRET@@127.0.0.1:1/simple"
    for name, table, more in [
        ("a requirement", f'dependencies = ["six @ {leak}/six-1.whl"]', ""),
        ("a source of uv", SIX, f"[tool.uv.sources]\nsix = {{ url = '{leak}/six-1.whl' }}"),
        ("a repository", SIX, "[tool.uv.sources]\nsix = { git = 'https://me:@SECRET@@127.0.0.1:1/six' }"),
        (
            "a build requirement",
            "",
            "[tool.hatch.build]\ndependencies = ['six @ http://me:@SECRET@@127.0.0.1:1/six-1.whl']",
        ),
        ("an address of the project", '[project.urls]\nHome = "http://me:@SECRET@@127.0.0.1:1/"', ""),
    ]:
        found.append(
            named(
                f"a login in {name}",
                more,
                table,
                check=nobody_asked,
                commands=[INSPECT, "inspect {project} --json", "plan zipapp {project}"],
            )
        )
    return sampled(found, 5)
