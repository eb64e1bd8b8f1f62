//! The options of a plan as a form: each row a title, a value, one sentence of help; checked while it is typed.

use packwright_core::catalogue::{OptionKind, OptionSpec};
use packwright_core::event::BuildId;
use packwright_core::technologies;

use super::action::Field;
use super::model::Model;

/// One row of the form.
#[derive(Debug, Clone, PartialEq, Eq)]
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

/// What a change of a row does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It has a new value.
    Value(String),
    /// It is to be typed.
    Typing(Field, String),
}

fn specs(model: &Model, build: BuildId) -> &'static [OptionSpec] {
    let choice = model.choices.get(&build);
    choice.and_then(|choice| technologies::named(&choice.technology)).map_or(&[], |entry| entry.options.as_slice())
}

/// The rows of a build's form.
pub fn rows(model: &Model, build: BuildId) -> Vec<Row> {
    let chosen = model.choices.get(&build).map(|choice| &choice.options);
    let row = |spec: &OptionSpec| {
        let set = chosen.and_then(|options| options.get(&spec.id));
        let value = set.map_or_else(|| spec.default_for(&model.view.facts).to_owned(), Clone::clone);
        let title = spec.choices.iter().find(|choice| choice.id == value).map(|choice| choice.title.clone());
        let shown = title.map_or(value.clone(), |title| format!("{value}: {title}"));
        let shown = if shown.is_empty() { "not set".into() } else { shown };
        Row { title: spec.title.clone(), value: shown, help: spec.help.clone(), is_set: set.is_some() }
    };
    specs(model, build).iter().map(row).collect()
}

/// Why a text cannot be the value of a row.
pub fn fault(model: &Model, build: BuildId, row: usize, text: &str) -> Option<String> {
    specs(model, build).get(row)?.check(text).err().map(|error| error.to_string())
}

/// The option a row sets, and what choosing the row does: flags flip, choices go round, texts are typed.
pub fn change(model: &Model, build: BuildId, row: usize) -> Option<(String, Change)> {
    let spec = specs(model, build).get(row)?;
    let set = model.choices.get(&build).and_then(|choice| choice.options.get(&spec.id));
    let now = set.map_or_else(|| spec.default_for(&model.view.facts), String::as_str);
    let change = match spec.kind {
        OptionKind::Flag => Change::Value((now != "true").to_string()),
        OptionKind::Choice => {
            let at = spec.choices.iter().position(|choice| choice.id == now).map_or(0, |at| at + 1);
            Change::Value(spec.choices.get(at % spec.choices.len().max(1))?.id.clone())
        }
        OptionKind::Text | OptionKind::List => Change::Typing(Field::Option(row), now.to_owned()),
    };
    Some((spec.id.clone(), change))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::theme::{Depth, Theme};
    use packwright_core::session::Choice;

    const BUILD: BuildId = BuildId(1);

    fn model(technology: &str) -> Model {
        let mut model = Model::new(Theme { light: false, depth: Depth::None, ascii: false }, (80, 24));
        model.choices.insert(BUILD, Choice { technology: technology.into(), ..Choice::default() });
        model
    }

    #[test]
    fn flags_flip_choices_go_round_and_texts_are_typed() {
        for entry in technologies::all().iter().filter(|entry| !entry.options.is_empty()) {
            let mut model = model(&entry.id);
            for (index, spec) in entry.options.iter().enumerate() {
                let mut seen = Vec::new();
                while let Some((id, Change::Value(value))) = change(&model, BUILD, index) {
                    if seen.contains(&value) {
                        break;
                    }
                    assert_eq!(fault(&model, BUILD, index, &value), None);
                    seen.push(value.clone());
                    model.choices.get_mut(&BUILD).unwrap().options.insert(id, value);
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
            let model = model(&entry.id);
            assert!(fault(&model, BUILD, index, "two\nlines").is_some());
            assert!(matches!(change(&model, BUILD, index), Some((_, Change::Typing(..)))));
        }
        assert!(rows(&model("no-such-technology"), BUILD).is_empty());
    }
}
