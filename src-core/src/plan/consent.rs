//! What nobody does without being asked. It follows from what a plan does, and is never stated beside it.

use serde::{Deserialize, Serialize};

use super::{Action, Plan, Remote, Step};
use crate::plan::Proof;

/// Something nobody does without being asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "to", rename_all = "kebab-case")]
pub enum Consent {
    /// Running code of the project or of its source distributions, for all that is known.
    RunProjectCode {
        /// Whose code.
        whose: Vec<String>,
        /// Why it may run, each a sentence with its place.
        #[serde(default)]
        because: Vec<String>,
    },
    /// Starting what was built, to try it, where no sandbox confines it.
    StartProgram {
        /// What is started, as [`Proof::starts`] says it.
        starts: Vec<String>,
    },
    /// Downloading files.
    Download {
        /// How many.
        files: usize,
        /// Total size where known.
        bytes: Option<u64>,
    },
}

impl Plan {
    /// What must be agreed to before anything runs. `is_confined` says whether what is started to be tried can do no harm:
    /// `true` where a sandbox confines it. `is_tried` tells which trials this machine can make at all.
    pub fn consents(&self, is_confined: bool, is_tried: impl Fn(&Proof) -> bool) -> Vec<Consent> {
        let tried: Vec<&Proof> = self.proofs.iter().filter(|proof| is_tried(proof)).collect();
        let steps = || self.steps.iter().chain(tried.iter().flat_map(|proof| &proof.furnish));
        let mut consents = Vec::new();
        consents.extend(foreign(steps(), &tried));
        if !is_confined {
            let starts: Vec<String> = tried.iter().filter_map(|proof| proof.starts()).collect();
            if !starts.is_empty() {
                consents.push(Consent::StartProgram { starts });
            }
        }
        for step in steps() {
            if let Action::Fetch { files } = &step.action
                && !files.is_empty()
            {
                let bytes = files.iter().map(|file| file.bytes).sum();
                consents.push(Consent::Download { files: files.len(), bytes });
            }
        }
        consents
    }

    /// The files that are downloaded, where this is what the plan asks for: of trials that are not made, nothing is.
    pub fn downloads(&self, asked: &[Consent]) -> impl Iterator<Item = &Remote> {
        let furnish = self.proofs.iter().flat_map(|proof| &proof.furnish);
        let fetched = self.steps.iter().chain(furnish).filter_map(|step| match &step.action {
            Action::Fetch { files } if !files.is_empty() => Some(files),
            _ => None,
        });
        let asked = asked.iter().filter_map(|consent| match consent {
            Consent::Download { files, bytes } => Some((*files, *bytes)),
            Consent::RunProjectCode { .. } | Consent::StartProgram { .. } => None,
        });
        // They are asked for in the order of the steps, without those of some trials.
        let mut asked = asked.peekable();
        let size = |files: &[Remote]| (files.len(), files.iter().map(|file| file.bytes).sum());
        fetched.filter(move |files| asked.next_if_eq(&size(files)).is_some()).flatten()
    }
}

/// Whose code runs that is not ours, and why.
fn foreign<'a>(steps: impl Iterator<Item = &'a Step>, tried: &[&'a Proof]) -> Option<Consent> {
    let rooms = tried.iter().map(|proof| &proof.room.may);
    let grants = steps.filter_map(|step| step.action.grants()).chain(rooms);
    let (mut whose, mut because): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    let add = |list: &mut Vec<String>, text: &String| {
        if !list.contains(text) {
            list.push(text.clone());
        }
    };
    for foreign in grants.flat_map(|may| &may.foreign) {
        add(&mut whose, &foreign.whose);
        foreign.because.iter().for_each(|reason| add(&mut because, reason));
    }
    (!whose.is_empty()).then_some(Consent::RunProjectCode { whose, because })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Trial;
    use crate::plan::{Command, Outcome, Remote, Room, ToolRef};

    fn tool() -> Command {
        Command::of(ToolRef::System { name: "make".into() })
    }

    #[test]
    fn consents_follow_from_what_steps_do() {
        let mut plan = Plan::new("x");
        assert_eq!(plan.consents(false, |_| true), []);
        let file =
            Remote { name: "a".into(), url: "https://a.invalid/a".into(), sha256: "0".repeat(64), bytes: Some(7) };
        plan.add(Step::new("Fetch", Action::Fetch { files: vec![file] }));
        plan.add(Step::new("One", Action::run_foreign(tool(), "x", vec!["`setup.py` is run".into()])));
        plan.add(Step::new("Two", Action::run_foreign(tool().arg("y"), "y", vec!["`setup.py` is run".into()])));
        let (whose, because) = (vec!["x".into(), "y".into()], vec!["`setup.py` is run".into()]);
        let expected = [Consent::RunProjectCode { whose, because }, Consent::Download { files: 1, bytes: Some(7) }];
        assert_eq!(plan.consents(true, |_| true), expected);
    }

    #[test]
    fn starting_is_asked_for_where_nothing_confines_it_and_it_is_tried_at_all() {
        let mut plan = Plan::new("x");
        let trial = Trial::Import { modules: vec!["a".into()] };
        plan.proofs.push(Proof::new("Import it", Room::bare(), Outcome::Ran).start(tool(), trial));
        assert_eq!(plan.consents(true, |_| true), []);
        assert_eq!(plan.consents(false, |_| false), []);
        assert_eq!(plan.consents(false, |_| true), [Consent::StartProgram { starts: vec!["imports `a`".into()] }]);
    }

    #[test]
    fn what_is_downloaded_are_the_files_of_the_steps_and_of_the_trials_that_are_made() {
        let fetch = |name: &str| {
            let file = Remote { name: name.into(), url: String::new(), sha256: name.into(), bytes: None };
            Step::new("Fetch", Action::Fetch { files: vec![file.clone(), Remote { name: "x".into(), ..file }] })
        };
        let mut plan = Plan::new("x");
        plan.add(fetch("a"));
        plan.proofs.push(Proof { furnish: vec![fetch("b")], ..Proof::new("Try it", Room::bare(), Outcome::Ran) });
        let names = |is_tried: bool| {
            let asked = plan.consents(true, |_| is_tried);
            plan.downloads(&asked).map(|file| file.sha256.clone()).collect::<Vec<_>>()
        };
        assert_eq!(names(false), ["a", "a"]);
        assert_eq!(names(true), ["a", "a", "b", "b"]);
    }

    #[test]
    fn what_furnishes_a_room_is_asked_for_only_where_it_is_tried() {
        let mut plan = Plan::new("x");
        let step = Step::new("Make a root", Action::run_foreign(tool(), "y", Vec::new()));
        plan.proofs.push(Proof { furnish: vec![step], ..Proof::new("Try it", Room::bare(), Outcome::Ran) });
        assert_eq!(plan.consents(true, |_| false), []);
        assert_eq!(plan.consents(true, |_| true).len(), 1);
    }
}
