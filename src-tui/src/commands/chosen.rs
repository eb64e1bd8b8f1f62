//! Which technologies and which project the words of a command line mean.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use packwright_core::catalogue::glossary;
use packwright_core::engine::Settings;
use packwright_core::facts::{Vocabulary, nearest};
use packwright_core::problem::{Code, Problem, listing};
use packwright_core::session::Choice;
use packwright_core::technologies;

use super::making::{Making, SetOption};

/// Technologies, and the path of the project.
#[derive(Debug, PartialEq, Eq)]
pub struct Chosen {
    pub technologies: Vec<String>,
    pub path: PathBuf,
}

/// Tells technologies from the path: a word that is the id of a technology is one; anything else must come last and is
/// the path. `./docker` is a folder of that name.
pub fn split(words: &[PathBuf]) -> Result<Chosen, Problem> {
    let mut chosen = Chosen { technologies: Vec::new(), path: PathBuf::from(".") };
    for (index, word) in words.iter().enumerate() {
        let text = word.to_string_lossy();
        if is_technology(&text) {
            if !chosen.technologies.contains(&text.as_ref().to_owned()) {
                chosen.technologies.push(text.into_owned());
            }
        } else if index + 1 < words.len() {
            return Err(unknown_technology(&text).hint("The path of the project comes last"));
        } else {
            refuse_misspelt(word)?;
            chosen.path.clone_from(word);
        }
    }
    Ok(chosen)
}

/// A path that is not there and looks like a technology is a typing mistake.
fn refuse_misspelt(path: &Path) -> Result<(), Problem> {
    let text = path.to_string_lossy();
    if glossary::word(&text).is_some() && !path.exists() {
        return Err(unknown_technology(&text));
    }
    match nearest_technology(&text) {
        Some(near) if !path.exists() => {
            let message = format!("`{text}` is neither a technology nor a path; the nearest technology is `{near}`");
            Err(Problem::new(Code::Usage, message).hint_command("See them all", ["packwright", "list"]))
        }
        _ => Ok(()),
    }
}

/// The word as a technology.
pub fn technology(word: &str) -> Result<String, Problem> {
    if is_technology(word) { Ok(word.to_owned()) } else { Err(unknown_technology(word)) }
}

/// The words of a command with the path of the project, which the current folder does not need.
pub fn with_path<'a>(words: impl IntoIterator<Item = &'a str>, path: &Path) -> Vec<String> {
    let path = Some(path).filter(|path| *path != Path::new(".")).map(|path| path.display().to_string());
    words.into_iter().map(str::to_owned).chain(path).collect()
}

/// Refuses what is only advised. `path` is the project, for the command that shows its steps.
pub fn must_be_buildable(technology: &str, path: &Path) -> Result<(), Problem> {
    if technologies::is_buildable(technology) {
        return Ok(());
    }
    let message = format!("this version of Packwright advises `{technology}`, but does not build it");
    let problem = Problem::new(Code::AdvisedOnly, message).of(technology);
    Err(problem
        .hint_command("See the steps to take by hand", with_path(["packwright", "plan", technology], path))
        .hint_command("See what it builds", ["packwright", "list"]))
}

fn is_technology(id: &str) -> bool {
    Vocabulary::get().levels().any(|(_, list)| list.contains(&id))
}

fn nearest_technology(word: &str) -> Option<String> {
    // Names of technologies are short, so the shortest words are near many of them; and none holds a separator.
    (word.chars().count() > 2 && !word.contains(['/', '\\', '.']))
        .then(|| nearest(word, Vocabulary::get().levels().flat_map(|(_, list)| list)))?
}

/// The problem with a word that should be a technology.
pub fn unknown_technology(word: &str) -> Problem {
    if let Some(known) = glossary::word(word) {
        let ids: Vec<String> = known.see.iter().map(|id| format!("`{id}`")).collect();
        let message = match ids.as_slice() {
            [] => format!("`{word}` is no technology, but a word of Packwright's"),
            _ => format!("`{word}` is no technology, but leads to some: {}", listing(&ids)),
        };
        let problem = Problem::new(Code::Usage, message);
        return problem.hint_command("Read what it means", ["packwright", "explain", known.word.as_str()]);
    }
    let message = match (is_technology(word), nearest_technology(word)) {
        (true, _) => format!("the catalogue has no page about `{word}`"),
        (false, Some(near)) => format!("there is no technology `{word}`; the nearest known one is `{near}`"),
        (false, None) => format!("there is no technology `{word}`"),
    };
    Problem::new(Code::Usage, message).hint_command("See them all", ["packwright", "list"])
}

