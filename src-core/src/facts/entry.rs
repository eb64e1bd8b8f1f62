//! Ways to start a program.

use serde::{Deserialize, Serialize};

use super::{Evidence, Source, Trial};

/// Where servers listen unless they are told otherwise: for this machine alone.
pub(super) const HOST: &str = "127.0.0.1";

/// One way to start the program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryPoint {
    /// What the user types.
    pub name: String,
    /// What it is.
    pub kind: EntryKind,
    /// `module:function` for scripts, `module` for `python -m`, a path from the root for files, `module:object` or a path for
    /// what a [`Runner`] is told.
    pub target: String,
    /// Where it is declared.
    pub source: Source,
    /// Extras of the project that it needs, as `[extra]` behind an object reference says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extras: Vec<String>,
    /// What starts it, where Python alone does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runner: Option<Runner>,
    /// How it is tried, where that is not as the project is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trial: Option<Box<Evidence<Trial>>>,
}

/// What an entry point is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EntryKind {
    /// A console script.
    Console,
    /// A GUI script: no console on Windows.
    Gui,
    /// A package with `__main__.py`.
    Module,
    /// A single file.
    Script,
    /// A file that is installed as a command as it is: `scripts=[…]` of `setup()`, or a program that the build compiles.
    Installed,
    /// An application that a [`Runner`] starts: `main:app` for `uvicorn`, `app.py` for `streamlit`.
    Served,
}

/// A program that starts another one which it is told of, run as `python -m`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Runner {
    /// Its module, which is also what users type.
    pub module: String,
    /// What it is told before anything that users add: `{target}` is the target, `{file}` the target as a file that is there,
    /// `{host}` and `{port}` are where it listens.
    pub arguments: Vec<String>,
    /// Distributions that have it, PEP 508.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
    /// The port, unless the variable `PORT` holds another one; it listens for this machine alone, unless `HOST` says otherwise.
    pub port: u16,
}

impl EntryPoint {
    /// One that needs no extra and no runner.
    pub fn new(name: impl Into<String>, kind: EntryKind, target: impl Into<String>, source: Source) -> Self {
        let (name, target) = (name.into(), target.into());
        Self { name, kind, target, source, extras: Vec::new(), runner: None, trial: None }
    }

    /// A script as metadata declares it: an object reference `module:attribute`, perhaps with extras behind it. `None` where it
    /// is something else.
    pub fn declared(name: &str, kind: EntryKind, text: &str, source: Source) -> Option<Self> {
        let (reference, extras) = text.split_once('[').map_or((text, ""), |(head, extras)| (head, extras));
        let (module, attribute) = reference.split_once(':')?;
        let (module, attribute) = (module.trim(), attribute.trim());
        let extras = extras.trim().trim_end_matches(']').split(',').map(str::trim);
        let extras = extras.filter(|extra| !extra.is_empty()).map(str::to_owned).collect();
        let entry = Self::new(name, kind, format!("{module}:{attribute}"), source);
        (is_dotted(module) && is_dotted(attribute)).then_some(Self { extras, ..entry })
    }

    /// Whether installing the project puts it among the commands.
    pub fn is_command(&self) -> bool {
        matches!(self.kind, EntryKind::Console | EntryKind::Gui | EntryKind::Installed)
    }

    /// The file it is, from the root of the project.
    pub fn file(&self) -> Option<&str> {
        let is_file = match self.kind {
            EntryKind::Script | EntryKind::Installed => true,
            EntryKind::Served => self.runner.as_ref().is_some_and(Runner::takes_a_file),
            EntryKind::Console | EntryKind::Gui | EntryKind::Module => false,
        };
        is_file.then_some(&*self.target)
    }

    /// What somebody types who has the source.
    pub fn typed(&self) -> Vec<String> {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        match (self.kind, &self.runner) {
            (EntryKind::Console | EntryKind::Gui | EntryKind::Installed, _) => vec![self.name.clone()],
            (EntryKind::Module, _) => words(&["python", "-m", &self.target]),
            (EntryKind::Served, Some(runner)) => runner.typed(&self.target),
            (EntryKind::Script | EntryKind::Served, _) => words(&["python", &self.target]),
        }
    }

    /// Whether somebody who writes this means it: its name, its target, or the last part of its path.
    pub fn is_called(&self, name: &str) -> bool {
        self.name == name
            || self.target == name
            || self.file().is_some_and(|file| file == name.trim_start_matches("./"))
    }
}

impl Runner {
    /// Whether it is told a file.
    pub fn takes_a_file(&self) -> bool {
        self.arguments.iter().any(|argument| argument.contains("{file}"))
    }

    /// What somebody types to start a target with it.
    pub fn typed(&self, target: &str) -> Vec<String> {
        self.listening(target, HOST, &self.port.to_string())
    }

    /// The same, listening there.
    pub fn listening(&self, target: &str, host: &str, port: &str) -> Vec<String> {
        let target_of = |argument: &String| argument.replace("{file}", target).replace("{target}", target);
        let fill = |argument: &String| target_of(argument).replace("{host}", host).replace("{port}", port);
        std::iter::once(self.module.clone()).chain(self.arguments.iter().map(fill)).collect()
    }
}

/// Whether a text is a name, or names with dots between them.
pub(super) fn is_dotted(text: &str) -> bool {
    text.split('.').all(|part| {
        part.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && part.chars().all(|c| c.is_alphanumeric() || c == '_')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_says_how_it_is_started() {
        let typed = |kind, target: &str| EntryPoint::new("tool", kind, target, Source::User).typed().join(" ");
        assert_eq!(typed(EntryKind::Console, "a:b"), "tool");
        assert_eq!(typed(EntryKind::Installed, "bin/tool"), "tool");
        assert_eq!(typed(EntryKind::Module, "tool"), "python -m tool");
        assert_eq!(typed(EntryKind::Script, "tool.py"), "python tool.py");
        let runner = Runner {
            module: "uvicorn".into(),
            arguments: vec!["{target}".into(), "--port".into(), "{port}".into()],
            needs: Vec::new(),
            port: 8000,
        };
        let served =
            EntryPoint { runner: Some(runner), ..EntryPoint::new("app", EntryKind::Served, "main:app", Source::User) };
        assert_eq!(served.typed().join(" "), "uvicorn main:app --port 8000");
        assert_eq!(served.file(), None);
    }

    #[test]
    fn extras_behind_an_object_reference_are_its_own() {
        let of = |text: &str| EntryPoint::declared("x", EntryKind::Console, text, Source::User);
        let entry = of("a.b : run [fast, d]").unwrap();
        assert_eq!((entry.target.as_str(), entry.extras.join(" ")), ("a.b:run", "fast d".to_owned()));
        assert!(of("a.b").is_none() && of("a b:c").is_none() && of("a:b;c").is_none());
    }

    #[test]
    fn an_entry_point_is_meant_by_its_name_and_by_its_file() {
        let entry = EntryPoint::new("game", EntryKind::Script, "game.py", Source::User);
        assert!(entry.is_called("game") && entry.is_called("game.py") && entry.is_called("./game.py"));
        assert!(!entry.is_called("games"));
    }
}
