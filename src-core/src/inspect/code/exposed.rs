//! What services and programs give away: secrets in their code, debugging, keys that are written out, addresses that nobody reaches.

use std::sync::LazyLock;

use regex::bytes::{Regex, RegexBuilder};
use serde::Deserialize;

use super::module::Shown;
use crate::embedded::data;
use crate::facts::RiskKind;
use crate::inspect::secrets;

static EXPOSED: LazyLock<Vec<(Exposed, Regex)>> = LazyLock::new(|| {
    let written: Written = data!("inspect/code/exposed.toml");
    let built = |pattern: &str| RegexBuilder::new(pattern).unicode(false).build();
    let compiled = |one: Exposed| (built(&one.pattern).expect("compiled in, and read by a test"), one);
    written.exposed.into_iter().map(compiled).map(|(pattern, one)| (one, pattern)).collect()
});

/// A call that looks as if it started a server.
const LOOP: &[u8] = b"asyncio.run(";

/// Most findings of one file.
const MOST: usize = 20;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    exposed: Vec<Exposed>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Exposed {
    kind: RiskKind,
    what: String,
    pattern: String,
}

/// Looks through the text of a file.
pub(super) fn shown(path: &str, text: &str) -> Vec<Shown> {
    let secrets = secrets::search(path, text.as_bytes()).into_iter();
    let mut found: Vec<Shown> = secrets
        .map(|secret| Shown { kind: RiskKind::Secret, what: secret.what.to_owned(), line: secret.line })
        .collect();
    for (one, pattern) in &*EXPOSED {
        for captures in pattern.captures_iter(text.as_bytes()).take(MOST) {
            let value = captures.name("value").or_else(|| captures.name("other"));
            let Some(whole) = captures.get(0) else { continue };
            // A loop of events is no service, and documentation shows how it would look.
            let is_none = whole.as_bytes().windows(LOOP.len()).any(|part| part == LOOP)
                || secrets::is_documentation(text.as_bytes(), whole.end())
                || value.is_some_and(|value| secrets::is_placeholder(&String::from_utf8_lossy(value.as_bytes())));
            if is_none {
                continue;
            }
            let host = captures.name("host").map(|host| format!(" {}", String::from_utf8_lossy(host.as_bytes())));
            let host = host.unwrap_or_default();
            let line = text.as_bytes()[..whole.end()].split(|byte| *byte == b'\n').count();
            if !found.iter().any(|known| known.kind == one.kind && known.line == line) {
                found.push(Shown { kind: one.kind, what: format!("{}{host}", one.what), line });
            }
        }
    }
    found.truncate(MOST);
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::code::sample;

    fn found(text: &str) -> Vec<(RiskKind, String, usize)> {
        shown("app.py", text).into_iter().map(|shown| (shown.kind, shown.what, shown.line)).collect()
    }

    fn kinds(text: &str) -> Vec<(RiskKind, usize)> {
        found(text).into_iter().map(|(kind, _, line)| (kind, line)).collect()
    }

    #[test]
    fn debugging_that_is_left_on_is_found_with_its_line() {
        assert_eq!(
            kinds("import x\napp.run(host='0.0.0.0', port=int(os.getenv('PORT')), debug=True)\n"),
            [(RiskKind::Debug, 2)]
        );
        assert_eq!(kinds("\nDEBUG = True\n"), [(RiskKind::Debug, 2)]);
        assert_eq!(kinds("app.config['DEBUG'] = True\n"), [(RiskKind::Debug, 1)]);
        for text in [
            "app.run(debug=False)",
            "# app.run(debug=True)",
            "DEBUG = os.environ.get('DEBUG') == 'True'",
            "subprocess.run(['a'])",
            "asyncio.run(main(), debug=True)",
        ] {
            assert_eq!(kinds(text), [], "{text}");
        }
    }

    #[test]
    fn keys_that_are_written_in_code_are_found_and_never_shown() {
        for text in [
            "SECRET_KEY = 'django-insecure-q7Zt3kL9vX2m'\n",
            "app.secret_key = b'not so secret'\n",
            "app.config[\"SECRET_KEY\"] = \"hush hush\"\n",
            "app.add_middleware(SessionMiddleware, secret_key='hush hush')\n",
        ] {
            assert_eq!(kinds(text), [(RiskKind::SigningKey, 1)], "{text}");
            assert!(found(text).iter().all(|found| !found.1.contains("hush") && !found.1.contains("insecure")));
        }
        for text in ["SECRET_KEY = os.environ['SECRET_KEY']", "SECRET_KEY = 'change-me'", "secret_key = ''"] {
            assert_eq!(kinds(text), [], "{text}");
        }
    }

    #[test]
    fn a_service_that_only_its_own_machine_reaches_is_found() {
        for text in [
            "uvicorn.run(app, host='127.0.0.1', port=8000)",
            "app.run(\n    host=\"localhost\",\n)",
            "server = HTTPServer(('localhost', 8000), Handler)",
            "sock.bind(('127.0.0.1', 99))",
        ] {
            let found = kinds(text);
            assert!(matches!(found[..], [(RiskKind::LoopbackOnly, _)]), "{text}: {found:?}");
        }
        for text in ["app.run(host='0.0.0.0')", "redis.Redis(host='localhost')", "client.connect(('127.0.0.1', 1))"] {
            assert_eq!(kinds(text), [], "{text}");
        }
        let flask = sample::script("from flask import Flask\napp = Flask('x')\napp.run()\n");
        assert!(flask.risks.iter().any(|risk| risk.kind == RiskKind::LoopbackOnly), "{:?}", flask.risks);
    }
}
