//! Lays files out: what stands where in a folder or an archive.

use super::Ground;
use crate::engine::run::render::{Places, RenderError};
use crate::engine::run::step::{StepError, Tools};
use crate::engine::trees::archive;
use crate::engine::trees::pick::Picked;
use crate::engine::trees::store::{Blob, Manifest, Tree};
use crate::plan::{Format, Item, Mode, Pick, Piece, What, Word};

/// Files by their path.
type Files = Vec<(String, Blob)>;

impl Ground<'_> {
    /// The manifest of a layout.
    pub(super) fn lay(&self, items: &[Item]) -> Result<Manifest, StepError> {
        let places = self.places(&Tools::new());
        let mut manifest = Manifest::default();
        for item in items {
            for (path, mut blob) in self.laid(item, &places)? {
                if let Some(mode) = item.mode {
                    blob.executable = mode.is_executable();
                }
                manifest.add(path, blob)?;
            }
        }
        Ok(manifest)
    }

    /// One archive of a layout.
    pub(super) fn pack(&self, to: &str, items: &[Item], format: &Format) -> Result<Tree, StepError> {
        let manifest = self.lay(items)?;
        let path = self.path("out").join(to);
        archive::write(&path, &manifest, self.bench.store, format, self.bench.cancel)?;
        Ok(self.bench.store.import(&self.path("out"))?)
    }

    fn laid(&self, item: &Item, places: &Places) -> Result<Files, StepError> {
        match &item.what {
            What::Text(word) => {
                let text = places.text(word)?;
                let is_executable = item.mode.is_some_and(Mode::is_executable);
                Ok(vec![(item.at.clone(), self.bench.store.put(text.as_bytes(), is_executable)?)])
            }
            What::From { word, without } => self.taken(&item.at, word, without),
            What::Link(_) | What::Folder => Err(StepError::Place(format!("a layout with `{}`", item.at))),
        }
    }

    /// What a word stands for, each file where it goes.
    fn taken(&self, at: &str, word: &Word, without: &[String]) -> Result<Files, StepError> {
        match word.piece() {
            Some(Piece::Source(path)) => {
                let place = self.copy_source()?.join(path);
                if place.is_file() {
                    return Ok(vec![(named(at, path), self.bench.store.take(&place, false)?)]);
                }
                let tree = self.bench.store.import(&place)?;
                let left_out = tree.matching(without)?;
                let files = tree.manifest.files.iter().filter(|(path, _)| !left_out.contains(path.as_str()));
                Ok(files.map(|(path, blob)| (joined(at, path), blob.clone())).collect())
            }
            Some(Piece::Output(step, pick)) => {
                let tree = self.input(step)?;
                let left_out = tree.matching(without)?;
                let mut files = Vec::new();
                for picked in tree.select(pick)? {
                    let place = match (&picked, pick) {
                        (Picked::File(path, _), Pick::One(_) | Pick::All(_)) => joined(at, path),
                        (Picked::File(path, _), Pick::Path(_) | Pick::Folder) => named(at, path),
                        (Picked::Folder(..), _) => at.to_owned(),
                    };
                    let whole = picked.at(picked.path());
                    let placed = picked.at(&place).into_iter().zip(whole);
                    let kept = placed.filter(|(_, (path, _))| !left_out.contains(path.as_str()));
                    files.extend(kept.map(|((path, blob), _)| (path, blob.clone())));
                }
                Ok(files)
            }
            _ => Err(RenderError::Dangling("a layout of something that is neither source nor output".into()).into()),
        }
    }
}

/// Where one file goes: at the root it keeps its name.
fn named(at: &str, path: &str) -> String {
    if at.is_empty() { path.rsplit('/').next().unwrap_or(path).to_owned() } else { at.to_owned() }
}

fn joined(at: &str, path: &str) -> String {
    [at, path].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/")
}
