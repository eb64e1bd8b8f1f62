//! Says of everything that a program reads and writes what becomes of it in an artifact.

use std::sync::LazyLock;

use serde::Deserialize;

use super::{PlanError, Request, carries_wheel};
use crate::catalogue::{Entry, Fate, Is};
use crate::embedded::data;
use crate::facts::{Risk, RiskKind};
use crate::plan::Plan;
use crate::problem::{Code, Problem};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fates {
    fates: Vec<Fate>,
}

static USUAL: LazyLock<Fates> = LazyLock::new(|| data!("backend/fates.toml"));

/// What lies outside the packages is in no wheel.
const OUTSIDE: &str = "it lies outside the packages, and only they are taken along; move it into the package";

/// Warns of what an artifact does not find, with the line that would; an error for what nothing is built with.
pub(super) fn tell(entry: &Entry, request: &Request, plan: &mut Plan) -> Result<(), PlanError> {
    for risk in &request.project.risks {
        let Some(fate) = of(entry, risk.kind) else { continue };
        let is_found_by = fate.unless.as_ref().is_some_and(|flag| request.options.is_set(flag));
        let is = if is_found_by { Is::Found } else { fate.is };
        match is {
            Is::Found if is_outside(request, risk) => plan.warn(told(risk, OUTSIDE)),
            Is::Found => {}
            Is::Lost => plan.warn(with_edit(request, risk, &fate.because)),
            Is::Refused => {
                let problem = Problem::new(Code::Unsuitable, told(risk, &fate.because));
                return Err(problem.into());
            }
        }
    }
    Ok(())
}

/// What becomes of a kind of risk: as the technology says, or as everywhere.
fn of(entry: &Entry, kind: RiskKind) -> Option<&Fate> {
    entry.fates.iter().chain(&USUAL.fates).find(|fate| fate.risk == kind)
}

/// Whether a file that is opened beside the code is not where the wheel's files are.
fn is_outside(request: &Request, risk: &Risk) -> bool {
    let project = &request.project;
    let packaged = request.entries.first().is_none_or(|entry| carries_wheel(request, entry));
    let path = risk.what.trim_end_matches('…').trim_end_matches('/');
    let is_there = || {
        let below = format!("{path}/");
        project.selection.files.iter().any(|file| file == path || file.starts_with(&below))
    };
    let is_inside = |package: &str| path == package || path.starts_with(&format!("{package}/"));
    risk.kind == RiskKind::FileBesideCode
        && packaged
        && !project.packages.is_empty()
        && is_there()
        && !project.packages.iter().any(|package| is_inside(&package.path))
}

fn told(risk: &Risk, because: &str) -> String {
    format!("`{}` ({}): {because}", risk.what, risk.source)
}

/// The same with the line to change, as a diff.
fn with_edit(request: &Request, risk: &Risk, because: &str) -> String {
    let edits = request.project.edits.iter();
    match edits.clone().find(|edit| edit.kind == risk.kind && edit.source == risk.source) {
        Some(edit) => format!("{}\n- {}\n+ {}", told(risk, because), edit.before, edit.after),
        None => told(risk, because),
    }
}
