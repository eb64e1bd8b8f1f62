//! Every key of the data.

use super::{pyproject, told};
use crate::facts::normalize;
use crate::inspect::build_backends::data::{self, BuildBackend};
use crate::inspect::build_backends::rules::{Kind, Rules};

/// A value that a kind takes, and one that it does not, as TOML writes them.
fn values(kind: &Kind, backend: &BuildBackend) -> (String, Option<String>) {
    match kind {
        Kind::Anything => ("['anything', '../at/all']".into(), None),
        Kind::Path => ("['a/*.txt']".into(), Some("['a/*.txt', '../*.txt']".into())),
        Kind::Rooted => ("['/a', '!/b']".into(), Some("['/../a']".into())),
        Kind::Module => ("'app.sub'".into(), Some("'/tmp/app'".into())),
        Kind::Attribute => ("'app.static'".into(), Some("'app.computed'".into())),
        Kind::Requirements => (format!("['{}>=1']", backend.name), Some("['other']".into())),
        Kind::OneOf(values) => {
            let value = &values[0];
            let is_bool = value == "true" || value == "false";
            (if is_bool { value.clone() } else { format!("'{value}'") }, Some("'other'".into()))
        }
        Kind::Asks(_) => (String::new(), Some("['x']".into())),
    }
}

/// A key as TOML writes it; a `*` becomes some name.
fn dotted(pattern: &[String], from: usize) -> String {
    pattern[from..].iter().map(|key| if key == "*" { "some-name" } else { key }).collect::<Vec<_>>().join(".")
}

const APP: (&str, &str) = ("app/__init__.py", "'''An app'''\n__version__ = '1'\nstatic = '1'\ncomputed = str(1)\n");

/// What a dotted name of a module stands for.
const SUB: (&str, &str) = ("app/sub.py", APP.1);

/// Paths with their text.
type Files = Vec<(String, String)>;

/// Tries every pattern of rules in a file; `written` makes the file of a key and a value.
fn every_key(backend: &BuildBackend, rules: &Rules, written: &dyn Fn(&[String], &str) -> Files) -> usize {
    let mut tried = 0;
    for (pattern, kind) in rules.patterns() {
        let (good, bad) = values(kind, backend);
        let reasons = |value: &str| {
            let files = written(pattern, value);
            let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
            told(&[files.as_slice(), &[APP, SUB]].concat())
        };
        if !good.is_empty() {
            assert_eq!(reasons(&good), [] as [&str; 0], "{pattern:?} = {good}");
            tried += 1;
        }
        if let Some(bad) = bad {
            let reasons = reasons(&bad);
            assert!(!reasons.is_empty(), "{pattern:?} = {bad} asks nothing");
            assert!(reasons[0].ends_with(".toml:1)"), "{pattern:?}: {reasons:?}");
            tried += 1;
        }
    }
    tried
}

#[test]
fn every_key_of_a_table_takes_what_is_inert_and_asks_for_all_else_with_its_line() {
    let mut tried = 0;
    for backend in data::all() {
        let head = |tables: &str| pyproject(&backend.name, &backend.references[0], tables);
        tried += every_key(backend, &backend.rules, &|pattern, value| {
            vec![("pyproject.toml".into(), format!("{} = {value}\n{}", dotted(pattern, 0), head("version = '1'\n")))]
        });
        for (file, table) in &backend.toml_files {
            let depth = table.split('.').count();
            tried += every_key(backend, &backend.rules, &|pattern, value| {
                vec![
                    ("pyproject.toml".into(), head("version = '1'\n")),
                    (file.clone(), format!("{} = {value}\n", dotted(pattern, depth))),
                ]
            });
        }
    }
    assert!(tried > 300, "{tried}");
}

