//! Which entry point an artifact starts with.

use super::carried::is_there;
use super::{CoreMetadata, Need, PlanError, Request};
use crate::facts::{EntryKind, EntryPoint, NoReference, Risk, RiskKind, Source, normalize};
use crate::inspect::code::order;
use crate::problem::{Code, Problem, Remedy};

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
        self.project.has_open_scripts()
    }

    /// Adds the scripts that only the build backend knew, behind the entry points that the files show.
    pub(crate) fn learn_scripts(&mut self, metadata: &CoreMetadata) {
        if !self.has_open_scripts() {
            return;
        }
        self.project.dynamic.retain(|field| !SCRIPTS.contains(&field.as_str()));
        let source = || Source::Tree { seen: "the metadata of the wheel".into() };
        let declared = metadata
            .scripts
            .iter()
            .filter_map(|(name, target)| EntryPoint::declared(name, EntryKind::Console, target, source()));
        let files = metadata.files.iter().map(|name| EntryPoint::new(name, EntryKind::Installed, name, source()));
        for learned in declared.chain(files) {
            // `python -m name` may be an entry point too, of the same name.
            let is_same = |entry: &EntryPoint| entry.name == learned.name && entry.kind != EntryKind::Module;
            if !self.entries.iter().any(is_same) {
                self.entries.push(learned);
            }
        }
        let name = self.project.name.clone();
        self.entries.sort_by_key(|entry| order(entry, &name));
        self.add_extras();
    }

    /// The extras that the main command says it needs go in.
    pub(crate) fn add_extras(&mut self) {
        let wanted = self.entries.first().map(|entry| entry.extras.clone()).unwrap_or_default();
        for extra in wanted {
            let known = self.project.extras.keys().find(|known| normalize(known) == normalize(&extra));
            let is_in = |extra: &String| self.extras.iter().any(|one| normalize(one) == normalize(extra));
            if let Some(extra) = known.filter(|extra| !is_in(extra)) {
                self.extras.push(extra.clone());
            }
        }
    }
}

/// Refuses commands that start nothing: calling an `async def` makes a coroutine, and nothing awaits it.
pub(crate) fn refuse_coroutines(request: &Request) -> Result<(), Problem> {
    let is_of = |risk: &&Risk| {
        risk.kind == RiskKind::CoroutineCommand && request.entries.iter().any(|entry| entry.name == risk.what)
    };
    let Some(risk) = request.project.risks.iter().find(is_of) else { return Ok(()) };
    let target = request.entries.iter().find(|entry| entry.name == risk.what).map_or("", |entry| &entry.target);
    let message = format!(
        "the command `{}` starts nothing: `{target}` is a coroutine ({}, `async def`), which is made and never awaited",
        risk.what, risk.source
    );
    let problem = Problem::new(Code::Unsuitable, message);
    Err(problem.hint("Name a function in its place that calls `asyncio.run(…)` with the coroutine"))
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
    match entry.file() {
        Some(file) if entry.kind == EntryKind::Installed && !is_there(request, file) => {
            let message = format!("`{file}` is a program that the build makes, and no Python that could be started");
            let problem = Problem::new(Code::Unsuitable, message);
            Err(problem.hint("A wheel has it, and installing that puts it among the commands").into())
        }
        _ => Ok(entry),
    }
}

fn first_entry(request: &Request) -> Result<&EntryPoint, PlanError> {
    match request.entries.first() {
        Some(entry) => Ok(entry),
        // A command may be computed, so that only the wheel has it.
        None if request.has_open_scripts() => Err(PlanError::Needs(Need::Metadata)),
        None if request.facts.has("kind", "notebook") => Err(is_a_notebook(request)),
        None => Err(nothing_to_start(request).into()),
    }
}

/// Why nothing is started, with what fits what the project is.
fn nothing_to_start(request: &Request) -> Problem {
    let project = &request.project;
    let message = format!("`{}` has no entry point, so there is nothing to start", project.name);
    let problem = Problem::new(Code::Unsuitable, message);
    let has_files = project.selection.files.iter().any(|file| file.ends_with(".py") && !file.contains('/'));
    let named = |problem: Problem| {
        if has_files {
            problem.remedy("Name the file that starts it as the entry point", Remedy::Entry)
        } else {
            problem
        }
    };
    if !project.is_buildable() {
        return named(problem).hint("Or add a `__main__.py` that starts it");
    }
    named(problem.hint("A library is not started: a wheel is what others install"))
        .hint("For a program, add it to `[project.scripts]`, as `name = \"package.module:function\"`")
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

/// A problem of a project that gives no command, with what can be done: a library has nothing to start, and wants none.
pub(crate) fn without_scripts(problem: Problem, request: &Request) -> Problem {
    if is_library(request) {
        return problem
            .hint("A library has nothing to start: build a wheel, which others install beside their programs");
    }
    problem.hint("Add a script to `[project.scripts]`, for example `name = \"package.module:function\"`")
}

fn is_library(request: &Request) -> bool {
    ["library", "plugin"].into_iter().any(|kind| request.facts.has("kind", kind))
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
