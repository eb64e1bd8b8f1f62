//! Facts that metadata decides: what the author says of the audience, of systems and of requirements.

use super::declared::Declared;
use crate::facts::{Definition, Evidence, Facts, Source};
use crate::inspect::tree::Tree;

/// Classifiers of an audience, and the tag each stands for.
const AUDIENCES: [(&str, &str); 8] = [
    ("Developers", "developers"),
    ("System Administrators", "operators"),
    ("Information Technology", "operators"),
    ("Science/Research", "scientists"),
    ("End Users/Desktop", "end-users"),
    ("Customer Service", "end-users"),
    ("Financial and Insurance Industry", "end-users"),
    ("Healthcare Industry", "end-users"),
];

/// Classifiers of an operating system, and the tag each stands for; the first that fits counts.
const SYSTEMS: [(&str, &str); 6] = [
    ("Microsoft", "windows"),
    ("MacOS", "macos"),
    ("POSIX :: Linux", "linux"),
    ("POSIX :: BSD", "bsd"),
    ("Android", "android"),
    ("iOS", "ios"),
];

/// Facts with the line each was read from, in the light of what the code shows. The root of a workspace with other projects
/// requires what they do, which its own empty list does not say.
pub(crate) fn facts(declared: &Declared, tree: &Tree, has_members: bool, shown: &Facts) -> Facts {
    let mut facts = Facts::default();
    audience(declared, shown, &mut facts);
    extension(declared, &mut facts);
    daemon(declared, &mut facts);
    systems(declared, &mut facts);
    dependencies(declared, has_members, &mut facts);
    standard(tree, &mut facts);
    facts
}

/// Sets a fact; the words are this module's own, and a test holds them to the vocabulary.
fn set(facts: &mut Facts, fact: &str, tags: &[&str], source: Source) {
    let known = facts.set_tags(fact, tags, source);
    debug_assert!(known.is_ok(), "{known:?}");
}

/// What follows a prefix in each classifier.
fn after<'d>(declared: &'d Declared, prefix: &'d str) -> impl Iterator<Item = (&'d str, &'d Source)> {
    declared
        .classifiers
        .iter()
        .filter_map(move |Evidence { value, source }| Some((value.strip_prefix(prefix)?, source)))
}

fn audience(declared: &Declared, shown: &Facts, facts: &mut Facts) {
    // Those who open its pages install nothing; who runs its server is somebody else.
    let has_visitors = shown.has("kind", "web-app") || shown.has("kind", "service");
    let mut tags: Vec<&str> = Vec::new();
    let mut first = None;
    for (audience, source) in after(declared, "Intended Audience :: ") {
        let Some((_, tag)) = AUDIENCES.iter().find(|(name, _)| *name == audience) else { continue };
        if has_visitors && *tag == "end-users" {
            continue;
        }
        if !tags.contains(tag) {
            tags.push(tag);
        }
        first = first.or(Some(source));
    }
    if let Some(source) = first {
        set(facts, "audience", &tags, source.clone());
    }
}

/// A classifier such as `Framework :: Sphinx :: Extension`, on what is no program itself.
fn extension(declared: &Declared, facts: &mut Facts) {
    let is_extension = |text: &str| text.split(" :: ").any(|part| matches!(part, "Extension" | "Extensions"));
    let found = after(declared, "Framework :: ").find(|(text, _)| is_extension(text));
    if let Some((_, source)) = found.filter(|_| declared.entry_points.is_empty()) {
        set(facts, "kind", &["plugin"], source.clone());
    }
}

/// A classifier of programs that run without anybody; with several commands, one of them is for people.
fn daemon(declared: &Declared, facts: &mut Facts) {
    let found = after(declared, "Environment :: ").find(|(text, _)| *text == "No Input/Output (Daemon)");
    if let Some((_, source)) = found.filter(|_| !declared.entry_points.is_empty()) {
        let tags: &[&str] = if declared.entry_points.len() > 1 { &["cli", "service"] } else { &["service"] };
        set(facts, "kind", tags, source.clone());
    }
}

/// Only where the author names systems and nothing that means all of them.
fn systems(declared: &Declared, facts: &mut Facts) {
    let mut tags: Vec<&str> = Vec::new();
    let mut first = None;
    for (system, source) in after(declared, "Operating System :: ") {
        let tag = SYSTEMS.iter().find(|(start, _)| system.starts_with(start)).map(|(_, tag)| *tag);
        match (system, tag) {
            (_, Some(tag)) => {
                if !tags.contains(&tag) {
                    tags.push(tag);
                }
                first = first.or(Some(source));
            }
            // `POSIX` and `Unix` alone are Linux, macOS and more; `OS Independent` is everything.
            _ => return,
        }
    }
    if let Some(source) = first {
        set(facts, "os", &tags, source.clone());
    }
}

fn dependencies(declared: &Declared, has_members: bool, facts: &mut Facts) {
    if let Some(first) = declared.dependencies.first() {
        set(facts, "dependencies", &["third-party"], first.source.clone());
    } else if declared.has_dependency_list && !has_members && !matches!(declared.definition, Definition::Folder(_)) {
        let (Definition::Pyproject(path)
        | Definition::SetupPy(path)
        | Definition::SetupCfg(path)
        | Definition::Folder(path)
        | Definition::Script(path)) = &declared.definition;
        set(facts, "dependencies", &["stdlib-only"], Source::File { path: path.clone(), line: None });
    }
}

