//! What a question is about, and how far it was answered: by content, so that an answer is to what was asked and to nothing
//! that came later.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::plan::{Action, Consent, Plan, Remote};
use crate::redaction;

/// What a user agrees to for a project.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreed {
    /// Its build code may run.
    pub code: bool,
    /// What was built of it may be started, to try it, where no sandbox confines it.
    pub start: bool,
}

/// What the source of a project is known by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::engine) struct Digest {
    /// Paths, modes and contents of the selection.
    pub files: String,
    /// Likewise, and the commit and the tags of the repository where the build sees them.
    pub whole: String,
    /// Each file's part in it, by its path.
    pub each: Arc<BTreeMap<String, String>>,
}

impl Digest {
    /// What is not the same in another one, to begin a sentence.
    pub fn difference(&self, other: &Self) -> String {
        let differs = |(path, line): &(&String, &String)| other.each.get(*path) != Some(*line);
        let found = self
            .each
            .iter()
            .find(differs)
            .or_else(|| other.each.iter().find(|(path, _)| !self.each.contains_key(*path)));
        found.map_or_else(|| "the commit or a tag".to_owned(), |(path, _)| format!("`{path}`"))
    }
}

/// What one question is about: digests of files and of source distributions, and the sentences that were shown.
pub(in crate::engine) type Pins = BTreeSet<String>;

/// What questions of both kinds are about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Written")]
pub(in crate::engine) struct Pinned {
    pub code: Pins,
    pub start: Pins,
}

/// What may stand in a file. Digests that earlier versions wrote are of more than is built, and fit nothing.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Pinned {
        #[serde(default)]
        code: Pins,
        #[serde(default)]
        start: Pins,
    },
    Earlier(serde::de::IgnoredAny),
}

impl From<Written> for Pinned {
    fn from(written: Written) -> Self {
        match written {
            Written::Pinned { code, start } => Self { code, start },
            Written::Earlier(_) => Self::default(),
        }
    }
}

impl Pinned {
    /// What these consents of a plan are about, for a project with these files.
    pub fn of(plan: &Plan, consents: &[Consent], source: &Digest) -> Self {
        let mut pinned = Self::default();
        for consent in consents {
            match consent {
                Consent::RunProjectCode { .. } => pinned.code.extend(code(plan, source)),
                Consent::StartProgram { starts } => {
                    pinned.start.extend(starts.iter().chain([&source.files]).map(|text| pin(text)));
                }
                Consent::Download { .. } => {}
            }
        }
        pinned
    }

    pub fn add(&mut self, more: Self) {
        self.code.extend(more.code);
        self.start.extend(more.start);
    }
}

/// What says which code a plan runs: of the project, its files and why it runs; of what comes as source only, the file
/// that is fetched; of anything else, the step, whose id follows from all that it does and consumes.
fn code(plan: &Plan, source: &Digest) -> Pins {
    let mut pins = Pins::new();
    let furnish = plan.proofs.iter().flat_map(|proof| &proof.furnish);
    for step in plan.steps.iter().chain(furnish).filter(|step| step.runs_foreign_code()) {
        let fetched = step.action.inputs().into_iter().filter_map(|id| match &plan.step(id)?.action {
            Action::Fetch { files } => Some(files),
            _ => None,
        });
        let sources: Vec<&Remote> = fetched.flatten().filter(|file| !file.name.ends_with(".whl")).collect();
        if step.action.reads_source() {
            let why = step.action.grants().into_iter().flat_map(|may| &may.foreign).flat_map(|one| &one.because);
            pins.extend(why.chain([&source.files]).map(|text| pin(text)));
        } else if sources.is_empty() {
            pins.insert(step.id.as_str().to_owned());
        }
        pins.extend(sources.into_iter().map(|file| file.sha256.clone()));
    }
    let rooms = plan.proofs.iter().flat_map(|proof| &proof.room.may.foreign);
    pins.extend(rooms.flat_map(|one| one.because.iter().chain([&one.whose])).map(|text| pin(text)));
    pins
}

/// It is kept in a file.
fn pin(text: &str) -> String {
    redaction::without_logins(text).into_owned()
}

/// What may run in one build, and what would have to be agreed to.
#[derive(Debug, Default)]
pub(in crate::engine) struct Given {
    /// Whatever it is.
    pub all: Agreed,
    pub known: Pinned,
    pub asked: Mutex<Pinned>,
}

impl Given {
    /// Likewise, with nothing that was agreed to one by one.
    pub fn everything(all: Agreed) -> Self {
        Self { all, ..Self::default() }
    }

    /// How far what is asked was agreed to. What was not is asked about.
    pub fn covers(&self, asked: &Pinned) -> Agreed {
        let agreed = Agreed {
            code: self.all.code || asked.code.is_subset(&self.known.code),
            start: self.all.start || asked.start.is_subset(&self.known.start),
        };
        if !agreed.code || !agreed.start {
            self.asked.lock().unwrap_or_else(PoisonError::into_inner).add(asked.clone());
        }
        agreed
    }

    /// Whether the code of a source distribution may run, by the digest of its file.
    pub fn covers_source(&self, sha256: &str) -> bool {
        self.covers(&Pinned { code: [sha256.to_owned()].into(), start: Pins::new() }).code
    }

    /// What nobody has agreed to so far.
    pub fn into_asked(self) -> Pinned {
        self.asked.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}
