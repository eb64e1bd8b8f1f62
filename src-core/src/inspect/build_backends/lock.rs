//! What a build is run with: the wheels that its requirements were resolved to.

use super::data::BuildBackend;
use crate::facts::{normalize, pep};

/// Why these distributions, by name and version, are not known to be the build backend and what comes with it.
pub(crate) fn unknown_in<'p>(
    backend: &BuildBackend,
    packages: impl IntoIterator<Item = (&'p str, &'p str)>,
) -> Vec<String> {
    let reason = |(name, version): (&str, &str)| {
        let normalized = normalize(name);
        if normalized == backend.name {
            return unread(backend, version);
        }
        (!backend.brings(&normalized)).then(|| format!("`{name} {version}` is no part of the build backend"))
    };
    packages.into_iter().filter_map(reason).collect()
}

/// Why a version of the backend is not one of those that were read.
fn unread(backend: &BuildBackend, version: &str) -> Option<String> {
    let BuildBackend { name, read, .. } = backend;
    let (Some(found), Ok(known)) = (pep::version(version), pep::specifiers(read)) else {
        return Some(format!("`{name} {version}` is not known here"));
    };
    // A pre-release of the next version is newer than this one.
    let newest =
        known.iter().filter(|one| one.operator().to_string().starts_with('<')).map(pep::VersionSpecifier::version);
    let is_newer = newest.into_iter().any(|end| found.only_release() >= end.only_release());
    match (is_newer, known.contains(&found)) {
        (true, _) => Some(format!("`{name} {version}` is newer than what is known here")),
        (false, false) => Some(format!("`{name} {version}` is older than what is known here")),
        (false, true) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::build_backends::data::named;

    #[test]
    fn a_lock_may_hold_the_backend_as_it_was_read_and_what_comes_with_it() {
        let backend = named("hatchling.build").unwrap();
        let unknown = |packages: &[(&'static str, &'static str)]| unknown_in(backend, packages.iter().copied());
        assert!(unknown(&[("hatchling", "1.33.0"), ("trove_classifiers", "2026.1"), ("packaging", "26.4")]).is_empty());
        for (version, word) in [("3.0", "newer"), ("2.0rc1", "newer"), ("2.0.dev0", "newer"), ("0.25.1", "older")] {
            let expected = format!("`hatchling {version}` is {word} than what is known here");
            assert_eq!(unknown(&[("hatchling", version)]), [expected]);
        }
        assert_eq!(unknown(&[("hatch-vcs", "0.4")]), ["`hatch-vcs 0.4` is no part of the build backend"]);
        assert_eq!(unknown(&[("hatchling", "x")]), ["`hatchling x` is not known here"]);
    }
}
