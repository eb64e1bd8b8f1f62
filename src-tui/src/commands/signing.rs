//! The key that signs receipts: named on the command line or by the user's environment, never by a project.

use std::path::{Path, PathBuf};

use packwright_core::engine::signature::Signer;
use packwright_core::problem::Problem;

use crate::prompt;
use crate::terminal::Terminal;

/// Names the key for all builds of a user.
const KEY: &str = "PACKWRIGHT_SIGN";
/// Holds its password, where nobody can be asked.
const PASSWORD: &str = "PACKWRIGHT_SIGN_PASSWORD";

/// The key that was named, or the one of the user's environment, unlocked; `None` where there is neither.
pub fn signer(named: Option<&Path>, terminal: &Terminal) -> Result<Option<Signer>, Problem> {
    let usual = std::env::var_os(KEY).filter(|path| !path.is_empty()).map(PathBuf::from);
    let Some(path) = named.map(Path::to_path_buf).or(usual) else { return Ok(None) };
    let password = || {
        let given = std::env::var(PASSWORD).ok();
        given.or_else(|| {
            let question = format!("Password of `{}`: ", path.display());
            terminal.can_ask.then(|| prompt::password(terminal, &question)).flatten()
        })
    };
    Ok(Some(Signer::open(&path, password)?))
}
