//! Which sentences there are, and what is put into each.

use serde::Deserialize;

/// The sentences of `words.toml`, each with the names of what is put into it.
macro_rules! sentences {
    ($($(#[$doc:meta])* $name:ident [$($slot:literal),*],)*) => {
        /// A sentence, or a part of one.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Sentence {
            $($(#[$doc])* $name,)*
        }

        impl Sentence {
            /// All of them.
            #[cfg(test)]
            pub(super) const ALL: &[Self] = &[$(Self::$name),*];

            /// The names of what is put into it.
            pub(super) fn slots(self) -> &'static [&'static str] {
                match self {
                    $(Self::$name => &[$($slot),*],)*
                }
            }
        }
    };
}

sentences! {
    /// No layer, no tool.
    Nothing [],
    /// No technology is left.
    NothingFits [],
    /// It needs nothing that is not there anyway.
    NeedsNothing [],
    /// What it needs is known to its build alone.
    NeedsUnknown [],
    /// How the paths in a plan are to be read.
    SandboxPaths [],
    /// No further question would matter.
    NoQuestionDecided [],
    /// Those that would were left open, or are unlikely to matter.
    NoQuestionOpen [],
    /// What the project lacks for a technology.
    NeedsFirst ["what"],
    /// A step without a command.
    OwnWork [],
    /// A step that runs code of somebody else.
    ForeignCode [],
    /// A step that downloads.
    ReachesIndex [],
    /// A step in the network of the machine.
    ReachesAll [],
    /// Whose code a build may run.
    CodeMayRun ["whose"],
    /// Why, for one reason.
    BecauseOne ["reason"],
    /// Why, for several reasons of which one is told.
    BecauseMore ["reason", "more"],
    /// What trying it starts.
    IsTried ["starts"],
    /// What is started where nothing confines it.
    Unconfined ["starts", "more"],
    /// How many trials are not named.
    MoreTrials ["more"],
    /// What plans download.
    Downloads ["files", "size"],
    /// A receipt without a signature.
    Unsigned [],
    /// A signature of which nobody said whose it should be.
    SignedUnchecked ["key"],
    /// A signature of somebody who is known.
    SignedBy ["signer", "key"],
    /// A signature by a key that was given.
    SignedWith ["key"],
    /// What was built before is what it was, and works.
    AgainGood [],
    /// It is what it was, and fails.
    AgainFailing [],
    /// It is what it was.
    AgainUntried [],
    /// A tool that is got when it is needed.
    ToolManaged [],
    /// A tool that is not here.
    ToolMissing [],
    /// A tool that is not as it was installed.
    ToolDamaged ["damage"],
    /// How much is free.
    Free ["size"],
    /// How little is free.
    FreeScarce ["size"],
    /// How long it takes to start.
    Starts ["later"],
    /// The same, and how long the first start takes.
    StartsFirst ["later", "first"],
    /// What to send: one file.
    SendFile ["name", "size"],
    /// What to send: a folder.
    SendFolder ["name", "size"],
    /// What the receiver needs where it brings no Python.
    NeedsPython ["python", "system"],
    /// What the receiver needs where it brings its Python.
    NeedsSystem ["system"],
    /// The same, where dependencies are fetched there.
    NeedsIndex ["needs"],
    /// Any system will do.
    AnySystem [],
    /// A Python of which nothing more is known.
    AnyPython [],
    /// Python from a version on.
    PythonFrom ["version"],
    /// One Python only.
    PythonOnly ["version"],
    /// How it is started there.
    StartedWith ["command"],
    /// How it is installed there.
    InstalledWith ["command"],
    /// How it is started there once it is installed.
    ThenStartedWith ["sentence", "command"],
    /// How it is started there, where nothing is known but its name.
    StartedByOpening ["name"],
    /// The same on Windows.
    OnWindows ["sentence", "command"],
    /// Nobody knows how much is free.
    FreeUnknown [],
}
