//! Which files of a loose program start it: data of the names people give them, and of the files that name them.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde::Deserialize;

use super::layout::stem;
use crate::embedded::data;
use crate::inspect::tree::Tree;

/// The data file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Words {
    usual: Vec<String>,
    aside: HashSet<String>,
    named_in: Vec<String>,
    readmes: Vec<String>,
    runners: HashSet<String>,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| data!("inspect/code/starts.toml"));

/// Where a file stands among those with the usual names; the number of names for any other.
pub(super) fn place(path: &str) -> usize {
    WORDS.usual.iter().position(|usual| *usual == stem(path).to_lowercase()).unwrap_or(WORDS.usual.len())
}

/// Whether a file has a name that programs usually start with.
pub(super) fn is_usual(path: &str) -> bool {
    place(path) < WORDS.usual.len()
}

/// Whether a file was put aside, as its name says: `old_main.py`, `main (1).py`.
pub(super) fn is_aside(path: &str) -> bool {
    let name = stem(path).to_lowercase();
    let mut words = name.split(|letter: char| !letter.is_alphanumeric());
    name.ends_with(')') || words.any(|word| WORDS.aside.contains(word))
}

/// Texts that say how the program is started: what runs it first, then what people read.
pub(super) fn sayings(tree: &Tree) -> Vec<Saying> {
    let read = |path: &str| tree.read(path).ok().flatten();
    let units = tree.files.iter().map(|file| &file.path).filter(|path| path.ends_with(".service"));
    let runs = WORDS.named_in.iter().chain(units).filter_map(|path| Some((read(path)?, true)));
    let told = WORDS.readmes.iter().filter_map(|path| Some((read(path)?, false)));
    runs.chain(told).map(|(text, runs)| Saying { text, runs }).collect()
}

/// A text that says how the program is started.
pub(super) struct Saying {
    text: String,
    /// Whether something is run by it; a README is for people.
    pub runs: bool,
}

impl Saying {
    /// Whether it starts this file by Python, or as a program.
    pub fn starts(&self, path: &str) -> bool {
        self.text.lines().any(|line| {
            let mut before = "";
            line.split(|letter: char| letter.is_whitespace() || "\"'`,=[]()".contains(letter)).any(|word| {
                let is_it = word.strip_suffix(path).is_some_and(|head| head.is_empty() || head.ends_with('/'));
                let program = before.rsplit('/').next().unwrap_or_default();
                let program = program.split_once('.').map_or(program, |(name, _)| name);
                let starts = word.starts_with("./") || word.starts_with('/') || WORDS.runners.contains(program);
                // Options stand between Python and the file.
                let is_option = word.starts_with('-') && !before.is_empty();
                before = if word.is_empty() || is_option { before } else { word };
                is_it && starts
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_was_put_aside() {
        for path in ["old_main.py", "main_backup.py", "game copy.py", "main (1).py", "scratch.py"] {
            assert!(is_aside(path), "{path}");
        }
        for path in ["main.py", "todo final2.py", "folder.py", "contest.py", "gold.py"] {
            assert!(!is_aside(path), "{path}");
        }
        assert!(is_usual("src/Main.py") && !is_usual("loader.py"));
    }

    #[test]
    fn a_file_is_named_where_something_starts_it() {
        let starts = |text: &str| Saying { text: text.into(), runs: true }.starts("tide.py");
        for text in [
            "web: python tide.py --all",
            "    $ python3.11 -u ./tide.py",
            "ExecStart=/usr/bin/python3 /opt/tide/tide.py",
            "CMD [\"python\", \"tide.py\"]",
            "./tide.py now",
            "uv run tide.py",
        ] {
            assert!(starts(text), "{text}");
        }
        for text in ["See tide.py for more", "python riptide.py", "python other.py  # not tide.py", "COPY tide.py ."] {
            assert!(!starts(text), "{text}");
        }
    }
}
