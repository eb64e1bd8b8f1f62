//! An everyday word: what it means here, and where it leads.

use packwright_core::catalogue::glossary::Word;
use packwright_core::technologies;

use super::{Cell, Paint, Style, Table, wrapped};

/// What a word means, and the technologies it leads to.
pub fn word(style: Style, word: &Word) -> String {
    let also = if word.also.is_empty() { String::new() } else { format!("  also: {}", word.also.join(", ")) };
    let mut text = format!("{}{}\n\n", style.strong(&word.word), style.faint(&also));
    for line in wrapped(&word.text, style.width.saturating_sub(2)) {
        text.push_str(&format!("  {line}\n"));
    }
    let mut table = Table::default();
    for entry in word.see.iter().filter_map(|id| technologies::named(id)) {
        table.row([Cell::new(Paint::Strong, &entry.id), entry.summary.newcomer.as_str().into()]);
    }
    if !table.is_empty() {
        text.push_str(&format!("\n{}\n{}", style.strong("It leads to"), table.render(style, 2)));
    }
    let next = word.see.first().map_or_else(|| "packwright advise".to_owned(), |id| format!("packwright explain {id}"));
    format!("{text}\nNext: {}\n", style.strong(&next))
}
