//! Reads a project without running any of its code: everything is parsed, nothing is executed.
//!
//! [`tree`] walks the folder once; `metadata` reads what its files declare; the code is looked at last, in the light of
//! both. Above the root only workspaces and their locks are looked for, by name.

pub(crate) mod belongs;
mod beside;
pub mod browse;
pub(crate) mod build_backends;
pub mod code;
pub(crate) mod configparser;
mod error;
mod glance;
mod metadata;
mod neighbours;
pub mod regular;
pub(crate) mod secrets;
mod syntax;
pub mod tree;
mod typed;

use std::fs;
use std::panic::resume_unwind;
use std::path::Path;
use std::thread;

pub use error::InspectError;
pub use glance::refusal;

use crate::facts::{Definition, Evidence, Facts, NamedIndex, Project, Requirement, Sorting, Source, Tries};
use crate::problem::count;
use metadata::Declared;
pub(crate) use metadata::{file_address, redirected};
use tree::Tree;
pub use typed::words_of;

/// What was found in a folder or a single file.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Inspection {
    /// The nouns.
    pub project: Project,
    /// The adjectives, each with its evidence; answers saved with the project are laid over what the files show.
    pub facts: Facts,
    /// What was not read, so that nothing is known of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<Unread>,
}

/// A file or a folder that was not read, or not to its end.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Unread {
    /// Its path from the root, with the line where reading ended if there is one; or how many files.
    pub what: String,
    /// The reason.
    pub because: String,
}

/// Files that stand for the folder they lie in when they are named themselves.
const DEFINITIONS: [&str; 4] = ["pyproject.toml", "setup.py", "setup.cfg", "requirements.txt"];

/// Stack of a thread that reads a project, in bytes: trees of syntax are walked and dropped by plain recursion, and this
/// holds the deepest that `code` lets through, with room to spare.
const STACK: usize = 128 << 20;

/// Reads the project in a folder, or the single script at this path.
pub fn read(path: &Path) -> Result<Inspection, InspectError> {
    read_sorted(path, &Sorting::default())
}

/// Reads it with what the user says of its files.
pub fn read_sorted(path: &Path, said: &Sorting) -> Result<Inspection, InspectError> {
    thread::scope(|scope| {
        let reading = || {
            let (tree, declared) = open(path, said)?;
            let mut inspection = assemble(tree, declared)?;
            inspection.project.selection.sorting = said.clone();
            Ok(inspection)
        };
        let failed = |source| InspectError::Read { path: path.to_path_buf(), source };
        let reader = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, reading).map_err(failed)?;
        // A panic goes on where the project was asked for, which reports it.
        reader.join().unwrap_or_else(|panic| resume_unwind(panic))
    })
}

/// Walks the tree that a path means, and reads its metadata.
fn open(path: &Path, said: &Sorting) -> Result<(Tree, Declared), InspectError> {
    let status = fs::metadata(path).map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => InspectError::Missing { path: path.to_path_buf() },
        _ => InspectError::Read { path: path.to_path_buf(), source },
    })?;
    if status.is_dir() {
        if let Some(refusal) = refusal(path) {
            return Err(refusal);
        }
        return open_folder(path, path, said);
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    // A notebook is read with what lies beside it, which it opens and imports.
    if DEFINITIONS.contains(&&*name) || name.ends_with(".ipynb") {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        return open_folder(folder, path, said);
    }
    let tree = tree::single(path)?;
    let script = tree.files.first().map(|file| file.path.clone()).unwrap_or_default();
    if !metadata::is_python(&script) && !has_python_shebang(&tree, &script)? {
        return Err(InspectError::NotPython { path: path.to_path_buf() });
    }
    let declared = metadata::read_script(&tree, &script)?;
    let mut tree = neighbours::with_neighbours(tree);
    belongs::keep(&mut tree, &script);
    let saved = metadata::read_settings(&tree, &declared.definition)?.settings;
    let saved = Sorting { include: saved.include, leave_out: saved.leave_out };
    belongs::settle(&mut tree, &[], &saved, said)?;
    Ok((tree, declared))
}

