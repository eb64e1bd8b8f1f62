"""Ways to have code run by a build with hatchling that seems to only declare."""

from .recipe import HOOK, project, sampled

PART = "consent"
SCRIPTS = '["hatchling", "hatch-build-scripts"]'
VCS = '["hatchling", "hatch-vcs"]'
DYNAMIC = 'dynamic = ["version"]'
CODE = "@PYTHON@\n__version__ = '1.0'\n"
BUILDER = (
    "@PYTHON@\nfrom hatchling.builders.wheel import WheelBuilder\n\n\ndef get_builder():\n    return WheelBuilder\n"
)
METADATA = "@PYTHON@\nfrom hatchling.metadata.plugin.interface import MetadataHookInterface\n\n\nclass H(MetadataHookInterface):\n    def update(self, metadata):\n        metadata['description'] = 'x'\n"


def cases():
    def hatch(name, more="", files=None, **rules):
        return project(PART, f"hatchling: {name}", "hatchling", more, files, **rules)

    hook = {"hatch_build.py": HOOK}
    found = [
        hatch("hatch.toml names a custom hook", files={"hatch.toml": "[build.hooks.custom]\n", **hook}),
        hatch(
            "hatch.toml names a hook of the wheel elsewhere",
            files={"hatch.toml": "[build.targets.wheel.hooks.custom]\npath = 'tools/h.py'\n", "tools/h.py": HOOK},
        ),
        hatch(
            "hatch.toml tells the version by code",
            files={"hatch.toml": "[version]\nsource = 'code'\npath = 'v.py'\n", "v.py": CODE},
            table=DYNAMIC,
        ),
        hatch(
            "hatch.toml has a metadata hook",
            files={"hatch.toml": "[metadata.hooks.custom]\n", "hatch_build.py": METADATA},
            table=DYNAMIC,
        ),
        hatch("hatch.toml in Windows lines", files={"hatch.toml": "[build.hooks.custom]\r\n", **hook}),
        hatch("hatch.toml with inline tables", files={"hatch.toml": "build = { hooks = { custom = {} } }\n", **hook}),
        hatch("hatch.toml with quoted keys", files={"hatch.toml": '["build"."hooks"."cust\\u006fm"]\n', **hook}),
        hatch(
            "hatch.toml is a link",
            files={"conf/h": "[build.hooks.custom]\n", **hook},
            then=lambda place: place.link("hatch.toml", "conf/h"),
        ),
        hatch(
            "hatch.toml is git-ignored",
            files={"hatch.toml": "[build.hooks.custom]\n", ".gitignore": "hatch.toml\nhatch_build.py\n", **hook},
        ),
        hatch("a custom hook", "[tool.hatch.build.hooks.custom]", hook),
        hatch("a custom hook in dotted keys", "[tool]\nhatch.build.hooks.custom.path = 'b.py'", {"b.py": HOOK}),
        hatch("a custom hook in quoted keys", '[tool."hatch"."build".hooks."\\u0063ustom"]', hook),
        hatch("a custom hook of the wheel", "[tool.hatch.build.targets.wheel.hooks.custom]", hook),
        hatch("a custom hook of the sdist", "[tool.hatch.build.targets.sdist.hooks.custom]", hook),
        hatch("a custom hook of a target in quotes", '[tool.hatch.build.targets."wheel".hooks.custom]', hook),
        hatch(
            "a custom hook that is enabled by environment",
            "[tool.hatch.build.hooks.custom]\nenable-by-default = false",
            hook,
        ),
        hatch(
            "a metadata hook",
            "[tool.hatch.metadata.hooks.custom]",
            {"hatch_build.py": METADATA},
            table='dynamic = ["readme"]',
        ),
        hatch(
            "a custom builder",
            "[tool.hatch.build.targets.custom]\n[tool.hatch.build.targets.wheel]\ncore-metadata-version = '2.1'",
            {"hatch_build.py": BUILDER},
        ),
        hatch(
            "the version by code",
            "[tool.hatch.version]\nsource = 'code'\npath = 'app/v.py'",
            {"app/v.py": CODE},
            table=DYNAMIC,
        ),
        hatch(
            "the version by code with search paths",
            "[tool.hatch.version]\nsource = 'code'\npath = 'v.py'\nexpression = 'x.y'\nsearch-paths = ['lib']",
            {"v.py": "import x\n", "lib/x.py": "@PYTHON@\ny = '1'\n"},
            table=DYNAMIC,
        ),
        hatch(
            "a build script from the index",
            "[[tool.hatch.build.hooks.build-scripts.scripts]]\nout_dir = 'app'\ncommands = ['sh -c \"@SHELL@\"']\nartifacts = []",
            requires=SCRIPTS,
        ),
        hatch(
            "a build script that its own table requires",
            "[tool.hatch.build.hooks.build-scripts]\ndependencies = ['hatch-build-scripts']\n[[tool.hatch.build.hooks.build-scripts.scripts]]\nout_dir = 'app'\ncommands = ['sh -c \"@SHELL@\"']\nartifacts = []",
        ),
        hatch(
            "a build script in hatch.toml",
            files={
                "hatch.toml": "[build.hooks.build-scripts]\ndependencies = ['hatch-build-scripts']\n[[build.hooks.build-scripts.scripts]]\nout_dir = 'app'\ncommands = ['sh -c \"@SHELL@\"']\nartifacts = []\n"
            },
        ),
        hatch(
            "a describe command of hatch-vcs",
            "[tool.hatch.version]\nsource = 'vcs'\n[tool.hatch.version.raw-options]\ngit_describe_command = ['sh', '-c', '@SHELL@; echo v1.0-0-gabc']",
            table=DYNAMIC,
            requires=VCS,
            then=repository,
        ),
        hatch(
            "a describe command in hatch.toml",
            files={
                "hatch.toml": "[version]\nsource = 'vcs'\n[version.raw-options]\ngit_describe_command = ['sh', '-c', '@SHELL@; echo v1.0-0-gabc']\n"
            },
            table=DYNAMIC,
            requires=VCS,
            then=repository,
        ),
        hatch(
            "a version scheme of the project for hatch-vcs",
            "[tool.hatch.version]\nsource = 'vcs'\n[tool.hatch.version.raw-options]\nversion_scheme = 'app.v:scheme'",
            {"app/v.py": "@PYTHON@\ndef scheme(v):\n    return '1'\n"},
            table=DYNAMIC,
            requires=VCS,
            then=repository,
        ),
        hatch(
            "versioningit takes its method from the project",
            "[tool.hatch.version]\nsource = 'versioningit'\n[tool.versioningit.vcs]\nmethod = { module = 'm', value = 'f', module-dir = '.' }",
            {"m.py": "@PYTHON@\ndef f(**_):\n    raise SystemExit\n"},
            table=DYNAMIC,
            requires='["hatchling", "versioningit"]',
            then=repository,
        ),
        hatch(
            "requirements from a file of another plugin",
            "[tool.hatch.metadata.hooks.requirements_txt]\nfiles = ['@OUTSIDE@/secret.txt']",
            table='dynamic = ["dependencies"]',
            requires='["hatchling", "hatch-requirements-txt"]',
        ),
        hatch(
            "a backend in the tree under its name",
            files={"hatchling/build.py": "@PYTHON@\n", "hatchling/__init__.py": ""},
            then=in_tree,
        ),
        hatch(
            "an object of the backend",
            then=lambda place: change(place, '"hatchling.build"', '"hatchling.build:os.system"'),
        ),
        hatch(
            "an old version of the backend", "[tool.hatch.build.hooks.custom]", hook, requires='["hatchling==0.8.0"]'
        ),
        hatch(
            "the backend from a folder of the tree",
            requires='["hatchling @ file://@PROJECT@/fake"]',
            files=fake("hatchling"),
        ),
        hatch("the backend from a wheel of the tree", requires='["./fake"]', files=fake("hatchling")),
        hatch(
            "uv is told that the backend lies in the tree",
            "[tool.uv.sources]\nhatchling = { path = 'fake' }",
            fake("hatchling"),
        ),
        hatch(
            "uv is told that the backend is a member of the workspace",
            "[tool.uv.sources]\nhatchling = { workspace = true }\n[tool.uv.workspace]\nmembers = ['fake']",
            fake("hatchling"),
        ),
        hatch(
            "uv is told that the backend lies in a repository",
            "[tool.uv.sources]\nhatchling = { git = 'file://@PROJECT@/fake' }",
            fake("hatchling"),
        ),
        hatch(
            "uv is told of more build requirements",
            "[tool.uv.extra-build-dependencies]\napp = ['fake @ file://@PROJECT@/fake']",
            fake("fake"),
        ),
        hatch(
            "uv is told not to isolate",
            "[tool.uv]\nno-build-isolation = true\nno-build-isolation-package = ['app']",
            hook,
        ),
        hatch(
            "uv is told to override what builds need",
            "[tool.uv]\nbuild-constraint-dependencies = ['hatchling @ file://@PROJECT@/fake']\noverride-dependencies = ['hatchling @ file://@PROJECT@/fake']",
            fake("hatchling"),
        ),
        hatch(
            "uv is told where to find wheels",
            "[tool.uv]\nfind-links = ['@PROJECT@/wheels']\nno-index = true",
            fake("hatchling"),
        ),
        hatch(
            "a uv.toml in the project",
            files={"uv.toml": "no-build-isolation = true\nfind-links = ['@PROJECT@']\n", **fake("hatchling")},
        ),
        hatch(
            "a hook in a plugin of the tree",
            "[tool.hatch.build.hooks.evil]",
            {
                "evil-1.dist-info/entry_points.txt": "[hatch]\nevil = evil\n",
                "evil-1.dist-info/METADATA": "Name: evil\nVersion: 1\n",
                "evil.py": "@PYTHON@\n",
            },
        ),
        hatch("a hook that mypyc brings", "[tool.hatch.build.hooks.mypyc]\ndependencies = ['hatch-mypyc']"),
        hatch(
            "a file template of the vcs hook",
            "[tool.hatch.version]\nsource = 'vcs'\n[tool.hatch.build.hooks.vcs]\nversion-file = '../outside/thesis.txt'",
            table=DYNAMIC,
            requires=VCS,
            then=repository,
        ),
        hatch(
            "the version hook writes outside",
            "[tool.hatch.version]\npath = 'app/__init__.py'\n[tool.hatch.build.hooks.version]\npath = '@OUTSIDE@/thesis.txt'\ntemplate = '@SHELL@'",
            table=DYNAMIC,
        ),
    ]
    return sampled(found, 4)


def fake(name):
    """A build backend of the project's own, in `fake`, under somebody else's name."""
    setup = f"@PYTHON@\nfrom setuptools import setup\nsetup(name='{name}', version='99', packages=['{name}'])\n"
    module = "@PYTHON@\ndef build_wheel(*_):\n    raise SystemExit\n"
    return {"fake/setup.py": setup, f"fake/{name}/__init__.py": "@PYTHON@\n", f"fake/{name}/build.py": module}


def change(place, old, new):
    path = place.project / "pyproject.toml"
    path.write_text(path.read_text().replace(old, place.filled(new)))


def in_tree(place):
    change(place, "[project]\n", 'backend-path = ["."]\n[project]\n')


def repository(place):
    """A repository with one commit and one tag."""
    from .shadows import git

    git(place.project, "init", "--quiet")
    git(place.project, "add", ".")
    git(place.project, "commit", "--quiet", "--message", "first")
    git(place.project, "tag", "v1.0")
