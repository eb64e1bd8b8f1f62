//! Diagnosis: from the log of a failed step to its cause and a remedy.
//!
//! Known symptoms are data: those of the technology and of its tools first, then those that any technology can show. Where none matches, the
//! last error line and the last line of the user's own code are quoted. What a log says is only ever shown: it fills
//! places in sentences, and never becomes a command, an option or a path.

mod missing;
mod telling;

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, RwLock};

use regex::{Captures, Regex};
use serde::{Deserialize, Serialize};

use self::missing::About;
pub(in crate::engine) use self::telling::telling;
use crate::catalogue::{Symptom, shared_symptoms};
use crate::facts::Project;
use crate::problem::{Needed, Problem, Remedy};

/// How much of a log is searched, from its end: symptoms stand near the failure.
const TAIL: usize = 256 * 1024;
/// The longest text that is taken over from a log, in characters.
const LONGEST: usize = 300;

/// What a failed log means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnosis {
    /// The line of the log it rests on.
    pub quote: String,
    /// What went wrong, one sentence.
    pub cause: String,
    /// What to do, one sentence.
    pub remedy: String,
    /// An option whose change helps, and its value.
    pub set: Option<(String, String)>,
    /// A requirement whose declaration helps, and what it is needed for.
    #[serde(default)]
    pub declare: Option<(String, Needed)>,
    /// Whether this alone does not make a build fail.
    pub warning: bool,
    /// Where the symptom is known from; `None` when it is not a known one.
    pub source: Option<String>,
    /// The last line of the project's own code in a traceback.
    pub at: Option<Place>,
    /// The module that is missing, where one is: what helps depends on the project.
    #[serde(skip)]
    about: Option<About>,
}

/// The place in a remedy that the project's own packages fill.
const OWN_PACKAGES: &str = "own_packages";

/// A remedy with the packages of the project in it; one package for all that are nested in it.
fn with_packages(remedy: &str, packages: &str) -> String {
    let packages = if packages.is_empty() { "…" } else { packages };
    remedy.replace(&format!("{{{OWN_PACKAGES}}}"), packages)
}

/// A line of the project's own code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The file, relative to the root it was found under.
    pub path: String,
    /// The line, counted from 1.
    pub line: u32,
}

impl Diagnosis {
    /// The diagnosis in the light of the project that failed.
    #[must_use]
    pub(in crate::engine) fn of(self, project: &Project) -> Self {
        let known = match self.about.clone() {
            Some(about) => about.explain(self, project),
            None => self,
        };
        let paths: Vec<String> = project.packages.iter().map(|package| format!("\"{}\"", package.path)).collect();
        let remedy = with_packages(&known.remedy, &paths.join(", "));
        Self { remedy, ..known }
    }

    /// Adds what was found to the problem that the failure is.
    pub fn explain(&self, problem: Problem) -> Problem {
        let mut problem = problem.cause(&self.cause);
        if !self.quote.is_empty() {
            problem = problem.cause(format!("the log says: {}", self.quote));
        }
        if let Some(at) = &self.at {
            problem = problem.cause(format!("the last line of your own code was {}:{}", at.path, at.line));
        }
        let remedy = with_packages(&self.remedy, "…");
        problem = match self.declare.clone() {
            Some((requirement, needed)) => problem.remedy(remedy, Remedy::Declare { requirement, needed }),
            None => problem.hint(remedy),
        };
        match self.set.clone() {
            Some((option, value)) => {
                let text = format!("Build with `{option}` set to `{value}`");
                problem.remedy(text, Remedy::Set { option, value })
            }
            None => problem,
        }
    }
}

