//! Requirements to resolve, and which of them `uv` may see.

use std::path::PathBuf;

use super::{Requested, ResolveError, read_wheel_metadata};
use crate::engine::disk::files::digest_file;
use crate::facts::NamedIndex;
use crate::inspect::file_address;

/// A marker that holds nowhere.
pub(super) const NEVER: &str = "python_version < '0'";

/// Requirements to resolve.
pub(in crate::engine) struct Wanted<'a> {
    /// Whose they are, for messages.
    pub what: &'a str,
    /// PEP 508, one each.
    pub requirements: &'a [String],
    /// Wheels that were built here and stand for their names.
    pub local: &'a [LocalWheel],
    /// The normalised name of the project itself, which is there already, whoever needs it in turn.
    pub itself: Option<&'a str>,
    /// Whether the project's own lock applies.
    pub own: bool,
    /// Extras and groups that go in.
    pub chosen: &'a [String],
    /// Indexes that local dependencies name.
    pub indexes: &'a [NamedIndex],
}

/// A wheel that was built here.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::engine) struct LocalWheel {
    /// Normalised name.
    pub name: String,
    /// The wheel, in the store.
    pub path: PathBuf,
    /// Extras that are asked for with it.
    pub extras: Vec<String>,
    /// Repository and commit that it was built from, where it was one.
    pub commit: Option<String>,
}

impl<'a> Wanted<'a> {
    /// Requirements that no index of a local dependency has a part in.
    pub fn new(what: &'a str, requirements: &'a [String]) -> Self {
        Self { what, requirements, local: &[], itself: None, own: false, chosen: &[], indexes: &[] }
    }

    /// Whether a package is here already: the project itself, or a wheel that was built.
    pub(super) fn is_here(&self, name: &str) -> bool {
        self.itself == Some(name) || self.local.iter().any(|wheel| wheel.name == name)
    }

    /// Wheels that were built here, whoever asks for their names, and the project itself, which nobody needs anywhere.
    pub(super) fn overrides(&self) -> Result<String, ResolveError> {
        let local = self.local.iter().map(|wheel| {
            // What overrides a requirement overrides its extras too.
            let extras = if wheel.extras.is_empty() { String::new() } else { format!("[{}]", wheel.extras.join(",")) };
            format!("{}{extras} @ {}", wheel.name, file_address(&wheel.path))
        });
        self.checked(local.chain(self.itself.map(|name| format!("{name} ; {NEVER}"))))
    }

    /// Digests of wheels and source distributions of this machine that are required by their addresses, which stay the
    /// same when the files change.
    pub(super) fn files(&self) -> Vec<String> {
        let built = self.local.iter().filter_map(|wheel| read_wheel_metadata(&wheel.path).ok());
        let of_built: Vec<String> = built.flat_map(|metadata| metadata.requires_dist).collect();
        let paths = self.requirements.iter().chain(&of_built).filter_map(|text| Requested::parse(text).folder());
        paths.filter_map(|path| digest_file(&path).ok()).map(|(sha256, _)| sha256).collect()
    }

    /// Lines of a file for `uv`. One that it would take for an option, for more than one line, or with a variable to fill
    /// in from its environment, where logins are, is an error; so is one that it would ask version control for, which
    /// could run programs, unless a wheel that was built here stands for it.
    pub(super) fn checked(&self, lines: impl Iterator<Item = String>) -> Result<String, ResolveError> {
        let mut text = String::new();
        for line in lines {
            if line.contains(char::is_control) || line.trim().starts_with('-') || line.contains("${") {
                let line = line.chars().take(80).flat_map(char::escape_debug).collect();
                return Err(ResolveError::Line { what: self.what.to_owned(), line });
            }
            let Requested { name, .. } = Requested::parse(&line);
            let is_built = self.local.iter().any(|wheel| wheel.name == name);
            if let Some(kind) = Requested::repository(&line).filter(|_| !is_built) {
                return Err(ResolveError::Repository { what: self.what.to_owned(), name, kind });
            }
            if has_login(&line) && !is_built {
                return Err(ResolveError::Login { what: self.what.to_owned(), name });
            }
            text += &line;
            text.push('\n');
        }
        Ok(text)
    }
}

