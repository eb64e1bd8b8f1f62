//! Answers kept in any file that is TOML: they are read back, and nothing else in the file changes.

use std::fs;

use packwright_core::engine::answers::{Keep, keep};
use packwright_core::facts::{Fact, Facts, Known, Os, Source, Tags};
use packwright_core::inspect;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

/// Tables of other tools, with whatever makes editing hard.
const OTHERS: &[&str] = &[
    "[tool.ruff]\nline-length = 100 # long\n",
    "# a comment between tables\n\n",
    "[[tool.mypy.overrides]]\nmodule = \"a.*\"\n[[tool.mypy.overrides]]\nmodule = 'b'\n",
    "[tool.trap]\ntext = \"\"\"\n[tool.packwright]\nversion = 7\n\"\"\"\n",
    "[tool.lists]\nlist = [\n  \"a\", # one\n  \"]\",\n]\n",
    "[tool.'q.r']\n\"odd key\" = { a = 1, b = [ { c = 2 } ] }\n",
    "[dependency-groups]\n\tdev = [ \"pytest\" ]   \n",
    "[tool.facts]\naudience = 'nobody'\nkind.x = 1979-05-27\n",
];

/// Every way to have settings already, or none.
const SETTINGS: &[&str] = &[
    "",
    "[tool.packwright]\n",
    "[tool.packwright] # empty\n",
    "[tool.packwright]\nbuild = ['pex'] # mine\n",
    "[tool.packwright.facts]\n# who\naudience = 'end-users' # those\n",
    "[tool.packwright.facts]\n",
    "[tool.packwright]\nversion = 1\nfacts = { os = ['linux'], audience = \"developers\" } # all\n",
    "[tool.packwright]\nfacts = {}\n",
    "[tool.packwright]\nfacts.os = 'linux'\nfacts.targets.windows.limits = [\n  'small', # very\n]\n",
    "[tool.packwright.facts.targets.windows]\nlimits = 'small'\n",
    "[tool.packwright.options.zipapp]\ncompress = 'true'\n",
    "[tool]\npackwright = { build = [], facts = { targets = { windows = { limits = 'small' } } } }\n",
    "[tool]\npackwright.facts.os = 'linux'\npackwright.build = []\n",
];

fn answer() -> impl Strategy<Value = (Option<Os>, Fact, Tags)> {
    let fact = select(Fact::all().collect::<Vec<_>>());
    let os = select(vec![None, None, Some(Os::Windows), Some(Os::Linux)]);
    (os, fact).prop_flat_map(|(os, fact)| {
        let tags: Vec<_> = fact.tags().collect();
        let some = subsequence(tags.clone(), 1..=tags.len().min(4));
        some.prop_map(move |tags| (os, fact, tags.into_iter().fold(Tags::default(), Tags::with)))
    })
}

/// A file: other tables with settings among them, line ends, and whether it ends with one.
fn file() -> impl Strategy<Value = String> {
    let others = subsequence(OTHERS, 0..=OTHERS.len()).prop_shuffle();
    (others, select(SETTINGS), 0..9usize, any::<bool>(), any::<bool>()).prop_map(
        |(others, settings, place, crlf, cut)| {
            let mut parts = vec!["[project]\nname = 'x'\nversion = '1' # first\n"];
            parts.extend(others);
            parts.insert(place.min(parts.len()), settings);
            let mut text = parts.join("\n");
            if cut {
                text.truncate(text.trim_end().len());
            }
            if crlf { text.replace('\n', "\r\n") } else { text }
        },
    )
}

/// Whether all of these come in this order.
fn in_order<'a>(wanted: impl Iterator<Item = &'a str>, text: &'a str) -> Result<(), String> {
    let mut lines = text.split_inclusive('\n');
    for line in wanted {
        // The last line may have had no end, and has one now.
        if !lines.any(|other| other == line || other.trim_end_matches(['\r', '\n']) == line) {
            return Err(format!("{line:?} is gone or moved"));
        }
    }
    Ok(())
}

/// Lines that hold no answer of their own: all of the other tables.
fn foreign(text: &str) -> Vec<&str> {
    let ours: Vec<&str> = SETTINGS.iter().flat_map(|settings| settings.lines()).collect();
    let is_ours = |line: &str| ours.contains(&line.trim_end_matches(['\r', '\n']));
    text.split_inclusive('\n').filter(|line| !line.trim().is_empty() && !is_ours(line)).collect()
}

