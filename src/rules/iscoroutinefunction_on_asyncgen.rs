//! `iscoroutinefunction` asked about an async generator function: always False.

use crate::facts::{CallId, NodeId};
use crate::kind::{Value, here};
use crate::rule;
use crate::rule::{Check, Cx, Rule};
use crate::syntax::SyntaxKind;

pub static RULE: Rule = rule!("iscoroutinefunction-on-asyncgen", [Check::Call(check)]);

fn check(cx: &Cx, id: CallId) {
    let facts = cx.facts;
    let call = &facts[id];
    let [argument] = &call.arguments[..] else { return };
    if !matches!(
        cx.kinds.called_name(here(id)).as_deref(),
        Some("inspect.iscoroutinefunction" | "asyncio.iscoroutinefunction")
    ) {
        return;
    }
    let value = cx.value(argument.value);
    let functions = cx.kinds.members(&value);
    if functions.is_empty() || !functions.iter().all(|function| cx.kinds.is_async_generator_function(function)) {
        return;
    }
    // From Python 3.12 a function can be marked, and then the answer is yes.
    if facts.source.text.contains("markcoroutinefunction") || is_no_wanted(cx, call.node) {
        return;
    }
    if is_asked_otherwise(cx, argument.value) {
        return;
    }
    let found = cx.report(call.node, "this is always false for an async generator function");
    let found = found.help("`inspect.isasyncgenfunction` asks about those");
    if let Value::Function(callable) = &value {
        found.note_defined(callable.function);
    }
}

/// `assert not …`, `… is False`, `self.assertFalse(…)`
fn is_no_wanted(cx: &Cx, node: NodeId) -> bool {
    let facts = cx.facts;
    let Some(up) = facts.parent(node) else { return false };
    match facts.syntax(up) {
        SyntaxKind::NotOperator => facts.parent(up).is_some_and(|up| facts.syntax(up) == SyntaxKind::AssertStatement),
        SyntaxKind::ComparisonOperator => true,
        SyntaxKind::ArgumentList => facts
            .parent(up)
            .and_then(|call| facts.call(call))
            .is_some_and(|call| facts.node_text(facts[call].function).ends_with("assertFalse")),
        SyntaxKind::ParenthesizedExpression => is_no_wanted(cx, up),
        _ => false,
    }
}

/// The same function is asked the right question beside this one.
fn is_asked_otherwise(cx: &Cx, argument: NodeId) -> bool {
    let facts = cx.facts;
    let (text, function) = (facts.node_text(argument), facts.function(argument));
    facts.calls(argument.island).filter(|&id| facts[id].inside == function).any(|id| {
        let call = &facts[id];
        let asks = facts.node_text(call.function).ends_with("isasyncgenfunction");
        asks && call.arguments.iter().any(|other| facts.node_text(other.value) == text)
    })
}
