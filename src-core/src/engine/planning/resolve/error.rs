//! Why there is no lock.

use super::Refusal;
use crate::engine::disk::error::StoreError;
use crate::engine::run::step::StepError;
use crate::engine::tools::process::ProcessError;
use crate::engine::tools::{ToolError, unreachable};
use crate::facts::Environment;
use crate::problem::{Code, Problem, Remedy};

/// Why there is no lock.
#[derive(Debug, thiserror::Error)]
pub enum ResolveError {
    /// The requirements contradict each other or the index.
    #[error("the requirements of {what} cannot be met for {environment}")]
    Unsatisfiable {
        /// Whose requirements.
        what: String,
        /// For where.
        environment: Environment,
        /// What `uv` says, its lines joined.
        said: String,
    },
    /// The metadata of a package that comes as source only was not read.
    #[error(transparent)]
    Source(#[from] Box<Problem>),
    /// There is always another package to build.
    #[error("the requirements of {what} still lead to packages that come as source only after {rounds} rounds")]
    Rounds {
        /// Whose requirements.
        what: String,
        /// How often was asked.
        rounds: usize,
    },
    /// `uv` failed for another reason.
    #[error("`uv` could not resolve the requirements of {what}")]
    Failed {
        /// Whose requirements.
        what: String,
        /// The end of its log.
        said: String,
    },
    /// `uv` ended without an answer.
    #[error("`uv` crashed while it resolved the requirements of {what}: {how}")]
    Crashed {
        /// Whose requirements.
        what: String,
        /// How it ended.
        how: String,
        /// The end of its log.
        said: String,
    },
    /// `uv` follows brackets by recursion, and a package has thousands of them.
    #[error(
        "the requirements of {what} cannot be read: those of a package that it needs are nested too deeply for `uv`"
    )]
    TooDeep {
        /// Whose requirements.
        what: String,
    },
    /// The resolver's answer is not understood.
    #[error("the resolver's answer cannot be used: {0}")]
    Answer(String),
    /// A file without a hash.
    #[error("the index gives no SHA-256 for `{name}`, so it cannot be checked")]
    NoHash {
        /// The file.
        name: String,
    },
    /// A dependency that is no file.
    #[error("`{name}` comes from {kind}, which cannot be locked by a hash")]
    NoFile {
        /// The package.
        name: String,
        /// Where it comes from.
        kind: String,
    },
    /// A requirement that would be read as something else.
    #[error("`{line}` of {what} cannot be given to the resolver as a requirement")]
    Line {
        /// Whose requirements.
        what: String,
        /// Its start, on one line.
        line: String,
    },
    /// Something that only version control has.
    #[error("`{name}`, which {what} needs, comes from a repository (`{kind}`), which is not asked for it")]
    Repository {
        /// Whose requirements.
        what: String,
        /// The package.
        name: String,
        /// The version control.
        kind: &'static str,
    },
    /// A secret that would be written into plans, locks and receipts.
    #[error("`{name}`, which {what} needs, has a login in its address")]
    Login {
        /// Whose requirements.
        what: String,
        /// The package.
        name: String,
    },
    /// The project's lock cannot be read.
    #[error("the lock `{path}` cannot be read: {why}")]
    OwnLock {
        /// The lock.
        path: String,
        /// Why.
        why: String,
    },
    /// Something the lock does not name.
    #[error("`{name} {version}` is needed, but `{path}` does not name it")]
    NotLocked {
        /// The package.
        name: String,
        /// Its version.
        version: String,
        /// The lock.
        path: String,
    },
    /// A file that is not the one of the lock.
    #[error("the index has another `{file}` than `{path}` names")]
    OtherFile {
        /// The file.
        file: String,
        /// The lock.
        path: String,
    },
    /// A file that the lock does not list, of a package whose files it lists.
    #[error("`{file}` is needed, but it is not among the files that `{path}` lists for its package")]
    UnlistedFile {
        /// The file.
        file: String,
        /// The lock.
        path: String,
    },
    /// A package is to come from an index that only the project names.
    #[error("{0}")]
    UnknownIndex(Box<Refusal>),
    /// There is no lock to keep to.
    #[error("only what the lock of the project names may be used, and it has none")]
    NoLock,
    /// A tool is missing.
    #[error(transparent)]
    Tool(#[from] ToolError),
    /// A program could not be run.
    #[error(transparent)]
    Process(#[from] ProcessError),
    /// The cache failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ResolveError {
    /// Why `uv` ended without an answer: what it reads may be the cause.
    pub(super) fn crashed(what: &str, code: Option<i32>, said: String) -> Self {
        let what = what.to_owned();
        if code.is_none() && said.contains("overflowed its stack") {
            return Self::TooDeep { what };
        }
        let how = code.map_or("a signal ended it".to_owned(), |code| format!("it ended with exit code {code}"));
        Self::Crashed { what, how, said }
    }
}

impl From<ResolveError> for Problem {
    fn from(error: ResolveError) -> Self {
        let problem = Self::new(Code::Unresolvable, error.to_string());
        let said = |problem: Self, said: &str| {
            said.lines()
                .filter(|line| !line.trim().is_empty())
                .take(6)
                .fold(problem, |problem, line| problem.cause(line.trim()))
        };
        match error {
            ResolveError::Tool(error) => error.into(),
            ResolveError::Process(ProcessError::Cancelled { .. }) => {
                Self::new(Code::Cancelled, "resolving was cancelled")
            }
            ResolveError::Process(error) => Self::of_process(Code::Unresolvable, &error),
            ResolveError::Store(error) => error.into(),
            ResolveError::Unsatisfiable { said: text, .. } => {
                let problem = said(problem, &text);
                if text.contains("was not found") {
                    problem.hint("Check the name and the index")
                } else {
                    let hint = "Relax the requirement that the first line names, or choose another Python";
                    problem.remedy(hint, Remedy::Target)
                }
            }
            ResolveError::Failed { said: text, .. } if unreachable(&text) => said(problem, &text).remedy(
                "Check the network, the proxy variables and `SSL_CERT_FILE`, or use only what is on this machine",
                Remedy::Offline,
            ),
            ResolveError::Failed { said: text, .. } => {
                said(problem, &text).hint("Read what `uv` says; the requirements and the indexes are what it was given")
            }
            ResolveError::Crashed { said: text, .. } => said(problem, &text).hint(
                "Try again; if it stays, install another `uv`: the one on PATH is used where it is new enough",
            ),
            ResolveError::TooDeep { .. } => {
                problem.hint("Leave out what you added last; a package whose requirements look like that means harm")
            }
            ResolveError::Source(problem) => *problem,
            ResolveError::UnknownIndex(refusal) => refusal.explain(problem),
            ResolveError::Rounds { .. } => {
                problem.hint("Name the versions you want, or add the wheels of these packages to an index")
            }
            ResolveError::Line { .. } => {
                problem.hint("Write it as PEP 508 defines, on one line and without options or variables")
            }
            ResolveError::Repository { .. } => problem
                .hint("Name a release of it in an index, or a wheel by its address")
                .hint("Only Git is asked, and only for run-time dependencies of the project and of its local dependencies"),
            ResolveError::Login { .. } => {
                problem.hint("Leave the login out of the address, and keep it for that host in `~/.netrc`")
            }
            ResolveError::NotLocked { .. } | ResolveError::OtherFile { .. } | ResolveError::UnlistedFile { .. } => {
                problem.hint("Update the lock with the tool that wrote it")
            }
            ResolveError::NoLock => Self { code: Code::Usage, ..problem }
                .remedy("Write a lock, for example with `uv lock`, or allow what none names", Remedy::Unlock),
            _ => problem,
        }
    }
}

impl From<ResolveError> for StepError {
    fn from(error: ResolveError) -> Self {
        match error {
            ResolveError::Store(error) => error.into(),
            ResolveError::Tool(error) => error.into(),
            ResolveError::Process(error) => error.into(),
            _ => Self::Cancelled,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_that_overflows_the_stack_of_uv_is_no_fault_of_uv() {
        let said = "thread 'main2' (1) has overflowed its stack\nfatal runtime error: stack overflow, aborting";
        let problem = Problem::from(ResolveError::crashed("`app`", None, said.to_owned()));
        assert_eq!(
            problem.message,
            "the requirements of `app` cannot be read: those of a package that it needs are nested too deeply for `uv`"
        );
        assert!(problem.causes.is_empty(), "{problem:?}");
        let problem = Problem::from(ResolveError::crashed("`app`", Some(139), String::new()));
        assert_eq!(
            problem.message,
            "`uv` crashed while it resolved the requirements of `app`: it ended with exit code 139"
        );
    }

    #[test]
    fn a_resolution_that_does_not_end_says_what_helps() {
        let problem = Problem::from(ResolveError::Rounds { what: "`a`".into(), rounds: 9 });
        assert_eq!(
            problem.message,
            "the requirements of `a` still lead to packages that come as source only after 9 rounds"
        );
        assert!(problem.hints[0].text.starts_with("Name the versions"));
    }
}
