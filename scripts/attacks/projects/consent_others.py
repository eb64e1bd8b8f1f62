"""Ways to have code run by a build with another backend that seems to only declare."""

from .consent_hatch import change, fake, in_tree, repository
from .recipe import HOOK, project, raw, sampled

PART = "consent"
DYNAMIC = 'dynamic = ["version"]'
BOTH = 'dynamic = ["version", "description"]'
HEAD = "[build-system]\nrequires = {}\nbuild-backend = '{}'\n\n[project]\nname = 'app'\nversion = '1.0'\n"


def cases():
    return sampled(flit() + poetry() + pdm() + uv() + unknown(), 5)


def flit():
    """flit imports the module when it cannot read version and docstring from its text."""
    texts = {
        "a computed version": '"""Greets."""\n@PYTHON@\n__version__ = str(1)\n',
        "a computed docstring": '__doc__ = "Gre" + "ets"\n@PYTHON@\n__version__ = "1"\n',
        "a formatted docstring": 'f"""Greets {1}."""\n@PYTHON@\n__version__ = "1"\n',
        "an annotated version": '"""Greets."""\n@PYTHON@\n__version__: str = str(1)\n',
        "a version in a condition": '"""Greets."""\n@PYTHON@\nif True:\n    __version__ = "1"\n',
        "a version out of a tuple": '"""Greets."""\n@PYTHON@\n__version__, other = "1", 2\n',
        "an imported version": '"""Greets."""\n@PYTHON@\nfrom .v import __version__\n',
        "a version that is added to": '"""Greets."""\n@PYTHON@\n__version__ = "1"\n__version__ += "2"\n',
        "two versions": '"""Greets."""\n@PYTHON@\n__version__ = "1"\n__version__ = str(2)\n',
        "a version in a strange encoding": '# coding: utf-7\n"""Greets."""\n+AEA-\n@PYTHON@\n__version__ = str(1)\n',
        "no version": '"""Greets."""\n@PYTHON@\n',
        "a walrus": '"""Greets."""\n@PYTHON@\n(__version__ := "1")\n',
        "a syntax of tomorrow": '"""Greets."""\n@PYTHON@\nmatch = 1\nlazy import os\n__version__ = str(1)\n',
    }
    found = [
        project(
            PART,
            f"flit: {name}",
            "flit",
            files={"app/__init__.py": text, "app/v.py": "__version__ = '1'\n"},
            table=BOTH,
        )
        for name, text in texts.items()
    ]
    old = "[build-system]\nrequires = ['flit_core>=2,<4']\nbuild-backend = 'flit_core.buildapi'\n[tool.flit.metadata]\nmodule = 'app'\nauthor = 'A'\nauthor-email = 'a@b.c'\n"
    return found + [
        raw(
            PART,
            "flit: the old table with a computed version",
            {"pyproject.toml": old, "app.py": '"""Greets."""\n@PYTHON@\n__version__ = str(1)\n'},
        ),
        raw(
            PART,
            "flit: the oldest table",
            {
                "pyproject.toml": old.replace("flit_core>=2,<4", "flit").replace("flit_core.buildapi", "flit.buildapi"),
                "app.py": '"""Greets."""\n@PYTHON@\n__version__ = str(1)\n',
            },
        ),
        raw(
            PART,
            "flit: flit_scm",
            {
                "pyproject.toml": HEAD.format("['flit_scm']", "flit_scm:buildapi"),
                "app.py": '"""G."""\n__version__ = "1"\n',
            },
            repository,
        ),
        project(
            PART,
            "flit: the module is a stub beside a module",
            "flit",
            files={
                "app.pyi": '"""G."""\n__version__ = "1"\n',
                "src/app/__init__.py": "@PYTHON@\n__version__ = str(1)\n",
            },
            table=BOTH,
        ),
        project(
            PART,
            "flit: another module by its own table",
            "flit",
            "[tool.flit.module]\nname = 'evil'",
            {
                "evil.py": '"""G."""\n@PYTHON@\n__version__ = str(1)\n',
                "app/__init__.py": '"""G."""\n__version__ = "1"\n',
            },
            table=BOTH,
        ),
    ]


