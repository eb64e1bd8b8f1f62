//! Signs for terminals that show ASCII only: every sign has one of the same width.

use ratatui::buffer::Buffer;

/// The ASCII sign for a sign of the interface; text of a project that is not ASCII can only be hinted at.
fn ascii(symbol: &str) -> Option<&'static str> {
    Some(match symbol {
        "■" => "#",
        "▪" | "╭" | "╮" | "╰" | "╯" | "┌" | "┐" | "└" | "┘" => "+",
        "□" | "┄" | "·" => ".",
        "░" => ":",
        "▙" => "\\",
        "✗" | "×" => "x",
        "○" => "o",
        "–" | "─" => "-",
        "│" | "▌" | "▏" => "|",
        "━" => "=",
        "▸" | "›" | "→" => ">",
        "…" => "~",
        "↑" | "▲" => "^",
        "↓" | "▼" | "✓" => "v",
        "←" => "<",
        "“" | "”" => "\"",
        "‘" | "’" => "'",
        ascii if ascii.is_ascii() => return None,
        _ => "?",
    })
}

/// Replaces every sign of a frame.
pub fn to_ascii(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        if let Some(sign) = ascii(cell.symbol()) {
            cell.set_symbol(sign);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    #[test]
    fn signs_become_ascii_and_keep_their_columns() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 16, 1));
        buffer.set_string(0, 0, "■□░▙ ✓ – é 京 a", Style::default());
        to_ascii(&mut buffer);
        let text: String = buffer.content.iter().map(ratatui::buffer::Cell::symbol).collect();
        assert_eq!(text.trim_end(), "#.:\\ v - ? ?  a");
    }
}
