//! What the quick parser reads, the grammar reads the same, row for row: every statement, every header of a class, every
//! whole text. It may say that a text is not for it, and of a text that is not Python it must.

use aiterlint::syntax::{Outline, Row, StatementKind, Tree};
use aiterlint::text::Span;

pub use super::report::mutated;

pub fn holds(input: &[u8]) {
    let text = super::text(input);
    let outline = Outline::read(&text);
    let statements = outline.statements.iter();
    let stretches = statements.map(|it| if it.kind == StatementKind::Class { it.header } else { it.span });
    for stretch in stretches.chain([Span::new(0, text.len() as u32)]) {
        let Some(quick) = Tree::parse_quickly(&text, stretch) else { continue };
        let grammar = Tree::parse_by_grammar(&text, stretch);
        assert!(quick == grammar, "{}\nin {:?}", difference(&quick, &grammar, &text), stretch.text(&text));
    }
}

/// The first row in which they differ.
fn difference(quick: &Tree, grammar: &Tree, text: &str) -> String {
    let reads = |row: &Row| (row.kind, row.field, row.span);
    let differs = |at: &usize| quick.rows.get(*at).map(reads) != grammar.rows.get(*at).map(reads);
    let Some(at) = (0..=quick.rows.len()).find(differs) else {
        return format!("the rows are the same; to the grammar this is broken: {:?}", grammar.broken);
    };
    let row = |tree: &Tree| {
        tree.rows.get(at).map(|row| format!("{:?} as {:?} {:?}", row.kind, row.field, row.span.text(text)))
    };
    format!("quickly it is {:?}, by the grammar {:?}", row(quick), row(grammar))
}
