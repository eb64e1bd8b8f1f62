//! The keyword arguments of `setup()`, from `setup.py` and from `setup.cfg`, turned into what is declared.

use std::collections::BTreeMap;

use super::declared::Declared;
use super::literal::{Literal, Value};
use super::python::Keywords;
use super::{files, licence, requirement, requirements_txt, setup_cfg, setup_py};
use crate::facts::{EntryKind, EntryPoint, Evidence, Requirement, Risk, RiskKind, Source, Version};
use crate::inspect::InspectError;
use crate::inspect::tree::Tree;

/// Both sources of keyword arguments; what `setup.py` passes wins over `setup.cfg`, as in setuptools.
pub(crate) struct Setup {
    sources: Vec<(&'static str, Keywords)>,
}

/// A keyword argument with the file it stands in.
struct Found<'s> {
    path: &'static str,
    /// `None` where only running the code tells.
    literal: Option<&'s Literal>,
}

/// Fields of `[project]` that setuptools takes from `setup()`, where they are dynamic.
pub(crate) const FIELDS: [&str; 11] = [
    "version",
    "description",
    "readme",
    "requires-python",
    "license",
    "license-files",
    "authors",
    "classifiers",
    "urls",
    "dependencies",
    "optional-dependencies",
];

impl Setup {
    /// Both files; `None` where neither describes a distribution.
    pub(crate) fn read(tree: &Tree) -> Result<Option<Self>, InspectError> {
        let mut sources = Vec::new();
        sources.extend(setup_py::read(tree)?.map(|keywords| (setup_py::PATH, keywords)));
        sources.extend(setup_cfg::read(tree)?.map(|keywords| (setup_cfg::PATH, keywords)));
        Ok((!sources.is_empty()).then_some(Self { sources }))
    }

