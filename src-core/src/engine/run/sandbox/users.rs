//! The users that the system lends to the one who builds: to make a root file system, and to be in one.

use std::fs;
use std::path::{Path, PathBuf};

use super::Sandbox;
use crate::catalogue;
use crate::engine::disk::error::{StoreError, at};
use crate::engine::disk::files::remove_all;
use crate::engine::tools::process::{Errand, in_front};
use crate::engine::tools::{find, hints, works};
use crate::inspect::regular;
use crate::problem::Hint;

/// The users that a command can have in a user namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::engine) enum Lent {
    /// Several. Behind these words a command is root among them, in a mount namespace of its own.
    Several(Vec<String>),
    /// Only itself, as root; why, and how there would be several.
    One(Vec<String>, Box<Alone>),
    /// No user namespace at all.
    None,
}

/// Why there is only one user, after "because".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{because}")]
pub struct Alone {
    because: String,
    /// How there would be several.
    pub(in crate::engine) hints: Vec<Hint>,
}

/// The ids that root lends itself where nobody wrote any down for it: above those that users and containers get.
const ROOTS_OWN: &str = "root:1879048192:65536\n";
/// How many ids a user needs.
const ENOUGH: u32 = 65_536;
/// Where the system writes down which ids it lends.
const SUBUID: &str = "/etc/subuid";

impl Lent {
    /// What this machine lends. Root needs nobody's leave, but has to write it down, in this folder.
    pub fn look(bwrap: Option<&Path>, off_limits: &[PathBuf], work: &Path) -> Result<Self, StoreError> {
        let Some(unshare) = find("unshare", off_limits) else { return Ok(Self::None) };
        let unshare = unshare.display().to_string();
        let several = words(&[&unshare, "--map-auto", "--map-root-user", "--mount", "--"]);
        let one = words(&[&unshare, "--map-root-user", "--mount", "--"]);
        if !is_good(&one) {
            return Ok(Self::None);
        }
        if find("newuidmap", off_limits).is_none() {
            let hints = catalogue::tool("newuidmap").map(|tool| hints([tool])).unwrap_or_default();
            return Ok(Self::alone(one, "`newuidmap` cannot be found here".into(), hints));
        }
        let (name, id) = user();
        if is_listed(&name, id) || id != 0 {
            if is_good(&several) {
                return Ok(Self::Several(several));
            }
        } else if let Some(bwrap) = bwrap {
            let file = work.join("lent");
            fs::write(&file, ROOTS_OWN).map_err(at("write", &file))?;
            let (bwrap, file) = (bwrap.display().to_string(), file.display().to_string());
            let shown = [&bwrap, "--die-with-parent", "--dev-bind", "/", "/"];
            let written = ["--ro-bind", &file, SUBUID, "--ro-bind", &file, "/etc/subgid", "--"];
            let several = [words(&shown), words(&written), several].concat();
            if is_good(&several) {
                return Ok(Self::Several(several));
            }
        }
        let (because, hints) = reason(&name, id, &listed());
        Ok(Self::alone(one, because, hints))
    }

    fn alone(words: Vec<String>, because: String, hints: Vec<Hint>) -> Self {
        Self::One(words, Box::new(Alone { because, hints }))
    }
}

/// Removes what may belong to several users. What cannot be removed is left for the next time.
pub(in crate::engine) fn remove(sandbox: &Sandbox, off_limits: &[PathBuf], work: &Path, path: &Path) {
    remove_all(path);
    if path.symlink_metadata().is_err() {
        return;
    }
    let Ok(Lent::Several(words)) = Lent::look(sandbox.program(), off_limits, work) else { return };
    let Some(removing) = in_front(&Errand::Remove(path.to_path_buf())) else { return };
    if let Some((program, args)) = [words, removing].concat().split_first() {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        works(Path::new(program), &args);
    }
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// Whether these words can stand in front of a command.
fn is_good(words: &[String]) -> bool {
    let Some((program, args)) = words.split_first() else { return false };
    let args: Vec<&str> = args.iter().map(String::as_str).chain(["true"]).collect();
    works(Path::new(program), &args)
}

/// What the system has written down.
fn listed() -> String {
    // Where that cannot be read, nothing was lent.
    regular::read_text(Path::new(SUBUID), regular::LARGEST).unwrap_or_default()
}

fn is_listed(name: &str, id: u32) -> bool {
    is_named(&listed(), name, id)
}

fn is_named(listed: &str, name: &str, id: u32) -> bool {
    listed.lines().filter_map(|line| line.split(':').next()).any(|named| named == name || named == id.to_string())
}

/// Why there are no several users although what makes them is here, and what would give some.
fn reason(name: &str, id: u32, listed: &str) -> (String, Vec<Hint>) {
    if is_named(listed, name, id) {
        return ("the system does not let ordinary users make namespaces with several users".into(), Vec::new());
    }
    let first = free(listed);
    let range = format!("{first}-{}", first + (ENOUGH - 1));
    let command = words(&["usermod", "--add-subuids", &range, "--add-subgids", &range, name]);
    let hint = Hint { command, ..Hint::of(format!("Let root lend `{name}` some")) };
    (format!("the system lends `{name}` no other users: it has no line in `{SUBUID}`"), vec![hint])
}

/// The first id behind all that are lent.
fn free(listed: &str) -> u32 {
    let ends = listed.lines().filter_map(|line| {
        let mut fields = line.split(':').skip(1).map(|field| field.trim().parse::<u32>().ok());
        fields.next()??.checked_add(fields.next()??)
    });
    // Far enough from the end that a whole range fits behind it.
    ends.filter(|end| *end < u32::MAX / 2).max().unwrap_or(0).max(100_000)
}

/// The name and the id of the one who builds. One without a name is called by its id.
#[cfg(unix)]
fn user() -> (String, u32) {
    let id = rustix::process::geteuid().as_raw();
    // One whom this does not name may still be called by the id.
    let known = regular::read_text(Path::new("/etc/passwd"), regular::LARGEST).unwrap_or_default();
    let name = known.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)? == id.to_string()).then(|| name.to_owned())
    });
    (name.unwrap_or_else(|| id.to_string()), id)
}

#[cfg(not(unix))]
fn user() -> (String, u32) {
    (String::new(), 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_lent_no_users_learns_which_command_changes_that() {
        let listed = "else:100000:65536\n12:300000:65536\nbroken\n";
        let (because, hints) = reason("me", 7, listed);
        assert_eq!(because, "the system lends `me` no other users: it has no line in `/etc/subuid`");
        let command = "usermod --add-subuids 365536-431071 --add-subgids 365536-431071 me";
        assert_eq!(hints[0].command.join(" "), command);
        assert!(reason("me", 7, "").1[0].command.contains(&"100000-165535".to_owned()));
        for (name, id) in [("else", 7), ("me", 12)] {
            assert!(reason(name, id, listed).1.is_empty(), "{name} has some");
        }
    }
}
