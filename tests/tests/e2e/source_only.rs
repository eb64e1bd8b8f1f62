//! Dependencies that come as source only: their code runs for those who trust it, without network, and never before.

use std::path::PathBuf;

use packwright_tests::package::{Package, Recipe};
use packwright_tests::{Index, Invocation, Workbench};

use crate::hostile_builds::sandboxed;
use crate::{expect_words, problem};

/// A build backend inside a source distribution: only its code knows what the package needs.
const BACKEND: &str = r#"import os
import zipfile

CODE


def get_requires_for_build_wheel(config_settings=None):
    return ASKED


def build_wheel(folder, config_settings=None, metadata_directory=None):
    BUILDS
    module = "NAME".replace("-", "_")
    wheel = module + "-VERSION-py3-none-any.whl"
    info = module + "-VERSION.dist-info/"
    with zipfile.ZipFile(os.path.join(folder, wheel), "w") as archive:
        archive.writestr(module + ".py", "import NEEDED\n")
        archive.writestr(info + "METADATA", "Metadata-Version: 2.1\nName: NAME\nVersion: VERSION\nRequires-Dist: REQUIRES\n")
        archive.writestr(info + "WHEEL", "Wheel-Version: 1.0\nGenerator: own\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(info + "RECORD", "")
    return wheel
"#;

/// A source distribution that needs one thing, says so only when it is built, and asks for this to be built; its code
/// begins with some lines of its own, and so does its build.
struct Source<'a> {
    name: &'a str,
    version: &'a str,
    requires: &'a str,
    declares: &'a str,
    asks: &'a str,
    code: &'a str,
    builds: &'a str,
}

impl Source<'_> {
    fn package(&self) -> Package {
        let needed = self.requires.split(['>', '<', '=']).next().unwrap_or_default().replace('-', "_");
        let backend = [
            ("NEEDED", needed.as_str()),
            ("NAME", self.name),
            ("VERSION", self.version),
            ("REQUIRES", self.requires),
            ("ASKED", self.asks),
            ("CODE", self.code),
            ("BUILDS", self.builds),
        ];
        let backend = backend.iter().fold(BACKEND.to_owned(), |text, (mark, value)| text.replace(mark, value));
        let pyproject =
            format!("[build-system]\nrequires = {}\nbuild-backend = \"own\"\nbackend-path = [\".\"]\n", self.declares);
        Recipe::new(self.name, self.version).file("own.py", &backend).sdist(&pyproject)
    }
}

const PLAIN: Source = Source {
    name: "src-only",
    version: "1.0",
    requires: "leaf>=2",
    declares: "[]",
    asks: "[]",
    code: "",
    builds: "pass",
};

pub fn leaf(version: &str) -> Package {
    Recipe::new("leaf", version).wheel()
}

/// A release of `src-only`, which needs `leaf>=2`.
pub fn plain(version: &str) -> Package {
    Source { version, ..PLAIN }.package()
}

/// A script that imports what comes as source only.
pub fn script(bench: &Workbench, requirement: &str) -> PathBuf {
    let text = format!(
        "# /// script\n# requires-python = \">=3.9\"\n# dependencies = [\"{requirement}\"]\n# ///\n\
         import argparse\n\nimport src_only\n\nargparse.ArgumentParser(prog=\"tool\").parse_args()\n"
    );
    bench.project("tool", &[("tool.py", &text)]).join("tool.py")
}

fn build(bench: &Workbench, index: &Index, requirement: &str) -> Invocation {
    let invocation = bench.packwright(["build", "zipapp"]).arg(script(bench, requirement));
    invocation
        .args(["--json", "--no-cache", "--out"])
        .arg(bench.path().join("out"))
        .env("UV_DEFAULT_INDEX", index.url())
}

#[test]
fn the_code_of_a_source_distribution_has_no_network_while_its_metadata_is_built() {
    if !sandboxed() {
        return;
    }
    let bench = Workbench::new();
    let trap = Index::serve([]);
    let caller = format!(
        "import urllib.request\ntry:\n    urllib.request.urlopen({:?}, timeout=5)\nexcept OSError as error:\n    \
         print('no network:', error)\n",
        trap.origin() + "/stolen"
    );
    let index = Index::serve([Source { code: &caller, ..PLAIN }.package(), leaf("1.0"), leaf("2.0")]);
    let artifact = build(&bench, &index, "src-only").args(["--trust"]).run().expect_code(0).artifact();
    assert_eq!(artifact["verified"]["outcome"], "ran", "{artifact}");
    assert!(trap.asked().is_empty(), "{:?}", trap.asked());
    let asked = index.asked().join("\n");
    assert!(asked.contains("leaf-2.0") && !asked.contains("leaf-1.0-"), "what it needs is known by its build\n{asked}");
}

