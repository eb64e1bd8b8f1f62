//! The story of a first choice: the way down the gradient, what would change it, and what was ruled out.

use packwright_core::advice::{Advice, Explanation};
use packwright_core::catalogue::Questionnaire;
use packwright_core::facts::Fact;

use super::{Cell, Paint, Sign, Style, Table};

/// Each rung down to the chosen one, with the reason why it was passed.
pub fn way_down(style: Style, explanation: &Explanation) -> String {
    let mut table = Table::default();
    for rung in &explanation.path {
        let (sign, paint) = if rung.chosen { (Sign::Good, Paint::Strong) } else { (Sign::Off, Paint::Plain) };
        table.row([Cell::new(sign.paint(), sign.text()), Cell::new(paint, &rung.title), rung.because.as_str().into()]);
    }
    titled(style, "The way down the gradient", &table)
}

/// Every answer that would put something else first.
pub fn what_if(style: Style, explanation: &Explanation) -> String {
    let mut table = Table::default();
    let mut last = None;
    for flip in &explanation.what_if {
        let leads = flip.technology.as_deref().unwrap_or("nothing fits");
        let asked = if last.replace(flip.fact) == Some(flip.fact) { "" } else { question(flip.fact) };
        if !asked.is_empty() {
            table.row([Cell::new(Paint::Faint, asked)]);
        }
        table.row([format!("  → {leads}").into(), flip.text.as_str().into()]);
    }
    titled(style, "What if it were otherwise", &table)
}

fn question(fact: Fact) -> &'static str {
    Questionnaire::get().of(fact).map_or(fact.id(), |question| question.ask.as_str())
}

/// What is out, one sentence for all that it took out.
pub fn ruled_out(style: Style, advice: &Advice) -> String {
    let mut table = Table::default();
    for out in advice.shown(0).out_together() {
        table.row([Cell::new(Paint::Faint, Sign::Off.text()), out.because.into()]);
        table.row(["".into(), Cell::new(Paint::Faint, out.technologies.join(", "))]);
    }
    let title =
        format!("Ruled out: {} of {}", advice.ruled_out.len(), advice.ruled_out.len() + advice.recommendations.len());
    titled(style, &title, &table)
}

fn titled(style: Style, title: &str, table: &Table) -> String {
    if table.is_empty() { String::new() } else { format!("\n{}\n{}", style.strong(title), table.render(style, 2)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use packwright_core::catalogue::level_of;
    use packwright_core::facts::Facts;
    use packwright_core::technologies;

    const STYLE: Style = Style { colour: false, width: 80 };

    fn told(assignments: &[&str]) -> (Advice, Explanation) {
        let mut facts = Facts::default();
        for assignment in assignments {
            facts.assign(assignment).unwrap();
        }
        (technologies::advise(&facts), technologies::advisor().explain(&facts))
    }

    #[test]
    fn the_way_down_ends_on_the_rung_of_the_first_choice() {
        let (advice, explanation) = told(&["kind=gui", "audience=end-users", "os=windows", "python-on-target=absent"]);
        let text = way_down(STYLE, &explanation);
        let best = &advice.best().unwrap().technology;
        let title = &level_of(best).unwrap().title;
        let last: Vec<&str> = text.lines().filter(|line| line.starts_with("  ✓")).collect();
        assert!(last.len() == 1 && last[0].contains(title.as_str()), "{text}");
    }

    #[test]
    fn each_reason_is_told_once_and_every_technology_is_named() {
        let (advice, _) = told(&["kind=library"]);
        let text = ruled_out(STYLE, &advice);
        let words: Vec<&str> = text.split([' ', ',', '\n']).collect();
        for out in &advice.ruled_out {
            assert!(words.contains(&out.technology.as_str()), "{} is missing:\n{text}", out.technology);
        }
        let sentences: Vec<&str> = text.lines().filter(|line| line.starts_with("  –")).collect();
        assert!(!sentences.is_empty() && sentences.len() < advice.ruled_out.len(), "{text}");
    }

    #[test]
    fn what_would_change_the_first_choice_is_told_under_its_question() {
        let (_, explanation) = told(&["kind=cli", "audience=developers", "python-on-target=matching", "os=linux"]);
        let text = what_if(STYLE, &explanation);
        assert!(text.contains("?\n    → "), "{text}");
        assert_eq!(what_if(STYLE, &Explanation::default()), "");
    }
}
