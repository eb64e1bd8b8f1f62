//! Projects that look as if they only declared, and would run code while they are built: none of it runs unasked.

use std::path::{Path, PathBuf};

use packwright_tests::{Workbench, tree};

use crate::expect_words;

/// Paths with their text.
type Files = &'static [(&'static str, &'static str)];

/// Files of a project, where `MARK` stands for code that leaves a mark, and what its refusal says.
struct Sly {
    name: &'static str,
    /// `requires` and `build-backend`, and whatever comes after `[project]` with its name.
    definition: (&'static str, &'static str, &'static str),
    files: Files,
    says: &'static str,
}

const HOOK: &str = "MARK\nfrom hatchling.builders.hooks.plugin.interface import BuildHookInterface\n\
                    class Hook(BuildHookInterface):\n    pass\n";
const STATIC: (&str, &str, &str) = ("setuptools", "setuptools.build_meta", "version = '1'\n");
const HATCH: (&str, &str, &str) = ("hatchling", "hatchling.build", "version = '1'\n");
const DYNAMIC: &str = "dynamic = ['version', 'description']\n";

const SLY: &[Sly] = &[
    Sly {
        name: "a hook in hatch.toml",
        definition: HATCH,
        files: &[("hatch.toml", "[build.hooks.custom]\n"), ("hatch_build.py", HOOK)],
        says: "(hatch.toml:1)",
    },
    Sly {
        name: "a version by code in hatch.toml",
        definition: ("hatchling", "hatchling.build", "dynamic = ['version']\n"),
        files: &[("hatch.toml", "[version]\nsource = 'code'\npath = 'v.py'\n"), ("v.py", "MARK\n__version__ = '1'\n")],
        says: "(hatch.toml:2)",
    },
    Sly {
        name: "a backend that the project brings under the name of a real one",
        definition: ("hatchling", "hatchling.build", "version = '1'\n[tool.uv.sources]\nhatchling = {path = 'evil'}\n"),
        files: &[
            (
                "evil/pyproject.toml",
                "[build-system]\nrequires = []\nbuild-backend = 'b'\nbackend-path = ['.']\n[project]\nname = 'hatchling'\nversion = '1.30'\n",
            ),
            ("evil/b.py", "MARK\n"),
        ],
        says: "(pyproject.toml:8)",
    },
    Sly {
        name: "a computed attribute in setup.cfg",
        definition: ("setuptools", "setuptools.build_meta", "dynamic = ['version']\n"),
        files: &[("setup.cfg", "[metadata]\nversion = attr: app.v\n"), ("app/__init__.py", "MARK\nv = str(1)\n")],
        says: "(setup.cfg:2)",
    },
    Sly {
        name: "an attribute of a module elsewhere",
        definition: (
            "setuptools",
            "setuptools.build_meta",
            "dynamic = ['version']\n[tool.setuptools]\npackages = ['app']\npackage-dir = {app = 'other'}\n\
             [tool.setuptools.dynamic]\nversion = {attr = 'app.v'}\n",
        ),
        files: &[("app/__init__.py", "v = '1'\n"), ("other/__init__.py", "MARK\nv = str(1)\n")],
        says: "(pyproject.toml:11)",
    },
    Sly {
        name: "classes of commands",
        definition: (STATIC.0, STATIC.1, "version = '1'\n[tool.setuptools.cmdclass]\nbuild_py = 'evil.Build'\n"),
        files: &[
            ("evil.py", "MARK\nfrom setuptools.command.build_py import build_py as Build\n"),
            ("app/__init__.py", ""),
        ],
        says: "(pyproject.toml:7)",
    },
    Sly {
        name: "a compiler with arguments",
        definition: (
            STATIC.0,
            STATIC.1,
            "version = '1'\n[[tool.setuptools.ext-modules]]\nname = 'x'\nsources = ['x.c']\nextra-compile-args = ['-wrapper', 'sh,-c,SHELL']\n",
        ),
        files: &[("x.c", "")],
        says: "(pyproject.toml:7)",
    },
    Sly {
        name: "a section that another one reads",
        definition: STATIC,
        files: &[
            ("setup.cfg", "[options.]\ncmdclass =\n  build_py = evil.Build\n"),
            ("evil.py", "MARK\n"),
            ("app/__init__.py", ""),
        ],
        says: "(setup.cfg:2)",
    },
    Sly {
        name: "a computed docstring",
        definition: ("flit_core", "flit_core.buildapi", DYNAMIC),
        files: &[("app.py", "'''An app''' + ''\n__version__ = '1'\nMARK\n")],
        says: "(app.py)",
    },
    Sly {
        name: "a function that formats the version",
        definition: (
            "pdm-backend",
            "pdm.backend",
            "dynamic = ['version']\n[tool.pdm.version]\nsource = 'scm'\nversion_format = 'evil:f'\n",
        ),
        files: &[("evil.py", "MARK\ndef f(version):\n    return '1'\n"), ("app.py", "")],
        says: "(pyproject.toml:9)",
    },
    Sly {
        name: "a build script as a text",
        definition: ("poetry-core", "poetry.core.masonry.api", "version = '1'\n[tool.poetry]\nbuild = 'bld.py'\n"),
        files: &[("bld.py", "MARK\n"), ("app.py", "")],
        says: "(pyproject.toml:8)",
    },
    Sly {
        name: "a folder that git takes for a repository",
        definition: ("poetry-core", "poetry.core.masonry.api", "version = '1'\n"),
        files: &[
            ("HEAD", "ref: refs/heads/main\n"),
            ("refs/heads/main", "0000000000000000000000000000000000000000\n"),
            ("objects/x", ""),
            ("config", "[core]\nbare = false\nworktree = .\nfsmonitor = SHELL\n"),
            ("app.py", ""),
        ],
        says: "(HEAD)",
    },
    Sly {
        name: "a plug-in of the backend",
        definition: (
            "hatchling', 'hatch-vcs",
            "hatchling.build",
            "dynamic = ['version']\n[tool.hatch.version]\nsource = 'vcs'\n",
        ),
        files: &[("app.py", "")],
        says: "hatch-vcs",
    },
];

/// The legacy default, whose root is imported from.
const LEGACY: &[(&str, Files, &str)] = &[
    (
        "an installed distribution in the tree",
        &[
            ("evil-1.dist-info/entry_points.txt", "[setuptools.finalize_distribution_options]\nx = evil:f\n"),
            ("evil.py", "MARK\n"),
        ],
        "`evil-1.dist-info`",
    ),
    (
        "a module that the backend looks for",
        &[("trove_classifiers.py", "MARK\n"), ("docutils/__init__.py", "MARK\n")],
        "`trove_classifiers.py`",
    ),
];

fn definition(requires: &str, backend: &str, more: &str) -> String {
    format!("[build-system]\nrequires = ['{requires}']\nbuild-backend = '{backend}'\n[project]\nname = 'app'\n{more}")
}

/// Makes a project whose code leaves a mark.
fn project(bench: &Workbench, files: &[(&str, String)], mark: &Path) -> PathBuf {
    let python = format!("open({:?}, 'w').close()", mark.display().to_string());
    let shell = format!("touch {}", mark.display());
    let files: Vec<(&str, String)> =
        files.iter().map(|(path, text)| (*path, text.replace("MARK", &python).replace("SHELL", &shell))).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let root = bench.path().join("app");
    let _ = std::fs::remove_dir_all(&root);
    bench.project("app", &files)
}

/// Builds each project without trust, and expects that it is refused with its line and that nothing ran.
fn nothing_runs(path: Option<&Path>) {
    let bench = Workbench::new();
    let mark = bench.path().join("mark");
    let modern = SLY.iter().map(|sly| {
        let (requires, backend, tables) = sly.definition;
        let text = definition(requires, backend, tables);
        let files = sly.files.iter().map(|(path, text)| (*path, (*text).to_owned()));
        (sly.name, [("pyproject.toml", text)].into_iter().chain(files).collect::<Vec<_>>(), sly.says)
    });
    let legacy = LEGACY.iter().map(|(name, files, says)| {
        let cfg = ("setup.cfg", "[metadata]\nname = app\nversion = 1\n[options]\npy_modules = app\n".to_owned());
        let files = files.iter().map(|(path, text)| (*path, (*text).to_owned()));
        (*name, [cfg, ("app.py", String::new())].into_iter().chain(files).collect(), *says)
    });
    for (name, files, says) in modern.chain(legacy) {
        let root = project(&bench, &files, &mark);
        let run = bench.packwright(["build", "wheel", "--no-verify"]).arg(&root);
        let run = match path {
            Some(path) => run.env("PATH", path),
            None => run,
        };
        let run = run.run();
        assert!(!mark.exists(), "{name}: its code ran\n{run}");
        let run = run.expect_code(5);
        let said = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        expect_words(&said, &["building may run code of app", says, "--trust"]);
        let inspected = bench.packwright(["inspect", "--json"]).arg(&root).run().expect_code(0).json();
        let reasons = inspected["project"]["build_system"]["own_code"].as_array().map_or(0, Vec::len);
        assert!(reasons > 0, "{name}: {inspected}");
        assert!(!mark.exists(), "{name}: inspecting ran its code");
    }
}

#[test]
fn nothing_of_a_sly_project_runs_unasked() {
    nothing_runs(None);
}

#[test]
fn nothing_of_a_sly_project_runs_unasked_where_there_is_no_sandbox() {
    nothing_runs(Some(without_bubblewrap().path()));
}

/// A folder with every tool of this machine but bubblewrap.
fn without_bubblewrap() -> tempfile::TempDir {
    let tools = tempfile::tempdir().unwrap();
    let path = std::env::var_os("PATH").unwrap_or_default();
    for folder in std::env::split_paths(&path) {
        for tool in tree::children(&folder).into_iter().filter(|tool| tree::name(tool) != "bwrap") {
            let _ = std::os::unix::fs::symlink(&tool, tools.path().join(tree::name(&tool)));
        }
    }
    tools
}

/// `requires`, `build-backend` and what comes after `[project]` with its name.
const USUAL: &[(&str, &str, &str)] = &[
    ("hatchling", "hatchling.build", "dynamic = ['version']\n[tool.hatch.version]\npath = 'app/__init__.py'\n"),
    (
        "setuptools>=61', 'wheel",
        "setuptools.build_meta",
        "dynamic = ['version']\n[tool.setuptools.dynamic]\nversion = {attr = 'app.__version__'}\n",
    ),
    ("setuptools", "setuptools.build_meta:__legacy__", "version = '1'\n"),
    ("flit_core >=3.2,<4", "flit_core.buildapi", DYNAMIC),
    (
        "poetry-core>=1.0.0",
        "poetry.core.masonry.api",
        "version = '1'\n[tool.poetry.group.dev.dependencies]\npytest = '*'\n",
    ),
    ("pdm-backend", "pdm.backend", "version = '1'\n[tool.pdm]\ndistribution = true\n"),
    ("uv_build", "uv_build", "version = '1'\n[tool.uv.build-backend]\nmodule-root = ''\n"),
];

#[test]
fn the_usual_project_of_every_build_backend_is_built_without_a_question() {
    let bench = Workbench::new();
    for (requires, backend, more) in USUAL {
        let text = definition(requires, backend, more);
        let module = ("app/__init__.py", "\"\"\"An app.\"\"\"\n__version__ = '1'\n".to_owned());
        let root = project(&bench, &[("pyproject.toml", text), module], Path::new("mark"));
        let run = bench.packwright(["build", "wheel", "--no-verify", "--out"]).arg(bench.path().join("out"));
        let run = run.arg(&root).run();
        assert_eq!(run.code, 0, "{backend}\n{run}");
        let inspected = bench.packwright(["inspect"]).arg(&root).run().expect_code(0);
        expect_words(&inspected.stdout, &["asks nothing: it runs no code of the project"]);
    }
}

#[test]
fn a_git_file_of_the_project_is_no_part_of_what_is_built() {
    let bench = Workbench::new();
    let mark = bench.path().join("mark");
    let text = "[build-system]\nrequires = ['poetry-core']\nbuild-backend = 'poetry.core.masonry.api'\n[project]\nname = 'app'\nversion = '1'\n";
    let files = [
        ("pyproject.toml", text),
        (".git", "gitdir: ./hidden\n"),
        ("hidden/HEAD", "ref: refs/heads/main\n"),
        ("hidden/refs/heads/main", ""),
        ("hidden/objects/x", ""),
        ("hidden/config", "[core]\nfsmonitor = SHELL\n"),
        ("app.py", ""),
    ];
    let files: Vec<(&str, String)> = files.iter().map(|(path, text)| (*path, (*text).to_owned())).collect();
    let root = project(&bench, &files, &mark);
    let _ = bench.packwright(["build", "wheel", "--no-verify"]).arg(&root).run().expect_code(0);
    assert!(!mark.exists(), "git asked the project");
}
