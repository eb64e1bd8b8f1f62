//! Small wheels and source distributions, made without Python.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;

/// A distribution as an index serves it.
#[derive(Debug, Clone)]
pub struct Package {
    /// Its file name, which says name, version and tags.
    pub file: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// SHA-256 in hexadecimal digits, as the index announces it.
    pub sha256: String,
}

impl Package {
    fn new(file: String, bytes: Vec<u8>) -> Self {
        let sha256 = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        Self { file, bytes, sha256 }
    }

    /// This file under another one's hash: what an index serves that was tampered with.
    #[must_use]
    pub fn under_hash_of(self, other: &Self) -> Self {
        Self { sha256: other.sha256.clone(), ..self }
    }

    /// The distribution's name, as PEP 503 normalises it.
    pub fn name(&self) -> String {
        self.file.split('-').next().unwrap_or_default().replace('_', "-").to_lowercase()
    }
}

/// A distribution that is being described.
#[derive(Debug, Clone)]
pub struct Recipe {
    name: String,
    version: String,
    requires: Vec<String>,
    requires_python: Option<String>,
    metadata_version: &'static str,
    files: Vec<(String, String)>,
}

impl Recipe {
    /// A distribution with one module of the same name, which knows its version.
    pub fn new(name: &str, version: &str) -> Self {
        let module = (format!("{}.py", name.replace('-', "_")), format!("VERSION = \"{version}\"\n"));
        let (name, version) = (name.to_owned(), version.to_owned());
        Self {
            name,
            version,
            requires: Vec::new(),
            requires_python: None,
            metadata_version: "2.1",
            files: vec![module],
        }
    }

    /// Adds a requirement, PEP 508.
    #[must_use]
    pub fn requires(mut self, requirement: &str) -> Self {
        self.requires.push(requirement.into());
        self
    }

    /// Says which Pythons it runs on.
    #[must_use]
    pub fn requires_python(mut self, specifiers: &str) -> Self {
        self.requires_python = Some(specifiers.into());
        self
    }

    /// Says that no build will change what its metadata says, as PEP 643 defines it.
    #[must_use]
    pub fn static_metadata(mut self) -> Self {
        self.metadata_version = "2.2";
        self
    }

    /// Adds a file, in place of one of that name.
    #[must_use]
    pub fn file(mut self, path: &str, text: &str) -> Self {
        self.files.retain(|(other, _)| other != path);
        self.files.push((path.into(), text.into()));
        self
    }

    /// A wheel for every system.
    pub fn wheel(&self) -> Package {
        self.tagged_wheel("py3-none-any")
    }

    /// A wheel with these tags; what is inside stays the same.
    ///
    /// # Panics
    /// Never: the archive is written to memory.
    pub fn tagged_wheel(&self, tags: &str) -> Package {
        let stem = format!("{}-{}", self.name.replace('-', "_"), self.version);
        let info = format!("{stem}.dist-info");
        let pure = tags.ends_with("-none-any");
        let wheel = format!("Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: {pure}\nTag: {tags}\n");
        let mut files = self.files.clone();
        files.push((format!("{info}/METADATA"), self.metadata()));
        files.push((format!("{info}/WHEEL"), wheel));
        let record: String = files.iter().map(|(path, _)| format!("{path},,\n")).collect();
        files.push((format!("{info}/RECORD"), format!("{record}{info}/RECORD,,\n")));
        let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (path, text) in &files {
            archive.start_file(path, SimpleFileOptions::default()).expect("memory can be written");
            archive.write_all(text.as_bytes()).expect("memory can be written");
        }
        let bytes = archive.finish().expect("memory can be written").into_inner();
        Package::new(format!("{stem}-{tags}.whl"), bytes)
    }

    /// A source distribution that builds with this `pyproject.toml` and these further files.
    ///
    /// # Panics
    /// Never: the archive is written to memory.
    pub fn sdist(&self, pyproject: &str) -> Package {
        let stem = format!("{}-{}", self.name.replace('-', "_"), self.version);
        let mut files = self.files.clone();
        files.push(("pyproject.toml".into(), pyproject.into()));
        files.push(("PKG-INFO".into(), self.metadata()));
        let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        for (path, text) in &files {
            let mut header = tar::Header::new_gnu();
            header.set_size(text.len() as u64);
            header.set_mode(0o644);
            let path = format!("{stem}/{path}");
            archive.append_data(&mut header, path, text.as_bytes()).expect("memory can be written");
        }
        let bytes = archive.into_inner().and_then(GzEncoder::finish).expect("memory can be written");
        Package::new(format!("{stem}.tar.gz"), bytes)
    }

    fn metadata(&self) -> String {
        let mut text =
            format!("Metadata-Version: {}\nName: {}\nVersion: {}\n", self.metadata_version, self.name, self.version);
        text.extend(self.requires_python.iter().map(|python| format!("Requires-Python: {python}\n")));
        text.extend(self.requires.iter().map(|requirement| format!("Requires-Dist: {requirement}\n")));
        text
    }
}
