//! Packages of an operating system: what is in them, and that bad input is refused or made harmless.

use std::path::Path;
use std::process::Command;

use packwright_tests::{Workbench, has, tree};

use crate::{build_with, expect_words, path_of, problem};

/// A project with two commands and a licence, with this head of its `[project]` table.
fn project(bench: &Workbench, head: &str) -> std::path::PathBuf {
    let pyproject = format!(
        "[build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"\n\n[project]\n{head}\n\
         requires-python = \">=3.9\"\nlicense-files = [\"LICENSE\"]\n\
         authors = [{{ name = \"Ada, the first\", email = \"ada@example.org\" }}]\n\n[project.scripts]\n\
         greet = \"greeter:main\"\ngreet-loud = \"greeter:main\"\n\n\
         [tool.hatch.build.targets.wheel]\npackages = [\"src/greeter\"]\n"
    );
    let code = "import argparse\n\n\ndef main():\n    parser = argparse.ArgumentParser()\n    \
                parser.add_argument(\"--version\", action=\"version\", version=\"1\")\n    parser.parse_args()\n";
    bench.project(
        "greeter",
        &[
            ("pyproject.toml", pyproject.as_str()),
            ("src/greeter/__init__.py", code),
            ("LICENSE", "Terms\n\n.with a dot\n  and an indent\n"),
        ],
    )
}

