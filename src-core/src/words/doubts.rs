//! What is said of what a project's folder holds and the project does not.

use super::names::{doubt, fate};
use crate::facts::{Doubt, DoubtKind, Fate};

/// Paths that are named of one kind; of more, only the number is told.
const NAMED: usize = 4;

/// Paths of one kind, and what is said of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// What becomes of them.
    pub fate: Fate,
    /// What they are.
    pub kind: DoubtKind,
    /// The first of them, with the line that shows it where one does, and how many more.
    pub paths: String,
    /// What they are, and what becomes of them, in words.
    pub because: String,
}

/// What is said of all of them: what is asked first, then what is left out, then what somebody has said.
pub fn doubts(all: &[Doubt]) -> Vec<Told> {
    let mut groups: Vec<(Fate, DoubtKind)> = all.iter().map(|one| (one.fate, one.kind)).collect();
    groups.sort_unstable();
    groups.dedup();
    groups.into_iter().map(|(fate, kind)| told(all, fate, kind)).collect()
}

/// Likewise, of what somebody should know of who did not ask: what may be a secret, and what is asked.
pub fn weighty_doubts(all: &[Doubt]) -> Vec<Told> {
    let is_weighty = |told: &Told| {
        told.fate == Fate::Asked
            || matches!(told.kind, DoubtKind::Credential | DoubtKind::Secret) && told.fate == Fate::LeftOut
    };
    doubts(all).into_iter().filter(is_weighty).collect()
}

fn told(all: &[Doubt], becomes: Fate, kind: DoubtKind) -> Told {
    let of_kind: Vec<&Doubt> = all.iter().filter(|one| (one.fate, one.kind) == (becomes, kind)).collect();
    let name = |one: &&Doubt| match one.line {
        Some(line) => format!("{}:{line}", one.path),
        None => one.path.clone(),
    };
    let mut names: Vec<String> = of_kind.iter().take(NAMED).map(name).collect();
    if of_kind.len() > NAMED {
        names.push(format!("and {} more", of_kind.len() - NAMED));
    }
    let paths = names.join(", ");
    let because = match (becomes, kind) {
        // The kind says it all.
        (_, DoubtKind::Unwanted) => doubt(kind).to_owned(),
        _ => format!("{}: {}", doubt(kind), fate(becomes)),
    };
    Told { fate: becomes, kind, paths, because }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_comes_first_and_many_of_a_kind_are_counted() {
        let mut all: Vec<Doubt> =
            (0..9).map(|at| Doubt::left_out(format!("{at}/__pycache__/"), DoubtKind::Cache)).collect();
        all.push(Doubt::left_out("app.db", DoubtKind::Database));
        all.push(Doubt { line: Some(3), ..Doubt::left_out("config.ini", DoubtKind::Secret) });
        let said = doubts(&all);
        let lines: Vec<String> = said.iter().map(|told| format!("{} · {}", told.paths, told.because)).collect();
        assert_eq!(lines[0], "app.db · a database, which the program may write: left out, unless you take it along");
        assert_eq!(lines[1], "config.ini:3 · a secret was found in it: left out");
        assert!(lines[2].starts_with("0/__pycache__/, 1/__pycache__/, 2/__pycache__/, 3/__pycache__/, and 5 more · "));
        assert_eq!(weighty_doubts(&all).len(), 2);
    }
}
