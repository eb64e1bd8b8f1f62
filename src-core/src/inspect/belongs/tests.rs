use super::*;
use crate::inspect::metadata::fixture;

const TOKEN: &str = concat!("ghp", "_q7Zt3kL9vX2mP8wR4sB6nJ5dF1hG0cYaq7Zt");

fn settled(files: &[(&str, &str)], named: &[&str], said: &Sorting) -> (tempfile::TempDir, Tree) {
    let (folder, mut tree) = fixture::tree(files);
    let named: Vec<String> = named.iter().map(|text| (*text).to_owned()).collect();
    settle(&mut tree, &named, &Sorting::default(), said).unwrap();
    (folder, tree)
}

fn paths(tree: &Tree) -> Vec<&str> {
    tree.files.iter().map(|file| file.path.as_str()).collect()
}

fn doubts(tree: &Tree) -> Vec<(&str, DoubtKind, Fate)> {
    let mut doubts: Vec<_> = tree.doubts.iter().map(|doubt| (doubt.path.as_str(), doubt.kind, doubt.fate)).collect();
    doubts.sort_unstable();
    doubts
}

fn sorting(include: &[&str], leave_out: &[&str]) -> Sorting {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    Sorting { include: texts(include), leave_out: texts(leave_out) }
}

#[test]
fn what_a_build_backend_names_belongs_to_the_project_though_it_is_ignored() {
    let files = [
        ("a.py", ""),
        (".gitignore", "web/static/\n*.mo\n"),
        ("web/static/app.js", ""),
        ("web/static/b.css", ""),
        ("x.mo", ""),
        (".env", ""),
    ];
    let (_folder, tree) = settled(&files, &["web/static/*.js", "**/*.mo", ".env", "[", "../x"], &Sorting::default());
    assert_eq!(paths(&tree), [".gitignore", "a.py", "web/static/app.js", "x.mo"]);
    assert_eq!(doubts(&tree), [(".env", DoubtKind::Credential, Fate::LeftOut)]);
}

#[test]
fn the_user_decides_over_everything() {
    let files =
        [("a.py", ""), ("b.py", ""), ("app.db", ""), (".env", ""), ("env/bin/activate", ""), ("env/lib/x.py", "")];
    let (_folder, tree) = settled(&files, &[], &sorting(&["app.db", ".env", "env/lib"], &["b.py", "*.txt"]));
    assert_eq!(paths(&tree), [".env", "a.py", "app.db", "env/lib/x.py"]);
    assert_eq!(
        doubts(&tree),
        [
            (".env", DoubtKind::Credential, Fate::Taken),
            ("app.db", DoubtKind::Database, Fate::Taken),
            ("b.py", DoubtKind::Unwanted, Fate::LeftOut),
            ("env/", DoubtKind::Environment, Fate::Taken),
        ]
    );
}

#[test]
fn a_pattern_that_is_none_is_told() {
    let (_folder, mut tree) = fixture::tree(&[("a.py", "")]);
    let error = settle(&mut tree, &[], &Sorting::default(), &sorting(&["../secret"], &[])).unwrap_err();
    assert!(error.to_string().contains("`../secret`"), "{error}");
}

#[test]
fn a_backup_belongs_only_to_a_program_that_names_it() {
    let files = [
        ("main.py", "import tools_old\nopen('logo.bak')\n"),
        ("tools_old.py", ""),
        ("main_backup.py", "import os\n"),
        ("logo.bak", ""),
        ("x.bak", ""),
    ];
    let (_folder, tree) = settled(&files, &[], &Sorting::default());
    assert_eq!(paths(&tree), ["logo.bak", "main.py", "tools_old.py"]);
    assert_eq!(
        doubts(&tree),
        [("main_backup.py", DoubtKind::Backup, Fate::Asked), ("x.bak", DoubtKind::Backup, Fate::Asked)]
    );
    let (_folder, alone) = settled(&[("game_old.py", "")], &[], &Sorting::default());
    assert_eq!(paths(&alone), ["game_old.py"]);
}

#[test]
fn a_file_that_holds_a_secret_is_left_out_and_code_that_does_is_kept() {
    let token = format!("first\nkey = {TOKEN}\n");
    let notebook = format!("{{\"outputs\": [\"{TOKEN}\"]}}");
    let key = "-----BEGIN PRIVATE KEY-----\nq7Zt3kL9vX2mP8wR4sB6nJ5dF1hG0cYaq7Zt3kL9vX2mP8wR4sB6nJ5dF1hG0cYa\n";
    let files = [
        ("a.py", token.as_str()),
        ("config.ini", &token),
        ("deploy", key),
        ("look.ipynb", &notebook),
        ("README.md", &token),
        ("config.example.ini", &token),
        ("tests/config.ini", &token),
        ("data.json", "{\"a\": 1}"),
    ];
    let (_folder, tree) = settled(&files, &[], &Sorting::default());
    assert_eq!(paths(&tree), ["README.md", "a.py", "config.example.ini", "data.json", "tests/config.ini"]);
    let found: Vec<_> = tree.doubts.iter().map(|doubt| (doubt.path.as_str(), doubt.kind, doubt.line)).collect();
    assert!(found.contains(&("config.ini", DoubtKind::Secret, Some(2))), "{found:?}");
    assert_eq!(found.len(), 3, "{found:?}");
    assert_eq!(tree.risks.len(), 1, "{:?}", tree.risks);
}

#[test]
fn a_text_where_a_link_was_is_told() {
    let files = [
        ("pkg/a.py", ""),
        ("pkg/ui", "../shared/ui"),
        ("shared/ui/index.html", ""),
        ("pkg/note", "../none/x"),
        ("pkg/text", "a/b c"),
    ];
    let (_folder, tree) = settled(&files, &[], &Sorting::default());
    let told: Vec<_> = tree.risks.iter().map(|risk| risk.what.as_str()).collect();
    assert_eq!(told, ["it is a text that names `../shared/ui`, where a link was before it was copied here"]);
}
