//! The interview: what was found, one question, what its answers lead to, what can be typed.

use packwright_core::advice::{Advice, Ask};
use packwright_core::facts::{Facts, Os, Project};
use packwright_core::problem::listing;
use packwright_core::technologies;
use unicode_width::UnicodeWidthStr;

use super::{Cell, Paint, Style, Table, facts, wrapped};

/// Technologies that are named as the front-runners.
const IN_FRONT: usize = 3;
/// Columns that a choice takes beside its words: its number and the gaps.
const BESIDE: usize = 8;

/// What is known before the first question.
pub fn found(style: Style, project: &Project, known: &Facts) -> String {
    let version = project.static_version().map(|version| format!(" {version}")).unwrap_or_default();
    let name = style.strong(&format!("{}{version}", project.name));
    let read = style.faint("was read; none of its code was run");
    let wrong = style.faint("Is one of these wrong? Type it at any question, as in kind=service");
    format!("{name} {read}\n{}{wrong}\n", facts::table(known).render(style, 2))
}

/// Where a question stands in its interview.
#[derive(Debug)]
pub struct Place<'a> {
    /// Its number, from 1.
    pub number: usize,
    /// The systems it is asked for, where it is answered for others already.
    pub open: &'a [Os],
}

/// A question with its answers.
pub fn question(style: Style, advice: &Advice, ask: &Ask, place: &Place) -> String {
    let others = match ask.others {
        0 => "No other matters now".to_owned(),
        1 => "One other can still matter".into(),
        others => format!("{others} others can still matter"),
    };
    let mut text = String::from("\n");
    for line in [format!("Question {}. {others}.", place.number), in_front(advice)] {
        text.push_str(&format!("{}\n", style.faint(&line)));
    }
    text.push('\n');
    let systems = if place.open.is_empty() { String::new() } else { format!(" ({})", listing(place.open)) };
    for line in wrapped(&format!("{}{systems}", ask.question), style.width) {
        text.push_str(&format!("{}\n", style.strong(&line)));
    }
    for line in wrapped(&ask.why, style.width) {
        text.push_str(&format!("{}\n", style.faint(&line)));
    }
    let keys = if ask.several {
        "several as 1,3   0 don't know   u undo   w why   q advice now   h help"
    } else {
        "0 don't know   u undo   w why   q advice now   h help"
    };
    format!("{text}\n{}\n{}\n", choices(style, ask).render(style, 1), style.faint(keys))
}

/// The answers: with their consequence beside them where all of them fit on one line each, else beneath them.
fn choices(style: Style, ask: &Ask) -> Table {
    let widest = |text: fn(&packwright_core::advice::AskChoice) -> &str| {
        ask.choices.iter().map(|choice| text(choice).width()).max().unwrap_or_default()
    };
    let beside = widest(|choice| &choice.text) + widest(|choice| &choice.consequence) + BESIDE <= style.width;
    let mut table = Table::default();
    let mut add = |number: usize, text: &str, consequence: &str| {
        // Numbers of two digits line up with those of one.
        let number = Cell::new(Paint::Strong, format!("{number:>2}"));
        if beside {
            table.row([number, text.into(), Cell::new(Paint::Faint, consequence)]);
        } else {
            table.row([number, text.into()]);
            table.row(["".into(), Cell::new(Paint::Faint, consequence)]);
        }
    };
    for (choice, number) in ask.choices.iter().zip(1..) {
        add(number, &choice.text, &choice.consequence);
    }
    add(0, "I don't know", "Nothing is ruled out by that");
    table
}

/// What is first now, and what comes after it.
fn in_front(advice: &Advice) -> String {
    let names: Vec<&str> = advice.recommendations.iter().take(IN_FRONT).map(|one| one.technology.as_str()).collect();
    match names.split_first() {
        None => "Nothing fits so far".into(),
        Some((first, [])) => format!("In front: {first}"),
        Some((first, rest)) => format!("In front: {first}, then {}", rest.join(", ")),
    }
}

/// Why there is no question, or no further one. `saved` is the file with earlier answers, `again` the command to answer
/// anew.
pub fn done(style: Style, why: &str, saved: Option<&str>, again: &str) -> String {
    let mut text = format!("\n{why}\n");
    if let Some(file) = saved {
        let again = style.strong(again);
        text.push_str(&format!(
            "{} {again}\n",
            style.faint(&format!("Earlier answers are in {file}; to answer anew:"))
        ));
    }
    format!("{text}\n")
}

/// What each answer would put first.
pub fn leads_to(style: Style, advice: &Advice, ask: &Ask) -> String {
    let mut table = Table::default();
    let first = advice.best().map(|best| best.technology.as_str());
    for (choice, number) in ask.choices.iter().zip(1..) {
        let leads = match choice.leads_to.as_deref() {
            None => Cell::new(Paint::Warning, "nothing would fit"),
            Some(technology) if Some(technology) == first => {
                Cell::new(Paint::Faint, format!("{technology} stays first"))
            }
            Some(technology) => Cell::new(Paint::Strong, format!("{technology} would come first")),
        };
        table.row([format!("{number:>2}").into(), choice.text.as_str().into(), leads]);
    }
    let ahead =
        advice.best().and_then(|best| technologies::named(&best.technology)).map_or_else(String::new, |entry| {
            let lines = wrapped(&format!("{}: {}", entry.id, entry.summary.newcomer), style.width.saturating_sub(1));
            lines.iter().map(|line| format!(" {}\n", style.faint(line))).collect()
        });
    format!("{}{ahead}", table.render(style, 1))
}

/// Everything that can be typed.
pub fn keys(style: Style, ask: &Ask, systems: &[Os]) -> String {
    let mut table = Table::default();
    let last = ask.choices.len();
    let mut add = |keys: String, text: &str| table.row([Cell::new(Paint::Strong, keys), text.into()]);
    add(format!("1–{last}"), "the answer with that number; its word, as `--set` takes it, does as well");
    if ask.several {
        add("1,2".into(), "several answers, if more than one is true");
    }
    if let [.., last] = systems
        && systems.len() > 1
    {
        add(format!("{last}:1"), "an answer for one system; the others are asked for again");
    }
    add("kind=cli".into(), "a fact by its name, in place of what was found; `packwright advise --set help` lists them");
    add("0".into(), "you don't know: nothing is ruled out");
    add("u".into(), "take the last answer back");
    add("w".into(), "what each answer would lead to");
    add("q".into(), "no more questions: show the advice now");
    add("h  ?".into(), "this list");
    add("Ctrl-D".into(), "leave; nothing is written");
    table.render(style, 1)
}
