//! Paths as people type them and as terminals paste them.

use std::path::{Path, PathBuf};

use percent_encoding::percent_decode_str;

use super::{Kind, Listed};

/// What a typed or dropped text means: without quotes, without the escapes of a shell, and of a `file:` address the path.
pub fn meant(text: &str) -> String {
    let text = text.trim();
    if let Some(address) = text.strip_prefix("file://") {
        // Before the path a host may stand.
        return percent_decode_str(&address[address.find('/').unwrap_or(0)..]).decode_utf8_lossy().into_owned();
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

/// A path as a shell would read its beginning, where the user's home is known.
pub fn expanded(text: &str, home: Option<&Path>) -> PathBuf {
    match (text.strip_prefix('~'), home) {
        (Some(rest), Some(home)) if rest.is_empty() || rest.starts_with('/') => home.join(rest.trim_start_matches('/')),
        _ => PathBuf::from(text),
    }
}

/// A typed path up to its last slash, and what was begun behind it.
pub fn split(typed: &str) -> (&str, &str) {
    typed.split_at(typed.rfind('/').map_or(0, |slash| slash + 1))
}

/// The folder that a path up to its last slash means.
pub fn folder(before: &str, home: Option<&Path>) -> PathBuf {
    if before.is_empty() { PathBuf::from(".") } else { expanded(before, home) }
}

/// The names in a folder that begin like this, those of folders with a slash.
pub fn going_on(inside: &[Listed], begun: &str) -> Vec<String> {
    let name = |listed: &Listed| {
        let name = listed.path.file_name()?.to_str()?.to_owned();
        Some(if listed.kind == Kind::Script { name } else { name + "/" })
    };
    inside.iter().filter_map(name).filter(|name| name.starts_with(begun)).collect()
}

/// What all of these names begin with; nothing where there is none.
pub fn common_start(names: &[String]) -> Option<String> {
    let mut common = names.first()?.clone();
    for name in names {
        while !name.starts_with(&common) {
            common.pop();
        }
    }
    Some(common)
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

    #[test]
    fn a_tilde_is_the_home_where_that_is_known() {
        let me = Some(Path::new("/home/me"));
        assert_eq!(expanded("~/weather", me), Path::new("/home/me/weather"));
        assert_eq!(expanded("~", me), Path::new("/home/me"));
        for (text, home) in [("~you", me), ("/srv/~", me), ("~/weather", None)] {
            assert_eq!(expanded(text, home), Path::new(text));
        }
    }

    #[test]
    fn a_begun_name_goes_on_with_what_lies_there() {
        let listed = |name: &str, kind| Listed { path: Path::new("/srv").join(name), kind };
        let inside = [listed("weather", Kind::Folder), listed("web", Kind::Project), listed("web.py", Kind::Script)];
        assert_eq!(split("/srv/we"), ("/srv/", "we"));
        let names = going_on(&inside, "we");
        assert_eq!(names, ["weather/", "web/", "web.py"]);
        assert_eq!(common_start(&names).as_deref(), Some("we"));
        assert_eq!(common_start(&going_on(&inside, "wea")).as_deref(), Some("weather/"));
        assert_eq!(common_start(&[]), None);
        assert_eq!((folder("", None), folder("/srv/", None)), (PathBuf::from("."), PathBuf::from("/srv/")));
    }
}
