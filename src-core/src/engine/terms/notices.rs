//! What the user is told besides: what was mended on the way, and what could not be kept.

use std::sync::{Mutex, PoisonError};

use super::order::Events;
use crate::event::Event;

/// Sentences that were not told yet.
#[derive(Debug, Default)]
pub(in crate::engine) struct Notices(Mutex<Vec<String>>);

impl Notices {
    /// Adds one, unless it waits already.
    pub fn add(&self, text: &str) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !waiting.iter().any(|known| known == text) {
            waiting.push(text.to_owned());
        }
    }

    /// Tells those that wait.
    pub fn tell(&self, index: usize, events: Events) {
        self.tell_to(&|event| events(index, event));
    }

    /// Likewise, where there is one plan or none.
    pub fn tell_to(&self, told: &dyn Fn(Event)) {
        let waiting = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        for text in waiting {
            told(Event::Noted { text });
        }
    }
}
