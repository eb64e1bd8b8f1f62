//! What somebody is asked to agree to.

use std::collections::BTreeMap;

use super::measure::size;
use super::sentence::sentence;
use super::slots::Sentence;
use crate::plan::{Consent, Remote};
use crate::problem::{count, listing};

/// How many trials are named before the others are only counted.
const NAMED_TRIALS: usize = 5;

/// What is agreed to, without a capital and a full stop, so that what gives the consent can follow. Reasons are told by
/// [`because`]; downloads are told together, by [`downloads`].
pub fn consent(consent: &Consent) -> Option<String> {
    match consent {
        Consent::RunProjectCode { whose, .. } => Some(sentence(Sentence::CodeMayRun, &[&listing(whose)])),
        Consent::StartProgram { starts: all } => Some(sentence(Sentence::IsTried, &[&starts(all)])),
        Consent::Download { .. } => None,
    }
}

/// Why code may run, to follow what may run: the first reason, and how many more there are.
pub fn because(reasons: &[String]) -> String {
    match reasons {
        [] => String::new(),
        [one] => sentence(Sentence::BecauseOne, &[one]),
        [one, more @ ..] => sentence(Sentence::BecauseMore, &[one, &count(more.len(), "more reason")]),
    }
}

/// What trying an artifact starts where nothing confines it, as a sentence without its subject.
pub fn starts(starts: &[String]) -> String {
    let named = &starts[..starts.len().min(NAMED_TRIALS)];
    let more = match starts.len() - named.len() {
        0 => String::new(),
        more => sentence(Sentence::MoreTrials, &[&count(more, "more trial")]),
    };
    sentence(Sentence::Unconfined, &[&named.join("; "), &more])
}

/// What is downloaded in all, each file once however many plans want it; nothing where nothing is downloaded.
pub fn downloads<'a>(files: impl IntoIterator<Item = &'a Remote>) -> Option<String> {
    let files: BTreeMap<&str, Option<u64>> = files.into_iter().map(|file| (file.sha256.as_str(), file.bytes)).collect();
    let bytes: Option<u64> = files.values().copied().sum();
    let size = bytes.map(|bytes| format!(", {}", size(bytes))).unwrap_or_default();
    (!files.is_empty()).then(|| sentence(Sentence::Downloads, &[&count(files.len(), "file"), &size]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, bytes: Option<u64>) -> Remote {
        Remote { name: name.into(), url: String::new(), sha256: format!("sum of {name}"), bytes }
    }

    #[test]
    fn what_several_plans_download_is_counted_once() {
        let (a, b) = (file("a", Some(1_000_000)), file("b", Some(200_000)));
        assert_eq!(downloads([&a, &b, &a]).unwrap(), "needs 2 files, 1.2 MB, downloaded unless they are here already");
        assert!(downloads([&a, &file("c", None)]).unwrap().starts_with("needs 2 files, downloaded"));
        assert_eq!(downloads([]), None);
    }

    #[test]
    fn what_may_run_is_told_with_the_first_reason() {
        let (whose, reasons) = (vec!["app".to_owned()], ["`setup.py`".to_owned(), "a hook".to_owned()]);
        let asked = Consent::RunProjectCode { whose, because: reasons.to_vec() };
        assert_eq!(consent(&asked).unwrap(), "building may run code of app");
        assert_eq!(because(&reasons), ", because `setup.py`, and for 1 more reason");
        assert_eq!(because(&reasons[..1]), ", because `setup.py`");
        assert_eq!(because(&[]), "");
    }

    #[test]
    fn of_many_trials_the_first_are_named() {
        let all: Vec<String> = (0..7).map(|number| format!("runs `{number}`")).collect();
        let told = consent(&Consent::StartProgram { starts: all.clone() }).unwrap();
        assert!(told.starts_with("trying it runs `0`; ") && told.contains("`4`; and 2 more trials, without"), "{told}");
        assert!(!starts(&all[..5]).contains("more trial"));
        assert_eq!(consent(&Consent::Download { files: 1, bytes: None }), None);
    }
}
