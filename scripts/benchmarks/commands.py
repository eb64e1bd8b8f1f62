"""Sections about commands: how long they take, beside an earlier build, a tool by hand, or a look at every file."""

import shutil
from pathlib import Path

from .used import Used, Watched, median, ratio, show
from .house import PAIRS


def paired(house, what, prepare, run, figures, aim, pairs=PAIRS):
    """Runs something by turns with both builds, and shows the medians of some figures."""
    sides = [house.ours, *([house.other] if house.other else [])]
    runs = {side: [] for side in sides}
    for side in sides:
        prepare(side)
    for _ in range(pairs):
        for side in sides:
            runs[side].append(run(side))
    for figure in figures:
        ours, *other = [median(getattr(used, figure) for used in runs[side]) for side in sides]
        name = f"{what}, {'CPU' if figure == 'cpu' else figure}"
        show(name + (" / earlier" if other else ""), ratio(ours, *other) if other else f"{ours:.1f} ms", aim)


def start(house):
    """Cold start of commands that must feel instant."""
    facts = ["advise", "--set", "kind=cli", house.project]
    for command, aim in [
        (["--version"], "10 ms"),
        (["list"], "30 ms"),
        (facts, "30 ms"),
        (["inspect", house.project], "30 ms"),
    ]:
        run = lambda side: side.uses(*command)
        paired(house, f"packwright {command[0]}", run, run, ["wall", "cpu"], f"aim {aim}", 6 * PAIRS)


def tree_of(folder, count):
    """A tree of as many files, a tenth of which are modules."""
    for number in range(count // 100):
        inside = folder / f"pkg{number:04}"
        inside.mkdir(parents=True)
        for file in range(100):
            (inside / f"m{file:02}.{'py' if file % 10 == 0 else 'txt'}").write_text("import os\n")
    (folder / "pyproject.toml").write_text('[project]\nname = "tree"\nversion = "1"\n')
    return folder


def inspect(house):
    """A tree of 100,000 files."""
    if not shutil.which("rg"):
        return show("inspect 100,000 files / rg --files", "not measured: `rg` is missing", "at most 1.2")
    tree = tree_of(house.scratch / "tree", 100_000)
    Used(["rg", "--files", tree], house.home)
    pairs = [(house.ours.uses("inspect", tree).wall, Used(["rg", "--files", tree], house.home).wall) for _ in range(PAIRS)]
    ours, theirs = (median(pair[side] for pair in pairs) for side in (0, 1))
    show("inspect 100,000 files / rg --files", ratio(ours, theirs), "at most 1.2")


def build(house):
    """One technology, from the same wheelhouse."""
    for technology in ["wheel", "zipapp", "pex", "shiv"]:
        beside_a_tool(house, technology, PAIRS, "at most 1.05, or 150 ms more")


def freeze(house):
    """A frozen program, from the same wheelhouse."""
    beside_a_tool(house, "pyinstaller", 3, "at most 1.05")


def beside_a_tool(house, technology, pairs, aim):
    """Packwright, with everything but the project itself cached, beside the tool by hand."""
    house.ours.builds(house.project, technology)
    # A tool may fetch what it needs for itself, such as a pip of its own, and keeps it.
    house.by_hand(technology, online=True)
    house.by_hand(technology)
    ours, theirs = [], []
    for _ in range(pairs):
        house.edit()
        ours.append(house.ours.builds(house.project, technology).cpu)
        theirs.append(sum(used.cpu for used in house.by_hand(technology)))
    show(f"{technology}, CPU of Packwright / by hand", ratio(median(ours), median(theirs)), aim)


def four(house):
    """Four technologies in one run, beside four tools one after the other."""
    technologies = ["zipapp", "pex", "shiv", "wheel"]
    house.ours.builds(house.project, *technologies)
    for technology in technologies:
        house.by_hand(technology, online=True)
    house.edit()
    ours = house.ours.builds(house.project, *technologies).cpu
    theirs = sum(used.cpu for technology in technologies for used in house.by_hand(technology, online=True))
    show("four technologies, CPU / each by hand", ratio(ours, theirs), "at most 0.5")


def again(house):
    """Nothing changed; and nothing but the project's files may come from a cache."""
    unchanged = lambda side: side.builds(house.project, "zipapp")
    paired(house, "unchanged rebuild", unchanged, unchanged, ["wall", "cpu"], "aim 150 ms", 3 * PAIRS)
    fresh = lambda side: side.builds(house.project, "wheel", "--no-cache")
    paired(house, "a wheel with --no-cache", fresh, fresh, ["wall", "cpu"], "")


def large(house):
    """A data file of 400 MB, and a tree of 200,000 files: time and memory."""
    project = house.scratch / "large"
    shutil.copytree(house.project, project)
    data = Path("src") / "weather_cli" / "data.bin"
    # Bytes that no compression makes fewer.
    with open("/dev/urandom", "rb") as source, open(project / data, "wb") as file:
        for _ in range(400):
            file.write(source.read(1 << 20))
    built = house.ours.builds(project, "zipapp", out="large-out", kind=Watched)
    show("first zipapp with a data file of 400 MB", f"{built.wall / 1000:.1f} s, {built.own:.0f} MiB", "under 60 MB")
    artifact = next((house.ours.scratch / "large-out").glob("*.pyz"))
    verified = house.ours.uses("verify", artifact, kind=Watched)
    show("verify of it", f"{verified.wall / 1000:.1f} s, {verified.own:.0f} MiB", "under 60 MB")
    tree = tree_of(house.scratch / "larger", 200_000)
    inspected = house.ours.uses("inspect", tree, kind=Watched)
    # Its module is in no place where a build backend looks for it: what counts is that the answer comes soon.
    built = house.ours.builds(tree, "zipapp", kind=Watched, may_fail=True)
    for what, used in [("inspect", inspected), ("build", built)]:
        show(f"{what} a tree of 200,000 files", f"{used.wall / 1000:.1f} s, {used.own:.0f} MiB", "")
    shutil.rmtree(tree)


def log(house):
    """A build that prints a million lines."""
    project = house.scratch / "flood"
    project.mkdir()
    (project / "setup.py").write_text(
        "import sys\nsys.stdout.write(''.join(f'line {n}\\n' for n in range(1_000_000)))\n"
        "from setuptools import setup\nsetup(name='flood', version='1', py_modules=['flood'])\n"
    )
    (project / "flood.py").write_text("")
    used = house.ours.builds(project, "wheel", kind=Watched, may_fail=True)
    show("memory while a build logs a million lines", f"{used.own:.0f} MiB", "under 60 MB")
