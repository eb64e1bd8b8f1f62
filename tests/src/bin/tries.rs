//! Builds a script, and tries it by proofs of the tests' own, with the steps that these need: what a backend may plan, and
//! none does yet or in just this way.
//!
//! `tries SCRIPT CACHE SCRATCH` reads steps and proofs as JSON from standard input, and prints what came of it as JSON.

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Mutex;

use packwright_core::engine::{Cancel, Engine, Machine, Order, Settings, supervise_if_asked};
use packwright_core::facts::Target;
use packwright_core::inspect;
use packwright_core::plan::{Proof, Step};
use serde_json::{Value, json};

fn main() -> ExitCode {
    if let Some(code) = supervise_if_asked() {
        return code;
    }
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [script, cache, scratch] = words.as_slice() else { return ExitCode::FAILURE };
    match tried(Path::new(script), Path::new(cache), Path::new(scratch)) {
        Ok(said) => {
            println!("{said}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn tried(script: &Path, cache: &Path, scratch: &Path) -> Result<Value, Box<dyn Error>> {
    let (steps, proofs): (Vec<Step>, Vec<Proof>) = serde_json::from_reader(std::io::stdin())?;
    let inspection = inspect::read(script)?;
    let order = Order {
        target: Target::of(&inspection.facts),
        project: inspection.project,
        facts: inspection.facts,
        technology: "zipapp".into(),
        entry: None,
        options: std::collections::BTreeMap::default(),
        scm_version: None,
        typed: Vec::new(),
        extras: Vec::new(),
        groups: Vec::new(),
    };
    let settings = Settings {
        out: scratch.join("out"),
        out_is_named: true,
        jobs: 1,
        use_cache: true,
        verify: true,
        trusted: true,
        ..Settings::default()
    };
    let engine = Engine::open_at(cache, &scratch.join("data"), Box::new(Machine)).map_err(|problem| problem.message)?;
    let cancel = Cancel::default();
    let prepared = engine.prepare(&order, &settings, &|_, _| {}, &cancel);
    let mut prepared = prepared.map_err(|problem| problem.message)?;
    for step in steps {
        prepared.plan.add(step);
    }
    prepared.plan.proofs = proofs;
    let said = Mutex::new(Value::Null);
    engine.build(vec![(prepared, cancel)], &settings, &|_, _| {}, &|_, built| {
        let found = match built {
            Ok(artifact) => json!({ "verdict": artifact.verified }),
            Err(problem) => json!({ "problem": problem }),
        };
        if let Ok(mut said) = said.lock() {
            *said = found;
        }
    });
    Ok(said.into_inner()?)
}
