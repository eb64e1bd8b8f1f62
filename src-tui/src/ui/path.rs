//! Paths as people type them and as terminals paste them.

use std::path::{Path, PathBuf};

use packwright_core::engine::percent_decoded;

use super::action::Field;
use super::message::{Kind, Listed};
use super::model::Model;

/// What a typed or dropped text means: without quotes, without the escapes of a shell, and of a `file:` address the path.
pub fn meant(text: &str) -> String {
    let text = text.trim();
    if let Some(address) = text.strip_prefix("file://") {
        // Before the path a host may stand.
        return percent_decoded(&address[address.find('/').unwrap_or(0)..]);
    }
    for quote in ['\'', '"'] {
        if let Some(quoted) = text.strip_prefix(quote).and_then(|text| text.strip_suffix(quote)) {
            return quoted.to_owned();
        }
    }
    if cfg!(windows) { text.to_owned() } else { unescaped(text) }
}

/// Without the backslashes that a shell needs before spaces, brackets and the like.
fn unescaped(text: &str) -> String {
    let mut plain = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let is_escape = c == '\\' && chars.peek().is_some_and(|next| !next.is_alphanumeric());
        plain.extend(if is_escape { chars.next() } else { Some(c) });
    }
    plain
}

/// A path as a shell would read its beginning.
pub fn expanded(text: &str) -> PathBuf {
    match (text.strip_prefix('~'), std::env::var_os("HOME")) {
        (Some(rest), Some(home)) if rest.is_empty() || rest.starts_with('/') => {
            Path::new(&home).join(rest.trim_start_matches('/'))
        }
        _ => PathBuf::from(text),
    }
}

/// A typed path up to its last slash, and what was begun behind it.
pub fn split(typed: &str) -> (&str, &str) {
    typed.split_at(typed.rfind('/').map_or(0, |slash| slash + 1))
}

/// The folder that a path up to its last slash means.
pub fn folder(before: &str) -> PathBuf {
    if before.is_empty() { PathBuf::from(".") } else { expanded(before) }
}

/// The names that the typed path could go on with, where its folder was listed.
pub fn fitting(model: &Model) -> Vec<String> {
    let Some(typed) = model.typed(&Field::Path) else { return Vec::new() };
    let (before, begun) = split(typed);
    named_in(model, before, begun).unwrap_or_default()
}

/// The names in a folder that begin like this, those of folders with a slash; nothing as long as it was not listed.
pub fn named_in(model: &Model, before: &str, begun: &str) -> Option<Vec<String>> {
    let asked = folder(before);
    let (_, inside) = model.listing.as_ref().filter(|(listed, _)| *listed == asked)?;
    let name = |listed: &Listed| {
        let name = listed.path.file_name()?.to_str()?.to_owned();
        Some(if listed.kind == Kind::Script { name } else { name + "/" })
    };
    Some(inside.iter().filter_map(name).filter(|name| name.starts_with(begun)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_addresses_become_the_path_they_mean() {
        for (text, path) in [
            ("'/srv/my project' ", "/srv/my project"),
            ("\"/srv/a\"", "/srv/a"),
            ("file:///srv/my%20project/%E4%BA%AC", "/srv/my project/京"),
            ("file://localhost/srv/a", "/srv/a"),
            ("/srv/50%/a", "/srv/50%/a"),
            ("file:///srv/50%/a%4", "/srv/50%/a%4"),
            ("file://", ""),
            ("'", "'"),
            ("~/it's here", "~/it's here"),
        ] {
            assert_eq!(meant(text), path, "{text}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn the_escapes_of_a_shell_are_taken_away() {
        assert_eq!(meant("/srv/my\\ project\\(1\\)/a\\b"), "/srv/my project(1)/a\\b");
    }
}
