"""What all sections share: two builds of Packwright at most, homes with the tools, one wheelhouse, a copy of the example."""

import os
import shutil
import subprocess
import venv
from pathlib import Path

from .used import Used

REPOSITORY = Path(__file__).resolve().parent.parent.parent
PAIRS = 7


def release(folder):
    """Builds a checkout as it is released; gives the binary."""
    subprocess.run(["cargo", "build", "--release", "--workspace", "--bin", "packwright", "--quiet"], cwd=folder, check=True)
    return Path(os.environ.get("CARGO_TARGET_DIR", folder / "target")) / "release" / "packwright"


class Packwright:
    """A build of it, with a home of its own."""

    def __init__(self, binary, scratch):
        self.binary, self.home = Path(binary).resolve(), scratch / "home"
        self.scratch = scratch
        self.home.mkdir(parents=True)

    def uses(self, *arguments, kind=Used, **how):
        """What a command of it uses."""
        return kind([self.binary, *arguments], self.home, **how)

    def builds(self, project, *words, out="out", **how):
        """Builds a project with these technologies and options. What its programs do when they are started is not counted."""
        out = self.scratch / out
        return self.uses("build", *words, project, "--no-verify", "--trust", "--out", out, **how)


class House:
    """A scratch folder, gone at the end."""

    def __init__(self, scratch, other):
        self.scratch = scratch
        self.ours = Packwright(release(REPOSITORY), scratch / "ours")
        # An earlier build, for those figures that say whether something got slower.
        self.other = Packwright(other, scratch / "other") if other else None
        self.home = self.ours.home
        self.project = shutil.copytree(REPOSITORY / "examples" / "weather-cli", scratch / "weather-cli")
        self.edits = 0

    def tools(self):
        """Installs the tools that are driven by hand, and fills the wheelhouse that they take from."""
        folder, self.house = self.scratch / "tools", self.scratch / "wheelhouse"
        if not folder.exists():
            venv.create(folder, with_pip=True)
            pip = [folder / "bin" / "python", "-m", "pip", "--quiet", "--disable-pip-version-check"]
            subprocess.run([*pip, "install", "uv", "pex", "shiv", "hatchling"], check=True)
            subprocess.run([*pip, "wheel", "--wheel-dir", self.house, self.project], check=True)
            needed = ["hatchling", "pip", "setuptools", "wheel", self.pinned("pyinstaller")]
            subprocess.run([*pip, "download", "--quiet", "--dest", self.house, *needed], check=True)
            # What is frozen is installed beside what freezes it, and nothing else is there.
            venv.create(folder / "freezer", with_pip=True)
            pip[0] = folder / "freezer" / "bin" / "python"
            subprocess.run([*pip, "install", "--no-index", "--find-links", self.house, self.pinned("pyinstaller")], check=True)
        return folder / "bin"

    def pinned(self, tool):
        """The version of a tool that Packwright installs."""
        data = REPOSITORY / "src-core" / "src" / "catalogue" / "tools" / f"{tool}.toml"
        lines = data.read_text(encoding="utf-8").splitlines()
        return next(line.split()[0] for line in lines if line.startswith(f"{tool}=="))

    def edit(self):
        """Changes the project, so that nothing that depends on it can be taken from a cache."""
        self.edits += 1
        with open(self.project / "src" / "weather_cli" / "__init__.py", "a", encoding="utf-8") as file:
            file.write(f"# {self.edits}\n")

    def by_hand(self, technology, online=False):
        """The same tool as a person would start it; online it resolves for itself. What it uses, command by command."""
        tools, out = self.tools(), self.scratch / "by-hand"
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        local = [] if online else ["--no-index", "--find-links", self.house]
        pip = ["-m", "pip", "install", "--quiet", "--no-compile", "--disable-pip-version-check", *local]
        if technology == "wheel":
            offline = [] if online else ["--offline"]
            commands = [[tools / "uv", "build", "--wheel", *offline, *local, "--out-dir", out, self.project]]
        elif technology == "pex":
            commands = [[tools / "pex", *local, self.project, "-c", "weather", "-o", out / "a.pex"]]
        elif technology == "shiv":
            commands = [[tools / "shiv", "-c", "weather", "-o", out / "a.pyz", *local, self.project]]
        elif technology == "pyinstaller":
            python, start = tools.parent / "freezer" / "bin" / "python", out / "start.py"
            start.write_text("from weather_cli.cli import main\nmain()\n", encoding="utf-8")
            frozen = ["--onedir", "--name", "weather", "--copy-metadata", "weather-cli", "--collect-data", "weather_cli"]
            places = ["--distpath", out / "dist", "--workpath", out / "work", "--specpath", out]
            commands = [
                [python, *pip, self.project],
                [python, "-m", "PyInstaller", "--noconfirm", *frozen, *places, start],
            ]
        else:
            site = out / "site"
            commands = [
                [tools / "python", *pip, "--target", site, self.project],
                [tools / "python", "-m", "zipapp", site, "-m", "weather_cli.cli:main", "-c", "-o", out / "a.pyz"],
            ]
        return [Used(command, self.home) for command in commands]
