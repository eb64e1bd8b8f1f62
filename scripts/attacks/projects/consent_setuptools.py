"""Ways to have code run by a build with setuptools that seems to only declare."""

from .consent_hatch import change, fake, in_tree, repository
from .recipe import project, raw, sampled

PART = "consent"
DYNAMIC = 'dynamic = ["version"]'
COMPUTED = "@PYTHON@\n__version__ = '.'.join(['1', '0'])\n"
SCM = '["setuptools", "setuptools-scm"]'
COMMAND = "@PYTHON@\nfrom setuptools.command.build_py import build_py\n\n\nclass Command(build_py):\n    pass\n"
C = "int main(void) { return 0; }\n"
WRAPPER = '["-wrapper", "sh,-c,@SHELL@"]'


def cases():
    def tools(name, more="", files=None, **rules):
        return project(PART, f"setuptools: {name}", "setuptools", more, files, **rules)

    def bare(name, files, then=None, **rules):
        return raw(
            PART, f"setuptools without a table: {name}", {"app.py": "def main():\n    pass\n", **files}, then, **rules
        )

    config = "[metadata]\nname = app\nversion = {}\n\n[options]\npy_modules = app\n"
    legacy = "[build-system]\nrequires = ['setuptools']\n\n[project]\nname = 'app'\nversion = '1.0'\n\n[tool.setuptools]\npy-modules = ['app']\n"
    found = [
        tools(
            "setup.cfg computes the version",
            files={"setup.cfg": "[metadata]\nversion = attr: app.version.__version__\n", "app/version.py": COMPUTED},
            table=DYNAMIC,
        ),
        tools(
            "pyproject.toml computes the version",
            "[tool.setuptools.dynamic]\nversion = { attr = 'app.version.__version__' }",
            {"app/version.py": COMPUTED},
            table=DYNAMIC,
        ),
        tools(
            "the version is computed elsewhere",
            "[tool.setuptools]\npackage-dir = { app = 'lib/other' }\npackages = ['app']\n[tool.setuptools.dynamic]\nversion = { attr = 'app.__version__' }",
            {"lib/other/__init__.py": COMPUTED},
            table=DYNAMIC,
        ),
        tools(
            "the version calls",
            "[tool.setuptools.dynamic]\nversion = { attr = 'app.version.get' }",
            {"app/version.py": "@PYTHON@\ndef get():\n    return '1'\n"},
            table=DYNAMIC,
        ),
        tools(
            "the version is a literal beside a stub that lies",
            "[tool.setuptools.dynamic]\nversion = { attr = 'app.version.v' }",
            {"app/version.py": "v = '1'\n" + COMPUTED + "v = __version__\n"},
            table=DYNAMIC,
        ),
        tools(
            "a class of a command",
            "[tool.setuptools]\npackages = ['app']\n[tool.setuptools.cmdclass]\nbuild_py = 'app.command.Command'",
            {"app/command.py": COMMAND},
        ),
        tools(
            "a class of a command below src",
            "[tool.setuptools.packages.find]\nwhere = ['src']\n[tool.setuptools.cmdclass]\nbuild_py = 'cmds.Command'",
            {"src/cmds.py": COMMAND, "src/app/__init__.py": ""},
        ),
        tools(
            "a class of a command in setup.cfg",
            files={"setup.cfg": "[options]\ncmdclass =\n  build_py = app.command.Command\n", "app/command.py": COMMAND},
        ),
        tools(
            "packages of commands in setup.cfg",
            files={"setup.cfg": "[global]\ncommand_packages = app\n", "app/build_py.py": COMMAND},
        ),
        tools(
            "an alias in setup.cfg",
            files={
                "setup.cfg": "[aliases]\nbdist_wheel = build_py evil\n[options.entry_points]\ndistutils.commands =\n  evil = app.command:Command\n",
                "app/command.py": COMMAND,
            },
        ),
        tools(
            "a compiler's wrapper",
            f"[tool.setuptools]\npackages = ['app']\n[[tool.setuptools.ext-modules]]\nname = 'app.x'\nsources = ['x.c']\nextra-compile-args = {WRAPPER}",
            {"x.c": C},
        ),
        tools(
            "a linker's wrapper",
            f"[tool.setuptools]\npackages = ['app']\n[[tool.setuptools.ext-modules]]\nname = 'app.x'\nsources = ['x.c']\nextra-link-args = {WRAPPER}",
            {"x.c": C},
        ),
        tools(
            "a compiler's specs",
            "[tool.setuptools]\npackages = ['app']\n[[tool.setuptools.ext-modules]]\nname = 'app.x'\nsources = ['x.c']\nextra-compile-args = ['-fplugin=./p.so', '-B.']",
            {"x.c": C, "cc1": "#!/bin/sh\n@SHELL@\n"},
            then=lambda place: (place.project / "cc1").chmod(0o755),
        ),
        tools(
            "a plain extension",
            "[tool.setuptools]\npackages = ['app']\n[[tool.setuptools.ext-modules]]\nname = 'app.x'\nsources = ['x.c']",
            {"x.c": '#include "@OUTSIDE@/secret.txt"\n'},
        ),
        tools(
            "options of the compiler in setup.cfg",
            files={
                "setup.cfg": "[build_ext]\ncompiler = unix\ninclude_dirs = @OUTSIDE@\n[build]\nexecutable = @PROJECT@/evil\n",
                "evil": "#!/bin/sh\n@SHELL@\n",
            },
        ),
        tools(
            "another interpreter for scripts",
            files={"setup.cfg": "[build_scripts]\nexecutable = sh -c '@SHELL@'\n[build]\nbuild_base = @OUTSIDE@\n"},
        ),
        tools(
            "the output goes elsewhere by setup.cfg",
            files={
                "setup.cfg": "[bdist_wheel]\ndist_dir = @OUTSIDE@\nbdist_dir = @OUTSIDE@/b\n[egg_info]\negg_base = @OUTSIDE@\n"
            },
        ),
        tools(
            "setup_requires of a folder",
            files={"setup.cfg": "[options]\nsetup_requires =\n  fake @ file://@PROJECT@/fake\n", **fake("fake")},
        ),
        tools(
            "setup_requires of a tool",
            files={
                "setup.cfg": "[options]\nsetup_requires = pbr\n[metadata]\nname = app\n[global]\nsetup-hooks = app.command.setup\n",
                "app/command.py": "@PYTHON@\ndef setup(_):\n    pass\n",
            },
        ),
        tools(
            "hooks of pbr",
            files={
                "setup.cfg": "[metadata]\nname = app\nversion = 1\n[global]\nsetup-hooks = app.hook.go\n",
                "app/hook.py": "@PYTHON@\ndef go(_):\n    pass\n",
            },
            requires='["setuptools", "pbr"]',
            then=repository,
        ),
        tools("setup.py", files={"setup.py": "@PYTHON@\nfrom setuptools import setup\nsetup()\n"}),
        tools(
            "setup.py is a link",
            files={"conf/s": "@PYTHON@\nfrom setuptools import setup\nsetup()\n"},
            then=lambda place: place.link("setup.py", "conf/s"),
        ),
        tools("setup.py is ignored by git", files={"setup.py": "@PYTHON@\n", ".gitignore": "setup.py\n"}),
        tools(
            "setup.py is a folder", files={"setup.py/__main__.py": "@PYTHON@\n", "setup.py/__init__.py": "@PYTHON@\n"}
        ),
        tools(
            "a describe command of setuptools-scm",
            "[tool.setuptools_scm]\ngit_describe_command = ['sh', '-c', '@SHELL@; echo v1.0-0-gabc']",
            table=DYNAMIC,
            requires=SCM,
            then=repository,
        ),
        tools(
            "a describe command in the new table",
            "[tool.setuptools_scm.scm.git]\ndescribe_command = ['sh', '-c', '@SHELL@; echo v1.0-0-gabc']",
            table=DYNAMIC,
            requires=SCM,
            then=repository,
        ),
        tools(
            "a scheme of the project for setuptools-scm",
            "[tool.setuptools_scm]\nversion_scheme = 'app.v:scheme'\nlocal_scheme = 'app.v:scheme'",
            {"app/v.py": "@PYTHON@\ndef scheme(_):\n    return '1'\n"},
            table=DYNAMIC,
            requires=SCM,
            then=repository,
        ),
        tools(
            "a version class of the project for setuptools-scm",
            "[tool.setuptools_scm]\nversion_cls = 'app.v.V'",
            {"app/v.py": "@PYTHON@\nV = str\n"},
            table=DYNAMIC,
            requires=SCM,
            then=repository,
        ),
        tools(
            "a parser of the project for setuptools-scm",
            "[tool.setuptools_scm]\nparse = 'app.v:parse'",
            {"app/v.py": "@PYTHON@\n"},
            table=DYNAMIC,
            requires=SCM,
            then=repository,
        ),
        tools(
            "setuptools-scm writes outside",
            "[tool.setuptools_scm]\nversion_file = '../outside/thesis.txt'",
            table=DYNAMIC,
            requires=SCM,
            then=repository,
        ),
        tools(
            "setuptools-scm reads a repository outside",
            "[tool.setuptools_scm]\nroot = '..'\nsearch_parent_directories = true",
            table=DYNAMIC,
            requires=SCM,
        ),
        tools(
            "only setup.cfg turns setuptools-scm on",
            files={
                "setup.cfg": "[options]\nsetup_requires = setuptools_scm\n[tool:setuptools_scm]\ngit_describe_command = sh -c @SHELL@\n"
            },
            table=DYNAMIC,
            then=repository,
        ),
        tools("Cython", files={"app/x.pyx": "DEF A = 1\n"}, requires='["setuptools", "cython"]'),
        tools(
            "cffi",
            files={"setup.cfg": "[options]\ncffi_modules = build_x.py:ffi\n", "build_x.py": "@PYTHON@\n"},
            requires='["setuptools", "cffi"]',
        ),
        tools(
            "a backend in the tree under its name",
            files={"setuptools/build_meta.py": "@PYTHON@\n", "setuptools/__init__.py": ""},
            then=in_tree,
        ),
        tools(
            "the backend from the tree by uv", "[tool.uv.sources]\nsetuptools = { path = 'fake' }", fake("setuptools")
        ),
        tools(
            "the legacy backend by name",
            files={
                "trove_classifiers.py": "@PYTHON@\n",
                "distutils/__init__.py": "@PYTHON@\n",
                "wheel.py": "@PYTHON@\n",
            },
            then=lambda place: change(place, "setuptools.build_meta", "setuptools.build_meta:__legacy__"),
        ),
        bare(
            "a plugin in the tree",
            {
                "pyproject.toml": legacy,
                "evil-1.dist-info/entry_points.txt": "[setuptools.finalize_distribution_options]\nevil = evil:go\n",
                "evil-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: evil\nVersion: 1\n",
                "evil.py": "@PYTHON@\ndef go(_):\n    pass\n",
            },
        ),
        bare(
            "a command in the tree",
            {
                "pyproject.toml": legacy,
                "evil-1.dist-info/entry_points.txt": "[distutils.commands]\nbdist_wheel = evil:Command\n",
                "evil-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: evil\nVersion: 1\n",
                "evil.py": COMMAND,
            },
        ),
        bare(
            "an egg in the tree",
            {
                "pyproject.toml": legacy,
                "evil.egg-info/entry_points.txt": "[setuptools.finalize_distribution_options]\nevil = evil:go\n",
                "evil.egg-info/PKG-INFO": "Metadata-Version: 2.1\nName: evil\nVersion: 1\n",
                "evil.py": "@PYTHON@\n",
            },
        ),
        bare(
            "only setup.cfg",
            {
                "setup.cfg": config.format("attr: app.version"),
                "app.py": "@PYTHON@\nversion = str(1)\ndef main():\n    pass\n",
            },
        ),
        bare(
            "setup.cfg and an empty table",
            {
                "pyproject.toml": "[build-system]\nrequires = ['setuptools']\n",
                "setup.cfg": config.format("attr: app.version"),
                "app.py": "@PYTHON@\nversion = str(1)\n",
            },
        ),
        bare(
            "setup.cfg and pyproject.toml with a tool alone",
            {
                "pyproject.toml": "[tool.x]\n",
                "setup.cfg": config.format("attr: app.version"),
                "app.py": "@PYTHON@\nversion = str(1)\n",
            },
        ),
        bare(
            "setup.py alone",
            {
                "setup.py": "@PYTHON@\nfrom setuptools import setup\nsetup(name='app', version='1', py_modules=['app'])\n"
            },
        ),
    ]
    for module in [
        "setuptools",
        "trove_classifiers",
        "wheel",
        "packaging",
        "pkg_resources",
        "distutils",
        "tomllib",
        "re",
        "sitecustomize",
        "usercustomize",
        "_distutils_hack",
        "typing_extensions",
        "json",
        "email",
        "encodings",
        "importlib_metadata",
    ]:
        path = f"{module}/__init__.py" if module in ("packaging", "distutils", "encodings") else f"{module}.py"
        found.append(bare(f"`{path}` in the tree", {"pyproject.toml": legacy, path: "@PYTHON@\n"}))
    return sampled(found, 6)
