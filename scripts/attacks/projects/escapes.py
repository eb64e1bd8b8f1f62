"""Paths that lead out of the project, and secrets behind links."""

from ..cases import BUILD, INSPECT
from .consent_hatch import repository
from .recipe import built, project, sampled

PART = "escapes"
DYNAMIC = 'dynamic = ["version"]'


def cases():
    return sampled(hatchling() + setuptools() + others() + links(), 4)


def hatchling():
    def made(name, more="", files=None, **rules):
        return project(PART, f"hatchling: {name}", "hatchling", more, files, **rules)

    wheel = "[tool.hatch.build.targets.wheel]\n"
    force = "[tool.hatch.build.targets.wheel.force-include]\n"
    return [
        made("force-include of an absolute path", force + "'@OUTSIDE@/secret.txt' = 'app/x'"),
        made("force-include of a path above", force + "'../outside/secret.txt' = 'app/x'"),
        made("force-include of a folder above", force + "'../outside' = 'app/x'"),
        made("force-include of a path of the home", force + "'~/.ssh/id_ed25519' = 'app/x'"),
        made("force-include of every target", "[tool.hatch.build.force-include]\n'@OUTSIDE@/secret.txt' = 'app/x'"),
        made(
            "force-include in hatch.toml",
            files={"hatch.toml": "[build.targets.wheel.force-include]\n'@OUTSIDE@/secret.txt' = 'app/x'\n"},
        ),
        made(
            "force-include of the sdist",
            "[tool.hatch.build.targets.sdist.force-include]\n'@OUTSIDE@/secret.txt' = 'x'",
            commands=[built("sdist")],
        ),
        made("force-include to a place above", force + "'app/__init__.py' = '../../outside/thesis.txt'"),
        made("force-include through the environment", force + "'{env:HOME}/.ssh/id_ed25519' = 'app/x'"),
        made(
            "force-include through a dotted key",
            "[tool.hatch]\nbuild.targets.wheel.force-include.'/etc/shadow' = 'app/x'",
        ),
        made("shared data", "[tool.hatch.build.targets.wheel.shared-data]\n'@OUTSIDE@/secret.txt' = 'share/x'"),
        made(
            "shared data to a place above",
            "[tool.hatch.build.targets.wheel.shared-data]\n'app/__init__.py' = '../../../outside/thesis.txt'",
        ),
        made("shared scripts", "[tool.hatch.build.targets.wheel.shared-scripts]\n'@OUTSIDE@/secret.txt' = 'x'"),
        made("extra metadata", "[tool.hatch.build.targets.wheel.extra-metadata]\n'@OUTSIDE@/secret.txt' = 'x'"),
        made("software lists", wheel + "sbom-files = ['@OUTSIDE@/secret.txt']"),
        made("packages above", wheel + "packages = ['../outside']"),
        made("sources above", wheel + "include = ['/../outside/*']\nsources = { '../outside' = 'app' }"),
        made("another output folder", "[tool.hatch.build]\ndirectory = '@OUTSIDE@'"),
        made(
            "the version from outside",
            "[tool.hatch.version]\npath = '../outside/secret.txt'\npattern = '(?P<version>.*)'",
            table=DYNAMIC,
        ),
        made(
            "the version from the environment", "[tool.hatch.version]\nsource = 'env'\nvariable = 'HOME'", table=DYNAMIC
        ),
        made("a readme of outside", table='readme = "../outside/secret.txt"'),
        made("a licence of outside", table='license = { file = "@OUTSIDE@/secret.txt" }'),
        made("licence files of outside", table='license-files = ["../outside/*", "/etc/passwd"]'),
        made(
            "a description through the environment",
            "[tool.hatch.metadata]\nallow-direct-references = true",
            table='description = "{env:HOME}"\ndependencies = ["six @ {root:uri}/../outside"]',
        ),
    ]


