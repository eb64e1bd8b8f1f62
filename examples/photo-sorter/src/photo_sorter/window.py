"""The window."""

import tkinter
from tkinter import filedialog

from . import sorting


class Window(tkinter.Tk):
    """A folder, what would happen to its photos, and the button that does it."""

    def __init__(self):
        super().__init__()
        self.title("Photo Sorter")
        self.geometry("480x320")
        self.folder = None
        tkinter.Button(self, text="Choose a folder…", command=self.choose).pack(fill="x")
        self.photos = tkinter.Listbox(self)
        self.photos.pack(fill="both", expand=True)
        self.button = tkinter.Button(self, text="Sort", command=self.sort, state="disabled")
        self.button.pack(fill="x")

    def choose(self):
        """Asks for a folder and shows where its photos would go."""
        self.folder = filedialog.askdirectory() or None
        self.photos.delete(0, "end")
        for photo, place in sorting.plan(self.folder) if self.folder else []:
            self.photos.insert("end", f"{photo.name} → {place.parent.name}")
        self.button.configure(state="normal" if self.folder else "disabled")

    def sort(self):
        """Moves the photos."""
        moved = sorting.sort(self.folder)
        self.photos.delete(0, "end")
        self.photos.insert("end", f"{moved} photos sorted")


def main():
    Window().mainloop()
