//! What the terminal UI knows: the session's view, and where its user is looking.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use packwright_core::engine::doctor::Seen;
use packwright_core::event::BuildId;
use packwright_core::facts::Fact;
use packwright_core::inspect::browse::{self, Listed};
use packwright_core::session::logs::Logs;
use packwright_core::session::{BuildView, Intent, View};
use packwright_core::words;
use ratatui::layout::Rect;
use tui_input::Input;

use super::action::Field;
use super::page::{Hit, Place};
use super::route::Route;
use super::surroundings::Surroundings;
use super::theme::Theme;

/// What lies over a screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Overlay {
    /// The keys of the screen.
    Help,
    /// The list of actions, filtered.
    Actions,
    /// Whether to leave although something is built.
    Leave,
    /// The tags of a fact, to choose from.
    Tags(Fact),
    /// The page about a technology.
    Technology(String),
    /// Other answers that would change the first choice.
    WhatIf,
    /// Folders to pick from.
    Folders,
}

/// How screens reach their user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Medium {
    /// They are drawn.
    Drawn,
    /// They are read out line by line: words stand for pictures.
    ReadOut,
}

/// Everything that decides a frame.
#[derive(Debug)]
pub struct Model {
    /// The session.
    pub view: View,
    /// Where this runs.
    pub around: Surroundings,
    /// Columns and rows.
    pub size: (u16, u16),
    /// How the screens reach their user.
    pub medium: Medium,
    /// Colours and signs.
    pub theme: Theme,
    /// The screen that is shown.
    pub route: Route,
    /// The screens before it.
    pub trail: Vec<Route>,
    /// Where the user was on each screen.
    pub places: BTreeMap<Route, Place>,
    /// What lies over the screen, with its own place.
    pub overlay: Option<(Overlay, Place)>,
    /// The field that text goes into, and the text.
    pub field: Option<(Field, Input)>,
    /// What was just done or did not work; the next key takes it away.
    pub notice: Option<String>,
    /// Milliseconds since the session began.
    pub now: u64,
    /// Where the next frame can be clicked; written while drawing.
    pub hits: Vec<Hit>,
    /// Where what lies over the screen was drawn.
    pub over: Rect,
    /// The project that is being opened: its path, or what it is called.
    pub opening: Option<PathBuf>,
    /// What project was asked for last, until it is open: it can be asked for again.
    pub asked: Option<Intent>,
    /// The folder that is listed, and what is in it.
    pub listing: Option<(PathBuf, Vec<Listed>)>,
    /// The folder whose list a path waits for, to be completed.
    pub completing: Option<PathBuf>,
    /// What this machine has for technologies whose page was opened.
    pub seen: BTreeMap<String, Seen>,
    /// Whether facts that are not known are shown too.
    pub all_facts: bool,
    /// The question that was just answered, until the session has taken it in.
    pub answering: Option<Fact>,
    /// Marked tags of the current question.
    pub marked: BTreeSet<usize>,
    /// Whether reasons are unfolded.
    pub reasons: bool,
    /// Which target's advice is shown; 0 for all together.
    pub target: usize,
    /// Technologies marked to be built together.
    pub wanted: BTreeSet<String>,
    /// Whether plans were asked for that the session has not numbered yet, or a change that it has not taken in.
    pub is_choosing: bool,
    /// The build that is shown.
    pub selected: Option<BuildId>,
    /// Builds that were started.
    pub started: BTreeSet<BuildId>,
    /// Logs of builds.
    pub logs: Logs,
    /// When the consent that is asked for now came up, in milliseconds since the session began, and how many plans ask.
    pub consent_since: Option<(u64, usize)>,
}

/// What a project that is asked for is called before it is read.
pub fn called(intent: &Intent) -> PathBuf {
    match intent {
        Intent::Open { path } => path.clone(),
        _ => "the example".into(),
    }
}

