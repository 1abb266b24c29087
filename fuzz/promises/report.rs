//! Whatever the text, there is a report; what it points at is there; and the fast way finds what the plain way finds.

use aiterlint::check::{Reading, Report, check_reading};
use aiterlint::diagnostic::Diagnostic;
use aiterlint::project::Project;
use aiterlint::syntax::damage;
use aiterlint::text::{Source, Span};

use super::cpython::is_python;
use super::every_rule;
use super::mutations::{self, Dice};

pub fn mutated(input: &[u8], dice: &mut Dice) -> Vec<u8> {
    mutations::mutated(&super::text(input), dice).into_bytes()
}

pub fn holds(input: &[u8]) {
    let source = Source::new("fuzzed.py", super::text(input));
    let project = Project::alone();
    let islands = check_reading(&source, &project, &every_rule(), Reading::Islands);
    is_in_place(&islands, &source.text);
    let whole = check_reading(&source, &project, &every_rule(), Reading::Whole);
    is_in_place(&whole, &source.text);
    // Where the grammar is lost it is lost in other places, as more or less stands round them; and it is lost in some
    // places where nothing is wrong.
    if is_python(&source.text) == Some(true) && damage(&source.text) == 0 {
        assert_eq!(islands, whole, "islands and the whole file differ in\n{}", source.text);
    }
}

/// Sorted, between characters, and nothing of a fix in the place of something else.
fn is_in_place(report: &Report, text: &str) {
    assert!(report.diagnostics.is_sorted_by_key(|found| (found.span, found.rule)), "{:?}", report.diagnostics);
    for found in report.diagnostics.iter().chain(report.suppressed.iter().map(|silenced| &silenced.diagnostic)) {
        is_within(found, text);
    }
}

fn is_within(found: &Diagnostic, text: &str) {
    let is_place = |span: Span| span.start <= span.end && text.get(span.range()).is_some();
    assert!(is_place(found.span), "{found:?}");
    for note in &found.notes {
        let text = note.file.as_ref().map_or(text, |file| &file.text);
        assert!(text.get(note.span.range()).is_some(), "{found:?}");
    }
    let Some(fix) = &found.fix else { return };
    assert!(fix.edits.iter().all(|edit| is_place(edit.span)), "{found:?}");
    let are_apart = fix.edits.windows(2).all(|pair| pair[0].span.end <= pair[1].span.start);
    assert!(are_apart, "the edits of a fix are sorted and do not overlap: {found:?}");
}
