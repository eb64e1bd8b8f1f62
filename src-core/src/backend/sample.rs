//! Requests for the unit tests of backends, as inspecting and resolving would give them.
//!
//! The plans of real projects are covered by snapshots; these stand for cases that are told apart by one trait.

use std::collections::BTreeMap;

use super::{BuildOf, CoreMetadata, Host, Lock, Locked, Request, Resolution};
use crate::catalogue::{Entry, Options};
use crate::facts::{
    Arch, BuildSystem, DataFile, Definition, EntryKind, EntryPoint, Environment, Evidence, Facts, ImportPackage, Libc,
    Os, Platform, Project, PythonVersion, Requirement, Source, Target, Trial, Version,
};
use crate::plan::{Piece, Plan, Remote, Word};

/// A source-layout command-line tool with two dependencies and a data file.
pub fn weather() -> Request {
    let mut request = packaged("weather-cli", "1.2.0", "src/weather", &["click", "rich"]);
    request.project.source_dir = "src".into();
    let data = DataFile { package: "weather".into(), path: "src/weather/data/cities.json".into() };
    request.project.data_files.push(data);
    with_entry(request, "weather", EntryKind::Console, "weather.cli:main")
}

/// One file that needs only the standard library.
pub fn one_file() -> Request {
    let mut request = loose("tally", Definition::Script("tally.py".into()));
    request.project.selection.files = vec!["tally.py".into()];
    with_entry(request, "tally", EntryKind::Script, "tally.py")
}

/// A program with a native dependency.
pub fn numpy_report() -> Request {
    let mut request = packaged("numpy-report", "0.4.0", "src/numpy_report", &["numpy"]);
    request.project.source_dir = "src".into();
    let wheel = "numpy-2.4.6-cp311-cp311-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl";
    set_wheel(&mut request, "numpy", wheel);
    with_entry(request, "numpy-report", EntryKind::Console, "numpy_report.cli:main")
}

/// A library: nothing to start.
pub fn library() -> Request {
    let mut request = packaged("shapes", "2.0", "src/shapes", &[]);
    request.project.source_dir = "src".into();
    request.project.trial.value = Trial::Import { modules: vec!["shapes".into()] };
    request
}

/// A flat layout built by poetry-core.
pub fn poetry_flat() -> Request {
    let mut request = packaged("unit-talk", "0.9.0", "unit_talk", &["click"]);
    if let Some(build) = &mut request.project.build_system {
        build.requires = vec!["poetry-core>=2".into()];
        build.backend = "poetry.core.masonry.api".into();
    }
    request.project.data_files = vec![DataFile { package: "unit_talk".into(), path: "unit_talk/units.toml".into() }];
    with_entry(request, "unit-talk", EntryKind::Console, "unit_talk.main:run")
}

/// A program one of whose dependencies comes as source only.
pub fn source_only_dependency() -> Request {
    let mut request =
        with_entry(packaged("teller", "1.0", "src/teller", &["docopt"]), "teller", EntryKind::Console, "teller:main");
    let environment = request.environment;
    if let Some(package) = request.resolved.locks.get_mut(&environment).and_then(|lock| lock.packages.first_mut()) {
        package.wheel = None;
        package.sdist = Some(remote("docopt-0.6.2.tar.gz"));
    }
    let needs = Lock { packages: vec![locked("setuptools")] };
    request.resolved.build_locks.insert(BuildOf::Dependency("docopt".into()), needs);
    request
}

/// The same request with the options of a technology: its defaults, and these over them.
pub fn with_options(mut request: Request, entry: &Entry, chosen: &[(&str, &str)]) -> Request {
    let chosen: BTreeMap<String, String> =
        chosen.iter().map(|(id, value)| ((*id).to_owned(), (*value).to_owned())).collect();
    request.options = Options::settle(&entry.id, &entry.options, &request.facts, &chosen).unwrap();
    request
}

