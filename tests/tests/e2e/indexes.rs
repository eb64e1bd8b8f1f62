//! The right index or none: what a project says of indexes is neither obeyed by itself nor passed over.

use std::path::{Path, PathBuf};

use packwright_core::facts::index::PUBLIC_HOSTS;
use packwright_tests::package::Recipe;
use packwright_tests::{Index, Invocation, Run, Workbench};

use crate::expect_words;

/// A project that is no package, so that nothing is needed to build it.
const PROJECT: &str = "[project]\nname = \"app\"\nversion = \"1\"\nrequires-python = \">=3.9\"\n";

/// The public index has everything, under the private name the package of somebody else; the private one has its own.
struct Indexes {
    public: Index,
    private: Index,
}

impl Indexes {
    fn serve() -> Self {
        let public = [
            Recipe::new("acme-auth", "9.0").wheel(),
            Recipe::new("app-lib", "1.0").requires("acme-auth").wheel(),
            Recipe::new("six", "2.0").wheel(),
            Recipe::new("flit-core", "9.0").wheel(),
        ];
        let private = [
            Recipe::new("acme-auth", "1.0").wheel(),
            Recipe::new("six", "99.0").wheel(),
            Recipe::new("flit-core", "3.12").wheel(),
        ];
        Self { public: Index::serve(public), private: Index::serve(private) }
    }

