//! Packages with an index of their own: which of them are needed is found out before any index is asked for them.
//!
//! `uv` knows of such indexes for requirements alone. For what those need in turn empty wheels stand in, and what they
//! turn out to stand for becomes a requirement.

use std::collections::BTreeSet;

use super::Question;
use crate::backend::{CoreMetadata, Lock, Locked};
use crate::engine::planning::resolve::{Requested, ResolveError, markers};
use crate::facts::pep::MarkerEnvironment;
use crate::problem::Problem;

/// What is known by now of packages with an index of their own.
#[derive(Debug, Default)]
pub(in crate::engine::planning::resolve) struct Settled {
    /// Something that is needed needs them.
    pub needed: BTreeSet<String>,
    /// Something needs them elsewhere, but not in this environment.
    pub idle: BTreeSet<String>,
}

impl Question<'_> {
    /// The requirements that come from an index of their own, with packages that are needed in turn and do; and all
    /// others. What does not count in the environment is left out of the first: it would settle nothing.
    pub fn parted(&self, settled: &Settled) -> (Vec<String>, Vec<String>) {
        let target = markers(self.environment, self.python);
        let is_tied = |text: &String| {
            let asked = Requested::parse(text);
            asked.address.is_none() && self.routes.tied(&asked.name).is_some() && !self.wanted.is_here(&asked.name)
        };
        let (tied, open): (Vec<String>, Vec<String>) = self.wanted.requirements.iter().cloned().partition(is_tied);
        let counts = |text: &String| Requested::parse(text).is_needed(target.as_ref(), &[]);
        (tied.into_iter().filter(counts).chain(settled.needed.iter().cloned()).collect(), open)
    }

    /// Packages of which nobody has said yet whether anything needs them.
    pub fn apart(&self, settled: &Settled) -> impl Iterator<Item = &str> {
        let (tied, open) = self.parted(settled);
        let addressed = open.into_iter().filter(|text| Requested::parse(text).address.is_some());
        let certain = tied.into_iter().chain(addressed).map(|text| Requested::parse(&text).name);
        let known: BTreeSet<String> = certain.chain(settled.idle.iter().cloned()).collect();
        let names = self.routes.names().map(String::as_str);
        names.filter(move |name| !known.contains(*name) && !self.wanted.is_here(name))
    }

    /// Packages of a lock for which an empty wheel stood in.
    pub fn stood_in(&self, lock: &Lock, settled: &Settled) -> Vec<String> {
        let apart: BTreeSet<&str> = self.apart(settled).collect();
        lock.packages.iter().map(|package| package.name.clone()).filter(|name| apart.contains(name.as_str())).collect()
    }

    /// Those that are needed in this environment, and those that are not: a stand-in takes the place of a requirement
    /// together with its marker, so the metadata of all others is read for that.
    pub fn told_apart(
        &self,
        stood_in: Vec<String>,
        lock: &Lock,
        reading: &dyn Fn(&Locked) -> Result<CoreMetadata, Problem>,
    ) -> Result<(Vec<String>, Vec<String>), ResolveError> {
        let target = markers(self.environment, self.python);
        let mut needed: BTreeSet<String> = required(self.wanted.requirements, target.as_ref()).collect();
        for package in lock.packages.iter().filter(|package| !stood_in.contains(&package.name)) {
            let metadata = reading(package).map_err(Box::new)?;
            needed.extend(required(&metadata.requires_dist, target.as_ref()));
        }
        Ok(stood_in.into_iter().partition(|name| needed.contains(name)))
    }
}

/// The names of requirements that count, with whatever extra.
fn required<'t>(
    requirements: &'t [String],
    target: Option<&'t MarkerEnvironment>,
) -> impl Iterator<Item = String> + 't {
    requirements.iter().filter_map(move |text| {
        let asked = Requested::parse(text);
        // Every quoted word may be the name of an extra; those that are none change nothing.
        let words = text.split(['\'', '"']).skip(1).step_by(2).map(str::to_owned);
        asked.is_needed(target, &words.collect::<Vec<_>>()).then_some(asked.name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_requirement_counts_with_any_extra_but_not_elsewhere() {
        let environment: MarkerEnvironment = serde_json::from_value(serde_json::json!({
            "implementation_name": "cpython", "implementation_version": "3.12.0", "os_name": "posix",
            "platform_machine": "x86_64", "platform_python_implementation": "CPython", "platform_release": "",
            "platform_system": "Linux", "platform_version": "", "python_full_version": "3.12.0",
            "python_version": "3.12", "sys_platform": "linux",
        }))
        .unwrap();
        let texts =
            ["a ; extra == 'x'", "b ; sys_platform == 'win32'", "c>=1", "d ; extra == \"y\" and os_name == 'nt'"];
        let texts = texts.map(str::to_owned);
        assert_eq!(required(&texts, Some(&environment)).collect::<Vec<_>>(), ["a", "c"]);
    }
}