/// The problem with a word that is neither a technology nor one of those that lead to some.
pub fn unknown_word(word: &str) -> Problem {
    let ids = technologies::all().iter().map(|entry| entry.id.as_str());
    match nearest(word, ids.chain(glossary::spellings())) {
        Some(near) => {
            Problem::new(Code::Usage, format!("nothing is known of `{word}`; the nearest known word is `{near}`"))
                .hint_command("See all technologies", ["packwright", "list"])
        }
        None => unknown_technology(word),
    }
}

impl Making {
    /// What is asked of the session for one of these technologies.
    pub fn choice(&self, technology: &str, all: &[String]) -> Result<Choice, Problem> {
        self.check_options(all)?;
        Ok(self.choice_of(technology))
    }

    /// The same, whatever its options are.
    pub fn choice_of(&self, technology: &str) -> Choice {
        Choice {
            technology: technology.to_owned(),
            entry: self.entry.clone(),
            options: self.options_of(technology),
            target: self.target.clone(),
            extras: self.extras.clone(),
            groups: self.groups.clone(),
            typed: self.typed.clone(),
            scm_version: self.version_from_scm.clone(),
        }
    }

    /// How everything is done, with the rest as a plain build has it.
    pub fn settings(&self) -> Settings {
        Settings {
            trusted: self.trust,
            may_start: self.trust,
            locked: self.locked,
            offline: self.offline,
            require_sandbox: self.require_sandbox,
            ship_secrets: self.ship_secrets.clone(),
            ..Settings::usual()
        }
    }

    /// How technologies are built that may be recommended.
    pub fn like(&self) -> Vec<Choice> {
        let all = technologies::all().iter().filter(|entry| technologies::is_buildable(&entry.id));
        all.map(|entry| self.choice_of(&entry.id)).collect()
    }

    /// The options that reach a technology: those that name it, and those it has.
    fn options_of(&self, technology: &str) -> BTreeMap<String, String> {
        let reaches = |option: &&SetOption| match &option.technology {
            Some(named) => named == technology,
            None => has_option(technology, &option.name),
        };
        self.options.iter().filter(reaches).map(|option| (option.name.clone(), option.value.clone())).collect()
    }

    /// An option that none of the technologies has is a mistake.
    pub fn check_options(&self, all: &[String]) -> Result<(), Problem> {
        for option in &self.options {
            let reached: Vec<&String> =
                all.iter().filter(|id| option.technology.as_ref().is_none_or(|named| named == *id)).collect();
            if !reached.iter().any(|id| has_option(id, &option.name)) {
                return Err(no_such_option(option, all));
            }
        }
        Ok(())
    }
}

fn has_option(technology: &str, option: &str) -> bool {
    technologies::named(technology).is_some_and(|entry| entry.options.iter().any(|spec| spec.id == option))
}

fn no_such_option(option: &SetOption, all: &[String]) -> Problem {
    if let Some(named) = option.technology.as_ref().filter(|named| !all.contains(named)) {
        let message = format!("`--option {named}:{}` is for `{named}`, which is not being built", option.name);
        return Problem::new(Code::Usage, message);
    }
    let names: Vec<String> = all.iter().map(|id| format!("`{id}`")).collect();
    let verb = if names.len() == 1 { "has" } else { "have" };
    let known: Vec<String> = all
        .iter()
        .filter_map(|id| technologies::named(id))
        .flat_map(|entry| &entry.options)
        .map(|spec| format!("`{}`", spec.id))
        .collect();
    let message = format!("{} {verb} no option `{}`", listing(&names), option.name);
    let problem = Problem::new(Code::Usage, message);
    if known.is_empty() { problem } else { problem.hint(format!("There is {}", listing(&known))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Result<Chosen, Problem> {
        split(&words.iter().map(PathBuf::from).collect::<Vec<_>>())
    }

    #[test]
    fn ids_of_technologies_come_first_and_the_path_last() {
        let chosen = words(&["pex", "wheel", "pex", "/"]).unwrap();
        assert_eq!(chosen, Chosen { technologies: vec!["pex".into(), "wheel".into()], path: "/".into() });
        assert_eq!(words(&[]).unwrap().path, PathBuf::from("."));
        assert_eq!(words(&["docker"]).unwrap().technologies, ["docker"]);
        assert_eq!(words(&["./docker"]).unwrap().path, PathBuf::from("./docker"));
    }

    #[test]
    fn a_misspelt_technology_is_answered_with_the_nearest_one() {
        let problem = words(&["whel"]).unwrap_err();
        assert_eq!(problem.message, "`whel` is neither a technology nor a path; the nearest technology is `wheel`");
        let problem = words(&["zipap", "pex"]).unwrap_err();
        assert_eq!(problem.message, "there is no technology `zipap`; the nearest known one is `zipapp`");
        assert_eq!(problem.code.exit_code(), 2);
    }

    #[test]
    fn a_path_that_is_not_there_and_looks_like_nothing_else_stays_a_path() {
        assert_eq!(words(&["/no/such/project"]).unwrap().path, PathBuf::from("/no/such/project"));
    }
}
