"""One attack by a project: what it consists of, how it is carried out, and what must be true afterwards."""

# Archives need these, and an ordinary user may not be able to enter the folder of this Python.
import bz2  # noqa: F401
import encodings.cp437  # noqa: F401
import gzip  # noqa: F401
import lzma  # noqa: F401
import os
import tarfile
import time
import zipfile
from dataclasses import dataclass, field

from . import judge, kernel
from .house import remove
from .place import Place
from .run import Act, Run, at_terminal, run, signals

INSPECT, ADVISE, PLAN = "inspect {project}", "advise --no-interview {project}", "plan wheel {project}"
BUILD = "build wheel {project} --no-verify --out {out}"
SCREEN = "{screen} {project}"
READ = [INSPECT, ADVISE]
LOOK = [*READ, PLAN, BUILD]
# What is not judged in a run with `--trust`: who trusts a project runs its code.
OWN = {"memory"}
LIMIT = 30
# Keys that leave the terminal interface, wherever it is, and what ends it where they do not.
KEYS = [(2.0, b"q"), (4.0, b"q\r"), (6.0, b"\x03")]
# Whoever is asked agrees.
AGREE = [(seconds, b"y\r") for seconds in (2.0, 5.0, 10.0)]
END = [Act(14, signals(15)), Act(18, signals(9, family=True))]


@dataclass
class Case:
    """An attack."""

    part: str
    name: str
    # Writes the project into a Place.
    make: object
    # Command lines without the program's name; `{project}`, `{out}` and what `make` puts into `place.words` are filled in.
    commands: list = field(default_factory=lambda: LOOK)
    # Exit codes that the last command may have.
    codes: set = field(default_factory=lambda: judge.CODES)
    # More that must be true: takes the place and the runs, gives faults as `(kind, words)`.
    check: object = None
    # Whether code of the project may run: in the sandbox, where there is one.
    is_trusted: bool = False
    limit: float = LIMIT
    # What is not judged, by kind.
    ignored: set = field(default_factory=set)
    # Whether it needs mounts, a sandbox or root.
    needs: str = ""
    # What `{change}` among the commands does.
    change: object = None
    # Whether it is tried in the sample that the continuous integration runs.
    is_sampled: bool = False

    def __str__(self):
        return f"{self.part}/{self.name}"


@dataclass
class Outcome:
    """What came of an attack in one mode."""

    part: str
    name: str
    mode: str
    faults: list
    seconds: float = 0
    # Of the command that took longest, and how much processor time that had.
    slowest: float = 0
    busy: float = 0
    codes: list = field(default_factory=list)
    not_tried: str = ""
    folder: str = ""

    @property
    def held(self):
        return not self.faults and not self.not_tried


