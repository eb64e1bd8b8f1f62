//! Source files as the rules see them.

use std::path::Path;

use packwright_tests::{repository, tree};
use regex::Regex;

/// A text file of this repository.
pub struct Source {
    /// From the root, with `/`.
    pub path: String,
    /// All of it.
    pub text: String,
}

impl Source {
    /// Lines of code that ships, numbered from 1: before the tests, without comments.
    pub fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let tests = Regex::new(r"(?m)^#\[cfg\((test|all\(test.*)\)\]\n(#.*\n)*mod \w+ \{").expect("a fixed pattern");
        let end =
            if self.is_test() { 0 } else { tests.find(&self.text).map_or(self.text.len(), |found| found.start()) };
        self.text[..end].lines().enumerate().map(|(index, line)| (index + 1, without_comment(line)))
    }

    /// Whether the whole file is only compiled for tests: the module above it says so.
    pub fn is_test(&self) -> bool {
        let Some((folder, name)) = self.path.rsplit_once('/') else { return false };
        let name = name.strip_suffix(".rs").unwrap_or(name);
        let above = [
            format!("{folder}/mod.rs"),
            format!("{folder}.rs"),
            format!("{folder}/lib.rs"),
            format!("{folder}/main.rs"),
        ];
        let declared = Regex::new(&format!(r"#\[cfg\(test\)\]\n(pub(\([^)]*\))? )?mod {name};"))
            .expect("a module has a plain name");
        above
            .iter()
            .any(|path| std::fs::read_to_string(repository().join(path)).is_ok_and(|text| declared.is_match(&text)))
    }

    /// Where a line of code meets a condition, as `path:line: line`.
    pub fn lines_where(&self, condition: impl Fn(&str) -> bool) -> Vec<String> {
        let bad = self.code().filter(|(_, line)| condition(line));
        bad.map(|(number, line)| format!("{}:{number}: {}", self.path, line.trim())).collect()
    }

    /// Its module, from the crate's root: `engine` for `src-core/src/engine/cache.rs`; empty for `lib.rs`.
    pub fn module(&self) -> &str {
        let inside = self.path.split_once("/src/").map_or("", |(_, inside)| inside);
        let first = inside.split('/').next().unwrap_or_default();
        let first = first.strip_suffix(".rs").unwrap_or(first);
        if matches!(first, "lib" | "main") { "" } else { first }
    }
}

/// The files below a folder with one of these endings, sorted; build output and dependencies are not looked at.
pub fn files(folder: &str, endings: &[&str]) -> Vec<Source> {
    let mut found = Vec::new();
    collect(&repository().join(folder), endings, &mut found);
    found
}

/// Rust files of the core.
pub fn core() -> Vec<Source> {
    files("src-core/src", &[".rs"])
}

fn collect(folder: &Path, endings: &[&str], found: &mut Vec<Source>) {
    const NOT_OURS: &[&str] = &["target", "node_modules", "__pycache__", "dist", ".git", "gen"];
    for path in tree::children(folder) {
        let name = tree::name(&path);
        if path.is_dir() {
            if !NOT_OURS.contains(&name.as_str()) {
                collect(&path, endings, found);
            }
        } else if endings.iter().any(|ending| name.ends_with(ending)) {
            let Ok(text) = std::fs::read_to_string(&path) else { continue };
            let inside = path.strip_prefix(repository()).unwrap_or(&path);
            found.push(Source { path: inside.to_string_lossy().replace('\\', "/"), text });
        }
    }
}

/// A `//` inside a string, as in an address, does not begin a comment: there it follows a colon.
fn without_comment(line: &str) -> &str {
    let begins = line.match_indices("//").find(|(at, _)| !line[..*at].ends_with(':'));
    begins.map_or(line, |(at, _)| &line[..at])
}
