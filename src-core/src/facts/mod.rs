//! What is known: adjectives used to decide ([`Facts`]) and nouns used to build ([`Project`], [`Target`]).
//!
//! A fact is a question such as `audience`; its tags are the answers such as `end-users`. Both come from
//! the vocabulary, so an unknown word is an error at the edge and impossible inside. A fact that is absent
//! is unknown, and unknown is never an error.

mod belongs;
mod entry;
pub mod index;
mod known;
mod lock;
mod own_module;
pub(crate) mod pep;
mod project;
mod reference;
mod risk;
mod source;
mod target;
mod trial;
mod vocabulary;

pub use belongs::{Doubt, DoubtKind, Fate, Sorting};
pub use entry::{EntryKind, EntryPoint, Runner};
pub use index::{IndexRole, NamedIndex, Tied};
pub use known::{Facts, FactsError, Known};
pub use lock::{LockFile, LockKind};
pub use own_module::OwnModule;
pub(crate) use project::normalize;
pub use project::{
    BuildSystem, DataFile, Definition, ImportPackage, Member, Metadata, Project, Requirement, Selection, Settings,
    Version,
};
pub(crate) use reference::module_of;
pub use reference::{NoReference, Reference};
pub use risk::{Edit, Risk, RiskKind};
pub use source::{Evidence, Source};
pub use target::{Arch, Environment, Libc, Os, Platform, PythonVersion, Target, TargetError};
pub use trial::{Trial, Tries};
pub use vocabulary::{Fact, Tag, Tags, UnknownWord, Vocabulary, nearest};
