use super::*;
use crate::facts::LockKind;
use crate::inspect::metadata::{self, fixture};

fn named(files: &[(&str, &str)]) -> Vec<NamedIndex> {
    let (folder, tree) = fixture::tree(files);
    let declared = metadata::read(&tree).unwrap().unwrap();
    let workspace = metadata::find_workspace(&tree).unwrap().unwrap_or_default();
    let lock = metadata::find_lock(&tree, &declared, None);
    let all = find(&tree, &declared, &workspace, lock.as_ref()).unwrap();
    drop(folder);
    all
}

/// Role, name, address, packages and place.
fn told(files: &[(&str, &str)]) -> Vec<String> {
    let line = |index: NamedIndex| {
        let packages: Vec<String> = index.packages.iter().map(|tied| tied.name.clone()).collect();
        format!(
            "{:?} {} {} [{}] {}",
            index.role,
            index.name.unwrap_or_default(),
            index.address.unwrap_or_default(),
            packages.join(" "),
            index.source
        )
    };
    named(files).into_iter().map(line).collect()
}

const PROJECT: &str = "[project]\nname = 'p'\nversion = '1'\n";

fn pyproject(more: &str) -> Vec<String> {
    told(&[("pyproject.toml", &format!("{PROJECT}{more}"))])
}

#[test]
fn tables_of_uv_are_read_with_the_packages_that_are_tied() {
    assert_eq!(
        pyproject(
            "[tool.uv.sources]\nacme_auth = { index = 'priv', marker = \"os_name == 'posix'\" }\nx = [{ index = 'other' }]\n\
             [[tool.uv.index]]\nname = 'priv'\nurl = 'https://me:s3cret@a.test/simple'\nexplicit = true\n\
             [[tool.uv.index]]\nurl = 'https://b.test/simple'\ndefault = true\n\
             [tool.uv]\nextra-index-url = ['https://c.test']\nno-index = true\n[tool.uv.pip]\nindex-url = 'https://d.test'\n"
        ),
        [
            "Explicit priv https://a.test/simple [acme-auth] pyproject.toml:9",
            "Default  https://b.test/simple [] pyproject.toml:12",
            "Extra  https://c.test [] pyproject.toml:15",
            "None   [] pyproject.toml:16",
            "Default  https://d.test [] pyproject.toml:18",
            "Explicit other  [x] pyproject.toml:6",
        ]
    );
    let files = [("pyproject.toml", PROJECT), ("uv.toml", "[[index]]\nurl = 'https://e.test/simple'\n")];
    assert_eq!(told(&files), ["Extra  https://e.test/simple [] uv.toml:2"]);
}

#[test]
fn sources_of_poetry_and_pdm_are_read_with_their_order() {
    assert_eq!(
        pyproject(
            "[[tool.poetry.source]]\nname = 'priv'\nurl = 'https://a.test/simple'\npriority = 'explicit'\n\
             [[tool.poetry.source]]\nname = 'main'\nurl = 'https://b.test/simple'\n\
             [[tool.poetry.source]]\nname = 'more'\nurl = 'https://c.test/simple'\npriority = 'supplemental'\n\
             [tool.poetry.dependencies]\nsix = { version = '*', source = 'priv' }\nseven = { version = '*', source = 'PyPI' }\n\
             [tool.poetry.group.dev.dependencies]\ntool = [{ version = '1', source = 'main' }]\n"
        ),
        [
            "Explicit priv https://a.test/simple [six] pyproject.toml:4",
            "Default main https://b.test/simple [tool] pyproject.toml:8",
            "Extra more https://c.test/simple [] pyproject.toml:11",
        ]
    );
    assert_eq!(
        pyproject(
            "[[tool.pdm.source]]\nname = 'priv'\nurl = 'https://a.test/simple'\ninclude_packages = ['acme-*', 'Six']\n\
             [[tool.pdm.source]]\nname = 'pypi'\nurl = 'https://b.test/simple'\n\
             [[tool.pdm.source]]\nname = 'l'\nurl = 'https://c.test/links'\ntype = 'find_links'\n"
        ),
        [
            "Explicit priv https://a.test/simple [acme-* six] pyproject.toml:6",
            "Default pypi https://b.test/simple [] pyproject.toml:10",
            "Files l https://c.test/links [] pyproject.toml:13",
        ]
    );
}

