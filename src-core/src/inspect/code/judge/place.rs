//! `environment`, `plugins` and `host-integration`: where the program lives and what it lives with.

use super::found::Found;
use super::web;
use crate::facts::Source;
use crate::inspect::code::imports::Imported;
use crate::inspect::code::libraries::Libraries;
use crate::inspect::code::module::Need;
use crate::inspect::code::whole::Code;
use crate::inspect::tree::Tree;

pub(super) fn judge(code: &Code, found: &mut Found) {
    environment(code, found);
    plugins(code, found);
    host_integration(code, found);
}

fn environment(code: &Code, found: &mut Found) {
    if let Some(source) = firmware(code) {
        found.set("environment", &["microcontroller"], source);
    } else if let Some(source) = host(code.tree).or_else(|| inside_host(code)) {
        found.set("environment", &["host-application"], source);
    } else if let Some(source) = phone(code.tree) {
        found.set("environment", &["mobile"], source);
    } else if let Some(source) = web::lambda(code).or_else(|| function_service(code)) {
        found.set("environment", &["serverless"], source);
    } else if found.has("framework", "brython") || found.has("framework", "pyodide") {
        let modules = ["browser", "pyodide", "js"];
        if let Some(import) = code.imports.iter().find(|import| modules.contains(&import.module.as_str())) {
            found.set("environment", &["browser"], import.source.clone());
        }
    }
}

/// Imports that only a board answers, in code that does not also run elsewhere.
pub(super) fn firmware(code: &Code) -> Option<Source> {
    let libraries = Libraries::get();
    let import = code
        .imports
        .iter()
        .find(|import| libraries.is_firmware(&import.module) && import.need == Need::Always)
        .filter(|_| !code.declared.has_metadata)?;
    // Blinka gives the modules of a board to programs for single-board computers, which import what no board has.
    let names_blinka = code.declared.dependencies.iter().any(|requirement| requirement.name.contains("blinka"));
    let has_system = code.program.modules.iter().flat_map(|module| &module.imports);
    let has_system =
        has_system.into_iter().any(|import| import.need == Need::Always && libraries.needs_a_system(import.top()));
    (!names_blinka && !has_system).then(|| import.source.clone())
}

/// Manifests of add-ons, each with a word that tells it from other files of the name.
const MANIFESTS: &[(&str, &str)] = &[
    ("blender_manifest.toml", "blender_version_min"),
    ("addon.xml", "<addon"),
    ("metadata.txt", "qgisMinimumVersion"),
];

/// The manifest of an add-on of Blender, QGIS, Kodi or another program that embeds Python; it lies at the top, or at that
/// of the folder that is the add-on.
pub(super) fn host(tree: &Tree) -> Option<Source> {
    let at_top = |path: &str| path.matches('/').count() <= 1;
    let read = |path: &str| tree.read(path).ok().flatten();
    let manifest = tree.files.iter().filter(|file| at_top(&file.path)).find(|file| {
        let name = file.path.rsplit('/').next().unwrap_or_default();
        let mark = MANIFESTS.iter().find(|(manifest, _)| *manifest == name).map(|(_, mark)| *mark);
        mark.is_some_and(|mark| read(&file.path).is_some_and(|text| text.contains(mark)))
    });
    if let Some(file) = manifest {
        return Some(Source::File { path: file.path.clone(), line: None });
    }
    let mut packages = tree.files.iter().filter(|file| at_top(&file.path) && file.path.ends_with("__init__.py"));
    packages.find_map(|file| {
        let line = read(&file.path)?.lines().position(|line| line.starts_with("bl_info"))?;
        Some(Source::line(&file.path, line + 1))
    })
}

/// The settings of Buildozer, which builds for phones and nothing else.
pub(super) fn phone(tree: &Tree) -> Option<Source> {
    let path = "buildozer.spec";
    let text = tree.read(path).ok().flatten()?;
    let line = text.lines().position(|line| line.trim() == "[app]")?;
    Some(Source::line(path, line + 1))
}

/// An import that only a program with an embedded Python answers, in code that is no distribution.
fn inside_host(code: &Code) -> Option<Source> {
    let libraries = Libraries::get();
    let is_of_host = |import: &&Imported| import.need == Need::Always && libraries.is_of_a_host(&import.module);
    let import = code.imports.iter().find(is_of_host).filter(|_| !code.declared.has_metadata)?;
    Some(import.source.clone())
}

/// The settings of a service that runs functions, or of a tool that puts programs onto one.
fn function_service(code: &Code) -> Option<Source> {
    let marks = [
        ("serverless.yml", "provider:"),
        ("serverless.yaml", "provider:"),
        ("template.yaml", "AWS::Serverless"),
        ("template.yml", "AWS::Serverless"),
        ("zappa_settings.json", "{"),
        (".chalice/config.json", "{"),
        ("host.json", "extensionBundle"),
    ];
    let has = |path: &str, mark: &str| code.tree.read(path).ok().flatten().is_some_and(|text| text.contains(mark));
    let (path, _) = marks.into_iter().find(|(path, mark)| has(path, mark))?;
    Some(Source::File { path: path.to_owned(), line: None })
}

