"""Receipts, artifacts and recordings that somebody else may have written."""

import hashlib
import json

from ..cases import BUILD
from .recipe import project, raw, sampled

PART = "papers"
VERIFY = "verify {out}/app-1.0-py3-none-any.whl"
RECORD = {"v": 1, "type": "step-started", "build": 1, "step": "x", "title": "\x1b]0;owned\x07\x1b[2J"}


def cases():
    return sampled(receipts() + recordings(), 4)


def receipts():
    """`verify` of what was changed after it was built."""

    def changed(name, change, wheel=None, may_pass=False):
        def apply(place):
            artifact = place.out / "app-1.0-py3-none-any.whl"
            papers = artifact.with_name(artifact.name + ".receipt.json")
            if wheel:
                artifact.write_bytes(wheel)
            if change:
                receipt = json.loads(papers.read_text())
                change(receipt)
                papers.write_text(json.dumps(receipt))

        def check(_place, runs):
            return [] if runs[-1].code != 0 or may_pass else [("verify", "what was changed passes")]

        # What lies there was changed on purpose, so it is not held against Packwright.
        return project(
            PART,
            f"receipt: {name}",
            commands=[BUILD, "{change}", VERIFY],
            change=apply,
            check=check,
            ignored={"receipt"},
        )

    def forged(receipt):
        command = {"tool": [{"text": "/bin/sh"}], "args": [[{"text": "-c"}], [{"text": "touch x"}]]}
        receipt["proof"]["proofs"] = [
            {
                "title": "x",
                "room": {"place": {"in": "here"}, "may": {"network": "machine"}},
                "acts": [{"act": "do", "title": "x", "command": command}],
                "success": "ran",
            }
        ]

    def above(receipt):
        receipt["proof"]["made_at"] = "../../outside/thesis.txt"
        receipt["artifact"]["path"] = "../../outside/thesis.txt"

    def deep(receipt):
        value = []
        for _ in range(900):
            value = [value]
        receipt["options"] = value

    def escapes(receipt):
        receipt["project"] = receipt["artifact"]["technology"] = "\x1b]0;owned\x07\x1b[2J"

    return [
        changed("another digest", lambda receipt: receipt["artifact"].update(sha256="0" * 64)),
        changed("another artifact", None, b"PK\5\6" + bytes(18)),
        changed("checks of its own", forged, may_pass=True),
        changed("a path above", above, may_pass=True),
        changed("trees above", lambda receipt: receipt["proof"].update(trees={"x": "../../../outside"}), may_pass=True),
        changed("escapes", escapes, may_pass=True),
        changed("deep", deep, may_pass=True),
        changed("a later format", lambda receipt: receipt.update(format=99)),
        changed("no proof", lambda receipt: receipt.pop("proof")),
        changed("numbers that are none", lambda receipt: receipt.update(made_at=1e300)),
        raw(
            PART,
            "receipt: deep text",
            {"a.whl": "x", "a.whl.receipt.json": "[" * 100_000},
            commands=["verify {project}/a.whl"],
        ),
        raw(PART, "receipt: not there", {"a.whl": "x"}, commands=["verify {project}/a.whl"]),
        raw(
            PART,
            "receipt: of a link",
            {"b.whl.receipt.json": "{}"},
            lambda place: [place.link("a.whl", "/dev/zero"), place.link("a.whl.receipt.json", "/dev/zero")],
            commands=["verify {project}/a.whl"],
        ),
        raw(
            PART,
            "receipt: a pipe",
            {"a.whl": "x"},
            lambda place: place.special("a.whl.receipt.json", "fifo"),
            commands=["verify {project}/a.whl"],
        ),
        raw(
            PART,
            "receipt: an artifact that is a pipe",
            {"a.whl.receipt.json": forged_pair()},
            lambda place: place.special("a.whl", "fifo"),
            commands=["verify {project}/a.whl"],
        ),
        raw(
            PART,
            "receipt: both forged",
            {"a.whl": "x", "a.whl.receipt.json": forged_pair()},
            commands=["verify {project}/a.whl"],
            check=no_boast,
        ),
        raw(
            PART,
            "receipt: signatures of nobody",
            {
                "a.whl": "x",
                "a.whl.receipt.json": forged_pair(),
                "a.whl.receipt.json.minisig": "untrusted comment: \x1b[2J\nAAAA\n" * 1000,
                "a.whl.receipt.json.sig": "-----BEGIN SSH SIGNATURE-----\n" + "A" * 1_000_000,
            },
            commands=["verify {project}/a.whl"],
        ),
    ]


def forged_pair():
    target = {"os": "linux", "arch": "x86-64", "python": None, "libc": None}
    room = {"wanted": "none", "used": "none"}
    artifact = {
        "technology": "zipapp",
        "target": target,
        "path": "a.whl",
        "bytes": 1,
        "sha256": hashlib.sha256(b"x").hexdigest(),
        "start_ms": None,
        "warnings": [],
        "verified": {"outcome": "not-tried", "room": room, "because": ""},
    }
    return json.dumps(
        {
            "format": 1,
            "packwright": "0",
            "made_at": 0,
            "project": "app",
            "version": None,
            "source_sha256": "",
            "artifact": artifact,
            "options": {},
            "tools": [],
            "steps": [],
            "trials": [],
            "components": [],
            "measurements": {"build_ms": 0, "starts_ms": []},
            "sandbox": "bubblewrap",
            "proof": {"proofs": [], "made_by": "step", "made_at": "a.whl", "trees": {}},
        }
    )


def no_boast(_place, runs):
    return [("receipt", "calls a forged pair what was built")] if "is what was built" in runs[-1].text else []


def recordings():
    """`replay` of what no session wrote."""
    lines = {
        "escapes": json.dumps(RECORD),
        "deep": "[" * 100_000,
        "deep objects": '{"a":' * 100_000,
        "a line of 50 MB": json.dumps({**RECORD, "title": "x" * 50_000_000}),
        "a million lines": (json.dumps(RECORD) + "\n") * 200_000,
        "not JSON": "x",
        "a later format": '{"v": 99, "type": "x"}',
        "nothing": "",
        "zeros": "\0" * 1_000_000,
        "a summary of strange paths": json.dumps(
            {"type": "finished", "artifacts": [{"path": "\x1b[2J/../../x"}], "problems": []}
        ),
    }
    found = [
        raw(
            PART,
            f"recording: {name}",
            {"r.jsonl": text},
            commands=["replay {project}/r.jsonl", "replay --json {project}/r.jsonl"],
            check=no_control,
        )
        for name, text in lines.items()
    ]
    return found + [
        raw(
            PART,
            f"recording: {kind}",
            {},
            lambda place, kind=kind: place.special("r.jsonl", kind),
            commands=["replay {project}/r.jsonl"],
        )
        for kind in ("fifo", "zero", "sparse", "folder")
    ]


def no_control(_place, runs):
    bad = [c for c in runs[0].text if ord(c) < 32 and c not in "\n\t\r"]
    return [("terminal", f"printed the control character {bad[0]!r}")] if bad else []
