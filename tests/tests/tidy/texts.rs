//! What the core says holds in every front end.

use regex::Regex;

use crate::expect_none;
use crate::source::files;

/// Options of our own command line, as a sentence would name them; `uv`, `pip` and others have options of their own.
const OPTIONS: &str = "out|trust|offline|locked|option|target|entry|extra|group|jobs|sign|no-cache|no-verify|strict|\
                       require-sandbox|recommended|json|trim|clear|set|ask-again|no-interview|record|plain";

#[test]
fn no_text_of_the_core_names_an_option_of_the_command_line() {
    let ours = Regex::new(&format!("`(packwright [a-z]+[^`]*|--({OPTIONS})\\b[^`]*)`")).expect("a fixed pattern");
    let texts = files("src-core/src", &[".rs", ".toml"]);
    let violations: Vec<_> = texts.iter().flat_map(|text| text.lines_where(|line| ours.is_match(line))).collect();
    expect_none("Say it as a `Remedy`, which each front end puts in its own words:", &violations);
}
