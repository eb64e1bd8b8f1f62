"""What Linux offers to stage an attack: users, name spaces, mounts, and who descends from whom."""

import ctypes
import os
import signal
import time
from pathlib import Path

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNS, CLONE_NEWUSER = 0x00020000, 0x10000000
MS_RDONLY, MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE, MNT_DETACH = 1, 32, 4096, 16384, 1 << 18, 2
PR_SET_DUMPABLE, PR_SET_CHILD_SUBREAPER = 4, 36


def call(name, *arguments):
    """A call of the C library that gives 0, or an OSError."""
    if getattr(LIBC, name)(*arguments) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{name}: {os.strerror(code)}")


def encoded(value):
    return None if value is None else os.fsencode(str(value))


def mount(source, target, kind=None, flags=0, options=None):
    call("mount", encoded(source), encoded(target), encoded(kind), ctypes.c_ulong(flags), encoded(options))


def unmount(target):
    call("umount2", encoded(target), MNT_DETACH)


def read_only(folder):
    """Lays the folder over itself, so that not even root can write into it."""
    mount(folder, folder, flags=MS_BIND | MS_REC)
    mount(None, folder, flags=MS_REMOUNT | MS_BIND | MS_RDONLY)


def small_disk(folder, size, kind="size"):
    """An empty file system with room for this many bytes, or with this many `nr_inodes`."""
    mount("tmpfs", folder, "tmpfs", 0, f"{kind}={size},mode=0755,uid={os.getuid()},gid={os.getgid()}")


def become(user):
    """Gives up root for good."""
    os.setgroups([])
    os.setresgid(user.pw_gid, user.pw_gid, user.pw_gid)
    os.setresuid(user.pw_uid, user.pw_uid, user.pw_uid)
    # Without this the process may not write its own map of users.
    LIBC.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)


def adopt_orphans():
    """What a command leaves behind becomes a child of this process, and so is found."""
    LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def own_mounts():
    """Whether this process has mounts of its own from here on. An ordinary user gets them in a user name space, and what
    it starts has no more rights there than outside."""
    uid, gid = os.getuid(), os.getgid()
    try:
        call("unshare", CLONE_NEWNS if uid == 0 else CLONE_NEWNS | CLONE_NEWUSER)
        if uid != 0:
            Path("/proc/self/setgroups").write_text("deny")
            Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
            Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
        mount(None, "/", flags=MS_REC | MS_PRIVATE)
    except OSError:
        return False
    return True


def hide(path):
    """Lays a device over a program, which then is none any more."""
    mount("/dev/null", path, flags=MS_BIND)


def parents():
    """The parent of every process."""
    found = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                stat = Path("/proc", name, "stat").read_text(errors="replace")
            except OSError:
                continue
            fields = stat.rpartition(")")[2].split()
            if fields[0] not in "ZX":
                found[int(name)] = int(fields[1])
    return found


def descendants(ancestor):
    """Every living process that was started below this one."""
    family, below = parents(), {ancestor}
    grown = True
    while grown:
        more = {child for child, parent in family.items() if parent in below} - below
        below |= more
        grown = bool(more)
    return below - {ancestor}


def resident(pid):
    """The memory of a process in MiB."""
    try:
        return int(Path("/proc", str(pid), "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    except (OSError, IndexError):
        return 0


def command_of(pid):
    try:
        return Path("/proc", str(pid), "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ""


def kill(pids, number=signal.SIGKILL):
    for pid in pids:
        try:
            os.kill(pid, number)
        except OSError:
            pass


def reap():
    """Takes leave of adopted children that have ended."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def left_behind(patience=2.5):
    """Command lines of what still runs below this process after a while; it is ended."""
    deadline = time.monotonic() + patience
    reap()
    while (found := descendants(os.getpid())) and time.monotonic() < deadline:
        time.sleep(0.05)
        reap()
    named = sorted(filter(None, map(command_of, found)))
    while found:
        kill(found)
        time.sleep(0.05)
        reap()
        found = descendants(os.getpid())
    return named
