//! `async for x in inner(): yield x` leaves the inner generator open when the outer one is closed.

use crate::facts::{Bind, FunctionId, LoopForm, LoopId, NodeId};
use crate::kind::here;
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!("asyncgen-delegation-unclosed", [Check::Loop(check)]);

fn check(cx: &Cx, id: LoopId) {
    let facts = cx.facts;
    let this = &facts[id];
    let Some(function) = this.function.filter(|_| this.is_async && this.form == LoopForm::Statement) else { return };
    let yields = facts[function].yields.iter().any(|&id| facts.within(facts[id].node, this.node));
    if !facts[function].is_async || !yields || !is_made_here(cx, this.iterable, function) {
        return;
    }
    let value = cx.value(this.iterable);
    if !cx.kinds.cleans_up_when_closed(&value) {
        return;
    }
    cx.report(this.iterable, "this stays open when the outer generator is closed: `aclosing` closes it")
        .note_origins(&value)
        .help("`async with aclosing(…) as items:` round the loop");
}

/// The iterable is a call, or a name for the call's result that is used for nothing else.
fn is_made_here(cx: &Cx, iterable: NodeId, function: FunctionId) -> bool {
    let facts = cx.facts;
    if facts.call(iterable).is_some() {
        return true;
    }
    let Some(name) = facts.name(iterable) else { return false };
    let [binding] = cx.kinds.bindings_at(here(facts.bare(iterable)))[..] else { return false };
    let is_call = matches!(facts[binding].bind, Bind::Value { value, .. } if facts.call(value).is_some());
    let own = facts.spelled(name).into_iter().filter(|&id| facts.function(id) == Some(function));
    let others = own.filter(|&id| !facts.is_definition(id) && id != facts.bare(iterable)).count();
    is_call && others == 0
}
