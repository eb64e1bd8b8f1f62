//! The project's own lock as constraints for the resolver, and as a list of the files that may be used.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use super::ResolveError;
use crate::backend::Lock;
use crate::engine::terms::address::percent_decoded;
use crate::facts::{LockFile, LockKind, normalize, pep};
use crate::inspect::regular;
use crate::plan::Remote;

/// What a lock allows: versions by package, hashes by file name.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Pins {
    versions: BTreeMap<String, Vec<(String, Option<String>)>>,
    files: BTreeMap<String, String>,
    /// Commits of packages that come from a Git repository.
    pub commits: BTreeMap<String, String>,
    /// Packages whose files the lock lists.
    listed: BTreeSet<String>,
    path: String,
}

impl Pins {
    /// Reads the lock of a project. Every format is TOML with a list of packages; they differ in where files are.
    pub fn read(root: &Path, file: &LockFile) -> Result<Self, ResolveError> {
        let path = root.join(&file.path);
        let bad = |why: String| ResolveError::OwnLock { path: file.path.clone(), why };
        let text = regular::read_text(&path, regular::LARGEST).map_err(|error| bad(error.to_string()))?;
        let table: toml::Table =
            toml::from_str(&text).map_err(|error: toml::de::Error| bad(error.message().to_owned()))?;
        let key = if file.kind == LockKind::Pylock { "packages" } else { "package" };
        let mut pins = Self { path: file.path.clone(), ..Self::default() };
        for package in table.get(key).and_then(toml::Value::as_array).into_iter().flatten() {
            pins.add(package, file.kind).map_err(bad)?;
        }
        // Old Poetry locks keep the files apart from the packages.
        let apart = table.get("metadata").and_then(|metadata| metadata.get("files")).and_then(toml::Value::as_table);
        for (name, files) in apart.into_iter().flatten() {
            pins.add_files(&normalize(name), files);
        }
        Ok(pins)
    }

    /// Adds one package; the error says what of it is not what the standards allow. The lock is the project's, so its
    /// words are read before they are written into a file of the resolver, where a line break would start an option.
    fn add(&mut self, package: &toml::Value, kind: LockKind) -> Result<(), String> {
        let text = |key: &str| package.get(key).and_then(toml::Value::as_str).map(str::to_owned);
        let Some(name) = text("name") else { return Ok(()) };
        let name =
            pep::package_name(&name).ok_or_else(|| format!("`{}` is not the name of a package", shown(&name)))?;
        if let Some(commit) = commit_of(package) {
            self.commits.insert(name.to_string(), commit);
        }
        let Some(version) = text("version") else { return Ok(()) };
        // The project itself and members of its workspace stand in a uv lock too, without a file.
        let source = package.get("source");
        if kind == LockKind::Uv
            && source
                .is_some_and(|source| ["editable", "virtual", "directory"].iter().any(|key| source.get(key).is_some()))
        {
            return Ok(());
        }
        let version = pep::version(&version)
            .ok_or_else(|| format!("`{}`, the version of `{name}`, is none of PEP 440", shown(&version)))?;
        let marker = match package.get("resolution-markers").and_then(toml::Value::as_array) {
            Some(markers) => Some(
                markers
                    .iter()
                    .filter_map(toml::Value::as_str)
                    .map(|marker| format!("({marker})"))
                    .collect::<Vec<_>>()
                    .join(" or "),
            ),
            None => text("marker").or_else(|| text("markers")),
        };
        self.versions
            .entry(name.to_string())
            .or_default()
            .push((version.to_string(), marker.as_deref().and_then(one_line)));
        for key in ["files", "wheels", "sdist"] {
            if let Some(files) = package.get(key) {
                self.add_files(name.as_ref(), files);
            }
        }
        Ok(())
    }

    /// Poetry and PDM write `{ file, hash }`, uv `{ url, hash }`, PEP 751 `{ name, url, hashes }`.
    fn add_files(&mut self, package: &str, files: &toml::Value) {
        let one = [files.clone()];
        for file in files.as_array().map_or(&one[..], Vec::as_slice) {
            let text = |key: &str| file.get(key).and_then(toml::Value::as_str);
            let path = |url: &str| url.split(['?', '#']).next().unwrap_or_default().to_owned();
            let last = |url: &str| path(url).rsplit('/').next().map(percent_decoded);
            let name = text("file")
                .or_else(|| text("name"))
                .map(str::to_owned)
                .or_else(|| text("url").or_else(|| text("path")).and_then(last));
            let hash = text("hash")
                .or_else(|| file.get("hashes").and_then(|hashes| hashes.get("sha256")).and_then(toml::Value::as_str));
            if let (Some(name), Some(hash)) = (name, hash) {
                self.listed.insert(package.to_owned());
                self.files.insert(name, hash.trim_start_matches("sha256:").to_owned());
            }
        }
    }

