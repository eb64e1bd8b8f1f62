//! What no plan may have, whoever wrote it: paths that lead out, functions that do not exist, patterns that are none.

use regex::Regex;
use url::Url;

use super::AdoptError;
use crate::plan::{Act, Action, Item, Look, Maker, Pick, Piece, Plan, Product, Proof, Remote, Step, Word, maker};

pub(super) fn plan(plan: &Plan) -> Result<(), AdoptError> {
    let wrong = |what: String| Err(AdoptError::Wrong { place: "the plan".into(), what });
    let is_id =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if plan.technology.is_empty() || !is_id(&plan.technology) {
        return wrong(format!("`{}` for a technology, which is a word of small letters", plan.technology));
    }
    if plan.products.is_empty() {
        return wrong("no product, so nothing would come of it".into());
    }
    plan.steps.iter().try_for_each(step)?;
    plan.proofs.iter().try_for_each(proof)?;
    for look in &plan.looks {
        found("what is looked at", [words_are_plain([look.of()]), pattern_of(look)])?;
    }
    plan.products.iter().try_for_each(product)
}

/// What is wrong at a place, in words; nothing where all is right.
type Fault = Option<String>;

fn found(place: &str, faults: impl IntoIterator<Item = Fault>) -> Result<(), AdoptError> {
    match faults.into_iter().flatten().next() {
        Some(what) => Err(AdoptError::Wrong { place: place.to_owned(), what }),
        None => Ok(()),
    }
}

fn step(step: &Step) -> Result<(), AdoptError> {
    let no_time = (step.within == 0).then(|| "no time at all to end in".to_owned());
    found(&format!("the step `{}`", step.id), [no_time, words_are_plain(step.action.words()), action(&step.action)])
}

fn action(action: &Action) -> Fault {
    match action {
        Action::Run { commands, .. } => commands.is_empty().then(|| "no command to run".to_owned()),
        Action::Lay { items } => items.iter().find_map(item),
        Action::Pack { items, to, .. } => items.iter().find_map(item).or_else(|| file_name(to)),
        Action::Fetch { files } => files.iter().find_map(remote),
        Action::Make { maker, .. } => unknown_maker(maker),
    }
}

fn proof(proof: &Proof) -> Result<(), AdoptError> {
    proof.furnish.iter().try_for_each(step)?;
    found(&format!("the trial `{}`", proof.title), [words_are_plain(proof.words()), proof.acts.iter().find_map(act)])
}

fn act(act: &Act) -> Fault {
    match act {
        Act::Do { expect, .. } => {
            let known = expect.known.iter().map(|known| &known.pattern);
            expect.complaints.iter().chain(known).find_map(|pattern| regular_expression(pattern))
        }
        Act::Beside { .. } | Act::Start { .. } | Act::Survey { .. } | Act::Help { .. } | Act::Untouched { .. } => None,
    }
}

fn pattern_of(look: &Look) -> Fault {
    match look {
        Look::Lines { pattern, .. } => regular_expression(pattern),
        Look::Member { .. } | Look::Binaries { .. } | Look::Paths { .. } => None,
    }
}

fn product(product: &Product) -> Result<(), AdoptError> {
    match product {
        Product::Place { pick: picked, name, starts, .. } => {
            found("a product", [pick(picked), name.as_deref().and_then(file_name), starts.as_deref().and_then(path)])
        }
        Product::Published { .. } => Ok(()),
    }
}

fn item(item: &Item) -> Fault {
    path(&item.at)
}

fn remote(file: &Remote) -> Fault {
    let hash = &file.sha256;
    let is_hash = hash.len() == 64 && hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let is_address = Url::parse(&file.url).is_ok_and(|url| matches!(url.scheme(), "https" | "http" | "file"));
    file_name(&file.name)
        .or_else(|| (!is_hash).then(|| format!("`{hash}` for a SHA-256, which has 64 hexadecimal digits")))
        .or_else(|| (!is_address).then(|| format!("`{}` for an address, which is none that is fetched", file.url)))
}

fn unknown_maker(wanted: &Maker) -> Fault {
    let is_known = maker::ALL.iter().any(|(name, revision)| *name == wanted.name && *revision == wanted.revision);
    (!is_known)
        .then(|| format!("`{}` in revision {}, a function that this version lacks", wanted.name, wanted.revision))
}

fn words_are_plain<'a>(words: impl IntoIterator<Item = &'a Word>) -> Fault {
    words.into_iter().flat_map(|word| &word.0).find_map(|piece| match piece {
        Piece::Source(text) | Piece::Out(text) | Piece::Scratch(text) => path(text),
        Piece::Output(_, picked) => pick(picked),
        Piece::Text(_) | Piece::Tool(_) | Piece::Secret(_) | Piece::Mirrors(_) => None,
    })
}

fn pick(pick: &Pick) -> Fault {
    match pick {
        Pick::Folder => None,
        Pick::Path(text) | Pick::One(text) | Pick::All(text) => path(text),
    }
}

/// A relative path with `/` between parts that are neither `..` nor strange to a file system; empty for the root.
fn path(text: &str) -> Fault {
    let is_plain = !text.contains(['\0', '\\']) && !text.starts_with('/') && text.split('/').all(|part| part != "..");
    (!is_plain).then(|| format!("the path `{}`, which leads out of its folder", text.escape_debug()))
}

fn file_name(text: &str) -> Fault {
    let is_name = !text.is_empty() && text != "." && !text.contains('/') && path(text).is_none();
    (!is_name).then(|| format!("`{}` for a file name", text.escape_debug()))
}

fn regular_expression(pattern: &str) -> Fault {
    Regex::new(pattern).err().map(|_| format!("`{pattern}` for a regular expression, which is none"))
}
