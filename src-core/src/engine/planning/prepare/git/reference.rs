//! What a requirement says of a repository: `NAME @ git+URL@REVISION#subdirectory=FOLDER`, as PEP 508 and pip write it.

use crate::engine::planning::resolve::Requested;
use crate::engine::terms::address::percent_decoded;

/// Ways to fetch that run no program of the repository's choice.
const SCHEMES: [&str; 3] = ["https", "ssh", "file"];

/// A place in a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::engine::planning::prepare) struct Reference {
    /// Normalised name of the distribution.
    pub name: String,
    /// Address of the repository. It holds no login but the account of `ssh`, so everybody may see it.
    pub url: String,
    /// `NAME:PASSWORD`, percent-encoded, where an `https` address has one.
    pub login: Option<String>,
    /// Branch, tag or commit; `None` for what the repository has checked out.
    pub revision: Option<String>,
    /// The folder in it that holds the project.
    pub subdirectory: Option<String>,
}

impl Reference {
    /// Reads a requirement; nothing where it is of no repository.
    pub fn parse(requirement: &str) -> Option<Self> {
        let Requested { name, address, .. } = Requested::parse(requirement);
        let address = address?.strip_prefix("git+")?;
        let (address, fragment) = address.split_once('#').unwrap_or((address, ""));
        let subdirectory = fragment.split('&').find_map(|part| part.strip_prefix("subdirectory=")).map(percent_decoded);
        // An `@` before the path belongs to a login.
        let path =
            address.find("://").and_then(|at| Some(at + 3 + address[at + 3..].find('/')?)).unwrap_or(address.len());
        let revision = address[path..].rsplit_once('@').map(|(_, revision)| percent_decoded(revision));
        let end = address[path..].rfind('@').map_or(address.len(), |at| path + at);
        let revision = revision.filter(|revision| !revision.is_empty());
        let (url, login) = without_login(&address[..end]);
        Some(Self { name, url, login, revision, subdirectory })
    }

    /// Whether it is fetched in a way that is known to be harmless, and no part of it would be an option of Git.
    pub fn may_be_fetched(&self) -> bool {
        let has_scheme = self.url.split_once("://").is_some_and(|(scheme, _)| SCHEMES.contains(&scheme));
        let texts = [Some(&self.url), self.login.as_ref(), self.revision.as_ref(), self.subdirectory.as_ref()];
        let is_plain = texts.into_iter().flatten().all(|text| !text.contains(char::is_control));
        has_scheme && is_plain && !self.revision.as_ref().is_some_and(|revision| revision.starts_with('-'))
    }

    /// The folder of a repository on this machine.
    pub fn folder(&self) -> Option<String> {
        self.url.strip_prefix("file://").map(percent_decoded)
    }
}

/// An address, and the login that was in it.
pub(in crate::engine::planning::prepare) fn without_login(address: &str) -> (String, Option<String>) {
    let Some((scheme, rest)) = address.split_once("://") else { return (address.to_owned(), None) };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let Some((login, host)) = authority.rsplit_once('@') else { return (address.to_owned(), None) };
    if scheme != "ssh" {
        return (format!("{scheme}://{host}{path}"), Some(login.to_owned()));
    }
    // The name says which account, and `ssh` takes no password from an address.
    let user = login.split(':').next().unwrap_or_default();
    (format!("{scheme}://{user}@{host}{path}"), None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> (String, String, Option<String>, Option<String>) {
        let Reference { name, url, revision, subdirectory, .. } = Reference::parse(text).unwrap();
        (name, url, revision, subdirectory)
    }

    #[test]
    fn a_repository_is_read_with_revision_and_folder() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            parse("My_Lib[x] @ git+https://x.test/a/lib.git@feature/x#egg=y&subdirectory=py ; os_name == 'posix'"),
            ("my-lib".into(), "https://x.test/a/lib.git".into(), some("feature/x"), some("py"))
        );
        assert_eq!(parse("a@git+ssh://git@x.test/a.git"), ("a".into(), "ssh://git@x.test/a.git".into(), None, None));
        assert_eq!(parse("a @ git+file:///b/c@v1"), ("a".into(), "file:///b/c".into(), some("v1"), None));
        assert_eq!(Reference::parse("a @ https://x.test/a.whl"), None);
        assert_eq!(Reference::parse("a>=1"), None);
    }

    #[test]
    fn a_login_is_kept_apart_from_the_address() {
        let read = |url: &str| {
            let reference = Reference::parse(&format!("a @ git+{url}")).unwrap();
            (reference.url, reference.login.unwrap_or_default())
        };
        let plain = "https://x.test/a".to_owned();
        assert_eq!(read("https://me:secret@x.test/a@v1"), (plain.clone(), "me:secret".into()));
        assert_eq!(read("https://token@x.test/a"), (plain, "token".into()));
        assert_eq!(read("ssh://git:secret@x.test/a"), ("ssh://git@x.test/a".into(), String::new()));
    }

    #[test]
    fn programs_and_options_are_no_addresses() {
        let may = |text: &str| Reference::parse(text).unwrap().may_be_fetched();
        assert!(may("a @ git+https://x.test/a@v1") && may("a @ git+file:///a"));
        for bad in ["ext::sh -c x", "http://x.test/a", "git://x.test/a", "-u://x", "https://x.test/a@--upload-pack=x"] {
            assert!(!may(&format!("a @ git+{bad}")), "{bad}");
        }
    }
}
