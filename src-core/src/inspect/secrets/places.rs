//! Where secrets are kept, and where they are made up.

use super::Forms;

/// How closely a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    /// For what is known by its form.
    Forms,
    /// Also for names that secrets are given, whose values are written in quotes.
    Code,
    /// Likewise, with or without quotes.
    Settings,
    /// Whatever is assigned to such a name is one.
    Credentials,
}

/// How a file is read, by its path.
pub(super) fn kept_in(path: &str, forms: &Forms) -> Kept {
    let name = name_of(path).to_lowercase();
    let (stem, ending) = name.rsplit_once('.').unwrap_or((&name, ""));
    let settings = &forms.settings;
    let says = |words: &[String]| words.iter().any(|word| stem.contains(word.as_str()));
    if matches!(ending, "py" | "pyw" | "ipynb") {
        return Kept::Code;
    }
    let is_other = settings.never.iter().any(|word| name.contains(word.as_str()));
    if is_other || !settings.endings.iter().any(|known| known == ending) {
        return Kept::Forms;
    }
    if says(&settings.certain) {
        return Kept::Credentials;
    }
    if settings.named.iter().any(|known| known == ending) && !says(&settings.names) {
        Kept::Forms
    } else {
        Kept::Settings
    }
}

/// Whether secrets at this path are made up: those of tests, examples and templates.
pub(crate) fn is_made_up(path: &str) -> bool {
    let made_up = &Forms::get().made_up;
    let lower = path.to_lowercase();
    let (folders, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    let in_folder = folders.split('/').any(|folder| made_up.folders.iter().any(|known| known == folder));
    let is_marked = name.split(['.', '-', '_']).skip(1).any(|part| made_up.marks.iter().any(|mark| mark == part));
    let stem = name.split('.').next().unwrap_or(name);
    in_folder || is_marked || stem.starts_with("test_") || stem.ends_with("_test") || stem == "conftest"
}

/// The last part of a path.
pub(super) fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_of_tests_examples_and_templates_are_made_up() {
        for path in [
            ".env.example",
            "tests/data/id_rsa",
            "pkg/tests/key.pem",
            "config.sample.ini",
            "test_login.py",
            "a/examples/b.py",
            "config_template.json",
        ] {
            assert!(is_made_up(path), "{path}");
        }
        for path in [".env", ".env.production", "pkg/config.ini", "contest/app.py", "latest.py", "example.py"] {
            assert!(!is_made_up(path), "{path}");
        }
    }

    #[test]
    fn files_are_read_by_what_their_names_say() {
        let kept = |path| kept_in(path, Forms::get());
        assert_eq!(kept("bot.py"), Kept::Code);
        assert_eq!(kept("data/words.json"), Kept::Forms);
        assert_eq!(kept("config.json"), Kept::Settings);
        assert_eq!(kept("app.ini"), Kept::Settings);
        assert_eq!(kept(".streamlit/secrets.toml"), Kept::Credentials);
        assert_eq!(kept("token.json"), Kept::Credentials);
        for other in ["uv.lock", "package-lock.json", "tokenizer.json", "README.md", "picture.png"] {
            assert_eq!(kept(other), Kept::Forms, "{other}");
        }
    }
}
