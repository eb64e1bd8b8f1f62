//! Empty wheels that stand for packages whose index is settled apart: they show who needs them without asking any index.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;

use zip::write::SimpleFileOptions;

use crate::inspect::file_address;

/// Writes the wheel of a package into a folder, and gives the requirement that leads to it.
pub(super) fn stand_in(name: &str, folder: &Path) -> io::Result<String> {
    let stem = format!("{}-0", name.replace('-', "_"));
    let path = folder.join(format!("{stem}-py3-none-any.whl"));
    let mut archive = zip::ZipWriter::new(File::create(&path)?);
    let metadata = format!("Metadata-Version: 2.1\nName: {name}\nVersion: 0\n");
    let wheel = "Wheel-Version: 1.0\nGenerator: packwright\nRoot-Is-Purelib: true\nTag: py3-none-any\n";
    for (file, text) in [("METADATA", metadata.as_str()), ("WHEEL", wheel), ("RECORD", "")] {
        archive.start_file(format!("{stem}.dist-info/{file}"), SimpleFileOptions::default())?;
        archive.write_all(text.as_bytes())?;
    }
    archive.finish()?;
    Ok(format!("{name} @ {}", file_address(&path)))
}
