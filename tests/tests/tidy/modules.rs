//! Which module of the core may do what, and name what.

use std::collections::BTreeSet;

use packwright_tests::{repository, tree};
use regex::Regex;

use crate::expect_none;
use crate::source::{Source, core, files};

/// What prints or ends the program.
const PRINTS: &str = r"\b(e?print(ln)?|dbg)!|process::(exit|abort)|\bstd::io::(stdout|stderr)\b";
/// What starts processes, writes files or opens sockets.
const ACTS: &str = r"std::process|\bduct::|\bureq::|\brusqlite::|\btempfile::|std::net|\bTcp(Stream|Listener)\b|fs::(write|copy|rename|create_dir|create_dir_all|remove_file|remove_dir|remove_dir_all|hard_link|set_permissions)\b|File::create|OpenOptions|set_var";
/// What reads files or looks at them.
const READS: &str = r"fs::(read|read_to_string|read_dir|read_link|metadata|symlink_metadata|canonicalize|exists)\b|File::open|\bignore::Walk|\.(canonicalize|read_dir|symlink_metadata|is_file|is_dir|exists)\(\)";

/// Where code of modules other than these meets a pattern.
fn outside(allowed: &[&str], pattern: &str) -> Vec<String> {
    let pattern = Regex::new(pattern).expect("a fixed pattern");
    let elsewhere = core().into_iter().filter(|source| !allowed.contains(&source.module()));
    elsewhere.flat_map(|source| source.lines_where(|line| pattern.is_match(line))).collect()
}

#[test]
fn the_core_never_prints_or_exits() {
    expect_none("Front ends print and exit; the core returns values and sends events:", &outside(&[], PRINTS));
}

#[test]
fn only_the_engine_starts_processes_writes_files_or_uses_the_network() {
    expect_none("What acts belongs into `engine/`:", &outside(&["engine"], ACTS));
}

#[test]
fn only_inspection_and_the_engine_read_files() {
    let violations = outside(&["inspect", "engine"], READS);
    expect_none("A project is read in `inspect/`, the cache and tools in `engine/`:", &violations);
}

/// What asks the machine, or the clock.
const ASKS: &str = r"std::(env|thread|fs|process|net)\b|\bInstant::|\bSystemTime\b";
/// The files of the terminal interface that do: the loop, the line mode, the terminal itself, and what is asked once.
const AT_THE_EDGE: &[&str] = &["linear", "neighbours", "run", "stage", "surroundings"];

#[test]
fn screens_and_how_they_change_follow_from_the_model_alone() {
    let pattern = Regex::new(ASKS).expect("a fixed pattern");
    let is_at_the_edge = |path: &str| AT_THE_EDGE.iter().any(|name| path.ends_with(&format!("/ui/{name}.rs")));
    let inner = files("src-tui/src/ui", &[".rs"]).into_iter().filter(|source| !is_at_the_edge(&source.path));
    let violations: Vec<_> = inner.flat_map(|source| source.lines_where(|line| pattern.is_match(line))).collect();
    expect_none("Ask once, in `ui/surroundings.rs`, and put the answer into the model:", &violations);
}

/// What parses texts of PEP 440 and PEP 508 without a limit.
const UNLIMITED: &str = r"\bpep(440|508)_rs\b";
/// The same, of a type that is used by its short name.
const UNLIMITED_TYPE: &str = r"\b(Pep508|MarkerTree|VersionSpecifiers|PackageName|ExtraName|pep::Version)(::<\w+>)?::(from_str|parse)|\.parse\(\)|parse::<(pep::)?(Pep508|MarkerTree|Version|VersionSpecifiers|PackageName|ExtraName)\b";

#[test]
fn requirements_and_markers_are_read_within_limits_everywhere() {
    let limited = "src-core/src/facts/pep.rs";
    let (parser, by_type) =
        (Regex::new(UNLIMITED).expect("a fixed pattern"), Regex::new(UNLIMITED_TYPE).expect("a fixed pattern"));
    let mut violations = Vec::new();
    for source in core().iter().filter(|source| source.path != limited) {
        violations.extend(source.lines_where(|line| parser.is_match(line)));
        if source.code().any(|(_, line)| line.contains("pep::")) {
            violations.extend(source.lines_where(|line| by_type.is_match(line)));
        }
    }
    expect_none("A marker of ten kilobytes can overflow the stack; use `facts::pep`:", &violations);
}

