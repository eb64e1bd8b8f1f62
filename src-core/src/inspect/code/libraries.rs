//! What is known about libraries, from `libraries.toml` and `stdlib.txt`.

mod known;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

use serde::Deserialize;

pub(in crate::inspect) use self::known::is_for_development;
pub use self::known::{brings, is_embedded, known_requirement, last_version};
use super::module::top;
use crate::embedded::data;
use crate::facts::normalize;

/// The data file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Libraries {
    distributions: BTreeMap<String, String>,
    common: Distributions,
    /// Module → the versions of its distribution that still have it.
    last_versions: BTreeMap<String, String>,
    development: Distributions,
    /// Distributions that are not pure Python.
    pub native_code: NativeCode,
    arguments: Arguments,
    /// Toolkits that open a window.
    pub gui: Vec<Toolkit>,
    /// Frameworks that answer HTTP.
    pub web: Vec<WebFramework>,
    servers: Servers,
    /// Calls by which a process works for others from then on.
    services: Vec<Service>,
    firmware: Modules,
    system: Modules,
    host_applications: Modules,
    plugins: Modules,
    namespaces: Modules,
    variants: BTreeMap<String, String>,
    embedded: Modules,
    board: Modules,
    hardware: Modules,
    /// Manifests of add-ons of programs that embed Python.
    pub host_manifests: Vec<Manifest>,
}

/// Distributions by what they weigh, normalised.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct NativeCode {
    wheels: HashSet<String>,
    system_libraries: HashSet<String>,
    gpu: HashSet<String>,
    compiled_by: HashSet<String>,
    pure: HashSet<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Distributions {
    distributions: HashSet<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Modules {
    modules: HashSet<String>,
}

/// A file that an embedding program expects in its add-ons.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    /// Its name; after a `*`, the end of it.
    file: String,
    /// Words of which one is in it.
    pub marks: Vec<String>,
}

impl Manifest {
    /// Whether a file of this name may be one.
    pub fn is_called(&self, name: &str) -> bool {
        self.file.strip_prefix('*').map_or(self.file == name, |end| name.ends_with(end))
    }
}

/// A toolkit that opens a window.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Toolkit {
    /// Its tag in the vocabulary, where it has one.
    pub tag: Option<String>,
    /// Its top-level modules.
    pub modules: Vec<String>,
    /// Ends of the names that a program calls or derives from to open a window.
    pub starts: Vec<String>,
}

/// A framework that answers HTTP.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WebFramework {
    /// Its tag in the vocabulary, where it has one.
    pub tag: Option<String>,
    /// Its top-level modules.
    pub modules: Vec<String>,
    /// Ends of the names that make an application.
    pub starts: Vec<String>,
    /// Ends of the names that start its own server.
    pub serves: Vec<String>,
    /// Whether it is told the file to run, so that a package which nothing starts only extends it.
    #[serde(default, rename = "runs-files")]
    pub runs_files: bool,
    /// What its applications are to servers, the first its own; empty where they start by themselves.
    #[serde(default)]
    pub interface: Vec<String>,
    /// The port it listens on unless told otherwise.
    pub port: u16,
}

/// Libraries whose calls keep a process working for others.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Service {
    modules: Vec<String>,
    /// Ends of the names of those calls.
    works: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Arguments {
    modules: HashSet<String>,
    /// Ends of the names of calls that make commands within a command.
    commands: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Servers {
    serves: Vec<String>,
}

static LIBRARIES: LazyLock<Libraries> = LazyLock::new(|| data!("inspect/code/libraries.toml"));

static STANDARD: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("stdlib.txt").lines().filter(|line| !line.starts_with('#')).collect());

/// Roots of calls that say something about packaging.
static SPEAKING: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let libraries = &*LIBRARIES;
    let standard = ["importlib", "importlib_metadata", "pkgutil", "runpy", "multiprocessing", "concurrent", "asyncio"];
    let resources = ["pkg_resources", "importlib_resources"];
    let servers = libraries.servers.serves.iter().map(|name| top(name));
    let lists = [&libraries.firmware, &libraries.plugins];
    let services = libraries.services.iter().flat_map(|service| service.modules.iter().map(String::as_str));
    (standard.into_iter().chain(resources).chain(servers).chain(services))
        .chain(libraries.arguments.modules.iter().map(String::as_str))
        .chain(lists.into_iter().flat_map(|list| list.modules.iter().map(String::as_str)))
        .chain(libraries.gui.iter().flat_map(|toolkit| toolkit.modules.iter().map(String::as_str)))
        .chain(libraries.web.iter().flat_map(|framework| framework.modules.iter().map(String::as_str)))
        .collect()
});

