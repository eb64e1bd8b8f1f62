//! Takes what a step wrote into the store.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Manifest, Store, StoreError, Tree, at};
use crate::engine::files::{is_executable, relative};

impl Store {
    /// Takes everything a step wrote into the store and makes a tree of it.
    pub fn import(&self, folder: &Path) -> Result<Tree, StoreError> {
        let mut found = Vec::new();
        list(folder, &mut found)?;
        // Links first: files are moved away, and then a link to one leads nowhere.
        found.sort_by_key(|(_, status)| !status.is_symlink());
        let mut manifest = Manifest::default();
        for (path, status) in found {
            let name = relative(folder, &path);
            if status.is_symlink() {
                self.import_link(folder, &path, &name, &mut manifest)?;
            } else if status.is_file() {
                manifest.add(name, self.take(&path, is_executable(&status))?)?;
            } else {
                return Err(StoreError::Strange { path: name, what: "neither a file nor a folder" });
            }
        }
        self.assemble(manifest)
    }

    /// A link becomes what it leads to, as long as that lies in the step's own folder.
    fn import_link(&self, root: &Path, path: &Path, name: &str, manifest: &mut Manifest) -> Result<(), StoreError> {
        let strange = || StoreError::Strange {
            path: name.to_owned(),
            what: "a link that leads nowhere, in a circle or out of it",
        };
        let target = fs::canonicalize(path).map_err(|_| strange())?;
        let root = fs::canonicalize(root).map_err(at("follow", root))?;
        let circle = path
            .parent()
            .and_then(|folder| fs::canonicalize(folder).ok())
            .is_some_and(|folder| folder.starts_with(&target));
        if circle || !target.starts_with(&root) {
            return Err(strange());
        }
        if target.is_dir() {
            return self.import_linked(&target, name, manifest);
        }
        let status = fs::metadata(&target).map_err(at("read", &target))?;
        let bytes = fs::read(&target).map_err(at("read", &target))?;
        manifest.add(name.to_owned(), self.put(&bytes, is_executable(&status))?)
    }

    /// Takes the files of a folder that a link leads to, under the name of the link. Links in it are not followed again.
    fn import_linked(&self, folder: &Path, name: &str, manifest: &mut Manifest) -> Result<(), StoreError> {
        for entry in fs::read_dir(folder).map_err(at("list", folder))? {
            let path = entry.map_err(at("list", folder))?.path();
            let below = format!("{name}/{}", relative(folder, &path));
            let found = fs::symlink_metadata(&path).map_err(at("read", &path))?;
            if found.is_dir() {
                self.import_linked(&path, &below, manifest)?;
            } else if found.is_file() {
                let bytes = fs::read(&path).map_err(at("read", &path))?;
                manifest.add(below, self.put(&bytes, is_executable(&found))?)?;
            }
        }
        Ok(())
    }
}

/// Everything below a folder that is not a folder itself; links are not followed.
fn list(folder: &Path, found: &mut Vec<(PathBuf, fs::Metadata)>) -> Result<(), StoreError> {
    for entry in fs::read_dir(folder).map_err(at("list", folder))? {
        let path = entry.map_err(at("list", folder))?.path();
        let status = fs::symlink_metadata(&path).map_err(at("read", &path))?;
        if status.is_dir() {
            list(&path, found)?;
        } else {
            found.push((path, status));
        }
    }
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use super::super::tests::store;
    use super::*;

    #[test]
    fn a_link_that_leads_out_of_a_step_is_refused() {
        let (_keep, store) = store();
        let out = store.work().join("out");
        fs::create_dir_all(&out).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", out.join("leak")).unwrap();
        let error = store.import(&out).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the step wrote `leak`, which is a link that leads nowhere, in a circle or out of it"
        );
    }

    #[test]
    fn links_inside_a_step_become_what_they_lead_to() {
        use std::os::unix::fs::symlink;
        let (_keep, store) = store();
        let out = store.work().join("out");
        fs::create_dir_all(out.join("real")).unwrap();
        fs::write(out.join("real/a"), "x").unwrap();
        symlink("real/a", out.join("file")).unwrap();
        symlink("real", out.join("folder")).unwrap();
        let tree = store.import(&out).unwrap();
        assert_eq!(tree.manifest.files.keys().collect::<Vec<_>>(), ["file", "folder/a", "real/a"]);
        fs::create_dir_all(out.join("again")).unwrap();
        symlink(".", out.join("again/self")).unwrap();
        assert!(store.import(&out).unwrap_err().to_string().contains("in a circle"));
    }
}
