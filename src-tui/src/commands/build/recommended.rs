//! What `build --recommended` builds: the first choice of the advice, or the best of what can be built in its place.

use std::collections::VecDeque;
use std::path::Path;

use packwright_core::advice::{Advice, Recommendation};
use packwright_core::problem::{Code, Problem};
use packwright_core::technologies;
use packwright_core::words::shell_line;

use crate::commands::chosen::with_path;
use crate::show::Style;

/// The first choice, and what can be built in its place while the project refuses one after the other.
#[derive(Debug)]
pub struct Recommended {
    first: String,
    /// What is tried now and what comes after it, best first, each with what speaks for it.
    candidates: VecDeque<(String, String)>,
    /// The command that shows the steps of the first choice.
    by_hand: Vec<String>,
    /// What the project refused, the best first.
    skipped: Vec<Problem>,
}

impl Recommended {
    /// What to build for this advice. What is `named` is built anyway: nothing behind it is wanted.
    pub fn of(advice: &Advice, named: &[String], path: &Path) -> Result<Self, Problem> {
        let Some(best) = advice.best() else { return Err(nothing_fits(advice, path)) };
        let candidates: VecDeque<_> = technologies::buildable(advice).map(spoken_for).collect();
        if candidates.is_empty() {
            return Err(not_built(&best.technology, path));
        }
        let wanted = candidates.into_iter().take_while(|(technology, _)| !named.contains(technology));
        Ok(Self {
            first: best.technology.clone(),
            candidates: wanted.collect(),
            by_hand: with_path(["packwright", "plan", &best.technology], path),
            skipped: Vec::new(),
        })
    }

    /// What is tried now; `None` when it was named besides.
    pub fn technology(&self) -> Option<&str> {
        self.candidates.front().map(|(technology, _)| technology.as_str())
    }

    /// Whether another can be tried when the project refuses this one with such a problem.
    pub fn passes_over(&mut self, problem: &Problem) -> bool {
        let refuses = matches!(problem.code, Code::Unsuitable | Code::HostUnsupported);
        if !refuses || self.candidates.pop_front().is_none() {
            return false;
        }
        self.skipped.push(problem.clone());
        !self.candidates.is_empty()
    }

    /// Whether this is what the project refused one of them with.
    pub fn refused(&self, problem: &Problem) -> bool {
        self.skipped.contains(problem)
    }

    /// The one problem, once the project has refused everything.
    pub fn exhausted(&self) -> Option<Problem> {
        let [best, rest @ ..] = self.skipped.as_slice() else { return None };
        if !self.candidates.is_empty() {
            return None;
        }
        let others = rest.iter().fold(best.clone(), |problem, other| problem.cause(sentence(other)));
        Some(if technologies::is_buildable(&self.first) {
            others
        } else {
            let message = format!("`{}` is recommended, but this version of Packwright does not build it", self.first);
            let problem = Problem::new(Code::AdvisedOnly, message).of(&self.first).cause(sentence(best));
            let problem = rest.iter().fold(problem, |problem, other| problem.cause(sentence(other)));
            problem.hint_command("See the steps to take by hand", self.by_hand.clone())
        })
    }

    /// What comes first, said before anything is built.
    pub fn announced(&self, style: Style) -> String {
        let first = style.strong(&self.first);
        if technologies::is_buildable(&self.first) {
            return format!("Recommended: {first}\n");
        }
        let by_hand = style.strong(&shell_line(&self.by_hand));
        format!(
            "Recommended: {first}, which this version of Packwright does not build\nIts steps to take by hand: {by_hand}\n"
        )
    }

    /// Why what is built is not the first choice; nothing where it is.
    pub fn warnings(&self) -> Vec<String> {
        if self.exhausted().is_some() {
            return Vec::new();
        }
        let mut warnings: Vec<String> =
            self.skipped.iter().map(|problem| format!("not built: {}", sentence(problem))).collect();
        if !technologies::is_buildable(&self.first) {
            let (first, by_hand) = (&self.first, shell_line(&self.by_hand));
            let text = format!("`{first}` is recommended, but this version of Packwright does not build it: {by_hand}");
            warnings.insert(0, text);
        }
        if let Some((technology, because)) = self.candidates.front().filter(|(technology, _)| *technology != self.first)
        {
            warnings.push(format!("`{technology}` is built as the second best: {because}"));
        }
        warnings
    }
}

