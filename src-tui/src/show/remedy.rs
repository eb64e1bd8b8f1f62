//! What a remedy comes to on the command line.

use packwright_core::problem::{Hint, Remedy};

/// A hint as the command line says it: with the option that does it, where no command does.
pub fn hint(hint: &Hint) -> String {
    let typed = hint.remedy.as_ref().filter(|_| hint.command.is_empty()).map(typed);
    typed.map_or_else(|| hint.text.clone(), |typed| format!("{}: {typed}", hint.text))
}

/// The option or the command that a remedy comes to, to be named behind its sentence.
pub(super) fn typed(remedy: &Remedy) -> String {
    match remedy {
        Remedy::Set { option, value } => format!("`--option {option}={value}`"),
        Remedy::Trust => "`--trust`".into(),
        Remedy::Ship { .. } => "`--ship-secret PATH`".into(),
        Remedy::Online => "leave out `--offline`".into(),
        Remedy::Offline => "`--offline`".into(),
        Remedy::Unlock => "leave out `--locked`".into(),
        Remedy::Folder => "`--out DIR`".into(),
        Remedy::Target => "`--target python=…`".into(),
        Remedy::Entry => "`--entry NAME`".into(),
        Remedy::Slower => "`--jobs 1`".into(),
        Remedy::Trim => "`packwright cache --trim`".into(),
        Remedy::Clear => "`packwright cache --clear`".into(),
        Remedy::Answer => "`--set FACT=TAG`".into(),
        Remedy::Record => "`packwright --record session.jsonl`".into(),
        Remedy::Declare { requirement, .. } => format!("`packwright declare {requirement}`"),
        Remedy::Technology { technology } => format!("`packwright build {technology}`"),
        Remedy::ByHand { technology } => format!("`packwright plan {technology}`"),
        Remedy::Advice => "`packwright advise`".into(),
        Remedy::Open { path } => format!("`packwright advise {}`", path.display()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remedy_names_its_option_unless_a_command_says_it() {
        let text = "Go online once".to_owned();
        let online = Hint { text, command: Vec::new(), remedy: Some(Remedy::Online) };
        assert_eq!(hint(&online), "Go online once: leave out `--offline`");
        let command = vec!["packwright".into()];
        assert_eq!(hint(&Hint { command, ..online }), "Go online once");
        assert_eq!(hint(&Hint::of("Wait")), "Wait");
    }
}
