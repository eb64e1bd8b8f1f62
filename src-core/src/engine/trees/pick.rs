//! What a pick means in a tree: said once, for words, copies, archives and artifacts alike.
//!
//! A path is taken literally, and a folder is never meant by the head of another name. In a pattern `*` and `?` stay within one
//! part of a path, `**` crosses them, and nothing else is special to a path: `*.whl` means files of the top, `**/*.pyc` all.

use std::borrow::Cow;
use std::collections::BTreeSet;

use globset::{GlobBuilder, GlobMatcher};

use super::links::leaves;
use super::manifest::{Manifest, Node};
use super::store::Tree;
use crate::engine::disk::files::is_inside;
use crate::plan::Pick;
use crate::problem::listing;

/// How many of the files that are there an error names.
const NAMED: usize = 20;

/// Something in a tree that is meant. A link that is picked itself means what it leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::engine) enum Picked<'a> {
    /// A file, by its path in the tree; or a link that leads to nothing in the tree.
    File(&'a str, &'a Node),
    /// A folder, by its path in the tree, which is empty for the tree itself; and what is in it.
    Folder(&'a str, Vec<Below<'a>>),
}

/// What is in a folder, by its path below it. A link that leads out of the folder is what it leads to.
pub(in crate::engine) type Below<'a> = (Cow<'a, str>, &'a Node);

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

    /// What it is, by the paths that it has once it stands at `to`.
    pub fn at(&self, to: &str) -> Vec<(String, &'a Node)> {
        match self {
            Self::File(_, node) => vec![(to.to_owned(), *node)],
            Self::Folder(path, all) if all.is_empty() && !path.is_empty() && !to.is_empty() => {
                vec![(to.to_owned(), &Node::FOLDER)]
            }
            Self::Folder(_, all) if to.is_empty() => {
                all.iter().map(|(below, node)| (below.clone().into_owned(), *node)).collect()
            }
            Self::Folder(_, all) => all.iter().map(|(below, node)| (format!("{to}/{below}"), *node)).collect(),
        }
    }
}

impl Tree {
    /// What is meant: something, unless all files like a pattern are asked of a tree without any file.
    pub fn select<'a>(&'a self, pick: &'a Pick) -> Result<Vec<Picked<'a>>, PickError> {
        let found = match pick {
            Pick::Folder => vec![Picked::Folder("", self.manifest.in_folder(""))],
            Pick::Path(path) => self.manifest.at_path(path).into_iter().collect(),
            Pick::One(pattern) | Pick::All(pattern) => {
                let pattern = compiled(pattern)?;
                let like = self.manifest.nodes.iter().filter(|(path, _)| pattern.is_match(path));
                like.filter_map(|(path, node)| self.manifest.file_or_link(path, node)).collect()
            }
        };
        let is_meant = match pick {
            Pick::Folder => true,
            Pick::Path(_) | Pick::One(_) => found.len() == 1,
            Pick::All(_) => !found.is_empty() || self.manifest.files().next().is_none(),
        };
        if is_meant { Ok(found) } else { Err(self.not_there(pick, &found)) }
    }

    /// The one thing that is meant: a file, or a folder with something in it.
    pub fn select_one<'a>(&'a self, pick: &'a Pick) -> Result<Picked<'a>, PickError> {
        let mut found = self.select(pick)?;
        match (found.pop(), found.is_empty()) {
            (Some(Picked::Folder(_, all)), _) if all.is_empty() => Err(self.not_there(pick, &[])),
            (Some(one), true) => Ok(one),
            (last, _) => Err(self.not_there(pick, &found.into_iter().chain(last).collect::<Vec<_>>())),
        }
    }

    /// The paths that one of these patterns fits; none is as good as any.
    pub fn matching(&self, patterns: &[String]) -> Result<BTreeSet<&str>, PickError> {
        let patterns: Vec<GlobMatcher> = patterns.iter().map(|pattern| compiled(pattern)).collect::<Result<_, _>>()?;
        let paths = self.manifest.nodes.keys().map(String::as_str);
        Ok(paths.filter(|path| patterns.iter().any(|pattern| pattern.is_match(path))).collect())
    }

    fn not_there(&self, pick: &Pick, found: &[Picked]) -> PickError {
        let all = self.manifest.nodes.keys().map(String::as_str);
        let seen: Vec<&str> = if found.is_empty() { all.collect() } else { found.iter().map(Picked::path).collect() };
        PickError::NotThere {
            pick: pick.clone(),
            seen: seen.into_iter().take(NAMED).map(|path| format!("`{path}`")).collect(),
        }
    }
}

impl Manifest {
    fn at_path<'a>(&'a self, path: &'a str) -> Option<Picked<'a>> {
        if !path.is_empty() && !is_inside(path) {
            return None;
        }
        let Ok(real) = self.follow(path) else {
            // What was laid out for another system leads somewhere there.
            let node = self.nodes.get(path)?;
            return matches!(node, Node::Link { .. }).then_some(Picked::File(path, node));
        };
        match self.nodes.get(&real) {
            Some(node @ Node::File { .. }) => Some(Picked::File(path, node)),
            _ => Some(Picked::Folder(path, self.in_folder(&real))),
        }
    }

