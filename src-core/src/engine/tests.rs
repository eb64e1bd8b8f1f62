//! Engines on one cache.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use super::*;
use crate::backends;
use crate::engine::tools::rehearsal::{Part, Rehearsal};

#[test]
fn the_doctor_waits_while_another_clears_the_cache() {
    let folder = tempfile::tempdir().unwrap();
    let (cache, data) = (folder.path().join("cache"), folder.path().join("data"));
    let world = Rehearsal::new(|_| Part::default());
    let engine = Engine::open_at(&cache, &data, Box::new(world)).unwrap();
    let technology = backends::all()[0].entry().id.as_str();
    // What is known of this machine afterwards takes no time again.
    assert_eq!(engine.doctor(Some(technology)).unwrap().len(), 1);
    let clearing = usage::keep_out(&cache).unwrap();
    std::thread::scope(|scope| {
        let (ended, end) = channel();
        scope.spawn(move || ended.send(engine.doctor(Some(technology)).map(|found| found.len())));
        assert_eq!(end.recv_timeout(Duration::from_millis(500)), Err(RecvTimeoutError::Timeout));
        drop(clearing);
        assert_eq!(end.recv_timeout(Duration::from_secs(60)), Ok(Ok(1)));
    });
}