fn open_folder(folder: &Path, named: &Path, said: &Sorting) -> Result<(Tree, Declared), InspectError> {
    let mut tree = tree::walk(folder)?;
    let declared = metadata::read(&tree)?;
    let saved = declared.as_ref().map(|declared| metadata::read_settings(&tree, &declared.definition)).transpose()?;
    let saved = saved.map(|saved| Sorting { include: saved.settings.include, leave_out: saved.settings.leave_out });
    // Before anything is judged by the files there are.
    let patterns = if tree.doubts.is_empty() { Vec::new() } else { metadata::named(&tree) };
    belongs::settle(&mut tree, &patterns, &saved.unwrap_or_default(), said)?;
    let declared = if declared.is_none() { metadata::read(&tree)? } else { declared };
    let mut declared = declared.ok_or_else(|| InspectError::NoProject { path: named.to_path_buf() })?;
    if let Some(system) = &mut declared.build_system {
        system.own_code = build_backends::reasons(&tree, system);
    }
    Ok((tree, declared))
}

/// Whether a file without the usual ending says that Python runs it.
fn has_python_shebang(tree: &Tree, path: &str) -> Result<bool, InspectError> {
    let text = tree.read(path)?.unwrap_or_default();
    let first = text.lines().next().unwrap_or_default();
    Ok(first.starts_with("#!") && first.contains("python"))
}

/// Puts together what is declared, what the code shows and what is saved.
fn assemble(tree: Tree, mut declared: Declared) -> Result<Inspection, InspectError> {
    metadata::complete(&mut declared, &tree);
    let saved = metadata::read_settings(&tree, &declared.definition)?;
    let is_script = matches!(declared.definition, Definition::Script(_));
    let workspace = if is_script { None } else { metadata::find_workspace(&tree)? }.unwrap_or_default();
    let above = Some(workspace.above.as_str()).filter(|above| !above.is_empty());
    let lock = metadata::find_lock(&tree, &declared, above);
    let below = workspace.members.iter().filter(|member| member.path != "." && !member.path.starts_with("../"));
    let members: Vec<_> = below.filter(|_| above.is_none()).cloned().collect();
    let has_members = above.is_none() && workspace.members.iter().any(|member| member.path != ".");
    let scan = |declared: &Declared| {
        let optional: Vec<Requirement> = declared.extras.values().flatten().cloned().collect();
        code::scan(&tree, &code::Given { has_members, members: &members, optional: &optional, ..for_code(declared) })
    };
    let mut scanned = scan(&declared);
    let is_listed_beside = beside::take(&tree, &mut declared, &scanned);
    if is_listed_beside {
        scanned = scan(&declared);
    }
    let scan = scanned;
    let indexes = metadata::find_indexes(&tree, &declared, &workspace, lock.as_ref())?;
    if !declared.is_package && !declared.has_dependency_list {
        // Nothing says what a bare folder or script needs, but its imports do.
        declared.dependencies = scan.undeclared;
    }

    // What the author states decides over what the code suggests; the user's answers decide over both.
    let mut facts = scan.facts;
    let stated = metadata::facts(&declared, &tree, has_members, &facts);
    facts.overlay(&stated);
    facts.overlay(&saved.facts);

    let (trial, commands) = match &saved.settings.trial {
        Some(Tries::As(trial)) => {
            (Evidence { value: trial.clone(), source: Source::Saved { path: saved.path } }, Vec::new())
        }
        Some(Tries::Typed(typed)) => (scan.trial, typed.iter().map(|line| words_of(line)).collect()),
        None => (scan.trial, Vec::new()),
    };
    let unread = unread(&tree, &scan.unparsed, scan.unread);
    let mut risks = tree.risks.clone();
    risks.extend(scan.risks);
    risks.extend(is_listed_beside.then(|| beside::risks(&declared)).into_iter().flatten());
    risks.extend(declared.risks);
    risks.extend(indexes.iter().filter(|index| index.counts()).map(NamedIndex::risk));
    let name = declared.name.map(|name| name.value).unwrap_or_default();
    let mut entry_points = declared.entry_points;
    entry_points.extend(scan.entry_points);
    entry_points.sort_by_key(|entry| code::order(entry, &name));
    for entry in entry_points.iter_mut().skip(1) {
        entry.trial = scan.trials.get(&entry.name).cloned().map(Box::new);
    }

    let project = Project {
        name,
        version: declared.version,
        build_system: declared.build_system,
        entry_points,
        rivals: scan.rivals,
        plugin_groups: declared.plugin_groups,
        requires_python: declared.requires_python,
        dependencies: declared.dependencies,
        extras: declared.extras,
        groups: declared.groups,
        dynamic: declared.dynamic,
        constraints: declared.constraints,
        sources: declared.sources,
        indexes,
        lock,
        packages: scan.packages,
        modules: scan.modules,
        source_dir: scan.source_dir,
        data_files: scan.data_files,
        metadata: declared.metadata,
        selection: tree.selection(),
        trial,
        commands,
        members: workspace.members,
        risks,
        edits: scan.edits,
        settings: saved.settings,
        definition: declared.definition,
        root: tree.root,
    };
    Ok(Inspection { project, facts, unread })
}

