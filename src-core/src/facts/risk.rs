//! What may go wrong in some artifact, seen before any build.

use serde::{Deserialize, Serialize};

use super::Source;

/// Something found in the code that breaks some artifacts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Risk {
    /// What it is.
    pub kind: RiskKind,
    /// The code or name in question.
    pub what: String,
    /// Where.
    pub source: Source,
}

impl Risk {
    /// The requirement that has to be declared, where that mends it.
    pub fn requirement(&self) -> Option<&str> {
        let is_mended =
            matches!(self.kind, RiskKind::UndeclaredImport | RiskKind::UnlistedRequirement | RiskKind::GoneModule);
        is_mended.then_some(self.what.as_str())
    }
}

/// Kinds of risks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RiskKind {
    /// `importlib.import_module(name)` or `__import__(name)` with a name that is computed.
    DynamicImport,
    /// A file opened relative to `__file__`.
    FileBesideCode,
    /// `importlib.metadata` or `pkg_resources` asked for a distribution at run time.
    DistributionMetadata,
    /// `multiprocessing` without `freeze_support`.
    Multiprocessing,
    /// An extension module in the project's own tree.
    NativeCode,
    /// A path that tools stumble over: leading dash, newline, quotes, longer than 255 bytes.
    HostilePath,
    /// Something that no build takes: a pipe, a socket, a device, or a name that is not UTF-8.
    LeftOut,
    /// A file that the program opens and the selection leaves out.
    IgnoredFile,
    /// A link that leads outside the project, or nowhere.
    LinkOutside,
    /// A module of the project that hides one of the standard library.
    ShadowsStandardLibrary,
    /// A command whose function is a coroutine, which nothing awaits.
    CoroutineCommand,
    /// A file of the project that is opened relative to the folder in which the program is started.
    FileInWorkingFolder,
    /// A file that is written into that folder.
    WrittenInWorkingFolder,
    /// A file that is written beside the code.
    WrittenBesideCode,
    /// `importlib.resources` asked for a folder without `__init__.py`.
    ResourceFolder,
    /// A path of `as_file` that is used after its block.
    PathKept,
    /// `sys.executable` started with modules of the program.
    StartsPython,
    /// A file below `sys.prefix`, as `data_files` are installed.
    InstalledData,
    /// Something that only its owner should know, in a file that is part of the project.
    Secret,
    /// A service that shows its insides to whoever asks: `debug=True`.
    Debug,
    /// The key that a service signs with, written in the code.
    SigningKey,
    /// A service that only its own machine can reach.
    LoopbackOnly,
    /// A distribution whose module the program imports, and that nothing declares: what has to be declared.
    UndeclaredImport,
    /// A module that the program imports, that nothing declares, and of which nobody knows for sure where it comes from.
    UnknownImport,
    /// A requirement of a file that pip reads, beside metadata that lists none: what has to be declared.
    UnlistedRequirement,
    /// A module that later versions of the distribution that is declared do not have: what has to be declared instead.
    GoneModule,
    /// A module of the project that hides a dependency.
    ShadowsDependency,
    /// A dependency that comes from elsewhere than the index, which a wheel of the project does not say.
    LocalSource,
    /// A name that is none: tools give it another one.
    RenamedDistribution,
    /// An index that the project names, which is asked only where the user's own configuration names it too.
    NamedIndex,
}

/// A line that may be written otherwise, so that what a risk is about is found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// The kind of risk that it takes away.
    pub kind: RiskKind,
    /// The line.
    pub source: Source,
    /// What stands there, without the spaces around it.
    pub before: String,
    /// What may stand there.
    pub after: String,
}
