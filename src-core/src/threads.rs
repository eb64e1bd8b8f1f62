//! Threads, also where the system gives no more of them: then work is done where it was to be handed on, or an error says so.
//!
//! What the standard library offers besides panics there.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle, Scope, ScopedJoinHandle};

/// Does something on a thread of its own, whose handle this gives; without one, here and now.
pub fn start(work: impl FnOnce() + Send + 'static) -> Option<JoinHandle<()>> {
    let work = once(work);
    Builder::new().spawn(work.clone()).map_err(|_| work()).ok()
}

/// Does something on a thread that ends with this scope; without one, here and now.
pub fn start_in<'scope>(scope: &'scope Scope<'scope, '_>, work: impl FnOnce() + Send + 'scope) {
    let work = once(work);
    if Builder::new().spawn_scoped(scope, work.clone()).is_err() {
        work();
    }
}

/// Does something beside what its caller does meanwhile, which only a thread can.
pub fn beside<'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    work: impl FnOnce() -> T + Send + 'scope,
) -> io::Result<ScopedJoinHandle<'scope, T>> {
    Builder::new().spawn_scoped(scope, work)
}

/// What works on all of these at the same time gives, in their order; without threads, one after the other.
pub fn each<I: Sync, T: Send>(items: &[I], work: impl Fn(&I) -> T + Sync) -> Vec<Option<T>> {
    let work = &work;
    std::thread::scope(|scope| {
        let running: Vec<_> = items.iter().map(|item| beside(scope, move || work(item))).collect();
        let ended = running.into_iter().zip(items);
        ended.map(|(running, item)| running.map_or_else(|_| Some(work(item)), |thread| thread.join().ok())).collect()
    })
}

/// Work that is done by whoever comes first, and by nobody else.
fn once(work: impl FnOnce()) -> impl Fn() + Clone {
    let work = Arc::new(Mutex::new(Some(work)));
    move || {
        let work = work.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(work) = work {
            work();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn work_is_done_once_by_whoever_comes_first() {
        let done = Arc::new(AtomicUsize::new(0));
        let count = done.clone();
        let work = once(move || count.store(count.load(Ordering::SeqCst) + 1, Ordering::SeqCst));
        let other = work.clone();
        other();
        work();
        assert_eq!(done.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn what_is_handed_on_is_done_and_keeps_its_order() {
        let done = AtomicUsize::new(0);
        std::thread::scope(|scope| start_in(scope, || done.store(1, Ordering::SeqCst)));
        assert_eq!(done.load(Ordering::SeqCst), 1);
        assert_eq!(each(&[3, 1, 2], |number| number * 2), [Some(6), Some(2), Some(4)]);
        let (sender, receiver) = std::sync::mpsc::channel();
        let thread = start(move || sender.send(7).unwrap());
        assert_eq!(receiver.recv(), Ok(7));
        assert!(thread.is_none_or(|thread| thread.join().is_ok()));
    }
}
