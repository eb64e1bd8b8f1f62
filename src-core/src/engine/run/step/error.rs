//! Why a step failed.

use std::path::Path;

use crate::catalogue::Symptom;
use crate::engine::disk::error::StoreError;
use crate::engine::network::fetch::FetchError;
use crate::engine::run::diagnose::{Diagnosis, diagnose};
use crate::engine::run::render::RenderError;
use crate::engine::run::sandbox::Ungranted;
use crate::engine::run::source::SourceError;
use crate::engine::terms::cancel::Cancel;
use crate::engine::tools::log::Log;
use crate::engine::tools::process::ProcessError;
use crate::engine::tools::{ToolError, described};
use crate::engine::trees::install::InstallError;
use crate::engine::trees::pick::PickError;
use crate::facts::Project;
use crate::plan::{Command, Step, Word};
use crate::problem::{Code, Problem, Remedy};

/// Why a step failed.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// What the step needs of another one is not there.
    #[error(transparent)]
    Pick(#[from] PickError),
    /// A word cannot be rendered: a pattern matched nothing, or a plan is inconsistent.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The project's source was not taken.
    #[error(transparent)]
    Source(SourceError),
    /// A file was not fetched.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// A wheel was not installed.
    #[error(transparent)]
    Install(#[from] InstallError),
    /// A tool is not there.
    #[error(transparent)]
    Tool(#[from] ToolError),
    /// A program could not be run to its end.
    #[error(transparent)]
    Process(#[from] ProcessError),
    /// A program ended with another code than 0.
    #[error("`{tool}` ended with {}", code.map_or("a signal".to_owned(), |code| format!("exit code {code}")))]
    Exit {
        /// The tool.
        tool: String,
        /// Its exit code.
        code: Option<i32>,
    },
    /// A program ended well and wrote nothing.
    #[error("`{tool}` reported success but wrote nothing")]
    Nothing {
        /// The tool.
        tool: String,
    },
    /// A command cannot have what it was granted.
    #[error(transparent)]
    Ungranted(#[from] Ungranted),
    /// A place that this machine does not have.
    #[error("{0} cannot be had here")]
    Place(String),
    /// Another error, with the log of the step.
    #[error("the step \"{title}\" failed")]
    Logged {
        /// The step.
        title: String,
        /// The error itself.
        source: Box<StepError>,
        /// What the log says about it.
        diagnosis: Option<Box<Diagnosis>>,
        /// The file with the whole log.
        log: std::path::PathBuf,
    },
    /// Nobody wanted it any more.
    #[error("the step was cancelled")]
    Cancelled,
    /// Packwright itself failed.
    #[error("{}", .0.message)]
    Fault(Box<Problem>),
}

impl StepError {
    /// Whether it was only asked to stop.
    pub(in crate::engine) fn is_cancelled(&self) -> bool {
        match self {
            Self::Cancelled
            | Self::Store(StoreError::Cancelled)
            | Self::Process(ProcessError::Cancelled { .. })
            | Self::Fetch(FetchError::Cancelled { .. }) => true,
            Self::Tool(error) => error.is_cancelled(),
            _ => false,
        }
    }

    /// Adds what the log says, where a program had its say.
    pub(super) fn with_log(self, step: &Step, log: &Log, project: &Project) -> Self {
        match &self {
            Self::Exit { .. }
            | Self::Nothing { .. }
            | Self::Process(
                ProcessError::TimedOut { .. } | ProcessError::Stopped { .. } | ProcessError::Crowded { .. },
            ) => {
                let said = log.tail(400);
                let found = diagnose(&said, symptoms_of(step), &[Path::new("/pw/src")]);
                // What a dependency lacks says nothing of the project.
                let is_own = step.action.words().into_iter().any(Word::reads_source);
                let found = if is_own { found.of(project) } else { found };
                let diagnosis = Some(found).filter(|_| !said.trim().is_empty()).map(Box::new);
                Self::Logged { title: step.title.clone(), source: Box::new(self), diagnosis, log: log.path() }
            }
            _ => self,
        }
    }
}

/// The symptoms of the tools that a step runs: whatever they are run for, they fail in their own words.
fn symptoms_of(step: &Step) -> impl Iterator<Item = &'static Symptom> {
    let tools = step.action.commands().iter().rev().filter_map(Command::tool);
    tools.filter_map(described).flat_map(|tool| &tool.symptoms)
}

impl From<SourceError> for StepError {
    fn from(error: SourceError) -> Self {
        match error {
            SourceError::Store(error) => Self::Store(error),
            error => Self::Source(error),
        }
    }
}

impl From<StepError> for Problem {
    fn from(error: StepError) -> Self {
        if error.is_cancelled() {
            return Cancel::problem();
        }
        let message = error.to_string();
        match error {
            StepError::Tool(error) => error.into(),
            StepError::Ungranted(error) => error.into(),
            StepError::Fault(problem) => *problem,
            StepError::Store(error) => Self::from(error),
            StepError::Source(error) => error.into(),
            StepError::Fetch(error) => {
                let problem = Self::new(Code::Unresolvable, error.to_string()).because_of(&error);
                match error {
                    FetchError::Offline { .. } => {
                        problem.remedy("Go online once, so that the file gets into the cache", Remedy::Online)
                    }
                    FetchError::Refused { .. } => problem.hint(
                        "Give a login for this server: in the login file `~/.netrc`, in the address of the index, or as \
                         `UV_INDEX_NAME_USERNAME` and `UV_INDEX_NAME_PASSWORD`",
                    ),
                    FetchError::Hash { .. } => problem.hint(
                        "The index serves another file than the one that was locked: find out why before you go on",
                    ),
                    _ => problem.hint("Check the network, the proxy variables and `SSL_CERT_FILE`"),
                }
            }
            StepError::Install(error) => Self::new(Code::BuildFailed, error.to_string()).because_of(&error),
            StepError::Process(error) => Self::of_process(Code::BuildFailed, &error),
            StepError::Logged { source, diagnosis, log, .. } => {
                let problem = Self::new(Code::BuildFailed, format!("{message}: {source}"));
                let problem = diagnosis.into_iter().fold(problem, |problem, found| found.explain(problem));
                problem.logged(log)
            }
            StepError::Pick(_)
            | StepError::Render(_)
            | StepError::Place(_)
            | StepError::Exit { .. }
            | StepError::Nothing { .. }
            | StepError::Cancelled => Self::new(Code::BuildFailed, message),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let problem = Self::new(Code::Store, error.to_string()).because_of(&error);
        match error {
            StoreError::Cancelled => Cancel::problem(),
            StoreError::TooMuch(_) => Self { code: Code::BuildFailed, ..problem },
            StoreError::Damaged { .. } => problem.hint("It has been removed from the cache: run it again"),
            _ => problem,
        }
    }
}

impl Problem {
    /// The causes beneath an error, without the error itself.
    pub(in crate::engine) fn because_of(self, error: &dyn std::error::Error) -> Self {
        match error.source() {
            Some(source) => self.because(source),
            None => self,
        }
    }

    /// A program could not be run to its end. Where its log could not be kept, that is no fault of the program.
    pub(in crate::engine) fn of_process(code: Code, error: &ProcessError) -> Self {
        let code = match error {
            ProcessError::Log { .. } => Code::Store,
            ProcessError::Cancelled { .. } => Code::Cancelled,
            ProcessError::Start { .. }
            | ProcessError::TimedOut { .. }
            | ProcessError::Stopped { .. }
            | ProcessError::Crowded { .. }
            | ProcessError::Unwatched { .. } => code,
        };
        Self::new(code, error.to_string()).because_of(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Action, ToolRef};

    #[test]
    fn a_step_fails_in_the_words_of_its_tool() {
        let step = |name: &str| {
            let tool = ToolRef::System { name: name.into() };
            Step::new("pack", Action::run(Command::new(tool, ["--build"])))
        };
        let log = "dpkg-deb: error: package architecture is missing or empty";
        let found = diagnose(log, symptoms_of(&step("dpkg-deb")), &[]);
        assert_eq!(found.cause, "The package does not say for which processors it is.");
        assert_eq!(diagnose(log, symptoms_of(&step("git")), &[]).source, None);
    }
}