static FRAME: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?m)^\s*File "(?P<path>[^"\n]+)", line (?P<line>\d+)"#).ok());
/// Explains the log of a failed step.
///
/// `own` are the symptoms that are looked for first. `own_roots` are folders that hold the project's own code wherever the step saw it, absolute. The log is the text as the
/// tool wrote it.
pub fn diagnose<'a>(log: &str, own: impl IntoIterator<Item = &'a Symptom>, own_roots: &[&Path]) -> Diagnosis {
    let log = &uncoloured(tail(log));
    let known = own.into_iter().chain(shared_symptoms()).filter(|symptom| !symptom.warning);
    let found = known.into_iter().find_map(|symptom| recognise(symptom, log));
    let mut diagnosis = found.unwrap_or_else(|| fallback(log));
    diagnosis.at = last_own_frame(log, own_roots);
    diagnosis
}

/// The known warnings in the log of a step that ended well: exit code 0 is not yet success.
pub fn warnings<'a>(log: &str, own: impl IntoIterator<Item = &'a Symptom>) -> Vec<Diagnosis> {
    let log = &uncoloured(tail(log));
    let known = own.into_iter().chain(shared_symptoms()).filter(|symptom| symptom.warning);
    known.filter_map(|symptom| recognise(symptom, log)).collect()
}

fn recognise(symptom: &Symptom, log: &str) -> Option<Diagnosis> {
    let found = compiled(&symptom.log)?.captures(log)?;
    let matched = found.get(0)?;
    Some(Diagnosis {
        quote: quoted(log, matched.start(), matched.end()),
        cause: fill(&symptom.cause, &found),
        remedy: fill(&symptom.remedy, &found),
        set: symptom.set.clone(),
        warning: symptom.warning,
        source: Some(symptom.source.clone()),
        declare: None,
        at: None,
        about: symptom
            .missing
            .zip(found.name("missing"))
            .map(|(needed, module)| About { module: module.as_str().to_owned(), needed }),
    })
}

/// The pattern of a symptom, compiled when it is first needed and kept; `None` when it is malformed, which tests exclude.
fn compiled(pattern: &str) -> Option<Regex> {
    static COMPILED: RwLock<Vec<(String, Option<Regex>)>> = RwLock::new(Vec::new());
    let kept = |all: &[(String, Option<Regex>)]| {
        all.iter().find(|(known, _)| known == pattern).map(|(_, regex)| regex.clone())
    };
    if let Some(regex) = COMPILED.read().ok().and_then(|all| kept(&all)) {
        return regex;
    }
    let regex = Regex::new(pattern).ok();
    if let Ok(mut all) = COMPILED.write() {
        all.push((pattern.to_owned(), regex.clone()));
    }
    regex
}

/// Puts what the log named into the places of a sentence; a place that the log does not fill says so.
fn fill(text: &str, found: &Captures) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, after)) = after.split_once('}') else {
            filled.push('{');
            rest = after;
            continue;
        };
        match found.name(name) {
            Some(value) => filled.push_str(&short(value.as_str())),
            // What only the project tells is filled in later.
            None if name == OWN_PACKAGES => filled.extend(["{", name, "}"]),
            None if is_name(name) => filled.push('…'),
            None => filled.extend(["{", name, "}"]),
        }
        rest = after;
    }
    filled + rest
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

/// What can be said of a log that shows no known symptom.
fn fallback(log: &str) -> Diagnosis {
    let quote = telling(log);
    let cause = match &quote {
        Some(_) => "The tool reported an error that Packwright does not know yet",
        None if !log.trim().is_empty() => "The tool failed after reporting its progress, without saying why",
        None => "The tool failed without printing anything",
    };
    Diagnosis {
        quote: quote.unwrap_or_default(),
        cause: cause.into(),
        remedy: "Read the lines above the error in the log".into(),
        set: None,
        declare: None,
        warning: false,
        source: None,
        at: None,
        about: None,
    }
}

/// The last frame of a traceback that lies in one of these folders and not in an environment inside them.
fn last_own_frame(log: &str, own_roots: &[&Path]) -> Option<Place> {
    let frames = FRAME.as_ref()?.captures_iter(log);
    let own = frames.filter_map(|frame| {
        let path = PathBuf::from(&frame["path"]);
        let inside = own_roots.iter().find_map(|root| path.strip_prefix(root).ok())?;
        let foreign = inside.iter().any(|part| part == "site-packages" || part == ".venv" || part == "venv");
        let line = frame["line"].parse().ok()?;
        (!foreign).then(|| Place { path: short(&inside.to_string_lossy().replace('\\', "/")), line })
    });
    own.last()
}

