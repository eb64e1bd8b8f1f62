"""What can happen to the files of a cache: each injection damages some of them before a build starts."""

import os
import stat

from .site import injection

PARTS = {
    "blobs": "store/blobs",
    "trees": "store/trees",
    "steps": "steps",
    "tools": "tools",
    "locks": "locks",
    "uv": "uv",
    "sources": "sources",
}


def files_of(site, part):
    folder = site.cache / PARTS[part]
    # A link may lead where an ordinary user cannot look.
    found = [path for path in folder.rglob("*") if not path.is_symlink() and path.is_file() and path.stat().st_size > 0]
    return sorted(found)


def damage(path, how, chance):
    """Damages one file; `quiet` keeps its date."""
    found = path.lstat()
    parent = path.parent
    os.chmod(parent, stat.S_IMODE(parent.stat().st_mode) | 0o700)
    os.chmod(path, 0o644 | stat.S_IMODE(found.st_mode))
    if how == "deleted":
        path.unlink()
        return
    if how == "emptied":
        path.write_bytes(b"")
    elif how == "truncated":
        os.truncate(path, chance.randrange(found.st_size))
    elif how == "overwritten":
        path.write_bytes(chance.randbytes(chance.choice([1, 100, found.st_size])))
    else:
        with open(path, "r+b") as file:
            at = chance.randrange(found.st_size)
            file.seek(at)
            byte = file.read(1)[0]
            file.seek(at)
            file.write(bytes([byte ^ (1 << chance.randrange(8))]))
    os.chmod(path, stat.S_IMODE(found.st_mode))
    if how == "flipped, date kept":
        os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))


def damaged(part, how):
    @injection(f"{part} {how}")
    def inject(site):
        files = files_of(site, part)
        for path in site.chance.sample(files, min(len(files), site.chance.choice([1, 1, 3, 20]))):
            damage(path, how, site.chance)


for part in PARTS:
    for how in ["flipped", "flipped, date kept", "truncated", "deleted", "emptied", "overwritten"]:
        if not (part == "uv" and how == "flipped, date kept"):
            damaged(part, how)


@injection("the large programs damaged")
def large(site):
    """Programs are most of the bytes, and few of the files."""
    files = sorted(files_of(site, "tools"), key=lambda path: -path.stat().st_size)[:3]
    damage(
        site.chance.choice(files),
        site.chance.choice(["flipped", "flipped, date kept", "truncated", "deleted", "emptied"]),
        site.chance,
    )


@injection("small files damaged")
def small(site):
    for name in ["probes.json", "trimmed", "in-use"]:
        path = site.cache / name
        if path.is_file():
            path.write_bytes(site.chance.choice([b"", b"{", b"null", b"[1]", b"\xff\xfe", b'{"a": "b"}']))


@injection("history damaged")
def history(site):
    path = site.data / "history.sqlite"
    if path.is_file():
        damage(path, site.chance.choice(["flipped", "truncated", "emptied", "overwritten"]), site.chance)
    site.must_work = True


@injection("trust damaged")
def trust(site):
    (site.data / "trust.json").write_bytes(site.chance.choice([b"", b"{", b"[]", b"\xff", b'{"a": 1}']))
    site.must_work = True


@injection("a folder in place of a file")
def folders(site):
    for part in ("steps", "locks", "sources"):
        for path in site.chance.sample(files_of(site, part), 1) if files_of(site, part) else []:
            path.unlink()
            path.mkdir()


def rotten(how):
    @injection(f"what was built {how}")
    def inject(site):
        """The artifact itself, as the store keeps it; the next run has nothing to do but to hand it over again."""
        site.build()
        kept = [path for path in files_of(site, "blobs") if path.name.rstrip("x") in site.handed_over()]
        for path in kept:
            damage(path, how, site.chance)


for how in ["flipped", "flipped, date kept", "truncated", "deleted", "overwritten"]:
    rotten(how)
