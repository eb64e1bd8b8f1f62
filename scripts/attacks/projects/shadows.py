"""Programs and modules that lie where they may be taken for the real ones, and repositories that start programs."""

import os
import subprocess

from ..cases import BUILD, INSPECT
from .recipe import built, project, raw, sampled

PART = "shadows"
PROGRAMS = [
    "python",
    "python3",
    "python3.11",
    "uv",
    "git",
    "pip",
    "bwrap",
    "pex",
    "shiv",
    "sh",
    "env",
    "xvfb-run",
    "cc",
]
MODULES = [
    "pip",
    "pex",
    "shiv",
    "zipapp",
    "json",
    "runpy",
    "site",
    "sitecustomize",
    "os",
    "argparse",
    "zipfile",
    "venv",
    "ensurepip",
    "hatchling",
    "platform",
]
DYNAMIC = 'dynamic = ["version"]'


def git(folder, *words):
    """Runs git in a folder, without this machine's configuration."""
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_AUTHOR_NAME": "A",
        "GIT_AUTHOR_EMAIL": "a@b.c",
        "GIT_COMMITTER_NAME": "A",
        "GIT_COMMITTER_EMAIL": "a@b.c",
    }
    subprocess.run(
        ["git", "-c", "init.defaultBranch=main", *words], cwd=folder, env=environment, check=True, capture_output=True
    )


def cases():
    return sampled(paths() + modules() + repositories(), 4)


def paths():
    """Entries of PATH."""

    def entry(name, path, within=None, below="bin"):
        def then(place):
            for program in PROGRAMS:
                place.program(f"{below}/{program}")
            found = os.environ["PATH"] if os.getuid() == 0 else "/usr/local/bin:/usr/bin:/bin"
            place.environment["PATH"] = place.filled(path) + os.pathsep + found
            place.words["folder"] = place.project / within if within else place.project

        return project(
            PART, f"PATH: {name}", then=then, commands=[INSPECT, "plan zipapp {project}", built("zipapp"), "doctor"]
        )

    def checkout(place):
        """The project is a folder of a checkout, and PATH names another one of it."""
        git(place.root, "init", "--quiet")
        for program in PROGRAMS:
            place.program(place.root / "bin" / program)
        place.environment["PATH"] = f"{place.root}/bin{os.pathsep}/usr/local/bin:/usr/bin:/bin"

    return [
        entry("the project's bin", "@PROJECT@/bin"),
        entry("the project", "@PROJECT@", below="."),
        entry("a dot", ".", below="."),
        entry("nothing at all", ""),
        entry("relative", "bin"),
        entry("relative and up", "../project/bin"),
        entry("a virtual environment of the project", "@PROJECT@/.venv/bin", below=".venv/bin"),
        project(
            PART, "PATH: a link that leads into the project", then=lambda place: linked_path(place), commands=[BUILD]
        ),
        project(
            PART, "PATH: another folder of the checkout", then=checkout, commands=[INSPECT, BUILD, built("zipapp")]
        ),
        project(
            PART,
            "a Python of the project's choice",
            files={".python-version": "@PROJECT@/bin/python3\n"},
            then=lambda place: place.program("bin/python3"),
        ),
        project(
            PART,
            "a Python by uv's settings",
            "hatchling",
            "[tool.uv]\npython-preference = 'only-managed'\npython-install-mirror = 'file://@PROJECT@'\n",
            {".venv/pyvenv.cfg": "home = @PROJECT@/bin\n"},
            then=lambda place: [place.program("bin/python3"), place.program(".venv/bin/python")],
        ),
        project(PART, "variables that name environments", then=environments),
        project(
            PART,
            "variables of uv and pip in .env",
            files={".env": "UV_PYTHON=@PROJECT@/bin/python3\nPIP_INDEX_URL=@INDEX@\nPATH=@PROJECT@/bin\n"},
            then=lambda place: place.program("bin/python3"),
        ),
    ]


def linked_path(place):
    for program in PROGRAMS:
        place.program(f"bin/{program}")
    (place.root / "tools").symlink_to(place.project / "bin")
    place.environment["PATH"] = f"{place.root}/tools:/usr/local/bin:/usr/bin:/bin"


def environments(place):
    for folder in (".venv/bin", "conda/bin"):
        for program in PROGRAMS:
            place.program(f"{folder}/{program}")
    place.write(".venv/pyvenv.cfg", "home = /usr/bin\n")
    for name, folder in {
        "VIRTUAL_ENV": ".venv",
        "CONDA_PREFIX": "conda",
        "UV_PROJECT_ENVIRONMENT": ".venv",
        "PYTHONPATH": ".",
        "PYTHONHOME": "conda",
    }.items():
        place.environment[name] = str(place.project / folder)
    place.environment["PYTHONSTARTUP"] = str(place.write("start.py", "@PYTHON@\n"))


