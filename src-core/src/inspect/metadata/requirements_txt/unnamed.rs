//! Lines of a requirement file that name an archive, a repository or a folder.

use super::local;
use crate::facts::{Requirement, Source};
use crate::inspect::metadata::requirement;

/// An archive, a repository or a folder that is not named as PEP 508 has it.
pub(super) struct Unnamed<'t> {
    address: &'t str,
    marker: Option<&'t str>,
}

/// The archive, the repository or the folder in a line.
pub(super) fn unnamed(text: &str) -> Option<Unnamed<'_>> {
    let (address, marker) = match text.split_once(" ;") {
        Some((address, marker)) => (address.trim(), Some(marker.trim())),
        None => (text, None),
    };
    let (head, _) = address.split_once('[').unwrap_or((address, ""));
    let is_url = head.split_once("://").is_some_and(|(scheme, _)| !scheme.contains([' ', '@']));
    let is_path = head.starts_with(['.', '/']) || head.contains('/') && !head.contains([' ', '@']);
    let is_archive = [".whl", ".tar.gz", ".zip"].iter().any(|ending| head.ends_with(ending)) && !head.contains('@');
    (is_url || is_path || is_archive).then_some(Unnamed { address, marker })
}

impl Unnamed<'_> {
    /// As a direct reference of PEP 508; `None` for the project itself.
    pub(super) fn requirement(&self, file: &str, source: Source) -> Option<Requirement> {
        let is_url = self.address.contains("://");
        let target = if is_url { self.address.to_owned() } else { local(file, self.address) };
        if target == "./" {
            // The project itself.
            return None;
        }
        let name = name_in(&target)?;
        let marker = self.marker.map(|marker| format!(" ; {marker}")).unwrap_or_default();
        Some(Requirement { text: format!("{name} @ {target}{marker}"), name: crate::facts::normalize(&name), source })
    }
}

/// `#egg=name`, or what the last part of the address begins with.
fn name_in(target: &str) -> Option<String> {
    let (address, fragment) = target.split_once('#').unwrap_or((target, ""));
    let egg = fragment.split('&').find_map(|part| part.strip_prefix("egg="));
    let address = address.trim_end_matches('/');
    let file = address.rsplit('/').next().unwrap_or(address);
    let file = file.split(['@', '?']).next().unwrap_or(file);
    let stem = file.strip_suffix(".git").unwrap_or(file);
    let stem = if stem.ends_with(".whl") || stem.ends_with(".tar.gz") || stem.ends_with(".zip") {
        stem.split('-').next().unwrap_or(stem)
    } else {
        stem
    };
    let name = egg.map_or(stem, |egg| egg.split('[').next().unwrap_or(egg));
    requirement::is_name(name).then(|| name.to_owned())
}
