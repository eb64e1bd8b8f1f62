//! Files that a build backend is told to pack, though version control ignores them.

use std::sync::LazyLock;

use serde::Deserialize;

use super::literal::{Literal, Value};
use super::{pyproject, setup_cfg, setup_py};
use crate::embedded::data;
use crate::inspect::configparser;
use crate::inspect::tree::Tree;

static NAMED: LazyLock<Vec<Named>> = LazyLock::new(|| {
    let written: Written = data!("inspect/metadata/named.toml");
    written.named
});

/// What adds to a source distribution in the file of that name.
const MANIFEST: &str = "MANIFEST.in";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    named: Vec<Named>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    key: Vec<String>,
    holds: Holds,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Holds {
    Paths,
    Anywhere,
    Keys,
    Packages,
}

/// Patterns of paths from the root, with `*`, `?`, `**` and `[…]`. What cannot be read names nothing: other readers complain.
pub(crate) fn patterns(tree: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    let text = |path: &str| tree.read(path).ok().flatten();
    if let Some(Ok(table)) = text(pyproject::PATH).map(|text| text.parse::<toml::Table>()) {
        let root = toml::Value::Table(table);
        NAMED.iter().for_each(|named| follow(&root, &named.key, named.holds, &mut found));
    }
    if let Some(Ok(sections)) = text(setup_cfg::PATH).map(|text| configparser::parse(&text)) {
        for section in &sections {
            let lines = |entry: &configparser::Entry| entry.lines.iter().map(|(line, _)| line.clone()).collect();
            for entry in &section.entries {
                match section.name.as_str() {
                    "options.package_data" => below_package(&entry.key, lines(entry), &mut found),
                    "options.data_files" => found.extend::<Vec<String>>(lines(entry)),
                    _ => {}
                }
            }
        }
    }
    if let Ok(Some(mut setup)) = setup_py::read(tree) {
        let mut value = |key: &str| setup.values.remove(key).flatten();
        for (package, patterns) in value("package_data").iter().filter_map(Literal::entries).flatten() {
            let texts = patterns.texts().unwrap_or_default().into_iter().map(|(text, _)| text).collect();
            below_package(package, texts, &mut found);
        }
        if let Some(files) = value("data_files") {
            texts(&files, &mut found);
        }
    }
    if let Some(text) = text(MANIFEST) {
        manifest(&text, &mut found);
    }
    found
}

fn follow(value: &toml::Value, key: &[String], holds: Holds, found: &mut Vec<String>) {
    match key {
        [] => take(value, holds, found),
        [every, rest @ ..] if every == "*" => {
            value.as_table().into_iter().flatten().for_each(|(_, value)| follow(value, rest, holds, found));
        }
        [key, rest @ ..] => {
            if let Some(value) = value.get(key) {
                follow(value, rest, holds, found);
            }
        }
    }
}

fn take(value: &toml::Value, holds: Holds, found: &mut Vec<String>) {
    match holds {
        Holds::Paths => strings(value, found),
        Holds::Anywhere => {
            let mut patterns = Vec::new();
            strings(value, &mut patterns);
            let anywhere = |pattern: String| {
                let is_anchored = pattern.trim_end_matches('/').contains('/');
                if is_anchored { pattern } else { format!("**/{pattern}") }
            };
            found.extend(patterns.into_iter().filter(|pattern| !pattern.starts_with('!')).map(anywhere));
        }
        Holds::Keys => found.extend(value.as_table().into_iter().flatten().map(|(key, _)| key.clone())),
        Holds::Packages => {
            for (package, patterns) in value.as_table().into_iter().flatten() {
                let mut texts = Vec::new();
                strings(patterns, &mut texts);
                below_package(package, texts, found);
            }
        }
    }
}

/// Every string in a value; of a table that has a `path`, only that.
fn strings(value: &toml::Value, found: &mut Vec<String>) {
    match value {
        toml::Value::String(text) => found.push(text.clone()),
        toml::Value::Array(values) => values.iter().for_each(|value| strings(value, found)),
        toml::Value::Table(table) => match table.get("path") {
            Some(path) => strings(path, found),
            None => table.iter().for_each(|(_, value)| strings(value, found)),
        },
        toml::Value::Integer(_) | toml::Value::Float(_) | toml::Value::Boolean(_) | toml::Value::Datetime(_) => {}
    }
}

