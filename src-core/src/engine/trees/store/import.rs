//! Takes what a step wrote into the store.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Manifest, Node, Store, Tree};
use crate::engine::disk::error::{StoreError, at};
use crate::engine::disk::files::{mode_of, name_below};
use crate::engine::terms::limits::Limits;
use crate::engine::trees::links;
use crate::plan::Mode;

/// How much may still be taken of one step.
struct Quota {
    limits: Limits,
    folders: u64,
    files: u64,
    bytes: u64,
}

impl Quota {
    fn new(limits: Limits) -> Self {
        Self { limits, folders: 0, files: 0, bytes: 0 }
    }

    fn take(&mut self, found: &fs::Metadata) -> Result<(), StoreError> {
        if found.is_dir() {
            self.folders += 1;
            return Ok(self.limits.members(self.folders)?);
        }
        self.files += 1;
        self.bytes = self.bytes.saturating_add(found.len());
        Ok(self.limits.written(self.files, self.bytes)?)
    }
}

impl Store {
    /// Takes everything a step wrote into the store and makes a tree of it. An error before anything is taken where it is
    /// more than one step may write, or something that no tree holds.
    pub fn import(&self, folder: &Path) -> Result<Tree, StoreError> {
        self.import_seen(folder, folder)
    }

    /// Likewise, where the step saw the folder at another place.
    pub fn import_seen(&self, folder: &Path, seen: &Path) -> Result<Tree, StoreError> {
        self.import_within(folder, seen, Limits::current())
    }

    fn import_within(&self, folder: &Path, seen: &Path, limits: Limits) -> Result<Tree, StoreError> {
        let mut manifest = Manifest::default();
        let mut files = Vec::new();
        for (path, found) in list(folder, &mut Quota::new(limits))? {
            let name = name_below(folder, &path)?;
            let mode = mode_of(&found);
            match strange(&found, mode) {
                Some(what) => return Err(StoreError::Strange { path: name, what }),
                None if found.is_symlink() => {
                    let to = target(&path, &name, &[folder, seen])?;
                    manifest.add(name, Node::Link { to })?;
                }
                None if found.is_dir() => manifest.add(name, Node::Folder { mode: meant(mode) })?,
                None => files.push((path, name, meant(mode))),
            }
        }
        for (path, name, mode) in files {
            let blob = self.take(&path, mode.is_executable())?;
            manifest.add(name, Node::File { blob, mode })?;
        }
        if let Err((path, astray)) = manifest.must_hold_together() {
            return Err(StoreError::Strange { path: path.to_owned(), what: astray.in_words() });
        }
        self.assemble(manifest)
    }
}

/// Where a link of a step leads. One that names the step's own folder says the same without it, wherever the tree is.
fn target(path: &Path, name: &str, folders: &[&Path]) -> Result<String, StoreError> {
    let target = fs::read_link(path).map_err(at("follow", path))?;
    let inside = folders.iter().find_map(|folder| target.strip_prefix(folder).ok());
    let text = inside
        .unwrap_or(&target)
        .to_str()
        .ok_or_else(|| StoreError::Strange { path: name.to_owned(), what: "a link to a name that is not UTF-8" })?;
    Ok(if inside.is_some() { links::relative(name, text) } else { text.to_owned() })
}

/// What something is that no tree holds.
fn strange(found: &fs::Metadata, mode: u32) -> Option<&'static str> {
    match found {
        found if found.is_symlink() => None,
        found if !found.is_file() && !found.is_dir() => Some("neither a file, a folder nor a link"),
        _ if mode & 0o7000 != 0 => Some("set to run as its owner or group, or sticky"),
        _ => None,
    }
}

