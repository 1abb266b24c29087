//! What each place of a test program does to an iterator, as a rule about used-up iterators would say it.

use aiterlint::facts::{Bind, CallId, Expression, Facts, FunctionId, LoopId, NodeId};
use aiterlint::flow::context::{Context, stopped_by};
use aiterlint::flow::objects::{Effect, Judge, Maker, Use};
use aiterlint::flow::{Event, Giver};

/// Every attribute keeps what it is given, and only generators are put into attributes.
pub struct Judging<'a>(pub &'a Facts);

impl Judge for Judging<'_> {
    fn effect(&self, place: Use) -> Effect {
        effect(self.0, place)
    }

    fn keeps(&self, _attribute: NodeId) -> bool {
        true
    }

    fn is_strange(&self, event: Event) -> bool {
        let facts = self.0;
        let is_known = |call: CallId| {
            let known = [
                "agen",
                "once",
                "holder",
                "aiter",
                "anext",
                "drain",
                "flag",
                "range",
                "suppress",
                "nullcontext",
                "aclosing",
            ];
            known.contains(&facts.node_text(facts[call].function))
        };
        match event {
            Event::Call(call) => !is_known(call),
            Event::Await(id) => !facts.call(facts[id].value).is_some_and(is_known),
            Event::Yield(_) => true,
            _ => false,
        }
    }
}

fn effect(facts: &Facts, place: Use) -> Effect {
    if place.captured {
        return Effect::Escape;
    }
    match Context::of(facts, place.node) {
        Context::Iterated(id) => pass(id),
        Context::Argument(call, 0) => argument(facts, call),
        Context::Named => Effect::Alias,
        Context::Stored if is_call_of(facts, place.node, &["agen"]) => Effect::Neutral,
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
        ("send" | "hurry", Context::Awaited(_)) => Effect::Step,
        ("drain" | "anext", Context::Argument(starts, _)) if is_starter(facts, starts) => {
            Effect::Run { starts: Event::Call(starts), many: false }
        }
        ("anext", Context::Awaited(id)) => match stopped_by(facts, id) {
            Some(handler) if facts[call].arguments.len() == 1 => Effect::Drain(Event::Caught(handler)),
            _ => Effect::Step,
        },
        _ => Effect::Escape,
    }
}

/// `spawn(…)` starts one task, `gather(…)` several.
fn is_starter(facts: &Facts, call: CallId) -> bool {
    matches!(facts.node_text(facts[call].function), "spawn" | "gather")
}

fn is_call_of(facts: &Facts, value: NodeId, names: &[&str]) -> bool {
    let mut value = facts.bare(value);
    while let Expression::Walrus { value: inner, .. } = facts.expression(value) {
        value = facts.bare(inner);
    }
    facts.call(value).is_some_and(|call| names.contains(&facts.node_text(facts[call].function)))
}

/// What gets the result of `agen(…)` or `once(…)` in the function, and what gets an object that has such a generator.
pub fn makers(facts: &Facts, function: FunctionId) -> Vec<Maker> {
    let body = facts[function].body;
    let island = body.island;
    let gives = |giver: Giver, names: &[&str]| match giver.bind(facts) {
        Bind::Value { value, path: Some(path), .. } => {
            facts.part(*value, path).is_some_and(|value| is_call_of(facts, value, names))
        }
        _ => false,
    };
    let bindings = || facts.bindings(island).filter(|&binding| facts.within(facts[binding].node, body));
    let objects = bindings().filter(|&binding| gives(Giver::Binding(binding), &["holder"]));
    let brings = objects.map(|object| Maker::Brings { object, attribute: "x".to_string(), made: Vec::new() });
    let named = bindings().map(Giver::Binding).filter(|&giver| gives(giver, &["agen", "once"]));
    let stores = facts.stores(island).filter(|&store| facts.within(facts[store].node, body));
    let stored = stores.map(Giver::Store).filter(|&giver| gives(giver, &["agen"]));
    named.chain(stored).map(Maker::Gives).chain(brings).collect()
}
