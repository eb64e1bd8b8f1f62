//! Builds that are watched in the terminal UI: what a hostile log may do to it, and what becomes of a build whose
//! terminal goes away.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use packwright_tests::{Terminal, Workbench, tree};

use crate::hostile_builds::processes;

/// A project with a build backend of its own, which does this.
fn project(bench: &Workbench, code: &str) -> PathBuf {
    let declared = "[build-system]\nrequires = []\nbuild-backend = \"backend\"\nbackend-path = [\".\"]\n\n\
                    [project]\nname = \"noisy\"\nversion = \"1\"\n\n\
                    [tool.packwright]\nversion = 1\nbuild = [\"wheel\"]\n";
    let body: String = code.lines().map(|line| format!("    {line}\n")).collect();
    let backend = format!(
        "import os, subprocess, sys, time\n\n\ndef build_wheel(folder, settings=None, metadata=None):\n{body}    \
         print(\"the end\", flush=True)\n    time.sleep(7531)\n"
    );
    bench.project("noisy", &[("pyproject.toml", declared), ("backend.py", &backend), ("noisy.py", "")])
}

/// The terminal UI while it builds this, with the log on the screen.
fn building(bench: &Workbench, code: &str) -> Terminal {
    let project = project(bench, code);
    let mut terminal = asked(bench, &project);
    agree_and_build(&mut terminal);
    terminal.shows("Steps of wheel");
    terminal
}

/// The terminal UI with the question whether this project may run its code.
fn asked(bench: &Workbench, project: &Path) -> Terminal {
    let run = bench.packwright([project]).without("NO_COLOR").env("COLORTERM", "truecolor").env("LANG", "C.UTF-8");
    let mut terminal = Terminal::start(&run, 110, 36);
    terminal.shows("None of its code was run");
    terminal.types("b");
    terminal.shows("Trust this project");
    // Consent is not taken from a key that comes before it could be read.
    std::thread::sleep(Duration::from_millis(700));
    terminal
}

fn agree_and_build(terminal: &mut Terminal) {
    terminal.types("t");
    terminal.shows("nothing else");
    terminal.types("b");
}

/// Leaves while something is built.
fn leave(mut terminal: Terminal) -> String {
    terminal.types("q");
    terminal.shows("Something is being built");
    terminal.types("q");
    let (code, text) = terminal.ends();
    assert_eq!(code, 0);
    text
}

#[test]
fn what_is_put_in_the_place_of_what_the_screen_asked_about_is_asked_about_anew() {
    let bench = Workbench::new();
    let mark = bench.path().join("mark");
    let project = project(&bench, "pass");
    let mut terminal = asked(&bench, &project);
    let backend = project.join("backend.py");
    let swapped = format!("print('SWAPPED IN')\nopen({:?}, 'w').close()\n", mark.display().to_string());
    std::fs::write(&backend, swapped).unwrap();
    terminal.types("t");
    // What would be agreed to must have been read again, and shown, before the key counts.
    std::thread::sleep(Duration::from_secs(2));
    terminal.shows("Trust this project");
    let screen = terminal.screen();
    assert!(!mark.exists() && !screen.contains("SWAPPED IN"), "{screen}");
    terminal.types("q");
    let (code, _) = terminal.ends();
    assert_eq!(code, 0);
}

