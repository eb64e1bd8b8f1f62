//! The loop of a session: intents in, updates out.
//!
//! One thread owns what is true; everything slow happens on worker threads that report back to it. Updates leave
//! through a bounded queue, and what happens while the front end is busy leaves together in one batch.

mod conductor;
mod work;

use std::fmt;
use std::io::Write;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

use conductor::Conductor;
use work::SharedEngine;

use crate::engine::Engine;
use crate::engine::log::Log;
use crate::plan::StepId;
use crate::session::{Intent, Update};

/// Batches that may wait for the front end.
const QUEUE: usize = 2;

/// A running session. Dropping it cancels everything that runs and waits until that has ended.
#[derive(Debug)]
pub struct App {
    intents: Sender<Message>,
    updates: Option<Receiver<Vec<Update>>>,
    conductor: Option<JoinHandle<()>>,
    engine: SharedEngine,
}

/// Asks for something from any thread, for example that of a signal.
#[derive(Debug, Clone)]
pub struct Dispatcher(Sender<Message>);

/// What reaches the loop.
#[derive(Debug)]
enum Message {
    /// The front end wants something.
    Wanted(Box<Intent>),
    /// A worker has found something out.
    Learned(work::Learned),
    /// Everything from now on is written here.
    Record(Recorder),
    /// The front end is gone.
    Quit,
}

/// Where a session is written down, one line for each update.
pub struct Recorder(Box<dyn Write + Send>);

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Recorder")
    }
}

/// The session has ended, which only happens when its loop failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the session has ended")]
pub struct Ended;

impl App {
    /// Starts a session with nothing open. The engine of the user's cache is opened when it is needed.
    pub fn start() -> Self {
        Self::with(SharedEngine::default())
    }

    /// Starts a session with nothing open, and this engine.
    pub fn start_with(engine: Engine) -> Self {
        Self::with(SharedEngine::new(Ok(engine).into()))
    }

    fn with(engine: SharedEngine) -> Self {
        let (intents, messages) = mpsc::channel();
        let (outlet, updates) = mpsc::sync_channel(QUEUE);
        let conductor = Conductor::new(intents.clone(), engine.clone(), outlet);
        let conductor = std::thread::Builder::new().spawn(move || conductor.run(&messages));
        Self { intents, updates: Some(updates), conductor: conductor.ok(), engine }
    }

    /// Writes down what changes from now on, as [`Recording`](crate::session::Recording) reads it. Where that cannot be
    /// written any further, the session goes on and says so.
    pub fn record(&self, to: impl Write + Send + 'static) {
        // A session that has ended tells nothing any more.
        let _ = self.intents.send(Message::Record(Recorder(Box::new(to))));
    }

    /// Asks for something; never blocks.
    pub fn dispatch(&self, intent: Intent) {
        self.dispatcher().dispatch(intent);
    }

    /// Something that can ask from another thread.
    pub fn dispatcher(&self) -> Dispatcher {
        Dispatcher(self.intents.clone())
    }

    /// Waits for what changed, at most this long; nothing when nothing changed.
    pub fn wait(&self, at_most: Duration) -> Result<Vec<Update>, Ended> {
        match self.updates.as_ref().ok_or(Ended)?.recv_timeout(at_most) {
            Ok(updates) => Ok(updates),
            Err(RecvTimeoutError::Timeout) => Ok(Vec::new()),
            Err(RecvTimeoutError::Disconnected) => Err(Ended),
        }
    }

    /// The log of a step of this session that runs or has run, as long as it is now. `None` for steps that wrote none,
    /// such as those whose output was there already. Cheap enough to ask for every frame.
    pub fn log(&self, step: &StepId) -> Option<Log> {
        self.engine.get()?.as_ref().ok()?.log(step)
    }
}

impl Dispatcher {
    /// Asks for something; never blocks.
    pub fn dispatch(&self, intent: Intent) {
        // A session that has ended wants nothing any more.
        let _ = self.0.send(Message::Wanted(Box::new(intent)));
    }
}

impl Drop for App {
    fn drop(&mut self) {
        self.updates = None;
        let _ = self.intents.send(Message::Quit);
        if let Some(conductor) = self.conductor.take() {
            // A loop that failed has already said so on its own thread.
            let _ = conductor.join();
        }
    }
}