    /// The first file that gives this keyword.
    fn get(&self, keyword: &str) -> Option<Found<'_>> {
        self.sources.iter().find_map(|(path, keywords)| {
            let literal = keywords.values.get(keyword)?.as_ref();
            Some(Found { path, literal })
        })
    }

    /// Whether arguments are passed that only running `setup.py` tells.
    fn is_open(&self) -> bool {
        self.sources.iter().any(|(_, keywords)| keywords.open)
    }

    /// The distribution's name; `None` where only running the code tells it.
    pub(crate) fn name(&self) -> Result<Option<Evidence<String>>, InspectError> {
        match self.get("name") {
            Some(Found { path, literal: Some(literal) }) => {
                let Some(name) = literal.text() else { return Ok(None) };
                let name = name.trim();
                let source = Source::line(path, literal.line);
                match requirement::usable_name(name) {
                    Some(value) => Ok(Some(Evidence { value, source })),
                    None => Err(invalid(path, literal.line, &format!("`name` is `{name}`, which is not a name"))),
                }
            }
            Some(_) => Ok(None),
            None if self.is_open() => Ok(None),
            None => {
                let path = self.sources.first().map_or(setup_py::PATH, |(path, _)| path);
                Err(InspectError::Invalid { path: path.into(), message: "nothing says `name`".into() })
            }
        }
    }

    /// A name that setuptools changes, to say so.
    pub(crate) fn renamed(&self) -> Option<Risk> {
        let Some(Found { path, literal: Some(literal) }) = self.get("name") else { return None };
        let written = literal.text()?.trim();
        let name = requirement::usable_name(written).filter(|name| name != written)?;
        let (kind, source) = (RiskKind::RenamedDistribution, Source::line(path, literal.line));
        Some(Risk { kind, what: format!("{written} → {name}"), source })
    }

    /// Fills one field of `[project]`, or marks it as dynamic.
    pub(crate) fn fill(&self, field: &str, tree: &Tree, declared: &mut Declared) -> Result<(), InspectError> {
        let known = match field {
            "version" => self.version(tree, declared),
            "dependencies" => self.dependencies(tree, declared)?,
            "optional-dependencies" => self.extras(tree, declared)?,
            "requires-python" => self.requires_python(declared)?,
            "scripts" | "gui-scripts" | "entry-points" => self.entry_points(declared),
            _ => self.describe(field, tree, declared),
        };
        declared.dynamic.retain(|dynamic| dynamic != field);
        if !known {
            declared.dynamic.push(field.to_owned());
        }
        Ok(())
    }

    fn version(&self, tree: &Tree, declared: &mut Declared) -> bool {
        let Some(found) = self.get("version") else {
            let asked = ["use_scm_version", "pbr", "version_config", "versioning", "cmdclass"];
            let by = asked.iter().find_map(|keyword| self.get(keyword));
            if let Some(found) = by {
                declared.version = Version::Dynamic { source: found.source() };
            } else if self.is_open() {
                declared.version = Version::Dynamic { source: self.call() };
            }
            return !matches!(declared.version, Version::Dynamic { .. });
        };
        declared.version = Version::Dynamic { source: found.source() };
        let Some(literal) = found.literal else { return false };
        let version = match &literal.value {
            Value::Plain(number) => Some(Evidence { value: number.clone(), source: found.source() }),
            Value::Text(text) => match text.split_once(':') {
                Some(("attr", attribute)) => files::attribute(tree, attribute.trim(), self.source_dir().as_deref()),
                Some(("file", path)) => files::first_line(tree, path.trim()),
                _ => Some(Evidence { value: text.trim().to_owned(), source: found.source() }),
            },
            _ => None,
        };
        let Some(version) = version.filter(|version| requirement::is_version(&version.value)) else { return false };
        declared.version = Version::Static { version: version.value, source: version.source };
        true
    }

    fn dependencies(&self, tree: &Tree, declared: &mut Declared) -> Result<bool, InspectError> {
        // pbr takes them from requirement files.
        if self.get("pbr").is_some() {
            return Ok(false);
        }
        let Some(found) = self.get("install_requires") else { return Ok(!self.is_open()) };
        let Some(list) = found.literal.and_then(Literal::texts) else { return Ok(false) };
        declared.dependencies = requirements(tree, found.path, list)?;
        Ok(true)
    }

    fn extras(&self, tree: &Tree, declared: &mut Declared) -> Result<bool, InspectError> {
        let Some(found) = self.get("extras_require") else { return Ok(!self.is_open()) };
        let Some(entries) = found.literal.and_then(Literal::entries) else { return Ok(false) };
        let mut extras = BTreeMap::new();
        for (name, list) in entries {
            let Some(list) = list.texts() else { return Ok(false) };
            let read = requirements(tree, found.path, list)?;
            // Before PEP 508, a condition was part of the extra's name: `name:condition`, or `:condition` for all.
            match name.split_once(':') {
                None => extras.insert(name.clone(), read),
                Some(_) => return Ok(false),
            };
        }
        declared.extras = extras;
        Ok(true)
    }

    fn requires_python(&self, declared: &mut Declared) -> Result<bool, InspectError> {
        let Some(found) = self.get("python_requires") else { return Ok(!self.is_open()) };
        let Some(text) = found.literal.and_then(Literal::text) else { return Ok(false) };
        let text = text.trim();
        requirement::check_specifiers(text).map_err(|error| {
            let line = found.literal.map_or(1, |literal| literal.line);
            invalid(
                found.path,
                line,
                &format!("`python_requires` is `{text}`, which is not a version specifier: {error}"),
            )
        })?;
        declared.requires_python = Some(Evidence { value: text.to_owned(), source: found.source() });
        Ok(true)
    }

    /// Reads scripts and plug-in groups. The answer is whether all of them are written out.
    pub(crate) fn entry_points(&self, declared: &mut Declared) -> bool {
        let knows_files = self.script_files(declared);
        let Some(found) = self.get("entry_points") else { return knows_files && !self.is_open() };
        let Some(groups) = found.literal.and_then(groups) else { return false };
        for (group, lines) in groups {
            let kind = match group.as_str() {
                "console_scripts" => EntryKind::Console,
                "gui_scripts" => EntryKind::Gui,
                _ => {
                    let line = lines.first().map_or(found.line(), |(_, line)| *line);
                    declared.plugin_groups.push(Evidence { value: group, source: Source::line(found.path, line) });
                    continue;
                }
            };
            declared.entry_points.extend(lines.iter().filter_map(|(text, line)| {
                let (name, target) = text.split_once('=')?;
                EntryPoint::declared(name.trim(), kind, target.trim(), Source::line(found.path, *line))
            }));
        }
        knows_files
    }

    /// `scripts=[…]`: files that are installed as they are. The answer is whether the list is written out.
    pub(crate) fn script_files(&self, declared: &mut Declared) -> bool {
        let Some(found) = self.get("scripts") else { return true };
        let Some(paths) = found.literal.and_then(Literal::texts) else { return false };
        declared.add_installed(paths.into_iter().map(|(path, line)| (path, Source::line(found.path, line))));
        true
    }

    fn describe(&self, field: &str, tree: &Tree, declared: &mut Declared) -> bool {
        let text = |keyword: &str| {
            let found = self.get(keyword)?;
            found.literal.and_then(Literal::text).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
        };
        match field {
            "description" => declared.metadata.summary = text("description"),
            "license" => declared.metadata.licence = text("license").filter(|text| !text.contains('\n')),
            "license-files" => {
                let found = self.get("license_files").and_then(|found| found.literal?.texts());
                let globs: Vec<String> = found.unwrap_or_default().into_iter().map(|(glob, _)| glob).collect();
                declared.metadata.licence_files = licence::matching(tree, &globs);
            }
            "readme" => {
                let named =
                    text("long_description").and_then(|text| Some(text.strip_prefix("file:")?.trim().to_owned()));
                declared.metadata.readme = named.or_else(|| files::usual_readme(tree));
            }
            "authors" => {
                for role in ["author", "maintainer"] {
                    declared.metadata.people.extend(match (text(role), text(&format!("{role}_email"))) {
                        (Some(name), Some(address)) => Some(format!("{name} <{address}>")),
                        (Some(name), None) => Some(name),
                        (None, Some(address)) => Some(format!("<{address}>")),
                        (None, None) => None,
                    });
                }
            }
            "classifiers" => {
                if let Some(found) = self.get("classifiers") {
                    for (value, line) in found.literal.and_then(Literal::texts).unwrap_or_default() {
                        declared.classifiers.push(Evidence { value, source: Source::line(found.path, line) });
                    }
                }
            }
            "urls" => {
                declared.metadata.urls.extend(text("url").map(|url| ("Homepage".to_owned(), url)));
                let more = self.get("project_urls").and_then(|found| found.literal?.entries());
                for (label, url) in more.unwrap_or_default() {
                    declared.metadata.urls.extend(url.text().map(|url| (label.clone(), url.to_owned())));
                }
            }
            _ => {}
        }
        true
    }

    /// Where the packages are, by `package_dir` or by `find_packages(where=…)`.
    pub(crate) fn source_dir(&self) -> Option<String> {
        let folder = |found: Found| found.literal?.get("")?.text().map(str::to_owned);
        let searched = |found: Found| match &found.literal?.value {
            Value::Call(_, keywords) => keywords.iter().find(|(name, _)| name == "where")?.1.text().map(str::to_owned),
            _ => None,
        };
        let named = self.get("package_dir").and_then(folder).or_else(|| self.get("packages").and_then(searched))?;
        Some(plain_folder(&named))
    }

    /// Folders of packages that `package_dir` names one by one, such as `{"pkg": "."}`, by their names.
    pub(crate) fn package_folders(&self) -> Vec<(String, String)> {
        let entries = self.get("package_dir").and_then(|found| found.literal?.entries()).unwrap_or_default();
        let named = entries.iter().filter(|(name, _)| !name.is_empty());
        named.filter_map(|(name, folder)| Some((name.clone(), plain_folder(folder.text()?)))).collect()
    }

    /// Packages and modules that are listed by name.
    pub(crate) fn packages(&self) -> Vec<String> {
        let listed = |keyword: &str| match self.get(keyword)?.literal {
            Some(literal @ Literal { value: Value::List(_), .. }) => literal.texts(),
            _ => None,
        };
        ["packages", "py_modules"].into_iter().filter_map(listed).flatten().map(|(name, _)| name).collect()
    }

    /// `setup_requires` of both files, as far as it is written out and PEP 508.
    pub(crate) fn build_requirements(&self) -> Vec<String> {
        let lists = self.sources.iter().filter_map(|(_, keywords)| keywords.values.get("setup_requires")?.as_ref());
        let lines = lists.filter_map(Literal::texts).flatten().map(|(text, _)| text.trim().to_owned());
        lines.filter(|text| requirement::parse(text, Source::User).is_ok()).collect()
    }

    fn call(&self) -> Source {
        self.sources.first().map_or(Source::User, |(path, keywords)| Source::line(*path, keywords.line))
    }
}

