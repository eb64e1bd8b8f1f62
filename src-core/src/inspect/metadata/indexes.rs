//! Indexes that files of a project name: said to be asked, tied to packages, or written down by a lock.
//!
//! They are the project's claims. Whether one is asked is decided by who builds, who knows the user's configuration.

mod legacy;
mod locks;
mod requirements;
mod tables;

use std::path::{Path, PathBuf};

use super::declared::Declared;
use super::document::{Document, Item};
use super::workspace::Workspace;
use super::{local, pyproject, script_header};
use crate::facts::index::without_login;
use crate::facts::{Definition, IndexRole, LockFile, NamedIndex, Source, Tied, normalize};
use crate::inspect::tree::{READ_LIMIT, Tree};
use crate::inspect::{InspectError, regular};
use crate::redaction::without_addressed;

/// What Poetry calls the public index without an address.
const PUBLIC_NAME: &str = "pypi";

/// Projects beside this one that are looked at, at most.
const BESIDE: usize = 64;

/// What one project names.
struct Found {
    /// The folder that relative paths begin at.
    folder: PathBuf,
    indexes: Vec<NamedIndex>,
    /// Packages with the names of their indexes.
    ties: Vec<(String, Tied)>,
}

/// Every index that the files of a project name, those of its workspace included.
pub(crate) fn find(
    tree: &Tree,
    declared: &Declared,
    workspace: &Workspace,
    lock: Option<&LockFile>,
) -> Result<Vec<NamedIndex>, InspectError> {
    let mut found = Found::new(tree.root.clone());
    if let Definition::Script(script) = &declared.definition {
        if let Some(text) = tree.read(script)?
            && let Some((toml, first)) = script_header::extract(script, &text)?
        {
            found.pyproject(&Document::parse_from(script, &toml, first)?.root())?;
        }
    } else {
        if !workspace.above.is_empty() {
            found.above(&workspace.above);
        }
        if let Some(text) = tree.read(pyproject::PATH)? {
            found.pyproject(&Document::parse(pyproject::PATH, &text)?.root())?;
        }
        if let Some(text) = tree.read(tables::UV)? {
            found.uv(&Document::parse(tables::UV, &text)?.root())?;
        }
        if let Some(text) = tree.read(tables::PDM)? {
            found.pdm_settings(&Document::parse(tables::PDM, &text)?.root())?;
        }
        if let Some(text) = tree.read(tables::PIPENV)? {
            found.pipfile(&Document::parse(tables::PIPENV, &text)?.root())?;
        }
        found.requirement_files(tree, declared)?;
        found.legacy(tree)?;
    }
    let mut indexes = found.settled();
    for folder in beside(declared, workspace) {
        let other = Found::beside(&tree.root.join(&folder), &folder);
        indexes.extend(other.into_iter().map(|index| NamedIndex { beside: Some(folder.clone()), ..index }));
    }
    indexes.extend(lock.map(|lock| locks::read(tree, lock)).unwrap_or_default());
    Ok(indexes)
}

/// Folders of other projects that this one is built with: members of its workspace, and path dependencies.
fn beside(declared: &Declared, workspace: &Workspace) -> Vec<String> {
    let members = workspace.members.iter().map(|member| member.path.clone()).filter(|path| path != ".");
    let all = declared.dependencies.iter().chain(declared.extras.values().flatten());
    let requirements = all.chain(declared.groups.values().flatten());
    let folders = requirements.filter_map(|requirement| {
        let (_, address) = requirement.text.split_once(" @ file://")?;
        Some(address.split([' ', '#']).next().unwrap_or(address).to_owned())
    });
    let mut folders: Vec<String> = members.chain(folders).collect();
    folders.sort();
    folders.dedup();
    folders.truncate(BESIDE);
    folders
}

impl Found {
    fn new(folder: PathBuf) -> Self {
        Self { folder, indexes: Vec::new(), ties: Vec::new() }
    }

