//! Names of what is no part of a program: environments, caches, litter, backups, outputs, databases, logs, and credentials.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use regex::{Regex, RegexBuilder};
use serde::Deserialize;

use crate::embedded::data;
use crate::facts::DoubtKind;

static NEVER: LazyLock<Never> = LazyLock::new(|| {
    let written: Written = data!("inspect/tree/never.toml");
    Never::of(written).expect("compiled in, and read by a test")
});

/// Folders that version control keeps for itself: nothing has to be said of them.
const VERSION_CONTROL: [&str; 5] = [".git", ".hg", ".svn", ".jj", ".bzr"];

/// What every stem holds that one of the expressions fits.
const PARTS: [&str; 7] = ["old", "bak", "backup", "orig", "copy", "kopi", ".log"];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    kind: Vec<Names>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Names {
    kind: DoubtKind,
    #[serde(default)]
    folders: Vec<String>,
    #[serde(default)]
    files: Vec<String>,
    #[serde(default)]
    endings: Vec<String>,
    #[serde(default)]
    starts: Vec<String>,
    #[serde(default)]
    ends: Vec<String>,
    stems: Option<String>,
}

/// The names, ready to be looked up: it is asked for every file of a tree.
#[derive(Debug)]
pub(crate) struct Never {
    folders: HashMap<String, DoubtKind>,
    files: HashMap<String, DoubtKind>,
    endings: HashMap<String, DoubtKind>,
    starts: Vec<(String, DoubtKind)>,
    ends: Vec<(String, DoubtKind)>,
    stems: Vec<(Regex, DoubtKind)>,
}

impl Never {
    pub(crate) fn get() -> &'static Self {
        &NEVER
    }

    fn of(written: Written) -> Result<Self, regex::Error> {
        let mut never = Self {
            folders: HashMap::new(),
            files: HashMap::new(),
            endings: HashMap::new(),
            starts: Vec::new(),
            ends: Vec::new(),
            stems: Vec::new(),
        };
        for names in written.kind {
            let with = |all: Vec<String>| all.into_iter().map(move |name| (name, names.kind));
            never.folders.extend(with(names.folders));
            never.files.extend(with(names.files));
            never.endings.extend(with(names.endings));
            never.starts.extend(with(names.starts));
            never.ends.extend(with(names.ends));
            if let Some(stems) = names.stems {
                never.stems.push((RegexBuilder::new(&stems).case_insensitive(true).build()?, names.kind));
            }
        }
        Ok(never)
    }

    /// What a folder with this name is.
    pub(crate) fn folder(&self, name: &str) -> Option<DoubtKind> {
        self.folders.get(&*lower(name)).copied()
    }

    /// What a file with this name is.
    pub(crate) fn file(&self, name: &str) -> Option<DoubtKind> {
        let name = lower(name);
        let (stem, ending) = name.rsplit_once('.').unwrap_or((&name, ""));
        let starts = || self.starts.iter().find(|(start, _)| name.starts_with(start.as_str()));
        let ends = || self.ends.iter().find(|(end, _)| name.ends_with(end.as_str()));
        let is_odd = |byte: u8| matches!(byte, b'.' | b'~' | b'n' | b's');
        let named = self.files.get(&*name).or_else(|| self.endings.get(ending).filter(|_| !stem.is_empty()));
        named
            .copied()
            .or_else(|| {
                starts().filter(|_| name.bytes().next().is_some_and(is_odd)).or_else(ends).map(|(_, kind)| *kind)
            })
            .or_else(|| {
                self.stems.iter().find(|(stems, _)| may_fit(stem) && stems.is_match(stem)).map(|(_, kind)| *kind)
            })
    }
}

/// Whether an expression for stems may fit: most names have no such part, and need no expression.
fn may_fit(stem: &str) -> bool {
    !stem.starts_with("test_") && PARTS.iter().any(|part| stem.contains(part))
}

/// Whether version control keeps this folder for itself.
pub(super) fn is_of_version_control(name: &str) -> bool {
    VERSION_CONTROL.contains(&name)
}

fn lower(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_by_their_names() {
        use DoubtKind::{Backup, BuildOutput, Cache, Credential, Database, Litter, Log};
        for (name, kind) in [
            (".env", Credential),
            (".env.production", Credential),
            ("prod.env", Credential),
            ("id_rsa", Credential),
            ("ID_RSA", Credential),
            (".netrc", Credential),
            (".pypirc", Credential),
            ("store.P12", Credential),
            ("my.session", Credential),
            ("terraform.tfstate", Credential),
            (".DS_Store", Litter),
            ("Thumbs.db", Litter),
            ("._a.py", Litter),
            (".a.py.swp", Litter),
            ("a.py.bak", Backup),
            ("a.py~", Backup),
            ("main - Copy.py", Backup),
            ("old_main_backup.py", Backup),
            ("main_old.py", Backup),
            ("main (1).py", Backup),
            ("a.py.orig", Backup),
            ("db.sqlite3", Database),
            ("app.db", Database),
            ("app.log", Log),
            ("app.log.1", Log),
            ("a-1.pyz", BuildOutput),
            ("a.pyc", Cache),
            (".coverage", Cache),
        ] {
            assert_eq!(Never::get().file(name), Some(kind), "{name}");
        }
        for name in [
            "main.py",
            "environment.py",
            "backup.py",
            "copy.py",
            "create_copy_of.py",
            "README.md",
            "id_rsa.pub",
            "cacert.pem",
            "logo.png",
            "a.tar.gz",
            "a-1.whl",
            "old.py",
            "catalog",
            "dialog.ui",
            "data.csv",
            "session.py",
            "env.py",
            "settings.json",
            "logs.py",
            "blog.py",
            "f(x).py",
            "test_copy.py",
            "test_backup.py",
        ] {
            assert_eq!(Never::get().file(name), None, "{name}");
        }
    }

    #[test]
    fn folders_are_told_by_their_names() {
        assert_eq!(Never::get().folder("__pycache__"), Some(DoubtKind::Cache));
        assert_eq!(Never::get().folder("site-packages"), Some(DoubtKind::Environment));
        assert_eq!(Never::get().folder(".IDEA"), Some(DoubtKind::Litter));
        assert_eq!(Never::get().folder(".aws"), Some(DoubtKind::Credential));
        assert_eq!(Never::get().folder("data"), None);
    }
}
