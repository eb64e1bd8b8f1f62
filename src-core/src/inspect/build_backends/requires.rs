//! Requirements of a build.

use super::data::BuildBackend;
use crate::facts::{Source, normalize};
use crate::inspect::metadata::requirement;

/// Why a requirement is more than the build backend, to follow the key that it stands under. Markers are fine.
pub(super) fn is_more(backend: &BuildBackend, text: &str) -> Option<String> {
    let Ok(parsed) = requirement::parse(text, Source::User) else {
        return Some(format!("asks for `{text}`, which cannot be read"));
    };
    let head = text.split(';').next().unwrap_or_default();
    if head.contains('@') {
        return Some(format!("takes `{}` from an address", parsed.name));
    }
    if head.contains('[') {
        return Some(format!("asks for extras of `{}`", parsed.name));
    }
    (!backend.brings(&normalize(&parsed.name)))
        .then(|| format!("asks for `{}`, which is no part of the build backend", parsed.name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::build_backends::data::named;

    #[test]
    fn only_the_backend_and_what_comes_with_it_may_be_asked_for() {
        let backend = named("setuptools.build_meta").unwrap();
        for text in ["setuptools>=61", "Setuptools", "wheel ; python_version < '3.12'", "setuptools (>=61)"] {
            assert_eq!(is_more(backend, text), None, "{text}");
        }
        let why = |text: &str| is_more(backend, text).unwrap();
        assert_eq!(why("cython"), "asks for `cython`, which is no part of the build backend");
        assert_eq!(why("setuptools[toml]>=42"), "asks for extras of `setuptools`");
        for text in ["setuptools @ file:///x", "setuptools@https://x.test/x.whl", "wheel @ ./wheel"] {
            assert!(why(text).contains("from an address"), "{text}");
        }
        assert_eq!(why("--pre"), "asks for `--pre`, which cannot be read");
    }
}
