//! A script that says in a comment what it needs, PEP 723.

use crate::backend::{
    Backend, Installing, Need, PlanError, Request, artifact_name, executable, main_entry, offline, python, python_room,
    single_file, thoroughly, uv, warn_of, wheelhouse,
};
use crate::facts::{RiskKind, Trial};
use crate::plan::{Action, Command, Outcome, Pick, Piece, Plan, Product, Proof, Step, StepId, Word, maker};

/// The first line that makes a system start a script through its runner.
const SHEBANG: &str = "#!/usr/bin/env -S uv run --script";

/// The backend.
pub static BACKEND: Pep723Script = Pep723Script;

/// Writes the metadata into a copy of the script.
pub struct Pep723Script;

impl Backend for Pep723Script {
    entry!("pep723_script");

    fn plan(&self, request: &Request) -> Result<Plan, PlanError> {
        let path = single_file(request)?;
        main_entry(request)?;
        let mut plan = Plan::new(&self.entry().id);
        let wheels = wheelhouse(request, request.environment, &mut plan)?;
        let name = artifact_name(request, &plan.technology, ".py")?;
        let shebang = request.options.is_set("shebang").then(|| SHEBANG.into());
        let words = [
            ("from", vec![Word::source(path)]),
            ("metadata", vec![block(request)?.into()]),
            ("shebang", shebang.into_iter().collect()),
            ("to", vec![name.as_str().into()]),
        ];
        let script = Action::make(maker::SCRIPT, words);
        let step = plan.add(Step::new("Write what it needs into the script", script));
        plan.proofs.push(proof(request, &step, &name, &wheels));
        plan.products.push(Product::place(step, Pick::Path(name)));
        let beside = "it is opened beside the script, and only the script is handed over";
        warn_of(request, &[(RiskKind::IgnoredFile, beside)], &mut plan);
        Ok(plan)
    }
}

/// The block, with its marks. Its values are TOML, each line behind `# `.
fn block(request: &Request) -> Result<String, PlanError> {
    let mut table = toml::Table::new();
    if let Some(requires) = &request.project.requires_python {
        table.insert("requires-python".into(), requires.value.clone().into());
    }
    let needed = if request.options.get("pins") == "exact" { pins(request)? } else { request.requirements() };
    table.insert("dependencies".into(), needed.into());
    let text = toml::to_string_pretty(&table).expect("a table of texts and lists of them");
    let lines: Vec<String> =
        text.lines().map(|line| if line.is_empty() { "#".into() } else { format!("# {line}") }).collect();
    Ok(format!("# /// script\n{}\n# ///", lines.join("\n")))
}

/// Everything that was resolved, each with its one version.
fn pins(request: &Request) -> Result<Vec<String>, PlanError> {
    let environment = request.environment;
    let lock = request.resolved.locks.get(&environment).ok_or(PlanError::Needs(Need::Lock(environment)))?;
    Ok(lock.packages.iter().map(|package| format!("{}=={}", package.name, package.version)).collect())
}

/// Runs it as its users do, but with the wheels that were resolved instead of an index.
fn proof(request: &Request, script: &StepId, name: &str, wheels: &StepId) -> Proof {
    let links = Word::output(wheels, Pick::Folder);
    let trial = request.project.trial.value.clone();
    let (prepare, subject) = if matches!(trial, Trial::Import { .. }) {
        let what = vec![Word::output(wheels, Pick::All("*.whl".into()))];
        let installing = Installing { request, links: vec![links], what };
        let python = Piece::Scratch(format!("venv/{}", executable(request, "python")));
        let subject = Command::of(python).env("PYTHONPATH", Word::output(script, Pick::Folder));
        (installing.prepare(), subject)
    } else {
        // Quiet, so that the first thing it says is the program's.
        let run = offline(Command::new(uv(), ["run", "--quiet", "--script"]))
            .arg("--python")
            .arg(Piece::Tool(python(request)))
            .arg("--find-links")
            .arg(links)
            .arg(Word::output(script, Pick::Path(name.into())));
        (Vec::new(), run)
    };
    let proof = Proof::new("Run it with `uv run --script`", python_room(request), Outcome::InstalledAndRan);
    thoroughly(request, proof.then("Put its wheels in place", prepare), &subject, trial, None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::sample;

    fn request() -> Request {
        let mut request = sample::one_file();
        let other = sample::weather();
        request.project.dependencies = other.project.dependencies;
        request.project.dependencies[1].text = "rich>=13 ; python_version >= '3.9'".into();
        request.resolved.locks = other.resolved.locks;
        request
    }

    fn metadata(chosen: &[(&str, &str)]) -> String {
        block(&sample::with_options(request(), BACKEND.entry(), chosen)).unwrap()
    }

    #[test]
    fn requirements_are_written_as_they_are_declared() {
        assert_eq!(
            metadata(&[]),
            "# /// script\n# requires-python = \">=3.9\"\n# dependencies = [\n#     \"click\",\n\
             #     \"rich>=13 ; python_version >= '3.9'\",\n# ]\n# ///"
        );
    }

    #[test]
    fn exact_pins_are_those_of_the_lock() {
        let text = metadata(&[("pins", "exact")]);
        assert!(text.contains("#     \"click==1.0\",\n#     \"rich==1.0\",\n"), "{text}");
    }

    #[test]
    fn a_script_without_requirements_says_so() {
        let request = sample::with_options(sample::one_file(), BACKEND.entry(), &[]);
        assert!(block(&request).unwrap().contains("# dependencies = []"));
    }

    #[test]
    fn it_is_run_with_the_wheels_and_no_index() {
        let plan = BACKEND.plan(&sample::with_options(request(), BACKEND.entry(), &[])).unwrap();
        let (Command { args, .. }, _) = plan.proofs[0].started().unwrap();
        assert!(args.contains(&Word::text("--no-index")) && args.contains(&Word::text("--offline")));
        let Action::Make { words, .. } = &plan.steps.last().unwrap().action else { panic!("{plan:?}") };
        assert_eq!(words["shebang"], [Word::text(SHEBANG)]);
        assert_eq!(words["to"], [Word::text("tally-any-pep723-script.py")]);
    }
}
