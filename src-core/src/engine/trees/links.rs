//! Where the links of a tree lead, by its manifest alone: nothing on the disk is followed.

use super::manifest::{Manifest, Node};

/// How many links are followed one after the other, as Linux does.
const MOST: usize = 40;

/// Why a link leads to nothing in its tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) enum Astray {
    /// It leads out of the tree.
    Out,
    /// There is nothing where it leads.
    Nowhere,
    /// It leads to itself, to another link that leads back, or to a folder that it lies in.
    Circle,
}

impl Astray {
    /// What a link is that goes astray.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Out => "a link that leads out of it",
            Self::Nowhere => "a link that leads nowhere",
            Self::Circle => "a link that leads in a circle",
        }
    }
}

impl Manifest {
    /// The path of what is meant by a path once every link on the way is followed.
    pub fn follow(&self, path: &str) -> Result<String, Astray> {
        let mut open: Vec<&str> = path.rsplit('/').collect();
        let mut place = String::new();
        let mut followed = 0;
        while let Some(part) = open.pop() {
            match part {
                "" | "." => continue,
                ".." if place.is_empty() => return Err(Astray::Out),
                ".." if !self.is_folder(&place) => return Err(Astray::Nowhere),
                ".." => {
                    leave(&mut place);
                    continue;
                }
                part => enter(&mut place, part),
            }
            if let Some(Node::Link { to }) = self.nodes.get(&place) {
                followed += 1;
                if followed > MOST {
                    return Err(Astray::Circle);
                }
                if to.starts_with('/') {
                    return Err(Astray::Out);
                }
                leave(&mut place);
                open.extend(to.rsplit('/'));
            }
        }
        if self.file(&place).is_some() || self.is_folder(&place) { Ok(place) } else { Err(Astray::Nowhere) }
    }

    /// Fails where a link leads to nothing in the tree, or to a folder that it lies in; gives its path.
    pub fn must_hold_together(&self) -> Result<(), (&str, Astray)> {
        for (path, node) in &self.nodes {
            if !matches!(node, Node::Link { .. }) {
                continue;
            }
            let led = self.follow(path).map_err(|astray| (path.as_str(), astray))?;
            if led.is_empty() || path.strip_prefix(&led).is_some_and(|rest| rest.starts_with('/')) {
                return Err((path, Astray::Circle));
            }
        }
        Ok(())
    }
}

fn enter(place: &mut String, part: &str) {
    if !place.is_empty() {
        place.push('/');
    }
    place.push_str(part);
}

fn leave(place: &mut String) {
    place.truncate(place.rfind('/').unwrap_or(0));
}

/// Whether the text of a link, at a path of a folder, leaves that folder on its way, wherever it ends.
pub(in crate::engine) fn leaves(path: &str, to: &str) -> bool {
    let mut depth = path.matches('/').count();
    to.starts_with('/')
        || to.split('/').any(|part| match part {
            "" | "." => false,
            ".." if depth == 0 => true,
            ".." => {
                depth -= 1;
                false
            }
            _ => {
                depth += 1;
                false
            }
        })
}

/// The text of a link at a path of a tree that leads to another path of it.
pub(in crate::engine) fn relative(path: &str, to: &str) -> String {
    format!("{}{to}", "../".repeat(path.matches('/').count()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::trees::manifest::Blob;

    fn manifest(files: &[&str], links: &[(&str, &str)]) -> Manifest {
        let blob = Blob { sha256: String::new(), bytes: 0, executable: false };
        let files = files.iter().map(|path| ((*path).to_owned(), blob.clone().into()));
        let links = links.iter().map(|(path, to)| ((*path).to_owned(), Node::Link { to: (*to).into() }));
        Manifest { nodes: files.chain(links).collect() }
    }

    #[test]
    fn links_are_followed_through_folders_and_other_links() {
        let links = [("lib64", "lib"), ("lib/z.so", "z.so.1"), ("bin/z", "../lib64/z.so"), ("up", "lib64/../bin")];
        let all = manifest(&["lib/z.so.1", "bin/x"], &links);
        assert_eq!(all.follow("bin/z").unwrap(), "lib/z.so.1");
        assert_eq!(all.follow("lib64").unwrap(), "lib");
        assert_eq!(all.follow("lib64/z.so.1").unwrap(), "lib/z.so.1");
        assert_eq!(all.follow("up/x").unwrap(), "bin/x");
        assert_eq!(all.follow("").unwrap(), "");
        all.must_hold_together().unwrap();
    }

    #[test]
    fn a_link_that_leads_out_nowhere_or_in_a_circle_is_named() {
        let cases = [
            ("/etc/passwd", Astray::Out),
            ("../etc", Astray::Out),
            ("d/../../etc", Astray::Out),
            ("missing", Astray::Nowhere),
            ("missing/../d/f", Astray::Nowhere),
            ("d/f/../f", Astray::Nowhere),
            ("link", Astray::Circle),
            ("back", Astray::Circle),
            (".", Astray::Circle),
        ];
        for (to, astray) in cases {
            let all = manifest(&["d/f"], &[("link", to), ("back", "link")]);
            assert_eq!(all.must_hold_together().unwrap_err().1, astray, "{to}");
        }
        let all = manifest(&["a/b/f"], &[("a/b/up", "../../a")]);
        assert_eq!(all.must_hold_together(), Err(("a/b/up", Astray::Circle)));
    }

    #[test]
    fn a_text_leaves_a_folder_even_where_it_comes_back() {
        assert!(!leaves("lib/z.so", "../bin/z") && !leaves("a", "b/../c"));
        assert!(leaves("z.so", "../app/z") && leaves("a/b", "../../x") && leaves("a", "/x"));
        assert_eq!(relative("bin/deep/z", "lib/z"), "../../lib/z");
    }
}
