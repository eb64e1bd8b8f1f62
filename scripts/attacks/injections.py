"""What can go wrong besides damage: each changes the site of a build before it starts, or acts while it runs."""

import os
import resource
import shutil
import signal
import subprocess
import threading

from . import damage, kernel
from .judge import artifacts
from .run import Act, signals
from .site import INJECTIONS, OFTEN, injection

KILLED = {"SIGKILL"}
YEAR = 365 * 24 * 3600


def signalled(name, number, family, twice=False):
    OFTEN[name] = 3

    @injection(name)
    def inject(site):
        after = site.moment()
        site.acts.append(Act(after, signals(number, family)))
        if twice:
            site.acts.append(Act(after + site.chance.uniform(0, 0.3), signals(number, family)))
        if number == signal.SIGKILL:
            site.deaths |= KILLED
        elif after < 0.1:
            # The handler may not be there yet.
            site.deaths |= {signal.Signals(number).name}


signalled("kill -9", signal.SIGKILL, False)
signalled("kill -9 of all", signal.SIGKILL, True)
signalled("SIGTERM", signal.SIGTERM, False)
signalled("SIGINT", signal.SIGINT, False)
signalled("SIGHUP", signal.SIGHUP, False)
signalled("SIGTERM to all", signal.SIGTERM, True)
signalled("SIGINT twice", signal.SIGINT, False, twice=True)


@injection("SIGSTOP for a while")
def stopped(site):
    after = site.moment()
    site.acts += [Act(after, signals(signal.SIGSTOP)), Act(after + 1.5, signals(signal.SIGCONT))]


def needs_mounts(site):
    if not site.mode.has_mounts:
        raise NotImplementedError("mounts need root or a user name space")


