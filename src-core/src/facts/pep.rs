//! Texts of PEP 440 and PEP 508, read within limits: versions, specifiers, names, requirements and markers.
//!
//! Whoever publishes a project or a package writes these texts, and their parser trusts them: it recurses where a marker
//! nests, and it turns markers into decision diagrams, which can grow exponentially and live as long as the process. So
//! nothing else calls that parser.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::iter::Peekable;
use std::str::FromStr;
use std::sync::{LazyLock, Mutex, PoisonError};

use pep508_rs::VerbatimUrl;
use regex::{Matches, Regex};

pub(crate) use pep440_rs::{Version, VersionSpecifier, VersionSpecifiers};
pub(crate) use pep508_rs::{ExtraName, MarkerEnvironment, MarkerEnvironmentBuilder, MarkerTree, PackageName};

/// A requirement in its parts.
pub(crate) type Pep508 = pep508_rs::Requirement<VerbatimUrl>;

/// The longest text that is read, in bytes; addresses are the longest that are met.
const LONGEST: usize = 16 << 10;

/// The most opening parentheses: the parser recurses at each.
const DEEPEST: usize = 128;

/// The most nodes that the diagram of one marker may come to.
const MOST_NODES: usize = 10_000;

/// The most work, in nodes made and kept, for all markers that this process reads.
const MOST_WORK: usize = 2_000_000;

/// Work that is not worth counting; the number of requirements is limited too.
const LITTLE_WORK: usize = 64;

/// What a marker consists of.
static TOKEN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"'[^']*'|"[^"]*"|[()]|[\w.]+"#).expect("the expression is written here and covered by tests")
});

/// What was spent so far.
static SPENT: LazyLock<Mutex<Spent>> = LazyLock::new(Mutex::default);

/// Reads a requirement; the error says what is wrong, to follow the text.
pub(crate) fn requirement(text: &str) -> Result<Pep508, String> {
    let (head, condition) = parts(within(text)?);
    names_end_well(head)?;
    // The error's `Display` draws an underline and counts bytes as characters; its message alone is safe.
    let mut requirement = Pep508::from_str(head).map_err(|error| error.message.to_string())?;
    if let Some(condition) = condition {
        requirement.marker = marker(condition)?;
    }
    Ok(requirement)
}

/// Refuses names of distributions and extras that end with a mark: the parser finds no fault in them, and then panics.
fn names_end_well(head: &str) -> Result<(), String> {
    let is_mark = |c: char| matches!(c, '.' | '-' | '_');
    let head = head.trim_start();
    let rest = head.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || is_mark(c));
    let name = &head[..head.len() - rest.len()];
    let extras = rest.trim_start().strip_prefix('[').and_then(|rest| rest.split(']').next()).unwrap_or_default();
    let names = std::iter::once(name).chain(extras.split(',').map(str::trim));
    match names.filter_map(|name| name.chars().next_back()).find(|last| is_mark(*last)) {
        Some(last) => Err(format!("a name must end with a letter or a digit, not `{last}`")),
        None => Ok(()),
    }
}

/// Reads a marker.
pub(crate) fn marker(text: &str) -> Result<MarkerTree, String> {
    let text = within(text)?;
    if text.bytes().filter(|byte| *byte == b'(').count() > DEEPEST {
        return Err(format!("its marker has more than {DEEPEST} parentheses"));
    }
    let weight = Weight::of(text);
    let pay = || SPENT.lock().unwrap_or_else(PoisonError::into_inner).pay(text, weight);
    if weight.nodes > MOST_NODES || !pay() {
        return Err("its marker has too many conditions that depend on one another".to_owned());
    }
    MarkerTree::from_str(text).map_err(|error| error.message.to_string())
}

/// How many nodes the diagram of a requirement's marker may come to.
pub(crate) fn weight(requirement: &str) -> usize {
    parts(requirement).1.map_or(1, |marker| Weight::of(marker).nodes)
}

/// Reads a specifier set such as `>=3.9,<4`.
pub(crate) fn specifiers(text: &str) -> Result<VersionSpecifiers, String> {
    VersionSpecifiers::from_str(within(text)?).map_err(|error| error.to_string())
}

/// Reads a version.
pub(crate) fn version(text: &str) -> Option<Version> {
    Version::from_str(within(text).ok()?).ok()
}

/// The lowest minor version of Python 3 that a specifier set allows: 9 of `>=3.9.2,<4`; `None` where it allows none.
pub(crate) fn lowest_python(requires: &str) -> Option<u8> {
    let allowed = specifiers(requires).ok()?;
    let latest_of = |minor: &u8| version(&format!("3.{minor}.999"));
    (0..=99).find(|minor| latest_of(minor).is_some_and(|latest| allowed.contains(&latest)))
}

