//! `environment`, `plugins` and `host-integration`: where the program lives and what it lives with.

use super::found::Found;
use super::web;
use crate::facts::{Requirement, Source};
use crate::inspect::code::imports::Imported;
use crate::inspect::code::libraries::Libraries;
use crate::inspect::code::module::{Call, Literal, Need};
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
    } else if let Some(source) = for_boards(code) {
        found.set("environment", &["microcontroller", "single-board"], source);
    } else if let Some(source) = host(code).or_else(|| inside_host(code)) {
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

/// Imports that only a board answers, in code that does not also run elsewhere, or what the installer of a board's
/// packages reads.
pub(super) fn firmware(code: &Code) -> Option<Source> {
    if code.declared.has_metadata {
        return None;
    }
    let libraries = Libraries::get();
    let is_of_a_board = |import: &&Imported| libraries.is_firmware(&import.module) && import.need == Need::Always;
    let imported = code.imports.iter().find(is_of_a_board).map(|import| import.source.clone());
    // Blinka gives the modules of a board to programs for single-board computers, which import what no board has.
    let has_system = code.program.modules.iter().flat_map(|module| &module.imports);
    let has_system =
        has_system.into_iter().any(|import| import.need == Need::Always && libraries.needs_a_system(import.top()));
    imported.filter(|_| blinka(code).is_none() && !has_system).or_else(|| package_of_mip(code))
}

/// The list of files that `mip` fetches onto a board; another `package.json` has no such addresses.
fn package_of_mip(code: &Code) -> Option<Source> {
    let path = "package.json";
    let text = code.tree.read(path).ok().flatten()?;
    let package: serde_json::Value = serde_json::from_str(&text).ok()?;
    let urls = package.get("urls")?.as_array()?;
    let is_pair = |pair: &serde_json::Value| pair.as_array().is_some_and(|pair| pair.len() == 2);
    (!urls.is_empty() && urls.iter().all(is_pair)).then(|| Source::File { path: path.to_owned(), line: None })
}

/// The requirement that brings the modules of a board to single-board computers.
fn blinka<'a>(code: &Code<'a>) -> Option<&'a Requirement> {
    code.declared.dependencies.iter().find(|requirement| requirement.name.contains("blinka"))
}

/// A library for `CircuitPython`: boards run it as it is, and other computers with Blinka.
fn for_boards(code: &Code) -> Option<Source> {
    let is_library = code.declared.has_metadata && !code.is_program();
    let is_named = code.declared.name.to_lowercase().contains("circuitpython");
    blinka(code).filter(|_| is_library && is_named).map(|requirement| requirement.source.clone())
}

/// The manifest of an add-on of Blender, QGIS, Kodi or another program that embeds Python, or the lines that Blender reads
/// in its place.
pub(super) fn host(code: &Code) -> Option<Source> {
    manifest(code).or_else(|| {
        let mut modules = code.program.modules.iter().filter(|module| is_of_the_add_on(code, &module.path));
        modules.find_map(|module| {
            let (_, line) = module.assigned.iter().find(|(name, _)| name == "bl_info")?;
            Some(Source::line(&module.path, *line))
        })
    })
}

fn manifest(code: &Code) -> Option<Source> {
    let manifests = &Libraries::get().host_manifests;
    let is_manifest = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or_default();
        let mut fitting = manifests.iter().filter(|manifest| manifest.is_called(name)).peekable();
        // Most files are none, and are not read for it.
        fitting.peek().is_some() && is_of_the_add_on(code, path) && {
            let text = code.tree.read(path).ok().flatten().unwrap_or_default();
            fitting.any(|manifest| manifest.marks.iter().any(|mark| text.contains(mark)))
        }
    };
    let file = code.tree.files.iter().find(|file| is_manifest(&file.path))?;
    Some(Source::File { path: file.path.clone(), line: None })
}

/// Whether a file lies at the top, or at that of the folder that is the add-on: one below the top, or a package.
fn is_of_the_add_on(code: &Code, path: &str) -> bool {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    !folder.contains('/') || code.layout.packages.iter().any(|package| package.path == folder)
}

