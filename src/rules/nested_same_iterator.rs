//! An inner loop over the very iterator that an outer loop is going through.

use crate::facts::{Bind, BindingId, FunctionId, LoopForm, LoopId, NodeId};
use crate::flow::objects::{Nest, nests};
use crate::flow::{Effect, Event, Flow, Giver, Maker, Use};
use crate::kind::{Answer, Changed, Form, Pass, Passes, here};
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!("nested-same-iterator", [Check::Function(check)]);

fn check(cx: &Cx, id: FunctionId) {
    if !has_loop_in_loop(cx, id) {
        return;
    }
    let mut makers = cx.kinds.one_pass_makers(id);
    let bindings = cx.facts.bindings(id.island);
    let bindings = bindings.filter(|&one| cx.facts.function_of_scope(cx.facts[one].scope) == Some(id));
    makers.extend(bindings.filter(|&one| is_iterator(cx, one)).map(|one| Maker::Gives(Giver::Binding(one))));
    let Some(flow) = cx.kinds.flow(here(id)).filter(|_| !makers.is_empty()) else { return };
    let judge = Changed { passes: Passes { kinds: &cx.kinds, function: id }, effect: |place| effect(cx, place) };
    for nest in nests(cx.facts, &flow.0, &makers, &judge) {
        if is_mistaken(cx, &flow.0, &nest) {
            tell(cx, &nest);
        }
    }
}

/// A cheap look: something stands in an async loop that may go through an iterator as well.
fn has_loop_in_loop(cx: &Cx, id: FunctionId) -> bool {
    let facts = cx.facts;
    let loops: Vec<LoopId> =
        facts.loops(id.island).filter(|&one| facts[one].is_async && facts[one].function == Some(id)).collect();
    let takes = |node: NodeId| facts.call(node).is_some_and(|call| !facts[call].arguments.is_empty());
    let mut awaits = facts.awaits(id.island).map(|one| &facts[one]);
    loops.len() > 1
        || awaits.any(|one| takes(one.value) && loops.iter().any(|&outer| facts.within(one.node, facts[outer].node)))
}

/// Two loops at once share it, whatever it is otherwise: `aiter(x)`, and the `self` of a class that is its own iterator.
fn is_iterator(cx: &Cx, id: BindingId) -> bool {
    match cx.facts[id].bind {
        Bind::Value { value, path: Some(ref path), .. } if path.is_empty() => {
            cx.facts.call(value).is_some_and(|call| cx.kinds.given_to_aiter(here(call)).is_some())
        }
        Bind::Param(function, 0) => {
            let is_self = cx.kinds.class_of(here(function)).is_some();
            let value = cx.kinds.binding(here(id));
            is_self
                && cx.kinds.form(here(function)) == Some(Form::Plain)
                && cx.kinds.async_iterates(&value) == Answer::Yes(Pass::Once)
                && !cx.kinds.is_endless(&value)
        }
        _ => false,
    }
}

/// While a loop goes through it, it is the same object, whatever others do to it.
fn effect(cx: &Cx, place: Use) -> Effect {
    match cx.kinds.effect(place) {
        effect @ (Effect::Alias | Effect::Drain(Event::Exhausted(_) | Event::Await(_))) if !place.captured => effect,
        _ => Effect::Neutral,
    }
}

/// The inner loop is meant to take a part of the items when it is broken off, and the rest of them when the outer loop
/// is left behind it, or when it is only for a certain item and minds no other.
fn is_mistaken(cx: &Cx, flow: &Flow, nest: &Nest) -> bool {
    let inner = match nest.done {
        Event::Exhausted(id) => Some(id),
        _ => None,
    };
    let is_part = inner.is_some_and(|id| cx.facts.is_broken_off(id));
    if is_part || !flow.may_come_to(nest.done, Event::Step(nest.outer)) {
        return false;
    }
    let takes = |event| event == Event::Use(nest.place) || event == Event::Load(nest.place);
    let round = flow.round_of(nest.outer);
    let always = round.is_some_and(|round| flow.comes_first(round, takes, |event| event == Event::Step(nest.outer)));
    always || inner.is_some_and(|inner| reads_outer_item(cx, inner, nest.outer))
}

/// The inner loop sets its items beside those of the outer one.
fn reads_outer_item(cx: &Cx, inner: LoopId, outer: LoopId) -> bool {
    let facts = cx.facts;
    let inside = match facts[inner].form {
        LoopForm::Statement => facts[inner].node,
        LoopForm::Clause { of, .. } => of,
    };
    let names = |id: LoopId| {
        let bindings = facts.bindings(facts[id].node.island).map(|binding| &facts[binding]);
        let bindings = bindings.filter(move |binding| matches!(binding.bind, Bind::Item(of, _) if of == id));
        bindings.map(|binding| facts.text(binding.name)).collect::<Vec<_>>()
    };
    let own = names(inner);
    let others = names(outer).into_iter().filter(|name| !own.contains(name));
    others.flat_map(|name| facts.spelled(name)).any(|id| facts.within(id, inside) && !facts.is_definition(id))
}

fn tell(cx: &Cx, nest: &Nest) {
    let facts = cx.facts;
    let mut finding =
        cx.report(nest.place, "the outer loop goes through this iterator as well: nothing is left for it");
    for &made in &nest.made {
        finding = finding.note(cx.kinds.made_at(made), "made here");
    }
    let _ = finding
        .note(facts.span(facts[nest.outer].iterable), "the outer loop")
        .help("collect the items into a list first, or make a new iterator for the inner loop");
}