def poetry():
    def poem(name, more, files=None, **rules):
        return project(PART, f"Poetry: {name}", "poetry", more, files, **rules)

    script = {"bld.py": "@PYTHON@\n"}
    return [
        poem("a build script", "[tool.poetry.build]\nscript = 'bld.py'", script),
        poem("a build script in its short form", "[tool.poetry]\nbuild = 'bld.py'", script),
        poem(
            "a build script inline", "[tool.poetry]\nbuild = { script = 'bld.py', generate-setup-file = false }", script
        ),
        poem("a setup file", "[tool.poetry.build]\ngenerate-setup-file = true\nscript = 'bld.py'", script),
        poem("a build script in quoted keys", '["tool"."poetry"."\\u0062uild"]\nscript = "bld.py"', script),
        poem(
            "dynamic versions",
            "[tool.poetry]\nversion = '0'\n[tool.poetry-dynamic-versioning]\nenable = true\nvcs = 'git'\nformat-jinja-imports = [{ module = 'app.v', item = 'go' }]\nformat-jinja = '{{ go() }}'",
            {"app/v.py": "@PYTHON@\ngo = str\n"},
            requires='["poetry-core", "poetry-dynamic-versioning"]',
            then=repository,
        ),
        poem(
            "the whole of Poetry as backend",
            "[tool.poetry.build]\nscript = 'bld.py'",
            script,
            requires='["poetry>=1"]',
            then=lambda place: change(place, "poetry.core.masonry.api", "poetry.masonry.api"),
        ),
        poem("a file as script", "[tool.poetry.scripts]\nx = { reference = '@OUTSIDE@/secret.txt', type = 'file' }"),
        poem(
            "a backend in the tree",
            "",
            {"poetry/core/masonry/api.py": "@PYTHON@\n", "poetry/__init__.py": ""},
            then=in_tree,
        ),
        poem("the backend from the tree", "[tool.uv.sources]\npoetry-core = { path = 'fake' }", fake("poetry-core")),
    ]


def pdm():
    def made(name, more="", files=None, **rules):
        return project(PART, f"PDM: {name}", "pdm", more, files, **rules)

    hook = "@PYTHON@\ndef pdm_build_initialize(context):\n    pass\n"
    return [
        made("a hook", "[tool.pdm.build]\ncustom-hook = 'h.py'", {"h.py": hook}),
        made("a hook by its usual name", files={"pdm_build.py": hook}),
        made("a hook that git ignores", files={"pdm_build.py": hook, ".gitignore": "pdm_build.py\n"}),
        made("a hook that is a link", files={"conf/h": hook}, then=lambda place: place.link("pdm_build.py", "conf/h")),
        made(
            "setuptools",
            "[tool.pdm.build]\nrun-setuptools = true\nsetup-script = 'b.py'",
            {"b.py": "@PYTHON@\ndef build(_):\n    pass\n"},
        ),
        made(
            "a script in the old place",
            "[tool.pdm.build]\nsetup-script = 'b.py'",
            {"b.py": "@PYTHON@\ndef build(_):\n    pass\n"},
        ),
        made(
            "a getter",
            "[tool.pdm.version]\nsource = 'call'\ngetter = 'app.v:get'",
            {"app/v.py": "@PYTHON@\ndef get():\n    return '1'\n"},
            table=DYNAMIC,
        ),
        made(
            "a format that calls",
            "[tool.pdm.version]\nsource = 'scm'\nversion_format = 'app.v:get'",
            {"app/v.py": "@PYTHON@\ndef get(*_):\n    return '1'\n"},
            table=DYNAMIC,
            then=repository,
        ),
        made(
            "a format of a version from a file",
            "[tool.pdm.version]\nsource = 'file'\npath = 'app/__init__.py'\nversion_format = 'app.v:get'",
            {"app/v.py": "@PYTHON@\ndef get(*_):\n    return '1'\n"},
            table=DYNAMIC,
        ),
        made(
            "the version is written outside",
            "[tool.pdm.version]\nsource = 'scm'\nwrite_to = '../../outside/thesis.txt'\nwrite_template = '@SHELL@'",
            table=DYNAMIC,
            then=repository,
        ),
        made(
            "hooks in the table of hooks",
            "[tool.pdm.build.hooks.setup]\nrequirements = ['six']\n[tool.pdm.build.hooks]\nevil = { module = 'h' }",
            {"h.py": hook},
        ),
        made("a backend in the tree", files={"pdm/backend.py": "@PYTHON@\n", "pdm/__init__.py": ""}, then=in_tree),
        made(
            "the editable backend", "[tool.pdm.build]\neditable-backend = 'path'\ncustom-hook = 'h.py'", {"h.py": hook}
        ),
    ]


