//! What came out of a build: the artifact, and what was proven of it.

use std::path::Path;

use packwright_core::catalogue::Does;
use packwright_core::engine::Verified;
use packwright_core::event::{Artifact, Quality, Verdict};
use packwright_core::plan::Outcome;
use packwright_core::session::{Handover, Summary};
use packwright_core::words::{self, Sentence, sentence, shell_line, size};

use super::remedy::typed;
use super::{Cell, Paint, Sign, Style, Table, problem};

/// Every artifact, and the command to go on with.
pub fn artifacts(style: Style, made: &[Artifact]) -> String {
    let mut text: String = made.iter().map(|made| artifact(style, made)).collect();
    if let Some(first) = made.first() {
        text.push_str(&format!("\nNext: {}\n", style.strong(&shell_line(&Handover::of(first).verify))));
    }
    text
}

/// Every problem, and how many of how many came out.
pub fn problems(style: Style, summary: &Summary) -> String {
    let mut text: String = summary.problems.iter().map(|failed| problem(&style, failed)).collect();
    let all = summary.artifacts.len() + summary.problems.len();
    if all > 1 && !summary.problems.is_empty() {
        text.push_str(&format!("\n{} of {all} came out\n", summary.artifacts.len()));
    }
    text
}

/// One artifact.
fn artifact(style: Style, artifact: &Artifact) -> String {
    let sign = Sign::from(artifact.quality());
    let start = words::starts_in(artifact).map(|starts| format!(", {starts}")).unwrap_or_default();
    let state = words::quality(artifact.quality());
    let name = artifact
        .path
        .file_name()
        .map_or_else(|| artifact.path.display().to_string(), |name| name.to_string_lossy().into_owned());
    let mut head = Table::default();
    let sentence = format!("{name} {state}: {}{start}", size(artifact.bytes));
    head.row([Cell::new(sign.paint(), sign.text()), Cell::new(Paint::Strong, sentence)]);
    let mut rows = proof(&artifact.verified);
    if let Some(system) = &artifact.runs_on {
        rows.row(["runs on".into(), system.as_str().into()]);
    }
    for warning in &artifact.warnings {
        // A line to change follows as a diff.
        let mut lines = warning.lines();
        rows.row([Cell::new(Paint::Warning, "warning"), lines.next().unwrap_or_default().into()]);
        lines.for_each(|line| rows.row(["".into(), Cell::new(Paint::Faint, line)]));
    }
    let handover = Handover::of(artifact);
    for (name, told) in ["send", "needs", "start"].into_iter().zip(&handover.people) {
        rows.row([name.into(), told.as_str().into()]);
    }
    let path = artifact.path.display().to_string();
    rows.row(["path".into(), path.as_str().into()]);
    let verb = handover.does.map(|does| match does {
        Does::Run => "run",
        Does::Install => "install",
    });
    if let Some(verb) = verb {
        rows.row([verb.into(), shell_line(&handover.using).as_str().into()]);
    }
    rows.row(["receipt".into(), Cell::new(Paint::Faint, format!("{path}.receipt.json"))]);
    if let Some(key) = &artifact.signed_by {
        rows.row(["signed by".into(), Cell::new(Paint::Faint, key)]);
    }
    rows.row(["sha256".into(), Cell::new(Paint::Faint, &artifact.sha256)]);
    head.render(style, 0) + &rows.render(style, 3)
}