/// What `dpkg-deb` prints with these arguments.
fn told(arguments: &[&str], path: &Path) -> String {
    let output = Command::new("dpkg-deb").args(arguments).arg(path).output().expect("dpkg-deb runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn has_packer() -> bool {
    has("debian", Path::new("/usr/bin/dpkg-deb").exists())
}

#[test]
fn hostile_metadata_stays_text_in_every_file_of_a_package() {
    if !has_packer() {
        return;
    }
    let bench = Workbench::new();
    let head = "name = \"My_Tool\"\nversion = \"1!2.0rc1\"\n\
                description = '''.so /etc/passwd\n\nDepends: evil\n.\n\\\\fB %n $HOME, and more than eighty characters of it, .net'''";
    let project = project(&bench, head);
    let run = build_with(&bench, "deb", &project, &["--no-verify"]).expect_code(0);
    let path = path_of(&run.artifact());
    assert_eq!(tree::name(&path), "my-tool_2.0~rc1-1_all.deb");
    let field = |name: &str| told(&["--field"], &path).lines().filter(|line| line.starts_with(name)).count();
    assert_eq!((field("Depends:"), field("Package:"), field("Description:")), (1, 1, 1));
    assert_eq!(told(&["--show", "--showformat=${Version}"], &path), "1:2.0~rc1-1");
    let inside = bench.path().join("inside");
    let inside_text = inside.display().to_string();
    let unpacked = Command::new("dpkg-deb").args(["--raw-extract"]).arg(&path).arg(&inside_text).status();
    assert!(unpacked.expect("dpkg-deb runs").success());
    let copyright = tree::read(&inside.join("usr/share/doc/my-tool/copyright"));
    assert!(copyright.ends_with("License: as-below\n Terms\n .\n  .with a dot\n   and an indent\n"), "{copyright}");
    let linked = std::fs::read_link(inside.join("usr/bin/greet-loud")).expect("a link");
    assert_eq!(linked, Path::new("../lib/my-tool/bin/greet-loud"));
    let sums = tree::read(&inside.join("DEBIAN/md5sums"));
    assert!(sums.contains("  usr/share/man/man1/greet.1.gz\n") && !sums.contains("DEBIAN"), "{sums}");
    let control = tree::read(&inside.join("DEBIAN/control"));
    assert!(
        control.contains("\nInstalled-Size: ") && control.contains("\nMaintainer: Ada the first <ada@example.org>\n")
    );
}

#[test]
fn names_versions_and_options_that_debian_does_not_take_are_refused_before_anything_is_built() {
    let bench = Workbench::new();
    let one_letter = project(&bench, "name = \"x\"\nversion = \"1.0\"");
    let refused = |more: &[&str], words: &[&str]| {
        let run = build_with(&bench, "deb", &one_letter, more);
        assert_ne!(run.code, 0, "{run}");
        expect_words(&problem(&run), words);
    };
    refused(&[], &["`x`", "two characters", "`package`"]);
    let named = ["--option", "package=x-tool"];
    refused(&["--option", "package=X"], &["`X`", "lower case letters"]);
    let with = |option: &str, words: &[&str]| refused(&[&named[..], &["--option", option]].concat(), words);
    with("maintainer=Ada", &["`Ada`", "Name <address>"]);
    with("version=next", &["`next`", "PEP 440"]);
    with("revision=1-2", &["`1-2`", "revision"]);
    with("depends=Not A Package", &["`Not A Package`", "depends"]);
    with("service=perhaps", &["`perhaps`"]);
}

#[test]
fn a_frozen_package_has_every_command_of_the_project() {
    if !has_packer() {
        return;
    }
    let bench = Workbench::new();
    let root = project(&bench, "name = \"greeter\"\nversion = \"1.0\"");
    let code =
        "import sys\n\n\ndef main():\n    print('hello')\n\n\ndef loud():\n    print('HELLO')\n    sys.exit(7)\n";
    std::fs::write(root.join("src/greeter/__init__.py"), code).unwrap();
    let definition = tree::read(&root.join("pyproject.toml"));
    let definition = definition.replace("greet-loud = \"greeter:main\"", "greet-loud = \"greeter:loud\"");
    std::fs::write(root.join("pyproject.toml"), definition).unwrap();
    let run = build_with(&bench, "deb", &root, &["--no-verify", "--option", "payload=frozen"]).expect_code(0);
    let inside = bench.path().join("inside");
    let unpacked = Command::new("dpkg-deb").arg("--extract").arg(path_of(&run.artifact())).arg(&inside).status();
    assert!(unpacked.expect("dpkg-deb runs").success());
    for (name, said, code) in [("greet", "hello\n", 0), ("greet-loud", "HELLO\n", 7)] {
        let ended = Command::new(inside.join("usr/bin").join(name)).env_clear().output().expect("it starts");
        assert_eq!(
            (String::from_utf8_lossy(&ended.stdout).as_ref(), ended.status.code()),
            (said, Some(code)),
            "{name}"
        );
        assert!(inside.join(format!("usr/share/man/man1/{name}.1.gz")).exists());
    }
}

#[test]
fn what_a_package_and_its_trials_miss_here_is_said_before_the_first_step_with_what_installs_it() {
    let bench = Workbench::new();
    let root = project(&bench, "name = \"greeter\"\nversion = \"1.0\"");
    let plan = |programs: &[&str]| {
        let bin = bench.path().join(format!("bin-{}", programs.len()));
        tree::folder(&bin);
        for program in programs {
            std::os::unix::fs::symlink(Path::new("/usr/bin").join(program), bin.join(program)).unwrap();
        }
        bench.packwright(["plan", "deb", "--json"]).arg(&root).env("PATH", &bin).run().expect_code(0).json()
    };
    let lacks = plan(&["python3", "bwrap", "dpkg-deb", "apt-get"])["lacks"].clone();
    let untried = lacks["untried"].to_string();
    expect_words(&untried, &["will not be tried: `mmdebstrap`", "will not be tried: `lintian`"]);
    if Path::new("/usr/bin/apt-get").exists() {
        expect_words(&untried, &["apt-get install -y mmdebstrap` installs", "apt-get install -y lintian` installs"]);
    }
    let lacks = plan(&["python3", "bwrap", "apt-get"])["lacks"]["problem"].to_string();
    expect_words(&lacks, &["`dpkg-deb`"]);
}
