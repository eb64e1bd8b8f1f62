//! The tables of TOML files.

use super::attribute;
use super::look::Look;
use super::place::{is_module, leaves, leaves_root};
use super::requires::is_more;
use super::rules::{Kind, Rules, Verdict};
use crate::inspect::metadata::document::Item;

impl Look<'_> {
    /// Looks at every key of a table, which stands at this path.
    pub(super) fn table(&mut self, rules: &Rules, item: &Item, path: &mut Vec<String>) {
        let elements = item.elements().unwrap_or_default();
        if elements.iter().any(Item::is_table) {
            for element in &elements {
                self.table(rules, element, path);
            }
            return;
        }
        match rules.of(path, item.is_table()) {
            Verdict::Kind(kind) => self.value(kind, item),
            Verdict::Deeper => {
                for (key, child) in item.entries().unwrap_or_default() {
                    path.push(key.to_owned());
                    self.table(rules, &child, path);
                    path.pop();
                }
            }
            Verdict::Unknown if path.len() == 2 && path[0] == "project" && self.backend.ignores_project_keys => {}
            Verdict::Unknown => self.ask(item.source(), format!("`{}` is not known to be harmless", item.key())),
        }
    }

    fn value(&mut self, kind: &Kind, item: &Item) {
        match kind {
            Kind::Anything => {}
            Kind::Asks(why) => self.ask(item.source(), format!("`{}` {why}", item.key())),
            Kind::OneOf(values) => {
                let value = item.as_bool().map(|value| value.to_string());
                let value = value.or_else(|| item.as_text().map(str::to_owned));
                if !value.as_ref().is_some_and(|value| values.contains(value)) {
                    let told = value.map_or_else(|| "something else".to_owned(), |value| format!("`{value}`"));
                    let why = format!("`{}` is {told}, and only `{}` runs nothing", item.key(), values.join("` or `"));
                    self.ask(item.source(), why);
                }
            }
            Kind::Path => self.texts(item, &mut |look, item, text| {
                look.path(item, text, leaves(text));
            }),
            Kind::Rooted => self.texts(item, &mut |look, item, text| {
                look.path(item, text, leaves_root(text));
            }),
            Kind::Module => self.texts(item, &mut |look, item, text| {
                if !is_module(text) {
                    look.ask(item.source(), format!("`{}` is `{text}`, which is no name of a module", item.key()));
                }
            }),
            Kind::Attribute => self.texts(item, &mut |look, item, text| {
                if let Some(why) = attribute::runs(look.tree, &look.folders, text) {
                    look.ask(item.source(), format!("`{}` {why}", item.key()));
                }
            }),
            Kind::Requirements => self.texts(item, &mut |look, item, text| {
                if let Some(why) = is_more(look.backend, text) {
                    look.ask(item.source(), format!("`{}` {why}", item.key()));
                }
            }),
        }
    }

    fn path(&mut self, item: &Item, text: &str, leaves: Option<&str>) {
        let why = leaves.or_else(|| self.is_behind_link(text).then_some("is behind a link out of the project"));
        if let Some(why) = why {
            self.ask(item.source(), format!("`{}` has `{text}`, which {why}", item.key()));
        }
    }

    /// Every text of a value, and the keys of its tables.
    fn texts(&mut self, item: &Item, see: &mut dyn FnMut(&mut Self, &Item, &str)) {
        if let Some(text) = item.as_text() {
            see(self, item, text);
        }
        for element in item.elements().unwrap_or_default() {
            self.texts(&element, see);
        }
        for (key, child) in item.entries().unwrap_or_default() {
            see(self, &child, key);
            self.texts(&child, see);
        }
    }
}
