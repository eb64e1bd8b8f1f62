//! The interview in a real terminal: answers of every kind, leaving in the middle, and what is kept.

use std::fs;
use std::path::Path;

use packwright_tests::{Terminal, Workbench, tree};

use crate::DECLARED;

fn begin(bench: &Workbench, arguments: &[&str]) -> Terminal {
    let words = [&["advise"], arguments].concat();
    Terminal::start(&bench.packwright(words), 80, 24)
}

/// A bench with a project `thing`.
fn bench() -> Workbench {
    let bench = Workbench::new();
    bench.project("thing", DECLARED);
    bench
}

fn settings(bench: &Workbench) -> String {
    tree::read(&bench.path().join("thing/pyproject.toml"))
}

/// Gives the first answer to every question until there is none.
fn answer_all(terminal: &mut Terminal) {
    for number in 1..=12 {
        terminal.answers("1");
        let next = [format!("Question {}.", number + 1), "[Y/n]".to_owned()];
        while !next.iter().any(|text| terminal.text().contains(text)) {
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        if terminal.text().contains("[Y/n]") {
            return;
        }
    }
    panic!("more than twelve questions\n{}", terminal.text());
}

#[test]
fn an_interview_asks_keeps_the_answers_and_does_not_ask_again() {
    let bench = bench();
    let mut terminal = begin(&bench, &["thing"]);
    terminal.expect("thing 1.0 was read; none of its code was run");
    terminal.expect("Question 1.");
    terminal.expect("> ");
    answer_all(&mut terminal);
    terminal.expect("in pyproject.toml, so that ");
    terminal.answers("");
    terminal.expect("Written to ");
    terminal.expect("Ship it as ");
    terminal.expect("\nNext: packwright ");
    assert_eq!(terminal.ends().0, 0);
    let kept = settings(&bench);
    assert!(kept.starts_with(DECLARED[0].1) && kept.contains("\n[tool.packwright]\nversion = 1\nfacts."), "{kept}");

    let mut again = begin(&bench, &["thing"]);
    again.expect("Nothing needs to be asked");
    again.expect("--ask-again");
    again.expect("Ship it as ");
    assert_eq!(again.ends().0, 0);
    assert_eq!(settings(&bench), kept);
}

#[test]
fn bad_input_of_every_kind_is_answered_with_what_would_be_right() {
    let bench = bench();
    let mut terminal = begin(&bench, &["thing", "--no-save"]);
    for (line, words) in [
        ("", "Type "),
        ("99", "There is no answer `99`"),
        ("-1", "There is no answer `-1`"),
        ("0,1", "type it alone"),
        ("yes please", "There is no answer `yes`"),
        ("windows:1", "holds for all"),
        ("\u{1b}[31mred", "There is no answer"),
        (&"9".repeat(500), "There is no answer"),
    ] {
        terminal.expect("> ");
        terminal.answers(line);
        terminal.expect(words);
    }
    terminal.expect("> ");
    terminal.answers("h");
    terminal.expect("Ctrl-D");
    terminal.expect("> ");
    terminal.answers("w");
    terminal.expect(" first");
    terminal.expect("> ");
    terminal.answers("q");
    terminal.expect("Ship it as ");
    let (code, text) = terminal.ends();
    assert!(code == 0 && !text.contains("\u{1b}[31mred is"), "{text}");
}

#[test]
fn answers_are_taken_back_one_by_one() {
    let bench = bench();
    let mut terminal = begin(&bench, &["thing"]);
    for (line, words) in [
        ("u", "There is no answer to take back"),
        ("1", "Question 2."),
        ("0", "Question 3."),
        ("u", "Taken back: "),
        ("u", "Taken back: "),
        ("u", "There is no answer to take back"),
    ] {
        terminal.expect("> ");
        terminal.answers(line);
        terminal.expect(words);
    }
    terminal.expect("Question 1.");
    terminal.answers("q");
    terminal.expect("Ship it as ");
    let (code, text) = terminal.ends();
    assert!(code == 0 && !text.contains("[Y/n]"), "nothing is left to keep\n{text}");
    assert_eq!(settings(&bench), DECLARED[0].1);
}

#[test]
fn nobody_has_to_know_anything() {
    let bench = bench();
    let mut terminal = begin(&bench, &["thing"]);
    for number in 1..=30 {
        let end = "Ship it as ";
        let question = format!("Question {number}.");
        while !terminal.text().contains(&question) && !terminal.text().contains(end) {
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        if terminal.text().contains(end) {
            break;
        }
        terminal.answers("0");
    }
    assert_eq!(terminal.ends().0, 0);
    assert_eq!(settings(&bench), DECLARED[0].1);
}

#[test]
fn whoever_leaves_in_the_middle_leaves_nothing_behind() {
    for key in ["\u{3}", "\u{4}"] {
        for answers in [&[][..], &["1"], &["1", "q"]] {
            let bench = bench();
            let mut terminal = begin(&bench, &["thing"]);
            for answer in answers {
                terminal.expect("> ");
                terminal.answers(answer);
            }
            terminal.expect(if answers.contains(&"q") { "[Y/n] " } else { "> " });
            terminal.types(key);
            terminal.expect("Left; nothing was written");
            assert_eq!(terminal.ends().0, 130);
            assert_eq!(settings(&bench), DECLARED[0].1);
            assert_eq!(tree::files(&bench.path().join("thing")).len(), DECLARED.len());
        }
    }
}

#[test]
fn a_no_keeps_nothing() {
    let bench = bench();
    let mut terminal = begin(&bench, &["thing"]);
    for line in ["1", "q", "perhaps", "n"] {
        terminal.expect(if line == "1" || line == "q" { "> " } else { "n" });
        terminal.answers(line);
    }
    terminal.expect("Ship it as ");
    assert_eq!(terminal.ends().0, 0);
    assert_eq!(settings(&bench), DECLARED[0].1);
}

/// A bench with a project `thing` that holds an answer.
fn answered() -> Workbench {
    let bench = bench();
    let _ = bench.run(["advise", "thing", "--set", "audience=developers", "--save"]).expect_code(0);
    bench
}

#[test]
fn an_answer_of_an_earlier_day_can_be_taken_back() {
    let bench = answered();
    let mut terminal = begin(&bench, &["thing"]);
    for (line, words) in
        [("u", "Taken back: audience"), ("q", "Take 1 answer out of pyproject.toml?"), ("y", "Written")]
    {
        terminal.expect(if line == "y" { "[Y/n] " } else { "> " });
        terminal.answers(line);
        terminal.expect(words);
    }
    assert_eq!(terminal.ends().0, 0);
    assert!(!settings(&bench).contains("audience"));
}

#[test]
fn earlier_answers_are_put_aside_until_others_are_given() {
    let bench = answered();
    let before = settings(&bench);
    let mut terminal = begin(&bench, &["thing", "--ask-again"]);
    terminal.expect("> ");
    terminal.answers("q");
    terminal.expect("Ship it as ");
    assert_eq!(terminal.ends().0, 0);
    assert_eq!(settings(&bench), before);

    let mut terminal = begin(&bench, &["thing", "--ask-again", "--save"]);
    for line in ["2", "q"] {
        terminal.expect("> ");
        terminal.answers(line);
    }
    terminal.expect("Written to ");
    assert_eq!(terminal.ends().0, 0);
    assert!(!settings(&bench).contains("\"developers\"") && settings(&bench).contains("facts."));
}

#[test]
fn a_script_keeps_its_answers_beside_itself() {
    let bench = Workbench::new();
    bench.project("scripts", &[("a.py", "print('a')\n"), ("b.py", "print('b')\n")]);
    let mut terminal = begin(&bench, &["scripts/a.py", "--save"]);
    terminal.expect("> ");
    terminal.answers("1");
    terminal.expect("Question 2.");
    terminal.answers("q");
    terminal.expect("Written to ");
    assert_eq!(terminal.ends().0, 0);
    let kept = tree::read(&bench.path().join("scripts/packwright.toml"));
    assert!(kept.starts_with("version = 1\n\n[scripts.\"a.py\".facts]\n"), "{kept}");
}

#[test]
fn a_project_that_cannot_be_written_gets_its_advice_all_the_same() {
    let bench = bench();
    let folder = bench.path().join("thing");
    let place = folder.display().to_string();
    // Root may write anywhere, but not where the file system itself cannot be written.
    let Some(invocation) = bench.packwright_in_changed_view(&["--ro-bind", &place, &place]) else { return };
    let mut terminal = Terminal::start(&invocation.args(["advise", "thing"]), 80, 24);
    for line in ["1", "q"] {
        terminal.expect("> ");
        terminal.answers(line);
    }
    terminal.expect("[Y/n] ");
    terminal.answers("y");
    terminal.expect("cannot write");
    terminal.expect("Ship it as ");
    assert_eq!(terminal.ends().0, 1);
    assert_eq!(settings(&bench), DECLARED[0].1);
}

#[test]
fn without_a_terminal_nothing_is_asked_and_only_what_is_wanted_is_kept() {
    let bench = bench();
    let run = bench.run(["advise", "thing", "--set", "audience=developers"]).expect_code(0);
    assert!(run.stdout.contains("Ship it as ") && run.stderr.is_empty(), "{run}");
    assert_eq!(settings(&bench), DECLARED[0].1);
    let _ =
        bench.run(["advise", "thing", "--set", "audience=developers", "--save"]).expect_code(0).says(&["Written to"]);
    assert!(settings(&bench).contains("facts.audience = [\"developers\"]"));
    let json = bench.run(["advise", "thing", "--json"]).expect_code(0).json();
    assert_eq!(json["facts"]["audience"]["source"]["from"], "saved");
    let _ = bench.run(["advise", "--facts", "-", "--save"]).expect_code(2).says(&["no project"]);
}

#[test]
fn settings_of_a_newer_version_and_broken_ones_are_said_and_left_alone() {
    for (text, words) in [
        ("[tool.packwright]\nversion = 9\n", "newer Packwright"),
        ("[tool.packwright\n", "cannot be parsed"),
        ("[tool.packwright.facts]\naudiance = 'x'\n", "audience"),
    ] {
        let bench = bench();
        let file = bench.path().join("thing/pyproject.toml");
        append(&file, text);
        let before = tree::read(&file);
        let _ = bench.run(["advise", "thing", "--set", "os=linux", "--save"]).expect_code(3).says(&[words]);
        assert_eq!(tree::read(&file), before);
    }
}

fn append(file: &Path, text: &str) {
    fs::write(file, format!("{}\n{text}", tree::read(file))).expect("the file can be written");
}
