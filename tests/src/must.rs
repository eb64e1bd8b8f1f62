//! What this machine must have: `PACKWRIGHT_MUST=bwrap,display,debian` makes a failure of what is otherwise left out.

use std::env;

/// Whether a test can be made here that needs this: it says so where it cannot, and fails where it must.
///
/// # Panics
/// Where it is not there although `PACKWRIGHT_MUST` names it.
pub fn has(what: &str, is_there: bool) -> bool {
    let must = env::var("PACKWRIGHT_MUST").unwrap_or_default();
    let must = must.split(',').any(|named| named.trim() == what);
    assert!(is_there || !must, "`PACKWRIGHT_MUST` names `{what}`, and it is not there");
    if !is_there {
        eprintln!("not tried: `{what}` is not there");
    }
    is_there
}
