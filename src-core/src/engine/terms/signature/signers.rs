//! Whose signatures are accepted: one public key, or a list of allowed signers as `ssh-keygen` reads it.

use std::path::Path;
use std::str::FromStr;

use ssh_key::authorized_keys::Entry;
use ssh_key::{HashAlg, PublicKey};

use super::{Fault, NAMESPACE, SignatureError, read};

/// Public keys, with whose they are and under which conditions they count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signers(Vec<Allowed>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Allowed {
    key: PublicKey,
    whose: Option<String>,
    /// An option that is not met, or that is not known here.
    condition: Option<String>,
}

impl Signers {
    /// The key in a file that ends in `.pub`, as `ssh-keygen` writes it.
    pub fn key(path: &Path) -> Result<Self, SignatureError> {
        let broken = |fault| SignatureError::NoPublicKey { path: path.to_path_buf(), source: Fault(fault) };
        Ok(Self::one(PublicKey::from_openssh(read(path)?.trim()).map_err(broken)?))
    }

    /// The keys of a list of allowed signers.
    pub fn list(path: &Path) -> Result<Self, SignatureError> {
        let mut all = Vec::new();
        for (line, text) in read(path)?.lines().enumerate() {
            let text = text.trim();
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            let none = || SignatureError::Line { path: path.to_path_buf(), line: line + 1 };
            all.push(Allowed::parse(text).ok_or_else(none)?);
        }
        Ok(Self(all))
    }

    pub(super) fn one(key: PublicKey) -> Self {
        let whose = Some(key.comment().to_owned()).filter(|comment| !comment.is_empty());
        Self(vec![Allowed { key, whose, condition: None }])
    }

    /// Whose key it is, if it counts here.
    pub(super) fn accept(&self, key: &PublicKey, artifact: &Path) -> Result<Option<String>, SignatureError> {
        let artifact = artifact.to_path_buf();
        let fingerprint = key.fingerprint(HashAlg::Sha256).to_string();
        let mut known = self.0.iter().filter(|allowed| allowed.key.key_data() == key.key_data());
        let Some(first) = known.next() else { return Err(SignatureError::Stranger { artifact, key: fingerprint }) };
        let counts = std::iter::once(first).chain(known).find(|allowed| allowed.condition.is_none());
        match (counts, &first.condition) {
            (Some(allowed), _) => Ok(allowed.whose.clone()),
            (None, condition) => {
                let condition = condition.clone().unwrap_or_default();
                Err(SignatureError::Condition { artifact, key: fingerprint, condition })
            }
        }
    }
}

impl Allowed {
    /// `PRINCIPALS [OPTIONS] KEYTYPE KEY [COMMENT]`; principals may stand in quotes.
    fn parse(line: &str) -> Option<Self> {
        let (whose, rest) = match line.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => line.split_once([' ', '\t'])?,
        };
        let entry = Entry::from_str(rest.trim_start()).ok()?;
        let condition = entry.config_opts().iter().find(|option| !is_met(option)).map(str::to_owned);
        Some(Self { key: entry.public_key().clone(), whose: Some(whose.to_owned()), condition })
    }
}

/// Whether an option lets a key sign receipts. One that is not known here may forbid it.
fn is_met(option: &str) -> bool {
    let Some((name, value)) = option.split_once('=') else { return false };
    let mut purposes = value.trim_matches('"').split(',');
    name.eq_ignore_ascii_case("namespaces") && purposes.any(|purpose| purpose == NAMESPACE || purpose == "*")
}

#[cfg(test)]
mod tests {
    use super::super::tests::key;
    use super::*;

    fn list(text: &str) -> Result<Signers, SignatureError> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        Signers::list(file.path())
    }

    fn accepted(options: &str) -> Result<Option<String>, SignatureError> {
        let public = key(1).public_key().to_openssh().unwrap();
        let text = format!("# people\n\nme@example.com,other@example.com {options} {public}\n");
        list(&text).unwrap().accept(key(1).public_key(), Path::new("app"))
    }

    #[test]
    fn a_list_says_whose_a_key_is_and_what_it_may_sign() {
        let both = Some("me@example.com,other@example.com".to_owned());
        assert_eq!(accepted("").unwrap(), both);
        assert_eq!(accepted("namespaces=\"git,packwright-receipt\"").unwrap(), both);
        for option in ["namespaces=\"git\"", "cert-authority", "valid-before=\"20200101\""] {
            let error = accepted(option).unwrap_err().to_string();
            assert!(error.ends_with(&format!("is allowed only with `{option}`")), "{error}");
        }
        let error = list("").unwrap().accept(key(1).public_key(), Path::new("app")).unwrap_err();
        assert!(error.to_string().ends_with("none of the keys that were given"), "{error}");
    }

    #[test]
    fn principals_may_stand_in_quotes() {
        let public = key(1).public_key().to_openssh().unwrap();
        let signers = list(&format!("\"me, at work\" {public}")).unwrap();
        assert_eq!(signers.accept(key(1).public_key(), Path::new("app")).unwrap().unwrap(), "me, at work");
    }

    #[test]
    fn a_line_that_is_none_is_named() {
        let error = list("# one\nme@example.com nonsense\n").unwrap_err().to_string();
        assert!(error.starts_with("line 2 of `"), "{error}");
    }
}
