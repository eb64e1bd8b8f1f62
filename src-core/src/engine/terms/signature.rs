//! Signatures of receipts. A receipt names the digest of its artifact, so signing its bytes covers both.
//!
//! The format is that of OpenSSH (`PROTOCOL.sshsig`): nearly everybody who publishes has such a key, and
//! `ssh-keygen -Y verify` checks a signature without Packwright. Which key signs is said by the user, never by a project.

mod error;
mod signers;

use std::path::Path;
use std::sync::Arc;
use std::{fmt, fs, io};

use serde::{Deserialize, Serialize};
use ssh_key::{Algorithm, HashAlg, LineEnding, PrivateKey, PublicKey, SshSig};

pub use self::error::{Fault, SignatureError};
pub use self::signers::Signers;
use super::beside::{SIGNATURE, beside};
use crate::inspect::regular;

/// What signatures are for: one that was made for something else is none.
pub const NAMESPACE: &str = "packwright-receipt";

/// The most that a key, a list of signers or a signature may hold, in bytes.
const MOST: u64 = 1 << 20;

/// A key that signs, ready to be used. It is never written anywhere.
#[derive(Clone)]
pub struct Signer(Arc<PrivateKey>);

impl Signer {
    /// Reads a private key of OpenSSH. Where it is locked, `password` is called once; it gives `None` where nobody knows.
    pub fn open(path: &Path, password: impl FnOnce() -> Option<String>) -> Result<Self, SignatureError> {
        let text = read(path)?;
        let broken = |fault| SignatureError::NoKey { path: path.to_path_buf(), source: Fault(fault) };
        if PublicKey::from_openssh(text.trim()).is_ok() {
            return Err(SignatureError::PublicKey { path: path.to_path_buf() });
        }
        let key = PrivateKey::from_openssh(&text).map_err(broken)?;
        if key.algorithm() != Algorithm::Ed25519 {
            let kind = key.algorithm().to_string();
            return Err(SignatureError::Kind { path: path.to_path_buf(), kind });
        }
        if !key.is_encrypted() {
            return Ok(Self(Arc::new(key)));
        }
        let password = password().ok_or_else(|| SignatureError::Locked { path: path.to_path_buf() })?;
        let unlocked = key.decrypt(password).map_err(|_| SignatureError::Password { path: path.to_path_buf() })?;
        Ok(Self(Arc::new(unlocked)))
    }

    /// The fingerprint of its public key, as `ssh-keygen -l` shows it.
    pub fn fingerprint(&self) -> String {
        self.0.fingerprint(HashAlg::Sha256).to_string()
    }

    /// The signature of these bytes, as text.
    pub(in crate::engine) fn sign(&self, receipt: &[u8]) -> Result<String, SignatureError> {
        let signed = self.0.sign(NAMESPACE, HashAlg::Sha512, receipt).and_then(|signed| signed.to_pem(LineEnding::LF));
        signed.map_err(|fault| SignatureError::Sign { key: self.fingerprint(), source: Fault(fault) })
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Signer").field(&self.fingerprint()).finish()
    }
}

impl PartialEq for Signer {
    fn eq(&self, other: &Self) -> bool {
        self.0.public_key().key_data() == other.0.public_key().key_data()
    }
}

impl Eq for Signer {}

/// What is known of who signed a receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Signature {
    /// There is none: anybody may have written the receipt.
    Absent,
    /// There is one that fits, but nobody said whose it should be.
    Unchecked {
        /// Fingerprint of the key that made it.
        key: String,
    },
    /// It was made by a key that was given.
    Good {
        /// Fingerprint of the key.
        key: String,
        /// Whose key that is, where the list of signers or the key itself says so.
        signer: Option<String>,
    },
}

/// Looks at the signature beside an artifact. One that does not fit the receipt, or was made by another key than those that
/// were given, is an error; so is none, where keys were given.
pub(in crate::engine) fn check(
    artifact: &Path,
    receipt: &[u8],
    signers: Option<&Signers>,
) -> Result<Signature, SignatureError> {
    let path = beside(artifact, SIGNATURE);
    if fs::symlink_metadata(&path).is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
        let unsigned = || SignatureError::Unsigned { artifact: artifact.to_path_buf() };
        return if signers.is_some() { Err(unsigned()) } else { Ok(Signature::Absent) };
    }
    let broken = |fault| SignatureError::NoSignature { path: path.clone(), source: Fault(fault) };
    let signature = SshSig::from_pem(read(&path)?).map_err(broken)?;
    let key = PublicKey::from(signature.public_key().clone());
    key.verify(NAMESPACE, receipt, &signature)
        .map_err(|fault| SignatureError::Wrong { artifact: artifact.to_path_buf(), source: Fault(fault) })?;
    let fingerprint = key.fingerprint(HashAlg::Sha256).to_string();
    match signers {
        None => Ok(Signature::Unchecked { key: fingerprint }),
        Some(signers) => {
            let signer = signers.accept(&key, artifact)?;
            Ok(Signature::Good { key: fingerprint, signer })
        }
    }
}

