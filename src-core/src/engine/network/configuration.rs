//! Why it is not known where packages come from.

/// Why it is not known where packages come from.
#[derive(Debug, thiserror::Error)]
pub enum ConfigurationError {
    /// A file that the user wrote is there but not understood. To go on without it could fetch a package of the same
    /// name from elsewhere.
    #[error("`{path}`, which says where packages come from, cannot be read")]
    File {
        /// The file.
        path: String,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Certificates that the user named cannot be had. Without them an index may be taken for another one.
    #[error("the certificates `{path}`, which pip was told to trust, cannot be read")]
    Certificates {
        /// The file or folder.
        path: String,
        /// Why.
        source: std::io::Error,
    },
}
