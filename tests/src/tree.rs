//! Folders from text, and text from folders.

use std::fs;
use std::path::{Path, PathBuf};

/// Makes a folder and those above it.
///
/// # Panics
/// When it cannot be made.
pub fn folder(path: &Path) {
    fs::create_dir_all(path).unwrap_or_else(|error| panic!("cannot make `{}`: {error}", path.display()));
}

/// Writes files below a root, as `(path, text)`; folders are made as they are needed.
///
/// # Panics
/// When one cannot be written.
pub fn write(root: &Path, files: &[(&str, &str)]) {
    folder(root);
    for (path, text) in files {
        let path = root.join(path);
        path.parent().into_iter().for_each(folder);
        fs::write(&path, text).unwrap_or_else(|error| panic!("cannot write `{}`: {error}", path.display()));
    }
}

/// What lies directly in a folder, sorted; nothing when there is no folder.
pub fn children(path: &Path) -> Vec<PathBuf> {
    let mut children: Vec<_> =
        fs::read_dir(path).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path())).collect();
    children.sort();
    children
}

/// Every file below a folder, sorted; links are not followed.
pub fn files(path: &Path) -> Vec<PathBuf> {
    let inside = |child: PathBuf| if child.is_dir() && !child.is_symlink() { files(&child) } else { vec![child] };
    children(path).into_iter().flat_map(inside).collect()
}

/// The last part of a path.
pub fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// A file's text.
///
/// # Panics
/// When it cannot be read.
pub fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("cannot read `{}`: {error}", path.display()))
}

/// Copies a folder.
///
/// # Panics
/// When something cannot be copied.
pub fn copy(from: &Path, to: &Path) {
    folder(to);
    for child in children(from) {
        let target = to.join(name(&child));
        if child.is_dir() {
            copy(&child, &target);
        } else {
            fs::copy(&child, &target).unwrap_or_else(|error| panic!("cannot copy `{}`: {error}", child.display()));
        }
    }
}

/// Takes the right to write into a folder away; whether that works, which it does not for root.
pub fn seal(path: &Path) -> bool {
    let Ok(metadata) = fs::metadata(path) else { return false };
    let mut permissions = metadata.permissions();
    permissions.set_readonly(true);
    fs::set_permissions(path, permissions).is_ok() && fs::write(path.join("probe"), "").is_err()
}

/// The files of a small project that builds with Flit and has one console script of the same name: the least
/// that every technology accepts. More files come behind it and win.
pub fn console_project<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut files = vec![
        (
            "pyproject.toml",
            "[build-system]\nrequires = [\"flit_core>=3.11\"]\nbuild-backend = \"flit_core.buildapi\"\n\n\
             [project]\nname = \"greet\"\nversion = \"1.0\"\ndescription = \"Says hello\"\n\
             requires-python = \">=3.9\"\n\n[project.scripts]\ngreet = \"greet:main\"\n",
        ),
        (
            "greet.py",
            "import argparse\n\n\ndef main():\n    parser = argparse.ArgumentParser(prog=\"greet\")\n    \
             parser.add_argument(\"--version\", action=\"version\", version=\"greet 1.0\")\n    \
             parser.parse_args()\n    print(\"hello\")\n",
        ),
    ];
    files.extend(more);
    files
}

/// The files of a project whose `setup.py` runs this code before it calls `setup()`.
pub fn legacy_project(code: &str) -> Vec<(String, String)> {
    let setup = format!(
        "{code}\nfrom setuptools import setup\nsetup(name=\"hostile\", version=\"1.0\", py_modules=[\"hostile\"], \
         entry_points={{\"console_scripts\": [\"hostile=hostile:main\"]}})\n"
    );
    let module = "import argparse\n\n\ndef main():\n    argparse.ArgumentParser(prog=\"hostile\").parse_args()\n";
    vec![
        (
            "pyproject.toml".into(),
            "[build-system]\nrequires = [\"setuptools>=77\"]\nbuild-backend = \"setuptools.build_meta\"\n".into(),
        ),
        ("setup.py".into(), setup),
        ("hostile.py".into(), module.into()),
    ]
}
