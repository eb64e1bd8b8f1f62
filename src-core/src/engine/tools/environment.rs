//! The environment of a step: built from a list, never inherited.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::engine::network::logins::{INDEX_PREFIXES, login_file};
use crate::engine::network::user::User;

/// What a program may reach, which decides what it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) enum Access {
    /// No network: nothing about proxies or indexes.
    None,
    /// The package index.
    Index,
}

/// Proxies and certificates. Without the certificates `uv` and `pip` fail behind a company's proxy.
const NETWORK: &[&str] = &[
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "all_proxy",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "ALL_PROXY",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "PIP_CERT",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "NETRC",
];

/// The seconds since 1970 that every date in an artifact gets, unless the user sets `SOURCE_DATE_EPOCH`: the earliest a
/// ZIP archive can hold.
pub(in crate::engine) const EPOCH: &str = "315532800";

/// The variables a program gets, with these folders in front of PATH.
pub(in crate::engine) fn environment(access: Access, path: &[PathBuf]) -> BTreeMap<String, String> {
    let mut env = BTreeMap::new();
    let mut set = |name: &str, value: &str| {
        env.insert(name.to_owned(), value.to_owned());
    };
    set("LC_ALL", "C.UTF-8");
    set("LANG", "C.UTF-8");
    set("TZ", "UTC");
    set("PYTHONHASHSEED", "0");
    set("PYTHONDONTWRITEBYTECODE", "1");
    set("PYTHONNOUSERSITE", "1");
    set("SOURCE_DATE_EPOCH", &std::env::var("SOURCE_DATE_EPOCH").unwrap_or_else(|_| EPOCH.into()));
    set("UV_NO_PROGRESS", "1");
    set("UV_PYTHON_DOWNLOADS", "never");
    set("PIP_DISABLE_PIP_VERSION_CHECK", "1");
    let path = path.iter().map(|folder| folder.display().to_string()).chain(system_path());
    set("PATH", &path.collect::<Vec<_>>().join(if cfg!(windows) { ";" } else { ":" }));
    for name in ["SYSTEMROOT", "SYSTEMDRIVE", "COMSPEC", "PATHEXT", "NUMBER_OF_PROCESSORS"] {
        // Without these nothing starts on Windows; elsewhere they do not exist.
        if let (true, Ok(value)) = (cfg!(windows), std::env::var(name)) {
            set(name, &value);
        }
    }
    if access == Access::Index {
        // HOME is another one for every step, so the login file is named.
        let user = User::current();
        if let Some(path) = login_file(&user) {
            set("NETRC", &path.display().to_string());
        }
        for (name, value) in &user.variables {
            if NETWORK.contains(&name.as_str()) || INDEX_PREFIXES.iter().any(|prefix| name.starts_with(prefix)) {
                set(name, value);
            }
        }
    }
    env
}

fn system_path() -> Vec<String> {
    let folders: &[&str] =
        if cfg!(windows) { &["C:\\Windows\\System32", "C:\\Windows"] } else { &["/usr/local/bin", "/usr/bin", "/bin"] };
    folders.iter().map(|folder| (*folder).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_without_network_is_told_nothing_about_it() {
        let env = environment(Access::None, &["/tools/bin".into()]);
        assert!(env["PATH"].starts_with("/tools/bin"));
        assert!(!env.keys().any(|name| name.contains("PROXY") || name.contains("INDEX") || name == "HOME"));
        assert_eq!(env["PYTHONHASHSEED"], "0");
    }
}
