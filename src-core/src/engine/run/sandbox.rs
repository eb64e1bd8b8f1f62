//! What a command can see and reach.
//!
//! With bubblewrap a command gets a file system of its own: the system read-only, its inputs read-only, its output, and
//! the network only where its step says so. Every step sees the same paths. Without it the paths are those of the
//! machine, and plan and receipt say *not sandboxed*.

mod grants;
mod shown;
mod users;

use std::fs;
use std::path::{Path, PathBuf};

pub use self::grants::Ungranted;
pub(in crate::engine) use self::grants::file_of;
use self::shown::{ETC, ETC_NETWORK, SYSTEM, USERLAND};
pub(in crate::engine) use self::users::{Alone, Lent, remove};
use crate::catalogue::tool;
use crate::engine::tools::process::Spawn;
use crate::engine::tools::{Interpreter, find, hints, off_limits, works};
use crate::problem::Hint;

/// Namespaces for a command that has users already.
const ALL_BUT_USERS: &[&str] =
    &["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"];

/// Something a command sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::engine) struct Binding {
    /// Where it is.
    pub from: PathBuf,
    /// Where the command sees it.
    pub to: PathBuf,
    /// How it is seen there.
    how: How,
}

/// How something is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    Readable,
    Writable,
    Device,
}

/// Which system a command sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::engine) enum System {
    /// All of it.
    Whole,
    /// A small userland without any Python.
    Bare,
    /// A small userland and this Python without its site-packages.
    Python(Interpreter),
}

/// How commands are kept apart here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::engine) enum Sandbox {
    /// By bubblewrap.
    Bubblewrap(PathBuf),
    /// Not at all.
    Absent,
}

impl Binding {
    pub fn readable(from: impl Into<PathBuf>, to: impl Into<PathBuf>) -> Self {
        Self { from: from.into(), to: to.into(), how: How::Readable }
    }

    pub fn writable(from: impl Into<PathBuf>, to: impl Into<PathBuf>) -> Self {
        Self { from: from.into(), to: to.into(), how: How::Writable }
    }

    /// A device of this machine, where it is.
    pub fn device(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        Self { from: path.clone(), to: path, how: How::Device }
    }
}

impl Sandbox {
    /// What there is on this machine. bubblewrap is used only if it really works: containers often forbid it.
    pub fn detect() -> Self {
        let trivial =
            ["--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "/bin/echo", "works"];
        match bubblewrap() {
            Some(bwrap) if cfg!(target_os = "linux") && works(&bwrap, &trivial) => Self::Bubblewrap(bwrap),
            _ => Self::Absent,
        }
    }

    /// What receipts say.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Bubblewrap(_) => "bubblewrap",
            Self::Absent => "not sandboxed",
        }
    }

    /// Whether what runs in it reaches nothing but what it is shown.
    pub fn confines(&self) -> bool {
        matches!(self, Self::Bubblewrap(_))
    }

    /// What confines, where something does.
    pub fn program(&self) -> Option<&Path> {
        match self {
            Self::Bubblewrap(bwrap) => Some(bwrap),
            Self::Absent => None,
        }
    }

    /// How there would be one on this machine; nothing where there is one.
    pub fn remedies(&self) -> Vec<Hint> {
        if self.confines() { Vec::new() } else { remedies(cfg!(target_os = "linux"), bubblewrap().is_some()) }
    }

    /// Where a command sees a path of this machine: below `/pw` in a sandbox, the path itself otherwise.
    pub fn seen(&self, name: &str, real: &Path) -> PathBuf {
        match self {
            Self::Bubblewrap(_) => Path::new("/pw").join(name),
            Self::Absent => real.to_path_buf(),
        }
    }

    /// The command that runs `inner` with nothing but the system and these bindings.
    pub fn wrap(&self, inner: &Spawn, system: &System, bindings: &[Binding], network: bool) -> Spawn {
        let Self::Bubblewrap(bwrap) = self else { return inner.clone() };
        let mut args = Arguments::default();
        args.confine(&["--unshare-all"], network);
        // bubblewrap leaves root its capabilities, and with them what is shown read-only can be mounted anew to be written.
        args.add(&["--cap-drop", "ALL"]);
        args.shown(inner, system, bindings, network);
        args.run(bwrap, inner)
    }

    /// The same as root among several users, which `lent` makes. It keeps its capabilities: so nothing may be shown that this
    /// user can write and others read.
    pub fn wrap_among(
        &self,
        lent: &[String],
        inner: &Spawn,
        system: &System,
        bindings: &[Binding],
        network: bool,
    ) -> Spawn {
        let wrapped = match self {
            Self::Bubblewrap(bwrap) => {
                let mut args = Arguments::default();
                args.confine(ALL_BUT_USERS, network);
                args.open(&["/etc", "/pw"]);
                args.shown(inner, system, bindings, network);
                args.run(bwrap, inner)
            }
            Self::Absent => inner.clone(),
        };
        behind(lent, wrapped)
    }

    /// A root file system with its layer, as root in it, for others to enter: it says on standard output which process is the
    /// first in it.
    pub fn open_root(&self, inner: &Spawn, root: &Path, bindings: &[Binding], network: bool) -> Spawn {
        let Self::Bubblewrap(bwrap) = self else { return inner.clone() };
        let mut args = Arguments::default();
        args.add(&["--info-fd", "1"]);
        args.confine(ALL_BUT_USERS, network);
        args.add(&["--bind", &root.display().to_string(), "/", "--proc", "/proc", "--dev", "/dev"]);
        args.open(&["/pw", "/pw/in"]);
        if network {
            args.show(Path::new("/etc/resolv.conf"));
        }
        args.bind(bindings);
        args.run(bwrap, inner)
    }

    /// The same as [`Sandbox::wrap`], for a sandbox that others enter: it says on standard output which process is the first
    /// in it. Only one whose user is root inside can be entered.
    pub fn open(&self, inner: &Spawn, system: &System, bindings: &[Binding], network: bool) -> Spawn {
        let mut spawn = self.wrap(inner, system, bindings, network);
        spawn.args.splice(0..0, ["--uid", "0", "--gid", "0", "--info-fd", "1"].map(str::to_owned));
        spawn
    }
}