/// Reads the name of a distribution.
pub(crate) fn package_name(text: &str) -> Option<PackageName> {
    PackageName::from_str(within(text).ok()?).ok()
}

/// Reads the name of an extra.
pub(crate) fn extra_name(text: &str) -> Option<ExtraName> {
    ExtraName::from_str(within(text).ok()?).ok()
}

fn within(text: &str) -> Result<&str, String> {
    if text.len() > LONGEST {
        return Err(format!("it has {} bytes, and no more than {LONGEST} are read", text.len()));
    }
    Ok(text)
}

/// A requirement up to its marker, and the marker. An address ends at a space; elsewhere `;` ends what is before it.
fn parts(text: &str) -> (&str, Option<&str>) {
    let first = text.find(';');
    let has_address = text.find('@').is_some_and(|at| first.is_none_or(|first| at < first));
    let end = if has_address {
        text.match_indices(';').map(|(at, _)| at).find(|at| text[..*at].ends_with(char::is_whitespace))
    } else {
        first
    };
    end.map_or((text, None), |end| (text[..end].trim_end(), Some(text[end + 1..].trim())))
}

/// Markers that cost more than a little, and what all of them cost: an equal one costs nothing more.
#[derive(Debug, Default)]
struct Spent {
    markers: HashSet<String>,
    work: usize,
}

impl Spent {
    /// Whether a marker can be afforded.
    fn pay(&mut self, marker: &str, weight: Weight) -> bool {
        let work = weight.nodes.saturating_mul(weight.comparisons);
        if work <= LITTLE_WORK || self.markers.contains(marker) {
            return true;
        }
        if work > MOST_WORK - self.work {
            return false;
        }
        self.work += work;
        self.markers.insert(marker.to_owned())
    }
}

/// An upper bound of what a marker costs, told without its diagram.
#[derive(Debug, Clone, Copy)]
struct Weight {
    nodes: usize,
    comparisons: usize,
}

impl Weight {
    fn of(marker: &str) -> Self {
        let mut reading =
            Reading { tokens: TOKEN.find_iter(marker).peekable(), comparisons: 0, variables: BTreeMap::new() };
        let mut nodes: usize = 1;
        // What is left over after the first is no marker; it is weighed all the same.
        while reading.tokens.peek().is_some() {
            nodes = nodes.saturating_mul(reading.either());
            reading.tokens.next_if(|token| token.as_str() == ")");
        }
        Self { nodes: nodes.min(reading.cells()), comparisons: reading.comparisons }
    }
}

/// A walk over a marker. What a function gives is how many nodes that part may come to; 1 is a comparison alone.
struct Reading<'t> {
    tokens: Peekable<Matches<'static, 't>>,
    comparisons: usize,
    /// What each variable is compared with. A text that is looked for in another one makes a variable of the two.
    variables: BTreeMap<String, BTreeSet<&'t str>>,
}

