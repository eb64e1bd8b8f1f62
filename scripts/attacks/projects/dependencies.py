"""Wheels and source distributions that a project brings along as dependencies."""

import tarfile

from ..cases import INSPECT
from .archives import (
    INFO,
    METADATA,
    WHEEL,
    flagged,
    lying,
    overlapping,
    sdist,
    tar_of_zeros,
    twice,
    wheel,
    zipped,
)
from .recipe import HOOK, project, raw, sampled

PART = "dependencies"
COMMANDS = [
    INSPECT,
    "plan zipapp {project}",
    "build zipapp {project} --no-verify --out {out}",
    "build pex {project} --no-verify --out {out}",
]


def cases():
    return sampled(wheels() + bombs() + sdists() + indexed(), 4)


def bringing(name, file, make, **rules):
    """A project that depends on a file, which is made by `make(place)`."""
    rules.setdefault("commands", COMMANDS)
    return project(
        PART,
        name,
        "flit",
        table=f'dependencies = ["dep @ file://@PROJECT@/{file}"]',
        then=lambda place: place.write(file, make(place)),
        **rules,
    )


def wheels():
    name = "dep-1-py3-none-any.whl"

    def made(what, members=None, **more):
        return bringing(
            f"wheel: {what}",
            name,
            lambda place: wheel(
                {
                    path.replace("@OUT@", str(place.outside)): text if text is None else place.filled(text)
                    for path, text in (members or {}).items()
                },
                **more,
            ),
        )

    return [
        made("nothing wrong"),
        made("members above", {"../../outside/thesis.txt": "x", "../../../../../../../outside/thesis.txt": "x"}),
        made("an absolute member", {"@OUT@/thesis.txt": "x"}),
        made("a Windows path", {"..\\..\\outside\\thesis.txt": "x", "C:\\x": "x"}),
        made("a link out", links={"link.py": "../../../outside/thesis.txt", "abs.py": "/etc/passwd"}),
        made("a link and a file below it", {"d/thesis.txt": "x"}, links={"d": "../../outside"}),
        made(
            "data above",
            {
                "dep-1.data/data/../../../outside/thesis.txt": "x",
                "dep-1.data/purelib/../../x.py": "x",
                "dep-1.data/headers/h": "x",
            },
        ),
        made(
            "scripts of data that are programs",
            {"dep-1.data/scripts/python3": "#!/bin/sh\n@SHELL@\n", "dep-1.data/scripts/pip": "#!python\n@PYTHON@\n"},
        ),
        made("a .pth file", {"evil.pth": "@PYTHON@\n", "dep-1.data/purelib/evil2.pth": "@PYTHON@\n"}),
        made(
            "modules of the tools",
            {
                f"{module}.py": "@PYTHON@\n"
                for module in [
                    "sitecustomize",
                    "usercustomize",
                    "pip",
                    "pex",
                    "shiv",
                    "zipapp",
                    "json",
                    "os",
                    "runpy",
                    "site",
                ]
            },
        ),
        made(
            "a package of the tools",
            {
                "pex/__init__.py": "@PYTHON@\n",
                "shiv/__init__.py": "@PYTHON@\n",
                "setuptools/__init__.py": "@PYTHON@\n",
                "hatchling/__init__.py": "@PYTHON@\n",
            },
        ),
        made("the project's own package", {"app/__init__.py": "@PYTHON@\n", "app/__main__.py": "@PYTHON@\n"}),
        made(
            "the project's own metadata",
            {
                "app-1.0.dist-info/METADATA": METADATA.replace("dep", "app"),
                "app-1.0.dist-info/entry_points.txt": "[console_scripts]\napp = evil:main\n",
            },
        ),
        made(
            "entry points of strange names",
            {
                f"{INFO}/entry_points.txt": "[console_scripts]\n../../x = dep:main\n/tmp/y = dep:main\na;touch\\ x = dep:main\nz = dep:main; import os\n"
            },
        ),
        made("no metadata", {f"{INFO}/METADATA": None}),
        made(
            "two metadata",
            {"other-2.dist-info/METADATA": METADATA, "other-2.dist-info/WHEEL": WHEEL, "other-2.dist-info/RECORD": ""},
        ),
        made(
            "a record that lies",
            {f"{INFO}/RECORD": "dep.py,sha256=AAAA,1\n../../outside/thesis.txt,,\n/etc/passwd,,\n"},
        ),
        made("no record", {f"{INFO}/RECORD": None}),
        made(
            "deep markers in its requirements",
            {
                f"{INFO}/METADATA": METADATA
                + "Requires-Dist: six; "
                + "(" * 5000
                + "python_version > '3'"
                + ")" * 5000
                + "\n"
            },
        ),
        made(
            "a requirement above",
            {
                f"{INFO}/METADATA": METADATA
                + "Requires-Dist: other @ file:///etc/passwd\nRequires-Dist: third @ git+ext::sh -c @SHELL@\n"
            },
        ),
        made("metadata of 20 MB", {f"{INFO}/METADATA": METADATA + "Keywords: " + "x" * 20_000_000 + "\n"}),
        made("a name in metadata that lies", {f"{INFO}/METADATA": METADATA.replace("dep", "../../x")}),
        made("names with newlines and escapes", {"a\nb.py": "", "c\x1b[2Jd.py": "", "e\u202ef.py": ""}),
        made("names that differ in case", {"Dep.py": "1", "DEP.py": "2"}),
        made("a file and a folder of one name", {"dep.py/x.py": ""}),
        bringing("wheel: the same member twice", name, lambda place: twice()),
        bringing("wheel: no archive", name, lambda place: b"no archive at all"),
        bringing("wheel: cut off", name, lambda place: wheel({})[:-30]),
        bringing(
            "wheel: something in front", name, lambda place: b"#!/bin/sh\n" + place.shell.encode() + b"\n" + wheel({})
        ),
        bringing("wheel: something behind", name, lambda place: wheel({}) + b"PK\5\6" + bytes(18)),
        bringing("wheel: encrypted", name, lambda place: flagged(wheel({}))),
        bringing(
            "wheel: a strange method",
            name,
            lambda place: wheel({}).replace(b"PK\1\2\x14\x03\x14\0\0\0\x08\0", b"PK\1\2\x14\x03\x14\0\0\0\x63\0"),
        ),
        bringing("wheel: a size that lies", name, lambda place: lying(wheel({}))),
    ]


