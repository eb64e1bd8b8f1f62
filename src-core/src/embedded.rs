//! The data beside the code: TOML for whoever edits it, compiled in as `build.rs` writes it down.

use serde::Deserialize;

/// The data of a TOML file, named from `src`: `data!("catalogue/questions.toml")`.
macro_rules! data {
    ($($path:expr),+ $(,)?) => {
        $crate::embedded::read(include_str!(concat!(env!("OUT_DIR"), "/", $($path,)+ ".json")))
    };
}
pub(crate) use data;

/// Reads what [`data`] names.
///
/// # Panics
/// When it is not of this type, which a test of each file rules out.
pub(crate) fn read<T: Deserialize<'static>>(json: &'static str) -> T {
    serde_json::from_str(json).expect("compiled in, and read by a test")
}
