//! How the package is tried: read by Debian's own checker, then installed, run, upgraded and removed.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::plan::{Act, Command, Expect, Known, Outcome, Pick, Place, Proof, Room, StepId, ToolRef, Word};

/// Complaints of lintian that are no fault of a package like this.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tags {
    known: Vec<Tag>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tag {
    tag: String,
    /// How the line goes on behind the tag, as a regular expression.
    #[serde(default)]
    says: String,
    because: String,
}

static TAGS: LazyLock<Tags> =
    LazyLock::new(|| toml::from_str(include_str!("lintian.toml")).expect("compiled in, and read by a test"));

/// Lets lintian read it: every error and warning must be a known one.
pub(super) fn linted(deb: &StepId) -> Proof {
    let lintian = Command::new(
        ToolRef::System { name: "lintian".into() },
        ["--profile=debian", "--no-cfg", "--allow-root", "--color=never", "--tag-display-limit=0", "--fail-on=none"],
    );
    let known = |tag: &Tag| Known {
        pattern: format!(r"^[EW]: \S+: {}(?: {}|$)", regex::escape(&tag.tag), tag.says),
        because: tag.because.clone(),
    };
    let expect = Expect {
        complaints: Some("^[EW]: ".into()),
        known: TAGS.known.iter().map(known).collect(),
        ..Expect::default()
    };
    let act =
        Act::Do { title: "Let lintian read it".into(), command: lintian.arg(file(deb)), expect: Box::new(expect) };
    Proof::new("Let Debian's checker read it", Room::of(Place::Here), Outcome::Linted).act(act)
}

fn file(deb: &StepId) -> Word {
    Word::output(deb, Pick::One("*.deb".into()))
}
