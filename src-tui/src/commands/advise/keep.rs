//! Keeping answers with the project, once and only if that is wanted.

use std::path::Path;

use packwright_core::engine::answers;
use packwright_core::facts::{Fact, Facts, Os};
use packwright_core::problem::{Problem, count};

use crate::prompt::{Prompt, Reply};
use crate::script::Script;
use crate::show::{Sign, Style};
use crate::terminal::Terminal;

/// What would be kept, and what would be taken out.
#[derive(Debug)]
pub struct Kept {
    pub answers: Facts,
    pub forgotten: Vec<(Option<Os>, Fact)>,
}

/// What was decided about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    Yes,
    No,
    /// Whoever was asked has left.
    Left,
}

impl Kept {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.answers == Facts::default() && self.forgotten.is_empty()
    }

    /// Asks whether to write it, naming the file; says why not where that is impossible.
    pub fn ask(&self, terminal: &Terminal, prompt: &Prompt, script: &Script) -> Decision {
        let Some(project) = &script.view().project else { return Decision::No };
        let file = match answers::file(project) {
            Ok(file) => file,
            Err(error) => {
                terminal.fail(&Problem::from(error));
                return Decision::No;
            }
        };
        let mut question = format!("\n{} [Y/n] ", self.question(&terminal.notes.strong(&file)));
        loop {
            let Reply::Line(line) = prompt.ask(terminal, &question) else { return Decision::Left };
            match line.to_lowercase().as_str() {
                "" | "y" | "yes" => return Decision::Yes,
                "n" | "no" => return Decision::No,
                _ => question = "Type y for yes or n for no: ".into(),
            }
        }
    }

    fn question(&self, file: &str) -> String {
        let number =
            |facts: &Facts| facts.common().count() + facts.systems().map(|os| facts.own(os).count()).sum::<usize>();
        match (number(&self.answers), self.forgotten.len()) {
            (0, gone) => format!("Take {} out of {file}?", count(gone, "answer")),
            (1, 0) => format!("Keep this answer in {file}, so that it is not asked for again?"),
            (given, 0) => format!("Keep these {given} answers in {file}, so that they are not asked for again?"),
            (given, gone) => {
                format!("Keep {} in {file}, and take {} out of it?", count(given, "answer"), count(gone, "old one"))
            }
        }
    }
}

/// Writes what was answered, and what was said besides.
pub fn write(said: Facts, terminal: &Terminal, script: &mut Script) -> Result<(), Problem> {
    let path = script.keep(said)?;
    if !terminal.json {
        terminal.note(&written(terminal.notes, &path));
    }
    Ok(())
}

fn written(style: Style, path: &Path) -> String {
    format!("{} Written to {}\n\n", style.sign(Sign::Good), style.strong(&path.display().to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_question_says_what_would_change() {
        let fact = Fact::named("audience").unwrap();
        let kept = |assignments: &[&str], gone: usize| {
            let mut answers = Facts::default();
            for assignment in assignments {
                answers.assign(assignment).unwrap();
            }
            Kept { answers, forgotten: vec![(None, fact); gone] }.question("x.toml")
        };
        assert_eq!(kept(&["os=linux"], 0), "Keep this answer in x.toml, so that it is not asked for again?");
        assert!(kept(&["os=linux", "windows:limits=small"], 0).starts_with("Keep these 2 answers in x.toml"));
        assert_eq!(kept(&[], 1), "Take 1 answer out of x.toml?");
        assert_eq!(kept(&["os=linux"], 2), "Keep 1 answer in x.toml, and take 2 old ones out of it?");
    }
}
