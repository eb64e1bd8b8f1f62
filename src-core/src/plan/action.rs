//! The closed set of things the engine can do.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Pick, StepId, Word};

/// What a step does. Whatever it does, it writes into its own folder only.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Action {
    /// Runs a tool.
    Run(Command),
    /// Writes a text file.
    Write {
        /// Path in the step's folder.
        to: String,
        /// UTF-8 text.
        contents: Word,
        /// Whether the file may be executed.
        executable: bool,
    },
    /// Copies a file or a folder into the step's folder.
    Copy {
        /// What; one source or output piece.
        from: Word,
        /// Path in the step's folder.
        to: String,
    },
    /// Copies a Python script with its inline metadata replaced, or put in where it has none (PEP 723).
    Script {
        /// The script; one source or output piece.
        from: Word,
        /// The whole block, from `# /// script` to `# ///`.
        metadata: String,
        /// The first line, with `#!`; `None` keeps what is there.
        shebang: Option<String>,
        /// Path in the step's folder.
        to: String,
    },
    /// Fetches files and checks their hashes; each lands under its name.
    Fetch {
        /// The files.
        files: Vec<Remote>,
    },
    /// Puts the files of several outputs side by side in one folder; the same name twice is an error.
    Gather {
        /// Outputs and which files of each.
        from: Vec<(StepId, Pick)>,
    },
    /// Installs wheels into a folder as `pip install --target` would, without scripts and bytecode.
    Install {
        /// Wheels.
        wheels: Vec<(StepId, Pick)>,
        /// Path in the step's folder; empty for the folder itself.
        to: String,
    },
    /// Writes a ZIP archive: sorted names, fixed dates and modes, so the same input gives the same bytes.
    Zip {
        /// Name in the step's folder.
        to: String,
        /// Line before the archive, for example `#!/usr/bin/env python3`; PEP 441.
        shebang: Option<String>,
        /// What goes in.
        members: Vec<Member>,
        /// How members are stored.
        compression: Compression,
    },
}

/// Something that goes into an archive.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Member {
    /// All files of an output, without those that match a pattern.
    Tree {
        /// The step that wrote them.
        from: StepId,
        /// Glob patterns of paths to leave out.
        exclude: Vec<String>,
    },
    /// A file with this text.
    Text {
        /// Path in the archive.
        name: String,
        /// UTF-8 text.
        contents: String,
    },
}

/// How members of an archive are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Compression {
    /// As they are: larger, a little quicker to start.
    Stored,
    /// Deflated.
    Deflated,
}

/// A file to fetch.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
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

/// A tool and its argument vector. There is never a shell.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Command {
    /// What is run.
    pub tool: ToolRef,
    /// Its arguments; a word that picks several files becomes several arguments.
    pub args: Vec<Word>,
    /// Environment on top of the engine's list.
    pub env: BTreeMap<String, Word>,
    /// Working folder: the scratch folder where `None`.
    pub cwd: Option<Word>,
    /// By what means it is run.
    pub runner: Runner,
}

/// By what means a command is run.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Runner {
    /// By this system.
    #[default]
    Native,
    /// By Wine.
    Wine,
    /// By qemu, for this processor.
    Qemu(String),
    /// In a container.
    Container,
}

/// How a tool is found.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ToolRef {
    /// A program of this system, found on PATH outside the project.
    System {
        /// Its name.
        name: String,
    },
    /// A tool that Packwright installs into the user's cache: pinned, isolated, hashes checked.
    Managed {
        /// Where it comes from.
        registry: Registry,
        /// Its distribution.
        name: String,
        /// The executable.
        executable: String,
        /// The Python that runs it, exact version; `None` for tools that are no Python programs.
        python: Option<String>,
    },
    /// A Python found on this machine.
    Python {
        /// Exact version, for example `3.11.7`.
        version: String,
    },
    /// Something an earlier step made.
    Built {
        /// The step.
        step: StepId,
        /// The executable in it.
        pick: Pick,
    },
    /// Something that the preparation of a check put into its scratch folder, for example an installed script.
    Prepared {
        /// Its path there.
        path: String,
    },
}

/// Registries of managed tools.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Registry {
    /// The Python Package Index, or the mirror the user has configured.
    Pypi,
    /// npm's, likewise.
    Npm,
}

/// What a step may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Network {
    /// Nothing.
    #[default]
    None,
    /// The package index.
    Index,
    /// Registries of tools and images.
    Registry,
    /// The loopback interface.
    Loopback,
}

impl Command {
    /// A command without environment of its own.
    pub fn new<W: Into<Word>>(tool: ToolRef, args: impl IntoIterator<Item = W>) -> Self {
        let args = args.into_iter().map(Into::into).collect();
        Self { tool, args, env: BTreeMap::new(), cwd: None, runner: Runner::Native }
    }

    /// Adds an argument.
    #[must_use]
    pub fn arg(mut self, word: impl Into<Word>) -> Self {
        self.args.push(word.into());
        self
    }

    /// Adds several arguments.
    #[must_use]
    pub fn args<W: Into<Word>>(mut self, words: impl IntoIterator<Item = W>) -> Self {
        self.args.extend(words.into_iter().map(Into::into));
        self
    }

    /// Sets a variable.
    #[must_use]
    pub fn env(mut self, name: impl Into<String>, value: impl Into<Word>) -> Self {
        self.env.insert(name.into(), value.into());
        self
    }

    /// Every word of it.
    pub fn words(&self) -> impl Iterator<Item = &Word> {
        self.args.iter().chain(self.env.values()).chain(self.cwd.iter())
    }
}

impl ToolRef {
    /// The word people know it by.
    pub fn name(&self) -> &str {
        match self {
            Self::System { name } => name,
            Self::Managed { executable, .. } => executable,
            Self::Python { .. } => "python",
            Self::Built { .. } => "a tool built before",
            Self::Prepared { path } => path,
        }
    }
}

impl Action {
    /// The steps whose output it consumes, each once, in order of first mention.
    pub fn inputs(&self) -> Vec<&StepId> {
        let mut steps: Vec<&StepId> = match self {
            Self::Run(command) => {
                let tool = match &command.tool {
                    ToolRef::Built { step, .. } => Some(step),
                    _ => None,
                };
                tool.into_iter().chain(command.words().flat_map(Word::inputs)).collect()
            }
            Self::Write { contents: word, .. } | Self::Copy { from: word, .. } | Self::Script { from: word, .. } => {
                word.inputs().collect()
            }
            Self::Fetch { .. } => Vec::new(),
            Self::Gather { from } | Self::Install { wheels: from, .. } => from.iter().map(|(step, _)| step).collect(),
            Self::Zip { members, .. } => members
                .iter()
                .filter_map(|member| match member {
                    Member::Tree { from, .. } => Some(from),
                    Member::Text { .. } => None,
                })
                .collect(),
        };
        let mut seen = Vec::new();
        steps.retain(|step| {
            !seen.contains(step) && {
                seen.push(*step);
                true
            }
        });
        steps
    }

    /// Whether it reads the project's source.
    pub fn reads_source(&self) -> bool {
        match self {
            Self::Run(command) => command.words().any(Word::reads_source),
            Self::Write { contents: word, .. } | Self::Copy { from: word, .. } | Self::Script { from: word, .. } => {
                word.reads_source()
            }
            _ => false,
        }
    }

    /// Whether it reads the contents of what other steps wrote; otherwise it only gives them other names.
    pub fn reads_contents(&self) -> bool {
        matches!(self, Self::Run(_) | Self::Script { .. } | Self::Install { .. } | Self::Zip { .. })
    }
}
