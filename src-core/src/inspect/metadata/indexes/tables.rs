//! Tables of `pyproject.toml` and `uv.toml` that name indexes: those of uv, Poetry and PDM.

use super::Found;
use crate::facts::IndexRole;
use crate::inspect::InspectError;
use crate::inspect::metadata::document::Item;

/// The file in which PDM keeps its settings with a project.
pub(super) const PDM: &str = "pdm.toml";

/// The file of Pipenv.
pub(super) const PIPENV: &str = "Pipfile";

/// The file in which uv takes the same keys as in `[tool.uv]`.
pub(super) const UV: &str = "uv.toml";

impl Found {
    /// `[tool.uv]`, `[tool.uv.pip]` and `[tool.uv.sources]`, or a `uv.toml`.
    pub(super) fn uv(&mut self, table: &Item) -> Result<(), InspectError> {
        for index in table.get("index").map(|list| list.elements()).transpose()?.unwrap_or_default() {
            let url = index.get("url").ok_or_else(|| index.lacks("url"))?;
            let name = index.get("name").map(|name| name.text()).transpose()?;
            let is = |key: &str| index.get(key).and_then(|value| value.as_bool()) == Some(true);
            let is_flat = index.get("format").is_some_and(|format| format.as_text() == Some("flat"));
            let role = match () {
                () if is("explicit") => IndexRole::Explicit,
                () if is("default") => IndexRole::Default,
                () if is_flat => IndexRole::Files,
                () => IndexRole::Extra,
            };
            self.add(name, Some(url.text()?), role, url.source());
        }
        for level in [Some(table.clone()), table.get("pip")].into_iter().flatten() {
            let roles = [
                ("index-url", IndexRole::Default),
                ("extra-index-url", IndexRole::Extra),
                ("find-links", IndexRole::Files),
            ];
            for (key, role) in roles {
                let Some(value) = level.get(key) else { continue };
                for one in one_or_more(&value)? {
                    self.add(None, Some(one.text()?), role, one.source());
                }
            }
            if let Some(none) = level.get("no-index").filter(|none| none.as_bool() == Some(true)) {
                self.add(None, None, IndexRole::None, none.source());
            }
        }
        let Some(sources) = table.get("sources") else { return Ok(()) };
        for (package, value) in sources.entries()? {
            for source in one_or_more(&value)? {
                let Some(index) = source.get("index") else { continue };
                let part = |key: &str| source.get(key).map(|part| part.text()).transpose();
                let only = part("extra")?.or(part("group")?);
                self.tie(index.text()?, package, part("marker")?, only, index.source());
            }
        }
        Ok(())
    }

    /// `[[tool.poetry.source]]`, and dependencies with a `source`. From Poetry 1.5 on, a source without priority is asked
    /// in the place of the public index.
    pub(super) fn poetry(&mut self, table: &Item) -> Result<(), InspectError> {
        for source in table.get("source").map(|list| list.elements()).transpose()?.unwrap_or_default() {
            let part = |key: &str| source.get(key).map(|part| part.text()).transpose();
            // The public index needs no address; here it only gets its place in the order.
            let Some(url) = part("url")? else { continue };
            let is = |key: &str| source.get(key).and_then(|value| value.as_bool()) == Some(true);
            let role = match part("priority")?.map(str::to_lowercase).as_deref() {
                Some("explicit") => IndexRole::Explicit,
                Some("supplemental" | "secondary") => IndexRole::Extra,
                None if is("secondary") => IndexRole::Extra,
                _ => IndexRole::Default,
            };
            self.add(part("name")?, Some(url), role, source.source());
        }
        let lists = ["dependencies", "dev-dependencies"].into_iter().filter_map(|key| table.get(key));
        let groups = table.get("group").map(|groups| groups.entries()).transpose()?.unwrap_or_default();
        let of_groups = groups.into_iter().filter_map(|(_, group)| group.get("dependencies"));
        for list in lists.chain(of_groups) {
            for (package, value) in list.entries()? {
                for alternative in one_or_more(&value)? {
                    let Some(index) = alternative.get("source") else { continue };
                    self.tie(index.text()?, package, None, None, index.source());
                }
            }
        }
        Ok(())
    }

