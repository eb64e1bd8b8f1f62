//! Ways to run code in a build that looks as if it only declared.

use super::{pyproject, told};

/// Files of a project, and what its first reason says.
type Attack = (&'static [(&'static str, &'static str)], &'static str);

/// A project of setuptools, whose tables begin in the seventh line.
fn with(requires: &str, backend: &str, tables: &str, files: &[(&str, &str)]) -> Vec<String> {
    let text = pyproject(requires, backend, &format!("version = '1'\n{tables}"));
    told(&[&[("pyproject.toml", text.as_str())][..], files].concat())
}

/// Expects that each of these tables asks, and names the part of the reason.
fn ask(requires: &str, backend: &str, attacks: &[(&str, &str)]) {
    for (tables, reason) in attacks {
        let found = with(requires, backend, tables, &[]);
        assert!(found.iter().any(|found| found.contains(reason)), "{tables}: {found:?}");
    }
}

/// Expects that each of these side files asks.
fn ask_beside(requires: &str, backend: &str, attacks: &[Attack]) {
    for (files, reason) in attacks {
        let found = with(requires, backend, "", files);
        assert!(found.iter().any(|found| found.contains(reason)), "{files:?}: {found:?}");
    }
}

#[test]
fn hatchling_is_asked_about_wherever_its_tables_run_something() {
    ask(
        "hatchling",
        "hatchling.build",
        &[
            (
                "[tool.hatch.build.hooks.custom]",
                "`tool.hatch.build.hooks.custom` is a hook, which runs code (pyproject.toml:7)",
            ),
            ("[tool.hatch.build.hooks.some-plugin]", "hooks.some-plugin"),
            ("[tool.hatch.build.targets.wheel.hooks.custom]\npath = 'x.py'", "wheel.hooks.custom"),
            ("[tool.hatch.build.targets.sdist.hooks.build-scripts]", "sdist.hooks.build-scripts"),
            ("[tool.hatch.metadata.hooks.custom]", "metadata.hooks"),
            (
                "[tool.hatch.version]\nsource = 'code'\npath = 'a.py'",
                "is `code`, and only `regex` runs nothing (pyproject.toml:8)",
            ),
            ("[tool.hatch.version]\nsource = 'vcs'\nraw-options = {git_describe_command = ['sh']}", "raw-options"),
            ("[tool.hatch.version]\nscheme = 'mine'", "scheme"),
            ("[tool.hatch.version]\npath = '/etc/passwd'", "is an absolute path"),
            ("[tool.hatch.build]\ndependencies = ['evil']", "evil"),
            ("[tool.hatch.build]\nrequire-runtime-dependencies = true", "require-runtime-dependencies"),
            ("[tool.hatch.build]\nrequire-runtime-features = ['x']", "require-runtime-features"),
            (
                "[tool.hatch.build.targets.wheel.force-include]\n'/home/me/secret' = 'app/s'",
                "`/home/me/secret`, which is an absolute path (pyproject.toml:8)",
            ),
            ("[tool.hatch.build.targets.wheel.force-include]\n'~/secret' = 'app/s'", "begins in a home folder"),
            ("[tool.hatch.build.targets.wheel.force-include]\n'../secret' = 'app/s'", "leads out"),
            ("[tool.hatch.build.targets.wheel.shared-data]\n'a' = '../../s'", "leads out"),
            ("[tool.hatch.build.targets.sdist]\npackages = ['../other']", "leads out"),
            ("[tool.hatch.build.hooks.version]\npath = '../x.py'", "leads out"),
            ("[tool.hatch.unknown]\n[tool.hatch.build.new-key]\na = 1", "`tool.hatch.build.new-key` is not known"),
            (
                "[tool.uv.sources]\nHatchling = {path = 'evil'}",
                "says where the build backend comes from (pyproject.toml:8)",
            ),
            ("[tool.uv.sources]\ntrove_classifiers = {path = 'evil'}", "says where the build backend comes from"),
        ],
    );
    ask_beside(
        "hatchling",
        "hatchling.build",
        &[
            (
                &[("hatch.toml", "[build.hooks.custom]\n")],
                "`build.hooks.custom` is a hook, which runs code (hatch.toml:1)",
            ),
            (&[("hatch.toml", "[version]\nsource = 'code'\n")], "(hatch.toml:2)"),
            (&[("hatch.toml", "build.targets.wheel.hooks.custom.path = 'x'\n")], "hatch.toml:1"),
            (&[("hatch.toml", "metadata = {hooks = {custom = {}}}\n")], "hatch.toml:1"),
            (&[("hatch.toml", "\u{feff}[build.hooks.custom]\n")], "`hatch.toml` begins with a byte-order mark"),
            (&[("hatch.toml", "[build\n")], "`hatch.toml` cannot be read"),
            (&[("Hatch.TOML", "[build.hooks.custom]\n")], "is `hatch.toml` on other systems"),
        ],
    );
}

