//! Where packages come from: what the user told pip and `uv`. `uv` does not read what pip was told.
//!
//! What the project itself says is not asked here: it is untrusted. An address may hold a login, so addresses are given
//! to `uv` in its environment and never as arguments, which everybody on the machine can read.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::configuration::ConfigurationError;
use super::known::{self, Kind, Known};
use super::user::User;
use super::uv_file::{UvFile, uv_file};
use super::{certificates, pip};

/// Settings of `uv` that make it pass over where a package is to come from.
const HIDING: [&str; 2] = ["no-sources", "no-sources-package"];

/// The user's indexes.
#[derive(Debug, Clone, Default)]
pub(in crate::engine) struct Indexes {
    /// Variables of `uv`.
    variables: BTreeMap<String, String>,
    /// Whether the user said to use no index.
    none: bool,
    file: Option<UvFile>,
    /// All of them, as they are compared with what a project names.
    known: Vec<Known>,
    /// Certificates that only pip was told of.
    certificates: Option<PathBuf>,
}

impl Indexes {
    /// Those of the one who runs this process.
    pub fn configured() -> Result<Self, ConfigurationError> {
        Self::of(&User::current())
    }

    /// Those of somebody with these variables and no files.
    #[cfg(test)]
    pub fn of_variables(variables: &[(&str, &str)]) -> Self {
        let none = [("PIP_CONFIG_FILE", "/nowhere/pip.conf"), ("UV_NO_CONFIG", "1")];
        let all = variables.iter().chain(&none).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Self::of(&User { variables: all.collect(), home: "/nowhere".into() }).unwrap_or_default()
    }

    pub(in crate::engine) fn of(user: &User) -> Result<Self, ConfigurationError> {
        let file = uv_file(user)?;
        let settings = pip::settings(user)?;
        let words = |key: &str| settings.get(key).into_iter().flat_map(|values| values.split_whitespace());
        let with_own = |name: &str, further: Vec<&str>, separator: &str| {
            user.variable(name).into_iter().chain(further).collect::<Vec<_>>().join(separator)
        };
        let uv_decides = ["UV_DEFAULT_INDEX", "UV_INDEX_URL"].iter().any(|name| user.variable(name).is_some())
            || file.as_ref().is_some_and(UvFile::has_default);
        // A folder of wheels that is not there makes uv fail where pip only warns.
        let links = words("find-links").filter(|link| link.contains("://") || Path::new(link).is_dir()).collect();
        let variables = BTreeMap::from([
            ("UV_DEFAULT_INDEX", words("index-url").next().filter(|_| !uv_decides).unwrap_or_default().to_owned()),
            ("UV_INDEX", with_own("UV_INDEX", words("extra-index-url").collect(), " ")),
            ("UV_FIND_LINKS", with_own("UV_FIND_LINKS", links, ",")),
        ]);
        let variables = variables.into_iter().filter(|(_, value)| !value.is_empty());
        let is_set = |value: &str| matches!(value.to_ascii_lowercase().as_str(), "1" | "true" | "yes" | "on");
        let none = settings.get("no-index").is_some_and(|value| is_set(value));
        let known = known::all(user, file.as_ref(), &settings, uv_decides);
        let certificates = certificates::of_pip(user, &settings)?;
        let variables = variables.map(|(name, value)| (name.to_owned(), value)).collect();
        Ok(Self { variables, none, file, known, certificates })
    }

    /// The arguments that go with [`Self::tell`].
    pub fn arguments(&self) -> Vec<String> {
        let mut arguments = match &self.file {
            Some(file) => vec!["--config-file".to_owned(), file.path.display().to_string()],
            None => vec!["--no-config".to_owned()],
        };
        arguments.extend(self.none.then(|| "--no-index".to_owned()));
        arguments
    }

    /// Sets the variables that tell `uv`. It trusts the certificates that it comes with, unless it is told otherwise, and
    /// what is fetched here those of the system.
    pub fn tell(&self, env: &mut BTreeMap<String, String>) -> Result<(), ConfigurationError> {
        env.extend(self.variables.clone());
        if let Some(path) = &self.certificates {
            env.insert("SSL_CERT_FILE".into(), certificates::bundle(path)?.display().to_string());
        }
        let is_told = ["SSL_CERT_FILE", "SSL_CERT_DIR", "UV_NATIVE_TLS", "UV_SYSTEM_CERTS"];
        let in_file = |key: &str| self.file.as_ref().is_some_and(|file| file.table.contains_key(key));
        if !is_told.iter().any(|name| env.contains_key(*name)) && !in_file("native-tls") && !in_file("system-certs") {
            env.insert("UV_NATIVE_TLS".into(), "1".into());
        }
        Ok(())
    }

    /// All indexes of the user.
    pub fn known(&self) -> &[Known] {
        &self.known
    }

    /// Whether a package could come from one index of the user or from another.
    pub fn has_several(&self) -> bool {
        self.known.iter().any(|known| matches!(known.kind, Kind::Extra | Kind::Files))
    }

    /// Whether the user said to use no index.
    pub fn is_none(&self) -> bool {
        self.none
            || self.file.as_ref().is_some_and(|file| {
                file.levels().any(|table| table.get("no-index").and_then(toml::Value::as_bool) == Some(true))
            })
    }

