//! Root file systems in which artifacts are tried.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::plan::{
    Action, Command, Grants, Keep, Network, Outcome, Pick, Piece, Place, Proof, Resources, Room, Step, ToolRef, Users,
    Word,
};

/// The archive that a step writes.
const ARCHIVE: &str = "root.tar";
/// How long a root file system is used before a new one is made: what is tried should meet a system as users have it, with
/// the corrections of the last weeks, and making one takes a minute.
const LASTS: Duration = Duration::from_hours(21 * 24);

/// The home of root, as whom everything is done in one.
const HOME: &str = "/root";
/// Memory for what is written in a room above a root file system, in MiB: a package is unpacked there twice.
const LAYER: u32 = 300;

/// Where there is only one user, devices cannot be shown in what is made. Nothing that is installed then misses them.
const NO_DEVICES: &str = "--skip=chroot/mount/dev";

/// A release of Debian.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suite {
    /// Its code name.
    pub name: &'static str,
    /// What people call it.
    pub title: &'static str,
}

/// Debian 12.
pub const BOOKWORM: Suite = Suite { name: "bookworm", title: "Debian 12" };

/// A root file system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root {
    /// The step that makes it.
    pub step: Step,
    /// The place that it is, for the room of a proof.
    pub place: Place,
}

/// The smallest Debian that has `dpkg` and `apt`, and these packages with what they depend on. It comes from the mirrors that
/// this machine uses for the suite, or else from Debian's own.
pub fn debian_root(suite: &Suite, packages: &[&str]) -> Root {
    let packages: BTreeSet<&str> = packages.iter().copied().collect();
    let include =
        (!packages.is_empty()).then(|| format!("--include={}", packages.into_iter().collect::<Vec<_>>().join(",")));
    let tool = ToolRef::System { name: "mmdebstrap".into() };
    let command = Command::new(tool, ["--mode=root", "--variant=minbase", NO_DEVICES])
        .args(include)
        .arg(suite.name)
        .arg(Word::out(ARCHIVE))
        .arg(Piece::Mirrors(suite.name.into()))
        // What it unpacks belongs to several users, and goes with the sandbox.
        .env("TMPDIR", "/tmp");
    let may = Grants { network: Network::Machine, users: Users::Lent, ..Grants::default() };
    let action = Action::Run { place: Place::Here, may, commands: vec![command] };
    let needs = Resources { cpu: 1, memory: 600, disk: 300, exclusive: Vec::new() };
    let step =
        Step { keep: Keep::Base(LASTS), needs, ..Step::new(format!("Make a {} to try it in", suite.title), action) };
    let root = Word::output(&step.id, Pick::Path(ARCHIVE.into()));
    Root { step, place: Place::Root { root, name: suite.title.into(), arch: None } }
}

impl Root {
    /// A trial in it.
    pub fn proof(self, title: impl Into<String>, success: Outcome) -> Proof {
        let proof = Proof::new(title, Room::of(self.place), success);
        Proof { furnish: vec![self.step], needs: Resources::new(1, LAYER), ..proof }
    }
}

/// What `dpkg` and `adduser` leave behind of any package, for [`Act::Untouched`](crate::plan::Act::Untouched): their logs,
/// their locks, and copies of what they changed and changed back.
pub fn left_by_dpkg() -> Vec<String> {
    const PATHS: &[&str] = &[
        "/etc/.pwd.lock",
        "/run/adduser",
        "/etc/{passwd,group,shadow,gshadow,subuid,subgid}-",
        "/var/lib/dpkg/{lock,lock-frontend,status-old}",
        "/var/lib/dpkg/triggers/Lock",
        "/var/log/dpkg.log",
        "/var/log/alternatives.log",
        "/var/cache/debconf/*-old",
        "/var/cache/ldconfig/aux-cache",
    ];
    PATHS.iter().map(|path| (*path).to_owned()).collect()
}

/// What a program that was started may leave behind, and no package takes away: settings and caches in the home of who started
/// it, and what libraries for windows keep of the system's fonts.
pub fn left_by_programs() -> Vec<String> {
    vec![format!("{HOME}/.*"), "/var/cache/fontconfig".into()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Plan;

    #[test]
    fn a_root_is_the_same_step_in_whatever_order_its_packages_are_named() {
        let one = debian_root(&BOOKWORM, &["python3", "adduser", "python3"]);
        assert_eq!(one, debian_root(&BOOKWORM, &["adduser", "python3"]));
        assert_ne!(one.step.id, debian_root(&BOOKWORM, &[]).step.id);
        let words: Vec<String> = one.step.action.commands()[0].args.iter().map(|word| format!("{word:?}")).collect();
        assert!(words.iter().any(|word| word.contains("--include=adduser,python3")), "{words:?}");
    }

    #[test]
    fn a_trial_in_a_root_is_furnished_by_the_step_that_makes_it_and_asks_for_no_consent() {
        let root = debian_root(&BOOKWORM, &[]);
        let made = root.step.id.clone();
        let proof = root.proof("Install it", Outcome::InstalledAndRan).then("Install", [Command::new("dpkg", ["-i"])]);
        assert_eq!(proof.reads().into_iter().collect::<Vec<_>>(), [&made]);
        assert_eq!((proof.furnish[0].id.clone(), proof.room.to_string()), (made, "Debian 12, no network".into()));
        let mut plan = Plan::new("x");
        plan.proofs.push(proof);
        assert_eq!(plan.consents(true, |_| true), []);
    }
}
