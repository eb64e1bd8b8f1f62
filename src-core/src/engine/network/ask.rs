//! Asks a service on the loopback interface whether it answers.
//!
//! A room has a loopback interface of its own that nobody outside can reach, so this binary is started once more, in the
//! network of the room and nowhere else in it, and asks from there: the room needs nothing to be asked with.

use std::ffi::OsString;
use std::io::{self, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use ureq::Agent;

/// How long a service may take for one answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long one who was not answered waits before asking again.
const PAUSE: Duration = Duration::from_millis(100);
/// The path by which only whether somebody listens is asked.
pub(in crate::engine) const LISTENS: &str = "";

/// What a service said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::engine) struct Answer {
    /// For example `HTTP 200 OK`; `listens` where only that was asked.
    pub text: String,
    /// Whether it is no fault of the service.
    pub is_good: bool,
}

/// Asks in the network of this process until there is an answer, time is up or nobody wants to know any more.
pub(in crate::engine) fn ask(port: u16, path: &str, within: Duration, is_over: &dyn Fn() -> bool) -> Option<Answer> {
    let until = Instant::now() + within;
    loop {
        let answer = if path == LISTENS { listens(port) } else { once(port, path) };
        if answer.is_some() || Instant::now() >= until || is_over() {
            return answer;
        }
        std::thread::sleep(PAUSE);
    }
}

fn listens(port: u16) -> Option<Answer> {
    TcpStream::connect_timeout(&SocketAddr::from(([127, 0, 0, 1], port)), PATIENCE).ok()?;
    Some(Answer { text: "listens".into(), is_good: true })
}

fn once(port: u16, path: &str) -> Option<Answer> {
    let config = Agent::config_builder()
        .proxy(None)
        .max_redirects(0)
        .http_status_as_error(false)
        .timeout_global(Some(PATIENCE))
        .user_agent("packwright");
    let answer = Agent::from(config.build())
        .get(format!("http://127.0.0.1:{port}/{}", path.trim_start_matches('/')))
        .call()
        .ok()?;
    let status = answer.status();
    let text = format!("HTTP {} {}", status.as_u16(), status.canonical_reason().unwrap_or_default());
    Some(Answer { text: text.trim_end().to_owned(), is_good: !status.is_server_error() })
}

/// Does what a process is for that was started to ask: the port, the path and the seconds are its arguments. It prints the
/// answer, and ends with 0 if that is a good one.
pub(in crate::engine) fn answer(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let words: Vec<String> = arguments.map(|word| word.to_string_lossy().into_owned()).collect();
    let [port, path, seconds] = words.as_slice() else { return ExitCode::FAILURE };
    let (Ok(port), Ok(seconds)) = (port.parse(), seconds.parse()) else { return ExitCode::FAILURE };
    let Some(answer) = ask(port, path, Duration::from_secs(seconds), &|| false) else { return ExitCode::FAILURE };
    let is_told = writeln!(io::stdout(), "{}", answer.text).is_ok();
    if is_told && answer.is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;
    use std::net::TcpListener;

    /// A service that answers once with this line and then is gone.
    fn service(status: &'static str) -> u16 {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || {
            let (mut link, _) = listener.accept().unwrap();
            let _ = link.read(&mut [0; 1024]);
            let _ = write!(link, "{status}\r\nContent-Length: 0\r\n\r\n");
        });
        port
    }

    #[test]
    fn any_answer_is_told_and_only_one_that_says_that_the_service_is_broken_is_bad() {
        for (line, text, is_good) in [
            ("HTTP/1.1 200 OK", "HTTP 200 OK", true),
            ("HTTP/1.1 404 Nothing", "HTTP 404 Not Found", true),
            ("HTTP/1.1 302 Elsewhere\r\nLocation: http://127.0.0.1:1/", "HTTP 302 Found", true),
            ("HTTP/1.1 503 Later", "HTTP 503 Service Unavailable", false),
        ] {
            let found = ask(service(line), "/", Duration::ZERO, &|| false).unwrap();
            assert_eq!((found.text.as_str(), found.is_good), (text, is_good));
        }
    }

    #[test]
    fn one_that_says_nothing_sensible_has_not_answered() {
        assert_eq!(ask(service("nonsense"), "/", Duration::ZERO, &|| false), None);
        let free = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        assert_eq!(ask(free, LISTENS, Duration::ZERO, &|| false), None);
        assert!(ask(service(""), LISTENS, Duration::ZERO, &|| false).unwrap().is_good);
    }

    #[test]
    fn a_process_that_is_asked_wrongly_fails() {
        for words in [&[][..], &["x", "/", "1"], &["1", "/", "soon"]] {
            assert_eq!(answer(words.iter().map(OsString::from)), ExitCode::FAILURE);
        }
    }
}
