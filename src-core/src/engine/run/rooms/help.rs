//! Asks a program for its help, and every command that the help names for its own.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use regex::Regex;

use super::visit::Starting;
use super::{Found, last_line};
use crate::engine::run::step::StepError;
use crate::engine::tools::log::Log;
use crate::engine::tools::process::{ProcessError, Spawn};
use crate::problem::listing;

/// How many commands are asked at most, and how long all of them may take together.
const MOST: usize = 12;
const TOGETHER: Duration = Duration::from_secs(40);

/// How long one may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// How many lines of a help are read.
const LINES: u64 = 2_000;

/// A heading behind which commands are listed, as Click, Typer, Cyclopts and people write it.
static HEADING: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)^[╭─┌\s]*(?:sub-?)?commands?:?(?:\s*[─╮┐]*)?$").expect("a test reads it"));

/// A listed command with what it does, perhaps in a frame.
static LISTED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:[│|] ?| {2,4})([a-z0-9][\w.-]*)(?:,? +\S.*|\s*[│|])?$").expect("a test reads it")
});

/// The choices of argparse, on a line of their own.
static CHOICES: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\s+\{([\w.,-]+)\}(?:\s|$)").expect("a test reads it"));

/// Asks. A command whose help ends in a traceback is broken; one that has no help is left alone.
pub(super) fn ask(starting: &Starting) -> Result<Found, StepError> {
    let until = Instant::now() + TOGETHER;
    let Some((_, help)) = run(starting, &["--help".to_owned()])? else { return Ok(Found::answered("it has no help")) };
    let lines: Vec<String> = help.range(0, LINES).unwrap_or_default().into_iter().map(|line| line.text).collect();
    let commands = commands_in(&lines);
    let mut asked = Vec::new();
    for command in commands.iter().take(MOST) {
        if Instant::now() > until {
            break;
        }
        let Some((exit, log)) = run(starting, &[command.clone(), "--help".to_owned()])? else { continue };
        let is_broken = log.tail(400).contains("Traceback (most recent call last)");
        if is_broken && exit != Some(0) {
            return Ok(Found::Not {
                because: format!("`{command} --help` ends with {}", last_line(&log)),
                log: Some(log),
            });
        }
        if exit == Some(0) {
            asked.push(format!("`{command}`"));
        }
    }
    Ok(Found::tried(if asked.is_empty() {
        "asked for `--help`".to_owned()
    } else {
        let left = commands.len().saturating_sub(MOST);
        let left = if left > 0 { format!(" (and not {left} more)") } else { String::new() };
        format!("asked {} for `--help`{left}", listing(&asked))
    }))
}

/// Runs it with these arguments; nothing where that takes too long.
fn run(starting: &Starting, arguments: &[String]) -> Result<Option<(Option<i32>, Log)>, StepError> {
    let spawn = Spawn { timeout: PATIENCE, ..starting.visit.spawn(starting.subject, arguments)? };
    match starting.run(&spawn) {
        Err(StepError::Process(ProcessError::TimedOut { .. })) => Ok(None),
        other => other.map(Some),
    }
}

/// The commands that a help names, each once, in their order.
fn commands_in(help: &[String]) -> Vec<String> {
    let (mut found, mut listed): (Vec<String>, bool) = (Vec::new(), false);
    for line in help {
        let line = line.trim_end();
        if let Some(choices) = CHOICES.captures(line) {
            found.extend(choices[1].split(',').map(str::to_owned));
        } else if HEADING.is_match(line) {
            listed = true;
        } else if !line.starts_with([' ', '│', '|']) && !line.is_empty() {
            listed = false;
        } else if let Some(command) = LISTED.captures(line).filter(|_| listed) {
            found.push(command[1].to_owned());
        }
    }
    let mut seen = Vec::new();
    found.retain(|name| {
        !name.is_empty() && !seen.contains(name) && {
            seen.push(name.clone());
            true
        }
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commands(help: &str) -> Vec<String> {
        commands_in(&help.lines().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn commands_are_found_in_the_help_of_argparse_click_and_typer() {
        let argparse = "usage: todo [-h] {add,list} ...\n\npositional arguments:\n  {add,list}\n    add       Add one\n\n\
                        options:\n  -h, --help  show this\n  --colour {red,blue}\n";
        assert_eq!(commands(argparse), ["add", "list"]);
        let click = "Usage: todo [OPTIONS] COMMAND [ARGS]...\n\n  Keeps a list.\n\nOptions:\n  --help  Show this.\n\n\
                     Commands:\n  add   Add one to\n        the list.\n  list-all\n\nMore:\n  nothing  here\n";
        assert_eq!(commands(click), ["add", "list-all"]);
        let typer = "╭─ Options ───╮\n│ --help      │\n╰─────────────╯\n╭─ Commands ──╮\n│ add   Adds  │\n│ drop        │\n╰─────────────╯\n";
        assert_eq!(commands(typer), ["add", "drop"]);
    }

    #[test]
    fn a_help_without_commands_names_none() {
        assert_eq!(commands("usage: x [-h] FILE\n\noptions:\n  -h, --help  show this\n"), [""; 0]);
        assert_eq!(commands(""), [""; 0]);
    }
}
