//! Text with symbols in it, rendered by the engine for whoever runs the command.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{StepId, ToolRef};

/// An argument, an environment value or the contents of a file: text and symbols joined.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
pub struct Word(pub Vec<Piece>);

/// A part of a word.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Piece {
    /// Plain text.
    Text(String),
    /// A path inside the project's source; the empty path is its root.
    Source(String),
    /// What another step wrote.
    Output(StepId, Pick),
    /// The folder that this step writes, or a path inside it.
    Out(String),
    /// A private scratch folder of this step, or a path inside it.
    Scratch(String),
    /// A tool: the path of its executable.
    Tool(ToolRef),
    /// A secret by name; passed in the environment only, and masked in logs.
    Secret(String),
    /// A file that says where this machine gets packages of a suite of Debian from, for example of `bookworm`; no argument at
    /// all where this machine does not know the suite.
    Mirrors(String),
}

/// Which part of a step's output is meant.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Pick {
    /// The folder itself.
    Folder,
    /// What is at this path in it, a file or a folder, taken literally.
    Path(String),
    /// The one file that matches the pattern; none or two is an error that names the files seen. `*` and `?` stay within one
    /// part of a path, `**` crosses them.
    One(String),
    /// All files that match, one word each. None is an error, unless the step wrote nothing at all.
    All(String),
}

impl Word {
    /// Plain text.
    pub fn text(text: impl Into<String>) -> Self {
        Self(vec![Piece::Text(text.into())])
    }

    /// A path in the project's source.
    pub fn source(path: impl Into<String>) -> Self {
        Self(vec![Piece::Source(path.into())])
    }

    /// What another step wrote.
    pub fn output(step: &StepId, pick: Pick) -> Self {
        Self(vec![Piece::Output(step.clone(), pick)])
    }

    /// A path in the folder this step writes.
    pub fn out(path: impl Into<String>) -> Self {
        Self(vec![Piece::Out(path.into())])
    }

    /// This word with another piece behind it.
    #[must_use]
    pub fn then(mut self, piece: Piece) -> Self {
        self.0.push(piece);
        self
    }

    /// The outputs it consumes.
    pub fn inputs(&self) -> impl Iterator<Item = &StepId> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Output(step, _) => Some(step),
            _ => None,
        })
    }

    /// The tools it mentions.
    pub fn tools(&self) -> impl Iterator<Item = &ToolRef> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Tool(tool) => Some(tool),
            _ => None,
        })
    }

    /// The secrets it mentions.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Secret(name) => Some(name.as_str()),
            _ => None,
        })
    }

    /// Whether it mentions the project's source.
    pub fn reads_source(&self) -> bool {
        self.0.iter().any(|piece| matches!(piece, Piece::Source(_)))
    }
}

impl From<&str> for Word {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<String> for Word {
    fn from(text: String) -> Self {
        Self::text(text)
    }
}

impl From<ToolRef> for Word {
    fn from(tool: ToolRef) -> Self {
        Self(vec![Piece::Tool(tool)])
    }
}

impl From<Piece> for Word {
    fn from(piece: Piece) -> Self {
        Self(vec![piece])
    }
}
