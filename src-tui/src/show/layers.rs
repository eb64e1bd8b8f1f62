//! The layers between a program and the machine: which of them an artifact brings, and which it takes from its target.

use packwright_core::catalogue::Layer;
use packwright_core::catalogue::gradient::Share;
use packwright_core::words;

use super::{Paint, Style};

/// What the signs mean.
pub const LEGEND: &str = "■ comes along   □ must be on the target";

/// How a layer is drawn.
fn sign(share: Share) -> char {
    match share {
        Share::Brought => '■',
        Share::InPart => '▪',
        Share::Taken => '□',
        Share::Neither => '·',
    }
}

/// One sign for each layer.
pub fn glyph(brings: &[Layer], takes: &[Layer]) -> String {
    Share::of(brings, takes).into_iter().map(sign).collect()
}

/// The layers with their names, and what the signs mean.
pub fn pictured(style: Style, brings: &[Layer], takes: &[Layer]) -> String {
    let part = |(layer, share): (Layer, Share)| {
        let paint = if brings.contains(&layer) { Paint::Strong } else { Paint::Faint };
        style.paint(paint, &format!("{} {}", sign(share), words::layer(layer)))
    };
    let names: Vec<String> = Layer::ALL.into_iter().zip(Share::of(brings, takes)).map(part).collect();
    format!("{}\n{}\n", names.join("   "), style.faint(LEGEND))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_along_is_filled_and_what_is_taken_is_open() {
        let (brings, takes) = ([Layer::Code, Layer::Dependencies], [Layer::Python, Layer::Kernel]);
        assert_eq!(glyph(&brings, &takes), "■■□·□·");
        let style = Style { colour: false, width: 80 };
        let text = pictured(style, &brings, &takes);
        assert!(text.starts_with("■ your code   ■ dependencies   □ Python   · userspace"), "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    }
}
