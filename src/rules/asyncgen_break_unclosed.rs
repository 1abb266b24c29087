//! A loop over an async generator is left early, and nobody closes the generator.

use crate::facts::{Bind, BindingId, Expression, FunctionId, LoopForm, LoopId, NodeId, Place};
use crate::flow::{Context, Event};
use crate::kind::here;
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!("asyncgen-break-unclosed", [Check::Loop(check)]);

fn check(cx: &Cx, id: LoopId) {
    let facts = cx.facts;
    let this = &facts[id];
    let Some(function) = this.function.filter(|_| this.is_async && this.form == LoopForm::Statement) else { return };
    let iterable = match facts.call(this.iterable).and_then(|call| cx.kinds.given_to_aiter(here(call))) {
        Some(inner) => inner,
        None => this.iterable,
    };
    let value = cx.value(iterable);
    if !cx.kinds.cleans_up_when_closed(&value) || !is_made_here(cx, id, iterable, function) {
        return;
    }
    let Some(flow) = cx.kinds.flow(here(function)) else { return };
    if !flow.0.is_left_early(facts, id) {
        return;
    }
    cx.report(iterable, "this stays open when the loop is left early: `aclosing` closes it")
        .note_origins(&value)
        .help("`async with aclosing(…) as items:` round the loop");
}

/// The iterable is a call of an async generator function, or a name for the result that nobody else closes or gets.
fn is_made_here(cx: &Cx, id: LoopId, iterable: NodeId, function: FunctionId) -> bool {
    let facts = cx.facts;
    if facts.name(iterable).is_none() {
        return makes_one(cx, iterable);
    }
    let iterable = facts.bare(iterable);
    let [binding] = cx.kinds.bindings_at(here(iterable))[..] else { return false };
    let Bind::Value { value, .. } = facts[binding].bind else { return false };
    // In `self.rows = rows = lines()` somebody else gets it as well.
    let is_own = facts.function_of_scope(facts[binding].scope) == Some(function)
        && matches!(facts.place(value), Place::Named(_));
    let leaves_it = |read: NodeId| read == iterable || leaves_open(cx, read, id, binding, function);
    is_own && makes_one(cx, value) && facts.reads(binding).into_iter().all(leaves_it)
}

fn makes_one(cx: &Cx, node: NodeId) -> bool {
    let call = cx.facts.call(node);
    call.is_some_and(|call| {
        let callee = cx.value(cx.facts[call].function);
        cx.kinds.members(&callee).iter().all(|member| cx.kinds.is_async_generator_function(member))
    })
}

/// Another place where the name is read only looks at the generator, or asks it for an item.
fn leaves_open(cx: &Cx, read: NodeId, id: LoopId, binding: BindingId, function: FunctionId) -> bool {
    let facts = cx.facts;
    // What a nested function does with it, and when, is not known.
    if facts.function(read) != Some(function) {
        return false;
    }
    match Context::of(facts, read) {
        Context::Tested | Context::Compared(_) | Context::Shown | Context::Discarded => true,
        Context::Argument(call, _) => {
            let name = cx.kinds.called_name(here(call));
            matches!(name.as_deref(), Some("builtins.anext" | "builtins.print" | "builtins.repr" | "builtins.type"))
        }
        Context::Method(call) => match facts.expression(facts[call].function) {
            Expression::Attribute { name, .. } => matches!(facts.text(name), "__anext__" | "asend"),
            _ => false,
        },
        // A loop before this one has left something over; one behind it goes on, and has its own end.
        Context::Iterated(_) => cx.kinds.flow(here(function)).is_some_and(|flow| {
            let after = flow.0.between(|event| event == Event::Step(id), |event| event == Event::Bind(binding));
            !after.contains(&Event::Use(read))
        }),
        _ => false,
    }
}
