//! Whether anything was drawn in a window: the display keeps its screen in a file, as the X window dump is written.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::visit::Visit;
use crate::inspect::regular;

/// How long a window may stay of one colour before something is drawn in it.
pub(super) const PATIENCE: Duration = Duration::from_secs(4);
/// How long it is watched at least: what fails while it draws fails now.
const WATCHED: Duration = Duration::from_secs(1);
/// How often is looked.
const LOOK: Duration = Duration::from_millis(200);

/// Bytes of a pixel.
const PIXEL: usize = 4;

/// A window as the display knows it, in pixels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Window {
    pub title: String,
    pub x: usize,
    pub y: usize,
    pub width: usize,
    pub height: usize,
}

/// Where the display of a room keeps its screen, out of sight of what is tried.
pub(super) fn folder(visit: &Visit) -> PathBuf {
    visit.room.folder("tmp").1.with_file_name("screen")
}

/// Waits until something is drawn; `false` where nothing is. Where nobody can look it is taken for drawn.
pub(super) fn appears(visit: &Visit, window: &Window, is_over: &dyn Fn() -> bool) -> bool {
    let screen = folder(visit).join("Xvfb_screen0");
    let began = Instant::now();
    loop {
        let dump = regular::read(&screen, regular::LARGEST).ok();
        let drawn = dump.is_none_or(|dump| is_drawn(&dump, window));
        let waited = began.elapsed();
        if is_over() || (drawn && waited >= WATCHED) || waited >= PATIENCE {
            return drawn;
        }
        std::thread::sleep(LOOK);
    }
}

/// Whether a window has more than one colour. What is no dump of 32 bits a pixel is taken for drawn.
fn is_drawn(dump: &[u8], window: &Window) -> bool {
    let field = |index: usize| {
        let bytes = dump.get(index * 4..index * 4 + 4)?;
        usize::try_from(u32::from_be_bytes(bytes.try_into().ok()?)).ok()
    };
    // Of its header: sizes of header, picture, pixel and line, and how many colours of 12 bytes stand before the pixels.
    let (Some(header), Some(width), Some(height), Some(bits), Some(line), Some(colours)) =
        (field(0), field(4), field(5), field(11), field(12), field(19))
    else {
        return true;
    };
    if bits != PIXEL * 8 {
        return true;
    }
    let pixels = header.saturating_add(colours.saturating_mul(12));
    let (right, bottom) = (width.min(window.x + window.width), height.min(window.y + window.height));
    let mut first: Option<&[u8]> = None;
    for y in window.y..bottom {
        let start = pixels + y * line;
        let Some(row) = dump.get(start + window.x * PIXEL..start + right.max(window.x) * PIXEL) else { return true };
        for pixel in row.chunks_exact(PIXEL) {
            if *first.get_or_insert(pixel) != pixel {
                return true;
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A dump of 4 × 3 pixels, of which one is of another colour.
    fn dump(other: Option<(usize, usize)>) -> Vec<u8> {
        let mut fields = [0_u32; 25];
        (fields[0], fields[4], fields[5], fields[11], fields[12], fields[19]) = (100, 4, 3, 32, 16, 1);
        let mut bytes: Vec<u8> = fields.iter().flat_map(|field| field.to_be_bytes()).collect();
        bytes.extend([9; 12]);
        for y in 0..3 {
            for x in 0..4 {
                bytes.extend(if other == Some((x, y)) { [1; 4] } else { [7; 4] });
            }
        }
        bytes
    }

    #[test]
    fn a_window_of_one_colour_is_not_drawn_and_what_is_beside_it_does_not_count() {
        let window = Window { title: String::new(), x: 1, y: 1, width: 2, height: 2 };
        assert!(!is_drawn(&dump(None), &window));
        assert!(!is_drawn(&dump(Some((0, 0))), &window));
        assert!(is_drawn(&dump(Some((2, 2))), &window));
        assert!(!is_drawn(&dump(Some((3, 2))), &window));
        let wide = Window { width: 400, ..window.clone() };
        assert!(is_drawn(&dump(Some((3, 2))), &wide));
        assert!(is_drawn(b"no dump", &window), "nobody can look");
    }
}
