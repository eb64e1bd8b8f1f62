//! The loop: events in, frames out. Nothing in it waits for work.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::{Duration, Instant};

use crossterm::event::{self, Event};
use packwright_core::app::{App, Dispatcher};
use packwright_core::engine::Settings;
use packwright_core::engine::doctor::Seen;
use packwright_core::engine::signature::Signer;
use packwright_core::inspect::browse;
use packwright_core::problem::Code;
use packwright_core::session::Intent;
use packwright_core::session::logs::Follower;
use packwright_core::{technologies, threads};

use super::draw::draw;
use super::message::{Effect, Message};
use super::model::Model;
use super::neighbours;
use super::route::Route;
use super::stage::{self, Stage};
use super::surroundings::Surroundings;
use super::theme::Theme;
use super::update::update;

/// The longest wait while something runs: one frame.
const FRAME: Duration = Duration::from_millis(16);
/// The longest wait while nothing does.
const REST: Duration = Duration::from_millis(60);
/// How long an orderly end may take after a signal.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// How a session begins.
#[derive(Debug)]
pub struct Opening<'a> {
    /// The project that is opened.
    pub path: Option<&'a Path>,
    /// What signs receipts.
    pub signer: Option<Signer>,
    /// Where the session is written down.
    pub record: Option<File>,
}

/// A session with its model.
pub struct Run {
    app: App,
    /// What decides a frame.
    pub model: Model,
    began: Instant,
    follower: Follower,
    found: (Sender<Message>, Receiver<Message>),
    ticked: u64,
}

impl Run {
    /// A session that opens the project at a path, if there is one.
    pub fn start(opening: Opening, size: (u16, u16)) -> Self {
        let Opening { path, signer, record } = opening;
        let theme = Theme::detect(|name| std::env::var(name).ok());
        let mut model = Model::new(theme, size);
        model.around = Surroundings::look();
        let app = App::start();
        if let Some(file) = record {
            app.record(file);
        }
        app.dispatch(Intent::Set { settings: Box::new(Settings { signer, ..Settings::usual() }) });
        if let Some(path) = path {
            model.opening = Some(path.to_path_buf());
            model.route = Route::Project;
            let intent = Intent::Open { path: path.to_path_buf() };
            model.asked = Some(intent.clone());
            app.dispatch(intent);
        }
        app.dispatch(Intent::Recall { most: super::update::RECALLED });
        Self { app, model, began: Instant::now(), follower: Follower::default(), found: mpsc::channel(), ticked: 0 }
    }

    /// Takes in a message and does what follows from it; says whether to leave.
    pub fn take(&mut self, message: Message, stage: Option<&mut Stage>) -> io::Result<bool> {
        let effects = update(&mut self.model, message);
        self.carry_out(effects, stage)
    }

    /// Does something outside the model, without a screen.
    pub fn perform(&mut self, effect: Effect) -> io::Result<bool> {
        self.carry_out(vec![effect], None)
    }

    fn carry_out(&mut self, effects: Vec<Effect>, mut stage: Option<&mut Stage>) -> io::Result<bool> {
        for effect in effects {
            match effect {
                Effect::Send(intent) => self.app.dispatch(*intent),
                Effect::List(folder) => self.list(folder),
                Effect::Look(technology) => self.look(technology),
                Effect::Copy(text) => {
                    if stage.is_some() {
                        Stage::copy(&text)?;
                    }
                    neighbours::copy(&text);
                }
                Effect::Show(what) => {
                    if let Err(why) = neighbours::show(&what) {
                        self.model.notice = Some(why);
                    }
                }
                Effect::Suspend => {
                    if let Some(stage) = &mut stage {
                        stage.suspend()?;
                    }
                }
                Effect::Quit => return Ok(true),
            }
        }
        Ok(false)
    }

    /// Looks for tools on a thread of its own: folders of programs may lie on a network drive too.
    fn look(&self, technology: String) {
        let sender = self.found.0.clone();
        threads::start(move || {
            let Some(entry) = technologies::named(&technology) else { return };
            // Nobody listens any more after the end.
            let _ = sender.send(Message::Looked(technology, Seen::of(entry)));
        });
    }

