//! The layers between a program and the machine: which of them an artifact brings, and which it takes from its target.

use packwright_core::catalogue::Layer;

use super::{Paint, Style};
use crate::words;

/// All of them, from the program down.
pub const LAYERS: [Layer; 6] =
    [Layer::Code, Layer::Dependencies, Layer::Python, Layer::Userspace, Layer::Kernel, Layer::Hardware];

/// What the signs mean.
pub const LEGEND: &str = "■ comes along   □ must be on the target";

/// How a layer is drawn: brought, taken, both (in part, or on install), or neither.
fn sign(layer: Layer, brings: &[Layer], takes: &[Layer]) -> char {
    match (brings.contains(&layer), takes.contains(&layer)) {
        (true, false) => '■',
        (true, true) => '▪',
        (false, true) => '□',
        (false, false) => '·',
    }
}

/// One sign for each layer.
pub fn glyph(brings: &[Layer], takes: &[Layer]) -> String {
    LAYERS.iter().map(|layer| sign(*layer, brings, takes)).collect()
}

/// The layers with their names, and what the signs mean.
pub fn pictured(style: Style, brings: &[Layer], takes: &[Layer]) -> String {
    let part = |layer: &Layer| {
        let paint = if brings.contains(layer) { Paint::Strong } else { Paint::Faint };
        style.paint(paint, &format!("{} {}", sign(*layer, brings, takes), words::layer(*layer)))
    };
    let names: Vec<String> = LAYERS.iter().map(part).collect();
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
