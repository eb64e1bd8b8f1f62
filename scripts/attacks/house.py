"""What all attacks share: wheels and an index on the loopback interface, homes with a warm cache, and whose rights they have."""

import http.server
import multiprocessing
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import threading
import tomllib
from dataclasses import dataclass
from pathlib import Path

from . import kernel
from .run import run

FORK = multiprocessing.get_context("fork")
REPOSITORY = Path(__file__).resolve().parent.parent.parent
# What projects are built with, and a dependency or two.
WHEELS = [
    "hatchling",
    "setuptools",
    "wheel",
    "flit_core",
    "poetry-core",
    "pdm-backend",
    "uv_build",
    "setuptools-scm",
    "hatch-vcs",
    "hatch-build-scripts",
    "hatch-requirements-txt",
    "versioningit",
    "scikit-build-core",
    "meson-python",
    "pbr",
    "six",
    "click",
    "rich",
]
# Of these some projects want no newer ones.
OLDER_WHEELS = ["flit_core<4"]
# Packwright installs these, with the versions that it names.
MANAGED_TOOLS = ["uv", "pex", "shiv"]
SYSTEM_PATH = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]


@dataclass
class Mode:
    """Who attacks, and whether builds are sandboxed."""

    user: object
    is_sandboxed: bool

    def __str__(self):
        who = "root" if (self.user or pwd.getpwuid(os.getuid())).pw_uid == 0 else "user"
        return f"{who}, {'bubblewrap' if self.is_sandboxed else 'no sandbox'}"

    def enter(self):
        """Turns this process into one of this mode for good; gives why that is impossible, or nothing."""
        if self.user:
            kernel.become(self.user)
        kernel.adopt_orphans()
        self.has_mounts = kernel.own_mounts()
        programs = {
            os.path.realpath(path) for folder in path_of_user() if os.path.exists(path := os.path.join(folder, "bwrap"))
        }
        if self.is_sandboxed:
            trivial = ["--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "true"]
            if not programs:
                return "bubblewrap is missing"
            if subprocess.run(["bwrap", *trivial], capture_output=True).returncode != 0:
                return "bubblewrap does not work here"
        elif programs and not self.has_mounts:
            return "bubblewrap cannot be hidden without a mount name space"
        for program in programs if not self.is_sandboxed else ():
            kernel.hide(program)
        return ""


def path_of_user():
    """Folders of PATH that whoever this is can enter."""
    folders = [*os.environ.get("PATH", "").split(os.pathsep), *SYSTEM_PATH]
    return [folder for folder in dict.fromkeys(folders) if os.path.isabs(folder) and os.access(folder, os.X_OK)]


class Index:
    """A package index per prefix, PEP 503, in a process of its own. It notes what was asked for."""

    def __init__(self, folder, wheels):
        self.folder = folder
        for name in ("more", "hits"):
            (folder / name).mkdir()
            (folder / name).chmod(0o1777)
        answer = type("Answering", (Answer,), {"folder": folder, "wheels": wheels})
        server = Server(("127.0.0.1", 0), answer)
        self.port = server.server_address[1]
        self.pid = os.fork()
        if self.pid == 0:
            try:
                server.serve_forever()
            finally:
                os._exit(0)
        server.server_close()

    def origin(self, prefix):
        return f"http://127.0.0.1:{self.port}/{prefix}"

    def url(self, prefix="all"):
        return f"{self.origin(prefix)}/simple/"

    def more(self, prefix):
        """A folder of files that are served under this prefix only, and nothing besides."""
        folder = self.folder / "more" / prefix
        folder.mkdir(exist_ok=True)
        return folder

    def hits(self, prefix):
        try:
            return (self.folder / "hits" / prefix).read_text().splitlines()
        except OSError:
            return []

    def close(self):
        kernel.kill([self.pid])
        os.waitpid(self.pid, 0)


class Server(http.server.ThreadingHTTPServer):
    """Who hangs up is no event."""

    def handle_error(self, *_):
        pass


class Answer(http.server.BaseHTTPRequestHandler):
    """Answers `/PREFIX/simple/NAME/` and `/PREFIX/files/FILE`."""

    protocol_version = "HTTP/1.1"
    lock = threading.Lock()

    def log_message(self, *_):
        pass

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        prefix, _, rest = self.path.lstrip("/").partition("/")
        prefix = "".join(c for c in prefix if c.isalnum() or c in "-_") or "none"
        with self.lock, open(self.folder / "hits" / prefix, "a") as file:
            file.write(f"{self.command} {self.path}\n")
        more = self.folder / "more" / prefix
        folder = more if more.is_dir() else self.wheels
        kind, _, name = rest.strip("/").partition("/")
        if kind == "files" and (folder / name).is_file() and "/" not in name:
            return self.answer(200, (folder / name).read_bytes(), "application/octet-stream")
        same = name.replace("-", "_").lower()
        files = (
            []
            if kind != "simple"
            else [f.name for f in folder.iterdir() if f.name.split("-")[0].lower().replace(".", "_") == same]
        )
        if not files:
            return self.answer(404, b"")
        links = "".join(f'<a href="/{prefix}/files/{file}">{file}</a>\n' for file in sorted(files))
        self.answer(200, f"<!DOCTYPE html><html><body>{links}</body></html>".encode())

    def answer(self, code, body, kind="text/html"):
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=600")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def fetch(wheels):
    """Fetches the wheels, the way this machine is configured."""
    say("fetching the wheels that projects are built with")
    part = wheels.with_name("wheels.part")
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"]
    for names in (WHEELS, OLDER_WHEELS):
        subprocess.run([*pip, "--dest", part, *names], check=True, stdin=subprocess.DEVNULL)
    # Tools are installed again where an attack has damaged them.
    for tool in MANAGED_TOOLS:
        with open(REPOSITORY / "src-core" / "src" / "catalogue" / "tools" / f"{tool}.toml", "rb") as file:
            pins = tomllib.load(file)["pins"]["requirements"]
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as requirements:
            requirements.write(pins)
            requirements.flush()
            named = ["--no-deps", "--dest", part, "--requirement", requirements.name]
            subprocess.run([*pip, *named], check=True, stdin=subprocess.DEVNULL)
    part.rename(wheels)


class House:
    """The temporary folder of one run of the driver."""

    def __init__(self, packwright, keep=False, stock=None):
        self.folder = Path(tempfile.mkdtemp(prefix="packwright-attack-"))
        self.folder.chmod(0o711)
        self.keep = keep
        # How many plain projects are built before and after hostile ones, to compare.
        self.victims = 6
        # How many times longer than usual everything may take.
        self.patience = 1
        self.stock = (stock or self.folder / "stock").resolve()
        wheels = self.stock / "wheels"
        if not wheels.exists():
            fetch(wheels)
        # Programs are started by ordinary users too, who cannot enter every folder.
        self.binary = shutil.copy(packwright, self.folder / "packwright")
        os.chmod(self.binary, 0o755)
        self.seed = self.stock / "seed"
        shutil.copytree(REPOSITORY / "examples" / "weather-cli", self.folder / "example")
        if not self.seed.exists():
            self.warm()
        # Only now: whoever runs a command ends everything that is left below it.
        (self.folder / "index").mkdir(mode=0o755)
        self.index = Index(self.folder / "index", wheels)

    def warm(self):
        """Lets Packwright fetch its tools once, the way this machine is configured."""
        say("letting Packwright fetch its tools")
        self.seed.mkdir(parents=True)
        made = self.build_example(self.seed, self.folder / "example-out")
        if made.code != 0:
            raise SystemExit(f"attack: the example cannot be built, so nothing can be attacked\n{made.text}")

    def build_example(self, home, out):
        environment = {**os.environ, "HOME": str(home), "PATH": os.pathsep.join(path_of_user()), "NO_COLOR": "1"}
        for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "TMPDIR"):
            environment.pop(name, None)
        words = [
            self.binary,
            "build",
            "wheel",
            "zipapp",
            "pex",
            "shiv",
            self.folder / "example",
            "--no-verify",
            "--out",
            out,
        ]
        return run(words, environment, self.folder, limit=900)

    def warmed(self, mode):
        """A home in which the example was built in this mode: another user may have another Python."""
        home = self.folder / "warm" / "".join(c for c in str(mode) if c.isalpha())
        if home.exists():
            return home
        home.parent.mkdir(exist_ok=True)
        home.parent.chmod(0o1777)
        self.copy(self.seed, home)
        if mode.user:
            subprocess.run(["chown", "-R", f"{mode.user.pw_uid}:{mode.user.pw_gid}", home], check=True)
        process = FORK.Process(target=self.warm_in, args=(mode, home))
        process.start()
        process.join()
        return home

    def references(self, mode):
        """Where processes of a mode keep what an undisturbed build makes."""
        folder = self.warmed(mode).with_name(self.warmed(mode).name + "-references")
        folder.mkdir(exist_ok=True)
        return folder

    def warm_in(self, mode, home):
        if not mode.enter():
            self.build_example(home, home / "out")
        os._exit(0)

    def copy(self, home, folder):
        subprocess.run(["cp", "-a", home, folder], check=True)
        return folder

    def environment(self, home, prefix="all"):
        """What a command is told: where its home is, and the index here."""
        return {
            "HOME": str(home),
            "PATH": os.pathsep.join(path_of_user()),
            "LANG": "C.UTF-8",
            "NO_COLOR": "1",
            "PIP_INDEX_URL": self.index.url(prefix),
            "PIP_CONFIG_FILE": "/dev/null",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        }

    def close(self):
        self.index.close()
        if not self.keep:
            remove(self.folder)


def remove(folder):
    """Removes a folder whatever the modes in it say."""
    subprocess.run(["chmod", "-R", "u+rwX", folder], capture_output=True)
    shutil.rmtree(folder, ignore_errors=True)


def say(text):
    print(f"attack: {text}", file=sys.stderr, flush=True)
