//! Validation of entries: what a packager who edits the TOML may get wrong.

use super::{Entry, Kind, Rule, Symptom, Tool, installers, level_of, tool};

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
        let prose = [&self.summary.newcomer, &self.summary.professional, &self.updates, &self.security];
        for text in prose.into_iter().chain(self.hosts.iter().map(|host| &host.because)) {
            if !is_prose(text) {
                faults.push(format!("`{}` says what is no whole sentence: `{text}`", self.id));
            }
        }
        for name in self.tools.iter().filter(|name| tool(name).is_none()) {
            faults.push(format!("`{}` names the tool `{name}`, which `catalogue/tools/` does not describe", self.id));
        }
        let symptoms = self.symptoms.iter().filter_map(Symptom::fault);
        faults.extend(symptoms.map(|fault| format!("`{}` {fault}", self.id)));
        for (index, rule) in self.rules.iter().enumerate() {
            faults
                .extend(rule.faults().into_iter().map(|fault| format!("rule {} of `{}` {fault}", index + 1, self.id)));
        }
        let usage = self.usage.iter().filter_map(|usage| Some((usage, usage.fault()?)));
        faults.extend(usage.map(|(usage, fault)| format!("the usage of `{}` in `{}` {fault}", usage.ending, self.id)));
        for (index, step) in self.by_hand.iter().enumerate() {
            let careless =
                [(is_address(&step.source), "has no source"), (is_instruction(&step.title), "has no sentence")];
            let careless = careless.into_iter().filter(|(holds, _)| !holds).map(|(_, fault)| fault.to_owned());
            let found = careless.chain(step.faults());
            faults.extend(found.map(|fault| format!("step {} by hand of `{}` {fault}", index + 1, self.id)));
        }
        faults
    }
}

impl Tool {
    /// Everything wrong with its words: one sentence each.
    pub fn faults(&self) -> Vec<String> {
        let known = installers();
        let is_known = |with: &str| known.iter().any(|installer| installer.id == with);
        let checks = [
            (is_address(&self.documentation), "has a documentation that is no address"),
            (
                self.is_reachable(),
                "needs packages for apt, brew and winget or choco, or a sentence that says where it is had",
            ),
            (self.install.iter().all(|install| is_known(&install.with)), "names an unknown package manager"),
            (self.needs.iter().all(|needed| tool(&needed.tool).is_some()), "needs a tool that no file describes"),
            (
                regex::Regex::new(&self.probe.version).is_ok_and(|version| version.captures_len() > 1),
                "has a probe without a group for the version",
            ),
        ];
        let careless = checks.into_iter().filter(|(holds, _)| !holds).map(|(_, fault)| fault.to_owned());
        let careless = careless.chain(self.symptoms.iter().filter_map(Symptom::fault));
        careless.map(|fault| format!("the tool `{}` {fault}", self.name)).collect()
    }

    /// Whether people on Debian, macOS and Windows learn how to get it.
    fn is_reachable(&self) -> bool {
        let has = |manager: &str| self.install.iter().any(|install| install.with == manager);
        let everywhere = has("apt") && has("brew") && (has("winget") || has("choco"));
        everywhere || is_sentence(&self.elsewhere)
    }
}

impl Symptom {
    /// What is wrong with it.
    fn fault(&self) -> Option<String> {
        let is_found = regex::Regex::new(&self.log).is_ok_and(|log| log.is_match(&self.sample));
        if !is_found {
            return Some(format!("does not recognise `{}`", self.sample));
        }
        let texts = [(&self.cause, is_prose(&self.cause)), (&self.remedy, self.remedy.ends_with('.'))];
        let unclear = texts.into_iter().find(|(_, is_clear)| !is_clear).map(|(text, _)| text);
        unclear.map(|text| format!("says what is no whole sentence: `{text}`"))
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

/// Whole sentences, as on a page.
fn is_prose(text: &str) -> bool {
    text.split_whitespace().count() >= 3 && text.ends_with('.')
}

/// Says what to do, in a sentence without a full stop.
fn is_instruction(text: &str) -> bool {
    text.split_whitespace().count() >= 2 && text.starts_with(|c: char| c.is_uppercase()) && !text.ends_with('.')
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
    use crate::catalogue::Needed;

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
    fn a_careless_entry_is_answered_with_all_its_faults() {
        let text = include_str!("technologies/docker/catalogue.toml");
        let mut entry = Entry::read(text).unwrap();
        assert_eq!(entry.faults(), [""; 0]);
        entry.updates = "you push".into();
        entry.documentation = "http://docs.docker.com".into();
        entry.tools.push("no-such-tool".into());
        entry.by_hand[0].source = "hearsay".into();
        let faults = entry.faults();
        assert_eq!(faults.len(), 4, "{faults:?}");
    }

    #[test]
    fn a_careless_tool_is_answered_with_all_its_faults() {
        let mut docker = tool("docker").unwrap().clone();
        assert_eq!(docker.faults(), [""; 0]);
        docker.install.retain(|install| install.with != "brew");
        assert_eq!(docker.faults().len(), 1);
        docker.elsewhere = "Homebrew has none of it".into();
        assert_eq!(docker.faults(), [""; 0]);
        docker.install[0].with = "yum".into();
        docker.documentation = "docs.docker.com".into();
        docker.probe.version = "version".into();
        docker.needs = vec![Needed { tool: "no-such-tool".into(), on: Vec::new() }];
        docker.symptoms = tool("dpkg-deb").unwrap().symptoms.clone();
        docker.symptoms[0].sample = "all went well".into();
        docker.symptoms[1].cause = "bad".into();
        let faults = docker.faults();
        assert_eq!(faults.len(), 6, "{faults:?}");
    }

    #[test]
    fn a_rule_with_an_unknown_word_is_refused_with_the_nearest_one() {
        let text =
            "rule = 'favour'\nweight = 1\nwhen = { all = { audiance = ['developers'] } }\nbecause = 'x'\nsource = 'y'";
        let error = toml::from_str::<Rule>(text).unwrap_err().to_string();
        assert!(error.contains("the nearest known one is `audience`"), "{error}");
    }
}