/// The paths of `data_files`: pairs of a folder of the installation and a list. Its folders are paths like others, and none here.
fn texts(value: &Literal, found: &mut Vec<String>) {
    match &value.value {
        Value::Text(text) => found.push(text.clone()),
        Value::List(values) => values.iter().for_each(|value| texts(value, found)),
        Value::Table(entries) => entries.iter().for_each(|(_, value)| texts(value, found)),
        Value::Plain(_) | Value::Call(..) => {}
    }
}

fn below_package(package: &str, patterns: Vec<String>, found: &mut Vec<String>) {
    let folder =
        if matches!(package, "" | "*") { "**".to_owned() } else { format!("**/{}", package.replace('.', "/")) };
    found.extend(patterns.into_iter().map(|pattern| format!("{folder}/{pattern}")));
}

/// The lines of `MANIFEST.in` that add.
fn manifest(text: &str, found: &mut Vec<String>) {
    for line in text.lines() {
        let mut words = line.split_whitespace();
        match words.next() {
            Some("include") => found.extend(words.map(str::to_owned)),
            Some("global-include") => found.extend(words.map(|pattern| format!("**/{pattern}"))),
            Some("graft") => found.extend(words.map(|folder| format!("{}/**", folder.trim_end_matches('/')))),
            Some("recursive-include") => {
                let folder = words.next().unwrap_or_default().trim_end_matches('/').to_owned();
                found.extend(words.map(|pattern| format!("{folder}/**/{pattern}")));
            }
            Some(_) | None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::metadata::fixture;

    fn named(files: &[(&str, &str)]) -> Vec<String> {
        let (_folder, tree) = fixture::tree(files);
        patterns(&tree)
    }

    #[test]
    fn each_build_backend_names_files_in_its_own_way() {
        let pyproject = |text: &str| named(&[("pyproject.toml", text), ("a.py", "")]);
        assert_eq!(
            pyproject("[tool.poetry]\ninclude = ['x.txt', { path = 'web/app.js', format = ['sdist', 'wheel'] }]\n"),
            ["x.txt", "web/app.js"]
        );
        assert_eq!(
            pyproject(
                "[tool.hatch.build]\nartifacts = ['*.so', '/a/b.js', '!c']\n[tool.hatch.build.targets.wheel.force-include]\n'gen/x' = 'a/x'\n"
            ),
            ["**/*.so", "/a/b.js", "gen/x"]
        );
        assert_eq!(
            pyproject(
                "[tool.setuptools.package-data]\n'a.b' = ['*.txt']\n'*' = ['data/*']\n[tool.setuptools.data-files]\n'share/a' = ['data/t.txt']\n"
            ),
            ["**/a/b/*.txt", "**/data/*", "data/t.txt"]
        );
        assert_eq!(pyproject("[tool.pdm.build]\nincludes = ['a/*.bin']\n"), ["a/*.bin"]);
        assert_eq!(pyproject("[tool.maturin]\ninclude = [{ path = 'c', format = 'sdist' }]\n"), ["c"]);
        assert_eq!(pyproject("[tool.other]\ninclude = ['x']\n"), [""; 0]);
    }

    #[test]
    fn setup_files_and_the_manifest_name_files_too() {
        let cfg = "[metadata]\nname = a\n[options.package_data]\na =\n    *.txt\n[options.data_files]\nshare/a =\n    b.txt\n";
        assert_eq!(named(&[("setup.cfg", cfg), ("a.py", "")]), ["**/a/*.txt", "b.txt"]);
        let setup =
            "from setuptools import setup\nsetup(package_data={'a': ['*.json']}, data_files=[('share', ['b.txt'])])\n";
        assert_eq!(named(&[("setup.py", setup)]), ["**/a/*.json", "share", "b.txt"]);
        let manifest =
            "include a.txt b.txt\nrecursive-include web *.js *.css\ngraft docs/\nglobal-include *.mo\nprune x\n";
        assert_eq!(
            named(&[("MANIFEST.in", manifest), ("a.py", "")]),
            ["a.txt", "b.txt", "web/**/*.js", "web/**/*.css", "docs/**", "**/*.mo"]
        );
    }
}
