//! What a front end can ask for.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::engine::{Agreed, Settings};
use crate::event::BuildId;
use crate::facts::{Fact, Facts, Os, Target};

/// Something a front end wants. The answer comes as updates.
#[derive(Debug, Clone, PartialEq)]
pub enum Intent {
    /// Reads the project in a folder, or a single script.
    Open {
        /// The folder or the script.
        path: PathBuf,
    },
    /// Reads the example that comes with Packwright.
    OpenExample,
    /// Lays facts over what is known: answers of the user, or everything there is when no project is open.
    Answer {
        /// What is known now.
        facts: Facts,
    },
    /// Says "I don't know": the question is not put again until it is taken back.
    Skip {
        /// The fact it asks for.
        fact: Fact,
    },
    /// Takes an answer back; what the project shows holds again.
    Unanswer {
        /// The systems it was given for; `None` for all.
        os: Option<Os>,
        /// Which.
        fact: Fact,
    },
    /// Keeps the answers of this session in the open project's own settings, and takes those out of them that were
    /// taken back.
    SaveAnswers,
    /// Keeps the technologies that `packwright build` repeats in the open project's own settings.
    SaveChoice {
        /// Which; none for no choice.
        technologies: Vec<String>,
    },
    /// Plans a build of the open project.
    Plan {
        /// The number the front end gives it.
        build: BuildId,
        /// What is to be built.
        choice: Choice,
        /// How.
        settings: Settings,
    },
    /// Carries out plans that are ready, as one graph.
    Build {
        /// Which.
        builds: Vec<BuildId>,
        /// How.
        settings: Settings,
    },
    /// Remembers what the user has agreed to for the open project, until its code changes.
    Trust {
        /// What.
        to: Agreed,
    },
    /// Looks at what can be built here, or at one technology.
    Examine {
        /// Which; `None` for all.
        technology: Option<String>,
    },
    /// Reads what was built before, the newest first.
    Recall {
        /// At most this many.
        most: usize,
    },
    /// Ends a build, wherever it is: waiting for its turn, being planned, planned, running or being tried. Steps that other
    /// builds want go on for them.
    Cancel {
        /// Which; `None` for all.
        build: Option<BuildId>,
    },
}

/// A technology with what the user chose for it; the project and the facts are those of the session.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Choice {
    /// The technology.
    pub technology: String,
    /// The entry point; `None` for the project's first.
    pub entry: Option<String>,
    /// Options of the backend.
    pub options: BTreeMap<String, String>,
    /// What it is built for; `None` for what the facts say.
    pub target: Option<Target>,
    /// Extras that go in.
    pub extras: Vec<String>,
    /// Dependency groups that go in.
    pub groups: Vec<String>,
}
