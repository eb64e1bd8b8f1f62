//! The terminal UI in a real pseudo-terminal: from a folder to a tried artifact by keys, by mouse, and line by line.

use std::path::Path;

use packwright_tests::{Invocation, Terminal, Workbench, tree};

use crate::DECLARED;

/// The binary without a command, with the theme settled.
fn packwright(bench: &Workbench, words: &[&str]) -> Invocation {
    bench.packwright(words).env("COLORTERM", "truecolor").env("RUST_BACKTRACE", "0")
}

/// A program of one file: nothing has to be fetched to build it.
fn program(bench: &Workbench) -> std::path::PathBuf {
    bench.copy_of("one-file")
}

fn made(folder: &Path) -> Vec<String> {
    let names = std::fs::read_dir(folder.join("dist")).into_iter().flatten().flatten();
    let mut names: Vec<String> = names.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Waits until the screen is as wanted; whoever looks next says what is missing.
fn until(terminal: &Terminal, wanted: impl Fn(&str) -> bool) {
    for _ in 0..500 {
        if wanted(&terminal.screen()) {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

#[test]
fn keys_lead_from_a_project_through_the_interview_to_a_tried_zipapp() {
    let bench = Workbench::new();
    let project = program(&bench);
    let mut terminal = Terminal::start(&packwright(&bench, &[&project.to_string_lossy()]), 100, 40);
    terminal.shows("None of its code was run");
    terminal.types("\r");
    terminal.shows("Question 1");
    for _ in 0..12 {
        if !terminal.screen().contains("Question ") {
            break;
        }
        terminal.types("0");
        std::thread::sleep(std::time::Duration::from_millis(150));
    }
    terminal.types("A");
    terminal.shows("Ship ");
    // The list of actions reaches everything: here the page of a technology, from which it is planned.
    terminal.types(":");
    terminal.shows("Actions");
    terminal.types("\x1b");
    // Escape and a letter at once would be one key with Alt.
    until(&terminal, |screen| !screen.contains("Actions"));
    // A frame that is half drawn shows no cursor.
    let row = |screen: &str| screen.lines().find(|line| line.contains('▌')).map(str::to_owned);
    for _ in 0..9 {
        let before = row(&terminal.screen());
        if before.as_ref().is_some_and(|row| row.contains("zipapp")) {
            break;
        }
        terminal.types("j");
        until(&terminal, |screen| row(screen).is_some() && row(screen) != before);
    }
    terminal.types("b");
    terminal.shows("Plan: one zipapp");
    terminal.shows("nothing else");
    terminal.types("b");
    terminal.shows("enter shows the result");
    terminal.types("\r");
    terminal.shows("is ready");
    assert!(made(&project).iter().any(|name| name.ends_with(".pyz")), "{:?}", made(&project));
    terminal.types("q");
    let (code, text) = terminal.ends();
    assert_eq!(code, 0);
    assert!(text.contains("\u{1b}[?1049l"), "the screen before is given back");
}

#[test]
fn a_mouse_leads_there_too() {
    let bench = Workbench::new();
    let project = program(&bench);
    let mut terminal = Terminal::start(&packwright(&bench, &[&project.to_string_lossy()]), 110, 40);
    terminal.shows("Start the interview");
    click(&mut terminal, "Advice");
    terminal.shows("Ship ");
    click_on_row(&mut terminal, "shows the plan first");
    terminal.shows("nothing else");
    click_on_row(&mut terminal, "▌ Build");
    terminal.shows("enter shows the result");
    click(&mut terminal, "Result");
    terminal.shows("is ready");
    assert!(!made(&project).is_empty());
    terminal.types("q");
    assert_eq!(terminal.ends().0, 0);
}

/// Clicks on the first place in the head where this stands.
fn click(terminal: &mut Terminal, text: &str) {
    let screen = terminal.screen();
    let head = screen.lines().next().unwrap_or_default();
    let column = head.find(text).map(|at| head[..at].chars().count() + 2);
    press(terminal, column.expect("it stands in the head"), 1);
}

/// Clicks on the first row that holds this.
fn click_on_row(terminal: &mut Terminal, text: &str) {
    terminal.shows(text);
    let row = terminal.screen().lines().position(|line| line.contains(text)).expect("it is on the screen");
    press(terminal, 6, row + 1);
}

/// A click as terminals report it: SGR mouse mode, counted from 1.
fn press(terminal: &mut Terminal, column: usize, row: usize) {
    terminal.types(&format!("\u{1b}[<0;{column};{row}M\u{1b}[<0;{column};{row}m"));
}

#[test]
fn the_linear_mode_reads_the_same_screens_out() {
    let bench = Workbench::new();
    bench.project("thing", DECLARED);
    let run = packwright(&bench, &["--plain", "thing"]).stdin("interview\n0\nadvice\nnonsense\nquit\n").run();
    assert_eq!(run.code, 0, "{run}");
    for expected in ["[1] Start the interview", "Question 1", "Ship thing as", "there is no `nonsense` here"] {
        assert!(run.stdout.contains(expected), "{expected}\n{run}");
    }
    assert!(!run.stdout.contains('\u{1b}'), "{run}");
}

/// A package that is a program to those who wrote it, and declares no script.
const NO_SCRIPT: &[(&str, &str)] = &[
    (
        "pyproject.toml",
        "[build-system]\nrequires = [\"setuptools\"]\nbuild-backend = \"setuptools.build_meta\"\n\
         [project]\nname = \"nos\"\nversion = \"1.0\"\ndependencies = [\"click\"]\n\
         [tool.packwright]\nfacts = { kind = [\"cli\"], audience = [\"developers\"] }\n",
    ),
    ("nos/__init__.py", "import click\n\n@click.command()\ndef main():\n    click.echo('hi')\n"),
];

#[test]
fn what_needs_something_first_is_never_the_button_in_the_terminal_interface() {
    let bench = Workbench::new();
    let project = bench.project("nos", NO_SCRIPT);
    for way in ["b", "advice\n\n", "advice\n1\n"] {
        let run = packwright(&bench, &["--plain", "nos"]).stdin(format!("{way}\nquit\n")).run();
        assert_eq!(run.code, 0, "{run}");
        assert!(run.stdout.contains("Plan: one wheel"), "{way}: {run}");
    }
    let run = packwright(&bench, &["--plain", "nos"]).stdin("advice\nquit\n").run();
    let told = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("entry-point-tool It needs something first: `nos` declares no s"), "{run}");
    let mut terminal = Terminal::start(&packwright(&bench, &[&project.to_string_lossy()]), 120, 40);
    terminal.shows("None of its code was run");
    terminal.types("A");
    terminal.shows("Build wheel");
    terminal.types("\r");
    terminal.shows("Plan: one wheel");
    terminal.types("q");
    assert_eq!(terminal.ends().0, 0);
}

#[test]
fn a_folder_with_a_single_script_is_opened_without_naming_it() {
    let bench = Workbench::new();
    let project = program(&bench);
    let run = packwright(&bench, &["--plain"]).within(&project).stdin("quit\n").run();
    assert!(run.code == 0 && run.stdout.contains("None of its code was run"), "{run}");
    tree::write(&project, &[("pyproject.toml", "name = [")]);
    let run = packwright(&bench, &["--plain"]).within(&project).stdin("quit\n").run();
    assert!(run.stdout.contains("one-file could not be read") && run.stdout.contains("[1] Read it again"), "{run}");
}

#[test]
fn without_a_terminal_the_help_is_printed() {
    let bench = Workbench::new();
    let run = packwright(&bench, &[]).run();
    assert!(run.code == 0 && run.stdout.contains("Usage: packwright"), "{run}");
    let mut dumb = Terminal::start(&packwright(&bench, &[]).env("TERM", "dumb"), 80, 24);
    dumb.expect("Usage: packwright");
    assert_eq!(dumb.ends().0, 0);
}

#[test]
fn a_word_that_is_no_path_is_answered_with_the_nearest_command() {
    let bench = Workbench::new();
    let run = packwright(&bench, &["biuld"]).run();
    assert_eq!(run.code, 2, "{run}");
    assert!(run.stderr.contains("The nearest command is `build`"), "{run}");
}

#[test]
fn a_project_that_goes_away_while_it_is_open_is_said_and_harms_nothing() {
    let bench = Workbench::new();
    let project = program(&bench);
    let mut terminal = Terminal::start(&packwright(&bench, &[&project.to_string_lossy()]), 100, 30);
    terminal.shows("None of its code was run");
    std::fs::remove_dir_all(&project).expect("the project can be removed");
    terminal.types("r");
    terminal.shows("there is nothing at");
    terminal.types("b");
    terminal.shows("Plan");
    terminal.shows("✗");
    terminal.types("q");
    assert_eq!(terminal.ends().0, 0);
}

#[test]
fn sizes_from_a_stamp_to_a_wall_give_a_frame() {
    let bench = Workbench::new();
    bench.project("thing", DECLARED);
    let mut terminal = Terminal::start(&packwright(&bench, &["thing"]), 80, 24);
    terminal.shows("Start the interview");
    terminal.resize(10, 3);
    terminal.shows("small");
    terminal.resize(300, 100);
    terminal.shows("Start the interview");
    terminal.types("A");
    terminal.shows("What it costs");
    terminal.types("q");
    assert_eq!(terminal.ends().0, 0);
}

#[cfg(unix)]
#[test]
fn a_terminate_signal_gives_the_terminal_back() {
    let bench = Workbench::new();
    bench.project("thing", DECLARED);
    let terminal = Terminal::start(&packwright(&bench, &["thing"]), 80, 24);
    terminal.shows("Start the interview");
    terminal.terminate();
    let (code, text) = terminal.ends();
    assert_eq!(code, 130);
    assert!(text.contains("\u{1b}[?1049l") && text.contains("\u{1b}[?1000l"), "screen and mouse are given back");
}

#[cfg(target_os = "linux")]
#[test]
fn a_stop_signal_gives_the_terminal_back_until_it_goes_on() {
    use rustix::process::Signal;

    let bench = Workbench::new();
    bench.project("thing", DECLARED);
    let mut terminal = Terminal::start(&packwright(&bench, &["thing"]), 80, 24);
    terminal.shows("Start the interview");
    terminal.expect("\u{1b}[?1049h");
    let state = format!("/proc/{}/stat", terminal.process());
    for _ in 0..2 {
        terminal.signal(Signal::TSTP);
        terminal.expect("\u{1b}[?1049l");
        until(&terminal, |_| std::fs::read_to_string(&state).is_ok_and(|state| state.contains(") T ")));
        terminal.signal(Signal::CONT);
        terminal.expect("\u{1b}[?1049h");
        terminal.shows("Start the interview");
    }
    terminal.types("q");
    assert_eq!(terminal.ends().0, 0);
}

#[test]
fn without_colours_meaning_stays() {
    let bench = Workbench::new();
    bench.project("thing", DECLARED);
    let mut terminal = Terminal::start(&bench.packwright(["thing"]).env("NO_COLOR", "1"), 80, 24);
    terminal.shows("Start the interview");
    terminal.types("A");
    terminal.shows("Ship thing as");
    terminal.types("q");
    let (_, text) = terminal.ends();
    assert!(!text.contains("\u{1b}[38;") && !text.contains(";38;"), "no colour was set");
}

#[test]
fn the_answers_are_kept_with_the_project_when_asked_to() {
    let bench = Workbench::new();
    bench.project("thing", DECLARED);
    let mut terminal = Terminal::start(&packwright(&bench, &["thing"]), 100, 30);
    terminal.shows("Start the interview");
    terminal.types("\r");
    terminal.shows("Question 1");
    terminal.types("1");
    terminal.shows("Question 2");
    terminal.types("S");
    terminal.shows("saved in");
    terminal.types("q");
    terminal.ends();
    assert!(tree::read(&bench.path().join("thing/pyproject.toml")).contains("[tool.packwright]"));
}

#[test]
fn the_example_is_there_without_a_project() {
    let bench = Workbench::new();
    let folder = bench.path().join("empty");
    std::fs::create_dir(&folder).expect("the bench is writable");
    let mut terminal = Terminal::start(&packwright(&bench, &[]).within(&folder), 100, 30);
    terminal.shows("try the example");
    terminal.types("e");
    terminal.shows("weather-cli");
    terminal.shows("None of its code was run");
    assert!(tree::children(&folder).is_empty(), "nothing is written where the user is");
    terminal.types("q");
    assert_eq!(terminal.ends().0, 0);
}