    /// Lists a folder on a thread of its own: a network drive may take its time.
    fn list(&self, folder: std::path::PathBuf) {
        let sender = self.found.0.clone();
        threads::start(move || {
            let message = match browse::inside(&folder) {
                Ok(inside) => Message::Listed { folder, inside },
                Err(error) => {
                    let why = format!("cannot read `{}`: {error}", folder.display());
                    Message::Unlisted(folder, why)
                }
            };
            // Nobody listens any more after the end.
            let _ = sender.send(message);
        });
    }

    /// What came from the session, the logs and the helpers since the last frame; says whether anything did.
    pub fn gather(&mut self) -> io::Result<bool> {
        let mut changed = false;
        let updates = self.app.wait(Duration::ZERO).map_err(io::Error::other)?;
        if !updates.is_empty() {
            changed = true;
            self.take(Message::Updates(updates), None)?;
        }
        while let Ok(message) = self.found.1.try_recv() {
            changed = true;
            self.take(message, None)?;
        }
        let builds = self.model.started.iter().copied();
        for piece in self.follower.next(&self.model.view, builds, |step| self.app.log(step)) {
            changed = true;
            self.take(Message::Lines(piece), None)?;
        }
        let now = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        // Times are shown in tenths of a second.
        if self.model.is_building() && now / 100 != self.ticked {
            self.ticked = now / 100;
            changed = true;
        }
        self.take(Message::Tick(now), None)?;
        Ok(changed)
    }
}

/// Runs the terminal UI until its user leaves, and gives the exit code.
pub fn run(opening: Opening) -> io::Result<u8> {
    let mut stage = Stage::enter()?;
    let size = crossterm::terminal::size().unwrap_or((80, 24));
    let mut run = Run::start(opening, size);
    let ended = watch_signals(run.app.dispatcher());
    stage.screen.draw(|frame| draw(&mut run.model, frame))?;
    loop {
        let rest = if run.model.is_building() || run.model.opening.is_some() { FRAME } else { REST };
        let mut changed = false;
        if event::poll(rest)? {
            // Everything that waits is taken in before one frame is drawn: keys held down must not queue up.
            let until = Instant::now() + FRAME / 2;
            while Instant::now() < until && event::poll(Duration::ZERO)? {
                changed = true;
                let Some(message) = message(event::read()?) else { continue };
                if run.take(message, Some(&mut stage))? {
                    return Ok(0);
                }
            }
        }
        if ended.load(Ordering::SeqCst) {
            return Ok(Code::Cancelled.exit_code());
        }
        if stage.must_stop() {
            stage.suspend()?;
            changed = true;
        }
        if run.gather()? || changed {
            stage.screen.draw(|frame| draw(&mut run.model, frame))?;
        }
    }
}

fn message(event: Event) -> Option<Message> {
    match event {
        Event::Key(key) => Some(Message::Key(key)),
        Event::Mouse(mouse) => Some(Message::Mouse(mouse)),
        Event::Paste(text) => Some(Message::Paste(text)),
        Event::Resize(columns, rows) => Some(Message::Resize(columns, rows)),
        Event::FocusGained | Event::FocusLost => None,
    }
}

/// Whether the process was asked to end: the loop then leaves in order. When the terminal itself is gone, reading from it
/// may never return; then what is built is cancelled here, and the process ends without it.
fn watch_signals(dispatcher: Dispatcher) -> Arc<AtomicBool> {
    let ended = Arc::new(AtomicBool::new(false));
    let flag = ended.clone();
    let end = move || {
        flag.store(true, Ordering::SeqCst);
        dispatcher.dispatch(Intent::Cancel { build: None });
        std::thread::sleep(LAST_WORDS);
        std::process::exit(i32::from(Code::Cancelled.exit_code()));
    };
    // A terminal can go away without a signal: only the leader of its session is told.
    #[cfg(unix)]
    let _ = std::thread::Builder::new().spawn({
        let end = end.clone();
        move || {
            if stage::is_gone() {
                end();
            }
        }
    });
    // Where signals cannot be watched, they end the process as they always do.
    let _ = ctrlc::set_handler(end);
    ended
}
