//! Whole projects, read from small trees.

use std::fs;

use super::metadata::fixture::folder;
use super::*;
use crate::facts::{EntryKind, LockKind, Version};

fn project(files: &[(&str, &str)]) -> Project {
    read(folder(files).path()).unwrap().project
}

fn error(files: &[(&str, &str)]) -> String {
    let folder = folder(files);
    let error = read(folder.path()).unwrap_err().to_string();
    error.replace(&folder.path().display().to_string(), "FOLDER")
}

fn texts(requirements: &[crate::facts::Requirement]) -> Vec<&str> {
    requirements.iter().map(|requirement| requirement.text.as_str()).collect()
}

const MINIMAL: &str = "[project]\nname = 'a'\nversion = '1'\n";

#[test]
fn a_project_is_read_from_pyproject_toml() {
    let project = project(&[
        ("src/weather/__init__.py", ""),
        ("src/weather/data.json", "{}"),
        ("uv.lock", ""),
        (
            "pyproject.toml",
            "[build-system]\nrequires = ['hatchling']\nbuild-backend = 'hatchling.build'\n\
             [project]\nname = 'weather'\nversion = '1.0'\nrequires-python = '>=3.9'\n\
             dependencies = ['click>=8']\nscripts.other = 'weather:other'\nscripts.weather = 'weather.cli:main'\n\
             gui-scripts.weather-gui = 'weather.gui:main'\nentry-points.pytest11.x = 'weather.plugin'\n",
        ),
    ]);
    assert_eq!((project.name.as_str(), project.static_version()), ("weather", Some("1.0")));
    let entries: Vec<&str> = project.entry_points.iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(entries, ["weather", "other", "weather-gui"]);
    assert_eq!(project.entry_points[2].kind, EntryKind::Gui);
    assert_eq!(project.plugin_groups[0].value, "pytest11");
    assert_eq!(project.source_dir, "src");
    assert_eq!(project.data_files[0].path, "src/weather/data.json");
    assert_eq!(project.lock.unwrap().kind, LockKind::Uv);
    assert_eq!(project.build_system.unwrap().own_code, []);
}

#[test]
fn a_setup_py_is_read_and_not_run() {
    let project = project(&[
        (
            "setup.py",
            "from setuptools import setup, find_packages\nraise SystemExit('run')\nREQUIRES = ['click>=8']\n\
             setup(name='old', version='2.0', packages=find_packages('lib'), package_dir={'': 'lib'},\n\
             install_requires=REQUIRES, extras_require={'x': ['rich']}, python_requires='>=3.8',\n\
             entry_points={'console_scripts': ['old = old.cli:main']})\n",
        ),
        ("lib/old/__init__.py", ""),
    ]);
    assert_eq!(project.definition, Definition::SetupPy("setup.py".into()));
    assert_eq!((project.name.as_str(), project.static_version()), ("old", Some("2.0")));
    assert_eq!(texts(&project.dependencies), ["click>=8"]);
    assert_eq!(texts(&project.extras["x"]), ["rich"]);
    assert_eq!(project.entry_points[0].target, "old.cli:main");
    let system = project.build_system.unwrap();
    assert_eq!(system.backend, "setuptools.build_meta:__legacy__");
    assert_eq!(system.own_code[0].told(), "`setup.py` is run by the build (setup.py)");
    assert_eq!(project.dynamic, [""; 0]);
}

