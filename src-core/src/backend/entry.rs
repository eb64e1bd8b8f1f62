//! Which entry point an artifact starts with.

use super::{PlanError, Request};
use crate::facts::{EntryPoint, NoReference};
use crate::problem::{Code, Problem};

impl From<NoReference> for PlanError {
    fn from(error: NoReference) -> Self {
        Problem::new(Code::Unsuitable, error.to_string()).hint("Write it as `package.module:function`").into()
    }
}

/// The entry point an artifact starts with, or why there is none.
pub(crate) fn main_entry(request: &Request) -> Result<&EntryPoint, PlanError> {
    request.entries.first().ok_or_else(|| {
        let problem = Problem::new(
            Code::Unsuitable,
            format!("`{}` has no entry point, so there is nothing to start", request.project.name),
        )
        .hint("Add a script to `[project.scripts]`, for example `name = \"package.module:function\"`")
        .hint("Or add a `__main__.py` to the package");
        problem.into()
    })
}