/// A log without escape sequences (ECMA-48): colours would hide the words that symptoms look for.
fn uncoloured(log: &str) -> Cow<'_, str> {
    static ESCAPE: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\^_])").ok());
    ESCAPE.as_ref().map_or(Cow::Borrowed(log), |escape| escape.replace_all(log, ""))
}

/// The end of a long log, cut at a line.
fn tail(log: &str) -> &str {
    let Some(mut from) = log.len().checked_sub(TAIL) else { return log };
    while !log.is_char_boundary(from) {
        from += 1;
    }
    log[from..].split_once('\n').map_or(&log[from..], |(_, rest)| rest)
}

/// Of the lines that contain a part of a log, the one that tells most.
fn quoted(log: &str, start: usize, end: usize) -> String {
    let begin = log[..start].rfind('\n').map_or(0, |newline| newline + 1);
    let end = log[end..].find('\n').map_or(log.len(), |newline| end + newline);
    let lines = &log[begin..end];
    if lines.contains('\n') { telling(lines) } else { None }.unwrap_or_else(|| short(line_at(log, start)))
}

/// The line of a text that contains this byte.
fn line_at(log: &str, at: usize) -> &str {
    let start = log[..at].rfind('\n').map_or(0, |newline| newline + 1);
    log[start..].lines().next().unwrap_or_default()
}

