use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::facts::Trial;
use crate::plan::{
    Command, Consent, Format, Item, Keep, Look, Outcome, Pick, Place, Product, Proof, Room, Step, StepId, Word, maker,
};

/// A plan with a word wherever words can be.
fn sample() -> Plan {
    let mut plan = Plan::new("demo");
    let text = plan.add(Step::new("Write", Action::write("a.txt", "hello")));
    let from = || Word::output(&text, Pick::Path("a.txt".into()));
    let items = vec![Item::from("b.txt", from()), Item::folder("empty"), Item::link("c.txt", "b.txt")];
    let zip = Format::Zip { shebang: None, deflate: true };
    let archive = plan.add(Step::new("Pack", Action::Pack { to: "a.zip".into(), items, format: zip }));
    let mut base = Step::new("Make", Action::make(maker::SCRIPT, [("from", vec![from()])]));
    base.after.push(archive.clone());
    base.keep = Keep::Base(Duration::from_secs(60));
    let base = plan.add(base);
    let whole = Word::output(&base, Pick::Folder);
    let run = Action::run(Command::new(from(), [whole.clone()]).env("HERE", from()));
    let furnish = Step::new("Furnish", run);
    let room = Room::of(Place::Wine { prefix: Word::output(&furnish.id, Pick::Folder) });
    let proof = Proof::new("Try it", room, Outcome::Ran).start(Command::of(whole), Trial::Window { deadline: 3 });
    plan.proofs.push(Proof { furnish: vec![furnish], ..proof });
    plan.look([Look::Paths { of: from() }]);
    plan.products.push(Product::place(archive, Pick::Path("a.zip".into())));
    plan
}

fn written(plan: &Plan) -> Value {
    serde_json::to_value(plan).unwrap()
}

fn read(value: &Value) -> Result<Plan, AdoptError> {
    adopt(&value.to_string(), None)
}

/// What is said of the sample with this value at this place.
fn refused(pointer: &str, value: Value) -> String {
    let mut plan = written(&sample());
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    match plan.pointer_mut(parent).unwrap() {
        Value::Array(list) => list[key.parse::<usize>().unwrap()] = value,
        object => object[key] = value,
    }
    let problem = Problem::from(read(&plan).unwrap_err());
    format!("{} {}", problem.message, problem.causes.join(" "))
}

#[test]
fn a_plan_that_was_written_down_is_read_as_it_was() {
    assert_eq!(read(&written(&sample())).unwrap(), sample());
}

#[test]
fn ids_are_names_until_they_are_computed() {
    let mut text = written(&sample()).to_string();
    for (number, step) in sample().steps.iter().chain(&sample().proofs[0].furnish).enumerate() {
        text = text.replace(step.id.as_str(), &format!("step {number}"));
    }
    assert!(text.contains("step 2"));
    assert_eq!(adopt(&text, None).unwrap(), sample());
}

#[test]
fn a_plan_cannot_claim_the_id_of_another_step() {
    let victim = sample().steps[0].id.clone();
    let mut plan = written(&sample());
    *plan.pointer_mut("/steps/0/action/items/0/what/text/0/text").unwrap() = json!("evil");
    let read = read(&plan).unwrap();
    assert!(read.steps.iter().all(|step| step.id != victim && step.id == StepId::of(&step.action)));
}

#[test]
fn what_does_the_same_is_one_step_whatever_it_is_called() {
    let mut plan = written(&sample());
    let mut again = plan["steps"][0].clone();
    again["id"] = json!("again");
    plan["steps"].as_array_mut().unwrap().push(again);
    assert_eq!(read(&plan).unwrap(), sample());
}

#[test]
fn whatever_another_author_runs_is_his_code_and_needs_consent() {
    let mut plan = sample();
    plan.add(Step::new("Run", Action::run(Command::of("make"))));
    assert_eq!(adopt(&written(&plan).to_string(), None).unwrap().consents(true, |_| true), []);
    let read = adopt(&written(&plan).to_string(), Some("someone.json")).unwrap();
    let [Consent::RunProjectCode { whose, because }] = &read.consents(true, |_| false)[..] else { panic!("{read:?}") };
    assert_eq!(
        (whose.join(" "), because.join(" ")),
        ("someone.json".into(), "the plan was not made by Packwright".into())
    );
}

