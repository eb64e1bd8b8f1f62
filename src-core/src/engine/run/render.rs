//! Turns symbolic words into what one command sees: the only place where a plan meets paths.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::engine::trees::pick::PickError;
use crate::engine::trees::store::Tree;
use crate::plan::{Command, Piece, StepId, ToolRef, Word};

/// Where things are for the command that is rendered.
#[derive(Debug, Clone)]
pub(in crate::engine) struct Places {
    /// The project's source.
    pub source: PathBuf,
    /// The folder the step writes.
    pub out: PathBuf,
    /// Its scratch folder.
    pub scratch: PathBuf,
    /// Trees of other steps: what they hold, and where the command sees them.
    pub inputs: BTreeMap<StepId, (Tree, PathBuf)>,
    /// Executables of tools.
    pub tools: BTreeMap<ToolRef, PathBuf>,
    /// Files with the mirrors of suites, as far as this machine knows some.
    pub mirrors: BTreeMap<String, PathBuf>,
}

/// Why a word cannot be rendered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// Nothing is meant.
    #[error(transparent)]
    Pick(#[from] PickError),
    /// A step or a tool that the plan does not have: a mistake of the backend.
    #[error("the plan refers to `{0}`, which it does not have")]
    Dangling(String),
}

impl Places {
    /// The arguments a word stands for: one, unless it picks several files.
    pub fn arguments(&self, word: &Word) -> Result<Vec<String>, RenderError> {
        let mut arguments = vec![String::new()];
        for piece in &word.0 {
            let texts = self.piece(piece)?;
            arguments =
                arguments.iter().flat_map(|head| texts.iter().map(move |text| format!("{head}{text}"))).collect();
        }
        Ok(arguments)
    }

    /// A word as one text; several files are joined by spaces.
    pub fn text(&self, word: &Word) -> Result<String, RenderError> {
        Ok(self.arguments(word)?.join(" "))
    }

    /// The program that a command runs.
    pub fn program(&self, command: &Command) -> Result<PathBuf, RenderError> {
        let mut paths = self.arguments(&command.tool)?;
        match paths.len() {
            1 => Ok(paths.remove(0).into()),
            _ => Err(RenderError::Dangling(command.name())),
        }
    }

    fn piece(&self, piece: &Piece) -> Result<Vec<String>, RenderError> {
        let below = |folder: &Path, path: &str| vec![join(folder, path)];
        Ok(match piece {
            Piece::Text(text) => vec![text.clone()],
            Piece::Source(path) => below(&self.source, path),
            Piece::Out(path) => below(&self.out, path),
            Piece::Scratch(path) => below(&self.scratch, path),
            Piece::Tool(tool) => {
                let path = self.tools.get(tool).ok_or_else(|| RenderError::Dangling(tool.name().into()))?;
                vec![path.display().to_string()]
            }
            Piece::Mirrors(suite) => {
                self.mirrors.get(suite).map(|path| path.display().to_string()).into_iter().collect()
            }
            Piece::Secret(name) => return Err(RenderError::Dangling(name.clone())),
            Piece::Output(step, pick) => {
                let (tree, place) = self.inputs.get(step).ok_or_else(|| RenderError::Dangling(step.to_string()))?;
                tree.select(pick)?.iter().map(|picked| join(place, picked.path())).collect()
            }
        })
    }
}

fn join(folder: &Path, path: &str) -> String {
    if path.is_empty() { folder.display().to_string() } else { folder.join(path).display().to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::trees::manifest::{Blob, Manifest};
    use crate::plan::{Action, Pick};

    fn places(files: &[&str]) -> (Places, StepId) {
        let step = StepId::of(&Action::Fetch { files: Vec::new() });
        let blob = Blob { sha256: String::new(), bytes: 0, executable: false };
        let nodes = files.iter().map(|path| ((*path).to_owned(), blob.clone().into())).collect();
        let tree = Tree { digest: String::new(), path: "/store/tree".into(), manifest: Manifest { nodes } };
        let places = Places {
            source: "/pw/src".into(),
            out: "/pw/out".into(),
            scratch: "/pw/tmp".into(),
            inputs: BTreeMap::from([(step.clone(), (tree, "/pw/in/1".into()))]),
            tools: BTreeMap::new(),
            mirrors: BTreeMap::new(),
        };
        (places, step)
    }

    #[test]
    fn text_and_symbols_are_joined_into_one_argument() {
        let (places, step) = places(&["a.whl"]);
        let word =
            Word::text("--add=").then(Piece::Output(step, Pick::One("*.whl".into()))).then(Piece::Text(":x".into()));
        assert_eq!(places.arguments(&word).unwrap(), ["--add=/pw/in/1/a.whl:x"]);
        assert_eq!(places.text(&Word::source("")).unwrap(), "/pw/src");
    }

    #[test]
    fn mirrors_that_nobody_knows_are_no_argument() {
        let (mut places, _) = places(&[]);
        let word = Word::from(Piece::Mirrors("bookworm".into()));
        assert!(places.arguments(&word).unwrap().is_empty());
        places.mirrors.insert("bookworm".into(), "/pw/home/bookworm".into());
        assert_eq!(places.arguments(&word).unwrap(), ["/pw/home/bookworm"]);
    }

    #[test]
    fn picking_all_gives_one_argument_for_each_file() {
        let (places, step) = places(&["a.whl", "b.whl", "c.txt"]);
        let word = Word::output(&step, Pick::All("*.whl".into()));
        assert_eq!(places.arguments(&word).unwrap(), ["/pw/in/1/a.whl", "/pw/in/1/b.whl"]);
    }
}
