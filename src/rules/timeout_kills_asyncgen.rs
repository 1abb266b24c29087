//! A timeout round `anext` ends an async generator for good, and the code goes on with it.

use crate::facts::{CallId, FunctionId, NodeId, WithId};
use crate::flow::objects::cuts;
use crate::flow::{Context, Effect, Maker, Use};
use crate::kind::{Changed, Passes, Timed, here};
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!("timeout-kills-asyncgen", [Check::AnyCall(check_call), Check::With(check_with)]);

fn check_call(cx: &Cx, id: CallId) {
    if let Some(function) = cx.facts[id].inside {
        check(cx, function, &cx.kinds.timed_by_call(id));
    }
}

fn check_with(cx: &Cx, id: WithId) {
    if let Some(function) = cx.facts[id].function {
        check(cx, function, &cx.kinds.timed_by_manager(id));
    }
}

fn check(cx: &Cx, function: FunctionId, timed: &[Timed]) {
    // Of a generator that is not seen it is not known whether it catches the cancellation.
    let ends = |timed: &&Timed| cx.kinds.ends_when_cancelled(&cx.value(timed.place));
    let timed: Vec<&Timed> = timed.iter().filter(ends).collect();
    if timed.is_empty() {
        return;
    }
    let places: Vec<NodeId> = timed.iter().map(|timed| timed.place).collect();
    let makers: Vec<Maker> = cx.kinds.generator_makers(function, &places);
    let Some(flow) = cx.kinds.flow(here(function)).filter(|_| !makers.is_empty()) else { return };
    let found = timed.iter().filter_map(|timed| cx.kinds.cut(&flow.0, timed)).collect::<Vec<_>>();
    let judge = Changed { passes: Passes { kinds: &cx.kinds, function }, effect: |place| effect(cx, place) };
    let settles = |place: NodeId, condition: NodeId| {
        let timed = timed.iter().find(|timed| timed.place == place)?;
        cx.kinds.says_that_it_struck(timed, condition)
    };
    for (cut, asks) in cuts(cx.facts, &flow.0, &makers, &judge, &found, &|cut, node| settles(cut.place, node)) {
        tell(cx, cut.place, &asks);
    }
}

/// A default says that there may be no item, and not why.
fn effect(cx: &Cx, place: Use) -> Effect {
    match (cx.kinds.effect(place), Context::of(cx.facts, place.node)) {
        (Effect::Neutral, Context::Argument(call, _)) if cx.kinds.step(here(call)).is_some() => Effect::Step,
        (effect, _) => effect,
    }
}

fn tell(cx: &Cx, place: NodeId, asks: &[NodeId]) {
    let mut finding =
        cx.report(place, "a timeout leaves this async generator finished: there are no more items after it");
    for &ask in asks.iter().filter(|&&ask| ask != place) {
        finding = finding.note(cx.facts.span(ask), "asked again here");
    }
    let _ =
        finding.help("keep `anext` in one task and wait for that: `asyncio.wait({task}, timeout=…)` cancels nothing");
}
