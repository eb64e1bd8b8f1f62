"""Faults while examples are built: which there are, which are injected, and what must be true afterwards."""

import fcntl
import json
import random
import shutil
import subprocess
import time
from dataclasses import dataclass

from . import injections, judge
from .cases import Outcome
from .house import REPOSITORY, remove
from .run import run
from .site import Site

# What is built, and with which commands. A run takes seconds, so the small ones come more often.
SUBJECTS = [
    ("examples/weather-cli", "wheel"),
    ("examples/weather-cli", "zipapp"),
    ("examples/weather-cli", "pex"),
    ("examples/weather-cli", "shiv"),
    ("examples/weather-cli", "sdist"),
    ("tests/fixtures/flit-app", "wheel"),
    ("tests/fixtures/flit-app", "zipapp"),
    ("tests/fixtures/poetry-flat", "wheel"),
    ("tests/fixtures/poetry-flat", "entry-point-tool"),
    ("examples/one-file", "zipapp"),
    ("examples/one-file", "pep723-script"),
    ("examples/one-file", "module"),
]
SOURCES = {
    "examples/weather-cli": "src/weather_cli/climate.py",
    "tests/fixtures/flit-app": "paper_moon.py",
    "tests/fixtures/poetry-flat": "unit_talk/main.py",
    "examples/one-file": "tally.py",
}
SAMPLE = [
    "kill -9",
    "kill -9 of all",
    "SIGTERM",
    "SIGINT twice",
    "full out",
    "full cache",
    "read-only out",
    "read-only cache",
    "no network, cold",
    "no network at all",
    "blobs flipped, date kept",
    "trees flipped",
    "steps emptied",
    "tools truncated",
    "the large programs damaged",
    "what was built flipped, date kept",
    "history damaged",
    "dates moved",
    "few open files",
    "two at once",
    "two containers on one cache",
    "the cache removed",
    "a strange umask",
    "a cache at a relative path",
]
LIMIT = 120


@dataclass
class Fault:
    """One to four things that go wrong in one build."""

    seed: int
    subject: tuple
    names: list
    tries: bool

    @property
    def part(self):
        return self.names[0] if len(self.names) == 1 else f"{len(self.names)} at once"

    @property
    def name(self):
        project, technology = self.subject
        return f"{self.seed}: {', '.join(self.names)}: {technology} of {project.rsplit('/', 1)[1]}{' with trials' if self.tries else ''}"

    def __str__(self):
        return f"{self.part}/{self.name}"


