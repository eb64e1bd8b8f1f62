//! What holds for every advice, over all combinations of the decisive facts and over sampled situations.

use std::collections::BTreeSet;
use std::thread;

use packwright_core::facts::{Fact, Facts, Known, Source, Tags};
use packwright_core::technologies::{advisor, all};

use super::sample::{Dice, Way, complete};

/// The facts that decide most; every combination of their tags is visited, and of unknown ones too.
const DECISIVE: [&str; 8] =
    ["environment", "kind", "audience", "os", "python-on-target", "installs-packages", "dependencies", "network"];

/// What was seen in one part of a sweep.
#[derive(Default)]
struct Seen {
    sets: usize,
    nothing: usize,
    /// Changes with every ranking, so that two runs can be compared.
    digest: u64,
    faults: Vec<String>,
}

impl Seen {
    /// Looks at one set of facts, and returns what fits.
    fn look(&mut self, facts: &Facts) -> BTreeSet<&'static str> {
        let order = advisor().order(facts);
        self.sets += 1;
        for technology in &order {
            let name = technology.bytes().fold(0_u64, |hash, byte| hash.wrapping_mul(31).wrapping_add(u64::from(byte)));
            self.digest = self.digest.rotate_left(5) ^ name;
        }
        let fitting: BTreeSet<&str> = order.iter().copied().collect();
        if fitting.len() != order.len() {
            self.faults.push(format!("a technology is ranked twice for {}", said(facts)));
        }
        if order.is_empty() {
            self.nothing += 1;
            let honest = advisor().rank(facts).nothing_fits().is_some_and(|reason| !reason.because.is_empty());
            if !honest {
                self.faults.push(format!("nothing fits and nobody says why: {}", said(facts)));
            }
        }
        fitting
    }

    /// Visits every answer to the remaining facts, and none, below what fits so far.
    fn descend(&mut self, facts: &mut Facts, above: &BTreeSet<&'static str>, left: &[Fact]) {
        let Some((fact, left)) = left.split_first() else { return };
        self.descend(facts, above, left);
        for tag in fact.tags() {
            facts.set(None, *fact, Known { tags: Tags::default().with(tag), source: Source::User });
            let fitting = self.look(facts);
            if let Some(back) = fitting.difference(above).next() {
                self.faults.push(format!("`{back}` came back with {tag:?}: {}", said(facts)));
            }
            self.descend(facts, &fitting, left);
        }
        facts.unset(None, *fact);
    }

    /// Adds the facts of a situation one by one, in two orders.
    fn grow(&mut self, truth: &Facts, dice: &mut Dice) {
        let all: Vec<(Fact, Known)> = truth.common().map(|(fact, known)| (fact, known.clone())).collect();
        let mut facts = Facts::default();
        let mut above = self.look(&facts);
        for offset in 0..all.len() {
            let (fact, known) = &all[(offset + dice.below(all.len())) % all.len()];
            // The system splits what was one answer into one for each system.
            if facts.get(*fact).is_some() || known.tags.len() > 1 && fact.id() == "os" {
                continue;
            }
            facts.set(None, *fact, known.clone());
            let fitting = self.look(&facts);
            if let Some(back) = fitting.difference(&above).next() {
                self.faults.push(format!("`{back}` came back with {fact}: {}", said(&facts)));
            }
            above = fitting;
        }
        let advice = advisor().rank(truth);
        for target in &advice.targets {
            let ranked = |id: &String| target.recommendations.iter().any(|other| other.technology == *id);
            if target.ruled_out.iter().any(|out| ranked(&out.technology))
                || target.ruled_out.len() + target.recommendations.len() != all_count()
            {
                self.faults.push(format!("{} ranks what it rules out: {}", target.os.id(), said(truth)));
            }
        }
    }

    fn merge(&mut self, other: Self) {
        self.sets += other.sets;
        self.nothing += other.nothing;
        self.digest = self.digest.rotate_left(1) ^ other.digest;
        self.faults.extend(other.faults);
    }
}

fn all_count() -> usize {
    all().len()
}

fn said(facts: &Facts) -> String {
    let one = |(fact, known): (Fact, &Known)| format!("{fact}={}", known.tags.ids(fact).collect::<Vec<_>>().join(","));
    facts.common().map(one).collect::<Vec<_>>().join(" ")
}

/// All combinations of the decisive facts, then growing situations until `count` sets were looked at.
pub fn run(count: usize) -> bool {
    let facts: Vec<Fact> = DECISIVE.iter().map(|id| Fact::named(id).expect("a fact of the vocabulary")).collect();
    let combinations = facts.iter().map(|fact| fact.tags().count() + 1).product::<usize>();
    let tags: Vec<_> = facts[0].tags().collect();
    // The parts are fixed, and merged in order, so that the digest does not depend on the machine.
    let mut whole = Seen::default();
    thread::scope(|scope| {
        let facts = &facts;
        let parts: Vec<_> = tags
            .chunks(tags.len().div_ceil(4))
            .map(|tags| {
                scope.spawn(move || {
                    let mut seen = Seen::default();
                    for tag in tags {
                        let mut known = Facts::default();
                        known.set(None, facts[0], Known { tags: Tags::default().with(*tag), source: Source::User });
                        let above = seen.look(&known);
                        seen.descend(&mut known, &above, &facts[1..]);
                    }
                    seen
                })
            })
            .collect();
        let rest = scope.spawn(move || {
            let mut seen = Seen::default();
            let above = seen.look(&Facts::default());
            seen.descend(&mut Facts::default(), &above, &facts[1..]);
            seen
        });
        let sampled: Vec<_> = (0..4_u64)
            .map(|part| {
                scope.spawn(move || {
                    let mut seen = Seen::default();
                    let mut dice = Dice::new(part);
                    while seen.sets < count.saturating_sub(combinations) / 4 {
                        let way = if dice.below(2) == 0 { Way::Consistent } else { Way::Independent };
                        let truth = complete(&mut dice, way);
                        seen.grow(&truth, &mut dice);
                    }
                    seen
                })
            })
            .collect();
        for part in parts.into_iter().chain([rest]).chain(sampled) {
            whole.merge(part.join().expect("a ranking does not panic"));
        }
    });
    println!(
        "{} sets of facts ({combinations} combinations of {}), {} with an honest nothing, {} faults, digest {:016x}",
        whole.sets,
        DECISIVE.join(", "),
        whole.nothing,
        whole.faults.len(),
        whole.digest
    );
    for fault in whole.faults.iter().take(20) {
        println!("  {fault}");
    }
    whole.faults.is_empty()
}
