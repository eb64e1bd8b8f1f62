//! Reads `pylock.toml` (PEP 751), as `uv pip compile --format pylock.toml` writes it for one environment.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::ResolveError;
use crate::backend::{Lock, Locked};
use crate::engine::terms::address::percent_decoded;
use crate::facts::PythonVersion;
use crate::plan::Remote;

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct File {
    lock_version: String,
    #[serde(default)]
    packages: Vec<Package>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Package {
    name: String,
    version: Option<String>,
    #[serde(default)]
    wheels: Vec<Source>,
    sdist: Option<Source>,
    archive: Option<Source>,
    directory: Option<toml::Table>,
    vcs: Option<toml::Table>,
}

#[derive(Deserialize)]
struct Source {
    name: Option<String>,
    url: Option<String>,
    path: Option<String>,
    size: Option<u64>,
    #[serde(default)]
    hashes: BTreeMap<String, String>,
}

/// The packages of a lock. Of several wheels the first is meant: uv lists only the one that fits the environment best.
pub(super) fn read(text: &str) -> Result<Lock, ResolveError> {
    let file: File = toml::from_str(text).map_err(|error| ResolveError::Answer(error.message().to_owned()))?;
    if !file.lock_version.starts_with("1.") {
        return Err(ResolveError::Answer(format!(
            "the version of the lock is {}, and 1.0 is understood",
            file.lock_version
        )));
    }
    let mut packages = file.packages.into_iter().map(locked).collect::<Result<Vec<_>, _>>()?;
    packages.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(Lock { packages })
}

/// A lock that names versions and no files.
pub(super) fn versions(lock: &Lock) -> String {
    let version =
        |package: &Locked| BTreeMap::from([("name", package.name.clone()), ("version", package.version.clone())]);
    let packages: Vec<_> = lock.packages.iter().map(version).collect();
    let file = [("lock-version", "1.0".into()), ("created-by", "packwright".into()), ("packages", packages.into())];
    file.map(|(key, value): (&str, toml::Value)| (key.to_owned(), value))
        .into_iter()
        .collect::<toml::Table>()
        .to_string()
}

/// The wheels of a lock for all environments that this Python imports everywhere, by the names of their packages.
pub(super) fn pure(text: &str, python: PythonVersion) -> Result<BTreeMap<String, Remote>, ResolveError> {
    let file: File = toml::from_str(text).map_err(|error| ResolveError::Answer(error.message().to_owned()))?;
    let mut found = BTreeMap::new();
    for package in file.packages {
        for wheel in package.wheels.iter().map(remote) {
            let wheel = wheel?;
            if is_pure(&wheel.name, python) {
                found.insert(package.name.clone(), wheel);
            }
        }
    }
    Ok(found)
}

/// Whether the tags of a wheel, PEP 425, say that it runs on every platform and on this Python.
fn is_pure(wheel: &str, python: PythonVersion) -> bool {
    let Some(tag) = wheel.strip_suffix("-none-any.whl").and_then(|rest| rest.rsplit('-').next()) else { return false };
    tag.split('.').any(|tag| match tag.strip_prefix("py3") {
        Some("") => true,
        Some(minor) => minor.parse().is_ok_and(|minor: u8| python.major == 3 && minor <= python.minor),
        None => false,
    })
}

fn locked(package: Package) -> Result<Locked, ResolveError> {
    if package.directory.is_some() || package.vcs.is_some() {
        let kind = if package.vcs.is_some() { "a version control system" } else { "a folder" };
        return Err(ResolveError::NoFile { name: package.name, kind: kind.into() });
    }
    let archive = package.archive.as_ref().map(remote).transpose()?;
    let archive_is_wheel = archive.as_ref().is_some_and(|archive| archive.name.ends_with(".whl"));
    let wheel = package.wheels.first().map(remote).transpose()?;
    let sdist = package.sdist.as_ref().map(remote).transpose()?;
    let (wheel, sdist) = match (archive, archive_is_wheel) {
        (Some(archive), true) => (Some(archive), None),
        (Some(archive), false) => (None, Some(archive)),
        (None, _) => (wheel, sdist),
    };
    let from_file = || wheel.as_ref().and_then(|wheel| wheel.name.split('-').nth(1)).unwrap_or("0").to_owned();
    Ok(Locked {
        version: package.version.clone().unwrap_or_else(from_file),
        name: package.name,
        wheel,
        sdist,
        pure: None,
    })
}

fn remote(source: &Source) -> Result<Remote, ResolveError> {
    let url = match (&source.url, &source.path) {
        (Some(url), _) => url.clone(),
        (None, Some(path)) => format!("file://{path}"),
        (None, None) => return Err(ResolveError::Answer("a file of the lock has neither address nor path".into())),
    };
    let last = url.split(['?', '#']).next().unwrap_or(&url).rsplit('/').next().unwrap_or_default();
    let name = source.name.clone().unwrap_or_else(|| percent_decoded(last));
    // The name becomes a path in a folder of ours.
    if name.is_empty() || name.contains(['/', '\\', '\0']) || name.starts_with('.') {
        return Err(ResolveError::Answer(format!("`{name}` is not the name of a file")));
    }
    let sha256 = source.hashes.get("sha256").cloned().ok_or_else(|| ResolveError::NoHash { name: name.clone() })?;
    if sha256.len() != 64 || !sha256.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(ResolveError::Answer(format!("`{sha256}` is not a SHA-256")));
    }
    Ok(Remote { name, url, sha256, bytes: source.size })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

    #[test]
    fn wheels_and_source_only_packages_are_read() {
        let text = format!(
            r#"
            lock-version = "1.0"
            created-by = "uv"
            [[packages]]
            name = "b"
            version = "2"
            sdist = {{ url = "https://x.test/b-2.tar.gz", hashes = {{ sha256 = "{HASH}" }} }}
            [[packages]]
            name = "a"
            version = "1"
            wheels = [{{ url = "https://x.test/a-1-py3-none-any.whl#frag", size = 9, hashes = {{ sha256 = "{HASH}" }} }}]
            "#
        );
        let lock = read(&text).unwrap();
        assert_eq!(lock.packages[0].wheel.as_ref().unwrap().name, "a-1-py3-none-any.whl");
        assert_eq!(lock.source_only().map(|package| package.name.as_str()).collect::<Vec<_>>(), ["b"]);
        assert!(lock.native().is_empty());
        let versions = read(&versions(&lock)).unwrap().packages;
        assert_eq!(versions.len(), 2);
        assert_eq!((versions[0].name.as_str(), versions[0].version.as_str()), ("a", "1"));
        assert!(versions.iter().all(|package| package.wheel.is_none() && package.sdist.is_none()));
    }

    #[test]
    fn of_the_wheels_for_everything_the_one_that_runs_everywhere_is_found() {
        let wheel = |name: &str| format!("{{ url = 'https://x.test/{name}', hashes = {{ sha256 = '{HASH}' }} }}");
        let text = format!(
            "lock-version = '1.0'\n[[packages]]\nname = 'fast'\nversion = '1'\nwheels = [{}, {}]\n\
             [[packages]]\nname = 'old'\nversion = '1'\nwheels = [{}]\n",
            wheel("fast-1-cp311-cp311-win_amd64.whl"),
            wheel("fast-1-py3-none-any.whl"),
            wheel("old-1-py2-none-any.whl"),
        );
        let found = pure(&text, PythonVersion { major: 3, minor: 11 }).unwrap();
        assert_eq!(found.values().map(|wheel| wheel.name.as_str()).collect::<Vec<_>>(), ["fast-1-py3-none-any.whl"]);
        let minor = |minor| PythonVersion { major: 3, minor };
        assert!(is_pure("a-1-py310-none-any.whl", minor(11)) && !is_pure("a-1-py312-none-any.whl", minor(11)));
        assert!(is_pure("a-1-py2.py3-none-any.whl", minor(9)) && !is_pure("a-1-py3-none-win_amd64.whl", minor(9)));
    }

    #[test]
    fn a_file_without_hash_or_with_a_name_that_is_a_path_is_refused() {
        let lock = |source: &str| {
            read(&format!("lock-version = '1.0'\n[[packages]]\nname = 'a'\nversion = '1'\nwheels = [{source}]"))
                .unwrap_err()
                .to_string()
        };
        assert_eq!(
            lock("{ url = 'https://x.test/a.whl' }"),
            "the index gives no SHA-256 for `a.whl`, so it cannot be checked"
        );
        let evil = format!("{{ name = '../a.whl', url = 'https://x.test/a', hashes = {{ sha256 = '{HASH}' }} }}");
        assert_eq!(lock(&evil), "the resolver's answer cannot be used: `../a.whl` is not the name of a file");
    }
}
