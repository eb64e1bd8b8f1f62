//! Values that metadata keeps in other files of the project: a version in code, a readme, an icon.

use regex::Regex;

use super::lookup;
use super::python::Module;
use crate::facts::{Evidence, Source};
use crate::inspect::tree::Tree;

/// How much of a file is searched for a version, in bytes.
const SEARCHED: usize = 64 << 10;

/// A string assigned to a name at the top level of a module, as `package.module.NAME` names it.
///
/// `None` where it takes running the code: then the build backend imports the module.
pub(crate) fn attribute(tree: &Tree, reference: &str, source_dir: Option<&str>) -> Option<Evidence<String>> {
    let (module, name) = reference.rsplit_once('.')?;
    let path = module_path(tree, module, source_dir)?;
    constant(tree, &path, name)
}

/// A constant at the top level of a file: a string, or a tuple of parts as in `(1, 2, 3)`.
pub(crate) fn constant(tree: &Tree, path: &str, name: &str) -> Option<Evidence<String>> {
    use super::literal::Value;
    let module = Module::parse(&tree.read(path).ok()??).ok()?;
    let literal = module.constant(name)?;
    let value = match &literal.value {
        Value::Text(text) | Value::Plain(text) => text.clone(),
        Value::List(parts) => {
            let part = |value: &Value| match value {
                Value::Text(text) | Value::Plain(text) => Some(text.clone()),
                _ => None,
            };
            parts.iter().map(|part_of| part(&part_of.value)).collect::<Option<Vec<_>>>()?.join(".")
        }
        _ => return None,
    };
    Some(Evidence { value, source: Source::line(path, literal.line) })
}

/// The docstring of a module in a file.
pub(crate) fn docstring(tree: &Tree, path: &str) -> Option<Evidence<String>> {
    let module = Module::parse(&tree.read(path).ok()??).ok()?;
    let literal = module.docstring()?;
    Some(Evidence { value: literal.text()?.trim().to_owned(), source: Source::line(path, literal.line) })
}

/// The file of a dotted module: in the named folder, at the root, or under `src`.
pub(crate) fn module_path(tree: &Tree, module: &str, source_dir: Option<&str>) -> Option<String> {
    let inside = module.replace('.', "/");
    [source_dir.unwrap_or_default(), "", "src"].iter().find_map(|folder| {
        let base = if folder.is_empty() { inside.clone() } else { format!("{folder}/{inside}") };
        [format!("{base}/__init__.py"), format!("{base}.py")].into_iter().find(|path| tree.has(path))
    })
}

/// The first line of a file that is not empty.
pub(crate) fn first_line(tree: &Tree, path: &str) -> Option<Evidence<String>> {
    let text = tree.read(path).ok()??;
    let (index, line) = text.lines().enumerate().find(|(_, line)| !line.trim().is_empty())?;
    Some(Evidence { value: line.trim().to_owned(), source: Source::line(path, index + 1) })
}

/// What the group `version` of an expression matches in a file.
pub(crate) fn matched(tree: &Tree, path: &str, expression: &Regex) -> Option<Evidence<String>> {
    let text = tree.read(path).ok()??;
    // An expression of the project may be one that takes its time; what it looks for is not far from the top.
    let text = &text[..text.floor_char_boundary(SEARCHED)];
    let captures = expression.captures(text)?;
    let found = captures.name("version").or_else(|| captures.name("version2")).or_else(|| captures.get(1))?;
    let line = super::document::Lines::of(text).line(found.start());
    Some(Evidence { value: found.as_str().to_owned(), source: Source::line(path, line) })
}

/// The readme at the root, by its usual names.
pub(crate) fn usual_readme(tree: &Tree) -> Option<String> {
    ["README.md", "README.rst", "README.txt", "README", "Readme.md", "readme.md"]
        .into_iter()
        .find(|path| tree.has(path))
        .map(str::to_owned)
}

/// An icon of the program: a picture with a telling name near the root, the best format for bundling first.
pub(crate) fn icon(tree: &Tree, name: &str) -> Option<String> {
    let stems = [name.to_lowercase(), "icon".to_owned(), "logo".to_owned(), "appicon".to_owned()];
    let rank = |path: &&str| {
        let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
        let (stem, ending) = file.rsplit_once('.')?;
        let ending = ["svg", "png", "ico", "icns"].iter().position(|known| ending.eq_ignore_ascii_case(known))?;
        let stem = stems.iter().position(|known| *known == stem.to_lowercase())?;
        let depth = if folder.is_empty() { 0 } else { folder.split('/').count() };
        let hidden = folder.split('/').any(|part| {
            part.starts_with('.') || matches!(part, "tests" | "test" | "docs" | "doc" | "examples" | "site-packages")
        });
        (!hidden && depth <= 5).then_some((stem, depth, ending))
    };
    lookup::paths(tree).filter_map(|path| Some((rank(&path)?, path))).min().map(|(_, path)| path.to_owned())
}
