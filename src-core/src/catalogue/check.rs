//! Validation of entries: what a packager who edits the TOML may get wrong.

use super::{Entry, Kind, Rule, level_of};

impl Entry {
    /// Everything wrong with its words: one sentence each. Unknown facts and tags are refused by [`Entry::read`].
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if level_of(&self.id).is_none() {
            faults.push(format!("`{}` is not a technology of the vocabulary", self.id));
        }
        if !is_address(&self.documentation) {
            faults.push(format!("the documentation of `{}` is not an address", self.id));
        }
        for (index, rule) in self.rules.iter().enumerate() {
            faults
                .extend(rule.faults().into_iter().map(|fault| format!("rule {} of `{}` {fault}", index + 1, self.id)));
        }
        faults
    }
}

impl Rule {
    fn faults(&self) -> Vec<&'static str> {
        let checks = [
            (is_address(&self.source), "has no source"),
            (is_sentence(&self.because), "has no sentence that says why"),
            (self.when.is_satisfiable(), "can never fire"),
            ((self.rule == Kind::RuleOut) == (self.weight == 0), "has a weight that does not fit its kind"),
            (self.rule != Kind::RuleOut || self.when.facts().next().is_some(), "rules out always"),
        ];
        checks.into_iter().filter(|(holds, _)| !holds).map(|(_, fault)| fault).collect()
    }
}

fn is_address(text: &str) -> bool {
    text.starts_with("https://") && !text.contains(char::is_whitespace)
}

/// Begins like a sentence, has several words, and ends without a full stop, as terminal messages do.
fn is_sentence(text: &str) -> bool {
    text.split_whitespace().count() >= 3 && !text.ends_with('.') && !text.starts_with(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_careless_rule_is_answered_with_all_its_faults() {
        let rule: Rule = toml::from_str(
            "rule = 'rule-out'\nweight = 2\nwhen = { all = { os = ['linux'] }, none = { os = ['linux'] } }\nbecause = 'No.'\nsource = 'hearsay'",
        )
        .unwrap();
        assert_eq!(
            rule.faults(),
            [
                "has no source",
                "has no sentence that says why",
                "can never fire",
                "has a weight that does not fit its kind"
            ]
        );
    }

    #[test]
    fn a_rule_with_an_unknown_word_is_refused_with_the_nearest_one() {
        let text =
            "rule = 'favour'\nweight = 1\nwhen = { all = { audiance = ['developers'] } }\nbecause = 'x'\nsource = 'y'";
        let error = toml::from_str::<Rule>(text).unwrap_err().to_string();
        assert!(error.contains("the nearest known one is `audience`"), "{error}");
    }
}
