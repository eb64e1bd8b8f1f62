//! The reading end of a pipe whose writers may outlive their program, where nobody may end them.

use std::io::{self, PipeReader, Read};
use std::sync::OnceLock;
use std::time::Instant;

use super::LINGER;

/// Says to readers that nothing more is to come.
#[derive(Debug, Default)]
pub(super) struct Closing(OnceLock<Instant>);

impl Closing {
    pub fn begin(&self) {
        let _ = self.0.set(Instant::now());
    }

    /// Whether there was time to read what was written before.
    fn is_over(&self) -> bool {
        self.0.get().is_some_and(|began| began.elapsed() > LINGER)
    }
}

/// Reads until every writer has closed the pipe, and little longer than until it is closing.
pub(super) struct Ends<'a> {
    pipe: PipeReader,
    closing: &'a Closing,
}

impl<'a> Ends<'a> {
    pub fn new(pipe: PipeReader, closing: &'a Closing) -> Self {
        Self { pipe, closing }
    }

    /// Waits for something to read, or for an end. Whether it is one.
    #[cfg(unix)]
    fn is_over(&self) -> io::Result<bool> {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};
        while !self.closing.is_over() {
            let mut pipe = [PollFd::new(&self.pipe, PollFlags::IN)];
            let pause = Timespec { tv_sec: 0, tv_nsec: 200_000_000 };
            match poll(&mut pipe, Some(&pause)) {
                Ok(0) | Err(rustix::io::Errno::INTR) => {}
                Ok(_) => return Ok(false),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(true)
    }

    #[cfg(not(unix))]
    fn is_over(&self) -> io::Result<bool> {
        Ok(self.closing.is_over())
    }
}

impl Read for Ends<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.is_over()? { Ok(0) } else { self.pipe.read(into) }
    }
}
