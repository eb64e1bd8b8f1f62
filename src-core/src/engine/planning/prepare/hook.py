"""Asks a build backend what it needs: ask.py BACKEND ANSWER BACKEND_PATH SOURCE, as PEP 517 names them.

SOURCE is the folder of the project, or the archive of a source distribution.
"""

import importlib
import json
import os
import sys
import tarfile
import zipfile

reference, answer, folders, source = sys.argv[1:5]
if not os.path.isdir(source):
    os.mkdir("source")
    if source.endswith(".zip"):
        with zipfile.ZipFile(source) as archive:
            archive.extractall("source")
    else:
        with tarfile.open(source) as archive:
            # Pythons before 3.9.17 know no filters.
            safely = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
            archive.extractall("source", **safely)
    source = os.path.join("source", os.listdir("source")[0])
os.chdir(source)
# The hook may import what lies in the project only where `backend-path` says so.
sys.path[:0] = [os.path.abspath(folder) for folder in json.loads(folders)]
module, _, path = reference.partition(":")
backend = importlib.import_module(module)
for name in filter(None, path.split(".")):
    backend = getattr(backend, name)
hook = getattr(backend, "get_requires_for_build_wheel", None)
with open(answer, "w", encoding="utf-8") as file:
    json.dump(list(hook()) if hook else [], file)