#[test]
fn colours_of_a_log_reach_the_terminal_and_nothing_else_of_it_does() {
    let bench = Workbench::new();
    // The tool between takes some sequences out; a hostile backend writes past it.
    let code = r#"past = open(f"/proc/{os.getppid()}/fd/2", "w")
print("\x1b]0;owned\x07 title", file=past)
print("\x1b[?1049l normal screen", file=past)
print("\x1b[2J\x1b[1;1H cursor", file=past)
print("\x1b]52;c;b3duZWQ=\x07 clipboard", file=past)
print("\x1bPq#0\x1b\\ sixel \x9b2J\x9d0;owned\x9c", file=past)
print("\x1b[?1000l\x1b[?2004l\x1bc mouse \x1b[6n\x1b[>c", file=past)
print("\x1b[31mred\x1b[0m and \x1b[38;2;1;2;3mtrue\x1b[0m", file=past, flush=True)"#;
    let terminal = building(&bench, code);
    terminal.shows("the end");
    for word in ["title", "normal screen", "cursor", "clipboard", "sixel", "mouse", "red and true"] {
        terminal.shows(word);
    }
    let text = terminal.text();
    for escape in
        ["\u{1b}]", "\u{7}", "\u{1b}[?1049l", "\u{1b}P", "\u{9b}", "\u{9d}", "\u{1b}c", "\u{1b}[?1000l", "\u{1b}[6n"]
    {
        assert!(!text.contains(escape), "{escape:?} came through");
    }
    assert!(!text.contains("owned"), "what a sequence holds is not shown either");
    assert!(text.contains("38;5;1;") && text.contains("38;2;1;2;3;"), "colours are kept");
    leave(terminal);
}

#[test]
fn a_hundred_megabytes_on_one_line_fill_neither_memory_nor_patience() {
    let bench = Workbench::new();
    let code = "for megabyte in range(100):\n    sys.stdout.write('x' * 1_000_000)\nprint()";
    let mut terminal = building(&bench, code);
    terminal.shows("xxxxx");
    terminal.types("?");
    terminal.shows("Keys");
    terminal.types("q");
    terminal.shows("the end");
    if let Ok(status) = std::fs::read_to_string(format!("/proc/{}/status", terminal.drawing())) {
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).map(|rest| rest.trim_end_matches("kB"));
        let peak: u64 = peak.and_then(|kib| kib.trim().parse().ok()).expect("Linux says how much it was");
        assert!(peak < 100 << 10, "{peak} KiB");
    }
    // The line is long in every way of looking at it.
    terminal.types("w");
    terminal.types("\u{1b}[A\u{1b}[A");
    terminal.shows("xxxxx");
    leave(terminal);
}

#[test]
fn a_terminal_that_is_closed_ends_the_build_with_everything_it_started() {
    let bench = Workbench::new();
    let code = "subprocess.Popen(['sleep', '7532'])\nfor line in range(20):\n    print('working', line, flush=True)";
    let mut terminal = building(&bench, code);
    terminal.shows("the end");
    let process = terminal.process();
    assert!(processes().contains("sleep 7532"));
    let begin = Instant::now();
    terminal.hang_up();
    let (code, _) = terminal.ends();
    assert!(code != 0 && begin.elapsed() < Duration::from_secs(10), "{code} after {:?}", begin.elapsed());
    let left = || processes().contains("sleep 7532") || std::path::Path::new(&format!("/proc/{process}")).exists();
    while left() && begin.elapsed() < Duration::from_secs(15) {
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(!left(), "something was left behind:\n{}", processes());
    assert!(tree::children(&bench.path().join("noisy/dist")).is_empty(), "nothing is half written");
}

#[test]
fn a_build_is_cancelled_in_the_linear_mode_too() {
    let bench = Workbench::new();
    let project = project(&bench, "subprocess.Popen(['sleep', '7533'])");
    let mut terminal = Terminal::start(&bench.packwright(["--plain".into(), project]), 110, 36);
    terminal.expect("None of its code was run");
    terminal.expect("> ");
    terminal.answers("b");
    terminal.expect("Trust this project");
    terminal.expect("> ");
    terminal.answers("t");
    terminal.expect("nothing else");
    terminal.expect("> ");
    terminal.answers("b");
    terminal.expect("x cancels it");
    let begin = Instant::now();
    while !processes().contains("sleep 7533") && begin.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(50));
    }
    terminal.answers("x");
    terminal.expect("0 of 1 came out");
    assert!(!processes().contains("sleep 7533"), "something was left behind");
    terminal.expect("> ");
    terminal.answers("quit");
    assert_eq!(terminal.ends().0, 0);
}
