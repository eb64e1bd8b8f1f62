//! What of a program can be imported to see whether all that it needs is there.

use std::collections::HashSet;

use super::module::{Module, Need};
use super::program::Program;
use crate::facts::OwnModule;

/// Most modules that are named, those nearest to the top first: whoever has more has those that matter among them.
const MOST: usize = 400;

/// Every module of the program. Of those that do something as soon as they are imported, what they import themselves.
pub(super) fn find(program: &Program) -> Vec<OwnModule> {
    let own: HashSet<&str> = program.modules.iter().map(|module| module.name.as_str()).collect();
    let mut modules: Vec<&Module> = program.modules.iter().filter(|module| module.unparsed.is_none()).collect();
    modules.sort_by_key(|module| (module.path.matches('/').count(), &module.path));
    modules.into_iter().take(MOST).map(|module| own_module(module, &own)).collect()
}

fn own_module(module: &Module, own: &HashSet<&str>) -> OwnModule {
    let is_main = module.name.rsplit('.').next() == Some("__main__");
    let acts = module.acts_on_import || is_main;
    let needed = module.imports.iter().filter(|import| {
        acts && import.need == Need::Always && import.module != "__future__" && !own.contains(import.module.as_str())
    });
    let mut needs: Vec<(String, usize)> = needed.map(|import| (import.module.clone(), import.line)).collect();
    needs.retain(|(name, _)| !name.is_empty());
    OwnModule { name: module.name.clone(), path: module.path.clone(), acts, needs }
}

#[cfg(test)]
mod tests {
    use crate::inspect::code::sample;

    #[test]
    fn what_does_something_when_it_is_imported_is_told_with_what_it_imports_itself() {
        let files = [
            ("main.py", "from __future__ import annotations\nimport requests\nimport helper\nrun()\n"),
            ("helper.py", "import os\n\ndef help(): ...\n"),
            ("pkg/__init__.py", ""),
            ("pkg/__main__.py", "from . import x\n"),
        ];
        let scan = sample::folder(&files);
        let found: Vec<_> = scan.modules.iter().map(|one| (one.name.as_str(), one.acts, one.needs.clone())).collect();
        let none = Vec::new;
        assert_eq!(
            found,
            [
                ("helper", false, none()),
                ("main", true, vec![("requests".to_owned(), 2)]),
                ("pkg", false, none()),
                ("pkg.__main__", true, none()),
            ]
        );
    }
}
