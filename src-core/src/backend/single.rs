//! Programs that are one file.

use super::{PlanError, Request};
use crate::facts::{Definition, EntryKind};
use crate::problem::{Code, Problem, count, listing};

/// The project's only file of code, from its root; or why it is not one file, and what could be done.
pub(crate) fn single_file(request: &Request) -> Result<&str, PlanError> {
    let project = &request.project;
    if let Definition::Script(path) = &project.definition {
        return Ok(path);
    }
    if project.packages.len() > 1 || project.packages.iter().any(|package| !package.path.ends_with(".py")) {
        let names: Vec<String> = project.packages.iter().take(3).map(|package| format!("`{}`", package.path)).collect();
        let more = if project.packages.len() > 3 { " and more" } else { "" };
        return Err(not_one_file(request, &format!("it has {}{more}", listing(&names))));
    }
    if !project.data_files.is_empty() {
        let files = count(project.data_files.len(), "data file");
        return Err(not_one_file(request, &format!("its code reads {files} beside it")));
    }
    let module = project.packages.first().map(|package| package.path.as_str());
    let script =
        request.entries.iter().find(|entry| entry.kind == EntryKind::Script).map(|entry| entry.target.as_str());
    module.or(script).ok_or_else(|| not_one_file(request, "no single file was found in it"))
}

fn not_one_file(request: &Request, why: &str) -> PlanError {
    Problem::new(Code::Unsuitable, format!("`{}` is not one file: {why}", request.project.name))
        .hint("A technology that takes a whole project fits it better; `packwright advise` ranks them")
        .into()
}
