//! Fetches one locked file and checks its hash.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::LazyLock;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;
use sha2::{Digest, Sha256};
use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};

use super::Cancel;
use super::files::hex;
use super::tools::login;
use crate::plan::Remote;

/// How often a fetch that broke is tried again.
const TRIES: u32 = 3;

/// Why a file was not fetched. Addresses are shown without credentials.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The server did not give it.
    #[error("cannot fetch `{name}` from {host}")]
    Get {
        /// The file.
        name: String,
        /// The server.
        host: String,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// What came is not what the lock says.
    #[error("`{name}` from {host} has the SHA-256 {found}, but the lock says {wanted}")]
    Hash {
        /// The file.
        name: String,
        /// The server.
        host: String,
        /// Of what came.
        found: String,
        /// Of the lock.
        wanted: String,
    },
    /// It cannot be written.
    #[error("cannot write `{name}`")]
    Write {
        /// The file.
        name: String,
        /// Why.
        source: std::io::Error,
    },
    /// The user cancelled.
    #[error("fetching `{name}` was cancelled")]
    Cancelled {
        /// The file.
        name: String,
    },
    /// The network may not be used.
    #[error("`{name}` is not in the cache, and the network may not be used")]
    Offline {
        /// The file.
        name: String,
    },
}

/// One agent keeps its connections; certificates are those of the system, or of `SSL_CERT_FILE`; proxies those of the
/// environment.
static AGENT: LazyLock<Agent> = LazyLock::new(|| {
    let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
    let config = Agent::config_builder()
        .tls_config(tls)
        .timeout_connect(Some(Duration::from_secs(20)))
        .timeout_recv_response(Some(Duration::from_secs(60)));
    config.build().into()
});

pub(super) fn fetch(remote: &Remote, to: &Path, cancel: &Cancel) -> Result<(), FetchError> {
    let mut tried = 1;
    loop {
        match fetch_once(remote, to, cancel) {
            Err(FetchError::Get { .. }) if tried < TRIES && !cancel.is_cancelled() => {
                std::thread::sleep(Duration::from_millis(300) * tried);
                tried += 1;
            }
            Err(error) => {
                let _ = std::fs::remove_file(to);
                return Err(error);
            }
            Ok(()) => return Ok(()),
        }
    }
}

fn fetch_once(remote: &Remote, to: &Path, cancel: &Cancel) -> Result<(), FetchError> {
    let name = || remote.name.clone();
    let mut body: Box<dyn Read> = if let Some(path) = remote.url.strip_prefix("file://") {
        Box::new(File::open(percent_decoded(path)).map_err(|error| get(remote, error))?)
    } else {
        let request = match login(&remote.url) {
            Some(login) => AGENT.get(&remote.url).header("Authorization", format!("Basic {}", BASE64.encode(login))),
            None => AGENT.get(&remote.url),
        };
        let response = request.call().map_err(|error| get(remote, error))?;
        Box::new(response.into_body().into_reader())
    };
    let mut file = File::create(to).map_err(|source| FetchError::Write { name: name(), source })?;
    let mut hash = Sha256::new();
    let mut chunk = vec![0; 64 * 1024];
    loop {
        if cancel.is_cancelled() {
            return Err(FetchError::Cancelled { name: name() });
        }
        let read = body.read(&mut chunk).map_err(|error| get(remote, error))?;
        if read == 0 {
            break;
        }
        hash.update(&chunk[..read]);
        file.write_all(&chunk[..read]).map_err(|source| FetchError::Write { name: name(), source })?;
    }
    let found = hex(&hash.finalize());
    if found == remote.sha256 {
        return Ok(());
    }
    Err(FetchError::Hash { name: name(), host: host(&remote.url), found, wanted: remote.sha256.clone() })
}

fn get(remote: &Remote, error: impl std::error::Error + Send + Sync + 'static) -> FetchError {
    FetchError::Get { name: remote.name.clone(), host: host(&remote.url), source: Box::new(error) }
}

/// The server of an address: no path, no credentials.
fn host(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split('/').next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    if host.is_empty() { "this machine".into() } else { host.into() }
}

/// `%20` and the like in a file address.
pub(super) fn percent_decoded(path: &str) -> String {
    let bytes = path.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = (bytes[at] == b'%')
            .then(|| path.get(at + 1..at + 3))
            .flatten()
            .and_then(|code| u8::from_str_radix(code, 16).ok());
        plain.push(code.unwrap_or(bytes[at]));
        at += if code.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&plain).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remote(path: &Path, sha256: &str) -> Remote {
        Remote { name: "a.whl".into(), url: format!("file://{}", path.display()), sha256: sha256.into(), bytes: None }
    }

    #[test]
    fn a_file_with_another_hash_is_refused_and_not_left_behind() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("a"), folder.path().join("b"));
        std::fs::write(&from, "hello").unwrap();
        let right = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
        fetch(&remote(&from, right), &to, &Cancel::default()).unwrap();
        assert_eq!(std::fs::read(&to).unwrap(), b"hello");
        let error = fetch(&remote(&from, "00"), &to, &Cancel::default()).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("`a.whl` from this machine has the SHA-256 {right}, but the lock says 00")
        );
        assert!(!to.exists());
    }

    #[test]
    fn credentials_never_reach_a_message() {
        assert_eq!(host("https://user:secret@example.org/simple/x"), "example.org");
        assert_eq!(percent_decoded("/a%20b%C3%A9"), "/a bé");
    }
}
