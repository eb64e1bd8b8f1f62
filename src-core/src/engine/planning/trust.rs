//! Which projects' build code may run: asked once, kept outside the project, asked again when that code changes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::resolve::Requested;
use crate::engine::disk::error::{StoreError, at};
use crate::engine::disk::files::{digest_file, hex, write_atomically};
use crate::engine::disk::{lock, private};
use crate::engine::terms::cancel::Cancel;
use crate::engine::terms::json;
use crate::engine::terms::notices::Notices;
use crate::facts::Project;
use crate::inspect::{self, regular};

/// What a user agrees to for a project.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreed {
    /// Its build code may run.
    pub code: bool,
    /// What was built of it may be started, to try it, where no sandbox confines it.
    pub start: bool,
}

/// Digests of a project as it was when something was agreed to.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(from = "Written")]
struct Known {
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<String>,
}

/// What may stand in the file: a digest alone was written when only build code was asked about.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Code(String),
    Each { code: Option<String>, start: Option<String> },
}

impl From<Written> for Known {
    fn from(written: Written) -> Self {
        match written {
            Written::Code(digest) => Self { code: Some(digest), start: None },
            Written::Each { code, start } => Self { code, start },
        }
    }
}

/// What was agreed to, by the folder of a project or the script that it is.
#[derive(Debug)]
pub(in crate::engine) struct Trust {
    file: PathBuf,
}

impl Trust {
    pub fn open(folder: &Path) -> Self {
        Self { file: folder.join("trust.json") }
    }

    /// Moves a file that is damaged out of the way, and says so: what was agreed to before is asked again.
    pub fn set_aside_damaged(&self, notices: &Notices) {
        let is_damaged = |bytes: Vec<u8>| serde_json::from_slice::<BTreeMap<String, Known>>(&bytes).is_err();
        let aside = self.file.with_extension("json.damaged");
        if fs::read(&self.file).is_ok_and(is_damaged) && fs::rename(&self.file, &aside).is_ok() {
            let (file, aside) = (self.file.display(), aside.display());
            notices.add(&format!(
                "`{file}` was damaged and is now `{aside}`: what you had agreed to before is asked again"
            ));
        }
    }

    fn known(&self) -> BTreeMap<String, Known> {
        regular::read(&self.file, regular::LARGEST)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default()
    }

    /// What was agreed to for the project as it is now.
    pub fn agreed(&self, project: &Project) -> Agreed {
        let known = self.known().remove(&project.opens_at().display().to_string());
        let Some((known, digest)) = known.and_then(|known| Some((known, digest_of(project)?))) else {
            return Agreed::default();
        };
        let is_now = |then: Option<String>| then.is_some_and(|then| then == digest);
        Agreed { code: is_now(known.code), start: is_now(known.start) }
    }

    /// Remembers what is agreed to for the project as it is now, unless it is too large to be looked at each time.
    pub fn grant(&self, project: &Project, to: Agreed) -> Result<(), StoreError> {
        let Some(digest) = digest_of(project) else { return Ok(()) };
        let folder = self.file.parent().unwrap_or(Path::new("."));
        private::create_dir_all(folder).map_err(at("create", folder))?;
        // Whoever agrees at the same time must not be forgotten; without locks that is less likely than agreeing to nothing.
        let _turn = lock::exclusive(&self.file.with_extension("json.lock"), &Cancel::default());
        let mut known = self.known();
        let entry = known.entry(project.opens_at().display().to_string()).or_default();
        if to.code {
            entry.code = Some(digest.clone());
        }
        if to.start {
            entry.start = Some(digest);
        }
        write_atomically(&self.file, json::pretty(&known).as_bytes())
    }
}

/// Most files that are looked at; a project that has more is asked about every time.
const MOST_FILES: usize = 50_000;