#[test]
fn the_code_of_a_source_distribution_runs_for_nobody_who_does_not_trust_it() {
    let bench = Workbench::new();
    let mark = bench.path().join("mark");
    let code = format!("open({:?}, 'w').close()", mark.display().to_string());
    let index = Index::serve([Source { code: &code, ..PLAIN }.package(), leaf("2.0")]);
    let run = build(&bench, &index, "src-only").run().expect_code(5);
    expect_words(&problem(&run), &["`src-only 1.0` comes as source only", "if you trust it"]);
    assert!(!mark.exists(), "its code ran\n{run}");
}

#[test]
fn metadata_that_its_author_wrote_down_is_read_without_trust() {
    let bench = Workbench::new();
    let definition = "[build-system]\nrequires = [\"flit-core\"]\nbuild-backend = \"flit_core.buildapi\"\n";
    let written = Recipe::new("src-only", "1.0").static_metadata().requires("leaf>=2").sdist(definition);
    let index = Index::serve([written, leaf("2.0"), Recipe::new("flit-core", "3.0").wheel()]);
    let run = bench.packwright(["plan", "zipapp"]).arg(script(&bench, "src-only")).env("UV_DEFAULT_INDEX", index.url());
    expect_words(&run.run().expect_code(0).stdout, &["Build the wheel of src-only", "allow it with --trust"]);
}

#[test]
fn an_older_release_is_taken_where_the_newest_needs_what_is_not_there() {
    let bench = Workbench::new();
    let newer = Source { version: "2.0", requires: "no-such-thing", ..PLAIN };
    let index = Index::serve([PLAIN.package(), newer.package(), leaf("2.0")]);
    let run = build(&bench, &index, "src-only").args(["--trust"]).run().expect_code(0);
    assert_eq!(run.artifact()["verified"]["outcome"], "ran", "{run}");
}

#[test]
fn what_the_build_backend_of_a_dependency_asks_for_is_there_when_it_builds() {
    let bench = Workbench::new();
    let asking = Source { asks: "['asked-for']", builds: "import asked_for", ..PLAIN };
    let index = Index::serve([asking.package(), leaf("2.0"), Recipe::new("asked-for", "1.0").wheel()]);
    let _ = build(&bench, &index, "src-only").args(["--trust"]).run().expect_code(0);
    assert!(index.asked().iter().any(|path| path.contains("asked_for-1.0")), "{:?}", index.asked());
}

#[test]
fn what_a_build_needs_may_come_as_source_only_too() {
    let bench = Workbench::new();
    let needing = Source { declares: "['build-tool']", code: "import build_tool", ..PLAIN };
    let tool = Source { name: "build-tool", ..PLAIN };
    let index = Index::serve([needing.package(), tool.package(), leaf("2.0")]);
    let _ = build(&bench, &index, "src-only").args(["--trust"]).run().expect_code(0);
}

#[test]
fn a_package_that_is_needed_to_build_itself_is_named() {
    let bench = Workbench::new();
    let index = Index::serve([Source { declares: "['src-only']", ..PLAIN }.package(), leaf("2.0")]);
    let run = build(&bench, &index, "src-only").args(["--trust"]).run().expect_code(1);
    expect_words(&problem(&run), &["building `src-only` needs `src-only` itself"]);
}

#[test]
fn a_source_distribution_that_is_required_by_its_address_is_built_without_network() {
    let bench = Workbench::new();
    let index = Index::serve([PLAIN.package(), leaf("1.0"), leaf("2.0")]);
    let requirement = format!("src-only @ {}/files/src_only-1.0.tar.gz", index.origin());
    let run = build(&bench, &index, &requirement).args(["--trust"]).run().expect_code(0);
    assert_eq!(run.artifact()["verified"]["outcome"], "ran", "{run}");
}

#[test]
fn a_source_distribution_that_is_of_another_package_is_refused() {
    let bench = Workbench::new();
    let other = Recipe::new("other", "1.0").static_metadata().sdist("");
    let renamed = Package { file: "src_only-1.0.tar.gz".into(), ..other };
    let index = Index::serve([renamed, leaf("2.0")]);
    let run = build(&bench, &index, "src-only").args(["--trust"]).run().expect_code(1);
    expect_words(&problem(&run), &["the source of `src-only 1.0` is that of `other`"]);
}
