//! In which order modules may use each other: no arrow runs back up, and none in a circle.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;

use crate::expect_none;
use crate::source::{Source, core, files};

/// A module by the parts of its path, from the crate's root: `["engine", "run", "step"]`.
type Path = Vec<String>;

/// The modules of a crate, what each imports by which name, and in which order the modules in it are read.
struct Modules {
    all: BTreeMap<Path, Source>,
    imports: BTreeMap<Path, BTreeMap<String, Path>>,
    orders: BTreeMap<Path, Vec<String>>,
}

/// A path that a line of code has, and the module it leads to.
struct Arrow {
    from: Path,
    to: Path,
    written: String,
}

static USE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\buse ([^;]+);").expect("a fixed pattern"));
static MENTION: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\b(crate|super|self)(::\w+)+").expect("a fixed pattern"));
static VISIBILITY: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"pub\([^)]*\)").expect("a fixed pattern"));

impl Modules {
    fn of(sources: Vec<Source>) -> Self {
        let all: BTreeMap<Path, Source> =
            sources.into_iter().filter(|source| !source.is_test()).map(|source| (place(&source), source)).collect();
        let mut modules = Self { all, imports: BTreeMap::new(), orders: BTreeMap::new() };
        for (path, source) in &modules.all {
            if let Some(order) = reading_order(&source.text) {
                modules.orders.insert(path.clone(), order);
            }
            let leaves = uses(&code(source)).into_iter().filter_map(|mut leaf| {
                if leaf.last().is_some_and(|last| last == "self") {
                    leaf.pop();
                }
                Some((leaf.last()?.clone(), leaf))
            });
            modules.imports.insert(path.clone(), leaves.collect());
        }
        modules
    }

    /// Every path in the code of every module that leads to another module of the crate.
    fn arrows(&self) -> Vec<Arrow> {
        let mut arrows = Vec::new();
        for (from, source) in &self.all {
            let code = code(source);
            let mentions = MENTION.find_iter(&code).map(|found| parts(found.as_str()));
            for written in uses(&code).into_iter().chain(mentions) {
                if let Some(to) = self.led_to(from, &written, 0).filter(|to| to != from) {
                    arrows.push(Arrow { from: from.clone(), to, written: written.join("::") });
                }
            }
        }
        arrows
    }

    /// The module in which is what a path means in another module, also where it is imported on the way.
    fn led_to(&self, from: &Path, written: &[String], depth: usize) -> Option<Path> {
        let mut at = from.clone();
        let mut rest = written.iter().peekable();
        match rest.peek()?.as_str() {
            "crate" => at.clear(),
            "self" | "super" => {}
            first if self.all.contains_key(&below(&at, first)) => {}
            _ => return None,
        }
        while let Some(step) = rest.next_if(|step| ["crate", "self", "super"].contains(&step.as_str())) {
            if step == "super" {
                at.pop();
            }
        }
        while let Some(step) = rest.next_if(|step| self.all.contains_key(&below(&at, step))) {
            at.push(step.clone());
        }
        let imported = rest.peek().and_then(|name| self.imports.get(&at)?.get(name.as_str()));
        match imported.filter(|_| depth < 8) {
            Some(further) => self.led_to(&at, further, depth + 1).or(Some(at)),
            None => Some(at),
        }
    }
}

/// The module that a file is.
fn place(source: &Source) -> Path {
    let inside = source.path.split_once("/src/").map_or("", |(_, inside)| inside).trim_end_matches(".rs");
    let inside = inside.strip_suffix("/mod").unwrap_or(inside);
    inside.split('/').filter(|part| !["lib", "main"].contains(part)).map(str::to_owned).collect()
}

/// The code that ships, without how visible things are: a path there uses nothing.
fn code(source: &Source) -> String {
    let lines: Vec<&str> = source.code().map(|(_, line)| line).collect();
    VISIBILITY.replace_all(&lines.join("\n"), "pub").into_owned()
}

