//! What things are called.

use super::command::shell_line;
use super::sentence::sentence;
use super::slots::Sentence;
use super::voice::{WORDS, of};
use crate::catalogue::{Layer, SizeClass, StartClass, Status};
use crate::event::{Quality, StepEnd};
use crate::facts::{DoubtKind, EntryKind, EntryPoint, Fate, Project, RiskKind, Target};
use crate::plan::{Action, Outcome};
use crate::problem::listing;

/// What a layer of the gradient is called.
pub fn layer(layer: Layer) -> &'static str {
    of(&WORDS.layer, &layer)
}

/// What several layers are called, in a sentence.
pub fn layers(layers: &[Layer]) -> String {
    if layers.is_empty() {
        sentence(Sentence::Nothing, &[])
    } else {
        listing(&layers.iter().map(|one| layer(*one)).collect::<Vec<_>>())
    }
}

/// What is missing where the help calls it this; `None` for names without words of their own.
pub fn missing(name: &str) -> Option<&'static str> {
    WORDS.missing.get(name).map(String::as_str)
}

/// How large artifacts usually are.
pub fn size_class(size: SizeClass) -> &'static str {
    of(&WORDS.size, &size)
}

/// How fast artifacts usually start; it follows "starts".
pub fn start_class(start: StartClass) -> &'static str {
    of(&WORDS.start, &start)
}

/// How alive a technology is.
pub fn status(status: Status) -> &'static str {
    of(&WORDS.status, &status)
}

/// What was proven.
pub fn outcome(outcome: Outcome) -> &'static str {
    of(&WORDS.outcome, &outcome)
}

/// What came out; it follows the name of the artifact.
pub fn quality(quality: Quality) -> &'static str {
    of(&WORDS.quality, &quality)
}

/// How a step ended.
pub fn step_end(end: StepEnd) -> &'static str {
    of(&WORDS.step, &end)
}

/// What a risk means for an artifact; it follows what was found and a colon.
pub fn risk(kind: RiskKind) -> &'static str {
    of(&WORDS.risk, &kind)
}

/// What a path is that is no part of the project, or only perhaps.
pub fn doubt(kind: DoubtKind) -> &'static str {
    of(&WORDS.doubt, &kind)
}

/// What becomes of such a path.
pub fn fate(fate: Fate) -> &'static str {
    of(&WORDS.fate, &fate)
}

/// What is said of a project that lists no requirement: an empty list may be one that only a build fills.
pub fn needs_none(project: &Project) -> String {
    sentence(if project.knows_dependencies() { Sentence::NeedsNothing } else { Sentence::NeedsUnknown }, &[])
}

/// What a step may reach; nothing where it reaches nothing.
pub fn network(action: &Action) -> Option<String> {
    let reaches = match action {
        Action::Fetch { .. } => Sentence::ReachesIndex,
        Action::Run { may, .. } if !may.network.is_own() => Sentence::ReachesAll,
        Action::Run { .. } | Action::Lay { .. } | Action::Pack { .. } | Action::Make { .. } => return None,
    };
    Some(sentence(reaches, &[]))
}

/// What somebody types to start a program, who has its source or has installed it.
pub fn entry(entry: &EntryPoint) -> String {
    let window = if entry.kind == EntryKind::Gui { " (window)" } else { "" };
    format!("{}{window}", shell_line(&entry.typed()))
}

/// A target in a few words: `linux x86-64, Python 3.12`.
pub fn target(target: &Target) -> String {
    let python = target.python.map(|python| format!(", Python {python}")).unwrap_or_default();
    format!("{} {}{python}", target.platform.os, target.platform.arch)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_layer_is_nothing_and_several_are_listed() {
        assert_eq!(layers(&[]), "nothing");
        assert_eq!(layers(&[Layer::Code, Layer::Python]), "your code and Python");
    }

    #[test]
    fn a_target_is_a_system_and_a_python() {
        let here = Target { python: None, ..Target::host() };
        assert_eq!(target(&here), format!("{} {}", here.platform.os, here.platform.arch));
    }
}
