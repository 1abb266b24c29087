//! What the pages are held against.
//!
//! The harness asks aiterlint for three things only, and asks through a trait, so that its own tests can hand it a
//! linter that is wrong in one way (`itself.rs`).

use aiterlint::config::Config;
use aiterlint::diagnostic::Diagnostic;
use aiterlint::project::Project;
use aiterlint::text::Source;

pub trait Linter: Sync {
    /// What is found in one file; `case` holds that file and those beside it.
    fn check(&self, file: &Source, case: &[Source], config: &Config) -> Vec<Diagnostic>;

    /// The file's text after its safe and unsafe fixes.
    fn fix(&self, file: &Source, case: &[Source], config: &Config) -> String;

    /// What the terminal shows, without colours.
    fn render(&self, file: &Source, found: &[Diagnostic]) -> String;
}

/// aiterlint itself.
pub struct Library;

impl Linter for Library {
    fn check(&self, file: &Source, case: &[Source], config: &Config) -> Vec<Diagnostic> {
        aiterlint::check::check(file, &project(case), config).diagnostics
    }

    fn fix(&self, _file: &Source, _case: &[Source], _config: &Config) -> String {
        todo!("aiterlint::fix::fix(file, &project(case), config, true).text")
    }

    fn render(&self, _file: &Source, _found: &[Diagnostic]) -> String {
        todo!("aiterlint::render, format `full`, no colours")
    }
}

/// The files of a case as one project.
fn project(_files: &[Source]) -> Project {
    Project::alone()
}