def full(name, which, room, kind="size"):
    """A folder on a file system of its own that has little room left."""

    @injection(name)
    def inject(site):
        needs_mounts(site)
        folder = getattr(site, which)
        held = site.root / f"held-{which}-{kind}"
        if os.path.ismount(folder):
            return
        folder.rename(held)
        folder.mkdir()
        files = [*held.rglob("*")]
        used = (
            sum(-(-path.lstat().st_size // 4096) * 4096 + 512 for path in files) if kind == "size" else len(files) + 2
        )
        kernel.small_disk(folder, used + site.chance.randrange(*room), kind)
        subprocess.run(["cp", "-a", f"{held}/.", folder], check=False, capture_output=True)

        def undo():
            # What was made on the small disk is kept for the next run.
            shutil.rmtree(held)
            subprocess.run(["cp", "-a", folder, held], check=False, capture_output=True)
            kernel.unmount(folder)
            folder.rmdir()
            held.rename(folder)

        site.undo.append(undo)


full("full out", "out", (4096, 1 << 19))
full("full cache", "cache", (4096, 12 << 20))
full("full TMPDIR", "tmp", (4096, 1 << 20))
full("full data", "data", (4096, 1 << 16))
full("out without inodes", "out", (1, 6), "nr_inodes")
full("cache without inodes", "cache", (1, 300), "nr_inodes")


def sealed(name, which):
    @injection(name)
    def inject(site):
        folder = getattr(site, which)
        if site.mode.has_mounts:
            kernel.read_only(folder)
            site.undo.append(lambda: kernel.unmount(folder))
        elif os.getuid() != 0:
            folder.chmod(0o555)
            site.undo.append(lambda: folder.chmod(0o755))
        else:
            raise NotImplementedError("root can write everywhere without mounts")


for folder in ["out", "cache", "home", "data", "tmp"]:
    sealed(f"read-only {folder}", folder)


@injection("read-only project")
def sealed_project(site):
    folder = site.root / "project"
    if site.mode.has_mounts:
        kernel.read_only(folder)
        site.undo.append(lambda: kernel.unmount(folder))
    site.must_work = True


@injection("no network, warm")
def unreachable(site):
    site.environment["PIP_INDEX_URL"] = "http://127.0.0.1:9/simple/"


@injection("no network, cold")
def cold(site):
    unreachable(site)
    for name in ("uv", "locks", "store", "steps"):
        shutil.rmtree(site.cache / name, ignore_errors=True)


@injection("no network at all")
def unplugged(site):
    own = [] if os.getuid() == 0 else ["--user", "--map-current-user"]
    site.prefix = ["unshare", *own, "--net", "--"]
    if subprocess.run([*site.prefix, "true"], capture_output=True).returncode != 0:
        raise NotImplementedError("network name spaces are not to be had")


@injection("dates moved")
def dates(site):
    offset = site.chance.choice([-3600, -YEAR, -50 * YEAR, YEAR, 10 * YEAR])
    for folder in (site.home, site.root / "project", site.out):
        for path in folder.rglob("*"):
            if not path.is_symlink():
                found = path.stat()
                os.utime(path, (max(found.st_atime + offset, 0), max(found.st_mtime + offset, 0)))
    site.must_work = True


def limited(name, which, values, deaths=()):
    @injection(name)
    def inject(site):
        value = site.chance.choice(values)
        site.steps.append(lambda: resource.setrlimit(which, (value, value)))
        site.deaths |= set(deaths)


limited("few open files", resource.RLIMIT_NOFILE, [12, 16, 24, 40, 64])
limited("small files only", resource.RLIMIT_FSIZE, [1 << 12, 1 << 16, 1 << 20, 8 << 20], ["SIGXFSZ"])
limited("little memory", resource.RLIMIT_AS, [600 << 20, 1 << 30, 2 << 30])
limited("few processes", resource.RLIMIT_NPROC, [8, 30, 100])
limited("a second of time", resource.RLIMIT_CPU, [1, 2], ["SIGXCPU", "SIGKILL"])
limited("no core dumps", resource.RLIMIT_CORE, [0])


def beside(site, words, must_work=True, after=0.0, environment=None):
    """Another command at the same time, whose failure counts."""

    def work():
        environment_ = environment or site.environment
        child = subprocess.Popen(
            [str(word) for word in words],
            env=environment_,
            cwd=site.root,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        try:
            text, _ = child.communicate(timeout=100)
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()
            site.faults.append(("hang", "the other run does not end"))
            return
        if must_work and child.returncode != 0:
            site.faults.append(
                (
                    "fails",
                    f"the other run: exit code {child.returncode}: {' '.join(text.decode(errors='replace').split())[-200:]}",
                )
            )

    def begin(_pid):
        partner = threading.Thread(target=work)
        partner.start()
        site.partners.append(partner)

    site.acts.append(Act(after, begin))


@injection("two at once")
def twice(site):
    site.must_work = True
    beside(site, list(site.words), after=site.chance.uniform(0, 0.5))


@injection("two at once into two folders")
def twice_apart(site):
    site.must_work = True
    words = list(site.words)
    words[words.index("--out") + 1] = str(site.root / "other-out")
    beside(site, words, after=site.moment() / 2)


@injection("two containers on one cache")
def containers(site):
    own = [] if os.getuid() == 0 else ["--user", "--map-current-user"]
    alone = ["unshare", *own, "--pid", "--fork", "--mount-proc", "--"]
    if subprocess.run([*alone, "true"], capture_output=True).returncode != 0:
        raise NotImplementedError("process name spaces are not to be had")
    site.must_work = True
    other = list(site.words)
    if site.chance.random() < 0.5:
        other[other.index("--out") + 1] = str(site.root / "other-out")
    beside(site, [*alone, *other], after=site.chance.uniform(0, site.seconds))
    beside(site, [*alone, site.words[0], "doctor", "wheel"], after=site.chance.uniform(0, site.seconds))


@injection("the cache removed")
def removed(site):
    # No hint can be expected of a run whose ground is taken away; the next one must be right.
    site.acts.append(Act(site.moment(), lambda _pid: shutil.rmtree(site.cache, ignore_errors=True)))


@injection("a part of the cache removed")
def partly_removed(site):
    part = site.chance.choice(list(damage.PARTS.values()))
    site.acts.append(Act(site.moment(), lambda _pid: shutil.rmtree(site.cache / part, ignore_errors=True)))


@injection("the cache trimmed by another")
def trimmed(site):
    site.must_work = True
    beside(site, [site.words[0], "cache", "clear"], must_work=False, after=site.moment())


@injection("TMPDIR removed")
def tmp_removed(site):
    site.acts.append(Act(site.moment(), lambda _pid: shutil.rmtree(site.tmp, ignore_errors=True)))
    site.undo.append(lambda: site.tmp.mkdir(exist_ok=True))


@injection("a strange umask")
def umask(site):
    value = site.chance.choice([0o000, 0o077, 0o027, 0o007])
    site.steps.append(lambda: os.umask(value))
    site.must_work = True

    def modes(done):
        faults = []
        for folder in (site.cache, site.data):
            if folder.is_dir() and folder.stat().st_mode & 0o077:
                faults.append(("private", f"others may enter `{folder.relative_to(site.home)}`"))
        # Who builds the same beside it has the usual umask.
        for path in artifacts(site.out) if done.code == 0 and not site.partners else []:
            mode = path.stat().st_mode & 0o777
            usual = 0o777 if mode & 0o111 or path.is_dir() else 0o666
            if path.name != "thesis.txt" and mode != usual & ~value:
                faults.append(("private", f"`{path.name}` has mode {mode:o} under umask {value:o}"))
        return faults

    site.checks.append(modes)


@injection("a cache at a relative path")
def relative(site):
    site.environment["PACKWRIGHT_CACHE"] = "home/.cache/packwright"
    site.must_work = True


@injection("a cache at no path")
def nowhere(site):
    site.environment["PACKWRIGHT_CACHE"] = ""
    site.must_work = True


@injection("TMPDIR that is not there")
def no_tmp(site):
    site.environment["TMPDIR"] = str(site.root / "nowhere")


@injection("nobody reads")
def unread(site):
    site.steps.append(lambda: [os.dup2(os.open("/dev/full", os.O_WRONLY), number) for number in (1, 2)])
    site.is_heard = False


@injection("nothing is open")
def closed(site):
    site.steps.append(lambda: [os.close(number) for number in (0, 1, 2)])


def names():
    """Every kind, once."""
    return list(INJECTIONS)


def rotation():
    """The kinds in turn, some of them more often."""
    return [name for turn in range(3) for name in INJECTIONS if turn < OFTEN.get(name, 1)]


def inject(name, site):
    INJECTIONS[name](site)
