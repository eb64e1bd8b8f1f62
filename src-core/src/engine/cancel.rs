//! The switch that ends work from outside.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::problem::{Code, Problem};

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

    /// How a build ends that was asked to stop.
    pub fn problem() -> Problem {
        Problem::new(Code::Cancelled, "the build was cancelled")
    }
}