#[test]
fn requirements_beyond_the_backend_ask() {
    for (requires, reason) in [
        ("hatch-vcs", "asks for `hatch-vcs`, which is no part of the build backend (pyproject.toml:2)"),
        ("hatchling @ file:///x", "takes `hatchling` from an address"),
        ("hatchling @ ./vendored", "takes `hatchling` from an address"),
        ("hatchling @ git+https://x.test/h", "takes `hatchling` from an address"),
        ("hatchling[x]", "extras"),
        ("hatch-build-scripts", "hatch-build-scripts"),
    ] {
        let found = with(requires, "hatchling.build", "", &[]);
        assert!(found[0].contains(reason), "{requires}: {found:?}");
    }
    let tree = with("setuptools', 'setuptools-scm[toml]>=8", "setuptools.build_meta", "", &[]);
    assert!(tree[0].contains("setuptools-scm"), "{tree:?}");
}

#[test]
fn a_backend_that_is_not_known_or_part_of_the_project_asks() {
    for backend in
        ["maturin", "mesonpy", "scikit_build_core.build", "hatchling", "hatchling.build:x", "hatchling.ouroboros"]
    {
        let found = with("x", backend, "", &[]);
        assert_eq!(found, [format!("the build backend `{backend}` is not known here (pyproject.toml:3)")]);
    }
    let text = "[build-system]\nrequires = []\nbuild-backend = 'hatchling.build'\nbackend-path = ['.']\n";
    assert!(told(&[("pyproject.toml", text)])[0].ends_with("part of the project (pyproject.toml:4)"));
}

