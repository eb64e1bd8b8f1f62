//! Compares a layer with what is below it.

use std::fs::{self, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;

use super::{Layer, Trace, Traces};

impl Layer {
    /// What it changes: sizes and dates of folders say nothing, and a file that was written again with the same content,
    /// owner and mode is the same.
    pub fn changes(&self) -> io::Result<Traces> {
        let mut traces = Traces::new();
        self.walk(Path::new(""), &mut traces)?;
        Ok(traces)
    }

    fn walk(&self, below: &Path, traces: &mut Traces) -> io::Result<()> {
        let mut names = Vec::new();
        for entry in fs::read_dir(self.upper.join(below))? {
            let name = entry?.file_name();
            let path = below.join(&name);
            names.push(name);
            let (upper, lower) = (self.upper.join(&path), self.lower.join(&path));
            let found = fs::symlink_metadata(&upper)?;
            let before = fs::symlink_metadata(&lower).ok();
            let trace = match &before {
                // A device with the number 0 stands for what was removed.
                _ if found.file_type().is_char_device() && found.rdev() == 0 => before.as_ref().map(|_| Trace::Gone),
                None => Some(Trace::There),
                Some(before) => (!is_same(&upper, &found, &lower, before)?).then_some(Trace::Changed),
            };
            traces.extend(trace.map(|trace| (absolute(&path), trace)));
            if found.is_dir() {
                self.walk(&path, traces)?;
            }
        }
        if self.is_copy || is_opaque(&self.upper.join(below)) {
            // A layer has removed it and made it again: what it held before is hidden.
            for entry in fs::read_dir(self.lower.join(below)).into_iter().flatten().flatten() {
                if !names.contains(&entry.file_name()) {
                    traces.insert(absolute(&below.join(entry.file_name())), Trace::Gone);
                }
            }
        }
        Ok(())
    }
}

fn absolute(path: &Path) -> String {
    format!("/{}", path.display())
}

/// Whether something is what it was: kind, mode, owner, and what it holds.
fn is_same(upper: &Path, found: &Metadata, lower: &Path, before: &Metadata) -> io::Result<bool> {
    let status = |found: &Metadata| (found.file_type(), found.mode(), found.uid(), found.gid());
    if status(found) != status(before) {
        return Ok(false);
    }
    if found.is_symlink() {
        return Ok(fs::read_link(upper)? == fs::read_link(lower)?);
    }
    if found.is_file() {
        return Ok(found.len() == before.len() && has_same_content(upper, lower)?);
    }
    Ok(true)
}

fn has_same_content(one: &Path, other: &Path) -> io::Result<bool> {
    let (mut one, mut other) = (fs::File::open(one)?, fs::File::open(other)?);
    let (mut here, mut there) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    loop {
        let read = one.read(&mut here)?;
        if read == 0 {
            return Ok(true);
        }
        other.read_exact(&mut there[..read])?;
        if here[..read] != there[..read] {
            return Ok(false);
        }
    }
}

/// Whether a folder of a layer hides the one below it.
fn is_opaque(folder: &Path) -> bool {
    let mut value = [0; 8];
    matches!(rustix::fs::lgetxattr(folder, "user.overlay.opaque", &mut value), Ok(length) if value[..length] == *b"y")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    fn written(folder: &Path, files: &[(&str, &str)]) {
        for (path, text) in files {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
    }

    #[test]
    fn only_what_is_another_is_a_change() {
        let keep = tempfile::tempdir().unwrap();
        let layer = Layer { upper: keep.path().join("u"), lower: keep.path().join("l"), is_copy: false };
        written(&layer.lower, &[("etc/same", "1"), ("etc/other", "1"), ("etc/mode", "1"), ("kept", "1")]);
        written(&layer.upper, &[("etc/same", "1"), ("etc/other", "2"), ("etc/mode", "1"), ("opt/new", "1")]);
        fs::set_permissions(layer.upper.join("etc/mode"), fs::Permissions::from_mode(0o600)).unwrap();
        symlink("/a", layer.lower.join("link")).unwrap();
        symlink("/b", layer.upper.join("link")).unwrap();
        let expected = [
            ("/etc/mode", Trace::Changed),
            ("/etc/other", Trace::Changed),
            ("/link", Trace::Changed),
            ("/opt", Trace::There),
            ("/opt/new", Trace::There),
        ];
        let expected: Traces = expected.into_iter().map(|(path, trace)| (path.to_owned(), trace)).collect();
        assert_eq!(layer.changes().unwrap(), expected);
        let mut of_copy = expected;
        of_copy.insert("/kept".into(), Trace::Gone);
        assert_eq!(Layer { is_copy: true, ..layer }.changes().unwrap(), of_copy);
    }
}
