//! Everything that can be done, and the keys for it: one table behind the keyboard, the footer, the help and the list of
//! actions.

use std::path::PathBuf;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use packwright_core::engine::answers::declare::Declaration;
use packwright_core::event::BuildId;
use packwright_core::facts::Fact;

use super::route::Route;

/// Something that can be done.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Shows another screen.
    Go(Route),
    /// Shows a screen, and then does something there.
    On(Route, Box<Action>),
    /// Shows the screen before this one.
    Back,
    /// Leaves, and asks first while something is built.
    Quit,
    /// Leaves at once.
    QuitNow,
    /// Gives the terminal back to the shell for a while.
    Suspend,
    /// All keys of this screen.
    Help,
    /// The list of actions.
    Actions,
    /// Closes what lies over the screen.
    Close,
    /// Moves the cursor by so many items; without items, scrolls.
    Move(isize),
    /// Moves by pages.
    Leaf(isize),
    /// To the first item.
    Top,
    /// To the last item.
    Bottom,
    /// Does what the item under the cursor does.
    Activate,
    /// A click on an item.
    Click(usize),
    /// Puts a text on the clipboard.
    Copy(Copied),
    /// Puts this text on the clipboard.
    CopyText(String),
    /// Opens a path or an address in the system's program.
    Reveal(PathBuf),
    /// Opens an address in the system's browser.
    Browse(String),
    /// Writes into the field of this screen.
    Edit(Field),
    /// Completes the path in the field.
    Complete,
    /// Shows the folders to pick from.
    PickFolder,
    /// Goes into a folder of the picker.
    EnterFolder(PathBuf),
    /// Opens a project.
    Open(PathBuf),
    /// Opens the example that comes with Packwright.
    OpenExample,
    /// Reads the project again.
    ReadAgain,
    /// Shows also what is not known.
    AllFacts,
    /// Takes along what is left out of the project, or leaves out what was taken along, by its path.
    Sort(String),
    /// Chooses among the tags of a fact.
    Choose(Fact),
    /// Marks or unmarks a tag.
    Mark(usize),
    /// Answers with a tag alone.
    Answer(usize),
    /// Answers with the marked tags, or the one under the cursor.
    Confirm,
    /// "I don't know".
    Unknown,
    /// Takes the last answer back.
    Undo,
    /// Shows which other answers would change the first choice.
    WhatIf,
    /// Gives another answer to what is known, to see what follows.
    Flip(Fact, String),
    /// Takes the last flip back.
    Unflip,
    /// Keeps the answers in the project's own settings.
    Save,
    /// Shows why, or hides it.
    Reasons,
    /// Shows the advice for one target system, counted from 1, or with 0 for all together.
    ShowTarget(usize),
    /// Marks a technology to be built with others.
    MarkTechnology(String),
    /// Shows the page about a technology.
    Explain(String),
    /// Asks for the plan of a technology, or of the last choice.
    PlanIt(Option<String>),
    /// Asks for the plans of the marked technologies.
    PlanMarked,
    /// Plans what is recommended, or the best that can be built in its place.
    Recommend,
    /// Shows another build.
    Select(BuildId),
    /// Shows the next build.
    NextBuild,
    /// Shows the build before.
    PreviousBuild,
    /// Changes an option of a plan.
    SetOption(usize),
    /// Lets the option under the cursor follow the facts again.
    ResetOption,
    /// Starts the artifact with the next entry point of the project.
    NextEntry,
    /// Starts the artifact with this entry point.
    Entry(String),
    /// Builds what is planned.
    Build,
    /// Agrees that the code of the plans on the screen may run, and builds them.
    Consent {
        /// Whether also that what they make may be started, where no sandbox confines it.
        start: bool,
    },
    /// Ends a build.
    Cancel(BuildId),
    /// Follows the end of the log, or stops following.
    Follow,
    /// Shows the next of all logs, output and errors.
    NextFilter,
    /// Shows the lines of the next step alone, and after the last all.
    NextStep,
    /// To the next place that was searched for.
    NextFound,
    /// To the place before.
    PreviousFound,
    /// To the first line that looks like an error.
    FirstError,
    /// Wraps long lines, or scrolls sideways.
    Wrap,
    /// Opens the file of the log that is shown.
    OpenLog,
    /// Sideways by so many columns.
    Sideways(isize),
    /// Applies the remedy and builds again.
    Fix,
    /// Declares requirements where the project declares such.
    Declare(Vec<Declaration>),
    /// Looks at the tools again.
    Examine,
    /// Plans again what was built before, by its number in the history.
    Rebuild(i64),
}

/// What can be copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Copied {
    /// The commands of a plan.
    Commands,
    /// The command that runs or installs an artifact, or its path.
    UseCommand,
    /// The command that tries an artifact again.
    VerifyCommand,
    /// The visible part of the log.
    Log,
    /// The problem in full.
    Problem,
    /// The command that installs what is missing.
    Install,
    /// The advice as text.
    Advice,
}

/// A field that text can be typed into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Field {
    /// The path of a project.
    Path,
    /// What is searched for in the log.
    Search,
    /// The value of an option of a build.
    Option(BuildId, String),
    /// What the list of actions is filtered by.
    Filter,
}

