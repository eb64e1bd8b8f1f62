//! Which projects' build code may run: asked once, kept outside the project, asked again when that code changes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::files::{hex, write_atomically};
use super::store::{StoreError, at};
use crate::facts::Project;

/// Files that decide what a build runs.
const DEFINITIONS: &[&str] = &["pyproject.toml", "setup.py", "setup.cfg", "packwright.toml", "uv.toml"];

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

/// Digest of what a build runs and of the settings that steer it.
fn digest_of(project: &Project) -> String {
    let mut hash = Sha256::new();
    let in_tree = project.build_system.iter().flat_map(|build| build.backend_path.iter());
    let in_tree: Vec<&String> = in_tree.collect();
    let decides = |file: &&String| {
        DEFINITIONS.contains(&file.as_str())
            || in_tree.iter().any(|folder| file.starts_with(folder.trim_start_matches("./")))
            || file.ends_with("build.py")
            || file.ends_with("hatch_build.py")
    };
    for file in project.selection.files.iter().filter(decides) {
        let contents = fs::read(project.root.join(file)).unwrap_or_default();
        hash.update(format!("{file}\t{}\n", hex(&Sha256::digest(contents))));
    }
    hex(&hash.finalize())
}
