//! The file that holds a project's settings: which it is, and how it is replaced.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::{AnswersError, Definition, Project, Settings, broken};

/// The file for projects without the one below.
const OWN: &str = "packwright.toml";
/// The file that most projects have.
const SHARED: &str = "pyproject.toml";

/// A file, and the keys that lead to the settings in it.
#[derive(Debug)]
pub(super) struct Place {
    pub path: PathBuf,
    pub base: Vec<String>,
    pub root: PathBuf,
}

/// Where the settings of a project are or would be. Those of one script never mix with those of its folder.
pub(super) fn of(project: &Project) -> Result<Place, AnswersError> {
    let at = |name: &str, base: &[&str]| Place {
        path: project.root.join(name),
        base: base.iter().map(|key| (*key).to_owned()).collect(),
        root: project.root.clone(),
    };
    let own = at(OWN, &[]);
    let table = parsed(&own.read()?).map_err(|error| broken(&own.path, &error))?;
    if let Definition::Script(script) = &project.definition {
        let kept = table.get("scripts").and_then(|scripts| scripts.get(script)).is_some();
        if !kept && project.settings != Settings::default() {
            return Err(AnswersError::Header { script: script.clone() });
        }
        return Ok(at(OWN, &["scripts", script]));
    }
    let used = table.keys().any(|key| key != "scripts" && key != "version");
    let shared = project.root.join(SHARED);
    Ok(if !used && shared.symlink_metadata().is_ok() { at(SHARED, &["tool", "packwright"]) } else { own })
}

/// A text as a table.
pub(super) fn parsed(text: &str) -> Result<toml::Table, toml::de::Error> {
    text.parse()
}

/// Takes out the value at the end of a path, and the tables that are empty without it.
pub(super) fn prune(table: &mut toml::Table, path: &[&str]) {
    let Some((first, rest)) = path.split_first() else { return };
    if let (Some(toml::Value::Table(below)), false) = (table.get_mut(*first), rest.is_empty()) {
        prune(below, rest);
        if below.is_empty() {
            table.remove(*first);
        }
    } else if rest.is_empty() {
        table.remove(*first);
    }
}

impl Place {
    /// Its text; empty where there is no file yet.
    pub fn read(&self) -> Result<String, AnswersError> {
        match fs::read_to_string(self.target()?) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(String::new()),
            Err(error) if error.kind() == ErrorKind::InvalidData => {
                Err(AnswersError::Broken { path: self.path.clone(), cause: "it is not UTF-8".into() })
            }
            read => read.map_err(|source| AnswersError::Read { path: self.path.clone(), source }),
        }
    }

    /// Replaces the file at once; a reader sees the old text or the new one. Permissions and, where that is allowed, the
    /// owner stay as they are.
    pub fn write(&self, text: &str) -> Result<(), AnswersError> {
        let target = self.target()?;
        let failed = |source| AnswersError::Write { path: self.path.clone(), source };
        let folder = target.parent().unwrap_or(Path::new("."));
        let before = fs::metadata(&target).ok();
        if before.as_ref().is_some_and(|before| before.permissions().readonly()) {
            return Err(AnswersError::Protected { path: self.path.clone() });
        }
        if before.is_some() {
            // A new file would take the place of one that this user may not change.
            fs::OpenOptions::new().append(true).open(&target).map_err(failed)?;
        }
        let mut builder = tempfile::Builder::new();
        #[cfg(unix)]
        if before.is_none() {
            // As if the user had made it: the umask takes away from this.
            builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        }
        let mut file = builder.prefix(".packwright-").tempfile_in(folder).map_err(failed)?;
        file.write_all(text.as_bytes()).map_err(failed)?;
        if let Some(before) = &before {
            keep_mode(file.as_file(), before).map_err(failed)?;
        }
        file.as_file().sync_all().map_err(failed)?;
        file.persist(&target).map_err(|error| failed(error.error))?;
        Ok(())
    }

    /// The file itself where its name is a link inside the project.
    fn target(&self) -> Result<PathBuf, AnswersError> {
        let is_link = self.path.symlink_metadata().is_ok_and(|metadata| metadata.is_symlink());
        if !is_link {
            return Ok(self.path.clone());
        }
        let inside = self.path.canonicalize().ok().filter(|end| end.starts_with(&self.root) && end.is_file());
        inside.ok_or_else(|| AnswersError::Outside { path: self.path.clone() })
    }
}

#[cfg(unix)]
fn keep_mode(file: &fs::File, before: &fs::Metadata) -> std::io::Result<()> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
    // Only root may give a file away; for everybody else it was theirs already, or stays theirs.
    let _ = fchown(file, Some(before.uid()), Some(before.gid()));
    file.set_permissions(fs::Permissions::from_mode(before.permissions().mode() & 0o7777))
}

#[cfg(not(unix))]
fn keep_mode(_file: &fs::File, _before: &fs::Metadata) -> std::io::Result<()> {
    Ok(())
}
