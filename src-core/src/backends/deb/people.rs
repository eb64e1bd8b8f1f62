//! Who answers for the package.

use super::text::one_line;
use crate::backend::{PlanError, Request};
use crate::problem::{Code, Problem};

/// Whom a package names, as `Name <address>`; Debian Policy 5.6.2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Maintainer {
    /// The field's value.
    pub text: String,
    /// Whether it is an address at which somebody is reached.
    pub is_reached: bool,
}

impl Maintainer {
    /// The one that the option names; else the first person of the metadata that has an address. Nobody is invented: where
    /// no address is known, one stands in that never will be (RFC 2606).
    pub fn of(request: &Request, package: &str) -> Result<Self, PlanError> {
        let asked = request.options.get("maintainer");
        if !asked.is_empty() {
            let refused = || {
                let message = format!("`{asked}` names no maintainer");
                let hint =
                    "Write the option `maintainer` as `Name <address>`, for example `Ada Example <ada@example.org>`";
                PlanError::from(Problem::new(Code::Usage, message).hint(hint))
            };
            return person(asked).map(Self::reached).ok_or_else(refused);
        }
        let people = &request.project.metadata.people;
        if let Some(found) = people.iter().find_map(|text| person(text)) {
            return Ok(Self::reached(found));
        }
        let name = people.iter().map(|text| name(text)).find(|name| !name.is_empty());
        let name = name.unwrap_or_else(|| format!("Maintainers of {package}"));
        Ok(Self { text: format!("{name} <unknown@{package}.invalid>"), is_reached: false })
    }

    fn reached(text: String) -> Self {
        Self { text, is_reached: true }
    }

    /// What is to be said where nobody is reached.
    pub fn warning(&self) -> Option<String> {
        let remedy = "name one as `Name <address>` by the option `maintainer`, which `[tool.packwright.options.deb]` keeps \
                      with the project, or an author with an address in the metadata";
        (!self.is_reached)
            .then(|| format!("nobody with an address answers for the package, which says `{}`; {remedy}", self.text))
    }
}

/// The name without an address, and without what would end it.
fn name(text: &str) -> String {
    let name = text.split('<').next().unwrap_or_default();
    one_line(&name.replace(|c: char| "<>,\"@".contains(c), " "))
}

/// A name and an address; `None` where one of them is missing.
fn person(text: &str) -> Option<String> {
    let (_, address) = text.rsplit_once('<')?;
    let address = address.trim().strip_suffix('>')?;
    let (user, host) = address.split_once('@')?;
    let is_plain = |part: &str| {
        !part.is_empty()
            && part.chars().all(|c| c.is_ascii_alphanumeric() || "._+-".contains(c))
            && !part.starts_with('.')
    };
    let name = name(text);
    (is_plain(user) && is_plain(host) && !name.is_empty()).then(|| format!("{name} <{address}>"))
}

#[cfg(test)]
mod tests {
    use super::super::BACKEND;
    use super::*;
    use crate::backend::{Backend, sample};

    fn maintainer(people: &[&str], option: &str) -> Result<Maintainer, String> {
        let mut request = sample::with_options(sample::weather(), BACKEND.entry(), &[("maintainer", option)]);
        request.project.metadata.people = people.iter().map(|text| (*text).to_owned()).collect();
        Maintainer::of(&request, "weather-cli").map_err(|error| error.to_string())
    }

    #[test]
    fn the_first_person_with_an_address_answers_for_it() {
        let found = maintainer(&["Somebody", "Ada, B. <ada@example.org>", "C <c@example.org>"], "").unwrap();
        assert_eq!((found.text.as_str(), found.is_reached), ("Ada B. <ada@example.org>", true));
        assert_eq!(found.warning(), None);
        let found = maintainer(&["Ada <ada@example.org>"], "Team <team@example.org>").unwrap();
        assert_eq!(found.text, "Team <team@example.org>");
    }

    #[test]
    fn nobody_is_invented_and_it_is_said() {
        for (people, text) in [
            (&[][..], "Maintainers of weather-cli <unknown@weather-cli.invalid>"),
            (&["The developers"], "The developers <unknown@weather-cli.invalid>"),
            (&["<no@name.example>"], "Maintainers of weather-cli <unknown@weather-cli.invalid>"),
            (&["Eve\nDepends: evil <a b@c>"], "Eve Depends: evil <unknown@weather-cli.invalid>"),
        ] {
            let found = maintainer(people, "").unwrap();
            assert_eq!(found.text, text);
            assert!(found.warning().is_some_and(|text| text.contains("the option `maintainer`")), "{found:?}");
        }
    }

    #[test]
    fn an_option_that_names_nobody_is_refused() {
        for option in ["Ada", "ada@example.org", "<ada@example.org>", "Ada <ada>", "Ada <a@b> x"] {
            assert_eq!(maintainer(&[], option).unwrap_err(), format!("`{option}` names no maintainer"));
        }
    }
}
