//! What an artifact says to who gets it: what it needs there, and where it was not tried.

use crate::backend::Request;
use crate::catalogue::Layer;
use crate::engine::run::rooms::Tried;
use crate::engine::terms::order::Prepared;
use crate::event::Quality;
use crate::facts::EntryKind;
use crate::technologies;

/// What was made for another system was not tried there.
pub(super) fn elsewhere(request: &Request, tried: &[Tried]) -> Option<String> {
    let (wanted, here) = (request.target.platform.os, request.host.platform.os);
    let is_tried = tried.first().is_some_and(|tried| tried.verdict.quality() == Quality::Ready);
    (wanted != here && is_tried).then(|| format!("it is for {wanted}, and was tried on {here} only"))
}

/// What is typed to start it once it is installed.
pub(super) fn command_of(request: &Request) -> Option<String> {
    let entry = request.entries.first().filter(|_| request.project.is_buildable())?;
    match entry.kind {
        EntryKind::Console | EntryKind::Gui | EntryKind::Installed => Some(entry.name.clone()),
        EntryKind::Module => Some(format!("python3 -m {}", entry.target)),
        EntryKind::Script | EntryKind::Served => None,
    }
}

/// The Pythons that an artifact without one of its own runs on: those the project allows; with native code inside, the
/// one it was made for.
pub(super) fn python_of(prepared: &Prepared) -> Option<String> {
    let request = &prepared.request;
    let takes_python = technologies::named(&prepared.plan.technology)?.takes.contains(&Layer::Python);
    let built = request.resolved.metadata.as_ref().and_then(|metadata| metadata.requires_python.clone());
    let declared = built.or_else(|| request.project.requires_python.as_ref().map(|requires| requires.value.clone()));
    let allowed =
        if request.is_native() { format!("=={}.*", request.environment.python) } else { declared.unwrap_or_default() };
    takes_python.then_some(allowed)
}
