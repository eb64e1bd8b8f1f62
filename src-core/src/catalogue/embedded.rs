//! The data that is compiled in: one entry beside each backend, and what several of them share.

use std::sync::LazyLock;

use serde::Deserialize;

use super::{Entry, Symptom, Tool};

/// Tools that several technologies drive.
static TOOLS: LazyLock<Vec<Tool>> = LazyLock::new(|| {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Shared {
        tools: Vec<Tool>,
    }
    let shared: Shared = toml::from_str(include_str!("tools.toml")).expect("compiled in, and read by a test");
    shared.tools
});

/// Failures that any technology can show.
static SYMPTOMS: LazyLock<Vec<Symptom>> = LazyLock::new(|| {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Shared {
        symptoms: Vec<Symptom>,
    }
    let shared: Shared = toml::from_str(include_str!("symptoms.toml")).expect("compiled in, and read by a test");
    shared.symptoms
});

/// A tool that several technologies drive, for example `uv`.
pub fn shared_tool(name: &str) -> Option<&'static Tool> {
    TOOLS.iter().find(|tool| tool.name == name)
}

/// Failures that any technology can show; those of the technology itself come first.
pub fn shared_symptoms() -> &'static [Symptom] {
    &SYMPTOMS
}

impl Entry {
    /// Reads an entry; a tool of which it gives nothing but the name is the shared one.
    pub fn read(text: &str) -> Result<Self, toml::de::Error> {
        let mut entry: Self = toml::from_str(text)?;
        for tool in &mut entry.tools {
            let named_only =
                tool.probe.is_empty() && tool.managed.is_none() && tool.install.is_empty() && tool.elsewhere.is_empty();
            if let Some(shared) = shared_tool(&tool.name).filter(|_| named_only) {
                *tool = shared.clone();
            }
        }
        Ok(entry)
    }

    /// Reads an entry that is compiled in.
    ///
    /// # Panics
    /// When it is malformed, which the tests of every backend rule out.
    pub(crate) fn embedded(text: &'static str) -> Self {
        Self::read(text).expect("compiled in, and read by a test")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shared_can_be_read() {
        assert!(shared_tool("uv").is_some_and(|uv| uv.managed.is_some()));
        assert!(!shared_symptoms().is_empty());
    }

    #[test]
    fn every_shared_symptom_recognises_its_sample() {
        for symptom in shared_symptoms() {
            let log = regex::Regex::new(&symptom.log).unwrap();
            assert!(log.is_match(&symptom.sample), "`{}` does not match `{}`", symptom.log, symptom.sample);
        }
    }

    #[test]
    fn a_tool_that_is_only_named_is_the_shared_one() {
        let text = include_str!("../backends/wheel/catalogue.toml");
        assert_eq!(Entry::embedded(text).tools.first(), shared_tool("uv"));
    }
}
