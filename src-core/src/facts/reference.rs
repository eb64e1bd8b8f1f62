//! How a program starts: an entry point as the module and function behind it.

use super::entry::{HOST, is_dotted};
use super::{EntryKind, EntryPoint, Runner};

/// A module, or a function in it: the object reference of an entry point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The module, dotted.
    pub module: String,
    /// The function in it, dotted where it is an attribute of something; `None` where the module is run, as `python -m` does.
    pub function: Option<String>,
    /// What a module that runs others is told before the arguments of users: expressions of Python.
    pub told: Vec<String>,
    /// The module that it runs then.
    pub runs: Option<String>,
}

impl Reference {
    /// What an entry point refers to.
    pub fn of(entry: &EntryPoint) -> Result<Self, NoReference> {
        let module = |module: String| Self { module, function: None, told: Vec::new(), runs: None };
        let reference = match (entry.kind, &entry.runner) {
            (EntryKind::Console | EntryKind::Gui, _) => Self::parse(&entry.target),
            (EntryKind::Module, _) => module(entry.target.clone()),
            (EntryKind::Served, Some(runner)) => {
                let of_object = || entry.target.split(':').next().unwrap_or_default().to_owned();
                let runs = Some(entry.file().map_or_else(of_object, module_of));
                Self { told: told(runner, &entry.target), runs, ..module(runner.module.clone()) }
            }
            (EntryKind::Script | EntryKind::Installed | EntryKind::Served, _) => module(module_of(&entry.target)),
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
            Some((module, function)) => {
                let function = Some(function.trim().into());
                Self { module: module.trim().into(), function, told: Vec::new(), runs: None }
            }
            None => Self { module: target.trim().into(), function: None, told: Vec::new(), runs: None },
        }
    }

    /// `module:function`, or `module`.
    pub fn text(&self) -> String {
        match (&self.function, &self.runs) {
            (Some(function), _) => format!("{}:{function}", self.module),
            (None, Some(runs)) => format!("{} {runs}", self.module),
            (None, None) => self.module.clone(),
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
            None if self.told.is_empty() => {
                format!("import runpy\nrunpy.run_module({module:?}, run_name=\"__main__\", alter_sys=True)\n")
            }
            None => format!(
                "import os\nimport runpy\nimport sys\nsys.argv[1:1] = [{}]\n\
                 runpy.run_module({module:?}, run_name=\"__main__\", alter_sys=True)\n",
                self.told.join(", ")
            ),
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

/// What a runner is told, as expressions of Python: texts, where it listens, and the place of a file on the search path.
fn told(runner: &Runner, target: &str) -> Vec<String> {
    let variable = |name: &str, usual: &str| format!("os.environ.get({}, {})", quoted(name), quoted(usual));
    let place = format!(
        "next(path for path in (os.path.join(folder, {}) for folder in sys.path) if os.path.isfile(path))",
        quoted(target)
    );
    let marks =
        [("{host}", variable("HOST", HOST)), ("{port}", variable("PORT", &runner.port.to_string())), ("{file}", place)];
    let expression = |argument: &String| {
        let mut rest = argument.replace("{target}", target);
        let mut parts = Vec::new();
        let first =
            |text: &str| marks.iter().filter_map(|mark| Some((text.find(mark.0)?, mark))).min_by_key(|found| found.0);
        while let Some((at, (mark, value))) = first(&rest) {
            parts.extend((at > 0).then(|| quoted(&rest[..at])));
            parts.push(value.clone());
            rest.drain(..at + mark.len());
        }
        parts.extend((!rest.is_empty() || parts.is_empty()).then(|| quoted(&rest)));
        parts.join(" + ")
    };
    runner.arguments.iter().map(expression).collect()
}

/// A literal of Python: those of JSON are among them.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The name under which the copy of a file is imported that lies at the top, as `python FILE` has its folder there.
pub(crate) fn module_of(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.strip_suffix(".pyw").or_else(|| name.strip_suffix(".py")).unwrap_or(name);
    if stem == "__main__" {
        // What starts the artifact has this name already.
        return "_main".to_owned();
    }
    let name = stem.replace(|c: char| !c.is_alphanumeric() && c != '_', "_");
    if name.starts_with(|c: char| c.is_numeric()) { format!("_{name}") } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Source;

    fn reference(kind: EntryKind, target: &str) -> Result<Reference, NoReference> {
        let source = Source::line("pyproject.toml", 9);
        Reference::of(&EntryPoint::new("x", kind, target, source))
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
        assert_eq!(module("tools/run.py"), "run");
        assert_eq!(module("bin/ssm-session"), "ssm_session");
        assert_eq!(module("todo final2.pyw"), "todo_final2");
        assert_eq!(module("Größe (2).py"), "Größe__2_");
        assert_eq!(module("__main__.py"), "_main");
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
    fn a_runner_is_told_what_it_runs_before_what_users_add() {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let runner = Runner {
            module: "streamlit".into(),
            arguments: words(&["run", "{file}", "--server.port={port}"]),
            needs: Vec::new(),
            port: 8501,
        };
        let entry = EntryPoint::new("x", EntryKind::Served, "my \"app\".py", Source::User);
        let started = Reference::of(&EntryPoint { runner: Some(runner), ..entry }).unwrap();
        let expected = "import os\nimport runpy\nimport sys\nsys.argv[1:1] = [\"run\", next(path for path in \
                        (os.path.join(folder, \"my \\\"app\\\".py\") for folder in sys.path) if os.path.isfile(path)), \
                        \"--server.port=\" + os.environ.get(\"PORT\", \"8501\")]\n\
                        runpy.run_module(\"streamlit\", run_name=\"__main__\", alter_sys=True)\n";
        assert_eq!(started.statements(), expected);
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
