//! Core metadata: from the project where it is static, from a built wheel otherwise.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;
use pep508_rs::{ExtraName, Requirement as Pep508, VerbatimUrl};

use crate::backend::CoreMetadata;
use crate::facts::{EntryKind, Project};

/// The most of a metadata file that is read, in bytes.
const MOST: u64 = 16 << 20;

/// Metadata that needs no build: name, version and requirements are written down.
pub(in crate::engine) fn static_metadata(project: &Project) -> Option<CoreMetadata> {
    let dynamic = |field: &str| project.dynamic.iter().any(|name| name == field);
    if project.is_buildable() && (dynamic("version") || dynamic("dependencies")) {
        return None;
    }
    let version = project.static_version()?;
    let scripts = project.entry_points.iter().filter(|entry| matches!(entry.kind, EntryKind::Console | EntryKind::Gui));
    Some(CoreMetadata {
        name: project.name.clone(),
        version: version.to_owned(),
        requires_python: project.requires_python.as_ref().map(|requires| requires.value.clone()),
        requires_dist: project.dependencies.iter().map(|requirement| requirement.text.clone()).collect(),
        scripts: scripts.map(|entry| (entry.name.clone(), entry.target.clone())).collect(),
    })
}

/// The run-time requirements of a project with these extras and groups.
pub(in crate::engine) fn requirements(
    project: &Project,
    metadata: Option<&CoreMetadata>,
    extras: &[String],
    groups: &[String],
) -> Vec<String> {
    let dynamic = project.dynamic.iter().any(|field| field == "dependencies" || field == "optional-dependencies");
    let mut all: Vec<String> = match metadata.filter(|_| dynamic) {
        Some(metadata) => metadata.requires_dist.iter().filter_map(|line| for_extras(line, extras)).collect(),
        None => {
            let own = project
                .dependencies
                .iter()
                .chain(extras.iter().filter_map(|extra| project.extras.get(extra)).flatten());
            own.map(|requirement| requirement.text.clone()).collect()
        }
    };
    all.extend(
        groups
            .iter()
            .filter_map(|group| project.groups.get(group))
            .flatten()
            .map(|requirement| requirement.text.clone()),
    );
    all.sort();
    all.dedup();
    all
}

/// A `Requires-Dist` line with its extra decided: the line without that condition, or nothing.
fn for_extras(line: &str, extras: &[String]) -> Option<String> {
    if !line.contains("extra") {
        return Some(line.to_owned());
    }
    let Ok(mut requirement) = line.parse::<Pep508<VerbatimUrl>>() else { return Some(line.to_owned()) };
    let extras: Vec<ExtraName> = extras.iter().filter_map(|extra| extra.parse().ok()).collect();
    // Whatever the environment: with these extras and no others, can it be needed at all?
    let needed = requirement.marker.clone().simplify_extras(&extras);
    requirement.marker = needed.clone();
    let text = requirement.to_string();
    (!needed.is_false() && !text.contains("extra ==")).then_some(text)
}

/// Reads `METADATA` and `entry_points.txt` of a wheel.
pub(in crate::engine) fn read_wheel_metadata(wheel: &Path) -> std::io::Result<CoreMetadata> {
    let mut archive = zip::ZipArchive::new(File::open(wheel)?)?;
    let mut texts = [String::new(), String::new()];
    for index in 0..archive.len() {
        let member = archive.by_index(index)?;
        let name = member.name()?.into_owned();
        let at_top = name.split('/').count() == 2 && name.contains(".dist-info/");
        let which = ["/METADATA", "/entry_points.txt"].iter().position(|end| at_top && name.ends_with(end));
        if let Some(which) = which {
            let mut bytes = Vec::new();
            member.take(MOST).read_to_end(&mut bytes)?;
            texts[which] = String::from_utf8_lossy(&bytes).into_owned();
        }
    }
    let mut metadata = parse(&texts[0]);
    metadata.scripts = scripts(&texts[1]);
    Ok(metadata)
}

/// The header fields of core metadata; the description after the first empty line is not read.
fn parse(text: &str) -> CoreMetadata {
    let mut metadata = CoreMetadata::default();
    for line in text.lines().take_while(|line| !line.is_empty()) {
        let Some((field, value)) = line.split_once(':') else { continue };
        let value = value.trim().to_owned();
        match field.to_ascii_lowercase().as_str() {
            "name" => metadata.name = value,
            "version" => metadata.version = value,
            "requires-python" => metadata.requires_python = Some(value),
            "requires-dist" => metadata.requires_dist.push(value),
            _ => {}
        }
    }
    metadata
}

