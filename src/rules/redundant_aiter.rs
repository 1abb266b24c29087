//! `async for` over `aiter(x)`: the loop calls `__aiter__` itself.

use crate::diagnostic::{Edit, Safety};
use crate::facts::{Expression, LoopForm, LoopId};
use crate::kind::here;
use crate::rule;
use crate::rule::{Check, Cx, Rule};
use crate::syntax::SyntaxKind;

pub static RULE: Rule = rule!("redundant-aiter", [Check::Loop(check)]);

fn check(cx: &Cx, id: LoopId) {
    let facts = cx.facts;
    let this = &facts[id];
    let Some(call) = facts.call(this.iterable).filter(|_| this.is_async) else { return };
    let Some(given) = cx.kinds.given_to_aiter(here(call)) else { return };
    let found = cx.report(facts[call].node, "`async for` calls `aiter` itself");
    let (whole, inner) = (facts.span(facts[call].node), facts.node_text(given));
    // A comment between the parentheses would be lost.
    let around = facts.text(whole).replacen(inner, "", 1);
    if around.contains('#') || facts.is_broken(facts[call].node) {
        return;
    }
    let in_clause = this.form != LoopForm::Statement;
    let needs_parens = match facts.expression(given) {
        Expression::Conditional { .. } | Expression::Lambda(_) => in_clause,
        Expression::Walrus { .. } | Expression::Yield => facts.syntax(given) != SyntaxKind::ParenthesizedExpression,
        _ => false,
    };
    let text = match needs_parens || (inner.contains('\n') && !inner.starts_with('(')) {
        true => format!("({inner})"),
        false => inner.to_string(),
    };
    found.fix(Safety::Safe, "loop over it directly", [Edit::replace(whole, text)]);
}