/// A key as bindings name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// A character, as typed.
    Char(char),
    /// A character with control.
    Ctrl(char),
    /// Any other key.
    Code(KeyCode),
}

impl Key {
    /// What was pressed; nothing for what no binding can name.
    pub fn of(event: &KeyEvent) -> Option<Self> {
        let control = event.modifiers.contains(KeyModifiers::CONTROL);
        match event.code {
            KeyCode::Char(c) if control => Some(Self::Ctrl(c.to_ascii_lowercase())),
            KeyCode::Char(_) if event.modifiers.intersects(KeyModifiers::ALT | KeyModifiers::SUPER) => None,
            KeyCode::Char(c) => Some(Self::Char(c)),
            code => Some(Self::Code(code)),
        }
    }

    /// Its name in the footer.
    pub fn name(self) -> String {
        match self {
            Self::Char(' ') => "space".into(),
            Self::Char(c) => c.into(),
            Self::Ctrl(c) => format!("ctrl-{c}"),
            Self::Code(KeyCode::Up) => "↑".into(),
            Self::Code(KeyCode::Down) => "↓".into(),
            Self::Code(KeyCode::Left) => "←".into(),
            Self::Code(KeyCode::Right) => "→".into(),
            Self::Code(KeyCode::PageUp) => "page up".into(),
            Self::Code(KeyCode::PageDown) => "page down".into(),
            Self::Code(code) => code.to_string().to_lowercase(),
        }
    }
}

/// Keys, what they do, and the words for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Binding {
    /// The keys; the first is shown.
    pub keys: Vec<Key>,
    /// What they do.
    pub action: Action,
    /// A verb or two.
    pub label: String,
    /// Whether the footer shows it when there is room; others are in the help only.
    pub shown: bool,
}

impl Binding {
    /// A binding that the footer shows.
    pub fn shown(key: Key, action: Action, label: impl Into<String>) -> Self {
        Self { keys: vec![key], action, label: label.into(), shown: true }
    }

    /// A binding that only the help shows.
    pub fn quiet(keys: &[Key], action: Action, label: impl Into<String>) -> Self {
        Self { keys: keys.to_vec(), action, label: label.into(), shown: false }
    }
}

/// The keys that go from one tab of a screen to the next, and back.
pub fn from_tab_to_tab(what: &str, next: Action, previous: Action) -> [Binding; 2] {
    let forth = vec![TAB, Key::Code(KeyCode::Right), char('l')];
    let back = [BACK_TAB, Key::Code(KeyCode::Left), char('h')];
    [
        Binding { keys: forth, ..Binding::shown(TAB, next, what) },
        Binding::quiet(&back, previous, format!("{what}, backwards")),
    ]
}

/// The key for a character.
pub const fn char(c: char) -> Key {
    Key::Char(c)
}

/// `enter`.
pub const ENTER: Key = Key::Code(KeyCode::Enter);
/// `tab`.
pub const TAB: Key = Key::Code(KeyCode::Tab);
/// The same with shift, backwards.
pub const BACK_TAB: Key = Key::Code(KeyCode::BackTab);
/// `esc`.
pub const ESC: Key = Key::Code(KeyCode::Esc);

/// What works on every screen.
pub fn everywhere() -> Vec<Binding> {
    let code = Key::Code;
    vec![
        Binding::quiet(&[char('?'), code(KeyCode::F(1))], Action::Help, "keys of this screen"),
        Binding::quiet(&[char(':'), Key::Ctrl('k')], Action::Actions, "all actions"),
        Binding::quiet(&[ESC, code(KeyCode::Backspace)], Action::Back, "back"),
        Binding::quiet(&[char('q'), Key::Ctrl('c')], Action::Quit, "quit"),
        Binding::quiet(&[Key::Ctrl('z')], Action::Suspend, "suspend"),
        Binding::quiet(&[code(KeyCode::Up), char('k')], Action::Move(-1), "up"),
        Binding::quiet(&[code(KeyCode::Down), char('j')], Action::Move(1), "down"),
        Binding::quiet(&[code(KeyCode::PageUp)], Action::Leaf(-1), "a page up"),
        Binding::quiet(&[code(KeyCode::PageDown)], Action::Leaf(1), "a page down"),
        Binding::quiet(&[code(KeyCode::Home), char('g')], Action::Top, "to the top"),
        Binding::quiet(&[code(KeyCode::End), char('G')], Action::Bottom, "to the end"),
        Binding::quiet(&[ENTER], Action::Activate, "choose"),
        Binding::quiet(&[char('W')], Action::Go(Route::Welcome), "welcome"),
        Binding::quiet(&[char('P')], Action::Go(Route::Project), "project"),
        Binding::quiet(&[char('I')], Action::Go(Route::Interview), "interview"),
        Binding::quiet(&[char('A')], Action::Go(Route::Advice), "advice"),
        Binding::quiet(&[char('L')], Action::Go(Route::Plan), "plan"),
        Binding::quiet(&[char('B')], Action::Go(Route::Build), "build"),
        Binding::quiet(&[char('R')], Action::Go(Route::Result), "result"),
        Binding::quiet(&[char('D')], Action::Go(Route::Doctor), "doctor"),
        Binding::quiet(&[char('H')], Action::Go(Route::History), "history"),
    ]
}