def plan(number, seed):
    """So many faults, the same for the same seed: each kind in turn, and every eighth several at once."""
    faults = []
    kinds = injections.rotation()
    for index in range(number):
        chance = random.Random(seed * 1_000_003 + index)
        if index % 8 == 7:
            names = chance.sample(injections.names(), chance.choice([2, 2, 3, 4]))
        else:
            names = [kinds[(index - index // 8) % len(kinds)]]
        faults.append((Fault(seed * 1_000_003 + index, chance.choice(SUBJECTS), names, chance.random() < 0.3), index))
    return faults


def sample():
    """One of each of these."""
    chance = random.Random(7)
    return [(Fault(index, chance.choice(SUBJECTS), [name], index % 4 == 0), index) for index, name in enumerate(SAMPLE)]


class Faults:
    """Injects faults in one mode, each into a home of its own."""

    def __init__(self, house, mode, home, folder):
        self.house, self.mode, self.home, self.folder = house, mode, home, folder
        self.references = house.references(mode)
        self.known = {}

    def __call__(self, fault, number):
        outcome = Outcome(fault.part, fault.name, str(self.mode), [])
        begin = time.time()
        site = None
        try:
            reference = self.reference(fault.subject)
            if "failed" in reference:
                outcome.faults.append(("driver", reference["failed"]))
                return outcome
            site = self.site(fault, number, reference)
            self.inject(fault, site, outcome)
        except NotImplementedError as error:
            outcome.not_tried = str(error)
        except OSError as error:
            outcome.not_tried = f"cannot be staged here: {error}"
        finally:
            outcome.seconds = time.time() - begin
            if site:
                site.restore()
                if outcome.faults and self.house.keep:
                    outcome.folder = str(site.root)
                else:
                    remove(site.root)
        return outcome

    def reference(self, subject):
        """What the subject is built to before and after an edit, by runs that nothing goes wrong in: where the first one
        lies, the digests of both, and how long the second took. It is made once for all processes of a mode."""
        if subject in self.known:
            return self.known[subject]
        root = self.references / "-".join(subject).replace("/", "-")
        root.mkdir(exist_ok=True)
        with open(root / "lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (root / "made.json").exists():
                (root / "made.json").write_text(json.dumps(self.made(subject, root)))
        made = json.loads((root / "made.json").read_text())
        self.known[subject] = made
        return made

    def made(self, subject, root):
        project, technology = subject
        home = self.house.copy(self.home, root / "home")
        made = {"earlier": str(root / "out-1"), "digests": []}
        for edit in (1, 2):
            source = self.source(project, root, edit)
            begin = time.monotonic()
            done = run(
                self.words(subject, source, root / f"out-{edit}"),
                self.environment(home, root),
                root,
                300 * self.house.patience,
            )
            if done.code != 0:
                return {
                    "failed": f"{technology} of {project} cannot be built where nothing is wrong: {done.text[-400:]}"
                }
            made["seconds"] = time.monotonic() - begin
            made["digests"].append({path.name: judge.digest(path) for path in judge.artifacts(root / f"out-{edit}")})
            remove(root / "project")
        remove(home)
        return made

    def source(self, project, root, edit):
        folder = root / "project"
        shutil.copytree(REPOSITORY / project, folder, ignore=shutil.ignore_patterns("dist"))
        with open(folder / SOURCES[project], "a", encoding="utf-8") as file:
            file.write(f"\n# edit {edit}\n")
        return folder / "tally.py" if project.endswith("one-file") else folder

    def words(self, subject, source, out, tries=False):
        return [
            self.house.binary,
            "build",
            subject[1],
            str(source),
            "--out",
            str(out),
            *([] if tries else ["--no-verify"]),
        ]

    def environment(self, home, root):
        tmp = root / "tmp"
        tmp.mkdir(exist_ok=True, parents=True)
        return {**self.house.environment(home), "TMPDIR": str(tmp)}

    def site(self, fault, number, reference):
        root = self.folder / f"fault-{number:04}"
        root.mkdir()
        subprocess.run(["cp", "-a", self.home, root / "home"], check=True)
        subprocess.run(["cp", "-a", reference["earlier"], root / "out"], check=True)
        (root / "out" / "thesis.txt").write_text("three years of work\n")
        source = self.source(fault.subject[0], root, 2)
        words = self.words(fault.subject, source, root / "out", fault.tries)
        return Site(
            self.mode,
            root,
            words,
            self.environment(root / "home", root),
            random.Random(fault.seed),
            reference["seconds"],
        )

    def inject(self, fault, site, outcome):
        old, new = self.known[fault.subject]["digests"]
        # What can no longer be written can no longer be damaged.
        for name in sorted(fault.names, key=lambda name: name.startswith("read-only")):
            injections.inject(name, site)
        done = run(
            [*site.prefix, *site.words],
            site.environment,
            site.folder,
            LIMIT * self.house.patience,
            site.acts,
            site.before,
            site.stdin,
        )
        site.join()
        found = judge.ending(done, 500, site.codes, site.deaths)
        if len(fault.names) > 1 or not site.is_heard:
            found = [one for one in found if one[0] != "unclear"]
        outcome.codes.append(done.code)
        outcome.faults += found
        if site.must_work and len(fault.names) == 1 and done.code != 0:
            outcome.faults.append(("fails", f"exit code {done.code}: {last_words(done)}"))
        outcome.faults += site.faults
        for check in site.checks:
            outcome.faults += check(done)
        outcome.faults += handed_over(site.out, old, new)
        site.restore()
        again = run(
            self.words(fault.subject, site.words[3], site.root / "out"),
            self.environment(site.home, site.root),
            site.root,
            LIMIT * self.house.patience,
        )
        outcome.codes.append(again.code)
        outcome.faults += [("next", f"{kind}, {text}") for kind, text in judge.ending(again)]
        if again.code != 0:
            outcome.faults.append(("next", f"the next run fails: {last_words(again)}"))
        else:
            made = {path.name: judge.digest(path) for path in judge.artifacts(site.root / "out") if path.name in new}
            if made != new:
                outcome.faults.append(("next", "the next run makes other bytes"))
            outcome.faults += [
                ("receipt", f"after the next run: {fault}") for fault in judge.receipts(site.root / "out")
            ]
        litter = [path.name for path in (site.root / "out").glob(judge.LITTER + "*")]
        outcome.faults += [("left", f"`{name}` is left after the next run") for name in litter]
        work = list((site.home / ".cache" / "packwright" / "store" / "work").glob("*"))
        outcome.faults += [("left", f"the work folder `{path.name}` is left after the next run") for path in work[:1]]
        (site.root / "said.txt").write_text(
            "\n".join(f"$ {' '.join(one.words)}\n{one.text[-20000:]}\n-> {one.code}\n" for one in (done, again))
        )


def last_words(done):
    lines = [line.strip() for line in done.text.splitlines() if line.strip().startswith(("✗", "because"))]
    return " ".join(lines)[:200] or done.text[-200:]


def handed_over(out, old, new):
    """Faults of what lies in the folder for artifacts: each must be the earlier one or the new one, whole."""
    faults = []
    if not out.is_dir():
        return [("lost", "the folder for artifacts is gone")]
    for name in old:
        path = out / name
        if not path.exists():
            faults.append(("lost", name))
            continue
        now = judge.digest(path)
        if now not in (old[name], new.get(name)):
            faults.append(("half", name))
    for name in new.keys() - old.keys():
        if (out / name).exists() and judge.digest(out / name) != new[name]:
            faults.append(("half", name))
    if (out / "thesis.txt").read_text() != "three years of work\n":
        faults.append(("lost", "a file of the user"))
    return faults + [("receipt", fault) for fault in judge.receipts(out)]
