//! What this machine must have: `PACKWRIGHT_MUST=bwrap,display` makes a failure of what is otherwise left out.

use std::env;

/// Everything that a test may find missing on somebody's machine, and leave itself out for.
pub const ROOMS: &[&str] = &["bwrap", "display", "debian", "lintian", "ssh-keygen"];

/// Whether a test can be made here that needs this: it says so where it cannot, and fails where it must.
///
/// # Panics
/// Where it is not there although `PACKWRIGHT_MUST` names it, and where it is none of [`ROOMS`].
pub fn has(what: &str, is_there: bool) -> bool {
    assert!(ROOMS.contains(&what), "`{what}` is missing in `ROOMS`, so that nothing could insist on it");
    let must = env::var("PACKWRIGHT_MUST").unwrap_or_default();
    let must = must.split(',').any(|named| named.trim() == what);
    assert!(is_there || !must, "`PACKWRIGHT_MUST` names `{what}`, and it is not there");
    if !is_there {
        eprintln!("not tried: `{what}` is not there");
    }
    is_there
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_checks_this_repository_insists_on_every_room() {
        let script = crate::tree::read(&crate::repository().join(".ci/run"));
        let named = script.split_once("PACKWRIGHT_MUST-").and_then(|(_, rest)| rest.split_once('}'));
        let named: Vec<&str> = named.expect("it names rooms").0.split(',').collect();
        assert_eq!(named, ROOMS);
    }
}
