//! The project's own settings: `[tool.packwright]`, or a file of their own. Untrusted input, so only known keys count.

use serde::Deserialize;

use super::document::Document;
use super::{pyproject, script_header};
use crate::facts::{Definition, Facts, Settings, Source, Trial, Tries, Vocabulary};
use crate::inspect::InspectError;
use crate::inspect::tree::{Tree, TreeFile};

/// The file that may hold them instead of `pyproject.toml`.
const PATH: &str = "packwright.toml";

/// The newest format that this program reads.
const NEWEST: u32 = 1;

/// Most attempts of a trial, most words of one and their longest, and its latest end in seconds.
const MOST_ATTEMPTS: usize = 10;
const MOST_WORDS: usize = 50;
const LONGEST_WORD: usize = 4_096;
const LATEST: usize = 300;

/// Settings, and the answers in them as facts.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Saved {
    /// What was read.
    pub(crate) settings: Settings,
    /// Its answers.
    pub(crate) facts: Facts,
    /// The file, from the project's root; empty where there are no settings.
    pub(crate) path: String,
}

/// Reads the settings of a project.
pub(crate) fn read(tree: &Tree, definition: &Definition) -> Result<Saved, InspectError> {
    if let Definition::Script(script) = definition {
        return of_script(tree, script);
    }
    let own = tree.read(PATH)?;
    // The name of the table is in every file that has it, under every spelling that TOML allows but an escaped one.
    let shared = tree.read(pyproject::PATH)?.filter(|text| text.contains("packwright"));
    let own = own.map(|text| find(PATH, &text, 1, &[])).transpose()?.flatten();
    let shared = shared.map(|text| find(pyproject::PATH, &text, 1, &["tool", "packwright"])).transpose()?.flatten();
    match (own, shared) {
        (Some(_), Some(_)) => {
            Err(invalid(PATH, "`[tool.packwright]` in `pyproject.toml` holds settings too; keep one of them"))
        }
        (Some(saved), None) | (None, Some(saved)) => Ok(saved),
        (None, None) => Ok(Saved::default()),
    }
}

/// Reads the settings of one script: in its header, or under its name in the file beside it.
fn of_script(tree: &Tree, script: &str) -> Result<Saved, InspectError> {
    let header = tree.read(script)?.map(|text| script_header::extract(script, &text)).transpose()?.flatten();
    let header = header.filter(|(toml, _)| toml.contains("packwright"));
    let saved = header.map(|(toml, first)| find(script, &toml, first, &["tool", "packwright"])).transpose()?;
    if let Some(saved) = saved.flatten() {
        return Ok(saved);
    }
    let beside = Tree { files: vec![TreeFile { path: PATH.into(), link: None }], ..tree.clone() };
    let is_there = tree.root.join(PATH).symlink_metadata().is_ok_and(|metadata| metadata.is_file());
    let text = if is_there { beside.read(PATH)? } else { None };
    let saved = text.map(|text| find(PATH, &text, 1, &["scripts", script])).transpose()?;
    Ok(saved.flatten().unwrap_or_default())
}

/// Reads the table at a path of keys, in a text that begins at a line of the file.
fn find(path: &str, text: &str, first: usize, keys: &[&str]) -> Result<Option<Saved>, InspectError> {
    let document = Document::parse_from(path, text, first)?;
    let Some(table) = document.root().find(keys) else { return Ok(None) };
    table.entries()?;
    let mut whole: toml::Table = text.parse().map_err(|error: toml::de::Error| invalid(path, error.message()))?;
    if path == PATH {
        refuse_newer(path, &whole)?;
    }
    if keys.is_empty() {
        // They are read with the scripts they belong to; without them, the file may hold nothing for the folder.
        whole.remove("scripts");
        if whole.keys().all(|key| key == "version") {
            return Ok(None);
        }
    }
    let value = keys.iter().try_fold(toml::Value::Table(whole), |value, key| value.get(key).cloned());
    let Some(value) = value else { return Ok(None) };
    value.as_table().map_or(Ok(()), |table| refuse_newer(path, table))?;
    let settings = Settings::deserialize(value)
        .map_err(|error| table.invalid(&format!("holds what settings do not have: {}", error.message())))?;
    let facts = answers(path, &settings)?;
    check_technologies(path, &settings)?;
    check_trial(path, settings.trial.as_ref())?;
    Ok(Some(Saved { settings, facts, path: path.to_owned() }))
}

