//! Options of requirement files, as pip takes them: also shortened, and several on a line.

use super::Found;
use crate::facts::{Definition, IndexRole, Source};
use crate::inspect::InspectError;
use crate::inspect::metadata::declared::Declared;
use crate::inspect::metadata::requirements_txt;
use crate::inspect::tree::Tree;

/// Long options that pip knows in such files. One may be shortened as long as it can be told from the others.
const OPTIONS: [&str; 15] = [
    "--constraint",
    "--editable",
    "--extra-index-url",
    "--find-links",
    "--index-url",
    "--no-binary",
    "--no-index",
    "--only-binary",
    "--pre",
    "--prefer-binary",
    "--pypi-url",
    "--require-hashes",
    "--requirement",
    "--trusted-host",
    "--use-feature",
];

/// Files that are included by files that are included…, at most.
const FILES: usize = 200;

impl Found {
    /// The requirement files of a folder, or those that its metadata takes requirements from.
    pub(super) fn requirement_files(&mut self, tree: &Tree, declared: &Declared) -> Result<(), InspectError> {
        let mut seen = Vec::new();
        if let Definition::Folder(main) = &declared.definition {
            if !main.is_empty() {
                self.requirement_file(tree, main, None, &mut seen)?;
            }
            let main = Some(main.as_str()).filter(|main| !main.is_empty());
            for (group, path) in requirements_txt::other_files(tree, main) {
                self.requirement_file(tree, &path, Some(&group), &mut seen)?;
            }
            return Ok(());
        }
        let of_extras = declared.extras.values().flatten().chain(declared.groups.values().flatten());
        for requirement in declared.dependencies.iter().chain(of_extras) {
            if let Source::File { path, .. } = &requirement.source
                && ![".toml", ".py", ".cfg"].iter().any(|ending| path.ends_with(ending))
            {
                self.requirement_file(tree, path, None, &mut seen)?;
            }
        }
        Ok(())
    }

    fn requirement_file(
        &mut self,
        tree: &Tree,
        path: &str,
        group: Option<&str>,
        seen: &mut Vec<String>,
    ) -> Result<(), InspectError> {
        if seen.len() >= FILES || seen.iter().any(|seen| seen == path) {
            return Ok(());
        }
        seen.push(path.to_owned());
        let Some(text) = tree.read(path)? else { return Ok(()) };
        let folder = tree.root.join(path).parent().map(std::path::Path::to_path_buf).unwrap_or_default();
        for (line, text) in requirements_txt::logical_lines(&text) {
            if !text.starts_with('-') {
                continue;
            }
            for (option, value) in options(&text) {
                let role = match option {
                    "--requirement" | "--constraint" => {
                        if let Some(included) = requirements_txt::beside(path, value) {
                            self.requirement_file(tree, &included, group, seen)?;
                        }
                        continue;
                    }
                    "--index-url" | "--pypi-url" => IndexRole::Default,
                    "--extra-index-url" => IndexRole::Extra,
                    "--find-links" => IndexRole::Files,
                    "--no-index" => IndexRole::None,
                    _ => continue,
                };
                let address = (role != IndexRole::None).then(|| super::address_from(&folder, value));
                self.add(None, address.as_deref(), role, Source::line(path, line));
                if let Some(index) = self.indexes.last_mut() {
                    index.only = group.map(str::to_owned);
                }
            }
        }
        Ok(())
    }
}

/// The options of a line with their values, each by its whole name.
fn options(text: &str) -> Vec<(&'static str, &str)> {
    let mut found = Vec::new();
    let mut words = text.split_whitespace().map(|word| word.trim_matches(['"', '\'']));
    while let Some(word) = words.next() {
        let (head, attached) = match word.split_once('=').filter(|_| word.starts_with("--")) {
            Some((head, value)) => (head, Some(value.trim_matches(['"', '\'']))),
            None if !word.starts_with("--") && word.starts_with('-') && word.len() > 2 && word.is_char_boundary(2) => {
                (&word[..2], Some(&word[2..]))
            }
            None => (word, None),
        };
        let Some(option) = whole(head) else { continue };
        let takes_value = !matches!(option, "--no-index" | "--pre" | "--prefer-binary" | "--require-hashes");
        let value = if takes_value { attached.or_else(|| words.next()) } else { Some("") };
        found.extend(value.map(|value| (option, value)));
    }
    found
}

fn whole(option: &str) -> Option<&'static str> {
    let short = [("-i", "--index-url"), ("-f", "--find-links"), ("-r", "--requirement"), ("-c", "--constraint")];
    if let Some((_, long)) = short.into_iter().chain([("-e", "--editable")]).find(|(short, _)| *short == option) {
        return Some(long);
    }
    let mut meant = OPTIONS.into_iter().filter(|known| option.len() > 2 && known.starts_with(option));
    let first = meant.next()?;
    (first == option || meant.next().is_none()).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_known_however_they_are_written() {
        for text in [
            "-i http://a.test",
            "-ihttp://a.test",
            "--index-url=http://a.test",
            "--index \"http://a.test\"",
            "--in http://a.test",
        ] {
            assert_eq!(options(text), [("--index-url", "http://a.test")], "{text}");
        }
        assert_eq!(
            options("--no-index --pre -f ./wheels --extra-index-url http://b.test"),
            [("--no-index", ""), ("--pre", ""), ("--find-links", "./wheels"), ("--extra-index-url", "http://b.test")]
        );
        assert!(options("--pr x --hash=y").is_empty(), "`--pr` could be either of two");
    }
}
