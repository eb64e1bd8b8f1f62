//! What terminals and shells do to the terminal UI: they take it away, bring it back, and show fewer signs.

use packwright_tests::{Terminal, Workbench};

use crate::DECLARED;

#[test]
fn ctrl_z_gives_the_terminal_to_the_shell_and_fg_brings_the_screen_back() {
    let bench = Workbench::new();
    bench.project("thing", DECLARED);
    let script = "set -m; \"$0\" thing; echo the shell is back; stty -a | tr ' ' '\\n' | grep -x icanon\\;*; \
                  read -r line; fg; echo the end";
    let mut terminal = Terminal::start(&bench.script(script), 100, 30);
    terminal.shows("Start the interview");
    // The last cells of the frame: before them the screen is half the next one.
    terminal.shows("r read again");
    let before = terminal.screen();
    terminal.types("\u{1a}");
    terminal.shows("the shell is back");
    terminal.shows("icanon");
    let screen = terminal.screen();
    assert!(!screen.contains("Start the interview"), "the screen before is there again\n{screen}");
    terminal.answers("");
    terminal.shows("Start the interview");
    let rows = |screen: &str| screen.lines().map(str::trim_end).map(str::to_owned).collect::<Vec<_>>();
    for _ in 0..100 {
        if rows(&terminal.screen()) == rows(&before) {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert_eq!(rows(&terminal.screen()), rows(&before), "the whole frame is drawn again");
    terminal.types("A");
    terminal.shows("Ship thing as");
    terminal.types("q");
    terminal.shows("the end");
    assert_eq!(terminal.ends().0, 0);
}

#[test]
fn a_terminal_without_other_signs_gets_ascii_only() {
    for (name, value) in [("TERM", "linux"), ("LC_ALL", "C")] {
        let bench = Workbench::new();
        let project = bench.project("größe", DECLARED);
        let run = bench.packwright([project]).without("NO_COLOR").env("LANG", "C.UTF-8").env(name, value);
        let mut terminal = Terminal::start(&run, 120, 36);
        terminal.shows("Start the interview");
        terminal.shows("gr??e");
        for (key, expected) in
            [("A", "What it costs"), ("?", "Keys"), ("q", "Ship "), ("D", "Doctor"), ("H", "History")]
        {
            terminal.types(key);
            terminal.shows(expected);
        }
        terminal.types("q");
        let (code, text) = terminal.ends();
        assert_eq!(code, 0);
        let strange: String = text.chars().filter(|c| !c.is_ascii()).collect();
        assert!(strange.is_empty(), "{name}={value} shows {strange:?}");
    }
}
