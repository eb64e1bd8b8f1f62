//! What a pick means in a tree: said once, for words, copies, archives and artifacts alike.
//!
//! A path is taken literally, and a folder is never meant by the head of another name. In a pattern `*` and `?` stay within one
//! part of a path, `**` crosses them, and nothing else is special to a path: `*.whl` means files of the top, `**/*.pyc` all.

use std::collections::BTreeSet;

use globset::{GlobBuilder, GlobMatcher};

use super::store::{Blob, Tree};
use crate::plan::Pick;
use crate::problem::listing;

/// How many of the files that are there an error names.
const NAMED: usize = 20;

/// Something in a tree that is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::engine) enum Picked<'a> {
    /// A file, by its path in the tree.
    File(&'a str, &'a Blob),
    /// A folder, by its path in the tree, which is empty for the tree itself; and its files, by their paths below it.
    Folder(&'a str, Vec<(&'a str, &'a Blob)>),
}

/// Why nothing is meant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PickError {
    /// It is not there, or it is there several times.
    #[error("{} was expected, but {}", wanted(pick), seen_in_words(seen))]
    NotThere {
        /// What was asked for.
        pick: Pick,
        /// Files that were there, or those that matched.
        seen: Vec<String>,
    },
    /// A pattern that is none.
    #[error("`{0}` is not a pattern")]
    Pattern(String),
}

fn wanted(pick: &Pick) -> String {
    match pick {
        Pick::Folder => "a folder with something in it".into(),
        Pick::Path(path) => format!("`{path}`"),
        Pick::One(pattern) => format!("one file like `{pattern}`"),
        Pick::All(pattern) => format!("a file like `{pattern}`"),
    }
}

fn seen_in_words(seen: &[String]) -> String {
    if seen.is_empty() { "there was no file at all".into() } else { format!("there was {}", listing(seen)) }
}

impl<'a> Picked<'a> {
    /// Its path in the tree.
    pub fn path(&self) -> &'a str {
        match self {
            Self::File(path, _) | Self::Folder(path, _) => path,
        }
    }

    /// The last part of its path.
    pub fn name(&self) -> &'a str {
        self.path().rsplit('/').next().unwrap_or_default()
    }

    /// Its files, by the paths that they have once it stands at `to`.
    pub fn at(&self, to: &str) -> Vec<(String, &'a Blob)> {
        match self {
            Self::File(_, blob) => vec![(to.to_owned(), *blob)],
            Self::Folder(_, files) if to.is_empty() => {
                files.iter().map(|(below, blob)| ((*below).to_owned(), *blob)).collect()
            }
            Self::Folder(_, files) => files.iter().map(|(below, blob)| (format!("{to}/{below}"), *blob)).collect(),
        }
    }
}

impl Tree {
    /// What is meant: something, unless all files like a pattern are asked of a tree without any file.
    pub fn select<'a>(&'a self, pick: &'a Pick) -> Result<Vec<Picked<'a>>, PickError> {
        let found = match pick {
            Pick::Folder => vec![Picked::Folder("", self.files_below("").collect())],
            Pick::Path(path) => self.at_path(path).into_iter().collect(),
            Pick::One(pattern) | Pick::All(pattern) => {
                let pattern = compiled(pattern)?;
                let files = self.files_below("").filter(|(path, _)| pattern.is_match(path));
                files.map(|(path, blob)| Picked::File(path, blob)).collect()
            }
        };
        let is_meant = match pick {
            Pick::Folder => true,
            Pick::Path(_) | Pick::One(_) => found.len() == 1,
            Pick::All(_) => !found.is_empty() || self.manifest.files.is_empty(),
        };
        if is_meant { Ok(found) } else { Err(self.not_there(pick, &found)) }
    }

    /// The one thing that is meant: a file, or a folder with something in it.
    pub fn select_one<'a>(&'a self, pick: &'a Pick) -> Result<Picked<'a>, PickError> {
        let mut found = self.select(pick)?;
        match (found.pop(), found.is_empty()) {
            (Some(Picked::Folder(_, files)), _) if files.is_empty() => Err(self.not_there(pick, &[])),
            (Some(one), true) => Ok(one),
            (last, _) => Err(self.not_there(pick, &found.into_iter().chain(last).collect::<Vec<_>>())),
        }
    }

    /// The paths of files that one of these patterns fits; none is as good as any.
    pub fn matching(&self, patterns: &[String]) -> Result<BTreeSet<&str>, PickError> {
        let patterns: Vec<GlobMatcher> = patterns.iter().map(|pattern| compiled(pattern)).collect::<Result<_, _>>()?;
        let paths = self.manifest.files.keys().map(String::as_str);
        Ok(paths.filter(|path| patterns.iter().any(|pattern| pattern.is_match(path))).collect())
    }

    fn at_path<'a>(&'a self, path: &'a str) -> Option<Picked<'a>> {
        if let Some((path, blob)) = self.manifest.files.get_key_value(path) {
            return Some(Picked::File(path, blob));
        }
        let files: Vec<_> = self.files_below(path).collect();
        (!files.is_empty()).then_some(Picked::Folder(path, files))
    }

