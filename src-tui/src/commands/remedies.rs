//! Remedies as the command line says them: with its options, and with commands to copy.

use std::path::Path;

use packwright_core::problem::{Hint, Needed, Problem, Remedy};

use super::chosen::with_path;

/// A problem whose remedies have the commands that apply them to the project at this path.
pub fn with_command(mut problem: Problem, path: &Path) -> Problem {
    for hint in problem.hints.iter_mut().filter(|hint| hint.command.is_empty()) {
        hint.command = command(hint, path);
    }
    problem
}

fn command(hint: &Hint, path: &Path) -> Vec<String> {
    match &hint.remedy {
        Some(Remedy::Trust) => {
            let typed = std::env::args().skip(1);
            std::iter::once("packwright".to_owned()).chain(typed).chain(["--trust".to_owned()]).collect()
        }
        Some(Remedy::Ship { paths }) => {
            let typed = std::env::args().skip(1);
            let each = paths.iter().flat_map(|path| ["--ship-secret".to_owned(), path.clone()]);
            std::iter::once("packwright".to_owned()).chain(typed).chain(each).collect()
        }
        Some(Remedy::Declare { requirement, needed }) => {
            let build = (*needed == Needed::ToBuild).then_some("--build");
            let words = ["packwright", "declare", requirement].into_iter().chain(build).map(str::to_owned);
            words.chain(["--in".to_owned(), path.display().to_string()]).collect()
        }
        Some(Remedy::ByHand { technology }) => by_hand(technology, path),
        Some(Remedy::Advice) => with_path(["packwright", "advise"], path),
        Some(Remedy::Open { path }) => with_path(["packwright", "advise"], path),
        _ => Vec::new(),
    }
}

/// The command that shows the steps of a technology that is only advised.
pub fn by_hand(technology: &str, path: &Path) -> Vec<String> {
    with_path(["packwright", "plan", technology], path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use packwright_core::problem::Code;

    #[test]
    fn a_refusal_names_the_command_that_agrees() {
        let refused = Problem::new(Code::ConsentRefused, "no").remedy("Read it", Remedy::Trust);
        let problem = with_command(with_command(refused, Path::new(".")), Path::new("."));
        let command = &problem.hints[0].command;
        assert_eq!(
            (command.first().map(String::as_str), command.last().map(String::as_str)),
            (Some("packwright"), Some("--trust"))
        );
    }

    #[test]
    fn commands_name_the_project_that_is_meant() {
        let only_advised =
            Problem::new(Code::AdvisedOnly, "no").remedy("Do it", Remedy::ByHand { technology: "x".into() });
        let problem = with_command(only_advised, Path::new("app"));
        assert_eq!(problem.hints[0].command, ["packwright", "plan", "x", "app"]);
    }

    #[test]
    fn a_requirement_is_declared_by_a_command() {
        let remedy = Remedy::Declare { requirement: "setuptools<82".into(), needed: Needed::ToBuild };
        let problem = with_command(Problem::new(Code::BuildFailed, "no").remedy("Do it", remedy), Path::new("app"));
        assert_eq!(problem.hints[0].command, ["packwright", "declare", "setuptools<82", "--build", "--in", "app"]);
    }

    #[test]
    fn what_has_no_command_of_its_own_is_left_alone() {
        let problem = Problem::new(Code::BuildFailed, "no").hint("Read the log").remedy("Wait", Remedy::Slower);
        assert_eq!(with_command(problem.clone(), Path::new(".")), problem);
    }
}
