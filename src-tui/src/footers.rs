//! Texts of the command line alone. What is said of builds, artifacts and technologies is in the core's `words`.

/// What `packwright` alone and its short help end with.
pub const FIRST_STEPS: &str = "\
First steps:
  packwright inspect .               what kind of project is this
  packwright advise .                which way to ship it, and why
  packwright build --recommended .   build that, try it, hand it over";

/// What the long help ends with.
pub const EXIT_CODES: &str = "\
Exit codes:
    0  done; also with warnings, and where nothing could be tried (1 under --strict)
    1  a build or a trial failed
    2  the command line, an option or a fact is wrong
    3  the project cannot be read
    4  a tool is missing, or it cannot be built here: not for that target, or not by this version
    5  consent was refused, or nobody could be asked
  130  cancelled
 128+n the terminal UI was ended by signal n; the terminal is put back
With several technologies all are attempted; the highest code is given.";
