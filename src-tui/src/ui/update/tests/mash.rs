//! Whatever random hands can do: keys, clicks, pastes, sizes, lines. Never a panic, always a frame.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use packwright_core::engine::log::{Line, Stream};
use packwright_core::event::BuildId;
use packwright_core::session::Intent;

use super::{BROKEN, THREE_WAYS, advise, after, frame, update};
use crate::ui::message::{Effect, Message};
use packwright_core::session::logs::{Origin, Piece};

/// Random numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

fn random(dice: &mut Dice) -> Message {
    const KEYS: [KeyCode; 14] = [
        KeyCode::Enter,
        KeyCode::Esc,
        KeyCode::Tab,
        KeyCode::Up,
        KeyCode::Down,
        KeyCode::Left,
        KeyCode::Right,
        KeyCode::PageUp,
        KeyCode::PageDown,
        KeyCode::Home,
        KeyCode::End,
        KeyCode::Backspace,
        KeyCode::Delete,
        KeyCode::F(1),
    ];
    let small = |dice: &mut Dice, most| u16::try_from(dice.below(most)).unwrap_or_default();
    match dice.below(20) {
        0 => Message::Resize(small(dice, 220), small(dice, 80)),
        1 | 2 => Message::Mouse(MouseEvent {
            kind: [MouseEventKind::Down(MouseButton::Left), MouseEventKind::ScrollUp, MouseEventKind::ScrollDown]
                [usize::from(small(dice, 3))],
            column: small(dice, 220),
            row: small(dice, 80),
            modifiers: KeyModifiers::NONE,
        }),
        3 => Message::Paste("東京 \u{1b}[2J é\u{200d}👩‍👩‍👧".into()),
        4 => Message::Lines(Piece {
            build: BuildId(1),
            origin: Origin {
                step: packwright_core::plan::StepId::of(&packwright_core::plan::Action::Fetch { files: Vec::new() }),
                file: "/cache/logs/0123.log".into(),
            },
            lines: vec![Line {
                stream: Stream::Err,
                text: "error: 東京\u{1b}[31m\tx".repeat(usize::from(small(dice, 40))),
            }],
            skipped: dice.below(3),
        }),
        5..=10 => Message::Key(KeyEvent::new(KEYS[usize::from(small(dice, 14))], KeyModifiers::NONE)),
        _ => {
            let c = char::from(u8::try_from(32 + dice.below(95)).unwrap_or(b'x'));
            Message::Key(KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE))
        }
    }
}

/// Sessions end where their user leaves: `Quit` is answered with a new beginning.
fn mash(seed: u64, messages: u64) {
    let mut dice = Dice(seed);
    let mut model = after(if seed.is_multiple_of(2) { THREE_WAYS } else { BROKEN }, (80, 24));
    for _ in 0..messages {
        let message = random(&mut dice);
        for effect in update(&mut model, message) {
            if let Effect::Send(intent) = effect
                && let Intent::Answer { facts } = *intent
            {
                model.view.facts.overlay(&facts);
                advise(&mut model);
            }
        }
        if dice.below(4) == 0 {
            let shown = frame(&mut model);
            assert_eq!(shown.lines().count(), usize::from(model.size.1), "a frame fills the screen");
            assert!(!shown.chars().any(|c| c.is_control() && c != '\n'), "nothing reaches the terminal that it obeys");
        }
    }
}

#[test]
fn random_hands_never_break_it() {
    // `PACKWRIGHT_MASH` sets how many thousand messages; `scripts/checks` sets enough for a minute.
    let thousands = std::env::var("PACKWRIGHT_MASH").ok().and_then(|text| text.parse().ok()).unwrap_or(2);
    for seed in 0..4 {
        mash(seed, thousands * 250);
    }
}
