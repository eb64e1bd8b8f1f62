//! Entry points that only the code shows.

use std::collections::HashSet;

use super::given::Given;
use super::layout::{self, Layout, stem};
use super::module::Module;
use super::program::Program;
use super::served;
use super::starts::{self, Saying};
use crate::facts::{EntryKind, EntryPoint, Source, normalize};
use crate::inspect::tree::Tree;

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Entries {
    /// The likeliest first.
    pub found: Vec<EntryPoint>,
    /// Names of those that may be meant as well as the first, with it; empty where it is clear.
    pub rivals: Vec<String>,
}

/// How surely a file is what starts the program, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Sureness {
    /// Something runs it, or the README says so of it alone.
    Named,
    /// It has a name that programs start with, or that of the project.
    Usual,
    /// It does something, and no other file imports it.
    Acting,
    /// Others import it, or it was put aside.
    Unlikely,
}

/// Packages with `__main__.py`, and files that start something. Where metadata lists scripts, only the former are looked
/// for: other files are the workshop's.
pub(super) fn find(tree: &Tree, layout: &Layout, program: &Program, declared: &Given) -> Entries {
    if let Some(script) = declared.script {
        let found = vec![entry(stem(script), EntryKind::Script, script, program.at(script))];
        return Entries { found, ..Entries::default() };
    }
    let packages = layout.packages.iter().filter(|package| !package.namespace);
    let mains = packages.filter_map(|package| {
        let path = format!("{}/__main__.py", package.path);
        tree.has(&path).then(|| entry(&package.name, EntryKind::Module, &package.name, program.at(&path)))
    });
    let mut entries = if declared.entry_points.is_empty() && !declared.open_scripts {
        started(tree, layout, program, declared)
    } else {
        Entries::default()
    };
    let mains: Vec<EntryPoint> = mains.collect();
    if entries.found.is_empty() && declared.entry_points.is_empty() && mains.len() > 1 && !declared.has_metadata {
        entries.rivals = mains.iter().map(|entry| entry.name.clone()).collect();
    }
    entries.found.extend(mains);
    entries
}

/// Files that start something, and applications that another program starts.
fn started(tree: &Tree, layout: &Layout, program: &Program, declared: &Given) -> Entries {
    let Entries { mut found, mut rivals } = scripts(tree, layout, program, declared);
    let imported = imported(program);
    let mut applications = served::applications(program, declared);
    applications.retain(|one| one.entry.file().is_none() || !imported.contains(one.module.name.as_str()));
    let likely = served::placed(applications, &mut found);
    match likely.len() {
        0 => {}
        1 => rivals.clear(),
        _ => rivals = likely,
    }
    if let Some(process) = served::process(tree, program) {
        found.retain(|entry| entry.kind != EntryKind::Served || entry.target != process.target);
        found.insert(0, process);
        rivals.clear();
    }
    Entries { found, rivals }
}

/// The order in which people mean them: commands, of which one may bear the project's name, then files; `python -m` is the
/// way for those who install no scripts.
pub fn order(entry: &EntryPoint, project: &str) -> (u8, bool) {
    let is_other = normalize(&entry.name) != normalize(project);
    match entry.kind {
        EntryKind::Console | EntryKind::Gui | EntryKind::Installed => (0, is_other),
        EntryKind::Script | EntryKind::Served => (1, false),
        EntryKind::Module => (2, is_other),
    }
}