/// Files that only an organisation with that standard keeps. A `Dockerfile` alone is no more than a convenience.
fn standard(tree: &Tree, facts: &mut Facts) {
    let compose = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];
    let container = ["Dockerfile", "Containerfile"].into_iter().find(|path| tree.has(path));
    let found = [
        ("docker", compose.into_iter().find(|path| tree.has(path)).and(container)),
        ("debian-repo", Some("debian/control").filter(|path| tree.has(path))),
        (
            "conda",
            ["conda.recipe/meta.yaml", "recipe/meta.yaml", "recipe/recipe.yaml"]
                .into_iter()
                .find(|path| tree.has(path)),
        ),
        ("nix", Some("flake.nix").filter(|path| tree.has(path))),
    ];
    let found: Vec<(&str, &str)> = found.into_iter().filter_map(|(tag, path)| Some((tag, path?))).collect();
    if let Some((_, path)) = found.first() {
        let tags: Vec<&str> = found.iter().map(|(tag, _)| *tag).collect();
        set(facts, "standard", &tags, Source::File { path: (*path).to_owned(), line: None });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Fact;
    use crate::inspect::metadata::{fixture, read};

    fn facts_of(files: &[(&str, &str)]) -> Facts {
        let (_folder, tree) = fixture::tree(files);
        facts(&read(&tree).unwrap().unwrap(), &tree, false, &Facts::default())
    }

    fn tags(facts: &Facts, fact: &str) -> Vec<&'static str> {
        facts.tags(fact).ids(Fact::named(fact).unwrap()).collect()
    }

    #[test]
    fn every_word_is_in_the_vocabulary() {
        for (fact, table) in [("audience", &AUDIENCES[..]), ("os", &SYSTEMS[..])] {
            for (_, tag) in table {
                assert!(Fact::named(fact).unwrap().tag(tag).is_ok(), "{tag}");
            }
        }
    }

    #[test]
    fn classifiers_name_audience_and_systems_with_their_lines() {
        let text = "[project]\nname = 'a'\nversion = '1'\nclassifiers = [\n'Intended Audience :: Science/Research',\n\
                    'Operating System :: Microsoft :: Windows',\n'Operating System :: POSIX :: Linux',\n]\n";
        let facts = facts_of(&[("pyproject.toml", text)]);
        assert_eq!(tags(&facts, "audience"), ["scientists"]);
        assert_eq!(tags(&facts, "os"), ["linux", "windows"]);
        assert_eq!(facts.get(Fact::named("os").unwrap()).unwrap().source, Source::line("pyproject.toml", 6));
    }

    #[test]
    fn who_opens_the_pages_of_a_server_is_not_who_installs_it() {
        let text = "[project]\nname = 'a'\nversion = '1'\nclassifiers = ['Intended Audience :: End Users/Desktop',\n\
                    'Intended Audience :: System Administrators']\n";
        let (_folder, tree) = fixture::tree(&[("pyproject.toml", text)]);
        let declared = read(&tree).unwrap().unwrap();
        for (kind, expected) in [("web-app", &["operators"][..]), ("gui", &["operators", "end-users"])] {
            let mut shown = Facts::default();
            shown.assign(&format!("kind={kind}")).unwrap();
            assert_eq!(tags(&facts(&declared, &tree, false, &shown), "audience"), expected, "{kind}");
        }
    }

    #[test]
    fn a_classifier_says_what_extends_another_program() {
        let text = |scripts: &str| {
            let classifiers = "classifiers = ['Framework :: Jupyter :: JupyterLab :: Extensions :: Prebuilt']";
            format!("[project]\nname = 'a'\nversion = '1'\n{classifiers}\n{scripts}")
        };
        assert_eq!(tags(&facts_of(&[("pyproject.toml", &text(""))]), "kind"), ["plugin"]);
        let program = text("[project.scripts]\na = 'a:main'\n");
        assert_eq!(tags(&facts_of(&[("pyproject.toml", &program)]), "kind"), [""; 0]);
    }

    #[test]
    fn a_classifier_says_what_runs_without_anybody() {
        let kind = |scripts: &str| {
            let classifiers = "classifiers = ['Environment :: No Input/Output (Daemon)']";
            let text = format!("[project]\nname = 'a'\nversion = '1'\n{classifiers}\n{scripts}");
            tags(&facts_of(&[("pyproject.toml", &text)]), "kind")
        };
        assert_eq!(kind(""), [""; 0]);
        assert_eq!(kind("[project.scripts]\nad = 'a:main'\n"), ["service"]);
        assert_eq!(kind("[project.scripts]\nad = 'a:main'\nactl = 'a:ctl'\n"), ["cli", "service"]);
    }

    #[test]
    fn a_classifier_for_all_systems_decides_nothing() {
        let text = "[project]\nname = 'a'\nversion = '1'\nclassifiers = ['Operating System :: MacOS', 'Operating System :: OS Independent']\n";
        assert_eq!(tags(&facts_of(&[("pyproject.toml", text)]), "os"), [""; 0]);
    }

    #[test]
    fn dependencies_are_known_where_they_are_written_down() {
        let known = |rest: &str| {
            let text = format!("[project]\nname = 'a'\nversion = '1'\n{rest}");
            tags(&facts_of(&[("pyproject.toml", &text)]), "dependencies")
        };
        assert_eq!(known(""), ["stdlib-only"]);
        assert_eq!(known("dependencies = ['click']"), ["third-party"]);
        assert_eq!(known("dynamic = ['dependencies']"), [""; 0]);
    }
}
