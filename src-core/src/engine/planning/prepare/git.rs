//! Dependencies that are commits of a Git repository: fetched in a step that has network, and then folders like others.
//!
//! A name that moves, as a branch does, is looked up once and remembered like a resolution; what is built is a commit.

mod command;
mod reference;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use sha2::{Digest, Sha256};

use self::command::Git;
pub(super) use self::reference::{Reference, without_login};
use super::Preparing;
use crate::engine::disk::error::{StoreError, at};
use crate::engine::disk::files::{hex, remove_all};
use crate::engine::planning::resolve::Remembered;
use crate::engine::tools::ToolError;
use crate::engine::tools::process::ProcessError;
use crate::engine::tools::record::{self, Look, Record};
use crate::event::Event;
use crate::inspect::regular;
use crate::problem::{Code, Problem, Remedy};

/// Why a commit is not here.
#[derive(Debug, thiserror::Error)]
enum GitError {
    /// A way to fetch that could run programs, or that nobody can check.
    #[error("`{name}` comes from `{address}`, which is not fetched: only `https`, `ssh` and `file` are")]
    Scheme { name: String, address: String },
    /// The repository does not answer, or is none.
    #[error("the repository `{address}` of `{name}` cannot be read")]
    Repository { name: String, address: String, said: String },
    /// The repository has no such branch, tag or commit.
    #[error("the repository `{address}` of `{name}` has no `{revision}`")]
    Revision { name: String, address: String, revision: String },
    /// Others are needed beside it.
    #[error("`{address}` has submodules, which are not fetched: {modules}")]
    Submodules { address: String, modules: String },
    /// The commit has no such folder.
    #[error("`{address}` has no folder `{folder}`")]
    Folder { address: String, folder: String },
    /// Nothing may be fetched.
    #[error("`{address}` is not in the cache, and the network may not be used")]
    Offline { address: String },
    /// The lock does not say which commit.
    #[error("`{name}` comes from a repository, but the lock does not name its commit")]
    NotLocked { name: String },
    /// Git is missing.
    #[error(transparent)]
    Tool(#[from] ToolError),
    /// Git did not end.
    #[error(transparent)]
    Process(#[from] ProcessError),
    /// The cache failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<GitError> for Problem {
    fn from(error: GitError) -> Self {
        let problem = Self::new(Code::Unresolvable, error.to_string());
        match error {
            GitError::Tool(error) => error.into(),
            GitError::Process(ProcessError::Cancelled { .. }) => Self::new(Code::Cancelled, "fetching was cancelled"),
            GitError::Process(error) => problem.because(&error),
            GitError::Store(error) => Self { code: Code::Store, ..problem }.because_of(&error),
            GitError::Scheme { .. } => {
                problem.hint("Name the repository by an address that begins with `git+https://`")
            }
            GitError::Repository { said, .. } => {
                let lines = said.lines().map(str::trim).filter(|line| !line.is_empty()).take(4);
                lines.fold(problem, Self::cause).hint(
                    "Check the address and the network; logins are taken from the address and, for `ssh`, from its agent",
                )
            }
            GitError::Revision { .. } => problem.hint("Name a branch, a tag, or a whole commit id"),
            GitError::Submodules { .. } => problem.hint("Offer a wheel of it in an index, or put those files into it"),
            GitError::Folder { .. } => problem.hint("Correct `subdirectory`"),
            GitError::Offline { .. } => {
                problem.remedy("Go online once, so that it gets into the cache", Remedy::Online)
            }
            GitError::NotLocked { .. } => problem.hint("Update the lock with the tool that wrote it"),
        }
    }
}

/// A commit in a folder of this machine.
#[derive(Debug)]
pub(super) struct Checkout {
    /// The project in it.
    pub folder: PathBuf,
    /// Repository and commit as `git+URL@COMMIT`, without a login.
    pub address: String,
}

/// Puts a commit into the cache: that of the project's lock, or the one its name stands for now.
pub(super) fn check_out(
    preparing: &Preparing,
    reference: &Reference,
    locked: &BTreeMap<String, String>,
) -> Result<Checkout, Problem> {
    let checkout = Repository { preparing, reference }.check_out(locked.get(&reference.name))?;
    (preparing.events)(
        preparing.index,
        Event::Resolving { title: format!("Take {} from {}", reference.name, checkout.address) },
    );
    Ok(checkout)
}

struct Repository<'a> {
    preparing: &'a Preparing<'a>,
    reference: &'a Reference,
}

impl Repository<'_> {
    fn check_out(&self, locked: Option<&String>) -> Result<Checkout, GitError> {
        let reference = self.reference;
        if !reference.may_be_fetched() {
            return Err(GitError::Scheme { name: reference.name.clone(), address: reference.url.clone() });
        }
        let commit = self.commit(locked)?;
        let address = format!("git+{}@{commit}", reference.url);
        let cache = self.preparing.bench.keys.with_file_name("git");
        let folder = cache.join(digest(&format!("{}\n{commit}", reference.url)));
        if self.is_kept(&address, &folder) {
            mark_used(&folder);
        } else {
            if self.preparing.bench.settings.offline {
                return Err(GitError::Offline { address });
            }
            self.fetch(&commit, &cache, &folder)?;
        }
        // Only names them: that it is there is asked below, and is enough.
        let modules = regular::read_text(&folder.join(".gitmodules"), regular::LARGEST).unwrap_or_default();
        let modules: Vec<&str> = modules.lines().filter_map(|line| line.trim().strip_prefix("path = ")).collect();
        if folder.join(".gitmodules").exists() {
            return Err(GitError::Submodules { address, modules: modules.join(", ") });
        }
        let project = inside(&folder, reference.subdirectory.as_deref().unwrap_or_default());
        let none = || GitError::Folder {
            address: address.clone(),
            folder: reference.subdirectory.clone().unwrap_or_default(),
        };
        Ok(Checkout { folder: project.ok_or_else(none)?, address })
    }

