//! Core metadata: from the project where it is static, from a built wheel otherwise.

use std::io::Read;
use std::path::Path;

use crate::backend::CoreMetadata;
use crate::engine::trees::unpack::Zip;
use crate::facts::{EntryKind, Project};
use crate::inspect::configparser;

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
        files: Vec::new(),
    })
}

/// Reads `METADATA` and `entry_points.txt` of a wheel.
pub(in crate::engine) fn read_wheel_metadata(wheel: &Path) -> std::io::Result<CoreMetadata> {
    let mut archive = Zip::open(wheel)?;
    let mut texts = [String::new(), String::new()];
    let which = |name: &str| {
        let at_top = name.split('/').count() == 2 && name.contains(".dist-info/");
        ["/METADATA", "/entry_points.txt"].iter().position(|end| at_top && name.ends_with(end))
    };
    let told: Vec<_> = archive.names().map(|name| which(&name)).enumerate().collect();
    for (index, which) in told {
        let Some(which) = which else { continue };
        let mut bytes = Vec::new();
        archive.member(index)?.contents.take(MOST).read_to_end(&mut bytes)?;
        texts[which] = String::from_utf8_lossy(&bytes).into_owned();
    }
    let mut metadata = parse(&texts[0]);
    metadata.scripts = scripts(&texts[1]);
    metadata.files = archive.names().filter_map(|name| installed_file(&name)).collect();
    Ok(metadata)
}

/// The name of a file of a wheel that is installed among the commands.
fn installed_file(member: &str) -> Option<String> {
    let (folder, rest) = member.split_once('/')?;
    let name = rest.strip_prefix("scripts/").filter(|name| folder.ends_with(".data") && !name.is_empty())?;
    (!name.contains('/')).then(|| name.to_owned())
}

/// The header fields of core metadata; the description after the first empty line is not read.
pub(super) fn parse(text: &str) -> CoreMetadata {
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
    let sections = configparser::parse(text).unwrap_or_default();
    let scripts = sections.iter().filter(|section| ["console_scripts", "gui_scripts"].contains(&section.name.as_str()));
    scripts.flat_map(|section| &section.entries).map(|entry| (entry.key.clone(), entry.text())).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_is_read_up_to_the_description() {
        let metadata =
            parse("Metadata-Version: 2.1\nName: Demo\nVersion: 1.0\nRequires-Dist: click\n\nName: not this\n");
        assert_eq!((metadata.name.as_str(), metadata.version.as_str()), ("Demo", "1.0"));
        assert_eq!(metadata.requires_dist, ["click"]);
    }

    #[test]
    fn scripts_are_read_from_entry_points() {
        let text = "[console_scripts]\ndemo = demo.cli:main\n[other]\nx = y\n[gui_scripts]\nwin=demo:gui\n";
        assert_eq!(scripts(text), [("demo".into(), "demo.cli:main".into()), ("win".into(), "demo:gui".into())]);
    }
}
