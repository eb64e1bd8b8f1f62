//! What one Python file says, as far as packaging cares: a summary small enough to keep for every file.

use crate::facts::{Risk, RiskKind, Source};

/// Summary of one Python file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Module {
    /// Its path from the root.
    pub path: String,
    /// Its dotted import name; a script outside the packages is known by its stem.
    pub name: String,
    /// Whether it is a package's `__init__.py`: relative imports count from the name itself.
    pub is_package: bool,
    /// Everything it imports, in order.
    pub imports: Vec<Import>,
    /// Calls into libraries that say something about packaging.
    pub calls: Vec<Call>,
    /// Functions and classes at the top level.
    pub definitions: Vec<Definition>,
    /// Names assigned at the top level, with their lines.
    pub assigned: Vec<(String, usize)>,
    /// Paths computed from `__file__`.
    pub beside: Vec<Beside>,
    /// Relative paths that are handed to something.
    pub opened: Vec<Opened>,
    /// What only works with real files.
    pub habits: Vec<Habit>,
    /// What its text shows that a service or a program should not ship with.
    pub shown: Vec<Shown>,
    /// Line of `if __name__ == "__main__":`.
    pub main_guard: Option<usize>,
    /// First line that reads `sys.argv`.
    pub argv: Option<usize>,
    /// First line with the text `--help`, `--version` or `-h`.
    pub help_option: Option<usize>,
    /// First line that names the environment variable `PORT`.
    pub port_variable: Option<usize>,
    /// Whether statements at the top level do more than define: calls, loops.
    pub acts_on_import: bool,
    /// Whether its first line names Python as what runs it.
    pub has_shebang: bool,
    /// Why it could not be parsed in full, with the line.
    pub unparsed: Option<(usize, String)>,
}

/// One imported module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Absolute dotted name; of `from a import b`, this is `a`.
    pub module: String,
    /// The names taken from it, for `from a import b`: they may be modules themselves.
    pub names: Vec<String>,
    /// Line, from 1.
    pub line: usize,
    /// When it happens.
    pub need: Need,
}

/// When an import happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// As soon as the module is loaded.
    Always,
    /// As soon as the module is loaded, unless it fails: then another one takes its place, which is imported until this
    /// line.
    OneOf(usize),
    /// When a function runs.
    Deferred,
    /// Perhaps: the code goes on without it, or it hangs on a condition.
    Perhaps,
    /// For type checkers only.
    Typing,
}

/// A call whose callee is known by its import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Dotted name after imports are resolved; a call inside is `()`, as in `flask.Flask().run`.
    pub callee: String,
    /// The first positional arguments.
    pub arguments: Vec<Literal>,
    /// Keyword arguments.
    pub keywords: Vec<(String, Literal)>,
    /// Whether it hangs on a condition.
    pub is_conditional: bool,
    /// Line, from 1.
    pub line: usize,
}

/// An argument, as far as it is written out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    /// A string.
    Text(String),
    /// A whole number.
    Number(i64),
    /// Anything else.
    Computed,
}

/// A function or class at the top level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// Its name.
    pub name: String,
    /// Parameters of a function; base classes, resolved, of a class.
    pub parts: Vec<String>,
    /// Whether it is a class.
    pub is_class: bool,
    /// Whether calling it gives a coroutine: `async def`, and nothing around it that awaits it.
    pub is_coroutine: bool,
    /// Line, from 1.
    pub line: usize,
}

/// Something in the text of a file that a program or a service should not ship with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// What it is.
    pub kind: RiskKind,
    /// What is said of it; never a secret itself.
    pub what: String,
    /// Line, from 1.
    pub line: usize,
}

/// A path that the code computes from `__file__`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beside {
    /// The path from the root, as far as it is written out.
    pub path: String,
    /// Whether it is written out to its end.
    pub exact: bool,
    /// Line, from 1.
    pub line: usize,
    /// Whether it is written to.
    pub writes: bool,
    /// That line, and the part of it that is the path, in bytes, where it is on one line.
    pub text: Option<(String, usize, usize)>,
}

/// A relative path that the code hands to something, as it is written there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The path, with `/` between its parts.
    pub path: String,
    /// Whether it is written out to its end.
    pub exact: bool,
    /// How sure it is that it is opened.
    pub how: How,
    /// Line of the path, from 1.
    pub line: usize,
    /// That line, and the part of it that is the path, in bytes, where it is on one line.
    pub text: Option<(String, usize, usize)>,
}

/// What happens to a path that the code hands over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// It is handed to something that nobody knows: where there is such a file, it is meant.
    Perhaps,
    /// It is read.
    Read,
    /// It is a folder that is read.
    Folder,
    /// It is written.
    Written,
}

/// Something that works where a program is installed as real files, and not everywhere else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Habit {
    /// What kind of risk it is.
    pub kind: RiskKind,
    /// The code in question.
    pub what: String,
    /// Line, from 1.
    pub line: usize,
}

impl Module {
    /// How much is kept of it.
    pub fn entries(&self) -> usize {
        let names = self.imports.iter().map(|import| 1 + import.names.len()).sum::<usize>();
        let parts = self.definitions.iter().map(|definition| 1 + definition.parts.len()).sum::<usize>();
        names
            + parts
            + self.calls.len()
            + self.assigned.len()
            + self.beside.len()
            + self.opened.len()
            + self.habits.len()
    }

    /// Something found in it that breaks some artifacts.
    pub fn risk(&self, kind: RiskKind, what: impl Into<String>, line: usize) -> Risk {
        Risk { kind, what: what.into(), source: Source::line(&self.path, line) }
    }

    /// The package that relative imports count from; empty for a top-level module.
    pub fn package(&self) -> &str {
        if self.is_package { &self.name } else { self.name.rsplit_once('.').map_or("", |(package, _)| package) }
    }

    /// The first import of a top-level module with this name that really happens.
    pub fn import_of(&self, top: &str) -> Option<&Import> {
        self.imports.iter().find(|import| import.top() == top && import.need <= Need::Deferred)
    }

    /// Whether it imports one of these top-level modules at least this surely.
    pub fn needs_any(&self, modules: &[String], least: Need) -> bool {
        self.imports.iter().any(|import| import.need <= least && modules.iter().any(|module| module == import.top()))
    }
}

impl Import {
    /// The top-level module.
    pub fn top(&self) -> &str {
        top(&self.module)
    }
}

impl Call {
    /// The keyword argument with this name.
    pub fn keyword(&self, name: &str) -> Option<&Literal> {
        self.keywords.iter().find(|(keyword, _)| keyword == name).map(|(_, literal)| literal)
    }
}

impl Literal {
    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The port, if it is one: a number, or a string of digits.
    pub fn port(&self) -> Option<u16> {
        match self {
            Self::Number(number) => u16::try_from(*number).ok(),
            Self::Text(text) => text.parse().ok(),
            Self::Computed => None,
        }
        .filter(|port| *port > 0)
    }
}

/// The first part of a dotted name.
pub fn top(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}
