//! What `plan` says about technologies that are only advised.

use packwright_tests::Workbench;

use crate::DECLARED;

#[test]
fn the_steps_of_what_is_only_advised_are_filled_in_for_the_project() {
    let bench = Workbench::new();
    bench.project("thing", DECLARED);
    let run = bench.run(["plan", "docker", "thing"]).expect_code(0);
    for words in [
        "advises `docker`, but does not build it",
        "ENTRYPOINT [\"/app/bin/thing\"]",
        "docker build --tag thing:1.0 .",
        "https://docs.docker.com/",
    ] {
        assert!(run.stdout.contains(words), "{words:?} is missing\n{run}");
    }
}

#[test]
fn the_page_about_it_has_the_steps_in_short() {
    let run = Workbench::new().run(["explain", "docker"]).expect_code(0);
    for words in ["By hand", "docker build --tag '{name}:{version}' .", "Next: packwright plan docker"] {
        assert!(run.stdout.contains(words), "{words:?} is missing\n{run}");
    }
}

#[test]
fn programs_get_the_steps_as_argument_vectors() {
    let bench = Workbench::new();
    bench.project("thing", DECLARED);
    let answer = bench.run(["plan", "nuitka", "thing", "--json"]).expect_code(0).json();
    assert_eq!(answer["buildable"], false);
    assert_eq!(answer["unknown"].as_array().map(Vec::len), Some(0), "{answer}");
    let steps = answer["by_hand"].as_array().expect("a list of steps");
    let compile = steps.iter().find(|step| step["command"][2] == "nuitka").expect("a step that compiles");
    let words = compile["command"].as_array().expect("an argument vector");
    assert!(words.contains(&"--output-filename=thing".into()), "{compile}");
    let start = steps.iter().find(|step| step["file"] == "start.py").expect("a step that writes the start");
    assert!(start["text"].as_str().is_some_and(|text| text.contains("from thing import main")), "{start}");
}

#[test]
fn what_the_project_does_not_say_is_left_open_and_named() {
    let bench = Workbench::new();
    bench.project("bare", &[("tool.py", "import argparse\n\nif __name__ == '__main__':\n    print(1)\n")]);
    let run = bench.run(["plan", "rpm", "bare"]).expect_code(0);
    assert!(run.stdout.contains("does not say what `{version}` is"), "{run}");
    let run = bench.run(["plan", "docker", "bare"]).expect_code(0);
    assert!(run.stdout.contains("needs a `pyproject.toml`"), "{run}");
}

#[test]
fn an_entry_point_or_option_that_is_not_there_is_a_usage_problem() {
    let bench = Workbench::new();
    bench.project("thing", DECLARED);
    let _ = bench.run(["plan", "docker", "thing", "--entry", "other"]).expect_code(2).says(&["`other`", "`thing`"]);
    let _ = bench.run(["plan", "docker", "thing", "--option", "base=slim"]).expect_code(2).says(&["`base`"]);
    let _ = bench.run(["plan", "docker", "nowhere"]).expect_code(3).says(&["nowhere"]);
}

#[test]
fn a_build_of_it_is_refused_with_the_way_to_the_steps() {
    let bench = Workbench::new();
    bench.project("thing", DECLARED);
    let _ =
        bench.run(["build", "docker", "thing"]).expect_code(4).says(&["does not build it", "packwright plan docker"]);
}
