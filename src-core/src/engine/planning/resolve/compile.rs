//! Asks `uv` for a lock of one environment.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use super::memory::Remembered;
use super::pins::Pins;
use super::question::{Question, Settled};
use super::sources::{Needed, Sources, address_in};
use super::stand_in::stand_in;
use super::wanted::{NEVER, Wanted};
use super::{Requested, ResolveError, Routes, Seeker, markers, metadata::read_wheel_metadata, pylock};
use crate::backend::{CoreMetadata, Lock, Locked};
use crate::engine::disk::error::at;
use crate::engine::disk::paths;
use crate::engine::network::indexes::Indexes;
use crate::engine::network::known::Known;
use crate::engine::network::logins::login_known;
use crate::engine::run::step::Bench;
use crate::engine::terms::address::percent_decoded;
use crate::engine::tools::log::LogWriter;
use crate::engine::tools::process::{ProcessError, Spawn};
use crate::engine::tools::record::Look;
use crate::engine::tools::{Access, Interpreter, ToolError, environment};
use crate::facts::{Environment, NamedIndex};
use crate::problem::Problem;

/// A resolution that needs more rounds asks in a circle. Each brings the name of a package that comes as source only, or
/// the metadata of releases.
const ROUNDS: usize = 200;

/// Reads the metadata of a package that comes as source only, in a step without network where it must be built.
pub(in crate::engine) type Reading<'a> = &'a dyn Fn(&Locked) -> Result<CoreMetadata, Problem>;

/// What of a question is asked.
pub(super) enum Asked<'a> {
    /// All requirements, with what they need in turn, as far as it is known of packages with an index of their own.
    All(&'a Settled),
    /// This one alone.
    Only(String),
    /// These releases, with what they have for every environment.
    Everywhere(Vec<String>),
}

/// Resolves for one project.
pub(in crate::engine) struct Resolver<'a> {
    pub bench: &'a Bench<'a>,
    /// Folder of remembered locks.
    pub folder: &'a Path,
    /// Indexes that the projects name for which this one is built.
    pub around: &'a [NamedIndex],
}

