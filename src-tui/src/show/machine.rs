//! What is on this machine: tools, earlier builds, the cache.

use packwright_core::engine::doctor::{Checkup, Provision, State};
use packwright_core::engine::history::Build;
use packwright_core::engine::usage::Part;
use packwright_core::problem::count;
use packwright_core::words::{self, Sentence, date, duration, sentence, size};

use super::{Cell, Paint, Sign, Style, Table};

/// Every technology: can be built here, a tool is missing, or not on this system; then what else there is here.
pub fn doctor(style: Style, found: &[Checkup], machine: &Provision) -> String {
    let Provision { sandbox, is_confined, hints, free } = machine;
    let mut table = Table::default();
    for checkup in found {
        let (sign, state) = match &checkup.state {
            State::Build => (Sign::Good, "can be built here".to_owned()),
            State::Missing { .. } => (Sign::Bad, "a tool is missing".to_owned()),
            State::Unsupported { because } => (Sign::Off, format!("not on this system: {because}")),
        };
        table.row([Cell::new(sign.paint(), sign.text()), Cell::new(Paint::Strong, &checkup.technology), state.into()]);
        for tool in &checkup.tools {
            let version = format!("{}: {}", tool.name, words::tool(tool));
            table.row(["".into(), "".into(), Cell::new(Paint::Faint, version)]);
            for damaged in &tool.damaged {
                let sign = Cell::new(Sign::Warning.paint(), Sign::Warning.text());
                table.row([sign, "".into(), sentence(Sentence::ToolDamaged, &[damaged]).into()]);
            }
        }
        if let State::Missing { hints } = &checkup.state {
            for hint in hints {
                table.row(["".into(), "".into(), words::hint(hint).into()]);
            }
        }
    }
    let confined = if *is_confined { Sign::Good } else { Sign::Warning };
    let hints: String = hints.iter().map(|hint| format!("  {}\n", words::hint(hint))).collect();
    let lines = [
        format!("{} Sandbox: {sandbox}\n{hints}", style.sign(confined)),
        room(style, "Disk", free.disk, free.is_disk_scarce(), &format!(" for the cache, {}", free.folder.display())),
        room(style, "Memory", free.memory, free.is_memory_scarce(), ""),
    ];
    format!("{}\n{}", table.render(style, 0), lines.concat())
}

/// How much of something is free.
fn room(style: Style, what: &str, free: Option<u64>, is_scarce: bool, of: &str) -> String {
    let sign = match free {
        Some(_) if is_scarce => Sign::Warning,
        Some(_) => Sign::Good,
        None => Sign::Off,
    };
    format!("{} {what}: {}{of}\n", style.sign(sign), words::free(free, is_scarce))
}

/// Earlier builds, the newest first. `among` says what of them was asked for, where not all were.
pub fn history(style: Style, builds: &[Build], among: Option<&str>) -> String {
    if let Some(among) = among.filter(|_| builds.is_empty()) {
        return format!("{}\nSee all: {}\n", style.paint(Paint::Plain, among), style.strong("packwright history"));
    }
    if builds.is_empty() {
        return format!("Nothing was built yet\nNext: {}\n", style.strong("packwright build --recommended"));
    }
    let mut table = Table::default();
    for build in builds {
        let artifact = &build.receipt.artifact;
        let name = [build.receipt.project.as_str(), build.receipt.version.as_deref().unwrap_or_default()].join(" ");
        let start = artifact.start_ms.map(duration).unwrap_or_default();
        let signed = if artifact.signed_by.is_some() { ", signed" } else { "" };
        let proven = format!("{}{signed}", words::outcome(artifact.verified.outcome));
        table.row([
            date(build.made_at).into(),
            name.into(),
            Cell::new(Paint::Strong, &artifact.technology),
            size(artifact.bytes).into(),
            start.into(),
            proven.into(),
            Cell::new(Paint::Faint, &build.path),
        ]);
    }
    table.render(style, 0)
}