/// The mode that a tool meant. What the umask and temporary files make of it, nobody meant: that others may write it, that
/// its owner may not, and that nobody else reads it at all.
fn meant(mode: u32) -> Mode {
    let usual = if mode & 0o111 == 0 { Mode::FILE } else { Mode::PROGRAM };
    // Neither its group nor others.
    if mode.trailing_zeros() >= 6 {
        return usual;
    }
    u16::try_from(mode & 0o755 | 0o600).ok().and_then(Mode::new).unwrap_or(usual)
}

/// Everything below a folder; links are not followed.
fn list(folder: &Path, quota: &mut Quota) -> Result<Vec<(PathBuf, fs::Metadata)>, StoreError> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).map_err(at("list", &folder))? {
            let path = entry.map_err(at("list", &folder))?.path();
            let status = fs::symlink_metadata(&path).map_err(at("read", &path))?;
            quota.take(&status)?;
            if status.is_dir() {
                open.push(path.clone());
            }
            found.push((path, status));
        }
    }
    Ok(found)
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs::{File, Permissions};
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::super::tests::store;
    use super::*;
    use crate::engine::disk::files::remove_all;

    /// An empty folder that a step writes.
    fn out(store: &Store) -> PathBuf {
        let out = store.work().join("out");
        remove_all(&out);
        fs::create_dir_all(out.join("real")).unwrap();
        fs::write(out.join("real/a"), "x").unwrap();
        out
    }

    fn refused(store: &Store, out: &Path) -> String {
        store.import(out).unwrap_err().to_string()
    }

    #[test]
    fn links_inside_a_step_stay_links() {
        let (_keep, store) = store();
        let out = out(&store);
        symlink("real/a", out.join("file")).unwrap();
        symlink("real", out.join("folder")).unwrap();
        symlink("../folder/a", out.join("real/b")).unwrap();
        symlink(out.join("real/a"), out.join("whole")).unwrap();
        symlink("/seen/out/file", out.join("real/c")).unwrap();
        let tree = store.import_seen(&out, Path::new("/seen/out")).unwrap();
        let to = |path: &str| match &tree.manifest.nodes[path] {
            Node::Link { to } => to.clone(),
            other => format!("{other:?}"),
        };
        assert_eq!(["file", "folder", "real/b"].map(to), ["real/a", "real", "../folder/a"]);
        assert_eq!(["whole", "real/c"].map(to), ["real/a", "../file"], "its own folder goes without saying");
        assert_eq!(fs::read_to_string(tree.path.join("real/c")).unwrap(), "x");
        assert_eq!(store.tree(&tree.digest), Some(tree));
    }

    #[test]
    fn a_link_that_leads_out_nowhere_or_in_a_circle_is_refused() {
        let (_keep, store) = store();
        let cases = [
            ("/etc/passwd", "a link that leads out of it"),
            ("../../etc/passwd", "a link that leads out of it"),
            ("missing", "a link that leads nowhere"),
            ("leak", "a link that leads in a circle"),
            (".", "a link that leads in a circle"),
        ];
        for (to, what) in cases {
            let out = out(&store);
            symlink(to, out.join("leak")).unwrap();
            assert_eq!(refused(&store, &out), format!("the step wrote `leak`, which is {what}"));
        }
    }

    #[test]
    fn what_no_tree_holds_is_named() {
        let (_keep, store) = store();
        let folder = out(&store);
        let socket = std::os::unix::net::UnixListener::bind(folder.join("socket")).unwrap();
        assert_eq!(refused(&store, &folder), "the step wrote `socket`, which is neither a file, a folder nor a link");
        drop(socket);
        for (name, bits) in [("real/a", 0o4755), ("real/a", 0o2755), ("real", 0o1777)] {
            let folder = out(&store);
            fs::set_permissions(folder.join(name), Permissions::from_mode(bits)).unwrap();
            let expected = format!("the step wrote `{name}`, which is set to run as its owner or group, or sticky");
            assert_eq!(refused(&store, &folder), expected);
        }
        let folder = out(&store);
        fs::write(folder.join(std::ffi::OsStr::from_bytes(b"caf\xe9")), "").unwrap();
        assert!(refused(&store, &folder).ends_with("which is a name that is not UTF-8"));
        let folder = out(&store);
        symlink(std::ffi::OsStr::from_bytes(b"caf\xe9"), folder.join("link")).unwrap();
        assert!(refused(&store, &folder).ends_with("`link`, which is a link to a name that is not UTF-8"));
        let device = fs::symlink_metadata("/dev/null").unwrap();
        assert_eq!(strange(&device, 0o666), Some("neither a file, a folder nor a link"));
    }

    #[test]
    fn an_empty_folder_and_the_modes_that_a_tool_meant_are_kept() {
        let (_keep, store) = store();
        let out = out(&store);
        fs::create_dir_all(out.join("empty/within")).unwrap();
        fs::create_dir(out.join("private")).unwrap();
        fs::set_permissions(out.join("private"), Permissions::from_mode(0o750)).unwrap();
        for bits in [0o640, 0o600, 0o444, 0o664, 0o755, 0o700, 0o744, 0o555] {
            let path = out.join(format!("{bits:o}"));
            fs::write(&path, "").unwrap();
            fs::set_permissions(&path, Permissions::from_mode(bits)).unwrap();
        }
        let tree = store.import(&out).unwrap();
        let mode = |path: &str| match tree.manifest.nodes.get(path) {
            Some(Node::File { mode, .. } | Node::Folder { mode }) => format!("{:o}", mode.bits()),
            other => format!("{other:?}"),
        };
        assert_eq!(["640", "600", "444", "664"].map(mode), ["640", "644", "644", "644"]);
        assert_eq!(["755", "700", "744", "555"].map(mode), ["755", "755", "744", "755"]);
        assert_eq!(["private", "empty/within", "empty"].map(mode), ["750", "755", "None"]);
        assert!(tree.path.join("empty/within").is_dir());
        let seen = |path: &str| fs::metadata(tree.path.join(path)).unwrap().permissions().mode() & 0o777;
        assert_eq!(["640", "600", "744"].map(seen), [0o440, 0o444, 0o544], "nothing in the store is writable");
        let copy = store.work().join("copy");
        store.copy_out(&tree, &copy).unwrap();
        let copied = |path: &str| fs::metadata(copy.join(path)).unwrap().permissions().mode() & 0o777;
        assert_eq!(["640", "600", "744", "private", "empty"].map(copied), [0o640, 0o644, 0o744, 0o750, 0o755]);
    }

    #[test]
    fn a_step_that_writes_too_much_is_refused_before_any_of_it_is_read() {
        let (_keep, store) = store();
        let write = |name: &str, bytes: u64| {
            let path = store.work().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            File::create(&path).unwrap().set_len(bytes).unwrap();
        };
        let said = |folder: &str, limits| {
            let folder = store.work().join(folder);
            match store.import_within(&folder, &folder, limits) {
                Err(StoreError::TooMuch(passed)) => passed.to_string(),
                other => format!("{other:?}"),
            }
        };
        write("sparse/a", 20 << 30);
        let expected = "it has 20480 MiB, more than Packwright takes: 16384 MiB";
        assert_eq!(said("sparse", Limits::current()), expected);
        let few = Limits { members: 3, ..Limits::current() };
        (0..4).for_each(|number| write(&format!("many/{number}"), 0));
        assert_eq!(said("many", few), "it holds 4 files, more than Packwright takes: 3");
        (0..4).for_each(|number| fs::create_dir_all(store.work().join(format!("folders/{number}"))).unwrap());
        assert_eq!(said("folders", few), "it holds 4 files, more than Packwright takes: 3");
        // Links count like files.
        write("links/a", 1);
        (0..10).for_each(|number| symlink("a", store.work().join(format!("links/{number}"))).unwrap());
        let few = Limits { members: 10, ..Limits::current() };
        assert_eq!(said("links", few), "it holds 11 files, more than Packwright takes: 10");
    }
}
