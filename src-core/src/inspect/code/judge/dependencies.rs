//! `source-files` and `dependencies`.

use super::found::Found;
use crate::facts::Source;
use crate::inspect::code::imports::{Imported, is_embedded};
use crate::inspect::code::module::Need;
use crate::inspect::code::whole::Code;

pub(super) fn judge(code: &Code, found: &mut Found) {
    let files = code.program.modules.len() + code.program.unread;
    if files > 0 {
        // The only file of a package is handed over with its folder.
        let is_package = code.program.modules.iter().any(|module| module.path.ends_with("/__init__.py"));
        let (tag, seen) = match files {
            1 if is_package => ("several", "a package, which is a folder".to_owned()),
            1 => ("single", "the only Python file of the program".to_owned()),
            _ => ("several", format!("{files} Python files")),
        };
        found.set("source-files", &[tag], Source::Tree { seen });
    }
    if let Some(requirement) = code.declared.dependencies.first() {
        found.set("dependencies", &["third-party"], requirement.source.clone());
        return;
    }
    // An import inside a function or a `try` may be an extra that the program does without.
    // What an embedding program or a board has is there already.
    let is_foreign = |import: &&Imported| !is_embedded(import, code.imports);
    let mut foreign = code.imports.iter().filter(is_foreign);
    let needed = foreign.clone().find(|import| import.need < Need::Deferred);
    match needed {
        Some(import) => found.set("dependencies", &["third-party"], import.source.clone()),
        None if files > 0 && !code.declared.has_members && foreign.all(|import| import.need >= Need::Perhaps) => {
            let seen = "nothing beyond the standard library is required".to_owned();
            found.set("dependencies", &["stdlib-only"], Source::Tree { seen });
        }
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{source, tags};
    use crate::inspect::code::sample;

    #[test]
    fn a_script_of_the_standard_library_is_single_and_needs_nothing() {
        let facts = sample::script("import os\nprint(os.name)").facts;
        assert_eq!(tags(&facts, "source-files"), ["single"]);
        assert_eq!(tags(&facts, "dependencies"), ["stdlib-only"]);
    }

    #[test]
    fn a_package_is_not_one_file() {
        let facts = sample::folder(&[("src/failing/__init__.py", "")]).facts;
        assert_eq!(tags(&facts, "source-files"), ["several"]);
    }

    #[test]
    fn an_import_from_elsewhere_is_the_evidence() {
        let facts = sample::folder(&[("a.py", "import b"), ("b.py", "\nimport requests")]).facts;
        assert_eq!(tags(&facts, "source-files"), ["several"]);
        assert_eq!(tags(&facts, "dependencies"), ["third-party"]);
        assert_eq!(source(&facts, "dependencies"), "b.py:2 imports requests");
    }

    #[test]
    fn what_a_host_or_a_board_has_is_no_requirement() {
        for text in ["import bpy\nbpy.ops", "import machine\nmachine.Pin(1)", "import machine, ujson\nujson.dumps"] {
            assert_eq!(tags(&sample::script(text).facts, "dependencies"), ["stdlib-only"], "{text}");
        }
        assert_eq!(tags(&sample::script("import bpy, requests").facts, "dependencies"), ["third-party"]);
    }

    #[test]
    fn of_two_imports_one_is_needed_whichever_it_is() {
        let text = "try:\n    import simplejson as json\nexcept ImportError:\n    import orjson as json";
        let facts = sample::script(text).facts;
        assert_eq!(tags(&facts, "dependencies"), ["third-party"]);
        assert!(tags(&facts, "native-code").is_empty(), "the one may be compiled, and the other not");
        let text = "try:\n    import requests\nexcept ImportError:\n    print('need requests'); raise";
        assert_eq!(tags(&sample::script(text).facts, "dependencies"), ["third-party"]);
    }

    #[test]
    fn a_deferred_import_leaves_it_open() {
        assert!(tags(&sample::script("def f():\n    import requests").facts, "dependencies").is_empty());
    }
}
