//! Whether a plan fits on this machine, as far as the plan tells: said before its first step.

use std::collections::BTreeMap;

use crate::engine::disk::capacity::Capacity;
use crate::engine::terms::limits::mib;
use crate::engine::trees::store::Store;
use crate::plan::{Action, Plan, Proof};

/// What every build writes, in bytes: logs, copies of the source, small files.
const LEAST: u64 = 64 << 20;

/// How many times the size of what is fetched is written: once as it comes, about three times where it is unpacked, and once
/// more in what is made of it.
const TIMES: u64 = 5;

/// What a plan takes of a machine.
#[derive(Debug, PartialEq, Eq)]
struct Need {
    /// Bytes on the disk of the cache.
    disk: u64,
    /// Bytes of memory, and the step or trial that takes them.
    memory: (u64, String),
}

/// What the plan takes and is not there, a sentence each; with its trials, if they are made.
pub(in crate::engine) fn lacks(plan: &Plan, tries: bool, store: &Store, capacity: &Capacity) -> Vec<String> {
    sentences(&need(plan, tries, store), capacity)
}

fn need(plan: &Plan, tries: bool, store: &Store) -> Need {
    let proofs: &[Proof] = if tries { &plan.proofs } else { &[] };
    let steps = || plan.steps.iter().chain(proofs.iter().flat_map(|proof| &proof.furnish));
    let files = steps().filter_map(|step| match &step.action {
        Action::Fetch { files } => Some(files),
        Action::Run { .. } | Action::Lay { .. } | Action::Pack { .. } | Action::Make { .. } => None,
    });
    let fetched: BTreeMap<&String, u64> =
        files.flatten().map(|remote| (&remote.sha256, remote.bytes.unwrap_or(0))).collect();
    let is_new = |sha256: &String| !store.has_content(sha256);
    let new: u64 = fetched.iter().filter(|(sha256, _)| is_new(sha256)).map(|(_, bytes)| bytes).sum();
    let needs =
        || steps().map(|step| (&step.needs, &step.title)).chain(proofs.iter().map(|one| (&one.needs, &one.title)));
    let greedy = needs().max_by_key(|(needs, _)| needs.memory);
    let memory = greedy.map(|(needs, title)| (mebibytes(needs.memory), title.clone()));
    let said: u64 = needs().map(|(needs, _)| mebibytes(needs.disk)).sum();
    Need { disk: LEAST + TIMES * new + said, memory: memory.unwrap_or_default() }
}

fn mebibytes(number: u32) -> u64 {
    u64::from(number) << 20
}

fn sentences(need: &Need, capacity: &Capacity) -> Vec<String> {
    let folder = capacity.folder.display();
    let disk = capacity.disk.filter(|free| *free < need.disk).map(|free| {
        format!(
            "this will take about {} in `{folder}`, and {} is free there: make room, or set `PACKWRIGHT_CACHE` to a folder on \
             another disk",
            mib(need.disk),
            mib(free)
        )
    });
    let (wanted, step) = &need.memory;
    let memory = capacity
        .memory
        .filter(|free| free < wanted)
        .map(|free| format!("\"{step}\" will take about {} of memory, and {} is free", mib(*wanted), mib(free)));
    disk.into_iter().chain(memory).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Outcome, Remote, Resources, Room, Step};

    #[test]
    fn what_is_fetched_counts_unless_it_is_there_and_the_greediest_step_or_trial_counts() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let there = store.put(b"there", false).unwrap().sha256;
        let remote = |sha256: &str, bytes| Remote {
            name: "a.whl".into(),
            url: "https://x.test/a.whl".into(),
            sha256: sha256.into(),
            bytes,
        };
        let mut plan = Plan::new("any");
        let files = vec![remote("aa", Some(1 << 20)), remote("bb", None), remote(&there, Some(1 << 30))];
        let step = Step::new("Fetch", Action::Fetch { files });
        plan.add(Step { needs: Resources { memory: 512, disk: 1, ..Resources::default() }, ..step });
        let again = Step::new("Fetch again", Action::Fetch { files: vec![remote("aa", Some(1 << 20))] });
        plan.add(again);
        let expected = Need { disk: LEAST + (6 << 20), memory: (512 << 20, "Fetch".into()) };
        assert_eq!(need(&plan, true, &store), expected);
        let furnish = vec![Step {
            needs: Resources { disk: 300, ..Resources::new(1, 600) },
            ..Step::new("Make a root", Action::write("a", "x"))
        }];
        let proof = Proof::new("Install it", Room::bare(), Outcome::Ran);
        plan.proofs.push(Proof { furnish, needs: Resources::new(1, 900), ..proof });
        let tried = Need { disk: LEAST + (306 << 20), memory: (900 << 20, "Install it".into()) };
        assert_eq!((need(&plan, true, &store), need(&plan, false, &store)), (tried, expected));
    }

    #[test]
    fn what_does_not_fit_is_said_and_what_is_not_known_is_not() {
        let need = Need { disk: 3 << 30, memory: (1 << 30, "Freeze".into()) };
        let with = |disk, memory| sentences(&need, &Capacity { folder: "/c".into(), disk, memory });
        assert_eq!(with(Some(4 << 30), Some(2 << 30)), Vec::<String>::new());
        assert_eq!(with(None, None), Vec::<String>::new());
        let said = with(Some(1 << 30), Some(1 << 20));
        assert!(said[0].starts_with("this will take about 3072 MiB in `/c`, and 1024 MiB is free there"), "{said:?}");
        assert_eq!(said[1], "\"Freeze\" will take about 1024 MiB of memory, and 1 MiB is free");
    }
}
