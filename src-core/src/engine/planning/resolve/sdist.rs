//! What a source distribution says of itself without being run.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use flate2::read::GzDecoder;

use super::metadata;
use crate::backend::CoreMetadata;
use crate::engine::terms::cancel::Cancel;
use crate::engine::terms::limits::Limits;
use crate::engine::trees::unpack::{Counted, Zip};
use crate::facts::{BuildSystem, Evidence, Source, pep};

/// The most of a file that is read, in bytes.
const MOST: u64 = 16 << 20;

/// The files beside the packages that say how it is built and what it needs.
const TOLD: [&str; 4] = ["pyproject.toml", "PKG-INFO", "setup.py", "setup.cfg"];

/// Fields that a build could change although `PKG-INFO` has them, where it says so.
const NEEDED: [&str; 3] = ["requires-dist", "requires-python", "provides-extra"];

/// A source distribution, as far as it is text.
#[derive(Debug, Default)]
pub(in crate::engine) struct Sdist(BTreeMap<String, String>);

impl Sdist {
    /// Reads an archive: `.tar.gz` as the standard asks for, or `.zip` as older ones are. An error where it unpacks to an
    /// absurd size, or where reading is cancelled.
    pub fn read(archive: &Path, cancel: &Cancel) -> io::Result<Self> {
        Self::read_within(archive, &Limits::current(), cancel)
    }

    fn read_within(archive: &Path, limits: &Limits, cancel: &Cancel) -> io::Result<Self> {
        let mut told = BTreeMap::new();
        let mut take = |path: &str, member: &mut dyn Read| -> io::Result<()> {
            if let Some(name) = at_top(path).filter(|name| TOLD.contains(name)) {
                let mut bytes = Vec::new();
                member.take(MOST).read_to_end(&mut bytes)?;
                told.insert(name.to_owned(), String::from_utf8_lossy(&bytes).into_owned());
            }
            Ok(())
        };
        if archive.extension().is_some_and(|extension| extension == "zip") {
            let mut zip = Zip::open(archive)?;
            for index in 0..zip.len() {
                let mut member = zip.member(index)?;
                take(&member.path, &mut member.contents)?;
            }
        } else {
            let name = archive.file_name().unwrap_or_default().to_string_lossy();
            let file = File::open(archive)?;
            let packed = file.metadata()?.len();
            let mut tar = tar::Archive::new(Counted::new(GzDecoder::new(file), &name, packed, limits, cancel));
            for (number, entry) in tar.entries()?.enumerate() {
                limits.members(number as u64 + 1).map_err(io::Error::other)?;
                let mut entry = entry?;
                let path = entry.path()?.to_string_lossy().into_owned();
                take(&path, &mut entry)?;
            }
        }
        Ok(Self(told))
    }

    /// What builds it: its `[build-system]`, or the default of PEP 517 where it has none.
    pub fn build_system(&self) -> io::Result<BuildSystem> {
        let mut system = BuildSystem {
            requires: ["setuptools>=40.8.0", "wheel"].map(str::to_owned).to_vec(),
            backend: "setuptools.build_meta:__legacy__".into(),
            backend_path: Vec::new(),
            source: Source::File { path: "pyproject.toml".into(), line: None },
            own_code: Vec::new(),
        };
        if let Some(text) = self.0.get("pyproject.toml") {
            let table: toml::Table =
                toml::from_str(text).map_err(|error: toml::de::Error| io::Error::other(error.message().to_owned()))?;
            let texts = |value: Option<&toml::Value>| -> Option<Vec<String>> {
                Some(value?.as_array()?.iter().filter_map(toml::Value::as_str).map(str::to_owned).collect())
            };
            let build = table.get("build-system");
            let key = |name: &str| build.and_then(|build| build.get(name));
            if let Some(requires) = texts(key("requires")) {
                system.requires = requires.iter().map(|text| one_requirement(text)).collect::<io::Result<_>>()?;
            }
            if let Some(backend) = key("build-backend").and_then(toml::Value::as_str) {
                backend.clone_into(&mut system.backend);
            }
            system.backend_path = texts(key("backend-path")).unwrap_or_default();
        }
        // Setuptools alone asks these files what else a build needs.
        let asks = self.0.contains_key("setup.py")
            || self.0.get("setup.cfg").is_some_and(|text| text.contains("setup_requires"));
        if asks && system.backend.starts_with("setuptools.") {
            let source = Source::File { path: "setup.py".into(), line: None };
            system.own_code.push(Evidence { value: "`setup.py`".into(), source });
        }
        Ok(system)
    }

    /// Its core metadata, where the author says that no build will change what resolving needs (PEP 643).
    pub fn static_metadata(&self) -> Option<CoreMetadata> {
        let text = self.0.get("PKG-INFO")?;
        let fields = || text.lines().take_while(|line| !line.is_empty()).filter_map(|line| line.split_once(':'));
        let all = |name: &str| {
            fields().filter(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).collect()
        };
        let version: Vec<&str> = all("Metadata-Version");
        let (major, minor) = version.first()?.split_once('.')?;
        let dynamic: Vec<&str> = all("Dynamic");
        let is_static = (major.parse::<u32>().ok()?, minor.parse::<u32>().ok()?) >= (2, 2)
            && !dynamic.iter().any(|field| NEEDED.contains(&field.to_ascii_lowercase().as_str()));
        let metadata = metadata::parse(text);
        (is_static && !metadata.name.is_empty() && !metadata.version.is_empty()).then_some(metadata)
    }
}