    /// What another project names. What cannot be read there is told by who builds it.
    fn beside(folder: &Path, shown: &str) -> Vec<NamedIndex> {
        let mut found = Self::new(folder.to_path_buf());
        found.of_folder(folder, shown);
        found.settled()
    }

    /// The root of the workspace, some folders above.
    fn above(&mut self, above: &str) {
        let folder = self.folder.join(above);
        let mut root = Self::new(folder.clone());
        root.of_folder(&folder, above.trim_end_matches('/'));
        self.indexes.extend(root.indexes);
        self.ties.extend(root.ties);
    }

    fn of_folder(&mut self, folder: &Path, shown: &str) {
        let document = |name: &str| Some((format!("{shown}/{name}"), plain_text(&folder.join(name))?));
        if let Some((path, text)) = document(pyproject::PATH)
            && let Ok(document) = Document::parse(&path, &text)
        {
            // Tables that are not what they should be are named when that project is read itself.
            let _ = self.pyproject(&document.root());
        }
        if let Some((path, text)) = document(tables::UV)
            && let Ok(document) = Document::parse(&path, &text)
        {
            let _ = self.uv(&document.root());
        }
    }

    fn pyproject(&mut self, root: &Item) -> Result<(), InspectError> {
        let Some(tool) = root.get("tool") else { return Ok(()) };
        if let Some(uv) = tool.get("uv") {
            self.uv(&uv)?;
        }
        if let Some(poetry) = tool.get("poetry") {
            self.poetry(&poetry)?;
        }
        if let Some(pdm) = tool.get("pdm") {
            self.pdm(&pdm)?;
        }
        self.others(&tool)
    }

    fn add(&mut self, name: Option<&str>, address: Option<&str>, role: IndexRole, source: Source) {
        self.indexes.push(NamedIndex {
            name: name.map(|name| without_addressed(name).into_owned()),
            address: address.map(|address| self.address(address)),
            role,
            packages: Vec::new(),
            only: None,
            source,
            beside: None,
        });
    }

    /// An address without login; a path as the address that it has from here.
    fn address(&self, text: &str) -> String {
        address_from(&self.folder, text)
    }

    fn tie(&mut self, index: &str, package: &str, marker: Option<&str>, only: Option<&str>, source: Source) {
        let name = if package.contains('*') { package.to_lowercase() } else { normalize(package) };
        let (marker, only) = (marker.map(str::to_owned), only.map(str::to_owned));
        self.ties.push((index.to_owned(), Tied { name, marker, only, source }));
    }

    /// Each index with its packages. One that is only named may be an index of the user.
    fn settled(mut self) -> Vec<NamedIndex> {
        for (name, tied) in self.ties {
            let is_it =
                |index: &&mut NamedIndex| index.name.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(&name));
            if let Some(index) = self.indexes.iter_mut().find(is_it) {
                index.packages.push(tied);
            } else if !name.eq_ignore_ascii_case(PUBLIC_NAME) {
                self.indexes.push(NamedIndex {
                    name: Some(without_addressed(&name).into_owned()),
                    address: None,
                    role: IndexRole::Explicit,
                    source: tied.source.clone(),
                    packages: vec![tied],
                    only: None,
                    beside: None,
                });
            }
        }
        self.indexes
    }
}

/// A package that is tied to an index without conditions.
fn tied(name: &str, source: Source) -> Tied {
    Tied { name: normalize(name), marker: None, only: None, source }
}

fn address_from(folder: &Path, text: &str) -> String {
    let shown = without_login(text);
    let is_path = !text.contains("://") && !text.starts_with("file:") && shown == text.trim();
    if is_path { local::file_address(&folder.join(text.trim())) } else { shown }
}

/// The text of a file that the tree does not hold, where it is one of a usual size.
fn plain_text(path: &Path) -> Option<String> {
    regular::read_text(path, READ_LIMIT).ok()
}

#[cfg(test)]
mod tests;