fn comments(text: &str) -> Vec<String> {
    let mut found: Vec<String> =
        text.lines().filter_map(|line| line.split_once('#')).map(|(_, rest)| rest.trim().to_owned()).collect();
    found.sort();
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn answers_are_read_back_and_nothing_else_changes(
        text in file(),
        given in prop::collection::vec(answer(), 0..6),
        forget in prop::collection::vec(answer(), 0..4),
        build in select(vec![None, Some(Vec::new()), Some(vec!["zipapp".to_owned(), "pex".to_owned()])]),
    ) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("pyproject.toml");
        fs::write(&path, &text).expect("the file can be written");
        fs::write(folder.path().join("x.py"), "print()\n").expect("the file can be written");
        let before = inspect::read(folder.path()).expect("the project can be read");
        let mut facts = Facts::default();
        for (os, fact, tags) in &given {
            facts.set(*os, *fact, Known { tags: *tags, source: Source::User });
        }
        let forget: Vec<_> = forget.iter().map(|(os, fact, _)| (*os, *fact)).collect();
        let wish = Keep { facts: facts.clone(), forget: forget.clone(), build: build.clone(), ..Keep::default() };
        let written = keep(&before.project, &wish);
        prop_assert!(written.is_ok(), "{written:?}\n{text}");
        let after = fs::read_to_string(&path).expect("the file can be read");

        let read = inspect::read(folder.path()).map_err(|error| TestCaseError::fail(format!("{error}\n{after}")))?;
        let known = |facts: &Facts, os: Option<Os>, fact: Fact| match os {
            Some(os) => facts.own(os).find(|(other, _)| *other == fact).map(|(_, known)| known.clone()),
            None => facts.get(fact).cloned(),
        };
        for (os, fact, _) in &given {
            let (wanted, found) = (known(&facts, *os, *fact), known(&read.facts, *os, *fact));
            prop_assert_eq!(wanted.map(|known| known.tags), found.map(|known| known.tags), "{} in\n{}", fact, after);
        }
        for (os, fact) in forget.iter().filter(|(os, fact)| known(&facts, *os, *fact).is_none()) {
            let saved = known(&read.facts, *os, *fact).is_some_and(|known| matches!(known.source, Source::Saved { .. }));
            prop_assert!(!saved, "{fact} is still in\n{after}");
        }
        prop_assert_eq!(&read.project.settings.build, build.as_ref().unwrap_or(&before.project.settings.build));
        let kept = in_order(foreign(&text).into_iter(), &after);
        prop_assert!(kept.is_ok(), "{}\nbefore\n{}\nafter\n{}", kept.unwrap_err(), text, after);
        // A comment inside a list goes with the list when that is replaced.
        let inside = comments(&text).into_iter().filter(|comment| comment != "very");
        for comment in inside {
            prop_assert!(comments(&after).contains(&comment), "# {comment} is gone from\n{after}");
        }
        prop_assert!(!text.contains("\r\n") || after.lines().count() == after.matches("\r\n").count() + usize::from(!after.ends_with('\n')));

        keep(&read.project, &wish).expect("what was kept once can be kept again");
        prop_assert_eq!(fs::read_to_string(&path).expect("the file can be read"), after);
    }
}

#[test]
fn one_line_that_holds_every_tool_gets_the_answers_too() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("pyproject.toml");
    let text = "tool = { ruff = { a = 1 }, packwright = { facts = { os = 'linux' } } } # all\n[project]\nname = 'x'\nversion = '1'\n";
    fs::write(&path, text).expect("the file can be written");
    fs::write(folder.path().join("x.py"), "print()\n").expect("the file can be written");
    let mut facts = Facts::default();
    facts.assign("windows:limits=small").expect("words of the vocabulary");
    let project = inspect::read(folder.path()).expect("the project can be read").project;
    keep(&project, &Keep { facts, ..Keep::default() }).expect("it can be kept");
    let after = fs::read_to_string(&path).expect("the file can be read");
    let added = "{ os = 'linux', targets.windows.limits = [\"small\"] }, version = 1 }";
    assert_eq!(after, text.replace("{ os = 'linux' } }", added));
}
