//! A certificate authority that no machine knows, as companies and proxies have one.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;

/// A host that no name server knows (RFC 6761): only through a proxy something answers for it.
pub const FAR: &str = "index.invalid";

/// An authority, and a certificate that it gave the loopback interface and [`FAR`].
#[derive(Debug)]
pub struct Authority {
    certificate: PathBuf,
    server: Arc<ServerConfig>,
}

impl Authority {
    /// A new one; its own certificate lies in this folder.
    ///
    /// # Panics
    /// When the certificate cannot be written.
    pub fn new(folder: &Path) -> Self {
        let key = KeyPair::generate().expect("keys can be made");
        let mut about = CertificateParams::default();
        about.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let own = about.self_signed(&key).expect("a certificate can be signed");
        let certificate = folder.join("authority.pem");
        fs::write(&certificate, own.pem()).expect("the certificate can be written");
        let server_key = KeyPair::generate().expect("keys can be made");
        let names = ["127.0.0.1", FAR].map(str::to_owned);
        let names = CertificateParams::new(names).expect("an address is a name");
        let signed = names.signed_by(&server_key, &Issuer::new(about, key)).expect("a certificate can be signed");
        let secret = PrivateKeyDer::try_from(server_key.serialize_der()).expect("a key is a key");
        let server = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("ring knows the default versions")
            .with_no_client_auth()
            .with_single_cert(vec![signed.der().clone()], secret)
            .expect("key and certificate belong together");
        Self { certificate, server: Arc::new(server) }
    }

    /// The file that `SSL_CERT_FILE` names for those who trust it.
    pub fn certificate(&self) -> &Path {
        &self.certificate
    }

    pub(crate) fn server(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.server)
    }
}
