"""The site of a build that something goes wrong in, and the names of all that can."""

from .judge import artifacts, digest
from .run import run

INJECTIONS = {}
# Those that hit another moment each time come more often.
OFTEN = {}


class Site:
    """One build that something goes wrong in."""

    def __init__(self, mode, root, words, environment, chance, seconds):
        self.mode, self.root, self.words, self.environment = mode, root, words, environment
        self.prefix = []
        self.chance, self.seconds = chance, seconds
        self.home, self.out, self.tmp = root / "home", root / "out", root / "tmp"
        self.cache, self.data = self.home / ".cache" / "packwright", self.home / ".local" / "share" / "packwright"
        self.folder = root
        self.codes, self.deaths = {0, 1, 3, 4, 130}, set()
        self.acts, self.steps, self.undo, self.partners, self.faults = [], [], [], [], []
        # More that must be true after the run; each gives faults.
        self.checks = []
        self.must_work = False
        # Whether anybody can be told anything.
        self.is_heard = True
        self.stdin = None

    def before(self):
        """Runs in the child before the program does."""
        for step in self.steps:
            step()

    def build(self):
        """Builds once before anything goes wrong."""
        run(self.words, self.environment, self.folder, 300)

    def handed_over(self):
        """The digests of what lies in the folder for artifacts."""
        return {digest(path) for path in artifacts(self.out)}

    def moment(self):
        """A moment of the run, more often an early one than after its end."""
        return self.chance.uniform(0, self.seconds * 1.05)

    def join(self):
        for partner in self.partners:
            partner.join()

    def restore(self):
        while self.undo:
            self.undo.pop()()


def injection(name):
    def named(function):
        INJECTIONS[name] = function
        return function

    return named