/// Digest of what a build may run and of what steers it: every file, because a build script reads whatever it likes, and
/// runs what it found in a picture or a page for people if it was told to. Local projects that it leads to count too.
/// `None` where that is too much to look at, or where nothing says which commit of a repository is meant.
fn digest_of(project: &Project) -> Option<String> {
    if follows_a_branch(project) {
        return None;
    }
    let mut hash = Sha256::new();
    let mut seen = BTreeSet::from([project.root.clone()]);
    let mut files = 0;
    add(project, &mut hash, &mut files);
    let mut open = neighbours(project);
    while let Some(path) = open.pop() {
        let Ok(path) = path.canonicalize() else { continue };
        if files > MOST_FILES {
            return None;
        }
        if !seen.insert(path.clone()) {
            continue;
        }
        if path.is_file() {
            add_file(&path.to_string_lossy(), &path, &mut hash);
        } else if let Ok(found) = inspect::read(&path) {
            if follows_a_branch(&found.project) {
                return None;
            }
            // What cannot be read cannot be built either.
            add(&found.project, &mut hash, &mut files);
            open.extend(neighbours(&found.project));
        }
    }
    (files <= MOST_FILES).then(|| hex(&hash.finalize()))
}

/// Adds a project: its files, its lock, which may lie above it, and what it requires, wherever that is said.
fn add(project: &Project, hash: &mut Sha256, files: &mut usize) {
    hash.update(format!("{}\n", project.root.display()));
    *files += project.selection.files.len();
    let lock = project.lock.iter().map(|lock| &lock.path);
    for file in project.selection.files.iter().chain(lock).take(MOST_FILES) {
        add_file(file, &project.root.join(file), hash);
    }
    for requirement in requirements(project) {
        hash.update(format!("{requirement}\n"));
    }
}

fn add_file(name: &str, path: &Path, hash: &mut Sha256) {
    // What cannot be read now cannot be run either; once it can, this differs.
    let target = fs::read_link(path).map(|target| target.display().to_string()).unwrap_or_default();
    let contents = digest_file(path).map(|(sha256, _)| sha256).unwrap_or_default();
    hash.update(format!("{name}\t{target}\t{contents}\n"));
}

/// Whether a build takes what is newest in some repository: then other code runs the next time, and nothing here tells.
fn follows_a_branch(project: &Project) -> bool {
    let is_commit = |part: &str| part.len() == 40;
    let is_open = |requirement: &str| {
        Requested::repository(requirement).is_some()
            && !requirement.split(|c: char| !c.is_ascii_hexdigit()).any(is_commit)
    };
    let sources = project.sources.iter().map(|(name, address)| format!("{name} @ {address}"));
    project.lock.is_none() && requirements(project).map(str::to_owned).chain(sources).any(|one| is_open(&one))
}

/// What a project requires to run, for its extras and groups, and to be built.
fn requirements(project: &Project) -> impl Iterator<Item = &str> {
    let extras = project.extras.values().flatten();
    let declared = project.dependencies.iter().chain(extras).chain(project.groups.values().flatten());
    let build = project.build_system.iter().flat_map(|system| &system.requires);
    declared.map(|requirement| requirement.text.as_str()).chain(build.map(String::as_str))
}

