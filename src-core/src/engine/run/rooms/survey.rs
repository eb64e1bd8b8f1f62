//! Looks at what is inside an artifact: imports the project's modules and opens its data, in one process of the room.

use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;

use serde::Deserialize;

use super::visit::Visit;
use super::{Found, at, last_line};
use crate::engine::run::step::StepError;
use crate::engine::terms::json;
use crate::engine::tools::process::{ProcessError, Spawn};
use crate::facts::normalize;
use crate::inspect::{code, regular};
use crate::plan::{Command, StepId, Survey, Surveyed};
use crate::problem::count;

/// What runs in the room.
const SCRIPT: &str = include_str!("survey.py");

/// How long all of it may take.
const PATIENCE: Duration = Duration::from_mins(2);

/// How many faults are told; more of them have mostly one cause.
const MOST_TOLD: usize = 5;

/// Modules of the standard library that only some systems have: whoever imports them lives there, or asks first.
const OF_OTHER_SYSTEMS: &str = include_str!("other_systems.txt");

#[derive(Debug, Deserialize)]
struct Answer {
    modules: Vec<Module>,
    data: Vec<Data>,
}

#[derive(Debug, Deserialize)]
struct Module {
    name: String,
    there: bool,
    faults: Vec<Fault>,
}

#[derive(Debug, Deserialize)]
struct Data {
    path: String,
    there: bool,
    fault: Option<Fault>,
}

#[derive(Debug, Deserialize)]
struct Fault {
    error: String,
    text: String,
    #[serde(default)]
    missing: Option<String>,
    #[serde(default)]
    line: Option<usize>,
    #[serde(default)]
    importing: Option<String>,
}

/// Looks, and says what was looked at. What is missing where the program starts is a fault of the artifact; all else that
/// cannot be imported makes it yellow.
pub(super) fn look(visit: &Visit, step: &StepId, interpreter: &Command, survey: &Survey) -> Result<Found, StepError> {
    let (seen, real) = visit.room.folder("tmp");
    for (name, text) in [("survey.py", SCRIPT), ("survey.json", json::line(survey).as_str())] {
        let path = real.join(name);
        fs::write(&path, text).map_err(at("write", &path))?;
    }
    let place = |name: &str| seen.join(name).display().to_string();
    let arguments = ["survey.py", "survey.json", "surveyed.json"].map(place);
    let spawn = Spawn { timeout: PATIENCE, ..visit.spawn(interpreter, &arguments)? };
    let ended = visit.run(visit.room.log_of(step)?, &spawn);
    let (exit, log) = match ended {
        Err(StepError::Process(ProcessError::TimedOut { .. })) => {
            return Ok(Found::doubtful(format!(
                "importing the project's modules did not end within {} seconds",
                PATIENCE.as_secs()
            )));
        }
        ended => ended?,
    };
    let answer = regular::read(&real.join("surveyed.json"), regular::LARGEST).ok();
    let answer = answer.and_then(|text| serde_json::from_slice::<Answer>(&text).ok());
    let Some(answer) = answer else {
        let code = exit.map_or_else(|| "a signal".to_owned(), |code| format!("exit code {code}"));
        return Ok(Found::doubtful(format!("importing the project's modules ended with {code}: {}", last_line(&log))));
    };
    Ok(match judged(survey, &answer) {
        Err(because) => Found::Not { because, log: Some(log) },
        Ok((tried, doubts)) => {
            Found::Answered { text: tried.join(", "), starts_ms: Vec::new(), first_ms: None, tried, doubts }
        }
    })
}

/// What was looked at, and what makes the result yellow; or what keeps the program from starting.
fn judged(survey: &Survey, answer: &Answer) -> Result<(Vec<String>, Vec<String>), String> {
    let (mut told, mut imported) = (Vec::new(), 0);
    for module in &answer.modules {
        let Some(ordered) = survey.modules.iter().find(|ordered| ordered.name == module.name) else { continue };
        imported += usize::from(module.there && !ordered.acts && module.faults.is_empty());
        for fault in module.faults.iter().filter(|fault| !is_excused(survey, ordered, fault)) {
            let sentence = sentence(ordered, fault);
            if ordered.starts && fault.error == "ModuleNotFoundError" {
                return Err(sentence);
            }
            told.push((fault.missing.clone(), sentence));
        }
    }
    // One module that is missing is told once, where it is imported first.
    let mut seen = BTreeSet::new();
    told.retain(|(missing, _)| missing.as_ref().is_none_or(|missing| seen.insert(missing.clone())));
    let data: Vec<&Data> = answer.data.iter().filter(|data| data.there).collect();
    let opened = data.iter().filter(|data| data.fault.is_none()).count();
    let closed = data.iter().filter_map(|data| {
        let fault = data.fault.as_ref()?;
        Some(format!("`{}` cannot be opened as data of its package: {}", data.path, fault.text))
    });
    let mut doubts: Vec<String> = told.into_iter().map(|(_, sentence)| sentence).chain(closed).collect();
    let more = doubts.len().saturating_sub(MOST_TOLD);
    doubts.truncate(MOST_TOLD);
    doubts.extend((more > 0).then(|| format!("{} more of the kind is not told", count(more, "finding"))));
    let mut tried = Vec::new();
    tried.extend((imported > 0).then(|| format!("imported {imported} of its modules")));
    tried.extend((opened > 0).then(|| format!("opened {}", count(opened, "data file"))));
    Ok((tried, doubts))
}

