//! What each place of a test program does to an iterator, as a rule about used-up iterators would say it.

use aiterlint::facts::{Bind, BindingId, CallId, Facts, FunctionId, LoopId, NodeId};
use aiterlint::flow::Event;
use aiterlint::flow::context::{Context, stopped_by};
use aiterlint::flow::drained::{Effect, Use};

pub fn effect(facts: &Facts, place: Use) -> Effect {
    if place.captured {
        return Effect::Escape;
    }
    match Context::of(facts, place.node) {
        Context::Iterated(id) => pass(id),
        Context::Argument(call, 0) => argument(facts, call),
        Context::Named => Effect::Alias,
        Context::Method(call) if facts.node_text(facts[call].function).ends_with(".again") => Effect::Reset,
        Context::Compared(_) | Context::Tested | Context::Discarded => Effect::Neutral,
        _ => Effect::Escape,
    }
}

fn pass(id: LoopId) -> Effect {
    Effect::Drain(Event::Exhausted(id))
}

fn argument(facts: &Facts, call: CallId) -> Effect {
    let around = Context::of(facts, facts[call].node);
    match (facts.node_text(facts[call].function), around) {
        ("aiter", Context::Iterated(id)) => pass(id),
        ("aiter", Context::Named) => Effect::Alias,
        ("aclosing", Context::Managed(with, item)) => Effect::End(Event::Leave(with, item)),
        ("drain", Context::Awaited(id)) => Effect::Drain(Event::Await(id)),
        ("anext", Context::Awaited(id)) => match stopped_by(facts, id) {
            Some(handler) if facts[call].arguments.len() == 1 => Effect::Drain(Event::Caught(handler)),
            _ => Effect::Step,
        },
        _ => Effect::Escape,
    }
}

/// The bindings that get what `agen(…)` or `once(…)` gives, in the function.
pub fn makers(facts: &Facts, function: FunctionId) -> Vec<BindingId> {
    let is_made = |value: NodeId| {
        let mut value = facts.bare(value);
        while let aiterlint::facts::Expression::Walrus { value: inner, .. } = facts.expression(value) {
            value = facts.bare(inner);
        }
        let call = facts.call(value);
        call.is_some_and(|call| matches!(facts.node_text(facts[call].function), "agen" | "once"))
    };
    let bindings = facts.bindings(facts[function].node.island);
    let inside = bindings.filter(|&binding| facts.within(facts[binding].node, facts[function].body));
    let made = inside.filter(|&binding| match &facts[binding].bind {
        Bind::Value { value, path: Some(path), .. } => facts.part(*value, path).is_some_and(is_made),
        _ => false,
    });
    made.collect()
}