/// The parts of the cache, and what was freed.
pub fn cache(style: Style, parts: &[Part], freed: Option<u64>) -> String {
    let mut table = Table::default();
    for part in parts {
        let files = count(usize::try_from(part.files).unwrap_or(usize::MAX), "file");
        let path = Cell::new(Paint::Faint, part.path.display().to_string());
        table.row([part.holds.as_str().into(), size(part.bytes).into(), files.into(), path]);
    }
    let total: u64 = parts.iter().map(|part| part.bytes).sum();
    let freed = freed.map(|bytes| format!(", {} freed", size(bytes))).unwrap_or_default();
    format!("{}\n{} in all{freed}\n", table.render(style, 0), size(total))
}

#[cfg(test)]
mod tests {
    use super::*;
    use packwright_core::engine::Capacity;
    use packwright_core::engine::doctor::ToolState;
    use packwright_core::problem::Hint;

    const STYLE: Style = Style { colour: false, width: 80 };

    fn machine(bytes: u64) -> Provision {
        let free = Capacity { folder: "/cache".into(), disk: Some(bytes), memory: None };
        Provision { sandbox: "bubblewrap".into(), is_confined: true, hints: Vec::new(), free }
    }

    #[test]
    fn what_is_free_is_told_and_little_is_a_warning() {
        let text = |bytes| doctor(STYLE, &[], &machine(bytes));
        assert!(text(3_000_000_000).contains("Disk: 3.0 GB free for the cache, /cache\n"), "{}", text(3_000_000_000));
        assert!(text(3_000).contains("Disk: only 3.0 kB free"), "{}", text(3_000));
        assert!(text(3_000).contains("Memory: this system does not tell how much is free\n"));
    }

    #[test]
    fn a_search_that_finds_nothing_says_so_and_not_that_there_is_nothing() {
        let text = history(STYLE, &[], Some("No artifact contains what meets `click<2`"));
        assert_eq!(text, "No artifact contains what meets `click<2`\nSee all: packwright history\n");
        assert!(history(STYLE, &[], None).starts_with("Nothing was built yet"));
    }

    #[test]
    fn a_missing_tool_is_named_with_the_command_that_installs_it() {
        let command = ["apt", "install", "shiv"].map(str::to_owned).to_vec();
        let hints = vec![Hint { command, ..Hint::of("Install `shiv`") }];
        let tools = vec![ToolState { name: "shiv".into(), version: None, managed: false, damaged: Vec::new() }];
        let found = [Checkup { technology: "shiv".into(), state: State::Missing { hints }, tools }];
        let text = doctor(STYLE, &found, &machine(3_000_000_000));
        let expected = "✗  shiv  a tool is missing\n         shiv: not found\n         Install `shiv`: apt install shiv\n\n\
                        ✓ Sandbox: bubblewrap\n";
        assert!(text.starts_with(expected), "{text}");
    }

    #[test]
    fn a_damaged_tool_is_named_with_what_is_wrong_and_what_will_be_done() {
        let damaged = vec!["pex 2 is damaged (`lib/a.py` differs)".to_owned()];
        let tools = vec![ToolState { name: "pex".into(), version: None, managed: true, damaged }];
        let found = [Checkup { technology: "pex".into(), state: State::Build, tools }];
        let text = doctor(STYLE, &found, &machine(3_000_000_000));
        assert!(text.contains("pex 2 is damaged (`lib/a.py` differs): it will be installed again"), "{text}");
    }

    #[test]
    fn a_missing_sandbox_is_named_with_the_command_that_installs_it() {
        let command = ["apt-get", "install", "-y", "bubblewrap"].map(str::to_owned).to_vec();
        let hints = vec![Hint { command, ..Hint::of("Install `bwrap`") }];
        let unconfined = Provision { sandbox: "not sandboxed".into(), is_confined: false, hints, ..machine(0) };
        let text = doctor(STYLE, &[], &unconfined);
        let expected = "\n! Sandbox: not sandboxed\n  Install `bwrap`: apt-get install -y bubblewrap\n";
        assert!(text.starts_with(expected), "{text}");
    }

    #[test]
    fn the_cache_says_what_was_freed() {
        let parts = [Part { holds: "logs".into(), path: "/c/logs".into(), files: 1, bytes: 2000 }];
        assert_eq!(cache(STYLE, &parts, Some(500)), "logs  2.0 kB  1 file  /c/logs\n\n2.0 kB in all, 500 B freed\n");
    }
}
