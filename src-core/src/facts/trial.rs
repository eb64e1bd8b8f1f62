//! What proves that a program works.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What proves that the program works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "by", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Trial {
    /// Started with the arguments of each attempt in turn until one exits with 0 and prints something.
    Arguments {
        /// Argument lists, for example `[["--version"], ["--help"]]`.
        attempts: Vec<Vec<String>>,
    },
    /// Started, then asked over HTTP on the loopback interface.
    Http {
        /// The port it listens on; the variable `PORT` holds it too.
        port: u16,
        /// The path to ask for.
        path: String,
        /// Seconds until it must answer.
        deadline: u64,
        /// Arguments to start it with.
        #[serde(default)]
        arguments: Vec<String>,
    },
    /// Started under a virtual display, where a window must appear.
    Window {
        /// Seconds until it must appear.
        deadline: u64,
    },
    /// Imported, as a library is.
    Import {
        /// Dotted names.
        modules: Vec<String>,
    },
    /// Not started.
    None {
        /// Why.
        because: String,
    },
}

/// What settings say of trials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Tries {
    /// How the program is tried, in the place of what was inferred.
    As(Trial),
    /// Commands as people type them, for example `todo add milk`, that must end well.
    Typed(Vec<String>),
}

impl<'de> Deserialize<'de> for Tries {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // By hand: of an untagged enum nobody is told what is wrong with it.
        let value = toml::Value::deserialize(deserializer)?;
        let read = if value.is_array() { value.try_into().map(Self::Typed) } else { value.try_into().map(Self::As) };
        read.map_err(|error: toml::de::Error| serde::de::Error::custom(error.message()))
    }
}
