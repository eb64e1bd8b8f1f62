//! A module: the one file, as it is.

use crate::backend::{Backend, PlanError, Reference, Request, python, python_room, single_file, thoroughly, warn_of};
use crate::facts::{EntryKind, RiskKind, Trial};
use crate::plan::{Action, Command, Outcome, Pick, Piece, Plan, Product, Proof, Step, StepId, Word};
use crate::problem::{Code, Problem, listing};

/// The backend.
pub static BACKEND: Module = Module;

/// Copies the file.
pub struct Module;

impl Backend for Module {
    entry!("module");

    fn plan(&self, request: &Request) -> Result<Plan, PlanError> {
        let path = single_file(request)?;
        needs_nothing(request)?;
        let file = path.rsplit('/').next().unwrap_or(path);
        let mut plan = Plan::new(&self.entry().id);
        let copy = Action::copy(Word::source(path), file);
        let step = plan.add(Step::new(format!("Copy `{file}`"), copy));
        plan.proofs.push(proof(request, &step, file)?);
        // The file keeps its name: others import it, or call it, by that.
        plan.products.push(Product::place(step, Pick::Path(file.into())));
        let beside = "it is opened beside the file, and only the file is handed over";
        warn_of(request, &[(RiskKind::IgnoredFile, beside)], &mut plan);
        Ok(plan)
    }
}

/// Refuses a file that imports more than the standard library.
fn needs_nothing(request: &Request) -> Result<(), PlanError> {
    let project = &request.project;
    if project.dependencies.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = project.dependencies.iter().map(|needed| format!("`{}`", needed.name)).collect();
    let message = format!("`{}` needs {}, which a copied file does not bring along", project.name, listing(&names));
    let problem = Problem::new(Code::Unsuitable, message)
        .hint("Name its requirements inside the file (`pep723-script`), or pack them with it (`zipapp`)");
    Err(problem.into())
}

fn proof(request: &Request, step: &StepId, file: &str) -> Result<Proof, PlanError> {
    let console = request.entries.first().filter(|entry| entry.kind == EntryKind::Console);
    let command = Command::of(python(request));
    let imports = matches!(request.project.trial.value, Trial::Import { .. });
    let subject = match console {
        _ if imports => command.env("PYTHONPATH", Word::output(step, Pick::Folder)),
        // Nothing says that a module with a console script does anything when it is run as a file.
        Some(entry) => command
            .env("PYTHONPATH", Word::output(step, Pick::Folder))
            .args(["-c".to_owned(), Reference::of(entry)?.statements()]),
        None => command.arg(Word::output(step, Pick::Path(file.into()))),
    };
    // What is written beside the file is written beside a copy, as with who gets it.
    let is_copied = request.has_risk(RiskKind::WrittenBesideCode) && !imports && console.is_none();
    let copy = Command::new(python(request), ["-c", "import shutil, sys; shutil.copy(*sys.argv[1:])"])
        .arg(Word::output(step, Pick::Path(file.into())))
        .arg(Piece::Scratch(file.into()));
    let (subject, copy) = if is_copied {
        (Command::new(python(request), [Piece::Scratch(file.into())]), Some(copy))
    } else {
        (subject, None)
    };
    let title = if imports { format!("Import `{file}`") } else { format!("Run `{file}`") };
    let proof = Proof::new(title, python_room(request), Outcome::Ran);
    let proof = proof.then("Put it where it can be written to", copy);
    let interpreter = Command::of(python(request)).env("PYTHONPATH", Word::output(step, Pick::Folder));
    Ok(thoroughly(request, proof, &subject, request.project.trial.value.clone(), Some(interpreter)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::sample;

    fn refusal(request: &Request) -> Problem {
        match BACKEND.plan(request) {
            Err(PlanError::Unsuitable(problem)) => *problem,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn one_file_is_copied_under_its_own_name_and_run() {
        let plan = BACKEND.plan(&sample::one_file()).unwrap();
        assert_eq!(plan.steps.len(), 1);
        assert_eq!(plan.products, [Product::place(plan.steps[0].id.clone(), Pick::Path("tally.py".into()))]);
        let (subject, _) = plan.proofs[0].started().unwrap();
        assert_eq!(subject.args, [Word::output(&plan.steps[0].id, Pick::Path("tally.py".into()))]);
    }

    #[test]
    fn a_package_is_refused_with_what_it_has() {
        assert_eq!(refusal(&sample::weather()).message, "`weather-cli` is not one file: it has `src/weather`");
    }

    #[test]
    fn a_file_with_requirements_is_refused_with_a_better_way() {
        let mut request = sample::one_file();
        request.project.dependencies = sample::weather().project.dependencies;
        let problem = refusal(&request);
        assert_eq!(problem.message, "`tally` needs `click` and `rich`, which a copied file does not bring along");
        assert!(problem.hints[0].text.contains("pep723-script"));
    }

    #[test]
    fn what_is_written_beside_the_file_can_be_written_where_it_is_tried() {
        let mut request = sample::one_file();
        let source = crate::facts::Source::line("tally.py", 8);
        let kind = RiskKind::WrittenBesideCode;
        request.project.risks.push(crate::facts::Risk { kind, what: "tally.db".into(), source });
        let plan = BACKEND.planned(&request).unwrap();
        let (subject, _) = plan.proofs[0].started().unwrap();
        assert_eq!(subject.args, [Word::from(Piece::Scratch("tally.py".into()))]);
        assert_eq!(plan.warnings, [""; 0], "who gets it has it beside the file");
    }

    #[test]
    fn a_file_that_is_opened_beside_the_code_makes_it_yellow() {
        let mut request = sample::one_file();
        let source = crate::facts::Source::line("tally.py", 8);
        request.project.risks.push(crate::facts::Risk {
            kind: RiskKind::FileBesideCode,
            what: "words.txt".into(),
            source,
        });
        let plan = BACKEND.planned(&request).unwrap();
        let expected = "`words.txt` (tally.py:8): it is opened beside the file, and only the file is handed over";
        assert!(plan.warnings[0].starts_with(expected), "{:?}", plan.warnings);
    }
}
