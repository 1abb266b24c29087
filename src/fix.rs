//! Applies the fixes of a file's findings, and repeats until nothing changes.
//!
//! One round checks the text, takes as many fixes as fit beside each other, and applies them together; what did not
//! fit waits for the next round, where the check sees the new text. A fix that leaves the syntax more broken than it
//! was is thrown away. No file is read or written here, so the command line and the editor share it.

mod silence;

pub use silence::silence;

use std::sync::Arc;

use crate::check::{Report, check};
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Edit, Fix, Safety};
use crate::project::Project;
use crate::suppress::UNKNOWN;
use crate::syntax::damage;
use crate::text::Source;

/// Fixes that still find something after this many rounds undo each other.
const ROUNDS: usize = 10;

/// A text after its fixes.
#[derive(Debug)]
pub struct Fixed {
    /// The new text, under the old name.
    pub source: Source,
    /// What is left in it.
    pub report: Report,
    /// How many fixes were applied.
    pub applied: usize,
}

/// Applies the safe fixes, and the unsafe ones where they are wanted.
pub fn fix(source: &Source, project: &Project, config: &Config, with_unsafe: bool) -> Fixed {
    fix_with(source, with_unsafe, &|source| check(source, project, config), &damage)
}

/// The same for what somebody keeps of each report.
pub fn fix_some(
    source: &Source,
    project: &Project,
    config: &Config,
    with_unsafe: bool,
    keep: &dyn Fn(&Source, Report) -> Report,
) -> Fixed {
    fix_with(source, with_unsafe, &|source| keep(source, check(source, project, config)), &damage)
}

/// The same over any check and any measure of broken syntax.
fn fix_with(
    source: &Source,
    with_unsafe: bool,
    check: &dyn Fn(&Source) -> Report,
    damage: &dyn Fn(&str) -> usize,
) -> Fixed {
    let mut source = Source::new(Arc::clone(&source.path), Arc::clone(&source.text));
    let mut report = check(&source);
    let mut applied = 0;
    for _ in 0..ROUNDS {
        let picked = pick(&report.diagnostics, with_unsafe);
        let Some((text, count)) = apply_whole(&source.text, &picked, damage) else { break };
        applied += count;
        source = Source::new(Arc::clone(&source.path), text);
        report = check(&source);
    }
    Fixed { source, report, applied }
}

/// Whether a fix may be applied without asking.
pub fn is_wanted(fix: &Fix, with_unsafe: bool) -> bool {
    !fix.edits.is_empty() && (fix.safety == Safety::Safe || with_unsafe && fix.safety == Safety::Unsafe)
}

/// The fixes that fit beside each other, the first ones first. Two that touch do not fit: what the one puts where the
/// other begins may be just what the other needs to know. Names in comments are mended before anything else: somebody
/// wanted the code there to stay as it is.
fn pick(diagnostics: &[Diagnostic], with_unsafe: bool) -> Vec<&Fix> {
    let mut picked: Vec<&Fix> = Vec::new();
    let has_misspelt = diagnostics.iter().any(|found| found.rule == UNKNOWN);
    let turn = diagnostics.iter().filter(|found| !has_misspelt || found.rule == UNKNOWN);
    for fix in turn.filter_map(|diagnostic| diagnostic.fix.as_ref()) {
        let touches = |taken: &Edit| {
            let touch = |edit: &Edit| edit.span.start <= taken.span.end && taken.span.start <= edit.span.end;
            fix.edits.iter().any(touch)
        };
        if is_wanted(fix, with_unsafe) && !picked.iter().flat_map(|fix| &fix.edits).any(touches) {
            picked.push(fix);
        }
    }
    picked
}

/// The text with all these fixes, and their number; or, when they break it, with those that do not. None when nothing
/// is left to apply.
fn apply_whole(text: &str, fixes: &[&Fix], damage: &dyn Fn(&str) -> usize) -> Option<(String, usize)> {
    if fixes.is_empty() {
        return None;
    }
    let before = damage(text);
    let together = apply(text, fixes);
    if damage(&together) <= before {
        return Some((together, fixes.len()));
    }
    let mut kept = Vec::new();
    for fix in fixes {
        kept.push(*fix);
        if damage(&apply(text, &kept)) > before {
            kept.pop();
        }
    }
    (!kept.is_empty()).then(|| (apply(text, &kept), kept.len()))
}