impl Reading<'_> {
    fn either(&mut self) -> usize {
        self.joined("or", Self::both)
    }

    fn both(&mut self) -> usize {
        self.joined("and", Self::one)
    }

    /// Comparisons side by side add up, whatever else is joined with them multiplies.
    fn joined(&mut self, word: &str, part: fn(&mut Self) -> usize) -> usize {
        let (mut alone, mut others) = (0_usize, None::<usize>);
        loop {
            match part(self) {
                1 => alone += 1,
                nodes => others = Some(others.unwrap_or(1).saturating_mul(nodes)),
            }
            if self.tokens.next_if(|token| token.as_str() == word).is_none() {
                break;
            }
        }
        others.map_or(alone, |others| others.saturating_mul(alone + 1))
    }

    fn one(&mut self) -> usize {
        if self.tokens.next_if(|token| token.as_str() == "(").is_some() {
            let inner = self.either();
            self.tokens.next_if(|token| token.as_str() == ")");
            return inner;
        }
        let (mut names, mut texts) = (Vec::new(), Vec::new());
        while let Some(token) = self.tokens.next_if(|token| !matches!(token.as_str(), "(" | ")" | "and" | "or")) {
            match token.as_str() {
                text if text.starts_with(['\'', '"']) => texts.push(&text[1..text.len() - 1]),
                name => names.push(name),
            }
        }
        self.comparisons += 1;
        let variable = match names.first().copied().unwrap_or_default() {
            "python_version" | "python_full_version" => "python".to_owned(),
            "extra" => format!("extra {}", texts.concat()),
            name if names.contains(&"in") && !name.ends_with("version") => {
                format!("{} {}", names.concat(), texts.concat())
            }
            name => name.to_owned(),
        };
        self.variables.entry(variable).or_default().extend(texts.iter().flat_map(|text| text.split([' ', ','])));
        1
    }

    /// How many environments the comparisons can tell apart: each value, and what is between two.
    fn cells(&self) -> usize {
        let parts = |values: &BTreeSet<&str>| 2 * values.len() + 1;
        self.variables.values().fold(1, |cells: usize, values| cells.saturating_mul(parts(values)))
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    #[test]
    fn names_that_end_with_a_mark_are_refused_wherever_they_stand() {
        for text in
            ["a. ", "a.>=1", "a-[b]", " a_ @ https://a.example/b.whl", "a[b.]", "a[b-, c]", "a [ c, b_ ] >=1", "a."]
        {
            let error = requirement(text).unwrap_err();
            assert!(error.contains("must end with"), "{text}: {error}");
        }
        for text in ["a", "a.b", "a[b]", "a-b[c_d,e] >=1", "a @ https://a.example/b-"] {
            assert!(requirement(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn what_people_write_is_read() {
        let forks: Vec<String> = (3..15)
            .map(|minor| {
                format!("(python_full_version >= '3.{minor}' and sys_platform == 'p{}' and os_name != 'o')", minor % 3)
            })
            .collect();
        let extras: Vec<String> = (0..40).map(|number| format!("extra == 'x{number}'")).collect();
        for text in [
            "a",
            "a[b,c]>=1,<2 ; python_version < '3.12' and (os_name == 'nt' or sys_platform == 'darwin')",
            "a @ https://x.test/a;b.zip ; extra == '@'",
            "a;os_name=='nt'and 'x' in sys_platform",
            &format!("a ; {}", forks.join(" or ")),
            &format!("a ; python_version >= '3.9' and python_version < '4' and ({})", extras.join(" or ")),
        ] {
            assert!(requirement(text).is_ok(), "{text}: {:?}", requirement(text));
            assert_eq!(requirement(text).unwrap(), Pep508::from_str(text).unwrap(), "{text}");
        }
    }

    #[test]
    fn nesting_ends_in_an_error_and_not_in_the_stack() {
        for deep in [129, 3_000, 5_000] {
            let text = format!("six ; {}python_version > '3'{}", "(".repeat(deep), ")".repeat(deep));
            assert!(requirement(&text).unwrap_err().contains("more than 128 parentheses"));
        }
        let fine = format!("six ; {}python_version > '3'{}", "(".repeat(100), ")".repeat(100));
        assert!(requirement(&fine).is_ok());
        let long = format!("six=={}", "1".repeat(1_000_000));
        assert_eq!(requirement(&long).unwrap_err(), "it has 1000005 bytes, and no more than 16384 are read");
        assert!(version(&"1.".repeat(1_000_000)).is_none() && specifiers(&">=1,".repeat(100_000)).is_err());
        assert!(version(&"9".repeat(10_000)).is_none());
    }

    /// Pairs of which the diagram meets all first halves before it meets a second one.
    fn pairs(many: usize, inner: &str, outer: &str) -> String {
        let pair = |number| format!("('a{number:03}' in os_name {inner} 'b{number:03}' in os_name)");
        (0..many).map(pair).collect::<Vec<_>>().join(outer)
    }

    #[test]
    fn markers_that_grow_exponentially_are_refused_before_they_do() {
        let begin = Instant::now();
        for many in [16, 40, 100] {
            for (inner, outer) in [("and", " or "), ("or", " and ")] {
                assert_eq!(
                    requirement(&format!("six ; {}", pairs(many, inner, outer))).unwrap_err(),
                    "its marker has too many conditions that depend on one another"
                );
            }
        }
        assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
    }

    #[test]
    fn markers_that_are_harmless_alone_are_refused_where_all_together_would_fill_the_memory() {
        let mut spent = Spent::default();
        let mut pay = |number: usize| {
            let text = format!("{} or os_name == '{number}'", pairs(8, "and", " or "));
            spent.pay(&text, Weight::of(&text))
        };
        let refused = (0..5_000).find(|number| !pay(*number));
        assert!(refused.is_some_and(|number| number > 100), "{refused:?}");
        assert!(pay(0), "what was paid for once costs nothing more");
    }

    #[test]
    fn the_lowest_python_is_the_first_that_is_allowed_in_any_of_its_releases() {
        let lowest = |text| lowest_python(text);
        assert_eq!(
            [lowest(">=3.9.2,<4"), lowest("~=3.8"), lowest(">3.10"), lowest("==3.12.*")],
            [9, 8, 10, 12].map(Some)
        );
        assert_eq!([lowest("!=3.0.*,!=3.1.*,>=2.7"), lowest("<3"), lowest(">=")], [Some(2), None, None]);
    }

    #[test]
    fn the_weight_is_no_less_than_what_is_compared() {
        assert_eq!(weight("a"), 1);
        assert_eq!(weight("a ; os_name == 'nt'"), 1);
        assert_eq!(weight("a ; os_name == 'nt' or extra == 'x'"), 2);
        assert_eq!(weight(&format!("a ; {}", pairs(10, "and", " or "))), 1024);
    }
}
