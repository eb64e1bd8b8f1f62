//! The rules of `ARCHITECTURE.md`, held by tests instead of by reviewers.
//!
//! The checks read source text, not syntax: they look at what stands before `#[cfg(test)]`, without comments. That is
//! enough for rules about names, and a false alarm is answered with an exception that carries its reason.

mod crates;
mod data;
mod modules;
mod order;
mod source;
mod style;
mod texts;

/// Fails with one line for each violation.
fn expect_none(rule: &str, violations: &[String]) {
    assert!(violations.is_empty(), "{rule}\n  {}\n", violations.join("\n  "));
}
