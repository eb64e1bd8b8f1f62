//! Places that setuptools knew before there were other tools: `[easy_install]` and `dependency_links`.

use super::Found;
use crate::facts::{IndexRole, Source};
use crate::inspect::InspectError;
use crate::inspect::configparser;
use crate::inspect::metadata::literal::Literal;
use crate::inspect::metadata::python::Keywords;
use crate::inspect::metadata::{setup_cfg, setup_py};
use crate::inspect::tree::Tree;

impl Found {
    /// Reads `setup.cfg` and `setup.py`.
    pub(super) fn legacy(&mut self, tree: &Tree) -> Result<(), InspectError> {
        let names_links =
            |path: &str| Ok::<_, InspectError>(tree.read(path)?.filter(|text| text.contains("dependency_links")));
        if let Some(text) = tree.read(setup_cfg::PATH)?.filter(|text| text.contains("easy_install")) {
            // What breaks the file is told by who reads it for its metadata.
            let sections = configparser::parse(&text).unwrap_or_default();
            for section in sections.iter().filter(|section| section.name == "easy_install") {
                for (key, role) in [("index_url", IndexRole::Default), ("find_links", IndexRole::Files)] {
                    for (value, line) in section.get(key).iter().flat_map(|entry| &entry.lines) {
                        for word in value.split_whitespace() {
                            self.add(None, Some(word), role, Source::line(setup_cfg::PATH, *line));
                        }
                    }
                }
            }
        }
        if names_links(setup_cfg::PATH)?.is_some()
            && let Some(keywords) = setup_cfg::read(tree)?
        {
            self.links(setup_cfg::PATH, &keywords);
        }
        if names_links(setup_py::PATH)?.is_some()
            && let Some(keywords) = setup_py::read(tree)?
        {
            self.links(setup_py::PATH, &keywords);
        }
        Ok(())
    }

    /// `dependency_links`: `…#egg=NAME-VERSION` is for one package.
    fn links(&mut self, path: &str, keywords: &Keywords) {
        let links = keywords.values.get("dependency_links").and_then(Option::as_ref);
        for (link, line) in links.and_then(Literal::texts).unwrap_or_default() {
            let source = Source::line(path, line);
            let egg = link.rsplit_once("#egg=").map(|(_, egg)| egg.split('&').next().unwrap_or(egg));
            let name = egg.map(|egg| egg.split_once(|c: char| "=<>-".contains(c)).map_or(egg, |(name, _)| name));
            self.add(None, Some(&link), IndexRole::Files, source.clone());
            if let (Some(name), Some(index)) = (name, self.indexes.last_mut()) {
                index.role = IndexRole::Explicit;
                index.packages.push(super::tied(name, source));
            }
        }
    }
}
