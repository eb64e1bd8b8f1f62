//! A place of its own for each test: a home, a cache, projects, and the real binary.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::{Invocation, Run, has, packwright, repository, tree};

/// Variables of this machine that say how its indexes are reached; without them no test could fetch anything here.
const REACHING_INDEXES: &[&str] = &[
    "PATH",
    "LANG",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "PIP_CERT",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "PIP_INDEX_URL",
    "PIP_EXTRA_INDEX_URL",
    "PIP_FIND_LINKS",
    "PIP_CONFIG_FILE",
    "PIP_TRUSTED_HOST",
    "PIP_DEFAULT_TIMEOUT",
    "UV_INDEX_URL",
    "UV_DEFAULT_INDEX",
    "UV_INDEX",
    "UV_CONFIG_FILE",
    "UV_NATIVE_TLS",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
];

/// A temporary folder with a home, and the binary run in it.
#[derive(Debug)]
pub struct Workbench {
    folder: TempDir,
    own_cache: bool,
}

impl Default for Workbench {
    fn default() -> Self {
        Self::new()
    }
}

impl Workbench {
    /// An empty home. The cache is shared with the other tests, so that tools are fetched once.
    ///
    /// # Panics
    /// When no temporary folder can be made.
    pub fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("packwright-").tempdir().expect("a temporary folder");
        tree::folder(&folder.path().join("home"));
        Self { folder, own_cache: false }
    }

    /// Takes a cache of its own, for tests that damage or measure it.
    #[must_use]
    pub fn with_own_cache(mut self) -> Self {
        self.own_cache = true;
        self
    }

    /// Its folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A folder with these programs of the machine and no others, to be the whole search path. Most lie beside many others.
    ///
    /// # Panics
    /// When the folder cannot be filled.
    #[cfg(unix)]
    pub fn only(&self, programs: &[&str]) -> PathBuf {
        let bin = self.path().join("bin");
        tree::folder(&bin);
        let path = env::var_os("PATH").unwrap_or_default();
        for program in programs {
            let found = env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.exists());
            if let Some(file) = found {
                std::os::unix::fs::symlink(file, bin.join(program)).expect("the folder is new");
            }
        }
        bin
    }

    /// Its home.
    pub fn home(&self) -> PathBuf {
        self.path().join("home")
    }

    /// The folder that holds Packwright's cache.
    pub fn cache(&self) -> PathBuf {
        if self.own_cache {
            return self.home().join(".cache");
        }
        crate::binary::profile().join("packwright-tests-cache")
    }

    /// A project from text, as [`tree::write`] takes it; gives its folder.
    pub fn project(&self, name: &str, files: &[(&str, &str)]) -> PathBuf {
        let root = self.path().join(name);
        tree::write(&root, files);
        root
    }

    /// A copy of an example or a fixture project; gives its folder.
    ///
    /// # Panics
    /// When there is none of this name.
    pub fn copy_of(&self, name: &str) -> PathBuf {
        let (_, original) = crate::projects()
            .into_iter()
            .find(|(known, _)| known == name)
            .unwrap_or_else(|| panic!("no example and no fixture is called `{name}`"));
        let root = self.path().join(name);
        tree::copy(&original, &root);
        root
    }

    /// Prepares a run in this place.
    pub fn packwright(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Invocation {
        self.equip(Invocation::new(packwright())).args(arguments)
    }

    /// Prepares a run of a script for `sh`, in which `$0` is the binary.
    pub fn script(&self, script: &str) -> Invocation {
        self.equip(Invocation::new("sh".into())).args(["-c", script]).arg(packwright())
    }

    /// Prepares a run, still without arguments, that sees the file system as bubblewrap changes it with these
    /// arguments, for example `--tmpfs FOLDER`; `None` where bubblewrap is missing.
    pub fn packwright_in_changed_view(&self, view: &[&str]) -> Option<Invocation> {
        let path = env::var_os("PATH")?;
        let bubblewrap = env::split_paths(&path).map(|folder| folder.join("bwrap")).find(|path| path.is_file());
        has("bwrap", bubblewrap.is_some()).then_some(())?;
        let bubblewrap = bubblewrap?;
        let invocation = Invocation::new(bubblewrap);
        Some(self.equip(invocation.args(["--dev-bind", "/", "/"]).args(view).arg("--").arg(packwright())))
    }

    /// Prepares a run, still without arguments, on a machine without a sandbox: where bubblewrap is installed, the run
    /// does not see it.
    pub fn packwright_unconfined(&self) -> Invocation {
        let path = env::var_os("PATH").unwrap_or_default();
        let places = env::split_paths(&path).map(|folder| folder.join("bwrap")).filter(|path| path.is_file());
        let hidden: Vec<String> =
            places.flat_map(|path| ["--ro-bind".into(), "/dev/null".into(), path.display().to_string()]).collect();
        let hidden: Vec<&str> = hidden.iter().map(String::as_str).collect();
        self.packwright_in_changed_view(&hidden).unwrap_or_else(|| self.packwright([] as [&str; 0]))
    }

    fn equip(&self, invocation: Invocation) -> Invocation {
        let home = self.home();
        let mut invocation = invocation
            .within(self.path())
            .env("HOME", &home)
            .env("XDG_CACHE_HOME", self.cache())
            .env("XDG_CONFIG_HOME", home.join(".config"))
            .env("XDG_DATA_HOME", home.join(".local/share"))
            .env("XDG_STATE_HOME", home.join(".local/state"))
            .env("NO_COLOR", "1");
        for name in REACHING_INDEXES {
            if let Some(value) = env::var_os(name) {
                invocation = invocation.env(name, value);
            }
        }
        invocation
    }

    /// Runs the binary in this place.
    pub fn run(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Run {
        self.packwright(arguments).run()
    }

    /// Runs the binary in the repository itself, as the README says.
    pub fn run_in_repository(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Run {
        self.packwright(arguments).within(repository()).run()
    }
}
