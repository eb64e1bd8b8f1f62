//! The engine's own functions of files, by name.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::Ground;
use crate::engine::disk::error::at;
use crate::engine::run::render::RenderError;
use crate::engine::run::step::{StepError, Tools};
use crate::engine::trees::manifest::Manifest;
use crate::engine::trees::store::Tree;
use crate::engine::trees::{binaries, install};
use crate::plan::maker::{INSTALL, NEEDS, SCRIPT};
use crate::plan::{Maker, Piece, Word, with_metadata};

/// The arguments of a function, by name.
type Words = BTreeMap<String, Vec<Word>>;

/// A function of files.
type Function = fn(&Ground, &Words) -> Result<Tree, StepError>;

/// Every function.
const ALL: [((&str, u32), Function); 3] = [(INSTALL, install), (SCRIPT, script), (NEEDS, needs)];

impl Ground<'_> {
    /// Calls a function.
    pub(super) fn make(&self, maker: &Maker, words: &Words) -> Result<Tree, StepError> {
        let found = ALL.iter().find(|((name, revision), _)| maker.name == *name && maker.revision == *revision);
        match found {
            Some((_, function)) => function(self, words),
            None => Err(RenderError::Dangling(format!("{} {}", maker.name, maker.revision)).into()),
        }
    }

    /// Real paths of the files that a word stands for.
    fn files(&self, word: &Word) -> Result<Vec<PathBuf>, StepError> {
        match word.piece() {
            Some(Piece::Source(path)) => Ok(vec![self.copy_source()?.join(path)]),
            Some(Piece::Output(step, pick)) => {
                let tree = self.input(step)?;
                Ok(tree.select(pick)?.iter().map(|picked| tree.path.join(picked.path())).collect())
            }
            _ => Err(RenderError::Dangling("a file that is neither source nor output".into()).into()),
        }
    }

    /// The text of an argument that may be missing.
    fn text(&self, words: &Words, name: &str) -> Result<Option<String>, StepError> {
        let word = words.get(name).and_then(|words| words.first());
        Ok(word.map(|word| self.places(&Tools::new()).text(word)).transpose()?)
    }
}

fn needed<T>(found: Option<T>, name: &str) -> Result<T, StepError> {
    found.ok_or_else(|| RenderError::Dangling(name.to_owned()).into())
}

fn install(ground: &Ground, words: &Words) -> Result<Tree, StepError> {
    let mut wheels = Vec::new();
    for word in words.get("wheels").into_iter().flatten() {
        wheels.extend(ground.files(word)?);
    }
    let to = ground.text(words, "to")?.unwrap_or_default();
    let mut manifest = Manifest::default();
    install::install(&wheels, &to, ground.bench.store, &mut manifest)?;
    Ok(ground.bench.store.assemble(manifest)?)
}

fn script(ground: &Ground, words: &Words) -> Result<Tree, StepError> {
    let from = needed(words.get("from").and_then(|words| words.first()), "from")?;
    let (metadata, to) =
        (needed(ground.text(words, "metadata")?, "metadata")?, needed(ground.text(words, "to")?, "to")?);
    let shebang = ground.text(words, "shebang")?;
    let path = needed(ground.files(from)?.into_iter().next(), "from")?;
    let script = std::fs::read_to_string(&path).map_err(at("read", &path))?;
    let script = with_metadata(&script, &metadata, shebang.as_deref());
    ground.single(&to, ground.bench.store.put(script.as_bytes(), shebang.is_some())?)
}

fn needs(ground: &Ground, words: &Words) -> Result<Tree, StepError> {
    let mut files = Vec::new();
    for word in words.get("of").into_iter().flatten() {
        let Some(Piece::Output(step, pick)) = word.piece() else {
            return Err(RenderError::Dangling("native code that no step made".into()).into());
        };
        let tree = ground.input(step)?;
        let picked = tree.select(pick)?;
        files.extend(picked.iter().flat_map(|picked| picked.at(picked.path())).map(|(path, _)| tree.path.join(path)));
    }
    let to = needed(ground.text(words, "to")?, "to")?;
    let seen = binaries::look(&files);
    let oldest = seen.oldest.version().map(|version| format!("glibc {version}\n"));
    let libraries = seen.needed.iter().map(|name| format!("needs {name}\n"));
    let text: String = oldest.into_iter().chain(libraries).collect();
    ground.single(&to, ground.bench.store.put(text.as_bytes(), false)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_that_plans_may_name_is_there() {
        let there: Vec<(&str, u32)> = ALL.iter().map(|(name, _)| *name).collect();
        assert_eq!(there, crate::plan::maker::ALL);
    }
}
