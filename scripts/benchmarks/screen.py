"""The terminal interface: its first frame, and what it answers to keys."""

import os
import pty
import random
import select
import signal
import sys
import termios
import time
from pathlib import Path

from .house import PAIRS
from .used import median, peak, show


class Screen:
    """The terminal UI in a pseudo-terminal of its own, at 120x36."""

    FRAME_ENDS = b"\x1b[?25l"

    def __init__(self, packwright, project):
        environment = {**os.environ, "HOME": str(packwright.home), "XDG_CACHE_HOME": str(packwright.home / ".cache")}
        environment |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8"}
        self.began = time.perf_counter()
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            termios.tcsetwinsize(0, (36, 120))
            os.execve(packwright.binary, [str(packwright.binary), str(project)], environment)
        self.unread = b""

    def types(self, keys):
        os.write(self.terminal, keys)

    def frame(self, text, patience=60):
        """Reads until a frame that draws this text has ended; gives the moment at which it had."""
        end = time.perf_counter() + patience
        while True:
            at = self.unread.find(text)
            whole = self.unread.find(self.FRAME_ENDS, at) if at >= 0 else -1
            if whole >= 0:
                self.unread = self.unread[whole + len(self.FRAME_ENDS):]
                return time.perf_counter()
            if at < 0:
                self.unread = self.unread[-len(text):]
            if time.perf_counter() > end:
                sys.exit(f"bench: the screen never shows {text.decode()!r}")
            if select.select([self.terminal], [], [], 1)[0]:
                self.unread += os.read(self.terminal, 1 << 16)

    def read_for(self, seconds):
        """Takes whatever is drawn, as a terminal does."""
        end = time.perf_counter() + seconds
        while (rest := end - time.perf_counter()) > 0:
            if select.select([self.terminal], [], [], rest)[0]:
                self.unread = os.read(self.terminal, 1 << 16)

    def memory(self):
        """Its peak so far, in MiB."""
        # The process that was started only waits for the one that draws.
        drawing = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return peak((drawing or [self.pid])[0])

    def leave(self):
        """Ends it, and what it builds."""
        os.kill(self.pid, signal.SIGTERM)
        end = time.perf_counter() + 10
        while time.perf_counter() < end and os.waitpid(self.pid, os.WNOHANG)[0] == 0:
            self.drain()
        os.close(self.terminal)

    def drain(self):
        """A process ends only when somebody reads its last words."""
        try:
            self.read_for(0.05)
        except OSError:
            time.sleep(0.05)


# An in-tree build backend that prints a million lines, 10,000 a second, and then waits to be ended.
NOISY = '''
import time

def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    begin = time.monotonic()
    for hundred in range(10_000):
        print("\\n".join(f"compiling module {hundred * 100 + n} of 1000000" for n in range(100)), flush=True)
        time.sleep(max(0, begin + hundred / 100 - time.monotonic()))
    print("that was all", flush=True)
    time.sleep(3600)
'''


def screen(house):
    """The terminal UI: its first frame, and what it answers to keys while a build is noisy."""
    first, opened = [], []
    for _ in range(3 * PAIRS):
        ui = Screen(house.ours, house.project)
        first.append((ui.frame(b"\x1b[?1049h") - ui.began) * 1000)
        opened.append((ui.frame(b"None of its code was run") - ui.began) * 1000)
        ui.leave()
    show("first frame after start", f"{median(first):.1f} ms", "aim 30 ms")
    show("first frame with the project", f"{median(opened):.1f} ms", "")

    noisy = house.scratch / "noisy"
    noisy.mkdir()
    (noisy / "backend.py").write_text(NOISY)
    (noisy / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n\n'
        '[project]\nname = "noisy"\nversion = "1"\n\n[tool.packwright]\nversion = 1\nbuild = ["wheel"]\n'
    )
    (noisy / "noisy.py").write_text("")
    ui = Screen(house.ours, noisy)
    ui.frame(b"None of its code was run")
    ui.types(b"b")
    ui.frame(b"Trust this project and go on")
    # Consent is only taken once it can have been read.
    time.sleep(0.7)
    ui.types(b"t")
    ui.frame(b"Build the project's wheel")
    ui.types(b"b")
    ui.frame(b"compiling module")
    waits = []
    for _ in range(500):
        # Not in step with the frames.
        ui.read_for(random.uniform(0.03, 0.06))
        ui.unread = b""
        pressed = time.perf_counter()
        ui.types(b"?")
        waits.append((ui.frame(b" Keys ") - pressed) * 1000)
        ui.read_for(random.uniform(0.03, 0.06))
        ui.types(b"q")
    waits.sort()
    figure = f"{waits[len(waits) // 2]:.1f}, {waits[len(waits) * 99 // 100]:.1f} ms"
    show("key to frame at 10,000 lines a second: median, 99 %", figure, "aim 16 ms")
    ui.frame(b"that was all", patience=300)
    show("memory of the terminal UI after a million lines", f"{ui.memory():.0f} MiB", "under 60 MB")
    ui.leave()
