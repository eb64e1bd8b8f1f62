//! The code of a notebook, as text that is parsed like any other.

use serde::Deserialize;

/// A notebook as nbformat writes it, as far as its code goes.
#[derive(Deserialize)]
struct Notebook {
    cells: Vec<Cell>,
}

#[derive(Deserialize)]
struct Cell {
    cell_type: String,
    source: Source,
}

/// Lines, or one text with all of them.
#[derive(Deserialize)]
#[serde(untagged)]
enum Source {
    Lines(Vec<String>),
    Text(String),
}

/// Magics of a whole cell whose rest is Python all the same.
const AROUND_PYTHON: &[&str] = &["%%time", "%%timeit", "%%capture", "%%prun", "%%px"];

/// Whether a path names a notebook.
pub(super) fn is_notebook(path: &str) -> bool {
    path.ends_with(".ipynb")
}

/// The Python of a notebook's cells, each line where the file has it, as far as it has lines of its own; `None` where the
/// file is no notebook. What only the notebook's shell understands is left out.
pub(super) fn python(text: &str) -> Option<String> {
    let notebook: Notebook = serde_json::from_str(text).ok()?;
    let mut lines: Vec<String> = Vec::new();
    let mut place = Place { text, at: 0, line: 0 };
    for cell in notebook.cells.into_iter().filter(|cell| cell.cell_type == "code") {
        let source = match cell.source {
            Source::Lines(lines) => lines.concat(),
            Source::Text(text) => text,
        };
        if is_of_another_language(&source) {
            continue;
        }
        for line in source.lines() {
            let number = place.find(line).unwrap_or(lines.len());
            lines.resize(lines.len().max(number), String::new());
            lines.push(without_magic(line));
        }
    }
    Some(lines.join("\n"))
}

/// Whether the first line of a cell gives the rest of it to another program.
fn is_of_another_language(source: &str) -> bool {
    let first = source.split_whitespace().next().unwrap_or_default();
    first.starts_with("%%") && !AROUND_PYTHON.contains(&first)
}

/// A line without what only the notebook's shell understands; a block keeps a statement.
fn without_magic(line: &str) -> String {
    let code = line.trim_start();
    let is_magic = code.starts_with(['%', '!', '?']) || code.trim_end().ends_with('?');
    if is_magic { format!("{}pass", &line[..line.len() - code.len()]) } else { line.to_owned() }
}

/// How far the file was followed.
struct Place<'a> {
    text: &'a str,
    at: usize,
    line: usize,
}

impl Place<'_> {
    /// The line of the file, from 0, on which this line of code stands, after all that were found before.
    fn find(&mut self, code: &str) -> Option<usize> {
        let written = serde_json::to_string(code).ok()?;
        let written = written.strip_suffix('"')?;
        let from = &self.text[self.at..];
        let found = from.find(written)?;
        self.line += from[..found].matches('\n').count();
        self.at += found;
        Some(self.line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_stands_on_the_lines_of_the_file() {
        let text = "{\n \"cells\": [\n  {\"cell_type\": \"markdown\", \"source\": [\"import no\"]},\n  {\"cell_type\": \"code\", \"source\": [\n   \"import numpy as np\\n\",\n   \"%matplotlib inline\\n\",\n   \"if x:\\n\",\n   \"    !ls\"\n  ]}\n ]\n}";
        let python = python(text).unwrap();
        let lines: Vec<&str> = python.lines().collect();
        assert_eq!(lines[4..], ["import numpy as np", "pass", "if x:", "    pass"]);
        assert!(lines[..4].iter().all(|line| line.is_empty()));
    }

    #[test]
    fn cells_of_other_languages_are_left_out_and_files_that_are_none_too() {
        let cell = |source: &str| format!("{{\"cells\": [{{\"cell_type\": \"code\", \"source\": {source}}}]}}");
        assert_eq!(python(&cell(r#""%%bash\nls""#)).as_deref(), Some(""));
        assert_eq!(python(&cell(r#""%%time\nimport os""#)).as_deref(), Some("pass\nimport os"));
        assert_eq!(python("{}"), None);
        assert_eq!(python("import os"), None);
    }
}