impl Resolver<'_> {
    /// The lock of requirements in one environment.
    pub fn lock(
        &self,
        wanted: &Wanted,
        environment: Environment,
        python: &Interpreter,
        reading: Reading,
    ) -> Result<Lock, ResolveError> {
        let settings = self.bench.settings;
        let own_lock = self.bench.project.lock.as_ref().filter(|_| wanted.own);
        let pins = own_lock.map(|file| Pins::read(&self.bench.project.root, file)).transpose()?;
        if settings.locked && wanted.own && pins.is_none() && !wanted.requirements.is_empty() {
            return Err(ResolveError::NoLock);
        }
        if wanted.requirements.is_empty() {
            return Ok(Lock::default());
        }
        let mut constraints = pins.as_ref().map(Pins::constraints).unwrap_or_default();
        if wanted.own {
            let bounds = self.bench.project.constraints.iter().map(|bound| bound.text.clone());
            constraints += &wanted.checked(bounds)?;
        }
        let routes = self.routes(wanted, environment, python)?;
        let indexes = routes.indexes(&Indexes::configured().map_err(ToolError::from)?);
        let question = Question {
            wanted,
            constraints: &constraints,
            environment,
            python,
            indexes: &indexes,
            routes: &routes,
            earlier: None,
        };
        let lock = self.answer(&question, reading, pins.as_ref())?;
        if let Some(pins) = pins {
            pins.allow(&lock, settings.locked)?;
        }
        Ok(lock)
    }

    /// From where each package is to come. An error where a requirement is to come from an index that only the project
    /// names, so that nothing is fetched or built for it.
    pub fn routes(
        &self,
        wanted: &Wanted,
        environment: Environment,
        python: &Interpreter,
    ) -> Result<Routes, ResolveError> {
        let indexes = Indexes::configured().map_err(ToolError::from)?;
        let target = markers(environment, python);
        let seeker = Seeker { chosen: wanted.chosen, own: wanted.own, target: target.as_ref() };
        let named: Vec<NamedIndex> = self
            .bench
            .project
            .indexes
            .iter()
            .filter(|index| index.beside.is_none())
            .chain(self.around)
            .chain(wanted.indexes)
            .cloned()
            .collect();
        let routes = Routes::of(&named, &indexes, seeker)?;
        routes.allow(wanted.requirements, wanted, target.as_ref())?;
        Ok(routes)
    }

    /// The commits that the project's own lock names, by the names of their packages.
    pub fn locked_commits(&self) -> Result<BTreeMap<String, String>, ResolveError> {
        let project = self.bench.project;
        let pins = project.lock.as_ref().map(|file| Pins::read(&project.root, file)).transpose()?;
        Ok(pins.map(|pins| pins.commits).unwrap_or_default())
    }

    /// The answer that is remembered, or a new one.
    fn answer(&self, question: &Question, reading: Reading, pins: Option<&Pins>) -> Result<Lock, ResolveError> {
        let memory = self.folder.join(question.key());
        let settings = self.bench.settings;
        let earlier = match Remembered::<Lock>::read(&memory, settings) {
            Some(entry) if entry.is_fresh(settings) => return Ok(entry.answer),
            // What goes into an artifact is the newest, unless the project's lock says otherwise. What only builds it stays
            // what it was: nothing that the user did calls for another.
            entry => entry.map(|entry| entry.answer).filter(|_| !question.wanted.own),
        };
        let question = Question { earlier: earlier.as_ref(), ..*question };
        let mut lock = self.ask_a_sound_tool(&question, reading)?;
        if question.wanted.own {
            self.find_pure(&question, &mut lock, pins);
        }
        let entry = Remembered::new(lock);
        entry.write(&memory)?;
        Ok(entry.answer)
    }

    /// Asks until nothing is left that only a build could tell: wheels first, which run nobody's code, then source
    /// distributions whose metadata was read.
    fn ask(&self, question: &Question, reading: Reading) -> Result<Lock, ResolveError> {
        let mut sources = Sources::default();
        let mut settled = Settled::default();
        for _ in 0..ROUNDS {
            let said = match self.compile(question, &sources, Asked::All(&settled))? {
                Ok(lock) => {
                    let stood_in = question.stood_in(&lock, &settled);
                    if !stood_in.is_empty() {
                        let (needed, idle) = question.told_apart(stood_in, &lock, reading)?;
                        question.routes.allow(&needed, question.wanted, None)?;
                        settled.needed.extend(needed);
                        settled.idle.extend(idle);
                        continue;
                    }
                    let unread: Vec<&Locked> = lock.source_only().filter(|package| !sources.knows(package)).collect();
                    if unread.is_empty() {
                        return Ok(lock);
                    }
                    for package in unread {
                        sources.learn(package, reading(package).map_err(Box::new)?);
                    }
                    continue;
                }
                Err(said) => said,
            };
            let own_address = |name: &str| {
                address_in(question.wanted.requirements, name).or_else(|| sources.address_of(name)).or_else(|| {
                    let built = question.wanted.local.iter().filter_map(|wheel| read_wheel_metadata(&wheel.path).ok());
                    built.into_iter().find_map(|metadata| address_in(&metadata.requires_dist, name))
                })
            };
            match Needed::in_words(&said) {
                Some(Needed::OfIndex(name)) if !sources.has(&name) && own_address(&name).is_none() => {
                    sources.allow(name);
                }
                Some(Needed::ByAddress(name)) if !sources.has(&name) => {
                    let address = own_address(&name).ok_or_else(|| question.failed(&said))?;
                    let metadata = self.read_address(question, &name, &address, reading)?;
                    sources.learn_address(&name, metadata);
                }
                _ => return Err(question.failed(&said)),
            }
        }
        Err(ResolveError::Rounds { what: question.wanted.what.to_owned(), rounds: ROUNDS })
    }

    /// Asks, and once more where `uv` failed for no reason that is known and turns out to be damaged.
    fn ask_a_sound_tool(&self, question: &Question, reading: Reading) -> Result<Lock, ResolveError> {
        let answer = self.ask(question, reading);
        let may_be_a_tools_fault = matches!(
            answer,
            Err(ResolveError::Crashed { .. }
                | ResolveError::Failed { .. }
                | ResolveError::Process(ProcessError::Start { .. }))
        );
        if !may_be_a_tools_fault {
            return answer;
        }
        let toolbox = self.bench.toolbox;
        match toolbox.mend_uv(&toolbox.uv()?, Look::Contents)? {
            Some(_) => self.ask(question, reading),
            None => answer,
        }
    }

    /// The metadata of a source distribution that is required by its address. `uv` fetches it for its hash.
    fn read_address(
        &self,
        question: &Question,
        name: &str,
        address: &str,
        reading: Reading,
    ) -> Result<CoreMetadata, ResolveError> {
        let mut unread = Sources::default();
        unread.learn_address(name, CoreMetadata { version: "0".into(), ..CoreMetadata::default() });
        let lock = self.compile(question, &unread, Asked::Only(format!("{name} @ {address}")))?;
        let lock = lock.map_err(|said| question.failed(&said))?;
        let package = lock.source_only().find(|package| package.name == name);
        let package = package.ok_or_else(|| ResolveError::Answer(format!("`{name}` is not in it")))?;
        Ok(reading(package).map_err(Box::new)?)
    }

    /// The lock that one run of `uv` gives, or what it says against it.
    fn compile(
        &self,
        question: &Question,
        sources: &Sources,
        asked: Asked,
    ) -> Result<Result<Lock, String>, ResolveError> {
        let read = |text: String| Ok(without_paths(pylock::read(&text)?, self.bench.store.root()));
        self.run(question, sources, asked)?.map_or_else(|said| Ok(Err(said)), |text| read(text).map(Ok))
    }

    /// One run of `uv`, which runs nobody's code: the text of the lock, or what it says against it.
    pub(super) fn run(
        &self,
        question: &Question,
        sources: &Sources,
        asked: Asked,
    ) -> Result<Result<String, String>, ResolveError> {
        let nothing = Settled::default();
        let uv = self.bench.toolbox.uv()?;
        let work = self.bench.store.work();
        let folder =
            tempfile::Builder::new().prefix("lock-").tempdir_in(&work).map_err(at("create a folder in", &work))?;
        let folder = folder.path();
        let write = |name: &str, text: &str| {
            let path = folder.join(name);
            std::fs::write(&path, text).map_err(at("write", &path))
        };
        let is_whole = matches!(asked, Asked::All(_));
        let is_everywhere = matches!(asked, Asked::Everywhere(_));
        // The versions of a lock that is there already are kept where they still fit.
        if let Some(earlier) = question.earlier.filter(|_| is_whole) {
            write("pylock.toml", &pylock::versions(earlier))?;
        }
        let (lines, tied, settled) = match asked {
            Asked::All(settled) => {
                let (tied, open) = question.parted(settled);
                (question.wanted.checked(open.into_iter())?, tied, settled)
            }
            Asked::Only(line) => (question.wanted.checked(std::iter::once(line))?, Vec::new(), &nothing),
            Asked::Everywhere(lines) => (question.wanted.checked(lines.into_iter())?, Vec::new(), &nothing),
        };
        write("requirements.in", &lines)?;
        let mut overrides = question.wanted.overrides()?;
        let apart: Vec<&str> = question.apart(settled).filter(|_| is_whole).collect();
        for name in &apart {
            overrides += &stand_in(name, folder).map_err(at("write in", folder))?;
            overrides.push('\n');
        }
        overrides.extend(settled.idle.iter().map(|name| format!("{name} ; {NEVER}\n")));
        write("overrides.txt", &overrides)?;
        // A stand-in has no version that a lock names.
        let bounds = |line: &&str| !apart.contains(&Requested::parse(line).name.as_str());
        let constraints: Vec<&str> = question.constraints.lines().filter(bounds).collect();
        write("constraints.txt", &constraints.join("\n"))?;
        let tables = sources.tables();
        let mut indexes = question.indexes.clone();
        if !tables.is_empty() || (!tied.is_empty() && indexes.hides_sources()) {
            indexes = indexes.with_metadata(tables, &folder.join("uv.toml"));
            write("uv.toml", indexes.file_text().unwrap_or_default())?;
        }
        let mut env = environment(Access::Index, &[]);
        indexes.tell(&mut env).map_err(ToolError::from)?;
        env.insert("UV_CACHE_DIR".into(), paths::uv_cache().display().to_string());
        env.insert("HOME".into(), folder.display().to_string());
        // What a package asks version control for in turn: `uv` would run Git itself, with the network and no sandbox.
        env.insert("GIT_ALLOW_PROTOCOL".into(), "none".into());
        let mut args = question.arguments(folder, &indexes, self.bench.settings.offline, is_everywhere);
        if !overrides.is_empty() {
            args.extend(["--overrides".into(), folder.join("overrides.txt").display().to_string()]);
        }
        if !tied.is_empty() {
            question.wanted.checked(tied.iter().cloned())?;
            let (project, named) = question.routes.project(&tied);
            write("pyproject.toml", &project)?;
            args.push(folder.join("pyproject.toml").display().to_string());
            logins(&named, &indexes, &mut env);
        }
        args.extend(sources.arguments());
        args.extend((!is_whole).then(|| "--no-deps".to_owned()));
        let spawn = Spawn {
            program: uv.program.clone(),
            args,
            env,
            cwd: folder.to_path_buf(),
            timeout: Duration::from_secs(600),
        };
        let log_path = folder.join("uv");
        let log = LogWriter::create(&log_path).map_err(at("write", &log_path))?;
        let exit = self.bench.world.run(&spawn, &log, self.bench.cancel)?;
        let said = log.finish().map_err(at("write", &log_path))?.tail(40);
        match exit.code {
            Some(0) => {}
            Some(_) if said.contains("error:") || said.contains("No solution found") => return Ok(Err(said)),
            code => return Err(ResolveError::crashed(question.wanted.what, code, said)),
        }
        let answer = folder.join("pylock.toml");
        Ok(Ok(std::fs::read_to_string(&answer).map_err(at("read", &answer))?))
    }
}