#[test]
fn what_setuptools_asks_for_before_a_build_is_a_build_requirement() {
    let requires = |files: &[(&str, &str)]| project(files).build_system.unwrap().requires;
    let call = |list: &str| format!("from setuptools import setup\nsetup(name='a', setup_requires={list})\n");
    let written = call("['cffi>=1', '--pre', 'six']");
    assert_eq!(requires(&[("setup.py", &written)]), ["setuptools>=40.8.0", "cffi>=1", "six"]);
    assert_eq!(requires(&[("setup.py", &call("asked()"))]), ["setuptools>=40.8.0"]);
    let definition = "[build-system]\nrequires = ['setuptools', 'six']\nbuild-backend = 'setuptools.build_meta'\n";
    let named = "[project]\nname = 'a'\nversion = '1'\n";
    let more = "[options]\nsetup_requires = pbr\n";
    let files = [("pyproject.toml", format!("{definition}{named}")), ("setup.py", written.clone())];
    let files = files.iter().map(|(path, text)| (*path, text.as_str())).chain([("setup.cfg", more)]);
    assert_eq!(requires(&files.collect::<Vec<_>>()), ["setuptools", "six", "cffi>=1", "pbr"]);
    let other = format!("[build-system]\nrequires = ['flit_core']\nbuild-backend = 'flit_core.buildapi'\n{named}");
    assert_eq!(requires(&[("pyproject.toml", &other), ("setup.py", &written)]), ["flit_core"]);
}

#[test]
fn what_a_setup_py_computes_is_dynamic() {
    let project = project(&[(
        "setup.py",
        "import setuptools\nsetuptools.setup(name='a', version=open('VERSION').read(), install_requires=read('r.txt'))\n",
    )]);
    assert!(matches!(project.version, Version::Dynamic { .. }));
    assert_eq!(project.dynamic, ["version", "dependencies"]);
}

#[test]
fn a_setup_cfg_is_read() {
    let project = project(&[
        (
            "setup.cfg",
            "[metadata]\nname = cfg\nversion = attr: cfg.__version__\nlicense_files = LICENSE*\nclassifiers =\n  License :: OSI Approved :: MIT License\n\
             [options]\npython_requires = >=3.8\ninstall_requires =\n  click>=8\n  rich; python_version < '3.12'\npackages = find:\n\
             [options.packages.find]\nwhere = src\n[options.extras_require]\nx = requests\n\
             [options.entry_points]\nconsole_scripts =\n  Cfg = cfg.cli:main\n",
        ),
        ("setup.py", "from setuptools import setup\nsetup()\n"),
        ("src/cfg/__init__.py", "__version__ = '3.1'\n"),
        ("LICENSE", "MIT"),
    ]);
    assert_eq!((project.name.as_str(), project.static_version()), ("cfg", Some("3.1")));
    assert_eq!(texts(&project.dependencies), ["click>=8", "rich; python_version < '3.12'"]);
    assert_eq!(project.entry_points[0].name, "Cfg");
    assert_eq!(project.metadata.licence.as_deref(), Some("MIT License"));
    assert_eq!(project.metadata.licence_files, ["LICENSE"]);
    assert_eq!(project.dynamic, [""; 0]);
}

#[test]
fn pkg_info_of_a_source_distribution_knows_the_dynamic_version() {
    let files = [
        ("pyproject.toml", "[project]\nname = 'a'\ndynamic = ['version']\n"),
        ("PKG-INFO", "Metadata-Version: 2.1\nName: a\nVersion: 4.5\n\nVersion: 9\n"),
    ];
    assert_eq!(project(&files).static_version(), Some("4.5"));
    assert!(matches!(project(&files[..1]).version, Version::Dynamic { .. }));
}

#[test]
fn dynamic_versions_are_read_where_the_backend_names_the_file() {
    let version = |backend: &str, table: &str, path: &str, code: &str| {
        let text = format!(
            "[build-system]\nrequires = []\nbuild-backend = '{backend}'\n[project]\nname = 'a'\ndynamic = ['version']\n{table}"
        );
        project(&[("pyproject.toml", &text), (path, code)]).static_version().map(str::to_owned)
    };
    let found = Some("1.2".to_owned());
    let attr = "[tool.setuptools.dynamic]\nversion = {attr = 'a.__version__'}\n";
    assert_eq!(version("setuptools.build_meta", attr, "src/a/__init__.py", "__version__ = '1.2'\n"), found);
    assert_eq!(version("setuptools.build_meta", attr, "a/__init__.py", "__version__ = (1, 2)\n"), found);
    assert_eq!(version("setuptools.build_meta", attr, "a/__init__.py", "__version__ = find()\n"), None);
    let file = "[tool.setuptools.dynamic]\nversion = {file = ['VERSION']}\n";
    assert_eq!(version("setuptools.build_meta", file, "VERSION", "1.2\n"), found);
    let hatch = "[tool.hatch.version]\npath = 'a.py'\n";
    assert_eq!(version("hatchling.build", hatch, "a.py", "x = 1\n__version__ = \"v1.2\"\n"), found);
    let vcs = "[tool.hatch.version]\nsource = 'vcs'\n";
    assert_eq!(version("hatchling.build", vcs, "a.py", "__version__ = '1.2'\n"), None);
    let pdm = "[tool.pdm.version]\nsource = 'file'\npath = 'a.py'\n";
    assert_eq!(version("pdm.backend", pdm, "a.py", "__version__ = '1.2'\n"), found);
    assert_eq!(version("flit_core.buildapi", "", "a.py", "'''About a.'''\n__version__ = '1.2'\n"), found);
}

