//! Colours: roles in, styles out. Meaning never hangs on colour, so every role also works without any.

use ratatui::style::{Color, Modifier, Style};

/// What a piece of text is, which decides how it looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Plain text.
    Text,
    /// Headings, names, current values.
    Strong,
    /// Captions, evidence, what is ruled out.
    Dim,
    /// Keys, the cursor, the first rank.
    Accent,
    /// The thing that is chosen or current.
    Chosen,
    /// Behind `✓`.
    Good,
    /// Behind `!`.
    Warn,
    /// Behind `✗`.
    Bad,
    /// Frames and hairlines.
    Rule,
    /// A layer taken from the target.
    Edge,
    /// A level of the gradient, from 1.
    Level(usize),
    /// What a search found.
    Found,
}

/// How many colours the terminal has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// None: bold and reversed only.
    None,
    /// The sixteen of ECMA-48 and its successors.
    Sixteen,
    /// The 256 of xterm.
    Indexed,
    /// 24 bits.
    True,
}

/// Light or dark, with so many colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    /// Whether the background is light.
    pub light: bool,
    /// How many colours there are.
    pub depth: Depth,
    /// Whether only ASCII can be shown.
    pub ascii: bool,
}

/// Dark and light value of each role, as the visual target gives them.
const LEVELS: [(u32, u32); 10] = [
    (0x0029_7a99, 0x003e_92b4),
    (0x002e_8a93, 0x0028_8d97),
    (0x004a_9789, 0x0027_8677),
    (0x0064_a37b, 0x0030_7e51),
    (0x008d_ab66, 0x0052_7022),
    (0x00b9_ac5f, 0x006a_5c00),
    (0x00dc_af66, 0x0077_4900),
    (0x00f6_b284, 0x007e_3100),
    (0x00ff_bcaf, 0x007c_1a10),
    (0x00ff_cdd9, 0x006f_0a37),
];

impl Theme {
    /// What the environment says: `NO_COLOR`, `COLORTERM`, `TERM`, `COLORFGBG`, the locale, and `PACKWRIGHT_THEME` over all.
    pub fn detect(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let term = set("TERM").unwrap_or_default();
        let truecolour = set("COLORTERM").is_some_and(|value| value.contains("truecolor") || value.contains("24bit"));
        let depth = match () {
            () if set("NO_COLOR").is_some() => Depth::None,
            () if truecolour || term.contains("direct") => Depth::True,
            () if term.contains("256color") => Depth::Indexed,
            () => Depth::Sixteen,
        };
        // `COLORFGBG` ends with the number of the background; 7 and 9 to 15 are light.
        let background = set("COLORFGBG").and_then(|value| value.rsplit(';').next()?.parse::<u8>().ok());
        let light = match set("PACKWRIGHT_THEME").as_deref() {
            Some("light") => true,
            Some("dark") => false,
            _ => background.is_some_and(|number| number == 7 || number > 8),
        };
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| set(name)).unwrap_or_default();
        let ascii = term == "linux" || matches!(locale.as_str(), "C" | "POSIX");
        Self { light, depth, ascii }
    }

    /// How text of this role looks.
    pub fn style(self, role: Role) -> Style {
        let style = Style::default();
        let style = match role {
            Role::Text | Role::Dim | Role::Rule | Role::Edge | Role::Level(_) => style,
            Role::Strong | Role::Accent | Role::Good | Role::Warn | Role::Bad => style.add_modifier(Modifier::BOLD),
            Role::Chosen => style.add_modifier(Modifier::BOLD | Modifier::REVERSED),
            Role::Found => style.add_modifier(Modifier::REVERSED),
        };
        match self.colour(role) {
            Some(colour) => style.fg(colour),
            None => style,
        }
    }

    fn colour(self, role: Role) -> Option<Color> {
        let (dark, light, sixteen) = match role {
            Role::Text | Role::Strong => return None,
            Role::Dim => (0x008f_9199, 0x006a_6c72, Color::DarkGray),
            Role::Accent | Role::Chosen => (0x009d_b9ff, 0x001f_50c0, Color::Blue),
            Role::Good => (0x007c_d39b, 0x001b_6b3a, Color::Green),
            Role::Warn | Role::Found => (0x00f0_b95c, 0x008a_5200, Color::Yellow),
            Role::Bad => (0x00ff_9a8f, 0x00a8_201a, Color::Red),
            Role::Rule => (0x004a_4d55, 0x00b4_b2ab, Color::DarkGray),
            Role::Edge => (0x0073_757d, 0x0085_868c, Color::DarkGray),
            Role::Level(number) => {
                let (dark, light) = LEVELS[number.clamp(1, LEVELS.len()) - 1];
                let sixteen = match number {
                    0..=3 => Color::Cyan,
                    4 | 5 => Color::Green,
                    6 | 7 => Color::Yellow,
                    8 | 9 => Color::Red,
                    _ => Color::Magenta,
                };
                (dark, light, sixteen)
            }
        };
        let value = if self.light { light } else { dark };
        match self.depth {
            Depth::None => None,
            Depth::Sixteen => Some(sixteen),
            Depth::Indexed => Some(Color::Indexed(indexed(value))),
            Depth::True => Some(Color::from_u32(value)),
        }
    }
}

/// The nearest entry of xterm's colour cube.
fn indexed(value: u32) -> u8 {
    let step = |shift: u32| -> u8 {
        match (value >> shift) & 0xff {
            0..=47 => 0,
            48..=114 => 1,
            115..=154 => 2,
            155..=194 => 3,
            195..=234 => 4,
            _ => 5,
        }
    };
    16 + 36 * step(16) + 6 * step(8) + step(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn theme(pairs: &[(&str, &str)]) -> Theme {
        Theme::detect(|name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn the_environment_decides_colours_and_signs() {
        assert_eq!(theme(&[("NO_COLOR", "1"), ("COLORTERM", "truecolor")]).depth, Depth::None);
        assert_eq!(theme(&[("COLORTERM", "truecolor")]).depth, Depth::True);
        assert_eq!(theme(&[("TERM", "xterm-256color")]).depth, Depth::Indexed);
        assert_eq!(theme(&[("TERM", "linux")]), Theme { light: false, depth: Depth::Sixteen, ascii: true });
        assert!(theme(&[("COLORFGBG", "0;15")]).light && !theme(&[("COLORFGBG", "15;0")]).light);
        assert!(!theme(&[("COLORFGBG", "0;15"), ("PACKWRIGHT_THEME", "dark")]).light);
    }

    #[test]
    fn without_colours_bold_and_reversed_remain() {
        let plain = Theme { light: false, depth: Depth::None, ascii: false };
        assert_eq!(plain.style(Role::Chosen), Style::default().add_modifier(Modifier::BOLD | Modifier::REVERSED));
        assert_eq!(plain.style(Role::Level(3)), Style::default());
    }

    #[test]
    fn colours_are_rounded_to_the_cube_of_256() {
        assert_eq!((indexed(0), indexed(0x00ff_ffff), indexed(0x00ff_0000)), (16, 231, 196));
    }
}
