"""Imports the modules of a project and opens its data; writes what came of it to a file, as one JSON object.

    python survey.py ORDER ANSWER
"""

import importlib
import importlib.util
import json
import os
import signal
import sys
import traceback

# Seconds that importing one module may take.
PATIENCE = 10


class TooLong(BaseException):
    pass


def give_up(number, frame):
    raise TooLong


def attempt(work):
    """None, or what is wrong: the kind of the error, its text, the module that is missing, and where."""
    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGALRM, give_up)
        signal.alarm(PATIENCE)
    try:
        work()
    except TooLong:
        return {"error": "TooLong", "text": f"it takes more than {PATIENCE} seconds"}
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        return {
            "error": type(error).__name__,
            "text": str(error).split("\n")[0][:300],
            "missing": getattr(error, "name", None) if isinstance(error, ImportError) else None,
            "where": [[frame.filename, frame.lineno] for frame in frames],
        }
    except BaseException:
        # It ends the process, or is told to: that is no fault.
        return None
    finally:
        if hasattr(signal, "SIGALRM"):
            signal.alarm(0)
    return None


def is_there(name):
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, AttributeError, ValueError):
        # The package around it cannot be imported, which is told of that one.
        return False


def module(one):
    # What runs is called so itself.
    there = bool(one.get("starts")) if one["name"] == "__main__" else is_there(one["name"])
    told = {"name": one["name"], "there": there, "faults": []}
    if not there:
        return told
    if one.get("acts"):
        for name, line in one.get("needs", []):
            fault = attempt(lambda: importlib.import_module(name))
            if fault:
                fault.update(line=line, importing=name)
                told["faults"].append(fault)
        return told
    fault = attempt(lambda: importlib.import_module(one["name"]))
    if fault:
        ends = one["path"].replace("/", os.sep)
        ends = [ends, ends.split(os.sep, 1)[-1]]
        lines = [line for file, line in fault["where"] if any(file.endswith(end) for end in ends)]
        fault["line"] = lines[-1] if lines else None
        told["faults"].append(fault)
    return told


def data(one):
    def work():
        from importlib.resources import files

        place = files(one["package"])
        for part in one["below"].split("/"):
            place = place.joinpath(part)
        with place.open("rb") as file:
            file.read(1)

    return {"path": one["path"], "there": is_there(one["package"]), "fault": attempt(work)}


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        order = json.load(file)
    sys.argv = sys.argv[:1]
    answer = {"modules": [module(one) for one in order["modules"]], "data": [data(one) for one in order["data"]]}
    with open(ANSWER, "w", encoding="utf-8") as file:
        json.dump(answer, file)
    sys.stdout.flush()
    # Threads that a module began do not keep this from ending.
    os._exit(0)


if __name__ == "__main__":
    ANSWER = os.path.abspath(sys.argv[2])
    main()
