//! Secrets in texts: tokens of known form, and values of names that say so. What is found is told by its kind and its line,
//! and never by itself.

mod places;
mod values;

use std::fmt;
use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::{Captures, Regex, RegexBuilder, RegexSet, RegexSetBuilder};
use serde::Deserialize;

pub(crate) use places::is_made_up;
use places::{Kept, kept_in};

use crate::embedded::data;

/// Most secrets of one file that are told.
const MOST: usize = 20;

/// What is known of secrets, as data.
static FORMS: LazyLock<Forms> = LazyLock::new(|| {
    let written: Written = data!("inspect/secrets/forms.toml");
    Forms::of(written).expect("compiled in, and read by a test")
});

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Written {
    form: Vec<Form>,
    assigned: Assigned,
    placeholder: Placeholder,
    made_up: MadeUp,
    settings: SettingsFiles,
}

/// A form that tells a secret.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    #[cfg_attr(not(test), expect(dead_code, reason = "the tests name it"))]
    id: String,
    name: String,
    pattern: String,
    #[serde(default)]
    inside: bool,
    #[cfg_attr(not(test), expect(dead_code, reason = "the tests look for it"))]
    sample: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Assigned {
    name: String,
    names: Vec<String>,
    passwords: Vec<String>,
    frameworks: Vec<String>,
}

/// What stands where a secret will be.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Placeholder {
    words: Vec<String>,
    passwords: Vec<String>,
    hosts: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MadeUp {
    folders: Vec<String>,
    marks: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SettingsFiles {
    endings: Vec<String>,
    named: Vec<String>,
    names: Vec<String>,
    certain: Vec<String>,
    never: Vec<String>,
}

/// The data, ready to be used.
struct Forms {
    known: Vec<(Form, Regex)>,
    any: RegexSet,
    assigned: Regex,
    assigned_name: String,
    passwords: Regex,
    frameworks: Regex,
    placeholder: Placeholder,
    made_up: MadeUp,
    settings: SettingsFiles,
}

/// How sure it is that something is a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sure {
    /// A password by its name, which somebody may have thought of.
    Perhaps,
    /// By its name and its looks, or by its form.
    Certain,
}

/// A secret in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Secret {
    /// What it is, in words: `a GitHub token`.
    pub(crate) what: &'static str,
    /// Its line, from 1.
    pub(crate) line: usize,
    /// How sure that is.
    pub(crate) sure: Sure,
    /// Where the secret itself stands, in bytes. It is compared, and never shown.
    pub(crate) at: Range<usize>,
}

impl fmt::Debug for Forms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Forms").field("known", &self.known.len()).finish_non_exhaustive()
    }
}