    /// Whether a commit is there as it was checked out; a damaged copy goes.
    fn is_kept(&self, address: &str, folder: &Path) -> bool {
        if !folder.is_dir() {
            return false;
        }
        let Some(damage) = record::damage(folder, Look::Status) else { return true };
        remove_all(folder);
        let notices = self.preparing.bench.toolbox.notices;
        notices.add(&format!("the copy of `{address}` in the cache was damaged ({damage}) and was removed"));
        false
    }

    /// The commit that is meant: a whole id means itself, everything else is asked for and remembered.
    fn commit(&self, locked: Option<&String>) -> Result<String, GitError> {
        let (bench, reference) = (self.preparing.bench, self.reference);
        if let Some(commit) = locked.filter(|commit| is_commit(commit)) {
            return Ok(commit.to_lowercase());
        }
        if let Some(commit) = reference.revision.as_ref().filter(|revision| is_commit(revision)) {
            return Ok(commit.to_lowercase());
        }
        if bench.settings.locked {
            return Err(GitError::NotLocked { name: reference.name.clone() });
        }
        let revision = reference.revision.as_deref().unwrap_or("HEAD");
        let folder = self.preparing.resolver.folder;
        let memory = folder.join(format!("{}.json", digest(&format!("git\n{}\n{revision}", reference.url))));
        let known = Remembered::<String>::read(&memory, bench.settings);
        if let Some(known) = known.filter(|known| known.is_fresh(bench.settings) && is_commit(&known.answer)) {
            return Ok(known.answer);
        }
        if bench.settings.offline {
            return Err(GitError::Offline { address: format!("git+{}@{revision}", reference.url) });
        }
        let entry = Remembered::new(self.look_up(revision)?);
        entry.write(&memory)?;
        Ok(entry.answer)
    }

