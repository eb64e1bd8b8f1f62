"""Where each photo goes."""

import datetime
import pathlib

ENDINGS = {".jpg", ".jpeg", ".png", ".heic"}


def month_of(photo):
    """The folder for a photo, by the date of its file."""
    taken = datetime.datetime.fromtimestamp(photo.stat().st_mtime)
    return f"{taken:%Y-%m}"


def plan(folder):
    """Every photo of a folder with its place below it, sorted by name."""
    folder = pathlib.Path(folder)
    photos = sorted(path for path in folder.iterdir() if path.suffix.lower() in ENDINGS)
    return [(photo, folder / month_of(photo) / photo.name) for photo in photos]


def sort(folder):
    """Moves every photo to its place; gives how many there were. What is there already stays."""
    moved = 0
    for photo, place in plan(folder):
        place.parent.mkdir(exist_ok=True)
        if not place.exists():
            photo.rename(place)
            moved += 1
    return moved
