//! What is said of a package: its control file, and what stands in `/usr/share/doc` and `/usr/share/man`.

use super::package::{Package, Payload};
use super::text::{cut, described, one_line, roff};
use crate::facts::Trial;

/// The longest synopsis; Debian Policy 3.4.1.
const SYNOPSIS: usize = 78;

/// The control file, without what only the finished tree tells: its size and what its libraries need.
pub(super) fn control(package: &Package, architecture: &str) -> String {
    let homepage = package.homepage().map(|url| format!("Homepage: {url}\n")).unwrap_or_default();
    let summary = package.summary();
    let synopsis = cut(&summary, SYNOPSIS);
    let whole = if synopsis == summary { String::new() } else { format!("In the words of its authors: {summary}") };
    format!(
        "Package: {}\nVersion: {}\nSection: {}\nPriority: optional\nArchitecture: {architecture}\nMaintainer: {}\n\
         {homepage}Description: {synopsis}\n{}",
        package.name,
        package.version.full(),
        package.request.options.get("section"),
        package.maintainer.text,
        described(&[whole, contents(package)]),
    )
}

/// What is in the package, in a sentence or two.
fn contents(package: &Package) -> String {
    let names: Vec<&str> = package.commands.iter().map(|command| command.name.as_str()).collect();
    let noun = if names.len() == 1 { "command" } else { "commands" };
    let carried = match package.payload {
        Payload::Venv => {
            "It stands in a virtual environment of its own, with the Python packages that it was tried with; the \
             interpreter is that of the system."
        }
        Payload::Frozen => "It brings its own Python and all Python packages that it needs.",
    };
    format!("This package gives the {noun} {}. {carried}", crate::problem::listing(&names))
}

/// The changelog: one entry, whose date is filled in where everything has it.
pub(super) fn changelog(package: &Package) -> String {
    format!(
        "{} ({}) unstable; urgency=medium\n\n  * Package version {} of {}.\n\n -- {}  @date@\n",
        package.name,
        package.version.full(),
        package.version.upstream(),
        one_line(&package.request.project.name),
        package.maintainer.text
    )
}

/// The head of the copyright file, in its machine-readable form; the texts of the licences follow it.
/// <https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/>
pub(super) fn copyright(package: &Package) -> String {
    let project = &package.request.project;
    let name = one_line(&project.name);
    let source = package.homepage().map(|url| format!("Source: {url}\n")).unwrap_or_default();
    let lock = package.request.resolved.locks.get(&package.request.environment);
    let inside: Vec<String> =
        lock.into_iter().flat_map(|lock| &lock.packages).map(|one| format!("{} {}", one.name, one.version)).collect();
    let comment = if inside.is_empty() {
        String::new()
    } else {
        let text = format!(
            "Inside are also {}. Each keeps the terms that it is under in its folder that ends with .dist-info, or in \
             its own distribution.",
            crate::problem::listing(&inside)
        );
        format!("Comment:\n{}", described(&[text]))
    };
    let people: Vec<String> = project.metadata.people.iter().map(|text| one_line(text)).collect();
    let holders = if people.is_empty() { format!("the authors of {name}") } else { people.join(", ") };
    format!(
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\nUpstream-Name: {name}\n{source}\
         {comment}\nFiles: *\nCopyright: {holders}\nLicense: {}\n",
        licence(project.metadata.licence.as_deref(), !project.metadata.licence_files.is_empty())
    )
}

/// The licence as the field has it: names without spaces, and `or` and `and` between them.
fn licence(stated: Option<&str>, has_text: bool) -> String {
    let stated = one_line(stated.unwrap_or_default()).replace(['(', ')'], "");
    let words: Vec<&str> = stated.split(' ').filter(|word| !word.is_empty()).collect();
    match words.len() {
        0 => return if has_text { "as-below".into() } else { "not-stated".into() },
        1..=20 => {}
        _ => return "as-stated-in-the-metadata".into(),
    }
    let is_operator = |word: &str| ["AND", "OR", "WITH"].contains(&word);
    if words.iter().any(|word| is_operator(word)) {
        let words = words.iter().map(|word| if is_operator(word) { word.to_lowercase() } else { (*word).to_owned() });
        return words.collect::<Vec<_>>().join(" ");
    }
    words.join("-")
}

/// What stands instead of a licence's text where the project ships none.
pub(super) fn instead_of_a_licence(package: &Package) -> String {
    let stated = package.request.project.metadata.licence.as_deref().map(one_line).unwrap_or_default();
    let shelf = ["Apache-2.0", "GPL-2", "GPL-3", "LGPL-2.1", "LGPL-3", "MPL-2.0"]
        .into_iter()
        .find(|name| stated.contains(name));
    let shelf =
        shelf.map(|name| format!(" A copy of {name} is in /usr/share/common-licenses/{name}.")).unwrap_or_default();
    if stated.is_empty() {
        return "The project does not state its licence.".into();
    }
    format!("The project states this licence and ships no text of it.{shelf}")
}

/// The manual page of a command, in roff.
pub(super) fn manual(package: &Package, command: &str) -> String {
    let is_main = command == package.command();
    let what = if is_main { package.summary() } else { format!("a command of {}", package.name) };
    let version = format!("{} {}", package.name, package.version.upstream());
    let mut text = format!(
        ".TH \"{}\" 1 \"\" \"{}\" \"User Commands\"\n.SH NAME\n{} \\- {}\n.SH SYNOPSIS\n.B {}\n.RI [ argument \" ...\" ]\n",
        roff(&command.to_uppercase()),
        roff(&version),
        roff(command),
        roff(&what).trim_start_matches("\\&"),
        roff(command)
    );
    text.push_str(&format!(".SH DESCRIPTION\n{}.\n", roff(&what)));
    let answers_help = matches!(&package.request.project.trial.value, Trial::Arguments { attempts }
        if attempts.iter().any(|arguments| arguments.iter().any(|argument| argument == "--help")));
    if is_main && answers_help {
        text.push_str(&format!(".SH OPTIONS\n.B {} \\-\\-help\nsays what it takes.\n", roff(command)));
    }
    let others: Vec<&str> =
        package.commands.iter().map(|one| one.name.as_str()).filter(|name| *name != command).collect();
    let pages = others.iter().map(|name| format!(".BR {} (1)\n", roff(name)));
    let web = package.homepage().map(|url| format!(".UR {}\n.UE\n", roff(url)));
    let see: String = pages.chain(web).collect();
    if !see.is_empty() {
        text.push_str(&format!(".SH SEE ALSO\n{see}"));
    }
    text
}
