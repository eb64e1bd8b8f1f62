//! Workspaces: projects that share one lock. The root of one is looked for above the project, by its table only.

use std::fs;
use std::path::Path;

use regex::Regex;

use super::document::{Document, Item};
use super::{licence, lookup, pyproject};
use crate::facts::Member;
use crate::inspect::InspectError;
use crate::inspect::regular;
use crate::inspect::tree::Tree;

/// Tables with `members`, and perhaps `exclude`, globs of folders.
const TABLES: [&[&str]; 3] =
    [&["tool", "uv", "workspace"], &["tool", "rye", "workspace"], &["tool", "hatch", "workspace"]];

/// How many folders above the project are looked at; `.git` ends the search earlier.
const HIGHEST: usize = 8;

/// Most members, and most folders that one glob is followed through.
const MOST_MEMBERS: usize = 1_000;

/// The largest `pyproject.toml` of a member that is read, and how much of all of them, in bytes.
const LARGEST: u64 = 2 << 20;
const MOST_BYTES: usize = 16 << 20;

/// A workspace as seen from one of its projects.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Workspace {
    /// From the project's root to the workspace's: empty, or one `../` for each folder.
    pub(crate) above: String,
    /// Its projects, sorted by path.
    pub(crate) members: Vec<Member>,
}

/// The workspace a project belongs to.
pub(crate) fn find(tree: &Tree) -> Result<Option<Workspace>, InspectError> {
    if let Some(text) = tree.read(pyproject::PATH)?.filter(|text| text.contains("workspace")) {
        let document = Document::parse(pyproject::PATH, &text)?;
        if let Some(globs) = Globs::of(&document.root()) {
            let folders = lookup::paths(tree).filter_map(|path| path.strip_suffix("/pyproject.toml"));
            let folders: Vec<String> =
                folders.filter(|folder| globs.take(folder)).map(str::to_owned).take(MOST_MEMBERS + 1).collect();
            if folders.len() > MOST_MEMBERS {
                let what = format!("its workspace has more than {MOST_MEMBERS} members");
                return Err(InspectError::TooLarge { path: pyproject::PATH.into(), what });
            }
            return Ok(Some(Workspace { above: String::new(), members: members(&tree.root, folders, "") }));
        }
    }
    Ok(above(&tree.root))
}

/// Projects that lie in folders below a root that is none itself.
pub(crate) fn below(tree: &Tree) -> Vec<String> {
    lookup::paths(tree)
        .filter_map(|path| path.strip_suffix("/pyproject.toml").or_else(|| path.strip_suffix("/setup.py")))
        .filter(|folder| folder.split('/').count() <= 3)
        .take(8)
        .map(str::to_owned)
        .collect()
}

/// Looks in the folders above. A file there that cannot be read or parsed is somebody else's matter.
fn above(project: &Path) -> Option<Workspace> {
    let mut below = project;
    for height in 1..=HIGHEST {
        if below.join(".git").exists() {
            return None;
        }
        let folder = below.parent()?;
        if let Some(globs) = globs_in(folder) {
            let inside = project.strip_prefix(folder).ok()?.to_str()?.replace('\\', "/");
            if !globs.take(&inside) {
                return None;
            }
            let above = "../".repeat(height);
            let folders = globs.expand(folder);
            return Some(Workspace { members: members(folder, folders, &above), above });
        }
        below = folder;
    }
    None
}

fn globs_in(folder: &Path) -> Option<Globs> {
    let text = read(folder).filter(|text| text.contains("workspace"))?;
    Globs::of(&Document::parse(pyproject::PATH, &text).ok()?.root())
}

/// Which folders are members.
struct Globs {
    members: Vec<String>,
    include: Option<Regex>,
    exclude: Option<Regex>,
}

impl Globs {
    fn of(root: &Item) -> Option<Self> {
        let table = TABLES.iter().find_map(|path| root.find(path))?;
        let texts = |key: &str| -> Vec<String> {
            let texts = table.get(key).and_then(|item| item.texts().ok()).unwrap_or_default();
            texts.iter().map(|glob| glob.trim_start_matches("./").trim_end_matches('/').to_owned()).collect()
        };
        let (members, exclude) = (texts("members"), licence::any_of(&texts("exclude")));
        Some(Self { include: licence::any_of(&members), members, exclude })
    }

