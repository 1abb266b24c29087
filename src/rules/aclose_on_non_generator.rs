//! `aclose()` asked of something that has no such method.

use crate::facts::{CallId, DemandId, NodeId, Place, Splat, Wanted, WithId};
use crate::kind::{Made, Value, here};
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!("aclose-on-non-generator", [Check::Call(check_call), Check::Demand(check_attribute)]);

fn check_call(cx: &Cx, id: CallId) {
    let call = &cx.facts[id];
    let [argument] = &call.arguments[..] else { return };
    let is_aclosing = cx.kinds.called_name(here(id)).as_deref() == Some("contextlib.aclosing");
    if is_aclosing && argument.splat == Splat::None && is_entered(cx, call.node) {
        report(cx, argument.value, argument.value);
    }
}

/// Made and not entered, it closes nothing.
fn is_entered(cx: &Cx, node: NodeId) -> bool {
    let facts = cx.facts;
    let is_item = |id: &WithId| facts[*id].items.iter().any(|item| facts.bare(item.value) == node);
    facts.withs(node.island).any(|id| is_item(&id))
        || matches!(facts.place(node), Place::Argument(outer)
            if facts.node_text(facts[outer].function).ends_with(".enter_async_context"))
}

fn check_attribute(cx: &Cx, id: DemandId) {
    let demand = &cx.facts[id];
    let Wanted::Attribute(name) = demand.what else { return };
    if cx.text_at(name) == "aclose" && !cx.kinds.is_minded(here(demand.node)) {
        report(cx, demand.value, demand.node);
    }
}

fn report(cx: &Cx, object: NodeId, place: NodeId) {
    let value = cx.value(object);
    if !cx
        .kinds
        .members(&value)
        .iter()
        .all(|member| is_closed(cx, member) || cx.kinds.is_said_to_lack(member, "aclose"))
    {
        return;
    }
    let Some(what) = cx.kinds.describe(&value) else { return };
    if cx.kinds.has_attribute(&value, "aclose").is_no() {
        let found = cx.report(place, format!("{what} has no `aclose`")).note_origins(&value);
        if cx.kinds.is_coroutine(&value) {
            found.help("await it first");
        }
    }
}

/// All there is to the object stands in code that was read: it is no `self`, nothing that an annotation promises, and of
/// no class that a stub describes in part.
fn is_closed(cx: &Cx, value: &Value) -> bool {
    let Value::Instance(instance) = value else { return false };
    let library = cx.kinds.module(instance.class.file).library;
    !matches!(instance.made, Made::Receiver | Made::Promised)
        && matches!(library, "" | "types" | "builtins" | "itertools")
}
