//! Where the user can be.

/// The screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Route {
    /// Recent projects, and a path to open.
    Welcome,
    /// What was found.
    Project,
    /// One question at a time.
    Interview,
    /// What fits, and why.
    Advice,
    /// What will be run.
    Plan,
    /// What runs.
    Build,
    /// What came out.
    Result,
    /// What can be built here.
    Doctor,
    /// What was built before.
    History,
}

impl Route {
    /// Every screen.
    pub const ALL: [Self; 9] = [
        Self::Welcome,
        Self::Project,
        Self::Interview,
        Self::Advice,
        Self::Plan,
        Self::Build,
        Self::Result,
        Self::Doctor,
        Self::History,
    ];
}
