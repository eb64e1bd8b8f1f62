//! The indexes that the user's own configuration knows, whichever tool it was written for.

use std::collections::BTreeMap;
use std::path::Path;

use super::user::User;
use super::uv_file::UvFile;
use crate::facts::index::canonical;
use crate::inspect::file_address;

/// An index of the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::engine) struct Known {
    /// Its name, where the user gave it one.
    pub name: Option<String>,
    /// Its address as the user wrote it: it may hold a login.
    pub address: String,
    /// When it is asked.
    pub kind: Kind,
}

/// When an index of the user is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::engine) enum Kind {
    /// For what no other has.
    Default,
    /// Before the default.
    Extra,
    /// For nothing, unless a project asks for it.
    Explicit,
    /// It is a folder or a page of files.
    Files,
}

impl Known {
    fn new(name: Option<&str>, address: &str, kind: Kind) -> Self {
        Self { name: name.map(str::to_owned), address: address.to_owned(), kind }
    }

    /// The address by which it is compared.
    pub fn canonical(&self) -> String {
        if self.address.contains("://") {
            return canonical(&self.address);
        }
        // A path is relative to where the program was started, as pip and `uv` have it.
        let path = std::path::absolute(&self.address).unwrap_or_else(|_| Path::new(&self.address).to_path_buf());
        canonical(&file_address(&path))
    }

    /// As `uv` takes it in its variables.
    pub fn told(&self) -> String {
        match &self.name {
            Some(name) => format!("{name}={}", self.address),
            None => self.address.clone(),
        }
    }
}

/// Every index that is configured. Of pip's default nothing is asked where `uv` has one, but it is known.
pub(in crate::engine) fn all(
    user: &User,
    file: Option<&UvFile>,
    pip: &BTreeMap<String, String>,
    uv_decides: bool,
) -> Vec<Known> {
    let mut known = Vec::new();
    let variables = [
        ("UV_DEFAULT_INDEX", Kind::Default),
        ("UV_INDEX_URL", Kind::Default),
        ("UV_INDEX", Kind::Extra),
        ("UV_EXTRA_INDEX_URL", Kind::Extra),
        ("UV_FIND_LINKS", Kind::Files),
    ];
    for (variable, kind) in variables {
        let is_between = |c: char| c.is_whitespace() || (kind == Kind::Files && c == ',');
        let words = user.variable(variable).into_iter().flat_map(|value| value.split(is_between));
        known.extend(words.filter(|word| !word.is_empty()).map(|word| match word.split_once('=') {
            Some((name, address)) if !name.contains([':', '/']) => Known::new(Some(name), address, kind),
            _ => Known::new(None, word, kind),
        }));
    }
    known.extend(file.map(UvFile::known).unwrap_or_default());
    let own = if uv_decides { Kind::Explicit } else { Kind::Default };
    for (key, kind) in [("index-url", own), ("extra-index-url", Kind::Extra), ("find-links", Kind::Files)] {
        let words = pip.get(key).into_iter().flat_map(|value| value.split_whitespace());
        known.extend(words.map(|word| Known::new(None, word, kind)));
    }
    known
}

impl UvFile {
    fn known(&self) -> Vec<Known> {
        let table = self.anywhere();
        let text = |value: &toml::Table, key: &str| value.get(key).and_then(toml::Value::as_str).map(str::to_owned);
        let mut known = Vec::new();
        let indexes = table.get("index").and_then(toml::Value::as_array).into_iter().flatten();
        for index in indexes.filter_map(toml::Value::as_table) {
            let is = |key: &str| index.get(key).and_then(toml::Value::as_bool) == Some(true);
            let is_flat = text(index, "format").is_some_and(|format| format == "flat");
            let kind = match () {
                () if is("explicit") => Kind::Explicit,
                () if is("default") => Kind::Default,
                () if is_flat => Kind::Files,
                () => Kind::Extra,
            };
            known.extend(text(index, "url").map(|url| Known { name: text(index, "name"), address: url, kind }));
        }
        let levels = [Some(&table), table.get("pip").and_then(toml::Value::as_table)];
        for level in levels.into_iter().flatten() {
            let keys = [("index-url", Kind::Default), ("extra-index-url", Kind::Extra), ("find-links", Kind::Files)];
            for (key, kind) in keys {
                let value = level.get(key);
                let several = value.and_then(toml::Value::as_array).into_iter().flatten();
                let all = several.chain(value).filter_map(toml::Value::as_str);
                known.extend(all.map(|address| Known::new(None, address, kind)));
            }
        }
        known
    }
}
