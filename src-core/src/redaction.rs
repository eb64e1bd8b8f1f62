//! Logins are taken out of every text that leaves the program: addresses, tokens, and values that variables hold.
//!
//! Who makes a message need not think of it: problems, logs, receipts and what is printed all pass through here.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::{LazyLock, PoisonError, RwLock};

use regex::{Captures, Regex};

/// What stands where a login was, as pip and `uv` write it.
const HIDDEN: &str = "****";

/// Secrets shorter than this are not looked for outside of addresses: they are parts of other words.
const SHORTEST: usize = 4;

/// What the names of variables begin with that are passed on to tools, and end with where they hold a secret. Others
/// reach no tool, and a password such as `test` would take words out of every message.
const PASSED: [&str; 2] = ["UV_", "PIP_"];
const SECRET: [&str; 3] = ["PASSWORD", "TOKEN", "SECRET"];

/// Values that must not be shown wherever they stand: those of the environment, and what was read of files since.
static SECRETS: LazyLock<RwLock<BTreeSet<String>>> = LazyLock::new(|| {
    let mut secrets = BTreeSet::new();
    for (name, value) in std::env::vars_os() {
        let (Some(name), Some(value)) = (name.to_str(), value.to_str()) else { continue };
        if PASSED.iter().any(|start| name.starts_with(start)) && SECRET.iter().any(|end| name.ends_with(end)) {
            note(&mut secrets, value);
        }
        passwords(value).for_each(|password| note(&mut secrets, password));
    }
    RwLock::new(secrets)
});

/// `//user:password@`, with more slashes where it is the path of a file. A password may hold an `@`.
static IN_ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*:)?(?P<slashes>/{2,})(?P<login>[^\s/?#"`<>]+)@"#)
        .expect("the pattern is part of the program")
});

/// `//user:pass/word@`, which is no address, because what follows the colon is no port.
static BROKEN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"//[^\s/?#@:"`]+:\d*[^\s/?#@"`\d][^\s/?#@"`]*[/?#][^\s@"`]*@"#)
        .expect("the pattern is part of the program")
});

/// The same in an address that is itself part of another one.
static ENCODED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?i)(?P<slashes>(?:%2f){2})[^\s/&"`]*?%40"#).expect("the pattern is part of the program")
});

/// `user:password@host`, as it is written by those who leave out the scheme.
static BARE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"(?P<user>[\w.%+~-]+):[^\s/@:"'`\\]+@(?P<host>localhost|\d{1,3}(?:\.\d{1,3}){3}|(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,})"#,
    )
    .expect("the pattern is part of the program")
});

/// `?token=…`, and what stores of files call theirs.
static IN_QUERY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"(?i)(?P<name>[?&;][\w.-]*(?:token|passw(?:or)?d|secret|signature|credential|api[_-]?key|\bsig|\bauth)[\w.-]*=)[^\s&#"'`\\]+"#,
    )
    .expect("the pattern is part of the program")
});

/// What the names in [`IN_QUERY`] hold, in short.
const NAMING: [&str; 7] = ["token", "passw", "secret", "credential", "api", "sig", "auth"];

/// The header of HTTP, and the word that goes before tokens in it.
static IN_HEADER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"(?i)(?P<name>authorization["']?\s*[:=]\s*["']?(?:(?:basic|bearer|token|digest)\s+)?|\bbearer\s+)[A-Za-z0-9+/=_.~-]{8,}"#,
    )
    .expect("the pattern is part of the program")
});

/// Remembers a secret that was read of a file, so that nothing shows it.
pub fn keep_secret(text: &str) {
    let mut secrets = SECRETS.write().unwrap_or_else(PoisonError::into_inner);
    note(&mut secrets, text);
}

/// Remembers the passwords of all addresses in a text.
pub fn keep_passwords_secret(text: &str) {
    passwords(text).for_each(keep_secret);
}

/// The text without any login: none in an address, no token, and none of the values that are known to be secret.
pub fn without_logins(text: &str) -> Cow<'_, str> {
    let mut shown = without_addressed(text);
    let secrets = SECRETS.read().unwrap_or_else(PoisonError::into_inner);
    for secret in secrets.iter().filter(|secret| text.contains(secret.as_str())) {
        shown = Cow::Owned(shown.replace(secret, HIDDEN));
    }
    shown
}

