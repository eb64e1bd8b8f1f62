"""Projects from tables: a backend, TOML behind the usual, and files over the usual."""

from ..cases import BUILD, LOOK, Case

HOOK = """@PYTHON@
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Hook(BuildHookInterface):
    def initialize(self, version, build_data):
        pass
"""


def project(part, name, backend="hatchling", more="", files=None, *, table="", requires=None, then=None, **rules):
    """A case whose project is this backend's usual one with something added; `then` may do what text cannot."""

    def make(place):
        place.app(backend, more, table, requires, files or {})
        if then:
            then(place)

    rules.setdefault("commands", LOOK)
    return Case(part, name, make, **rules)


def raw(part, name, files, then=None, **rules):
    """A case of these files and no others."""

    def make(place):
        for path, text in files.items():
            place.write(path, text)
        if then:
            then(place)

    return Case(part, name, make, **rules)


def sampled(cases, every):
    """Marks each so-many-th case for the sample."""
    for case in cases[::every]:
        case.is_sampled = True
    return cases


def built(technology, *more):
    """The command that builds something else than a wheel."""
    return " ".join([BUILD.replace("wheel", technology, 1), *more])
