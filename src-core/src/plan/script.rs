//! Inline script metadata, PEP 723: a comment block at the top of a script that says what it needs.

use std::ops::Range;

/// A script with this block of metadata instead of its own, or put in where it has none.
///
/// A new block stands behind the `#!` line, the encoding line and comments that follow them without a gap, such as a licence, and
/// before the first statement, which may be the docstring. `shebang` replaces the `#!` line or becomes the first line.
pub fn with_metadata(script: &str, block: &str, shebang: Option<&str>) -> String {
    let (mark, script) = match script.strip_prefix('\u{feff}') {
        // The kernel finds no `#!` behind a byte order mark, and UTF-8 needs none.
        Some(rest) if shebang.is_some() => ("", rest),
        Some(rest) => ("\u{feff}", rest),
        None => ("", script),
    };
    let newline = if script.contains("\r\n") { "\r\n" } else { "\n" };
    let mut lines: Vec<&str> = script.lines().collect();
    let block: Vec<&str> = block.trim_end().lines().collect();
    match existing(&lines) {
        Some(range) => drop(lines.splice(range, block)),
        None => put_in(&mut lines, block),
    }
    if let Some(shebang) = shebang {
        if lines.first().is_some_and(|line| line.starts_with("#!")) {
            lines.remove(0);
        }
        lines.insert(0, shebang);
    }
    format!("{mark}{}{newline}", lines.join(newline))
}

/// The lines of the first `script` block. As PEP 723 says, it ends at the last `# ///` of the comment lines that follow.
fn existing(lines: &[&str]) -> Option<Range<usize>> {
    let start = lines.iter().position(|line| line.trim_end() == "# /// script")?;
    let comments = lines[start + 1..].iter().take_while(|line| **line == "#" || line.starts_with("# "));
    let ends = comments.enumerate().filter(|(_, line)| line.trim_end() == "# ///");
    let end = ends.map(|(index, _)| start + 1 + index).last()?;
    Some(start..end + 1)
}

fn put_in<'a>(lines: &mut Vec<&'a str>, block: Vec<&'a str>) {
    let at = lines.iter().position(|line| !line.starts_with('#')).unwrap_or(lines.len());
    let mut parts = block;
    // A comment that touches the block would become part of it for some readers; one line apart it is only a comment.
    if at > 0 && !lines[at - 1].starts_with("#!") {
        parts.insert(0, "");
    }
    if lines.get(at).is_some_and(|line| !line.trim().is_empty()) {
        parts.push("");
    }
    lines.splice(at..at, parts);
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLOCK: &str = "# /// script\n# dependencies = [\"rich\"]\n# ///";

    #[test]
    fn a_block_goes_before_the_docstring() {
        assert_eq!(with_metadata("\"\"\"Doc.\"\"\"\n", BLOCK, None), format!("{BLOCK}\n\n\"\"\"Doc.\"\"\"\n"));
    }

    #[test]
    fn a_block_goes_behind_shebang_and_encoding() {
        let script = "#!/usr/bin/python3\n# -*- coding: utf-8 -*-\nimport rich\n";
        let expected = format!("#!/usr/bin/python3\n# -*- coding: utf-8 -*-\n\n{BLOCK}\n\nimport rich\n");
        assert_eq!(with_metadata(script, BLOCK, None), expected);
    }

    #[test]
    fn an_old_block_is_replaced_where_it_stands() {
        let script = "# Licence: MIT\n\n# /// script\n# dependencies = []\n# ///\nprint()\n";
        assert_eq!(with_metadata(script, BLOCK, None), format!("# Licence: MIT\n\n{BLOCK}\nprint()\n"));
    }

    #[test]
    fn a_block_ends_at_its_last_mark_as_the_standard_says() {
        let script = "# /// script\n# a = 1\n# ///\n# b = 2\n# ///\nprint()\n";
        assert_eq!(with_metadata(script, BLOCK, None), format!("{BLOCK}\nprint()\n"));
    }

    #[test]
    fn blocks_of_other_types_stay() {
        let script = "# /// notes\n# x\n# ///\n\nprint()\n";
        let text = with_metadata(script, BLOCK, None);
        assert!(text.starts_with("# /// notes\n# x\n# ///\n\n# /// script\n"), "{text}");
    }

    #[test]
    fn the_shebang_becomes_the_first_line_or_replaces_it() {
        let shebang = Some("#!/usr/bin/env -S uv run --script");
        for script in ["print()\n", "#!/usr/bin/python2\nprint()\n", "\u{feff}print()\n"] {
            let text = with_metadata(script, BLOCK, shebang);
            assert_eq!(text, format!("#!/usr/bin/env -S uv run --script\n{BLOCK}\n\nprint()\n"));
        }
    }

    #[test]
    fn line_ends_stay_as_they_are() {
        let text = with_metadata("print()\r\n", BLOCK, None);
        assert_eq!(text.matches("\r\n").count(), text.matches('\n').count(), "{text:?}");
    }

    #[test]
    fn an_empty_script_is_only_its_block() {
        assert_eq!(with_metadata("", BLOCK, None), format!("{BLOCK}\n"));
    }
}