    /// What a pattern means by a path that it fits: never a folder.
    fn file_or_link<'a>(&'a self, path: &'a str, node: &'a Node) -> Option<Picked<'a>> {
        match (node, self.at_path(path)?) {
            (Node::Folder { .. }, _) | (_, Picked::Folder(..)) => None,
            (_, file) => Some(file),
        }
    }

    /// What is in a folder. A link that would lead out of it, were it elsewhere, is what it leads to; of a folder, the
    /// files.
    fn in_folder<'a>(&'a self, folder: &str) -> Vec<Below<'a>> {
        let mut all = Vec::new();
        for (below, node) in self.below(folder) {
            match self.led_out(folder, below, node) {
                None => all.push((below.into(), node)),
                Some(led) => match self.nodes.get(&led) {
                    Some(file @ Node::File { .. }) => all.push((below.into(), file)),
                    _ => {
                        let files = self.below(&led).filter(|(_, node)| matches!(node, Node::File { .. }));
                        all.extend(files.map(|(deep, file)| (format!("{below}/{deep}").into(), file)));
                    }
                },
            }
        }
        all
    }

    /// Where a link leads that leaves its folder for something else of the tree.
    fn led_out(&self, folder: &str, below: &str, node: &Node) -> Option<String> {
        let Node::Link { to } = node else { return None };
        if folder.is_empty() {
            return None;
        }
        let led = self.follow(&format!("{folder}/{below}")).ok()?;
        let stays = led.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        (!stays || leaves(below, to)).then_some(led)
    }
}

fn compiled(pattern: &str) -> Result<GlobMatcher, PickError> {
    let glob = GlobBuilder::new(pattern).literal_separator(true).build();
    Ok(glob.map_err(|_| PickError::Pattern(pattern.into()))?.compile_matcher())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::trees::manifest::Blob;

    fn tree(files: &[&str]) -> Tree {
        let nodes = files.iter().map(|path| ((*path).to_owned(), file(""))).collect();
        Tree { digest: String::new(), path: "/store/tree".into(), manifest: Manifest { nodes } }
    }

    fn file(sha256: &str) -> Node {
        Blob { sha256: sha256.into(), bytes: 0, executable: false }.into()
    }

    fn link(to: &str) -> Node {
        Node::Link { to: to.into() }
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

    #[test]
    fn a_link_that_is_picked_means_what_it_leads_to_and_one_in_a_folder_stays() {
        let mut tree = tree(&[]);
        let nodes = [
            ("app/lib/z.so.1", file("z")),
            ("app/lib/z.so", link("z.so.1")),
            ("app/out", link("../common/c")),
            ("app/round", link("../app/lib/z.so.1")),
            ("app/all", link("../common")),
            ("common/c", file("c")),
            ("common/d", file("d")),
            ("common/e", link("d")),
            ("lib64", link("app/lib")),
            ("made", link("/opt/app")),
        ];
        tree.manifest.nodes = nodes.map(|(path, node)| (path.to_owned(), node)).into();
        let folder = Pick::Path("app".into());
        let laid: Vec<(String, Node)> =
            tree.select(&folder).unwrap()[0].at("").into_iter().map(|(path, node)| (path, node.clone())).collect();
        let expected = [
            ("all/c", file("c")),
            ("all/d", file("d")),
            ("lib/z.so", link("z.so.1")),
            ("lib/z.so.1", file("z")),
            ("out", file("c")),
            ("round", file("z")),
        ];
        assert_eq!(laid, expected.map(|(path, node)| (path.to_owned(), node)));
        let one = |path: &str| {
            let pick = Pick::Path(path.into());
            let picked = tree.select_one(&pick).unwrap();
            (picked.path().to_owned(), picked.at("to").into_iter().map(|(path, node)| (path, node.clone())).collect())
        };
        let to = |node| vec![("to".to_owned(), node)];
        assert_eq!(one("app/lib/z.so"), ("app/lib/z.so".to_owned(), to(file("z"))));
        assert_eq!(one("lib64/z.so"), ("lib64/z.so".to_owned(), to(file("z"))));
        assert_eq!(one("made"), ("made".to_owned(), to(link("/opt/app"))));
        assert_eq!(one("lib64").1.len(), 2);
        let all = |pattern: &str| paths(&tree, Pick::All(pattern.into())).unwrap().len();
        assert_eq!((all("*"), all("app/lib/*"), all("common/*")), (1, 2, 3));
    }

    #[test]
    fn an_empty_folder_is_there_and_is_laid_where_it_is_put() {
        let mut tree = tree(&["a"]);
        tree.manifest.nodes.insert("empty".into(), Node::FOLDER);
        assert_eq!(paths(&tree, Pick::Path("empty".into())), Ok(vec!["to".into()]));
        assert!(tree.select_one(&Pick::Path("empty".into())).is_err());
        assert!(paths(&tree, Pick::One("empty".into())).is_err());
    }
}
