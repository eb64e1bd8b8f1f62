//! `components`, and the systemd units that make a program a service.

use super::found::Found;
use crate::facts::{EntryKind, Source};
use crate::inspect::code::whole::Code;
use crate::inspect::tree::TreeFile;

/// Files that describe several processes.
const COMPOSE: &[&str] = &["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];

/// Folders of what a project offers beside itself.
const ASIDE: &[&str] = &["contrib", "doc", "docs", "example", "examples", "extras", "misc", "test", "tests"];

pub(super) fn judge(code: &Code, found: &mut Found) {
    let read = |path: &str| code.tree.read(path).ok().flatten();
    if let Some((path, text)) = COMPOSE.iter().find_map(|path| Some((*path, read(path)?))) {
        let services = compose_services(&text);
        let tag = if services > 1 { "several" } else { "one" };
        if services > 0 {
            found.set("components", &[tag], Source::File { path: path.to_owned(), line: None });
        }
    } else if let Some(text) = read("Procfile") {
        // Heroku's `release` is a task of a deployment, not a process.
        let is_process =
            |line: &&str| line.contains(':') && !line.starts_with(['#', ' ']) && !line.starts_with("release:");
        let tag = if text.lines().filter(is_process).count() > 1 { "several" } else { "one" };
        found.set("components", &[tag], Source::File { path: "Procfile".into(), line: None });
    } else if let [_, second, ..] = units(code).as_slice() {
        found.set("components", &["several"], Source::File { path: second.0.to_owned(), line: None });
    }
}

/// The line of a `Procfile` whose process gets the requests of the web.
pub(super) fn web_process(code: &Code) -> Option<Source> {
    let text = code.tree.read("Procfile").ok().flatten()?;
    let line = text.lines().position(|line| line.starts_with("web:"))?;
    Some(Source::line("Procfile", line + 1))
}

/// The systemd unit that starts a program of this project.
pub(super) fn own_unit(code: &Code) -> Option<Source> {
    units(code).first().map(|(path, line)| Source::line(*path, *line))
}

/// Units of services that start programs of this project, with the line that does. A timer's unit works and ends.
fn units<'a>(code: &Code<'a>) -> Vec<(&'a str, usize)> {
    let services = code.tree.files.iter().filter(|file| file.path.ends_with(".service")).filter(|file| {
        let folders = file.path.split('/').rev().skip(1);
        // Elsewhere it is a hint for those who pack it.
        let is_aside = folders.into_iter().any(|folder| ASIDE.contains(&folder));
        !is_aside && !code.tree.has(&file.path.replace(".service", ".timer"))
    });
    let starts = |file: &'a TreeFile| {
        let text = code.tree.read(&file.path).ok().flatten()?;
        let is_service = !text.lines().any(|line| line.trim() == "Type=oneshot");
        let line = text.lines().position(|line| line.starts_with("ExecStart=") && names_own(code, line))?;
        is_service.then_some((file.path.as_str(), line + 1))
    };
    services.filter_map(starts).collect()
}

/// Whether a command line names one of the programs of this project, by its name, file or module.
fn names_own(code: &Code, line: &str) -> bool {
    let command = line.split_once('=').map_or(line, |(_, command)| command);
    command.split_whitespace().any(|word| {
        let name = word.trim_matches(['"', '\'', '-']).rsplit('/').next().unwrap_or(word);
        code.entry_points.iter().any(|entry| match entry.kind {
            EntryKind::Script => entry.target.rsplit('/').next() == Some(name),
            _ => entry.name == name || entry.target == name,
        })
    })
}

/// How many services a compose file has: the keys one level below `services:`.
fn compose_services(text: &str) -> usize {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let is_blank = |line: &&str| line.trim().is_empty() || line.trim_start().starts_with('#');
    let mut lines =
        text.lines().filter(|line| !is_blank(line)).skip_while(|line| line.trim_end() != "services:").skip(1);
    let Some(first) = lines.next() else { return 0 };
    let depth = indent(first);
    if depth == 0 {
        return 0;
    }
    1 + lines.take_while(|line| indent(line) > 0).filter(|line| indent(line) == depth).count()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{source, tags};
    use super::compose_services;
    use crate::inspect::code::sample;

    #[test]
    fn processes_are_counted() {
        let compose = "version: '3'\n# all\nservices:\n  web:\n    image: a\n\n  db:\n    image: b\nvolumes:\n  x:\n";
        assert_eq!(compose_services(compose), 2);
        assert_eq!(compose_services("services:\n"), 0);
        let components = |files: &[(&str, &str)]| tags(&sample::folder(files).facts, "components");
        assert_eq!(components(&[("compose.yaml", compose)]), ["several"]);
        assert_eq!(components(&[("Procfile", "web: a\nworker: b\n")]), ["several"]);
        assert_eq!(components(&[("Procfile", "release: x\nweb: a\n")]), ["one"]);
    }

    #[test]
    fn a_process_for_the_web_makes_it_a_web_application() {
        let facts = sample::folder(&[("wsgi.py", "app = 1\n"), ("Procfile", "web: gunicorn wsgi:app\n")]).facts;
        assert_eq!(tags(&facts, "kind"), ["web-app"]);
        assert_eq!(source(&facts, "kind"), "Procfile:1");
        let facts = sample::folder(&[("work.py", "x = 1\n"), ("Procfile", "worker: python work.py\n")]).facts;
        assert_eq!(tags(&facts, "kind"), [""; 0]);
    }

    #[test]
    fn a_unit_that_starts_the_program_makes_it_a_service() {
        let program = ("agent.py", "import time\nif __name__ == '__main__':\n    time.sleep(9)\n");
        let unit = "[Service]\nExecStart=/usr/bin/python3 /opt/agent/agent.py --all\n";
        let facts = sample::folder(&[program, ("agent.service", unit)]).facts;
        assert_eq!(tags(&facts, "kind"), ["service"]);
        assert_eq!(source(&facts, "kind"), "agent.service:2");
        for files in [
            &[program, ("contrib/agent.service", unit)][..],
            &[program, ("a.service", "[Service]\nExecStart=/usr/bin/nginx\n")],
            &[program, ("agent.service", unit), ("agent.timer", "[Timer]\n")],
        ] {
            assert_eq!(tags(&sample::folder(files).facts, "kind"), ["script"]);
        }
    }

    #[test]
    fn two_units_are_two_components() {
        let loops = "import time\nif __name__ == '__main__':\n    time.sleep(9)\n";
        let unit = |name: &str| format!("[Service]\nExecStart=/opt/x/{name}.py\n");
        let (first, second) = (unit("one"), unit("two"));
        let files = [("one.py", loops), ("two.py", loops), ("one.service", &first), ("two.service", &second)];
        assert_eq!(tags(&sample::folder(&files).facts, "components"), ["several"]);
    }
}
