//! From what is wanted to what is planned: which builds there are, their numbers and their choices. Pure: each function
//! reads the view and gives the updates that say what is decided; the loop of the session carries them out.

use super::{Change, Choice, Recommended, Update, View};
use crate::event::BuildId;
use crate::facts::Os;
use crate::problem::{Code, Problem, Remedy};
use crate::technologies;

/// What is decided, or why nothing is.
pub type Decided = Result<Vec<Update>, Problem>;

/// A project is to be read: neither plans nor problems are carried to it, not even while it is being read.
pub fn open(view: &View) -> Vec<Update> {
    let plans = (!view.planned.is_empty()).then(|| Update::Chosen { builds: Vec::new() });
    let problems = (!view.problems.is_empty()).then_some(Update::Dismissed);
    plans.into_iter().chain(problems).collect()
}

/// Plans these, in place of what was planned before and not built.
pub fn choose(view: &View, choices: Vec<Choice>) -> Decided {
    if view.project.is_none() {
        return Err(nothing_open());
    }
    let builds: Vec<BuildId> = numbers(view).take(choices.len()).collect();
    let planning = builds.clone().into_iter().zip(choices).map(|(build, choice)| planning(build, choice));
    Ok(std::iter::once(Update::Chosen { builds }).chain(planning).collect())
}

/// Plans what is recommended beside what is built anyway; see [`Recommended::of`].
pub fn recommend(view: &View, os: Option<Os>, besides: Vec<Choice>, like: &[Choice]) -> Decided {
    let (Some(_), Some(advice)) = (&view.project, &view.advice) else { return Err(nothing_open()) };
    let mut recommended = match Recommended::of(advice, os, &besides, like) {
        Ok(recommended) => recommended,
        // What is wanted besides is planned all the same.
        Err(problem) if !besides.is_empty() => {
            let updates = choose(view, besides)?;
            return Ok(updates.into_iter().chain([Update::Refused(problem)]).collect());
        }
        Err(problem) => return Err(problem),
    };
    let choices = besides.into_iter().chain(recommended.choice().cloned()).collect::<Vec<_>>();
    let last = numbers(view).nth(choices.len().saturating_sub(1));
    recommended.build = last.filter(|_| recommended.choice().is_some());
    let mut updates = choose(view, choices)?;
    updates.insert(1, Update::Recommended(Box::new(recommended)));
    Ok(updates)
}

/// Plans what was built before, as it was built: a build of the history, or without one what the project's settings name,
/// what was built of it last, or what is recommended.
pub fn repeat(view: &View, build: Option<i64>) -> Decided {
    let project = view.project.as_ref().ok_or_else(nothing_open)?;
    let saved = &project.settings.build;
    if build.is_none() && !saved.is_empty() {
        return match saved.iter().find(|id| !technologies::is_buildable(id)) {
            Some(id) => Err(only_advised(id)),
            None => choose(view, saved.iter().map(Choice::of).collect()),
        };
    }
    let root = project.opens_at().display().to_string();
    let of_this = |one: &&crate::engine::history::Build| one.root == root && build.is_none_or(|id| one.id == id);
    match (view.history.iter().find(of_this), build) {
        (Some(one), _) => choose(view, vec![Choice::again(&one.receipt, project, &view.facts)]),
        (None, None) => recommend(view, None, Vec::new(), &[]),
        (None, Some(id)) => {
            let message = format!("the history knows no build {id} of `{}`", project.name);
            Err(Problem::new(Code::Usage, message).hint("Open the project that was built, and look at what was built"))
        }
    }
}

/// Plans a build again with something chosen otherwise.
pub fn change(view: &View, build: BuildId, change: &Change) -> Decided {
    let choice = view.choices.get(&build).ok_or_else(|| unknown(build))?;
    Ok(vec![planning(build, choice.clone().with(change))])
}

/// Plans builds again as they were chosen; those that are not known any more are left out.
pub fn again(view: &View, builds: &[BuildId]) -> Vec<Update> {
    let known = builds.iter().filter_map(|build| Some(planning(*build, view.choices.get(build)?.clone())));
    known.collect()
}

/// Plans a build that failed as a new one, with the option that helps where one is known.
pub fn apply(view: &View, build: BuildId) -> Decided {
    let choice = view.choices.get(&build).cloned().ok_or_else(|| unknown(build))?;
    let problem = view.builds.get(&build).and_then(|build| build.problem.as_ref());
    let choice = match problem.and_then(Problem::fix) {
        Some((id, value)) => choice.with(&Change::Option { id: id.into(), value: Some(value.into()) }),
        None => choice,
    };
    choose(view, vec![choice])
}

/// What follows from the refusal of a plan: where the build was what is recommended, the next best is planned in its place.
/// The problem is what the build ends with, if it ends.
pub fn refused(view: &View, build: BuildId, problem: Problem) -> (Vec<Update>, Option<Problem>) {
    // Once something of it was chosen otherwise, it is the user's own choice.
    let is_as_recommended = |one: &&Recommended| one.build == Some(build) && one.choice() == view.choices.get(&build);
    let recommended = view.recommended.as_ref().filter(is_as_recommended);
    let Some(recommended) = recommended.filter(|_| Recommended::is_refusal(&problem)) else {
        return (Vec::new(), Some(problem));
    };
    let mut next = recommended.clone();
    next.pass_over(problem);
    let choice = next.choice().cloned();
    let ends_with = next.exhausted();
    let updates = std::iter::once(Update::Recommended(Box::new(next)));
    (updates.chain(choice.map(|choice| planning(build, choice))).collect(), ends_with)
}

fn planning(build: BuildId, choice: Choice) -> Update {
    Update::Planning { build, choice: Box::new(choice) }
}

/// Numbers that no build of this session has had.
fn numbers(view: &View) -> impl Iterator<Item = BuildId> + use<> {
    (view.numbered + 1..).map(BuildId)
}

/// The problem with an intent that needs a project.
pub fn nothing_open() -> Problem {
    Problem::new(Code::Usage, "no project is open").hint("Open a project first")
}

fn unknown(build: BuildId) -> Problem {
    let message = format!("there is no {build} of this project");
    Problem::new(Code::Usage, message).hint("Open the project it is of, and choose what to build")
}

fn only_advised(technology: &str) -> Problem {
    let message = format!("this version of Packwright advises `{technology}`, but does not build it");
    let remedy = Remedy::ByHand { technology: technology.to_owned() };
    Problem::new(Code::AdvisedOnly, message).of(technology).remedy("See the steps to take by hand", remedy)
}

#[cfg(test)]
mod tests;
