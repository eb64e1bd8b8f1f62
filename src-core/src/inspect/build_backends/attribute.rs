//! `attr:` of setuptools: a value of a module, read from its syntax tree where it is a literal there, and otherwise by
//! importing the module.

use std::collections::BTreeMap;

use super::module::{first_assigned, is_literal, read};
use super::place::is_module;
use crate::inspect::tree::Tree;

/// Where setuptools looks for modules.
#[derive(Debug, Default)]
pub(super) struct Folders {
    /// `package-dir`: folders of packages; the empty name stands for all others.
    pub(super) packages: BTreeMap<String, String>,
    /// `packages.find.where`.
    pub(super) searched: Vec<String>,
    /// Whether modules are imported from the root of the project as well.
    pub(super) legacy: bool,
}

/// Why reading an attribute runs code, to follow the key.
pub(super) fn runs(tree: &Tree, folders: &Folders, reference: &str) -> Option<String> {
    let reference = reference.trim();
    let computed = || Some(format!("reads `{reference}`, which only running the module tells"));
    let (module, name) = reference.rsplit_once('.').unwrap_or(("__init__", reference));
    if !is_module(module) || !is_module(name) {
        return computed();
    }
    let mut found = false;
    for place in folders.places(module) {
        let files = [format!("{place}.py"), format!("{place}/__init__.py")];
        if tree.is_linked(&place) {
            return computed();
        }
        let Some(file) = files.iter().find(|file| tree.has(file)) else {
            // Then the module is imported by its name, and with it its parents.
            let folder = place.strip_suffix(&module.replace('.', "/")).unwrap_or_default().trim_end_matches('/');
            if folders.legacy && !folder.is_empty() && tree.has_folder(folder) {
                return computed();
            }
            continue;
        };
        let body = read(tree, file);
        if !body.is_some_and(|body| first_assigned(&body, name, |_| true).is_some_and(is_literal)) {
            return computed();
        }
        found = true;
    }
    if found { None } else { computed() }
}

impl Folders {
    /// Every place, without its ending, where setuptools may look for a module first.
    fn places(&self, module: &str) -> Vec<String> {
        let joined = |folder: &str, module: &str| {
            let folder = folder.trim_start_matches("./").trim_end_matches('/');
            let module = module.replace('.', "/");
            match (folder, module.as_str()) {
                ("" | ".", module) => module.to_owned(),
                (folder, "") => folder.to_owned(),
                (folder, module) => format!("{folder}/{module}"),
            }
        };
        let parts: Vec<&str> = module.split('.').collect();
        let nearest = (1..=parts.len()).rev().find_map(|length| {
            let folder = self.packages.get(&parts[..length].join("."))?;
            Some(joined(folder, &parts[length..].join(".")))
        });
        let default = self.packages.get("").map(|folder| joined(folder, module));
        let mut places: Vec<String> = nearest.or(default).into_iter().collect();
        places.extend(self.searched.iter().map(|folder| joined(folder, module)));
        if places.is_empty() {
            places = vec![joined("", module), joined("src", module)];
        }
        places
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::metadata::fixture;

    const STATIC: &str = "__version__ = '1'\n";
    const COMPUTED: &str = "import os\n__version__ = os.environ['V']\n";

    fn is_static(files: &[(&str, &str)], folders: &Folders, reference: &str) -> bool {
        let (_folder, tree) = fixture::tree(files);
        runs(&tree, folders, reference).is_none()
    }

    fn mapped(pairs: &[(&str, &str)]) -> Folders {
        let packages = pairs.iter().map(|(name, folder)| ((*name).to_owned(), (*folder).to_owned())).collect();
        Folders { packages, ..Folders::default() }
    }

    #[test]
    fn a_literal_is_read_wherever_setuptools_looks_for_it() {
        let anywhere = Folders::default();
        for file in ["p/__init__.py", "p.py", "src/p/__init__.py"] {
            assert!(is_static(&[(file, STATIC)], &anywhere, " p.__version__"), "{file}");
            assert!(!is_static(&[(file, COMPUTED)], &anywhere, "p.__version__"), "{file}");
        }
        assert!(is_static(&[("lib/p/v.py", STATIC)], &mapped(&[("", "lib")]), "p.v.__version__"));
        assert!(is_static(&[("x/v.py", STATIC)], &mapped(&[("p", "./x/")]), "p.v.__version__"));
        let searched = Folders { searched: vec!["lib".into()], ..Folders::default() };
        assert!(is_static(&[("lib/p/__init__.py", STATIC)], &searched, "p.__version__"));
    }

    #[test]
    fn a_module_elsewhere_counts_and_not_the_one_that_looks_like_it() {
        let both = [("p/__init__.py", STATIC), ("other/__init__.py", COMPUTED)];
        assert!(!is_static(&both, &mapped(&[("p", "other")]), "p.__version__"));
        let both = [("p/__init__.py", STATIC), ("src/p/__init__.py", COMPUTED)];
        assert!(!is_static(&both, &Folders::default(), "p.__version__"));
        // A file goes before a folder.
        assert!(!is_static(&[("p/__init__.py", STATIC), ("p.py", COMPUTED)], &Folders::default(), "p.__version__"));
        let searched = Folders { searched: vec!["lib".into()], ..Folders::default() };
        let both = [("p/__init__.py", STATIC), ("lib/p/__init__.py", COMPUTED)];
        assert!(!is_static(&both, &searched, "p.__version__"));
    }

    #[test]
    fn what_cannot_be_found_as_a_python_file_is_imported() {
        let files = [("p/__init__.py", STATIC), ("e/v.so", ""), ("e/v.pyc", "")];
        for reference in ["q.v", "p.missing", "e.v.x", "/tmp/p.v", "p/x.v", "", "..v", "p..v"] {
            assert!(!is_static(&files, &Folders::default(), reference), "{reference}");
        }
        // The root is imported from, so the parent of what is not in `src` runs.
        let legacy = Folders { legacy: true, ..Folders::default() };
        let files = [("p/__init__.py", ""), ("p/v.py", STATIC), ("src/x.c", "")];
        assert!(!is_static(&files, &legacy, "p.v.__version__"));
        assert!(is_static(&files[..2], &legacy, "p.v.__version__"));
    }
}