/// The text with the edits of these fixes, none of which overlap.
pub fn apply(text: &str, fixes: &[&Fix]) -> String {
    let mut edits: Vec<&Edit> = fixes.iter().flat_map(|fix| &fix.edits).collect();
    edits.sort_by_key(|edit| edit.span);
    let has_windows_lines = text.find('\n').is_some_and(|at| text[..at].ends_with('\r'));
    let mut out = String::with_capacity(text.len() + 64);
    let mut at = 0;
    for edit in edits {
        out.push_str(&text[at..edit.span.start as usize]);
        if has_windows_lines {
            // Rules write `\n`, and may also copy lines as they stand.
            out.push_str(&edit.text.replace("\r\n", "\n").replace('\n', "\r\n"));
        } else {
            out.push_str(&edit.text);
        }
        at = edit.span.end as usize;
    }
    out.push_str(&text[at..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Severity;
    use crate::text::Span;

    /// A check with two rules: `bad` becomes `good` (safe), `odd` becomes `even` (unsafe).
    fn words(source: &Source) -> Report {
        let finding = |(at, word): (usize, &str), better: &str, safety| {
            let span = Span::new(at as u32, (at + word.len()) as u32);
            let fix = Fix { title: "say it better".to_string(), safety, edits: vec![Edit::replace(span, better)] };
            let (message, severity) = ("a poor word".to_string(), Severity::Error);
            Diagnostic { rule: "word", severity, span, message, notes: vec![], help: None, fix: Some(fix) }
        };
        let safe = source.text.match_indices("bad").map(|found| finding(found, "good", Safety::Safe));
        let unsafe_ = source.text.match_indices("odd").map(|found| finding(found, "even\n", Safety::Unsafe));
        let mut diagnostics: Vec<Diagnostic> = safe.chain(unsafe_).collect();
        diagnostics.sort_by_key(|diagnostic| diagnostic.span);
        Report { diagnostics, suppressed: vec![] }
    }

    fn check_fix(text: &str, with_unsafe: bool, expected: &str, applied: usize, left: usize) {
        let fixed = fix_with(&Source::new("t.py", text), with_unsafe, &words, &|_| 0);
        let found = (&*fixed.source.text, fixed.applied, fixed.report.diagnostics.len());
        assert_eq!(found, (expected, applied, left));
    }

    #[test]
    fn safe_fixes_are_applied_and_unsafe_ones_wait_to_be_asked_for() {
        check_fix("a bad, odd day", false, "a good, odd day", 1, 1);
        check_fix("a bad, odd day", true, "a good, even\n day", 2, 0);
    }

    #[test]
    fn fixes_that_touch_take_turns() {
        check_fix("badbad bad", false, "goodgood good", 3, 0);
    }

    #[test]
    fn new_lines_are_those_of_the_file() {
        check_fix("odd\r\n", true, "even\r\n\r\n", 1, 0);
    }

    #[test]
    fn a_fix_that_breaks_the_text_is_thrown_away_and_the_others_stay() {
        let broken = |text: &str| text.contains("(good") as usize;
        let fixed = fix_with(&Source::new("t.py", "bad (bad) bad"), false, &words, &broken);
        assert_eq!((&*fixed.source.text, fixed.applied), ("good (bad) good", 2));
    }

    /// `aiter` round what gives no iterator asked for another `aiter` round that, in every round.
    #[test]
    fn what_aiter_does_not_mend_gets_no_aiter() {
        let text = "\
class Ticks:
    def __aiter__(self):
        return Ticks()


async def tick():
    return await anext(Ticks())
";
        let fixed = fix(&Source::new("ticks.py", text), &Project::alone(), &Config::default(), true);
        assert_eq!((fixed.applied, &*fixed.source.text), (0, text));
    }

    #[test]
    fn fixes_that_undo_each_other_come_to_an_end() {
        let flip = |source: &Source| {
            let mut report = words(&Source::new("t.py", source.text.replace("good", "bad ")));
            report.diagnostics.truncate(1);
            report
        };
        let fixed = fix_with(&Source::new("t.py", "bad"), false, &flip, &|_| 0);
        assert_eq!(fixed.applied, ROUNDS);
    }
}
