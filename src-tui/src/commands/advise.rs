//! `packwright advise`: which way to ship it, and why.

mod interview;
mod keep;
mod reply;

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::Args;
use packwright_core::facts::{Facts, FactsError, Sorting, Source};
use packwright_core::inspect::{Inspection, regular};
use packwright_core::problem::{Code, Problem, count};
use packwright_core::session::{Intent, View};
use packwright_core::technologies;
use packwright_core::words::{self, shell_line};

use self::interview::Ending;
use self::keep::{Decision, Kept};
use super::chosen::with_path;
use super::making::{Recorded, path_or_here};
use crate::prompt::Prompt;
use crate::script::Script;
use crate::show;
use crate::terminal::Terminal;

/// Say which technology to ship with, and why
///
/// What the project shows is found by reading it. On a terminal, what it cannot show is asked, one question at a time,
/// while an answer can change the first choice; who leaves questions open is asked twelve at most. Elsewhere it is answered
/// with --set or --facts. Facts and their tags are listed by `packwright advise --set help`.
#[derive(Debug, Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
#[command(after_help = "Examples:
  packwright advise
  packwright advise examples/weather-cli --no-interview
  packwright advise examples/weather-cli --set audience=end-users --set os=linux,windows
  packwright advise --set windows:python-on-target=absent --save
  echo '{\"kind\": \"cli\", \"os\": [\"linux\"]}' | packwright advise --json --facts -")]
pub struct Advise {
    /// Folder of the project, or one script; the current folder unless said
    path: Option<PathBuf>,

    /// JSON object from fact to tags, `-` for standard input; what holds for one system only is in an object of its own,
    /// as in {"targets": {"windows": {"limits": "small"}}}; no folder is read unless one is named
    #[arg(long, value_name = "FILE")]
    facts: Option<PathBuf>,

    /// What you know, as `[target:]fact=tag,…`; can be given several times
    #[arg(long = "set", value_name = "FACT=TAG,…")]
    sets: Vec<String>,

    /// Ask nothing, on a terminal too
    #[arg(long)]
    no_interview: bool,

    /// Ask again what is answered in the project's settings
    #[arg(long, conflicts_with = "no_interview")]
    ask_again: bool,

    /// Keep answers, and what --set says, in the project's settings without asking
    #[arg(long)]
    save: bool,

    #[command(flatten)]
    recorded: Recorded,

    /// Keep nothing, and do not ask whether to
    #[arg(long, conflicts_with = "save")]
    no_save: bool,
}

/// Most bytes of facts that are read.
const LARGEST: u64 = 1 << 20;

impl Advise {
    pub fn run(self, terminal: &Terminal) -> Result<u8, Problem> {
        if self.sets.iter().any(|set| set == "help") {
            terminal.print(&vocabulary());
            return Ok(0);
        }
        // What was typed is checked before anything is read.
        let mut said = Facts::default();
        for set in &self.sets {
            said.assign(set).map_err(|error| several_facts(set).unwrap_or_else(|| wrong_fact(&error)))?;
        }
        let (mut script, read) = self.open()?;
        self.learn(&mut script, &said)?;
        let prompt = self.asks(terminal).then(Prompt::open).transpose()?;
        if let Some(prompt) = &prompt
            && self.hold(&mut script, terminal, prompt)? == Ending::Left
        {
            return Ok(left(terminal));
        }
        let Some(advice) = script.view().advice.clone() else {
            return Err(Problem::new(Code::BuildFailed, "there is no advice"));
        };
        let code = match self.keep(&mut script, said, terminal, prompt.as_ref()) {
            Ok(Decision::Left) => return Ok(left(terminal)),
            Ok(_) => 0,
            Err(problem) if terminal.json => return Err(problem),
            // The advice is worth having all the same.
            Err(problem) => terminal.fail(&problem),
        };
        if terminal.json {
            terminal.print_json(&advice);
        } else {
            let again = prompt.is_none().then(|| self.again());
            let explanation = technologies::advisor().explain(&advice);
            let path = self.path.as_deref();
            terminal.print(&show::advice(terminal.style, &advice, &explanation, again.as_deref(), path));
            let named = read.as_ref().and_then(|read| show::named_indexes(terminal.style, &read.project));
            if let Some(text) = named {
                terminal.note(&text);
            }
        }
        Ok(code)
    }

    fn open(&self) -> Result<(Script, Option<Inspection>), Problem> {
        let file = self.recorded.file()?;
        if self.facts.is_some() && self.path.is_none() {
            if self.save || self.ask_again {
                let problem = Problem::new(Code::Usage, "`--facts` alone reads no project to keep answers with");
                return Err(problem.hint("Name the project's folder as well"));
            }
            return Ok((Script::start(file), None));
        }
        let (script, read) = Script::recorded(&path_or_here(self.path.clone()), Sorting::default(), file)?;
        Ok((script, Some(read)))
    }