    /// Files in a folder of the tree by their paths below it; the empty path is the tree itself.
    fn files_below<'a>(&'a self, folder: &str) -> impl Iterator<Item = (&'a str, &'a Blob)> {
        self.manifest.files.iter().filter_map(move |(path, blob)| match folder {
            "" => Some((path.as_str(), blob)),
            folder => Some((path.strip_prefix(folder)?.strip_prefix('/')?, blob)),
        })
    }

    fn not_there(&self, pick: &Pick, found: &[Picked]) -> PickError {
        let all = self.manifest.files.keys().map(String::as_str);
        let seen: Vec<&str> = if found.is_empty() { all.collect() } else { found.iter().map(Picked::path).collect() };
        PickError::NotThere {
            pick: pick.clone(),
            seen: seen.into_iter().take(NAMED).map(|path| format!("`{path}`")).collect(),
        }
    }
}

fn compiled(pattern: &str) -> Result<GlobMatcher, PickError> {
    let glob = GlobBuilder::new(pattern).literal_separator(true).build();
    Ok(glob.map_err(|_| PickError::Pattern(pattern.into()))?.compile_matcher())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::trees::store::Manifest;

    fn tree(files: &[&str]) -> Tree {
        let blob = Blob { sha256: String::new(), bytes: 0, executable: false };
        let files = files.iter().map(|path| ((*path).to_owned(), blob.clone())).collect();
        Tree { digest: String::new(), path: "/store/tree".into(), manifest: Manifest { files } }
    }

    #[expect(clippy::needless_pass_by_value, reason = "picks are made where they are passed")]
    fn paths(tree: &Tree, pick: Pick) -> Result<Vec<String>, String> {
        let found = tree.select(&pick).map_err(|error| error.to_string())?;
        Ok(found.iter().flat_map(|picked| picked.at("to")).map(|(path, _)| path).collect())
    }

    #[test]
    fn a_folder_never_takes_a_neighbour_whose_name_begins_likewise() {
        let tree = tree(&["hello/hello", "hello/lib/a.so", "hello.spec", "hello-1/x", "hell"]);
        assert_eq!(paths(&tree, Pick::Path("hello".into())).unwrap(), ["to/hello", "to/lib/a.so"]);
        assert_eq!(paths(&tree, Pick::Path("hello.spec".into())).unwrap(), ["to"]);
        assert_eq!(paths(&tree, Pick::Path("hello/lib".into())).unwrap(), ["to/a.so"]);
    }

    #[test]
    fn a_path_is_taken_as_it_is_and_a_pattern_stays_within_one_part() {
        let tree = tree(&["!a.whl", "a*.whl", "b.whl", "deep/c.whl", "[x]/y"]);
        assert_eq!(paths(&tree, Pick::Path("a*.whl".into())).unwrap(), ["to"]);
        assert_eq!(paths(&tree, Pick::Path("[x]".into())).unwrap(), ["to/y"]);
        let all = |pattern: &str| {
            let pick = Pick::All(pattern.into());
            tree.select(&pick).unwrap().iter().map(Picked::path).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(all("*.whl"), ["!a.whl", "a*.whl", "b.whl"]);
        assert_eq!(all("**/*.whl"), ["!a.whl", "a*.whl", "b.whl", "deep/c.whl"]);
        assert_eq!(all("!a.whl"), ["!a.whl"], "an exclamation mark turns nothing round");
        assert_eq!(all("deep/*"), ["deep/c.whl"]);
    }

    #[test]
    fn what_is_not_there_is_an_error_that_names_what_is() {
        let tree = tree(&["a.whl", "b.whl"]);
        let error = |pick| paths(&tree, pick).unwrap_err();
        let seen = "but there was `a.whl` and `b.whl`";
        assert_eq!(error(Pick::One("*.whl".into())), format!("one file like `*.whl` was expected, {seen}"));
        assert_eq!(error(Pick::One("*.pex".into())), format!("one file like `*.pex` was expected, {seen}"));
        assert_eq!(error(Pick::All("*.pex".into())), format!("a file like `*.pex` was expected, {seen}"));
        assert_eq!(error(Pick::Path("a".into())), format!("`a` was expected, {seen}"));
        assert_eq!(error(Pick::All("[".into())), "`[` is not a pattern");
    }

    #[test]
    fn of_an_empty_tree_all_files_are_none_and_one_thing_is_an_error() {
        let tree = tree(&[]);
        assert_eq!(paths(&tree, Pick::All("*.whl".into())), Ok(Vec::new()));
        assert_eq!(paths(&tree, Pick::Folder), Ok(Vec::new()));
        let error = tree.select_one(&Pick::Folder).unwrap_err().to_string();
        assert_eq!(error, "a folder with something in it was expected, but there was no file at all");
        let error = tree.select_one(&Pick::All("*".into())).unwrap_err().to_string();
        assert_eq!(error, "a file like `*` was expected, but there was no file at all");
    }

    #[test]
    fn several_files_are_not_one_thing() {
        let tree = tree(&["a.whl", "b.whl"]);
        let error = tree.select_one(&Pick::All("*.whl".into())).unwrap_err().to_string();
        assert_eq!(error, "a file like `*.whl` was expected, but there was `a.whl` and `b.whl`");
    }
}