/// Settings of a later version may mean anything.
fn refuse_newer(path: &str, table: &toml::Table) -> Result<(), InspectError> {
    match table.get("version").and_then(toml::Value::as_integer) {
        Some(version) if version > i64::from(NEWEST) => {
            let message = format!(
                "`version` is {version}, the format of a newer Packwright; this one reads settings up to version {NEWEST}"
            );
            Err(invalid(path, &message))
        }
        _ => Ok(()),
    }
}

fn answers(path: &str, settings: &Settings) -> Result<Facts, InspectError> {
    let json = serde_json::to_value(&settings.facts).map_err(|error| invalid(path, &error.to_string()))?;
    Facts::from_json(&json, &Source::Saved { path: path.into() })
        .map_err(|error| invalid(path, &format!("its answers in `facts`: {error}")))
}

fn check_technologies(path: &str, settings: &Settings) -> Result<(), InspectError> {
    let known: Vec<&str> = Vocabulary::get().levels().flat_map(|(_, technologies)| technologies).collect();
    let named =
        settings.build.iter().map(|name| ("build", name)).chain(settings.options.keys().map(|name| ("options", name)));
    for (key, name) in named {
        if !known.contains(&name.as_str()) {
            return Err(invalid(path, &format!("`{key}` names `{name}`, which is not a technology")));
        }
    }
    Ok(())
}

/// A trial that is hardly ever over is none: whoever builds the project waits for it.
fn check_trial(path: &str, trial: Option<&Tries>) -> Result<(), InspectError> {
    let most = |key: &str, count: usize, most: usize| {
        let message = format!("`try.{key}` is {count}, and up to {most} is taken");
        if count > most { Err(invalid(path, &message)) } else { Ok(()) }
    };
    let words = |key: &str, words: &[String]| {
        most(&format!("{key}: the number of words"), words.len(), MOST_WORDS)?;
        most(&format!("{key}: the length of a word"), words.iter().map(String::len).max().unwrap_or(0), LONGEST_WORD)
    };
    let deadline = |seconds: u64| most("deadline", usize::try_from(seconds).unwrap_or(usize::MAX), LATEST);
    match trial {
        Some(Tries::Typed(typed)) => {
            most("the number of commands", typed.len(), MOST_ATTEMPTS)?;
            words("command", typed)
        }
        Some(Tries::As(Trial::Arguments { attempts })) => {
            most("attempts: the number of attempts", attempts.len(), MOST_ATTEMPTS)?;
            attempts.iter().try_for_each(|attempt| words("attempts", attempt))
        }
        Some(Tries::As(Trial::Http { path, deadline: seconds, arguments, .. })) => {
            deadline(*seconds)?;
            words("path", std::slice::from_ref(path))?;
            words("arguments", arguments)
        }
        Some(Tries::As(Trial::Window { deadline: seconds })) => deadline(*seconds),
        Some(Tries::As(Trial::Import { modules })) => words("modules", modules),
        Some(Tries::As(Trial::None { .. })) | None => Ok(()),
    }
}