/// The text without the logins that can be known by where they stand. Text that is JSON stays JSON.
pub fn without_addressed(text: &str) -> Cow<'_, str> {
    let mut shown = Cow::Borrowed(text);
    // Most texts hold nothing of the kind, and a pattern that is not needed is not even made.
    let has_at = text.contains('@');
    if has_at {
        replace(&mut shown, &BROKEN, |_| format!("//{HIDDEN}@"));
        replace(&mut shown, &IN_ADDRESS, address);
    }
    if text.contains("%40") {
        replace(&mut shown, &ENCODED, |found| format!("{}{HIDDEN}%40", &found["slashes"]));
    }
    if has_at {
        replace(&mut shown, &BARE, |found| match &found["user"] {
            "mailto" => found[0].to_owned(),
            _ => format!("{HIDDEN}@{}", &found["host"]),
        });
    }
    if text.contains('=') && text.contains(['?', '&', ';']) && NAMING.iter().any(|word| mentions(text, word)) {
        replace(&mut shown, &IN_QUERY, |found| format!("{}{HIDDEN}", &found["name"]));
    }
    if mentions(text, "authorization") || mentions(text, "bearer") {
        replace(&mut shown, &IN_HEADER, |found| format!("{}{HIDDEN}", &found["name"]));
    }
    shown
}

/// Whether a text holds a word, in letters of any case.
fn mentions(text: &str, word: &str) -> bool {
    text.as_bytes().windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes()))
}

fn replace(text: &mut Cow<'_, str>, pattern: &Regex, with: impl Fn(&Captures) -> String) {
    let changed = match pattern.replace_all(text, |found: &Captures| with(found)) {
        Cow::Owned(changed) if changed != **text => changed,
        _ => return,
    };
    *text = Cow::Owned(changed);
}

fn address(found: &Captures) -> String {
    let scheme = found.name("scheme").map_or("", |scheme| scheme.as_str());
    let login = &found["login"];
    if found["slashes"].len() > 2 || login == HIDDEN {
        return found[0].to_owned();
    }
    // The account of `ssh` is no secret, and it takes no password from an address.
    if scheme.ends_with("ssh:") {
        let account = login.split(':').next().unwrap_or_default();
        return format!("{scheme}//{account}@");
    }
    format!("{scheme}//{HIDDEN}@")
}

fn note(secrets: &mut BTreeSet<String>, text: &str) {
    let is_word = matches!(text.to_ascii_lowercase().as_str(), "true" | "false" | "none" | "null" | HIDDEN);
    if text.len() >= SHORTEST && !is_word {
        secrets.insert(text.to_owned());
    }
}

/// The passwords of the addresses in a text, as they are written.
fn passwords(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', '\t', '\r', '\n', '"', '\'', ',']).filter_map(|word| {
        let (_, rest) = word.split_once("://")?;
        let (login, _) = rest.rsplit_once('@')?;
        let (_, password) = login.split_once(':')?;
        (!password.is_empty() && !login.split(':').next().unwrap_or_default().contains('/')).then_some(password)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logins_in_addresses_are_taken_out_however_they_are_written() {
        for (text, shown) in [
            ("get https://me:s3cret@a.test/x@1 now", "get https://****@a.test/x@1 now"),
            ("'http://me:p@ss@[bad/simple'", "'http://****@[bad/simple'"),
            ("https://t0ken@a.test/simple", "https://****@a.test/simple"),
            ("x @ git+https://me:s3cret@a.test/x@v1", "x @ git+https://****@a.test/x@v1"),
            ("//me:s%40cret@a.test/x", "//****@a.test/x"),
            ("http://me:se/cret@a.test/x", "http://****@a.test/x"),
            ("me:s3cret@a.test/x", "****@a.test/x"),
            ("me:s3cret@localhost:3141/x", "****@localhost:3141/x"),
            ("https%3A%2F%2Fme%3As3cret%40a.test", "https%3A%2F%2F****%40a.test"),
            ("git+ssh://git:s3cret@a.test/x", "git+ssh://git@a.test/x"),
            ("https://a.test/x?a=1&token=s3cret#f", "https://a.test/x?a=1&token=****#f"),
            ("https://a.test/x?X-Amz-Signature=s3cret", "https://a.test/x?X-Amz-Signature=****"),
            ("Authorization: Basic bWU6czNjcmV0", "Authorization: Basic ****"),
            ("{\"authorization\":\"Bearer abcdefghi.jk\"}", "{\"authorization\":\"Bearer ****\"}"),
        ] {
            assert_eq!(without_addressed(text), shown);
        }
    }

    #[test]
    fn what_holds_no_login_stays_as_it_is() {
        for text in [
            "https://a.test:8080/x@v1",
            "file:///home/me@work/x",
            "git@a.test:x/y.git",
            "git+ssh://git@a.test/x",
            "pkg:pypi/six@1.17.0",
            "Me <me@a.test>, mailto:me@a.test",
            "{\"url\":\"https://a.test\",\"mail\":\"me@a.test\"}",
            "a = 'b' # //",
            "authorization is asked for",
        ] {
            assert!(matches!(without_addressed(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }

    #[test]
    fn what_was_learned_to_be_secret_is_shown_nowhere() {
        keep_passwords_secret("index-url = https://me:learned/word@a.test/\nextra = https://b.test/x@1");
        assert_eq!(without_logins("it says learned/word, not x@1"), "it says ****, not x@1");
        keep_secret("true");
        assert_eq!(without_logins("true"), "true");
    }
}
