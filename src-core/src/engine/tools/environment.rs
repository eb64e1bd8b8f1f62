//! The environment of a step: built from a list, never inherited.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ini::Ini;

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

/// Which index, and credentials for it by name.
const INDEX_PREFIXES: &[&str] = &[
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
        let login = std::env::home_dir().map(|home| home.join(".netrc")).filter(|path| path.is_file());
        if let Some(path) = login {
            set("NETRC", &path.display().to_string());
        }
        for (name, value) in std::env::vars() {
            if NETWORK.contains(&name.as_str()) || INDEX_PREFIXES.iter().any(|prefix| name.starts_with(prefix)) {
                set(&name, &value);
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

/// The user's pip configuration as arguments of `uv`, which does not read it: environment first, then the files.
/// What the project itself says is not asked here: it is untrusted.
pub(in crate::engine) fn index_arguments() -> Vec<String> {
    let settings = pip_settings();
    let mut arguments = Vec::new();
    let uv_decides = ["UV_DEFAULT_INDEX", "UV_INDEX_URL"].iter().any(|name| std::env::var_os(name).is_some());
    for (key, flag) in
        [("index-url", "--default-index"), ("extra-index-url", "--index"), ("find-links", "--find-links")]
    {
        if key == "index-url" && uv_decides {
            continue;
        }
        for value in settings.get(key).iter().flat_map(|values| values.split_whitespace()) {
            arguments.extend([flag.to_owned(), value.to_owned()]);
        }
    }
    if settings.get("no-index").is_some_and(|value| matches!(value.as_str(), "1" | "true" | "yes" | "on")) {
        arguments.push("--no-index".into());
    }
    arguments
}

/// Name and password for a server, where the configured address of an index holds them.
pub(in crate::engine) fn credentials(server: &str) -> Option<String> {
    let addresses = index_arguments().into_iter().chain(environment(Access::Index, &[]).into_values());
    let words: Vec<String> =
        addresses.flat_map(|text| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>()).collect();
    words.iter().find_map(|address| {
        let authority = address.split_once("://")?.1.split('/').next()?;
        let (login, host) = authority.rsplit_once('@')?;
        (host == server).then(|| login.to_owned())
    })
}

fn pip_settings() -> BTreeMap<String, String> {
    let mut settings = BTreeMap::new();
    for file in pip_files() {
        let Ok(text) = Ini::load_from_file(&file) else { continue };
        for section in ["global", "install", "download"] {
            let values = text.section(Some(section)).into_iter().flat_map(|section| section.iter());
            settings.extend(values.map(|(key, value)| (key.replace('_', "-"), value.to_owned())));
        }
    }
    for key in ["index-url", "extra-index-url", "find-links", "no-index"] {
        let name = format!("PIP_{}", key.replace('-', "_").to_uppercase());
        settings.extend(std::env::var(name).ok().map(|value| (key.to_owned(), value)));
    }
    // A folder of wheels that is not there makes uv fail where pip only warns.
    if let Some(links) = settings.get("find-links").cloned() {
        let there = |link: &&str| link.contains("://") || Path::new(link).is_dir();
        settings.insert("find-links".into(), links.split_whitespace().filter(there).collect::<Vec<_>>().join(" "));
    }
    settings
}

/// pip's configuration files, the weakest first.
fn pip_files() -> Vec<PathBuf> {
    if let Ok(file) = std::env::var("PIP_CONFIG_FILE") {
        return vec![file.into()];
    }
    let home = std::env::home_dir().unwrap_or_default();
    let config = std::env::var_os("XDG_CONFIG_HOME").map_or_else(|| home.join(".config"), PathBuf::from);
    if cfg!(windows) {
        let data = std::env::var_os("APPDATA").map(PathBuf::from).unwrap_or_default();
        return vec![data.join("pip").join("pip.ini")];
    }
    vec!["/etc/pip.conf".into(), home.join(".pip").join("pip.conf"), config.join("pip").join("pip.conf")]
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
