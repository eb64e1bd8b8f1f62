//! Works again where the cache turned out to be damaged: what was damaged has gone from it, so it is made anew.

use std::sync::{Mutex, PoisonError};

use super::build::{Building, Built};
use crate::engine::terms::cancel::Cancel;
use crate::engine::terms::order::Prepared;
use crate::engine::trees::store::Store;
use crate::problem::Problem;

/// How often is worked again. Each time something else that was damaged has gone, at worst from the last step of a plan to
/// the first; a disk that damages whatever is written would never be done.
const MOST: usize = 9;

/// Works, and again as long as that fails over something damaged.
pub(in crate::engine) fn until_sound<T>(
    store: &Store,
    mut work: impl FnMut() -> Result<T, Problem>,
) -> Result<T, Problem> {
    let mut rounds = 0;
    loop {
        let before = store.dropped();
        let done = work();
        rounds += 1;
        if done.is_ok() || rounds > MOST || store.dropped() == before {
            return done;
        }
    }
}

impl Building<'_> {
    /// Builds, and builds those again that failed over something damaged. `ended` is told of each once.
    pub fn build_until_sound(&self, plans: &[(Prepared, Cancel)], ended: &(dyn Fn(usize, Built) + Sync)) {
        let mut open: Vec<usize> = (0..plans.len()).collect();
        let store = self.bench.store;
        for round in 0..=MOST {
            let before = store.dropped();
            let again = Mutex::new(Vec::new());
            let wanted: Vec<_> = open.iter().map(|index| plans[*index].clone()).collect();
            let events = |at: usize, event| (self.events)(open[at], event);
            Building { bench: self.bench, events: &events }.build(&wanted, &|at, built| {
                if built.is_err() && round < MOST && store.dropped() > before && !wanted[at].1.is_cancelled() {
                    again.lock().unwrap_or_else(PoisonError::into_inner).push(open[at]);
                } else {
                    ended(open[at], built);
                }
            });
            open = again.into_inner().unwrap_or_else(PoisonError::into_inner);
            if open.is_empty() {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Code;

    #[test]
    fn what_fails_over_something_damaged_is_done_again_and_what_fails_otherwise_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let blob = store.put(b"1", false).unwrap();
        let failed = || Err::<(), _>(Problem::new(Code::Store, "damaged"));
        let mut times = 0;
        let done = until_sound(&store, || {
            times += 1;
            if times > 2 {
                return Ok(());
            }
            store.drop_content(&blob, "a");
            failed()
        });
        assert_eq!((done, times), (Ok(()), 3));
        let mut times = 0;
        let done = until_sound(&store, || {
            times += 1;
            failed()
        });
        assert!(done.is_err() && times == 1);
        let done = until_sound(&store, || {
            store.drop_content(&blob, "a");
            failed()
        });
        assert!(done.is_err(), "a disk that damages everything ends it");
    }
}
