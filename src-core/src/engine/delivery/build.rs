//! Carries out plans and hands over what they make: run, try, put into place, write down.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use super::giving_away;
use super::output::{self, OutputError, Staged};
use super::receiver::{command_of, elsewhere, python_of};
use super::sbom;
use super::trying::{not_tried, starts, try_all};
use crate::engine::planning::prepare::{require_trust, version_of};
use crate::engine::run::looks::Found;
use crate::engine::run::rooms::{Tried, hindrance};
use crate::engine::run::schedule::{Made, Wanted, carry_out_each, millis};
use crate::engine::run::source;
use crate::engine::run::step::{Bench, Done};
use crate::engine::run::{diagnose, looks, needed};
use crate::engine::terms::address::percent_decoded;
use crate::engine::terms::beside::{RECEIPT, SIGNATURE};
use crate::engine::terms::cancel::Cancel;
use crate::engine::terms::json;
use crate::engine::terms::order::{Events, Prepared, Settings};
use crate::engine::terms::signature::Signer;
use crate::engine::trees::binaries::Oldest;
use crate::event::{Artifact, Component, Event, Measurement, Receipt, Retrial, StepUsed, ToolUsed};
use crate::facts::normalize;
use crate::plan::{self, Plan, Product, Proof, StepId, ToolRef};
use crate::problem::{Code, Problem};
use crate::redaction;

/// What a build gave.
pub(in crate::engine) type Built = Result<(Artifact, Receipt), Problem>;

/// Builds plans of one project.
pub(in crate::engine) struct Building<'a> {
    pub bench: &'a Bench<'a>,
    pub events: Events<'a>,
}