def setuptools():
    def made(name, more="", files=None, **rules):
        return project(PART, f"setuptools: {name}", "setuptools", more, files, **rules)

    tool = "[tool.setuptools]\npackages = ['app']\n"
    return [
        made("packages above", "[tool.setuptools.packages.find]\nwhere = ['../outside', '..']\nnamespaces = true"),
        made("a folder above", "[tool.setuptools]\npackages = ['app']\npackage-dir = { app = '../outside' }"),
        made(
            "data files",
            tool + "[tool.setuptools.data-files]\n'share' = ['@OUTSIDE@/secret.txt', '../outside/secret.txt']",
        ),
        made(
            "data files to a place above",
            tool + "[tool.setuptools.data-files]\n'../../../outside' = ['app/__init__.py']",
        ),
        made("package data above", tool + "[tool.setuptools.package-data]\napp = ['../../outside/*']"),
        made("script files", tool + "script-files = ['@OUTSIDE@/secret.txt']"),
        made("licence files", tool + "license-files = ['../outside/*']"),
        made(
            "a description from a file above",
            tool + "[tool.setuptools.dynamic]\nreadme = { file = ['../outside/secret.txt'] }",
            table='dynamic = ["readme"]',
        ),
        made(
            "dependencies from a file above",
            tool + "[tool.setuptools.dynamic]\ndependencies = { file = ['@OUTSIDE@/secret.txt'] }",
            table='dynamic = ["dependencies"]',
        ),
        made(
            "a version from a file above",
            tool + "[tool.setuptools.dynamic]\nversion = { file = '../outside/secret.txt' }",
            table=DYNAMIC,
        ),
        made(
            "a manifest of everything",
            files={
                "MANIFEST.in": "graft ..\nglobal-include *\nrecursive-include / secret.txt\ninclude @OUTSIDE@/secret.txt\ninclude ../outside/secret.txt\n"
            },
            commands=[built("sdist"), built("wheel")],
        ),
        made(
            "setup.cfg with files above",
            files={
                "setup.cfg": "[metadata]\nlong_description = file: ../outside/secret.txt\nlicense_files = ../outside/*\n[options.data_files]\nshare = @OUTSIDE@/secret.txt\n"
            },
        ),
        made(
            "an old manifest",
            files={
                "app.egg-info/SOURCES.txt": "../outside/secret.txt\n@OUTSIDE@/secret.txt\n",
                "app.egg-info/PKG-INFO": "Metadata-Version: 2.1\nName: app\nVersion: 1\n",
            },
            commands=[built("sdist"), built("wheel")],
        ),
    ]


def others():
    def made(backend, name, more="", **rules):
        return project(PART, f"{backend}: {name}", backend, more, **rules)

    return [
        made("flit", "external data", "[tool.flit.external-data]\ndirectory = '@OUTSIDE@'"),
        made("flit", "external data above", "[tool.flit.external-data]\ndirectory = '../outside'"),
        made(
            "flit",
            "files of the sdist above",
            "[tool.flit.sdist]\ninclude = ['../outside/*', '@OUTSIDE@/secret.txt']",
            commands=[built("sdist")],
        ),
        made("flit", "a readme above", table='readme = "../outside/secret.txt"'),
        made("flit", "a module above", "[tool.flit.module]\nname = '../outside/secret'"),
        made("poetry", "a package above", "[tool.poetry]\npackages = [{ include = 'outside', from = '..' }]"),
        made(
            "poetry",
            "included files above",
            "[tool.poetry]\npackages = [{ include = 'app' }]\ninclude = [{ path = '../outside/*', format = ['wheel', 'sdist'] }, '@OUTSIDE@/secret.txt']",
        ),
        made(
            "poetry",
            "a file as script",
            "[tool.poetry.scripts]\nx = { reference = '../outside/secret.txt', type = 'file' }",
        ),
        made(
            "poetry",
            "a package to a place above",
            "[tool.poetry]\npackages = [{ include = 'app', to = '../../../outside' }]",
        ),
        made(
            "pdm",
            "included files above",
            "[tool.pdm.build]\nincludes = ['../outside/*', '@OUTSIDE@/secret.txt', 'app']",
        ),
        made("pdm", "a folder above", "[tool.pdm.build]\npackage-dir = '..'\nincludes = ['outside']"),
        made(
            "pdm",
            "wheel data",
            "[tool.pdm.build.wheel-data]\nscripts = ['@OUTSIDE@/secret.txt']\ndata = [{ path = '../outside/*', relative-to = '..' }]",
        ),
        made(
            "pdm",
            "the version of a file above",
            "[tool.pdm.version]\nsource = 'file'\npath = '../outside/secret.txt'",
            table=DYNAMIC,
        ),
        made(
            "pdm",
            "the version is written above",
            "[tool.pdm.version]\nsource = 'scm'\nwrite_to = '../outside/thesis.txt'",
            table=DYNAMIC,
            then=repository,
        ),
        made("uv", "a module above", "[tool.uv.build-backend]\nmodule-root = '..'\nmodule-name = 'outside'"),
        made("uv", "data above", "[tool.uv.build-backend]\ndata = { scripts = '../outside', data = '@OUTSIDE@' }"),
        made(
            "uv",
            "source files above",
            "[tool.uv.build-backend]\nsource-include = ['../outside/**']",
            commands=[built("sdist")],
        ),
        made(
            "hatchling",
            "settings with paths",
            "[tool.packwright]\nversion = 1\nbuild = ['../outside']\n",
            commands=[INSPECT, "build {project} --out {out}"],
        ),
    ]


