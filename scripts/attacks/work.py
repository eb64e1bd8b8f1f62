"""Divides attacks among processes, one mode after the other."""

import multiprocessing
import os
import queue
import signal
import time
import traceback
from pathlib import Path

from . import kernel
from .cases import Attack, Outcome
from .house import Mode
from .judge import artifacts, digest
from .place import BACKENDS, Place
from .run import run

FORK = multiprocessing.get_context("fork")


def attack(house, mode, items, prepare, jobs, until):
    """Carries out items in a mode; `prepare(house, mode, folder)` gives what does one. Gives outcomes as they come."""
    todo, done = FORK.Queue(), FORK.Queue()
    for number in range(len(items)):
        todo.put(number)
    workers = []
    warm = house.warmed(mode)
    for number in range(min(jobs, len(items))):
        folder = house.folder / f"{''.join(c for c in str(mode) if c.isalpha())}-{number}-{time.monotonic_ns()}"
        folder.mkdir()
        home = house.copy(warm, folder / "home")
        folder.chmod(0o711)
        if mode.user:
            os.chown(folder, mode.user.pw_uid, mode.user.pw_gid)
        worker = FORK.Process(target=work, args=(house, mode, folder, home, prepare, items, todo, done, until))
        worker.start()
        workers.append(worker)
    try:
        while workers:
            try:
                yield done.get(timeout=0.5)
            except queue.Empty:
                workers = [worker for worker in workers if worker.is_alive()]
        while True:
            try:
                yield done.get(timeout=0.2)
            except queue.Empty:
                return
    finally:
        for worker in workers:
            kernel.kill([*kernel.descendants(worker.pid), worker.pid])


def work(house, mode, folder, home, prepare, items, todo, done, until):
    """One process: becomes what the mode says, and takes items until there are none or the time is over."""
    # Not ignored, which those that are started here would inherit.
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    os.chdir("/")
    problem = mode.enter()
    if problem:
        done.put(Outcome("all", "all", str(mode), [], not_tried=problem))
        done.close()
        done.join_thread()
        os._exit(0)
    try:
        doer = prepare(house, mode, Path(home), Path(folder))
        while time.monotonic() < until:
            try:
                item, number = items[todo.get(timeout=0.3)]
            except queue.Empty:
                break
            done.put(doer(item, number))
        for outcome in getattr(doer, "end", list)():
            done.put(outcome)
    except BaseException:
        # A mistake of the driver must not look like an attack that held.
        done.put(Outcome("driver", "the driver itself", str(mode), [("driver", traceback.format_exc(limit=-4))]))
    done.close()
    done.join_thread()
    kernel.kill(kernel.descendants(os.getpid()))
    os._exit(0)


class Projects:
    """Carries out cases in one home, and looks at the end whether any of them changed what other builds make."""

    def __init__(self, house, mode, home, folder):
        self.house, self.mode, self.home, self.folder = house, mode, home, folder
        self.attack = Attack(house, mode, home, folder)
        self.before = self.victims("before")

    def __call__(self, case, number):
        return self.attack.carry_out(case, number)

    def victims(self, when):
        """What plain projects of others become."""
        made = {}
        for backend in list(BACKENDS)[: self.house.victims]:
            place = Place(self.folder / f"{when}-{backend}", self.home, self.house.index, "all")
            place.app(backend)
            words = [
                self.house.binary,
                "build",
                "wheel",
                place.project,
                "--no-verify",
                "--no-cache",
                "--out",
                place.out,
            ]
            done = run(words, {**self.house.environment(self.home), **place.environment}, place.root, 120)
            made[backend] = [digest(path) for path in artifacts(place.out)] or [
                f"exit code {done.code}: {done.text[-300:]}"
            ]
        return made

    def end(self):
        after = self.victims("after")
        faults = [
            ("poison", f"a plain {backend} project is built otherwise: {after[backend]}")
            for backend in after
            if after[backend] != self.before[backend]
        ]
        return [Outcome("poison", "other people's builds after all this", str(self.mode), faults)]


def modes_here(user, names):
    """Every mode that can be asked for here."""
    users = [None, user] if os.getuid() == 0 and user else [None]
    found = [Mode(who, sandboxed) for who in users for sandboxed in (True, False)]
    return [mode for mode in found if not names or any(name in str(mode) for name in names)]
