//! Fixes come to an end, never break more than was broken, and leave nothing that they would change again.

use aiterlint::fix::fix;
use aiterlint::project::Project;
use aiterlint::syntax::damage;
use aiterlint::text::Source;

use super::cpython::is_python;
use super::every_rule;
pub use super::report::mutated;

pub fn holds(input: &[u8]) {
    let source = Source::new("fuzzed.py", super::text(input));
    let (project, every) = (Project::alone(), every_rule());
    let before = damage(&source.text);
    let was_python = is_python(&source.text) == Some(true);
    for with_unsafe in [false, true] {
        let fixed = fix(&source, &project, &every, with_unsafe);
        let new = &fixed.source.text;
        assert!(damage(new) <= before, "this was better before it was fixed:\n{new}");
        assert!(!was_python || is_python(new) == Some(true), "this was Python before it was fixed:\n{new}");
        // In a text that is no Python a word may be put where the parser leaves it out again.
        if before == 0 {
            let again = fix(&fixed.source, &project, &every, with_unsafe);
            assert_eq!((again.applied, &again.source.text), (0, new), "a second time changes it again");
        }
    }
}
