//! Tries what a plan made, one trial after the other.

use crate::engine::planning::prepare::agreed;
use crate::engine::run::rooms::{Told, Tried, hindrance, try_out};
use crate::engine::run::schedule::Made;
use crate::engine::run::step::Bench;
use crate::engine::run::{diagnose, needed};
use crate::engine::terms::cancel::Cancel;
use crate::event::{Event, RoomUsed, Verdict};
use crate::plan::{self, Plan, Proof};
use crate::problem::{Code, Problem};

/// How many of the things that are known to be lost are told of a program that does not say what it misses.
const LIKELY: usize = 2;

/// Whether what a plan makes may be started to try it.
pub(super) fn starts(bench: &Bench, plan: &Plan) -> bool {
    bench.settings.verify && (bench.sandbox.confines() || agreed(bench, plan).start)
}

/// Every check of a plan. The first is of the program itself: when it fails, nothing is handed over. When another one
/// fails, for example because a second script needs an extra, the result is yellow and says so.
pub(super) fn try_all(bench: &Bench, plan: &Plan, made: &Made, told: Told) -> Result<Vec<Tried>, Problem> {
    let mut all = Vec::new();
    let done = &made.steps;
    if !bench.settings.verify {
        return Ok(vec![not_tried("--no-verify was given")]);
    }
    let may_start = starts(bench, plan);
    for proof in &plan.proofs {
        if bench.cancel.is_cancelled() {
            return Err(Cancel::problem());
        }
        let is_hindered = hindrance(proof).is_some();
        if may_start && !is_hindered {
            told(Event::CheckStarted { title: proof.title.clone() });
        }
        let tried = match proof.furnish.iter().find_map(|step| made.failed.get(&step.id)) {
            Some(problem) => not_furnished(proof, problem),
            None if may_start || is_hindered => try_out(bench, proof, done, all.is_empty(), told),
            None => not_tried(Verdict::NOT_AGREED),
        };
        told(Event::CheckFinished { verdict: tried.verdict.clone() });
        if bench.cancel.is_cancelled() {
            return Err(Cancel::problem());
        }
        if tried.verdict.outcome == plan::Outcome::Failed {
            // Before a program is blamed: what was tried must be what was made.
            let trees = proof.reads().into_iter().filter_map(|step| done.get(step)).map(|done| &done.tree);
            trees.into_iter().try_for_each(|tree| bench.store.check(tree))?;
            if all.is_empty() {
                return Err(check_failed(bench, plan, &tried));
            }
        }
        all.push(tried);
    }
    if all.is_empty() {
        all.push(not_tried("the plan has no trial"));
    }
    Ok(all)
}

/// Nothing was tried, and why.
pub(super) fn not_tried(because: &str) -> Tried {
    let room = RoomUsed { wanted: "none".into(), used: "none".into() };
    Tried::of(Verdict::new(plan::Outcome::NotTried, room, because))
}

/// What the room needs could not be made, which is no fault of what was to be tried in it.
fn not_furnished(proof: &Proof, problem: &Problem) -> Tried {
    let mut tried = not_tried(&format!("the room was not furnished: {}", problem.clone().in_one_sentence()));
    tried.verdict.room.wanted = proof.room.to_string();
    tried
}

/// What was known before to be lost, where the program now says that it misses it.
fn explained(plan: &Plan, said: &str, problem: Problem) -> Problem {
    let is_missed = |warning: &&String| {
        let named = warning.split('`').nth(1).map(|named| named.trim_end_matches('…'));
        named.is_some_and(|named| {
            !named.is_empty() && said.contains(named.rsplit('/').find(|part| !part.is_empty()).unwrap_or(named))
        })
    };
    let missed: Vec<&String> = plan.warnings.iter().filter(is_missed).collect();
    // Where it does not say what it misses, what is known to be lost may be it.
    let told = if missed.is_empty() { plan.warnings.iter().take(LIKELY).collect() } else { missed };
    told.into_iter().fold(problem, |problem, warning| {
        let mut lines = warning.lines();
        let problem = problem.cause(lines.next().unwrap_or_default());
        let mut change = |sign: &str| lines.next().and_then(|line| line.strip_prefix(sign)).map(str::to_owned);
        match change("- ").zip(change("+ ")) {
            Some((before, after)) => problem.hint(format!("In the place of `{before}` write `{after}`")),
            None => problem,
        }
    })
}

/// The artifact was made, but it does not do what it should.
fn check_failed(bench: &Bench, plan: &Plan, tried: &Tried) -> Problem {
    let message = format!("the {} was built, but it does not work: {}", plan.technology, tried.verdict.because);
    let problem = Problem::new(Code::CheckFailed, message).cause(format!("tried in: {}", tried.verdict.room.used));
    let Some(log) = &tried.log else { return problem };
    let said = log.tail(400);
    if said.trim().is_empty() {
        return problem;
    }
    let problem = explained(plan, &said, problem.logged(log.path()));
    diagnose::diagnose(&said, needed::symptoms_of(plan), &[]).of(bench.project).explain(problem)
}
