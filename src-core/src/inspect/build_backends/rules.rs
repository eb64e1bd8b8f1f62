//! Which keys may stand where, and what their values may be.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The keys of a file: patterns of paths, each with what may stand there.
#[derive(Debug, Default)]
pub(super) struct Rules(Vec<(Vec<String>, Kind)>);

/// What a value may be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Anything: it runs nothing, whatever it is.
    Anything,
    /// Paths and globs that stay inside the project.
    Path,
    /// The same, where a slash at the front means the root of the project, and `!` the opposite.
    Rooted,
    /// Dotted names of modules.
    Module,
    /// An attribute that setuptools reads from a module, without importing it.
    Attribute,
    /// Requirements of nothing but the build backend.
    Requirements,
    /// One of these; booleans count as `true` and `false`.
    OneOf(Vec<String>),
    /// Nothing; the text says why, to follow the key.
    Asks(String),
}

/// What is known of a path of keys.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict<'r> {
    /// The value must be this.
    Kind(&'r Kind),
    /// Something is known of the keys of this table.
    Deeper,
    /// Nothing.
    Unknown,
}

/// Rules as they are written down: patterns by what may stand there. A `*` stands for any one key.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct Written {
    anything: Vec<String>,
    path: Vec<String>,
    rooted: Vec<String>,
    module: Vec<String>,
    attribute: Vec<String>,
    requirements: Vec<String>,
    one_of: BTreeMap<String, Vec<String>>,
}

impl Rules {
    /// Rules whose patterns are split at this character.
    pub(super) fn new(written: Written, asks: BTreeMap<String, String>, separator: char) -> Self {
        let all = |patterns: Vec<String>, kind: fn() -> Kind| patterns.into_iter().map(move |path| (path, kind()));
        let rules = all(written.anything, || Kind::Anything)
            .chain(all(written.path, || Kind::Path))
            .chain(all(written.rooted, || Kind::Rooted))
            .chain(all(written.module, || Kind::Module))
            .chain(all(written.attribute, || Kind::Attribute))
            .chain(all(written.requirements, || Kind::Requirements))
            .chain(written.one_of.into_iter().map(|(path, values)| (path, Kind::OneOf(values))))
            .chain(asks.into_iter().map(|(path, why)| (path, Kind::Asks(why))));
        Self(rules.map(|(path, kind)| (path.split(separator).map(str::to_owned).collect(), kind)).collect())
    }

    /// What is known of the value at this path, which is a table if it `opens`. The pattern with the fewest `*` counts.
    pub(super) fn of(&self, path: &[String], opens: bool) -> Verdict<'_> {
        let here = self.0.iter().filter(|(pattern, _)| pattern.len() == path.len());
        let best = here
            .filter_map(|(pattern, kind)| Some((literal(pattern, path)?, matches!(kind, Kind::Asks(_)), kind)))
            .max_by_key(|(literal, asks, _)| (*literal, *asks));
        let below = self.0.iter().filter(|(pattern, _)| opens && pattern.len() > path.len());
        let deeper = below.filter_map(|(pattern, _)| literal(pattern, path)).max();
        match (best, deeper) {
            (Some((here, asks, _)), Some(below)) if below > here || below == here && !asks => Verdict::Deeper,
            (Some((_, _, kind)), _) => Verdict::Kind(kind),
            (None, Some(_)) => Verdict::Deeper,
            (None, None) => Verdict::Unknown,
        }
    }

    /// Every pattern, and what may stand there.
    #[cfg(test)]
    pub(super) fn patterns(&self) -> impl Iterator<Item = (&[String], &Kind)> {
        self.0.iter().map(|(pattern, kind)| (pattern.as_slice(), kind))
    }
}

/// How many keys of a path a pattern names, if it fits as far as the path goes.
fn literal(pattern: &[String], path: &[String]) -> Option<usize> {
    let mut pairs = pattern.iter().zip(path);
    let fits = pairs.clone().all(|(wanted, key)| wanted == "*" || wanted == key);
    fits.then(|| pairs.by_ref().filter(|(wanted, _)| *wanted != "*").count())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str, opens: bool) -> String {
        let written = Written {
            anything: vec!["t.*".into(), "l".into()],
            path: vec!["t.wheel.p".into(), "l.file".into()],
            ..Written::default()
        };
        let rules = Rules::new(written, [("t.x".to_owned(), "asks".to_owned())].into(), '.');
        let path: Vec<String> = path.split('.').map(str::to_owned).collect();
        format!("{:?}", rules.of(&path, opens))
    }

    #[test]
    fn the_pattern_that_names_most_counts() {
        assert_eq!(of("t.other", true), "Kind(Anything)");
        assert_eq!(of("t.wheel", true), "Deeper");
        assert_eq!(of("t.wheel.p", false), "Kind(Path)");
        assert_eq!(of("t.wheel.q", false), "Unknown");
        assert_eq!(of("t.x", true), "Kind(Asks(\"asks\"))");
        assert_eq!((of("l", false).as_str(), of("l", true).as_str()), ("Kind(Anything)", "Deeper"));
        assert_eq!(of("u", true), "Unknown");
    }
}