/// A command behind words that run it.
pub(in crate::engine) fn behind(words: &[String], inner: Spawn) -> Spawn {
    let Some((program, args)) = words.split_first() else { return inner };
    let args = args.iter().cloned().chain([inner.program.display().to_string()]).chain(inner.args).collect();
    Spawn { program: program.into(), args, ..inner }
}

#[derive(Default)]
struct Arguments(Vec<String>);

impl Arguments {
    fn add(&mut self, words: &[&str]) {
        self.0.extend(words.iter().map(|word| (*word).to_owned()));
    }

    /// Namespaces of its own.
    fn confine(&mut self, namespaces: &[&str], network: bool) {
        self.add(namespaces);
        self.add(&["--die-with-parent", "--new-session", "--hostname", "packwright"]);
        if network {
            self.add(&["--share-net"]);
        }
    }

    /// Makes folders that every user of the sandbox may enter; bubblewrap makes those of what it shows for one only.
    fn open(&mut self, folders: &[&str]) {
        for folder in folders {
            self.add(&["--perms", "0755", "--dir", folder]);
        }
    }

    /// What it sees of this machine.
    fn shown(&mut self, inner: &Spawn, system: &System, bindings: &[Binding], network: bool) {
        self.add(&["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--tmpfs", "/run", "--tmpfs", "/var/tmp"]);
        self.system(system);
        for name in ETC.iter().chain(ETC_NETWORK.iter().filter(|_| network)) {
            self.show(&Path::new("/etc").join(name));
        }
        for name in ["SSL_CERT_FILE", "SSL_CERT_DIR", "PIP_CERT", "NETRC"] {
            if let Some(path) = inner.env.get(name).filter(|_| network) {
                self.show(Path::new(path));
            }
        }
        self.bind(bindings);
    }

    fn bind(&mut self, bindings: &[Binding]) {
        for binding in bindings {
            let (from, to) = (binding.from.display().to_string(), binding.to.display().to_string());
            match binding.how {
                How::Readable => self.add(&["--ro-bind", &from, &to]),
                How::Writable => self.add(&["--bind", &from, &to]),
                How::Device => self.add(&["--dev-bind", &from, &to]),
            }
        }
    }

