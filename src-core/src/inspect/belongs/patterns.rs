//! Paths and patterns, as people and build backends write them.

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};

/// Patterns of paths from the root. One that fits a folder fits all in it.
#[derive(Debug)]
pub(super) struct Patterns {
    set: GlobSet,
    /// What stands before the first wildcard of each, up to a `/`.
    heads: Vec<String>,
    /// Those without a wildcard.
    pub(super) plain: Vec<String>,
}

impl Patterns {
    /// Compiles them; those that are none are told in the error, with the reason.
    pub(super) fn of(texts: &[String]) -> Result<Self, (String, String)> {
        let (mut set, mut heads, mut plain) = (GlobSetBuilder::new(), Vec::new(), Vec::new());
        for text in texts {
            let path = text.trim().replace('\\', "/");
            let path = path.trim_start_matches("./").trim_matches('/');
            let glob = |text: &str| -> Result<Glob, (String, String)> {
                let built = GlobBuilder::new(text).literal_separator(true).build();
                built.map_err(|error| (path.to_owned(), error.kind().to_string()))
            };
            if path.is_empty() || path.split('/').any(|part| part == "..") {
                return Err((text.clone(), "it is no path below the project's folder".into()));
            }
            let wild = path.find(['*', '?', '[', '{']);
            // A name may hold what is a wildcard elsewhere; nothing says so but the name itself.
            set.add(glob(path)?).add(glob(&format!("{path}/**"))?);
            heads.push(wild.map_or(path, |at| path[..at].rsplit_once('/').map_or("", |(head, _)| head)).to_owned());
            plain.extend(wild.is_none().then(|| path.to_owned()));
        }
        let set = set.build().map_err(|error| (String::new(), error.kind().to_string()))?;
        Ok(Self { set, heads, plain })
    }

    /// Whether a path is meant.
    pub(super) fn fit(&self, path: &str) -> bool {
        self.set.is_match(path.trim_end_matches('/'))
    }

    /// Whether something in a folder may be meant.
    pub(super) fn may_fit_in(&self, folder: &str) -> bool {
        let folder = folder.trim_end_matches('/');
        let is_below = |path: &str, above: &str| {
            above.is_empty() || path.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.heads.iter().any(|head| is_below(folder, head) || is_below(head, folder))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patterns(texts: &[&str]) -> Patterns {
        Patterns::of(&texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn a_folder_stands_for_all_in_it_and_a_star_stays_in_one() {
        let found = patterns(&["./data/", "web/*.js", "**/*.mo"]);
        for path in ["data", "data/a/b", "web/a.js", "x/y.mo", "y.mo"] {
            assert!(found.fit(path), "{path}");
        }
        for path in ["data2/a", "web/lib/a.js", "a.js"] {
            assert!(!found.fit(path), "{path}");
        }
    }

    #[test]
    fn folders_are_looked_into_where_something_may_be_meant() {
        let found = patterns(&["web/static/*.js", "a/b.txt"]);
        for folder in ["web/", "web/static/", "a/", "web/static/deep/"] {
            assert!(found.may_fit_in(folder), "{folder}");
        }
        assert!(!found.may_fit_in("data/") && !found.may_fit_in("webs/"));
        assert!(patterns(&["**/*.so"]).may_fit_in("anything/"));
    }

    #[test]
    fn what_is_no_pattern_is_told() {
        for text in ["", "../other", "/"] {
            assert_eq!(Patterns::of(&[text.into()]).unwrap_err().0, text);
        }
        assert_eq!(Patterns::of(&["a[".into()]).unwrap_err().0, "a[");
    }
}
