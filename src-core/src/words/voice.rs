//! The words of `words.toml`, by the ids of what they name.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::slots::Sentence;
use crate::catalogue::{Layer, SizeClass, StartClass, Status};
use crate::embedded::data;
use crate::event::{Quality, StepEnd};
use crate::facts::{DoubtKind, Fate, RiskKind};
use crate::plan::Outcome;

/// Words for every id, in one language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    pub(super) layer: BTreeMap<Layer, String>,
    pub(super) size: BTreeMap<SizeClass, String>,
    pub(super) start: BTreeMap<StartClass, String>,
    pub(super) status: BTreeMap<Status, String>,
    pub(super) outcome: BTreeMap<Outcome, String>,
    pub(super) quality: BTreeMap<Quality, String>,
    pub(super) step: BTreeMap<StepEnd, String>,
    pub(super) risk: BTreeMap<RiskKind, String>,
    pub(super) doubt: BTreeMap<DoubtKind, String>,
    pub(super) fate: BTreeMap<Fate, String>,
    pub(super) sentence: BTreeMap<Sentence, String>,
    pub(super) missing: BTreeMap<String, String>,
}

/// The words in English.
pub(super) static WORDS: LazyLock<Words> = LazyLock::new(|| data!("words/words.toml"));

/// The words for an id.
pub(super) fn of<K: Ord>(table: &'static BTreeMap<K, String>, id: &K) -> &'static str {
    table.get(id).expect("compiled in, and a test looks for every id")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every variant of an enum. One that is missing here does not compile, and one without words fails.
    macro_rules! have_words {
        ($table:expr, $kind:ident { $($variant:ident),* $(,)? }) => {
            let _ = |one: $kind| match one { $($kind::$variant => {})* };
            for one in [$($kind::$variant),*] {
                assert!($table.get(&one).is_some_and(|words| !words.is_empty()), "{one:?} has no words");
            }
        };
    }

    #[test]
    fn every_id_has_its_words_and_no_word_is_unused() {
        // What is no id of these is refused when the words are read.
        let words = &*WORDS;
        have_words!(words.layer, Layer { Code, Dependencies, Python, Userspace, Kernel, Hardware });
        have_words!(words.size, SizeClass { Kilobytes, Megabytes, TensOfMegabytes, HundredsOfMegabytes, Gigabytes });
        have_words!(words.start, StartClass { Instant, Fast, SlowFirst, Seconds, Minutes });
        have_words!(words.status, Status { Maintained, Quiet, Dormant, Superseded });
        have_words!(
            words.outcome,
            Outcome { BootedAndAnswered, Answered, InstalledAndRan, AppliedTwice, Ran, Linted, NotTried, Failed }
        );
        have_words!(words.quality, Quality { Ready, Warned, Untried, Failing });
        have_words!(words.step, StepEnd { Done, Cached, Failed, Cancelled });
        have_words!(
            words.risk,
            RiskKind {
                DynamicImport,
                FileBesideCode,
                DistributionMetadata,
                Multiprocessing,
                NativeCode,
                HostilePath,
                LeftOut,
                IgnoredFile,
                LinkOutside,
                ShadowsStandardLibrary,
                CoroutineCommand,
                FileInWorkingFolder,
                WrittenInWorkingFolder,
                WrittenBesideCode,
                ResourceFolder,
                PathKept,
                StartsPython,
                InstalledData,
                Secret,
                Debug,
                SigningKey,
                LoopbackOnly,
                UndeclaredImport,
                UnknownImport,
                UnlistedRequirement,
                GoneModule,
                ShadowsDependency,
                LocalSource,
                RenamedDistribution,
                NamedIndex,
            }
        );
        have_words!(
            words.doubt,
            DoubtKind {
                Credential,
                Secret,
                Database,
                Log,
                Backup,
                Environment,
                Cache,
                Litter,
                BuildOutput,
                Ignored,
                Unwanted,
            }
        );
        have_words!(words.fate, Fate { Asked, LeftOut, Taken, Tracked });
    }

    #[test]
    fn a_word_for_what_is_no_id_is_refused() {
        let text = include_str!("words.toml").replace("kernel = ", "colonel = ");
        let refused = toml::from_str::<Words>(&text).unwrap_err().to_string();
        assert!(refused.contains("colonel"), "{refused}");
    }
}
