//! The tools that a plan needs, looked for before its first step: nobody waits an hour to learn that one is missing.

use std::collections::BTreeSet;

use super::rooms::hindrance;
use super::step::{Bench, StepError};
use crate::backend::Backend;
use crate::backends;
use crate::catalogue::{self, Symptom};
use crate::engine::terms::order::Lacks;
use crate::engine::tools::{ToolError, described, find, hints};
use crate::facts::{Platform, Trial};
use crate::plan::{Plan, Proof, ToolRef, Word};
use crate::problem::{Problem, listing};

/// What this machine lacks for a plan, before anybody is asked to build it.
pub(in crate::engine) fn lacks(bench: &Bench, plan: &Plan) -> Lacks {
    let problem = missing(bench, plan).map(|problem| problem.of(&plan.technology));
    let untried = if bench.settings.verify { not_tried(bench, plan) } else { Vec::new() };
    Lacks { problem, untried }
}

/// Why the steps of a plan cannot all run: every program of this system that is missing, with what installs it, or the first
/// other tool that cannot be had.
pub(in crate::engine) fn missing(bench: &Bench, plan: &Plan) -> Option<Problem> {
    let mut missing = Vec::new();
    for tool in tools(plan) {
        match bench.look_for(tool) {
            Ok(()) => {}
            Err(StepError::Tool(ToolError::Missing(names))) => missing.extend(names),
            Err(other) => return Some(other.into()),
        }
        let needs = described(tool).into_iter().flat_map(|tool| tool.needs(Platform::host().os));
        missing.extend(needs.map(|tool| tool.name.clone()).filter(|name| is_missing(bench, name)));
    }
    missing.sort();
    missing.dedup();
    (!missing.is_empty()).then(|| ToolError::Missing(missing).into())
}

/// What will not be tried, each a sentence with what installs the missing program. A trial that cannot be had is no reason
/// not to build.
pub(in crate::engine) fn not_tried(bench: &Bench, plan: &Plan) -> Vec<String> {
    let proofs = plan.proofs.iter().filter(|proof| hindrance(proof).is_none());
    proofs.filter_map(|proof| sentence(&proof.title, &missing_for(bench, proof))).collect()
}

/// The programs of this system that a trial misses.
fn missing_for(bench: &Bench, proof: &Proof) -> Vec<String> {
    let furnish = proof.furnish.iter().flat_map(|step| step.action.tools());
    let tools: BTreeSet<&ToolRef> = proof.words().flat_map(Word::tools).chain(furnish).collect();
    let own = tools.into_iter().filter_map(|tool| match tool {
        ToolRef::System { name } => Some(name.as_str()),
        _ => None,
    });
    let display: &[&str] =
        if matches!(proof.started(), Some((_, Trial::Window { .. }))) { &["Xvfb", "xdotool"] } else { &[] };
    let wanted = own.chain(display.iter().copied());
    wanted.filter(|name| is_missing(bench, name)).map(str::to_owned).collect()
}

fn is_missing(bench: &Bench, name: &str) -> bool {
    find(name, bench.toolbox.off_limits).is_none()
}

fn sentence(title: &str, missing: &[String]) -> Option<String> {
    if missing.is_empty() {
        return None;
    }
    let remedies = hints(missing.iter().filter_map(|name| catalogue::tool(name))).into_iter().map(|hint| {
        if hint.command.is_empty() {
            hint.text
        } else {
            format!("`{}` installs what is missing", hint.command.join(" "))
        }
    });
    let remedies: String = remedies.map(|remedy| format!("; {remedy}")).collect();
    let names: Vec<String> = missing.iter().map(|name| format!("`{name}`")).collect();
    Some(format!("\"{title}\" will not be tried: {} cannot be found here{remedies}", listing(&names)))
}

