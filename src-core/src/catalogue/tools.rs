//! Tools that make artifacts or try them: each described once, whichever technologies drive it.

use std::sync::LazyLock;

use super::{Entry, Tool};
use crate::embedded::data;

/// Declares the tools: one file in `catalogue/tools/` and one word each.
macro_rules! tools {
    ($($name:literal),* $(,)?) => {
        static TOOLS: [(&str, LazyLock<Tool>); [$($name),*].len()] = [
            $(($name, LazyLock::new(|| data!("catalogue/tools/", $name, ".toml")))),*
        ];
    };
}

tools! {
    "Xvfb",
    "ansible-playbook",
    "appimagetool",
    "apptainer",
    "aws",
    "blender",
    "brew",
    "briefcase",
    "brython-cli",
    "buildozer",
    "bwrap",
    "chef",
    "circup",
    "conda",
    "conda-pack",
    "constructor",
    "cxfreeze",
    "dh",
    "dh_virtualenv",
    "docker",
    "dpkg-buildpackage",
    "dpkg-deb",
    "fab",
    "flatpak-builder",
    "gcloud",
    "git",
    "heroku",
    "lintian",
    "makensis",
    "mmdebstrap",
    "mpremote",
    "newuidmap",
    "npm",
    "nuitka",
    "objdump",
    "omnibus",
    "openstack",
    "packer",
    "pex",
    "puppet",
    "pyinstaller",
    "pynsist",
    "python-appimage",
    "qemu-img",
    "rpmbuild",
    "salt-call",
    "shiv",
    "snapcraft",
    "state",
    "uv",
    "vagrant",
    "virt-customize",
    "wix",
    "wixl",
    "xcrun",
    "xdotool",
    "zip",
}

/// The tool of this name. Only what is asked for is read: a start needs none of them.
pub fn tool(name: &str) -> Option<&'static Tool> {
    TOOLS.iter().find(|(known, _)| *known == name).map(|(_, tool)| &**tool)
}

/// The names of all tools.
pub fn tool_names() -> impl Iterator<Item = &'static str> {
    TOOLS.iter().map(|(name, _)| *name)
}

impl Entry {
    /// The tools that it names.
    pub fn tools(&self) -> impl Iterator<Item = &'static Tool> {
        self.tools.iter().filter_map(|name| tool(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Symptom;

    #[test]
    fn every_tool_is_valid_and_named_as_its_file() {
        for name in tool_names() {
            let tool = tool(name).unwrap();
            assert_eq!(tool.name, name);
            assert!(tool.faults().is_empty(), "{}", tool.faults().join("\n"));
        }
    }

    #[test]
    fn every_failure_of_a_tool_is_recognised_by_its_sample_before_any_other_of_it() {
        for tool in tool_names().filter_map(tool) {
            for symptom in &tool.symptoms {
                let matches = |other: &&Symptom| regex::Regex::new(&other.log).unwrap().is_match(&symptom.sample);
                let first = tool.symptoms.iter().find(matches);
                assert_eq!(first, Some(symptom), "`{}`: `{}`", tool.name, symptom.sample);
            }
        }
    }

    #[test]
    fn what_packwright_installs_has_hashes_for_all_that_it_requires() {
        let pinned: Vec<&Tool> = tool_names().filter_map(tool).filter(|tool| tool.pins.is_some()).collect();
        assert!(pinned.len() >= 4);
        for tool in pinned {
            let pins = tool.pins.as_ref().unwrap();
            assert!(pins.version(&tool.name).is_some(), "`{}`", tool.name);
            let mut lines = pins.requirements.lines().peekable();
            while let Some(line) = lines.next() {
                let is_hashed = lines.peek().is_some_and(|next| next.trim().starts_with("--hash=sha256:"));
                assert!(!line.contains("==") || (line.ends_with('\\') && is_hashed), "`{}`: {line}", tool.name);
            }
        }
    }

    #[test]
    fn a_tool_that_no_file_describes_is_none() {
        assert_eq!(tool("no-such-tool"), None);
    }
}
