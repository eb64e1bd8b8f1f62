"""Runs one command the way an attack needs it: watched, bounded, and with something done to it while it works."""

import os
import pty
import select
import signal
import subprocess
import tempfile
import termios
import time
from dataclasses import dataclass, field

from . import kernel

# Above this everything is ended, whoever uses it: the machine is needed afterwards.
MOST_MEMORY = 3000
MOST_OUTPUT = 4 << 20
WATCH = 0.25


@dataclass
class Run:
    """How a command ended."""

    words: list
    code: int = 0
    out: str = ""
    err: str = ""
    seconds: float = 0
    # Processor time, of what it waited for too.
    busy: float = 0
    # Of the largest process, in MiB.
    memory: float = 0
    left: list = field(default_factory=list)
    is_hung: bool = False
    # What a terminal was left in, besides how it was found.
    terminal: str = ""

    @property
    def text(self):
        return self.out + self.err


@dataclass
class Act:
    """Something that is done to a running command: after so many seconds, with its process id."""

    after: float
    do: object


def bounded(file):
    file.seek(0)
    return file.read(MOST_OUTPUT).decode(errors="replace")


def start(words, environment, folder, before=None, **streams):
    return subprocess.Popen(
        [os.fspath(word) for word in words],
        env=environment,
        cwd=folder,
        preexec_fn=before,
        start_new_session=True,
        **streams,
    )


class Watch:
    """Waits for a child, ends it after its time, and remembers the most memory that its family used."""

    def __init__(self, child, limit, acts=()):
        self.child, self.limit = child, limit
        self.acts = sorted(acts, key=lambda act: act.after)
        self.begin, self.looked = time.monotonic(), 0
        self.status = None
        self.is_hung, self.memory, self.busy = False, 0, 0

    def step(self):
        """Whether it still runs."""
        passed = time.monotonic() - self.begin
        if self.status is None:
            pid, status, usage = os.wait4(self.child.pid, os.WNOHANG)
            if pid:
                self.status = self.child.returncode = os.waitstatus_to_exitcode(status)
                self.seconds = time.monotonic() - self.begin
                self.busy = usage.ru_utime + usage.ru_stime
                self.memory = max(self.memory, usage.ru_maxrss / 1024)
                return False
        while self.acts and passed >= self.acts[0].after:
            self.acts.pop(0).do(self.child.pid)
        if passed - self.looked > WATCH:
            self.looked = passed
            family = kernel.descendants(self.child.pid) | {self.child.pid}
            total = sum(map(kernel.resident, family))
            if passed > self.limit or total > MOST_MEMORY:
                self.is_hung = passed > self.limit
                self.memory = max(self.memory, total if total > MOST_MEMORY else 0)
                kernel.kill(family)
        return True


def run(words, environment, folder, limit=30, acts=(), before=None, stdin=None):
    """A command without a terminal."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = start(words, environment, folder, before, stdin=stdin or subprocess.DEVNULL, stdout=out, stderr=err)
        watch = Watch(child, limit, acts)
        while watch.step():
            time.sleep(0.005)
        left = kernel.left_behind()
        return Run(
            [os.fspath(word) for word in words],
            watch.status,
            bounded(out),
            bounded(err),
            watch.seconds,
            watch.busy,
            watch.memory,
            left,
            watch.is_hung,
        )


MODES_ON = {
    b"\x1b[?1049h": b"\x1b[?1049l",
    b"\x1b[?1000h": b"\x1b[?1000l",
    b"\x1b[?1003h": b"\x1b[?1003l",
    b"\x1b[?2004h": b"\x1b[?2004l",
}


def at_terminal(words, environment, folder, keys=(), limit=30, acts=()):
    """A command in a terminal of its own, which types keys as `(seconds, bytes)` and looks at what is left of it."""
    master, slave = pty.openpty()
    termios.tcsetwinsize(slave, (30, 100)) if hasattr(termios, "tcsetwinsize") else None
    before = termios.tcgetattr(slave)
    child = start(words, {**environment, "TERM": "xterm-256color"}, folder, stdin=slave, stdout=slave, stderr=slave)
    typed = [Act(after, lambda pid, text=text: os.write(master, text)) for after, text in keys]
    watch = Watch(child, limit, [*acts, *typed])
    shown = bytearray()
    running = True
    while running or select.select([master], [], [], 0.1)[0]:
        running = running and watch.step()
        if select.select([master], [], [], 0.01)[0]:
            try:
                shown += os.read(master, 65536)
            except OSError:
                break
            del shown[:-MOST_OUTPUT]
    left = kernel.left_behind()
    faults = [on.decode()[1:] for on, off in MODES_ON.items() if shown.rfind(on) > shown.rfind(off)]
    after = termios.tcgetattr(slave)
    if after[:4] != before[:4]:
        faults.append("raw")
    os.close(master)
    os.close(slave)
    text = shown.decode(errors="replace")
    return Run(
        [os.fspath(word) for word in words],
        watch.status,
        text,
        "",
        watch.seconds,
        watch.busy,
        watch.memory,
        left,
        watch.is_hung,
        " ".join(faults),
    )


def signals(number, family=False):
    """An act that sends a signal, to the command alone or to all that it started."""

    def send(pid):
        kernel.kill(({pid} | kernel.descendants(pid)) if family else {pid}, number)

    return send


def died_of(code):
    """The name of the signal that ended a command."""
    try:
        return signal.Signals(-code).name if code < 0 else signal.Signals(code - 128).name if code > 130 else ""
    except ValueError:
        return ""