#[test]
fn setuptools_is_asked_about_wherever_its_tables_run_something() {
    ask(
        "setuptools",
        "setuptools.build_meta",
        &[
            (
                "[tool.setuptools.cmdclass]\nbuild_py = 'evil.Build'",
                "`tool.setuptools.cmdclass` names code that the build runs (pyproject.toml:7)",
            ),
            ("[tool.setuptools]\ncmdclass = {sdist = 'a.b'}", "cmdclass"),
            ("[tool.setuptools]\nCmdClass = {sdist = 'a.b'}", "CmdClass"),
            ("[[tool.setuptools.ext-modules]]\nname = 'a'\nsources = ['a.c']", "runs a compiler"),
            ("[tool.setuptools]\next_modules = []", "ext_modules"),
            (
                "[tool.setuptools.dynamic]\nversion = {attr = 'app.version'}",
                "only running the module tells (pyproject.toml:8)",
            ),
            ("[tool.setuptools.dynamic]\ndescription = {attr = 'app.version'}", "only running"),
            ("[tool.setuptools.dynamic]\nreadme = {file = ['../README.md']}", "leads out"),
            ("[tool.setuptools.dynamic.optional-dependencies]\nx = {file = '/x'}", "absolute"),
            ("[tool.setuptools.package-dir]\n'' = '/tmp'", "absolute"),
            ("[tool.setuptools.package-data]\napp = ['../../*']", "leads out"),
            ("[tool.setuptools.data-files]\n'/etc' = ['a']", "absolute"),
            ("[tool.setuptools]\nscript-files = ['../x']", "leads out"),
            ("[tool.setuptools]\nlicense-files = ['/etc/*']", "absolute"),
            ("[tool.setuptools.packages.find]\nwhere = ['..']", "leads out"),
            ("[tool.distutils.global]\ncommand-packages = 'evil'", "tool.distutils.global"),
            ("[tool.distutils.build_ext]\ncompiler = 'x'", "tool.distutils.build_ext"),
            ("[tool.distutils.bdist_wheel]\nplat-name = 'x'", "plat-name"),
        ],
    );
    ask_beside(
        "setuptools",
        "setuptools.build_meta",
        &[
            (&[("setup.py", "")], "`setup.py` is run by the build (setup.py)"),
            (&[("Setup.py", "")], "`Setup.py` is `setup.py` on other systems"),
            (&[("SETUP.CFG", "")], "on other systems"),
            (
                &[("setup.cfg", "[metadata]\nversion = attr: app.version\n")],
                "only running the module tells (setup.cfg:2)",
            ),
            (&[("setup.cfg", "[metadata]\nversion =\n    attr: app.version\n")], "setup.cfg:2"),
            (&[("setup.cfg", "[metadata]\nx = attr: evil\nversion = %(x)s.v\n")], "put together from other options"),
            (&[("setup.cfg", "[options]\ncmdclass =\n  sdist = evil.S\n")], "`cmdclass` of `[options]` names code"),
            (&[("setup.cfg", "[options]\nCmdClass = sdist = evil.S\n")], "names code"),
            (&[("setup.cfg", "[options.]\ncmdclass = sdist = evil.S\n")], "`[options.]`"),
            (&[("setup.cfg", "[optionsoptions]\ncmdclass = sdist = evil.S\n")], "`[optionsoptions]`"),
            (&[("setup.cfg", "[options]\nscript_name = x\n")], "script_name"),
            (&[("setup.cfg", "[options]\nsetup_requires = evil\n")], "evil"),
            (&[("setup.cfg", "[DEFAULT]\ncmdclass = sdist = evil.S\n")], "DEFAULT"),
            (&[("setup.cfg", "[global]\ncommand-packages = evil\n")], "`command-packages` of `[global]`"),
            (&[("setup.cfg", "[build_ext]\ninclude-dirs = /x\n")], "steers a compiler"),
            (&[("setup.cfg", "[build]\ncompiler = evil\n")], "compiler"),
            (&[("setup.cfg", "[aliases]\nbdist_wheel = build_ext bdist_wheel\n")], "changes the commands"),
            (&[("setup.cfg", "[install]\noptimize = 2\n")], "optimize"),
            (&[("setup.cfg", "[options]\rcmdclass = x\n")], "control character"),
            (&[("setup.cfg", "[metadata]\nlong_description = file: README.md, /etc/passwd\n")], "absolute"),
            (&[("setup.cfg", "[metadata]\nlicense_files = ../L\n")], "leads out"),
            (&[("setup.cfg", "[options.data_files]\n/etc = a\n")], "absolute"),
            (&[("setup.cfg", "[options]\npackage_dir =\n  = ../x\n")], "leads out"),
            (&[("setup.cfg", "\u{feff}[options]\n")], "byte-order mark"),
            (&[("setup.cfg", "[options]\na = \0\n")], "zero byte"),
            (
                &[("MANIFEST.in", "include README.md\ngraft ../other\n")],
                "`MANIFEST.in` has `../other`, which leads out of the project (MANIFEST.in:2)",
            ),
            (&[("MANIFEST.in", "include \\\n/etc/passwd\n")], "MANIFEST.in:2"),
            (&[("MANIFEST.in", "recursive-include .. *\n")], "leads out"),
        ],
    );
}

