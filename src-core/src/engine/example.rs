//! The example that comes with Packwright: a small program to try everything on.

use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::engine::disk::private;
use crate::problem::{Code, Problem};

/// Its folder, which is its name too.
const NAME: &str = "weather-cli";

macro_rules! files {
    ($($path:literal),* $(,)?) => {
        [$(($path, include_str!(concat!("../../../examples/weather-cli/", $path)))),*]
    };
}

/// Every file of it, with its text.
const FILES: [(&str, &str); 8] = files![
    "README.md",
    "pyproject.toml",
    "src/weather_cli/__init__.py",
    "src/weather_cli/__main__.py",
    "src/weather_cli/cli.py",
    "src/weather_cli/climate.py",
    "src/weather_cli/data/climate.json",
    "src/weather_cli/data/icons.json",
];

/// Writes the example below a folder, and says where. One that is there stays as it is, with all that was done to it.
pub fn unpack(below: &Path) -> Result<PathBuf, Problem> {
    let place = below.join("example").join(NAME);
    if !place.is_dir() {
        write(&place).map_err(|error| {
            let problem = Problem::new(Code::Store, format!("the example cannot be written to `{}`", place.display()));
            problem.because(&error).hint("Set `PACKWRIGHT_DATA` to a folder that can be written")
        })?;
    }
    Ok(place)
}

fn write(place: &Path) -> io::Result<()> {
    let below = place.parent().unwrap_or(place);
    private::create_dir_all(below)?;
    // It is there as a whole or not at all.
    let staged = tempfile::tempdir_in(below)?;
    for (path, text) in FILES {
        let file = staged.path().join(path);
        fs::create_dir_all(file.parent().unwrap_or(below))?;
        fs::write(file, text)?;
    }
    let staged = staged.keep();
    fs::rename(&staged, place).or_else(|error| {
        fs::remove_dir_all(&staged)?;
        // Another session may have been quicker.
        if place.is_dir() { Ok(()) } else { Err(error) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_example_comes_along() {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples").join(NAME);
        let data = tempfile::tempdir().unwrap();
        let place = unpack(data.path()).unwrap();
        let mut folders = vec![source.clone()];
        let mut seen = 0;
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap().flatten() {
                let path = entry.path();
                let name = entry.file_name();
                if path.is_dir() {
                    // What building and running it leaves behind is no part of it.
                    folders.extend((name != "dist" && name != "__pycache__").then_some(path));
                } else {
                    let copy = place.join(path.strip_prefix(&source).unwrap());
                    assert_eq!(fs::read(&path).unwrap(), fs::read(&copy).unwrap(), "{}", copy.display());
                    seen += 1;
                }
            }
        }
        assert_eq!(seen, FILES.len());
        let left: Vec<_> = fs::read_dir(place.parent().unwrap()).unwrap().collect();
        assert_eq!(left.len(), 1, "nothing else is left: {left:?}");
    }

    #[test]
    fn what_was_changed_in_it_stays() {
        let data = tempfile::tempdir().unwrap();
        let place = unpack(data.path()).unwrap();
        fs::write(place.join("README.md"), "mine").unwrap();
        assert_eq!(unpack(data.path()).unwrap(), place);
        assert_eq!(fs::read_to_string(place.join("README.md")).unwrap(), "mine");
    }

    #[test]
    fn a_data_folder_that_cannot_be_written_is_named() {
        let data = tempfile::tempdir().unwrap();
        fs::write(data.path().join("example"), "in the way").unwrap();
        let problem = unpack(data.path()).unwrap_err();
        assert!(problem.message.contains("example") && problem.code == Code::Store, "{problem:?}");
    }
}