impl Building<'_> {
    /// Builds them as one graph; each has a switch that ends it alone. `ended` is told of each as soon as it has ended,
    /// with its index.
    pub fn build(&self, plans: &[(Prepared, Cancel)], ended: &(dyn Fn(usize, Built) + Sync)) {
        let mut accepted = Vec::new();
        for (index, (prepared, _)) in plans.iter().enumerate() {
            match self.refuse(prepared) {
                Some(problem) => ended(index, Err(problem)),
                None => {
                    self.say_what_is_not_tried(index, &prepared.plan);
                    accepted.push(index);
                }
            }
        }
        let wanted = accepted.iter().filter_map(|index| plans.get(*index));
        let wanted = wanted.map(|(prepared, cancel)| {
            let plan = &prepared.plan;
            let tries: fn(&Proof) -> bool =
                if starts(self.bench, plan) { |proof| hindrance(proof).is_none() } else { |_| false };
            Wanted { plan, cancel, tries }
        });
        let wanted: Vec<Wanted> = wanted.collect();
        let events = |at: usize, event| (self.events)(accepted[at], event);
        carry_out_each(self.bench, &wanted, &events, &|bench, at, outcome| {
            let index = accepted[at];
            let (prepared, _) = &plans[index];
            let built = outcome.and_then(|made| Building { bench, events: self.events }.finish(index, prepared, &made));
            ended(index, built.map_err(|problem| problem.of(&prepared.plan.technology)));
        });
        output::sweep(&self.bench.settings.out);
    }

    /// Why a plan may not begin.
    fn refuse(&self, prepared: &Prepared) -> Option<Problem> {
        let settings = self.bench.settings;
        let technology = &prepared.plan.technology;
        if let Err(edited) = source::must_be(&prepared.source, self.bench.source) {
            return Some(Problem::from(edited).of(technology));
        }
        if let Err(problem) = require_trust(self.bench, &prepared.plan) {
            return Some(problem);
        }
        if settings.require_sandbox && self.bench.sandbox.name() == "not sandboxed" {
            let problem = Problem::new(Code::ToolMissing, "a sandbox was required, but bubblewrap does not work here")
                .of(technology);
            return Some(Problem { hints: self.bench.sandbox.remedies(), ..problem });
        }
        let usable = self.must_stay(prepared).and_then(|()| output::check(&settings.out));
        if let Err(error) = usable {
            return Some(Problem::from(error).of(technology));
        }
        needed::missing(self.bench, &prepared.plan).map(|problem| problem.of(technology))
    }

    fn say_what_is_not_tried(&self, index: usize, plan: &Plan) {
        if self.bench.settings.verify {
            for text in needed::not_tried(self.bench, plan) {
                (self.events)(index, Event::Noted { text });
            }
        }
    }

    /// Fails where artifacts would go out of the project although nobody said so.
    fn must_stay(&self, prepared: &Prepared) -> Result<(), OutputError> {
        let Settings { out, out_is_named, .. } = self.bench.settings;
        if *out_is_named { Ok(()) } else { output::must_stay(&prepared.request.project.root, out) }
    }

    /// Tries what the steps of a plan made, and puts it into place.
    fn finish(&self, index: usize, prepared: &Prepared, made: &Made) -> Built {
        let done = &made.steps;
        // Before anything of it is started, or seen by anybody.
        let shipped = giving_away::look(self.bench, &prepared.plan, done)?;
        let tried = try_all(self.bench, &prepared.plan, made, &|event| (self.events)(index, event))?;
        let placed: Vec<Placed> = prepared.plan.products.iter().filter_map(Placed::of).collect();
        let Some(main) = placed.first() else {
            let message = format!("the plan of `{}` makes nothing to hand over", prepared.plan.technology);
            return Err(Problem::new(Code::BuildFailed, message));
        };
        // Steps may have run for hours since the last look.
        self.must_stay(prepared)?;
        let private: Vec<PathBuf> = home().map(PathBuf::from).into_iter().collect();
        let seen = looks::look(&prepared.plan.looks, done, &private);
        let oldest = seen.oldest.map_or_else(|| "any".into(), Oldest::short);
        let mut outputs = Vec::new();
        for product in &placed {
            let name = product.name.map(|name| name.replace(plan::OLDEST, &oldest));
            let tree =
                &done.get(product.step).ok_or_else(|| Problem::new(Code::BuildFailed, "a step is missing"))?.tree;
            outputs.push(output::stage(
                (product.pick, name.as_deref()),
                tree,
                &self.bench.settings.out,
                self.bench.store,
            )?);
        }
        let mut warnings = warnings(prepared, done, &tried, &seen);
        warnings.extend(shipped);
        let mut artifact = artifact(prepared, &outputs[0], &tried, warnings);
        artifact.starts = main.starts_in(done)?;
        artifact.runs_on = seen.oldest.map(|oldest| oldest.to_string());
        artifact.signed_by = self.bench.settings.signer.as_ref().map(Signer::fingerprint);
        let receipt = self.receipt(prepared, main, &artifact, &tried, done);
        let json = written(&receipt);
        let materials = written(&sbom::cyclonedx(&receipt));
        let signature = self.bench.settings.signer.as_ref().map(|signer| signer.sign(&json)).transpose()?;
        let signature = signature.map(|text| (SIGNATURE, text.into_bytes()));
        let papers = [(".cdx.json", materials), (RECEIPT, json)];
        let papers =
            papers.iter().chain(&signature).map(|(suffix, text)| output::stage_text(&artifact.path, suffix, text));
        let papers = papers.collect::<Result<_, _>>()?;
        // Where the folder was replaced by a link meanwhile, all that was staged lies elsewhere.
        self.must_stay(prepared)?;
        // Only when all of it is on the disk anything is replaced.
        output::place(outputs, papers)?;
        Ok((artifact, receipt))
    }

    fn receipt(
        &self,
        prepared: &Prepared,
        main: &Placed,
        artifact: &Artifact,
        tried: &[Tried],
        done: &BTreeMap<StepId, Done>,
    ) -> Receipt {
        let request = &prepared.request;
        let order: BTreeMap<&StepId, usize> =
            prepared.plan.steps.iter().enumerate().map(|(at, step)| (&step.id, at)).collect();
        let mut steps: Vec<&plan::Step> = prepared.plan.steps.iter().collect();
        steps.sort_by_key(|step| order.get(&step.id));
        let used = steps.iter().filter_map(|step| {
            let done = done.get(&step.id)?;
            Some(StepUsed {
                step: step.id.clone(),
                title: step.title.clone(),
                command: without_home(&done.command, home().as_deref()),
                cached: done.cached,
                wall_ms: millis(done.wall),
                output_sha256: done.tree.digest.clone(),
            })
        });
        let tree = done.get(main.step).map(|done| &done.tree);
        let path = tree.and_then(|tree| Some(tree.select_one(main.pick).ok()?.path().to_owned()));
        let read = prepared.plan.proofs.iter().flat_map(plan::Proof::reads).filter(|step| *step != main.step);
        let mut artifact = artifact.clone();
        artifact.path = artifact.path.file_name().map(Into::into).unwrap_or_default();
        Receipt {
            format: Receipt::FORMAT,
            packwright: env!("CARGO_PKG_VERSION").into(),
            made_at: SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |time| i64::try_from(time.as_secs()).unwrap_or(0)),
            project: request.project.name.clone(),
            version: version_of(request),
            source_sha256: self.bench.source.whole.clone(),
            artifact,
            options: request.options.iter().map(|(id, value)| (id.to_owned(), value.to_owned())).collect(),
            entry: request.entries.first().map(|entry| entry.name.clone()),
            extras: request.extras.clone(),
            groups: request.groups.clone(),
            scm_version: request.scm_version.clone(),
            tools: self.tools(&prepared.plan),
            steps: used.collect(),
            trials: tried.iter().map(|tried| tried.verdict.clone()).collect(),
            components: components(prepared),
            measurements: Measurement {
                build_ms: done.values().map(|done| millis(done.wall)).sum(),
                starts_ms: tried
                    .iter()
                    .find(|tried| !tried.starts_ms.is_empty())
                    .map(|tried| tried.starts_ms.clone())
                    .unwrap_or_default(),
            },
            sandbox: self.bench.sandbox.name().into(),
            proof: Retrial {
                proofs: prepared.plan.proofs.clone(),
                made_by: main.step.clone(),
                made_at: path.unwrap_or_default(),
                trees: read.filter_map(|step| Some((step.clone(), done.get(step)?.tree.digest.clone()))).collect(),
            },
        }
    }

    fn tools(&self, plan: &Plan) -> Vec<ToolUsed> {
        let mut used = BTreeSet::new();
        for step in &plan.steps {
            let tools: Vec<ToolRef> = step.action.tools().into_iter().map(whole).collect();
            for (tool, ready) in self.bench.tools(&tools).unwrap_or_default() {
                let sha256 = self.bench.toolbox.probes.digest(&ready.program).unwrap_or_default();
                used.insert(ToolUsed { name: tool.name().to_owned(), version: ready.version, sha256 });
            }
        }
        used.into_iter().collect()
    }
}

