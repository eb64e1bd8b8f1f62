//! The line of a log that tells most where no symptom is known.

use std::sync::LazyLock;

use regex::{Regex, RegexSet};
use serde::Deserialize;

use super::short;
use crate::embedded::data;

/// What lines look like, in order of how much they tell.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lines {
    /// They say what went wrong.
    errors: Vec<String>,
    /// They never do: advice of tools for their own ends, progress, what only repeats.
    noise: Vec<String>,
}

struct Patterns {
    errors: Option<RegexSet>,
    noise: Option<RegexSet>,
}

static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| {
    let lines: Lines = data!("engine/run/diagnose/lines.toml");
    Patterns { errors: RegexSet::new(lines.errors).ok(), noise: RegexSet::new(lines.noise).ok() }
});

/// A line that begins with a share, or shows one beside a bar.
static PROGRESS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^\W*\d{1,3}(?:\.\d+)?\s?%|\d{1,3}\s?%\s*[|\[#=█━╸]|[|\]#=█━╸]\s*\d{1,3}(?:\.\d+)?\s?%").ok()
});

/// The line that tells most: the last that says what went wrong, else the last that says anything.
pub(in crate::engine) fn telling(log: &str) -> Option<String> {
    let log = without_frontend(log);
    let lines = || log.lines().rev().filter_map(said_in);
    lines().find(|line| is_error(line)).or_else(|| lines().next()).map(short)
}

fn is_error(line: &str) -> bool {
    PATTERNS.errors.as_ref().is_some_and(|errors| errors.is_match(line))
}

fn is_noise(line: &str) -> bool {
    PATTERNS.noise.as_ref().is_some_and(|noise| noise.is_match(line))
}

/// What stays of a line on a terminal: behind the last carriage return. Nothing where that only shows progress, or where it
/// tells nothing of what went wrong.
fn said_in(line: &str) -> Option<&str> {
    let line = line.trim_end();
    let (redrawn, shown) = line.rsplit_once('\r').map_or((false, line), |(_, last)| (true, last));
    let is_progress =
        (redrawn && !is_error(shown)) || PROGRESS.as_ref().is_some_and(|progress| progress.is_match(shown));
    (!is_progress && !shown.trim().is_empty() && !is_noise(shown)).then_some(shown)
}

/// What the build backend said, without the lines of the build frontend around it: they only say that it failed.
fn without_frontend(log: &str) -> &str {
    let before = log.rsplit_once("error: Failed to build").map_or("", |(before, _)| before);
    let said = |text: &str| text.lines().any(|line| !line.trim().is_empty() && !line.starts_with("Building "));
    if said(before) { before } else { log }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_patterns_of_lines_are_sound() {
        assert!(PATTERNS.errors.is_some() && PATTERNS.noise.is_some());
    }

    #[test]
    fn a_line_that_tells_nothing_is_never_quoted() {
        let told = |log: &str| telling(log).unwrap_or_default();
        let log = "app.py:3: RuntimeWarning: coroutine 'main' was never awaited\n  main()\n\
                   RuntimeWarning: Enable tracemalloc to get the object allocation traceback\n";
        assert_eq!(told(log), "app.py:3: RuntimeWarning: coroutine 'main' was never awaited");
        let log = "FileNotFoundError: [Errno 2] No such file or directory: 'x'\nerror: Failed to build `/pw/src`\n  \
                   cause: The build backend returned an error\n\nhint: Build failures usually indicate a problem with the package\n";
        assert_eq!(told(log), "FileNotFoundError: [Errno 2] No such file or directory: 'x'");
        assert_eq!(told("hint: Build failures usually indicate a problem\n"), "");
        let log =
            "ValueError: bad value\nerror: metadata-generation-failed\nnote: This error originates from a subprocess\n";
        assert_eq!(told(log), "ValueError: bad value");
        assert_eq!(
            told(
                "💥 maturin failed\n  Caused by: no binding\nError: command ['maturin', 'pep517'] returned non-zero exit status 1\n"
            ),
            "  Caused by: no binding".trim()
        );
    }
}
