//! What `uv` says against a question, as an error.

use super::question::Question;
use super::{Requested, ResolveError};

impl Question<'_> {
    /// The error that this message of `uv` is.
    pub(super) fn failed(&self, said: &str) -> ResolveError {
        let what = self.wanted.what.to_owned();
        if said.contains("Git operation failed") {
            let name = said.split_once('`').map(|(_, line)| Requested::parse(line).name).unwrap_or_default();
            return ResolveError::Repository { what, name, kind: "git" };
        }
        if said.contains("No solution found") {
            ResolveError::Unsatisfiable { what, environment: self.environment, said: reasons(said) }
        } else {
            ResolveError::Failed { what, said: reasons(said) }
        }
    }
}

/// The lines of uv's message that say why, without its own labels.
fn reasons(said: &str) -> String {
    let lines = said.lines().map(|line| line.trim().trim_start_matches("error:").trim_start_matches("cause:").trim());
    // What it advises against its own care is no advice here: another index may have somebody else's package.
    let is_said =
        |line: &&str| !line.is_empty() && !line.starts_with("No solution found") && !line.contains("--index-strategy");
    lines.filter(is_said).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_uv_says_is_quoted_without_its_labels() {
        let said = "error: No solution found when resolving dependencies\n  cause: Because a was not found in the package registry\n\n\
                    hint: use `--index-strategy unsafe-best-match`\nhint: x";
        assert_eq!(reasons(said), "Because a was not found in the package registry\nhint: x");
    }
}
