//! Projects as people write them: none of them is asked about.

use super::{pyproject, told};

fn none(files: &[(&str, &str)]) {
    assert_eq!(told(files), [] as [&str; 0], "{files:?}");
}

const MODULE: (&str, &str) = ("src/app/__init__.py", "\"\"\"An app.\"\"\"\n__version__ = \"1\"\n");

#[test]
fn a_project_of_hatch_with_environments_and_all_is_not_asked_about() {
    let tables = "dynamic = ['version']\ndependencies = ['click', 'x @ {root:uri}/x']\n[tool.hatch.version]\npath = 'src/app/__init__.py'\n\
        [tool.hatch.metadata]\nallow-direct-references = true\n\
        [tool.hatch.envs.default]\ndependencies = ['pytest']\nscripts = {test = 'pytest'}\n[tool.hatch.envs.default.scripts]\n\
        [tool.hatch.publish.index]\ndisable = true\n\
        [tool.hatch.build]\nexclude = ['/.github', '/docs']\n[tool.hatch.build.targets.sdist]\ninclude = ['/src', '/tests']\n\
        [tool.hatch.build.targets.wheel]\npackages = ['src/app']\n[tool.hatch.build.targets.wheel.shared-data]\n'man' = 'share/man'\n\
        [tool.hatch.build.targets.wheel.sources]\n'src' = ''\n[tool.hatch.build.hooks.version]\npath = 'src/app/_version.py'\n\
        [tool.hatch.build.targets.zipapp]\nentry = 'x'\n[tool.ruff]\nline-length = 100\n[tool.pytest.ini_options]\naddopts = '../x'\n";
    let tables = tables.replace("scripts = {test = 'pytest'}\n", "");
    none(&[("pyproject.toml", &pyproject("hatchling>=1.26", "hatchling.build", &tables)), MODULE]);
}

#[test]
fn a_project_of_poetry_with_groups_and_sources_is_not_asked_about() {
    let text = "[build-system]\nrequires = ['poetry-core>=1.0.0']\nbuild-backend = 'poetry.core.masonry.api'\n\
        [tool.poetry]\nname = 'app'\nversion = '1'\ndescription = ''\nauthors = ['A <a@b.c>']\nreadme = ['README.md', 'CHANGES.md']\n\
        packages = [{include = 'app', from = 'src'}]\ninclude = ['a.txt', {path = 'tests', format = 'sdist'}]\nexclude = ['x']\n\
        [tool.poetry.dependencies]\npython = '^3.9'\nlocal = {path = '../local', develop = true}\n[tool.poetry.group.dev.dependencies]\npytest = '*'\n\
        [tool.poetry.extras]\nx = ['local']\n[[tool.poetry.source]]\nname = 'a'\nurl = 'https://x.test'\n[tool.poetry.scripts]\napp = 'app:main'\n\
        tool = {reference = 'bin/tool', type = 'file'}\n[tool.poetry.plugins.'x.y']\na = 'b:c'\n[tool.poetry.urls]\nA = 'https://x.test'\n[tool.poetry.build]\ngenerate-setup-file = false\n";
    none(&[("pyproject.toml", text), MODULE]);
}

#[test]
fn a_project_of_pdm_with_its_own_tables_is_not_asked_about() {
    let tables = "dynamic = ['version']\n[tool.pdm]\ndistribution = true\n[tool.pdm.version]\nsource = 'file'\npath = 'src/app/__init__.py'\n\
        [tool.pdm.dev-dependencies]\ntest = ['-e file:///x']\n[tool.pdm.scripts]\ntest = 'pytest'\n[[tool.pdm.source]]\nname = 'a'\nurl = 'https://x.test'\n\
        [tool.pdm.build]\nincludes = ['src']\nsource-includes = ['tests']\n";
    none(&[("pyproject.toml", &pyproject("pdm-backend", "pdm.backend", tables)), MODULE]);
}

#[test]
fn a_project_of_uv_with_its_own_tables_is_not_asked_about() {
    let tables = "version = '1'\n[tool.uv]\ndev-dependencies = ['pytest']\n[tool.uv.sources]\nlocal = {path = '../local'}\n\
        [[tool.uv.index]]\nname = 'a'\nurl = 'https://x.test'\n[tool.uv.build-backend]\nmodule-name = 'app'\nmodule-root = ''\nsource-include = ['tests/**']\n";
    none(&[("pyproject.toml", &pyproject("uv_build>=0.9,<0.13", "uv_build", tables)), MODULE]);
}

#[test]
fn a_project_of_flit_is_not_asked_about() {
    let tables = "dynamic = ['version', 'description']\n[tool.flit.sdist]\ninclude = ['docs/*']\nexclude = ['x']\n[tool.flit.module]\nname = 'app'\n";
    none(&[("pyproject.toml", &pyproject("flit_core >=3.2,<4", "flit_core.buildapi", tables)), MODULE]);
}

#[test]
fn a_project_of_setuptools_is_not_asked_about() {
    let tables = "dynamic = ['version', 'dependencies', 'readme']\nlicense = {file = 'LICENSE'}\n[tool.setuptools]\nzip-safe = false\ninclude-package-data = true\n\
        license-files = ['LICEN[CS]E*']\n[tool.setuptools.packages.find]\nwhere = ['src']\nexclude = ['tests*']\n[tool.setuptools.package-data]\n'*' = ['*.txt']\napp = ['py.typed', 'data/**/*.json']\n\
        [tool.setuptools.dynamic]\nversion = {attr = 'app.__version__'}\ndependencies = {file = ['requirements.txt']}\nreadme = {file = 'README.md', content-type = 'text/markdown'}\n";
    let cfg = "[bdist_wheel]\nuniversal = 1\n\n[flake8]\nmax-line-length = 100\nper-file-ignores =\n    */__init__.py: F401\n[tool:pytest]\naddopts = %(x)s\n\
        [egg_info]\ntag_build = \ntag_date = 0\n\n[aliases]\ntest = pytest\n[mypy-x.*]\nignore = True\n";
    let manifest =
        "include LICENSE README.md\nrecursive-include tests *.py\nglobal-exclude *.py[cod]\nprune ../build\n";
    none(&[
        ("pyproject.toml", &pyproject("setuptools>=61', 'wheel", "setuptools.build_meta", tables)),
        ("setup.cfg", cfg),
        ("MANIFEST.in", manifest),
        MODULE,
    ]);
    let cfg = "[metadata]\nname = app\nversion = attr: app.__version__\ndescription-file = README.md\nlong_description = file: README.md, CHANGES.md\nproject_urls =\n    A = https://x.test\nclassifiers =\n    Programming Language :: Python\nlicense_files =\n    LICENSE\n\n\
        [options]\npackages = find:\npackage_dir =\n    = src\npython_requires = >=3.8\ninstall_requires =\n    click>=8 ; python_version > '3'\nzip_safe = no\n\n[options.packages.find]\nwhere = src\nexclude = tests*\n\n\
        [options.extras_require]\ntest = pytest\n[options.entry_points]\nconsole_scripts =\n    app = app:main\n[options.package_data]\n* = *.txt, py.typed\n";
    none(&[("setup.cfg", cfg), MODULE]);
    none(&[
        (
            "pyproject.toml",
            "[build-system]\nrequires = ['setuptools>=42', 'wheel']\nbuild-backend = 'setuptools.build_meta'\n",
        ),
        ("setup.cfg", cfg),
        MODULE,
    ]);
}