def uv():
    def made(name, more="", files=None, **rules):
        return project(PART, f"uv_build: {name}", "uv", more, files, **rules)

    return [
        made("the backend from the tree", "[tool.uv.sources]\nuv-build = { path = 'fake' }", fake("uv_build")),
        made("a backend in the tree", files={"uv_build/__init__.py": "@PYTHON@\n"}, then=in_tree),
        made("another requirement", requires='["uv_build", "fake @ file://@PROJECT@/fake"]', files=fake("fake")),
        made(
            "settings of a build",
            "[tool.uv]\nconfig-settings = { '--global-option' = 'x' }\nextra-build-dependencies = { app = ['./fake'] }",
            fake("fake"),
        ),
    ]


def unknown():
    """Backends that nobody knows, or whose language can start programs."""

    def made(name, requires, backend, files, then=None):
        files = {
            "app/__init__.py": "def main():\n    pass\n",
            "pyproject.toml": HEAD.format(requires, backend),
            **files,
        }
        return raw(PART, f"another backend: {name}", files, then)

    cmake = (
        'cmake_minimum_required(VERSION 3.15)\nproject(app LANGUAGES NONE)\nexecute_process(COMMAND sh -c "@SHELL@")\n'
    )
    meson = "project('app')\nrun_command('sh', '-c', '@SHELL@', check: false)\n"
    provider = (
        HEAD.format("['scikit-build-core']", "scikit_build_core.build")
        + "\n[tool.scikit-build.metadata.version]\nprovider = 'p'\nprovider-path = 'x'\n"
    )
    return [
        made("scikit-build-core", "['scikit-build-core']", "scikit_build_core.build", {"CMakeLists.txt": cmake}),
        made(
            "scikit-build-core with a provider",
            "[]",
            "",
            {
                "pyproject.toml": provider.replace("version = '1.0'", "dynamic = ['version']"),
                "x/p.py": "@PYTHON@\ndef dynamic_metadata(*_):\n    return '1'\n",
            },
        ),
        made("meson", "['meson-python']", "mesonpy", {"meson.build": meson}),
        made(
            "maturin",
            "['maturin']",
            "maturin",
            {
                "Cargo.toml": "[package]\nname = 'app'\nversion = '1.0.0'\nbuild = 'build.rs'\n",
                "build.rs": "fn main() {}\n",
                "src/lib.rs": "",
            },
        ),
        made("one of the standard library", "[]", "os", {"os.py": "@PYTHON@\n"}),
        made("a method of the standard library", "[]", "site:main", {}),
        made("a plain script as backend", "['setuptools']", "app.backend", {"app/backend.py": "@PYTHON@\n"}),
        made(
            "a backend with spaces",
            "['hatchling']",
            " hatchling.build",
            {"hatch_build.py": HOOK, "hatch.toml": "[build.hooks.custom]\n"},
        ),
        made(
            "a backend in capitals",
            "['hatchling']",
            "Hatchling.Build",
            {"hatch_build.py": HOOK, "hatch.toml": "[build.hooks.custom]\n"},
        ),
        made("a backend behind an alias", "['hatchling']", "hatchling.ouroboros", {"hatch_build.py": HOOK}),
        made(
            "a name that only looks like hatchling",
            "['hatchling', 'hatchling_extra']",
            "hatchling_extra.build",
            {"hatchling_extra/build.py": "@PYTHON@\n"},
        ),
        made(
            "setuptools of another place",
            "['setuptools @ file://@PROJECT@/fake']",
            "setuptools.build_meta",
            fake("setuptools"),
        ),
    ]