/// The settings of Buildozer, which builds for phones and nothing else.
pub(super) fn phone(tree: &Tree) -> Option<Source> {
    let path = "buildozer.spec";
    let text = tree.read(path).ok().flatten()?;
    let line = text.lines().position(|line| line.trim() == "[app]")?;
    Some(Source::line(path, line + 1))
}

/// An import that only a program with an embedded Python answers, in code that is no distribution.
pub(super) fn inside_host(code: &Code) -> Option<Source> {
    let libraries = Libraries::get();
    let is_of_host = |import: &&Imported| import.need == Need::Always && libraries.is_of_a_host(&import.module);
    let import = code.imports.iter().find(is_of_host).filter(|_| !code.declared.is_distribution)?;
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

/// Calls that ask for the entry points of a group.
const ASKS: &[&str] =
    &["importlib.metadata.entry_points", "importlib_metadata.entry_points", "pkg_resources.iter_entry_points"];

/// Programs that load plug-ins by a library made for it, or by entry points. Each is a hint and no more: many fill such
/// groups themselves, and nobody else does.
fn plugins(code: &Code, found: &mut Found) {
    let libraries = Libraries::get();
    let mut imports =
        code.program.modules.iter().flat_map(|module| {
            module.imports.iter().map(move |import| (module, import.line, import.top(), import.need))
        });
    let by_library = imports.find(|(.., name, need)| libraries.takes_plugins(name) && *need <= Need::Deferred);
    let by_library = by_library.map(|(module, line, ..)| (module, line));
    let by_group = || {
        code.program.modules.iter().find_map(|module| {
            let call = module.calls.iter().find(|call| ASKS.contains(&call.callee.as_str()) && !fills(code, call))?;
            Some((module, call.line))
        })
    };
    if let Some((module, line)) = by_library.or_else(by_group) {
        found.set("plugins", &["pure"], Source::Hint { path: module.path.clone(), line });
    }
}

/// Whether a call asks for a group that the project fills itself, which says little of others.
fn fills(code: &Code, call: &Call) -> bool {
    let group = call.keyword("group").or_else(|| call.arguments.first()).and_then(Literal::text);
    group.is_some_and(|group| code.declared.plugin_groups.iter().any(|own| own.value == group))
}

/// Hardware that the program drives by a library made for nothing else.
fn host_integration(code: &Code, found: &mut Found) {
    let found_in = code.reached_first().into_iter().find_map(|module| {
        let mut imports = Libraries::get().hardware().filter_map(|name| module.import_of(name));
        let import = imports.find(|import| import.need == Need::Always)?;
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
    use crate::facts::{Evidence, Requirement, Source};
    use crate::inspect::code::{Given, sample};

    #[test]
    fn add_ons_are_known_by_their_manifest() {
        for (path, text) in [
            ("__init__.py", "import bpy\nbl_info = {}\n"),
            ("blender_manifest.toml", "blender_version_min = '4.2.0'"),
            ("metadata.txt", "[general]\nqgisMinimumVersion=3.0"),
            ("layers/metadata.txt", "[general]\nqgisMinimumVersion=3.0"),
            ("addon/__init__.py", "bl_info = {}\n"),
            ("addon.xml", "<?xml version='1.0'?><addon id='x'/>"),
            ("src/layers/metadata.txt", "[general]\nqgisMinimumVersion=3.0"),
            ("colour.inx", "<inkscape-extension xmlns='x'/>"),
            ("plugin.json", "{\"supported_sdk_versions\": [\"8.0.0\"]}"),
        ] {
            let beside = if path.starts_with("src/") { "src/layers/__init__.py" } else { "plugin.py" };
            let facts = sample::folder(&[(beside, ""), (path, text)]).facts;
            assert_eq!(tags(&facts, "environment"), ["host-application"], "{path}");
            assert_eq!(tags(&facts, "kind"), ["plugin"], "{path}");
        }
        assert!(tags(&sample::folder(&[("metadata.txt", "notes")]).facts, "environment").is_empty());
    }

    #[test]
    fn what_only_a_host_has_says_where_it_runs() {
        let facts = sample::script("import sublime").facts;
        assert_eq!((tags(&facts, "environment"), tags(&facts, "kind")), (vec!["host-application"], vec!["plugin"]));
        let settings = Given { name: "a", has_metadata: true, ..Given::default() };
        let kind = |declared| tags(&sample::scanned(&[("a/__init__.py", "import qgis")], declared).facts, "kind");
        assert_eq!(kind(&settings), ["plugin"], "settings of tools make no distribution");
        assert_eq!(kind(&Given { is_distribution: true, ..settings }), ["library"]);
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
    fn what_a_board_brings_is_asked_of_no_index() {
        let scan = sample::folder(&[("main.py", "import displayio, terminalio, wifi, uio\nfrom board import SCL\n")]);
        assert_eq!(tags(&scan.facts, "environment"), ["microcontroller"]);
        assert!(scan.undeclared.is_empty() && tags(&scan.facts, "dependencies") == ["stdlib-only"], "{scan:?}");
        let scan = sample::script("import wifi\nwifi.scan()");
        assert_eq!(scan.undeclared[0].name, "wifi", "elsewhere it is a distribution");
    }

    #[test]
    fn what_mip_fetches_is_for_a_board_and_what_npm_reads_is_not() {
        let mip = r#"{"urls": [["editor/core.py", "github:a/b/editor/core.py"]], "version": "1.0"}"#;
        let facts = |package| sample::folder(&[("editor/core.py", "def run(): pass"), ("package.json", package)]).facts;
        assert_eq!(
            (tags(&facts(mip), "kind"), tags(&facts(mip), "environment")),
            (vec!["firmware"], vec!["microcontroller"])
        );
        assert!(tags(&facts(r#"{"name": "page", "version": "1.0"}"#), "environment").is_empty());
    }

    #[test]
    fn a_library_for_circuitpython_runs_on_boards_and_small_computers() {
        let blinka = Requirement {
            text: "Adafruit-Blinka".into(),
            name: "adafruit-blinka".into(),
            source: Source::line("requirements.txt", 1),
        };
        let dependencies = [blinka];
        let declared = Given {
            name: "adafruit-circuitpython-lamp",
            has_metadata: true,
            dependencies: &dependencies,
            ..Given::default()
        };
        let facts = sample::scanned(&[("lamp.py", "import board")], &declared).facts;
        assert_eq!(tags(&facts, "environment"), ["single-board", "microcontroller"]);
        assert_eq!(source(&facts, "environment"), "requirements.txt:1");
    }

    #[test]
    fn plug_ins_and_hardware_are_seen() {
        let facts = sample::script("from importlib.metadata import entry_points\nentry_points(group='x')").facts;
        assert_eq!(tags(&facts, "plugins"), ["pure"]);
        assert_eq!(source(&facts, "plugins"), "tool.py:2 hints at it");
        for text in
            ["import serial", "import usb1", "from StreamDeck.DeviceManager import DeviceManager", "import evdev"]
        {
            assert_eq!(tags(&sample::script(text).facts, "host-integration"), ["hardware"], "{text}");
        }
    }

    #[test]
    fn a_group_that_the_project_fills_itself_says_nothing_of_others() {
        let groups = [Evidence { value: "a.readers".to_owned(), source: Source::line("pyproject.toml", 9) }];
        let declared = Given { name: "a", has_metadata: true, plugin_groups: &groups, ..Given::default() };
        let asks =
            |group: &str| format!("from importlib.metadata import entry_points\nentry_points(group='{group}')\n");
        let plugins = |group| tags(&sample::scanned(&[("a/__init__.py", &asks(group))], &declared).facts, "plugins");
        assert!(plugins("a.readers").is_empty());
        assert_eq!(plugins("a.writers"), ["pure"]);
    }
}
