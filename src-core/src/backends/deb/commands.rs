//! The commands that installing the package gives.

use crate::backend::{PlanError, Reference, Request, main_entry};
use crate::facts::EntryPoint;

/// One command in `/usr/bin`.
#[derive(Debug, Clone)]
pub(super) struct Installed<'a> {
    /// What users type.
    pub name: String,
    /// What is behind it.
    pub entry: &'a EntryPoint,
}

/// The commands, the main one first, and the names of scripts that cannot be commands.
pub(super) fn commands<'a>(
    request: &'a Request,
    package: &str,
) -> Result<(Vec<Installed<'a>>, Vec<&'a str>), PlanError> {
    let main = main_entry(request)?;
    let name = if is_plain(&main.name) { main.name.clone() } else { package.to_owned() };
    let mut commands = vec![Installed { name, entry: main }];
    let mut odd = Vec::new();
    let scripts = request.entries.iter().skip(1).filter(|entry| entry.is_command());
    for entry in scripts {
        if commands.iter().any(|known| known.name == entry.name) {
            continue;
        }
        if is_plain(&entry.name) {
            commands.push(Installed { name: entry.name.clone(), entry });
        } else {
            odd.push(entry.name.as_str());
        }
    }
    Ok((commands, odd))
}

/// Whether a name can be typed as a command, and stand in every file that names one.
fn is_plain(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.len() <= 100
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "._+-".contains(c))
}

impl Installed<'_> {
    /// The script that starts it with this interpreter.
    pub fn script(&self, interpreter: &str) -> Result<String, PlanError> {
        Ok(format!("#!{interpreter}\n{}", Reference::of(self.entry)?.statements()))
    }

    /// What is run, from the root of the system.
    pub fn path(&self) -> String {
        format!("/usr/bin/{}", self.name)
    }
}