/// Files that start something: at the top, or where there is none, nearest to it.
fn scripts(tree: &Tree, layout: &Layout, program: &Program, declared: &Given) -> Entries {
    let top = if layout.source_dir.is_empty() { String::new() } else { format!("{}/", layout.source_dir) };
    let imported = imported(program);
    let depth = |module: &Module| module.path.strip_prefix(&top).unwrap_or(&module.path).matches('/').count();
    let is_alone =
        program.modules.iter().filter(|module| layout::is_python(&module.path) && depth(module) == 0).count() == 1
            && layout.packages.len() <= 1;
    let may_start = |module: &&Module| {
        let is_free = !imported.contains(module.name.as_str());
        let is_sure = starts::is_usual(&module.path) || is_alone || !declared.has_metadata && depth(module) == 0;
        let starts = module.main_guard.is_some() || module.acts_on_import && is_sure && is_free;
        layout::is_python(&module.path)
            && stem(&module.path) != "__init__"
            && starts
            && (depth(module) == 0 || !declared.has_metadata)
    };
    let candidates: Vec<&Module> = program.modules.iter().filter(may_start).collect();
    let nearest = candidates.iter().map(|module| depth(module)).min().unwrap_or_default();
    let sayings = starts::sayings(tree);
    let mut ranked: Vec<(Sureness, &Module)> = candidates
        .into_iter()
        .filter(|module| depth(module) == nearest && !is_main_of_package(tree, module))
        .map(|module| (sureness(module, &imported, &sayings, declared), module))
        .collect();
    // What a README says of several, it says of none.
    if ranked.iter().filter(|(sure, _)| *sure == Sureness::Named).count() > 1 {
        let runs: Vec<Saying> = sayings.into_iter().filter(|saying| saying.runs).collect();
        for (sure, module) in &mut ranked {
            *sure = sureness(module, &imported, &runs, declared);
        }
    }
    ranked.sort_by_key(|(sure, module)| (*sure, starts::place(&module.path), module.path.clone()));
    let best = ranked.first().map_or(Sureness::Unlikely, |(sure, _)| *sure);
    ranked.retain(|(sure, _)| *sure == best || *sure < Sureness::Unlikely);
    let found: Vec<EntryPoint> = ranked.iter().map(|(_, module)| of_file(layout, module)).collect();
    let as_sure = ranked.iter().take_while(|(sure, _)| *sure == best).count();
    let rivals =
        if as_sure > 1 { found.iter().take(as_sure).map(|entry| entry.name.clone()).collect() } else { Vec::new() };
    Entries { found, rivals }
}

/// `python -m` starts a package; its file is no program beside it.
fn is_main_of_package(tree: &Tree, module: &Module) -> bool {
    module.path.strip_suffix("/__main__.py").is_some_and(|folder| tree.has(&format!("{folder}/__init__.py")))
}

/// Names of modules that another one imports.
fn imported(program: &Program) -> HashSet<&str> {
    let mut names = HashSet::new();
    for module in &program.modules {
        for import in module.imports.iter().filter(|import| import.module != module.name) {
            let inner = import.names.iter().filter_map(|name| program.module(&format!("{}.{name}", import.module)));
            names.extend(program.module(&import.module).into_iter().chain(inner).map(|module| module.name.as_str()));
        }
    }
    names
}

fn sureness(module: &Module, imported: &HashSet<&str>, sayings: &[Saying], declared: &Given) -> Sureness {
    let is_named = sayings.iter().any(|saying| saying.starts(&module.path));
    let is_own = normalize(stem(&module.path)) == normalize(declared.name);
    match (is_named, imported.contains(module.name.as_str()) || starts::is_aside(&module.path)) {
        (true, _) => Sureness::Named,
        (false, true) => Sureness::Unlikely,
        (false, false) if is_own || starts::is_usual(&module.path) => Sureness::Usual,
        (false, false) => Sureness::Acting,
    }
}

/// A file as an entry point: one that imports its own folder as a package is run as a module of it.
fn of_file(layout: &Layout, module: &Module) -> EntryPoint {
    let inside = module.path.strip_prefix(&layout.source_dir).unwrap_or(&module.path).trim_start_matches('/');
    let package = inside.split_once('/').map(|(package, _)| package);
    let is_module = package.is_some_and(|package| module.imports.iter().any(|import| import.top() == package));
    let (kind, target) = if is_module { (EntryKind::Module, &module.name) } else { (EntryKind::Script, &module.path) };
    entry(stem(&module.path), kind, target, Some(module))
}