impl Found<'_> {
    fn line(&self) -> usize {
        self.literal.map_or(1, |literal| literal.line)
    }

    fn source(&self) -> Source {
        match self.literal {
            Some(literal) => Source::line(self.path, literal.line),
            None => Source::File { path: self.path.into(), line: None },
        }
    }
}

/// A group of entry points: its name, and its lines with their numbers.
type Group = (String, Vec<(String, usize)>);

/// Groups of entry points: a dictionary, or a text whose sections and lines setuptools strips one by one.
fn groups(literal: &Literal) -> Option<Vec<Group>> {
    if let Some(entries) = literal.entries() {
        return entries.iter().map(|(group, list)| Some((group.clone(), list.texts()?))).collect();
    }
    literal.text()?;
    let mut groups: Vec<Group> = Vec::new();
    for (text, line) in literal.texts()? {
        match (text.strip_prefix('[').and_then(|text| text.strip_suffix(']')), groups.last_mut()) {
            (Some(group), _) => groups.push((group.trim().to_owned(), Vec::new())),
            (None, Some((_, lines))) => lines.push((text, line)),
            (None, None) => {}
        }
    }
    Some(groups)
}

/// Requirements of a list. `setup.cfg` may name files instead, as in `file: requirements.txt`.
fn requirements(tree: &Tree, path: &str, list: Vec<(String, usize)>) -> Result<Vec<Requirement>, InspectError> {
    if let Some(files) = list.first().and_then(|(text, _)| text.strip_prefix("file:")) {
        let files = files.split(',').map(str::trim).filter(|file| !file.is_empty());
        let read: Vec<_> = files.map(|file| requirements_txt::read(tree, file)).collect::<Result<_, _>>()?;
        return Ok(read.concat());
    }
    list.into_iter()
        .map(|(text, line)| {
            requirement::parse(&text, Source::line(path, line)).map_err(|error| {
                invalid(path, line, &format!("`{text}` is not a requirement as PEP 508 defines it: {error}"))
            })
        })
        .collect()
}

/// A folder from the root; the root itself is empty.
pub(crate) fn plain_folder(named: &str) -> String {
    let named = named.trim_start_matches("./").trim_end_matches('/');
    if named == "." { String::new() } else { named.to_owned() }
}

fn invalid(path: &str, line: usize, message: &str) -> InspectError {
    InspectError::Invalid { path: path.into(), message: format!("line {line}: {message}") }
}
