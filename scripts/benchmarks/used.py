"""What commands use of a machine, and how it is shown."""

import ctypes
import os
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36
# How often it is looked at how large processes are, in seconds.
LOOK = 0.01


def adopt_orphans():
    """Lets what loses its parent come to this process, so that its CPU time is counted too: bubblewrap ends without waiting."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


class Used:
    """What one command used: wall and CPU time in milliseconds, with everything it started; memory in MiB."""

    def __init__(self, command, home, folder=None, may_fail=False):
        environment = {**os.environ, "HOME": str(home), "XDG_CACHE_HOME": str(home / ".cache"), "NO_COLOR": "1"}
        begin = time.perf_counter()
        child = subprocess.Popen(
            [str(word) for word in command],
            cwd=folder,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        # `memory` is that of the largest process, `own` that of the command itself.
        self.cpu = self.wall = self.memory = self.own = 0
        while True:
            try:
                pid, status, usage = os.wait4(-1, 0)
            except ChildProcessError:
                break
            if pid == child.pid:
                child.returncode = os.waitstatus_to_exitcode(status)
                self.wall = (time.perf_counter() - begin) * 1000
            self.cpu += (usage.ru_utime + usage.ru_stime) * 1000
            self.memory = max(self.memory, usage.ru_maxrss / 1024)
        if child.returncode != 0 and not may_fail:
            sys.exit(f"bench: exit code {child.returncode}: {' '.join(map(str, command))}")


class Watched(Used):
    """The same, where the memory of the command itself is looked at while it runs."""

    def __init__(self, command, home, **how):
        self.seen, self.is_over = 0, threading.Event()
        before = children()
        watch = threading.Thread(target=self.watch, args=[before])
        watch.start()
        try:
            super().__init__(command, home, **how)
        finally:
            self.is_over.set()
            watch.join()
        self.own = self.seen

    def watch(self, before):
        first = None
        while not self.is_over.wait(LOOK):
            first = first or next(iter(children() - before), None)
            self.seen = max(self.seen, peak(first)) if first else 0


def children():
    """The ids of the processes that this one has started, or adopted."""
    tasks = Path("/proc/self/task").iterdir()
    return {int(pid) for task in tasks for pid in (task / "children").read_text().split()}


def peak(pid):
    """The most memory that a process had so far, in MiB; 0 for one that is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(errors="replace")
    except OSError:
        return 0
    return int(status.split("VmHWM:")[1].split()[0]) / 1024 if "VmHWM:" in status else 0


def median(values):
    return statistics.median(list(values))


def show(what, figure, aim):
    print(f"{what:<62}{figure:>30}   {aim}", flush=True)


def ratio(ours, theirs, unit="ms"):
    """Two figures and what the first is of the second."""
    digits = 1 if theirs < 100 else 0
    return f"{ours:.{digits}f}/{theirs:.{digits}f} {unit} = {ours / theirs:.2f}"