#[test]
fn flits_own_table_takes_version_and_summary_from_the_module() {
    let project = project(&[
        (
            "pyproject.toml",
            "[build-system]\nrequires = ['flit_core']\nbuild-backend = 'flit_core.buildapi'\n\
             [tool.flit.metadata]\nmodule = 'moon'\nauthor = 'A'\nrequires = ['click']\n[tool.flit.scripts]\nmoon = 'moon:main'\n",
        ),
        ("moon.py", "\"\"\"Folds the moon.\n\nMore.\n\"\"\"\n__version__ = '0.3'\n"),
    ]);
    assert_eq!((project.name.as_str(), project.static_version()), ("moon", Some("0.3")));
    assert_eq!(project.metadata.summary.as_deref(), Some("Folds the moon."));
    assert_eq!((project.dynamic.len(), project.entry_points.len()), (0, 1));
}

#[test]
fn code_that_a_build_runs_is_named() {
    let own = |backend: &str, rest: &str, file: &str| {
        let text = format!("{MINIMAL}[build-system]\nrequires = []\nbuild-backend = '{backend}'\n{rest}");
        let system = project(&[("pyproject.toml", &text), (file, "")]).build_system.unwrap();
        system.own_code.len()
    };
    assert_eq!(own("setuptools.build_meta", "", "setup.py"), 1);
    assert_eq!(own("hatchling.build", "", "setup.py"), 0);
    assert_eq!(own("hatchling.build", "[tool.hatch.build.hooks.custom]\n", "hatch_build.py"), 1);
    assert_eq!(own("local", "backend-path = ['.']\n", "local.py"), 1);
    assert_eq!(own("poetry.core.masonry.api", "[tool.poetry.build]\nscript = 'b.py'\n", "b.py"), 1);
    assert_eq!(own("pdm.backend", "", "pdm_build.py"), 1);
}

#[test]
fn a_folder_with_requirements_is_a_project_without_metadata() {
    let folder = folder(&[("requirements.txt", "click\n"), ("dev-requirements.txt", "pytest\n"), ("app.py", "")]);
    let project = read(folder.path()).unwrap().project;
    assert_eq!(project.definition, Definition::Folder("requirements.txt".into()));
    assert_eq!(texts(&project.dependencies), ["click"]);
    assert_eq!(texts(&project.groups["dev"]), ["pytest"]);
    assert!(!project.is_buildable());
}

#[test]
fn a_script_is_a_project_of_its_own() {
    let folder = folder(&[
        ("tool.py", "# /// script\n# dependencies = ['rich']\n# ///\n__version__ = '0.2'\n"),
        ("other.py", ""),
    ]);
    let project = read(&folder.path().join("tool.py")).unwrap().project;
    assert_eq!((project.name.as_str(), &project.definition), ("tool", &Definition::Script("tool.py".into())));
    assert_eq!((project.static_version(), texts(&project.dependencies)), (Some("0.2"), vec!["rich"]));
    assert_eq!(project.selection.files, ["tool.py"]);
}

#[test]
fn a_file_that_defines_a_project_may_be_named_itself() {
    let folder = folder(&[("pyproject.toml", MINIMAL)]);
    assert_eq!(read(&folder.path().join("pyproject.toml")).unwrap().project.name, "a");
}