/// The text of a file that somebody names.
fn read(path: &Path) -> Result<String, SignatureError> {
    regular::read_text(path, MOST).map_err(|source| SignatureError::Unreadable { path: path.to_path_buf(), source })
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    /// A key made from a seed, and a folder with it, locked or not.
    pub(super) fn key(seed: u8) -> PrivateKey {
        let pair = ssh_key::private::Ed25519Keypair::from_seed(&[seed; 32]);
        PrivateKey::new(pair.into(), "me@example.com").unwrap()
    }

    fn signer(seed: u8) -> Signer {
        Signer(Arc::new(key(seed)))
    }

    fn signed(receipt: &[u8], by: &Signer) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let artifact = folder.path().join("app.pyz");
        fs::write(folder.path().join("app.pyz.receipt.json.sig"), by.sign(receipt).unwrap()).unwrap();
        (folder, artifact)
    }

    #[test]
    fn a_signature_fits_its_receipt_and_no_other() {
        let (_keep, artifact) = signed(b"receipt", &signer(1));
        let fingerprint = signer(1).fingerprint();
        assert_eq!(check(&artifact, b"receipt", None).unwrap(), Signature::Unchecked { key: fingerprint.clone() });
        let given = Signers::one(key(1).public_key().clone());
        let good = Signature::Good { key: fingerprint, signer: Some("me@example.com".into()) };
        assert_eq!(check(&artifact, b"receipt", Some(&given)).unwrap(), good);
        for signers in [None, Some(&given)] {
            let error = check(&artifact, b"another", signers).unwrap_err();
            assert!(error.to_string().ends_with("is not of this receipt"), "{error}");
        }
    }

    #[test]
    fn a_signature_by_another_key_and_none_at_all_are_refused_where_a_key_is_given() {
        let (_keep, artifact) = signed(b"receipt", &signer(2));
        let given = Signers::one(key(1).public_key().clone());
        let error = check(&artifact, b"receipt", Some(&given)).unwrap_err();
        assert!(error.to_string().contains(&signer(2).fingerprint()), "{error}");
        let elsewhere = artifact.with_file_name("other.pyz");
        assert_eq!(check(&elsewhere, b"receipt", None).unwrap(), Signature::Absent);
        let error = check(&elsewhere, b"receipt", Some(&given)).unwrap_err();
        assert!(error.to_string().ends_with("has no signature"), "{error}");
    }

    #[test]
    fn a_signature_for_something_else_is_none() {
        let (_keep, artifact) = signed(b"receipt", &signer(1));
        let other = key(1).sign("git", HashAlg::Sha512, b"receipt").unwrap().to_pem(LineEnding::LF).unwrap();
        fs::write(artifact.with_file_name("app.pyz.receipt.json.sig"), other).unwrap();
        assert!(matches!(check(&artifact, b"receipt", None), Err(SignatureError::Wrong { .. })));
    }

    #[test]
    fn a_file_that_holds_no_signature_is_named() {
        let (_keep, artifact) = signed(b"receipt", &signer(1));
        fs::write(artifact.with_file_name("app.pyz.receipt.json.sig"), "nothing").unwrap();
        let error = check(&artifact, b"receipt", None).unwrap_err();
        assert!(error.to_string().ends_with("app.pyz.receipt.json.sig` holds no signature"), "{error}");
    }

    #[test]
    fn what_is_no_key_that_can_sign_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let open = |text: &str| {
            fs::write(&path, text).unwrap();
            Signer::open(&path, || None).unwrap_err().to_string()
        };
        assert!(
            open(&key(1).public_key().to_openssh().unwrap())
                .ends_with("is a public key, and only the private one signs")
        );
        assert!(open("-----BEGIN RSA PRIVATE KEY-----\nMII\n").ends_with("holds no private key of OpenSSH"));
        let missing = Signer::open(&folder.path().join("missing"), || None).unwrap_err();
        assert!(missing.to_string().starts_with("cannot read `"), "{missing}");
        fs::write(&path, key(1).to_openssh(LineEnding::LF).unwrap().as_str()).unwrap();
        assert_eq!(Signer::open(&path, || None).unwrap(), signer(1));
        assert!(!format!("{:?}", signer(1)).contains("private"), "a key is never printed");
    }
}