/// Programs that load plug-ins by a library made for it, or by entry points of a group of their own.
fn plugins(code: &Code, found: &mut Found) {
    let libraries = Libraries::get();
    let host =
        code.imports.iter().find(|import| libraries.takes_plugins(&import.module) && import.need <= Need::Deferred);
    let by_group = || {
        code.program.modules.iter().find_map(|module| {
            let asks = [
                "importlib.metadata.entry_points",
                "importlib_metadata.entry_points",
                "pkg_resources.iter_entry_points",
            ];
            let call = asks.into_iter().find_map(|callee| module.call_of(callee))?;
            Some(Source::line(&module.path, call.line))
        })
    };
    if let Some(source) = host.map(|import| import.source.clone()).or_else(by_group) {
        found.set("plugins", &["pure"], source);
    }
}

/// Hardware that the program drives by a library made for nothing else.
fn host_integration(code: &Code, found: &mut Found) {
    let hardware = ["RPi", "gpiozero", "smbus", "smbus2", "spidev", "serial", "usb", "hid", "bluetooth", "pyudev"];
    let found_in = code.reached_first().into_iter().find_map(|module| {
        let import = hardware
            .into_iter()
            .filter_map(|name| module.import_of(name))
            .find(|import| import.need == Need::Always)?;
        let (name, path) = (import.module.clone(), module.path.clone());
        Some(Source::Import { module: name, path, line: import.line })
    });
    if let Some(source) = found_in {
        found.set("host-integration", &["hardware"], source);
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{source, tags};
    use crate::inspect::code::sample;

    #[test]
    fn add_ons_are_known_by_their_manifest() {
        for (path, text) in [
            ("__init__.py", "import bpy\nbl_info = {}\n"),
            ("blender_manifest.toml", "blender_version_min = '4.2.0'"),
            ("metadata.txt", "[general]\nqgisMinimumVersion=3.0"),
            ("layers/metadata.txt", "[general]\nqgisMinimumVersion=3.0"),
            ("addon/__init__.py", "bl_info = {}\n"),
            ("addon.xml", "<?xml version='1.0'?><addon id='x'/>"),
        ] {
            let facts = sample::folder(&[("plugin.py", ""), (path, text)]).facts;
            assert_eq!(tags(&facts, "environment"), ["host-application"], "{path}");
            assert_eq!(tags(&facts, "kind"), ["plugin"], "{path}");
        }
        assert!(tags(&sample::folder(&[("metadata.txt", "notes")]).facts, "environment").is_empty());
    }

    #[test]
    fn what_only_a_host_has_says_where_it_runs() {
        assert_eq!(tags(&sample::script("import sublime").facts, "environment"), ["host-application"]);
        let tried = "try:\n    import sublime\nexcept ImportError:\n    sublime = None\n";
        assert!(tags(&sample::script(tried).facts, "environment").is_empty());
    }

    #[test]
    fn settings_of_function_services_say_where_it_runs() {
        for (path, text) in [("serverless.yml", "provider:\n  name: aws\n"), ("zappa_settings.json", "{}")] {
            let facts = sample::folder(&[("app.py", "x = 1"), (path, text)]).facts;
            assert_eq!(tags(&facts, "environment"), ["serverless"], "{path}");
        }
    }

    #[test]
    fn settings_for_phones_say_where_it_runs() {
        let main = ("main.py", "from kivy.app import App\nclass Tide(App): pass\nTide().run()\n");
        let facts = sample::folder(&[main, ("buildozer.spec", "# settings\n[app]\ntitle = Tide\n")]).facts;
        assert_eq!((tags(&facts, "environment"), tags(&facts, "kind")), (vec!["mobile"], vec!["mobile-app"]));
        assert_eq!(source(&facts, "environment"), "buildozer.spec:2");
        assert_eq!(tags(&sample::folder(&[main]).facts, "kind"), ["gui"]);
    }

    #[test]
    fn boards_and_functions_have_their_place() {
        assert_eq!(tags(&sample::script("import machine").facts, "environment"), ["microcontroller"]);
        let facts = sample::script("def lambda_handler(event, context): pass").facts;
        assert_eq!(tags(&facts, "environment"), ["serverless"]);
        assert_eq!(source(&facts, "environment"), "tool.py:1");
    }

    #[test]
    fn plug_ins_and_hardware_are_seen() {
        let facts = sample::script("from importlib.metadata import entry_points\nentry_points(group='x')").facts;
        assert_eq!(tags(&facts, "plugins"), ["pure"]);
        assert_eq!(tags(&sample::script("import serial").facts, "host-integration"), ["hardware"]);
    }
}
