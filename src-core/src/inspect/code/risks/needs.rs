//! Risks of what the program needs: imports that nothing declares, and names that hide a dependency.

use crate::facts::{Requirement, Risk, RiskKind, Source, normalize, pep};
use crate::inspect::code::imports::{self, Imported};
use crate::inspect::code::module::{Module, Need, top};
use crate::inspect::code::whole::Code;
use crate::inspect::code::{judge, libraries};

pub(super) fn find(code: &Code, risks: &mut Vec<Risk>) {
    undeclared(code, risks);
    gone(code, risks);
    hidden(code, risks);
}

fn undeclared(code: &Code, risks: &mut Vec<Risk>) {
    // What a board needs comes with its firmware or by its own installer, and from no index.
    if judge::is_firmware(code) {
        return;
    }
    for import in unlisted(code) {
        let (kind, what) = match libraries::known_requirement(&import.module) {
            Some(requirement) => (RiskKind::UndeclaredImport, requirement),
            None => (RiskKind::UnknownImport, import.module.clone()),
        };
        risks.push(Risk { kind, what, source: import.source.clone() });
    }
}

/// What the program imports as it starts although nothing declares it, nearest first. Of a folder or a script that is
/// whatever its functions import, too; in a package, that may belong to an extra.
fn unlisted<'a>(code: &Code<'a>) -> Vec<&'a Imported> {
    let given = code.declared;
    if given.has_members || given.has_metadata && !given.lists_dependencies {
        return Vec::new();
    }
    let least = if given.has_metadata { Need::OneOf(usize::MAX) } else { Need::Deferred };
    let is_listed =
        |module: &str| given.dependencies.iter().chain(given.optional).any(|one| libraries::brings(&one.name, module));
    let starts = if code.entry_points.is_empty() && given.has_metadata { initial(code) } else { code.reached() };
    let mut found: Vec<&Imported> = Vec::new();
    for module in starts {
        for import in module.imports.iter().filter(|import| import.need <= least) {
            for name in imports::names_of(import) {
                let is_new = found.iter().all(|known| known.module != name);
                let imported = code.imports.iter().find(|imported| imported.module == name && imported.need <= least);
                let Some(imported) = imported.filter(|_| is_new && !is_listed(&name)) else { continue };
                let is_other_listed = matches!(import.need, Need::OneOf(_))
                    && imports::others_of(import, module).any(|other| is_listed(other.top()));
                if !is_other_listed && !imports::is_embedded(imported, code.imports) {
                    found.push(imported);
                }
            }
        }
    }
    found
}

/// The modules that are loaded with the packages of a library.
fn initial<'a>(code: &Code<'a>) -> Vec<&'a Module> {
    code.layout.packages.iter().filter_map(|package| code.program.module(&package.name)).collect()
}

/// Modules that the newest version of a declared distribution does not have.
fn gone(code: &Code, risks: &mut Vec<Risk>) {
    for import in code.imports.iter().filter(|import| import.need <= Need::Deferred) {
        let Some(last) = libraries::last_version(&import.module) else { continue };
        let name = normalize(&import.distribution);
        let declared = code.declared.dependencies.iter().find(|requirement| requirement.name == name);
        if declared.is_some_and(|declared| !is_bounded(declared)) {
            let what = format!("{name}{last}");
            risks.push(Risk { kind: RiskKind::GoneModule, what, source: import.source.clone() });
        }
    }
}

/// Whether a requirement says anywhere that newer versions will not do.
fn is_bounded(requirement: &Requirement) -> bool {
    pep::requirement(&requirement.text).is_ok_and(|_| {
        requirement.text.split(';').next().is_some_and(|head| head.contains(['<', '~']) || head.contains("=="))
    })
}

/// Files at the top whose name is that of a dependency: Python finds them first.
fn hidden(code: &Code, risks: &mut Vec<Risk>) {
    let own_name = normalize(code.declared.name);
    for module in code.program.modules.iter().filter(|module| !module.is_package && !module.name.contains('.')) {
        // A distribution may name itself for its extras; a script has no name but that of its file.
        let is_itself = |requirement: &Requirement| code.declared.has_metadata && requirement.name == own_name;
        let declared = code.declared.dependencies.iter();
        let hidden = declared
            .filter(|requirement| !is_itself(requirement) && libraries::brings(&requirement.name, &module.name))
            .map(|requirement| requirement.name.clone())
            .next();
        let hidden = hidden.or_else(|| imports_itself(module).map(|_| module.name.clone()));
        if let Some(what) = hidden {
            let source = Source::File { path: module.path.clone(), line: imports_itself(module) };
            risks.push(Risk { kind: RiskKind::ShadowsDependency, what, source });
        }
    }
}

