//! Lays files out: what stands where in a folder or an archive.

use std::path::{Path, PathBuf};

use super::Ground;
use crate::engine::disk::error::{StoreError, at};
use crate::engine::run::render::{Places, RenderError};
use crate::engine::run::step::{StepError, Tools};
use crate::engine::trees::archive;
use crate::engine::trees::manifest::{Manifest, Node};
use crate::engine::trees::pick::Picked;
use crate::engine::trees::store::Tree;
use crate::plan::{Format, Item, Mode, Pick, Piece, What, Word};

/// What stands where.
type Laid = Vec<(String, Node)>;

impl Ground<'_> {
    /// The manifest of a layout.
    pub(super) fn lay(&self, items: &[Item]) -> Result<Manifest, StepError> {
        let places = self.places(&Tools::new());
        let mut manifest = Manifest::default();
        for item in items {
            for (path, node) in self.laid(item, &places)? {
                manifest.add(path, self.with_mode(node, item)?)?;
            }
        }
        Ok(manifest)
    }

    /// One archive of a layout.
    pub(super) fn pack(&self, to: &str, items: &[Item], format: &Format) -> Result<Tree, StepError> {
        let manifest = self.lay(items)?;
        let path = self.path("out").join(to);
        archive::write(&path, manifest, self.bench.store, format, self.bench.cancel)?;
        Ok(self.bench.store.import(&self.path("out"))?)
    }

    /// A mode is of what an item is: of its files, or of the one folder.
    fn with_mode(&self, node: Node, item: &Item) -> Result<Node, StepError> {
        Ok(match (node, item.mode) {
            (Node::File { blob, .. }, Some(mode)) => self.bench.store.with_mode(&blob, mode)?,
            (Node::Folder { .. }, Some(mode)) if item.what == What::Folder => Node::Folder { mode },
            (node, _) => node,
        })
    }

    fn laid(&self, item: &Item, places: &Places) -> Result<Laid, StepError> {
        match &item.what {
            What::Text(word) => {
                let text = places.text(word)?;
                let is_executable = item.mode.is_some_and(Mode::is_executable);
                Ok(vec![(item.at.clone(), self.bench.store.put(text.as_bytes(), is_executable)?.into())])
            }
            What::From { word, without } => self.taken(&item.at, word, without),
            What::Link(to) if to.is_empty() || to.contains('\0') => {
                Err(StoreError::Strange { path: item.at.clone(), what: "a link to nothing" }.into())
            }
            What::Link(to) => Ok(vec![(item.at.clone(), Node::Link { to: to.clone() })]),
            What::Folder => Ok(vec![(item.at.clone(), Node::FOLDER)]),
        }
    }

    /// What a word stands for, each thing where it goes.
    fn taken(&self, at: &str, word: &Word, without: &[String]) -> Result<Laid, StepError> {
        match word.piece() {
            Some(Piece::Source(path)) => self.taken_of_source(at, path, without),
            Some(Piece::Output(step, pick)) => {
                let tree = self.input(step)?;
                let left_out = tree.matching(without)?;
                let mut laid = Vec::new();
                for picked in tree.select(pick)? {
                    let place = match (&picked, pick) {
                        (Picked::File(path, _), Pick::One(_) | Pick::All(_)) => joined(at, path),
                        (Picked::File(path, _), Pick::Path(_) | Pick::Folder) => named(at, path),
                        (Picked::Folder(..), _) => at.to_owned(),
                    };
                    let whole = picked.at(picked.path());
                    let placed = picked.at(&place).into_iter().zip(whole);
                    let kept = placed.filter(|(_, (path, _))| !left_out.contains(path.as_str()));
                    laid.extend(kept.map(|((path, node), _)| (path, node.clone())));
                }
                Ok(laid)
            }
            _ => Err(RenderError::Dangling("a layout of something that is neither source nor output".into()).into()),
        }
    }

    fn taken_of_source(&self, at: &str, path: &str, without: &[String]) -> Result<Laid, StepError> {
        let source = self.copy_source()?;
        let place = source.join(path);
        if place.is_file() {
            let blob = self.bench.store.take(&followed(&source, &place, path)?, false)?;
            return Ok(vec![(named(at, path), blob.into())]);
        }
        let tree = self.bench.store.import(&place)?;
        let left_out = tree.matching(without)?;
        let kept = tree.manifest.nodes.iter().filter(|(path, _)| !left_out.contains(path.as_str()));
        Ok(kept.map(|(path, node)| (joined(at, path), node.clone())).collect())
    }
}

/// The file itself where a link leads to it: what is taken is moved.
fn followed(source: &Path, place: &Path, name: &str) -> Result<PathBuf, StoreError> {
    let real = |path: &Path| path.canonicalize().map_err(at("follow", path));
    let found = real(place)?;
    if found.starts_with(real(source)?) {
        return Ok(found);
    }
    Err(StoreError::Strange { path: name.to_owned(), what: "a link that leads out of it" })
}

/// Where one file goes: at the root it keeps its name.
fn named(at: &str, path: &str) -> String {
    if at.is_empty() { path.rsplit('/').next().unwrap_or(path).to_owned() } else { at.to_owned() }
}

fn joined(at: &str, path: &str) -> String {
    [at, path].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/")
}
