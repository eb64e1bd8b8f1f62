"""Programs that mean harm while they are tried: in a sandbox they are started without a question."""

from .backends import CALLING, DAEMON, READING, WRITING, no_escapes, reached, small_log
from .recipe import project, sampled

PART = "trials"
TAIL = """

def main():
    import argparse

    argparse.ArgumentParser(prog="app").parse_args()
"""
COMMANDS = ["build {} {{project}} --out {{out}}"]


def cases():
    secrets = '"@OUTSIDE@/secret.txt", "@PROJECT@/../../home/.ssh/id_ed25519", "/etc/shadow", "/proc/1/environ"'
    acts = {
        "reads the home": READING.format(paths=secrets),
        "writes wherever it can": WRITING.format(folders='"@OUTSIDE@"'),
        "calls out": CALLING,
        "leaves a daemon": DAEMON.format(close="pass", environment="{}", seconds=300),
        "leaves a child that holds the pipes": "import subprocess\nsubprocess.Popen(['sleep', '300'])\n",
        "says a line of 300 MB": "import sys\nfor _ in range(300):\n    sys.stdout.write('x' * (1 << 20))\n",
        "says escapes": "print('\\x1b]0;owned\\x07\\x1b[2J')\n",
        "stops its group": "import os, signal\nos.kill(0, signal.SIGSTOP)\n",
        "kills its parent": "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\n",
        "starts itself again and again": "import os\nfor _ in range(5):\n    os.fork()\n",
    }
    found = []
    for name, code in acts.items():
        for technology in ("zipapp", "entry-point-tool"):
            found.append(
                project(
                    PART,
                    f"{technology}: {name}",
                    files={"app/__init__.py": '"""Greets."""\n' + code + TAIL},
                    commands=[line.format(technology) for line in COMMANDS],
                    needs="sandbox",
                    is_trusted=True,
                    ignored={"memory"},
                    limit=60,
                    check=checks,
                )
            )
    return sampled(found, 5)


def checks(place, runs):
    return reached(place, runs) + small_log(place, runs) + no_escapes(place, runs)
