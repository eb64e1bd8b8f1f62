//! The user: the variables of their shell and their home folder.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// Whose configuration counts.
#[derive(Debug, Clone, Default)]
pub(in crate::engine) struct User {
    /// Variables whose values are text.
    pub variables: BTreeMap<String, String>,
    /// The home folder.
    pub home: PathBuf,
}

impl User {
    /// The one who runs this process.
    pub fn current() -> Self {
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Self { variables, home: std::env::home_dir().unwrap_or_default() }
    }

    /// The value of a variable that is set and not empty.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The folder of configuration files.
    pub fn configuration(&self) -> PathBuf {
        if cfg!(windows) {
            return self.variable("APPDATA").map(PathBuf::from).unwrap_or_default();
        }
        let named = self.variable("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
        named.unwrap_or_else(|| self.home.join(".config"))
    }
}
