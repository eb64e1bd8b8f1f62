//! What a backend is given: everything, complete, so that it need not look anywhere.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::catalogue::Options;
use crate::facts::{EntryPoint, Environment, Facts, Platform, Project, PythonVersion, RiskKind, Target};
use crate::plan::Remote;
use crate::problem::Problem;

/// The Python of a request for which none was looked for.
const USUAL_PYTHON: PythonVersion = PythonVersion { major: 3, minor: 12 };

/// One build, completely described.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// The machine it is built on.
    pub host: Host,
    /// What is built.
    pub project: Project,
    /// The entry points chosen, the main one first; empty for a library.
    pub entries: Vec<EntryPoint>,
    /// What it is built for.
    pub target: Target,
    /// What is known.
    pub facts: Facts,
    /// Every option of the backend with its value.
    pub options: Options,
    /// Extras of the project that go in.
    pub extras: Vec<String>,
    /// Dependency groups that go in.
    pub groups: Vec<String>,
    /// The version that the user gives where the build takes it from version control.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scm_version: Option<String>,
    /// Exact version of the Python that builds, and for which is built, for example `3.11.7`.
    pub python: String,
    /// The environment of the artifact: that Python on the target's platform.
    pub environment: Environment,
    /// What only tools could tell.
    pub resolved: Resolution,
}

/// What only tools can know. A backend that lacks a part says so with [`PlanError::Needs`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Resolution {
    /// Core metadata of the project; filled from the project where all of it is static.
    pub metadata: Option<CoreMetadata>,
    /// The run-time lock of each environment.
    #[serde(with = "pairs")]
    pub locks: BTreeMap<Environment, Lock>,
    /// Locks of build requirements.
    #[serde(with = "pairs")]
    pub build_locks: BTreeMap<BuildOf, Lock>,
}

/// Core metadata, as far as plans use it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoreMetadata {
    /// Name as the project writes it.
    pub name: String,
    /// PEP 440 version.
    pub version: String,
    /// `Requires-Python`.
    pub requires_python: Option<String>,
    /// `Requires-Dist` lines.
    pub requires_dist: Vec<String>,
    /// Console and GUI scripts, as `(name, target)`.
    pub scripts: Vec<(String, String)>,
    /// Files that are installed as commands as they are, by their names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
}

/// Whose build requirements a lock holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BuildOf {
    /// The project's.
    Project,
    /// Those of a dependency that comes as source only: its normalised name.
    Dependency(String),
}

/// What a resolver chose for one environment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    /// Packages sorted by name.
    pub packages: Vec<Locked>,
}

/// One package of a lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Locked {
    /// Normalised name.
    pub name: String,
    /// Version.
    pub version: String,
    /// The best wheel for the environment.
    pub wheel: Option<Remote>,
    /// The source distribution, where there is one.
    pub sdist: Option<Remote>,
    /// Where the best wheel holds native code, another one of this version that runs everywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pure: Option<Remote>,
}

/// What a plan still lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// Core metadata, which only the build backend knows.
    Metadata,
    /// The run-time lock of an environment.
    Lock(Environment),
    /// The lock of build requirements.
    BuildLock(BuildOf),
}

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PlanError {
    /// Something must be found out first; then `plan` is called again.
    #[error("the plan needs {0:?}")]
    Needs(Need),
    /// The project does not suit the technology.
    #[error(transparent)]
    Unsuitable(#[from] Box<Problem>),
}

/// What a plan may know of the machine that carries it out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Host {
    /// Its platform.
    pub platform: Platform,
    /// Exact versions of the Pythons found here.
    pub pythons: Vec<String>,
}

impl Request {
    /// Whether something of this kind was found in the project's code.
    pub(crate) fn has_risk(&self, kind: RiskKind) -> bool {
        self.project.risks.iter().any(|risk| risk.kind == kind)
    }

    /// A request of which nothing was found out yet, to ask what a plan knows without any tool; the Python stands for
    /// whichever will be found.
    pub(crate) fn sketch(project: &Project, facts: &Facts) -> Self {
        let target = Target::of(facts);
        let python = target.python.unwrap_or(USUAL_PYTHON);
        Self {
            host: Host { platform: Platform::host(), pythons: Vec::new() },
            entries: project.entry_points.clone(),
            project: project.clone(),
            environment: Environment { python, platform: target.platform },
            target,
            facts: facts.clone(),
            options: Options::default(),
            extras: Vec::new(),
            groups: Vec::new(),
            python: python.to_string(),
            scm_version: None,
            resolved: Resolution::default(),
        }
    }

    /// Whether the project's own code is for one platform.
    pub(crate) fn is_native_itself(&self) -> bool {
        self.has_risk(RiskKind::NativeCode)
    }

    /// This request with wheels that run everywhere in the place of those for its platform, as far as there are any.
    #[must_use]
    pub fn purest(&self) -> Self {
        let mut request = self.clone();
        for lock in request.resolved.locks.values_mut() {
            *lock = lock.purest();
        }
        request
    }

    /// Whether native code for one platform goes in: that of a dependency, or the project's own.
    pub fn is_native(&self) -> bool {
        self.is_native_itself()
            || self.resolved.locks.get(&self.environment).is_some_and(|lock| !lock.native().is_empty())
    }
}

impl From<Problem> for PlanError {
    fn from(problem: Problem) -> Self {
        Self::Unsuitable(Box::new(problem))
    }
}

impl Lock {
    /// The same packages with wheels that run everywhere, as far as there are any.
    #[must_use]
    pub fn purest(&self) -> Self {
        let purest = |package: &Locked| Locked {
            wheel: package.pure.clone().or_else(|| package.wheel.clone()),
            ..package.clone()
        };
        Self { packages: self.packages.iter().map(purest).collect() }
    }

    /// Whether a package of it has native code for the environment.
    pub fn native(&self) -> Vec<&Locked> {
        self.packages
            .iter()
            .filter(|package| package.wheel.as_ref().is_some_and(|wheel| !wheel.name.ends_with("-none-any.whl")))
            .collect()
    }

    /// Packages that come as source only.
    pub fn source_only(&self) -> impl Iterator<Item = &Locked> {
        self.packages.iter().filter(|package| package.wheel.is_none())
    }
}

/// Maps with keys that are no strings, as lists of pairs.
mod pairs {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer, K: Serialize, V: Serialize>(
        map: &BTreeMap<K, V>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(map.iter())
    }

    pub fn deserialize<'de, D: Deserializer<'de>, K: Deserialize<'de> + Ord, V: Deserialize<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<K, V>, D::Error> {
        Ok(Vec::<(K, V)>::deserialize(deserializer)?.into_iter().collect())
    }
}
