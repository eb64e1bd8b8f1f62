//! Signs for terminals that show ASCII only: every sign has one of the same width.

use ratatui::buffer::Buffer;

/// The ASCII sign for a sign of the interface.
fn ascii(symbol: &str) -> Option<&'static str> {
    Some(match symbol {
        "■" => "#",
        "▪" | "╭" | "╮" | "╰" | "╯" | "┌" | "┐" | "└" | "┘" => "+",
        "□" | "┄" | "·" => ".",
        "░" => ":",
        "▙" => "\\",
        "✗" => "x",
        "○" => "o",
        "–" | "─" => "-",
        "│" | "▌" => "|",
        "━" => "=",
        "▸" | "›" | "→" => ">",
        "…" => "~",
        "↑" | "▲" => "^",
        "↓" | "▼" | "✓" => "v",
        "←" => "<",
        "“" | "”" => "\"",
        "’" => "'",
        _ => return None,
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
    fn signs_become_ascii_and_text_stays() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 12, 1));
        buffer.set_string(0, 0, "■□░▙ ✓ – é", Style::default());
        to_ascii(&mut buffer);
        let text: String = buffer.content.iter().map(ratatui::buffer::Cell::symbol).collect();
        assert_eq!(text.trim_end(), "#.:\\ v - é");
    }
}
