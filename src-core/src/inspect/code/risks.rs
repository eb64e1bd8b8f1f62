//! What may break some artifacts, found before any build. Each risk names the code and its line.

mod needs;

use super::layout;
use super::libraries;
use super::module::{Beside, Call, Literal, Module};
use super::reads;
use super::whole::Code;
use crate::facts::{Edit, EntryKind, Risk, RiskKind, Source};

/// Functions that import what their first argument names.
const IMPORTERS: &[&str] = &["importlib.import_module", "__import__", "runpy.run_module", "runpy.run_path"];

/// Functions that load a file as a module.
const LOADERS: &[&str] = &["importlib.util.spec_from_file_location", "importlib.machinery.SourceFileLoader"];

/// Functions that start processes, which run the program again where it has no Python of its own to run.
const STARTERS: &[&str] = &[
    "multiprocessing.Process",
    "multiprocessing.Pool",
    "multiprocessing.Manager",
    "multiprocessing.get_context",
    "multiprocessing.pool.Pool",
    "concurrent.futures.ProcessPoolExecutor",
    "concurrent.futures.process.ProcessPoolExecutor",
];

/// Ends of files with code that a compiler turns into an extension module, and of compiled ones.
const EXTENSIONS: &[&str] = &[".pyx", ".so", ".pyd"];

/// A server of a framework that only its own machine reaches unless it is told otherwise.
const LOOPBACK_UNLESS_TOLD: [&str; 2] = ["flask.Flask().run", "uvicorn.run"];

/// Finds all risks, in the order of their kinds and lines.
pub(super) fn find(code: &Code) -> (Vec<Risk>, Vec<Edit>) {
    let (mut risks, mut edits) = (Vec::new(), Vec::new());
    for module in &code.program.modules {
        dynamic_imports(module, &mut risks);
        metadata_at_run_time(module, &mut risks);
        files_beside(code, module, &mut risks);
        reads::find(code, module, &mut risks, &mut edits);
    }
    coroutines(code, &mut risks);
    processes(code, &mut risks);
    native_code(code, &mut risks);
    shadows(code, &mut risks);
    exposed(code, &mut risks);
    needs::find(code, &mut risks);
    risks.sort_by_key(|risk| (risk.kind, risk.source.to_string()));
    // Of a secret, every line is told: each has to be mended.
    risks.dedup_by(|left, right| {
        left.kind == right.kind
            && left.what == right.what
            && (left.kind != RiskKind::Secret || left.source == right.source)
    });
    (risks, edits)
}

fn dynamic_imports(module: &Module, risks: &mut Vec<Risk>) {
    for call in &module.calls {
        let callee = call.callee.as_str();
        let name = call.arguments.first().or_else(|| call.keyword("name"));
        let is_computed = IMPORTERS.contains(&callee) && !matches!(name, Some(Literal::Text(_)));
        if is_computed || LOADERS.contains(&callee) {
            risks.push(module.risk(RiskKind::DynamicImport, format!("{callee}(…)"), call.line));
        }
    }
}

fn metadata_at_run_time(module: &Module, risks: &mut Vec<Risk>) {
    for call in &module.calls {
        let callee = call.callee.as_str();
        let asks = ["importlib.metadata.", "importlib_metadata.", "pkg_resources."];
        let asks_for_data = callee.starts_with("pkg_resources.resource_");
        if asks.iter().any(|start| callee.starts_with(start)) && !asks_for_data && !callee.contains("()") {
            let argument = call.arguments.first().and_then(Literal::text);
            let what = argument.map_or_else(|| format!("{callee}(…)"), |name| format!("{callee}(\"{name}\")"));
            risks.push(module.risk(RiskKind::DistributionMetadata, what, call.line));
        }
    }
}