/// The symptoms that what a plan makes may show: those of its technology, then those of the tools that its steps run.
pub(in crate::engine) fn symptoms_of(plan: &Plan) -> impl Iterator<Item = &'static Symptom> {
    let technology = backends::named(&plan.technology).map(Backend::entry);
    let tools: Vec<_> = tools(plan).into_iter().filter_map(described).collect();
    let own = technology.into_iter().flat_map(|entry| &entry.symptoms);
    own.chain(tools.into_iter().flat_map(|tool| &tool.symptoms))
}

/// Every tool that the steps of a plan mention, each once.
fn tools(plan: &Plan) -> BTreeSet<&ToolRef> {
    plan.steps.iter().flat_map(|step| step.action.tools()).collect()
}

impl Bench<'_> {
    /// Whether a tool can be had, as far as that shows without fetching anything.
    fn look_for(&self, tool: &ToolRef) -> Result<(), StepError> {
        match tool {
            ToolRef::System { name } => self.toolbox.system(name).map(drop)?,
            ToolRef::Python { version } => self.python(version).map(drop)?,
            ToolRef::Managed { name, executable, python } => {
                let python = python.as_ref().map(|version| self.python(version)).transpose()?;
                self.toolbox.can_be_had(name, executable, python)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::run::diagnose::diagnose;
    use crate::engine::run::step::fixture::Setting;
    use crate::engine::terms::cancel::Cancel;
    use crate::engine::tools::rehearsal::{Part, Rehearsal};
    use crate::facts::Project;
    use crate::plan::{Action, Command, Step};

    #[test]
    fn a_trial_that_misses_a_program_says_which_and_how_it_is_got() {
        assert_eq!(sentence("It opens a window", &[]), None);
        let said = sentence("It opens a window", &["brew".into(), "no-such-tool".into()]).unwrap();
        assert!(
            said.starts_with("\"It opens a window\" will not be tried: `brew` and `no-such-tool` cannot be"),
            "{said}"
        );
        assert!(said.contains("; Install `brew` as https://"), "{said}");
    }

    /// A plan of some technology whose only step runs this tool.
    fn plan(technology: &str, name: &str, python: Option<&str>) -> Plan {
        let tool = ToolRef::Managed { name: name.into(), executable: name.into(), python: python.map(str::to_owned) };
        let mut plan = Plan::new(technology);
        plan.add(Step::new("make", Action::run(Command::new(tool, ["--help"]))));
        plan
    }

    #[test]
    fn what_a_tool_is_known_for_explains_every_technology_that_it_is_used_for() {
        let log = "[PYI-7:ERROR] Could not create temporary directory!";
        for technology in ["wheel", "zipapp", "no-such-technology"] {
            let frozen = plan(technology, "pyinstaller", Some("3.11.7"));
            assert!(diagnose(log, symptoms_of(&frozen), &[]).source.is_some(), "{technology}");
            assert!(diagnose(log, symptoms_of(&plan(technology, "uv", None)), &[]).source.is_none(), "{technology}");
        }
    }

    #[test]
    fn what_cannot_be_had_is_said_before_anything_runs() {
        let folder = tempfile::tempdir().unwrap();
        let world = Rehearsal::new(|_| Part::default());
        let (project, cancel) = (Project::empty(folder.path().into()), Cancel::default());
        let setting = Setting {
            folder: folder.path(),
            world: &world,
            project: &project,
            source: &crate::engine::terms::consent::Digest::default(),
            jobs: 1,
            cancel: &cancel,
        };
        let said = |plan: &Plan| setting.work(|bench| missing(bench, plan)).map(|problem| problem.message);
        assert_eq!(said(&plan("pex", "pex", Some("3.1.4"))).as_deref(), Some("no Python 3.1.4 was found here"));
        assert_eq!(said(&plan("pex", "git", None)).as_deref(), Some("`git` is not a tool that can be installed here"));
        assert_eq!(said(&Plan::new("pex")), None);
        let lacks = |plan: &Plan| setting.work(|bench| lacks(bench, plan));
        assert!(lacks(&Plan::new("pex")).is_empty());
        let lacking = lacks(&plan("pex", "git", None)).problem.unwrap();
        assert_eq!(lacking.technology.as_deref(), Some("pex"));
    }
}
