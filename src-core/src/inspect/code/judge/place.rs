//! `environment`, `components`, `plugins` and `host-integration`: where the program lives and what it lives with.

use super::{Code, Found, kind, web};
use crate::facts::Source;
use crate::inspect::code::libraries::Libraries;
use crate::inspect::code::module::Need;
use crate::inspect::tree::Tree;

/// Files that describe several processes.
const COMPOSE: &[&str] = &["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];

pub(super) fn judge(code: &Code, found: &mut Found) {
    environment(code, found);
    components(code, found);
    plugins(code, found);
    host_integration(code, found);
}

fn environment(code: &Code, found: &mut Found) {
    if let Some(source) = kind::firmware(code) {
        found.set("environment", &["microcontroller"], source);
    } else if let Some(source) = host(code.tree) {
        found.set("environment", &["host-application"], source);
    } else if let Some(source) = web::lambda(code) {
        found.set("environment", &["serverless"], source);
    } else if found.has("framework", "brython") || found.has("framework", "pyodide") {
        let modules = ["browser", "pyodide", "js"];
        if let Some(import) = code.imports.iter().find(|import| modules.contains(&import.module.as_str())) {
            found.set("environment", &["browser"], import.source.clone());
        }
    }
}

/// The manifest of an add-on of Blender, QGIS, Kodi or another program that embeds Python.
pub(super) fn host(tree: &Tree) -> Option<Source> {
    let manifest = ["blender_manifest.toml", "addon.xml", "metadata.txt"].into_iter().find(|path| {
        let mark = match *path {
            "addon.xml" => "<addon",
            "metadata.txt" => "qgisMinimumVersion",
            _ => "blender_version_min",
        };
        tree.read(path).ok().flatten().is_some_and(|text| text.contains(mark))
    });
    if let Some(path) = manifest {
        return Some(Source::File { path: path.to_owned(), line: None });
    }
    let text = tree.read("__init__.py").ok().flatten()?;
    let line = text.lines().position(|line| line.starts_with("bl_info"))?;
    Some(Source::line("__init__.py", line + 1))
}

fn components(code: &Code, found: &mut Found) {
    let read = |path: &str| code.tree.read(path).ok().flatten();
    if let Some((path, text)) = COMPOSE.iter().find_map(|path| Some((*path, read(path)?))) {
        let services = compose_services(&text);
        let tag = if services > 1 { "several" } else { "one" };
        if services > 0 {
            found.set("components", &[tag], Source::File { path: path.to_owned(), line: None });
        }
    } else if let Some(text) = read("Procfile") {
        // Heroku's `release` is a task of a deployment, not a process.
        let is_process =
            |line: &&str| line.contains(':') && !line.starts_with(['#', ' ']) && !line.starts_with("release:");
        let tag = if text.lines().filter(is_process).count() > 1 { "several" } else { "one" };
        found.set("components", &[tag], Source::File { path: "Procfile".into(), line: None });
    }
}

/// How many services a compose file has: the keys one level below `services:`.
fn compose_services(text: &str) -> usize {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let is_blank = |line: &&str| line.trim().is_empty() || line.trim_start().starts_with('#');
    let mut lines =
        text.lines().filter(|line| !is_blank(line)).skip_while(|line| line.trim_end() != "services:").skip(1);
    let Some(first) = lines.next() else { return 0 };
    let depth = indent(first);
    if depth == 0 {
        return 0;
    }
    1 + lines.take_while(|line| indent(line) > 0).filter(|line| indent(line) == depth).count()
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
    use super::*;
    use crate::inspect::code::sample;

    #[test]
    fn add_ons_are_known_by_their_manifest() {
        for (path, text) in [
            ("__init__.py", "import bpy\nbl_info = {}\n"),
            ("blender_manifest.toml", "blender_version_min = '4.2.0'"),
            ("metadata.txt", "[general]\nqgisMinimumVersion=3.0"),
            ("addon.xml", "<?xml version='1.0'?><addon id='x'/>"),
        ] {
            let facts = sample::folder(&[("plugin.py", ""), (path, text)]).facts;
            assert_eq!(tags(&facts, "environment"), ["host-application"], "{path}");
            assert_eq!(tags(&facts, "kind"), ["plugin"], "{path}");
        }
        assert!(tags(&sample::folder(&[("metadata.txt", "notes")]).facts, "environment").is_empty());
    }

    #[test]
    fn boards_and_functions_have_their_place() {
        assert_eq!(tags(&sample::script("import machine").facts, "environment"), ["microcontroller"]);
        let facts = sample::script("def lambda_handler(event, context): pass").facts;
        assert_eq!(tags(&facts, "environment"), ["serverless"]);
        assert_eq!(source(&facts, "environment"), "tool.py:1");
    }

    #[test]
    fn processes_are_counted() {
        let compose = "version: '3'\n# all\nservices:\n  web:\n    image: a\n\n  db:\n    image: b\nvolumes:\n  x:\n";
        assert_eq!(compose_services(compose), 2);
        assert_eq!(compose_services("services:\n"), 0);
        let components = |files: &[(&str, &str)]| tags(&sample::folder(files).facts, "components");
        assert_eq!(components(&[("compose.yaml", compose)]), ["several"]);
        assert_eq!(components(&[("Procfile", "web: a\nworker: b\n")]), ["several"]);
        assert_eq!(components(&[("Procfile", "release: x\nweb: a\n")]), ["one"]);
    }

    #[test]
    fn plug_ins_and_hardware_are_seen() {
        let facts = sample::script("from importlib.metadata import entry_points\nentry_points(group='x')").facts;
        assert_eq!(tags(&facts, "plugins"), ["pure"]);
        assert_eq!(tags(&sample::script("import serial").facts, "host-integration"), ["hardware"]);
    }
}
