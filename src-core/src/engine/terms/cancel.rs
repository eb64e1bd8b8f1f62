//! The switch that ends work from outside.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, TryLockError};
use std::time::Duration;

use crate::problem::{Code, Problem};

/// How often one who waits for a turn looks again.
const PATIENCE: Duration = Duration::from_millis(5);

/// Ends work from outside; clones share one switch.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Asks everything that watches this switch to stop.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Whether it was asked to stop.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::SeqCst)
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
    fn who_waits_for_a_turn_can_be_cancelled() {
        let (turn, cancel) = (Mutex::new(()), Cancel::default());
        let mine = cancel.lock(&turn).unwrap();
        cancel.cancel();
        assert!(cancel.lock(&turn).is_none());
        drop(mine);
        assert!(cancel.lock(&turn).is_some(), "a turn that is free is taken; the work itself sees that it is over");
    }
}
