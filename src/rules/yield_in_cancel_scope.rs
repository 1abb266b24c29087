//! A `yield` inside a task group, a timeout or a cancel scope, in an async generator that is looped over.

use crate::facts::{CallId, NodeId, WithId};
use crate::kind::here;
use crate::rule;
use crate::rule::{Check, Cx, Rule};
use crate::syntax::SyntaxKind;

pub static RULE: Rule = rule!("yield-in-cancel-scope", [Check::With(check), Check::AnyCall(check_stack)]);

fn check(cx: &Cx, id: WithId) {
    let with = &cx.facts[id];
    let Some(place) = cx.kinds.first_yield_in(id) else { return };
    for item in &with.items {
        if let Some(scope) = cx.kinds.cancel_scope(here(item.value)) {
            report(cx, place, item.value, &scope);
            return;
        }
    }
}

/// `await stack.enter_async_context(asyncio.TaskGroup())`: open until the stack's block ends.
fn check_stack(cx: &Cx, id: CallId) {
    let facts = cx.facts;
    let call = &facts[id];
    let [manager] = &call.arguments[..] else { return };
    let enters = facts.node_text(call.function).ends_with(".enter_async_context")
        || facts.node_text(call.function).ends_with(".enter_context");
    if !enters {
        return;
    }
    let Some(scope) = cx.kinds.cancel_scope(here(manager.value)) else { return };
    let block = facts.ancestors(call.node).find(|&up| facts.syntax(up) == SyntaxKind::WithStatement);
    let (Some(block), Some(function)) = (block, call.inside) else { return };
    let mut yields = facts[function].yields.iter().map(|&id| facts[id].node);
    if let Some(place) = yields.find(|&place| facts.within(place, block) && place > call.node) {
        report(cx, place, manager.value, &scope);
    }
}

fn report(cx: &Cx, place: NodeId, opened: NodeId, scope: &str) {
    let Some(function) = cx.facts.function(place) else { return };
    if !cx.facts[function].is_async_generator() || !cx.kinds.is_for_loops(function) {
        return;
    }
    cx.report(place, format!("`{scope}` stays open while the consumer runs, and may cancel it"))
        .note(cx.facts.span(opened), "opened here")
        .help("wait inside the scope, and yield outside of it");
}