    /// Constraints for the resolver, one package a line.
    pub fn constraints(&self) -> String {
        let mut lines = String::new();
        for (name, versions) in &self.versions {
            // Two versions that no marker tells apart cannot both hold: the resolver decides then.
            let told_apart = versions.len() == 1 || versions.iter().all(|(_, marker)| marker.is_some());
            for (version, marker) in versions.iter().filter(|_| told_apart) {
                let marker = marker
                    .as_ref()
                    .filter(|_| versions.len() > 1)
                    .map(|marker| format!(" ; {marker}"))
                    .unwrap_or_default();
                let _ = writeln!(lines, "{name}=={version}{marker}");
            }
        }
        lines
    }

    /// Whether a file may be used: the lock lists none for the package, or this one.
    pub fn lists(&self, package: &str, file: &Remote) -> bool {
        let known = self.files.get(&file.name);
        known.map_or(!self.listed.contains(package), |hash| *hash == file.sha256)
    }

    /// Whether every file that was chosen is one the lock knows. Strictly: nothing else may be used.
    pub fn allow(&self, lock: &Lock, strict: bool) -> Result<(), ResolveError> {
        for package in &lock.packages {
            let known = self
                .versions
                .get(&package.name)
                .is_some_and(|versions| versions.iter().any(|(version, _)| *version == package.version));
            // A commit is as good as a version: some locks name only that.
            if strict && !known && !self.commits.contains_key(&package.name) {
                return Err(ResolveError::NotLocked {
                    name: package.name.clone(),
                    version: package.version.clone(),
                    path: self.path.clone(),
                });
            }
            for file in package.wheel.iter().chain(&package.sdist) {
                match self.files.get(&file.name) {
                    Some(hash) if *hash != file.sha256 => {
                        return Err(ResolveError::OtherFile { file: file.name.clone(), path: self.path.clone() });
                    }
                    _ => {}
                }
            }
            // Of a package only one file is used, and one without an address was made here, out of what the lock names.
            let used = package.wheel.as_ref().or(package.sdist.as_ref()).filter(|file| !file.url.starts_with("store:"));
            if let Some(file) = used.filter(|file| !self.files.contains_key(&file.name))
                && strict
                && self.listed.contains(&package.name)
            {
                return Err(ResolveError::UnlistedFile { file: file.name.clone(), path: self.path.clone() });
            }
        }
        Ok(())
    }
}

/// The commit of a package: uv writes it behind the address, Poetry and PDM beside the reference, PEP 751 as `vcs`.
fn commit_of(package: &toml::Value) -> Option<String> {
    let text = |table: &toml::Value, key: &str| table.get(key).and_then(toml::Value::as_str).map(str::to_owned);
    let (source, vcs) = (package.get("source"), package.get("vcs"));
    let of_uv = || text(source?, "git")?.rsplit_once('#').map(|(_, commit)| commit.to_owned());
    let of_poetry = || text(source?, "resolved_reference");
    let of_pdm = || package.get("git").and_then(|_| text(package, "revision"));
    of_uv().or_else(of_poetry).or_else(of_pdm).or_else(|| text(vcs?, "commit-id"))
}

/// A marker on one line. One that PEP 508 does not define tells no versions apart: PEP 751 knows more variables.
fn one_line(marker: &str) -> Option<String> {
    pep::marker(marker).ok()?;
    Some(marker.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|marker| !marker.is_empty())
}

