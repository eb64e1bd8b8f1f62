//! A service that needs nothing of the room it is tried in: it answers every question on `PORT`.

use std::io::{Read, Write};
use std::net::TcpListener;

fn main() -> std::io::Result<()> {
    let port = std::env::var("PORT").ok().and_then(|port| port.parse().ok()).unwrap_or(8765);
    let listener = TcpListener::bind(("127.0.0.1", port))?;
    println!("listening");
    loop {
        let (mut link, _) = listener.accept()?;
        let _ = link.read(&mut [0; 1024]);
        let _ = write!(link, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    }
}
