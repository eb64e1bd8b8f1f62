//! `packwright build`: plan, build, try, hand over.

mod recommended;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Args;
use packwright_core::engine::{Agreed, Settings};
use packwright_core::event::BuildId;
use packwright_core::inspect::Inspection;
use packwright_core::problem::{Code, Problem};
use packwright_core::session::{Intent, Summary, View};
use packwright_core::technologies;

use self::recommended::Recommended;
use super::chosen::{self, Chosen, with_path};
use super::consent;
use super::making::Making;
use super::signing;
use crate::progress::Progress;
use crate::script::Script;
use crate::show;
use crate::terminal::Terminal;

/// Build artifacts, try them in a clean place, and hand them over with a receipt
///
/// Without a technology, the choices saved for this project are repeated. A word that is the id of a technology is one;
/// anything else comes last and is the path.
#[derive(Debug, Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
#[command(after_help = "Examples:
  packwright build --recommended
  packwright build zipapp pex examples/weather-cli --out dist
  packwright build wheel --strict --json
  packwright build pex --option layout=loose --target python=3.12")]
pub struct Build {
    /// Technologies, and last the folder of the project or one script
    #[arg(value_name = "TECHNOLOGY… PATH")]
    words: Vec<PathBuf>,

    /// Build what `packwright advise` puts first. Where this version or the project cannot, the second best is built and
    /// the summary says so; where too much speaks against that, nothing is
    #[arg(long)]
    recommended: bool,

    /// Folder for the artifacts; `dist` in the project unless said
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    #[command(flatten)]
    making: Making,

    /// Steps that run at the same time; the number of cores unless said
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,

    /// Private key of OpenSSH that signs the receipts; `PACKWRIGHT_SIGN` names one for all builds
    #[arg(long, value_name = "KEY")]
    sign: Option<PathBuf>,

    /// Do every step anew, and keep no outputs
    #[arg(long)]
    no_cache: bool,

    /// Do not try the artifacts
    #[arg(long)]
    no_verify: bool,

    /// Exit with 1 when there are warnings or something was not tried
    #[arg(long)]
    strict: bool,
}

/// A build that was refused before it had a number.
type Refused = Vec<Problem>;

/// The builds that were asked for, each with its technology.
type Ordered = Vec<(BuildId, String)>;

impl Build {
    pub fn run(self, terminal: &Terminal) -> u8 {
        let mut summary = self.make(terminal).unwrap_or_else(|problem| Summary::new(Vec::new(), vec![problem]));
        summary.problems = summary.problems.into_iter().map(consent::named).collect();
        if terminal.json {
            terminal.print_json(&summary);
        } else {
            terminal.print(&show::artifacts(terminal.style, &summary.artifacts));
            terminal.note(&show::problems(terminal.notes, &summary));
        }
        summary.exit_code(self.strict)
    }