/// One line without control characters, cut where it gets too long.
fn short(text: &str) -> String {
    let mut kept: String = text.trim().chars().filter(|letter| !letter.is_control()).take(LONGEST).collect();
    if text.trim().chars().count() > LONGEST {
        kept.push('…');
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn symptoms(text: &str) -> Vec<Symptom> {
        #[derive(Deserialize)]
        struct File {
            symptoms: Vec<Symptom>,
        }
        toml::from_str::<File>(text).unwrap().symptoms
    }

    const MISSING: &str = r#"
        [[symptoms]]
        log = "No module named '(?P<module>[\\w.]+)'(?P<never>x)?"
        cause = "`{module}` is missing {never}"
        remedy = "Add {module} to {} or {the braces"
        source = "https://docs.python.org/3/"
        sample = "No module named 'yaml'"
        set = ["venv", "true"]
    "#;

    #[test]
    fn a_known_symptom_names_its_cause_and_the_option_that_helps() {
        let found = diagnose("start\nModuleNotFoundError: No module named 'yaml.x'\nend", &symptoms(MISSING), &[]);
        assert_eq!(found.quote, "ModuleNotFoundError: No module named 'yaml.x'");
        assert_eq!(found.cause, "`yaml.x` is missing …");
        assert_eq!(found.remedy, "Add yaml.x to {} or {the braces");
        assert_eq!(found.set, Some(("venv".into(), "true".into())));
        assert_eq!(found.source.as_deref(), Some("https://docs.python.org/3/"));
    }

    #[test]
    fn a_problem_is_told_the_cause_the_line_and_the_remedy() {
        let found = diagnose("No module named 'yaml'", &symptoms(MISSING), &[]);
        let problem = found.explain(Problem::new(crate::problem::Code::BuildFailed, "it failed"));
        assert_eq!(problem.causes, ["`yaml` is missing …", "the log says: No module named 'yaml'"]);
        let hints: Vec<&str> = problem.hints.iter().map(|hint| hint.text.as_str()).collect();
        assert_eq!(hints, ["Add yaml to {} or {the braces", "Build with `venv` set to `true`"]);
        assert_eq!(problem.fix(), Some(("venv", "true")));
    }

    #[test]
    fn colours_do_not_hide_a_symptom() {
        let found = diagnose("\u{1b}[1;31mNo module\u{1b}[0m named 'yaml'\u{1b}]0;title\u{7}", &symptoms(MISSING), &[]);
        assert_eq!(found.quote, "No module named 'yaml'");
    }

    #[test]
    fn every_shared_symptom_explains_its_own_sample() {
        for shared in shared_symptoms().iter().filter(|symptom| !symptom.warning) {
            let found = diagnose(&shared.sample, [], &[]);
            let expected = recognise(shared, &shared.sample).unwrap();
            assert_eq!(found.cause, expected.cause, "another row explains `{}`", shared.sample);
            assert!(!found.quote.starts_with("hint:"), "{}", found.quote);
        }
    }

    #[test]
    fn what_the_backend_said_counts_and_not_that_the_frontend_repeats_it() {
        let log =
            "Building wheel...\nboom at the end\nerror: Failed to build `/pw/src`\n  cause: it returned an error\n";
        assert_eq!(diagnose(log, [], &[]).quote, "boom at the end");
        assert_eq!(
            diagnose("Building wheel...\nerror: Failed to build `x`", [], &[]).quote,
            "error: Failed to build `x`"
        );
    }

    #[test]
    fn an_unknown_failure_quotes_the_last_error_and_the_last_own_line() {
        let log = concat!(
            "Traceback (most recent call last):\n",
            "  File \"/job/src/app/main.py\", line 12, in <module>\n",
            "  File \"/job/src/.venv/lib/x.py\", line 3, in f\n",
            "  File \"/usr/lib/python3/os.py\", line 9, in g\n",
            "QuantumError: the cat is in two states\nbye\n",
        );
        let found = diagnose(log, [], &[Path::new("/job/src")]);
        assert_eq!(found.quote, "QuantumError: the cat is in two states");
        assert_eq!(found.at, Some(Place { path: "app/main.py".into(), line: 12 }));
        assert_eq!(found.source, None);
    }

    #[test]
    fn progress_is_no_cause() {
        let quote = |log: &str| diagnose(log, [], &[]).quote;
        assert_eq!(quote("cannot open x\n10%\r20%\r30%\n"), "cannot open x");
        assert_eq!(quote("cannot open x\nget [#### ] 40%\n 50% |████ | 3/6\nstep 1\rstep 2\n"), "cannot open x");
        assert_eq!(quote("10%\rValueError: bad\n"), "ValueError: bad");
        assert_eq!(quote("cannot open x\r\n"), "cannot open x");
        assert_eq!(quote("only 3% of 90% is left\n"), "only 3% of 90% is left");
        let silent = diagnose("10%\r20%\n", [], &[]);
        assert!(silent.quote.is_empty() && silent.cause.contains("progress"), "{silent:?}");
    }

    #[test]
    fn a_silent_failure_is_called_silent() {
        let found = diagnose(" \n\n", [], &[]);
        assert_eq!((found.quote.as_str(), found.cause.as_str()), ("", "The tool failed without printing anything"));
    }

    #[test]
    fn text_from_a_log_is_cut_and_loses_its_control_characters() {
        let hostile = format!("No module named 'a{}'", "b".repeat(5000));
        let found = diagnose(&hostile, &symptoms(MISSING), &[]);
        assert!(found.cause.chars().count() < 400 && found.quote.chars().count() <= LONGEST + 1);
        assert_eq!(short("a\u{8}b\u{7}"), "ab");
    }

    #[test]
    fn a_long_log_is_searched_from_its_end() {
        let mut log = "No module named 'early'\n".to_owned();
        log.push_str(&"é filler\n".repeat(TAIL / 8));
        log.push_str("No module named 'late'\n");
        assert_eq!(diagnose(&log, &symptoms(MISSING), &[]).cause, "`late` is missing …");
    }

    #[test]
    fn a_warning_does_not_explain_a_failure_but_is_reported_after_a_success() {
        let known = symptoms(&format!("{MISSING}\nwarning = true"));
        let log = "No module named 'yaml'";
        assert_eq!(diagnose(log, &known, &[]).source, None);
        assert!(warnings(log, &known).iter().any(|warning| warning.cause == "`yaml` is missing …"));
    }
}