/// The scripts of `entry_points.txt`.
fn scripts(text: &str) -> Vec<(String, String)> {
    let Ok(file) = ini::Ini::load_from_str(text) else { return Vec::new() };
    let sections = ["console_scripts", "gui_scripts"].into_iter().filter_map(|name| file.section(Some(name)));
    sections.flat_map(|section| section.iter()).map(|(name, target)| (name.to_owned(), target.to_owned())).collect()
}

/// The build requirements that a source distribution declares, or the legacy ones where it declares none.
pub(in crate::engine) fn build_requires_of_sdist(archive: &Path) -> std::io::Result<Vec<String>> {
    let legacy = || vec!["setuptools>=40.8.0".to_owned(), "wheel".to_owned()];
    let Some(text) = pyproject_of(archive)? else { return Ok(legacy()) };
    let table: toml::Table =
        toml::from_str(&text).map_err(|error: toml::de::Error| std::io::Error::other(error.message().to_owned()))?;
    let requires = table.get("build-system").and_then(|build| build.get("requires")).and_then(toml::Value::as_array);
    let Some(requires) = requires else { return Ok(legacy()) };
    requires.iter().filter_map(toml::Value::as_str).map(one_requirement).collect()
}

/// A requirement as its author wrote it, if it is one: what is none could be an option of the resolver.
fn one_requirement(text: &str) -> std::io::Result<String> {
    let text = text.trim();
    match text.parse::<Pep508<VerbatimUrl>>() {
        Ok(_) if !text.contains(char::is_control) => Ok(text.to_owned()),
        _ => {
            let shown: String = text.chars().take(80).flat_map(char::escape_debug).collect();
            Err(std::io::Error::other(format!(
                "`build-system.requires` of its `pyproject.toml` holds `{shown}`, which is not a requirement as PEP 508 defines it"
            )))
        }
    }
}

/// A setuptools before 70.1 asks its hook for `wheel`, which nobody declares; without network it must be there already.
pub(in crate::engine) fn with_wheel(mut requires: Vec<String>) -> Vec<String> {
    let named = |name: &str| {
        requires.iter().any(|requirement| requirement.split(|c: char| !c.is_alphanumeric()).next() == Some(name))
    };
    let pinned = requires
        .iter()
        .any(|requirement| requirement.starts_with("setuptools") && requirement.contains(['<', '=', '~']));
    if pinned && !named("wheel") {
        requires.push("wheel".into());
    }
    requires
}

fn pyproject_of(archive: &Path) -> std::io::Result<Option<String>> {
    let mut text = String::new();
    if archive.extension().is_some_and(|extension| extension == "zip") {
        let mut zip = zip::ZipArchive::new(File::open(archive)?)?;
        for index in 0..zip.len() {
            let member = zip.by_index(index)?;
            if is_pyproject(&member.name()?) {
                member.take(MOST).read_to_string(&mut text)?;
                return Ok(Some(text));
            }
        }
        return Ok(None);
    }
    let mut tar = tar::Archive::new(GzDecoder::new(File::open(archive)?));
    for entry in tar.entries()? {
        let entry = entry?;
        if is_pyproject(&entry.path()?.to_string_lossy()) {
            entry.take(MOST).read_to_string(&mut text)?;
            return Ok(Some(text));
        }
    }
    Ok(None)
}

/// `NAME-VERSION/pyproject.toml`, and no deeper.
fn is_pyproject(path: &str) -> bool {
    path.split('/').count() == 2 && path.ends_with("/pyproject.toml")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_requirement_of_an_extra_counts_only_when_the_extra_was_asked_for() {
        let line = "rich>=13 ; extra == 'pretty' and python_version >= '3.9'";
        assert_eq!(for_extras(line, &[]), None);
        assert!(for_extras(line, &["pretty".into()]).unwrap().starts_with("rich>=13"));
        assert_eq!(for_extras("click", &[]), Some("click".into()));
    }

    #[test]
    fn metadata_is_read_up_to_the_description() {
        let metadata =
            parse("Metadata-Version: 2.1\nName: Demo\nVersion: 1.0\nRequires-Dist: click\n\nName: not this\n");
        assert_eq!((metadata.name.as_str(), metadata.version.as_str()), ("Demo", "1.0"));
        assert_eq!(metadata.requires_dist, ["click"]);
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
    fn scripts_are_read_from_entry_points() {
        let text = "[console_scripts]\ndemo = demo.cli:main\n[other]\nx = y\n[gui_scripts]\nwin=demo:gui\n";
        assert_eq!(scripts(text), [("demo".into(), "demo.cli:main".into()), ("win".into(), "demo:gui".into())]);
    }
}