/// Members of the workspace and path dependencies: folders, or files such as source distributions.
fn neighbours(project: &Project) -> Vec<PathBuf> {
    let members = project.members.iter().map(|member| project.root.join(&member.path));
    let sources = project.sources.iter().map(|(name, address)| format!("{name} @ {address}"));
    let requirements = requirements(project).map(str::to_owned).chain(sources);
    let paths = requirements.filter_map(|requirement| Requested::parse(&requirement).folder());
    members.chain(paths).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(path: &Path, text: &str) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// A project that leads to five others: a member, of an extra, of a group, what the member needs, and a source of what
    /// only a build tells.
    fn with_neighbours(folder: &Path) {
        let address = |name: &str| format!("{name} @ file://{}", folder.join(name).display());
        let project = format!(
            "[project]\nname = 'app'\nversion = '1'\n[project.optional-dependencies]\nx = ['{}']\n\
             [dependency-groups]\ny = ['{}']\n[tool.uv.workspace]\nmembers = ['member']\n\
             [tool.uv.sources]\nlib = {{path = '../source'}}\n",
            address("extra"),
            address("group")
        );
        write(&folder.join("app/pyproject.toml"), &project);
        for (name, needs) in
            [("app/member", address("deep")), ("extra", "a".into()), ("group", "a".into()), ("source", "a".into())]
        {
            let text = format!("[project]\nname = 'lib'\nversion = '1'\ndependencies = ['{needs}']\n");
            write(&folder.join(name).join("pyproject.toml"), &text);
        }
        for name in ["app/setup.py", "app/helper.py", "app/requirements/base.txt", "app/uv.lock", "deep/setup.py"] {
            write(&folder.join(name), "");
        }
        for name in ["app/meson.build", "app/build.inc", "app/native/build.rs"] {
            write(&folder.join(name), "");
        }
        for name in ["app/member/tools/a.py", "extra/tools/a.py", "group/tools/a.py", "source/a.py"] {
            write(&folder.join(name), "");
        }
        for name in ["deep/a/b/c.py", "app/README.md"] {
            write(&folder.join(name), "");
        }
    }

    #[test]
    fn of_those_who_agree_at_the_same_time_nobody_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let project = &|number: usize| {
            let root = folder.path().join(number.to_string());
            fs::create_dir_all(&root).unwrap();
            Project::empty(root)
        };
        std::thread::scope(|scope| {
            for number in 0..8 {
                let trust = Trust::open(&folder.path().join("data"));
                scope.spawn(move || trust.grant(&project(number), Agreed { code: true, start: false }).unwrap());
            }
        });
        let trust = Trust::open(&folder.path().join("data"));
        assert!((0..8).all(|number| trust.agreed(&project(number)).code));
    }

    #[test]
    fn trust_ends_when_anything_a_build_may_run_changes() {
        let folder = tempfile::tempdir().unwrap();
        with_neighbours(folder.path());
        let read = || inspect::read(&folder.path().join("app")).unwrap().project;
        let trust = Trust::open(&folder.path().join("data"));
        assert!(!trust.agreed(&read()).code);
        let own = ["app/setup.py", "app/helper.py", "app/requirements/base.txt", "app/uv.lock"];
        let read_by_a_build = ["app/meson.build", "app/build.inc", "app/native/build.rs", "app/README.md"];
        let others = ["app/member/tools/a.py", "extra/tools/a.py", "group/tools/a.py", "deep/a/b/c.py", "source/a.py"];
        for file in own.into_iter().chain(read_by_a_build).chain(others) {
            trust.grant(&read(), CODE).unwrap();
            assert!(trust.agreed(&read()).code);
            write(&folder.path().join(file), "# something else");
            assert!(!trust.agreed(&read()).code, "{file}");
        }
    }

    const CODE: Agreed = Agreed { code: true, start: false };

    #[test]
    fn starting_a_program_is_agreed_to_apart_from_building_it() {
        let folder = tempfile::tempdir().unwrap();
        write(&folder.path().join("a/pyproject.toml"), "[project]\nname = 'a'\nversion = '1'\n");
        let project = inspect::read(&folder.path().join("a")).unwrap().project;
        let trust = Trust::open(&folder.path().join("data"));
        trust.grant(&project, CODE).unwrap();
        assert_eq!(trust.agreed(&project), CODE);
        trust.grant(&project, Agreed { code: false, start: true }).unwrap();
        assert_eq!(trust.agreed(&project), Agreed { code: true, start: true });
    }

    #[test]
    fn what_was_agreed_to_when_only_build_code_was_asked_about_starts_nothing() {
        let folder = tempfile::tempdir().unwrap();
        write(&folder.path().join("a/pyproject.toml"), "[project]\nname = 'a'\nversion = '1'\n");
        let project = inspect::read(&folder.path().join("a")).unwrap().project;
        let written = serde_json::json!({ project.opens_at().display().to_string(): digest_of(&project).unwrap() });
        write(&folder.path().join("data/trust.json"), &written.to_string());
        assert_eq!(Trust::open(&folder.path().join("data")).agreed(&project), CODE);
    }

    #[test]
    fn what_follows_a_branch_is_asked_about_every_time() {
        let folder = tempfile::tempdir().unwrap();
        let trust = Trust::open(&folder.path().join("data"));
        let commit = "0123456789abcdef0123456789abcdef01234567";
        for (at, lasts) in [("main", false), (commit, true)] {
            let text = format!("[project]\nname='a'\nversion='1'\ndependencies=['b @ git+https://x.test/b@{at}']\n");
            write(&folder.path().join("a/pyproject.toml"), &text);
            let project = inspect::read(&folder.path().join("a")).unwrap().project;
            trust.grant(&project, CODE).unwrap();
            assert_eq!(trust.agreed(&project).code, lasts, "{at}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn trust_ends_when_a_link_leads_elsewhere_and_when_what_it_leads_to_changes() {
        let folder = tempfile::tempdir().unwrap();
        let (shared, other, root) =
            (folder.path().join("shared.py"), folder.path().join("o.py"), folder.path().join("a"));
        for path in [&shared, &other, &root.join("b.py")] {
            write(path, "");
        }
        let mut project = Project::empty(root.clone());
        project.selection.files = vec!["setup.py".into()];
        let trust = Trust::open(&folder.path().join("data"));
        let link = |target: &Path| {
            let _ = fs::remove_file(root.join("setup.py"));
            std::os::unix::fs::symlink(target, root.join("setup.py")).unwrap();
        };
        link(&shared);
        trust.grant(&project, CODE).unwrap();
        link(&other);
        assert!(!trust.agreed(&project).code);
        link(&shared);
        assert!(trust.agreed(&project).code);
        write(&shared, "print('something else')");
        assert!(!trust.agreed(&project).code);
    }

    #[test]
    fn a_damaged_file_is_moved_aside_and_the_user_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let (trust, notices) = (Trust::open(folder.path()), Notices::default());
        trust.set_aside_damaged(&notices);
        write(&folder.path().join("trust.json"), "{\"/a\": \"cut");
        trust.set_aside_damaged(&notices);
        assert!(folder.path().join("trust.json.damaged").is_file() && !folder.path().join("trust.json").exists());
        write(&folder.path().join("trust.json"), "{\"/a\": \"digest\"}");
        trust.set_aside_damaged(&notices);
        assert!(folder.path().join("trust.json").exists());
        let told = std::sync::Mutex::new(0);
        notices.tell(0, &|_, _| *told.lock().unwrap() += 1);
        assert_eq!(told.into_inner().unwrap(), 1);
    }

    #[test]
    fn scripts_of_one_folder_are_trusted_each() {
        let folder = tempfile::tempdir().unwrap();
        let script = |name: &str| {
            write(&folder.path().join(name), name);
            inspect::read(&folder.path().join(name)).unwrap().project
        };
        let (one, other) = (script("one.py"), script("other.py"));
        let trust = Trust::open(&folder.path().join("data"));
        trust.grant(&one, CODE).unwrap();
        assert!(trust.agreed(&one).code && !trust.agreed(&other).code);
        trust.grant(&other, CODE).unwrap();
        assert!(trust.agreed(&one).code && trust.agreed(&other).code);
    }

    #[test]
    fn a_project_with_too_many_files_is_asked_about_every_time() {
        let folder = tempfile::tempdir().unwrap();
        let mut project = Project::empty(folder.path().to_path_buf());
        project.selection.files = vec!["data".into(); MOST_FILES + 1];
        let trust = Trust::open(&folder.path().join("data"));
        trust.grant(&project, CODE).unwrap();
        assert!(!trust.agreed(&project).code);
    }
}
