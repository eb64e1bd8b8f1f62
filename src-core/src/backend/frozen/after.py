"""Puts what PyInstaller reported, and the libraries inside a single file, where they are looked at: REPORT PROGRAM FOLDER."""

import pathlib
import shutil
import sys

report, program, folder = map(pathlib.Path, sys.argv[1:4])
shutil.copyfile(report, folder / "not-found.txt")
if program.is_file():
    from PyInstaller.archive.readers import CArchiveReader

    archive = CArchiveReader(str(program))
    for name, entry in archive.toc.items():
        # `b` marks shared libraries.
        if entry[-1] == "b":
            place = folder / "inside" / pathlib.PurePath(name.replace("\\", "/"))
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(archive.extract(name))