    fn make(&self, terminal: &Terminal) -> Result<Summary, Problem> {
        let chosen = chosen::split(&self.words)?;
        // Nothing is half done yet when the password turns out to be wrong.
        let signer = signing::signer(self.sign.as_deref(), terminal)?;
        let (mut script, inspection) = Script::open(&chosen.path)?;
        let mut failed = Refused::new();
        let mut recommended = match self.recommended(&chosen, &inspection, terminal) {
            // What was named besides is built all the same.
            Err(problem) if !chosen.technologies.is_empty() => {
                failed.push(problem);
                None
            }
            recommended => recommended?,
        };
        let path = chosen.path.clone();
        let wanted = Self::wanted(chosen, recommended.as_ref(), &inspection)?;
        let settings = Settings { signer, ..self.settings(&inspection) };
        let interrupted = watch_interrupts(&script)?;
        let (mut ordered, mut refused) = self.order(&mut script, &wanted, &path, &settings);
        refused.append(&mut failed);
        let mut progress = Progress::new(terminal).until(&interrupted);
        self.until_planned(&mut script, &mut ordered, recommended.as_mut(), &settings, &mut progress)?;
        let is_interrupted = || interrupted.load(Ordering::SeqCst);
        let mut agreed: Vec<BuildId> = Vec::new();
        // Planning may meet more that would have to run, such as what is offered as source only: each answer is to what
        // was asked, and to nothing else.
        while self.agrees_to_run(&script, &agreed, &inspection, terminal, is_interrupted) {
            script.dispatch(Intent::Trust { to: Agreed { code: true, start: false } });
            agreed = script.view().plans.keys().copied().collect();
            for (id, technology) in ordered.iter().filter(|(id, _)| !agreed.contains(id)) {
                script.plan(*id, self.making.choice(technology, &technologies_of(&ordered))?, settings.clone());
            }
            self.until_planned(&mut script, &mut ordered, recommended.as_mut(), &settings, &mut progress)?;
        }
        if self.agrees_to_start(&script, &agreed, terminal, &settings, is_interrupted) {
            script.dispatch(Intent::Trust { to: Agreed { code: false, start: true } });
        }
        let warnings = recommended.as_ref().map(Recommended::warnings).unwrap_or_default();
        if !terminal.json {
            for warning in &warnings {
                terminal.note(&show::warning(terminal.notes, warning));
            }
        }
        if is_interrupted() {
            if !script.view().summary().problems.iter().any(|problem| problem.code == Code::Cancelled) {
                refused.push(Problem::new(Code::Cancelled, "cancelled before anything was built"));
            }
        } else {
            let ready = script.view().plans.keys().copied().collect();
            script.dispatch(Intent::Build { builds: ready, settings });
            script.until(View::is_settled, |view, updates| progress.show(view, updates))?;
        }
        progress.clear();
        let mut view = script.view().clone();
        if let Some(recommended) = &recommended
            && let Some(problem) = recommended.exhausted()
        {
            // It says what the last refusal says, and the others too.
            view.builds.retain(|_, build| !build.problem.as_ref().is_some_and(|problem| recommended.refused(problem)));
            refused.push(problem);
        }
        let mut summary = Summary { warnings, ..view.summary() };
        summary.problems.append(&mut refused);
        Ok(summary)
    }

    /// What the advice puts first, where that is asked for.
    fn recommended(
        &self,
        chosen: &Chosen,
        inspection: &Inspection,
        terminal: &Terminal,
    ) -> Result<Option<Recommended>, Problem> {
        if !self.recommended {
            return Ok(None);
        }
        let recommended =
            Recommended::of(&technologies::advise(&inspection.facts), &chosen.technologies, &chosen.path)?;
        if !terminal.json {
            terminal.note(&recommended.announced(terminal.notes));
        }
        Ok(Some(recommended))
    }

    /// What is to be built: what was named, what is recommended, or what the project's settings say.
    fn wanted(
        chosen: Chosen,
        recommended: Option<&Recommended>,
        inspection: &Inspection,
    ) -> Result<Vec<String>, Problem> {
        let mut named = chosen.technologies;
        named.extend(recommended.and_then(Recommended::technology).map(str::to_owned));
        let saved = &inspection.project.settings.build;
        if named.is_empty() && saved.is_empty() {
            let path = &chosen.path;
            return Err(Problem::new(Code::Usage, "no technology is named, and none is saved for this project")
                .hint_command("Build what is recommended", with_path(["packwright", "build", "--recommended"], path))
                .hint_command("Or see which fits", with_path(["packwright", "advise"], path))
                .hint("Or save your choice: `build = [\"zipapp\"]` under `[tool.packwright]` in `pyproject.toml`"));
        }
        Ok(if named.is_empty() { saved.clone() } else { named })
    }

    fn settings(&self, inspection: &Inspection) -> Settings {
        let out = self.out.clone().unwrap_or_else(|| inspection.project.root.join("dist"));
        let settings = self.making.settings(out);
        Settings {
            out_is_named: self.out.is_some(),
            jobs: self.jobs.map_or(settings.jobs, usize::from),
            use_cache: !self.no_cache,
            verify: !self.no_verify,
            ..settings
        }
    }

    /// Asks for a plan of each technology; those that cannot even be asked for are problems.
    fn order(&self, script: &mut Script, wanted: &[String], path: &Path, settings: &Settings) -> (Ordered, Refused) {
        let mut ordered = Ordered::new();
        let mut refused = Refused::new();
        for (technology, number) in wanted.iter().zip(1..) {
            let buildable = chosen::must_be_buildable(technology, path);
            match buildable.and_then(|()| self.making.choice(technology, wanted)) {
                Ok(choice) => {
                    ordered.push((BuildId(number), technology.clone()));
                    script.plan(BuildId(number), choice, settings.clone());
                }
                Err(problem) => refused.push(problem),
            }
        }
        refused.dedup();
        (ordered, refused)
    }