fn spoken_for(recommendation: &Recommendation) -> (String, String) {
    let because = recommendation.reasons.first().map(|reason| reason.text.clone()).unwrap_or_default();
    (recommendation.technology.clone(), because)
}

fn sentence(problem: &Problem) -> String {
    match &problem.technology {
        Some(technology) => format!("`{technology}`: {}", problem.message),
        None => problem.message.clone(),
    }
}

/// The first choice is only advised, and of what is built nothing will do in its place.
fn not_built(technology: &str, path: &Path) -> Problem {
    let message = format!("`{technology}` is recommended, but this version of Packwright does not build it");
    Problem::new(Code::AdvisedOnly, message)
        .of(technology)
        .cause("of what it builds, everything has more against it here than for it")
        .hint_command("See the steps to take by hand", with_path(["packwright", "plan", technology], path))
        .hint_command("See what speaks for it and against the others", with_path(["packwright", "advise"], path))
}

fn nothing_fits(advice: &Advice, path: &Path) -> Problem {
    let because = advice.nothing_fits().map(|out| out.because.clone());
    let problem = Problem::new(Code::Unsuitable, "nothing that can be built here fits this project");
    let problem = because.into_iter().fold(problem, Problem::cause);
    problem.hint_command("See why", with_path(["packwright", "advise"], path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use packwright_core::facts::Facts;

    fn advice(assignments: &[&str]) -> Advice {
        let mut facts = Facts::default();
        for assignment in assignments {
            facts.assign(assignment).unwrap();
        }
        technologies::advise(&facts)
    }

    fn refusal(technology: &str) -> Problem {
        Problem::new(Code::Unsuitable, "it is no program").of(technology)
    }

    #[test]
    fn what_more_speaks_against_than_for_is_no_second_best() {
        let facts = ["kind=gui", "audience=end-users", "os=windows", "environment=desktop", "updates=system-security"];
        let gui = advice(&facts);
        let problem = Recommended::of(&gui, &[], Path::new("app")).unwrap_err();
        let best = &gui.best().unwrap().technology;
        assert_eq!(problem.code.exit_code(), 4);
        assert_eq!(problem.hints[0].command, ["packwright", "plan", best.as_str(), "app"]);
    }

    #[test]
    fn what_the_project_refuses_is_passed_over_and_named() {
        let cli = advice(&["kind=cli", "audience=developers", "python-on-target=matching"]);
        let mut recommended = Recommended::of(&cli, &[], Path::new(".")).unwrap();
        assert!(recommended.warnings().is_empty(), "{recommended:?}");
        let first = recommended.technology().unwrap().to_owned();
        assert!(!recommended.passes_over(&Problem::new(Code::Unresolvable, "no network")), "that is no refusal");
        assert!(recommended.passes_over(&refusal(&first)));
        let second = recommended.technology().unwrap().to_owned();
        let warnings = recommended.warnings();
        assert_eq!(warnings[0], format!("not built: `{first}`: it is no program"));
        assert!(warnings[1].starts_with(&format!("`{second}` is built as the second best: ")), "{warnings:?}");
        assert_eq!(recommended.exhausted(), None);
        while let Some(technology) = recommended.technology().map(str::to_owned) {
            recommended.passes_over(&refusal(&technology));
        }
        let problem = recommended.exhausted().unwrap();
        assert_eq!((problem.technology.as_deref(), problem.code), (Some(first.as_str()), Code::Unsuitable));
        assert!(problem.causes.contains(&format!("`{second}`: it is no program")));
    }

    #[test]
    fn what_is_named_besides_is_not_built_twice() {
        let cli = advice(&["kind=cli", "audience=developers", "python-on-target=matching"]);
        let best = cli.best().unwrap().technology.clone();
        let recommended = Recommended::of(&cli, std::slice::from_ref(&best), Path::new(".")).unwrap();
        assert_eq!(recommended.technology(), None);
    }
}
