//! Fetches one locked file and checks its hash.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::LazyLock;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;
use sha2::{Digest, Sha256};
use ureq::Agent;
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};

use super::certificates::extra_certificates;
use super::logins::login;
use crate::engine::disk::files::hex;
use crate::engine::terms::address::percent_decoded;
use crate::engine::terms::cancel::Cancel;
use crate::engine::terms::limits::Limits;
use crate::plan::Remote;

/// How often a fetch that broke is tried again.
const TRIES: u32 = 3;

/// How long a server may send nothing.
const STALLED: Duration = Duration::from_secs(60);
/// How often a fetch looks whether it was cancelled.
const LOOK: Duration = Duration::from_millis(50);
/// Pieces of a body that wait to be written, at most.
const AHEAD: usize = 8;

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
    /// The server wants a login, or another one.
    #[error("{host} refuses `{name}` with the status {status}")]
    Refused {
        /// The file.
        name: String,
        /// The server.
        host: String,
        /// 401 or 403.
        status: u16,
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

/// One agent keeps its connections; certificates are those of the system, or of `SSL_CERT_FILE`, and those that pip was
/// told of; proxies those of the environment.
static AGENT: LazyLock<Agent> = LazyLock::new(|| {
    let tls = TlsConfig::builder().root_certs(roots()).build();
    let config = Agent::config_builder()
        .tls_config(tls)
        .timeout_connect(Some(Duration::from_secs(20)))
        // The thread of a fetch that was given up ends soon after it.
        .timeout_per_read(Some(STALLED))
        .timeout_recv_response(Some(Duration::from_secs(60)));
    config.build().into()
});

fn roots() -> RootCerts {
    let Some(bundle) = extra_certificates() else { return RootCerts::PlatformVerifier };
    let certificates = parse_pem(&bundle).filter_map(|item| match item {
        Ok(PemItem::Certificate(certificate)) => Some(certificate),
        _ => None,
    });
    RootCerts::from(certificates.collect::<Vec<_>>())
}

pub(in crate::engine) fn fetch(remote: &Remote, to: &Path, cancel: &Cancel) -> Result<(), FetchError> {
    fetch_within(remote, to, cancel, STALLED)
}

fn fetch_within(remote: &Remote, to: &Path, cancel: &Cancel, stalled: Duration) -> Result<(), FetchError> {
    let mut tried = 1;
    loop {
        match fetch_once(remote, to, cancel, stalled) {
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

fn fetch_once(remote: &Remote, to: &Path, cancel: &Cancel, stalled: Duration) -> Result<(), FetchError> {
    let name = || remote.name.clone();
    let write = |source| FetchError::Write { name: remote.name.clone(), source };
    let pieces = read(remote.url.clone());
    let mut file = File::create(to).map_err(write)?;
    let mut hash = Sha256::new();
    let (limits, mut written) = (Limits::current(), 0);
    let mut last = Instant::now();
    loop {
        if cancel.is_cancelled() {
            return Err(FetchError::Cancelled { name: name() });
        }
        match pieces.recv_timeout(LOOK) {
            Ok(Ok(piece)) if piece.is_empty() => break,
            Ok(Ok(piece)) => {
                hash.update(&piece);
                written += piece.len() as u64;
                if let Err(passed) = limits.written(1, written) {
                    return Err(write(io::Error::other(passed)));
                }
                file.write_all(&piece).map_err(write)?;
                last = Instant::now();
            }
            Ok(Err(error)) => return Err(get(remote, error)),
            Err(RecvTimeoutError::Timeout) if last.elapsed() < stalled => {}
            Err(RecvTimeoutError::Timeout) => {
                let said = format!("nothing came for {} seconds", stalled.as_secs());
                return Err(get(remote, io::Error::new(io::ErrorKind::TimedOut, said).into()));
            }
            Err(RecvTimeoutError::Disconnected) => {
                return Err(get(remote, io::Error::from(io::ErrorKind::BrokenPipe).into()));
            }
        }
    }
    let found = hex(&hash.finalize());
    if found == remote.sha256 {
        return Ok(());
    }
    Err(FetchError::Hash { name: name(), host: host(&remote.url), found, wanted: remote.sha256.clone() })
}

/// What is at an address, piece by piece; an empty piece is the end. A thread reads, because a read that waits for a
/// server cannot be ended; nobody waits for the thread.
fn read(url: String) -> Receiver<Result<Vec<u8>, ureq::Error>> {
    let (sender, receiver) = sync_channel(AHEAD);
    let failed = sender.clone();
    let reader = std::thread::Builder::new().spawn(move || {
        let mut body = match open(&url) {
            Ok(body) => body,
            Err(error) => return drop(sender.send(Err(error))),
        };
        loop {
            let mut piece = vec![0; 64 * 1024];
            let piece = body.read(&mut piece).map_err(ureq::Error::from).map(|length| {
                piece.truncate(length);
                piece
            });
            let is_last = piece.as_ref().map_or(true, Vec::is_empty);
            // Nobody listens any more when the fetch was given up.
            if sender.send(piece).is_err() || is_last {
                return;
            }
        }
    });
    if let Err(error) = reader {
        let _ = failed.send(Err(error.into()));
    }
    receiver
}

fn open(url: &str) -> Result<Box<dyn Read>, ureq::Error> {
    if let Some(path) = url.strip_prefix("file://") {
        return Ok(Box::new(File::open(percent_decoded(path))?));
    }
    let request = AGENT.get(url);
    let request = match login(url) {
        Some(login) => request.header("Authorization", format!("Basic {}", BASE64.encode(login))),
        None => request,
    };
    Ok(Box::new(request.call()?.into_body().into_reader()))
}

fn get(remote: &Remote, error: ureq::Error) -> FetchError {
    let (name, host) = (remote.name.clone(), host(&remote.url));
    match error {
        ureq::Error::StatusCode(status @ (401 | 403)) => FetchError::Refused { name, host, status },
        error => FetchError::Get { name, host, source: Box::new(error) },
    }
}

/// The server of an address: no path, no credentials.
fn host(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split('/').next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    if host.is_empty() { "this machine".into() } else { host.into() }
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

    /// The address of a server that answers each connection with this text and then says nothing more.
    fn server(answer: &'static str) -> String {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            let mut open = Vec::new();
            for connection in listener.incoming() {
                let mut connection = connection.unwrap();
                let _ = connection.read(&mut [0; 4096]);
                connection.write_all(answer.as_bytes()).unwrap();
                open.push(connection);
            }
        });
        format!("http://me:secret@{address}/a.whl")
    }

    fn fetch_from(answer: &'static str, cancel: &Cancel, stalled: Duration) -> Result<(), FetchError> {
        let folder = tempfile::tempdir().unwrap();
        let remote = Remote { url: server(answer), ..remote(folder.path(), "00") };
        let result = fetch_within(&remote, &folder.path().join("a"), cancel, stalled);
        assert!(!folder.path().join("a").exists());
        result
    }

    const HALF: &str = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello";

    #[test]
    fn a_fetch_that_stalls_ends_when_it_is_cancelled() {
        let cancel = Cancel::default();
        let switch = cancel.clone();
        std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(200));
            switch.cancel();
        });
        let started = Instant::now();
        let error = fetch_from(HALF, &cancel, STALLED).unwrap_err();
        assert_eq!(error.to_string(), "fetching `a.whl` was cancelled");
        assert!(started.elapsed() < Duration::from_secs(20));
    }

    #[test]
    fn a_server_that_sends_nothing_more_is_given_up() {
        let error = fetch_from(HALF, &Cancel::default(), Duration::from_millis(200)).unwrap_err();
        assert!(matches!(&error, FetchError::Get { source, .. } if source.to_string().contains("nothing came for")));
    }

    #[test]
    fn a_server_that_wants_another_login_is_not_asked_again() {
        let refused = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n";
        let error = fetch_from(refused, &Cancel::default(), STALLED).unwrap_err();
        assert!(matches!(error, FetchError::Refused { status: 403, .. }));
        assert!(!error.to_string().contains("secret"));
    }

    #[test]
    fn credentials_never_reach_a_message() {
        assert_eq!(host("https://user:secret@example.org/simple/x"), "example.org");
        assert_eq!(percent_decoded("/a%20b%C3%A9"), "/a bé");
    }
}
