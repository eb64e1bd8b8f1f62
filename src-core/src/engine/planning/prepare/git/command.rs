//! How Git is run: the system's own, with nothing of the user's configuration, no hooks, no filters and no questions.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{GitError, Reference};
use crate::engine::disk::error::{StoreError, at};
use crate::engine::run::sandbox::{Binding, System};
use crate::engine::run::step::Bench;
use crate::engine::tools::log::LogWriter;
use crate::engine::tools::process::Spawn;
use crate::engine::tools::{Access, ToolError, environment, find};

/// Settings on top of none. Filters and hooks come from configuration only, and there is none.
const SETTINGS: [&str; 4] = ["-c", "core.hooksPath=/dev/null", "-c", "credential.helper="];

/// Lets Git take a login from its home: in an argument everybody on this machine could read it.
const WITH_LOGIN: [&str; 2] = ["-c", "credential.helper=store"];

/// The file in Git's home that `git credential-store` reads.
const LOGINS: &str = ".git-credentials";

/// Without the user's settings, which could start programs, and without questions, which would go to the terminal.
const SSH: &str = "ssh -F none -oBatchMode=yes";

/// Git in a folder of its own.
pub(super) struct Git<'a> {
    bench: &'a Bench<'a>,
    program: PathBuf,
    /// On this machine.
    folder: &'a Path,
    reference: &'a Reference,
}

impl<'a> Git<'a> {
    /// The Git of this system, found outside the project.
    pub fn new(bench: &'a Bench<'a>, folder: &'a Path, reference: &'a Reference) -> Result<Self, GitError> {
        let program = find("git", bench.toolbox.off_limits).ok_or_else(|| ToolError::Missing(vec!["git".into()]))?;
        Ok(Self { bench, program, folder, reference })
    }

    /// Runs it: what it says, as an error where it fails.
    pub fn run<'w>(
        &self,
        words: impl IntoIterator<Item = &'w str>,
        network: bool,
    ) -> Result<Result<String, String>, GitError> {
        let sandbox = self.bench.sandbox;
        let cwd = sandbox.seen("git", self.folder);
        let login = self.reference.login.as_ref().filter(|_| network);
        if let Some(login) = login {
            self.keep(login)?;
        }
        let settings = SETTINGS.into_iter().chain(login.into_iter().flat_map(|_| WITH_LOGIN));
        let args = settings.chain(words).map(str::to_owned).collect();
        let timeout = Duration::from_secs(600);
        let spawn =
            Spawn { program: self.program.clone(), args, env: variables(&cwd, network), cwd: cwd.clone(), timeout };
        let mut bindings = vec![Binding::writable(self.folder, &cwd)];
        bindings.extend(self.places(network).into_iter().map(|path| Binding::readable(&path, &path)));
        let log_path = self.folder.join("said");
        let log = LogWriter::create(&log_path).map_err(at("write", &log_path))?;
        let spawn = sandbox.wrap(&spawn, &System::Whole, &bindings, network);
        let exit = self.bench.world.run(&spawn, &log, self.bench.cancel)?;
        let said = log.finish().map_err(at("write", &log_path))?.tail(200);
        Ok(if exit.code == Some(0) { Ok(said) } else { Err(said) })
    }

    /// Writes the login into Git's home, which nobody else can open and which goes with the work.
    fn keep(&self, login: &str) -> Result<(), StoreError> {
        let path = self.folder.join(LOGINS);
        // Some servers take a token as the name, with an empty password.
        let colon = if login.contains(':') { "" } else { ":" };
        let login = login.replace('@', "%40");
        let address = self.reference.url.replacen("://", &format!("://{login}{colon}@"), 1);
        let mut options = File::options();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let written = options.open(&path).and_then(|mut file| writeln!(file, "{address}"));
        written.map_err(at("write", &path))
    }

    /// What it reads beside its own folder: its installation, a repository on this machine, and what `ssh` needs.
    fn places(&self, network: bool) -> Vec<PathBuf> {
        let installed = self.program.parent().and_then(Path::parent).map(Path::to_path_buf);
        let installed = installed.filter(|path| !path.starts_with("/usr") && path != Path::new("/"));
        let repository = self.reference.folder().map(PathBuf::from).filter(|path| network && path.is_absolute());
        let is_ssh = network && self.reference.url.starts_with("ssh://");
        let agent = std::env::var_os("SSH_AUTH_SOCK").map(PathBuf::from);
        let known = std::env::home_dir().map(|home| home.join(".ssh/known_hosts"));
        let ssh = agent.into_iter().chain(known).filter(|_| is_ssh);
        installed.into_iter().chain(repository).chain(ssh).filter(|path| path.exists()).collect()
    }
}

fn variables(home: &Path, network: bool) -> BTreeMap<String, String> {
    let mut env = environment(if network { Access::Index } else { Access::None }, &[]);
    // Logins for indexes are none of its business.
    env.retain(|name, _| !name.starts_with("UV_") && !name.starts_with("PIP_") && name != "NETRC");
    let own = [
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_ATTR_NOSYSTEM", "1"),
        ("GIT_TERMINAL_PROMPT", "0"),
        ("GIT_ASKPASS", ""),
        ("SSH_ASKPASS", ""),
        ("GIT_SSH_COMMAND", SSH),
        ("GIT_ALLOW_PROTOCOL", "https:ssh:file"),
        ("GIT_LFS_SKIP_SMUDGE", "1"),
    ];
    env.extend(own.map(|(name, value)| (name.to_owned(), value.to_owned())));
    env.insert("HOME".into(), home.display().to_string());
    if let Some(certificates) = env.get("SSL_CERT_FILE").cloned() {
        env.insert("GIT_SSL_CAINFO".into(), certificates);
    }
    let agent = std::env::var("SSH_AUTH_SOCK").ok().filter(|_| network);
    env.extend(agent.map(|path| ("SSH_AUTH_SOCK".to_owned(), path)));
    env
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn git_is_told_nothing_of_the_user_and_may_ask_nothing() {
        for network in [false, true] {
            let env = variables(Path::new("/pw/git"), network);
            assert_eq!(env["GIT_CONFIG_GLOBAL"], "/dev/null");
            assert_eq!(env["GIT_ALLOW_PROTOCOL"], "https:ssh:file");
            assert_eq!(env["HOME"], "/pw/git");
            assert_eq!(env["GIT_SSH_COMMAND"], "ssh -F none -oBatchMode=yes");
            assert!(!env.keys().any(|name| name.starts_with("UV_") || name == "NETRC"));
        }
    }
}
