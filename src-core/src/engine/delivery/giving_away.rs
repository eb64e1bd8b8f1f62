//! Whether something is handed over that only its owner should know. That takes the user's word, file by file.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::engine::run::looks::secrets::{Leak, leaks};
use crate::engine::run::step::{Bench, Done};
use crate::engine::trees::pick::Picked;
use crate::plan::{Pick, Plan, Product, StepId};
use crate::problem::{Code, Problem, Remedy, count};

/// Findings that are told one by one; of more, only the number.
const TOLD: usize = 10;

/// Looks at everything that a plan hands over. What the user has agreed to, and what is only perhaps a secret, are warnings.
pub(super) fn look(bench: &Bench, plan: &Plan, done: &BTreeMap<StepId, Done>) -> Result<Vec<String>, Problem> {
    let mut found: Vec<Leak> =
        plan.products.iter().flat_map(|product| of_product(bench, plan, product, done)).collect();
    found.sort();
    found.dedup();
    let agreed = |leak: &Leak| bench.settings.ship_secrets.iter().any(|path| is_meant(path, &leak.path));
    let (sure, perhaps): (Vec<Leak>, Vec<Leak>) = found.into_iter().partition(|leak| leak.is_sure);
    let (agreed, refused): (Vec<Leak>, Vec<Leak>) = sure.into_iter().partition(agreed);
    if !refused.is_empty() {
        return Err(refuse(plan, &refused));
    }
    let agreed = agreed.iter().map(|leak| format!("It gives away {}, as you agreed", leak.told()));
    let perhaps =
        perhaps.iter().map(|leak| format!("It may give away {}. Whoever has the artifact can read it", leak.told()));
    Ok(agreed.chain(perhaps).collect())
}

fn of_product(bench: &Bench, plan: &Plan, product: &Product, done: &BTreeMap<StepId, Done>) -> Vec<Leak> {
    let Product::Place { step, pick, .. } = product else { return Vec::new() };
    let files = files(done, step, pick);
    let inputs = plan.steps.iter().find(|one| one.id == *step).map(|step| step.action.inputs()).unwrap_or_default();
    let made_of: Vec<(String, PathBuf)> =
        inputs.into_iter().flat_map(|step| self::files(done, step, &Pick::Folder)).collect();
    leaks(&files, &made_of, bench.project)
}

/// The files that are meant, by their paths as they are handed over.
fn files(done: &BTreeMap<StepId, Done>, step: &StepId, pick: &Pick) -> Vec<(String, PathBuf)> {
    let Some(tree) = done.get(step).map(|done| &done.tree) else { return Vec::new() };
    let Ok(picked) = tree.select(pick) else { return Vec::new() };
    let of_one = |picked: &Picked| -> Vec<(String, PathBuf)> {
        let at = picked.path();
        match picked {
            Picked::File(..) => vec![(picked.name().to_owned(), tree.path.join(at))],
            Picked::Folder(_, all) => {
                all.iter().map(|(below, _)| (below.to_string(), tree.path.join(at).join(below.as_ref()))).collect()
            }
        }
    };
    picked.iter().flat_map(of_one).filter(|(_, path)| path.is_file()).collect()
}

/// Whether a path that the user wrote means a file: the paths in an artifact begin elsewhere than those in the project.
fn is_meant(written: &str, path: &str) -> bool {
    let written = written.trim_start_matches("./").trim_end_matches('/');
    let ends = |whole: &str, end: &str| {
        whole.strip_suffix(end).is_some_and(|before| before.is_empty() || before.ends_with('/'))
    };
    ends(path, written) || ends(written, path)
}

fn refuse(plan: &Plan, leaks: &[Leak]) -> Problem {
    let many = count(leaks.len(), "secret");
    let message = format!("the {} is not handed over: it would give away {many}", plan.technology);
    let told = leaks.iter().take(TOLD);
    let problem = told.fold(Problem::new(Code::CheckFailed, message), |problem, leak| problem.cause(leak.told()));
    let more = leaks.len().saturating_sub(TOLD);
    let problem = if more > 0 { problem.cause(format!("and {more} more")) } else { problem };
    let mut paths: Vec<String> = leaks.iter().map(|leak| leak.path.clone()).collect();
    paths.dedup();
    problem
        .hint(
            "Take it out of the file, and read it from a variable of the environment or from a file beside the program; \
             what others may have seen is best revoked",
        )
        .remedy("If everybody may know it, say so for each file", Remedy::Ship { paths })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_meant_by_its_path_in_the_project_and_in_the_artifact() {
        for (written, path) in [
            ("src/shop/.env", "shop/.env"),
            ("./bot.py", "bot.py"),
            (".env", "shop-1/.env"),
            ("shop/bot.py", "shop/bot.py"),
        ] {
            assert!(is_meant(written, path), "{written} {path}");
        }
        for (written, path) in [("bot.py", "robot.py"), ("a/bot.py", "b/bot.py"), ("", "bot.py.x")] {
            assert!(!is_meant(written, path), "{written} {path}");
        }
    }

    #[test]
    fn a_refusal_names_files_and_lines_and_never_the_secret() {
        let leak = |at: usize| Leak {
            path: format!("a{at:02}.py"),
            line: Some(3),
            what: "a GitHub token".into(),
            is_sure: true,
        };
        let problem = refuse(&Plan::new("x"), &(0..12).map(leak).collect::<Vec<_>>());
        assert_eq!(problem.message, "the x is not handed over: it would give away 12 secrets");
        assert_eq!(problem.causes[0], "`a00.py`, line 3: a GitHub token");
        assert_eq!(problem.causes.last().map(String::as_str), Some("and 2 more"));
        assert!(matches!(&problem.hints[1].remedy, Some(Remedy::Ship { paths }) if paths.len() == 12));
    }
}
