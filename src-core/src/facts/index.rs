//! Indexes that a project names, and when two addresses of indexes are the same.

use std::borrow::Cow;
use std::path::Path;

use serde::{Deserialize, Serialize};
use url::Url;

use super::{Risk, RiskKind, Source};
use crate::redaction::without_addressed;

/// Hosts of the index that packaging tools ask where nobody configures one. Projects name it although it is the default
/// anyway, so it must be told from all others; it is never asked because it stands here.
pub const PUBLIC_HOSTS: [&str; 2] = ["pypi.org", "pypi.python.org"];

/// Its path, which the simple repository API (PEP 503) names.
const PUBLIC_PATH: &str = "/simple";

/// Packages of an index that are named before the rest is counted.
const LISTED: usize = 4;

/// A place of packages that files of a project name: nothing but a claim of the project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedIndex {
    /// What the project calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its address without login, or a `file:` address; `None` where only its name is said, or that no index is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// What it is for.
    pub role: IndexRole,
    /// The packages that are said to come from it; empty where it is for any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub packages: Vec<Tied>,
    /// The extra or group for whose requirements alone it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<String>,
    /// Where it is named.
    pub source: Source,
    /// The folder of the project beside this one that names it; nothing where this project or its workspace does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beside: Option<String>,
}

/// What a project names an index for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IndexRole {
    /// Asked in the place of the default.
    Default,
    /// Asked beside the default.
    Extra,
    /// Asked for the packages that are tied to it only.
    Explicit,
    /// A folder or a page of files, asked beside the indexes.
    Files,
    /// What a lock says its packages came from.
    Locked,
    /// No index is to be asked.
    None,
}

/// A package that is tied to an index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tied {
    /// Its normalised name; `*` stands for any characters.
    pub name: String,
    /// Environments in which it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marker: Option<String>,
    /// The extra or group with which it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<String>,
    /// Where that is said.
    pub source: Source,
}

impl NamedIndex {
    /// Whether it is the index that is asked where nobody configures one.
    pub fn is_public(&self) -> bool {
        self.address.as_deref().is_some_and(is_public)
    }

    /// Whether builds depend on it: something can come from it, and that is not what everybody asks anyway.
    pub fn counts(&self) -> bool {
        !self.is_public() && (self.role != IndexRole::Explicit || !self.packages.is_empty())
    }

    /// That builds depend on it, as a risk.
    pub fn risk(&self) -> Risk {
        let shown = self.shown();
        let of = self.listed().map(|packages| format!(" for {packages}")).unwrap_or_default();
        Risk { kind: RiskKind::NamedIndex, what: format!("{shown}{of}"), source: self.source.clone() }
    }

    /// Names the places by the folder of the project that they are in.
    pub fn place_in(&mut self, folder: &Path) {
        let sources = self.packages.iter_mut().map(|tied| &mut tied.source);
        for source in sources.chain([&mut self.source]) {
            if let Source::File { path, .. } = source {
                *path = folder.join(&*path).display().to_string();
            }
        }
    }

    /// The first of its packages in words; nothing where it is for any.
    pub fn listed(&self) -> Option<String> {
        let (first, rest) = self.packages.split_at(self.packages.len().min(LISTED));
        let mut names: Vec<String> = first.iter().map(|tied| format!("`{}`", tied.name)).collect();
        names.dedup();
        match (names.is_empty(), rest.len()) {
            (true, _) => None,
            (_, 0) => Some(names.join(", ")),
            (_, more) => Some(format!("{} and {more} more", names.join(", "))),
        }
    }

    /// Name and address as messages show them.
    pub fn shown(&self) -> String {
        match (&self.name, &self.address) {
            (Some(name), Some(address)) => format!("the index `{name}`, `{}`", without_addressed(address)),
            (Some(name), None) => format!("the index `{name}`, whose address it does not say"),
            (None, Some(address)) if self.role == IndexRole::Files => {
                format!("the files at `{}`", without_addressed(address))
            }
            (None, Some(address)) => format!("the index `{}`", without_addressed(address)),
            (None, None) => "no index at all".into(),
        }
    }
}

/// An address by which indexes are compared: no login, no query, the host in lower case, no port that is the scheme's
/// own, no slash at its end. What is no address stays as it is.
pub fn canonical(address: &str) -> String {
    let address = address.trim();
    let Ok(mut url) = Url::parse(address) else { return address.trim_end_matches('/').to_owned() };
    // Addresses that can hold no login have none to lose.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.set_fragment(None);
    url.as_str().trim_end_matches('/').to_owned()
}

/// An address as it can be kept and shown: as it was written, without the login.
pub fn without_login(address: &str) -> String {
    let address = address.trim();
    let Ok(mut url) = Url::parse(address) else { return without_addressed(address).into_owned() };
    if url.username().is_empty() && url.password().is_none() {
        return without_addressed(address).into_owned();
    }
    let _ = url.set_username("");
    let _ = url.set_password(None);
    match without_addressed(url.as_str()) {
        Cow::Borrowed(shown) => shown.to_owned(),
        Cow::Owned(shown) => shown,
    }
}

/// Whether an address is that of the index that is asked where nobody configures one.
pub fn is_public(address: &str) -> bool {
    Url::parse(&canonical(address)).is_ok_and(|url| {
        let is_web = matches!(url.scheme(), "http" | "https") && url.port().is_none();
        is_web && url.host_str().is_some_and(|host| PUBLIC_HOSTS.contains(&host)) && url.path() == PUBLIC_PATH
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_index_is_written_in_many_ways() {
        for same in [
            "https://a.test/simple",
            " https://A.test/simple/ ",
            "https://a.test:443/simple//",
            "https://me:s3cret@a.test/simple?token=x#y",
            "HTTPS://a.test/x/../simple",
        ] {
            assert_eq!(canonical(same), "https://a.test/simple", "{same}");
        }
        for other in ["http://a.test/simple", "https://a.test:8443/simple", "https://a.test/Simple", "https://b.test"] {
            assert_ne!(canonical(other), "https://a.test/simple", "{other}");
        }
        assert_eq!(canonical("https://[bad/simple/"), "https://[bad/simple", "what is no address stays");
    }

    #[test]
    fn the_public_index_is_known_by_its_host_and_nothing_like_it_is() {
        let [host, old] = PUBLIC_HOSTS;
        for same in
            [format!("https://{host}/simple"), format!("http://{old}/simple/"), format!("https://{host}:443/simple")]
        {
            assert!(is_public(&same), "{same}");
        }
        for other in [
            format!("https://test.{host}/simple"),
            format!("https://{host}.evil.test/simple"),
            format!("https://{host}@evil.test/simple"),
            format!("https://{host}:8443/simple"),
            format!("https://{host}/other"),
            format!("ftp://{host}/simple"),
        ] {
            assert!(!is_public(&other), "{other}");
        }
    }

    #[test]
    fn an_address_is_kept_without_its_login() {
        assert_eq!(without_login("https://me:p@ss@a.test/simple"), "https://a.test/simple");
        assert_eq!(without_login("https://${USER}:${PASSWORD}@a.test/simple"), "https://a.test/simple");
        assert_eq!(without_login("http://me:s3cret@[bad/simple"), "http://****@[bad/simple");
        assert_eq!(without_login("https://a.test/simple"), "https://a.test/simple");
    }
}