/// Whether a fault is none: what is missing belongs to an extra, or to another system.
fn is_excused(survey: &Survey, module: &Surveyed, fault: &Fault) -> bool {
    let Some(missing) = &fault.missing else { return false };
    let top = missing.split('.').next().unwrap_or_default();
    let is_elsewhere = OF_OTHER_SYSTEMS.lines().any(|line| line == top);
    let distribution = normalize(&code::distribution(top));
    let is_optional = survey.optional.contains(&distribution);
    (is_elsewhere && !module.starts) || is_optional
}

fn sentence(module: &Surveyed, fault: &Fault) -> String {
    let place = fault.line.map_or_else(|| module.path.clone(), |line| format!("{}:{line}", module.path));
    let what = fault.importing.as_ref().unwrap_or(&module.name);
    match &fault.missing {
        Some(missing) if fault.error == "ModuleNotFoundError" => {
            format!("`{missing}`, which is imported at {place}, is not inside")
        }
        _ => format!("importing `{what}` fails ({place}): {}: {}", fault.error, fault.text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn survey() -> Survey {
        let module = |name: &str, starts, acts| Surveyed {
            name: name.into(),
            path: format!("src/{name}.py"),
            acts,
            needs: Vec::new(),
            starts,
        };
        let modules = vec![module("main", true, true), module("more", false, false), module("win", false, false)];
        Survey { modules, data: Vec::new(), optional: vec!["qt".into()] }
    }

    fn answered(faults: &[(&str, &str, &str)]) -> Result<(Vec<String>, Vec<String>), String> {
        let modules = ["main", "more", "win"].map(|name| Module {
            name: name.into(),
            there: true,
            faults: faults
                .iter()
                .filter(|(module, ..)| *module == name)
                .map(|(_, error, missing)| Fault {
                    error: (*error).into(),
                    text: "no".into(),
                    missing: (!missing.is_empty()).then(|| (*missing).into()),
                    line: Some(3),
                    importing: None,
                })
                .collect(),
        });
        judged(&survey(), &Answer { modules: modules.into(), data: Vec::new() })
    }

    #[test]
    fn what_is_missing_where_the_program_starts_is_a_fault_and_elsewhere_a_doubt() {
        let missing = |module| answered(&[(module, "ModuleNotFoundError", "yaml")]);
        assert_eq!(missing("main").unwrap_err(), "`yaml`, which is imported at src/main.py:3, is not inside");
        let (tried, doubts) = missing("more").unwrap();
        assert_eq!(tried, ["imported 1 of its modules"]);
        assert_eq!(doubts, ["`yaml`, which is imported at src/more.py:3, is not inside"]);
        let (_, doubts) = answered(&[("main", "KeyError", "")]).unwrap();
        assert_eq!(doubts, ["importing `main` fails (src/main.py:3): KeyError: no"]);
    }

    #[test]
    fn what_belongs_to_an_extra_or_to_another_system_may_be_missing() {
        let faults = [("more", "ModuleNotFoundError", "qt.core"), ("win", "ModuleNotFoundError", "winreg")];
        assert_eq!(answered(&faults).unwrap().1, [""; 0]);
        assert!(answered(&[("main", "ModuleNotFoundError", "winreg")]).is_err(), "everybody starts with it");
    }

    #[test]
    fn data_that_cannot_be_opened_is_named_and_what_is_in_no_package_here_is_not() {
        let data = |path: &str, there, fault: Option<&str>| Data {
            path: path.into(),
            there,
            fault: fault.map(|text| Fault {
                error: "FileNotFoundError".into(),
                text: text.into(),
                missing: None,
                line: None,
                importing: None,
            }),
        };
        let data = vec![data("a.txt", true, None), data("b.txt", true, Some("gone")), data("c.txt", false, Some("x"))];
        let (tried, doubts) = judged(&survey(), &Answer { modules: Vec::new(), data }).unwrap();
        assert_eq!(tried, ["opened 1 data file"]);
        assert_eq!(doubts, ["`b.txt` cannot be opened as data of its package: gone"]);
    }
}