/// The name of a file in the one folder that a source distribution is, and no deeper.
fn at_top(path: &str) -> Option<&str> {
    let path = path.strip_prefix("./").unwrap_or(path);
    path.split_once('/').map(|(_, name)| name).filter(|name| !name.contains('/'))
}

/// A requirement as its author wrote it, if it is one: what is none could be an option of the resolver.
fn one_requirement(text: &str) -> io::Result<String> {
    let text = text.trim();
    match pep::requirement(text) {
        Ok(_) if !text.contains(char::is_control) => Ok(text.to_owned()),
        _ => {
            let shown: String = text.chars().take(80).flat_map(char::escape_debug).collect();
            Err(io::Error::other(format!(
                "`build-system.requires` of its `pyproject.toml` holds `{shown}`, which is not a requirement as PEP 508 defines it"
            )))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sdist(files: &[(&str, &str)]) -> Sdist {
        Sdist(files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect())
    }

    #[test]
    fn a_build_requirement_that_is_none_is_refused() {
        assert_eq!(one_requirement(" setuptools >= 61 ").unwrap(), "setuptools >= 61");
        assert_eq!(
            one_requirement("flit\n--extra-index-url http://x.test").unwrap_err().to_string(),
            "`build-system.requires` of its `pyproject.toml` holds `flit\\n--extra-index-url http://x.test`, which is not \
             a requirement as PEP 508 defines it"
        );
        assert!(one_requirement("a ; os_name ==\n'nt'").is_err());
    }

    #[test]
    fn an_archive_that_unpacks_for_ever_and_one_nobody_waits_for_are_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a-1.tar.gz");
        let bytes = vec![0; 3 << 20];
        let packed = flate2::write::GzEncoder::new(File::create(&path).unwrap(), flate2::Compression::fast());
        let mut tar = tar::Builder::new(packed);
        for name in ["a-1/other", "a-1/PKG-INFO"] {
            let mut header = tar::Header::new_gnu();
            header.set_size(bytes.len() as u64);
            tar.append_data(&mut header, name, bytes.as_slice()).unwrap();
        }
        tar.into_inner().unwrap().finish().unwrap();
        let (limits, cancel) = (Limits::current(), Cancel::default());
        assert!(Sdist::read_within(&path, &limits, &cancel).is_ok());
        let said = |limits: &Limits| Sdist::read_within(&path, limits, &cancel).unwrap_err().to_string();
        let small = said(&Limits { total: 2 << 20, ..limits });
        assert!(small.contains("`a-1.tar.gz`") && small.contains("more than Packwright takes: 2 MiB"), "{small}");
        assert!(said(&Limits { members: 1, ..limits }).starts_with("it holds 2 files, more than"));
        cancel.cancel();
        assert_eq!(said(&limits), "reading `a-1.tar.gz` was cancelled");
    }

    #[test]
    fn only_files_at_the_top_count() {
        assert_eq!(at_top("a-1.0/PKG-INFO"), Some("PKG-INFO"));
        assert_eq!(at_top("./a-1.0/PKG-INFO"), Some("PKG-INFO"));
        assert_eq!(at_top("a-1.0/a.egg-info/PKG-INFO"), None);
        assert_eq!(at_top("PKG-INFO"), None);
    }

    #[test]
    fn metadata_that_no_build_changes_is_taken_as_it_is_written() {
        let written = |head: &str| {
            let text = format!("{head}\nName: A\nVersion: 1\nRequires-Dist: b>=2\n\nDynamic: Requires-Dist\n");
            sdist(&[("PKG-INFO", &text)]).static_metadata().map(|metadata| metadata.requires_dist)
        };
        assert_eq!(written("Metadata-Version: 2.2"), Some(vec!["b>=2".to_owned()]));
        assert_eq!(written("Metadata-Version: 2.4\nDynamic: License-File"), Some(vec!["b>=2".to_owned()]));
        assert_eq!(written("Metadata-Version: 2.1"), None);
        assert_eq!(written("Metadata-Version: 2.4\nDynamic: requires-dist"), None);
        assert_eq!(sdist(&[]).static_metadata().map(|metadata| metadata.name), None);
    }

    #[test]
    fn what_builds_it_is_what_it_declares_or_the_default() {
        let legacy = sdist(&[("setup.py", "")]).build_system().unwrap();
        assert_eq!(legacy.requires, ["setuptools>=40.8.0", "wheel"]);
        assert!(legacy.backend.ends_with(":__legacy__") && !legacy.own_code.is_empty());
        let text = "[build-system]\nrequires = ['flit-core']\nbuild-backend = 'own'\nbackend-path = ['b']\n";
        let own = sdist(&[("pyproject.toml", text), ("setup.py", "")]).build_system().unwrap();
        assert_eq!(
            (own.backend.as_str(), own.backend_path, own.requires),
            ("own", vec!["b".into()], vec!["flit-core".into()])
        );
        let text = "[build-system]\nrequires = ['setuptools']\nbuild-backend = 'setuptools.build_meta'\n";
        assert!(sdist(&[("pyproject.toml", text)]).build_system().unwrap().own_code.is_empty());
        assert!(sdist(&[("pyproject.toml", "[build-system")]).build_system().is_err());
    }
}
