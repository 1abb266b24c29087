//! A text that is repeated to a hundred kilobytes is checked in a second: the time grows with the text, and not faster.

use std::time::{Duration, Instant};

use aiterlint::check::check;
use aiterlint::project::Project;
use aiterlint::text::Source;

use super::every_rule;
pub use super::report::mutated;

/// Without optimization less than that shows whether something has gone wrong.
const LENGTH: usize = if cfg!(test) { 30_000 } else { 100_000 };

/// A second on a machine with nothing else to do. Without optimization, or watched at every step, everything takes some
/// times as long.
const PATIENCE: Duration = Duration::from_secs(20);

pub fn holds(input: &[u8]) {
    let text = super::text(input);
    // What is long by itself shows itself by `report`, and what is very short is said too often to be read by anybody.
    if text.len() < 8 || text.len() > 2000 {
        return;
    }
    let source = Source::new("fuzzed.py", text.repeat(LENGTH / text.len()));
    let start = Instant::now();
    check(&source, &Project::alone(), &every_rule());
    assert!(start.elapsed() < PATIENCE, "{} bytes took {:?}", source.text.len(), start.elapsed());
}