    fn run(&self, bench: &Workbench, command: &[&str], path: &Path) -> Invocation {
        let run = bench.packwright(command).arg(path).arg("--json");
        ["PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "UV_INDEX", "PIP_FIND_LINKS"]
            .into_iter()
            .fold(run, Invocation::without)
            .env("UV_DEFAULT_INDEX", self.public.url())
    }

    /// A plan by somebody who knows the private index, for the packages that are tied to it alone.
    fn plan_known(&self, bench: &Workbench, command: &[&str], path: &Path) -> Run {
        let file = bench.path().join("known.toml");
        let text = format!("[[index]]\nname = \"own\"\nurl = \"{}\"\nexplicit = true\n", self.private.url());
        std::fs::write(&file, text).unwrap();
        self.run(bench, command, path).env("UV_CONFIG_FILE", &file).run()
    }
}

fn project(bench: &Workbench, files: &[(&str, &str)]) -> PathBuf {
    let mut all = vec![("app/__init__.py", ""), ("app/__main__.py", "print('hello')\n")];
    all.extend(files);
    bench.project("app", &all)
}

fn pyproject(dependencies: &str, tables: &str) -> String {
    format!("{PROJECT}dependencies = [{dependencies}]\n[tool.uv]\npackage = false\n{tables}\n")
}

/// What a way is called, its files, and the place.
type Way = (&'static str, Vec<(&'static str, String)>, &'static str);

/// Ways to name the private index for `acme-auth`, with the file and the place that are to be told.
fn ways(url: &str) -> Vec<Way> {
    let uv_index = format!("[[tool.uv.index]]\nname = \"priv\"\nurl = \"{url}\"\nexplicit = true");
    let of = |tables: String| vec![("pyproject.toml", pyproject("\"acme-auth\"", &tables))];
    let main = |more: Vec<(&'static str, String)>| {
        [vec![("main.py", "import acme_auth\nprint('hello')\n".to_owned())], more].concat()
    };
    let lock = format!(
        "version = 1\n[[package]]\nname = \"acme-auth\"\nversion = \"1.0\"\nsource = {{ registry = \"{url}\" }}\n"
    );
    let locked = [of(String::new()), vec![("uv.lock", lock)]].concat();
    let poetry_lock = format!(
        "[[package]]\nname = \"acme-auth\"\nversion = \"1.0\"\nfiles = []\n[package.source]\ntype = \"legacy\"\nurl = \"{url}\"\nreference = \"priv\"\n"
    );
    vec![
        ("uv", of(format!("[tool.uv.sources]\nacme-auth = {{ index = \"priv\" }}\n{uv_index}")), "pyproject.toml:9"),
        (
            "poetry",
            of(format!(
                "[[tool.poetry.source]]\nname = \"priv\"\nurl = \"{url}\"\npriority = \"explicit\"\n[tool.poetry.dependencies]\nacme-auth = {{ version = \"*\", source = \"priv\" }}"
            )),
            "pyproject.toml:13",
        ),
        (
            "pdm",
            of(format!("[[tool.pdm.source]]\nname = \"priv\"\nurl = \"{url}\"\ninclude_packages = [\"acme-auth\"]")),
            "pyproject.toml:11",
        ),
        ("default", of(format!("[[tool.uv.index]]\nurl = \"{url}\"\ndefault = true")), "pyproject.toml:9"),
        ("pip table", of(format!("[tool.uv.pip]\nextra-index-url = [\"{url}\"]")), "pyproject.toml:9"),
        ("uv.toml", [of(String::new()), vec![("uv.toml", format!("index-url = \"{url}\"\n"))]].concat(), "uv.toml:1"),
        (
            "requirements",
            main(vec![("requirements.txt", format!("--index-url {url}\nacme-auth\n"))]),
            "requirements.txt:1",
        ),
        (
            "included",
            main(vec![
                ("requirements.txt", "acme-auth\n-c c.txt\n".into()),
                ("c.txt", format!("--extra-index-url={url}\n")),
            ]),
            "c.txt:1",
        ),
        ("uv.lock", locked, "uv.lock:5"),
        ("poetry.lock", [of(String::new()), vec![("poetry.lock", poetry_lock)]].concat(), "poetry.lock:7"),
    ]
}

#[test]
fn an_index_that_only_the_project_names_is_asked_for_nothing_and_neither_is_another() {
    let indexes = Indexes::serve();
    for (way, files, place) in ways(&indexes.private.url()) {
        let bench = Workbench::new();
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
        let path = project(&bench, &files);
        let run = indexes.run(&bench, &["plan", "zipapp"], &path).run();
        assert_eq!(run.code, 1, "{way}\n{run}");
        expect_words(&run.stdout, &[place, &indexes.private.origin(), "your own configuration does not know"]);
        let inspection = indexes.run(&bench, &["inspect"], &path).run().expect_code(0);
        expect_words(&inspection.stdout, &["named-index", &indexes.private.origin()]);
        let _ = indexes.run(&bench, &["advise"], &path).run().expect_code(0);
    }
    assert!(!indexes.public.was_asked_for("acme-auth"), "{:?}", indexes.public.asked());
    assert_eq!(indexes.private.asked(), Vec::<String>::new());
}

#[test]
fn an_index_that_the_user_knows_is_asked_and_no_other_is_for_the_same_name() {
    let indexes = Indexes::serve();
    for (way, files, _) in ways(&indexes.private.url()) {
        let bench = Workbench::new();
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
        let run = indexes.plan_known(&bench, &["plan", "zipapp"], &project(&bench, &files));
        assert_eq!(run.code, 0, "{way}\n{run}");
        assert!(run.stdout.contains("acme_auth-1.0") && !run.stdout.contains("acme_auth-9.0"), "{way}\n{run}");
    }
    assert!(!indexes.public.was_asked_for("acme-auth"), "{:?}", indexes.public.asked());
}

#[test]
fn what_is_tied_comes_from_its_index_though_something_else_needs_it_and_nothing_else_does() {
    let indexes = Indexes::serve();
    let bench = Workbench::new();
    let url = indexes.private.url();
    let tables = format!(
        "[tool.uv.sources]\nacme-auth = {{ index = \"priv\" }}\n[[tool.uv.index]]\nname = \"priv\"\nurl = \"{url}\"\nexplicit = true"
    );
    let path = project(&bench, &[("pyproject.toml", &pyproject("\"app-lib\", \"six\"", &tables))]);
    let unknown = indexes.run(&bench, &["plan", "zipapp"], &path).run().expect_code(1);
    expect_words(&unknown.stdout, &["acme-auth", "pyproject.toml:9"]);
    let known = indexes.plan_known(&bench, &["plan", "zipapp"], &path).expect_code(0);
    for file in ["acme_auth-1.0", "six-2.0", "app_lib-1.0"] {
        assert!(known.stdout.contains(file), "{file}\n{known}");
    }
    assert!(!indexes.public.was_asked_for("acme-auth"), "{:?}", indexes.public.asked());
    assert!(!indexes.private.was_asked_for("six"), "{:?}", indexes.private.asked());
}

#[test]
fn what_a_build_extras_and_groups_need_comes_from_its_index_too() {
    let indexes = Indexes::serve();
    let bench = Workbench::new();
    let url = indexes.private.url();
    let tied = format!(
        "[tool.uv.sources]\nflit-core = {{ index = \"priv\" }}\nacme-auth = {{ index = \"priv\" }}\n\
         [[tool.uv.index]]\nname = \"priv\"\nurl = \"{url}\"\nexplicit = true\n"
    );
    let build = "[build-system]\nrequires = [\"flit_core\"]\nbuild-backend = \"flit_core.buildapi\"\n";
    let flit = format!("{PROJECT}description = \"x\"\n{build}{tied}");
    let path = project(&bench, &[("pyproject.toml", &flit)]);
    let run = indexes.plan_known(&bench, &["plan", "wheel"], &path).expect_code(0);
    assert!(run.stdout.contains("flit_core-3.12"), "{run}");
    assert!(!indexes.public.was_asked_for("flit-core"), "{:?}", indexes.public.asked());
    let more = format!(
        "{}[project.optional-dependencies]\nx = [\"acme-auth\"]\n[dependency-groups]\ng = [\"acme-auth\"]\n",
        pyproject("", &tied)
    );
    for option in ["--extra=x", "--group=g"] {
        let bench = Workbench::new();
        let path = project(&bench, &[("pyproject.toml", &more)]);
        let run = indexes.plan_known(&bench, &["plan", "zipapp", option], &path).expect_code(0);
        assert!(run.stdout.contains("acme_auth-1.0"), "{option}\n{run}");
    }
    assert!(!indexes.public.was_asked_for("acme-auth"), "{:?}", indexes.public.asked());
}

#[test]
fn the_header_of_a_script_says_it_too() {
    let indexes = Indexes::serve();
    let bench = Workbench::new();
    let url = indexes.private.url();
    let header = format!(
        "# /// script\n# requires-python = \">=3.9\"\n# dependencies = [\"acme-auth\"]\n# [tool.uv.sources]\n\
         # acme-auth = {{ index = \"priv\" }}\n# [[tool.uv.index]]\n# name = \"priv\"\n# url = \"{url}\"\n\
         # explicit = true\n# ///\nprint('hello')\n"
    );
    let script = bench.project("script", &[("tool.py", &header)]).join("tool.py");
    let unknown = indexes.run(&bench, &["plan", "zipapp"], &script).run().expect_code(1);
    expect_words(&unknown.stdout, &["acme-auth", "tool.py:5"]);
    let known = indexes.plan_known(&bench, &["plan", "zipapp"], &script).expect_code(0);
    assert!(known.stdout.contains("acme_auth-1.0"), "{known}");
    assert!(!indexes.public.was_asked_for("acme-auth"), "{:?}", indexes.public.asked());
}

#[test]
fn a_path_dependency_says_it_for_what_it_needs() {
    let indexes = Indexes::serve();
    let bench = Workbench::new();
    let url = indexes.private.url();
    let build = "[build-system]\nrequires = [\"flit_core\"]\nbuild-backend = \"flit_core.buildapi\"\n";
    let tied = format!(
        "[tool.uv.sources]\nflit-core = {{ index = \"priv\" }}\n[[tool.uv.index]]\nname = \"priv\"\nurl = \"{url}\"\nexplicit = true\n"
    );
    let lib = format!("[project]\nname = \"lib\"\nversion = \"1\"\ndescription = \"x\"\n{build}{tied}");
    let own = pyproject("\"lib\"", "[tool.uv.sources]\nlib = { path = \"lib\" }");
    let path = project(&bench, &[("pyproject.toml", &own), ("lib/pyproject.toml", &lib), ("lib/lib.py", "")]);
    let unknown = indexes.run(&bench, &["plan", "zipapp"], &path).run().expect_code(1);
    expect_words(&unknown.stdout, &["flit-core", "lib/pyproject.toml:9"]);
    assert!(!indexes.public.was_asked_for("flit-core"), "{:?}", indexes.public.asked());
    let inspection = indexes.run(&bench, &["inspect"], &path).run().expect_code(0);
    expect_words(&inspection.stdout, &["\"beside\":", &indexes.private.origin()]);
}

#[test]
fn names_that_an_extra_index_of_the_user_has_are_asked_of_no_other() {
    let indexes = Indexes::serve();
    let bench = Workbench::new();
    let path = project(&bench, &[("pyproject.toml", &pyproject("\"app-lib\"", ""))]);
    let settings = bench.path().join("pip.conf");
    std::fs::write(&settings, format!("[global]\nextra-index-url = {}\n", indexes.private.url())).unwrap();
    let run = indexes.run(&bench, &["plan", "zipapp"], &path).env("PIP_CONFIG_FILE", &settings).run().expect_code(0);
    assert!(run.stdout.contains("acme_auth-1.0"), "{run}");
    assert!(!indexes.public.was_asked_for("acme-auth"), "{:?}", indexes.public.asked());
}

#[test]
fn the_public_index_by_its_name_is_whatever_the_user_has_for_it() {
    let indexes = Indexes::serve();
    let url = format!("https://{}/simple", PUBLIC_HOSTS[0]);
    for (way, files, _) in ways(&url) {
        let bench = Workbench::new();
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
        let run = indexes.run(&bench, &["plan", "zipapp"], &project(&bench, &files)).run();
        // A lock pins a version that this index does not have.
        let code = i32::from(way.contains("lock"));
        assert_eq!(run.code, code, "{way}\n{run}");
        assert!(!run.stdout.contains("does not know"), "{way}\n{run}");
    }
    assert!(indexes.public.was_asked_for("acme-auth"));
}
