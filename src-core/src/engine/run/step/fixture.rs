//! A bench for tests: everything steps share, in a folder of its own, in a pretended world.

use std::path::Path;

use super::Bench;
use crate::engine::run::sandbox::Sandbox;
use crate::engine::terms::cancel::Cancel;
use crate::engine::terms::consent::{Digest, Given};
use crate::engine::terms::notices::Notices;
use crate::engine::terms::order::Settings;
use crate::engine::tools::rehearsal::Rehearsal;
use crate::engine::tools::{Probes, Toolbox};
use crate::engine::trees::store::Store;
use crate::facts::Project;

/// What a test says of its bench.
pub(in crate::engine) struct Setting<'a> {
    pub folder: &'a Path,
    pub world: &'a Rehearsal,
    pub project: &'a Project,
    pub source: &'a Digest,
    pub jobs: usize,
    pub cancel: &'a Cancel,
}

impl Setting<'_> {
    /// Works on the bench.
    pub fn work<T>(&self, work: impl FnOnce(&Bench) -> T) -> T {
        let store = Store::open(&self.folder.join("store")).unwrap();
        let (keys, logs, tools) = (self.folder.join("keys"), self.folder.join("logs"), self.folder.join("tools"));
        for path in [&keys, &logs] {
            std::fs::create_dir_all(path).unwrap();
        }
        let probes = Probes::open(&self.folder.join("probes.json"));
        let toolbox = Toolbox {
            folder: &tools,
            probes: &probes,
            pythons: &[],
            world: self.world,
            offline: true,
            cancel: self.cancel,
            off_limits: &[],
            notices: &Notices::default(),
        };
        work(&Bench {
            world: self.world,
            store: &store,
            sandbox: &Sandbox::Absent,
            toolbox: &toolbox,
            settings: &Settings { jobs: self.jobs, use_cache: true, ..Settings::default() },
            given: &Given::default(),
            project: self.project,
            source: self.source,
            keys: &keys,
            logs: &logs,
            cancel: self.cancel,
        })
    }
}