#[test]
fn another_format_is_named_before_anything_else_is_read() {
    assert!(refused("/format", json!(3)).contains("has format 3, and this version reads format 2"));
    assert!(adopt(r#"{"format": 99, "verbs": 7}"#, None).unwrap_err().to_string().contains("format 99"));
    assert!(refused("/format", json!(1)).contains("format 1"));
    assert!(matches!(adopt("{}", None), Err(AdoptError::Unread(_))));
    assert!(matches!(adopt(&" ".repeat(LONGEST + 1), None), Err(AdoptError::TooLarge { .. })));
}

#[test]
fn words_that_are_not_known_are_refused_wherever_they_stand() {
    for (pointer, value, expected) in [
        ("/steps/0/action/do", json!("shell"), "unknown variant `shell`"),
        ("/steps/0/needs", json!({"cpu": 1, "gpu": 1}), "unknown field `gpu`"),
        ("/steps/0/action/items/0", json!({"at": "a", "what": "folder", "owner": "me"}), "unknown field `owner`"),
        ("/steps/2/action/maker", json!({"name": "script", "revision": 9}), "`script` in revision 9"),
        ("/proofs/0/room/place", json!({"in": "space"}), "unknown variant `space`"),
        ("/products/0/product", json!("gone"), "unknown variant `gone`"),
    ] {
        let said = refused(pointer, value);
        assert!(said.contains(expected), "{pointer}: {said}");
    }
}

#[test]
fn what_leads_nowhere_or_out_is_named_with_its_place() {
    for (pointer, value, expected) in [
        ("/technology", json!("De mo"), "`De mo`"),
        ("/products", json!([]), "no product"),
        ("/products/0/step", json!("elsewhere"), "a product refers to the step `elsewhere`"),
        ("/products/0/name", json!("../a"), "`../a` for a file name"),
        ("/steps/0/within", json!(0), "no time at all"),
        ("/steps/0/after", json!(["later"]), "refers to the step `later`"),
        ("/steps/1/id", written(&sample())["steps"][0]["id"].clone(), "do not do the same have the id"),
        ("/steps/1/action/items/0/at", json!("/etc/passwd"), "the path `/etc/passwd`"),
        ("/steps/1/action/to", json!("a/b"), "`a/b` for a file name"),
        (
            "/looks/0",
            json!({"look": "lines", "of": [{"source": "a"}], "pattern": "(", "otherwise": ""}),
            "`(` for a regular",
        ),
        ("/looks/0/of", json!([{"source": "a/../../b"}]), "the path `a/../../b`"),
        ("/steps/0/action", json!({"do": "run", "commands": []}), "no command to run"),
    ] {
        let said = refused(pointer, value);
        assert!(said.contains(expected), "{pointer}: {said}");
    }
    let fetch = |name: &str, url: &str, sha256: &str| {
        refused(
            "/steps/0/action",
            json!({"do": "fetch", "files": [{"name": name, "url": url, "sha256": sha256, "bytes": null}]}),
        )
    };
    let (address, hash) = ("https://a.invalid/a", "0".repeat(64));
    assert!(fetch("../a", address, &hash).contains("`../a` for a file name"));
    assert!(fetch("a", "ssh://a.invalid/a", &hash).contains("for an address"));
    assert!(fetch("a", address, "00").contains("`00` for a SHA-256"));
}

#[test]
fn the_schema_names_every_verb() {
    let schema = serde_json::to_string(&schema()).unwrap();
    for verb in ["run", "lay", "fetch", "pack", "make", "untouched", "published"] {
        assert!(schema.contains(&format!("\"{verb}\"")), "{verb}");
    }
}