    fn look_up(&self, revision: &str) -> Result<String, GitError> {
        let reference = self.reference;
        let work = self.work()?;
        let git = Git::new(self.preparing.bench, work.path(), reference)?;
        // An annotated tag is an object of its own; `^{}` names the commit beneath it.
        let patterns = match revision {
            "HEAD" => vec!["HEAD".to_owned()],
            name if name.starts_with("refs/") => vec![name.to_owned(), format!("{name}^{{}}")],
            name => vec![format!("refs/heads/{name}"), format!("refs/tags/{name}"), format!("refs/tags/{name}^{{}}")],
        };
        let said = git.run(
            ["ls-remote", "--quiet", "--", &reference.url].into_iter().chain(patterns.iter().map(String::as_str)),
            true,
        )?;
        let said = said.map_err(|said| self.unreadable(&said))?;
        let found = |wanted: &String| {
            said.lines().filter_map(|line| line.split_once(char::is_whitespace)).find(|(_, name)| name.trim() == wanted)
        };
        // A branch before a tag, as Git itself reads a name, and the commit before the tag that points to it.
        let order: Vec<&String> = match patterns.as_slice() {
            [branch, tag, commit] => vec![branch, commit, tag],
            [name, commit] => vec![commit, name],
            names => names.iter().collect(),
        };
        let commit = order.into_iter().find_map(found).map(|(commit, _)| commit.to_owned());
        commit.filter(|commit| is_commit(commit)).ok_or_else(|| self.unknown(revision))
    }

    /// Fetches every branch and tag, from which some build backends make the version, and checks one commit out.
    fn fetch(&self, commit: &str, cache: &Path, folder: &Path) -> Result<(), GitError> {
        let url = self.reference.url.as_str();
        let work = self.work()?;
        let git = Git::new(self.preparing.bench, work.path(), self.reference)?;
        let ok = |result: Result<String, String>| result.map_err(|said| self.unreadable(&said));
        ok(git.run(["init", "--quiet", "--template=", "source"], false)?)?;
        let all = ["+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*"];
        let fetch = ["-C", "source", "fetch", "--quiet", "--no-recurse-submodules", "--no-write-fetch-head", "--", url];
        ok(git.run(fetch.into_iter().chain(all), true)?)?;
        let object = format!("{commit}^{{commit}}");
        let is_here = || git.run(["-C", "source", "cat-file", "-e", &object], false);
        if is_here()?.is_err() {
            // A commit that no branch reaches: many servers give it to those who know its id.
            let _ = git.run(fetch.into_iter().chain([commit]), true)?;
            if is_here()?.is_err() {
                return Err(self.unknown(commit));
            }
        }
        ok(git.run(["-C", "source", "checkout", "--quiet", "--force", "--detach", commit], false)?)?;
        std::fs::create_dir_all(cache).map_err(at("create", cache))?;
        // Whoever finds the folder finds what it must hold.
        record::write(folder, &Record::of(&work.path().join("source"))?)?;
        match std::fs::rename(work.path().join("source"), folder) {
            // Another Packwright was quicker.
            Err(_) if folder.is_dir() => {
                remove_all(&work.path().join("source"));
                Ok(())
            }
            result => Ok(result.map_err(at("write", folder))?),
        }
    }

    fn work(&self) -> Result<tempfile::TempDir, StoreError> {
        let work = self.preparing.bench.store.work();
        tempfile::Builder::new().prefix("git-").tempdir_in(&work).map_err(at("create a folder in", &work))
    }

    fn unreadable(&self, said: &str) -> GitError {
        GitError::Repository {
            name: self.reference.name.clone(),
            address: self.reference.url.clone(),
            said: said.to_owned(),
        }
    }

    fn unknown(&self, revision: &str) -> GitError {
        let (name, address) = (self.reference.name.clone(), self.reference.url.clone());
        GitError::Revision { name, address, revision: revision.to_owned() }
    }
}

/// Gives a checkout the date of its use, by which the cache is trimmed. Without one it goes earlier, no more.
fn mark_used(folder: &Path) {
    for path in record::and_its_papers(folder) {
        let _ = File::open(path).and_then(|file| file.set_modified(SystemTime::now()));
    }
}

