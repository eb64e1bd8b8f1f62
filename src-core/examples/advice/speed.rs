//! How long an advice and the next question take, in process.

use std::hint::black_box;
use std::time::{Duration, Instant};

use packwright_core::facts::Facts;
use packwright_core::technologies::advisor;

use super::sample::{Dice, Way, complete};

const SITUATIONS: u64 = 300;

/// The median and the longest time of a call over many inputs; each is the better of three runs.
fn measured<T>(inputs: &[Facts], call: impl Fn(&Facts) -> T) -> (Duration, Duration) {
    let once = |facts: &Facts| {
        let start = Instant::now();
        black_box(call(facts));
        start.elapsed()
    };
    let mut times: Vec<Duration> =
        inputs.iter().map(|facts| (0..3).map(|_| once(facts)).min().unwrap_or_default()).collect();
    times.sort_unstable();
    (times[times.len() / 2], times.last().copied().unwrap_or_default())
}

/// The situation with only the first of its facts known.
fn begun(full: &Facts, known: usize) -> Facts {
    let mut facts = Facts::default();
    for (fact, known) in full.common().take(known) {
        facts.set(None, fact, known.clone());
    }
    facts
}

pub fn run() -> bool {
    let full: Vec<Facts> = (0..SITUATIONS).map(|seed| complete(&mut Dice::new(seed), Way::Consistent)).collect();
    let partial: Vec<Facts> = full.iter().enumerate().map(|(index, facts)| begun(facts, index % 12)).collect();
    let mut systems = Facts::default();
    systems.assign("os=linux,windows,macos").expect("systems of the vocabulary");
    let several: Vec<Facts> = partial
        .iter()
        .map(|facts| {
            let mut facts = facts.clone();
            facts.overlay(&systems);
            facts
        })
        .collect();
    let rows = [
        ("advice, all facts known", measured(&full, |facts| advisor().rank(facts)), 1),
        ("next question", measured(&partial, |facts| advisor().next_fact(0, facts, &[])), 20),
        ("next question, three systems", measured(&several, |facts| advisor().next_fact(0, facts, &[])), 20),
        ("advice with question and choices", measured(&partial, |facts| advisor().advise(facts)), 20),
        ("explanation", measured(&full, |facts| advisor().explain(facts)), 20),
    ];
    let mut good = true;
    for (what, (median, longest), aim) in rows {
        println!("{what:<36} median {:>8.3} ms, longest {:>8.3} ms   aim {aim} ms", millis(median), millis(longest));
        good &= median <= Duration::from_millis(aim);
    }
    good
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
