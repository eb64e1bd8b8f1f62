//! What was found in a project, each thing with its evidence.

use packwright_core::facts::{BuildSystem, Project, Requirement, Risk, RiskKind, Trial, Version};
use packwright_core::inspect::{Inspection, Unread};
use packwright_core::problem::count;
use packwright_core::words::{self, shell_line, size};

use super::{Cell, Paint, Sign, Style, Table, facts, left_out};

/// Requirements that are listed before the rest is counted.
const LISTED: usize = 6;

/// The project, its facts, and its risks.
pub fn project(style: Style, inspection: &Inspection) -> String {
    let project = &inspection.project;
    let mut text = heading(style, project);
    text.push_str(&nouns(project).render(style, 0));
    text.push_str(&format!("\n{}\n", style.strong("Facts")));
    text.push_str(&facts::table(&inspection.facts).render(style, 2));
    text.push_str(&left_out(style, &project.selection.doubts));
    if !project.risks.is_empty() {
        text.push_str(&format!("\n{}\n", style.strong("Risks")));
        text.push_str(&risks(project).render(style, 2));
    }
    if !inspection.unread.is_empty() {
        text.push_str(&format!("\n{}\n", style.strong("Not read")));
        text.push_str(&unread(&inspection.unread).render(style, 2));
    }
    text
}

fn heading(style: Style, project: &Project) -> String {
    let version = match &project.version {
        Version::Static { version, .. } => version.clone(),
        Version::Dynamic { .. } => "(version known to its build backend)".into(),
        Version::Missing => "(no version)".into(),
    };
    let mut text = format!("{} {}\n", style.strong(&project.name), style.paint(Paint::Plain, &version));
    if let Some(summary) = &project.metadata.summary {
        text.push_str(&format!("{}\n", style.paint(Paint::Plain, summary)));
    }
    text.push_str(&format!("{}\n\n", style.faint(&project.root.display().to_string())));
    text
}

fn nouns(project: &Project) -> Table {
    let mut table = Table::default();
    for (index, entry) in project.entry_points.iter().enumerate() {
        let label = if index == 0 { "Starts with" } else { "" };
        let name = words::entry(entry);
        table.row([label.into(), name.into(), evidence(&entry.source)]);
    }
    if project.entry_points.is_empty() {
        table.row(["Starts with".into(), Cell::new(Paint::Faint, "nothing: it has no entry point")]);
    }
    if let Some(python) = &project.requires_python {
        table.row(["Python".into(), python.value.as_str().into(), evidence(&python.source)]);
    }
    if let Some(build) = &project.build_system {
        table.row(["Built with".into(), build.backend.as_str().into(), evidence(&build.source)]);
        consent(build, &mut table);
    }
    table.row(["Depends on".into(), needs(project).into(), first_source(&project.dependencies)]);
    if !project.constraints.is_empty() {
        table.row(["Bound by".into(), listed(&project.constraints).into(), first_source(&project.constraints)]);
    }
    if let Some(lock) = &project.lock {
        table.row(["Lock".into(), lock.path.as_str().into(), Cell::new(Paint::Faint, "")]);
    }
    for (index, named) in project.indexes.iter().enumerate() {
        let label = if index == 0 { "Names" } else { "" };
        let of = named.listed().map(|packages| format!(" for {packages}")).unwrap_or_default();
        table.row([label.into(), format!("{}{of}", named.shown()).into(), evidence(&named.source)]);
    }
    table.row(["Tried by".into(), trial(&project.trial.value).into(), evidence(&project.trial.source)]);
    for words in &project.commands {
        table.row(["".into(), format!("typing `{}`", words.join(" ")).into(), "your settings".into()]);
    }
    let files = count(project.selection.files.len(), "file");
    let files = project.selection.bytes.map_or_else(|| files.clone(), |bytes| format!("{files}, {}", size(bytes)));
    table.row(["Source".into(), files.into(), Cell::new(Paint::Faint, "")]);
    if project.members.len() > 1 {
        let names: Vec<&str> = project.members.iter().map(|member| member.name.as_str()).collect();
        table.row(["Workspace".into(), names.join(", ").into(), Cell::new(Paint::Faint, "")]);
    }
    table
}

/// Whether building asks for trust, and why.
fn consent(build: &BuildSystem, table: &mut Table) {
    if build.own_code.is_empty() {
        table.row([
            "Building".into(),
            "asks nothing: it runs no code of the project".into(),
            Cell::new(Paint::Faint, ""),
        ]);
    }
    for (index, reason) in build.own_code.iter().enumerate() {
        let label = if index == 0 { "Building asks" } else { "" };
        table.row([label.into(), reason.value.as_str().into(), evidence(&reason.source)]);
    }
}

fn evidence(source: &packwright_core::facts::Source) -> Cell {
    Cell::new(Paint::Faint, source.to_string())
}

fn first_source(requirements: &[Requirement]) -> Cell {
    requirements.first().map_or_else(|| Cell::new(Paint::Faint, ""), |first| evidence(&first.source))
}

fn needs(project: &Project) -> String {
    match project.dependencies.as_slice() {
        [] => words::needs_none(project),
        needed => listed(needed),
    }
}

fn listed(requirements: &[Requirement]) -> String {
    let names: Vec<&str> = requirements.iter().take(LISTED).map(|one| one.text.as_str()).collect();
    match requirements.len() {
        many if many > LISTED => format!("{} and {} more", names.join(", "), many - LISTED),
        _ => names.join(", "),
    }
}

fn trial(trial: &Trial) -> String {
    match trial {
        Trial::Arguments { attempts } => {
            let attempts: Vec<String> = attempts
                .iter()
                .map(|arguments| if arguments.is_empty() { "no arguments".into() } else { shell_line(arguments) })
                .collect();
            format!("starting it with {}", attempts.join(", else "))
        }
        Trial::Http { port, path, deadline, .. } => format!("asking port {port} for {path} within {deadline} s"),
        Trial::Window { deadline } => format!("waiting up to {deadline} s for its window"),
        Trial::Import { modules } => format!("importing {}", modules.join(", ")),
        Trial::None { because } => format!("nothing: {because}"),
    }
}

/// What nothing is known of; the first of many, and how many more.
fn unread(all: &[Unread]) -> Table {
    let mut table = Table::default();
    for one in all.iter().take(LISTED) {
        table.row([one.what.as_str().into(), Cell::new(Paint::Faint, one.because.as_str())]);
    }
    if let Some(more) = all.len().checked_sub(LISTED).filter(|more| *more > 0) {
        table.row([format!("and {more} more").into()]);
    }
    table
}

/// What a build will ask of the user's own configuration; nothing for most projects.
pub fn named_indexes(style: Style, project: &Project) -> Option<String> {
    let named = project.risks.iter().filter(|risk| risk.kind == RiskKind::NamedIndex);
    let table = risk_table(named);
    (!table.is_empty()).then(|| format!("\n{}", table.render(style, 0)))
}

fn risks(project: &Project) -> Table {
    risk_table(project.risks.iter())
}

fn risk_table<'r>(risks: impl Iterator<Item = &'r Risk>) -> Table {
    let mut table = Table::default();
    for risk in risks {
        let sign = Cell::new(Sign::Warning.paint(), Sign::Warning.text());
        let what = if risk.what.is_empty() { String::new() } else { format!("{}: ", risk.what) };
        table.row([
            sign,
            Cell::new(Paint::Faint, risk.source.to_string()),
            format!("{what}{}", words::risk(risk.kind)).into(),
        ]);
    }
    table
}
