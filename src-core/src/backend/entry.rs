//! Which entry point an artifact starts with.

use super::{CoreMetadata, PlanError, Request};
use crate::facts::{EntryKind, EntryPoint, NoReference, Source};
use crate::problem::{Code, Problem};

impl From<NoReference> for PlanError {
    fn from(error: NoReference) -> Self {
        Problem::new(Code::Unsuitable, error.to_string()).hint("Write it as `package.module:function`").into()
    }
}

/// Metadata fields that may hold scripts.
const SCRIPTS: [&str; 3] = ["scripts", "gui-scripts", "entry-points"];

impl Request {
    /// Whether there may be more scripts, which only the build backend knows.
    pub(crate) fn has_open_scripts(&self) -> bool {
        self.project.dynamic.iter().any(|field| SCRIPTS.contains(&field.as_str()))
    }

    /// Adds the scripts that only the build backend knew, behind the entry points that the files show.
    pub(crate) fn learn_scripts(&mut self, metadata: &CoreMetadata) {
        if !self.has_open_scripts() {
            return;
        }
        self.project.dynamic.retain(|field| !SCRIPTS.contains(&field.as_str()));
        for (name, target) in &metadata.scripts {
            // `python -m name` may be an entry point too, of the same name.
            let is_same = |entry: &EntryPoint| entry.name == *name && entry.kind != EntryKind::Module;
            if !self.entries.iter().any(is_same) {
                let source = Source::Tree { seen: "the metadata of the wheel".into() };
                let (name, target) = (name.clone(), target.clone());
                self.entries.push(EntryPoint { name, kind: EntryKind::Console, target, source });
            }
        }
    }
}

/// The entry point an artifact starts with, or why there is none.
pub(crate) fn main_entry(request: &Request) -> Result<&EntryPoint, PlanError> {
    let entry = first_entry(request)?;
    // A console script starts the server itself; what is run as a file or a module is meant for `streamlit run`.
    if entry.kind == EntryKind::Script && request.facts.has("framework", "streamlit") {
        let message =
            format!("`{}` is a Streamlit app: `streamlit run` starts it, and Python alone does not", entry.target);
        let problem = Problem::new(Code::Unsuitable, message)
            .hint("Add a function that calls `streamlit.web.bootstrap.run`, and name it in `[project.scripts]`");
        return Err(problem.into());
    }
    Ok(entry)
}

fn first_entry(request: &Request) -> Result<&EntryPoint, PlanError> {
    request.entries.first().ok_or_else(|| {
        if request.facts.has("kind", "notebook") {
            return is_a_notebook(request);
        }
        let problem = Problem::new(
            Code::Unsuitable,
            format!("`{}` has no entry point, so there is nothing to start", request.project.name),
        )
        .hint("Add a script to `[project.scripts]`, for example `name = \"package.module:function\"`")
        .hint("Or add a `__main__.py` to the package");
        problem.into()
    })
}

/// Notebooks are opened, not started; what a notebook does can become a program all the same.
fn is_a_notebook(request: &Request) -> PlanError {
    let files = &request.project.selection.files;
    let file = files.iter().find(|path| path.ends_with(".ipynb")).map_or("notebook.ipynb", String::as_str);
    let message = format!("`{file}` is a notebook, which people open and no command starts");
    let problem = Problem::new(Code::Unsuitable, message)
        .hint_command("Make a script of its code", ["jupyter", "nbconvert", "--to", "script", file])
        .hint("Or serve it as a page without its code: Voilà does that");
    problem.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::sample;

    #[test]
    fn a_streamlit_app_is_not_started_by_python_alone() {
        let mut request = sample::one_file();
        assert!(main_entry(&request).is_ok());
        request.facts.assign("framework=streamlit").unwrap();
        let error = main_entry(&request).unwrap_err().to_string();
        assert!(error.contains("`streamlit run` starts it"), "{error}");
        request.entries[0].kind = EntryKind::Console;
        assert!(main_entry(&request).is_ok(), "its function starts the server");
    }

    #[test]
    fn a_notebook_can_become_a_script_and_is_no_program_before() {
        let mut request = sample::library();
        request.facts.assign("kind=notebook").unwrap();
        request.project.selection.files = vec!["a.ipynb".into()];
        let PlanError::Unsuitable(problem) = main_entry(&request).unwrap_err() else { panic!("it was found") };
        assert!(problem.message.starts_with("`a.ipynb` is a notebook"), "{problem}");
        assert_eq!(problem.hints[0].command.last().map(String::as_str), Some("a.ipynb"));
    }

    #[test]
    fn scripts_that_only_the_build_knew_come_behind_the_others_and_once() {
        let mut request = sample::weather();
        let script = |name: &str| (name.to_owned(), "weather.cli:main".to_owned());
        let known = request.entries[0].name.clone();
        let metadata = CoreMetadata { scripts: vec![script("more"), script(&known)], ..CoreMetadata::default() };
        request.learn_scripts(&metadata);
        assert_eq!(request.entries.len(), 1, "what the files list is all there is");
        request.project.dynamic = vec!["gui-scripts".into(), "description".into()];
        let module = EntryPoint { name: "more".into(), kind: EntryKind::Module, ..request.entries[0].clone() };
        request.entries.push(module);
        request.learn_scripts(&metadata);
        let names: Vec<&str> = request.entries.iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(names, [known.as_str(), "more", "more"]);
        assert!(!request.has_open_scripts() && request.project.dynamic == ["description"]);
    }
}
