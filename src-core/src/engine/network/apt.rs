//! Where this machine gets packages of Debian from: its own sources of a suite, as apt has them.
//!
//! Only what is the suite itself counts: its main component, its updates and its security. Sources of others that are made
//! for the suite are none of it.

use std::path::{Path, PathBuf};

use crate::inspect::regular;

/// A source that is the suite itself.
#[derive(Debug, Default, PartialEq, Eq)]
struct Origin {
    uris: Vec<String>,
    suites: Vec<String>,
    components: Vec<String>,
    signed_by: Option<String>,
}

/// The machine's sources of a suite in `/etc/apt`, one a line as in `sources.list`(5); `None` where it has none. One with a
/// login in its address is passed over: whoever runs in what is made of it would read that.
pub(in crate::engine) fn sources(apt: &Path, suite: &str) -> Option<String> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(apt.join("sources.list.d"))
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    files.sort();
    files.insert(0, apt.join("sources.list"));
    let mut lines = Vec::new();
    for file in files {
        let is_new = file.extension().is_some_and(|ending| ending == "sources");
        if !is_new && file.extension().is_none_or(|ending| ending != "list") {
            continue;
        }
        let Ok(bytes) = regular::read(&file, regular::LARGEST) else { continue };
        let text = String::from_utf8_lossy(&bytes);
        let origins = if is_new { stanzas(&text) } else { text.lines().filter_map(one_line).collect() };
        lines.extend(origins.into_iter().filter(|origin| origin.is_of(suite)).flat_map(Origin::lines));
    }
    // Of the suite itself, not only of its updates.
    lines.iter().any(|line| line.split(' ').any(|word| word == suite)).then(|| lines.join("\n") + "\n")
}

impl Origin {
    fn is_of(&self, suite: &str) -> bool {
        let own = [suite.to_owned(), format!("{suite}-updates"), format!("{suite}-security")];
        let is_plain = |uri: &String| {
            let rest = uri.strip_prefix("http://").or_else(|| uri.strip_prefix("https://"));
            rest.is_some_and(|rest| !rest.contains(['@', '[', ' ']))
        };
        !self.suites.is_empty()
            && self.suites.iter().all(|named| own.contains(named))
            && self.components.iter().any(|component| component == "main")
            && !self.uris.is_empty()
            && self.uris.iter().all(is_plain)
    }

    fn lines(self) -> Vec<String> {
        let option = self.signed_by.map(|key| format!("[signed-by={key}] ")).unwrap_or_default();
        let pairs = self.uris.iter().flat_map(|uri| self.suites.iter().map(move |suite| (uri, suite)));
        pairs.map(|(uri, suite)| format!("deb {option}{uri} {suite} main")).collect()
    }
}

/// A line of `sources.list`.
fn one_line(line: &str) -> Option<Origin> {
    let rest = line.split('#').next()?.trim().strip_prefix("deb ")?.trim_start();
    let (options, rest) = match rest.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?,
        None => ("", rest),
    };
    let mut words = rest.split_whitespace().map(str::to_owned);
    let (uri, suite) = (words.next()?, words.next()?);
    let signed_by = options.split_whitespace().find_map(|option| option.strip_prefix("signed-by="));
    Some(Origin {
        uris: vec![uri],
        suites: vec![suite],
        components: words.collect(),
        signed_by: signed_by.and_then(key),
    })
}

/// The stanzas of a file in the format of deb822(5).
fn stanzas(text: &str) -> Vec<Origin> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let text = lines.collect::<Vec<_>>().join("\n");
    text.split("\n\n").filter_map(stanza).collect()
}

fn stanza(text: &str) -> Option<Origin> {
    let field = |name: &str| {
        let mut lines = text
            .lines()
            .skip_while(|line| !line.split_once(':').is_some_and(|(field, _)| field.trim().eq_ignore_ascii_case(name)));
        let first = lines.next()?.split_once(':')?.1.to_owned();
        let more = lines.take_while(|line| line.starts_with([' ', '\t']));
        Some(more.fold(first, |all, line| format!("{all} {}", line.trim())))
    };
    let words = |name: &str| -> Vec<String> {
        field(name).iter().flat_map(|value| value.split_whitespace()).map(str::to_owned).collect()
    };
    let is_off = field("Enabled").is_some_and(|value| ["no", "false", "off", "0"].contains(&value.trim()));
    if is_off || !words("Types").iter().any(|kind| kind == "deb") {
        return None;
    }
    let signed_by = field("Signed-By").and_then(|value| key(value.trim()));
    Some(Origin { uris: words("URIs"), suites: words("Suites"), components: words("Components"), signed_by })
}

/// A file with keys; keys that stand in the source itself are left to be found.
fn key(text: &str) -> Option<String> {
    (text.starts_with('/') && !text.contains(|letter: char| letter.is_whitespace() || letter == ']'))
        .then(|| text.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is found for `bookworm` in these files.
    fn found(files: &[(&str, &str)]) -> Option<String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("sources.list.d")).unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        sources(folder.path(), "bookworm")
    }

    #[test]
    fn the_mirrors_of_a_machine_are_read_in_both_formats() {
        let new = "Types: deb\n# the mirror\nURIs: http://mirror.invalid/debian\nSuites: bookworm bookworm-updates\n\
                   Components: main contrib\nSigned-By: /usr/share/keyrings/debian.gpg\n\nTypes: deb-src\n\
                   URIs: http://mirror.invalid/src\nSuites: bookworm\nComponents: main\n";
        let key = "[signed-by=/usr/share/keyrings/debian.gpg]";
        let lines = format!(
            "deb {key} http://mirror.invalid/debian bookworm main\n\
             deb {key} http://mirror.invalid/debian bookworm-updates main\n"
        );
        assert_eq!(found(&[("sources.list.d/debian.sources", new)]), Some(lines));
        let old = "# all\ndeb [arch=amd64 signed-by=/k.gpg] https://mirror.invalid/debian bookworm main # best\n";
        let line = "deb [signed-by=/k.gpg] https://mirror.invalid/debian bookworm main\n";
        assert_eq!(found(&[("sources.list", old)]).as_deref(), Some(line));
    }

    #[test]
    fn sources_of_others_and_of_other_suites_do_not_count() {
        for (name, text) in [
            ("sources.list", "deb https://docker.invalid/linux/debian bookworm stable\n"),
            ("sources.list", "deb https://pg.invalid/apt bookworm-pgdg main\n"),
            ("sources.list", "deb http://mirror.invalid/debian trixie main\n"),
            ("sources.list", "deb http://mirror.invalid/security bookworm-security main\n"),
            ("sources.list", "deb http://me:secret@mirror.invalid/debian bookworm main\n"),
            ("sources.list", "deb file:/srv/debian bookworm main\n"),
            ("sources.list.d/x.list.disabled", "deb http://mirror.invalid/debian bookworm main\n"),
            (
                "sources.list.d/x.sources",
                "Types: deb\nEnabled: no\nURIs: http://m.invalid\nSuites: bookworm\nComponents: main\n",
            ),
        ] {
            assert_eq!(found(&[(name, text)]), None, "{text}");
        }
        assert_eq!(found(&[]), None);
    }
}
