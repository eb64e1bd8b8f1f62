//! Paths and globs as configuration writes them.

/// Why a path or glob may lead out of the folder that it starts in, to follow the path.
pub(super) fn leaves(path: &str) -> Option<&'static str> {
    let has_drive = path.as_bytes().get(1) == Some(&b':') && path.starts_with(|c: char| c.is_ascii_alphabetic());
    if path.starts_with(['/', '\\']) || has_drive {
        return Some("is an absolute path");
    }
    if path.starts_with('~') {
        return Some("begins in a home folder");
    }
    path.split(['/', '\\']).any(|part| part.trim() == "..").then_some("leads out of the project")
}

/// The same for a pattern where a slash at the front means the folder itself, and `!` the opposite.
pub(super) fn leaves_root(pattern: &str) -> Option<&'static str> {
    leaves(pattern.trim_start_matches('!').trim_start_matches('/'))
}

/// Whether a text is a dotted name of a module, as Python writes it; a stub package's ends with `-stubs`.
pub(super) fn is_module(text: &str) -> bool {
    let is_name = |part: &str| {
        !part.is_empty()
            && !part.starts_with(|c: char| c.is_ascii_digit())
            && part.chars().all(|c| c == '_' || c.is_ascii_alphanumeric())
    };
    text.split('.').enumerate().all(|(index, part)| {
        let part = if index == 0 { part.strip_suffix("-stubs").unwrap_or(part) } else { part };
        is_name(part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_may_leave_are_told_from_those_that_stay() {
        for path in ["/etc", "\\x", "C:\\x", "c:x", "~/x", "~", "..", "a/../b", "a\\..\\b", "*/../x", "a/.. /b"] {
            assert!(leaves(path).is_some(), "{path}");
        }
        for path in ["", ".", "./a", "a/b", "src/**/*.py", "a..b", "a/b~", "..a"] {
            assert_eq!(leaves(path), None, "{path}");
        }
        assert_eq!((leaves_root("/src"), leaves_root("!/src")), (None, None));
        assert!(leaves_root("/../x").is_some() && leaves_root("!../x").is_some());
    }

    #[test]
    fn modules_are_dotted_names() {
        for text in ["a", "a.b_c", "_a1", "foo-stubs", "foo-stubs.bar"] {
            assert!(is_module(text), "{text}");
        }
        for text in ["", "a.", ".a", "a/b", "..a", "1a", "a-b", "/a"] {
            assert!(!is_module(text), "{text}");
        }
    }
}
