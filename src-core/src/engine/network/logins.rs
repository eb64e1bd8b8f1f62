//! Logins for indexes: in an address, in variables by the name of an index, or in the login file (netrc).

use std::path::PathBuf;
use std::sync::LazyLock;

use regex::Regex;

use super::indexes::Indexes;
use super::known::Known;
use super::user::User;
use crate::engine::terms::address::percent_decoded;

/// Which index, and credentials for it by name.
pub(in crate::engine) const INDEX_PREFIXES: &[&str] = &[
    "UV_INDEX",
    "UV_DEFAULT_INDEX",
    "UV_EXTRA_INDEX_URL",
    "UV_FIND_LINKS",
    "UV_NATIVE_TLS",
    "UV_SYSTEM_CERTS",
    "UV_KEYRING_PROVIDER",
    "UV_INSECURE_HOST",
    "UV_HTTP_TIMEOUT",
    "UV_OFFLINE",
];

/// An address in any text.
static ADDRESS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"[A-Za-z][A-Za-z0-9+.-]*://[^\s,"']+"#).expect("the pattern is part of the program"));

/// A server, and how it is spoken to: a login for one is told to no other.
#[derive(Debug, PartialEq, Eq)]
struct Origin {
    scheme: String,
    /// With its port, where that is not the scheme's own.
    host: String,
}

impl Origin {
    /// Origin and login of an address.
    fn of(address: &str) -> Option<(Self, Option<&str>)> {
        let (scheme, rest) = address.split_once("://")?;
        let authority = rest.split(['/', '?', '#']).next()?;
        let (login, host) = authority.rsplit_once('@').map_or((None, authority), |(login, host)| (Some(login), host));
        let (scheme, host) = (scheme.to_lowercase(), host.to_lowercase());
        let port = if scheme == "https" { ":443" } else { ":80" };
        let host = host.strip_suffix(port).unwrap_or(&host).to_owned();
        (!host.is_empty()).then_some((Self { scheme, host }, login))
    }
}

/// The login for an address as `name:password`, if the user has one.
pub(in crate::engine) fn login(address: &str) -> Option<String> {
    let user = User::current();
    // With files that cannot be read nothing was resolved; what variables say still counts.
    let indexes = Indexes::of(&user).unwrap_or_default();
    login_of(address, &user, &indexes)
}

/// The login for an index of the user, name and password apart.
pub(in crate::engine) fn login_known(known: &Known, indexes: &Indexes) -> Option<(String, String)> {
    let user = User::current();
    let by_name = known.name.as_deref().and_then(|name| login_by_name(name, &user));
    let login = by_name.or_else(|| login_of(&known.address, &user, indexes))?;
    let (name, password) = login.split_once(':')?;
    Some((name.to_owned(), password.to_owned()))
}

fn login_of(address: &str, user: &User, indexes: &Indexes) -> Option<String> {
    let (wanted, own) = Origin::of(address)?;
    let told = user.variables.iter().filter(|(name, _)| INDEX_PREFIXES.iter().any(|prefix| name.starts_with(prefix)));
    let texts = told.map(|(_, value)| value.as_str()).chain(indexes.texts());
    let addresses: Vec<&str> = texts.flat_map(|text| ADDRESS.find_iter(text)).map(|found| found.as_str()).collect();
    let configured: Vec<_> =
        addresses.iter().filter_map(|address| Origin::of(address)).filter(|(origin, _)| *origin == wanted).collect();
    let whole =
        |login: &str| percent_decoded(&if login.contains(':') { login.to_owned() } else { format!("{login}:") });
    let in_address = |complete: bool| {
        let logins = std::iter::once(own).chain(configured.iter().map(|(_, login)| *login)).flatten();
        logins.filter(|login| login.contains(':') == complete).map(whole).next()
    };
    let by_name = || {
        let mut named = indexes.named().filter(|(_, at)| Origin::of(at).is_some_and(|(at, _)| at == wanted));
        named.find_map(|(name, _)| login_by_name(name, user))
    };
    // The login file knows no schemes: in the open only to a server that the user configured so.
    let by_file =
        || (wanted.scheme == "https" || !configured.is_empty()).then(|| login_in_file(&wanted, user)).flatten();
    in_address(true).or_else(by_name).or_else(by_file).or_else(|| in_address(false))
}

