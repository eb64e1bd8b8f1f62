//! Steps that a person takes where Packwright does not build yet.

use packwright_core::catalogue::{ByHand, Instructions, PLACEHOLDERS};
use packwright_core::words::shell_line;

use super::plan::broken;
use super::{Cell, Paint, Style, Table, wrapped};

/// The steps for one project, and what has to be put in by hand.
pub fn instructions(style: Style, technology: &str, instructions: &Instructions) -> String {
    let mut text = format!("{} by hand\n\n", style.strong(technology));
    let first = format!(
        "This version of Packwright advises `{technology}`, but does not build it. These are the steps to take yourself."
    );
    for line in wrapped(&first, style.width) {
        text.push_str(&format!("{line}\n"));
    }
    for note in needs(instructions) {
        text.push('\n');
        for line in wrapped(note, style.width) {
            text.push_str(&format!("{line}\n"));
        }
    }
    text.push('\n');
    text.push_str(&steps(style, &instructions.steps));
    if !instructions.unknown.is_empty() {
        text.push('\n');
    }
    for unknown in &instructions.unknown {
        let meaning = PLACEHOLDERS.iter().find(|(name, _)| name == unknown).map_or("", |(_, meaning)| meaning);
        text.push_str(&format!("The project does not say what `{{{unknown}}}` is: {meaning}\n"));
    }
    text
}

/// What the steps take for granted and the project does not have.
fn needs(instructions: &Instructions) -> impl Iterator<Item = &'static str> {
    let build_system = "These steps install the project with pip, which needs a `pyproject.toml` with the tables \
                        `[build-system]` and `[project]`.";
    let command = "These steps start a command that comes with the project, which needs a line in `[project.scripts]`.";
    [(instructions.lacks_build_system, build_system), (instructions.lacks_command, command)]
        .into_iter()
        .filter_map(|(lacks, note)| lacks.then_some(note))
}

/// The steps in short, for those who have no project at hand: what is done, with its command.
pub fn outline(style: Style, steps: &[ByHand]) -> String {
    let mut table = Table::default();
    for (index, step) in steps.iter().enumerate() {
        table.row([Cell::new(Paint::Faint, (index + 1).to_string()), step.title.as_str().into()]);
        if !step.folder.is_empty() {
            table.row(["".into(), Cell::new(Paint::Faint, format!("in the folder {}:", step.folder))]);
        }
        if !step.command.is_empty() {
            table.row(["".into(), Cell::new(Paint::Strong, shell_line(&step.command))]);
        }
    }
    if table.is_empty() { String::new() } else { format!("\n{}\n{}", style.strong("By hand"), table.render(style, 2)) }
}

/// Numbered steps, each with its command or file and its source.
pub fn steps(style: Style, steps: &[ByHand]) -> String {
    let mut text = String::new();
    for (index, step) in steps.iter().enumerate() {
        text.push_str(&format!("{:>3}  {}\n", index + 1, style.strong(&step.title)));
        if !step.folder.is_empty() {
            text.push_str(&format!("     {}\n", style.faint(&format!("in the folder {}:", step.folder))));
        }
        for (index, part) in broken(&step.command, style.width.saturating_sub(9).max(30)).iter().enumerate() {
            let indent = if index == 0 { "" } else { "  " };
            if !part.is_empty() {
                text.push_str(&format!("     {indent}{}\n", style.paint(Paint::Plain, part)));
            }
        }
        if !step.file.is_empty() {
            text.push_str(&format!("     {}\n", style.faint(&format!("{}:", step.file))));
        }
        for line in step.text.lines() {
            text.push_str(format!("       {}", style.paint(Paint::Plain, line)).trim_end());
            text.push('\n');
        }
        text.push_str(&format!("     {}\n", style.faint(&step.source)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_shows_its_command_or_its_file_and_where_it_is_known_from() {
        let step = |title: &str| ByHand {
            title: title.into(),
            command: Vec::new(),
            file: String::new(),
            text: String::new(),
            folder: String::new(),
            source: "https://a.example".into(),
        };
        let shown = Instructions {
            steps: vec![
                ByHand { file: "a.txt".into(), text: "one\n\ntwo\u{1b}[2J\n".into(), ..step("Write it") },
                ByHand {
                    folder: "web".into(),
                    command: vec!["tool".into(), "a b".into(), "{version}".into()],
                    ..step("Run it")
                },
            ],
            lacks_build_system: true,
            lacks_command: true,
            unknown: vec!["version".into()],
        };
        let text = instructions(Style { colour: false, width: 80 }, "deb", &shown);
        assert!(
            text.starts_with("deb by hand\n\nThis version of Packwright advises `deb`, but does not build it."),
            "{text}"
        );
        assert!(text.contains("  1  Write it\n     a.txt:\n       one\n\n       two"), "{text}");
        assert!(!text.contains('\u{1b}'), "{text}");
        let short = outline(Style { colour: false, width: 80 }, &shown.steps);
        assert!(short.contains("1  Write it\n") && short.contains("in the folder web:\n"), "{short}");
        assert!(short.contains("tool 'a b' '{version}'"), "{short}");
        assert!(
            text.contains(
                "  2  Run it\n     in the folder web:\n     tool 'a b' '{version}'\n     https://a.example\n"
            ),
            "{text}"
        );
        let notes = "\nThe project does not say what `{version}` is: its version\n";
        assert!(text.ends_with(notes), "{text}");
        let place = |words: &str| text.find(words).unwrap_or_else(|| panic!("`{words}` is not in {text}"));
        assert!(
            place("`[build-system]`") < place("`[project.scripts]`")
                && place("`[project.scripts]`") < place("Write it")
        );
    }
}