#[test]
fn one_module_names_the_crates_of_the_python_parser() {
    let parser = Regex::new(r"\bruff_(python|source|text)_\w+").expect("a fixed pattern");
    let elsewhere = core().into_iter().filter(|source| !source.path.starts_with("src-core/src/inspect/syntax/"));
    let violations: Vec<_> = elsewhere.flat_map(|source| source.lines_where(|line| parser.is_match(line))).collect();
    expect_none("They change with every release; name what `inspect/syntax/` gives:", &violations);
}

/// Technologies with a folder of their own, as `(folder, id)`.
fn backends() -> Vec<(String, String)> {
    let folders = tree::children(&repository().join("src-core/src/backends"));
    let named = folders.iter().filter(|path| path.is_dir()).map(|path| tree::name(path));
    named.map(|folder| (folder.clone(), folder.replace('_', "-"))).collect()
}

/// Words that are also the id of a technology but mean something else there, with the reason.
const OTHER_MEANINGS: &[(&str, &str, &str)] = &[
    ("src-core/src/backend/frozen.rs", "pyinstaller", "the tool that freezes, for whatever ships a frozen folder"),
    ("src-core/src/backend/recipes.rs", "wheel", "the kind of distribution that a PEP 517 build makes"),
    ("src-core/src/backend/recipes.rs", "sdist", "the kind of distribution that a PEP 517 build makes"),
    ("src-core/src/backends/pex/mod.rs", "zipapp", "what pex itself calls one of its layouts"),
    ("src-core/src/backends/sdist/mod.rs", "wheel", "the kind of distribution that a PEP 517 build makes"),
    ("src-core/src/engine/network/apt.rs", "deb", "a type of apt's sources, beside those of source packages"),
    ("src-core/src/engine/planning/prepare.rs", "wheel", "a requirement of builds that pin an old setuptools"),
    ("src-core/src/engine/planning/resolve/metadata.rs", "wheel", "a requirement of legacy builds"),
    ("src-core/src/engine/planning/resolve/pins.rs", "sdist", "a key of uv.lock"),
    ("src-core/src/engine/planning/resolve/sdist.rs", "wheel", "a requirement of legacy builds"),
];

fn names(source: &Source, folder: &str, id: &str) -> Vec<String> {
    if OTHER_MEANINGS.iter().any(|(path, word, _)| source.path == *path && id == *word) {
        return Vec::new();
    }
    let (quoted, path) = (format!("\"{id}\""), format!("backends::{folder}::"));
    source.lines_where(|line| line.contains(&quoted) || line.contains(&path))
}

#[test]
fn nothing_outside_the_backends_names_one() {
    let backends = backends();
    let mut violations = BTreeSet::new();
    // Inspection knows no technologies; there these words are keys of other tools' files. In the list of tools they are
    // programs.
    let concerns = |source: &&Source| {
        !["backends", "inspect"].contains(&source.module()) && source.path != "src-core/src/catalogue/tools.rs"
    };
    for source in core().iter().filter(concerns) {
        for (folder, id) in &backends {
            violations.extend(names(source, folder, id));
        }
    }
    let violations: Vec<_> = violations.into_iter().collect();
    expect_none("Ask the catalogue or the backend instead of comparing with a technology's id:", &violations);
}

#[test]
fn no_backend_names_another() {
    let backends = backends();
    let mut violations = Vec::new();
    for source in core().iter().filter(|source| source.path.contains("/backends/")) {
        for (folder, id) in &backends {
            if !source.path.contains(&format!("/backends/{folder}/")) {
                violations.extend(names(source, folder, id));
            }
        }
    }
    expect_none("What two backends share belongs into `backend/`:", &violations);
}
