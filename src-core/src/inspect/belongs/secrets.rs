//! Files that hold secrets are left out, unless they are code or what builds are made by: those are told as risks.

use std::collections::HashSet;
use std::path::Path;

use super::DEFINITIONS;
use crate::facts::{Doubt, DoubtKind, Risk, RiskKind, Source};
use crate::inspect::code::is_python;
use crate::inspect::regular;
use crate::inspect::secrets::{is_made_up, search};
use crate::inspect::tree::Tree;

/// Most files that are looked into, those nearest to the top first; most bytes of one, and of all.
const MOST_FILES: usize = 400;
const LARGEST: u64 = 256 << 10;
const MOST_BYTES: usize = 8 << 20;

/// The largest notebook that is looked into, in bytes: its outputs are in it.
const LARGEST_NOTEBOOK: u64 = 2 << 20;

/// Ends of names of text files in which people keep logins; files without an ending are looked into as well.
const TEXTS: [&str; 24] = [
    "json",
    "toml",
    "yaml",
    "yml",
    "ini",
    "cfg",
    "conf",
    "config",
    "env",
    "properties",
    "xml",
    "plist",
    "txt",
    "pem",
    "key",
    "p8",
    "asc",
    "ipynb",
    "sh",
    "bat",
    "ps1",
    "npmrc",
    "md",
    "html",
];

/// Looks into the files that may hold a secret.
pub(super) fn leave_out(tree: &mut Tree) {
    let mut candidates: Vec<(usize, &str)> = tree
        .files
        .iter()
        .filter(|file| file.link.is_none() && is_text(&file.path))
        .map(|file| (file.path.matches('/').count(), file.path.as_str()))
        .collect();
    // Some of them are of tests and examples.
    let most = MOST_FILES * 2;
    if candidates.len() > most {
        candidates.select_nth_unstable(most);
        candidates.truncate(most);
    }
    candidates.retain(|(_, path)| !is_made_up(path));
    candidates.sort_unstable();
    candidates.truncate(MOST_FILES);
    let has_code = tree.files.iter().any(|file| is_python(&file.path));
    let candidates: Vec<String> = candidates.into_iter().map(|(_, path)| path.to_owned()).collect();
    let (mut read, mut out, mut risks) = (0, HashSet::new(), Vec::new());
    for path in candidates.iter().map(String::as_str) {
        let most = if path.ends_with(".ipynb") { LARGEST_NOTEBOOK } else { LARGEST };
        let Ok(bytes) = regular::read(&tree.root.join(path), most) else { continue };
        read += bytes.len();
        if read > MOST_BYTES {
            break;
        }
        risks.extend(lost_link(tree, path, &bytes));
        let Some(secret) = search(path, &bytes).into_iter().next() else { continue };
        let name = path.rsplit('/').next().unwrap_or(path);
        let stays = DEFINITIONS.contains(&name) || is_reading(name) || path.ends_with(".ipynb") && !has_code;
        if stays {
            let source = Source::line(path, secret.line);
            risks.push(Risk { kind: RiskKind::Secret, what: secret.what.to_owned(), source });
        } else {
            let doubt = Doubt::left_out(path, DoubtKind::Secret);
            tree.doubts.push(Doubt { line: Some(secret.line), ..doubt });
            out.insert(path.to_owned());
        }
    }
    tree.risks.extend(risks);
    if !out.is_empty() {
        tree.files.retain(|file| !out.contains(&file.path));
    }
}

/// A text that is nothing but the path of something in the project: what a checkout leaves where it can make no links.
fn lost_link(tree: &Tree, path: &str, bytes: &[u8]) -> Option<Risk> {
    let target = std::str::from_utf8(bytes).ok().filter(|text| text.len() < 256 && !text.contains(['\n', ' ']))?;
    let is_one = target.contains('/') && !path.contains('.') && !target.starts_with('/');
    let end = resolved(path, target).filter(|_| is_one)?;
    let is_there = tree.has(&end) || tree.has_folder(&end);
    let what = format!("it is a text that names `{target}`, where a link was before it was copied here");
    let source = Source::File { path: path.to_owned(), line: None };
    is_there.then_some(Risk { kind: RiskKind::LinkOutside, what, source })
}

/// Where a relative path leads from a file, from the root; `None` where that is outside.
fn resolved(file: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = file.split('/').collect();
    parts.pop();
    for part in target.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if part == ".." {
            parts.pop()?;
        } else {
            parts.push(part);
        }
    }
    Some(parts.join("/"))
}

/// Whether a build may need it because metadata names it.
fn is_reading(name: &str) -> bool {
    let name = name.to_lowercase();
    ["readme", "license", "licence", "copying", "changelog", "notice", "authors", "requirements"]
        .iter()
        .any(|start| name.starts_with(start))
}

fn is_text(path: &str) -> bool {
    let name = Path::new(path.rsplit('/').next().unwrap_or(path));
    let ending = name.extension().and_then(|ending| ending.to_str());
    ending.is_none_or(|ending| TEXTS.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}
