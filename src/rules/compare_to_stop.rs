//! The item of an `async for` is tested against StopAsyncIteration, which never comes as an item.

use crate::facts::{Bind, CallId, ClassPatternId, CompareId, Expression, NodeId};
use crate::kind::{Value, here};
use crate::rule;
use crate::rule::{Check, Cx, Rule};
use crate::syntax::SyntaxKind;

pub static RULE: Rule =
    rule!("compare-to-stop", [Check::Compare(check), Check::Call(check_call), Check::ClassPattern(check_pattern)]);

fn check(cx: &Cx, id: CompareId) {
    use SyntaxKind::*;
    let compare = &cx.facts[id];
    if !matches!(compare.operator, Is | IsNot | Equal | NotEqual | In | NotIn) {
        return;
    }
    for (item, stop) in [(compare.left, compare.right), (compare.right, compare.left)] {
        if is_item(cx, item) && names_stop(cx, stop) {
            report(cx, compare.node);
            return;
        }
    }
}

fn check_call(cx: &Cx, id: CallId) {
    let call = &cx.facts[id];
    let [item, stop] = &call.arguments[..] else { return };
    if cx.facts.is_builtin(call.function, "isinstance") && is_item(cx, item.value) && names_stop(cx, stop.value) {
        report(cx, call.node);
    }
}

fn check_pattern(cx: &Cx, id: ClassPatternId) {
    let pattern = &cx.facts[id];
    if pattern.class.is_some_and(|class| is_stop(cx, class)) && is_item(cx, pattern.subject) {
        report(cx, pattern.node);
    }
}

fn report(cx: &Cx, place: NodeId) {
    cx.report(place, "`StopAsyncIteration` is raised, it never comes as an item")
        .help("the loop ends by itself: what belongs to the end goes after it");
}

/// The name of an `async for` item, or `type(…)` of it, whose value is certain to be something else.
fn is_item(cx: &Cx, node: NodeId) -> bool {
    let facts = cx.facts;
    if let Expression::Call(call) = facts.expression(node) {
        let [only] = &facts[call].arguments[..] else { return false };
        return facts.is_builtin(facts[call].function, "type") && is_item(cx, only.value);
    }
    if facts.name(node).is_none() {
        return false;
    }
    let is_looped = |bind: &Bind| matches!(bind, Bind::Item(id, _) if facts[*id].is_async);
    let bindings = cx.kinds.bindings_at(here(facts.bare(node)));
    if bindings.is_empty() || !bindings.iter().all(|&binding| is_looped(&facts[binding].bind)) {
        return false;
    }
    // Not the value of the name: the very test that is in question would count as one that tells it apart.
    let may_be = |value: &Value| match value {
        Value::Instance(_) | Value::Class(_) => cx.kinds.is_or_makes(value, "BaseException"),
        _ => true,
    };
    let mut items = bindings.into_iter().flat_map(|id| cx.kinds.members(&cx.kinds.binding(here(id))));
    !items.any(|item| may_be(&item))
}

/// `StopAsyncIteration`, or a tuple with it.
fn names_stop(cx: &Cx, node: NodeId) -> bool {
    match cx.facts.expression(node) {
        Expression::Tuple | Expression::List | Expression::Set => {
            cx.facts.elements(node).any(|element| is_stop(cx, element))
        }
        _ => is_stop(cx, node),
    }
}

fn is_stop(cx: &Cx, node: NodeId) -> bool {
    let value = cx.value(node);
    matches!(value, Value::Class(_)) && cx.kinds.is_or_makes(&value, "StopAsyncIteration")
}