    /// What a file says, and over that what was typed.
    fn learn(&self, script: &mut Script, said: &Facts) -> Result<(), Problem> {
        if self.ask_again {
            script.say(Intent::AskAgain)?;
        }
        let mut facts = match &self.facts {
            Some(file) => parse(&read(file)?, file)?,
            None => Facts::default(),
        };
        facts.overlay(said);
        script.say(Intent::Learn { facts })
    }

    /// Only somebody who sees the questions and can type is asked.
    fn asks(&self, terminal: &Terminal) -> bool {
        terminal.can_ask && Terminal::shows_answers() && self.facts.is_none() && !self.no_interview
    }

    fn hold(&self, script: &mut Script, terminal: &Terminal, prompt: &Prompt) -> Result<Ending, Problem> {
        let View { project, facts, .. } = script.view();
        if let Some(project) = project {
            terminal.note(&show::found(terminal.notes, project, facts));
        }
        let ending = interview::hold(script, terminal, prompt)?;
        if ending == Ending::Done {
            let View { facts, asking, .. } = script.view();
            let saved = interview::saved_in(facts).filter(|_| !self.ask_again);
            let why = if asking.given.is_empty() {
                "Nothing needs to be asked: no answer is likely to change the first choice".into()
            } else {
                words::no_question(technologies::is_decided(facts))
            };
            terminal.note(&show::done(terminal.notes, &why, saved, &self.ask_anew()));
        }
        Ok(ending)
    }

    fn keep(
        &self,
        script: &mut Script,
        said: Facts,
        terminal: &Terminal,
        prompt: Option<&Prompt>,
    ) -> Result<Decision, Problem> {
        if script.view().project.is_none() || self.no_save {
            return Ok(Decision::No);
        }
        let said = if self.save { said } else { Facts::default() };
        let asking = &script.view().asking;
        let mut answers = said.clone();
        answers.overlay(&asking.answers());
        let mut kept = Kept { answers, forgotten: asking.forgotten.clone() };
        if self.ask_again && kept.answers == Facts::default() {
            // Put aside, and nothing said in their place: they stay.
            kept.forgotten.clear();
        }
        let decision = match prompt {
            _ if kept.is_empty() => Decision::No,
            _ if self.save => Decision::Yes,
            Some(prompt) => kept.ask(terminal, prompt, script),
            None => Decision::No,
        };
        if decision == Decision::Yes {
            keep::write(said, terminal, script)?;
        }
        Ok(decision)
    }

    /// The command that asks again what is answered.
    fn ask_anew(&self) -> String {
        let path = self.path.as_deref().unwrap_or(Path::new("."));
        shell_line(&with_path(["packwright", "advise", "--ask-again"], path))
    }

    /// The command as it was typed, to add an answer to.
    fn again(&self) -> String {
        let mut words = vec!["packwright".to_owned(), "advise".to_owned()];
        words.extend(self.path.iter().map(|path| path.display().to_string()));
        if let Some(file) = &self.facts {
            words.extend(["--facts".to_owned(), file.display().to_string()]);
        }
        words.extend(self.sets.iter().flat_map(|set| ["--set".to_owned(), set.clone()]));
        shell_line(&words)
    }
}

/// Says that nothing happened, and gives the code for it.
fn left(terminal: &Terminal) -> u8 {
    terminal.note("Left; nothing was written\n");
    Code::Cancelled.exit_code()
}

fn read(file: &Path) -> Result<String, Problem> {
    let from_input = file == Path::new("-");
    let text = if from_input {
        let mut text = String::new();
        std::io::stdin().lock().take(LARGEST).read_to_string(&mut text).map(|_| text)
    } else {
        regular::read_text(file, LARGEST).map_err(io::Error::from)
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

/// The problem with several facts behind one `--set`, if that is what this is.
fn several_facts(set: &str) -> Option<Problem> {
    if set.matches('=').count() < 2 {
        return None;
    }
    let mut facts: Vec<String> = Vec::new();
    for part in set.split(',').map(str::trim) {
        match facts.last_mut() {
            Some(fact) if !part.contains('=') => fact.extend([",", part]),
            _ => facts.push(part.to_owned()),
        }
    }
    let words = facts.iter().flat_map(|fact| ["--set", fact.as_str()]);
    let command = ["packwright", "advise"].into_iter().chain(words);
    let problem =
        Problem::new(Code::Usage, format!("`--set {set}` holds {}, and takes one", count(facts.len(), "fact")));
    Some(problem.hint_command("Give each fact its own `--set`", command))
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
    fn several_facts_behind_one_set_are_told_apart() {
        let problem = several_facts("audience=operators,developers,os=windows").unwrap();
        assert_eq!(problem.message, "`--set audience=operators,developers,os=windows` holds 2 facts, and takes one");
        assert_eq!(problem.hints[0].command[2..], ["--set", "audience=operators,developers", "--set", "os=windows"]);
        assert!(several_facts("os=linus").is_none());
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
