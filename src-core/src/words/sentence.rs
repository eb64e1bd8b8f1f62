//! Whole sentences, and parts of them, with places for what is different each time.

use std::borrow::Cow;

use super::measure::duration;
use super::slots::Sentence;
use super::voice::{WORDS, of};
use crate::advice::Recommendation;
use crate::engine::signature::Signature;
use crate::event::Artifact;
use crate::technologies;

/// A sentence with what is put into it, in the order of its names.
pub fn sentence(which: Sentence, values: &[&str]) -> String {
    let mut rest = of(&WORDS.sentence, &which);
    let mut told = String::new();
    // Put in one by one from the left: what was put in may hold a brace of its own.
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, behind)) = after.split_once('}') else { break };
        let at = which.slots().iter().position(|slot| *slot == name);
        told.push_str(before);
        told.push_str(at.and_then(|at| values.get(at)).copied().unwrap_or_default());
        rest = behind;
    }
    told + rest
}

/// Why there is no further question: none would matter, or those that do were left open or are unlikely to.
pub fn no_question(is_decided: bool) -> String {
    sentence(if is_decided { Sentence::NoQuestionDecided } else { Sentence::NoQuestionOpen }, &[])
}

/// How long an artifact takes to start: later, and the first time where that is known; `None` where it was not measured.
pub fn starts_in(artifact: &Artifact) -> Option<String> {
    let later = duration(artifact.start_ms?);
    Some(match artifact.first_start_ms {
        Some(first) => sentence(Sentence::StartsFirst, &[&later, &duration(first)]),
        None => sentence(Sentence::Starts, &[&later]),
    })
}

/// What the project lacks before a technology can be made of it; nothing where it can.
pub fn needs_first(one: &Recommendation) -> Option<String> {
    one.needs.as_ref().map(|needs| sentence(Sentence::NeedsFirst, &[&needs.message]))
}

/// What is told of a runner-up in one sentence: what it needs first, or what speaks for it.
pub fn told_of(one: &Recommendation) -> Cow<'_, str> {
    needs_first(one).map_or_else(|| technologies::told_of(one).into(), Cow::from)
}

/// Who signed a receipt.
pub fn signature(signature: &Signature) -> String {
    match signature {
        Signature::Absent => sentence(Sentence::Unsigned, &[]),
        Signature::Unchecked { key } => sentence(Sentence::SignedUnchecked, &[key]),
        Signature::Good { key, signer: Some(signer) } => sentence(Sentence::SignedBy, &[signer, key]),
        Signature::Good { key, signer: None } => sentence(Sentence::SignedWith, &[key]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sentence_is_there_and_names_what_is_put_into_it() {
        let name = regex::Regex::new(r"\{([^}]*)\}").unwrap();
        for which in Sentence::ALL {
            let text = WORDS.sentence.get(which).unwrap_or_else(|| panic!("{which:?} is missing"));
            let mut named: Vec<&str> = name.captures_iter(text).map(|found| found.get(1).unwrap().as_str()).collect();
            let mut slots = which.slots().to_vec();
            named.sort_unstable();
            slots.sort_unstable();
            assert_eq!(named, slots, "{which:?}");
        }
    }

    #[test]
    fn what_is_put_in_is_not_read_again() {
        assert_eq!(sentence(Sentence::SignedBy, &["{key}", "SHA256:x"]), "signed by {key}, with the key SHA256:x");
    }

    #[test]
    fn a_signature_is_told_with_its_key() {
        let good = |signer: Option<&str>| Signature::Good { key: "k".into(), signer: signer.map(str::to_owned) };
        assert_eq!(signature(&good(Some("me"))), "signed by me, with the key k");
        assert_eq!(signature(&good(None)), "signed with the key k");
        assert_eq!(signature(&Signature::Absent), "not signed: anybody may have written it");
    }
}
