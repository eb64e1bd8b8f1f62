//! `packwright verify`: try an artifact again.

use std::cell::RefCell;
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use packwright_core::engine::signature::{SignatureError, Signers};
use packwright_core::engine::{Cancel, Engine, Verifying};
use packwright_core::event::{BuildId, Event, Record};
use packwright_core::plan::Outcome;
use packwright_core::problem::{Code, Problem};
use packwright_core::session::{Update, View};

use super::consent;
use crate::progress::Progress;
use crate::show;
use crate::terminal::Terminal;

/// Compare an artifact with its receipt, look at who signed that, and try the artifact again where it was tried before
///
/// That it matches its receipt says nothing of who wrote the receipt: only a signature does, checked with a key that you
/// have from its owner. `ssh-keygen -Y verify -n packwright-receipt` checks the same.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  packwright verify examples/weather-cli/dist/weather-cli-1.2.0-any-zipapp.pyz
  packwright verify app.pyz --key id_ed25519.pub
  packwright verify app.pyz --allowed-signers ~/.ssh/allowed_signers")]
pub struct Verify {
    /// The artifact; its receipt lies beside it
    artifact: PathBuf,

    /// Public key of OpenSSH that must have signed the receipt
    #[arg(long, value_name = "FILE", conflicts_with = "allowed_signers")]
    key: Option<PathBuf>,

    /// List of keys of which one must have signed the receipt, as `ssh-keygen` reads it
    #[arg(long, value_name = "FILE")]
    allowed_signers: Option<PathBuf>,

    /// Start it, to try it, even where no sandbox confines it
    #[arg(long)]
    trust: bool,
}

impl Verify {
    pub fn run(self, terminal: &Terminal) -> Result<u8, Problem> {
        let agrees = |starts: &[String]| {
            let question = || consent::to_start_again(terminal.notes, starts);
            self.trust || (terminal.can_ask && terminal.ask(&question(), || false))
        };
        let progress = RefCell::new((View::default(), Progress::new(terminal)));
        let began = Instant::now();
        let told = |event| {
            if !terminal.json {
                follow(&mut progress.borrow_mut(), began, event);
            }
        };
        let verifying = Verifying { signers: self.signers()?, agrees: &agrees, told: &told };
        let verified = Engine::open()?.verify(&self.artifact, &verifying, &Cancel::default());
        progress.borrow_mut().1.clear();
        let verified = verified?;
        let failed = verified.verdicts.iter().any(|verdict| verdict.outcome == Outcome::Failed);
        if terminal.json {
            let mut said = serde_json::json!(verified);
            said["matches_receipt"] = true.into();
            terminal.print_json(&said);
        } else {
            terminal.print(&show::verified(terminal.style, &self.artifact, &verified));
        }
        Ok(if failed { Code::CheckFailed.exit_code() } else { 0 })
    }

    /// Whose signatures are accepted, where that is said.
    fn signers(&self) -> Result<Option<Signers>, SignatureError> {
        match (&self.key, &self.allowed_signers) {
            (Some(key), _) => Signers::key(key).map(Some),
            (None, Some(list)) => Signers::list(list).map(Some),
            (None, None) => Ok(None),
        }
    }
}

/// Shows what is being tried, as a build does.
fn follow((view, progress): &mut (View, Progress), began: Instant, event: Event) {
    let at = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    let update = Update::Happened(Record { v: Record::VERSION, at, build: Some(BuildId(1)), event });
    view.apply(&update);
    progress.show(view, &[update]);
}
