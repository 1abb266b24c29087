//! How a test ends.

use libtest_mimic::{Completion, Failed};

pub type Outcome = Result<(), Stop>;

/// Why a test did not simply pass.
#[derive(Debug, PartialEq)]
pub enum Stop {
    Failed(String),
    /// Nothing to hold the page against on this machine, and why.
    Skipped(String),
}

impl From<String> for Stop {
    fn from(message: String) -> Stop {
        Stop::Failed(message)
    }
}

/// Fails with everything that was said, one a line.
pub fn all_right(said: Vec<String>) -> Outcome {
    if said.is_empty() { Ok(()) } else { Err(Stop::Failed(said.join("\n"))) }
}

pub fn for_libtest(outcome: Outcome) -> Result<Completion, Failed> {
    match outcome {
        Ok(()) => Ok(Completion::Completed),
        Err(Stop::Skipped(why)) => Ok(Completion::ignored_with(why)),
        Err(Stop::Failed(message)) => Err(message.into()),
    }
}
