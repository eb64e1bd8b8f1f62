//! What a source distribution says of itself without being run.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use flate2::read::GzDecoder;

use super::metadata;
use crate::backend::CoreMetadata;
use crate::engine::Cancel;
use crate::facts::{BuildSystem, Evidence, Source, pep};

/// The most of a file that is read, in bytes.
const MOST: u64 = 16 << 20;

/// The most that an archive may unpack to, in bytes: a few kilobytes can be made to unpack for ever.
const MOST_IN_ALL: u64 = 2 << 30;

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
        let name = archive.file_name().unwrap_or_default().to_string_lossy();
        Self::read_within(archive, &mut Allowance { name: &name, most: MOST_IN_ALL, left: MOST_IN_ALL, cancel })
    }

    fn read_within(archive: &Path, allowance: &mut Allowance) -> io::Result<Self> {
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
            let mut zip = zip::ZipArchive::new(File::open(archive)?)?;
            for index in 0..zip.len() {
                let member = zip.by_index(index)?;
                let path = member.name()?.into_owned();
                take(&path, &mut Counted { inner: member, allowance })?;
            }
        } else {
            let unpacked = GzDecoder::new(File::open(archive)?);
            let mut tar = tar::Archive::new(Counted { inner: unpacked, allowance });
            for entry in tar.entries()? {
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

/// How much may be unpacked of an archive.
struct Allowance<'a> {
    /// The archive, for messages.
    name: &'a str,
    most: u64,
    left: u64,
    cancel: &'a Cancel,
}

/// What is unpacked, counted.
struct Counted<'r, 'a, R> {
    inner: R,
    allowance: &'r mut Allowance<'a>,
}

impl<R: Read> Read for Counted<'_, '_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Allowance { name, most, left, cancel } = &mut *self.allowance;
        if cancel.is_cancelled() {
            return Err(io::Error::other(format!("reading `{name}` was cancelled")));
        }
        let read = self.inner.read(buffer)?;
        match left.checked_sub(read as u64) {
            Some(rest) => *left = rest,
            None => return Err(io::Error::other(format!("`{name}` unpacks to more than {} MiB", *most >> 20))),
        }
        Ok(read)
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
    use std::io::Write as _;

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
        let bytes = vec![0; 3 << 20];
        let (tar_path, zip_path) = (folder.path().join("a-1.tar.gz"), folder.path().join("a-1.zip"));
        let packed = flate2::write::GzEncoder::new(File::create(&tar_path).unwrap(), flate2::Compression::fast());
        let mut tar = tar::Builder::new(packed);
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        tar.append_data(&mut header, "a-1/other", bytes.as_slice()).unwrap();
        tar.into_inner().unwrap().finish().unwrap();
        let mut zip = zip::ZipWriter::new(File::create(&zip_path).unwrap());
        zip.start_file("a-1/PKG-INFO", zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(&bytes).unwrap();
        zip.finish().unwrap();
        for path in [tar_path, zip_path] {
            let name = path.file_name().unwrap().to_str().unwrap();
            let cancel = Cancel::default();
            let most = 2 << 20;
            let mut allowance = Allowance { name, most, left: most, cancel: &cancel };
            let error = Sdist::read_within(&path, &mut allowance).unwrap_err();
            assert_eq!(error.to_string(), format!("`{name}` unpacks to more than 2 MiB"));
            assert!(Sdist::read(&path, &cancel).is_ok());
            cancel.cancel();
            let error = Sdist::read(&path, &cancel).unwrap_err();
            assert_eq!(error.to_string(), format!("reading `{name}` was cancelled"));
        }
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