fn invalid(path: &str, message: &str) -> InspectError {
    InspectError::Invalid { path: path.into(), message: message.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::metadata::fixture;

    #[test]
    fn a_trial_that_is_hardly_ever_over_is_refused() {
        let error = |table: &str| {
            let text = format!("[try]\n{table}\n");
            saved(&[("packwright.toml", &text)]).unwrap_err().to_string()
        };
        let attempts = format!("by = 'arguments'\nattempts = [{}]", "['-h'],".repeat(3_000));
        assert_eq!(
            error(&attempts),
            "`packwright.toml` is not valid: `try.attempts: the number of attempts` is 3000, and up to 10 is taken"
        );
        assert!(error("by = 'window'\ndeadline = 9000000").ends_with("is 9000000, and up to 300 is taken"));
        let arguments =
            format!("by = 'http'\nport = 80\npath = '/'\ndeadline = 5\narguments = [{}]", "'a',".repeat(60));
        assert!(error(&arguments).ends_with("the number of words` is 60, and up to 50 is taken"));
        let modules = format!("by = 'import'\nmodules = ['{}']", "a".repeat(5_000));
        assert!(error(&modules).ends_with("the length of a word` is 5000, and up to 4096 is taken"));
    }

    fn saved(files: &[(&str, &str)]) -> Result<Saved, InspectError> {
        let (_folder, tree) = fixture::tree(files);
        read(&tree, &Definition::Pyproject(pyproject::PATH.into()))
    }

    #[test]
    fn answers_become_facts_of_the_project() {
        let text = "[tool.packwright]\nbuild = ['pex']\n[tool.packwright.facts]\naudience = 'end-users'\n\
                    targets.windows.python-on-target = ['absent']\n";
        let Saved { settings, facts, .. } = saved(&[("pyproject.toml", text)]).unwrap();
        assert_eq!(settings.build, ["pex"]);
        assert!(facts.has("audience", "end-users"));
        assert_eq!(facts.common().next().unwrap().1.source, Source::Saved { path: "pyproject.toml".into() });
        assert!(facts.for_target(crate::facts::Os::Windows).has("python-on-target", "absent"));
    }

    #[test]
    fn keys_that_could_command_something_are_refused_by_name() {
        for key in ["index", "command", "trust", "pre-build", "env"] {
            let error = saved(&[("packwright.toml", &format!("{key} = 'x'\n"))]).unwrap_err().to_string();
            assert!(error.contains(&format!("unknown field `{key}`")), "{error}");
        }
    }

    #[test]
    fn unknown_words_are_refused_by_name() {
        let error = |text: &str| saved(&[("packwright.toml", text)]).unwrap_err().to_string();
        assert!(
            error("facts.audiance = 'x'").ends_with("there is no fact `audiance`; the nearest known one is `audience`")
        );
        assert!(error("build = ['rm -rf']").ends_with("`build` names `rm -rf`, which is not a technology"));
        assert!(error("options.nothing.a = 'b'").ends_with("`options` names `nothing`, which is not a technology"));
    }

    #[test]
    fn settings_of_a_newer_version_say_so() {
        let error = saved(&[("packwright.toml", "version = 2\nsomething-new = 1\n")]).unwrap_err().to_string();
        assert_eq!(
            error,
            "`packwright.toml` is not valid: `version` is 2, the format of a newer Packwright; this one reads settings up to version 1"
        );
    }

    #[test]
    fn a_script_keeps_them_in_its_header() {
        let (_folder, tree) =
            fixture::tree(&[("a.py", "# /// script\n# [tool.packwright]\n# build = ['shiv']\n# ///\n")]);
        assert_eq!(read(&tree, &Definition::Script("a.py".into())).unwrap().settings.build, ["shiv"]);
    }

    #[test]
    fn what_is_kept_beside_a_script_is_its_own() {
        let text = "version = 1\n[scripts.'a.py']\nbuild = ['pex']\n";
        let (_folder, mut tree) = fixture::tree(&[("a.py", ""), ("b.py", ""), ("packwright.toml", text)]);
        assert_eq!(read(&tree, &Definition::Pyproject(pyproject::PATH.into())).unwrap(), Saved::default());
        tree.files.retain(|file| file.path.ends_with(".py"));
        assert_eq!(read(&tree, &Definition::Script("a.py".into())).unwrap().settings.build, ["pex"]);
        assert_eq!(read(&tree, &Definition::Script("b.py".into())).unwrap(), Saved::default());
    }

    #[test]
    fn settings_in_two_places_are_refused() {
        let files = [("packwright.toml", "build = []\n"), ("pyproject.toml", "[tool.packwright]\nbuild = []\n")];
        assert!(saved(&files).unwrap_err().to_string().ends_with("keep one of them"));
    }
}
