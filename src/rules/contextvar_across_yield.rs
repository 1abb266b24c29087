//! A context variable is set before a `yield` and reset after it, in an async generator that is looped over.

use crate::facts::{CallId, NodeId, WithId};
use crate::kind::here;
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!("contextvar-across-yield", [Check::AnyCall(check_call), Check::With(check_with)]);

fn check_call(cx: &Cx, id: CallId) {
    let call = &cx.facts[id];
    let Some(place) = cx.kinds.yield_while_set(here(id)) else { return };
    if let Some(variable) = cx.kinds.set_variable(here(id)) {
        report(cx, place, call.node, &variable);
    }
}

fn check_with(cx: &Cx, id: WithId) {
    let Some(place) = cx.kinds.first_yield_in(id) else { return };
    for item in &cx.facts[id].items {
        if let Some(name) = cx.kinds.context_setter(here(item.value)) {
            report(cx, place, item.value, &name);
            return;
        }
    }
}

fn report(cx: &Cx, place: NodeId, set: NodeId, name: &str) {
    let Some(function) = cx.facts.function(place) else { return };
    if !cx.facts[function].is_async_generator() || !cx.kinds.is_for_loops(function) {
        return;
    }
    cx.report(place, format!("the consumer sees what `{name}` has set, and it may be reset in another context"))
        .note(cx.facts.span(set), "set here")
        .help("set and reset it with no `yield` in between");
}