/// The start of a word that is not to be trusted, on one line.
fn shown(word: &str) -> String {
    word.chars().take(80).flat_map(char::escape_debug).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::Locked;

    fn pins(kind: LockKind, text: &str) -> Pins {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("lock"), text).unwrap();
        Pins::read(folder.path(), &LockFile { path: "lock".into(), kind }).unwrap()
    }

    #[test]
    fn each_kind_of_lock_becomes_constraints_and_hashes() {
        let uv = "[[package]]\nname = 'app'\nversion = '1'\nsource = { editable = '.' }\n[[package]]\nname = 'Click'\nversion = '8.1'\n\
                  wheels = [{ url = 'https://x.test/click-8.1.whl', hash = 'sha256:aa' }]";
        let poetry =
            "[[package]]\nname = 'click'\nversion = '8.1'\nfiles = [{ file = 'click-8.1.whl', hash = 'sha256:aa' }]";
        let pylock = "[[packages]]\nname = 'click'\nversion = '8.1'\nwheels = [{ name = 'click-8.1.whl', url = 'u', hashes = { sha256 = 'aa' } }]";
        for (kind, text) in
            [(LockKind::Uv, uv), (LockKind::Poetry, poetry), (LockKind::Pdm, poetry), (LockKind::Pylock, pylock)]
        {
            let pins = pins(kind, text);
            assert_eq!(pins.constraints(), "click==8.1\n", "{kind:?}");
            assert_eq!(pins.files["click-8.1.whl"], "aa", "{kind:?}");
        }
    }

    #[test]
    fn each_kind_of_lock_names_the_commit_of_a_repository() {
        let uv = "[[package]]\nname = 'Lib'\nversion = '1'\nsource = { git = 'https://x.test/l?rev=main#abc' }";
        let poetry = "[[package]]\nname = 'lib'\nversion = '1'\n[package.source]\ntype = 'git'\nurl = 'https://x.test/l'\n\
                      reference = 'main'\nresolved_reference = 'abc'";
        let pdm = "[[package]]\nname = 'lib'\nversion = '1'\ngit = 'https://x.test/l'\nref = 'main'\nrevision = 'abc'";
        let pylock = "[[packages]]\nname = 'lib'\nvcs = { type = 'git', url = 'https://x.test/l', commit-id = 'abc' }";
        for (kind, text) in
            [(LockKind::Uv, uv), (LockKind::Poetry, poetry), (LockKind::Pdm, pdm), (LockKind::Pylock, pylock)]
        {
            assert_eq!(pins(kind, text).commits, [("lib".to_owned(), "abc".to_owned())].into(), "{kind:?}");
        }
    }

    #[test]
    fn two_versions_are_told_apart_by_their_markers_only() {
        let text = "[[package]]\nname = 'n'\nversion = '1'\nresolution-markers = [\"python_version < '3.10'\"]\n\
                    [[package]]\nname = 'n'\nversion = '2'\nresolution-markers = [\"python_version >= '3.10'\"]";
        assert_eq!(
            pins(LockKind::Uv, text).constraints(),
            "n==1 ; (python_version < '3.10')\nn==2 ; (python_version >= '3.10')\n"
        );
        assert_eq!(
            pins(LockKind::Uv, "[[package]]\nname='n'\nversion='1'\n[[package]]\nname='n'\nversion='2'").constraints(),
            ""
        );
    }

    #[test]
    fn a_lock_smuggles_no_option_into_the_constraints() {
        let read = |package: &str| {
            let folder = tempfile::tempdir().unwrap();
            std::fs::write(folder.path().join("lock"), format!("[[package]]\n{package}")).unwrap();
            Pins::read(folder.path(), &LockFile { path: "lock".into(), kind: LockKind::Uv }).map_err(|e| e.to_string())
        };
        assert_eq!(
            read("name = 'click'\nversion = \"8.1\\n--index-url http://x.test\"").unwrap_err(),
            "the lock `lock` cannot be read: `8.1\\n--index-url http://x.test`, the version of `click`, is none of PEP 440"
        );
        assert_eq!(
            read("name = \"a\\n-r x\"\nversion = '1'").unwrap_err(),
            "the lock `lock` cannot be read: `a\\n-r x` is not the name of a package"
        );
        let marked = |marker: &str| format!("name = 'n'\nversion = '1'\nmarker = {marker}\n");
        let two = |marker| format!("{}[[package]]\n{}", marked(marker), marked("\"os_name == 'nt'\""));
        assert_eq!(read(&two("\"os_name == 'a'\\n--pre\"")).unwrap().constraints(), "");
        assert_eq!(
            read(&two("\"os_name\\n== 'a'\"")).unwrap().constraints(),
            "n==1 ; os_name == 'a'\nn==1 ; os_name == 'nt'\n"
        );
    }

    #[test]
    fn a_file_that_is_not_the_locked_one_is_refused() {
        let pins = pins(
            LockKind::Poetry,
            "[[package]]\nname = 'click'\nversion = '8.1'\nfiles = [{ file = 'c.whl', hash = 'sha256:aa' }]",
        );
        let lock = |name: &str, hash: &str| {
            let wheel = Remote { name: "c.whl".into(), url: String::new(), sha256: hash.into(), bytes: None };
            Lock {
                packages: vec![Locked {
                    name: name.into(),
                    version: "8.1".into(),
                    wheel: Some(wheel),
                    sdist: None,
                    pure: None,
                }],
            }
        };
        assert!(pins.allow(&lock("click", "aa"), true).is_ok());
        let mut other = lock("click", "aa");
        other.packages[0].wheel.as_mut().unwrap().name = "other.whl".into();
        assert!(pins.allow(&other, false).is_ok());
        assert_eq!(
            pins.allow(&other, true).unwrap_err().to_string(),
            "`other.whl` is needed, but it is not among the files that `lock` lists for its package"
        );
        assert_eq!(
            pins.allow(&lock("click", "bb"), false).unwrap_err().to_string(),
            "the index has another `c.whl` than `lock` names"
        );
        let error = pins.allow(&lock("rich", "aa"), true).unwrap_err();
        assert_eq!(error.to_string(), "`rich 8.1` is needed, but `lock` does not name it");
    }
}