def links():
    """Links of the tree to what nobody should see."""

    def made(name, path, target, backend="hatchling", files=None, more="", **rules):
        return project(
            PART,
            f"link: {name}",
            backend,
            more,
            files,
            then=lambda place: place.link(path, place.filled(target)),
            **rules,
        )

    def out(place):
        (place.project / "dist").symlink_to(place.outside)

    found = [
        made("a module", "app/secret.py", "@OUTSIDE@/secret.txt"),
        made("a module, relative", "app/secret.py", "../../outside/secret.txt"),
        made("a folder", "app/more", "@OUTSIDE@"),
        made("a link to a link", "app/secret.py", "../step"),
        made("a readme", "README.md", "@OUTSIDE@/secret.txt"),
        made("a licence", "LICENSE", "../outside/secret.txt"),
        made("the home", "app/key", "@OUTSIDE@/../../home/.ssh/id_ed25519"),
        made("the environment", "app/environment", "/proc/self/environ"),
        made("a manifest", "MANIFEST.in", "@OUTSIDE@/secret.txt", "setuptools"),
        made("requirements", "requirements.txt", "@OUTSIDE@/secret.txt"),
        made("the settings", "packwright.toml", "@OUTSIDE@/secret.txt"),
        made("a lock", "uv.lock", "@OUTSIDE@/secret.txt"),
        made("the ignore file", ".gitignore", "@OUTSIDE@/secret.txt"),
        made("the version of Python", ".python-version", "@OUTSIDE@/secret.txt"),
        made("setup.cfg", "setup.cfg", "@OUTSIDE@/secret.txt", "setuptools"),
        made("an sdist's file", "secret.txt", "../outside/secret.txt", commands=[built("sdist")]),
        made(
            "a source of a zipapp",
            "app/secret.txt",
            "../../outside/secret.txt",
            commands=[built("zipapp"), built("pex")],
        ),
        project(
            PART,
            "link: the folder for artifacts",
            then=out,
            commands=["build wheel {project} --no-verify"],
            check=no_artifacts_outside,
        ),
        project(
            PART,
            "link: a script into the tree",
            then=lambda place: place.link("app/data", "../pyproject.toml"),
            commands=[BUILD],
        ),
    ]
    found[3] = project(
        PART,
        "link: a link to a link",
        then=lambda place: [place.link("step", place.outside), place.link("app/secret.txt", "../step/secret.txt")],
    )
    return found


def no_artifacts_outside(place, _runs):
    found = [path.name for path in place.outside.iterdir() if path.suffix == ".whl"]
    return [("escape", f"an artifact went outside unasked: {found[0]}")] if found else []