    /// Whether a folder, from the workspace's root, is a member. The root itself always is.
    fn take(&self, folder: &str) -> bool {
        let matches = |pattern: &Option<Regex>| pattern.as_ref().is_some_and(|pattern| pattern.is_match(folder));
        folder.is_empty() || matches(&self.include) && !matches(&self.exclude)
    }

    /// Folders with a `pyproject.toml` that are members, below a root whose tree is not ours to walk: only the names
    /// that the globs allow are looked at.
    fn expand(&self, root: &Path) -> Vec<String> {
        let mut folders = Vec::new();
        for glob in &self.members {
            let mut reached = vec![String::new()];
            for part in glob.split('/') {
                let folders = reached.iter().flat_map(|folder| matching_folders(root, folder, part));
                reached = folders.take(MOST_MEMBERS).collect();
            }
            folders.extend(reached.into_iter().filter(|folder| self.take(folder)));
            if folders.len() > MOST_MEMBERS {
                break;
            }
        }
        folders.push(String::new());
        folders.retain(|folder| root.join(folder).join(pyproject::PATH).is_file());
        folders.sort();
        folders.dedup();
        folders
    }
}

/// Folders in a folder whose name matches one part of a glob.
fn matching_folders(root: &Path, folder: &str, part: &str) -> Vec<String> {
    let below = |name: &str| if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
    if !part.contains(['*', '?', '[']) {
        return vec![below(part)];
    }
    let Some(pattern) = licence::pattern(part) else { return Vec::new() };
    let Ok(entries) = fs::read_dir(root.join(folder)) else { return Vec::new() };
    let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    names.filter(|name| !name.starts_with('.') && pattern.is_match(name)).map(|name| below(&name)).collect()
}

/// The `pyproject.toml` in a folder.
fn read(folder: &Path) -> Option<String> {
    regular::read_text(&folder.join(pyproject::PATH), LARGEST).ok()
}

/// Names and paths of members, the root included where it is a project.
fn members(root: &Path, mut folders: Vec<String>, above: &str) -> Vec<Member> {
    if !folders.iter().any(String::is_empty) {
        folders.insert(0, String::new());
    }
    let mut left = MOST_BYTES;
    let mut members: Vec<Member> = folders
        .into_iter()
        .filter_map(|folder| {
            let text = read(&root.join(&folder)).filter(|text| text.len() <= left)?;
            left -= text.len();
            let document = Document::parse(pyproject::PATH, &text).ok()?;
            let name = document.root().find(&["project", "name"])?.as_text()?.to_owned();
            let path = format!("{above}{folder}");
            let path = path.trim_end_matches('/');
            Some(Member { name, path: if path.is_empty() { ".".into() } else { path.to_owned() } })
        })
        .collect();
    members.sort_by(|left, right| left.path.cmp(&right.path));
    members
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::metadata::fixture;
    use crate::inspect::tree;

    const FILES: [(&str, &str); 5] = [
        ("pyproject.toml", "[tool.uv.workspace]\nmembers = ['packages/*']\nexclude = ['packages/old']\n"),
        ("packages/a/pyproject.toml", "[project]\nname = 'a'\n"),
        ("packages/b/pyproject.toml", "[project]\nname = 'b'\n"),
        ("packages/old/pyproject.toml", "[project]\nname = 'old'\n"),
        ("elsewhere/pyproject.toml", "[project]\nname = 'elsewhere'\n"),
    ];

    fn names(workspace: &Workspace) -> Vec<(&str, &str)> {
        workspace.members.iter().map(|member| (member.name.as_str(), member.path.as_str())).collect()
    }

    #[test]
    fn the_root_of_a_workspace_lists_its_members() {
        let (_folder, tree) = fixture::tree(&FILES);
        let workspace = find(&tree).unwrap().unwrap();
        assert_eq!(names(&workspace), [("a", "packages/a"), ("b", "packages/b")]);
    }

    #[test]
    fn a_member_finds_the_root_above_it() {
        let folder = fixture::folder(&FILES);
        let workspace = find(&tree::walk(&folder.path().join("packages/a")).unwrap()).unwrap().unwrap();
        assert_eq!(workspace.above, "../../");
        assert_eq!(names(&workspace), [("a", "../../packages/a"), ("b", "../../packages/b")]);
    }

    #[test]
    fn excluded_and_other_folders_are_no_members() {
        let folder = fixture::folder(&FILES);
        for path in ["packages/old", "elsewhere"] {
            assert_eq!(find(&tree::walk(&folder.path().join(path)).unwrap()).unwrap(), None, "{path}");
        }
    }
}