#[test]
fn settings_of_other_tools_are_read() {
    let files = [
        (
            "pyproject.toml",
            "[[tool.rye.sources]]\nname = 'default'\nurl = 'https://a.test'\n[tool.pixi.pypi-options]\nextra-index-urls = ['https://b.test']\n",
        ),
        ("main.py", ""),
        ("pdm.toml", "[pypi]\nurl = 'https://c.test'\n[pypi.priv]\nurl = 'https://d.test'\n"),
        (
            "Pipfile",
            "[[source]]\nname = 'main'\nurl = 'https://e.test'\n[packages]\nsix = { version = '*', index = 'main' }\n",
        ),
    ];
    assert_eq!(
        told(&files),
        [
            "Default default https://a.test [] pyproject.toml:3",
            "Extra  https://b.test [] pyproject.toml:5",
            "Default  https://c.test [] pdm.toml:2",
            "Extra priv https://d.test [] pdm.toml:4",
            "Default main https://e.test [six] Pipfile:3",
        ]
    );
}

#[test]
fn options_of_requirement_files_and_of_what_they_include_are_read() {
    let files = [
        ("main.py", ""),
        ("requirements.txt", "six\n-r more/a.txt\n--index-url https://me:s3cret@a.test/simple\n"),
        ("more/a.txt", "-c ../constraints.txt\n--find-links ./wheels\n"),
        ("constraints.txt", "--extra-index-url=https://b.test/simple\n"),
        ("requirements-dev.txt", "--no-index\n"),
    ];
    let all = named(&files);
    let (links, rest): (Vec<_>, Vec<_>) = all.into_iter().partition(|index| index.role == IndexRole::Files);
    assert!(links[0].address.as_ref().unwrap().ends_with("/more/wheels"), "{links:?}");
    let rest: Vec<_> = rest.iter().map(|index| (index.role, index.source.to_string(), index.only.as_deref())).collect();
    assert_eq!(
        rest,
        [
            (IndexRole::Extra, "constraints.txt:1".into(), None),
            (IndexRole::Default, "requirements.txt:3".into(), None),
            (IndexRole::None, "requirements-dev.txt:1".into(), Some("dev")),
        ]
    );
}

#[test]
fn what_setuptools_took_is_read() {
    let files = [
        ("setup.cfg", "[metadata]\nname = p\n[easy_install]\nindex_url = https://a.test/simple\n"),
        (
            "setup.py",
            "from setuptools import setup\nsetup(name='p', dependency_links=['https://b.test/x-1.zip#egg=x-1'])\n",
        ),
    ];
    assert_eq!(
        told(&files),
        ["Default  https://a.test/simple [] setup.cfg:4", "Explicit  https://b.test/x-1.zip#egg=x-1 [x] setup.py:2",]
    );
}

#[test]
fn the_header_of_a_script_is_read() {
    let text = "# /// script\n# dependencies = ['six']\n# [[tool.uv.index]]\n# url = 'https://a.test/simple'\n# ///\n";
    let (_folder, tree) = fixture::tree(&[("tool.py", text)]);
    let declared = metadata::read_script(&tree, "tool.py").unwrap();
    let found = find(&tree, &declared, &Workspace::default(), None).unwrap();
    assert_eq!(found[0].source.to_string(), "tool.py:4");
}

