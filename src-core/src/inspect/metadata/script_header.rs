//! PEP 723: metadata in the comments of a single-file script.

use std::sync::LazyLock;

use regex::Regex;

use super::declared::Declared;
use super::document::Document;
use super::requirement;
use crate::inspect::InspectError;

/// The expression of the specification.
static BLOCK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?m)^# /// (?P<type>[a-zA-Z0-9-]+)$\s(?P<content>(?:^#(?:| .*)$\s)+)^# ///$")
        .expect("the expression is the specification's and covered by tests")
});

/// The TOML of the block `script`, and the line in the file of its first line.
pub(crate) fn extract(path: &str, source: &str) -> Result<Option<(String, usize)>, InspectError> {
    // Python's universal newlines are part of the specification's reference.
    let source = source.replace("\r\n", "\n").replace('\r', "\n");
    let mut blocks = BLOCK.captures_iter(&source).filter(|block| &block["type"] == "script");
    let Some(block) = blocks.next() else { return Ok(None) };
    if blocks.next().is_some() {
        return Err(InspectError::Invalid { path: path.into(), message: "it has more than one block `script`".into() });
    }
    let content =
        block["content"].lines().map(|line| line.strip_prefix("# ").or_else(|| line.strip_prefix('#')).unwrap_or(line));
    let toml: Vec<&str> = content.collect();
    let first = source[..block.name("content").map_or(0, |content| content.start())].matches('\n').count() + 1;
    Ok(Some((toml.join("\n"), first)))
}

/// Fills in what the header of a script declares.
pub(crate) fn read(path: &str, source: &str, declared: &mut Declared) -> Result<(), InspectError> {
    let Some((toml, first)) = extract(path, source)? else { return Ok(()) };
    let document = Document::parse_from(path, &toml, first)?;
    let root = document.root();
    if let Some(item) = root.get("requires-python") {
        declared.requires_python = Some(requirement::specifiers(&item)?);
    }
    if let Some(item) = root.get("dependencies") {
        declared.dependencies = requirement::read_all(&item)?;
        declared.has_dependency_list = true;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Definition, Source};

    const SCRIPT: &str = "#!/usr/bin/env python3\n# /// script\n# requires-python = \">=3.11\"\n# dependencies = [\n#   \"requests<3\",\n#\n#   \"rich\",\n# ]\n# ///\nimport requests\n";

    fn declared(text: &str) -> Result<Declared, InspectError> {
        let mut declared = Declared::new(Definition::Script("tool.py".into()));
        read("tool.py", text, &mut declared)?;
        Ok(declared)
    }

    #[test]
    fn a_header_declares_requirements_with_their_lines() {
        for text in [SCRIPT.to_owned(), SCRIPT.replace('\n', "\r\n")] {
            let declared = declared(&text).unwrap();
            assert_eq!(declared.requires_python.unwrap().value, ">=3.11");
            assert_eq!(declared.dependencies[1].text, "rich");
            assert_eq!(declared.dependencies[1].source, Source::line("tool.py", 7));
        }
    }

    #[test]
    fn two_headers_are_an_error() {
        let error = declared(&format!("{SCRIPT}\n{SCRIPT}")).unwrap_err().to_string();
        assert_eq!(error, "`tool.py` is not valid: it has more than one block `script`");
    }

    #[test]
    fn other_blocks_and_open_blocks_are_no_header() {
        for text in ["# /// other\n# a = 1\n# ///\n", "# /// script\n# a = 1\n", "# /// script\n#a = 1\n# ///\n"] {
            assert_eq!(extract("tool.py", text).unwrap(), None, "{text}");
        }
    }

    #[test]
    fn broken_toml_is_found_in_the_script() {
        let error = declared("import x\n# /// script\n# dependencies = [\n# x\n# ]\n# ///\n").unwrap_err();
        assert!(matches!(error, InspectError::Parse { line: 4, .. }), "{error}");
    }
}