#[test]
fn saved_answers_are_laid_over_what_the_files_show() {
    let text = format!("{MINIMAL}[tool.packwright.facts]\ndependencies = 'third-party'\n");
    let folder = folder(&[("pyproject.toml", &text)]);
    assert!(read(folder.path()).unwrap().facts.has("dependencies", "third-party"));
}

#[test]
fn bad_input_is_named() {
    assert!(error(&[]).starts_with("`FOLDER` holds no Python project"));
    assert!(error(&[("notes.txt", "")]).starts_with("`FOLDER` holds no Python project"));
    let of = |text: &str| error(&[("pyproject.toml", text)]);
    assert!(of("[project\n").starts_with("`pyproject.toml` cannot be parsed: line 1, column "));
    assert_eq!(of("[project]\n"), "`pyproject.toml` is not valid: its table `[project]` lacks `name`");
    assert_eq!(of("[project]\nname='a'\n"), "`pyproject.toml` is not valid: its table `[project]` lacks `version`");
    assert!(of("[project]\nname='-'\nversion='1'\n").contains("line 2: `project.name` is `-`, which is not a name"));
    assert!(of("[project]\nname='a'\nversion='one'\n").contains("line 3: `project.version` is `one`"));
    assert!(of(&format!("{MINIMAL}requires-python = 'three'\n")).contains("`project.requires-python` is `three`"));
    assert!(of(&format!("{MINIMAL}dependencies = ['a b']\n")).contains("`project.dependencies` holds `a b`"));
    assert!(of(&format!("{MINIMAL}scripts.x = 'a b'\n")).contains("`project.scripts.x` is `a b`"));
    assert!(of(&format!("{MINIMAL}dynamic = ['version']\n")).contains("`version`, which is also written down"));
    assert!(
        error(&[("setup.py", "from setuptools import setup\nsetup(version='1')\n")]).contains("nothing says `name`")
    );
}

#[test]
fn a_path_to_nothing_and_a_file_of_another_kind_are_told_apart() {
    let folder = folder(&[("notes.txt", "text"), ("tool", "#!/usr/bin/env python3\n")]);
    let error = |name: &str| read(&folder.path().join(name)).unwrap_err();
    assert!(matches!(error("gone"), InspectError::Missing { .. }));
    assert!(matches!(error("notes.txt"), InspectError::NotPython { .. }));
    assert_eq!(read(&folder.path().join("tool")).unwrap().project.name, "tool");
}

#[test]
fn a_path_that_cannot_be_followed_names_the_cause() {
    let folder = folder(&[("notes.txt", "text")]);
    let error = read(&folder.path().join("notes.txt/inside")).unwrap_err();
    assert!(matches!(error, InspectError::Read { .. }), "{error}");
    assert_eq!(crate::problem::Problem::from(error).causes.len(), 1);
}

#[test]
fn what_is_missing_comes_with_a_remedy() {
    let hint = |text: &str| {
        let folder = folder(&[("pyproject.toml", text)]);
        crate::problem::Problem::from(read(folder.path()).unwrap_err()).hints[0].text.clone()
    };
    assert_eq!(hint("[project]\n"), "Add `name = \"…\"` to `[project]`");
    assert!(hint("[project]\nname = 'a'\n").starts_with("Add `version = \"0.1.0\"` to `[project]`, or `dynamic ="));
}

#[test]
fn dependencies_beside_the_project_become_addresses() {
    let folder = folder(&[(
        "pyproject.toml",
        "[project]\nname = 'a'\nversion = '1'\ndependencies = ['lib>=1', 'other[x]']\n\
         [tool.uv.sources]\nlib = {path = '../lib'}\nother = {git = 'https://example.invalid/o', tag = 'v1'}\n",
    )]);
    let project = read(folder.path()).unwrap().project;
    let above = project.root.parent().unwrap().display().to_string();
    assert_eq!(
        texts(&project.dependencies),
        [format!("lib @ file://{above}/lib"), "other[x] @ git+https://example.invalid/o@v1".into()]
    );
    assert_eq!(project.sources["lib"], format!("file://{above}/lib"));
}