/// `UV_INDEX_NAME_USERNAME` and `UV_INDEX_NAME_PASSWORD`.
fn login_by_name(name: &str, user: &User) -> Option<String> {
    let name: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect();
    let part = |part: &str| user.variable(&format!("UV_INDEX_{name}_{part}"));
    let (login, password) = (part("USERNAME"), part("PASSWORD"));
    (login.is_some() || password.is_some())
        .then(|| format!("{}:{}", login.unwrap_or_default(), password.unwrap_or_default()))
}

fn login_in_file(wanted: &Origin, user: &User) -> Option<String> {
    let host = wanted.host.split(':').next().unwrap_or_default();
    netrc(&std::fs::read_to_string(login_file(user)?).ok()?, host)
}

/// The login file of the user, if there is one.
pub(in crate::engine) fn login_file(user: &User) -> Option<PathBuf> {
    let file = user.variable("NETRC").map_or_else(|| user.home.join(".netrc"), PathBuf::from);
    file.is_file().then_some(file)
}

/// The login for a host in the text of a login file: `machine HOST login NAME password WORD`, or that of `default`.
fn netrc(text: &str, host: &str) -> Option<String> {
    let mut words = Vec::new();
    let mut in_macro = false;
    for line in text.lines().map(str::trim) {
        // A macro ends with an empty line.
        in_macro = (in_macro && !line.is_empty()) || line.starts_with("macdef");
        if !in_macro && !line.starts_with('#') {
            words.extend(line.split_whitespace());
        }
    }
    let (mut ours, mut login, mut password) = (false, None, None);
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        match word {
            "machine" | "default" if ours => break,
            "machine" => ours = words.next() == Some(host),
            "default" => ours = true,
            "login" => login = words.next().filter(|_| ours).or(login),
            "password" => password = words.next().filter(|_| ours).or(password),
            "account" => drop(words.next()),
            _ => {}
        }
    }
    Some(format!("{}:{}", login.unwrap_or_default(), password?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn login(address: &str, variables: &[(&str, &str)], home: &Path) -> Option<String> {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let user = User { variables, home: home.into() };
        login_of(address, &user, &Indexes::of(&user).unwrap())
    }

    #[test]
    fn a_login_goes_to_its_own_server_and_not_in_the_open() {
        let home = Path::new("/nowhere");
        let variables =
            [("UV_INDEX", "own=https://me:se%40cret@a.test/simple https://b.test"), ("PIP_CONFIG_FILE", "/nowhere/x")];
        assert_eq!(login("https://a.test/files/a.whl", &variables, home), Some("me:se@cret".into()));
        assert_eq!(login("https://A.test:443/a.whl", &variables, home), Some("me:se@cret".into()));
        for other in
            ["http://a.test/a.whl", "https://b.test/a.whl", "https://a.test:8443/a", "https://a.test.evil.test/a"]
        {
            assert_eq!(login(other, &variables, home), None, "{other}");
        }
        assert_eq!(login("https://token@c.test/a.whl", &[], home), Some("token:".into()));
    }

    #[test]
    fn a_login_is_found_by_the_name_of_its_index() {
        let variables = [
            ("UV_INDEX", "my-own=https://a.test/simple"),
            ("UV_INDEX_MY_OWN_USERNAME", "me"),
            ("UV_INDEX_MY_OWN_PASSWORD", "secret"),
            ("PIP_CONFIG_FILE", "/nowhere/x"),
        ];
        assert_eq!(login("https://a.test/a.whl", &variables, Path::new("/nowhere")), Some("me:secret".into()));
        assert_eq!(login("http://a.test/a.whl", &variables, Path::new("/nowhere")), None);
    }

    #[test]
    fn a_login_is_found_in_the_login_file() {
        let home = tempfile::tempdir().unwrap();
        let text = "# machine a.test login no password no\nmacdef init\nmachine a.test login no password no\n\n\
                    machine b.test login other password other\nmachine a.test\n  login me\n  password #secret\n";
        std::fs::write(home.path().join(".netrc"), text).unwrap();
        let none = [("PIP_CONFIG_FILE", "/nowhere/x")];
        assert_eq!(login("https://a.test:8443/a.whl", &none, home.path()), Some("me:#secret".into()));
        assert_eq!(login("http://a.test/a.whl", &none, home.path()), None);
        let open = [("UV_INDEX", "http://a.test/simple"), none[0]];
        assert_eq!(login("http://a.test/a.whl", &open, home.path()), Some("me:#secret".into()));
        assert_eq!(netrc("machine x login y password z default password d", "a.test"), Some(":d".into()));
        assert_eq!(netrc(text, "c.test"), None);
    }
}
