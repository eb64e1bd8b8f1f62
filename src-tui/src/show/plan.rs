//! A plan before anything runs: steps in plain words, the exact commands beneath, what is downloaded, what is asked for.

use packwright_core::engine::Lacks;
use packwright_core::plan::{Consent, Plan, Step};
use packwright_core::problem::count;
use packwright_core::session::command_lines;
use packwright_core::words::{self, Sentence, quoted, sentence};

use unicode_width::UnicodeWidthStr;

use super::{Cell, Paint, Sign, Style, Table, problem, warning};

/// The whole plan, what it asks for, and what this machine lacks for it.
pub fn plan(style: Style, plan: &Plan, asked: &[Consent], lacks: Option<&Lacks>) -> String {
    let mut text = format!("{} in {}\n\n", style.strong(&plan.technology), count(plan.steps.len(), "step"));
    for (index, step) in plan.steps.iter().enumerate() {
        text.push_str(&show_step(style, index + 1, step));
    }
    for proof in &plan.proofs {
        text.push_str(&format!("\n{}\n  with {}\n", style.strong(&proof.title), proof.room));
    }
    if plan.proofs.is_empty() {
        text.push_str("\nThe artifact will not be tried.\n");
    }
    text.push_str(&consents(style, plan, asked));
    if let Some(lacks) = lacks {
        text.push('\n');
        text.extend(lacks.problem.iter().map(|missing| problem(&style, missing)));
        text.extend(lacks.untried.iter().map(|sentence| warning(style, sentence)));
    }
    text.push_str(&format!("\n{}\n", style.faint(&sentence(Sentence::SandboxPaths, &[]))));
    text
}

fn show_step(style: Style, number: usize, step: &Step) -> String {
    let mut text = format!("{number:>3}  {}\n", style.strong(&step.title));
    let commands = command_lines(step);
    if commands.is_empty() {
        text.push_str(&format!("     {}\n", style.faint(&sentence(Sentence::OwnWork, &[]))));
    }
    for command in commands {
        for (index, part) in broken(&command, style.width.saturating_sub(9).max(30)).iter().enumerate() {
            let indent = if index == 0 { "" } else { "  " };
            text.push_str(&format!("     {indent}{}\n", style.paint(Paint::Plain, part)));
        }
    }
    if let Some(reaches) = words::network(&step.action) {
        text.push_str(&format!("     {}\n", style.faint(&reaches)));
    }
    if step.runs_foreign_code() {
        let foreign = sentence(Sentence::ForeignCode, &[]);
        text.push_str(&format!("     {} {foreign}\n", style.sign(Sign::Warning)));
    }
    text
}

/// What must be agreed to, and what is downloaded in all.
fn consents(style: Style, plan: &Plan, asked: &[Consent]) -> String {
    let mut table = Table::default();
    for consent in asked {
        let how = match consent {
            Consent::RunProjectCode { because, .. } => format!("{}; allow it with --trust", words::because(because)),
            Consent::StartProgram { .. } => "; allow it with --trust, or leave it out with --no-verify".to_owned(),
            Consent::Download { .. } => continue,
        };
        let sentence = words::consent(consent).unwrap_or_default() + &how;
        table.row([Cell::new(Sign::Warning.paint(), Sign::Warning.text()), sentence.into()]);
    }
    if let Some(sentence) = words::downloads(plan.downloads(asked)) {
        table.row([Cell::new(Sign::Off.paint(), Sign::Off.text()), sentence.into()]);
    }
    if table.is_empty() { String::new() } else { format!("\n{}", table.render(style, 0)) }
}

/// A command as [`words::shell_line`] has it, on several lines: broken between arguments only, so that it can still be copied.
pub fn broken(arguments: &[String], width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for argument in arguments.iter().map(|argument| quoted(argument)) {
        match lines.last_mut() {
            Some(line) if line.is_empty() => *line = argument,
            Some(line) if line.width() + 1 + argument.width() <= width => *line = format!("{line} {argument}"),
            Some(line) => {
                line.push_str(" \\");
                lines.push(argument);
            }
            None => {}
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use packwright_core::plan::{Action, Command, Remote, ToolRef, Word};
    use packwright_core::problem::{Code, Problem};

    #[test]
    fn a_long_command_is_broken_between_arguments() {
        let arguments = ["uv", "--out-dir", "a b c", "d"].map(str::to_owned);
        assert_eq!(broken(&arguments, 14), ["uv --out-dir \\", "'a b c' d"]);
    }

    #[test]
    fn a_plan_shows_steps_commands_and_what_is_asked_for() {
        let mut shown = Plan::new("wheel");
        let command = Command::new(ToolRef::System { name: "uv".into() }, ["build"]).arg(Word::source(""));
        let because = vec!["`setup.py`".to_owned()];
        shown.add(Step::new("Build the wheel", Action::run_foreign(command, "evil\u{1b}[2J", because)));
        let file =
            |name: &str| Remote { name: name.into(), url: String::new(), sha256: name.into(), bytes: Some(600_000) };
        shown.add(Step::new("Fetch", Action::Fetch { files: vec![file("a"), file("b")] }));
        let text = plan(Style { colour: false, width: 80 }, &shown, &shown.consents(true, |_| true), None);
        assert!(text.starts_with("wheel in 2 steps\n\n  1  Build the wheel\n     uv build /pw/src\n"), "{text}");
        assert!(text.contains("!  building may run code of evil, because `setup.py`; allow it with --trust"), "{text}");
        assert!(text.contains("–  needs 2 files, 1.2 MB, downloaded"), "{text}");
        assert!(text.contains("done by Packwright itself\n     reaches the package index"), "{text}");
    }

    #[test]
    fn a_tool_that_is_missing_is_named_with_the_command_that_installs_it() {
        let missing = Problem::new(Code::ToolMissing, "`shiv` cannot be found here");
        let missing = missing.hint_command("Install `shiv`", ["apt", "install", "shiv"]);
        let lacks = Lacks { problem: Some(missing), untried: vec!["\"It opens\" will not be tried".into()] };
        let text = plan(Style { colour: false, width: 80 }, &Plan::new("shiv"), &[], Some(&lacks));
        assert!(text.contains("✗  `shiv` cannot be found here"), "{text}");
        assert!(text.contains("apt install shiv") && text.contains("!  \"It opens\" will not be tried"), "{text}");
    }
}