/// What trying an artifact again has shown.
pub fn verified(style: Style, path: &Path, verified: &Verified) -> String {
    let Verified { receipt, signature, verdicts } = verified;
    let worst = verdicts.iter().map(Verdict::quality).max().unwrap_or(Quality::Untried);
    let again = match worst {
        Quality::Failing => Sentence::AgainFailing,
        Quality::Untried => Sentence::AgainUntried,
        Quality::Ready | Quality::Warned => Sentence::AgainGood,
    };
    let (sign, state) = (Sign::from(worst), sentence(again, &[]));
    let mut head = Table::default();
    head.row([Cell::new(sign.paint(), sign.text()), Cell::new(Paint::Strong, format!("{} {state}", path.display()))]);
    let mut text = head.render(style, 0);
    text.extend(verdicts.iter().map(|verdict| proof(verdict).render(style, 3)));
    let mut rows = Table::default();
    rows.row(["receipt".into(), words::signature(signature).into()]);
    rows.row(["sha256".into(), Cell::new(Paint::Faint, &receipt.artifact.sha256)]);
    text + &rows.render(style, 3)
}

/// Proof first: where it was tried, and what it answered.
fn proof(verdict: &Verdict) -> Table {
    let mut rows = Table::default();
    match verdict.outcome {
        Outcome::NotTried => {
            rows.row(["not tried".into(), verdict.because.as_str().into()]);
            also(&mut rows, "looked at", verdict);
            if let Some(remedy) = verdict.remedy() {
                rows.row(["do".into(), format!("Agree to it: {}", typed(&remedy)).into()]);
            }
        }
        outcome => {
            rows.row([words::outcome(outcome).into(), verdict.because.as_str().into()]);
            also(&mut rows, "tried", verdict);
            rows.row(["in".into(), verdict.room.used.as_str().into()]);
            if verdict.room.used != verdict.room.wanted && !verdict.room.used.starts_with(&verdict.room.wanted) {
                rows.row(["wanted".into(), verdict.room.wanted.as_str().into()]);
            }
        }
    }
    rows
}

/// What was looked at besides.
fn also(rows: &mut Table, what: &str, verdict: &Verdict) {
    if !verdict.tried.is_empty() {
        rows.row([what.into(), verdict.tried.join(", ").into()]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use packwright_core::event::RoomUsed;
    use packwright_core::facts::Target;

    const STYLE: Style = Style { colour: false, width: 80 };

    fn made(outcome: Outcome) -> Artifact {
        let room = RoomUsed { wanted: "no Python".into(), used: "no Python, by bubblewrap".into() };
        Artifact {
            technology: "zipapp".into(),
            target: Target::host(),
            path: "dist/a.pyz".into(),
            bytes: 1_200_000,
            sha256: "ab".into(),
            start_ms: Some(84),
            first_start_ms: None,
            command: None,
            python: Some(">=3.9".into()),
            is_folder: false,
            runs_on: None,
            warnings: Vec::new(),
            verified: Verdict::new(outcome, room, "`--version` printed `a 1.0`"),
            starts: None,
            signed_by: None,
        }
    }

    #[test]
    fn the_proof_comes_before_the_paperwork() {
        let text = artifact(STYLE, &made(Outcome::Ran));
        let wanted = "✓  a.pyz is ready: 1.2 MB, starts in 84 ms\n   ran      `--version` printed `a 1.0`\n   in       no Python, by bubblewrap\n   send     Send the file `a.pyz` (1.2 MB).\n   needs    Who gets it needs Python 3.9 or newer, on any system.\n   start    It is started there with: python3 a.pyz (on Windows: py a.pyz)\n   path     dist/a.pyz\n   run      python3 dist/a.pyz\n   receipt  dist/a.pyz.receipt.json\n   sha256   ab\n";
        assert_eq!(text, wanted);
    }

    #[test]
    fn what_was_not_tried_is_never_green() {
        let text = artifact(STYLE, &made(Outcome::NotTried));
        assert!(text.starts_with("–  a.pyz is built, and was not tried"), "{text}");
        let mut warned = made(Outcome::Ran);
        warned.warnings.push("`data.txt` is not in the wheel".into());
        let text = artifact(STYLE, &warned);
        assert!(text.starts_with("!  a.pyz is built, with warnings"), "{text}");
        assert!(text.contains("warning  `data.txt` is not in the wheel"), "{text}");
    }
}
