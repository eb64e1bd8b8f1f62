//! What the user told `uv` in a file.

use std::path::{Path, PathBuf};

use super::configuration::ConfigurationError;
use super::user::User;
use crate::redaction::keep_passwords_secret;

/// The user's `uv.toml`.
#[derive(Debug, Clone)]
pub(in crate::engine) struct UvFile {
    pub path: PathBuf,
    pub text: String,
    pub table: toml::Table,
}

impl UvFile {
    fn indexes(&self) -> impl Iterator<Item = &toml::Value> {
        self.table.get("index").and_then(toml::Value::as_array).into_iter().flatten()
    }

    /// The file itself, and its table for `uv pip`.
    pub fn levels(&self) -> impl Iterator<Item = &toml::Table> {
        std::iter::once(&self.table).chain(self.table.get("pip").and_then(toml::Value::as_table))
    }

    pub fn has_default(&self) -> bool {
        self.indexes().any(|index| index.get("default").and_then(toml::Value::as_bool) == Some(true))
            || self.levels().any(|table| table.contains_key("index-url"))
    }

    /// The same settings for a file in another folder: `uv` takes relative paths from the folder of its file.
    pub fn anywhere(&self) -> toml::Table {
        let folder = self.path.parent().unwrap_or(Path::new("/"));
        let absolute = |place: &mut toml::Value| {
            if let Some(path) = place.as_str().filter(|text| !text.contains("://")) {
                *place = folder.join(path).display().to_string().into();
            }
        };
        let all = |value: &mut toml::Value| match value {
            toml::Value::Array(values) => values.iter_mut().for_each(absolute),
            value => absolute(value),
        };
        let at_level = |level: &mut toml::Table| {
            for key in ["index-url", "extra-index-url", "find-links"] {
                level.get_mut(key).map(all);
            }
        };
        let mut table = self.table.clone();
        at_level(&mut table);
        table.get_mut("pip").and_then(toml::Value::as_table_mut).map(at_level);
        for index in table.get_mut("index").and_then(toml::Value::as_array_mut).into_iter().flatten() {
            index.get_mut("url").map(absolute);
        }
        table
    }
}

/// The file that the user wrote for `uv`: of the strongest place that has one.
pub(in crate::engine) fn uv_file(user: &User) -> Result<Option<UvFile>, ConfigurationError> {
    if user.variable("UV_NO_CONFIG").is_some_and(|value| matches!(value, "1" | "true")) {
        return Ok(None);
    }
    let named = user.variable("UV_CONFIG_FILE").map(PathBuf::from);
    let places = || [user.configuration().join("uv").join("uv.toml"), PathBuf::from("/etc/uv/uv.toml")];
    let Some(path) = named.or_else(|| places().into_iter().find(|path| path.is_file())) else { return Ok(None) };
    let bad = |source: Box<dyn std::error::Error + Send + Sync>| ConfigurationError::File {
        path: path.display().to_string(),
        source,
    };
    let text = std::fs::read_to_string(&path).map_err(|error| bad(error.into()))?;
    keep_passwords_secret(&text);
    // The whole message of the parser would quote the file, in which there may be a password.
    let table = toml::from_str(&text).map_err(|error: toml::de::Error| bad(error.message().into()))?;
    Ok(Some(UvFile { path, text, table }))
}
