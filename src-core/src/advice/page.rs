//! A page about one technology that a newcomer can learn from.

use serde::Serialize;

use super::answer::Reason;
use crate::catalogue::{
    ByHand, Entry, HostSupport, Kind, Layer, SizeClass, StartClass, Status, Summary, Tool, families_of, level_of,
};

/// Everything the catalogue says about one technology.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Page {
    /// Its id.
    pub technology: String,
    /// Its name.
    pub name: String,
    /// Its rung, by id.
    pub level: String,
    /// What its rung means, one sentence.
    pub level_text: String,
    /// Families of technologies that answer the same need.
    pub families: Vec<String>,
    /// What it is, for two readers.
    pub summary: Summary,
    /// Layers the artifact takes from the target.
    pub takes: Vec<Layer>,
    /// Layers it brings.
    pub brings: Vec<Layer>,
    /// How large artifacts usually are.
    pub size: SizeClass,
    /// How fast they usually start.
    pub start: StartClass,
    /// How updates reach users.
    pub updates: String,
    /// What it costs to keep secure.
    pub security: String,
    /// Licence of the tool.
    pub licence: String,
    /// How alive it is.
    pub status: Status,
    /// What can be built where.
    pub hosts: Vec<HostSupport>,
    /// Tools it needs.
    pub tools: Vec<&'static Tool>,
    /// How it is made by hand, with placeholders; empty where Packwright builds it.
    pub by_hand: Vec<ByHand>,
    /// When it is right.
    pub right_when: Vec<Reason>,
    /// When there is something better.
    pub less_right_when: Vec<Reason>,
    /// When it cannot work.
    pub not_when: Vec<Reason>,
    /// Official documentation.
    pub documentation: String,
    /// Every address the page rests on, the documentation first.
    pub sources: Vec<String>,
    /// Whether Packwright can build it.
    pub buildable: bool,
    /// The command to go on with, as an argument vector.
    pub next: Vec<String>,
}

impl Page {
    /// The page of an entry; `buildable` says whether there is a backend for it.
    pub fn of(entry: &Entry, buildable: bool) -> Self {
        let level = level_of(&entry.id);
        let mut sources = vec![entry.documentation.clone()];
        for rule in &entry.rules {
            if !sources.contains(&rule.source) {
                sources.push(rule.source.clone());
            }
        }
        let next = ["packwright", "plan", &entry.id];
        Self {
            technology: entry.id.clone(),
            name: entry.name.clone(),
            level: level.map(|level| level.id.clone()).unwrap_or_default(),
            level_text: level.map(|level| level.text.clone()).unwrap_or_default(),
            families: families_of(&entry.id).into_iter().map(str::to_owned).collect(),
            summary: entry.summary.clone(),
            takes: entry.takes.clone(),
            brings: entry.brings.clone(),
            size: entry.size,
            start: entry.start,
            updates: entry.updates.clone(),
            security: entry.security.clone(),
            licence: entry.licence.clone(),
            status: entry.status,
            hosts: entry.hosts.clone(),
            tools: entry.tools().collect(),
            by_hand: if buildable { Vec::new() } else { entry.by_hand.clone() },
            right_when: said(entry, Kind::Favour),
            less_right_when: said(entry, Kind::Disfavour),
            not_when: said(entry, Kind::RuleOut),
            documentation: entry.documentation.clone(),
            sources,
            buildable,
            next: next.into_iter().map(str::to_owned).collect(),
        }
    }
}

/// The sentences of one kind of rule with the facts they look at.
fn said(entry: &Entry, kind: Kind) -> Vec<Reason> {
    let rules = entry.rules.iter().filter(|rule| rule.rule == kind);
    rules
        .map(|rule| {
            let mut facts: Vec<String> = rule.when.facts().map(|fact| fact.id().to_owned()).collect();
            facts.dedup();
            Reason { text: rule.because.clone(), source: rule.source.clone(), facts }
        })
        .collect()
}