/// Whether the address of a requirement holds a user or a password.
fn has_login(line: &str) -> bool {
    let authority = line.split_once("://").and_then(|(_, rest)| rest.split(['/', ' ']).next());
    authority.is_some_and(|authority| authority.contains('@'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Problem;

    fn lines(wanted: &Wanted) -> Result<String, ResolveError> {
        wanted.checked(wanted.requirements.iter().cloned())
    }

    #[test]
    fn a_requirement_that_uv_would_read_as_an_option_or_fill_in_is_refused() {
        let asked = |line: &str| {
            let requirements = [line.to_owned()];
            let wanted = Wanted::new("the project", &requirements);
            lines(&wanted).map_err(|error| error.to_string())
        };
        assert_eq!(asked("click>=8"), Ok("click>=8\n".into()));
        assert_eq!(
            asked("click\n--pre").unwrap_err(),
            "`click\\n--pre` of the project cannot be given to the resolver as a requirement"
        );
        for line in [" --index-url http://x.test", "-r other", "a @ http://x.test/${UV_INDEX_OWN_PASSWORD}/a.whl"] {
            assert!(asked(line).is_err(), "{line}");
        }
        let local = [LocalWheel { name: "a\n--pre".into(), path: "/store/a.whl".into(), extras: vec![], commit: None }];
        assert!(Wanted { local: &local, ..Wanted::new("the project", &[]) }.overrides().is_err());
    }

    #[test]
    fn a_login_in_an_address_is_refused_and_not_told() {
        let asked = |line: &str| {
            let requirements = [line.to_owned()];
            lines(&Wanted::new("p", &requirements))
                .map_err(|error| format!("{:?}", crate::problem::Problem::from(error)))
        };
        for login in ["me:s3cret", "s3cret"] {
            let told = asked(&format!("a @ https://{login}@x.test/a.whl ; os_name == 'nt'")).unwrap_err();
            assert!(told.contains("has a login") && told.contains("netrc") && !told.contains("s3cret"), "{told}");
        }
        assert!(asked("a @ https://x.test/a@1/a.whl").is_ok());
    }

    #[test]
    fn a_wheel_that_was_built_here_and_the_project_itself_stand_for_their_names() {
        let path = "/a b%20#c/a.whl".into();
        let local = [LocalWheel { name: "a".into(), path, extras: vec!["x".into(), "y".into()], commit: None }];
        let wanted = Wanted { local: &local, itself: Some("b"), ..Wanted::new("b", &[]) };
        let expected = "a[x,y] @ file:///a%20b%2520%23c/a.whl\nb ; python_version < '0'\n";
        assert_eq!(wanted.overrides().unwrap(), expected);
    }

    #[test]
    fn a_file_that_changed_under_its_address_is_another_question() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a-1-py3-none-any.whl");
        let requirements = ["click".to_owned(), format!("a @ file://{} ; os_name == 'posix'", path.display())];
        let wanted = Wanted::new("a", &requirements);
        assert!(wanted.files().is_empty());
        std::fs::write(&path, "one").unwrap();
        let one = wanted.files();
        std::fs::write(&path, "two").unwrap();
        assert!(one.len() == 1 && one != wanted.files());
    }

    #[test]
    fn a_repository_is_left_to_uv_only_where_a_wheel_stands_for_it() {
        let asked = |line: &str, name: &str| {
            let (requirements, extras) = ([line.to_owned()], vec![]);
            let local = [LocalWheel { name: name.into(), path: "/store/a.whl".into(), extras, commit: None }];
            lines(&Wanted { local: &local, ..Wanted::new("the build of `b`", &requirements) })
        };
        let line = "Far_Lib[x] @ git+https://me:secret@x.test/far";
        assert!(asked(line, "far-lib").is_ok());
        for line in [line, "far-lib@hg+https://x.test/far ; os_name == 'nt'", "git+https://x.test/far"] {
            let problem = Problem::from(asked(line, "other").unwrap_err());
            assert!(problem.message.contains("which the build of `b` needs, comes from a repository"), "{problem:?}");
            assert!(!problem.message.contains("secret") && !problem.hints.is_empty());
        }
    }
}