fn entry(name: &str, kind: EntryKind, target: &str, module: Option<&Module>) -> EntryPoint {
    let path = module.map_or(target, |module| &module.path);
    let source = Source::File { path: path.to_owned(), line: module.and_then(|module| module.main_guard) };
    EntryPoint::new(name, kind, target, source)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::code::sample;

    const GUARDED: &str = "def main(): pass\nif __name__ == '__main__':\n    main()\n";

    fn targets(files: &[(&str, &str)], declared: &Given) -> Vec<(EntryKind, String)> {
        let scan = sample::scanned(files, declared);
        scan.entry_points.into_iter().map(|entry| (entry.kind, entry.target)).collect()
    }

    #[test]
    fn a_package_with_main_can_be_started() {
        let files = [("src/a/__init__.py", ""), ("src/a/__main__.py", "print(1)")];
        let declared = Given { name: "a", has_metadata: true, ..Given::default() };
        assert_eq!(targets(&files, &declared), [(EntryKind::Module, "a".to_owned())]);
    }

    #[test]
    fn scripts_are_known_by_their_main_guard_and_the_usual_ones_come_first() {
        let files = [("alpha.py", GUARDED), ("main.py", GUARDED), ("lib.py", "x = 1"), ("app.py", "print(1)")];
        let script = |path: &str| (EntryKind::Script, path.to_owned());
        assert_eq!(targets(&files, &Given::default()), [script("main.py"), script("app.py"), script("alpha.py")]);
    }

    #[test]
    fn the_only_file_is_the_entry_point_when_it_does_something() {
        assert_eq!(targets(&[("hello.py", "print(1)")], &Given::default()).len(), 1);
        assert_eq!(targets(&[("hello.py", "x = 1")], &Given::default()), []);
    }

    fn found(files: &[(&str, &str)]) -> (Vec<String>, Vec<String>) {
        let scan = sample::folder(files);
        (scan.entry_points.into_iter().map(|entry| entry.target).collect(), scan.rivals)
    }

    #[test]
    fn code_at_the_top_that_nothing_imports_starts_the_program() {
        let game = "import settings\nwhile True:\n    step()\n";
        let expected = (vec!["tide.py".to_owned()], Vec::new());
        assert_eq!(found(&[("tide.py", game), ("settings.py", "load()\n")]), expected);
        assert_eq!(
            found(&[("todo final2.py", "root.mainloop()\n"), ("old_todo.py", "print(1)\n")]).0,
            ["todo final2.py"]
        );
    }

    #[test]
    fn two_programs_in_one_folder_are_two_until_something_tells_them_apart() {
        let files = [("client.py", GUARDED), ("worker.py", GUARDED), ("lib.py", "x = 1")];
        assert_eq!(found(&files).1, ["client", "worker"]);
        let named = [&files[..], &[("Procfile", "worker: python worker.py\n")]].concat();
        assert_eq!(found(&named), (vec!["worker.py".to_owned(), "client.py".to_owned()], Vec::new()));
        let told = [&files[..], &[("README.md", "Run:\n\n    python client.py\n")]].concat();
        assert_eq!(found(&told).1, [""; 0]);
        let both = [&files[..], &[("README.md", "python client.py and python worker.py\n")]].concat();
        assert_eq!(found(&both).1, ["client", "worker"]);
    }

    #[test]
    fn what_others_import_is_no_program_beside_them() {
        let imports = format!("import tools\n{GUARDED}");
        assert_eq!(found(&[("work.py", &imports), ("tools.py", GUARDED)]), (vec!["work.py".to_owned()], Vec::new()));
    }

    #[test]
    fn a_program_in_a_folder_is_found_and_run_as_it_imports() {
        assert_eq!(found(&[("game/main.py", "import sprites\nrun()\n"), ("game/sprites.py", "")]).0, ["game/main.py"]);
        let (targets, _) = found(&[("game/main.py", "from game.sprites import x\nrun()\n"), ("game/sprites.py", "")]);
        assert_eq!(targets, ["game.main"]);
    }

    #[test]
    fn a_half_finished_description_leaves_the_program_to_be_found() {
        let packages = ["main".to_owned()];
        let declared = Given { name: "a", has_metadata: true, packages: &packages, ..Given::default() };
        let files =
            [("main.py", GUARDED), ("loader.py", ""), ("old_main_backup.py", "print(1)"), ("setup.py", "setup()")];
        assert_eq!(targets(&files, &declared), [(EntryKind::Script, "main.py".to_owned())]);
    }

    #[test]
    fn the_line_of_the_guard_is_the_evidence() {
        let scan = sample::script(GUARDED);
        assert_eq!(scan.entry_points[0].source, Source::line("tool.py", 2));
    }
}
