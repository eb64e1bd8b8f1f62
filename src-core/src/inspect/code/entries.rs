//! Entry points that only the code shows.

use super::given::Given;
use super::layout::{self, Layout, stem};
use super::module::Module;
use super::program::Program;
use crate::facts::{EntryKind, EntryPoint, Source};
use crate::inspect::tree::Tree;

/// Names under which a plain folder usually keeps its start, the most likely first.
const USUAL: &[&str] = &["__main__", "main", "app", "run", "cli", "manage", "wsgi", "server", "gui", "start"];

/// Packages with `__main__.py`, and scripts at the top with a main guard. Where metadata lists scripts, only the former
/// are looked for: other files are the workshop's.
pub(super) fn find(tree: &Tree, layout: &Layout, program: &Program, declared: &Given) -> Vec<EntryPoint> {
    if let Some(script) = declared.script {
        return vec![entry(stem(script), EntryKind::Script, script, program.at(script))];
    }
    let mut found: Vec<EntryPoint> = layout
        .packages
        .iter()
        .filter(|package| !package.namespace && tree.has(&format!("{}/__main__.py", package.path)))
        .map(|package| {
            let main = program.at(&format!("{}/__main__.py", package.path));
            entry(&package.name, EntryKind::Module, &package.name, main)
        })
        .collect();
    if declared.entry_points.is_empty() {
        found.extend(scripts(layout, program, declared));
    }
    found
}

fn scripts(layout: &Layout, program: &Program, declared: &Given) -> Vec<EntryPoint> {
    let top = if layout.source_dir.is_empty() { String::new() } else { format!("{}/", layout.source_dir) };
    let at_top: Vec<&Module> = program
        .modules
        .iter()
        .filter(|module| {
            let inside = module.path.strip_prefix(&top).unwrap_or(&module.path);
            layout::is_python(inside) && !inside.contains('/') && stem(inside) != "__init__"
        })
        .collect();
    let is_alone = at_top.len() == 1 && layout.packages.len() <= 1 && !declared.has_metadata;
    let mut scripts: Vec<&Module> = at_top
        .into_iter()
        .filter(|module| {
            let is_usual = USUAL.contains(&stem(&module.path)) && module.acts_on_import && !declared.has_metadata;
            module.main_guard.is_some() || is_usual || is_alone && module.acts_on_import
        })
        .collect();
    let rank = |module: &Module| USUAL.iter().position(|usual| *usual == stem(&module.path)).unwrap_or(USUAL.len());
    scripts.sort_by_key(|module| (rank(module), module.path.clone()));
    scripts.into_iter().map(|module| entry(stem(&module.path), EntryKind::Script, &module.path, Some(module))).collect()
}

fn entry(name: &str, kind: EntryKind, target: &str, module: Option<&Module>) -> EntryPoint {
    let path = module.map_or(target, |module| &module.path);
    let source = Source::File { path: path.to_owned(), line: module.and_then(|module| module.main_guard) };
    EntryPoint { name: name.to_owned(), kind, target: target.to_owned(), source }
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

    #[test]
    fn the_line_of_the_guard_is_the_evidence() {
        let scan = sample::script(GUARDED);
        assert_eq!(scan.entry_points[0].source, Source::line("tool.py", 2));
    }
}
