//! A step's command as it will be run, for people to read and copy.

use crate::plan::{Command, Pick, Piece, Step, StepId, ToolRef, Word};

/// The argument vectors of a step, with the paths that the sandbox shows it: `/pw/src` is the project's source,
/// `/pw/in/N` the output of the step's N-th input, `/pw/out` the folder it writes. Empty for actions of the engine itself.
pub fn command_lines(step: &Step) -> Vec<Vec<String>> {
    let inputs = step.action.inputs();
    let line = |command: &Command| {
        std::iter::once(&command.tool).chain(&command.args).map(|word| shown(word, &inputs)).collect()
    };
    step.action.commands().iter().map(line).collect()
}

fn shown(word: &Word, inputs: &[&StepId]) -> String {
    word.0.iter().map(|piece| part(piece, inputs)).collect()
}

fn part(piece: &Piece, inputs: &[&StepId]) -> String {
    match piece {
        Piece::Text(text) => text.clone(),
        Piece::Source(path) => below("/pw/src", path),
        Piece::Output(step, pick) => output(step, pick, inputs),
        Piece::Out(path) => below("/pw/out", path),
        Piece::Scratch(path) => below("/pw/tmp", path),
        Piece::Tool(reference) => tool(reference),
        Piece::Secret(name) => format!("<secret {name}>"),
        Piece::Mirrors(suite) => format!("<mirrors of {suite}>"),
    }
}

fn output(step: &StepId, pick: &Pick, inputs: &[&StepId]) -> String {
    let number = inputs.iter().position(|input| *input == step).map_or(0, |index| index + 1);
    let folder = format!("/pw/in/{number}");
    match pick {
        Pick::Folder => folder,
        Pick::Path(path) | Pick::One(path) | Pick::All(path) => below(&folder, path),
    }
}

fn tool(tool: &ToolRef) -> String {
    match tool {
        ToolRef::System { name } => name.clone(),
        ToolRef::Managed { executable, .. } => executable.clone(),
        ToolRef::Python { version } => format!("python{version}"),
    }
}

fn below(folder: &str, path: &str) -> String {
    if path.is_empty() { folder.into() } else { format!("{folder}/{path}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Action;

    #[test]
    fn a_command_is_shown_with_the_paths_of_the_sandbox() {
        let wheels = StepId::of(&Action::Fetch { files: Vec::new() });
        let command = Command::new(ToolRef::System { name: "pex".into() }, ["--no-index"])
            .arg(Word::text("--find-links=").then(Piece::Output(wheels.clone(), Pick::Folder)))
            .arg(Word::output(&wheels, Pick::One("*.whl".into())))
            .arg(Word::source(""))
            .arg(Word::out("a b.pex"));
        let step = Step::new("Pack", Action::run(command));
        let line = command_lines(&step).remove(0);
        assert_eq!(
            line,
            ["pex", "--no-index", "--find-links=/pw/in/1", "/pw/in/1/*.whl", "/pw/src", "/pw/out/a b.pex"]
        );
    }

    #[test]
    fn what_the_engine_does_itself_has_no_command() {
        assert!(command_lines(&Step::new("Fetch", Action::Fetch { files: Vec::new() })).is_empty());
    }
}
