//! The proxies that this machine's apt goes through, as apt.conf(5) has them.
//!
//! What makes a root file system has an apt of its own, which reads none of this machine's settings: behind a proxy it would
//! reach no mirror. So it is told by the variables that every apt heeds.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::inspect::regular;

/// What apt calls "no proxy".
const DIRECT: &str = "DIRECT";

/// Variables for a program that fetches packages of Debian: those of the settings below `/etc/apt`, which count more than the
/// user's own. An empty value is no proxy.
pub(in crate::engine) fn proxies(apt: &Path) -> BTreeMap<String, String> {
    let mut settings = BTreeMap::new();
    for file in files(apt) {
        if let Ok(bytes) = regular::read(&file, regular::LARGEST) {
            read(&String::from_utf8_lossy(&bytes), &mut settings);
        }
    }
    let named = |kind: &str| settings.get(&format!("acquire::{kind}::proxy")).filter(|proxy| !proxy.is_empty());
    let http = named("http");
    // What is set for the one holds for the other unless it has its own.
    let all = [("http_proxy", http), ("https_proxy", named("https").or(http))];
    let value = |proxy: &String| if proxy.eq_ignore_ascii_case(DIRECT) { String::new() } else { proxy.clone() };
    all.into_iter().filter_map(|(name, proxy)| Some((name.to_owned(), value(proxy?)))).collect()
}

/// The files in which settings are, in the order in which they count: later ones more.
fn files(apt: &Path) -> Vec<PathBuf> {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    let is_read = |path: &PathBuf| {
        let ending = path.extension();
        let name = path.file_name().and_then(|name| name.to_str());
        ending.is_none_or(|ending| ending == "conf") && name.is_some_and(|name| name.chars().all(is_plain))
    };
    let parts = std::fs::read_dir(apt.join("apt.conf.d")).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = parts.map(|entry| entry.path()).filter(is_read).collect();
    files.sort();
    files.push(apt.join("apt.conf"));
    files
}

/// A part of the text: a word, which may have been in quotes, or one of `{`, `}` and `;`.
#[derive(Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Mark(char),
}

/// Adds what a text sets: values by their names in small letters, with `::` between the parts.
fn read(text: &str, settings: &mut BTreeMap<String, String>) {
    let mut scopes: Vec<String> = Vec::new();
    let mut words: Vec<String> = Vec::new();
    for token in tokens(text) {
        let mark = match token {
            Token::Word(word) => {
                words.push(word);
                continue;
            }
            Token::Mark(mark) => mark,
        };
        let mut said = words.drain(..);
        match (mark, said.next()) {
            ('{', name) => scopes.push(name.unwrap_or_default().to_lowercase()),
            ('}', _) => drop(scopes.pop()),
            (_, Some(name)) => {
                let name = scopes.iter().cloned().chain([name.to_lowercase()]).collect::<Vec<_>>().join("::");
                settings.extend(said.next().map(|value| (name, value)));
            }
            (_, None) => {}
        }
    }
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let after = &rest[first.len_utf8()..];
        // A line that begins with `#` is a comment or one of apt's own directives.
        rest = if first == '#' || rest.starts_with("//") {
            rest.split_once('\n').map_or("", |(_, more)| more)
        } else if let Some(comment) = rest.strip_prefix("/*") {
            comment.split_once("*/").map_or("", |(_, more)| more)
        } else if first == '"' {
            let (word, more) = after.split_once('"').unwrap_or((after, ""));
            tokens.push(Token::Word(word.to_owned()));
            more
        } else if "{};".contains(first) {
            tokens.push(Token::Mark(first));
            after
        } else {
            let is_end = |letter: char| letter.is_whitespace() || "{};\"".contains(letter);
            let (word, more) = rest.split_at(rest.find(is_end).unwrap_or(rest.len()));
            tokens.push(Token::Word(word.to_owned()));
            more
        }
        .trim_start();
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is found in these files, as `name=value`.
    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("apt.conf.d")).unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        proxies(folder.path()).into_iter().map(|(name, value)| format!("{name}={value}")).collect()
    }

    #[test]
    fn proxies_are_found_however_they_are_written() {
        let both = ["http_proxy=http://proxy.invalid:3128/", "https_proxy=http://proxy.invalid:3128/"];
        for text in [
            "Acquire::http::Proxy \"http://proxy.invalid:3128/\";",
            "acquire::HTTP::proxy http://proxy.invalid:3128/;",
            "APT::X \"1\";\nAcquire {\n  Retries \"3\";\n  http { Timeout 5; Proxy \"http://proxy.invalid:3128/\"; };\n};\n",
            "// Acquire::http::Proxy \"http://old.invalid\";\n#clear Acquire::http;\n/* Acquire::http::Proxy \"b\"; */\n\
             Acquire::http { Proxy \"http://proxy.invalid:3128/\"; }",
        ] {
            assert_eq!(found(&[("apt.conf.d/50proxy", text)]), both, "{text}");
        }
    }

    #[test]
    fn later_files_count_more_and_those_that_apt_does_not_read_nothing() {
        let proxy = |host: &str| format!("Acquire::http::Proxy \"http://{host}.invalid\";");
        let (first, last, main, none) = (proxy("first"), proxy("last"), proxy("main"), proxy("none"));
        let parts = [("apt.conf.d/10a", first.as_str()), ("apt.conf.d/90b.conf", &last), ("apt.conf.d/95.bak", &none)];
        assert_eq!(found(&parts)[0], "http_proxy=http://last.invalid");
        assert_eq!(found(&[&parts[..], &[("apt.conf", &main)]].concat())[0], "http_proxy=http://main.invalid");
    }

    #[test]
    fn one_for_https_is_its_own_and_direct_is_none() {
        let text = "Acquire::http::Proxy \"http://a.invalid\";\nAcquire::https::Proxy \"DIRECT\";";
        assert_eq!(found(&[("apt.conf", text)]), ["http_proxy=http://a.invalid", "https_proxy="]);
    }

    #[test]
    fn a_text_that_is_cut_off_anywhere_is_read_or_passed_over() {
        let text = "Acquire { http { Proxy \"http://a.invalid\"; /* é */ }; # x\n// y\n};";
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            let _ = found(&[("apt.conf", &text[..end])]);
        }
        assert!(found(&[]).is_empty());
    }
}