/// What has a version of its own: the Python of a tool's own environment is a part of that tool.
fn whole(tool: &ToolRef) -> ToolRef {
    match tool {
        ToolRef::Managed { name, python, .. } => {
            ToolRef::Managed { name: name.clone(), executable: name.clone(), python: python.clone() }
        }
        other => other.clone(),
    }
}

/// A product that is handed over as a file or folder.
struct Placed<'a> {
    step: &'a StepId,
    pick: &'a plan::Pick,
    name: Option<&'a str>,
    /// The file in it that is started.
    starts: Option<&'a str>,
}

impl<'a> Placed<'a> {
    fn of(product: &'a Product) -> Option<Self> {
        match product {
            Product::Place { step, pick, name, starts } => {
                Some(Self { step, pick, name: name.as_deref(), starts: starts.as_deref() })
            }
            Product::Published { .. } => None,
        }
    }

    /// The file in it that users start; an error where it was not made.
    fn starts_in(&self, done: &BTreeMap<StepId, Done>) -> Result<Option<String>, OutputError> {
        let (Some(starts), Some(done)) = (self.starts, done.get(self.step)) else { return Ok(None) };
        let whole = done.tree.select_one(self.pick)?.path();
        let parts: Vec<&str> = [whole, starts].into_iter().filter(|part| !part.is_empty()).collect();
        done.tree.select_one(&plan::Pick::Path(parts.join("/")))?;
        Ok(Some(starts.to_owned()))
    }
}

/// What makes the result yellow: known warnings in the logs, what was seen in what came out, and trials that failed.
fn warnings(prepared: &Prepared, done: &BTreeMap<StepId, Done>, tried: &[Tried], seen: &Found) -> Vec<String> {
    let mut warnings = prepared.plan.warnings.clone();
    warnings.extend(without_home(&seen.warnings.iter().cloned().collect::<Vec<_>>(), home().as_deref()));
    for log in done.values().filter_map(|done| done.log.as_ref()) {
        let found = diagnose::warnings(&log.tail(5_000), needed::symptoms_of(&prepared.plan));
        warnings.extend(found.iter().map(|found| format!("{}. {}", found.cause.trim_end_matches('.'), found.remedy)));
    }
    let failed =
        prepared.plan.proofs.iter().zip(tried).filter(|(_, tried)| tried.verdict.outcome == plan::Outcome::Failed);
    warnings.extend(failed.map(|(proof, tried)| format!("{}: {}", proof.title, tried.verdict.because)));
    // What a look at the files has named already is not said again.
    let is_told = |doubt: &&String| {
        let named = doubt.split('`').nth(1).map(|name| format!("`{name}`"));
        named.is_none_or(|named| !warnings.iter().any(|warning| warning.starts_with(&named)))
    };
    let doubts: Vec<String> = tried.iter().flat_map(|tried| &tried.doubts).filter(is_told).cloned().collect();
    warnings.extend(doubts);
    warnings.extend(elsewhere(&prepared.request, tried));
    warnings.sort();
    warnings.dedup();
    warnings
}