class Attack:
    """Carries out cases one after the other in one home."""

    def __init__(self, house, mode, home, folder):
        self.house, self.mode, self.home, self.folder = house, mode, home, folder

    def carry_out(self, case, number):
        outcome = Outcome(case.part, case.name, str(self.mode), [])
        if (
            case.needs == "sandbox"
            and not self.mode.is_sandboxed
            or case.needs == "no sandbox"
            and self.mode.is_sandboxed
        ):
            outcome.not_tried = f"needs {case.needs}"
            return outcome
        root = self.folder / f"{number:04}"
        place = Place(root, self.home, self.house.index, f"c{os.getpid()}-{number}")
        place.words = {}
        begin = time.time()
        try:
            case.make(place)
            before = self.seen(place)
            runs = []
            for line in case.commands:
                if line == "{change}":
                    # What was changed until here is looked at before it is the attack that changes something.
                    outcome.faults += self.escaped(case, place, before)
                    case.change(place)
                    before = self.seen(place)
                    continue
                runs.append(self.command(case, place, line))
                if self.ran(place, begin) and not case.is_trusted and not outcome.faults:
                    outcome.faults.append(("code", f"code ran in `{line.split()[0]}`"))
            outcome.codes = [done.code for done in runs]
            slowest = max(runs, key=lambda done: done.seconds, default=Run([]))
            outcome.slowest, outcome.busy = slowest.seconds, slowest.busy
            outcome.faults += self.judged(case, place, runs, before)
        except OSError as error:
            outcome.not_tried = f"cannot be staged here: {error}"
        outcome.seconds = time.time() - begin
        outcome.faults = list(dict.fromkeys(fault for fault in outcome.faults if fault[0] not in case.ignored))
        if outcome.faults and self.house.keep:
            outcome.folder = str(root)
            texts = [f"$ {' '.join(done.words)}\n{done.text[-20000:]}\n-> {done.code}\n" for done in runs]
            (root / "said.txt").write_text("\n".join(texts), errors="replace")
        else:
            remove(root)
        return outcome

    def command(self, case, place, line):
        environment = {**self.house.environment(self.home), **place.environment}
        folder = place.words.get("folder", place.root)
        values = {"project": place.project, "out": place.out, "outside": place.outside, **place.words}
        if line.startswith("{crash}"):
            words = [self.house.binary, str(place.project)]
            act = Act(4, crash(place.words["signal"]))
            return at_terminal(words, environment, folder, (), case.limit * self.house.patience, [act, *END])
        if line.startswith("{screen}"):
            words = [self.house.binary, *(word.format(**values) for word in line.split()[1:])]
            return at_terminal(words, environment, folder, KEYS, case.limit * self.house.patience, END)
        agrees, says_yes = line.startswith("{agree} "), line.startswith("{yes} ")
        words = [self.house.binary, *(word.format(**values) for word in line.split()[agrees or says_yes :])]
        if agrees:
            return at_terminal(words, environment, folder, AGREE, case.limit * self.house.patience)
        if says_yes:
            with open(place.write(place.root / "yes", "y\n" * 10_000)) as yes:
                return run(words, environment, folder, case.limit * self.house.patience, stdin=yes)
        return run(words, environment, folder, case.limit * self.house.patience)

    def ran(self, place, begin):
        if place.canary.exists():
            return True
        for folder in (self.home / ".cache" / "packwright" / "logs", self.home / ".local" / "state"):
            for path in folder.rglob("*"):
                if (
                    path.is_file()
                    and path.stat().st_mtime >= begin - 1
                    and place.mark.encode() in path.read_bytes()[: 32 << 20]
                ):
                    return True
        return False

    def seen(self, place):
        private = self.home / ".ssh"
        private.mkdir(exist_ok=True)
        (private / "id_ed25519").write_text(place.secret)
        return [
            judge.snapshot(place.project, but={str(place.project / "dist")}),
            judge.snapshot(place.outside),
            judge.snapshot(private),
        ]

    def judged(self, case, place, runs, before):
        faults = []
        for done in runs:
            may = {"memory", "left"} & OWN if case.is_trusted else set()
            faults += [fault for fault in judge.ending(done) if fault[0] not in may]
        if runs and runs[-1].code not in case.codes and not runs[-1].is_hung:
            faults.append(("code", f"exit code {runs[-1].code}, not {sorted(case.codes)}"))
        free = case.is_trusted and not self.mode.is_sandboxed
        faults += self.escaped(case, place, before)
        if case.is_trusted and self.mode.is_sandboxed and place.canary.exists():
            faults.append(("escape", "code left the sandbox"))
        for out in (place.out, place.project / "dist"):
            faults += [("receipt", fault) for fault in judge.receipts(out)]
            litter = [path.name for path in out.glob(judge.LITTER + "*")] if out.is_dir() else []
            faults += [("left", f"`{name}` in the folder for artifacts") for name in litter]
            if not free and not out.is_symlink() and holds(out, place.secret.encode()):
                faults.append(("leak", "a secret is in an artifact"))
        if any(place.secret in done.text for done in runs):
            faults.append(("leak", "a secret was printed"))
        return faults + (case.check(place, runs) if case.check else [])

    def escaped(self, case, place, before):
        """What was changed that a build may not change."""
        faults = []
        free = case.is_trusted and not self.mode.is_sandboxed
        for what, old, new in zip(("the project", "the folder beside it", "the home"), before, self.seen_again(place)):
            changed = [path for path in judge.changes(old, new) if not (case.is_trusted and path == str(place.canary))]
            if changed and not free and not (what == "the project" and set(changed) <= {str(place.project / "dist")}):
                faults.append(("escape", f"{what} changed: {os.path.relpath(changed[0], place.root)}"))
        return faults

    def seen_again(self, place):
        private = self.home / ".ssh"
        return [
            judge.snapshot(place.project, but={str(place.project / "dist")}),
            judge.snapshot(place.outside),
            judge.snapshot(private),
        ]


def crash(number):
    """An act that ends the youngest process of a family, which draws if there is one that watches over it."""

    def act(pid):
        family = [
            child
            for child in kernel.descendants(pid)
            if kernel.command_of(child).split()[:1] == [kernel.command_of(pid).split()[0]]
        ]
        kernel.kill([max(family, default=pid)], number)

    return act


def holds(folder, secret):
    """Whether a text is in a file below a folder, or in an archive there."""
    return any(secret in text for path in judge.files(folder) if not path.is_symlink() for text in contents(path))


def contents(path, most=64 << 20):
    if path.stat().st_size > most:
        return
    yield path.read_bytes()
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                for member in archive.infolist():
                    if member.file_size < most:
                        yield archive.read(member)
        elif path.name.endswith((".tar.gz", ".tgz")):
            with tarfile.open(path) as archive:
                for member in archive:
                    if member.isfile() and member.size < most:
                        yield archive.extractfile(member).read()
    except (OSError, ValueError, zipfile.BadZipFile, tarfile.TarError, NotImplementedError):
        return


def asked(_place, runs):
    """The build was refused because nobody could be asked."""
    return [] if runs[-1].code == 5 else [("unasked", f"exit code {runs[-1].code}, and 5 was due")]


def says(*words):
    """The last command names these."""

    def check(_place, runs):
        return [("unclear", f"does not say `{word}`") for word in words if word not in runs[-1].text]

    return check


def nobody_asked(place, _runs):
    """The case's own index was never asked."""
    hits = place.index.hits(place.prefix)
    return [("index", f"asked {len(hits)} times, first {hits[0]}")] if hits else []
