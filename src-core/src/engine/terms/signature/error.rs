//! What can be wrong with keys and signatures.

use std::path::PathBuf;

use super::NAMESPACE;
use crate::inspect::regular::NotRead;
use crate::problem::{Code, Problem};

/// What the library says of a key or a signature.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Fault(pub(super) ssh_key::Error);

/// Why a receipt is not signed, or its signature not accepted.
#[derive(Debug, thiserror::Error)]
pub enum SignatureError {
    /// A file that was named cannot be read.
    #[error("cannot read `{}`", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: NotRead,
    },
    /// It is not in the format of OpenSSH.
    #[error("`{}` holds no private key of OpenSSH", path.display())]
    NoKey {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Fault,
    },
    /// It is the other half of a key.
    #[error("`{}` is a public key, and only the private one signs", path.display())]
    PublicKey {
        /// The file.
        path: PathBuf,
    },
    /// A kind of key that is not used here.
    #[error("`{}` is a key of the kind `{kind}`, and only `ssh-ed25519` is used to sign", path.display())]
    Kind {
        /// The file.
        path: PathBuf,
        /// The kind.
        kind: String,
    },
    /// Nobody knows the password.
    #[error("`{}` is locked with a password, and nobody can be asked for it", path.display())]
    Locked {
        /// The file.
        path: PathBuf,
    },
    /// The password is another.
    #[error("the password does not open `{}`", path.display())]
    Password {
        /// The file.
        path: PathBuf,
    },
    /// Signing failed.
    #[error("the key `{key}` cannot sign")]
    Sign {
        /// Its fingerprint.
        key: String,
        /// Why.
        source: Fault,
    },
    /// A file of public keys that is none.
    #[error("`{}` holds no public key of OpenSSH", path.display())]
    NoPublicKey {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Fault,
    },
    /// A line of a list of signers.
    #[error("line {line} of `{}` is none of a list of allowed signers", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
    },
    /// The signature beside an artifact cannot be read as one.
    #[error("`{}` holds no signature", path.display())]
    NoSignature {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Fault,
    },
    /// The signature is of other bytes, or was made for something else.
    #[error("the signature beside `{}` is not of this receipt", artifact.display())]
    Wrong {
        /// The artifact.
        artifact: PathBuf,
        /// Why.
        source: Fault,
    },
    /// A key signed that was not given.
    #[error("the receipt of `{}` is signed by `{key}`, which is none of the keys that were given", artifact.display())]
    Stranger {
        /// The artifact.
        artifact: PathBuf,
        /// Fingerprint of the key that signed.
        key: String,
    },
    /// A key that is given under a condition that is not met, or not known here.
    #[error("`{key}`, which signed the receipt of `{}`, is allowed only with `{condition}`", artifact.display())]
    Condition {
        /// The artifact.
        artifact: PathBuf,
        /// Fingerprint of the key that signed.
        key: String,
        /// The option in the list of signers.
        condition: String,
    },
    /// A key was given, and nothing is signed.
    #[error("the receipt of `{}` has no signature", artifact.display())]
    Unsigned {
        /// The artifact.
        artifact: PathBuf,
    },
}

impl From<SignatureError> for Problem {
    fn from(error: SignatureError) -> Self {
        use SignatureError as E;
        let code = match &error {
            E::Wrong { .. } | E::Stranger { .. } | E::Condition { .. } | E::Unsigned { .. } | E::NoSignature { .. } => {
                Code::CheckFailed
            }
            E::Sign { .. } => Code::Output,
            _ => Code::Usage,
        };
        let problem = Self::new(code, error.to_string());
        let problem = match std::error::Error::source(&error) {
            Some(cause) => problem.because(cause),
            None => problem,
        };
        match &error {
            E::NoKey { path, .. } => {
                let path = path.display().to_string();
                problem.hint_command(
                    "A key in an older format can be rewritten in that of OpenSSH",
                    ["ssh-keygen", "-p", "-f", &path],
                )
            }
            E::PublicKey { .. } => problem.hint("It lies beside it, under the same name without `.pub`"),
            E::Kind { .. } => problem.hint_command("Make one that is", ["ssh-keygen", "-t", "ed25519"]),
            E::Locked { .. } => problem.hint("Set `PACKWRIGHT_SIGN_PASSWORD`, or build at a terminal"),
            E::Line { .. } => problem.hint("Each line is `PRINCIPALS [OPTIONS] KEYTYPE KEY`, as in `man ssh-keygen`"),
            E::Condition { .. } => problem.hint(format!("`ssh-keygen -Y verify -n {NAMESPACE}` knows all conditions")),
            E::Wrong { .. } | E::NoSignature { .. } => {
                problem.hint("Do not use it: it was changed, or signed for something else")
            }
            _ => problem,
        }
    }
}
