//! `packwright advise`: which way to ship it, and why.

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args;
use packwright_core::facts::{Facts, FactsError, Source};
use packwright_core::problem::{Code, Problem};
use packwright_core::technologies;

use crate::arguments::path_or_here;
use crate::script::Script;
use crate::show;
use crate::terminal::Terminal;

/// Say which technology to ship with, and why
///
/// What the project shows is found by reading it; what it cannot show is answered with --set or --facts. Facts and
/// their tags are listed by `packwright advise --set help`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  packwright advise
  packwright advise examples/weather-cli --set audience=end-users --set os=linux,windows
  packwright advise --set windows:python-on-target=absent
  echo '{\"kind\": \"cli\", \"os\": [\"linux\"]}' | packwright advise --json --facts -")]
pub struct Advise {
    /// Folder of the project, or one script; the current folder unless said
    path: Option<PathBuf>,

    /// JSON object from fact to tags, `-` for standard input; no folder is read unless one is named
    #[arg(long, value_name = "FILE")]
    facts: Option<PathBuf>,

    /// What you know, as `[target:]fact=tag,…`; can be given several times
    #[arg(long = "set", value_name = "FACT=TAG,…")]
    sets: Vec<String>,
}

impl Advise {
    pub fn run(self, terminal: &Terminal) -> Result<u8, Problem> {
        if self.sets.iter().any(|set| set == "help") {
            terminal.print(&vocabulary());
            return Ok(0);
        }
        // What was typed is checked before anything is read.
        let mut answers = Facts::default();
        for set in &self.sets {
            answers.assign(set).map_err(|error| wrong_fact(&error))?;
        }
        let mut facts = Facts::default();
        if self.facts.is_none() || self.path.is_some() {
            let (_, inspection) = Script::open(&path_or_here(self.path.clone()))?;
            facts.overlay(&inspection.facts);
        }
        if let Some(file) = &self.facts {
            facts.overlay(&parse(&read(file)?, file)?);
        }
        facts.overlay(&answers);
        let advice = technologies::advise(&facts);
        if terminal.json {
            terminal.print_json(&advice);
        } else {
            terminal.print(&show::advice(terminal.style, &advice, &self.again(), self.path.as_deref()));
        }
        Ok(0)
    }

    /// The command as it was typed, to add an answer to.
    fn again(&self) -> String {
        let mut words = vec!["packwright".to_owned(), "advise".to_owned()];
        words.extend(self.path.iter().map(|path| path.display().to_string()));
        if let Some(file) = &self.facts {
            words.extend(["--facts".to_owned(), file.display().to_string()]);
        }
        words.extend(self.sets.iter().flat_map(|set| ["--set".to_owned(), set.clone()]));
        show::shell_line(&words)
    }
}

fn read(file: &Path) -> Result<String, Problem> {
    let from_input = file == Path::new("-");
    let text = if from_input {
        let mut text = String::new();
        std::io::stdin().lock().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(file)
    };
    let name = if from_input { "standard input".into() } else { format!("`{}`", file.display()) };
    text.map_err(|error| Problem::new(Code::Usage, format!("cannot read facts from {name}")).because(&error))
}

fn parse(text: &str, file: &Path) -> Result<Facts, Problem> {
    let name = if file == Path::new("-") { "standard input".into() } else { file.display().to_string() };
    let value = serde_json::from_str(text).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        Problem::new(Code::Usage, format!("the facts in `{name}` are not JSON: {place}")).because(&error).hint(
            "Write an object from fact to tags, for example {\"kind\": \"cli\", \"os\": [\"linux\", \"windows\"]}",
        )
    })?;
    Facts::from_json(&value, &Source::User).map_err(|error| wrong_fact(&error))
}

fn wrong_fact(error: &FactsError) -> Problem {
    Problem::new(Code::Usage, error.to_string())
        .hint_command("List the facts and their tags", ["packwright", "advise", "--set", "help"])
}

/// Every fact with its tags.
fn vocabulary() -> String {
    let mut table = show::Table::default();
    for fact in packwright_core::facts::Fact::all() {
        let tags: Vec<&str> = fact.tags().map(packwright_core::facts::Tag::id).collect();
        table.row([fact.id().into(), tags.join(", ").into()]);
    }
    table.render(show::Style { colour: false, width: 100 }, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_json_is_answered_with_its_line_and_column() {
        let problem = parse("{\n  \"os\": [\"linux\",,]\n}", Path::new("-")).unwrap_err();
        assert_eq!(problem.message, "the facts in `standard input` are not JSON: line 2, column 18");
        assert_eq!(problem.code.exit_code(), 2);
    }

    #[test]
    fn an_unknown_fact_is_answered_with_the_nearest_one() {
        let problem = parse("{\"audiance\": \"end-users\"}", Path::new("x.json")).unwrap_err();
        assert_eq!(problem.message, "there is no fact `audiance`; the nearest known one is `audience`");
        assert_eq!(problem.hints[0].command, ["packwright", "advise", "--set", "help"]);
    }

    #[test]
    fn facts_that_cannot_be_read_are_a_usage_problem() {
        assert_eq!(read(Path::new("/no/such/facts.json")).unwrap_err().code, Code::Usage);
    }

    #[test]
    fn the_vocabulary_lists_every_fact() {
        assert!(vocabulary().contains("audience"));
    }
}