fn parts(path: &str) -> Path {
    path.split("::").map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

fn below(module: &[String], name: &str) -> Path {
    module.iter().cloned().chain([name.to_owned()]).collect()
}

/// Every path that is imported, without the names that are given to it.
fn uses(code: &str) -> Vec<Path> {
    USE.captures_iter(code).flat_map(|found| leaves(&found[1])).collect()
}

fn leaves(tree: &str) -> Vec<Path> {
    let group = tree.split_once('{').and_then(|(head, rest)| Some((head, rest.rsplit_once('}')?.0)));
    let Some((head, group)) = group else { return vec![parts(tree.split(" as ").next().unwrap_or(tree))] };
    let (mut depth, mut branches) = (0_i32, vec![String::new()]);
    for letter in group.chars() {
        depth += i32::from(letter == '{') - i32::from(letter == '}');
        match branches.last_mut() {
            Some(branch) if letter != ',' || depth > 0 => branch.push(letter),
            _ => branches.push(String::new()),
        }
    }
    let filled = branches.iter().filter(|branch| !branch.trim().is_empty());
    filled.flat_map(|branch| leaves(branch)).map(|leaf| parts(head).into_iter().chain(leaf).collect()).collect()
}

/// The names after "Reading order, each" in the documentation of a module.
fn reading_order(text: &str) -> Option<Vec<String>> {
    let docs: Vec<&str> = text.lines().map_while(|line| line.strip_prefix("//!")).collect();
    let docs = docs.join(" ");
    let (_, from) = docs.split_once("Reading order, each")?;
    let list = from.split("`].").next().map(|list| format!("{list}`]"))?;
    let name = Regex::new(r"\[`(\w+)`\]").expect("a fixed pattern");
    Some(name.captures_iter(&list).map(|found| found[1].to_owned()).collect())
}

/// The module that holds both, and the modules in it that hold each; `None` for one that is the module itself.
fn fork(arrow: &Arrow) -> (Path, Option<&String>, Option<&String>) {
    let shared = arrow.from.iter().zip(&arrow.to).take_while(|(from, to)| from == to).count();
    (arrow.from[..shared].to_vec(), arrow.from.get(shared), arrow.to.get(shared))
}

#[test]
fn a_group_of_imports_is_every_path_in_it() {
    let found = uses("use crate::{a::{self, B as C}, d};\nuse super::e::*;");
    let found: Vec<String> = found.iter().map(|path| path.join("::")).collect();
    assert_eq!(found, ["crate::a::self", "crate::a::B", "crate::d", "super::e::*"]);
}

#[test]
fn a_module_uses_only_modules_above_it() {
    let modules = Modules::of(core());
    let mut violations = BTreeSet::new();
    for (module, order) in &modules.orders {
        let inside = modules.all.keys().filter(|path| path.len() == module.len() + 1 && path.starts_with(module));
        for path in inside.filter(|path| path.last().is_some_and(|name| !order.contains(name))) {
            violations.insert(format!("`{}` is not in the reading order of the module that holds it", path.join("::")));
        }
    }
    for arrow in modules.arrows() {
        let (module, from, to) = fork(&arrow);
        let (Some(order), Some(from)) = (modules.orders.get(&module), from) else { continue };
        let place = |name: &String| order.iter().position(|known| known == name);
        // What a module with a reading order holds itself is made of all that is in it.
        if to.is_none_or(|to| place(to) > place(from)) {
            violations.insert(format!("`{}` uses `{}`, which comes after it", arrow.from.join("::"), arrow.written));
        }
    }
    let violations: Vec<_> = violations.into_iter().collect();
    expect_none("Modules use only those that the reading order above them names before them:", &violations);
}

#[test]
fn the_engine_and_every_part_of_it_has_a_reading_order() {
    let modules = Modules::of(core());
    let engine = ["engine".to_owned()];
    let parts = modules
        .all
        .iter()
        .filter(|(path, source)| path.starts_with(&engine) && path.len() <= 2 && source.path.ends_with("/mod.rs"));
    let without = parts.filter(|(path, _)| !modules.orders.contains_key(*path)).map(|(path, _)| path.join("::"));
    expect_none("Say in its documentation in which order the modules in it are read:", &without.collect::<Vec<_>>());
}

/// Modules in which some need each other, with the reason.
const MUTUAL: &[(&str, &str)] = &[("plan", "the types of a plan consist of each other")];

#[test]
fn of_modules_beside_each_other_none_needs_one_that_needs_it() {
    let mut violations = Vec::new();
    for sources in [core(), files("src-tui/src", &[".rs"])] {
        let mut needs: BTreeMap<Path, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
        for arrow in Modules::of(sources).arrows() {
            if let (module, Some(from), Some(to)) = fork(&arrow) {
                needs.entry(module).or_default().entry(from.clone()).or_default().insert(to.clone());
            }
        }
        needs.retain(|module, _| !MUTUAL.iter().any(|(known, _)| *known == module.join("::")));
        for (module, needs) in &needs {
            for name in needs.keys().filter(|name| reaches(needs, name, name)) {
                violations.push(format!("`{}` needs itself by way of another", below(module, name).join("::")));
            }
        }
    }
    expect_none("Move what both need into a module of its own:", &violations);
}

/// Whether something is needed, directly or in turn.
fn reaches(needs: &BTreeMap<String, BTreeSet<String>>, from: &str, wanted: &str) -> bool {
    let (mut open, mut seen) = (vec![from], BTreeSet::new());
    while let Some(name) = open.pop() {
        for next in needs.get(name).into_iter().flatten() {
            if next == wanted {
                return true;
            }
            if seen.insert(next) {
                open.push(next);
            }
        }
    }
    false
}
