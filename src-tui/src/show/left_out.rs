//! What of the folder is no part of the project, or only because somebody said so.

use packwright_core::facts::{Doubt, Fate};
use packwright_core::words::{self, ToldDoubts};

use super::{Cell, Paint, Sign, Style, Table};

/// Everything, with its heading; nothing where there is nothing.
pub fn left_out(style: Style, doubts: &[Doubt]) -> String {
    section(style, &words::doubts(doubts))
}

/// What somebody should know of before a build.
pub fn left_out_in_short(style: Style, doubts: &[Doubt]) -> String {
    section(style, &words::weighty_doubts(doubts))
}

fn section(style: Style, all: &[ToldDoubts]) -> String {
    if all.is_empty() {
        return String::new();
    }
    let mut table = Table::default();
    for told in all {
        let sign = match told.fate {
            Fate::Asked => Cell::new(Sign::Warning.paint(), "?"),
            Fate::LeftOut => Cell::new(Paint::Faint, "-"),
            Fate::Taken | Fate::Tracked => Cell::new(Paint::Plain, "+"),
        };
        table.row([sign, told.paths.as_str().into(), Cell::new(Paint::Faint, told.because.as_str())]);
    }
    let asks = all.iter().any(|told| told.fate == Fate::Asked);
    let hint = if asks {
        "  `--include PATH` takes along, `--leave-out PATH` leaves out; `[tool.packwright]` keeps both"
    } else {
        ""
    };
    let end = if hint.is_empty() { "" } else { "\n" };
    format!("\n{}\n{}{}{end}", style.strong("Not part of it"), table.render(style, 2), style.faint(hint))
}

#[cfg(test)]
mod tests {
    use super::*;
    use packwright_core::facts::DoubtKind;

    #[test]
    fn what_is_left_out_is_told_with_the_way_to_take_it_along() {
        let all = [Doubt::left_out("app.db", DoubtKind::Database), Doubt::left_out(".env", DoubtKind::Credential)];
        let text = left_out(Style { colour: false, width: 120 }, &all);
        assert!(text.contains("? ") && text.contains("app.db") && text.contains("--include PATH"), "{text}");
        assert!(text.contains(".env") && text.contains("holds logins or keys: left out"), "{text}");
        assert_eq!(left_out(Style { colour: false, width: 120 }, &[]), "");
        assert!(!left_out(Style { colour: false, width: 120 }, &all[1..]).contains("--include"));
    }
}