impl Model {
    /// A model with nothing open.
    pub fn new(theme: Theme, size: (u16, u16)) -> Self {
        Self {
            view: View::default(),
            around: Surroundings::default(),
            size,
            medium: Medium::Drawn,
            theme,
            route: Route::Welcome,
            trail: Vec::new(),
            places: BTreeMap::new(),
            overlay: None,
            field: None,
            notice: None,
            now: 0,
            hits: Vec::new(),
            over: Rect::default(),
            opening: None,
            asked: None,
            listing: None,
            completing: None,
            seen: BTreeMap::new(),
            all_facts: false,
            answering: None,
            marked: BTreeSet::new(),
            reasons: false,
            target: 0,
            wanted: BTreeSet::new(),
            is_choosing: false,
            selected: None,
            started: BTreeSet::new(),
            logs: Logs::default(),
            consent_since: None,
        }
    }

    /// A path as it is shown: below the user's home it begins with `~`.
    pub fn shown(&self, path: &Path) -> String {
        words::home(&path.display().to_string(), self.around.home.as_deref())
    }

    /// Whether words have to stand for pictures.
    pub fn is_read_out(&self) -> bool {
        self.medium == Medium::ReadOut
    }

    /// Where the user is on this screen, or on what lies over it.
    pub fn place(&self) -> Place {
        match &self.overlay {
            Some((_, place)) => *place,
            None => self.screen_place(),
        }
    }

    /// Where the user is on this screen, whatever lies over it.
    pub fn screen_place(&self) -> Place {
        self.places.get(&self.route).copied().unwrap_or_default()
    }

    /// Where the user is on what is on top, to be changed.
    pub fn place_mut(&mut self) -> &mut Place {
        match &mut self.overlay {
            Some((_, place)) => place,
            None => self.places.entry(self.route).or_default(),
        }
    }

    /// Shows another screen.
    pub fn go(&mut self, route: Route) {
        self.overlay = None;
        self.field = None;
        self.marked.clear();
        if route != self.route {
            self.trail.retain(|before| *before != route);
            self.trail.push(self.route);
            self.route = route;
        }
    }

    /// Lays something over the screen.
    pub fn lay(&mut self, overlay: Overlay) {
        self.overlay = Some((overlay, Place::default()));
    }

    /// The text in a field, if that is the one being edited.
    pub fn typed(&self, field: &Field) -> Option<&str> {
        self.input(field).map(Input::value)
    }

    /// The text in a field with its caret, if that is the one being edited.
    pub fn input(&self, field: &Field) -> Option<&Input> {
        self.field.as_ref().filter(|(edited, _)| edited == field).map(|(_, input)| input)
    }

    /// The names that the typed path could go on with, where its folder was listed.
    pub fn fitting(&self) -> Vec<String> {
        let Some(typed) = self.typed(&Field::Path) else { return Vec::new() };
        let (before, begun) = browse::split(typed);
        self.going_on(before, begun).unwrap_or_default()
    }

    /// The names in a typed folder that begin like this; nothing as long as it was not listed.
    pub fn going_on(&self, before: &str, begun: &str) -> Option<Vec<String>> {
        let asked = browse::folder(before, self.around.home.as_deref());
        let (_, inside) = self.listing.as_ref().filter(|(listed, _)| *listed == asked)?;
        Some(browse::going_on(inside, begun))
    }

    /// What the project is called that was asked for last and could not be read.
    pub fn unread(&self) -> Option<PathBuf> {
        self.asked.as_ref().filter(|_| self.opening.is_none()).map(called)
    }

    /// Whether anything is being built.
    pub fn is_building(&self) -> bool {
        self.started.iter().any(|id| self.view.builds.get(id).is_some_and(|build| !build.has_ended()))
    }

    /// Whether a plan is being made.
    pub fn is_planning(&self) -> bool {
        let has_ended = |id| self.view.builds.get(id).is_some_and(BuildView::has_ended);
        self.is_choosing || self.planned().iter().any(|id| !self.view.plans.contains_key(id) && !has_ended(id))
    }

    /// Builds that are planned, and were not started a moment ago.
    pub fn planned(&self) -> Vec<BuildId> {
        self.view.planned.iter().copied().filter(|id| !self.started.contains(id)).collect()
    }
}
