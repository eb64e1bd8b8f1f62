//! Rows in words: what is drawn of signs is said, or left out.

use packwright_core::catalogue::Layer;
use packwright_core::problem::listing;
use packwright_core::words;

/// Signs that only draw: hairlines, hills, bars, the caret.
const DRAWN: [char; 9] = ['─', '━', '░', '▙', '│', '┄', '▌', '▏', '›'];
/// Signs of the six layers.
const LAYER: [char; 4] = ['■', '▪', '□', '·'];

/// A row without its drawings.
pub fn line(row: &str) -> String {
    let said = without_glyphs(row).replace(DRAWN, "").replace('▲', "up ").replace('▼', "down ");
    let text = said.trim_start();
    let indent = said.len() - text.len();
    let mut spoken = " ".repeat(indent);
    let mut blanks = 0;
    for c in text.chars() {
        blanks = if c == ' ' { blanks + 1 } else { 0 };
        // Columns are for the eye.
        if blanks < 3 {
            spoken.push(c);
        }
    }
    spoken.truncate(spoken.trim_end().len());
    spoken
}

/// A row that can be chosen, with its number. A number that it shows itself is not said twice.
pub fn numbered(number: usize, line: &str) -> String {
    let line = line.trim_start();
    let rest = line.strip_prefix(&number.to_string()).filter(|rest| rest.starts_with(' ')).unwrap_or(line);
    format!("[{number}] {}", rest.trim_start())
}

/// Leaves out the six signs of what an artifact brings, or says them where nothing else does.
fn without_glyphs(row: &str) -> String {
    let chars: Vec<char> = row.chars().collect();
    let mut said = String::new();
    let mut at = 0;
    while at < chars.len() {
        let glyph = chars[at..].iter().take_while(|c| LAYER.contains(c)).count();
        if glyph == Layer::ALL.len() {
            if said.trim_end().ends_with("Brings") {
                let signs = chars[at..at + glyph].iter().zip(Layer::ALL);
                let brought: Vec<&str> =
                    signs.filter(|(sign, _)| matches!(sign, '■' | '▪')).map(|(_, layer)| words::layer(layer)).collect();
                said += &listing(&brought);
            }
            at += glyph;
        } else {
            said.push(chars[at]);
            at += 1;
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_drawn_is_said_or_left_out() {
        for (row, said) in [
            ("Facts ───────────", "Facts"),
            ("› pick a folder", " pick a folder"),
            ("1 ■□□□□□ wheel              ▲2", "1  wheel  up 2"),
            ("Start  145 ms   Brings  ■■□□□□", "Start  145 ms  Brings  your code and dependencies"),
            ("    a · b", "    a · b"),
            ("━━━━━━ 6/6 ✓", " 6/6 ✓"),
        ] {
            assert_eq!(line(row), said);
        }
    }

    #[test]
    fn a_number_is_said_once() {
        assert_eq!(numbered(1, "1 zipapp"), "[1] zipapp");
        assert_eq!(numbered(2, " Build "), "[2] Build ");
        assert_eq!(numbered(1, "10 wheels"), "[1] 10 wheels");
    }
}