    /// Waits until everything has a plan or was refused. Where the project refuses what is recommended, the next best is
    /// planned in its place: nothing was built yet.
    fn until_planned(
        &self,
        script: &mut Script,
        ordered: &mut Ordered,
        mut recommended: Option<&mut Recommended>,
        settings: &Settings,
        progress: &mut Progress,
    ) -> Result<(), Problem> {
        loop {
            let builds: Vec<BuildId> = ordered.iter().map(|(id, _)| *id).collect();
            script.until_planned(&builds, |view, updates| progress.show(view, updates))?;
            progress.clear();
            let Some(recommended) = recommended.as_deref_mut() else { return Ok(()) };
            let at = ordered.iter().position(|(_, technology)| Some(technology.as_str()) == recommended.technology());
            let refused = at.and_then(|at| Some((at, script.view().builds.get(&ordered[at].0)?.problem.as_ref()?)));
            let Some((at, problem)) = refused else { return Ok(()) };
            if !recommended.passes_over(problem) {
                return Ok(());
            }
            let Some(next) = recommended.technology() else { return Ok(()) };
            next.clone_into(&mut ordered[at].1);
            let choice = self.making.choice(next, &technologies_of(ordered))?;
            script.plan(ordered[at].0, choice, settings.clone());
        }
    }

    /// Whether something else than what was agreed to waits until its build code may run, and the user agrees to that.
    fn agrees_to_run(
        &self,
        script: &Script,
        agreed: &[BuildId],
        inspection: &Inspection,
        terminal: &Terminal,
        is_interrupted: impl Fn() -> bool,
    ) -> bool {
        let view = script.view();
        let waiting = waiting(view, agreed);
        if waiting.is_empty() || self.making.trust || !terminal.can_ask || is_interrupted() {
            return false;
        }
        let question = consent::to_run(terminal.notes, &inspection.project, view, &waiting);
        terminal.ask(&question, &is_interrupted) && !is_interrupted()
    }

    /// Whether something that will be built could be tried only without a sandbox, and the user agrees to that.
    fn agrees_to_start(
        &self,
        script: &Script,
        agreed: &[BuildId],
        terminal: &Terminal,
        settings: &Settings,
        is_interrupted: impl Fn() -> bool,
    ) -> bool {
        let view = script.view();
        let refused = if settings.trusted { Vec::new() } else { waiting(view, agreed) };
        let asking: Vec<BuildId> = view.asking_to_start().into_iter().filter(|id| !refused.contains(id)).collect();
        // What may not be built without a sandbox is not tried without one either.
        let is_moot = settings.may_start || self.no_verify || settings.require_sandbox;
        if asking.is_empty() || is_moot || !terminal.can_ask || is_interrupted() {
            return false;
        }
        terminal.ask(&consent::to_start(terminal.notes, view, &asking), &is_interrupted) && !is_interrupted()
    }
}

/// Builds that wait for consent, but for those whose plans have it by now.
fn waiting(view: &View, agreed: &[BuildId]) -> Vec<BuildId> {
    view.waiting_for_trust().into_iter().filter(|id| !agreed.contains(id)).collect()
}

fn technologies_of(ordered: &Ordered) -> Vec<String> {
    ordered.iter().map(|(_, technology)| technology.clone()).collect()
}

/// The first interrupt asks everything to stop, which leaves nothing half-written; the second ends the process.
fn watch_interrupts(script: &Script) -> Result<Arc<AtomicBool>, Problem> {
    let interrupted = Arc::new(AtomicBool::new(false));
    let (flag, dispatcher) = (interrupted.clone(), script.dispatcher());
    let handler = move || {
        if flag.swap(true, Ordering::SeqCst) {
            std::process::exit(i32::from(Code::Cancelled.exit_code()));
        }
        dispatcher.dispatch(Intent::Cancel { build: None });
    };
    ctrlc::set_handler(handler)
        .map_err(|error| Problem::new(Code::BuildFailed, "cannot watch for interrupts").because(&error))?;
    Ok(interrupted)
}
