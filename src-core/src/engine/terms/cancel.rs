//! The switch that ends work from outside.

use std::io::{self, Read};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, TryLockError};
use std::time::Duration;

use crate::problem::{Code, Problem};

/// How often one who waits for a turn looks again.
const PATIENCE: Duration = Duration::from_millis(5);

/// Ends work from outside; clones share one switch.
#[derive(Debug, Clone, Default)]
pub struct Cancel {
    switch: Arc<AtomicBool>,
    /// Once all of these are cancelled, so is this; never where there are none.
    all: Arc<[Cancel]>,
}

/// Why reading ended before its end.
#[derive(Debug, thiserror::Error)]
#[error("nobody wants it any more")]
pub(in crate::engine) struct Unwanted;

/// Reads until it is cancelled: then the next piece is an error, which holds [`Unwanted`].
#[derive(Debug)]
pub(in crate::engine) struct Reading<'a, R> {
    from: R,
    cancel: &'a Cancel,
}

impl<R: Read> Read for Reading<'_, R> {
    fn read(&mut self, piece: &mut [u8]) -> io::Result<usize> {
        if self.cancel.is_cancelled() { Err(io::Error::other(Unwanted)) } else { self.from.read(piece) }
    }
}

impl Cancel {
    /// Asks everything that watches this switch to stop.
    pub fn cancel(&self) {
        self.switch.store(true, Ordering::SeqCst);
    }

    /// Whether it was asked to stop.
    pub fn is_cancelled(&self) -> bool {
        self.switch.load(Ordering::SeqCst) || !self.all.is_empty() && self.all.iter().all(Self::is_cancelled)
    }

    /// A switch for what is done for several: cancelled when nobody of them wants it any more.
    pub(in crate::engine) fn of_all(all: impl IntoIterator<Item = Self>) -> Self {
        Self { all: all.into_iter().collect(), ..Self::default() }
    }

    /// Reads as long as it is wanted.
    pub(in crate::engine) fn reading<R: Read>(&self, from: R) -> Reading<'_, R> {
        Reading { from, cancel: self }
    }

    /// Waits for a turn that others have too; `None` if the work was cancelled before.
    pub fn lock<'m, T>(&self, turn: &'m Mutex<T>) -> Option<MutexGuard<'m, T>> {
        loop {
            match turn.try_lock() {
                Ok(turn) => return Some(turn),
                // Nothing is shared but the turn itself.
                Err(TryLockError::Poisoned(left)) => return Some(left.into_inner()),
                Err(TryLockError::WouldBlock) if self.is_cancelled() => return None,
                Err(TryLockError::WouldBlock) => std::thread::sleep(PATIENCE),
            }
        }
    }

    /// How a build ends that was asked to stop.
    pub fn problem() -> Problem {
        Problem::new(Code::Cancelled, "the build was cancelled")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_for_several_ends_when_the_last_of_them_is_cancelled_and_reading_ends_with_it() {
        let (one, other) = (Cancel::default(), Cancel::default());
        let both = Cancel::of_all([one.clone(), other.clone()]);
        one.cancel();
        assert!(!both.is_cancelled() && !Cancel::of_all([]).is_cancelled());
        assert_eq!(both.reading(&b"x"[..]).read(&mut [0]).unwrap(), 1);
        other.cancel();
        let error = both.reading(&b"x"[..]).read(&mut [0]).unwrap_err();
        assert!(matches!(error.get_ref(), Some(why) if why.is::<Unwanted>()));
    }

    #[test]
    fn who_waits_for_a_turn_can_be_cancelled() {
        let (turn, cancel) = (Mutex::new(()), Cancel::default());
        let mine = cancel.lock(&turn).unwrap();
        cancel.cancel();
        assert!(cancel.lock(&turn).is_none());
        drop(mine);
        assert!(cancel.lock(&turn).is_some(), "a turn that is free is taken; the work itself sees that it is over");
    }
}
