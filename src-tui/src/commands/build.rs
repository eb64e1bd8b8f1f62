//! `packwright build`: plan, build, try, hand over.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Args;
use packwright_core::engine::Settings;
use packwright_core::event::BuildId;
use packwright_core::inspect::Inspection;
use packwright_core::problem::{Code, Problem};
use packwright_core::session::{Intent, Summary};
use packwright_core::technologies;

use super::making::Making;
use super::{chosen, consent};
use crate::script::Script;
use crate::show::{self, Progress};
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

    /// Build what `packwright advise` puts first among what can be built
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
        let (mut script, inspection) = Script::open(&chosen.path)?;
        let wanted = self.wanted(chosen.technologies, &inspection, terminal)?;
        let mut settings = self.settings(&inspection);
        let interrupted = watch_interrupts(&script)?;
        let (builds, mut refused) = self.order(&mut script, &wanted, &settings);
        let mut progress = Progress::new(terminal).until(&interrupted);
        script.until_planned(&builds, |view, updates| progress.show(view, updates))?;
        progress.clear();
        let is_interrupted = || interrupted.load(Ordering::SeqCst);
        if !is_interrupted() && self.consented(&script, &inspection, terminal, is_interrupted) {
            settings.trusted = true;
            script.dispatch(Intent::Trust);
            let planned: Vec<BuildId> = script.view().plans.keys().copied().collect();
            for (id, technology) in builds.iter().zip(&wanted).filter(|(id, _)| !planned.contains(id)) {
                script.plan(*id, self.making.choice(technology, &wanted)?, settings.clone());
            }
            script.until_planned(&builds, |view, updates| progress.show(view, updates))?;
        }
        if is_interrupted() {
            if !script.view().summary().problems.iter().any(|problem| problem.code == Code::Cancelled) {
                refused.push(Problem::new(Code::Cancelled, "cancelled before anything was built"));
            }
        } else {
            let ready = script.view().plans.keys().copied().collect();
            script.dispatch(Intent::Build { builds: ready, settings });
            script.until(packwright_core::session::View::is_settled, |view, updates| progress.show(view, updates))?;
        }
        progress.clear();
        let mut summary = script.view().summary();
        summary.problems.append(&mut refused);
        Ok(summary)
    }

    /// What is to be built: what was named, what is recommended, or what the project's settings say.
    fn wanted(
        &self,
        mut named: Vec<String>,
        inspection: &Inspection,
        terminal: &Terminal,
    ) -> Result<Vec<String>, Problem> {
        if self.recommended {
            let best = recommended(inspection)?;
            if !terminal.json {
                terminal.note(&format!("Recommended: {}\n", terminal.notes.strong(&best)));
            }
            if !named.contains(&best) {
                named.push(best);
            }
        }
        let saved = &inspection.project.settings.build;
        if named.is_empty() && saved.is_empty() {
            return Err(Problem::new(Code::Usage, "no technology is named, and none is saved for this project")
                .hint_command("Build what is recommended", ["packwright", "build", "--recommended"])
                .hint_command("Or see which fits", ["packwright", "advise"])
                .hint("Or save your choice: `build = [\"zipapp\"]` under `[tool.packwright]` in `pyproject.toml`"));
        }
        Ok(if named.is_empty() { saved.clone() } else { named })
    }

    fn settings(&self, inspection: &Inspection) -> Settings {
        let out = self.out.clone().unwrap_or_else(|| inspection.project.root.join("dist"));
        let settings = self.making.settings(out);
        Settings {
            jobs: self.jobs.map_or(settings.jobs, usize::from),
            use_cache: !self.no_cache,
            verify: !self.no_verify,
            ..settings
        }
    }

    /// Asks for a plan of each technology; those that cannot even be asked for are problems.
    fn order(&self, script: &mut Script, wanted: &[String], settings: &Settings) -> (Vec<BuildId>, Refused) {
        let mut builds = Vec::new();
        let mut refused = Refused::new();
        for (technology, number) in wanted.iter().zip(1..) {
            match self.making.choice(technology, wanted) {
                Ok(choice) => {
                    builds.push(BuildId(number));
                    script.plan(BuildId(number), choice, settings.clone());
                }
                Err(problem) => refused.push(problem),
            }
        }
        refused.dedup();
        (builds, refused)
    }

    /// Whether something waits for consent, and the user gives it.
    fn consented(
        &self,
        script: &Script,
        inspection: &Inspection,
        terminal: &Terminal,
        is_interrupted: impl Fn() -> bool,
    ) -> bool {
        let view = script.view();
        let waiting = view.waiting_for_consent(!self.no_verify);
        if waiting.is_empty() || self.making.trust || !terminal.can_ask {
            return false;
        }
        let question = consent::question(terminal.notes, &inspection.project, view, &waiting);
        terminal.ask(&question, &is_interrupted) && !is_interrupted()
    }
}

fn recommended(inspection: &Inspection) -> Result<String, Problem> {
    let advice = technologies::advise(&inspection.facts);
    let best = technologies::best_buildable(&advice).map(|best| best.technology.clone());
    best.ok_or_else(|| {
        let because = advice.nothing_fits().map(|out| out.because.clone());
        let problem = Problem::new(Code::Unsuitable, "nothing that can be built here fits this project");
        let problem = because.into_iter().fold(problem, Problem::cause);
        problem.hint_command("See why", ["packwright", "advise"])
    })
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
