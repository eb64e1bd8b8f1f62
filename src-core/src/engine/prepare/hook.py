"""Asks a build backend what it needs: ask.py BACKEND ANSWER BACKEND_PATH, as PEP 517 names them."""

import importlib
import json
import os
import sys

reference, answer, folders = sys.argv[1:4]
# The hook may import what lies in the project only where `backend-path` says so.
sys.path[:0] = [os.path.abspath(folder) for folder in json.loads(folders)]
module, _, path = reference.partition(":")
backend = importlib.import_module(module)
for name in filter(None, path.split(".")):
    backend = getattr(backend, name)
hook = getattr(backend, "get_requires_for_build_wheel", None)
with open(answer, "w", encoding="utf-8") as file:
    json.dump(list(hook()) if hook else [], file)
