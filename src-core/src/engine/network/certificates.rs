//! Certificates that only pip was told of, for `uv` and for what is fetched here, which read other settings.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;
use sha2::{Digest, Sha256};

use super::configuration::ConfigurationError;
use super::user::User;
use crate::engine::disk::files::{hex, write_atomically};
use crate::engine::disk::{paths, private};

/// Variables in which pip takes a bundle, the strongest first.
const OF_PIP: [&str; 3] = ["PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"];

/// The file or folder that pip was told, unless the others were told of it too.
pub(in crate::engine) fn of_pip(
    user: &User,
    settings: &BTreeMap<String, String>,
) -> Result<Option<PathBuf>, ConfigurationError> {
    let [strongest, others @ ..] = OF_PIP;
    let told = user.variable(strongest).or_else(|| settings.get("cert").map(String::as_str));
    let Some(told) = told.or_else(|| others.iter().find_map(|name| user.variable(name))) else { return Ok(None) };
    let path = told.strip_prefix("~/").map_or_else(|| PathBuf::from(told), |rest| user.home.join(rest));
    let is_told = ["SSL_CERT_FILE", "SSL_CERT_DIR"]
        .iter()
        .filter_map(|name| user.variable(name))
        .any(|own| fs::canonicalize(own).is_ok_and(|own| fs::canonicalize(&path).is_ok_and(|path| path == own)));
    if is_told {
        return Ok(None);
    }
    match fs::metadata(&path) {
        Ok(_) => Ok(Some(path)),
        Err(source) => Err(ConfigurationError::Certificates { path: path.display().to_string(), source }),
    }
}

/// One file with the certificates at a path, and those of the system or of `SSL_CERT_FILE` and `SSL_CERT_DIR`: what is
/// trusted without pip's setting stays trusted. Written into the cache, under the hash of what it holds.
pub(in crate::engine) fn bundle(of_pip: &Path) -> Result<PathBuf, ConfigurationError> {
    let failed = |source| ConfigurationError::Certificates { path: of_pip.display().to_string(), source };
    let mut text = String::new();
    let own = if of_pip.is_dir() {
        rustls_native_certs::load_certs_from_paths(None, Some(of_pip)).certs
    } else {
        text = fs::read_to_string(of_pip).map_err(failed)?;
        if !text.contains("-----BEGIN CERTIFICATE-----") {
            return Err(failed(std::io::Error::other("it holds no certificate in PEM form")));
        }
        text.push('\n');
        Vec::new()
    };
    // Some that cannot be read are no reason to do without the others.
    for certificate in own.into_iter().chain(rustls_native_certs::load_native_certs().certs) {
        text.push_str("-----BEGIN CERTIFICATE-----\n");
        for line in BASE64.encode(&certificate).as_bytes().chunks(64) {
            text.push_str(&String::from_utf8_lossy(line));
            text.push('\n');
        }
        text.push_str("-----END CERTIFICATE-----\n");
    }
    let folder = paths::cache().join("certificates");
    let path = folder.join(format!("{}.pem", hex(&Sha256::digest(&text)).get(..32).unwrap_or_default()));
    // What is there already is compared: who could write there once could add an authority of their own.
    if fs::read_to_string(&path).is_ok_and(|there| there == text) {
        return Ok(path);
    }
    let failed = |source| ConfigurationError::Certificates { path: path.display().to_string(), source };
    private::create_dir_all(&folder).map_err(failed)?;
    write_atomically(&path, text.as_bytes()).map_err(|error| failed(std::io::Error::other(error)))?;
    Ok(path)
}

/// The bundle for what is fetched here; nothing where the system's rules say it all.
pub(in crate::engine) fn extra_certificates() -> Option<Vec<u8>> {
    let user = User::current();
    let settings = super::pip::settings(&user).ok()?;
    let path = bundle(&of_pip(&user, &settings).ok()??).ok()?;
    fs::read(path).ok()
}
