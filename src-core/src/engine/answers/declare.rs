//! Declares requirements where a project declares such: in the table of its metadata, the header of a script, or the file
//! that pip reads. What only code can say is left to whoever wrote it.

mod array;
mod lines;

use std::path::PathBuf;

use super::edit::{self, EditError};
use super::place::{self, Place};
use super::{AnswersError, broken};
use crate::facts::{Definition, Project, pep};
use crate::problem::Needed;

/// A requirement to be declared.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Declaration {
    /// PEP 508.
    pub requirement: String,
    /// What it is needed for.
    pub needed: Needed,
}

/// Where requirements stand in a file.
enum Home {
    /// An array of a TOML file.
    Array(Vec<&'static str>),
    /// A table of versions by name, as Poetry has it.
    Versions(Vec<&'static str>),
    /// The header of a script, PEP 723.
    Header,
    /// A file with one a line.
    Lines,
    /// `install_requires` of `setup.cfg`.
    Config,
}

/// Declares these; gives the files they are in. A requirement of the same distribution is replaced.
pub fn declare(project: &Project, wanted: &[Declaration]) -> Result<Vec<PathBuf>, AnswersError> {
    let mut written = Vec::new();
    for needed in [Needed::ToRun, Needed::ToBuild] {
        let mut requirements: Vec<String> = Vec::new();
        for declaration in wanted.iter().filter(|one| one.needed == needed) {
            pep::requirement(&declaration.requirement)
                .map_err(|_| AnswersError::NoRequirement { text: declaration.requirement.clone() })?;
            requirements.push(declaration.requirement.clone());
        }
        if requirements.is_empty() {
            continue;
        }
        let (place, home) = home(project, needed, &requirements)?;
        let before = place.read()?;
        let after = added(&place, &home, &before, &implied(project, &home, &before, needed), &requirements)?;
        if before != after {
            place.write(&after)?;
        }
        written.push(place.path);
    }
    Ok(written)
}

/// The file that a requirement would be written into, and whether it would be for its build, to be shown before.
pub fn file_of(project: &Project, needed: Needed) -> Result<String, AnswersError> {
    let (place, _) = home(project, needed, &[])?;
    Ok(place.path.file_name().unwrap_or_default().to_string_lossy().into_owned())
}

fn home(project: &Project, needed: Needed, wanted: &[String]) -> Result<(Place, Home), AnswersError> {
    let at = |name: &str| Place { path: project.root.join(name), base: Vec::new(), root: project.root.clone() };
    let by_hand = |file: &str, key: &'static str| AnswersError::ByHand {
        requirements: wanted.join("`, `"),
        file: file.to_owned(),
        key,
    };
    if needed == Needed::ToBuild {
        return Ok((at("pyproject.toml"), Home::Array(vec!["build-system", "requires"])));
    }
    match &project.definition {
        Definition::Script(path) => Ok((at(path), Home::Header)),
        Definition::Folder(path) if path.is_empty() => Ok((at("requirements.txt"), Home::Lines)),
        Definition::Folder(path) => Ok((at(path), Home::Lines)),
        Definition::SetupPy(path) | Definition::SetupCfg(path) => {
            let config = at("setup.cfg");
            let says = lines::has_requirements(&config.read()?);
            if says || matches!(project.definition, Definition::SetupCfg(_)) {
                return Ok((config, Home::Config));
            }
            Err(by_hand(path, "install_requires"))
        }
        Definition::Pyproject(path) => {
            let place = at(path);
            let table = place::parsed(&place.read()?).map_err(|error| broken(&place.path, &error))?;
            let tool = |name: &str| table.get("tool").and_then(|tool| tool.get(name));
            if table.contains_key("project") {
                if !project.knows_dependencies() {
                    return Err(by_hand(path, "dependencies"));
                }
                return Ok((place, Home::Array(vec!["project", "dependencies"])));
            }
            if tool("poetry").is_some() {
                return Ok((place, Home::Versions(vec!["tool", "poetry", "dependencies"])));
            }
            if tool("flit").is_some() {
                return Ok((place, Home::Array(vec!["tool", "flit", "metadata", "requires"])));
            }
            Err(by_hand(path, "dependencies"))
        }
    }
}

/// What a list that is begun must hold besides, because it was taken for granted while there was none.
fn implied(project: &Project, home: &Home, before: &str, needed: Needed) -> Vec<String> {
    let taken = || project.dependencies.iter().map(|requirement| requirement.text.clone()).collect();
    match (home, needed) {
        (Home::Header, _) if !lines::header_lists(before) => taken(),
        (Home::Lines, _) if before.is_empty() => taken(),
        (Home::Array(_), Needed::ToBuild) => vec!["setuptools".to_owned()],
        _ => Vec::new(),
    }
}

fn added(
    place: &Place,
    home: &Home,
    before: &str,
    implied: &[String],
    wanted: &[String],
) -> Result<String, AnswersError> {
    let failed = |error| match error {
        EditError::Broken(error) => broken(&place.path, &error),
        error @ EditError::NotATable(_) => AnswersError::Broken { path: place.path.clone(), cause: error.to_string() },
    };
    let damage = || AnswersError::Damage { path: place.path.clone() };
    let after = match home {
        Home::Array(path) => array::with_requirements(before, path, implied, wanted).map_err(failed)?,
        Home::Header => lines::with_header(before, implied, wanted).map_err(failed)?,
        Home::Versions(path) => {
            let mut text = before.to_owned();
            for requirement in wanted {
                let (name, version) = array::poetry_version(requirement).ok_or_else(damage)?;
                text = edit::set(&text, &[path.as_slice(), &[name.as_str()]].concat(), &version).map_err(failed)?;
            }
            Some(text)
        }
        Home::Lines => Some(lines::with_lines(before, implied, wanted)),
        Home::Config => Some(lines::with_config(before, wanted)),
    };
    let after = after.ok_or_else(damage)?;
    // Nothing is written that would not be read back.
    let is_toml = matches!(home, Home::Array(_) | Home::Versions(_));
    if is_toml && place::parsed(&after).is_err() { Err(damage()) } else { Ok(after) }
}

#[cfg(test)]
mod tests;
