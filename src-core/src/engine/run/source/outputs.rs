//! What Packwright itself put into a project's folder: artifacts are no source of the next build.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::engine::disk::files::relative;
use crate::engine::terms::beside::receipt_beside;
use crate::facts::Project;

/// What is written beside each artifact.
const BESIDE: &[&str] = &[".receipt.json", ".receipt.json.sig", ".cdx.json"];

/// The project without its artifacts: those that a receipt lies beside, wherever they are, and all of the folder for
/// artifacts if it lies below the project's own. A folder that also holds Python code is the project's, so only its
/// artifacts go.
pub(in crate::engine) fn without_outputs(project: &Project, out: &Path) -> Project {
    let mut project = project.clone();
    let artifacts = artifacts(&project);
    let files = &mut project.selection.files;
    files.retain(|file| !artifacts.iter().any(|artifact| belongs_to(file, artifact)));
    if let Some(folder) = below(&project.root, out) {
        let is_code = |file: &String| is_below(file, &folder) && file.ends_with(".py");
        if !files.iter().any(is_code) {
            files.retain(|file| !is_below(file, &folder));
        }
    }
    project
}

/// Paths of the artifacts beside the project's files. Their receipts are on the disk, though not in the selection.
fn artifacts(project: &Project) -> Vec<String> {
    let mut found = Vec::new();
    let ancestors = |file: &String| Path::new(file).ancestors().skip(1).map(Path::to_path_buf).collect::<Vec<_>>();
    let folders: BTreeSet<PathBuf> = project.selection.files.iter().flat_map(ancestors).collect();
    for folder in folders {
        for entry in fs::read_dir(project.root.join(folder)).into_iter().flatten().flatten() {
            let path = relative(&project.root, &entry.path());
            let artifact = path.strip_suffix(".receipt.json");
            found.extend(
                artifact.filter(|artifact| receipt_beside(&project.root.join(artifact)).is_some()).map(str::to_owned),
            );
        }
    }
    found
}

/// Whether a file is the artifact, lies in it, or was written beside it.
fn belongs_to(file: &str, artifact: &str) -> bool {
    file.strip_prefix(artifact).is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || BESIDE.contains(&rest))
}

fn is_below(file: &str, folder: &str) -> bool {
    file.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// The folder's path from the root, if it is another folder and lies below it.
fn below(root: &Path, folder: &Path) -> Option<String> {
    let (root, folder) = (real(root)?, real(folder)?);
    (folder != root && folder.starts_with(&root)).then(|| relative(&root, &folder))
}

/// The path without links; one that does not exist holds nothing, so none.
fn real(path: &Path) -> Option<PathBuf> {
    path.canonicalize().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(files: &[(&str, &str)]) -> (tempfile::TempDir, Project) {
        let folder = tempfile::tempdir().unwrap();
        let mut project = Project::empty(folder.path().to_path_buf());
        for (file, text) in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
            project.selection.files.push((*file).into());
        }
        (folder, project)
    }

    #[test]
    fn the_folder_for_artifacts_is_no_part_of_the_source() {
        let (folder, project) = project(&[("app.py", ""), ("made/app.pyz", ""), ("made/old/notes", ""), ("made2", "")]);
        let left = without_outputs(&project, &folder.path().join("made")).selection.files;
        assert_eq!(left, ["app.py", "made2"]);
        let elsewhere = tempfile::tempdir().unwrap();
        assert_eq!(without_outputs(&project, elsewhere.path()), project);
    }

    #[test]
    fn an_artifact_among_sources_goes_with_all_that_lies_beside_it_and_the_sources_stay() {
        let receipt = r#"{"format": 1, "packwright": "0.1.0"}"#;
        let (folder, project) = project(&[
            ("app.py", ""),
            ("app-1-any", "mine"),
            ("app-1/bin/app.py", ""),
            ("app-1.cdx.json", "{}"),
            ("shop/order", ""),
            ("shop/order.receipt.json", r#"{"paid": true}"#),
        ]);
        // Inspection leaves receipts out, but not what they lie beside.
        fs::write(folder.path().join("app-1.receipt.json"), receipt).unwrap();
        let left = without_outputs(&project, folder.path()).selection.files;
        assert_eq!(left, ["app.py", "app-1-any", "shop/order", "shop/order.receipt.json"]);
        assert_eq!(without_outputs(&project, &folder.path().join("shop")).selection.files, ["app.py", "app-1-any"]);
    }

    #[test]
    fn a_folder_for_artifacts_that_holds_code_keeps_it() {
        let (folder, project) = project(&[("src/app.py", ""), ("src/data.txt", "")]);
        assert_eq!(without_outputs(&project, &folder.path().join("src")), project);
    }
}
