//! What lies beside a script that is named itself, and that it uses: modules that it imports, and files that it names.
//!
//! One file of a folder with many programs is one program, and its neighbours come along only where it reaches them. What
//! belongs to no program at all stays out as it does everywhere.

use std::collections::BTreeSet;

use super::code::is_standard;
use super::syntax::{DEEPEST, Expr, MOST_TOKENS, Stmt, Visitor, parse_what_can_be, walk_expr, walk_stmt, weigh};
use super::tree::{self, Tree};

/// Longest text that may name a file, in bytes.
const LONGEST: usize = 200;

/// Most files of a folder that a script takes along because it names it.
const MOST_FILES: usize = 2_000;

/// Folders that frameworks look into although no code names them.
const LOOKED_INTO: [&str; 2] = ["templates", "static"];

/// The tree of a script with what it uses beside it; the same tree where it uses nothing.
pub(super) fn with_neighbours(script: Tree) -> Tree {
    let Some(start) = script.files.first().map(|file| file.path.clone()) else { return script };
    let first = Uses::of(&script, &start);
    let is_there = |path: &str| path != start && script.root.join(path).exists();
    if !first.candidates("").iter().any(|path| is_there(path)) {
        return script;
    }
    // What cannot be walked, a home folder say, has no neighbours to offer.
    let Ok(mut whole) = tree::walk(&script.root) else { return script };
    let mut taken = BTreeSet::from([start.clone()]);
    let mut open = vec![start];
    while let Some(path) = open.pop() {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for path in Uses::of(&whole, &path).files(&whole, folder) {
            if taken.insert(path.clone()) && super::metadata::is_python(&path) {
                open.push(path);
            }
        }
    }
    if taken.len() == 1 {
        return script;
    }
    whole.files.retain(|file| taken.contains(&file.path));
    whole.risks.retain(|risk| taken.iter().any(|path| risk.source.to_string().starts_with(path.as_str())));
    whole.unreadable.clear();
    whole
}

/// What one file uses, by names.
#[derive(Default)]
struct Uses {
    modules: BTreeSet<String>,
    texts: BTreeSet<String>,
}

impl Uses {
    fn of(tree: &Tree, path: &str) -> Self {
        let mut uses = Self::default();
        let Ok(Some(text)) = tree.read(path) else { return uses };
        if weigh(&text, DEEPEST, MOST_TOKENS).is_err() {
            return uses;
        }
        if let Some(parsed) = parse_what_can_be(&text) {
            uses.visit_body(&parsed.syntax().body);
        }
        uses
    }

    /// Paths that these names may mean, as they are seen from a folder and from the script itself.
    fn candidates(&self, folder: &str) -> Vec<String> {
        let below = |name: &str| if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
        let modules = self.modules.iter().flat_map(|name| {
            let path = name.replace('.', "/");
            [format!("{path}.py"), path.clone(), below(&format!("{path}.py")), below(&path)]
        });
        let is_foreign = |name: &String| !is_standard(name.split('.').next().unwrap_or_default());
        let has_framework = self.modules.iter().any(is_foreign);
        let looked_into = LOOKED_INTO.iter().filter(|_| has_framework).map(|name| (*name).to_owned());
        modules.chain(self.texts.iter().flat_map(|text| [text.clone(), below(text)])).chain(looked_into).collect()
    }

    /// The files of a tree that they mean: a folder means all that is in it.
    fn files(&self, tree: &Tree, folder: &str) -> Vec<String> {
        let mut found = Vec::new();
        for path in self.candidates(folder) {
            if tree.has(&path) {
                found.push(path);
            } else if tree.under(&path).take(MOST_FILES + 1).count() <= MOST_FILES {
                found.extend(tree.under(&path).map(|file| file.path.clone()));
            }
        }
        found
    }

    /// A text that may be the path of something beside the script.
    fn text(&mut self, text: &str) {
        let path = text.trim_start_matches("./").trim_end_matches('/').replace('\\', "/");
        let leads_away =
            path.starts_with(['/', '~', '-', '.']) || path.split('/').any(|part| part == ".." || part.is_empty());
        if !leads_away && path.len() <= LONGEST && !path.contains([':', '\n', '\0']) {
            self.texts.insert(path);
        }
    }
}

impl<'a> Visitor<'a> for Uses {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Import(import) => self.modules.extend(import.names.iter().map(|alias| alias.name.to_string())),
            Stmt::ImportFrom(import) => {
                let module = import.module.as_ref().map_or("", |module| module.as_str());
                let inner = import.names.iter().map(|alias| match module {
                    "" => alias.name.to_string(),
                    module => format!("{module}.{}", alias.name),
                });
                self.modules.extend(inner.chain((!module.is_empty()).then(|| module.to_owned())));
            }
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::StringLiteral(text) = expression {
            self.text(text.value.to_str());
        }
        walk_expr(self, expression);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(files: &[(&str, &str)]) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let full = folder.path().join(path);
            std::fs::create_dir_all(full.parent().unwrap()).unwrap();
            std::fs::write(full, text).unwrap();
        }
        let tree = with_neighbours(tree::single(&folder.path().join(files[0].0)).unwrap());
        tree.files.into_iter().map(|file| file.path).collect()
    }

    #[test]
    fn a_script_takes_the_modules_and_files_along_that_it_reaches_and_no_others() {
        let files = [
            ("game.py", "import settings, pygame\nload('assets/ball.png')\n"),
            ("settings.py", "from deep import level\n"),
            ("deep/__init__.py", ""),
            ("deep/level.py", "open('levels.txt')"),
            ("deep/levels.txt", "1"),
            ("assets/ball.png", "x"),
            ("assets/other.png", "x"),
            ("other.py", "print(1)\n"),
            ("notes.txt", "x"),
        ];
        let expected =
            ["assets/ball.png", "deep/__init__.py", "deep/level.py", "deep/levels.txt", "game.py", "settings.py"];
        assert_eq!(taken(&files), expected);
    }

    #[test]
    fn a_folder_that_it_names_comes_along_whole_and_nothing_outside() {
        let files = [
            ("app.py", "import flask, os\nos.path.join('pics', name)\nopen('../secret.txt')\nopen('.env')\n"),
            ("pics/a.png", "x"),
            ("templates/index.html", "x"),
            (".env", "TOKEN=1"),
        ];
        assert_eq!(taken(&files), ["app.py", "pics/a.png", "templates/index.html"]);
        assert_eq!(taken(&[("alone.py", "import os\nprint('hello')\n"), ("b.py", "")]), ["alone.py"]);
    }
}
