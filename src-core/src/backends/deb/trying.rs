//! How the package is tried: read by Debian's own checker, then installed, run, upgraded and removed.

use std::sync::LazyLock;

use serde::Deserialize;

use super::naming;
use super::packing::{LIBRARIES, Packing, Squeeze};
use crate::backend::{BOOKWORM, PlanError, debian_root, left_by_dpkg, left_by_programs, started_trial, with_display};
use crate::embedded::data;
use crate::facts::Trial;
use crate::plan::{Act, Command, Expect, Known, Outcome, Pick, Place, Proof, Room, StepId, ToolRef, Word};

/// Complaints of lintian that are no fault of a package like this.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Remarks {
    known: Vec<Remark>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Remark {
    tag: String,
    /// How the line goes on behind the tag, as a regular expression.
    #[serde(default)]
    says: String,
    because: String,
}

static REMARKS: LazyLock<Remarks> = LazyLock::new(|| data!("backends/deb/lintian.toml"));

/// Lets lintian read it: every error and warning must be a known one.
pub(super) fn linted(deb: &StepId) -> Proof {
    let lintian = Command::new(
        ToolRef::System { name: "lintian".into() },
        ["--profile=debian", "--no-cfg", "--allow-root", "--color=never", "--tag-display-limit=0", "--fail-on=none"],
    );
    let known = |remark: &Remark| Known {
        pattern: format!(r"^[EW]: \S+: {}(?: {}|$)", regex::escape(&remark.tag), remark.says),
        because: remark.because.clone(),
    };
    let expect = Expect {
        complaints: Some("^[EW]: ".into()),
        known: REMARKS.known.iter().map(known).collect(),
        ..Expect::default()
    };
    let act =
        Act::Do { title: "Let lintian read it".into(), command: lintian.arg(file(deb)), expect: Box::new(expect) };
    Proof::new("Let Debian's checker read it", Room::of(Place::Here), Outcome::Linted).act(act)
}

/// Installs it in a Debian without network, runs it, upgrades it to the next build, runs that, and removes it without a trace.
pub(super) fn installed(packing: &Packing, deb: &StepId) -> Result<Proof, PlanError> {
    let package = packing.package;
    let next = package.at(package.version.next());
    let later = Packing { package: &next, ..*packing }.packed(Squeeze::Nothing)?;
    let trial = started_trial(package.request);
    let subject = Command::of(format!("/usr/bin/{}", package.command()));
    let install = |deb: &StepId| [Command::new("dpkg", ["--install"]).arg(file(deb))];
    let needed = needed(packing, &trial)?;
    let needed: Vec<&str> = needed.iter().map(String::as_str).collect();
    let title = format!("Install, run, upgrade and remove it in {}", BOOKWORM.title);
    let mut proof = debian_root(&BOOKWORM, &needed)
        .proof(title, Outcome::InstalledAndRan)
        .then("Install it", install(deb))
        .start(subject.clone(), trial.clone())
        .then("Upgrade it", install(&later.id))
        .start(subject, trial.clone())
        .then("Remove it", [Command::new("dpkg", ["--purge", &package.name])])
        .act(Act::Untouched { but: [left_by_dpkg(), left_by_programs()].concat() });
    proof.furnish.extend(later.steps);
    proof.room = with_display(proof.room, &trial);
    if packing.architecture != naming::ANY {
        proof.room = proof.room.on(package.request.environment.platform);
    }
    Ok(proof)
}

/// The packages that must be there before: the room has no network to get them from.
fn needed(packing: &Packing, trial: &Trial) -> Result<Vec<String>, PlanError> {
    let known = packing.depends()?;
    let named = known.iter().map(String::as_str);
    // Which of them a toolkit needs shows only when it is packed, so a program with windows finds them all.
    let libraries = LIBRARIES.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split(' ').nth(1));
    let libraries = libraries.filter(|_| matches!(trial, Trial::Window { .. }));
    Ok(named.chain(libraries).filter_map(|text| text.split(' ').next()).map(str::to_owned).collect())
}

fn file(deb: &StepId) -> Word {
    Word::output(deb, Pick::One("*.deb".into()))
}
