//! What is wrong with a command line, in a sentence.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use packwright_core::problem::{Code, Problem, listing};
use packwright_core::words;

/// The problem with what was typed; `None` for what is no mistake, such as asking for help.
pub fn problem(error: &clap::Error) -> Option<Problem> {
    let text = |kind| match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(texts) => texts.first().cloned(),
        _ => None,
    };
    let argument = text(ContextKind::InvalidArg).unwrap_or_default();
    let value = text(ContextKind::InvalidValue).unwrap_or_default();
    let command = command(error);
    let message = match error.kind() {
        ErrorKind::MissingRequiredArgument => format!("`{command}` lacks {}", listing(&missing(error))),
        ErrorKind::InvalidValue | ErrorKind::NoEquals | ErrorKind::TooFewValues if value.is_empty() => {
            let (option, name) = argument.split_once(' ').unwrap_or((&argument, ""));
            format!("`{option}` of `{command}` lacks {}", what(name))
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let option = argument.split(' ').next().unwrap_or_default();
            let why = std::error::Error::source(error).map(|source| format!(": {source}")).unwrap_or_default();
            format!("`{value}` cannot be the value of `{option}`{why}")
        }
        ErrorKind::UnknownArgument if argument.starts_with('-') => format!("`{command}` has no option `{argument}`"),
        ErrorKind::UnknownArgument => {
            format!("`{command}` takes nothing behind that: `{argument}` is one word too many")
        }
        ErrorKind::ArgumentConflict => {
            let other = text(ContextKind::PriorArg).unwrap_or_default();
            format!("`{argument}` cannot be used together with `{other}`")
        }
        _ => return None,
    };
    let problem = Problem::new(Code::Usage, message);
    let near = text(ContextKind::SuggestedArg).map(|near| format!("The nearest option is `{near}`"));
    let values = match error.get(ContextKind::ValidValue) {
        Some(ContextValue::Strings(values)) if !values.is_empty() => Some(format!("It can be {}", listing(values))),
        _ => None,
    };
    let problem = near.into_iter().chain(values).fold(problem, Problem::hint);
    Some(problem.hint_command("See what it takes", command.split(' ').chain(["--help"])))
}

/// The command that was typed, as far as it was understood.
fn command(error: &clap::Error) -> String {
    let usage = error.get(ContextKind::Usage).map(ToString::to_string).unwrap_or_default();
    let words = usage.split_whitespace().skip_while(|word| *word == "Usage:").skip(1);
    // Behind the commands stand options and names in brackets.
    let words = words.take_while(|word| word.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-'));
    std::iter::once("packwright").chain(words.filter(|word| !word.starts_with('-'))).collect::<Vec<_>>().join(" ")
}

/// What is missing, each in words.
fn missing(error: &clap::Error) -> Vec<String> {
    match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::Strings(names)) => names.iter().map(|name| what(name)).collect(),
        Some(ContextValue::String(name)) => vec![what(name)],
        _ => vec!["something".into()],
    }
}

/// What a name of the help stands for.
fn what(name: &str) -> String {
    let plain = name.trim_matches(|letter: char| matches!(letter, '<' | '>' | '[' | ']' | '.'));
    words::missing(plain).map_or_else(|| format!("its {}", plain.to_lowercase()), str::to_owned)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::arguments::Arguments;

    fn told(words: &[&str]) -> String {
        let words = std::iter::once("packwright").chain(words.iter().copied());
        let error = Arguments::command().try_get_matches_from(words).unwrap_err();
        problem(&error).map_or_else(|| "no problem".into(), |problem| problem.message)
    }

    #[test]
    fn what_is_missing_is_named_in_a_sentence() {
        assert_eq!(told(&["plan"]), "`packwright plan` lacks a technology, such as `wheel`");
        assert_eq!(told(&["explain"]), "`packwright explain` lacks a technology, such as `wheel`");
        assert_eq!(told(&["verify"]), "`packwright verify` lacks the file that was built, such as `tool.pyz`");
        assert!(
            told(&["advise", "--set"]).ends_with("lacks a fact and its tag, such as `kind=cli`"),
            "{}",
            told(&["advise", "--set"])
        );
    }

    #[test]
    fn what_is_too_much_or_unknown_is_named_too() {
        assert_eq!(told(&["build", "pex", "--taget", "x"]), "`packwright build` has no option `--taget`");
        assert_eq!(
            told(&["inspect", "a", "b"]),
            "`packwright inspect` takes nothing behind that: `b` is one word too many"
        );
        assert!(
            told(&["build", "pex", "--target", "os=linus"])
                .starts_with("`os=linus` cannot be the value of `--target`: ")
        );
        assert_eq!(told(&["--help"]), "no problem");
    }
}
