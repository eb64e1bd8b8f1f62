//! Advice: which technologies fit what is known, why, and which question still matters.
//!
//! An [`Advisor`] holds the rules of all entries. It answers with an [`Advice`] (the ranking of each target, what was ruled
//! out, the next question), an [`Explanation`] of its first choice, and a [`Page`] about one technology. Everything here is
//! pure: the same facts give the same answer.
//!
//! Rules speak in two voices. A hard rule takes a technology out, and only on certainty: unknown facts rule nothing out, and
//! among several cases every one must be excluded. Soft rules add up to a score. Between equals the lightest rung wins. Where a
//! project is open, its [`Outlook`] decides over the score: what needs something first is never the first choice while another,
//! of which nothing is worse than good, can be made.

mod advisor;
mod answer;
mod ask;
mod chances;
mod consistency;
mod explanation;
mod given;
mod interview;
mod outlook;
mod page;
mod presentation;
mod ranking;
mod rules;
mod situation;
mod standing;

pub use advisor::Advisor;
pub use answer::{Advice, AndThen, Contradicting, Reason, Recommendation, RuledOut, TargetAdvice};
pub use ask::{Ask, AskChoice, MOST_QUESTIONS};
pub use explanation::{Explanation, Rung, WhatIf};
pub use given::Given;
pub use outlook::Outlook;
pub use page::Page;
pub use presentation::{OutTogether, Shown};
