//! Looks for folders of this machine in what is handed over.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use regex::bytes::Regex;

use crate::problem::count;

/// How much is looked at at a time.
const CHUNK: usize = 1024 * 1024;

/// One sentence for each folder that files mention.
pub(super) fn mentioned(files: &[PathBuf], folders: &[PathBuf]) -> Vec<String> {
    let sentence = |folder: &PathBuf| {
        let name = folder.to_str().filter(|name| name.len() > 1)?;
        let pattern = Regex::new(&regex::escape(name)).ok()?;
        let with: Vec<&PathBuf> =
            files.iter().filter(|file| holds(file, &pattern, name.len()).unwrap_or_default()).collect();
        let first = super::name(with.first()?);
        let others = with.len() - 1;
        let more = if others > 0 { format!(" and {}", count(others, "more file")) } else { String::new() };
        Some(format!("`{first}`{more} names a folder of the machine that built it, `{name}`"))
    };
    folders.iter().filter_map(sentence).collect()
}

fn holds(file: &Path, pattern: &Regex, length: usize) -> io::Result<bool> {
    let mut file = File::open(file)?;
    let mut chunk = vec![0; CHUNK + length];
    let mut kept = 0;
    loop {
        let read = file.read(&mut chunk[kept..])?;
        if read == 0 {
            return Ok(false);
        }
        let end = kept + read;
        if pattern.is_match(&chunk[..end]) {
            return Ok(true);
        }
        // What begins at the end of one chunk may go on in the next.
        kept = end.min(length);
        chunk.copy_within(end - kept..end, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_of_this_machine_is_found_across_chunks() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: Vec<u8>| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let head = vec![b'x'; CHUNK + 3];
        let files = [
            write("a", [&head[..], b"/home/me/.pyenv/lib"].concat()),
            write("b", b"#!/home/me/venv/bin/python".to_vec()),
            write("c", b"/home/other".to_vec()),
        ];
        let said = mentioned(&files, &["/home/me".into(), "/".into(), "/srv".into()]);
        assert_eq!(said, ["`a` and 1 more file names a folder of the machine that built it, `/home/me`"]);
    }
}