fn artifact(prepared: &Prepared, staged: &Staged, tried: &[Tried], warnings: Vec<String>) -> Artifact {
    let mut starts =
        tried.iter().find(|tried| !tried.starts_ms.is_empty()).map(|tried| tried.starts_ms.clone()).unwrap_or_default();
    starts.sort_unstable();
    Artifact {
        technology: prepared.plan.technology.clone(),
        target: prepared.request.target.clone(),
        path: staged.path.clone(),
        is_folder: staged.is_folder,
        bytes: staged.bytes,
        sha256: staged.sha256.clone(),
        start_ms: starts.get(starts.len() / 2).copied(),
        first_start_ms: tried.first().and_then(|tried| tried.first_ms),
        command: command_of(&prepared.request),
        python: python_of(prepared),
        warnings,
        verified: tried.first().map_or_else(|| not_tried("").verdict, |tried| tried.verdict.clone()),
        starts: None,
        runs_on: None,
        signed_by: None,
    }
}

/// The project itself and everything of the lock that goes in.
fn components(prepared: &Prepared) -> Vec<Component> {
    let request = &prepared.request;
    let own = Component {
        name: normalize(&request.project.name),
        version: version_of(request).unwrap_or_default(),
        sha256: None,
        licence: request.project.metadata.licence.clone(),
        repository: None,
    };
    let home = home();
    let repository = |url: &str| url.starts_with("git+").then(|| repository_without_home(url, home.as_deref()));
    let packages = request.resolved.locks.values().flat_map(|lock| &lock.packages).map(|package| Component {
        name: package.name.clone(),
        version: package.version.clone(),
        sha256: package.wheel.as_ref().or(package.sdist.as_ref()).map(|file| file.sha256.clone()),
        licence: None,
        repository: package.wheel.as_ref().and_then(|wheel| repository(&wheel.url)),
    });
    let all: BTreeSet<Component> = packages.chain([own]).collect();
    all.into_iter().collect()
}

/// The home of this user as a text. Receipts travel: no path of it is in them.
fn home() -> Option<String> {
    std::env::home_dir().map(|home| home.display().to_string()).filter(|home| home.len() > 1)
}

fn without_home(command: &[String], home: Option<&str>) -> Vec<String> {
    command.iter().map(|word| home.map_or_else(|| word.clone(), |home| word.replace(home, "~"))).collect()
}

/// A document beside an artifact, as it is written: what programs said of themselves is in it.
fn written(document: &impl serde::Serialize) -> Vec<u8> {
    let text = json::pretty(document);
    redaction::without_addressed(&text).into_owned().into_bytes()
}

/// The address of a repository with `~` for the home, however its letters are encoded there.
fn repository_without_home(url: &str, home: Option<&str>) -> String {
    let (Some(path), Some(home)) = (url.strip_prefix("git+file://"), home) else { return url.to_owned() };
    let ends = path.match_indices(['/', '@']).map(|(at, _)| at);
    let mut in_home = ends.filter(|end| percent_decoded(&path[..*end]) == home);
    in_home.next().map_or_else(|| url.to_owned(), |end| format!("git+file://~{}", &path[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_of_the_home_is_in_a_receipt() {
        let home = Some("/home/a b");
        assert_eq!(without_home(&["--in=/home/a b/x".into(), "y".into()], home), ["--in=~/x", "y"]);
        let shown = |url| repository_without_home(url, home);
        assert_eq!(shown("git+file:///home/a%20b/x%20y@12"), "git+file://~/x%20y@12");
        assert_eq!(shown("git+file:///home/%61 b@12"), "git+file://~@12");
        for other in ["git+file:///home/a%20bc/x@12", "git+https://x.test/home/a%20b/x@12"] {
            assert_eq!(shown(other), other);
        }
        assert_eq!(repository_without_home("git+file:///x@12", None), "git+file:///x@12");
    }
}
