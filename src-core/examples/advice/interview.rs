//! Interviews with respondents who know a situation: how many questions, and whether they end in its first choice.

use std::collections::BTreeMap;
use std::thread;

use packwright_core::advice::MOST_QUESTIONS;
use packwright_core::facts::{Fact, Facts, Source};
use packwright_core::technologies::advisor;

use super::sample::{Dice, Way, complete};

/// The questions that half of the interviews over labelled cases may take.
const MEDIAN: usize = 6;

/// How one interview went.
struct Talk {
    asked: usize,
    known: Facts,
    skipped: Vec<Fact>,
}

/// Asks to the end; what the respondent does not know is skipped.
fn talk(truth: &Facts) -> Talk {
    let mut talk = Talk { asked: 0, known: Facts::default(), skipped: Vec::new() };
    while let Some(fact) = advisor().next_fact(talk.asked, &talk.known, &talk.skipped) {
        talk.asked += 1;
        match truth.get(fact) {
            Some(known) => talk.known.set(None, fact, known.clone()),
            None => talk.skipped.push(fact),
        }
    }
    talk
}

fn winner(facts: &Facts) -> &'static str {
    advisor().order(facts).first().copied().unwrap_or("nothing")
}

/// Why an interview ended elsewhere: the question, or the pair, whose answer would have changed its first choice.
fn missing(talk: &Talk, truth: &Facts) -> String {
    let found = winner(&talk.known);
    let open: Vec<Fact> = truth.common().map(|(fact, _)| fact).filter(|fact| talk.known.get(*fact).is_none()).collect();
    let with = |facts: &[Fact]| {
        let mut known = talk.known.clone();
        for fact in facts {
            known.set(None, *fact, truth.get(*fact).cloned().expect("open facts are those of the truth"));
        }
        winner(&known) != found
    };
    if let Some(fact) = open.iter().find(|fact| with(&[**fact])) {
        return fact.to_string();
    }
    let pairs = open
        .iter()
        .enumerate()
        .flat_map(|(index, first)| open[index + 1..].iter().map(move |second| [*first, *second]));
    pairs
        .into_iter()
        .find(|pair| with(pair))
        .map_or("three or more".into(), |[first, second]| format!("{first} and {second}"))
}

/// What many interviews add up to.
#[derive(Default)]
struct Tally {
    lengths: Vec<usize>,
    found: usize,
    missed: BTreeMap<String, (usize, String)>,
}

impl Tally {
    fn add(&mut self, truth: &Facts) {
        let talk = talk(truth);
        self.lengths.push(talk.asked);
        let (found, wanted) = (winner(&talk.known), winner(truth));
        if found == wanted {
            self.found += 1;
        } else {
            let entry =
                self.missed.entry(missing(&talk, truth)).or_insert_with(|| (0, format!("{found} for {wanted}")));
            entry.0 += 1;
        }
    }

    fn merge(&mut self, other: Self) {
        self.lengths.extend(other.lengths);
        self.found += other.found;
        for (question, (count, example)) in other.missed {
            self.missed.entry(question).or_insert((0, example)).0 += count;
        }
    }

    /// The length that so many per cent of the interviews do not exceed; they are sorted.
    fn quantile(&self, percent: usize) -> usize {
        let last = self.lengths.len().saturating_sub(1);
        self.lengths.get(last * percent / 100).copied().unwrap_or_default()
    }

    /// Prints what was found, and returns how many of ten thousand interviews end where all facts lead.
    fn report(&mut self, title: &str) -> usize {
        self.lengths.sort_unstable();
        let count = self.lengths.len().max(1);
        let percent = |found: usize| format!("{}.{:02} %", found * 100 / count, found * 10_000 / count % 100);
        println!(
            "{title}: {count} interviews, {} end in the first choice of all facts; questions: median {}, 95 % at most {}, most {}",
            percent(self.found),
            self.quantile(50),
            self.quantile(95),
            self.quantile(100)
        );
        let mut missed: Vec<_> = self.missed.iter().collect();
        missed.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
        for (question, (count, example)) in missed {
            println!("  {count:>6}  not asked: {question} (for example {example})");
        }
        self.found * 10_000 / count
    }
}

/// Interviews over sampled situations, made both ways.
pub fn sampled(count: usize) -> bool {
    let mut good = true;
    for (way, title) in [(Way::Consistent, "consistent situations"), (Way::Independent, "independent facts")] {
        let workers = thread::available_parallelism().map_or(1, usize::from);
        let part = |worker: usize| {
            let mut tally = Tally::default();
            for number in (worker..count).step_by(workers) {
                tally.add(&complete(&mut Dice::new(number as u64), way));
            }
            tally
        };
        let mut all = Tally::default();
        thread::scope(|scope| {
            let running: Vec<_> = (0..workers).map(|worker| scope.spawn(move || part(worker))).collect();
            for worker in running {
                all.merge(worker.join().expect("an interview does not panic"));
            }
        });
        let share = all.report(title);
        good &= way == Way::Independent || share >= 9_500;
    }
    good
}

/// Interviews over labelled cases: one JSON object a line, with `facts`.
pub fn cases(path: &str) -> bool {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            eprintln!("`{path}`: {error}");
            return false;
        }
    };
    let mut tally = Tally::default();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let read = serde_json::from_str::<serde_json::Value>(line).map_err(|error| error.to_string());
        match read.and_then(|case| Facts::from_json(&case["facts"], &Source::User).map_err(|error| error.to_string())) {
            Ok(facts) => tally.add(&facts),
            Err(error) => {
                eprintln!("`{path}`: {error}");
                return false;
            }
        }
    }
    tally.report(path);
    tally.quantile(50) <= MEDIAN && tally.quantile(100) <= MOST_QUESTIONS
}
