//! Requirements that are folders or files of this machine, and the table in which uv says where others come from.

use std::path::{Component, Path, PathBuf};

use super::declared::Declared;
use super::document::Item;
use super::requirement;
use crate::facts::{Requirement, Risk, RiskKind, normalize};
use crate::inspect::InspectError;

/// Turns relative references such as `lib @ ../lib` into `file:` addresses, as PEP 508 asks for.
pub(crate) fn resolve(declared: &mut Declared, root: &Path) {
    for address in declared.sources.values_mut().filter(|address| requirement::is_local(address)) {
        *address = file_address(&root.join(address.as_str()));
    }
    for requirement in every_requirement(declared) {
        let Some((name, address)) = requirement.text.split_once(" @ ") else { continue };
        if !requirement::is_local(address) {
            continue;
        }
        let (path, rest) = match address.split_once(" ;") {
            Some((path, marker)) => (path.trim(), format!(" ; {}", marker.trim())),
            None => (address.trim(), String::new()),
        };
        requirement.text = format!("{name} @ {}{rest}", file_address(&root.join(path)));
    }
}

/// Applies `[tool.uv.sources]`: dependencies that an index shall not be asked for. Members of the workspace are found
/// by their names, and sources that differ by marker or index are uv's alone. What only a build tells is redirected by
/// who reads that.
pub(crate) fn apply_sources(root: &Item, declared: &mut Declared) -> Result<(), InspectError> {
    let Some(table) = root.find(&["tool", "uv", "sources"]) else { return Ok(()) };
    for (name, source) in table.entries()? {
        let address = address(&source);
        let is_member = source.get("workspace").and_then(|item| item.as_bool()) == Some(true);
        let name = normalize(name);
        if (address.is_some() || is_member) && declared.dependencies.iter().any(|needed| needed.name == name) {
            let (kind, source) = (RiskKind::LocalSource, source.source());
            declared.risks.push(Risk { kind, what: name.clone(), source });
        }
        declared.sources.extend(address.map(|address| (name, address)));
    }
    let sources = declared.sources.clone();
    for requirement in every_requirement(declared) {
        if let Some(address) = sources.get(&requirement.name) {
            requirement.text = redirected(&requirement.text, address);
        }
    }
    Ok(())
}

fn address(source: &Item) -> Option<String> {
    let part = |key: &str| source.get(key)?.as_text().map(str::to_owned);
    if let Some(repository) = part("git") {
        let at = part("rev").or_else(|| part("tag")).or_else(|| part("branch"));
        let at = at.map(|at| format!("@{at}")).unwrap_or_default();
        let folder = part("subdirectory").map(|folder| format!("#subdirectory={folder}")).unwrap_or_default();
        return Some(format!("git+{repository}{at}{folder}"));
    }
    let path = part("path").map(|path| if requirement::is_local(&path) { path } else { format!("./{path}") });
    path.or_else(|| part("url"))
}

/// A requirement with its versions replaced by an address; extras and marker stay, and so does an address that it has.
pub(crate) fn redirected(text: &str, address: &str) -> String {
    let (head, marker) = text.split_once(';').map_or((text, None), |(head, marker)| (head, Some(marker.trim())));
    if head.contains('@') {
        return text.to_owned();
    }
    let name = match head.split_once(']') {
        Some((extras, _)) => format!("{extras}]"),
        None => head.split(|character: char| "<>=!~( ".contains(character)).next().unwrap_or(head).to_owned(),
    };
    let marker = marker.map(|marker| format!(" ; {marker}")).unwrap_or_default();
    format!("{} @ {address}{marker}", name.trim())
}

fn every_requirement(declared: &mut Declared) -> impl Iterator<Item = &mut Requirement> {
    let of_extras = declared.extras.values_mut().flatten();
    let of_groups = declared.groups.values_mut().flatten();
    declared.dependencies.iter_mut().chain(of_extras).chain(of_groups).chain(&mut declared.constraints)
}

/// A path as a `file:` address: `.` and `..` are taken out, and what is no plain character is percent-encoded.
pub(crate) fn file_address(path: &Path) -> String {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    let text = plain.to_string_lossy().replace('\\', "/");
    let mut address = String::from(if text.starts_with('/') { "file://" } else { "file:///" });
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~:+".contains(&byte) {
            address.push(char::from(byte));
        } else {
            address.push_str(&format!("%{byte:02X}"));
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_becomes_an_address() {
        assert_eq!(file_address(Path::new("/a/b c/./../é")), "file:///a/%C3%A9");
    }

    #[test]
    fn what_a_wheel_does_not_say_of_a_dependency_is_a_risk() {
        let head = "[project]\nname = \"top\"\nversion = \"1\"\ndependencies = [\"six-helper\", \"beside\", \"own\", \"rich\"]\n";
        let sources = "[tool.uv.sources]\nSix_Helper = { path = \"libs/helper\" }\nbeside = { workspace = true }\n\
                       own = { index = \"mine\" }\nunused = { path = \"x\" }\n";
        let text = format!("{head}{sources}");
        let (_folder, tree) = crate::inspect::metadata::fixture::tree(&[("pyproject.toml", &text)]);
        let declared = crate::inspect::metadata::pyproject::read(&tree).unwrap().unwrap();
        let found: Vec<_> =
            declared.risks.iter().map(|risk| (risk.kind, risk.what.as_str(), risk.source.to_string())).collect();
        let line = |line: usize| format!("pyproject.toml:{line}");
        let expected = [(RiskKind::LocalSource, "six-helper", line(6)), (RiskKind::LocalSource, "beside", line(7))];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_source_replaces_the_versions_only() {
        assert_eq!(redirected("a[x,y]>=1 ; python_version < '3'", "./a"), "a[x,y] @ ./a ; python_version < '3'");
        assert_eq!(redirected("a (>=1)", "git+https://example.invalid/a"), "a @ git+https://example.invalid/a");
        assert_eq!(redirected("a; os_name == '@'", "./a"), "a @ ./a ; os_name == '@'");
        assert_eq!(redirected("a@https://x.test/a", "./a"), "a@https://x.test/a");
    }
}