#[test]
fn registries_of_locks_are_read_with_their_packages() {
    let public = format!("https://{}/simple", crate::facts::index::PUBLIC_HOSTS[0]);
    let package = |name: &str, more: &str| format!("[[package]]\nname = '{name}'\nversion = '1'\n{more}\n");
    let lock = package("six", &format!("source = {{ registry = '{public}' }}"))
        + &package("Acme_Auth", "source = { registry = 'https://a.test/simple' }")
        + &package("p", "source = { virtual = '.' }");
    let found = named(&[("pyproject.toml", PROJECT), ("uv.lock", &lock)]);
    let counted: Vec<_> = found.iter().filter(|index| index.counts()).collect();
    assert_eq!((found.len(), counted.len(), counted[0].packages[0].name.as_str()), (2, 1, "acme-auth"));
    let poetry = package("x", "[package.source]\ntype = 'legacy'\nurl = 'https://a.test/simple'\nreference = 'priv'");
    let (_folder, tree) = fixture::tree(&[("poetry.lock", &poetry)]);
    let file = LockFile { path: "poetry.lock".into(), kind: LockKind::Poetry };
    assert_eq!(locks::read(&tree, &file)[0].name.as_deref(), Some("priv"));
    let (_folder, tree) =
        fixture::tree(&[("pylock.toml", "[[packages]]\nname = 'x'\nindex = 'https://a.test/simple'\n")]);
    let file = LockFile { path: "pylock.toml".into(), kind: LockKind::Pylock };
    assert_eq!(locks::read(&tree, &file)[0].packages.len(), 1);
}

#[test]
fn a_lock_of_the_usual_form_and_one_that_hides_a_registry_say_the_same() {
    let public = format!("https://{}/simple", crate::facts::index::PUBLIC_HOSTS[0]);
    let usual =
        format!("version = 1\n[[package]]\nname = \"a\"\nversion = \"1\"\nsource = {{ registry = \"{public}\" }}\n");
    let read = |text: &str| {
        let (_folder, tree) = fixture::tree(&[("uv.lock", text)]);
        locks::read(&tree, &LockFile { path: "uv.lock".into(), kind: LockKind::Uv })
    };
    let found = read(&usual);
    assert_eq!((found.len(), found[0].source.to_string().as_str()), (1, "uv.lock:5"));
    for hidden in [
        "source = { registry = 'https://a.test/simple' }",
        "source = { \"\\u0072egistry\" = \"https://a.test/simple\" }",
        "source = { registry=\"https://a.test/simple\" }",
    ] {
        let text = format!("{usual}[[package]]\nname = \"b\"\nversion = \"1\"\n{hidden}\n");
        assert!(read(&text).iter().any(NamedIndex::counts), "{hidden}");
    }
}

#[test]
fn the_root_of_a_workspace_and_projects_beside_this_one_are_read() {
    let folder = fixture::folder(&[
        (
            "pyproject.toml",
            "[tool.uv.workspace]\nmembers = ['a', 'b']\n[[tool.uv.index]]\nurl = 'https://r.test/simple'\n",
        ),
        ("a/pyproject.toml", "[project]\nname = 'a'\nversion = '1'\n"),
        (
            "b/pyproject.toml",
            "[project]\nname = 'b'\nversion = '1'\n[[tool.uv.index]]\nurl = 'https://b.test/simple'\n",
        ),
    ]);
    let tree = crate::inspect::tree::walk(&folder.path().join("a")).unwrap();
    let declared = metadata::read(&tree).unwrap().unwrap();
    let workspace = metadata::find_workspace(&tree).unwrap().unwrap();
    let all = find(&tree, &declared, &workspace, None).unwrap();
    let places: Vec<_> = all.iter().map(|index| (index.source.to_string(), index.beside.as_deref())).collect();
    assert!(places.contains(&("../pyproject.toml:4".into(), None)), "{places:?}");
    assert!(places.contains(&("../b/pyproject.toml:5".into(), Some("../b"))), "{places:?}");
}

#[test]
fn tables_of_another_shape_are_errors_with_their_line() {
    let text = format!("{PROJECT}[tool.uv]\nindex = 3\n");
    let (_folder, tree) = fixture::tree(&[("pyproject.toml", &text)]);
    let declared = metadata::read(&tree).unwrap().unwrap();
    let error = find(&tree, &declared, &Workspace::default(), None).unwrap_err().to_string();
    assert!(error.contains("line 5"), "{error}");
}