/// The line where a file imports a known distribution that is called like the file, and gets itself.
fn imports_itself(module: &Module) -> Option<usize> {
    let import = module.imports.iter().find(|import| import.top() == module.name && import.need <= Need::Deferred)?;
    libraries::known_requirement(top(&import.module)).map(|_| import.line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::code::{Given, sample};

    fn found(files: &[(&str, &str)], declared: &Given) -> Vec<(RiskKind, String, String)> {
        let risks = sample::scanned(files, declared).risks.into_iter();
        risks.map(|risk| (risk.kind, risk.what, risk.source.to_string())).collect()
    }

    fn requirement(text: &str) -> Requirement {
        let name = pep::requirement(text).unwrap().name.to_string();
        Requirement { text: text.into(), name, source: Source::User }
    }

    #[test]
    fn an_import_that_nothing_declares_names_what_brings_it() {
        let files = [("app.py", "import requests\nfrom PIL import Image\nimport acme_reports, pkg_resources\n")];
        let listed = [requirement("requests>=2")];
        let declared = Given { dependencies: &listed, ..Given::default() };
        let expected = [
            (RiskKind::UndeclaredImport, "Pillow".to_owned(), "app.py:2 imports PIL".to_owned()),
            (RiskKind::UndeclaredImport, "setuptools<82".to_owned(), "app.py:3 imports pkg_resources".to_owned()),
            (RiskKind::UnknownImport, "acme_reports".to_owned(), "app.py:3 imports acme_reports".to_owned()),
        ];
        assert_eq!(found(&files, &declared), expected);
    }

    #[test]
    fn what_an_extra_another_module_or_a_board_brings_is_no_risk() {
        let optional = [requirement("rich")];
        let declared = Given { optional: &optional, ..Given::default() };
        assert_eq!(found(&[("app.py", "import rich, helper\n"), ("helper.py", "")], &declared), []);
        let board = [("code.py", "import board, displayio, adafruit_st7789, neopixel\nboard.D1\n")];
        assert_eq!(found(&board, &Given::default()), []);
        let either = [("app.py", "try:\n    import ujson_x\nexcept ImportError:\n    import orjson\n")];
        let listed = [requirement("orjson")];
        assert_eq!(found(&either, &Given { dependencies: &listed, ..Given::default() }), []);
    }

    #[test]
    fn a_package_is_asked_only_for_what_it_loads_as_it_starts() {
        let files =
            [("pkg/__init__.py", "import yaml\n"), ("pkg/flask_support.py", "import flask\n"), ("pkg/late.py", "")];
        let declared = Given { has_metadata: true, lists_dependencies: true, ..Given::default() };
        let expected = (RiskKind::UndeclaredImport, "PyYAML".to_owned(), "pkg/__init__.py:1 imports yaml".to_owned());
        assert_eq!(found(&files, &declared), [expected]);
        let unknown = Given { has_metadata: true, ..Given::default() };
        assert_eq!(found(&files, &unknown), [], "a build may say more");
    }

    #[test]
    fn a_module_that_the_newest_version_lacks_is_bound() {
        let files = [("app.py", "import pkg_resources\n")];
        let open = [requirement("setuptools")];
        let expected = (RiskKind::GoneModule, "setuptools<82".to_owned(), "app.py:1 imports pkg_resources".to_owned());
        assert_eq!(found(&files, &Given { dependencies: &open, ..Given::default() }), [expected]);
        let bound = [requirement("setuptools>=60,<81")];
        assert_eq!(found(&files, &Given { dependencies: &bound, ..Given::default() }), []);
    }

    #[test]
    fn a_file_that_hides_a_dependency_is_named() {
        let listed = [requirement("python-dateutil")];
        let declared = Given { dependencies: &listed, ..Given::default() };
        let files = [("main.py", "import dateutil\n"), ("dateutil.py", "")];
        let expected = (RiskKind::ShadowsDependency, "python-dateutil".to_owned(), "dateutil.py".to_owned());
        assert_eq!(found(&files, &declared), [expected]);
        let itself = [("requests.py", "import requests\nrequests.get\n")];
        let expected = (RiskKind::ShadowsDependency, "requests".to_owned(), "requests.py:1".to_owned());
        assert_eq!(found(&itself, &Given::default()), [expected]);
    }
}
