//! `x.__aiter__()` or `await x.__anext__()` where the builtin would do.

use crate::diagnostic::{Edit, Safety};
use crate::facts::{CallId, Expression, Meaning, NodeId, Place};
use crate::kind::Value;
use crate::rule;
use crate::rule::{Check, Cx, Rule};
use crate::syntax::SyntaxKind;
use crate::text::Span;

pub static RULE: Rule = rule!("dunder-call", [Check::Call(check)]);

fn check(cx: &Cx, id: CallId) {
    let facts = cx.facts;
    let call = &facts[id];
    let Expression::Attribute { object, name } = facts.expression(call.function) else { return };
    let builtin = match facts.text(name) {
        "__aiter__" => "aiter",
        // Not awaited here, it may be meant for somebody who wants a coroutine.
        "__anext__" if facts.place(call.node) == Place::Awaited => "anext",
        _ => return,
    };
    let is_there = cx.has_python(3, 10) && facts.lookup(builtin, facts.scope(call.node)) == Meaning::Builtin;
    if !call.arguments.is_empty() || !is_there || is_handing_on(cx, call.node) || facts.is_broken(call.node) {
        return;
    }
    // `super()` and classes are asked for a certain method, not for what the object has.
    if matches!(cx.value(object), Value::Super(_) | Value::Class(_)) || facts.node_text(object).starts_with("super(") {
        return;
    }
    let inner = match facts.syntax(object) {
        SyntaxKind::ParenthesizedExpression => facts.bare(object),
        _ => object,
    };
    let span = facts.span(call.node);
    let text = facts.node_text(inner);
    let edits = [
        Edit::replace(Span::new(span.start, facts.span(inner).start), format!("{builtin}(")),
        Edit::replace(Span::new(facts.span(inner).end, span.end), ")"),
    ];
    let shown = if text.contains('\n') { "…" } else { text };
    cx.report(call.node, format!("`{builtin}({shown})` does this")).fix(
        Safety::Unsafe,
        format!("call `{builtin}`"),
        edits,
    );
}

/// Inside a method of that kind, handing on to another object's method is the natural form.
fn is_handing_on(cx: &Cx, node: NodeId) -> bool {
    let name = cx.facts.function(node).and_then(|function| cx.facts[function].name);
    name.is_some_and(|name| matches!(cx.text_at(name), "__aiter__" | "__anext__"))
}
