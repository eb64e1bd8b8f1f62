//! Looks into archives for what a plan expected to be there.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::path::Path;

use flate2::read::GzDecoder;

use crate::engine::terms::cancel::Cancel;
use crate::engine::terms::limits::Limits;
use crate::engine::trees::unpack::{Counted, Zip};

/// The sentences of those expectations that are not met, each a member of an archive and what to say where it is missing. An
/// archive that cannot be read meets all: other code complains.
pub(super) fn missing<'a>(archive: &Path, expected: &[(&'a str, &'a str)]) -> Vec<&'a str> {
    let Ok(members) = members(archive) else { return Vec::new() };
    let missing = expected.iter().filter(|(member, _)| !holds(&members, member));
    missing.map(|(_, otherwise)| *otherwise).collect()
}

fn holds(members: &BTreeSet<String>, wanted: &str) -> bool {
    match wanted.strip_prefix("*/") {
        Some(below) => {
            let is_it =
                |rest: &str| rest.strip_prefix(below).is_some_and(|more| more.is_empty() || more.starts_with('/'));
            members.iter().any(|member| member.split_once('/').is_some_and(|(_, rest)| is_it(rest)))
        }
        None => is_at_or_below(members, wanted),
    }
}

/// Whether there is a member, or something in a folder of that name: what a link led to is copied.
fn is_at_or_below(members: &BTreeSet<String>, wanted: &str) -> bool {
    let folder = format!("{wanted}/");
    members.contains(wanted) || members.range(folder.clone()..).next().is_some_and(|member| member.starts_with(&folder))
}

/// The names in a ZIP, such as a wheel, or in a compressed tar.
fn members(archive: &Path) -> io::Result<BTreeSet<String>> {
    if archive.extension().is_none_or(|extension| extension != "gz") {
        return Ok(Zip::open(archive)?.names().map(Cow::into_owned).collect());
    }
    let file = File::open(archive)?;
    let (packed, limits, cancel) = (file.metadata()?.len(), Limits::current(), Cancel::default());
    let name = archive.file_name().unwrap_or_default().to_string_lossy();
    let mut tar = tar::Archive::new(Counted::new(GzDecoder::new(file), &name, packed, &limits, &cancel));
    let mut names = BTreeSet::new();
    for entry in tar.entries()? {
        names.insert(entry?.path()?.to_string_lossy().into_owned());
        limits.members(names.len() as u64).map_err(io::Error::other)?;
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn members_of_wheels_and_source_distributions_are_found() {
        let folder = tempfile::tempdir().unwrap();
        let wheel = folder.path().join("a.whl");
        let mut zip = zip::ZipWriter::new(File::create(&wheel).unwrap());
        zip.start_file("a/data.txt", zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(b"x").unwrap();
        zip.finish().unwrap();
        let sdist = folder.path().join("a-1.tar.gz");
        let gz = flate2::write::GzEncoder::new(File::create(&sdist).unwrap(), flate2::Compression::fast());
        let mut tar = tar::Builder::new(gz);
        let mut header = tar::Header::new_gnu();
        header.set_size(1);
        tar.append_data(&mut header, "a-1/src/a/data.txt", &b"x"[..]).unwrap();
        tar.into_inner().unwrap().finish().unwrap();
        assert!(holds(&members(&wheel).unwrap(), "a/data.txt"));
        assert!(!holds(&members(&wheel).unwrap(), "a/other.txt"));
        assert!(holds(&members(&wheel).unwrap(), "a") && !holds(&members(&wheel).unwrap(), "a/data"));
        assert!(holds(&members(&sdist).unwrap(), "*/src/a/data.txt"));
        assert!(!holds(&members(&sdist).unwrap(), "*/a/data.txt"));
    }

    #[test]
    fn what_is_no_archive_is_not_complained_about_here() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.whl");
        std::fs::write(&path, "no archive").unwrap();
        assert!(members(&path).is_err());
        assert!(missing(&path, &[("a", "it is missing")]).is_empty());
    }
}
