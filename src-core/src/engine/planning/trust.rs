//! Whose code may run: asked once, kept outside the project, asked again for everything else than what was asked about.
//!
//! An answer is to a question that was made when a plan was made. So what is remembered is what that question was about,
//! by content: the project's files, each source distribution, and the sentences that were shown. What lies on the disk
//! when the answer comes, or what an index offers by then, is not asked for.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::engine::disk::error::{StoreError, at};
use crate::engine::disk::files::write_atomically;
use crate::engine::disk::{lock, private};
use crate::engine::terms::cancel::Cancel;
use crate::engine::terms::consent::{Agreed, Digest, Given, Pinned};
use crate::engine::terms::json;
use crate::engine::terms::notices::Notices;
use crate::facts::Project;
use crate::inspect::regular;

/// Most that is kept of a project: above that, what was agreed to long ago is asked again.
const MOST: usize = 1_000;

/// What was asked about in one session, and not yet answered.
#[derive(Debug, Default)]
struct Question {
    /// The files of the project then.
    source: String,
    /// By technology.
    asked: BTreeMap<String, Pinned>,
}

/// What was agreed to, by the folder of a project or the script that it is.
#[derive(Debug)]
pub(in crate::engine) struct Trust {
    file: PathBuf,
    questions: Mutex<BTreeMap<String, Question>>,
}

impl Trust {
    pub fn open(folder: &Path) -> Self {
        Self { file: folder.join("trust.json"), questions: Mutex::default() }
    }

    /// Moves a file that is damaged out of the way, and says so: what was agreed to before is asked again.
    pub fn set_aside_damaged(&self, notices: &Notices) {
        let is_damaged = |bytes: Vec<u8>| serde_json::from_slice::<BTreeMap<String, Pinned>>(&bytes).is_err();
        let aside = self.file.with_extension("json.damaged");
        if fs::read(&self.file).is_ok_and(is_damaged) && fs::rename(&self.file, &aside).is_ok() {
            let (file, aside) = (self.file.display(), aside.display());
            notices.add(&format!(
                "`{file}` was damaged and is now `{aside}`: what you had agreed to before is asked again"
            ));
        }
    }

    fn known(&self) -> BTreeMap<String, Pinned> {
        regular::read(&self.file, regular::LARGEST)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default()
    }

    /// What may run for a project.
    pub fn given(&self, project: &Project, all: Agreed) -> Given {
        let known = self.known().remove(&key(project)).unwrap_or_default();
        Given { all, known, asked: Mutex::default() }
    }

    /// Notes what making a plan of this technology had to ask. What was asked about other files of the project, or before
    /// about the same plan, is no longer on the screen.
    pub fn note(&self, project: &Project, technology: &str, source: &Digest, given: Given) {
        let asked = given.into_asked();
        let mut questions = self.questions.lock().unwrap_or_else(PoisonError::into_inner);
        let question = questions.entry(key(project)).or_default();
        if question.source != source.files {
            *question = Question { source: source.files.clone(), ..Question::default() };
        }
        question.asked.insert(technology.to_owned(), asked);
    }

    /// Remembers that what was asked about a project is agreed to.
    pub fn grant(&self, project: &Project, to: Agreed) -> Result<(), StoreError> {
        let mut asked = Pinned::default();
        let questions = self.questions.lock().unwrap_or_else(PoisonError::into_inner);
        let all = questions.get(&key(project)).into_iter().flat_map(|question| question.asked.values());
        all.for_each(|one| asked.add(one.clone()));
        let folder = self.file.parent().unwrap_or(Path::new("."));
        private::create_dir_all(folder).map_err(at("create", folder))?;
        // Whoever agrees at the same time must not be forgotten; without locks that is less likely than agreeing to nothing.
        let _turn = lock::exclusive(&self.file.with_extension("json.lock"), &Cancel::default());
        let mut known = self.known();
        let entry = known.entry(key(project)).or_default();
        for (agrees, known, asked) in
            [(to.code, &mut entry.code, asked.code), (to.start, &mut entry.start, asked.start)]
        {
            if agrees && known.len() > MOST {
                known.clear();
            }
            known.extend(asked.into_iter().filter(|_| agrees));
        }
        write_atomically(&self.file, json::pretty(&known).as_bytes())
    }
}

fn key(project: &Project) -> String {
    project.opens_at().display().to_string()
}

#[cfg(test)]
mod tests;
