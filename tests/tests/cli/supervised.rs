//! The terminal UI dies without a word, and the terminal is as it was.

use std::time::{Duration, Instant};

use packwright_tests::{Terminal, Workbench};
use rustix::process::Signal;

use crate::DECLARED;

/// The terminal UI on its first screen.
fn started(bench: &Workbench) -> Terminal {
    bench.project("thing", DECLARED);
    let terminal = Terminal::start(&bench.packwright(["thing"]).without("NO_COLOR"), 100, 30);
    terminal.shows("Start the interview");
    terminal
}

fn until(what: &str, holds: impl Fn() -> bool) {
    let patience = Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(Instant::now() < patience, "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn whatever_kills_the_screens_the_terminal_is_given_back_with_a_sentence() {
    for (signal, name) in [(Signal::ABORT, "SIGABRT"), (Signal::SEGV, "SIGSEGV"), (Signal::KILL, "SIGKILL")] {
        let bench = Workbench::new();
        // A shell keeps the terminal open, so that its modes can be asked for afterwards.
        bench.project("thing", DECLARED);
        let script = "stty -a > before; \"$0\" thing; code=$?; stty -a > after; echo code $code; read -r line";
        let mut terminal = Terminal::start(&bench.script(script), 100, 30);
        terminal.shows("Start the interview");
        assert!(!terminal.is_ours(), "the screen is taken over");
        let waiting = children(terminal.process()).first().copied().expect("the shell started it");
        let drawing = children(waiting).first().copied().expect("a process draws");
        Terminal::signal_to(drawing, signal);
        if signal == Signal::SEGV {
            // The first is taken for a fault that comes again by itself.
            std::thread::sleep(Duration::from_millis(500));
            Terminal::signal_to(drawing, signal);
        }
        terminal.expect(&format!("the terminal UI was ended by signal {} ({name})", signal.as_raw()));
        terminal.expect("packwright inspect");
        terminal.expect(&format!("code {}", 128 + signal.as_raw()));
        assert!(terminal.is_ours(), "{}", terminal.screen());
        let modes = |file: &str| std::fs::read_to_string(bench.path().join(file)).unwrap();
        assert_eq!(modes("before"), modes("after"), "{name}");
        terminal.answers("");
        terminal.ends();
    }
}

/// Processes that a process started.
fn children(process: u32) -> Vec<u32> {
    let parent = format!("PPid:\t{process}\n");
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let ids = processes.filter_map(|process| process.file_name().to_str()?.parse::<u32>().ok());
    let is_child =
        |id: &u32| std::fs::read_to_string(format!("/proc/{id}/status")).is_ok_and(|status| status.contains(&parent));
    ids.filter(is_child).collect()
}

#[test]
fn the_screens_give_the_terminal_back_themselves_where_who_waits_is_killed() {
    let bench = Workbench::new();
    let before = {
        let idle = Terminal::start(&bench.script("read -r line"), 100, 30);
        idle.modes()
    };
    let terminal = started(&bench);
    let drawing = terminal.drawing();
    assert_ne!(terminal.modes(), before);
    terminal.signal(Signal::KILL);
    until("it goes on without who waited for it", || !std::path::Path::new(&format!("/proc/{drawing}")).exists());
    until("the screen is not given back", || terminal.is_ours());
    assert!(terminal.text().contains("\u{1b}[?1049l"));
}

#[test]
fn a_signal_to_who_waits_reaches_the_screens_which_end_in_order() {
    for signal in [Signal::TERM, Signal::HUP, Signal::INT] {
        let bench = Workbench::new();
        let terminal = started(&bench);
        let drawing = terminal.drawing();
        terminal.signal(signal);
        let (code, text) = terminal.ends();
        assert_eq!(code, 130, "{signal:?}");
        assert!(text.contains("\u{1b}[?1049l") && !text.contains("was ended by"), "{text}");
        assert!(!std::path::Path::new(&format!("/proc/{drawing}")).exists());
    }
}

#[test]
fn another_size_reaches_the_screens() {
    let bench = Workbench::new();
    let mut terminal = started(&bench);
    terminal.resize(60, 12);
    terminal.resize(140, 40);
    terminal.types("?");
    terminal.shows("Keys");
    terminal.types("qq");
    assert_eq!(terminal.ends().0, 0);
}

#[test]
fn a_project_that_once_overflowed_the_stack_is_told_to_be_broken() {
    let bench = Workbench::new();
    let marker = format!("{}python_version > '3'{}", "(".repeat(5_000), ")".repeat(5_000));
    let text = format!("[project]\nname = 'a'\nversion = '1'\ndependencies = [\"six; {marker}\"]\n");
    bench.project("nested", &[("pyproject.toml", &text)]);
    let mut terminal = Terminal::start(&bench.packwright(["nested"]), 100, 30);
    terminal.shows("has more than 128 parentheses");
    terminal.types("q");
    assert_eq!(terminal.ends().0, 0);
    assert_eq!(bench.packwright(["inspect", "nested"]).run().code, 3);
}
