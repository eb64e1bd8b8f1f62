//! Commands: a tool, its argument vector, and what it sees of the world.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Pick, Piece, Word};
use crate::facts::Arch;

/// A tool and its argument vector. There is never a shell.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Command {
    /// What is run: a tool, or a file that a step or an earlier command made. One piece. In [`Place::Root`] it may be text: the
    /// name of a program there, which is looked for on its own PATH, or an absolute path.
    pub tool: Word,
    /// Its arguments; a word that picks several files becomes several arguments.
    pub args: Vec<Word>,
    /// Environment on top of the engine's list.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub env: BTreeMap<String, Word>,
    /// Working folder: the scratch folder where `None`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cwd: Option<Word>,
}

/// How a tool is found.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum ToolRef {
    /// A program of this system, found on PATH outside the project.
    System {
        /// Its name.
        name: String,
    },
    /// A tool from the package index that Packwright installs into the user's cache: pinned, isolated, hashes checked.
    Managed {
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
}

/// The file system that a command sees.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "in", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Place {
    /// This system: where tools run.
    #[default]
    Here,
    /// A small userland of this system, with one Python or none.
    Userland {
        /// Exact version; `None` for no Python at all.
        python: Option<String>,
    },
    /// A root file system that a step made, as one archive, with a throw-away layer above it. Commands are root there and see no
    /// tools but its own; what they read is copied in.
    Root {
        /// The archive: one output piece.
        root: Word,
        /// What it is called in receipts, for example `Debian 12`.
        name: String,
        /// Its processor, where that is not this machine's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        arch: Option<Arch>,
    },
    /// Wine with a prefix that a step made, as one archive, with a throw-away layer above it.
    Wine {
        /// The archive: one output piece.
        prefix: Word,
    },
}

/// What a command gets beyond its inputs and its output. All of it is shown, and part of the step's id.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Grants {
    /// What it may reach.
    #[serde(skip_serializing_if = "Network::is_own")]
    pub network: Network,
    /// Devices it sees.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub devices: Vec<Device>,
    /// Who it may be.
    #[serde(skip_serializing_if = "Users::is_one")]
    pub users: Users,
    /// Whose code it runs, where it is not the tool's own. Consent follows from this.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub foreign: Vec<Foreign>,
}

/// Code that is not ours.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Foreign {
    /// Whose it is: a project or a distribution.
    pub whose: String,
    /// Why it may run, each a sentence with its place.
    pub because: Vec<String>,
}

/// What may be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Network {
    /// A loopback interface of its own.
    #[default]
    Own,
    /// What this machine reaches.
    Machine,
}

/// A device of this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Device {
    /// The processor's virtualisation.
    Kvm,
    /// File systems in user space.
    Fuse,
    /// A display; a virtual one, which nobody else sees.
    Display,
    /// Serial lines, for example of a board.
    Serial,
}

/// How many users a place has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Users {
    /// One. In [`Place::Root`] as many as there are: where the system lends none, who owns a file there and who a program
    /// becomes is not tried.
    #[default]
    One,
    /// Those that the system lends to this user, as `/etc/subuid` says; nothing else will do.
    Mapped,
    /// Those that it lends; where it lends none, one, and whoever gives a file to another is told that it is done.
    Lent,
}

impl Command {
    /// A command without environment of its own.
    pub fn new<W: Into<Word>>(tool: impl Into<Word>, args: impl IntoIterator<Item = W>) -> Self {
        let args = args.into_iter().map(Into::into).collect();
        Self { tool: tool.into(), args, env: BTreeMap::new(), cwd: None }
    }

    /// A command without arguments yet.
    pub fn of(tool: impl Into<Word>) -> Self {
        Self::new(tool, [] as [&str; 0])
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

    /// Every word of it, the tool first.
    pub fn words(&self) -> impl Iterator<Item = &Word> {
        std::iter::once(&self.tool).chain(&self.args).chain(self.env.values()).chain(self.cwd.iter())
    }

    /// The tool, where it is one: not a file that something made.
    pub fn tool(&self) -> Option<&ToolRef> {
        match self.tool.piece() {
            Some(Piece::Tool(tool)) => Some(tool),
            _ => None,
        }
    }

    /// The word people know the tool by.
    pub fn name(&self) -> String {
        match self.tool.piece() {
            Some(Piece::Tool(tool)) => tool.name().to_owned(),
            Some(Piece::Output(_, pick)) => pick.file_name().unwrap_or("a tool built before").to_owned(),
            Some(Piece::Scratch(path) | Piece::Out(path) | Piece::Source(path) | Piece::Text(path)) => {
                path.rsplit('/').next().unwrap_or(path).to_owned()
            }
            Some(Piece::Secret(_) | Piece::Mirrors(_)) | None => "a tool".into(),
        }
    }
}

impl ToolRef {
    /// The word people know it by.
    pub fn name(&self) -> &str {
        match self {
            Self::System { name } => name,
            Self::Managed { executable, .. } => executable,
            Self::Python { .. } => "python",
        }
    }
}

impl Pick {
    /// The last part of its path or pattern; `None` for a whole folder.
    pub fn file_name(&self) -> Option<&str> {
        match self {
            Self::Folder => None,
            Self::Path(path) | Self::One(path) | Self::All(path) => path.rsplit('/').next(),
        }
    }
}

impl Place {
    /// Whether it is this system.
    pub fn is_here(&self) -> bool {
        *self == Self::Here
    }

    /// The words of it.
    pub fn words(&self) -> impl Iterator<Item = &Word> {
        match self {
            Self::Root { root: word, .. } | Self::Wine { prefix: word } => Some(word),
            Self::Here | Self::Userland { .. } => None,
        }
        .into_iter()
    }
}

impl Grants {
    /// Whether it grants nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The same, and this code may run.
    #[must_use]
    pub fn foreign(mut self, whose: &str, because: Vec<String>) -> Self {
        self.foreign.push(Foreign { whose: whose.to_owned(), because });
        self
    }
}

impl Network {
    /// Whether nothing but itself is reached.
    pub fn is_own(&self) -> bool {
        *self == Self::Own
    }
}

impl Users {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
    fn is_one(&self) -> bool {
        *self == Self::One
    }
}
