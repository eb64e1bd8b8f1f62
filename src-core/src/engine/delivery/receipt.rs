//! Reads receipts, those of earlier formats too.
//!
//! Format 1 knew trials as some commands and one start. Its digests of folders and of trees are of their files alone; a
//! receipt that was read keeps the number of its format, by which `delivered` tells them apart.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::event::Receipt;

/// Why a receipt cannot be read.
#[derive(Debug, thiserror::Error)]
pub(in crate::engine) enum Unreadable {
    /// It is none.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// It is of a format that is not known here.
    #[error("it has format {0}, which this version does not know")]
    Format(u64),
}

#[derive(Deserialize)]
struct Format {
    #[serde(default)]
    format: u64,
}

/// Reads one.
pub(in crate::engine) fn read(text: &[u8]) -> Result<Receipt, Unreadable> {
    let Format { format } = serde_json::from_slice(text)?;
    match format {
        1 => Ok(serde_json::from_value(of_format_1(serde_json::from_slice(text)?))?),
        format if format == u64::from(Receipt::FORMAT) => Ok(serde_json::from_slice(text)?),
        other => Err(Unreadable::Format(other)),
    }
}

/// The receipt with its trials as they are said now.
fn of_format_1(mut receipt: Value) -> Value {
    if let Some(proof) = receipt.get_mut("proof").and_then(Value::as_object_mut) {
        let checks = proof.remove("checks");
        let proofs: Vec<Value> = checks.iter().filter_map(Value::as_array).flatten().map(proof_of).collect();
        proof.insert("proofs".into(), proofs.into());
    }
    receipt
}

fn proof_of(check: &Value) -> Value {
    let room = &check["room"];
    let mut may = json!({});
    if room["network"] == true {
        may["network"] = "machine".into();
    }
    if room["display"] == true {
        may["devices"] = json!(["display"]);
    }
    let prepare = check["prepare"].as_array().into_iter().flatten();
    let prepare =
        prepare.map(|command| json!({ "act": "do", "title": "Put it in place", "command": command_of(command) }));
    let start = json!({ "act": "start", "subject": command_of(&check["subject"]), "trial": check["trial"] });
    json!({
        "title": check["title"],
        "room": { "place": { "in": "userland", "python": room["python"]["exactly"] }, "may": may, "on": room["platform"] },
        "acts": prepare.chain([start]).collect::<Vec<_>>(),
        "success": check["success"],
        "needs": { "cpu": 1 },
    })
}

/// A command. What ran it was this system; nothing else was ever used.
fn command_of(command: &Value) -> Value {
    let env = command["env"].as_object().into_iter().flatten();
    let env: serde_json::Map<String, Value> = env.map(|(name, word)| (name.clone(), word_of(word))).collect();
    let args: Vec<Value> = command["args"].as_array().into_iter().flatten().map(word_of).collect();
    let cwd = &command["cwd"];
    json!({
        "tool": [piece_of(&json!({ "tool": command["tool"] }))],
        "args": args,
        "env": env,
        "cwd": if cwd.is_null() { Value::Null } else { word_of(cwd) },
    })
}

fn word_of(word: &Value) -> Value {
    word.as_array().into_iter().flatten().map(piece_of).collect()
}

/// A piece. Files that a step or an earlier command made were tools of a kind.
fn piece_of(piece: &Value) -> Value {
    let tool = &piece["tool"];
    match tool["kind"].as_str() {
        Some("built") => json!({ "output": [tool["step"], tool["pick"]] }),
        Some("prepared") => json!({ "scratch": tool["path"] }),
        Some("managed") => {
            let mut tool = tool.clone();
            // The registry was always the package index.
            tool.as_object_mut().map(|tool| tool.remove("registry"));
            json!({ "tool": tool })
        }
        _ => piece.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Act, Piece, Place, ToolRef};

    const ONE_FILE: &[u8] = include_bytes!("receipt/one-file.format-1.json");
    const WEATHER: &[u8] = include_bytes!("receipt/weather-cli.format-1.json");

    #[test]
    fn a_receipt_of_format_1_is_read_with_all_that_it_says() {
        let receipt = read(ONE_FILE).unwrap();
        assert_eq!((receipt.format, receipt.project.as_str()), (1, "one-file"));
        let [proof] = receipt.proof.proofs.as_slice() else { panic!("{:?}", receipt.proof) };
        let (subject, _) = proof.started().unwrap();
        assert!(matches!(subject.tool.piece(), Some(Piece::Output(step, _)) if *step == receipt.proof.made_by));
        assert_eq!(proof.room.place, Place::Userland { python: Some("3.11.7".into()) });
        assert_eq!(proof.room.to_string(), "Python 3.11.7, no network");
    }

    #[test]
    fn what_was_put_in_place_before_a_start_becomes_acts() {
        let receipt = read(WEATHER).unwrap();
        let proof = &receipt.proof.proofs[0];
        let [Act::Do { command, .. }, Act::Start { subject, .. }] = proof.acts.as_slice() else { panic!("{proof:?}") };
        assert!(matches!(command.tool(), Some(ToolRef::Managed { name, .. }) if name == "uv"));
        assert_eq!(subject.tool.piece(), Some(&Piece::Scratch("bin/weather".into())));
        assert_eq!(proof.reads().len(), 2);
        // What is written again is of its own format still, and says the same.
        let again: Receipt = serde_json::from_slice(&serde_json::to_vec(&receipt).unwrap()).unwrap();
        assert_eq!(again, receipt);
    }

    #[test]
    fn rooms_of_format_1_keep_what_they_showed() {
        let mut value: Value = serde_json::from_slice(ONE_FILE).unwrap();
        let room = &mut value["proof"]["checks"][0]["room"];
        *room = json!({
            "python": "absent", "network": true, "display": true,
            "platform": { "os": "linux", "arch": "arm64", "libc": "glibc" },
        });
        let receipt = read(value.to_string().as_bytes()).unwrap();
        let room = &receipt.proof.proofs[0].room;
        assert!(room.to_string().starts_with("no Python, network, display, "), "{room}");
    }

    #[test]
    fn a_newer_receipt_and_one_that_is_none_are_told_apart() {
        let newer = String::from_utf8(ONE_FILE.to_vec()).unwrap().replace("\"format\": 1", "\"format\": 9");
        assert!(matches!(read(newer.as_bytes()), Err(Unreadable::Format(9))));
        assert!(matches!(read(b"{}"), Err(Unreadable::Format(0))));
        assert!(matches!(read(b"no receipt"), Err(Unreadable::Json(_))));
    }
}
