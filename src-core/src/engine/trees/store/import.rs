//! Takes what a step wrote into the store.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::{Manifest, Store, Tree};
use crate::engine::disk::error::{StoreError, at};
use crate::engine::disk::files::{is_executable, relative};
use crate::engine::terms::limits::Limits;

/// How much may still be taken of one step.
struct Quota {
    limits: Limits,
    files: u64,
    bytes: u64,
}

impl Quota {
    fn take(&mut self, bytes: u64) -> Result<(), StoreError> {
        self.files += 1;
        self.bytes = self.bytes.saturating_add(bytes);
        Ok(self.limits.written(self.files, self.bytes)?)
    }
}

impl Store {
    /// Takes everything a step wrote into the store and makes a tree of it. An error before anything is taken where it is
    /// more than one step may write.
    pub fn import(&self, folder: &Path) -> Result<Tree, StoreError> {
        self.import_within(folder, Limits::current())
    }

    fn import_within(&self, folder: &Path, limits: Limits) -> Result<Tree, StoreError> {
        let mut quota = Quota { limits, files: 0, bytes: 0 };
        let mut found = list(folder, &mut quota)?;
        // Links first: files are moved away, and then a link to one leads nowhere.
        found.sort_by_key(|(_, status)| !status.is_symlink());
        let mut manifest = Manifest::default();
        for (path, status) in found {
            let name = relative(folder, &path);
            if status.is_symlink() {
                self.import_link(folder, &path, &name, &mut manifest, &mut quota)?;
            } else if status.is_file() {
                manifest.add(name, self.take(&path, is_executable(&status))?)?;
            } else {
                return Err(StoreError::Strange { path: name, what: "neither a file nor a folder" });
            }
        }
        self.assemble(manifest)
    }

    /// A link becomes what it leads to, as long as that lies in the step's own folder.
    fn import_link(
        &self,
        root: &Path,
        path: &Path,
        name: &str,
        manifest: &mut Manifest,
        quota: &mut Quota,
    ) -> Result<(), StoreError> {
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
        if !target.is_dir() {
            return self.import_copy(&target, name, manifest, quota);
        }
        // Links in it are not followed again.
        for (path, status) in list(&target, &mut Quota { files: quota.files, bytes: quota.bytes, ..*quota })? {
            if status.is_file() {
                self.import_copy(&path, &format!("{name}/{}", relative(&target, &path)), manifest, quota)?;
            }
        }
        Ok(())
    }

    /// Takes a copy of a file, which is needed where it is, under another name.
    fn import_copy(
        &self,
        path: &Path,
        name: &str,
        manifest: &mut Manifest,
        quota: &mut Quota,
    ) -> Result<(), StoreError> {
        let mut file = File::open(path).map_err(at("read", path))?;
        let status = file.metadata().map_err(at("read", path))?;
        if !status.is_file() {
            return Err(StoreError::Strange { path: name.to_owned(), what: "neither a file nor a folder" });
        }
        quota.take(status.len())?;
        manifest.add(name.to_owned(), self.put_from(&mut file, status.len(), is_executable(&status), path)?)
    }
}

/// Everything below a folder that is not a folder itself; links are not followed.
fn list(folder: &Path, quota: &mut Quota) -> Result<Vec<(PathBuf, fs::Metadata)>, StoreError> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).map_err(at("list", &folder))? {
            let path = entry.map_err(at("list", &folder))?.path();
            let status = fs::symlink_metadata(&path).map_err(at("read", &path))?;
            if status.is_dir() {
                open.push(path);
                continue;
            }
            quota.take(status.len())?;
            found.push((path, status));
        }
    }
    Ok(found)
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

    #[test]
    fn a_step_that_writes_too_much_is_refused_before_any_of_it_is_read() {
        let (_keep, store) = store();
        let write = |name: &str, bytes: u64| {
            let path = store.work().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            File::create(&path).unwrap().set_len(bytes).unwrap();
        };
        let said = |folder: &str, limits| match store.import_within(&store.work().join(folder), limits) {
            Err(StoreError::TooMuch(passed)) => passed.to_string(),
            other => format!("{other:?}"),
        };
        write("sparse/a", 20 << 30);
        let expected = "it has 20480 MiB, more than Packwright takes: 16384 MiB";
        assert_eq!(said("sparse", Limits::current()), expected);
        (0..4).for_each(|number| write(&format!("many/{number}"), 0));
        let few = Limits { members: 3, ..Limits::current() };
        assert_eq!(said("many", few), "it holds 4 files, more than Packwright takes: 3");
        // Ten links to one file count like ten files.
        write("links/a", 1);
        (0..10).for_each(|number| {
            std::os::unix::fs::symlink("a", store.work().join(format!("links/{number}"))).unwrap();
        });
        let few = Limits { members: 11, ..Limits::current() };
        assert_eq!(said("links", few), "it holds 12 files, more than Packwright takes: 11");
    }
}
