//! Writes the data beside the code down again in a form that is read at every start, in a tenth of the time that TOML takes.
//!
//! Each `src/**/*.toml` becomes `OUT_DIR/**/*.toml.json`, which `src/embedded.rs` reads. Data that is not TOML ends the
//! build, with the file and the line.

use std::error::Error;
use std::path::Path;
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=src");
    let out = env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?;
    translate(Path::new("src"), Path::new(&out))
}

/// Translates each file of a folder, and of those in it, to the same place below another.
fn translate(from: &Path, to: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(to)?;
    for child in fs::read_dir(from)? {
        let path = child?.path();
        let Some(name) = path.file_name() else { continue };
        let target = to.join(name);
        if path.is_dir() {
            translate(&path, &target)?;
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            let table: toml::Table =
                toml::from_str(&fs::read_to_string(&path)?).map_err(|error| format!("{}: {error}", path.display()))?;
            let json = serde_json::to_string(&table)?;
            // A file that is written anew compiles the crate anew.
            let target = target.with_added_extension("json");
            if fs::read_to_string(&target).ok().as_ref() != Some(&json) {
                fs::write(target, json)?;
            }
        }
    }
    Ok(())
}
