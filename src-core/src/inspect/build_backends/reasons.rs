//! Everything in a project that may make a build run code of it.

use super::attribute::Folders;
use super::data::{self, Standard};
use super::look::Look;
use super::requires::is_more;
use super::{flit, place, setup_cfg, shadow};
use crate::facts::{BuildSystem, Evidence, Source, normalize};
use crate::inspect::metadata::document::{Document, Item};
use crate::inspect::metadata::{pyproject, setup_cfg::PATH as SETUP_CFG};
use crate::inspect::tree::{Exact, Tree};

/// Why a build with this build system may run code of the project; nothing where all that it reads is known to be inert.
pub(crate) fn reasons(tree: &Tree, system: &BuildSystem) -> Vec<Evidence<String>> {
    let one = |source: Source, why: String| vec![Evidence { value: why, source }];
    let text = match tree.exact(pyproject::PATH) {
        Exact::Text(text) => text,
        Exact::Absent => String::new(),
        Exact::Unclear(why) => {
            let source = Source::File { path: pyproject::PATH.into(), line: None };
            return one(source, format!("`{}` {why}", pyproject::PATH));
        }
    };
    let Ok(document) = Document::parse(pyproject::PATH, &text) else {
        let source = Source::File { path: pyproject::PATH.into(), line: None };
        return one(source, format!("`{}` cannot be read", pyproject::PATH));
    };
    let root = document.root();
    let Some(backend) = data::named(&system.backend) else {
        let named = root.find(&["build-system", "build-backend"]);
        let source = named.map_or_else(|| system.source.clone(), |item| item.source());
        return one(source, format!("the build backend `{}` is not known here", system.backend));
    };
    let mut look = Look { tree, backend, folders: Folders::default(), found: Vec::new() };
    look.folders = look.folders_of(&root);
    look.folders.legacy = backend.legacy.as_ref() == Some(&system.backend);
    look.everything(&root);
    look.found
}

