//! What this machine has: tools, and room.

use super::command::shell_line;
use super::measure::size;
use super::sentence::sentence;
use super::slots::Sentence;
use crate::engine::doctor::ToolState;
use crate::problem::Hint;

/// The version of a tool, or how it will be got.
pub fn tool(tool: &ToolState) -> String {
    match &tool.version {
        Some(version) => version.clone(),
        None if tool.managed => sentence(Sentence::ToolManaged, &[]),
        None => sentence(Sentence::ToolMissing, &[]),
    }
}

/// How much of a disk or of the memory is free, in bytes; `is_scarce` where that is hardly enough.
pub fn free(bytes: Option<u64>, is_scarce: bool) -> String {
    match bytes {
        Some(bytes) if is_scarce => sentence(Sentence::FreeScarce, &[&size(bytes)]),
        Some(bytes) => sentence(Sentence::Free, &[&size(bytes)]),
        None => sentence(Sentence::FreeUnknown, &[]),
    }
}

/// A hint on one line, with its command.
pub fn hint(hint: &Hint) -> String {
    if hint.command.is_empty() { hint.text.clone() } else { format!("{}: {}", hint.text, shell_line(&hint.command)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tool_is_its_version_or_how_it_is_got() {
        let state = |version: Option<&str>, managed| ToolState {
            name: "pex".into(),
            version: version.map(str::to_owned),
            managed,
            damaged: Vec::new(),
        };
        assert_eq!(tool(&state(Some("2.1"), true)), "2.1");
        assert_eq!(tool(&state(None, true)), "installed by Packwright when it is needed");
        assert_eq!(tool(&state(None, false)), "not found");
    }

    #[test]
    fn what_is_free_is_told_and_little_is_a_warning() {
        assert_eq!(free(Some(3_000), true), "only 3.0 kB free");
        assert_eq!(free(Some(3_000_000_000), false), "3.0 GB free");
        assert_eq!(free(None, false), "this system does not tell how much is free");
    }

    #[test]
    fn a_hint_is_followed_by_its_command() {
        let command = vec!["apt".to_owned(), "install".to_owned(), "shiv".to_owned()];
        assert_eq!(hint(&Hint { command, ..Hint::of("Install `shiv`") }), "Install `shiv`: apt install shiv");
        assert_eq!(hint(&Hint::of("Wait")), "Wait");
    }
}