def modules():
    """Modules in the folder where tools are started."""
    files = {f"{name}.py": "@PYTHON@\n" for name in MODULES}
    found = []
    for technology in ["wheel", "sdist", "zipapp", "pex", "shiv", "entry-point-tool", "module"]:
        found.append(project(PART, f"modules: {technology}", files=files, then=within, commands=[built(technology)]))
        inside = {f"app/{path}": text for path, text in files.items()}
        found.append(
            project(
                PART, f"modules in the package: {technology}", files=inside, then=within, commands=[built(technology)]
            )
        )
    scripts = {"tool.py": "import argparse\nargparse.ArgumentParser().parse_args()\n", **files}
    found.append(
        raw(
            PART,
            "modules beside a script",
            scripts,
            within,
            commands=["build zipapp {project}/tool.py --no-verify --out {out}"],
        )
    )
    return found


def within(place):
    place.words["folder"] = place.project


def repositories():
    """What git does because a repository says so."""
    scm = {"requires": '["setuptools", "setuptools-scm"]', "table": DYNAMIC}

    def made(name, prepare, backend="setuptools", more="[tool.setuptools_scm]", **rules):
        def then(place):
            for words in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "x"], ["tag", "v1.0"]):
                git(place.project, *words)
            prepare(place)

        return project(
            PART, f"git: {name}", backend, more, then=then, **{**(scm if backend == "setuptools" else {}), **rules}
        )

    def config(text):
        return lambda place: place.write(".git/config", (place.project / ".git/config").read_text() + text)

    def hooks(place):
        for hook in [
            "post-checkout",
            "pre-commit",
            "post-index-change",
            "fsmonitor-watchman",
            "reference-transaction",
            "post-commit",
        ]:
            place.program(f".git/hooks/{hook}")

    monitor = '[core]\n\tfsmonitor = "@SHELL@"\n'
    vcs = {
        "backend": "hatchling",
        "requires": '["hatchling", "hatch-vcs"]',
        "table": DYNAMIC,
        "more": "[tool.hatch.version]\nsource = 'vcs'",
    }
    return [
        made("fsmonitor for setuptools-scm", config(monitor)),
        made("fsmonitor for PDM", config(monitor), "pdm", "[tool.pdm.version]\nsource = 'scm'", table=DYNAMIC),
        made("fsmonitor for hatch-vcs", config(monitor), **vcs),
        made(
            "fsmonitor in an included file",
            lambda place: [config("[include]\n\tpath = ../evil\n")(place), place.write("evil", monitor)],
        ),
        made(
            "fsmonitor for this worktree",
            lambda place: [
                config("[extensions]\n\tworktreeConfig = true\n")(place),
                place.write(".git/config.worktree", monitor),
            ],
        ),
        made(
            "filters",
            lambda place: [
                config('[filter "x"]\n\tclean = "@SHELL@"\n\tsmudge = "@SHELL@"\n\tprocess = "@SHELL@"\n')(place),
                place.write(".gitattributes", "* filter=x diff=x\n"),
                place.write("app/__init__.py", "changed = 1\n"),
            ],
        ),
        made(
            "differences",
            lambda place: [
                config('[diff]\n\texternal = "@SHELL@"\n[diff "x"]\n\ttextconv = "@SHELL@"\n')(place),
                place.write(".gitattributes", "* diff=x\n"),
            ],
        ),
        made("hooks", hooks),
        made(
            "hooks elsewhere",
            lambda place: [config("[core]\n\thooksPath = hooks\n")(place), place.program("hooks/post-index-change")],
        ),
        made(
            "programs",
            config(
                '[core]\n\tpager = "@SHELL@"\n\teditor = "@SHELL@"\n\tsshCommand = "@SHELL@"\n\talternateRefsCommand = "@SHELL@"\n[gpg]\n\tprogram = "@SHELL@"\n[log]\n\tshowSignature = true\n'
            ),
        ),
        made("a repository elsewhere", lambda place: elsewhere(place, monitor)),
        made("a worktree elsewhere", config("[core]\n\tworktree = @OUTSIDE@\n")),
        made("objects elsewhere", lambda place: place.write(".git/objects/info/alternates", "@OUTSIDE@\n")),
        project(
            PART,
            "git: a bare repository in the tree",
            files={
                "HEAD": "ref: refs/heads/main\n",
                "config": "[core]\n\tbare = true\n" + monitor,
                "objects/x": "",
                "refs/x": "",
            },
            **scm,
            backend="setuptools",
            more="[tool.setuptools_scm]",
        ),
        project(
            PART,
            "mercurial: hooks",
            "setuptools",
            "[tool.setuptools_scm]",
            {
                ".hg/hgrc": "[hooks]\npre-identify = @SHELL@\n[extensions]\nevil = @PROJECT@/evil.py\n",
                "evil.py": "@PYTHON@\n",
            },
            **scm,
        ),
        project(
            PART,
            "an archive's file instead of a repository",
            "setuptools",
            "[tool.setuptools_scm]",
            {".git_archival.txt": "node: $Format:%H$\ndescribe-name: v1;@SHELL@\n"},
            **scm,
        ),
    ]


def elsewhere(place, monitor):
    (place.project / ".git").rename(place.root / "evil.git")
    config = place.root / "evil.git" / "config"
    config.write_text(config.read_text() + place.filled(monitor))
    place.write(".git", "gitdir: ../evil.git\n")