    /// `[[tool.pdm.source]]`. One that lists packages is for them alone.
    pub(super) fn pdm(&mut self, table: &Item) -> Result<(), InspectError> {
        for source in table.get("source").map(|list| list.elements()).transpose()?.unwrap_or_default() {
            let part = |key: &str| source.get(key).map(|part| part.text()).transpose();
            let url = source.get("url").ok_or_else(|| source.lacks("url"))?;
            let name = part("name")?;
            let included = source.get("include_packages").map(|list| list.elements()).transpose()?.unwrap_or_default();
            let role = match (name, part("type")?) {
                _ if !included.is_empty() => IndexRole::Explicit,
                (_, Some("find_links")) => IndexRole::Files,
                (Some("pypi"), _) => IndexRole::Default,
                _ => IndexRole::Extra,
            };
            self.add(name, Some(url.text()?), role, url.source());
            for package in included {
                let text = package.text()?;
                if let Some(name) = name {
                    self.tie(name, text, None, None, package.source());
                }
            }
        }
        Ok(())
    }
}

impl Found {
    /// `pdm.toml`, which keeps PDM's own settings with the project: `pypi.url`, and `pypi.NAME.url` beside it.
    pub(super) fn pdm_settings(&mut self, root: &Item) -> Result<(), InspectError> {
        let Some(table) = root.get("pypi") else { return Ok(()) };
        if let Some(url) = table.get("url") {
            self.add(None, Some(url.text()?), IndexRole::Default, url.source());
        }
        for (name, value) in table.entries()? {
            if let Some(url) = value.get("url") {
                self.add(Some(name), Some(url.text()?), IndexRole::Extra, url.source());
            }
        }
        Ok(())
    }

    /// The `[[source]]` of a `Pipfile`, the first of which is the default, and packages with an `index`.
    pub(super) fn pipfile(&mut self, root: &Item) -> Result<(), InspectError> {
        let sources = root.get("source").map(|list| list.elements()).transpose()?.unwrap_or_default();
        for (number, source) in sources.iter().enumerate() {
            let url = source.get("url").ok_or_else(|| source.lacks("url"))?;
            let name = source.get("name").map(|name| name.text()).transpose()?;
            let role = if number == 0 { IndexRole::Default } else { IndexRole::Extra };
            self.add(name, Some(url.text()?), role, url.source());
        }
        for list in ["packages", "dev-packages"].into_iter().filter_map(|key| root.get(key)) {
            for (package, value) in list.entries()? {
                if let Some(index) = value.get("index") {
                    self.tie(index.text()?, package, None, None, index.source());
                }
            }
        }
        Ok(())
    }

    /// `[[tool.rye.sources]]`, where the one called `default` is, and `[tool.pixi.pypi-options]`.
    pub(super) fn others(&mut self, tool: &Item) -> Result<(), InspectError> {
        let sources = tool.find(&["rye", "sources"]).map(|list| list.elements()).transpose()?;
        for source in sources.unwrap_or_default() {
            let Some(url) = source.get("url") else { continue };
            let name = source.get("name").map(|name| name.text()).transpose()?;
            let role = if name == Some("default") { IndexRole::Default } else { IndexRole::Extra };
            self.add(name, Some(url.text()?), role, url.source());
        }
        let Some(options) = tool.find(&["pixi", "pypi-options"]) else { return Ok(()) };
        for (key, role) in [("index-url", IndexRole::Default), ("extra-index-urls", IndexRole::Extra)] {
            let Some(value) = options.get(key) else { continue };
            for one in one_or_more(&value)? {
                self.add(None, Some(one.text()?), role, one.source());
            }
        }
        Ok(())
    }
}

/// The elements of an array, or what stands in the place of one.
fn one_or_more<'d>(item: &Item<'d>) -> Result<Vec<Item<'d>>, InspectError> {
    if item.is_array() { item.elements() } else { Ok(vec![item.clone()]) }
}
