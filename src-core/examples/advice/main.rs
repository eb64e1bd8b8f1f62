//! Holds the advice to its promises over many situations, and measures it: `advice sweep | interview | speed`.
//!
//! `scripts/advice` builds and runs it. It is no test, because what it does takes minutes without optimisation.

mod interview;
mod sample;
mod speed;
mod sweep;

use std::process::ExitCode;

const USAGE: &str =
    "advice sweep [COUNT]              properties over all combinations of the decisive facts, and samples
advice interview [COUNT]          interviews over sampled situations
advice interview CASES.jsonl      interviews over the facts of labelled cases
advice speed                      how long an advice and the next question take";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let count = arguments.get(1).map(|count| count.parse::<usize>());
    let passed = match (arguments.first().map(String::as_str), count) {
        (Some("sweep"), None) => sweep::run(3_000_000),
        (Some("sweep"), Some(Ok(count))) => sweep::run(count),
        (Some("interview"), None) => interview::sampled(100_000),
        (Some("interview"), Some(Ok(count))) => interview::sampled(count),
        (Some("interview"), Some(Err(_))) => interview::cases(&arguments[1]),
        (Some("speed"), None) => speed::run(),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