impl Look<'_> {
    fn everything(&mut self, root: &Item) {
        let backend = self.backend;
        self.files();
        self.build_system(root);
        let Standard { tables, rules } = data::standard();
        for (tables, rules) in [(tables, rules), (&backend.tables, &backend.rules)] {
            for table in tables {
                let mut path: Vec<String> = table.split('.').map(str::to_owned).collect();
                let keys: Vec<&str> = table.split('.').collect();
                if let Some(item) = root.find(&keys) {
                    self.table(rules, &item, &mut path);
                }
            }
        }
        for (file, table) in &backend.toml_files {
            self.toml_file(file, table);
        }
        if let Some(known) = &backend.setup_cfg {
            self.setup_cfg(known);
        }
        if let Some(path) = &backend.manifest {
            self.manifest(path);
        }
        if backend.imports_module
            && let Some(found) = flit::imports(root, self.tree)
        {
            self.ask(found.source, found.value);
        }
        if self.folders.legacy {
            for (name, file) in shadow::imported(self.tree) {
                let source = Source::File { path: file, line: None };
                self.ask(source, format!("`{name}` is where the build imports from"));
            }
        }
    }

    /// Files that are run, or that another system takes for one that is read.
    fn files(&mut self) {
        let backend = self.backend;
        for (name, why) in &backend.scripts {
            if self.tree.has(name) {
                self.ask(Source::File { path: name.clone(), line: None }, format!("`{name}` {why}"));
            }
        }
        let read = backend.scripts.keys().chain(backend.toml_files.keys()).chain(&backend.manifest);
        let setup_cfg = backend.setup_cfg.as_ref().map(|_| SETUP_CFG);
        let read: Vec<&str> = read.map(String::as_str).chain(setup_cfg).chain([pyproject::PATH]).collect();
        for file in self.tree.files.iter().filter(|file| !file.path.contains('/')) {
            if let Some(name) = read.iter().find(|name| file.path != **name && file.path.eq_ignore_ascii_case(name)) {
                let source = Source::File { path: file.path.clone(), line: None };
                self.ask(source, format!("`{}` is `{name}` on other systems", file.path));
            }
        }
        // With such a file git may take the project for a repository, whose `config` names programs that it starts.
        let head = self.tree.files.iter().find(|file| file.path.eq_ignore_ascii_case("HEAD"));
        if let Some(file) = head.filter(|_| backend.runs_git) {
            let source = Source::File { path: file.path.clone(), line: None };
            self.ask(source, "the project may look like a repository to git, which the build starts".into());
        }
    }

    fn build_system(&mut self, root: &Item) {
        if let Some(item) = root.find(&["build-system", "backend-path"]) {
            self.ask(item.source(), "`build-system.backend-path` makes the build backend part of the project".into());
        }
        let requires = root.find(&["build-system", "requires"]).and_then(|item| item.elements().ok());
        for item in requires.unwrap_or_default() {
            if let Some(why) = is_more(self.backend, item.as_text().unwrap_or_default()) {
                self.ask(item.source(), format!("`build-system.requires` {why}"));
            }
        }
        let sources = root.find(&["tool", "uv", "sources"]).and_then(|item| item.entries().ok());
        for (name, item) in sources.unwrap_or_default() {
            if self.backend.brings(&normalize(name)) {
                self.ask(item.source(), format!("`{}` says where the build backend comes from", item.key()));
            }
        }
    }

    fn toml_file(&mut self, file: &str, table: &str) {
        let backend = self.backend;
        let text = match self.tree.exact(file) {
            Exact::Text(text) => text,
            Exact::Absent => return,
            Exact::Unclear(why) => {
                return self.ask(Source::File { path: file.into(), line: None }, format!("`{file}` {why}"));
            }
        };
        let Ok(document) = Document::parse(file, &text) else {
            return self.ask(Source::File { path: file.into(), line: None }, format!("`{file}` cannot be read"));
        };
        let prefix = format!("{table}.");
        for key in backend.tables.iter().filter_map(|path| path.strip_prefix(&prefix)) {
            if let Some(item) = document.root().get(key) {
                let mut path: Vec<String> =
                    prefix.split('.').filter(|key| !key.is_empty()).map(str::to_owned).collect();
                path.push(key.to_owned());
                self.table(&backend.rules, &item, &mut path);
            }
        }
    }

    /// Where setuptools looks for modules, by both of its files.
    fn folders_of(&self, root: &Item) -> Folders {
        let mut folders = Folders::default();
        let table = root.find(&["tool", "setuptools", "package-dir"]).and_then(|item| item.entries().ok());
        for (name, item) in table.unwrap_or_default() {
            folders.packages.insert(name.to_owned(), item.as_text().unwrap_or("..").to_owned());
        }
        let searched = root.find(&["tool", "setuptools", "packages", "find", "where"]);
        folders.searched = searched.as_ref().and_then(|item| item.texts().ok()).unwrap_or_default();
        let Exact::Text(text) = self.tree.exact(SETUP_CFG) else { return folders };
        let Ok(sections) = setup_cfg::sections(&text) else { return folders };
        for section in &sections {
            match section.name.as_str() {
                "options" => {
                    let lines = section.get("package_dir").map(|entry| entry.lines.as_slice()).unwrap_or_default();
                    let pairs = lines.iter().flat_map(|(line, _)| line.split(','));
                    for (name, folder) in pairs.filter_map(|pair| pair.split_once('=')) {
                        folders.packages.insert(name.trim().to_owned(), folder.trim().to_owned());
                    }
                }
                "options.packages.find" => {
                    let lines = section.get("where").map(|entry| entry.lines.as_slice()).unwrap_or_default();
                    let listed = lines.iter().flat_map(|(line, _)| line.split(','));
                    folders.searched.extend(listed.map(|one| one.trim().to_owned()));
                }
                _ => {}
            }
        }
        folders.searched.retain(|folder| place::leaves(folder).is_none());
        folders
    }
}
