//! Words that several screens of the command line share.

use packwright_core::catalogue::{Layer, SizeClass, StartClass, Status};
use packwright_core::engine::signature::Signature;
use packwright_core::facts::RiskKind;
use packwright_core::plan::{Action, Outcome};
use packwright_core::problem::{count, listing};

/// What `packwright` alone and its short help end with.
pub const FIRST_STEPS: &str = "\
First steps:
  packwright inspect .               what kind of project is this
  packwright advise .                which way to ship it, and why
  packwright build --recommended .   build that, try it, hand it over";

/// What the long help ends with.
pub const EXIT_CODES: &str = "\
Exit codes:
    0  done; also with warnings, and where nothing could be tried (1 under --strict)
    1  a build or a trial failed
    2  the command line, an option or a fact is wrong
    3  the project cannot be read
    4  a tool is missing, or it cannot be built here: not for that target, or not by this version
    5  consent was refused, or nobody could be asked
  130  cancelled
 128+n the terminal UI was ended by signal n; the terminal is put back
With several technologies all are attempted; the highest code is given.";

/// How the paths of a dry run are to be read.
pub const SANDBOX_PATHS: &str =
    "/pw/src is the project, /pw/in/N the output of a step's N-th input, /pw/out the folder a step writes.";

/// Why code may run, to follow what may run: the first reason, and how many more there are.
pub fn because(reasons: &[String]) -> String {
    match reasons {
        [] => String::new(),
        [one] => format!(", because {one}"),
        [one, more @ ..] => format!(", because {one}, and for {}", count(more.len(), "more reason")),
    }
}

/// The level that is none: what it names carries artifacts of the others.
pub const BESIDE_THE_LEVELS: &str = "delivery";

/// Why there is no further question: none would matter, or those that do were left open or are unlikely to.
pub fn no_question(is_decided: bool) -> &'static str {
    if is_decided {
        "No question is left that is likely to change the answer"
    } else {
        "That is enough: what is still open you did not know, or it is unlikely to change the answer"
    }
}

/// What a layer of the gradient is called.
pub fn layer(layer: Layer) -> &'static str {
    match layer {
        Layer::Code => "your code",
        Layer::Dependencies => "dependencies",
        Layer::Python => "Python",
        Layer::Userspace => "userspace",
        Layer::Kernel => "kernel",
        Layer::Hardware => "hardware",
    }
}

/// What several layers are called, in a sentence.
pub fn layers(layers: &[Layer]) -> String {
    if layers.is_empty() {
        "nothing".into()
    } else {
        listing(&layers.iter().map(|one| layer(*one)).collect::<Vec<_>>())
    }
}

/// How large artifacts usually are.
pub fn size_class(size: SizeClass) -> &'static str {
    match size {
        SizeClass::Kilobytes => "kilobytes",
        SizeClass::Megabytes => "a few megabytes",
        SizeClass::TensOfMegabytes => "tens of megabytes",
        SizeClass::HundredsOfMegabytes => "hundreds of megabytes",
        SizeClass::Gigabytes => "gigabytes",
    }
}

/// How fast artifacts usually start.
pub fn start_class(start: StartClass) -> &'static str {
    match start {
        StartClass::Instant => "at once",
        StartClass::Fast => "in under half a second",
        StartClass::SlowFirst => "slowly the first time, fast afterwards",
        StartClass::Seconds => "in seconds",
        StartClass::Minutes => "in minutes",
    }
}

/// How alive a technology is.
pub fn status(status: Status) -> &'static str {
    match status {
        Status::Maintained => "maintained",
        Status::Quiet => "in use, few releases",
        Status::Dormant => "no release for years",
        Status::Superseded => "replaced by something else",
    }
}

/// What a step may reach.
pub fn network(action: &Action) -> Option<&'static str> {
    match action {
        Action::Fetch { .. } => Some("reaches the package index"),
        Action::Run { may, .. } => (!may.network.is_own()).then_some("reaches whatever this machine reaches"),
        Action::Lay { .. } | Action::Pack { .. } | Action::Make { .. } => None,
    }
}

/// How many trials are named before the others are only counted.
const NAMED_TRIALS: usize = 5;

/// What trying an artifact starts where nothing confines it, as a sentence without its subject.
pub fn starts(starts: &[String]) -> String {
    let named = &starts[..starts.len().min(NAMED_TRIALS)];
    let more = starts.len() - named.len();
    let more = if more > 0 { format!("; and {}", count(more, "more trial")) } else { String::new() };
    format!("{}{more}, without a sandbox, so it may do whatever you may", named.join("; "))
}

/// Who signed a receipt.
pub fn signature(signature: &Signature) -> String {
    match signature {
        Signature::Absent => "not signed: anybody may have written it".into(),
        Signature::Unchecked { key } => format!("signed by {key}, not checked, because no key was given"),
        Signature::Good { key, signer: Some(signer) } => format!("signed by {signer}, with the key {key}"),
        Signature::Good { key, signer: None } => format!("signed with the key {key}"),
    }
}

/// What was proven.
pub fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::BootedAndAnswered => "booted and answered",
        Outcome::Answered => "answered",
        Outcome::InstalledAndRan => "installed and ran",
        Outcome::AppliedTwice => "applied twice",
        Outcome::Ran => "ran",
        Outcome::Linted => "checked by its own linter",
        Outcome::NotTried => "not tried",
        Outcome::Failed => "failed",
    }
}

/// What a risk means for an artifact; it follows what was found and a colon.
pub fn risk(kind: RiskKind) -> &'static str {
    match kind {
        RiskKind::DynamicImport => "imports a module whose name is computed; tools that follow imports miss it",
        RiskKind::FileBesideCode => "opens a file beside its code; inside an archive there is none",
        RiskKind::DistributionMetadata => "asks for installed metadata, which some artifacts leave out",
        RiskKind::Multiprocessing => "starts processes without freeze_support; a frozen program starts itself again",
        RiskKind::NativeCode => "holds native code; the artifact fits one platform only",
        RiskKind::HostilePath => "tools stumble over that",
        RiskKind::IgnoredFile => "opens a file that is left out of the build",
        RiskKind::LinkOutside => "no artifact holds what is behind it",
        RiskKind::ShadowsStandardLibrary => "a module of the project hides the standard library's of this name",
        RiskKind::NamedIndex => "asked only where your own configuration names it too; otherwise nothing is built",
    }
}