/// Files that the code opens by their place, and among them those that the selection leaves out.
fn files_beside(code: &Code, module: &Module, risks: &mut Vec<Risk>) {
    for beside in &module.beside {
        let what = if beside.exact { beside.path.clone() } else { format!("{}/…", beside.path) };
        // What version control keeps is asked for where the code lies in a checkout, and is in no artifact.
        let of_repository = beside.path.split('/').any(|part| part == ".git");
        if beside.path.ends_with(".py") || of_repository {
            continue;
        }
        let is_listed = code.tree.has(&beside.path) || code.tree.has_folder(&beside.path);
        if beside.exact && !is_listed && !beside.path.is_empty() && code.tree.root.join(&beside.path).exists() {
            risks.push(module.risk(RiskKind::IgnoredFile, what.clone(), beside.line));
        }
        // The same path again, inside of what writes it.
        let is_written = |other: &Beside| other.writes && other.line == beside.line && other.path == beside.path;
        if !beside.writes && module.beside.iter().any(is_written) {
            continue;
        }
        let kind = if beside.writes { RiskKind::WrittenBesideCode } else { RiskKind::FileBesideCode };
        risks.push(module.risk(kind, what, beside.line));
    }
}

/// Commands that call an `async def`.
fn coroutines(code: &Code, risks: &mut Vec<Risk>) {
    for entry in code.entry_points.iter().filter(|entry| matches!(entry.kind, EntryKind::Console | EntryKind::Gui)) {
        let function = entry.target.split_once(':').map_or("", |(_, function)| function);
        let found = code.start_of(entry).and_then(|module| {
            let definition = module.definitions.iter().rev().find(|definition| definition.name == function)?;
            definition.is_coroutine.then(|| module.risk(RiskKind::CoroutineCommand, &entry.name, definition.line))
        });
        risks.extend(found);
    }
}

fn processes(code: &Code, risks: &mut Vec<Risk>) {
    let modules = &code.program.modules;
    if modules.iter().any(|module| module.calls.iter().any(|call| call.callee.ends_with(".freeze_support"))) {
        return;
    }
    let first = modules.iter().find_map(|module| {
        let call = module.calls.iter().find(|call| STARTERS.contains(&call.callee.as_str()))?;
        Some(module.risk(RiskKind::Multiprocessing, format!("{}(…)", call.callee), call.line))
    });
    risks.extend(first);
}

/// Extension modules in the packages, compiled or to be compiled.
fn native_code(code: &Code, risks: &mut Vec<Risk>) {
    for package in &code.layout.packages {
        let in_package = code.tree.under(&package.path).filter(|file| !layout::is_test(&file.path));
        for file in in_package.filter(|file| EXTENSIONS.iter().any(|end| file.path.ends_with(end))) {
            let source = Source::File { path: file.path.clone(), line: None };
            risks.push(Risk { kind: RiskKind::NativeCode, what: file.path.clone(), source });
        }
    }
}

/// Modules at the top that hide one of the standard library. On a board, `code.py` is where the firmware starts.
fn shadows(code: &Code, risks: &mut Vec<Risk>) {
    let is_firmware = code.imports.iter().any(|import| libraries::Libraries::get().is_firmware(&import.module));
    let mut names: Vec<(&str, &str)> = Vec::new();
    names.extend(code.layout.packages.iter().map(|package| (package.name.as_str(), package.path.as_str())));
    names.extend(code.program.modules.iter().map(|module| (module.name.as_str(), module.path.as_str())));
    for (name, path) in names {
        if libraries::is_standard(name) && !is_firmware && name != "__main__" {
            let source = Source::File { path: path.to_owned(), line: None };
            risks.push(Risk { kind: RiskKind::ShadowsStandardLibrary, what: name.to_owned(), source });
        }
    }
}

/// What is exposed by all modules, each with its file and line.
fn exposed(code: &Code, risks: &mut Vec<Risk>) {
    for module in &code.program.modules {
        let own = module.shown.iter().map(|shown| (shown.kind, shown.what.clone(), shown.line));
        let loopback = module.calls.iter().filter(|call| is_loopback(module, call));
        let loopback = loopback.map(|call| {
            (RiskKind::LoopbackOnly, "listens on 127.0.0.1, as nothing else is said".to_owned(), call.line)
        });
        risks.extend(own.chain(loopback).map(|(kind, what, line)| Risk {
            kind,
            what,
            source: Source::line(&module.path, line),
        }));
    }
}

