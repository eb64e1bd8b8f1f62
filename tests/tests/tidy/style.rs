//! Sizes, words and marks that no file may have.

use packwright_tests::repository;
use regex::Regex;

use crate::expect_none;
use crate::source::{Source, files};

/// The longest a source file may be.
const CEILING: usize = 400;
/// The most that half of the files may have.
const MEDIAN: usize = 180;

/// This repository's own code in every language.
fn all_code() -> Vec<Source> {
    let folders = ["src-core", "src-tui", "src-tauri/src", "tests/src", "tests/tests", "ui/src", "scripts", "examples"];
    folders
        .iter()
        .flat_map(|folder| files(folder, &[".rs", ".ts", ".svelte", ".css", ".py", "test", "checks"]))
        .collect()
}

#[test]
fn files_are_short() {
    let sources = all_code();
    let mut lengths: Vec<_> = sources.iter().map(|source| source.text.lines().count()).collect();
    lengths.sort_unstable();
    let long: Vec<_> = sources
        .iter()
        .filter(|source| source.text.lines().count() > CEILING)
        .map(|source| format!("{}: {} lines", source.path, source.text.lines().count()))
        .collect();
    expect_none("Split by noun what has more than 400 lines:", &long);
    let median = lengths[lengths.len() / 2];
    assert!(median <= MEDIAN, "half of the files have {median} lines or more; near 120 is the aim");
}

#[test]
fn nothing_is_left_for_later() {
    let unfinished = Regex::new(concat!(
        r"(//|#|/\*).*\b(TO",
        r"DO|FIX",
        r"ME|XX",
        r"X)\b|\b(to",
        r"do|unimple",
        r"mented)!|#\[ig",
        "nore"
    ))
    .expect("a fixed pattern");
    let mut violations = Vec::new();
    for source in all_code() {
        for (index, line) in source.text.lines().enumerate() {
            if unfinished.is_match(line) {
                violations.push(format!("{}:{}: {}", source.path, index + 1, line.trim()));
            }
        }
    }
    expect_none("Finish it, or file an issue:", &violations);
}

#[test]
fn no_file_knows_this_machine_or_the_address_of_an_index() {
    let own =
        Regex::new(concat!(r#"(^|[\s"'`(=:])/(ro"#, r"ot|wo", r"rk)/|pypi\.org/sim", r"ple|files\.python", "hosted"))
            .expect("a fixed pattern");
    let mut sources = all_code();
    sources.extend(files("docs", &[".md"]));
    sources.extend(files("tests", &[".snap", ".json", ".jsonl", ".toml"]));
    sources.extend(files("src-core", &[".toml"]));
    for name in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "deny.toml", ".ci/run"] {
        let text = std::fs::read_to_string(repository().join(name)).unwrap_or_default();
        sources.push(Source { path: name.into(), text });
    }
    let mut violations = Vec::new();
    for source in sources {
        for (index, line) in source.text.lines().enumerate() {
            if own.is_match(line) {
                violations.push(format!("{}:{}: {}", source.path, index + 1, line.trim()));
            }
        }
    }
    expect_none("Paths of one machine and index addresses come from the user's configuration:", &violations);
}

#[test]
fn error_messages_end_without_a_full_stop() {
    let message = Regex::new(r#"#\[error\("(.*?)"[,)]"#).expect("a fixed pattern");
    let mut violations = Vec::new();
    for source in files("src-core/src", &[".rs"]) {
        for (number, line) in source.code() {
            for found in message.captures_iter(line) {
                if found[1].ends_with('.') {
                    violations.push(format!("{}:{number}: {}", source.path, line.trim()));
                }
            }
        }
    }
    expect_none("A message of one sentence has no full stop; what to do is a hint:", &violations);
}

#[test]
fn nothing_stands_in_for_what_could_not_be_written_and_for_what_could_not_be_read_only_with_a_reason() {
    let written = Regex::new(r"\b(serde_json|toml|toml_edit)::to_\w+\(.*\)\.unwrap_or").expect("a fixed pattern");
    let read = Regex::new(r"\b(fs|regular)::\w+\(.*\.unwrap_or_default\(\)").expect("a fixed pattern");
    let mut violations = Vec::new();
    for source in files("src-core/src", &[".rs"]).into_iter().chain(files("src-tui/src", &[".rs"])) {
        violations.extend(source.lines_where(|line| written.is_match(line)));
        let all: Vec<&str> = source.text.lines().collect();
        for (number, line) in source.code().filter(|(_, line)| read.is_match(line)) {
            let above = &all[number.saturating_sub(3)..number - 1];
            if !above.iter().any(|line| line.trim_start().starts_with("// ")) {
                violations.push(format!("{}:{number}: {}", source.path, line.trim()));
            }
        }
    }
    let rule = "An empty receipt is worse than none: `expect` with the reason, or an error; a default for what cannot be read \
                has its reason in a comment above:";
    expect_none(rule, &violations);
}

#[test]
fn shipped_code_does_not_panic() {
    let panics = Regex::new(r"\.unwrap\(\)|\.expect_err\(|\b(panic|unreachable)!").expect("a fixed pattern");
    let expects = Regex::new(r#"\.expect\((\s*$|")"#).expect("a fixed pattern");
    let reason = Regex::new(r#"\.expect\(\s*$|\.expect\("[^"]{12,}"\)"#).expect("a fixed pattern");
    let mut violations = Vec::new();
    for source in files("src-core/src", &[".rs"]).into_iter().chain(files("src-tui/src", &[".rs"])) {
        violations.extend(
            source.lines_where(|line| panics.is_match(line) || (expects.is_match(line) && !reason.is_match(line))),
        );
    }
    expect_none("Return an error; `expect` is for what is embedded and proven, and says why:", &violations);
}

#[test]
fn names_are_the_words_of_the_field() {
    let vague = Regex::new(r"\b(struct|enum|trait|mod|type) (\w*(Manager|Helper|Util|Utils|Handler)|\w+(Service|Context|Data|Info)|utils?|helpers?|common|misc)\b").expect("a fixed pattern");
    let mut violations = Vec::new();
    for source in all_code() {
        violations.extend(source.lines_where(|line| vague.is_match(line)));
    }
    expect_none("Say what it is, in the field's own word:", &violations);
}
