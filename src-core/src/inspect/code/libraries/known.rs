//! Which distribution brings a module, as far as that is certain.

use super::{LIBRARIES, Libraries, distribution, modules_of, variant_of};
use crate::facts::normalize;
use crate::inspect::code::module::top;

/// The requirement that brings a module, where it is certain which distribution that is; a distribution that is only
/// called like the module may be a stranger's.
pub fn known_requirement(module: &str) -> Option<String> {
    let distribution = distribution(module);
    let name = normalize(&distribution);
    let native = &LIBRARIES.native_code;
    let is_known = LIBRARIES.common.distributions.contains(&name)
        || native.tag(&name).is_some()
        || LIBRARIES.distributions.values().any(|known| *known == distribution);
    let bound = LIBRARIES.last_versions.get(top(module)).map(String::as_str).unwrap_or_default();
    (is_known && !Libraries::get().is_embedded(top(module))).then(|| format!("{distribution}{bound}"))
}

/// The bound of a module that later versions of its distribution do not have any more.
pub fn last_version(module: &str) -> Option<&'static str> {
    LIBRARIES.last_versions.get(top(module)).map(String::as_str)
}

/// Whether a module comes with a board or an embedding program, and from no index.
pub fn is_embedded(module: &str) -> bool {
    Libraries::get().is_embedded(top(module))
}

/// Whether a declared distribution, given by its normalised name, brings a module.
pub fn brings(declared: &str, module: &str) -> bool {
    let usual = distribution(module);
    let others = modules_of().get(declared);
    declared == normalize(&usual)
        || declared == normalize(module)
        || others.is_some_and(|modules| modules.iter().any(|other| other == module))
        || variant_of(declared).is_some_and(|original| normalize(original) == normalize(&usual))
}

/// Whether only who works on a program needs this distribution, given by its normalised name.
pub(in crate::inspect) fn is_for_development(distribution: &str) -> bool {
    LIBRARIES.development.distributions.contains(distribution)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_known_is_named() {
        for (module, expected) in [
            ("PIL", "Pillow"),
            ("bs4", "beautifulsoup4"),
            ("win32com", "pywin32"),
            ("sklearn", "scikit-learn"),
            ("dateutil", "python-dateutil"),
            ("dotenv", "python-dotenv"),
            ("serial", "pyserial"),
            ("usb", "pyusb"),
            ("Crypto", "pycryptodome"),
            ("jwt", "PyJWT"),
            ("telegram", "python-telegram-bot"),
            ("discord", "discord.py"),
            ("google.cloud.storage", "google-cloud-storage"),
            ("requests", "requests"),
            ("pkg_resources", "setuptools<82"),
        ] {
            assert_eq!(known_requirement(module).as_deref(), Some(expected), "{module}");
        }
        for nobody in ["acme_reports", "displayio", "bpy", "machine"] {
            assert_eq!(known_requirement(nobody), None, "{nobody}");
        }
    }
}
