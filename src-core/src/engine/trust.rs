//! Which projects' build code may run: asked once, kept outside the project, asked again when that code changes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::fetch::percent_decoded;
use super::files::{hex, write_atomically};
use super::store::{StoreError, at};
use crate::facts::Project;

/// The digests that were trusted, by project folder.
#[derive(Debug)]
pub(super) struct Trust {
    file: PathBuf,
}

impl Trust {
    pub fn open(folder: &Path) -> Self {
        Self { file: folder.join("trust.json") }
    }

    fn known(&self) -> BTreeMap<String, String> {
        fs::read(&self.file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
    }

    /// Whether the project was trusted as it is now.
    pub fn has(&self, project: &Project) -> bool {
        self.known().get(&project.root.display().to_string()).is_some_and(|digest| *digest == digest_of(project))
    }

    /// Remembers that it is trusted as it is now.
    pub fn grant(&self, project: &Project) -> Result<(), StoreError> {
        let folder = self.file.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(at("create", folder))?;
        let mut known = self.known();
        known.insert(project.root.display().to_string(), digest_of(project));
        write_atomically(&self.file, &serde_json::to_vec_pretty(&known).unwrap_or_default())
    }
}

/// Digest of what a build may run and of what steers it: where a project runs code of its own, that is all of its Python
/// and configuration, because a build script imports whatever it likes. Local projects it depends on count too.
fn digest_of(project: &Project) -> String {
    let mut hash = Sha256::new();
    let mut add = |name: &str, path: &Path| {
        let contents = fs::read(path).unwrap_or_default();
        hash.update(format!("{name}\t{}\n", hex(&Sha256::digest(contents))));
    };
    for file in project.selection.files.iter().filter(|file| decides(file)) {
        add(file, &project.root.join(file));
    }
    for folder in neighbours(project) {
        let entries = fs::read_dir(&folder).into_iter().flatten().flatten();
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| path.is_file()).collect();
        files.sort();
        for path in files.iter().filter(|path| decides(&path.to_string_lossy())) {
            add(&path.to_string_lossy(), path);
        }
    }
    hex(&hash.finalize())
}

fn decides(file: &str) -> bool {
    [".py", ".toml", ".cfg", ".in", ".pyx"].iter().any(|ending| file.ends_with(ending))
}

/// Folders of members of the workspace and of path dependencies.
fn neighbours(project: &Project) -> Vec<PathBuf> {
    let members = project.members.iter().map(|member| project.root.join(&member.path));
    let paths = project.dependencies.iter().filter_map(|requirement| requirement.text.split_once("@ file://"));
    let paths =
        paths.map(|(_, path)| PathBuf::from(percent_decoded(path.split([' ', ';', '#']).next().unwrap_or(path))));
    members.chain(paths).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trust_ends_when_anything_a_build_may_run_changes() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("project");
        let lib = folder.path().join("lib");
        for path in [&root, &lib] {
            fs::create_dir_all(path).unwrap();
        }
        fs::write(root.join("setup.py"), "import helper").unwrap();
        fs::write(root.join("helper.py"), "").unwrap();
        fs::write(lib.join("setup.py"), "").unwrap();
        let mut project = Project::empty(root.clone());
        project.selection.files = vec!["helper.py".into(), "setup.py".into()];
        project.members = vec![crate::facts::Member { name: "lib".into(), path: "../lib".into() }];
        let trust = Trust::open(&folder.path().join("data"));
        assert!(!trust.has(&project));
        for file in [root.join("helper.py"), lib.join("setup.py")] {
            trust.grant(&project).unwrap();
            assert!(trust.has(&project));
            fs::write(file, "print('something else')").unwrap();
            assert!(!trust.has(&project));
        }
    }
}