#[test]
fn every_option_of_setup_cfg_takes_what_is_inert_and_asks_for_all_else() {
    let backend = data::named("setuptools.build_meta").unwrap();
    let known = backend.setup_cfg.as_ref().unwrap();
    let mut tried = 0;
    for (pattern, kind) in known.rules.patterns() {
        let (section, option) = (&pattern[0], if pattern[1] == "*" { "some-name" } else { &pattern[1] });
        let asks = |value: &str| {
            let text = format!("[{section}]\n{option} = {value}\n");
            let found = told(&[
                ("pyproject.toml", &pyproject("setuptools", "setuptools.build_meta", "version = '1'\n")),
                ("setup.cfg", &text),
                APP,
            ]);
            assert!(found.iter().all(|reason| reason.ends_with("(setup.cfg:2)")), "{found:?}");
            !found.is_empty()
        };
        let (good, bad) = match kind {
            Kind::Anything => (Some("1"), section.starts_with("options").then_some("file: ../x")),
            Kind::Path => (Some("a, b/*"), Some("a, ../b")),
            Kind::Requirements => (Some("setuptools"), Some("other")),
            Kind::Asks(_) => (None, Some("x")),
            other => panic!("{other:?} is not for setup.cfg"),
        };
        assert!(!good.is_some_and(asks), "{pattern:?} = {good:?}");
        assert!(bad.is_none_or(asks), "{pattern:?} = {bad:?} asks nothing");
        tried += 1;
    }
    assert!(tried > 70, "{tried}");
}

#[test]
fn the_standard_table_takes_its_own_keys_only() {
    let asks = |line: &str| {
        !told(&[("pyproject.toml", &pyproject("hatchling", "hatchling.build", &format!("version = '1'\n{line}\n")))])
            .is_empty()
    };
    for line in
        ["description = 'x'", "readme = 'README.md'", "readme = {file = 'README.md', content-type = 'text/plain'}"]
    {
        assert!(!asks(line), "{line}");
    }
    for line in [
        "license-files = ['LICENSE', 'licenses/*']",
        "license = 'MIT'",
        "license = {file = 'LICENSE'}",
        "urls = {a = 'b'}",
    ] {
        assert!(!asks(line), "{line}");
    }
    let setuptools = pyproject("setuptools", "setuptools.build_meta", "version = '1'\ncmdclass = 'x'\n");
    let expected = "`project.cmdclass` is not known to be harmless (pyproject.toml:7)";
    assert_eq!(told(&[("pyproject.toml", &setuptools)]), [expected]);
    for line in ["repository = 'x'", "cmdclass = {a = 'b'}"] {
        assert!(!asks(line), "{line}");
    }
    for line in
        ["readme.new = 'x'", "readme = '/etc/passwd'", "readme = {file = '../README.md'}", "license = {file = '~/x'}"]
    {
        assert!(asks(line), "{line}");
    }
    for line in ["license-files = ['../LICENSE']", "license-files = {paths = ['/x']}"] {
        assert!(asks(line), "{line}");
    }
}

#[test]
fn the_data_is_sound() {
    let mut references = Vec::new();
    for backend in data::all() {
        let name = &backend.name;
        assert_eq!(*name, normalize(name));
        assert!(backend.closure.iter().all(|one| *one == normalize(one)) && backend.closure.is_sorted(), "{name}");
        let read = crate::facts::pep::specifiers(&backend.read).unwrap();
        assert_eq!(read.iter().filter(|one| one.operator().to_string() == "<").count(), 1, "{name} has no end");
        assert!(backend.legacy.iter().all(|legacy| backend.references.contains(legacy)));
        for (pattern, _) in backend.rules.patterns() {
            let path = pattern.join(".");
            let is_read = backend.tables.iter().any(|table| path.starts_with(&format!("{table}.")));
            assert!(is_read, "`{path}` is in no table that {name} reads");
        }
        references.extend(&backend.references);
    }
    references.sort();
    let count = references.len();
    references.dedup();
    assert_eq!(references.len(), count, "two backends have one reference");
    assert!(data::named("maturin").is_none());
}
