//! Files of the project that options name.

use super::{PlanError, Request};
use crate::problem::{Code, Problem};

impl Request {
    /// Refuses an option that names what is not of the project: some tools overlook a file that is not there, others take
    /// whatever is at the path.
    pub(crate) fn refuse_strangers(&self, option: &str) -> Result<(), PlanError> {
        let files = &self.project.selection.files;
        let is_there = |path: &str| files.iter().any(|file| is_below(file, path));
        let Some(stranger) = self.options.list(option).into_iter().find(|path| !is_there(path)) else { return Ok(()) };
        let message = format!("`{stranger}` (option `{option}`) is no file or folder of the project");
        let problem = Problem::new(Code::Usage, message)
            .hint("Write its path from the root of the project; what version control ignores is not seen by a build");
        Err(problem.into())
    }
}

/// Whether a path is another one, or inside it.
fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder.trim_end_matches('/')).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