#[test]
fn a_setup_cfg_may_keep_its_requirements_in_a_file() {
    let files = [
        ("setup.cfg", "[metadata]\nname = a\n[options]\ninstall_requires = file: requirements.txt\n"),
        ("requirements.txt", "click\n-e ./lib\n"),
    ];
    let project = project(&files);
    let names: Vec<&str> = project.dependencies.iter().map(|requirement| requirement.name.as_str()).collect();
    assert_eq!(names, ["click", "lib"]);
    assert!(project.dependencies[1].text.starts_with("lib @ file:///"));
}

#[test]
fn a_project_that_is_no_package_is_not_built() {
    let text = format!("{MINIMAL}[tool.uv]\npackage = false\ndev-dependencies = ['pytest']\n");
    let project = project(&[("pyproject.toml", &text)]);
    assert!(!project.is_buildable());
    assert_eq!(texts(&project.groups["dev"]), ["pytest"]);
}

#[test]
fn a_version_from_version_control_is_dynamic() {
    let files = [
        ("pyproject.toml", "[build-system]\nrequires = ['setuptools', 'setuptools_scm>=8']\n"),
        ("setup.cfg", "[metadata]\nname = a\n"),
    ];
    assert!(matches!(project(&files).version, Version::Dynamic { .. }));
    let plugin = "[tool.poetry]\nname = 'a'\nversion = '0.0.0'\n[tool.poetry-dynamic-versioning]\nenable = true\n";
    assert!(matches!(project(&[("pyproject.toml", plugin)]).version, Version::Dynamic { .. }));
}

#[test]
fn a_version_that_takes_an_import_is_code_that_a_build_runs() {
    let text = "[build-system]\nrequires = ['flit_core']\nbuild-backend = 'flit_core.buildapi'\n\
                [project]\nname = 'a'\ndynamic = ['version']\n";
    let project = project(&[("pyproject.toml", text), ("a.py", "__version__ = compute()\n")]);
    let reason = project.build_system.unwrap().own_code.remove(0).told();
    assert_eq!(reason, "the module computes its version, so the build runs it (a.py)");
}

#[test]
fn a_file_that_is_not_utf_8_is_refused_with_its_place() {
    let folder = folder(&[]);
    fs::write(folder.path().join("pyproject.toml"), b"[project]\nname = '\xff'\n").unwrap();
    let error = read(folder.path()).unwrap_err();
    assert!(matches!(error, InspectError::Parse { line: 2, column: 9, .. }), "{error}");
}

#[test]
fn a_workspace_that_is_no_project_names_its_projects() {
    let files = [
        ("pyproject.toml", "[tool.uv.workspace]\nmembers = ['packages/*']\n"),
        ("packages/a/pyproject.toml", MINIMAL),
        ("packages/a/a.py", ""),
    ];
    assert_eq!(error(&files), "`FOLDER` holds projects but is none itself: packages/a");
    assert_eq!(error(&files[1..]), "`FOLDER` holds projects but is none itself: packages/a");
}

/// Every prefix of a document and every document with one byte changed is either read or refused, without a panic.
#[test]
fn hostile_documents_are_read_or_refused() {
    let documents = [
        ("pyproject.toml", include_str!("samples/pyproject.toml")),
        ("setup.py", include_str!("samples/setup.py")),
        ("setup.cfg", include_str!("samples/setup.cfg")),
        ("requirements.txt", include_str!("samples/requirements.txt")),
    ];
    let folder = folder(&[("a.py", "")]);
    for (name, text) in documents {
        let path = folder.path().join(name);
        let bytes = text.as_bytes();
        for at in (0..bytes.len()).step_by(7) {
            let mut changed = bytes.to_vec();
            changed[at] = [b'"', b'[', b'{', b'\n', 0xff, 0, b'=', b'\\'][at % 8];
            fs::write(&path, &changed).unwrap();
            let _ = read(folder.path());
            fs::write(&path, &bytes[..at]).unwrap();
            let _ = read(folder.path());
        }
        fs::remove_file(path).unwrap();
    }
}
