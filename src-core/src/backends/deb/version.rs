//! Versions: what PEP 440 means, written so that dpkg sorts it the same way.
//!
//! dpkg compares texts and numbers in turn. `~` sorts before the end of a text, the end before letters, letters before `+`,
//! and `+` before `.` (deb-version(7)). So what comes before a release begins with `~`, what follows it with `+`, which is
//! still before the `.` of the next release, and what is said of one build only (`local`) sorts before `post`.

use crate::backend::{PlanError, Request, version};
use crate::facts::pep;
use crate::problem::{Code, Problem};

/// The largest epoch that dpkg takes.
const LARGEST_EPOCH: u64 = i32::MAX as u64;

/// A version of the package: `epoch:upstream-revision`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DebianVersion {
    epoch: u64,
    upstream: String,
    revision: String,
}

impl DebianVersion {
    /// The version of what is built: the project's, or what the option says; `None` where neither says one.
    pub fn of(request: &Request) -> Result<Option<Self>, PlanError> {
        let asked = request.options.get("version");
        let text = if asked.is_empty() { version(request)?.map(str::to_owned) } else { Some(asked.to_owned()) };
        let revision = revision(request)?;
        text.map(|text| Self::parse(&text, revision)).transpose()
    }

    /// The version of a project that says none: it sorts before every other.
    pub fn none(request: &Request) -> Result<Self, PlanError> {
        Ok(Self { epoch: 0, upstream: "0".into(), revision: revision(request)? })
    }

    fn parse(text: &str, revision: String) -> Result<Self, PlanError> {
        let refused = |because: &str| -> PlanError {
            let message = format!("the version `{text}` cannot be one of Debian: {because}");
            Problem::new(Code::Unsuitable, message)
                .hint("Say another by the option `version`, as PEP 440 writes versions, for example `1.0rc1`")
                .into()
        };
        let version =
            pep::version(text).ok_or_else(|| refused("it is none of PEP 440, so nothing says what it sorts after"))?;
        if version.epoch() > LARGEST_EPOCH {
            return Err(refused(&format!("dpkg takes epochs up to {LARGEST_EPOCH}")));
        }
        Ok(Self { epoch: version.epoch(), upstream: upstream(&version), revision })
    }

    /// The next build of the same version, which an upgrade leads to.
    pub fn next(&self) -> Self {
        Self { revision: format!("{}.1", self.revision), ..self.clone() }
    }

    /// As control files have it.
    pub fn full(&self) -> String {
        let epoch = if self.epoch == 0 { String::new() } else { format!("{}:", self.epoch) };
        format!("{epoch}{}", self.in_file_names())
    }

    /// Without the epoch, as in names of files.
    pub fn in_file_names(&self) -> String {
        format!("{}-{}", self.upstream, self.revision)
    }

    /// Without epoch and revision.
    pub fn upstream(&self) -> &str {
        &self.upstream
    }
}

/// Everything but the epoch.
fn upstream(version: &pep::Version) -> String {
    let numbers: Vec<String> = version.release().iter().map(u64::to_string).collect();
    let mut text = numbers.join(".");
    if let Some(pre) = version.pre() {
        text.push_str(&format!("~{}{}", pre.kind, pre.number));
    }
    if let Some(post) = version.post() {
        text.push_str(&format!("+post{post}"));
    }
    if let Some(dev) = version.dev() {
        // `1.0.dev1` is before `1.0a1`, and `~dev` would be behind `~a`.
        let is_of_the_release = version.pre().is_none() && version.post().is_none();
        text.push_str(&format!("{}{dev}", if is_of_the_release { "~~dev" } else { "~dev" }));
    }
    let local: Vec<String> = version.local().iter().map(ToString::to_string).collect();
    if !local.is_empty() {
        // Nothing but another number can follow `dev`; elsewhere `+post` may, and a local part must sort before that.
        let mark = if version.is_dev() || version.is_post() { "+" } else { "+local." };
        text.push_str(&format!("{mark}{}", local.join(".")));
    }
    text
}

/// What tells builds of one version apart.
fn revision(request: &Request) -> Result<String, PlanError> {
    let revision = request.options.get("revision");
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || "+.~".contains(c);
    if !revision.is_empty() && revision.len() <= 40 && revision.chars().all(is_allowed) {
        return Ok(revision.to_owned());
    }
    let message = format!("`{revision}` cannot be the revision of a package");
    let problem = Problem::new(Code::Usage, message);
    Err(problem.hint("Use a number, or letters, digits, `+`, `.` and `~`, for example `1` or `1~bpo12+1`").into())
}

#[cfg(test)]
mod tests;
