//! `setup.cfg`: sections of options, of which setuptools reads those that describe the distribution and those of the
//! commands that a build runs.

use super::attribute;
use super::data::SetupCfg;
use super::look::Look;
use super::place::leaves;
use super::requires::is_more;
use super::rules::{Kind, Verdict};
use crate::facts::Source;
use crate::inspect::configparser::{self, Entry, Section};
use crate::inspect::metadata::setup_cfg::PATH;
use crate::inspect::tree::Exact;

/// The sections; an error is a line, from 1, and what is wrong there.
///
/// Only the plain form is read, about which every version of Python's `configparser` agrees with the reader here.
pub(super) fn sections(text: &str) -> Result<Vec<Section>, (usize, String)> {
    for (index, line) in text.split('\n').enumerate() {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let wrong = |what: &str| Err((index + 1, what.to_owned()));
        if line.chars().any(|c| c.is_control() && c != '\t') {
            return wrong("has a control character");
        }
        if line.starts_with(|c: char| c.is_whitespace() && c != ' ' && c != '\t') {
            return wrong("begins with unusual white space");
        }
        let Some(header) = line.strip_prefix('[') else { continue };
        let name = header.trim_end().strip_suffix(']').unwrap_or_default();
        if name.is_empty() || name.trim() != name || name.contains(['[', ']']) {
            return wrong("is no plain name of a section");
        }
    }
    let mut is_inside = false;
    for (index, line) in text.lines().enumerate() {
        let is_empty = line.trim().is_empty() || line.trim_start().starts_with(['#', ';']);
        if line.starts_with([' ', '\t']) && !is_empty && !is_inside {
            return Err((index + 1, "is indented, and there is nothing that it belongs to".into()));
        }
        is_inside = is_inside && (is_empty || line.starts_with([' ', '\t']))
            || !is_empty && !line.starts_with(['[', ' ', '\t']);
    }
    configparser::parse(text)
}

impl Look<'_> {
    /// Looks at every option that a build reads.
    pub(super) fn setup_cfg(&mut self, known: &SetupCfg) {
        let text = match self.tree.exact(PATH) {
            Exact::Text(text) => text,
            Exact::Absent => return,
            Exact::Unclear(why) => {
                return self.ask(Source::File { path: PATH.into(), line: None }, format!("`{PATH}` {why}"));
            }
        };
        let sections = match sections(&text) {
            Ok(sections) => sections,
            Err((line, why)) => return self.ask(Source::line(PATH, line), format!("line {line} of `{PATH}` {why}")),
        };
        for section in &sections {
            let describes = known.describing.iter().any(|start| section.name.starts_with(start.as_str()));
            if describes || known.commands.contains(&section.name) {
                section.entries.iter().for_each(|entry| self.option(known, section, entry, describes));
            }
        }
    }

    fn option(&mut self, known: &SetupCfg, section: &Section, entry: &Entry, describes: bool) {
        let (source, key) = (Source::line(PATH, entry.line), format!("`{}` of `[{}]`", entry.key, section.name));
        let value = entry.text();
        if value.contains("%(") {
            return self.ask(source, format!("{key} is put together from other options"));
        }
        let path = [section.name.clone(), entry.name()];
        let Verdict::Kind(kind) = known.rules.of(&path, false) else {
            return self.ask(source, format!("{key} is not known to be harmless"));
        };
        let value = value.trim();
        let directive = |name: &str| value.strip_prefix(name).filter(|_| describes);
        let why = match (kind, directive("attr:"), directive("file:")) {
            (Kind::Asks(why), ..) => Some(why.clone()),
            (_, Some(reference), _) => attribute::runs(self.tree, &self.folders, reference),
            (_, _, Some(files)) => self.leaving(files),
            (Kind::Path, ..) => self.leaving(value).or_else(|| self.leaving(&entry.key)),
            (Kind::Requirements, ..) => {
                entry.lines.iter().flat_map(|(line, _)| line.split(", ")).find_map(|text| is_more(self.backend, text))
            }
            _ => None,
        };
        if let Some(why) = why {
            self.ask(source, format!("{key} {why}"));
        }
    }

    /// Why one of the paths in a text leads out of the project.
    fn leaving(&self, text: &str) -> Option<String> {
        let separates = |c: char| c.is_whitespace() || matches!(c, ',' | '=');
        text.split(separates).find_map(|part| {
            let why =
                leaves(part).or_else(|| self.is_behind_link(part).then_some("is behind a link out of the project"));
            why.map(|why| format!("has `{part}`, which {why}"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_every_configparser_reads_in_the_same_way_is_read() {
        for text in [
            "[options]\rcmdclass = x\n",
            "[a]\u{c}b]\n",
            "[options] ; [x]\n",
            "[ options ]\n",
            "[a]b]\n",
            "[]\n",
            "[options]\n cmdclass = x\n",
            "[a]\nb = c\n[options]\n  cmdclass = x\n",
            "[a]\nb = c\n\u{a0}d = e\n",
            "a = 1\n",
        ] {
            assert!(sections(text).is_err(), "{text:?}");
        }
        let read = sections("# x\n[a]\nb =\n  c\n\n  d\n# e\n\tf\n\n[g] \r\nh: i\r\n").unwrap();
        assert_eq!(read[0].entries[0].text(), "c\nd\nf");
        assert_eq!((read[1].name.as_str(), read[1].entries[0].text().as_str()), ("g", "i"));
    }
}
