//! A package index on the loopback interface: PEP 503's pages and the files behind them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rustls::{ServerConnection, StreamOwned};

use crate::Authority;
use crate::package::Package;

/// A running index; it stops when it is dropped.
#[derive(Debug)]
pub struct Index {
    address: SocketAddr,
    scheme: &'static str,
    asked: Arc<Mutex<Vec<String>>>,
    stop: Arc<AtomicBool>,
}

impl Index {
    /// Serves these packages on a free port.
    ///
    /// # Panics
    /// When the loopback interface cannot be listened on.
    pub fn serve(packages: impl IntoIterator<Item = Package>) -> Self {
        Self::listen(packages.into_iter().collect(), None, None)
    }

    /// Likewise to those alone who send this in the header `Authorization`.
    ///
    /// # Panics
    /// When the loopback interface cannot be listened on.
    pub fn serve_to(authorization: &'static str, packages: impl IntoIterator<Item = Package>) -> Self {
        Self::listen(packages.into_iter().collect(), None, Some(authorization))
    }

    /// Likewise over TLS, with a certificate that only those trust who know this authority.
    ///
    /// # Panics
    /// When the loopback interface cannot be listened on.
    pub fn serve_certified(packages: impl IntoIterator<Item = Package>, authority: &Authority) -> Self {
        Self::listen(packages.into_iter().collect(), Some(authority.server()), None)
    }

    fn listen(
        packages: Arc<[Package]>,
        tls: Option<Arc<rustls::ServerConfig>>,
        authorization: Option<&'static str>,
    ) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port of the loopback interface");
        let address = listener.local_addr().expect("a listening socket has an address");
        let scheme = if tls.is_some() { "https" } else { "http" };
        let index = Self { address, scheme, asked: Arc::default(), stop: Arc::default() };
        let (asked, stop) = (Arc::clone(&index.asked), Arc::clone(&index.stop));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                let (packages, asked) = (Arc::clone(&packages), Arc::clone(&asked));
                let tls = tls.as_ref().and_then(|config| ServerConnection::new(Arc::clone(config)).ok());
                thread::spawn(move || match tls {
                    Some(connection) => {
                        answer(StreamOwned::new(connection, stream), &packages, &asked, authorization);
                    }
                    None => answer(stream, &packages, &asked, authorization),
                });
            }
        });
        index
    }

    /// The address that goes into `PIP_INDEX_URL` and its kind.
    pub fn url(&self) -> String {
        format!("{}/simple/", self.origin())
    }

    /// The address of the server itself, which also answers as a proxy would.
    pub fn origin(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Whether anything was asked for about a package.
    pub fn was_asked_for(&self, package: &str) -> bool {
        let module = package.replace('-', "_");
        self.asked().iter().any(|path| path.contains(package) || path.contains(&module))
    }

    /// The paths that were asked for so far; whole addresses where it was asked as a proxy.
    ///
    /// # Panics
    /// When an answering thread panicked.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("no thread panicked").clone()
    }
}

impl Drop for Index {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        // The listener sees the flag when it accepts next.
        drop(TcpStream::connect_timeout(&self.address, Duration::from_secs(1)));
    }
}

fn answer(
    mut stream: impl Read + Write,
    packages: &[Package],
    asked: &Mutex<Vec<String>>,
    authorization: Option<&str>,
) {
    let mut lines = BufReader::new(&mut stream).lines().map_while(Result::ok);
    let Some(request) = lines.next() else { return };
    let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
    let sent = |wanted: &str| {
        head.iter()
            .filter_map(|line| line.split_once(": "))
            .any(|(name, value)| name.eq_ignore_ascii_case("authorization") && value == wanted)
    };
    let mut words = request.split(' ');
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    asked.lock().expect("no thread panicked").push(path.to_owned());
    if method == "CONNECT" {
        // A tunnel to whatever was asked for ends here as well.
        let _ = stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n");
        return answer(stream, packages, asked, authorization);
    }
    let (status, kind, body) = match authorization {
        Some(wanted) if !sent(wanted) => {
            ("401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"index\"", "text/plain", Vec::new())
        }
        _ => page(path, packages),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(head.as_bytes());
    if method != "HEAD" {
        let _ = stream.write_all(&body);
    }
}

fn page(path: &str, packages: &[Package]) -> (&'static str, &'static str, Vec<u8>) {
    const HTML: &str = "text/html; charset=utf-8";
    let path = match path.strip_prefix("http://") {
        Some(address) => address.find('/').map_or("/", |slash| &address[slash..]),
        None => path,
    };
    if let Some(file) = path.strip_prefix("/files/") {
        return match packages.iter().find(|package| package.file == file) {
            Some(package) => ("200 OK", "application/octet-stream", package.bytes.clone()),
            None => ("404 Not Found", HTML, Vec::new()),
        };
    }
    let name = path.trim_start_matches("/simple/").trim_end_matches('/');
    let links: String = packages
        .iter()
        .filter(|package| package.name() == name)
        .map(|package| format!("<a href=\"/files/{0}#sha256={1}\">{0}</a>\n", package.file, package.sha256))
        .collect();
    if links.is_empty() {
        return ("404 Not Found", HTML, Vec::new());
    }
    ("200 OK", HTML, format!("<!DOCTYPE html>\n<html><body>\n{links}</body></html>\n").into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::Recipe;

    fn get(index: &Index, path: &str) -> String {
        let mut stream = TcpStream::connect(index.address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: index\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    #[test]
    fn an_index_links_its_files_with_their_hashes() {
        let package = Recipe::new("little-thing", "1.0").wheel();
        let hash = package.sha256.clone();
        let index = Index::serve([package]);
        let page = get(&index, "/simple/little-thing/");
        assert!(page.contains(&format!("little_thing-1.0-py3-none-any.whl#sha256={hash}")), "{page}");
        assert!(get(&index, "/files/little_thing-1.0-py3-none-any.whl").starts_with("HTTP/1.1 200"));
        assert!(get(&index, "/simple/other/").starts_with("HTTP/1.1 404"));
        assert_eq!(index.asked().len(), 3);
    }
}
