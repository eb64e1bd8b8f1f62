//! Dependencies that are commits of a Git repository: each test makes its own, read by its `file` address.

use std::path::{Path, PathBuf};
use std::process::Command;

use packwright_tests::package::Recipe;
use packwright_tests::{Run, Workbench, tree};
use serde_json::Value;

use crate::{expect_words, problem};

/// A repository with a small library that builds with Flit, and more files.
struct Repository(PathBuf);

impl Repository {
    fn new(bench: &Workbench, more: &[(&str, &str)]) -> Self {
        let mut files = vec![
            (
                "pyproject.toml",
                "[build-system]\nrequires = [\"flit_core>=3.11\"]\nbuild-backend = \"flit_core.buildapi\"\n\n\
                 [project]\nname = \"far-lib\"\nversion = \"1.0\"\ndescription = \"Far away\"\n",
            ),
            ("far_lib.py", "VALUE = 1\n"),
        ];
        files.extend(more);
        let repository = Self(bench.project("home/far", &files));
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository.commit();
        repository
    }

    fn git(&self, words: &[&str]) -> String {
        let own = ["-c", "user.name=Test", "-c", "user.email=test@example.invalid", "-c", "protocol.file.allow=always"];
        let output = Command::new("git").args(own).args(words).current_dir(&self.0).output().expect("git runs");
        assert!(output.status.success(), "git {words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Commits everything and gives the commit.
    fn commit(&self) -> String {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message=A change"]);
        self.git(&["rev-parse", "HEAD"])
    }

    fn requirement(&self, end: &str) -> String {
        format!("far-lib @ git+file://{}{end}", self.0.display())
    }
}

/// The files of a project that needs the library.
fn project(bench: &Workbench, requirement: &str, more: &[(&str, &str)]) -> PathBuf {
    let definition = format!(
        "[build-system]\nrequires = [\"flit_core>=3.11\"]\nbuild-backend = \"flit_core.buildapi\"\n\n[project]\n\
         name = \"near\"\nversion = \"1.0\"\ndescription = \"Near by\"\nrequires-python = \">=3.9\"\n\
         dependencies = [\"{requirement}\"]\n\n[project.scripts]\nnear = \"near:main\"\n"
    );
    let module = "import argparse\n\nimport far_lib\n\n\ndef main():\n    \
                  argparse.ArgumentParser(prog=\"near\", description=str(far_lib.VALUE)).parse_args()\n";
    let mut files = vec![("pyproject.toml", definition.as_str()), ("near.py", module)];
    files.extend(more);
    bench.project("near", &files)
}

fn build(bench: &Workbench, project: &Path, more: &[&str]) -> Run {
    let run = bench.packwright(["build", "zipapp"]).arg(project).args(["--json", "--out"]);
    run.arg(bench.path().join("out")).args(more).run()
}

/// The library as the bill of materials has it.
fn material(artifact: &Value) -> Value {
    let path = format!("{}.cdx.json", artifact["path"].as_str().unwrap_or_default());
    let materials: Value = serde_json::from_str(&tree::read(Path::new(&path))).expect("a document in JSON");
    let components = materials["components"].as_array().cloned().unwrap_or_default();
    components.into_iter().find(|component| component["name"] == "far-lib").expect("the library is named")
}

#[test]
fn a_commit_is_built_like_a_folder_and_named_in_the_bill_of_materials() {
    let bench = Workbench::new();
    let repository = Repository::new(&bench, &[]);
    let commit = repository.git(&["rev-parse", "HEAD"]);
    tree::write(&repository.0, &[("far_lib.py", "raise SystemExit('a later commit')\n")]);
    let _ = repository.commit();
    let root = project(&bench, &repository.requirement(&format!("@{commit}")), &[]);
    let artifact = build(&bench, &root, &[]).expect_code(0).artifact();
    assert_eq!(artifact["verified"]["outcome"], "ran", "{artifact}");
    let expected = format!("git+file://~/far@{commit}");
    assert_eq!(material(&artifact)["externalReferences"][0]["url"], expected.as_str());
}

#[test]
fn a_branch_is_looked_up_once_and_remembered() {
    let bench = Workbench::new().with_own_cache();
    let repository = Repository::new(&bench, &[]);
    let first = repository.git(&["rev-parse", "HEAD"]);
    let root = project(&bench, &repository.requirement("@main"), &[]);
    let built = |more: &[&str]| {
        let url =
            material(&build(&bench, &root, more).expect_code(0).artifact())["externalReferences"][0]["url"].clone();
        url.as_str().and_then(|url| url.rsplit_once('@')).map(|(_, commit)| commit.to_owned()).unwrap_or_default()
    };
    assert_eq!(built(&[]), first);
    let second = repository.commit();
    assert_eq!(built(&[]), first, "it is remembered like a resolution");
    assert_eq!(built(&["--no-cache"]), second);
    assert_eq!(built(&["--offline"]), second, "what was fetched is there without a network");
}

#[test]
fn the_lock_decides_which_commit_is_meant() {
    let bench = Workbench::new();
    let repository = Repository::new(&bench, &[]);
    let commit = repository.git(&["rev-parse", "HEAD"]);
    let _ = repository.commit();
    let lock = format!(
        "version = 1\n\n[[package]]\nname = \"far-lib\"\nversion = \"1.0\"\nsource = {{ git = \"file://{}?rev=main#{commit}\" }}\n",
        repository.0.display()
    );
    let root = project(&bench, &repository.requirement("@main"), &[("uv.lock", &lock)]);
    let artifact = build(&bench, &root, &["--locked"]).expect_code(0).artifact();
    let url = material(&artifact)["externalReferences"][0]["url"].clone();
    assert!(url.as_str().is_some_and(|url| url.ends_with(&commit)), "{url}");
    tree::write(&root, &[("uv.lock", "version = 1\n")]);
    let run = build(&bench, &root, &["--locked"]).expect_code(1);
    expect_words(&problem(&run), &["`far-lib`", "does not name its commit"]);
}

#[test]
fn a_folder_of_a_repository_with_extras_is_a_project_of_its_own() {
    let bench = Workbench::new();
    let definition = "[build-system]\nrequires = [\"flit_core>=3.11\"]\nbuild-backend = \"flit_core.buildapi\"\n\n[project]\n\
                      name = \"far-lib\"\nversion = \"2.0\"\ndescription = \"Deep\"\n[project.optional-dependencies]\nx = [\"six\"]\n";
    let deep = [("py/pyproject.toml", definition), ("py/far_lib.py", "import six\nVALUE = six.PY3\n")];
    let repository = Repository::new(&bench, &deep);
    let requirement = repository.requirement("@main#subdirectory=py").replace("far-lib @", "far-lib[x] @");
    let artifact = build(&bench, &project(&bench, &requirement, &[]), &[]).expect_code(0).artifact();
    assert_eq!(artifact["verified"]["outcome"], "ran", "{artifact}");
    assert_eq!(material(&artifact)["version"], "2.0");
    let missing = repository.requirement("@main#subdirectory=no");
    let run = build(&bench, &project(&bench, &missing, &[]), &[]).expect_code(1);
    expect_words(&problem(&run), &["has no folder `no`"]);
}

#[test]
fn a_revision_that_is_not_there_and_what_is_no_repository_are_named() {
    let bench = Workbench::new();
    let repository = Repository::new(&bench, &[]);
    for revision in ["no-such-branch", "0123456789012345678901234567890123456789"] {
        let root = project(&bench, &repository.requirement(&format!("@{revision}")), &[]);
        expect_words(&problem(&build(&bench, &root, &[]).expect_code(1)), &["far-lib", revision, "a branch, a tag"]);
    }
    let empty = bench.path().join("empty");
    tree::folder(&empty);
    let root = project(&bench, &format!("far-lib @ git+file://{}", empty.display()), &[]);
    expect_words(&problem(&build(&bench, &root, &[]).expect_code(1)), &["cannot be read", "empty"]);
    let root = project(&bench, "far-lib @ git+http://127.0.0.1:9/far.git", &[]);
    expect_words(&problem(&build(&bench, &root, &[]).expect_code(1)), &["only `https`, `ssh` and `file` are"]);
}

#[test]
fn without_git_the_answer_says_how_to_get_it() {
    let bench = Workbench::new();
    let repository = Repository::new(&bench, &[]);
    let root = project(&bench, &repository.requirement("@main"), &[]);
    let bin = bench.only(&["python3", "bwrap"]);
    let run = bench.packwright(["build", "zipapp"]).arg(&root).args(["--json", "--no-cache"]).env("PATH", &bin).run();
    expect_words(&problem(&run.expect_code(4)), &["`git`", "was not found"]);
}

#[test]
fn neither_hooks_nor_filters_of_a_repository_run() {
    let bench = Workbench::new();
    let mark = bench.path().join("mark");
    let repository = Repository::new(&bench, &[(".gitattributes", "* filter=evil\n"), (".gitconfig", "")]);
    // A sandbox hides the mark; what they do to the files that are checked out shows there too.
    let (leave, change) = (format!("touch {}", mark.display()), "sed s/1/2/");
    repository.git(&["config", "uploadpack.packObjectsHook", &leave]);
    repository.git(&["config", "filter.evil.smudge", &format!("{leave}; {change}")]);
    tree::write(
        &bench.home(),
        &[(".gitconfig", &format!("[filter \"evil\"]\n\tsmudge = \"{leave}; {change}\"\n\trequired = true\n"))],
    );
    for hook in ["post-checkout", "post-merge", "pre-receive", "post-update"] {
        let path = repository.0.join(".git/hooks").join(hook);
        let script = format!("#!/bin/sh\n{leave}\n{change} -i far_lib.py\n");
        tree::write(&repository.0, &[(&format!(".git/hooks/{hook}"), &script)]);
        std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    }
    let root = project(&bench, &repository.requirement("@main"), &[]);
    let artifact = build(&bench, &root, &["--no-cache"]).expect_code(0).artifact();
    assert_eq!(artifact["verified"]["outcome"], "ran", "{artifact}");
    assert!(!mark.exists(), "the repository ran a program");
    let path = artifact["path"].as_str().unwrap_or_default();
    let said = Command::new("python3").args([path, "--help"]).output().expect("Python runs");
    let said = String::from_utf8_lossy(&said.stdout);
    assert!(said.lines().any(|line| line == "1"), "the library is another one than was committed: {said}");
}

#[test]
fn a_repository_that_this_build_does_not_need_is_not_fetched() {
    let bench = Workbench::new();
    let definition = "[build-system]\nrequires = [\"flit_core>=3.11\"]\nbuild-backend = \"flit_core.buildapi\"\n\n\
                      [project]\nname = \"far-lib\"\nversion = \"1.0\"\ndescription = \"Far away\"\n\
                      [project.optional-dependencies]\nx = [\"gone @ git+file:///no/such/repository\"]\n";
    let repository = Repository::new(&bench, &[]);
    tree::write(&repository.0, &[("pyproject.toml", definition)]);
    let _ = repository.commit();
    let requirements =
        format!("{}\", \"lost @ git+file:///no/such/repository ; sys_platform == 'win32'", repository.requirement(""));
    let artifact = build(&bench, &project(&bench, &requirements, &[]), &[]).expect_code(0).artifact();
    assert_eq!(artifact["verified"]["outcome"], "ran", "{artifact}");
    let wanted = requirements.replace("far-lib @", "far-lib[x] @");
    let run = build(&bench, &project(&bench, &wanted, &[]), &[]).expect_code(1);
    expect_words(&problem(&run), &["`gone`", "cannot be read"]);
}

#[test]
fn where_a_local_dependency_has_its_own_from_is_not_lost() {
    let bench = Workbench::new();
    let repository = Repository::new(&bench, &[]);
    let definition = format!(
        "[build-system]\nrequires = [\"flit_core>=3.11\"]\nbuild-backend = \"flit_core.buildapi\"\n\n[project]\n\
         name = \"between\"\nversion = \"1.0\"\ndescription = \"Between\"\ndependencies = [\"far-lib\"]\n\
         [tool.uv.sources]\nfar-lib = {{ git = \"file://{}\" }}\n",
        repository.0.display()
    );
    let between = bench.project("between", &[("pyproject.toml", definition.as_str()), ("between.py", "")]);
    let root = project(&bench, &format!("between @ file://{}", between.display()), &[]);
    let artifact = build(&bench, &root, &[]).expect_code(0).artifact();
    assert_eq!(artifact["verified"]["outcome"], "ran", "{artifact}");
    assert_eq!(material(&artifact)["externalReferences"][0]["type"], "vcs");
}

#[test]
fn what_only_a_build_tells_comes_from_where_the_files_say() {
    let bench = Workbench::new();
    let repository = Repository::new(&bench, &[]);
    let make = |name: &str, needs: &str, source: &str| {
        let definition = format!(
            "[build-system]\nrequires = [\"setuptools>=70.1\"]\nbuild-backend = \"setuptools.build_meta\"\n[project]\n\
             name = \"{name}\"\nversion = \"1.0\"\ndynamic = [\"dependencies\"]\n[project.scripts]\n\
             {name} = \"{name}:main\"\n[tool.setuptools]\npy-modules = [\"{name}\"]\n\
             [tool.uv.sources]\n{needs} = {{ {source} }}\n"
        );
        let script = format!("from setuptools import setup\nsetup(install_requires=[\"{needs}\".lower()])\n");
        let module = needs.replace('-', "_");
        let code =
            format!("import argparse\nimport {module}\n\ndef main():\n    argparse.ArgumentParser().parse_args()\n");
        let file = format!("{name}.py");
        bench.project(name, &[("pyproject.toml", &definition), ("setup.py", &script), (&file, &code)])
    };
    let _ = make("between", "far-lib", &format!("git = \"file://{}\"", repository.0.display()));
    let root = make("near", "between", "path = \"../between\"");
    let artifact = build(&bench, &root, &["--trust"]).expect_code(0).artifact();
    assert_eq!(artifact["verified"]["outcome"], "ran", "{artifact}");
    assert_eq!(material(&artifact)["externalReferences"][0]["type"], "vcs");
}

#[test]
fn a_repository_is_refused_as_a_build_requirement() {
    let bench = Workbench::new();
    let repository = Repository::new(&bench, &[]);
    let root = project(&bench, "six", &[]);
    let definition = tree::read(&root.join("pyproject.toml"));
    let requires = format!("requires = [\"{}\", ", repository.requirement(""));
    tree::write(&root, &[("pyproject.toml", &definition.replacen("requires = [", &requires, 1))]);
    let run = build(&bench, &root, &["--trust"]).expect_code(1);
    expect_words(&problem(&run), &["`far-lib`, which the build of `near` needs", "repository (`git`)", "an index"]);
}

#[test]
fn the_resolver_asks_no_repository_that_a_wheel_names() {
    let bench = Workbench::new();
    let repository = Repository::new(&bench, &[]);
    let wheel = Recipe::new("between", "1.0").requires(&repository.requirement("")).wheel();
    let path = bench.path().join(&wheel.file);
    std::fs::write(&path, &wheel.bytes).unwrap();
    let root = project(&bench, &format!("between @ file://{}", path.display()), &[]);
    let run = build(&bench, &root, &[]).expect_code(1);
    expect_words(&problem(&run), &["`far-lib`, which `near` needs, comes from a repository (`git`)"]);
}

#[test]
fn a_repository_with_submodules_is_refused_with_their_names() {
    let bench = Workbench::new();
    let repository = Repository::new(&bench, &[]);
    let other = bench.project("other", &[("readme", "text")]);
    let other = Repository(other);
    other.git(&["init", "--quiet"]);
    let _ = other.commit();
    repository.git(&["submodule", "--quiet", "add", &other.0.display().to_string(), "vendored"]);
    let _ = repository.commit();
    let root = project(&bench, &repository.requirement("@main"), &[]);
    expect_words(&problem(&build(&bench, &root, &[]).expect_code(1)), &["has submodules", "vendored"]);
}

#[test]
fn a_checkout_that_was_changed_in_the_cache_is_fetched_again() {
    let bench = Workbench::new().with_own_cache();
    let repository = Repository::new(&bench, &[]);
    let root = project(&bench, &repository.requirement(""), &[]);
    let before = build(&bench, &root, &["--no-verify"]).expect_code(0).artifact();
    let kept = tree::files(&bench.cache().join("packwright/git"));
    let kept = kept.iter().find(|path| path.ends_with("far_lib.py")).expect("the checkout is kept");
    std::fs::write(kept, "VALUE = 2\n").unwrap();
    let run = build(&bench, &root, &["--no-verify"]).expect_code(0);
    assert_eq!(run.artifact()["sha256"], before["sha256"]);
    expect_words(&run.stdout, &["in the cache was damaged (`far_lib.py` differs)"]);
}
