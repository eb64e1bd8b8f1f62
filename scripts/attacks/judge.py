"""What must be true after every attack, looked at from outside and without any help of Packwright."""

import hashlib
import json
import os
import stat
from pathlib import Path

from .run import died_of

CODES = {0, 1, 2, 3, 4, 5, 130}
# Words of a program that was ended by a mistake of its own.
BROKEN = [
    "panicked at",
    "RUST_BACKTRACE",
    "stack overflow",
    "has overflowed its stack",
    "fatal runtime error",
    "memory allocation of",
    "internal error: entered",
    "attempt to subtract with overflow",
    "index out of bounds",
]
LITTER = ".packwright-"


def digest(path):
    """SHA-256 of a file; of a folder, that of its manifest: a line of path, kind, mode and content for each file, link and
    empty folder, with tabs between, sorted by path."""
    if not path.is_dir():
        return hashlib.sha256(path.read_bytes()).hexdigest()
    lines = []
    for found in path.rglob("*"):
        name = found.relative_to(path).as_posix()
        if found.is_symlink():
            lines.append((name, f"link\t777\t{os.readlink(found)}"))
        elif found.is_dir():
            if not any(found.iterdir()):
                lines.append((name, "folder\t755\t"))
        else:
            mode = "755" if found.stat().st_mode & 0o111 else "644"
            lines.append((name, f"file\t{mode}\t{hashlib.sha256(found.read_bytes()).hexdigest()}"))
    lines.sort(key=lambda line: line[0].encode())
    return hashlib.sha256("".join(f"{name}\t{what}\n" for name, what in lines).encode()).hexdigest()


def files(folder):
    """Every file below a folder; links are not followed."""
    for parent, folders, names in os.walk(folder):
        for name in [*names, *(name for name in folders if os.path.islink(os.path.join(parent, name)))]:
            yield Path(parent, name)


def artifacts(out):
    """What lies in a folder for artifacts without the papers beside it."""
    if not out.is_dir():
        return []
    papers = (".receipt.json", ".cdx.json", ".minisig", ".sig")
    return [
        path for path in sorted(out.iterdir()) if not path.name.endswith(papers) and not path.name.startswith(LITTER)
    ]


def receipts(out):
    """Faults of what was handed over: papers that are none, or that speak of other bytes."""
    faults = []
    for path in sorted(out.iterdir()) if out.is_dir() else []:
        if not path.name.endswith(".receipt.json"):
            continue
        try:
            receipt = json.loads(path.read_text())
            # Between two moves of a replacement the old receipt says what is coming.
            named = {receipt["artifact"]["sha256"], receipt.get("coming")}
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            faults.append(f"half-written: {path.name}")
            continue
        artifact = path.with_name(path.name[: -len(".receipt.json")])
        if not artifact.exists():
            faults.append(f"receipt without artifact: {path.name}")
        elif digest(artifact) not in named:
            faults.append(f"receipt names other bytes: {path.name}")
    return faults


def snapshot(folder, but=()):
    """Every path below a folder with what is there, to see whether anything changed."""
    seen = {}
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if os.path.join(parent, name) not in but]
        for name in [*folders, *names]:
            path = os.path.join(parent, name)
            found = os.lstat(path)
            seen[path] = (
                stat.S_IFMT(found.st_mode),
                found.st_size if not stat.S_ISDIR(found.st_mode) else 0,
                found.st_mtime_ns if stat.S_ISREG(found.st_mode) else 0,
            )
    return seen


def changes(before, after):
    return sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))


def ending(done, most_memory=500, codes=CODES, may_die=()):
    """Faults in how a command ended: `[(kind, words)]`."""
    faults = []
    if done.is_hung:
        faults.append(("hang", f"still running after {done.seconds:.0f} s"))
    elif died_of(done.code) and died_of(done.code) not in may_die:
        faults.append(("abort", f"ended by {died_of(done.code)}"))
    elif done.code >= 0 and done.code not in codes:
        faults.append(("code", f"exit code {done.code}"))
    broken = [word for word in BROKEN if word in done.text]
    if broken and not done.is_hung:
        faults.append(("abort", f"says `{broken[0]}`"))
    if done.memory > most_memory:
        faults.append(("memory", f"{done.memory:.0f} MiB"))
    if done.left:
        faults.append(("left", f"{len(done.left)} processes, such as `{done.left[0][:80]}`"))
    if done.terminal:
        faults.append(("terminal", f"left in {done.terminal}"))
    if done.code > 0 and not done.is_hung and not done.terminal and not is_clear(done):
        faults.append(("unclear", f"exit code {done.code} without a sentence"))
    return faults


def is_clear(done):
    """Whether somebody was told why: a sentence of the program, or of the tool that failed."""
    said = [line.strip() for line in done.text.splitlines() if line.strip()]
    sentence = any(len(line.split()) >= 3 for line in said)
    return sentence and ("does not know yet" not in done.text or "the log says" in done.text)
