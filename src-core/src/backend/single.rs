//! Programs that are one file.

use super::{PlanError, Request};
use crate::facts::{Definition, EntryKind};
use crate::problem::{Code, Problem, count, listing};

/// The project's only file of code, from its root; or why it is not one file, and what could be done.
pub(crate) fn single_file(request: &Request) -> Result<&str, PlanError> {
    let project = &request.project;
    if let Definition::Script(path) = &project.definition {
        let others: Vec<String> =
            project.selection.files.iter().filter(|file| *file != path).map(|file| format!("`{file}`")).collect();
        return match others.as_slice() {
            [] => Ok(path),
            [one] => Err(not_one_file(request, &format!("it uses {one}"))),
            [one, ..] => {
                Err(not_one_file(request, &format!("it uses {one} and {} more", count(others.len() - 1, "file"))))
            }
        };
    }
    if project.packages.len() > 1 || project.packages.iter().any(|package| !package.path.ends_with(".py")) {
        let paths = project.packages.iter().take(3).map(|package| format!("`{}`", package.path));
        let more = (project.packages.len() > 3).then(|| "more".to_owned());
        let names: Vec<String> = paths.chain(more).collect();
        return Err(not_one_file(request, &format!("it has {}", listing(&names))));
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
        .hint("A technology that takes a whole project fits it better; the advice ranks them")
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::sample;
    use crate::facts::{DataFile, ImportPackage};

    fn with_packages(paths: &[&str]) -> Request {
        let mut request = sample::library();
        let package = |path: &&str| ImportPackage { name: "x".into(), path: (*path).into(), namespace: false };
        request.project.packages = paths.iter().map(package).collect();
        request
    }

    #[test]
    fn a_project_of_one_module_is_one_file() {
        assert_eq!(single_file(&with_packages(&["paper_moon.py"])), Ok("paper_moon.py"));
    }

    #[test]
    fn everything_else_is_refused_with_what_was_found() {
        let refused = |request: &Request| single_file(request).unwrap_err().to_string();
        assert_eq!(refused(&with_packages(&["a.py", "b.py"])), "`shapes` is not one file: it has `a.py` and `b.py`");
        let many = refused(&with_packages(&["a.py", "b.py", "c", "d"]));
        assert_eq!(many, "`shapes` is not one file: it has `a.py`, `b.py`, `c` and more");
        assert_eq!(refused(&with_packages(&[])), "`shapes` is not one file: no single file was found in it");
        let mut request = with_packages(&["a.py"]);
        request.project.data_files = vec![DataFile { package: "a".into(), path: "a.txt".into() }];
        assert_eq!(refused(&request), "`shapes` is not one file: its code reads 1 data file beside it");
    }
}