    /// The command that runs `inner` so.
    fn run(mut self, bwrap: &Path, inner: &Spawn) -> Spawn {
        // Variables are inherited from bubblewrap, which gets exactly those: as arguments anybody could read them.
        self.add(&["--chdir", &inner.cwd.display().to_string(), "--", &inner.program.display().to_string()]);
        self.0.extend(inner.args.iter().cloned());
        let (env, timeout) = (inner.env.clone(), inner.timeout);
        Spawn { program: bwrap.to_path_buf(), args: self.0, env, cwd: "/".into(), timeout }
    }

    /// Shows a path read-only where it is, if it exists.
    fn show(&mut self, path: &Path) {
        let text = path.display().to_string();
        self.add(&["--ro-bind-try", &text, &text]);
    }

    /// Shows nothing where something is.
    fn hide(&mut self, path: &Path) {
        self.add(&["--tmpfs", &path.display().to_string()]);
    }

    fn system(&mut self, system: &System) {
        let whole = *system == System::Whole;
        for folder in SYSTEM.iter().map(Path::new) {
            match fs::read_link(folder) {
                Ok(target) => self.add(&["--symlink", &target.display().to_string(), &folder.display().to_string()]),
                Err(_) if folder == Path::new("/usr") && !whole => self.userland(),
                Err(_) if !whole && folder.ends_with("bin") => {}
                Err(_) if folder.is_dir() => self.show(folder),
                Err(_) => {}
            }
        }
        if let System::Python(python) = system {
            self.python(python);
        }
    }

    /// `/usr` with its libraries, a few programs and no Python.
    fn userland(&mut self) {
        for name in ["lib", "lib32", "lib64", "libx32", "share", "libexec"] {
            self.show(&Path::new("/usr").join(name));
        }
        for folder in entries("/usr/lib").filter(|path| is_python(path)) {
            self.hide(&folder);
        }
        for folder in entries("/usr/share").filter(|path| is_python(path)) {
            self.hide(&folder);
        }
        for name in USERLAND {
            for folder in ["/usr/bin", "/usr/sbin"] {
                let path = Path::new(folder).join(name);
                if path.exists() {
                    self.show(&path);
                }
            }
        }
    }

    /// One Python, without what was installed into it.
    fn python(&mut self, python: &Interpreter) {
        let Some(minor) = python.minor() else { return };
        let library = python.prefix.join("lib").join(format!("python{minor}"));
        let system = python.prefix == Path::new("/usr");
        if system {
            self.show(&library);
            let seen = format!("/usr/bin/python{minor}");
            self.add(&["--ro-bind", &python.executable.display().to_string(), &seen]);
            for name in ["/usr/bin/python3", "/usr/bin/python"] {
                self.add(&["--symlink", &format!("python{minor}"), name]);
            }
        } else {
            self.show(&python.prefix);
            let site = library.join("site-packages");
            if site.is_dir() {
                self.hide(&site);
            }
        }
    }
}

fn entries(folder: &str) -> impl Iterator<Item = PathBuf> {
    fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.is_dir() && !path.is_symlink())
}

fn is_python(path: &Path) -> bool {
    path.file_name()
        .and_then(|name| name.to_str())
        .is_some_and(|name| name.starts_with("python") || name.starts_with("pypy"))
}

/// The project is not known yet, and bubblewrap guards all others: the system's own comes before one on PATH.
fn bubblewrap() -> Option<PathBuf> {
    let own = ["/usr/bin/bwrap", "/usr/local/bin/bwrap"].map(PathBuf::from).into_iter().find(|path| path.is_file());
    own.or_else(|| find("bwrap", &off_limits(std::env::current_dir().ok().as_deref())))
}

fn remedies(is_linux: bool, is_installed: bool) -> Vec<Hint> {
    let text = match (is_linux, is_installed) {
        (true, false) => return hints(tool("bwrap")),
        (true, true) => {
            "bubblewrap is here and may not work: let ordinary users make namespaces, with \
             `kernel.unprivileged_userns_clone=1` or `kernel.apparmor_restrict_unprivileged_userns=0`; in a container, \
             its host has to"
        }
        (false, _) => "bubblewrap exists for Linux only",
    };
    vec![Hint::of(text)]
}

#[cfg(test)]
mod tests;
