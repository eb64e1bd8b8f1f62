//! A proxy that looks into encrypted connections, as companies run them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rustls::{ServerConnection, StreamOwned};

use crate::{Authority, Index};

/// A running proxy; it stops when it is dropped.
///
/// It answers `CONNECT` for every host, and then encrypts with a certificate of its own authority. What is asked through it
/// is passed on to an index on the loopback interface.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    connected: Arc<Mutex<Vec<String>>>,
    stop: Arc<AtomicBool>,
}

impl Proxy {
    /// Listens on a free port; `index` serves without encryption, as if it were any host.
    ///
    /// # Panics
    /// When the loopback interface cannot be listened on.
    pub fn listen(authority: &Authority, index: &Index) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port of the loopback interface");
        let address = listener.local_addr().expect("a listening socket has an address");
        let proxy = Self { address, connected: Arc::default(), stop: Arc::default() };
        let (connected, stop) = (Arc::clone(&proxy.connected), Arc::clone(&proxy.stop));
        let (tls, behind) = (authority.server(), index.address());
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                let (tls, connected) = (Arc::clone(&tls), Arc::clone(&connected));
                thread::spawn(move || {
                    // A client that does not trust the authority hangs up in the middle, as it should.
                    let _ = ServerConnection::new(tls).ok().and_then(|tls| pass_on(stream, tls, behind, &connected));
                });
            }
        });
        proxy
    }

    /// The address that goes into `HTTPS_PROXY`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The hosts with their ports that a connection was asked for to.
    ///
    /// # Panics
    /// When a thread of it panicked.
    pub fn connected(&self) -> Vec<String> {
        self.connected.lock().expect("no thread panicked").clone()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        // The listener sees the flag when it accepts next.
        drop(TcpStream::connect_timeout(&self.address, Duration::from_secs(1)));
    }
}

/// Takes one request through the tunnel, and gives the answer of the index.
fn pass_on(
    mut stream: TcpStream,
    tls: ServerConnection,
    behind: SocketAddr,
    connected: &Mutex<Vec<String>>,
) -> Option<()> {
    let asked = head(&mut stream)?;
    let host = asked.strip_prefix("CONNECT ")?.split(' ').next()?.to_owned();
    connected.lock().ok()?.push(host);
    stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").ok()?;
    let mut inside = StreamOwned::new(tls, stream);
    let request = head(&mut inside)?;
    let mut index = TcpStream::connect(behind).ok()?;
    index.write_all(request.as_bytes()).ok()?;
    let mut answer = Vec::new();
    index.read_to_end(&mut answer).ok()?;
    inside.write_all(&answer).ok()?;
    inside.conn.send_close_notify();
    inside.flush().ok()
}

/// The lines of a request up to the empty one, which is kept.
fn head(from: &mut impl Read) -> Option<String> {
    let mut lines = BufReader::new(from);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if lines.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    Some(head)
}