/// The lock of another environment, the same but for the wheel of one package.
pub fn also_for(request: &mut Request, platform: Platform, package: &str, wheel: &str) {
    let environment = Environment { platform, ..request.environment };
    let mut lock = request.resolved.locks[&request.environment].clone();
    for locked in lock.packages.iter_mut().filter(|locked| locked.name == package) {
        locked.wheel = Some(remote(wheel));
    }
    request.resolved.locks.insert(environment, lock);
}

fn packaged(name: &str, version: &str, package: &str, dependencies: &[&str]) -> Request {
    let mut request = loose(name, Definition::Pyproject("pyproject.toml".into()));
    let project = &mut request.project;
    project.version = Version::Static { version: version.into(), source: at(3) };
    project.build_system = Some(BuildSystem {
        requires: vec!["hatchling".into()],
        backend: "hatchling.build".into(),
        backend_path: Vec::new(),
        source: at(1),
        own_code: Vec::new(),
    });
    let import_name = package.rsplit('/').next().unwrap_or(package).to_owned();
    project.packages = vec![ImportPackage { name: import_name, path: package.into(), namespace: false }];
    project.dependencies = dependencies
        .iter()
        .map(|name| Requirement { text: (*name).into(), name: (*name).into(), source: at(6) })
        .collect();
    let metadata = CoreMetadata { name: name.into(), version: version.into(), ..CoreMetadata::default() };
    request.resolved.metadata = Some(metadata);
    let lock = Lock { packages: dependencies.iter().map(|name| locked(name)).collect() };
    request.resolved.locks.insert(request.environment, lock);
    let hatchling = Locked { version: "1.33.0".into(), ..locked("hatchling") };
    request.resolved.build_locks.insert(BuildOf::Project, Lock { packages: vec![hatchling] });
    request
}

fn loose(name: &str, definition: Definition) -> Request {
    let platform = Platform { os: Os::Linux, arch: Arch::X86_64, libc: Some(Libc::Glibc) };
    let environment = Environment { python: PythonVersion { major: 3, minor: 11 }, platform };
    let trial = Trial::Arguments { attempts: vec![vec!["--version".into()], vec!["--help".into()]] };
    let project = Project {
        definition,
        name: name.into(),
        requires_python: Some(Evidence { value: ">=3.9".into(), source: at(4) }),
        trial: Evidence { value: trial, source: at(8) },
        ..Project::empty("/project".into())
    };
    Request {
        host: Host { platform, pythons: vec!["3.11.7".into()] },
        project,
        entries: Vec::new(),
        target: Target { platform, python: None },
        facts: Facts::default(),
        options: Options::default(),
        extras: Vec::new(),
        scm_version: None,
        groups: Vec::new(),
        python: "3.11.7".into(),
        environment,
        resolved: Resolution { locks: BTreeMap::from([(environment, Lock::default())]), ..Resolution::default() },
    }
}

fn with_entry(mut request: Request, name: &str, kind: EntryKind, target: &str) -> Request {
    let entry = EntryPoint::new(name, kind, target, at(9));
    request.entries.push(entry.clone());
    request.project.entry_points.push(entry);
    request
}

fn set_wheel(request: &mut Request, package: &str, wheel: &str) {
    let platform = request.environment.platform;
    also_for(request, platform, package, wheel);
}

fn locked(name: &str) -> Locked {
    let wheel = remote(&format!("{name}-1.0-py3-none-any.whl"));
    Locked { name: name.into(), version: "1.0".into(), wheel: Some(wheel), sdist: None, pure: None }
}

fn remote(name: &str) -> Remote {
    Remote { name: name.into(), url: format!("https://index.invalid/{name}"), sha256: "0".repeat(64), bytes: Some(1) }
}

fn at(line: usize) -> Source {
    Source::line("pyproject.toml", line)
}

/// The texts among the arguments of a plan's last step.
pub fn texts(plan: &Plan) -> Vec<String> {
    let Some([command]) = plan.steps.last().map(|step| step.action.commands()) else { panic!("{plan:?}") };
    let text = |word: &Word| match word.0.as_slice() {
        [Piece::Text(text)] => Some(text.clone()),
        _ => None,
    };
    command.args.iter().filter_map(text).collect()
}