#[test]
fn a_module_whose_tree_would_fill_the_memory_asks() {
    let text = format!("'''A.'''\n__version__ = '1'\n{}", "a\n".repeat(200_000));
    let setuptools = "[tool.setuptools.dynamic]\nversion = {attr = 'app.__version__'}\n";
    let found = with("setuptools", "setuptools.build_meta", setuptools, &[("app.py", &text)]);
    assert!(found.iter().any(|found| found.contains("only running")), "{found:?}");
    let flit = pyproject("flit_core>=3.2,<4", "flit_core.buildapi", "dynamic = ['version', 'description']\n");
    let found = told(&[("pyproject.toml", &flit), ("app.py", &text)]);
    assert!(found.iter().any(|found| found.contains("without running it")), "{found:?}");
}

#[test]
fn attributes_that_are_computed_elsewhere_ask() {
    let files = [("app/__init__.py", "v = '1'\n"), ("lib/evil/__init__.py", "import os\nv = os.name\n")];
    let tables = "[tool.setuptools.dynamic]\nversion = {attr = 'app.v'}\n";
    assert!(with("setuptools", "setuptools.build_meta", tables, &files).is_empty());
    let elsewhere = format!("{tables}[tool.setuptools.package-dir]\napp = 'lib/evil'\n");
    assert!(!with("setuptools", "setuptools.build_meta", &elsewhere, &files).is_empty());
    let by_setup_cfg = [&files[..], &[("setup.cfg", "[options]\npackage_dir =\n  app = lib/evil\n")]].concat();
    assert!(!with("setuptools", "setuptools.build_meta", tables, &by_setup_cfg).is_empty());
}

#[test]
fn without_a_named_backend_the_root_is_imported_from() {
    let cfg = ("setup.cfg", "[metadata]\nname = app\nversion = 1\n");
    assert!(told(&[cfg, ("app/__init__.py", ""), ("tests/test_a.py", "")]).is_empty());
    for file in [
        "evil-1.dist-info/entry_points.txt",
        "evil-1.Dist-Info/entry_points.txt",
        "trove_classifiers.py",
        "docutils/__init__.py",
        "wheel.so",
        "sitecustomize.py",
        "json.py",
        "Cython/Distutils/build_ext.py",
    ] {
        let found = told(&[cfg, (file, "")]);
        assert!(found[0].contains("is where the build imports from"), "{file}: {found:?}");
        let text = "[build-system]\nrequires = ['setuptools']\n";
        assert!(!told(&[("pyproject.toml", text), cfg, (file, "")]).is_empty(), "{file}");
        let modern = pyproject("setuptools", "setuptools.build_meta", "version = '1'\n");
        assert!(told(&[("pyproject.toml", &modern), (file, "")]).is_empty(), "{file}");
    }
    // The tables count for the default backend too.
    let text = "[project]\nname = 'a'\nversion = '1'\n[tool.setuptools.cmdclass]\nsdist = 'evil.S'\n";
    assert!(told(&[("pyproject.toml", text)])[0].contains("cmdclass"));
}

