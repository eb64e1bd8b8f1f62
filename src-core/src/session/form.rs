//! The options of a plan, and the extras and groups that can go in, as a form: each row a title, a value, one sentence of
//! help; checked while it is typed.

use serde::{Deserialize, Serialize};

use crate::catalogue::{Layer, OptionKind, OptionSpec};
use crate::event::BuildId;
use crate::facts::{Os, Requirement, Target, Trial};

use crate::technologies;
use crate::words;

use super::{Change, Choice, View};

/// One row of the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// What it sets.
    pub title: String,
    /// Its value now.
    pub value: String,
    /// One sentence.
    pub help: String,
    /// Whether the user set it, rather than the facts.
    pub is_set: bool,
}

/// What choosing a row does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Chosen {
    /// Something is chosen otherwise.
    Change(Change),
    /// An option is to be typed.
    Typing {
        /// Which, by id.
        option: String,
        /// Its value now.
        value: String,
    },
}

/// The field in which a command is typed that is tried besides; no option of a technology has this name.
pub const TRY: &str = "try";

/// What a row sets.
enum Setting<'a> {
    Option(&'static OptionSpec),
    Extra(&'a str, &'a [Requirement]),
    Group(&'a str, &'a [Requirement]),
    /// What it is built for now, and the system after that.
    Target(Target, Target),
    /// What people type first.
    Typed,
}

fn settings(view: &View, build: BuildId) -> Vec<Setting<'_>> {
    let choice = view.choices.get(&build);
    let Some(entry) = choice.and_then(|choice| technologies::named(&choice.technology)) else { return Vec::new() };
    let mut settings: Vec<Setting> = entry.options.iter().map(Setting::Option).collect();
    settings.extend(choice.and_then(|choice| of_systems(view, choice)));
    // What brings no dependencies along has none to add.
    if let Some(project) = view.project.as_ref().filter(|_| entry.brings.contains(&Layer::Dependencies)) {
        settings.extend(project.extras.iter().map(|(name, adds)| Setting::Extra(name, adds)));
        settings.extend(project.groups.iter().map(|(name, adds)| Setting::Group(name, adds)));
    }
    let is_typed = |trial: &Trial| matches!(trial, Trial::Arguments { .. } | Trial::None { .. });
    let program = view.project.as_ref().filter(|project| !project.entry_points.is_empty());
    settings.extend(program.filter(|project| is_typed(&project.trial.value)).map(|_| Setting::Typed));
    settings
}

/// The target, where several systems are named to choose from.
fn of_systems(view: &View, choice: &Choice) -> Option<Setting<'static>> {
    let systems = Os::among(&view.facts);
    let now = target(view, choice);
    let at = systems.iter().position(|os| *os == now.platform.os).map_or(0, |at| at + 1);
    (systems.len() > 1).then(|| Setting::Target(now, Target::on(systems[at % systems.len()])))
}

/// What a build is for.
pub fn target(view: &View, choice: &Choice) -> Target {
    choice.target.clone().unwrap_or_else(|| Target::of(&view.facts))
}

/// The rows of a build's form.
pub fn rows(view: &View, build: BuildId) -> Vec<Row> {
    let Some(choice) = view.choices.get(&build) else { return Vec::new() };
    let row = |setting: &Setting| match setting {
        Setting::Option(spec) => of_option(spec, choice, view),
        Setting::Extra(name, adds) => of_requirements("extra", name, adds, &choice.extras),
        Setting::Group(name, adds) => of_requirements("group", name, adds, &choice.groups),
        Setting::Target(now, _) => Row {
            title: "Built for".into(),
            value: words::target(now),
            help: "One of the systems it must run on".into(),
            is_set: choice.target.is_some(),
        },
        Setting::Typed => Row {
            title: "What would you type first?".into(),
            value: if choice.typed.is_empty() { "not said".into() } else { choice.typed.join(", ") },
            help: "A command that is tried besides, such as `todo list`; `try` in the settings keeps it".into(),
            is_set: !choice.typed.is_empty(),
        },
    };
    settings(view, build).iter().map(row).collect()
}

fn of_option(spec: &OptionSpec, choice: &Choice, view: &View) -> Row {
    let set = choice.options.get(&spec.id);
    let value = set.map_or_else(|| spec.default_for(&view.facts).to_owned(), Clone::clone);
    let title = spec.choices.iter().find(|choice| choice.id == value).map(|choice| choice.title.clone());
    let shown = title.map_or(value.clone(), |title| format!("{value}: {title}"));
    let shown = if shown.is_empty() { "not set".into() } else { shown };
    Row { title: spec.title.clone(), value: shown, help: spec.help.clone(), is_set: set.is_some() }
}

fn of_requirements(what: &str, name: &str, adds: &[Requirement], chosen: &[String]) -> Row {
    let is_set = chosen.iter().any(|one| one == name);
    let adds: Vec<&str> = adds.iter().map(|one| one.text.as_str()).collect();
    let help = if adds.is_empty() { "Adds nothing".into() } else { format!("Adds {}", adds.join(", ")) };
    Row { title: format!("With the {what} {name}"), value: is_set.to_string(), help, is_set }
}