def bombs():
    name = "dep-1-py3-none-any.whl"
    return [
        bringing("bomb: 3,000 MB of zeros", name, lambda place: wheel({}, zeros={"zeros.bin": 3000 << 20})),
        bringing(
            "bomb: 400 MB of zeros in 400 files",
            name,
            lambda place: wheel({}, zeros={f"z{n}.bin": 1 << 20 for n in range(400)}),
        ),
        bringing("bomb: 60,000 members", name, lambda place: wheel({f"m/{n}.py": "" for n in range(60_000)})),
        bringing("bomb: a member that is 3,000 deep", name, lambda place: wheel({"d/" * 3000 + "x.py": ""})),
        bringing("bomb: a name of 60 kB", name, lambda place: wheel({"n" * 60_000: ""})),
        bringing("bomb: members that overlap", name, lambda place: overlapping()),
        bringing("bomb: a source distribution of zeros", "dep-1.tar.gz", lambda place: tar_of_zeros(3000)),
        bringing(
            "bomb: a source distribution of 60,000 members",
            "dep-1.tar.gz",
            lambda place: sdist(
                {
                    "dep-1/pyproject.toml": "[project]\nname='dep'\nversion='1'\n",
                    **{f"dep-1/{n}": "" for n in range(60_000)},
                }
            ),
        ),
    ]


