//! What the user told pip: its configuration files and variables.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::configuration::ConfigurationError;
use super::user::User;
use crate::inspect::configparser;
use crate::redaction::keep_passwords_secret;

/// Options that say where packages come from, and which certificates count there.
const KEYS: &[&str] = &["index-url", "extra-index-url", "find-links", "no-index", "cert"];

/// The options by name, several values separated by white space; variables are stronger than files.
pub(in crate::engine) fn settings(user: &User) -> Result<BTreeMap<String, String>, ConfigurationError> {
    let mut settings = BTreeMap::new();
    for file in files(user) {
        settings.extend(read(&file)?);
    }
    for key in KEYS {
        let name = format!("PIP_{}", key.replace('-', "_").to_uppercase());
        settings.extend(user.variable(&name).map(|value| ((*key).to_owned(), value.to_owned())));
    }
    Ok(settings)
}

/// The options of one file, those of the stronger section last.
fn read(file: &PathBuf) -> Result<BTreeMap<String, String>, ConfigurationError> {
    let bad = |source: Box<dyn std::error::Error + Send + Sync>| ConfigurationError::File {
        path: file.display().to_string(),
        source,
    };
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => return Err(bad(error.into())),
    };
    let sections = configparser::parse(&text).map_err(|(line, why)| bad(format!("line {line}: {why}").into()))?;
    if let Some(bare) = sections.iter().flat_map(|section| &section.entries).find(|entry| entry.is_bare) {
        return Err(bad(format!("line {} is neither a section nor an option", bare.line).into()));
    }
    let mut settings = BTreeMap::new();
    keep_passwords_secret(&text);
    // `:env:` is what pip calls its variables, and some write them down so.
    for name in ["global", "install", "download", ":env:"] {
        let entries = sections.iter().filter(|section| section.name == name).flat_map(|section| &section.entries);
        let values = entries.map(|entry| (entry.key.to_lowercase().replace('_', "-"), entry.text()));
        settings.extend(values.filter(|(key, _)| KEYS.contains(&key.as_str())));
    }
    Ok(settings)
}

/// pip's configuration files, the weakest first.
fn files(user: &User) -> Vec<PathBuf> {
    if let Some(file) = user.variable("PIP_CONFIG_FILE") {
        return vec![file.into()];
    }
    let own = user.configuration().join("pip");
    if cfg!(windows) {
        return vec![own.join("pip.ini")];
    }
    vec!["/etc/pip.conf".into(), user.home.join(".pip").join("pip.conf"), own.join("pip.conf")]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> Result<BTreeMap<String, String>, ConfigurationError> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pip.conf");
        std::fs::write(&file, text).unwrap();
        read(&file)
    }

    #[test]
    fn values_may_go_on_in_indented_lines() {
        for text in [
            "[global]\nextra-index-url =\n    https://a.test/x\n    https://b.test/\ntimeout = 3\n",
            "[global]\nextra-index-url = https://a.test/x\n    # not this: https://c.test\n\thttps://b.test/\n\ntimeout = 3\n",
            "# first\n[global]\nextra_index_url: https://a.test/x\n  https://b.test/\n[list]\nformat = columns\n",
            "[global]\n  no-index = no\n  extra-index-url = https://a.test/x\n   https://b.test/\n",
            "[global]\r\nextra-index-url =\r\n  https://a.test/x\r\n  https://b.test/\r\n",
        ] {
            let settings = written(text).unwrap();
            let words: Vec<_> = settings["extra-index-url"].split_whitespace().collect();
            assert_eq!(words, ["https://a.test/x", "https://b.test/"], "{text}");
            assert_eq!(settings.contains_key("no-index"), text.contains("no-index"), "{text}");
        }
    }

    #[test]
    fn a_password_is_read_as_it_is_written() {
        let settings =
            written("[install]\nindex-url = https://me:a\\n\"b%%40;c@a.test/\n[global]\nindex-url = https://b.test")
                .unwrap();
        assert_eq!(settings["index-url"], "https://me:a\\n\"b%%40;c@a.test/");
    }

    #[test]
    fn a_file_that_is_not_understood_is_an_error_and_one_that_is_missing_is_not() {
        assert!(written("[global\nindex-url = https://a.test/").is_err());
        assert!(written("index-url = https://a.test/\n").is_err());
        let error = written("[global]\n\nindex-url\n").unwrap_err();
        let source = std::error::Error::source(&error).unwrap().to_string();
        assert_eq!(source, "line 3 is neither a section nor an option");
        assert!(written("").unwrap().is_empty());
        assert!(read(&"/nowhere/pip.conf".into()).unwrap().is_empty());
    }
}
