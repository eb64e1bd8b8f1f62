//! What inspection finds in every example and fixture project, as snapshots: every claim with its evidence.

use std::fmt::Write;
use std::path::Path;

use packwright_core::inspect::{self, Inspection};
use packwright_tests::projects;

fn found(path: &Path) -> String {
    let Inspection { project, facts } = inspect::read(path).expect("every example can be inspected");
    let mut text = format!("{} {}\n", project.name, project.static_version().unwrap_or("without a static version"));
    for entry in &project.entry_points {
        let _ = writeln!(text, "starts `{}` at `{}`: {}", entry.name, entry.target, entry.source);
    }
    for requirement in &project.dependencies {
        let _ = writeln!(text, "requires `{}`: {}", requirement.text, requirement.source);
    }
    for data in &project.data_files {
        let _ = writeln!(text, "data of `{}`: {}", data.package, data.path);
    }
    for risk in &project.risks {
        let _ = writeln!(text, "risk {:?} `{}`: {}", risk.kind, risk.what, risk.source);
    }
    let _ = writeln!(text, "tried by {:?}: {}", project.trial.value, project.trial.source);
    let facts = serde_json::to_string_pretty(&facts).expect("facts can be written");
    let _ = writeln!(text, "{facts}");
    text
}

#[test]
fn every_project_is_described_with_evidence() {
    let mut settings = insta::Settings::clone_current();
    settings.set_omit_expression(true);
    for (name, path) in projects() {
        settings.bind(|| insta::assert_snapshot!(name.clone(), found(&path)));
    }
}

#[test]
fn a_selection_holds_what_git_tracks_and_nothing_that_a_build_left() {
    for (name, path) in projects() {
        let selection = inspect::read(&path).expect("every example can be inspected").project.selection;
        assert!(!selection.files.is_empty(), "`{name}` has no files");
        let stray = selection.files.iter().find(|file| file.contains("__pycache__") || file.contains(".egg-info"));
        assert_eq!(stray, None, "`{name}`");
    }
}
