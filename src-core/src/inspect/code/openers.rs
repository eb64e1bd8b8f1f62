//! What functions do with the paths they are given, from `openers.toml`.

use std::collections::{BTreeMap, HashSet};
use std::sync::LazyLock;

use serde::Deserialize;

use super::module::How;
use crate::embedded::data;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Openers {
    reads: Group,
    folders: Group,
    writes: Group,
    neither: Calls,
    beside: Beside,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    calls: HashSet<String>,
    keywords: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Calls {
    calls: HashSet<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Beside {
    calls: HashSet<String>,
    folders: BTreeMap<String, String>,
}

static OPENERS: LazyLock<Openers> = LazyLock::new(|| data!("inspect/code/openers.toml"));

/// What a function does with a path; `None` where it opens nothing itself.
pub(super) fn how(callee: &str) -> Option<How> {
    let openers = &*OPENERS;
    let end = callee.rfind('.').map_or("", |at| &callee[at..]);
    let is_in = |calls: &HashSet<String>| calls.contains(callee) || (!end.is_empty() && calls.contains(end));
    if is_in(&openers.writes.calls) {
        Some(How::Written)
    } else if is_in(&openers.reads.calls) {
        Some(How::Read)
    } else if is_in(&openers.folders.calls) {
        Some(How::Folder)
    } else if is_in(&openers.neither.calls) {
        None
    } else {
        Some(How::Perhaps)
    }
}

/// Whether a keyword argument of such a function names a path.
pub(super) fn is_path(how: How, keyword: &str) -> bool {
    let openers = &*OPENERS;
    let group = match how {
        How::Read => &openers.reads,
        How::Folder => &openers.folders,
        How::Written => &openers.writes,
        How::Perhaps => return true,
    };
    group.keywords.iter().any(|known| known == keyword)
}

/// Folders that a function looks for beside the module, each with the keyword that names another place.
pub(super) fn beside(callee: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let beside = &OPENERS.beside;
    let folders = beside.folders.iter().filter(move |_| beside.calls.contains(callee));
    folders.map(|(folder, keyword)| (folder.as_str(), keyword.as_str())).collect::<Vec<_>>().into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_known_by_their_name_or_its_end() {
        assert_eq!(how("pygame.image.load"), Some(How::Read));
        assert_eq!(how("pandas.DataFrame().to_csv"), Some(How::Written));
        assert_eq!(how("glob.glob"), Some(How::Folder));
        assert_eq!(how("arcade.load_texture"), Some(How::Perhaps));
        assert_eq!(how("log.info"), None);
        assert_eq!(beside("flask.Flask").map(|(folder, _)| folder).collect::<Vec<_>>(), ["static", "templates"]);
        assert!(is_path(How::Written, "filename") && !is_path(How::Written, "level"));
    }
}