impl Forms {
    fn get() -> &'static Self {
        &FORMS
    }

    fn of(written: Written) -> Result<Self, regex::Error> {
        let patterns: Vec<&str> = written.form.iter().map(|form| form.pattern.as_str()).collect();
        // Without the tables of Unicode: they take longer to compile than most projects to read.
        let any = RegexSetBuilder::new(&patterns).unicode(false).build()?;
        let compile = |pattern: &&str| RegexBuilder::new(pattern).unicode(false).build();
        let compiled: Vec<Regex> = patterns.iter().map(compile).collect::<Result<_, _>>()?;
        let assigned = &written.assigned;
        let all: Vec<&str> = assigned.names.iter().chain(&assigned.passwords).map(String::as_str).collect();
        let whole = |names: &[String]| {
            RegexBuilder::new(&format!(r"(?:^|[^A-Za-z])(?:{})\d*$", names.join("|")))
                .unicode(false)
                .case_insensitive(true)
                .build()
        };
        let assigns = format!(
            r#"(?P<name>[\w.-]{{0,60}}?(?:{}))\d{{0,2}}(?:"|'|\\")?\s{{0,9}}(?::\s{{0,3}}str\s{{0,3}})?(?:=>|:=|=|:)\s{{0,9}}(?:[bru]?(?:"(?P<double>[^"\r\n]{{4,300}})"|'(?P<single>[^'\r\n]{{4,300}})'|\\"(?P<escaped>[^"\\\r\n]{{4,300}})\\")|(?P<bare>[^\s"'\\#;,]{{4,300}}))"#,
            all.join("|")
        );
        Ok(Self {
            any,
            assigned: RegexBuilder::new(&assigns).unicode(false).case_insensitive(true).build()?,
            assigned_name: assigned.name.clone(),
            passwords: whole(&assigned.passwords)?,
            frameworks: whole(&assigned.frameworks)?,
            known: written.form.into_iter().zip(compiled).collect(),
            placeholder: written.placeholder,
            made_up: written.made_up,
            settings: written.settings,
        })
    }

    /// A match of a form that is a secret, by what it is and what is around it.
    fn of_form(&self, form: &Form, found: &Captures, text: &[u8], is_binary: bool) -> Option<Range<usize>> {
        let whole = found.get(0)?;
        let value = found.name("value").unwrap_or(whole);
        let is_word = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
        // In bytecode, the bytes around a text are lengths and types.
        let is_part = !form.inside
            && !is_binary
            && (whole.start().checked_sub(1).is_some_and(|before| is_word(text.get(before)))
                || is_word(text.get(whole.end())));
        let host = found.name("host").map(|host| String::from_utf8_lossy(host.as_bytes()).to_lowercase());
        let is_known = host.is_some_and(|host| {
            let is_local =
                self.placeholder.hosts.iter().any(|known| host == *known || host.ends_with(&format!(".{known}")));
            is_local || values::is_known_password(value.as_bytes(), &self.placeholder)
        });
        let is_secret = !is_part && !is_known && !values::is_placeholder(value.as_bytes(), &self.placeholder);
        (is_secret && !values::is_placeholder(whole.as_bytes(), &self.placeholder)).then(|| value.range())
    }

    /// A value that is assigned to the name of a secret, where it is one.
    fn of_name(&self, found: &Captures, kept: Kept) -> Option<(Range<usize>, Sure)> {
        let name = found.name("name")?.as_bytes();
        let quoted = ["double", "single", "escaped"].into_iter().find_map(|group| found.name(group));
        let value = quoted.or_else(|| found.name("bare").filter(|_| kept != Kept::Code))?;
        let text = value.as_bytes();
        let is_password = self.passwords.is_match(name);
        if kept == Kept::Code && self.frameworks.is_match(name)
            || values::is_placeholder(text, &self.placeholder)
            || values::is_known_password(text, &self.placeholder)
        {
            return None;
        }
        let by_looks = values::looks_drawn(text) || kept == Kept::Credentials && values::looks_chosen(text);
        let sure = match by_looks {
            true => Sure::Certain,
            false if is_password && values::looks_chosen(text) => Sure::Perhaps,
            false => return None,
        };
        Some((value.range(), sure))
    }
}

/// Whether a place in Python code is inside a string in triple quotes, as far as counting them tells.
pub(crate) fn is_documentation(text: &[u8], at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    [b"\"\"\"", b"'''"].iter().any(|quotes| {
        let mut rest = before;
        let mut is_open = false;
        while let Some(found) = rest.windows(3).position(|three| three == *quotes) {
            is_open = !is_open;
            rest = &rest[found + 3..];
        }
        is_open
    })
}

/// Whether a value only stands where a secret will be.
pub(crate) fn is_placeholder(value: &str) -> bool {
    values::is_placeholder(value.as_bytes(), &Forms::get().placeholder)
}

/// The secrets in a file, by its path from the root and its bytes; those that are made up are none.
pub(crate) fn search(path: &str, bytes: &[u8]) -> Vec<Secret> {
    if is_made_up(path) { Vec::new() } else { found_in(path, bytes) }
}

fn found_in(path: &str, text: &[u8]) -> Vec<Secret> {
    let forms = Forms::get();
    let is_binary = text.iter().take(8_192).any(|byte| *byte == 0);
    let mut found: Vec<Secret> = Vec::new();
    let mut add = |what: &'static str, at: Range<usize>, sure: Sure| {
        let overlaps = found.iter().any(|known| known.at.start < at.end && at.start < known.at.end);
        if !overlaps && found.len() < MOST {
            let line = text.get(..at.start).map_or(1, |before| before.split(|byte| *byte == b'\n').count());
            found.push(Secret { what, line, sure, at });
        }
    };
    for index in forms.any.matches(text) {
        let Some((form, pattern)) = forms.known.get(index) else { continue };
        for captures in pattern.captures_iter(text).take(MOST * 5) {
            if let Some(at) = forms.of_form(form, &captures, text, is_binary) {
                add(&form.name, at, Sure::Certain);
            }
        }
    }
    let kept = kept_in(path, forms);
    if kept != Kept::Forms && !is_binary {
        for captures in forms.assigned.captures_iter(text).take(MOST * 50) {
            // Documentation shows how it would look.
            let is_shown = |at: &Range<usize>| kept == Kept::Code && is_documentation(text, at.start);
            if let Some((at, sure)) = forms.of_name(&captures, kept).filter(|(at, _)| !is_shown(at)) {
                add(&forms.assigned_name, at, sure);
            }
        }
    }
    found.sort_by_key(|secret| secret.at.start);
    found
}

#[cfg(test)]
mod tests;
