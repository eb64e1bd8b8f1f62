//! The command line as people and programs meet it: what it answers, how it fails, what it never does.
//!
//! Nothing here needs a network. What building needs is tested in `e2e`.

mod advise;
mod build;
mod by_hand;
mod inspect;
#[cfg(unix)]
mod interview;
mod kept;
mod replay;
#[cfg(unix)]
mod screens;
#[cfg(target_os = "linux")]
mod supervised;
#[cfg(unix)]
mod terminals;
mod usage;
mod written;

/// A project that only declares, and starts with one function.
const DECLARED: &[(&str, &str)] = &[
    (
        "pyproject.toml",
        "[build-system]\nrequires = [\"flit_core>=3.11\"]\nbuild-backend = \"flit_core.buildapi\"\n\n[project]\nname = \"thing\"\nversion = \"1.0\"\ndescription = \"A thing\"\n\n[project.scripts]\nthing = \"thing:main\"\n",
    ),
    ("thing.py", "import argparse\n\n\ndef main():\n    argparse.ArgumentParser().parse_args()\n"),
];
