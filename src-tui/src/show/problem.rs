//! A problem: what happened, why, what to do, where to read on.

use packwright_core::problem::Problem;
use packwright_core::words::shell_line;

use super::{Cell, Paint, Sign, Style, Table, remedy};

/// The message, its causes, its remedies, and the log.
pub fn problem(style: &Style, problem: &Problem) -> String {
    let mut head = Table::default();
    // Most messages name the technology themselves.
    let message = match &problem.technology {
        Some(technology) if !problem.message.contains(technology.as_str()) => {
            format!("{technology}: {}", problem.message)
        }
        _ => problem.message.clone(),
    };
    head.row([Cell::new(Sign::Bad.paint(), Sign::Bad.text()), Cell::new(Paint::Strong, message)]);
    let mut rows = Table::default();
    for cause in &problem.causes {
        // A quoted log may have several lines; each keeps its own.
        for (index, line) in cause.lines().enumerate() {
            rows.row([if index == 0 { "because" } else { "" }.into(), line.into()]);
        }
    }
    hints(&mut rows, problem);
    if let Some(log) = &problem.log {
        rows.row(["log".into(), log.display().to_string().into()]);
    }
    head.render(*style, 0) + &rows.render(*style, 2)
}

/// Adds what helps.
pub fn hints(rows: &mut Table, problem: &Problem) {
    for hint in &problem.hints {
        rows.row(["do".into(), remedy::hint(hint).into()]);
        if !hint.command.is_empty() {
            rows.row(["".into(), Cell::new(Paint::Strong, shell_line(&hint.command))]);
        }
    }
}

/// Something to look at although nothing failed.
pub fn warning(style: Style, text: &str) -> String {
    let mut row = Table::default();
    row.row([Cell::new(Sign::Warning.paint(), Sign::Warning.text()), text.into()]);
    row.render(style, 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use packwright_core::problem::Code;

    #[test]
    fn a_failure_shows_the_line_the_cause_the_remedy_and_the_log() {
        let failed = Problem::new(Code::BuildFailed, "`Build the wheel` failed")
            .cause("error: no such file\n  at line 3")
            .hint_command("Add the file", ["touch", "a b"])
            .of("wheel")
            .logged("/tmp/x.log");
        let style = Style { colour: false, width: 80 };
        let text = "✗  `Build the wheel` failed\n  because  error: no such file\n           at line 3\n  do       Add the file\n           touch 'a b'\n  log      /tmp/x.log\n";
        assert_eq!(problem(&style, &failed), text);
    }

    #[test]
    fn a_message_that_does_not_name_its_technology_is_given_it() {
        let style = Style { colour: false, width: 80 };
        let failed = Problem::new(Code::BuildFailed, "it failed").of("pex");
        assert_eq!(problem(&style, &failed), "✗  pex: it failed\n");
    }
}
