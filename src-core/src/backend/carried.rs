//! What an artifact carries of the project itself, besides its wheel: files that no wheel holds, and what starts them.

use super::Request;
use super::concerns::warn_of_ignored_files;
use crate::facts::{Definition, EntryKind, EntryPoint, Reference, module_of};
use crate::plan::{Action, Item, Plan, Step, StepId, Word};

/// The module that starts what no tool can start by a function of its own.
pub(crate) const LAUNCHER: &str = "_packwright_start";

/// Whether the project's wheel is inside. A file that starts a flat project is not part of the wheel, nor may be what it
/// imports: half-finished descriptions list neither.
pub(crate) fn carries_wheel(request: &Request, entry: &EntryPoint) -> bool {
    let project = &request.project;
    let in_wheel = match (entry.kind, entry.file()) {
        (EntryKind::Console | EntryKind::Gui | EntryKind::Module | EntryKind::Installed, _) => true,
        (EntryKind::Script, _) | (EntryKind::Served, Some(_)) => {
            !project.source_dir.is_empty() || request.is_native_itself()
        }
        (EntryKind::Served, None) => {
            let top = entry.target.split(['.', ':']).next().unwrap_or_default();
            project.packages.iter().any(|package| package.name == top)
        }
    };
    project.is_buildable() && in_wheel
}

/// The project's own files that go in beside its wheel, or without one; none where the wheel has all.
///
/// A folder is copied as it is. The file that starts it is copied once more to the top, under a name that can be imported:
/// that is where `python FILE` looks for what it imports.
pub(super) fn own_items(request: &Request, entry: &EntryPoint) -> Vec<Item> {
    let mut items = Vec::new();
    let is_loose = !carries_wheel(request, entry) && !is_one_file(request);
    if !carries_wheel(request, entry) {
        if is_one_file(request) {
            let named = entry.runner.as_ref().and(entry.file());
            items.extend(named.map(|file| Item::from(file, Word::source(file))));
        } else {
            let folder = entry.file().and_then(|file| file.rsplit_once('/')).map(|(folder, _)| folder);
            let source_dir = Some(&*request.project.source_dir).filter(|folder| !folder.is_empty());
            let folders: Vec<&str> =
                source_dir.into_iter().chain(folder.filter(|folder| Some(*folder) != source_dir)).collect();
            items.push(Item::from("", Word::source("")).without(&hidden(request, &folders)));
            items.extend(folders.iter().map(|folder| Item::from("", Word::source(*folder))));
        }
    }
    let installed = request.project.entry_points.iter().filter(|other| other.kind == EntryKind::Installed);
    for file in std::iter::once(entry).chain(installed).filter_map(EntryPoint::file) {
        let to = format!("{}.py", module_of(file));
        let is_new = |item: &Item| item.at != to;
        // The folder that it lies in went to the top already.
        let is_at_top =
            is_loose && Some(file) == entry.file() && file.rsplit_once('/').is_some_and(|(_, name)| name == to);
        if (to != file || items.is_empty()) && !is_at_top && items.iter().all(is_new) && is_there(request, file) {
            items.push(Item::from(to, Word::source(file)));
        }
    }
    items
}

/// Files at the top that others of the same name take the place of: those of folders whose files go to the top.
fn hidden<'r>(request: &'r Request, folders: &[&str]) -> Vec<&'r str> {
    let files = &request.project.selection.files;
    let inside = |folder: &str, file: &'r String| file.strip_prefix(folder)?.strip_prefix('/');
    let taken = folders.iter().flat_map(|folder| files.iter().filter_map(move |file| inside(folder, file)));
    taken.filter(|path| files.iter().any(|file| file == path)).collect()
}

/// The step that copies them; `None` where there are none.
pub(super) fn own_files(request: &Request, entry: &EntryPoint, items: Vec<Item>, plan: &mut Plan) -> Option<StepId> {
    if items.is_empty() {
        return None;
    }
    warn_of_ignored_files(request, plan);
    if !carries_wheel(request, entry) {
        warn_of_other_programs(request, entry, plan);
    }
    Some(plan.add(Step::new("Copy the program", Action::Lay { items })))
}

/// The same in one.
pub(crate) fn own_code(request: &Request, entry: &EntryPoint, plan: &mut Plan) -> Option<StepId> {
    own_files(request, entry, own_items(request, entry), plan)
}

/// Whether a file is one of the source: a program that only the build makes is not.
pub(crate) fn is_there(request: &Request, file: &str) -> bool {
    let files = &request.project.selection.files;
    files.is_empty() || files.iter().any(|known| known == file)
}

/// Whether the project is one file, with nothing beside it that it uses.
fn is_one_file(request: &Request) -> bool {
    matches!(request.project.definition, Definition::Script(_)) && request.project.selection.files.len() <= 1
}

/// Two programs in a folder are never handed over as one without a word.
fn warn_of_other_programs(request: &Request, entry: &EntryPoint, plan: &mut Plan) {
    let started = entry.file().unwrap_or(&entry.target);
    let others = request.entries.iter().filter(|other| {
        let is_file = matches!(other.kind, EntryKind::Script);
        is_file && other.file() != entry.file() && !entry.target.starts_with(&format!("{}:", other.name))
    });
    for other in others {
        plan.warn(format!(
            "`{}` starts a program too: it goes in as a file, and what is handed over starts `{started}`; name it as the entry \
             point to get that one",
            other.target
        ));
    }
}