fn is_loopback(module: &Module, call: &Call) -> bool {
    let is_told = call.keyword("host").is_some() || call.keyword("uds").is_some() || call.keyword("fd").is_some();
    let is_known = module.shown.iter().any(|shown| shown.kind == RiskKind::LoopbackOnly);
    LOOPBACK_UNLESS_TOLD.contains(&call.callee.as_str()) && !is_told && call.arguments.len() < 2 && !is_known
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::code::sample;

    fn risks(text: &str) -> Vec<(RiskKind, String, String)> {
        let scan = sample::script(text);
        scan.risks.into_iter().map(|risk| (risk.kind, risk.what, risk.source.to_string())).collect()
    }

    fn one(kind: RiskKind, what: &str, at: &str) -> Vec<(RiskKind, String, String)> {
        vec![(kind, what.to_owned(), at.to_owned())]
    }

    #[test]
    fn an_import_with_a_computed_name_is_a_risk_and_a_written_one_is_not() {
        let found = risks("from importlib import import_module as load\nload('json')\nload(name)\n");
        assert_eq!(found, one(RiskKind::DynamicImport, "importlib.import_module(…)", "tool.py:3"));
        assert_eq!(risks("__import__(x)"), one(RiskKind::DynamicImport, "__import__(…)", "tool.py:1"));
    }

    #[test]
    fn files_beside_the_code_are_found_in_every_spelling() {
        for text in [
            "open(os.path.join(os.path.dirname(__file__), 'data', 'a.txt'))",
            "HERE = os.path.dirname(os.path.abspath(__file__))\nopen(HERE + '/data/a.txt')",
            "(Path(__file__).parent / 'data' / 'a.txt').read_text()",
            "HERE = Path(__file__).resolve().parent\nHERE.joinpath('data', 'a.txt')",
            "Path(__file__).parents[0] / 'data/a.txt'",
            "Path(__file__).with_name('data') / 'a.txt'",
        ] {
            let found = risks(&format!("import os\nfrom pathlib import Path\n{text}\n"));
            assert!(found.iter().any(|risk| risk.1 == "data/a.txt"), "{text}: {found:?}");
            assert!(found.iter().all(|risk| risk.0 == RiskKind::FileBesideCode), "{text}: {found:?}");
        }
    }

    #[test]
    fn changing_the_search_path_opens_no_file() {
        let text = "import os, sys\nsys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', 'lib'))\n";
        assert_eq!(risks(text), []);
    }

    #[test]
    fn what_version_control_keeps_is_missed_in_no_artifact() {
        let text = "from pathlib import Path\nhead = Path(__file__).parent / '.git/HEAD'\nprint(head.read_text())\n";
        assert_eq!(risks(text), []);
    }

    #[test]
    fn an_ignored_file_that_the_program_opens_is_a_risk_of_its_own() {
        let text = "from pathlib import Path\nprint((Path(__file__).parent / 'secret.json').read_text())\n";
        let scan = sample::folder(&[("main.py", text), ("secret.json", "{}"), (".gitignore", "secret.json\n")]);
        let kinds: Vec<_> = scan.risks.iter().map(|risk| risk.kind).collect();
        assert_eq!(kinds, [RiskKind::FileBesideCode, RiskKind::IgnoredFile]);
    }

    #[test]
    fn asking_for_a_distribution_at_run_time_is_a_risk() {
        let found = risks("from importlib.metadata import version\nprint(version('click'))\n");
        let expected = one(RiskKind::DistributionMetadata, "importlib.metadata.version(\"click\")", "tool.py:2");
        assert_eq!(found, expected);
    }

    #[test]
    fn processes_need_freeze_support() {
        let text = "import multiprocessing as mp\nmp.Process(target=f).start()\n";
        assert_eq!(risks(text), one(RiskKind::Multiprocessing, "multiprocessing.Process(…)", "tool.py:2"));
        assert_eq!(risks(&format!("{text}mp.freeze_support()\n")), []);
    }

    #[test]
    fn a_module_named_like_a_standard_one_is_a_risk() {
        let scan = sample::folder(&[("main.py", "import random"), ("random.py", ""), ("pkg/json.py", "")]);
        let found: Vec<_> = scan.risks.iter().map(|risk| (risk.kind, risk.what.as_str())).collect();
        assert_eq!(found, [(RiskKind::ShadowsStandardLibrary, "random")]);
        let board = sample::folder(&[("code.py", "import board\n")]);
        assert_eq!(board.risks, []);
    }

    #[test]
    fn extension_modules_are_native_code() {
        let scan = sample::folder(&[("a/__init__.py", ""), ("a/fast.pyx", "")]);
        assert_eq!(scan.risks[0].kind, RiskKind::NativeCode);
    }
}