/// Why a text cannot be the value of an option.
pub fn fault(view: &View, build: BuildId, option: &str, text: &str) -> Option<String> {
    let entry = technologies::named(&view.choices.get(&build)?.technology)?;
    let spec = entry.options.iter().find(|spec| spec.id == option)?;
    spec.check(text).err().map(|error| error.to_string())
}

/// The option that a row sets.
pub fn spec(view: &View, build: BuildId, row: usize) -> Option<&'static OptionSpec> {
    match settings(view, build).get(row)? {
        Setting::Option(spec) => Some(spec),
        Setting::Extra(..) | Setting::Group(..) | Setting::Target(..) | Setting::Typed => None,
    }
}

/// The field in which the value of a row is typed, where it is.
pub fn field(view: &View, build: BuildId, row: usize) -> Option<String> {
    match settings(view, build).get(row)? {
        Setting::Option(spec) => Some(spec.id.clone()),
        Setting::Typed => Some(TRY.into()),
        Setting::Extra(..) | Setting::Group(..) | Setting::Target(..) => None,
    }
}

/// What a text that was typed in a field changes.
pub fn typed(field: String, text: String) -> Change {
    if field == TRY { Change::Typed(text) } else { Change::Option { id: field, value: Some(text) } }
}

/// What choosing a row does: flags flip, choices go round, texts are typed.
pub fn change(view: &View, build: BuildId, row: usize) -> Option<Chosen> {
    let choice = view.choices.get(&build)?;
    let is_out = |names: &[String], name: &str| !names.iter().any(|one| one == name);
    let spec = match settings(view, build).get(row)? {
        Setting::Option(spec) => *spec,
        Setting::Extra(name, _) => {
            let goes_in = is_out(&choice.extras, name);
            return Some(Chosen::Change(Change::Extra { name: (*name).to_owned(), goes_in }));
        }
        Setting::Group(name, _) => {
            let goes_in = is_out(&choice.groups, name);
            return Some(Chosen::Change(Change::Group { name: (*name).to_owned(), goes_in }));
        }
        Setting::Typed => return Some(Chosen::Typing { option: TRY.into(), value: choice.typed.join(" ") }),
        Setting::Target(_, next) => return Some(Chosen::Change(Change::Target(Some(next.clone())))),
    };
    let set = choice.options.get(&spec.id);
    let now = set.map_or_else(|| spec.default_for(&view.facts), String::as_str);
    let value = match spec.kind {
        OptionKind::Flag => (now != "true").to_string(),
        OptionKind::Choice => {
            let at = spec.choices.iter().position(|choice| choice.id == now).map_or(0, |at| at + 1);
            spec.choices.get(at % spec.choices.len().max(1))?.id.clone()
        }
        OptionKind::Text | OptionKind::List => {
            return Some(Chosen::Typing { option: spec.id.clone(), value: now.to_owned() });
        }
    };
    Some(Chosen::Change(Change::Option { id: spec.id.clone(), value: Some(value) }))
}

#[cfg(test)]
mod tests {
    use super::*;
    const BUILD: BuildId = BuildId(1);

    fn of(technology: &str) -> View {
        let choice = Choice { technology: technology.into(), ..Choice::default() };
        View { choices: [(BUILD, choice)].into(), ..View::default() }
    }

    #[test]
    fn flags_flip_choices_go_round_and_texts_are_typed() {
        for entry in technologies::all().iter().filter(|entry| !entry.options.is_empty()) {
            let mut view = of(&entry.id);
            for (index, spec) in entry.options.iter().enumerate() {
                let mut seen = Vec::new();
                while let Some(Chosen::Change(Change::Option { id, value: Some(value) })) = change(&view, BUILD, index)
                {
                    if seen.contains(&value) {
                        break;
                    }
                    assert_eq!(fault(&view, BUILD, &spec.id, &value), None);
                    seen.push(value.clone());
                    view.choices.get_mut(&BUILD).unwrap().options.insert(id, value);
                }
                assert!(!matches!(spec.kind, OptionKind::Flag) || seen.len() == 2, "{} {}", entry.id, spec.id);
                assert!(!matches!(spec.kind, OptionKind::Choice) || seen.len() == spec.choices.len());
            }
        }
    }

    #[test]
    fn a_value_is_checked_while_it_is_typed() {
        let text = technologies::all()
            .iter()
            .find_map(|entry| Some((entry, entry.options.iter().position(|spec| spec.kind == OptionKind::Text)?)));
        if let Some((entry, index)) = text {
            let view = of(&entry.id);
            assert!(fault(&view, BUILD, &entry.options[index].id, "two\nlines").is_some());
            assert!(matches!(change(&view, BUILD, index), Some(Chosen::Typing { .. })));
        }
        assert!(rows(&of("no-such-technology"), BUILD).is_empty());
    }
}
