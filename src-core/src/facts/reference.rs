//! How a program starts: an entry point as the module and function behind it.

use super::{EntryKind, EntryPoint};

/// A module, or a function in it: the object reference of an entry point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The module, dotted.
    pub module: String,
    /// The function in it, dotted where it is an attribute of something; `None` where the module is run, as `python -m` does.
    pub function: Option<String>,
}

impl Reference {
    /// What an entry point refers to.
    pub fn of(entry: &EntryPoint) -> Result<Self, NoReference> {
        let reference = match entry.kind {
            EntryKind::Console | EntryKind::Gui => Self::parse(&entry.target),
            EntryKind::Module => Self { module: entry.target.clone(), function: None },
            EntryKind::Script => Self { module: module_of(&entry.target), function: None },
        };
        let function = reference.function.as_deref();
        if is_dotted(&reference.module) && function.is_none_or(is_dotted) {
            return Ok(reference);
        }
        Err(NoReference { name: entry.name.clone(), place: entry.source.to_string(), target: entry.target.clone() })
    }

    fn parse(target: &str) -> Self {
        // Extras behind the function, as in `pkg:main [extra]`, are not part of the reference.
        let target = target.split('[').next().unwrap_or_default();
        match target.split_once(':') {
            Some((module, function)) => Self { module: module.trim().into(), function: Some(function.trim().into()) },
            None => Self { module: target.trim().into(), function: None },
        }
    }

    /// `module:function`, or `module`.
    pub fn text(&self) -> String {
        match &self.function {
            Some(function) => format!("{}:{function}", self.module),
            None => self.module.clone(),
        }
    }

    /// Python statements that start it, and end the process with what it returns.
    pub fn statements(&self) -> String {
        let module = &self.module;
        match &self.function {
            Some(function) => {
                let first = function.split('.').next().unwrap_or(function);
                format!("import sys\nfrom {module} import {first}\nsys.exit({function}())\n")
            }
            None => {
                format!("import runpy\nrunpy.run_module({module:?}, run_name=\"__main__\", alter_sys=True)\n")
            }
        }
    }
}

/// An entry point that names no module and no function.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` ({place}) is no module and function: `{target}`")]
pub struct NoReference {
    /// What the user types.
    pub name: String,
    /// Where it is declared.
    pub place: String,
    /// What it names.
    pub target: String,
}

/// The name under which a script is imported; a path that cannot be one gives the name of the copy that can.
fn module_of(path: &str) -> String {
    let path = path.strip_suffix(".py").unwrap_or(path);
    let dotted = path.replace('/', ".");
    if is_dotted(&dotted) {
        return dotted;
    }
    let name = path.rsplit('/').next().unwrap_or(path).replace(|c: char| !c.is_alphanumeric(), "_");
    if name.starts_with(|c: char| c.is_numeric()) { format!("_{name}") } else { name }
}

fn is_dotted(text: &str) -> bool {
    text.split('.').all(|part| {
        part.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && part.chars().all(|c| c.is_alphanumeric() || c == '_')
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Source;

    fn reference(kind: EntryKind, target: &str) -> Result<Reference, NoReference> {
        let source = Source::line("pyproject.toml", 9);
        Reference::of(&EntryPoint { name: "x".into(), kind, target: target.into(), source })
    }

    #[test]
    fn extras_and_spaces_are_not_part_of_a_reference() {
        let text = |target| reference(EntryKind::Console, target).unwrap().text();
        assert_eq!(text("pkg.cli : main [fast]"), "pkg.cli:main");
        assert_eq!(text("pkg.cli:App.run"), "pkg.cli:App.run");
    }

    #[test]
    fn a_script_with_an_impossible_name_gets_a_possible_one() {
        let module = |path| reference(EntryKind::Script, path).unwrap().module;
        assert_eq!(module("tools/run.py"), "tools.run");
        assert_eq!(module("my-tool.py"), "my_tool");
        assert_eq!(module("2fa.py"), "_2fa");
    }

    #[test]
    fn text_that_is_no_reference_never_becomes_code() {
        for target in ["os:system('x') #", "a b:main", "pkg:main;import os", "", ":main", "pkg:"] {
            let error = reference(EntryKind::Console, target).unwrap_err().to_string();
            assert!(error.starts_with("`x` (pyproject.toml:9) is no module and function"), "{error}");
        }
    }

    #[test]
    fn a_function_is_called_and_a_module_is_run() {
        let statements = |kind, target| reference(kind, target).unwrap().statements();
        assert_eq!(
            statements(EntryKind::Console, "pkg.cli:App.run"),
            "import sys\nfrom pkg.cli import App\nsys.exit(App.run())\n"
        );
        assert_eq!(
            statements(EntryKind::Module, "pkg"),
            "import runpy\nrunpy.run_module(\"pkg\", run_name=\"__main__\", alter_sys=True)\n"
        );
    }
}
