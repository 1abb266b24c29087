//! What is told about a long text before all of it has been checked again.
//!
//! While somebody types, only one statement changes at a time. What was found in the others is still true, as good as
//! always, and has only moved; so the statement alone is checked at once, and all of the text when nothing is waiting.
//! What comes out of that counts, and is told if it is something else.

use crate::check::{Part, Report};
use crate::diagnostic::{Diagnostic, Edit, Fix, Note};
use crate::suppress::Silenced;
use crate::text::Span;

/// The stretch by which a text differs from what it was before, in the text as it is now.
pub fn changed(before: &str, now: &str) -> Span {
    let same = |pairs: &mut dyn Iterator<Item = (u8, u8)>| pairs.take_while(|(a, b)| a == b).count();
    let shorter = before.len().min(now.len());
    let start = same(&mut before.bytes().zip(now.bytes()));
    let most = shorter - start;
    let rest = same(&mut before.bytes().rev().zip(now.bytes().rev()).take(most));
    Span::new(start as u32, (now.len() - rest) as u32)
}

/// What was found before, moved to where it stands now, with what was found in the part that was checked again.
pub fn join(before: &Report, part: Part, grown_by: i64) -> Report {
    let Part { report: fresh, span } = part;
    let moved = Moved { part: span, grown_by };
    let kept = before.diagnostics.iter().filter_map(|found| moved.finding(found));
    let mut diagnostics: Vec<Diagnostic> = kept.chain(fresh.diagnostics).collect();
    crate::diagnostic::sort(&mut diagnostics);
    let kept = before.suppressed.iter().filter_map(|silenced| {
        Some(Silenced { diagnostic: moved.finding(&silenced.diagnostic)?, by: silenced.by.clone() })
    });
    let mut suppressed: Vec<Silenced> = kept.chain(fresh.suppressed).collect();
    suppressed.sort_by_key(|silenced| silenced.diagnostic.span);
    Report { diagnostics, suppressed }
}

/// Where things stand in the text as it is now.
struct Moved {
    /// What has changed, as it is now.
    part: Span,
    /// By how much more text that is than before.
    grown_by: i64,
}

impl Moved {
    /// None when some of it was in what has changed.
    fn span(&self, span: Span) -> Option<Span> {
        let end_before = self.part.end as i64 - self.grown_by;
        if span.end <= self.part.start {
            return Some(span);
        }
        let moved = |at: u32| u32::try_from(at as i64 + self.grown_by).ok();
        (span.start as i64 >= end_before).then_some(Span::new(moved(span.start)?, moved(span.end)?))
    }

    fn finding(&self, found: &Diagnostic) -> Option<Diagnostic> {
        let span = self.span(found.span)?;
        let notes = found.notes.iter().filter_map(|note| match note.file {
            Some(_) => Some(note.clone()),
            None => Some(Note { span: self.span(note.span)?, ..note.clone() }),
        });
        let fix = found.fix.as_ref().and_then(|fix| {
            let edits = fix.edits.iter().map(|edit| Some(Edit { span: self.span(edit.span)?, ..edit.clone() }));
            Some(Fix { edits: edits.collect::<Option<_>>()?, ..fix.clone() })
        });
        Some(Diagnostic { span, notes: notes.collect(), fix, ..found.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Severity;

    fn finding(span: Span) -> Diagnostic {
        let (message, severity) = (String::new(), Severity::Warning);
        Diagnostic { rule: "r", severity, span, message, notes: Vec::new(), help: None, fix: None }
    }

    #[test]
    fn what_is_the_same_at_both_ends_has_not_changed() {
        let check = |before, now, expected| {
            let span = changed(before, now);
            assert_eq!((span.start, span.end), expected, "{before:?} {now:?}");
        };
        check("abc", "abXc", (2, 3));
        check("abXc", "abc", (2, 2));
        check("aa", "aaa", (2, 3));
        check("aaa", "aa", (2, 2));
        check("", "a", (0, 1));
        check("abc", "xyz", (0, 3));
        check("same", "same", (4, 4));
    }

    #[test]
    fn findings_move_with_the_text() {
        let found = [0, 10, 20].map(|at| finding(Span::new(at, at + 2)));
        let before = Report { diagnostics: found.to_vec(), ..Report::default() };
        let fresh = Report { diagnostics: vec![finding(Span::new(9, 14))], ..Report::default() };
        // Five more letters in a statement that went from 8 to 14.
        let joined = join(&before, Part { report: fresh, span: Span::new(8, 19) }, 5);
        let spans: Vec<(u32, u32)> = joined.diagnostics.iter().map(|one| (one.span.start, one.span.end)).collect();
        assert_eq!(spans, [(0, 2), (9, 14), (25, 27)]);
        let shorter = join(&before, Part { report: Report::default(), span: Span::new(8, 10) }, -4);
        let spans: Vec<(u32, u32)> = shorter.diagnostics.iter().map(|one| (one.span.start, one.span.end)).collect();
        assert_eq!(spans, [(0, 2), (16, 18)]);
    }

    #[test]
    fn a_story_loses_the_places_that_have_changed() {
        let mut found = finding(Span::new(20, 22));
        let note = |at: u32| Note { span: Span::new(at, at + 1), message: String::new(), file: None };
        found.notes = vec![note(1), note(9), note(21)];
        let (title, safety) = (String::new(), crate::diagnostic::Safety::Safe);
        found.fix = Some(Fix { title, safety, edits: vec![Edit::insert(9, "x")] });
        let before = Report { diagnostics: vec![found], ..Report::default() };
        let joined = join(&before, Part { report: Report::default(), span: Span::new(8, 11) }, 1);
        let notes: Vec<u32> = joined.diagnostics[0].notes.iter().map(|note| note.span.start).collect();
        assert_eq!(notes, [1, 22]);
        assert!(joined.diagnostics[0].fix.is_none());
    }
}
