//! The modules of a project, as those that import them see them.

/// What one check may know of other files. Text comes from the caller: the disk for the program, open documents first
/// for the server, a map for a test.
#[derive(Default)]
pub struct Project {}

impl Project {
    /// A project in which every file stands alone.
    pub fn alone() -> Project {
        Project::default()
    }
}
