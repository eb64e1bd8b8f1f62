//! Answers of indexes and repositories, remembered for a day.

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::engine::disk::error::{StoreError, at};
use crate::engine::disk::files::write_atomically;
use crate::engine::terms::json;
use crate::engine::terms::order::Settings;

/// How long an answer is believed.
const FRESH: Duration = Duration::from_secs(24 * 3600);

/// An answer, and when it was given.
#[derive(Serialize, Deserialize)]
pub(in crate::engine) struct Remembered<T> {
    pub answer: T,
    /// Seconds since 1970.
    at: u64,
}

impl<T: Serialize + DeserializeOwned> Remembered<T> {
    /// An answer that was just given.
    pub fn new(answer: T) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        Self { answer, at: now.as_secs() }
    }

    /// What is remembered in a file, unless nothing may be believed that was.
    pub fn read(file: &Path, settings: &Settings) -> Option<Self> {
        let bytes = std::fs::read(file).ok().filter(|_| settings.offline || settings.use_cache)?;
        serde_json::from_slice(&bytes).ok()
    }

    /// Whether it is still believed. Offline there is no other.
    pub fn is_fresh(&self, settings: &Settings) -> bool {
        let age = Remembered::new(()).at.saturating_sub(self.at);
        settings.offline || age < FRESH.as_secs()
    }

    pub fn write(&self, file: &Path) -> Result<(), StoreError> {
        let folder = file.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder).map_err(at("create", folder))?;
        write_atomically(file, json::line(self).as_bytes())
    }
}