/// The lines of a module whose function `main` starts the program.
pub(crate) fn launcher(start: &Reference) -> String {
    let statements: String = start.statements().lines().map(|statement| format!("    {statement}\n")).collect();
    format!("def main():\n{statements}")
}

/// Puts the module that starts the program beside its files.
pub(crate) fn with_launcher(start: &Reference, own: Option<&StepId>, plan: &mut Plan) -> StepId {
    let own = own.map(|own| Item::output("", own, crate::plan::Pick::Folder));
    let text = Item::text(format!("{LAUNCHER}.py"), launcher(start));
    let items = own.into_iter().chain([text]).collect();
    plan.add(Step::new("Put what starts the program beside it", Action::Lay { items }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::sample;
    use crate::facts::{Runner, Source};
    use crate::plan::{Piece, What};

    /// Where each file of the source goes.
    fn laid(request: &Request) -> Vec<(String, String)> {
        let mut plan = Plan::new("x");
        own_code(request, &request.entries[0], &mut plan);
        let Some(Action::Lay { items }) = plan.steps.last().map(|step| step.action.clone()) else { return Vec::new() };
        let from = |item: &Item| match &item.what {
            What::From { word, .. } => match word.piece() {
                Some(Piece::Source(path)) => path.clone(),
                other => format!("{other:?}"),
            },
            other => format!("{other:?}"),
        };
        items.iter().map(|item| (from(item), item.at.clone())).collect()
    }

    fn pair(from: &str, to: &str) -> (String, String) {
        (from.to_owned(), to.to_owned())
    }

    fn folder(file: &str) -> Request {
        let mut request = sample::one_file();
        request.project.definition = Definition::Folder(String::new());
        request.project.selection.files = vec![file.to_owned(), "settings.py".into()];
        request.entries = vec![EntryPoint::new("tide", EntryKind::Script, file, Source::User)];
        request
    }

    #[test]
    fn a_folder_goes_in_whole_and_its_start_under_a_name_that_can_be_imported() {
        assert_eq!(laid(&folder("tide.py")), [pair("", "")]);
        assert_eq!(laid(&folder("tide final2.py")), [pair("", ""), pair("tide final2.py", "tide_final2.py")]);
        assert_eq!(laid(&folder("tools/tide.py")), [pair("", ""), pair("tools", "")]);
    }

    #[test]
    fn a_script_with_neighbours_takes_them_along() {
        let mut request = folder("tide.py");
        request.project.definition = Definition::Script("tide.py".into());
        assert_eq!(laid(&request), [pair("", "")]);
        request.project.selection.files.pop();
        assert_eq!(laid(&request), [pair("tide.py", "tide.py")]);
    }

    #[test]
    fn installed_files_go_in_beside_the_wheel() {
        let mut request = sample::weather();
        let script = |name: &str| EntryPoint::new(name, EntryKind::Installed, format!("bin/{name}"), Source::User);
        request.project.entry_points = vec![script("one-it"), script("two")];
        request.project.selection.files = vec!["bin/one-it".into(), "bin/two".into()];
        request.entries = request.project.entry_points.clone();
        assert!(carries_wheel(&request, &request.entries[0]));
        assert_eq!(laid(&request), [pair("bin/one-it", "one_it.py"), pair("bin/two", "two.py")]);
    }

    #[test]
    fn a_half_finished_description_leaves_nothing_behind() {
        let mut request = sample::weather();
        request.project.source_dir = String::new();
        request.entries = vec![EntryPoint::new("main", EntryKind::Script, "main.py", Source::User)];
        assert!(!carries_wheel(&request, &request.entries[0]));
        assert_eq!(laid(&request), [pair("", "")]);
        request.project.source_dir = "src".into();
        assert_eq!(laid(&request), [pair("main.py", "main.py")], "the wheel has the rest");
    }

    #[test]
    fn another_program_beside_it_is_named() {
        let mut request = folder("tide.py");
        request.entries.push(EntryPoint::new("moon", EntryKind::Script, "moon.py", Source::User));
        let mut plan = Plan::new("x");
        own_code(&request, &request.entries[0], &mut plan);
        assert!(plan.warnings[0].starts_with("`moon.py` starts a program too"), "{:?}", plan.warnings);
    }

    #[test]
    fn what_a_runner_is_told_keeps_its_name() {
        let mut request = sample::one_file();
        let runner =
            Runner { module: "streamlit".into(), arguments: vec!["{file}".into()], needs: Vec::new(), port: 8501 };
        let entry = EntryPoint::new("tide", EntryKind::Served, "tide-1.py", Source::User);
        request.entries = vec![EntryPoint { runner: Some(runner), ..entry }];
        request.project.selection.files = vec!["tide-1.py".into()];
        assert_eq!(laid(&request), [pair("tide-1.py", "tide-1.py"), pair("tide-1.py", "tide_1.py")]);
    }
}
