//! Looks after what Packwright itself has here: its tools and its cache.

use std::collections::BTreeMap;

use super::doctor::{self, Checkup};
use super::tools::{here, off_limits};
use super::usage::{self, Part};
use super::{Cancel, Engine, prepare};
use crate::backends;
use crate::problem::Problem;

impl Engine {
    /// Looks at every technology, or at one.
    pub fn doctor(&self, technology: Option<&str>) -> Result<Vec<Checkup>, Problem> {
        let cancel = Cancel::default();
        let _in_use = usage::keep_in_use(&self.cache, &cancel)?;
        let tools = self.cache.join("tools");
        let off_limits = off_limits(here().as_deref());
        let toolbox = self.toolbox(&tools, &off_limits, true, &cancel);
        let all = backends::all().iter().filter(|backend| technology.is_none_or(|name| backend.entry().id == name));
        let mut looked_at = BTreeMap::new();
        let found: Vec<Checkup> = all.map(|backend| doctor::examine(*backend, &toolbox, &mut looked_at)).collect();
        match technology {
            Some(name) if found.is_empty() => Err(prepare::unknown_technology(name)),
            _ => Ok(found),
        }
    }

    /// What the cache holds.
    pub fn cache_usage(&self) -> Vec<Part> {
        usage::measure(&self.cache)
    }

    /// Removes what was not used for longest until the store is below this size in bytes; gives the bytes freed. An error
    /// while something is built with this cache.
    pub fn trim_cache(&self, below: u64) -> Result<u64, Problem> {
        Ok(usage::trim(&self.cache, &self.store, below)?)
    }

    /// Removes everything that can be made again. An error while something is built with this cache.
    pub fn clear_cache(&self) -> Result<(), Problem> {
        Ok(usage::clear(&self.cache)?)
    }
}