/// Everything that was not read, folders first.
fn unread(tree: &Tree, unparsed: &[Evidence<String>], left_out: usize) -> Vec<Unread> {
    let root = format!("{}/", tree.root.display());
    let unreadable = tree.unreadable.iter().map(|error| {
        let (what, because) = error.split_once(": ").unwrap_or(("a part of it", error));
        (what.strip_prefix(&root).unwrap_or(what).to_owned(), because.to_owned())
    });
    let unparsed = unparsed.iter().map(|found| (found.source.to_string(), found.value.clone()));
    let many = (left_out > 0).then(|| (count(left_out, "Python file"), "there are too many to read all".to_owned()));
    unreadable.chain(unparsed).chain(many).map(|(what, because)| Unread { what, because }).collect()
}

/// Whether metadata says how the project is built. A `[project]` table alone may only hold settings of tools.
fn is_distribution(declared: &Declared) -> bool {
    let says_how = || {
        declared.build_system.as_ref().is_some_and(|system| !matches!(system.source, Source::Tree { .. }))
            || !declared.entry_points.is_empty()
    };
    match declared.definition {
        Definition::SetupPy(_) | Definition::SetupCfg(_) => true,
        Definition::Pyproject(_) => says_how(),
        Definition::Folder(_) | Definition::Script(_) => false,
    }
}

/// What the look at the code needs of the metadata.
fn for_code(declared: &Declared) -> code::Given<'_> {
    code::Given {
        name: declared.name.as_ref().map(|name| name.value.as_str()).unwrap_or_default(),
        has_metadata: !matches!(declared.definition, Definition::Folder(_) | Definition::Script(_)),
        is_distribution: is_distribution(declared),
        script: match &declared.definition {
            Definition::Script(path) => Some(path),
            _ => None,
        },
        source_dir: declared.source_dir.as_deref(),
        packages: &declared.packages,
        package_folders: &declared.package_folders,
        is_compiled_program: declared.is_compiled_program,
        entry_points: &declared.entry_points,
        plugin_groups: &declared.plugin_groups,
        open_scripts: declared.lacks("scripts") || declared.lacks("entry-points"),
        dependencies: &declared.dependencies,
        lists_dependencies: declared.is_package && declared.has_dependency_list,
        has_members: false,
        members: &[],
        optional: &[],
        build_requires: declared.build_system.as_ref().map(|system| system.requires.as_slice()).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests;