    /// The same with other indexes in the place of the default, and asked beside it.
    pub fn with(&self, default: Option<&Known>, extra: &[Known]) -> Self {
        let mut changed = self.clone();
        if let Some(default) = default {
            changed.variables.insert("UV_DEFAULT_INDEX".into(), default.told());
        }
        if !extra.is_empty() {
            let own = self.variables.get("UV_INDEX").cloned();
            let all = own.into_iter().chain(extra.iter().map(Known::told)).collect::<Vec<_>>();
            changed.variables.insert("UV_INDEX".into(), all.join(" "));
        }
        changed
    }

    /// Everything that can change an answer.
    pub fn fingerprint(&self) -> String {
        format!("{:?} {} {}", self.variables, self.none, self.file.as_ref().map_or("", |file| &file.text))
    }

    /// The same indexes with metadata for `uv` in a configuration file that is to be written here.
    pub fn with_metadata(&self, metadata: Vec<toml::Value>, file: &Path) -> Self {
        let mut table = self.file.as_ref().map(UvFile::anywhere).unwrap_or_default();
        for key in HIDING {
            table.remove(key);
            table.get_mut("pip").and_then(toml::Value::as_table_mut).map(|pip| pip.remove(key));
        }
        let list = table.entry("dependency-metadata").or_insert_with(|| toml::Value::Array(Vec::new()));
        if let Some(list) = list.as_array_mut() {
            list.extend(metadata);
        }
        let file = UvFile { path: file.to_path_buf(), text: table.to_string(), table };
        Self { file: Some(file), ..self.clone() }
    }

    /// Whether the user's file keeps `uv` from reading where a package is to come from.
    pub fn hides_sources(&self) -> bool {
        self.file
            .as_ref()
            .is_some_and(|file| file.levels().any(|table| HIDING.iter().any(|key| table.contains_key(*key))))
    }

    /// What the configuration file of `uv` holds, if there is one.
    pub fn file_text(&self) -> Option<&str> {
        self.file.as_ref().map(|file| file.text.as_str())
    }

    /// Every text in which an address can stand.
    pub(in crate::engine) fn texts(&self) -> impl Iterator<Item = &str> {
        self.variables.values().map(String::as_str).chain(self.file_text())
    }

    /// Indexes with a name, as `(name, address)`.
    pub(in crate::engine) fn named(&self) -> impl Iterator<Item = (&str, &str)> {
        self.known.iter().filter_map(|known| Some((known.name.as_deref()?, known.address.as_str())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(home: &Path, variables: &[(&str, &str)]) -> User {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        User { variables, home: home.into() }
    }

    fn write(path: &Path, text: &str) {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    #[test]
    fn addresses_with_passwords_are_told_in_the_environment_only() {
        let home = tempfile::tempdir().unwrap();
        let conf = home.path().join("pip.conf");
        write(
            &conf,
            "[global]\nindex-url = https://me:secret@a.test/\nextra-index-url =\n    https://b.test/\n    https://c.test/\n",
        );
        let user =
            user(home.path(), &[("PIP_CONFIG_FILE", &conf.display().to_string()), ("UV_INDEX", "own=https://d.test/")]);
        let indexes = Indexes::of(&user).unwrap();
        assert_eq!(indexes.arguments(), ["--no-config"]);
        let mut env = BTreeMap::new();
        indexes.tell(&mut env).unwrap();
        assert_eq!(env["UV_DEFAULT_INDEX"], "https://me:secret@a.test/");
        assert_eq!(env["UV_INDEX"], "own=https://d.test/ https://b.test/ https://c.test/");
        assert_eq!(indexes.named().collect::<Vec<_>>(), [("own", "https://d.test/")]);
    }

    #[test]
    fn the_file_that_the_user_wrote_for_uv_counts_and_decides_the_default() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join(".config/uv/uv.toml");
        write(
            &file,
            "find-links = ['../links']\n[[index]]\nname = 'own'\nurl = 'https://me:secret@a.test/'\ndefault = true\n",
        );
        let indexes = Indexes::of(&user(home.path(), &[("PIP_INDEX_URL", "https://b.test/")])).unwrap();
        assert_eq!(indexes.arguments(), ["--config-file".to_owned(), file.display().to_string()]);
        assert!(indexes.variables.is_empty());
        let known = toml::Table::from_iter([("name".to_owned(), toml::Value::from("a"))]);
        let told = indexes.with_metadata(vec![known.into()], Path::new("/lock/uv.toml"));
        assert_eq!(told.arguments(), ["--config-file", "/lock/uv.toml"]);
        let table: toml::Table = told.file_text().unwrap().parse().unwrap();
        let links = home.path().join(".config/uv/../links");
        assert_eq!(table["find-links"][0].as_str(), links.to_str());
        assert_eq!(table["index"][0]["url"].as_str(), Some("https://me:secret@a.test/"));
        assert_eq!(table["dependency-metadata"][0]["name"].as_str(), Some("a"));
    }

    #[test]
    fn a_file_that_is_not_understood_stops_the_work_and_is_named() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("uv.toml");
        write(&file, "[[index]\nurl = 'https://me:secret@a.test/'");
        let error = Indexes::of(&user(home.path(), &[("UV_CONFIG_FILE", &file.display().to_string())])).unwrap_err();
        let ConfigurationError::File { source, .. } = &error else { panic!("another error: {error}") };
        assert!(!source.to_string().contains("secret"));
        let message = format!("`{}`, which says where packages come from, cannot be read", file.display());
        assert_eq!(error.to_string(), message);
    }
}