/// Whether this is a whole commit id, SHA-1 or SHA-256.
fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// A folder in a checkout, which no link leads out of.
fn inside(checkout: &Path, folder: &str) -> Option<PathBuf> {
    let root = std::fs::canonicalize(checkout).ok()?;
    let found = std::fs::canonicalize(root.join(folder)).ok()?;
    (found.is_dir() && found.starts_with(&root)).then_some(found)
}

fn digest(text: &str) -> String {
    hex(&Sha256::digest(text)).get(..32).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::planning::resolve::Resolver;
    use crate::engine::run::step::fixture::Setting;
    use crate::engine::terms::cancel::Cancel;
    use crate::engine::tools::rehearsal::{Part, Rehearsal};
    use crate::facts::Project;

    #[test]
    fn a_login_is_given_to_git_in_no_argument_and_no_variable() {
        let folder = tempfile::tempdir().unwrap();
        let project = Project::empty(folder.path().to_path_buf());
        let world = Rehearsal::new(|spawn| {
            let home = Path::new(&spawn.env["HOME"]);
            assert_eq!(std::fs::read_to_string(home.join(".git-credentials")).unwrap(), "https://me:secret@x.test/a\n");
            Part { says: format!("{}\trefs/heads/main", "a1".repeat(20)), ..Part::default() }
        });
        let cancel = Cancel::default();
        let setting = Setting {
            folder: folder.path(),
            world: &world,
            project: &project,
            source: &crate::engine::terms::consent::Digest::default(),
            jobs: 1,
            cancel: &cancel,
        };
        let reference = Reference::parse("a @ git+https://me:secret@x.test/a@main").unwrap();
        let commit = setting.work(|bench| {
            let resolver = Resolver { bench, folder: folder.path(), around: &[] };
            let preparing = Preparing { bench, resolver: &resolver, events: &|_, _| {}, index: 0, building: vec![] };
            Repository { preparing: &preparing, reference: &reference }.look_up("main").unwrap()
        });
        assert_eq!(commit, "a1".repeat(20));
        let ran = world.ran();
        let told = ran.iter().flat_map(|spawn| spawn.args.iter().chain(spawn.env.values()));
        assert_eq!((ran.len(), told.filter(|text| text.contains("secret")).count()), (1, 0), "{ran:?}");
    }

    #[test]
    fn only_whole_ids_are_commits() {
        assert!(is_commit(&"a1".repeat(20)) && is_commit(&"A1".repeat(32)));
        assert!(!is_commit("main") && !is_commit(&"g".repeat(40)) && !is_commit("--upload-pack=x"));
    }

    #[test]
    fn a_folder_outside_the_checkout_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let checkout = folder.path().join("checkout");
        std::fs::create_dir_all(checkout.join("lib")).unwrap();
        assert!(inside(&checkout, "lib").is_some() && inside(&checkout, "").is_some());
        assert_eq!(inside(&checkout, ".."), None);
        assert_eq!(inside(&checkout, "/"), None);
        assert_eq!(inside(&checkout, "no"), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_checkout_that_is_used_gets_a_new_date() {
        let folder = tempfile::tempdir().unwrap();
        let date = |date| File::open(folder.path()).unwrap().set_modified(date).unwrap();
        date(SystemTime::UNIX_EPOCH);
        mark_used(folder.path());
        let found = std::fs::metadata(folder.path()).unwrap().modified().unwrap();
        assert!(found.elapsed().unwrap().as_secs() < 60);
    }

    #[test]
    fn every_failure_says_what_helps() {
        let text = String::new;
        for error in [
            GitError::Scheme { name: text(), address: text() },
            GitError::Repository { name: text(), address: text(), said: text() },
            GitError::Revision { name: text(), address: text(), revision: text() },
            GitError::Submodules { address: text(), modules: text() },
            GitError::Folder { address: text(), folder: text() },
            GitError::Offline { address: text() },
            GitError::NotLocked { name: text() },
            GitError::Tool(ToolError::Missing(vec!["git".into()])),
        ] {
            let problem = Problem::from(error);
            assert!(!problem.hints.is_empty(), "{problem:?}");
        }
    }
}
