//! What starts a program: commands of every form, files that only their code shows, applications that others start.

use std::path::Path;
use std::process::Command;

use packwright_tests::{Workbench, tree};
use serde_json::Value;

use crate::{build, build_with, expect_words, path_of, problem};

/// A file that reads its arguments and says this.
fn speaking(says: &str) -> String {
    let parser = "import argparse\n\n\ndef main():\n    argparse.ArgumentParser().parse_args()\n";
    format!("{parser}    print({says:?})\n\n\nif __name__ == '__main__':\n    main()\n")
}

/// What an artifact prints when it is started far from where it was built.
#[track_caller]
fn printed(bench: &Workbench, artifact: &Value) -> String {
    let elsewhere = bench.path().join("elsewhere");
    std::fs::create_dir_all(&elsewhere).unwrap();
    let started = Command::new("python3").arg(path_of(artifact)).current_dir(elsewhere).output().unwrap();
    let errors = String::from_utf8_lossy(&started.stderr).into_owned();
    assert!(started.status.success(), "{errors}");
    String::from_utf8_lossy(&started.stdout).trim().to_owned()
}

#[track_caller]
fn zipped(bench: &Workbench, root: &Path, more: &[&str]) -> String {
    let artifact = build_with(bench, "zipapp", root, more).expect_code(0).artifact();
    printed(bench, &artifact)
}

fn setup(arguments: &str) -> String {
    format!("from setuptools import setup\nNAMES = ['greet']\nsetup(name='greet', version='1.0', {arguments})\n")
}

#[test]
fn commands_of_every_form_of_setup_py_start_the_program() {
    let script = "#!/usr/bin/env python3\nimport argparse\nfrom greet import main\nmain()\n";
    for arguments in [
        "py_modules=['greet'], entry_points='''\n    [console_scripts]\n    greet = greet:main\n    [other]\n    x = greet\n'''",
        "py_modules=['greet'], entry_points={'console_scripts': [name + ' = greet:main' for name in NAMES]}",
        "py_modules=['greet'], scripts=['bin/greet-it']",
    ] {
        let bench = Workbench::new();
        let files = [("greet.py", &*speaking("hello")), ("setup.py", &setup(arguments)), ("bin/greet-it", script)];
        let root = bench.project("greet", &files);
        assert_eq!(zipped(&bench, &root, &[]), "hello", "{arguments}");
    }
}

#[test]
fn a_command_gets_the_extra_that_it_names() {
    let server = "import argparse\n\n\ndef run():\n    argparse.ArgumentParser().parse_args()\n    import iniconfig\n    \
                  print(iniconfig.__name__)\n";
    let text = "[build-system]\nrequires = ['hatchling']\nbuild-backend = 'hatchling.build'\n[project]\nname = 'greetd'\n\
                version = '1.0'\n[project.optional-dependencies]\nd = ['iniconfig']\n[project.scripts]\n\
                greetd = 'greetd.server:run [d]'\n";
    let bench = Workbench::new();
    let files = [("pyproject.toml", text), ("greetd/__init__.py", ""), ("greetd/server.py", server)];
    assert_eq!(zipped(&bench, &bench.project("greetd", &files), &[]), "iniconfig");
}

#[test]
fn a_coroutine_is_no_command() {
    let text = "async def main():\n    print('never')\n";
    let bench = Workbench::new();
    let root = bench.project("greet", &tree::console_project(&[("greet.py", text)]));
    for technology in ["wheel", "zipapp"] {
        expect_words(
            &problem(&build(&bench, technology, &root).expect_code(1)),
            &["coroutine", "greet.py:1", "asyncio.run"],
        );
    }
}

#[test]
fn a_loose_program_is_found_and_takes_everything_along() {
    let bench = Workbench::new();
    let start = "import argparse\nimport words\nargparse.ArgumentParser().parse_args()\nprint(words.HELLO)\n";
    for (name, start_file) in [("plain", "hello final2.py"), ("größe", "größe.py"), ("main", "__main__.py")] {
        let files = [(start_file, start), ("words.py", "HELLO = 'hello'\n"), ("old_hello.py", "print(1)\n")];
        assert_eq!(zipped(&bench, &bench.project(name, &files), &[]), "hello", "{start_file}");
    }
    let half = "from setuptools import setup\nsetup(name='greet', version='1.0', py_modules=['main'])\n";
    let files = [("setup.py", half), ("main.py", &*speaking("hi")), ("words.py", ""), ("data/x.csv", "1\n")];
    let root = bench.project("half", &files);
    assert_eq!(zipped(&bench, &root, &[]), "hi");
}

#[test]
fn any_file_can_be_named_and_two_programs_are_never_one() {
    let bench = Workbench::new();
    let files = [
        ("client.py", &*speaking("client")),
        ("worker.py", &speaking("worker")),
        ("deep/third.py", &speaking("third")),
    ];
    let root = bench.project("both", &files);
    let refused = build(&bench, "zipapp", &root).expect_code(2);
    expect_words(&problem(&refused), &["several programs", "`client`", "`worker`"]);
    for (named, says) in [("worker", "worker"), ("client.py", "client"), ("deep/third.py", "third")] {
        assert_eq!(zipped(&bench, &root, &["--entry", named]), says);
    }
    let missing = build_with(&bench, "zipapp", &root, &["--entry", "fourth.py"]).expect_code(2);
    expect_words(&problem(&missing), &["`fourth.py`", "any Python file"]);
}

#[test]
fn a_script_that_is_named_takes_its_neighbours_along() {
    let bench = Workbench::new();
    let start = "import argparse\nimport words\nargparse.ArgumentParser().parse_args()\nprint(words.HELLO)\n";
    let files = [("game.py", start), ("words.py", "HELLO = 'hello'\n"), ("other.py", "print(1)\n")];
    let root = bench.project("games", &files);
    assert_eq!(zipped(&bench, &root.join("game.py"), &[]), "hello");
    let refused = build(&bench, "module", &root.join("game.py")).expect_code(1);
    expect_words(&problem(&refused), &["is not one file", "`words.py`"]);
}

#[test]
fn an_application_is_started_by_the_server_that_the_procfile_names() {
    let application = "def application(environ, start):\n    start('200 OK', [])\n    return [b'tide']\n";
    let bench = Workbench::new();
    let files = [("tide.py", application), ("Procfile", "web: waitress --port=$PORT tide:application\n")];
    let root = bench.project("tide", &files);
    let artifact = build(&bench, "zipapp", &root).expect_code(0).artifact();
    assert_eq!(artifact["verified"]["outcome"], "answered", "{artifact}");
    let plan = bench.run(["plan", "paas", "tide"]).expect_code(0);
    expect_words(&plan.stdout, &["web: waitress --port=$PORT tide:application"]);
}
