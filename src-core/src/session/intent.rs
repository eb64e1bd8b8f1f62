//! What a front end can ask for.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{Change, Choice};
use crate::engine::answers::declare::Declaration;
use crate::engine::{Agreed, Settings};
use crate::event::BuildId;
use crate::facts::{Fact, Facts, Os, Sorting};

/// Something a front end wants. The answer comes as updates.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Intent {
    /// Reads the project in a folder, or a single script.
    Open {
        /// The folder or the script.
        path: PathBuf,
    },
    /// Says of paths whether they are part of the project, in place of what was said before. The open project is read again.
    Sort {
        /// What is said.
        sorting: Sorting,
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
    /// Takes an answer back; what the project shows holds again, but not what was saved with it.
    Unanswer {
        /// The systems it was given for; `None` for all.
        os: Option<Os>,
        /// Which.
        fact: Fact,
    },
    /// Takes the last answer back.
    Undo {
        /// Whether the last one that was saved with the project may go, where none of this session is left.
        saved: bool,
    },
    /// Puts saved answers aside, so that they are asked again.
    AskAgain,
    /// Lays what is known from elsewhere over what the project shows; it is no answer.
    Learn {
        /// What is known.
        facts: Facts,
    },
    /// Tries what would follow from another answer.
    Suppose {
        /// The fact.
        fact: Fact,
        /// The id of its tag.
        tag: String,
    },
    /// What was known before the last trial holds again.
    Unsuppose,
    /// Keeps the answers of this session in the open project's own settings, and takes those out of them that were
    /// taken back.
    SaveAnswers,
    /// Keeps the technologies that `packwright build` repeats in the open project's own settings.
    SaveChoice {
        /// Which; none for no choice.
        technologies: Vec<String>,
    },
    /// Keeps commands as people type them in the open project's own settings, to be tried with every build.
    SaveTyped {
        /// Which.
        commands: Vec<String>,
    },
    /// Declares requirements where the open project declares such, and reads it again.
    Declare {
        /// Which.
        requirements: Vec<Declaration>,
    },
    /// How everything from now on is done. Plans that are ready stay as they were made.
    Set {
        /// How.
        settings: Box<Settings>,
    },
    /// Plans builds of the open project. The session numbers them; plans of before that were not built are not wanted any
    /// more.
    Choose {
        /// What is to be built.
        choices: Vec<Choice>,
    },
    /// Plans what is recommended. Where the project refuses it, the best of what can be built is planned in its place.
    Recommend {
        /// The system whose ranking counts; `None` for that of all.
        os: Option<Os>,
        /// What is planned besides, whatever is recommended: nothing behind it in the ranking is wanted.
        besides: Vec<Choice>,
        /// How technologies are built that are not built as the facts say.
        like: Vec<Choice>,
    },
    /// Plans what was built before, as it was built.
    Repeat {
        /// The number in the history; without one what the project's settings name, what was built of it last as far as
        /// that was recalled, or what is recommended.
        build: Option<i64>,
    },
    /// Plans a build again, with something chosen otherwise.
    Change {
        /// Which.
        build: BuildId,
        /// What.
        change: Change,
    },
    /// Plans builds again as they were chosen.
    PlanAgain {
        /// Which.
        builds: Vec<BuildId>,
    },
    /// Plans a build that failed as a new one, with the option that helps where one is known.
    Apply {
        /// Which.
        build: BuildId,
    },
    /// Remembers what the user has agreed to for the open project, until its code changes. Builds that were refused for
    /// want of it are planned again.
    Agree {
        /// The builds whose consents the user has read.
        builds: Vec<BuildId>,
        /// To what.
        to: Agreed,
    },
    /// Carries out plans that are ready, as one graph.
    Build {
        /// Which.
        builds: Vec<BuildId>,
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
    /// The user has read what went wrong outside any build.
    DismissProblems,
}