impl Libraries {
    /// The data compiled into this program.
    pub fn get() -> &'static Self {
        &LIBRARIES
    }

    /// Whether this module parses a command line.
    pub fn parses_arguments(&self, module: &str) -> bool {
        self.arguments.modules.contains(module)
    }

    /// Whether a call of this name makes a command within a command.
    pub fn makes_commands(&self, callee: &str) -> bool {
        self.parses_arguments(top(callee)) && self.arguments.commands.iter().any(|end| ends_with(callee, end))
    }

    /// Whether a call of this name keeps the process working for others.
    pub fn works(&self, callee: &str) -> bool {
        let of = |service: &&Service| service.modules.iter().any(|module| module == top(callee));
        self.services.iter().filter(of).any(|service| service.works.iter().any(|end| ends_with(callee, end)))
    }

    /// Whether only a board has this module.
    pub fn is_firmware(&self, module: &str) -> bool {
        self.firmware.modules.contains(module)
    }

    /// Whether this module of the standard library needs an operating system, so that no board has it.
    pub fn needs_a_system(&self, module: &str) -> bool {
        self.system.modules.contains(module)
    }

    /// Whether only a program that embeds Python has this module.
    pub fn is_of_a_host(&self, module: &str) -> bool {
        self.host_applications.modules.contains(module)
    }

    /// Whether programs import this module to take plug-ins.
    pub fn takes_plugins(&self, module: &str) -> bool {
        self.plugins.modules.contains(module)
    }

    /// Whether this module comes with a board or an embedding program, and from no index.
    pub fn is_embedded(&self, module: &str) -> bool {
        self.embedded.modules.contains(module) || self.is_of_a_host(module) || self.is_firmware(module)
    }

    /// Whether this module comes with a board, where the project is surely made for one; elsewhere it may be anything.
    pub fn is_of_a_board(&self, module: &str) -> bool {
        self.board.modules.contains(module)
    }

    /// Modules that drive devices.
    pub fn hardware(&self) -> impl Iterator<Item = &str> {
        self.hardware.modules.iter().map(String::as_str)
    }

    /// Whether a call of this name starts a server for any application.
    pub fn serves(&self, callee: &str) -> bool {
        self.servers.serves.iter().any(|serve| serve == callee)
    }
}

impl NativeCode {
    /// The tag of a distribution in the vocabulary; `None` where nothing is known.
    pub fn tag(&self, distribution: &str) -> Option<&'static str> {
        let name = normalize(distribution);
        let lists = [
            ("gpu", &self.gpu),
            ("system-libraries", &self.system_libraries),
            ("wheels", &self.wheels),
            ("none", &self.pure),
        ];
        lists.into_iter().find(|(_, list)| list.contains(&name)).map(|(tag, _)| tag)
    }

    /// Whether a build that requires this distribution compiles something.
    pub fn compiles(&self, distribution: &str) -> bool {
        self.compiled_by.contains(&normalize(distribution))
    }
}

/// Whether a top-level module belongs to the standard library of any supported Python.
pub fn is_standard(module: &str) -> bool {
    STANDARD.contains(module)
}

/// Whether calls into this top-level module are worth keeping.
pub(super) fn speaks(module: &str) -> bool {
    SPEAKING.contains(module)
}

/// The distribution that a module, given by its dotted name, usually comes from.
pub fn distribution(module: &str) -> String {
    let mut name = module;
    loop {
        if let Some(distribution) = LIBRARIES.distributions.get(name) {
            return distribution.clone();
        }
        match name.rsplit_once('.') {
            Some((outer, _)) => name = outer,
            None => break,
        }
    }
    let name = if LIBRARIES.namespaces.modules.contains(name) { module } else { name };
    name.replace(['_', '.'], "-")
}

/// Whether many distributions put their modules below this one.
pub(super) fn is_namespace(module: &str) -> bool {
    LIBRARIES.namespaces.modules.contains(module)
}

/// The distribution whose modules another one, given by its normalised name, has too.
pub(super) fn variant_of(distribution: &str) -> Option<&'static str> {
    LIBRARIES.variants.get(distribution).map(String::as_str)
}

/// Whether a dotted name ends with these parts: `gi.repository.Gtk.main` with `Gtk.main`.
pub(super) fn ends_with(name: &str, parts: &str) -> bool {
    name.strip_suffix(parts).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Distribution → the top-level modules whose names differ, the other way round than they are written.
pub(super) fn modules_of() -> &'static HashMap<String, Vec<String>> {
    static MODULES: LazyLock<HashMap<String, Vec<String>>> = LazyLock::new(|| {
        let mut modules: HashMap<String, Vec<String>> = HashMap::new();
        for (module, distribution) in &LIBRARIES.distributions {
            modules.entry(normalize(distribution)).or_default().push(module.clone());
        }
        modules
    });
    &MODULES
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Fact;

    #[test]
    fn every_tag_is_in_the_vocabulary() {
        let libraries = Libraries::get();
        for toolkit in libraries.gui.iter().filter_map(|toolkit| toolkit.tag.as_deref()) {
            assert!(Fact::named("gui-toolkit").unwrap().tag(toolkit).is_ok(), "{toolkit}");
        }
        for framework in libraries.web.iter().filter_map(|framework| framework.tag.as_deref()) {
            assert!(Fact::named("framework").unwrap().tag(framework).is_ok(), "{framework}");
        }
    }

    #[test]
    fn distributions_are_listed_normalised_and_once() {
        let native = &Libraries::get().native_code;
        let lists = [&native.wheels, &native.system_libraries, &native.gpu, &native.pure];
        for (index, list) in lists.iter().enumerate() {
            for name in *list {
                assert_eq!(*name, normalize(name));
                assert!(!lists[index + 1..].iter().any(|other| other.contains(name)), "{name} is listed twice");
            }
        }
    }

    #[test]
    fn modules_lead_to_their_distributions() {
        assert_eq!(distribution("yaml"), "PyYAML");
        assert_eq!(distribution("cv2"), "opencv-python");
        assert_eq!(distribution("typing_extensions"), "typing-extensions");
        assert_eq!(distribution("google.cloud.storage"), "google-cloud-storage");
        assert_eq!(distribution("google.protobuf.message"), "protobuf");
    }

    #[test]
    fn the_standard_library_covers_old_and_new_pythons() {
        for module in ["sys", "asyncio", "distutils", "tomllib", "formatter", "annotationlib", "msilib"] {
            assert!(is_standard(module), "{module}");
        }
        assert!(!is_standard("numpy") && !is_standard(""));
    }

    #[test]
    fn names_end_at_a_dot() {
        assert!(ends_with("gi.repository.Gtk.main", "Gtk.main") && ends_with("Tk", "Tk"));
        assert!(!ends_with("flask.MyFlask", "Flask"));
    }
}