#[test]
fn other_backends_are_asked_about_wherever_their_tables_run_something() {
    ask(
        "poetry-core",
        "poetry.core.masonry.api",
        &[
            ("[tool.poetry]\nbuild = 'bld.py'", "tool.poetry.build"),
            ("[tool.poetry.build]\nscript = 'bld.py'", "is a script that the build runs (pyproject.toml:8)"),
            ("[tool.poetry]\nbuild = {script = 'bld.py', generate-setup-file = false}", "tool.poetry.build.script"),
            ("[tool.poetry]\nbuild = ['x']", "tool.poetry.build"),
            ("[tool.poetry]\npackages = [{include = '../x'}]", "leads out"),
            ("[tool.poetry]\npackages = [{include = 'x', from = '/y'}]", "absolute"),
            ("[tool.poetry]\ninclude = ['x', {path = '../y', format = 'sdist'}]", "leads out"),
            ("[tool.poetry.scripts]\nx = {reference = '../x', type = 'file'}", "leads out"),
            ("[tool.poetry]\nnew = 1", "tool.poetry.new"),
        ],
    );
    ask(
        "pdm-backend",
        "pdm.backend",
        &[
            ("[tool.pdm.version]\nsource = 'call'\ngetter = 'm:f'", "getter"),
            ("[tool.pdm.version]\nsource = 'scm'", "is `scm`, and only `file`"),
            ("[tool.pdm.version]\nversion_format = 'mod:fn'", "version_format"),
            ("[tool.pdm.build]\ncustom-hook = 'x.py'", "custom-hook"),
            ("[tool.pdm.build]\nrun-setuptools = true", "run-setuptools"),
            ("[tool.pdm.build]\nincludes = ['../x']", "leads out"),
            ("[tool.pdm.build.wheel-data]\nscripts = [{path = 'a', relative-to = '../x'}]", "leads out"),
            ("[tool.pdm.build]\nsetup-script = 'x.py'", "setup-script"),
        ],
    );
    ask(
        "uv_build",
        "uv_build",
        &[
            ("[tool.uv.build-backend]\nmodule-root = '..'", "leads out"),
            ("[tool.uv.build-backend]\nmodule-name = '../x'", "no name of a module"),
            ("[tool.uv.build-backend.data]\nscripts = '/bin'", "absolute"),
            ("[tool.uv.build-backend]\nhooks = ['x']", "hooks"),
        ],
    );
    ask_beside(
        "pdm-backend",
        "pdm.backend",
        &[(&[("pdm_build.py", "")], "`pdm_build.py` is a hook"), (&[("PDM_build.py", "")], "other systems")],
    );
    let bare = &[("HEAD", "ref: refs/heads/main\n"), ("refs/heads/main", ""), ("config", "[core]\nfsmonitor = ./x\n")];
    let shared = &[("head", "ref: refs/heads/main\n"), ("commondir", "hidden\n"), ("hidden/objects/x", "")];
    ask_beside("poetry-core", "poetry.core.masonry.api", &[(bare, "like a repository"), (shared, "like a repository")]);
}

#[test]
fn a_pyproject_that_cannot_be_read_as_the_backend_reads_it_asks() {
    for text in ["\u{feff}[build-system]\nrequires = []\n", "[build-system\n"] {
        assert_eq!(told(&[("pyproject.toml", text), ("setup.cfg", "[metadata]\nname = a\n")]).len(), 1, "{text:?}");
    }
    let modern = pyproject("hatchling", "hatchling.build", "version = '1'\n");
    let found = told(&[("pyproject.toml", &modern), ("PyProject.toml", "")]);
    assert!(found[0].contains("is `pyproject.toml` on other systems"), "{found:?}");
}

#[cfg(unix)]
#[test]
fn a_path_behind_a_link_out_of_the_project_asks() {
    use crate::facts::{BuildSystem, Source};
    use crate::inspect::{build_backends, tree};
    let folder = tempfile::tempdir().unwrap();
    let tables = "version = '1'\n[tool.hatch.build.targets.wheel.force-include]\n'out/secret' = 'app/s'\n";
    std::fs::write(folder.path().join("pyproject.toml"), pyproject("hatchling", "hatchling.build", tables)).unwrap();
    std::os::unix::fs::symlink("/etc", folder.path().join("out")).unwrap();
    let system = BuildSystem {
        requires: Vec::new(),
        backend: "hatchling.build".into(),
        backend_path: Vec::new(),
        source: Source::User,
        own_code: Vec::new(),
    };
    let found = build_backends::reasons(&tree::walk(folder.path()).unwrap(), &system);
    assert!(found[0].value.ends_with("`out/secret`, which is behind a link out of the project"), "{found:?}");
}
