//! The words for an index that a project names and the user does not know.

use std::fmt;

use crate::facts::{IndexRole, NamedIndex, Source, Tied};
use crate::problem::Problem;

/// An index that is named by a project and unknown to the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What the project names.
    pub index: NamedIndex,
    /// The package that is to come from it, where it is one, and where that is said.
    pub package: Option<Tied>,
    /// The address of an index of the user that has the same name and is another one.
    pub namesake: Option<String>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.index.shown();
        let listed = self.package.as_ref().map(|tied| format!("`{}`", tied.name)).or_else(|| self.index.listed());
        let said = match (&listed, self.index.role) {
            (Some(listed), IndexRole::Locked) => format!("{listed} came from {shown}, says"),
            (Some(listed), _) => format!("{listed} comes from {shown}, says"),
            (None, IndexRole::None) => "no index is to be asked, says".to_owned(),
            (None, IndexRole::Default) => format!("packages come from {shown}, says"),
            (None, _) => format!("packages may come from {shown}, says"),
        };
        let place = self.package.as_ref().map_or(&self.index.source, |tied| &tied.source);
        let own = match self.index.role {
            IndexRole::None => "but your own configuration has indexes",
            _ => "which your own configuration does not know",
        };
        write!(f, "{said} `{place}`, {own}")
    }
}

impl Refusal {
    /// Adds why it is so, and what to do.
    pub(super) fn explain(&self, problem: Problem) -> Problem {
        let problem = match (&self.package, &self.index.source) {
            (Some(tied), declared) if tied.source != *declared => problem.cause(named(&self.index, declared)),
            _ => problem,
        };
        let problem = self.namesake.iter().fold(problem, |problem, other| {
            let name = self.index.name.as_deref().unwrap_or_default();
            problem.cause(format!("your own configuration has an index `{name}` at another address, `{other}`"))
        });
        let problem = problem
            .cause("a package of the same name in another index may be somebody else's, so none is asked in its place");
        if self.index.role == IndexRole::None {
            return problem.hint("Set `no-index` in your own `uv.toml` or `pip.conf`, or take it out of the project");
        }
        let Some(address) = &self.index.address else {
            return problem.hint("Give it an address in the project, or configure an index of this name yourself");
        };
        if self.index.role == IndexRole::Files {
            let own = format!("`find-links = [\"{address}\"]` in your own `uv.toml`, or `PIP_FIND_LINKS={address}`");
            return problem.hint(format!("If you trust it, name it yourself: {own}"));
        }
        let name = self.index.name.as_deref().filter(|name| is_plain(name)).unwrap_or("private");
        let variable: String =
            name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect();
        let entry = format!("`[[index]]` with `name = \"{name}\"`, `url = \"{address}\"` and `explicit = true`");
        let everywhere = format!("`UV_INDEX={name}={address}`, or `extra-index-url = {address}` in your `pip.conf`");
        let login = format!("`UV_INDEX_{variable}_USERNAME` and `UV_INDEX_{variable}_PASSWORD`, or into `~/.netrc`");
        problem
            .hint(format!("If you trust it, add it to your own `uv.toml`, for its packages alone: {entry}"))
            .hint(format!("Or let it be asked for every package, before your default: {everywhere}"))
            .hint(format!("A login for it belongs into {login}"))
    }
}

fn named(index: &NamedIndex, source: &Source) -> String {
    format!("`{source}` names {}", index.shown())
}

/// Whether a name can stand in a variable: it is the project's word.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
}
