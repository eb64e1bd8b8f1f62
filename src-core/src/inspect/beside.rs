//! A requirement file beside metadata that lists no requirements: what most people have before they have metadata.

use super::code::{Need, Scan, is_for_development};
use super::metadata::{self, Declared};
use super::tree::Tree;
use crate::facts::{Definition, Risk, RiskKind};

/// Takes the requirements of a file that pip reads for those of a project whose metadata lists none, where its code imports
/// any of them: a library that needs nothing keeps such a file for its tests. Whether anything was taken.
pub(super) fn take(tree: &Tree, declared: &mut Declared, scan: &Scan) -> bool {
    let is_described = !matches!(declared.definition, Definition::Folder(_) | Definition::Script(_));
    if !is_described || !declared.dependencies.is_empty() || declared.lacks("dependencies") {
        return false;
    }
    // Nothing says that such a file is the project's, so one that cannot be read is no reason to stop.
    let Some(listed) = metadata::main_file(tree).and_then(|main| metadata::read_requirements(tree, main).ok()) else {
        return false;
    };
    let needed = || scan.imports.iter().filter(|import| import.need <= Need::Deferred);
    let is_imported = |name: &str| needed().any(|import| super::code::brings(name, &import.module));
    if !listed.requirements.iter().any(|requirement| is_imported(&requirement.name)) {
        return false;
    }
    let is_meant = |name: &str| is_imported(name) || !is_for_development(name);
    declared.dependencies = listed.requirements.into_iter().filter(|one| is_meant(&one.name)).collect();
    declared.constraints.extend(listed.constraints);
    metadata::resolve_local(declared, tree);
    true
}

/// What a wheel lacks that only such a file asks for.
pub(super) fn risks(declared: &Declared) -> impl Iterator<Item = Risk> {
    declared.dependencies.iter().map(|requirement| Risk {
        kind: RiskKind::UnlistedRequirement,
        what: requirement.text.clone(),
        source: requirement.source.clone(),
    })
}

#[cfg(test)]
mod tests {
    use crate::facts::{Project, RiskKind};
    use crate::inspect::{Inspection, read};

    fn inspected(files: &[(&str, &str)]) -> Inspection {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        read(folder.path()).unwrap()
    }

    fn needs(project: &Project) -> Vec<&str> {
        project.dependencies.iter().map(|requirement| requirement.text.as_str()).collect()
    }

    const BARE: &str =
        "[project]\nname = \"tell\"\nversion = \"1\"\ndependencies = []\n[project.scripts]\ntell = \"tell:main\"\n";

    #[test]
    fn a_requirement_file_beside_metadata_without_requirements_is_not_lost() {
        let list = "-c pins.txt\n--extra-index-url http://x.test/simple\nrequests>=2\npytest\npsycopg2-binary\n";
        let files = [
            ("pyproject.toml", BARE),
            ("requirements.txt", list),
            ("pins.txt", "idna==3.4\n"),
            ("tell.py", "import requests\ndef main(): pass\n"),
        ];
        let Inspection { project, facts, .. } = inspected(&files);
        assert_eq!(needs(&project), ["requests>=2", "psycopg2-binary"], "a tool of whoever works on it is left out");
        assert_eq!(project.constraints[0].text, "idna==3.4");
        let lacking: Vec<_> = project.risks.iter().map(|risk| (risk.kind, risk.source.to_string())).collect();
        assert_eq!(lacking[0], (RiskKind::UnlistedRequirement, "requirements.txt:3".to_owned()));
        let fact = crate::facts::Fact::named("dependencies").unwrap();
        assert_eq!(facts.get(fact).unwrap().source.to_string(), "requirements.txt:3");
        assert_eq!(
            project.indexes[0].source.to_string(),
            "requirements.txt:2",
            "what the file says of indexes is said too"
        );
    }

    #[test]
    fn a_list_that_the_code_has_no_use_for_or_that_is_none_stays_where_it_is() {
        for list in ["requests\npytest\n", "this is no list\n"] {
            let files = [("pyproject.toml", BARE), ("requirements.txt", list), ("tell.py", "def main(): pass\n")];
            assert_eq!(needs(&inspected(&files).project), [""; 0], "{list}");
        }
        let dynamic = BARE.replace("dependencies = []", "dynamic = [\"dependencies\"]");
        let files =
            [("pyproject.toml", dynamic.as_str()), ("requirements.txt", "requests"), ("tell.py", "import requests\n")];
        assert_eq!(needs(&inspected(&files).project), [""; 0], "only a build tells");
        let uv = format!("{BARE}[tool.uv]\nconstraint-dependencies = [\"idna<3.5\"]\n");
        assert_eq!(inspected(&[("pyproject.toml", &uv), ("tell.py", "")]).project.constraints[0].text, "idna<3.5");
    }
}
