//! What `plan` and `build` take alike, and the path that most commands take.

use std::fs::File;
use std::path::PathBuf;

use clap::Args;
use packwright_core::facts::{Sorting, Target};
use packwright_core::problem::{Code, Problem};

/// What `plan` and `build` share: which artifact, and what the work may touch.
#[derive(Debug, Clone, Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct Making {
    /// Entry point that the artifact starts, or any Python file of the project; the project's first unless said
    #[arg(long, value_name = "NAME")]
    pub entry: Option<String>,

    /// Option of a technology, as `name=value` or `technology:name=value`; see `packwright explain TECHNOLOGY`
    #[arg(long = "option", value_name = "NAME=VALUE", value_parser = parse_option)]
    pub options: Vec<SetOption>,

    /// What it is built for, as in os=linux,arch=arm64,python=3.12; what is left out is this machine's
    #[arg(long)]
    pub target: Option<Target>,

    /// Extra of the project that goes in; can be given several times
    #[arg(long = "extra", value_name = "NAME")]
    pub extras: Vec<String>,

    /// Dependency group that goes in; can be given several times
    #[arg(long = "group", value_name = "NAME")]
    pub groups: Vec<String>,

    /// Command that is tried besides, as people type it, for example `todo list`; can be given several times
    #[arg(long = "try", value_name = "COMMAND")]
    pub typed: Vec<String>,

    /// The version, where the project takes it from version control (setuptools-scm, hatch-vcs, pdm-backend…)
    #[arg(long, value_name = "VERSION")]
    pub version_from_scm: Option<String>,

    #[command(flatten)]
    pub sorted: Sorted,

    /// File that may be handed over although it holds a secret, by its path in the project or in the artifact; can be given several times
    #[arg(long = "ship-secret", value_name = "PATH")]
    pub ship_secrets: Vec<String>,

    /// Use only what the project's own lock names
    #[arg(long)]
    pub locked: bool,

    /// Use only what is on this machine
    #[arg(long)]
    pub offline: bool,

    /// Trust the project: its build code may run, and what is built may be started without a sandbox, to try it
    #[arg(long)]
    pub trust: bool,

    /// Refuse work that cannot be confined to a sandbox
    #[arg(long)]
    pub require_sandbox: bool,
}

/// What of the folder belongs to the project, besides what Packwright finds and the project's settings say.
#[derive(Debug, Clone, Default, Args)]
pub struct Sorted {
    /// Path or pattern that belongs to the project, whatever it is, such as `data.db`; can be given several times
    #[arg(long = "include", value_name = "PATH")]
    pub include: Vec<String>,

    /// Path or pattern that does not belong to the project, such as `drafts/`; can be given several times
    #[arg(long = "leave-out", value_name = "PATH")]
    pub leave_out: Vec<String>,
}

impl Sorted {
    /// What is said, in words of the core.
    pub fn sorting(&self) -> Sorting {
        Sorting { include: self.include.clone(), leave_out: self.leave_out.clone() }
    }
}

impl Making {
    /// What belongs to the project: a secret that may be shipped is part of it.
    pub fn sorting(&self) -> Sorting {
        let mut sorting = self.sorted.sorting();
        sorting.include.extend(self.ship_secrets.iter().cloned());
        sorting
    }
}

/// Where the session is written down.
#[derive(Debug, Clone, Default, Args)]
pub struct Recorded {
    /// Write the session to this file, one JSON object a line; `packwright replay` shows it again
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
}

impl Recorded {
    /// The file, made anew.
    pub fn file(&self) -> Result<Option<File>, Problem> {
        let made = self.record.as_ref().map(|path| {
            File::create(path).map_err(|error| {
                let message = format!("the session cannot be recorded in `{}`", path.display());
                Problem::new(Code::Output, message).because(&error).hint("Name a file in a folder that can be written")
            })
        });
        made.transpose()
    }
}

/// An option with its value, for one technology or for all that have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetOption {
    pub technology: Option<String>,
    pub name: String,
    pub value: String,
}

fn parse_option(text: &str) -> Result<SetOption, String> {
    let (left, value) =
        text.split_once('=').ok_or_else(|| format!("`{text}` is not of the form [technology:]name=value"))?;
    let (technology, name) = match left.split_once(':') {
        Some((technology, name)) => (Some(technology.trim().to_owned()), name.trim()),
        None => (None, left.trim()),
    };
    if name.is_empty() {
        return Err(format!("`{text}` names no option"));
    }
    Ok(SetOption { technology, name: name.to_owned(), value: value.to_owned() })
}

/// The folder or script of a command, which is the current folder unless said.
pub fn path_or_here(path: Option<PathBuf>) -> PathBuf {
    path.unwrap_or_else(|| PathBuf::from("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_is_read_with_or_without_its_technology() {
        let option = parse_option("pex:layout=loose=x").unwrap();
        assert_eq!(
            (option.technology.as_deref(), option.name.as_str(), option.value.as_str()),
            (Some("pex"), "layout", "loose=x")
        );
        assert_eq!(parse_option("compress=false").unwrap().technology, None);
        assert_eq!(parse_option("compress").unwrap_err(), "`compress` is not of the form [technology:]name=value");
        assert_eq!(parse_option("pex:=x").unwrap_err(), "`pex:=x` names no option");
    }
}
