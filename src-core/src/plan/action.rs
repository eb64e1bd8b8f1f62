//! The closed set of things the engine can do: five verbs.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Command, Grants, Item, Maker, Place, StepId, ToolRef, Word};

/// What a step does. Whatever it does, it writes into its own folder only.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "do", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Action {
    /// Runs tools one after the other, in one place, on one folder.
    Run {
        /// Where they run.
        #[serde(default, skip_serializing_if = "Place::is_here")]
        place: Place,
        /// What they get beyond what they read and write.
        #[serde(default, skip_serializing_if = "Grants::is_empty")]
        may: Grants,
        /// Each begins when the one before it ended with 0.
        commands: Vec<Command>,
    },
    /// Lays files out: copies, texts, links and folders.
    Lay {
        /// What stands where.
        items: Vec<Item>,
    },
    /// Fetches files and checks their hashes; each lands under its name.
    Fetch {
        /// The files.
        files: Vec<Remote>,
    },
    /// Writes one archive: sorted names, fixed dates, owned by root, so the same input gives the same bytes.
    Pack {
        /// Name in the step's folder.
        to: String,
        /// What stands where in it.
        items: Vec<Item>,
        /// The archive's format.
        format: Format,
    },
    /// One of the engine's own functions of files, by name.
    Make {
        /// Which, in which revision: a corrected function does not find what the wrong one made.
        maker: Maker,
        /// Its arguments by name.
        words: BTreeMap<String, Vec<Word>>,
    },
}

/// Formats of archives.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "as", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Format {
    /// ZIP.
    Zip {
        /// Line before the archive, for example `#!/usr/bin/env python3`; PEP 441.
        shebang: Option<String>,
        /// Whether members are deflated: smaller, a little slower to start.
        deflate: bool,
    },
    /// POSIX tar, with links and permissions.
    Tar {
        /// How it is compressed.
        squeeze: Squeeze,
    },
}

/// Compressions of a tar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Squeeze {
    /// None.
    Nothing,
    /// gzip, without name and date.
    Gzip,
}

/// A file to fetch.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Remote {
    /// File name.
    pub name: String,
    /// Address, from a lock.
    pub url: String,
    /// SHA-256, 64 hexadecimal digits.
    pub sha256: String,
    /// Size in bytes, where the index says it.
    pub bytes: Option<u64>,
}

impl Action {
    /// Runs one tool where tools run, with nothing but its inputs.
    pub fn run(command: Command) -> Self {
        Self::Run { place: Place::Here, may: Grants::default(), commands: vec![command] }
    }

    /// Runs one tool that runs code which is not ours: whose, and why, each a sentence with its place.
    pub fn run_foreign(command: Command, whose: &str, because: Vec<String>) -> Self {
        Self::Run { place: Place::Here, may: Grants::default().foreign(whose, because), commands: vec![command] }
    }

    /// Writes one text file.
    pub fn write(to: impl Into<String>, text: impl Into<Word>) -> Self {
        Self::Lay { items: vec![Item::text(to, text)] }
    }

    /// Copies one file or folder.
    pub fn copy(from: Word, to: impl Into<String>) -> Self {
        Self::Lay { items: vec![Item::from(to, from)] }
    }

    /// Calls a function of the engine.
    pub fn make<const N: usize>(maker: impl Into<Maker>, words: [(&str, Vec<Word>); N]) -> Self {
        Self::Make {
            maker: maker.into(),
            words: words.into_iter().map(|(name, words)| (name.to_owned(), words)).collect(),
        }
    }

    /// Every word of it: the one traversal. What a step consumes, reads and runs is a fold over this.
    pub fn words(&self) -> Vec<&Word> {
        match self {
            Self::Run { place, may: _, commands } => {
                commands.iter().flat_map(Command::words).chain(place.words()).collect()
            }
            Self::Lay { items } | Self::Pack { items, to: _, format: _ } => {
                items.iter().filter_map(Item::words).collect()
            }
            Self::Make { maker: _, words } => words.values().flatten().collect(),
            Self::Fetch { files: _ } => Vec::new(),
        }
    }

    /// The commands of it; only [`Action::Run`] has some.
    pub fn commands(&self) -> &[Command] {
        match self {
            Self::Run { commands, .. } => commands,
            Self::Lay { .. } | Self::Fetch { .. } | Self::Pack { .. } | Self::Make { .. } => &[],
        }
    }

    /// What its commands get beyond what they read and write; `None` where nothing is run.
    pub fn grants(&self) -> Option<&Grants> {
        match self {
            Self::Run { may, .. } => Some(may),
            Self::Lay { .. } | Self::Fetch { .. } | Self::Pack { .. } | Self::Make { .. } => None,
        }
    }

    /// The steps whose output it consumes, each once, in order of first mention.
    pub fn inputs(&self) -> Vec<&StepId> {
        let mut seen: Vec<&StepId> = Vec::new();
        for step in self.words().into_iter().flat_map(Word::inputs) {
            if !seen.contains(&step) {
                seen.push(step);
            }
        }
        seen
    }

    /// Whether it reads the project's source.
    pub fn reads_source(&self) -> bool {
        self.words().into_iter().any(Word::reads_source)
    }

    /// The tools it mentions, each once.
    pub fn tools(&self) -> Vec<&ToolRef> {
        let mut seen: Vec<&ToolRef> = Vec::new();
        for tool in self.words().into_iter().flat_map(Word::tools) {
            if !seen.contains(&tool) {
                seen.push(tool);
            }
        }
        seen
    }

    /// Whether it reads the contents of what other steps wrote; otherwise it only gives them other names.
    pub fn reads_contents(&self) -> bool {
        match self {
            Self::Run { .. } | Self::Pack { .. } | Self::Make { .. } => true,
            Self::Lay { .. } | Self::Fetch { .. } => false,
        }
    }
}
