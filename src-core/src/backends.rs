//! The technologies that can be built: one folder and one word each.

use crate::backend::Backend;

/// Declares the folders and the static list of backends, in gradient order: ties in the advice go to the first.
macro_rules! backends {
    ($($folder:ident),* $(,)?) => {
        $(mod $folder;)*

        /// Every backend.
        pub fn all() -> &'static [&'static dyn Backend] {
            &[$(&$folder::BACKEND),*]
        }
    };
}

backends! {}

/// The backend of a technology.
pub fn named(technology: &str) -> Option<&'static dyn Backend> {
    all().iter().copied().find(|backend| backend.entry().id == technology)
}
