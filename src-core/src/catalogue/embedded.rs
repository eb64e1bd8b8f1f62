//! The data that is compiled in: one entry beside each backend, and the failures that all of them share.

use std::sync::LazyLock;

use serde::Deserialize;

use super::{Entry, Symptom};
use crate::embedded::data;

/// Failures that any technology can show.
static SYMPTOMS: LazyLock<Vec<Symptom>> = LazyLock::new(|| {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Shared {
        symptoms: Vec<Symptom>,
    }
    let shared: Shared = data!("catalogue/symptoms.toml");
    shared.symptoms
});

/// Failures that any technology can show; those of the technology itself come first.
pub fn shared_symptoms() -> &'static [Symptom] {
    &SYMPTOMS
}

impl Entry {
    /// Reads an entry.
    pub fn read(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shared_symptom_recognises_its_sample() {
        assert!(!shared_symptoms().is_empty());
        for symptom in shared_symptoms() {
            let log = regex::Regex::new(&symptom.log).unwrap();
            assert!(log.is_match(&symptom.sample), "`{}` does not match `{}`", symptom.log, symptom.sample);
        }
    }
}
