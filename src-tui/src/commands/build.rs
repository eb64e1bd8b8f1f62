//! `packwright build`: plan, build, try, hand over.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Args;
use packwright_core::engine::{Agreed, Settings};
use packwright_core::event::BuildId;
use packwright_core::facts::Trial;
use packwright_core::inspect::Inspection;
use packwright_core::problem::{Code, Problem};
use packwright_core::session::{Change, Choice, Intent, Recommended, Summary, View};
use packwright_core::technologies;
use packwright_core::words::shell_line;

use super::chosen::{self, Chosen, with_path};
use super::consent;
use super::making::{Making, Recorded};
use super::remedies;
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

    #[command(flatten)]
    recorded: Recorded,

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

impl Build {
    pub fn run(self, terminal: &Terminal) -> u8 {
        let strict = self.strict;
        let summary = self.make(terminal).unwrap_or_else(|problem| Summary::new(Vec::new(), vec![problem]));
        if terminal.json {
            terminal.print_json(&summary);
        } else {
            terminal.print(&show::artifacts(terminal.style, &summary.artifacts));
            terminal.note(&show::problems(terminal.notes, &summary));
        }
        summary.exit_code(strict)
    }

    fn make(mut self, terminal: &Terminal) -> Result<Summary, Problem> {
        let chosen = chosen::split(&self.words)?;
        // Nothing is half done yet when the password turns out to be wrong.
        let signer = signing::signer(self.sign.as_deref(), terminal)?;
        let (mut script, inspection) = Script::recorded(&chosen.path, self.making.sorting(), self.recorded.file()?)?;
        if !terminal.json {
            terminal.note(&show::left_out_in_short(terminal.notes, &inspection.project.selection.doubts));
        }
        script.dispatch(Intent::Set { settings: Box::new(Settings { signer, ..self.settings() }) });
        let interrupted = watch_interrupts(&script)?;
        let is_interrupted = || interrupted.load(Ordering::SeqCst);
        self.making.ask_for_entry(&inspection.project, terminal, is_interrupted);
        let (wanted, mut refused) = self.wanted(&chosen, &inspection)?;
        let mut progress = Progress::new(terminal).until(&interrupted);
        let mut typed = None;
        let chose = self.intent(wanted).map(|intent| script.choose(intent));
        if let Some(Err(problem)) = chose {
            refused.push(problem);
        } else if chose.is_some() {
            Self::announce(script.view(), &chosen.path, terminal);
            self.plan(&mut script, &mut progress)?;
            // Planning may meet more that would have to run, such as what is offered as source only: each answer is to
            // what was asked, and to nothing else.
            let mut asked = false;
            while let Some(waiting) = self.agrees_to_run(script.view(), terminal, is_interrupted) {
                asked = true;
                script.agree(waiting, Agreed { code: true, start: false })?;
                self.plan(&mut script, &mut progress)?;
            }
            if let Some(asking) = self.agrees_to_start(script.view(), terminal, is_interrupted) {
                asked = true;
                script.agree(asking, Agreed { code: false, start: true })?;
            }
            // One conversation a build is enough.
            typed = if asked { None } else { self.types_first(script.view(), terminal, is_interrupted) };
            if let Some(command) = &typed {
                let planned: Vec<BuildId> = script.view().plans.keys().copied().collect();
                for build in planned {
                    script.change(build, Change::Typed(command.clone()))?;
                }
                self.plan(&mut script, &mut progress)?;
            }
        }
        let warnings = Self::warnings(script.view(), &chosen.path);
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
            script.dispatch(Intent::Build { builds: ready });
            script.until(View::is_settled, |view, updates| progress.show(view, updates))?;
        }
        if let Some(command) = typed.filter(|_| script.view().builds.values().any(|build| build.artifact.is_some())) {
            // Only now: what is built must be what was read.
            script.keep_typed(vec![command])?;
        }
        progress.clear();
        let mut summary = Summary { warnings, ..script.view().summary() };
        summary.problems.append(&mut refused);
        let typed = |problem| remedies::with_command(problem, &chosen.path);
        summary.problems = summary.problems.into_iter().map(typed).collect();
        Ok(summary)
    }

    /// What is asked of the session; nothing where all that was named was refused.
    fn intent(&self, wanted: Vec<Choice>) -> Option<Intent> {
        if self.recommended {
            return Some(Intent::Recommend { os: None, besides: wanted, like: self.making.like() });
        }
        (!wanted.is_empty()).then_some(Intent::Choose { choices: wanted })
    }

    /// Says what comes first, before anything is built.
    fn announce(view: &View, path: &Path, terminal: &Terminal) {
        let Some(recommended) = view.recommended.as_ref().filter(|_| !terminal.json) else { return };
        let first = terminal.notes.strong(&recommended.first);
        if technologies::is_buildable(&recommended.first) {
            return terminal.note(&format!("Recommended: {first}\n"));
        }
        let by_hand = terminal.notes.strong(&shell_line(&remedies::by_hand(&recommended.first, path)));
        terminal.note(&format!(
            "Recommended: {first}, which this version of Packwright does not build\nIts steps to take by hand: {by_hand}\n"
        ));
    }

    /// Why what is built is not what is recommended.
    fn warnings(view: &View, path: &Path) -> Vec<String> {
        let said =
            |recommended: &Recommended| recommended.warnings(&shell_line(&remedies::by_hand(&recommended.first, path)));
        view.recommended.as_ref().map(said).unwrap_or_default()
    }

    /// Waits until everything has a plan or was refused.
    fn plan(&self, script: &mut Script, progress: &mut Progress) -> Result<(), Problem> {
        script.until_planned(|view, updates| progress.show(view, updates))?;
        progress.clear();
        let planned: Vec<String> = script.view().choices.values().map(|choice| choice.technology.clone()).collect();
        // What takes the place of the first choice need not have its options.
        if self.recommended && !planned.is_empty() { self.making.check_options(&planned) } else { Ok(()) }
    }

    /// What is to be built beside what is recommended: what was named, or what the project's settings say. Those that cannot
    /// even be asked for are problems.
    fn wanted(&self, chosen: &Chosen, inspection: &Inspection) -> Result<(Vec<Choice>, Refused), Problem> {
        let (named, saved) = (&chosen.technologies, &inspection.project.settings.build);
        let path = &chosen.path;
        if named.is_empty() && saved.is_empty() && !self.recommended {
            return Err(Problem::new(Code::Usage, "no technology is named, and none is saved for this project")
                .hint_command("Build what is recommended", with_path(["packwright", "build", "--recommended"], path))
                .hint_command("Or see which fits", with_path(["packwright", "advise"], path))
                .hint("Or save your choice: `build = [\"zipapp\"]` under `[tool.packwright]` in `pyproject.toml`"));
        }
        let wanted = if named.is_empty() && !self.recommended { saved } else { named };
        let (mut choices, mut refused) = (Vec::new(), Refused::new());
        for technology in wanted {
            let buildable = chosen::must_be_buildable(technology, path);
            // What the recommended one takes is known when it is chosen.
            let choice = || {
                if self.recommended {
                    Ok(self.making.choice_of(technology))
                } else {
                    self.making.choice(technology, wanted)
                }
            };
            match buildable.and_then(|()| choice()) {
                Ok(choice) => choices.push(choice),
                Err(problem) => refused.push(problem),
            }
        }
        refused.dedup();
        Ok((choices, refused))
    }

    fn settings(&self) -> Settings {
        let settings = self.making.settings();
        Settings {
            out_is_named: self.out.is_some(),
            out: self.out.clone().unwrap_or_default(),
            jobs: self.jobs.map_or(0, usize::from),
            use_cache: !self.no_cache,
            verify: !self.no_verify,
            ..settings
        }
    }

    /// The builds that wait until code may run, where the user agrees to that.
    fn agrees_to_run(
        &self,
        view: &View,
        terminal: &Terminal,
        is_interrupted: impl Fn() -> bool,
    ) -> Option<Vec<BuildId>> {
        let waiting = view.waiting_for_trust();
        let project = view.project.as_ref().filter(|_| !waiting.is_empty())?;
        if self.making.trust || !terminal.can_ask || is_interrupted() {
            return None;
        }
        let question = consent::to_run(terminal.notes, project, view, &waiting);
        (terminal.ask(&question, &is_interrupted) && !is_interrupted()).then_some(waiting)
    }

    /// The builds that could be tried only without a sandbox, where the user agrees to that.
    fn agrees_to_start(
        &self,
        view: &View,
        terminal: &Terminal,
        is_interrupted: impl Fn() -> bool,
    ) -> Option<Vec<BuildId>> {
        let refused = if self.making.trust { Vec::new() } else { view.waiting_for_trust() };
        let asking: Vec<BuildId> = view.asking_to_start().into_iter().filter(|id| !refused.contains(id)).collect();
        // What may not be built without a sandbox is not tried without one either.
        let is_moot = self.making.trust || self.no_verify || self.making.require_sandbox;
        if asking.is_empty() || is_moot || !terminal.can_ask || is_interrupted() {
            return None;
        }
        let question = consent::to_start(terminal.notes, view, &asking);
        (terminal.ask(&question, &is_interrupted) && !is_interrupted()).then_some(asking)
    }
}

impl Build {
    /// What somebody would type first, where nothing says yet how the program is used; asked of people only.
    fn types_first(&self, view: &View, terminal: &Terminal, is_interrupted: impl Fn() -> bool) -> Option<String> {
        let project = view.project.as_ref()?;
        let entry = project.entry_points.first()?;
        let is_known =
            !project.commands.is_empty() || !self.making.typed.is_empty() || project.settings.trial.is_some();
        let is_a_server =
            matches!(project.trial.value, Trial::Http { .. } | Trial::Window { .. } | Trial::Import { .. });
        // Of what is not built or not tried, because somebody declined, nothing is typed either.
        let is_declined = !view.waiting_for_trust().is_empty() || !view.asking_to_start().is_empty();
        let is_moot =
            is_known || is_a_server || is_declined || self.no_verify || self.making.trust || view.plans.is_empty();
        if is_moot || !terminal.can_ask || is_interrupted() {
            return None;
        }
        let question = format!(
            "What would you type first? It is tried with every build, for example `{}`. Enter for nothing: ",
            terminal.notes.strong(&format!("{} --help", entry.name))
        );
        terminal.ask_for(&question, &is_interrupted).filter(|command| !command.is_empty() && !is_interrupted())
    }
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
