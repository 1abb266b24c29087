//! A file, or part of one, that Python cannot read.

use crate::rule;
use crate::rule::{Check, Cx, Rule};
use crate::text::Span;

pub static RULE: Rule = rule!("syntax-error", [Check::File(check)]);

/// The grammar is lost in valid code too, so its errors alone say nothing. Brackets, strings and indentation that do
/// not end are certain.
fn check(cx: &Cx) {
    let Some(lost) = &cx.facts.outline.lost else { return };
    let text = &cx.facts.source.text;
    let width = text[lost.at as usize..].chars().next().map_or(0, char::len_utf8) as u32;
    cx.report_at(Span::new(lost.at, lost.at + width), lost.why.message());
}
