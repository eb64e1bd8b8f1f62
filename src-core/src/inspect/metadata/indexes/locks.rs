//! The registries that a lock says its packages came from.

use std::collections::BTreeMap;

use super::{address_from, plain_text};
use crate::facts::index::is_public;
use crate::facts::{IndexRole, LockFile, LockKind, NamedIndex, Source, Tied, normalize};
use crate::inspect::metadata::document::{Document, Item};
use crate::inspect::tree::Tree;

/// How uv begins to say where a package came from.
const REGISTRY: &str = "registry = \"";

/// What a lock of the usual form says, without parsing all of it, which would take longer than everything else here:
/// every package from the public index. Nothing where any word could mean something else.
fn usual(text: &str, lock: &LockFile) -> Option<Vec<NamedIndex>> {
    if text.contains('\\') {
        return None;
    }
    match lock.kind {
        LockKind::Poetry => (!text.contains("legacy")).then(Vec::new),
        LockKind::Uv => {
            let mut found = text.match_indices("registry");
            let Some((first, _)) = found.next() else { return Some(Vec::new()) };
            let rest = text[first..].strip_prefix(REGISTRY)?;
            let address = rest.split('"').next().filter(|address| is_public(address))?;
            let whole = format!("{REGISTRY}{address}\"");
            let source = Source::line(&lock.path, text[..first].matches('\n').count() + 1);
            let index = NamedIndex {
                name: None,
                address: Some(address.to_owned()),
                role: IndexRole::Locked,
                packages: Vec::new(),
                only: None,
                source,
                beside: None,
            };
            found.all(|(at, _)| text[at..].starts_with(&whole)).then(|| vec![index])
        }
        LockKind::Pdm | LockKind::Pylock => None,
    }
}

/// Each registry once, with its packages; those of the public index are not listed. A lock that cannot be read names
/// none here: whoever resolves with it says what is wrong.
pub(super) fn read(tree: &Tree, lock: &LockFile) -> Vec<NamedIndex> {
    let path = tree.root.join(&lock.path);
    let Some(text) = plain_text(&path).filter(|_| lock.kind != LockKind::Pdm) else { return Vec::new() };
    if let Some(usual) = usual(&text, lock) {
        return usual;
    }
    let Ok(document) = Document::parse(&lock.path, &text) else { return Vec::new() };
    let key = if lock.kind == LockKind::Pylock { "packages" } else { "package" };
    let packages = document.root().get(key).and_then(|list| list.elements().ok()).unwrap_or_default();
    let mut registries: BTreeMap<String, NamedIndex> = BTreeMap::new();
    for package in &packages {
        let (Some((name, registry)), Some(package_name)) = (registry(package), text_of(package, "name")) else {
            continue;
        };
        let Some(text) = registry.as_text() else { continue };
        let address = address_from(path.parent().unwrap_or(&tree.root), text);
        let index = registries.entry(address.clone()).or_insert_with(|| NamedIndex {
            name: name.map(str::to_owned),
            address: Some(address),
            role: IndexRole::Locked,
            packages: Vec::new(),
            only: None,
            source: registry.source(),
            beside: None,
        });
        if !index.is_public() {
            let (name, marker) = (normalize(package_name), marker(package));
            index.packages.push(Tied { name, marker, only: None, source: registry.source() });
        }
    }
    registries.into_values().collect()
}

/// Name and address of where a package came from: uv's `source.registry`, Poetry's `source` of the type `legacy`, and
/// `index` of PEP 751.
fn registry<'d>(package: &Item<'d>) -> Option<(Option<&'d str>, Item<'d>)> {
    if let Some(index) = package.get("index") {
        return Some((None, index));
    }
    let source = package.get("source")?;
    if let Some(registry) = source.get("registry") {
        return Some((None, registry));
    }
    let is_index = text_of(&source, "type").is_some_and(|kind| kind == "legacy");
    source.get("url").filter(|_| is_index).map(|url| (text_of(&source, "reference"), url))
}

fn marker(package: &Item) -> Option<String> {
    let markers = package.get("resolution-markers")?.texts().ok()?;
    Some(markers.iter().map(|marker| format!("({marker})")).collect::<Vec<_>>().join(" or "))
}

fn text_of<'d>(item: &Item<'d>, key: &str) -> Option<&'d str> {
    item.get(key)?.as_text()
}
