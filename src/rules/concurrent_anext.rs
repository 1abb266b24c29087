//! One async generator asked for items by two tasks at once.

use crate::facts::{CallId, FunctionId, NodeId};
use crate::flow::objects::{Overlap, overlaps};
use crate::flow::{Context, Effect, Event, Maker, Use};
use crate::kind::{Answer, Changed, Made, Passes, Value, here};
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!("concurrent-anext", [Check::Function(check)]);

fn check(cx: &Cx, id: FunctionId) {
    let facts = cx.facts;
    let calls: Vec<CallId> = facts.calls(id.island).filter(|&call| facts[call].inside == Some(id)).collect();
    if !calls.iter().any(|&call| cx.kinds.may_start_tasks(call)) {
        return;
    }
    let places: Vec<NodeId> = calls.into_iter().flat_map(|call| attributes(cx, call)).collect();
    let makers: Vec<Maker> = cx.kinds.generator_makers(id, &places);
    let Some(flow) = cx.kinds.flow(here(id)).filter(|_| !makers.is_empty()) else { return };
    let judge = Changed { passes: Passes { kinds: &cx.kinds, function: id }, effect: |place| effect(cx, place) };
    for overlap in overlaps(facts, &flow.0, &makers, &judge) {
        tell(cx, &overlap);
    }
}

/// `self.stream`, as it is given to a call or as its method is called.
fn attributes(cx: &Cx, call: CallId) -> impl Iterator<Item = NodeId> {
    let receiver = cx.kinds.receiver_of(here(call)).map(|(object, _)| object);
    let arguments = cx.facts[call].arguments.iter().map(|argument| argument.value);
    let all: Vec<NodeId> = receiver.into_iter().chain(arguments).collect();
    all.into_iter().filter(|&node| matches!(Context::of(cx.facts, node), Context::Argument(..) | Context::Method(_)))
}

/// What gives it to a task counts, and whatever asks in the meantime.
fn effect(cx: &Cx, place: Use) -> Effect {
    let (kinds, facts) = (&cx.kinds, cx.facts);
    let workers = || kinds.given_to_workers(place.node).filter(|_| place.captured);
    if let Some(run) = kinds.given_to_task(place.node).or_else(workers) {
        return run;
    }
    let step = match Context::of(facts, place.node) {
        Context::Argument(call, _) | Context::Method(call) => kinds.step(here(call)).map(|_| call),
        _ => None,
    };
    match step.filter(|_| !place.captured) {
        Some(call) if facts.parent(facts[call].node).and_then(|up| facts.await_at(up)).is_some() => Effect::Step,
        // Somebody will await it, nobody knows when.
        Some(_) => Effect::Neutral,
        None => kinds.effect(place),
    }
}

fn tell(cx: &Cx, overlap: &Overlap) {
    let value = cx.value(overlap.place);
    let is_pair = overlap.running != overlap.place && !takes_all(cx, overlap.running) && !takes_all(cx, overlap.place);
    let waits = cx.kinds.members(&value).into_iter().map(|member| match member {
        Value::Instance(instance) => match instance.made {
            Made::Calling(function) if is_pair => cx.kinds.waits_for_first(function),
            Made::Calling(function) => cx.kinds.waits_at_all(function),
            _ => Answer::No,
        },
        _ => Answer::No,
    });
    let waits: Vec<Answer> = waits.collect();
    // Where it waits for nothing, each task is done before the next begins.
    if waits.is_empty() || waits.contains(&Answer::No) {
        return;
    }
    let certain = waits.iter().all(Answer::is_yes);
    let message = match certain {
        true => "this async generator is already running: it is asked for two items at once",
        false => "this async generator may be already running: it is asked for two items at once",
    };
    // A worker that stands in the function itself is told about where it is started.
    let started = match overlap.starts {
        Some(Event::Call(call)) if cx.facts.function(overlap.place) != cx.facts[call].inside => cx.facts[call].node,
        _ => overlap.place,
    };
    let mut finding = cx.report(started, message);
    if !certain {
        finding = finding.in_doubt();
    }
    if overlap.running != overlap.place || started != overlap.place {
        finding = finding.note(cx.facts.span(overlap.running), "a task asks for one here");
    }
    let _ = finding.note_origins(&value);
}

/// The task goes through all items.
fn takes_all(cx: &Cx, place: NodeId) -> bool {
    match Context::of(cx.facts, place) {
        Context::Argument(call, _) => cx.kinds.step(here(call)).is_none(),
        Context::Iterated(_) => true,
        _ => false,
    }
}