/// Tells `uv` the logins of indexes by the names that they have here.
fn logins(named: &[(String, &Known)], indexes: &Indexes, env: &mut BTreeMap<String, String>) {
    for (name, known) in named {
        let Some((user, password)) = login_known(known, indexes) else { continue };
        let name = name.to_uppercase().replace('-', "_");
        env.insert(format!("UV_INDEX_{name}_USERNAME"), user);
        env.insert(format!("UV_INDEX_{name}_PASSWORD"), password);
    }
}

/// A lock without the paths of the store: its files are found there by their hashes, and plans hold no paths.
fn without_paths(mut lock: Lock, store: &Path) -> Lock {
    let inside = format!("file://{}", store.display());
    for file in lock.packages.iter_mut().flat_map(|package| package.wheel.iter_mut().chain(&mut package.sdist)) {
        if percent_decoded(&file.url).starts_with(&inside) {
            file.url = "store:".into();
        }
    }
    lock
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Remote;

    #[test]
    fn a_file_of_the_store_is_named_without_the_path_of_the_store() {
        let wheel = |url: &str| {
            let wheel = Remote { name: "a.whl".into(), url: url.into(), sha256: String::new(), bytes: None };
            let package = Locked { name: "a".into(), version: "1".into(), wheel: Some(wheel), sdist: None, pure: None };
            let lock = without_paths(Lock { packages: vec![package] }, Path::new("/a b/store"));
            lock.packages[0].wheel.as_ref().unwrap().url.clone()
        };
        assert_eq!(wheel("file:///a%20b/store/trees/1/a.whl"), "store:");
        assert_eq!(wheel("file:///a b/store/trees/1/a.whl"), "store:");
        assert_eq!(wheel("file:///other/a.whl"), "file:///other/a.whl");
    }
}
