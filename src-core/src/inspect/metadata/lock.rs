//! The project's own lock file.

use super::declared::Declared;
use super::lookup;
use crate::facts::{Definition, LockFile, LockKind};
use crate::inspect::tree::Tree;

/// Locks by their file names, in the order in which they are preferred where there are several.
const NAMES: [(&str, LockKind); 4] = [
    ("uv.lock", LockKind::Uv),
    ("pylock.toml", LockKind::Pylock),
    ("poetry.lock", LockKind::Poetry),
    ("pdm.lock", LockKind::Pdm),
];

/// The lock of a project: in its own folder, or in that of its workspace, which `above` leads to, as in `../../`.
pub(crate) fn find(tree: &Tree, declared: &Declared, above: Option<&str>) -> Option<LockFile> {
    if let Definition::Script(script) = &declared.definition {
        // `uv lock --script tool.py` writes the lock beside the script, which is all the tree of a script holds.
        let path = format!("{script}.lock");
        return tree.root.join(&path).is_file().then_some(LockFile { path, kind: LockKind::Uv });
    }
    let mut found: Vec<LockFile> = NAMES
        .into_iter()
        .filter(|(name, _)| tree.has(name) || tree.root.join(name).is_file())
        .map(|(name, kind)| LockFile { path: name.into(), kind })
        .collect();
    // The tool that builds the project most likely keeps the lock that counts.
    let backend = declared.build_system.as_ref().map(|system| system.backend.as_str()).unwrap_or_default();
    let own = if backend.starts_with("poetry") {
        Some(LockKind::Poetry)
    } else if backend.starts_with("pdm") {
        Some(LockKind::Pdm)
    } else {
        None
    };
    found.sort_by_key(|lock| Some(lock.kind) != own);
    found.into_iter().next().or_else(|| named(tree)).or_else(|| {
        let path = format!("{}uv.lock", above?);
        tree.root.join(&path).is_file().then_some(LockFile { path, kind: LockKind::Uv })
    })
}

/// `pylock.NAME.toml`, where it is the only one.
fn named(tree: &Tree) -> Option<LockFile> {
    let mut names = lookup::names_at_root(tree).filter(|name| {
        name.strip_prefix("pylock.").and_then(|rest| rest.strip_suffix(".toml")).is_some_and(|name| !name.contains('.'))
    });
    let only = names.next()?;
    names.next().is_none().then(|| LockFile { path: only.into(), kind: LockKind::Pylock })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{BuildSystem, Source};
    use crate::inspect::metadata::fixture;

    fn declared() -> Declared {
        Declared::new(Definition::Pyproject("pyproject.toml".into()))
    }

    #[test]
    fn the_lock_of_the_projects_own_tool_is_preferred() {
        let (_folder, tree) = fixture::tree(&[("uv.lock", ""), ("poetry.lock", ""), ("pylock.dev.toml", "")]);
        let kind = |backend: &str| {
            let build_system = BuildSystem {
                requires: Vec::new(),
                backend: backend.into(),
                backend_path: Vec::new(),
                source: Source::User,
                own_code: Vec::new(),
            };
            let declared = Declared { build_system: Some(build_system), ..declared() };
            find(&tree, &declared, None).unwrap().kind
        };
        assert_eq!((kind("poetry.core.masonry.api"), kind("hatchling.build")), (LockKind::Poetry, LockKind::Uv));
    }

    #[test]
    fn a_named_pylock_counts_where_it_is_the_only_one() {
        let (_folder, tree) = fixture::tree(&[("pylock.prod.toml", "")]);
        assert_eq!(find(&tree, &declared(), None).unwrap().path, "pylock.prod.toml");
        let (_folder, tree) = fixture::tree(&[("pylock.prod.toml", ""), ("pylock.dev.toml", "")]);
        assert_eq!(find(&tree, &declared(), None), None);
    }
}