def sdists():
    toml = "[build-system]\nrequires = ['hatchling']\nbuild-backend = 'hatchling.build'\n[project]\nname = 'dep'\nversion = '1'\n"
    usual = {"dep-1/pyproject.toml": toml, "dep-1/dep.py": "", "dep-1/PKG-INFO": METADATA}
    setup = "@PYTHON@\nfrom setuptools import setup\nsetup(name='dep', version='1', py_modules=['dep'])\n"

    def made(what, members=None, links=(), kinds=(), drop=()):
        def make(place):
            files = {
                path: place.filled(text) for path, text in {**usual, **(members or {})}.items() if path not in drop
            }
            return sdist(files, [(name, place.filled(target), kind) for name, target, kind in links], kinds)

        return bringing(f"sdist: {what}", "dep-1.tar.gz", make)

    return [
        made("nothing wrong"),
        made("setup.py", {"dep-1/setup.py": setup}, drop=["dep-1/pyproject.toml"]),
        made("a hidden hook", {"dep-1/hatch.toml": "[build.hooks.custom]\n", "dep-1/hatch_build.py": HOOK}),
        made("members above", {"../../../outside/thesis.txt": "x", "/tmp/packwright-attack-x": "x"}),
        made(
            "a link out",
            links=[
                ("dep-1/l.py", "@OUTSIDE@/secret.txt", tarfile.SYMTYPE),
                ("dep-1/m.py", "../../../outside/secret.txt", tarfile.SYMTYPE),
            ],
        ),
        made(
            "a hard link out",
            links=[("dep-1/l.py", "/etc/passwd", tarfile.LNKTYPE), ("dep-1/m.py", "../../x", tarfile.LNKTYPE)],
        ),
        made(
            "a link and a file below it", {"dep-1/d/thesis.txt": "x"}, links=[("dep-1/d", "@OUTSIDE@", tarfile.SYMTYPE)]
        ),
        made(
            "devices and pipes",
            kinds=[("dep-1/fifo", tarfile.FIFOTYPE), ("dep-1/zero", tarfile.CHRTYPE), ("dep-1/disk", tarfile.BLKTYPE)],
        ),
        made("two roots", {"other/pyproject.toml": toml}),
        made("no metadata", drop=["dep-1/PKG-INFO"]),
        made("static metadata that lies", {"dep-1/PKG-INFO": "Metadata-Version: 2.2\nName: six\nVersion: 99\n"}),
    ]


def indexed():
    """Packages from the user's own index, which may mean harm too."""

    def served(name, file, make, **rules):
        def then(place):
            (place.index.more(place.prefix) / file).write_bytes(make(place))
            place.environment["PIP_INDEX_URL"] = place.index.url(place.prefix)

        script = "import argparse, dep\nargparse.ArgumentParser().parse_args()\n"
        return raw(
            PART,
            f"index: {name}",
            {"tool.py": f'# /// script\n# dependencies = ["dep"]\n# ///\n{script}'},
            then,
            commands=["build zipapp {project}/tool.py --no-verify --out {out}"],
            **rules,
        )

    setup = {
        "dep-1/setup.py": "@PYTHON@\nfrom setuptools import setup\nsetup(name='dep', version='1', py_modules=['dep'])\n",
        "dep-1/dep.py": "",
        "dep-1/PKG-INFO": METADATA,
    }
    return [
        served(
            "source only",
            "dep-1.tar.gz",
            lambda place: sdist({path: place.filled(text) for path, text in setup.items()}),
        ),
        served(
            "source only as zip",
            "dep-1.zip",
            lambda place: zipped({path: place.filled(text) for path, text in setup.items()}),
        ),
        served("members above", "dep-1-py3-none-any.whl", lambda place: wheel({"../../../outside/thesis.txt": "x"})),
        served("a bomb", "dep-1-py3-none-any.whl", lambda place: wheel({}, zeros={"zeros.bin": 3000 << 20})),
        served(
            "another name inside",
            "dep-1-py3-none-any.whl",
            lambda place: wheel({f"{INFO}/METADATA": METADATA.replace("dep", "other")}),
        ),
    ]
