//! A value is sent to an async generator that waits at no `yield` yet.

use crate::facts::{Bind, CallId, Expression, FunctionId, NodeId, Place};
use crate::flow::objects::firsts;
use crate::flow::{Context, Effect, Giver, Maker, Use};
use crate::kind::{Changed, Passes, Value, here};
use crate::rule;
use crate::rule::{Check, Cx, Finding, Rule};

pub static RULE: Rule = rule!("asend-before-start", [Check::Call(check)]);

fn check(cx: &Cx, id: CallId) {
    let facts = cx.facts;
    let Some((object, name)) = cx.kinds.receiver_of(here(id)) else { return };
    let [value] = &facts[id].arguments[..] else { return };
    // What is not awaited here may be awaited when the generator has begun.
    if name != "asend" || !is_awaited(cx, facts[id].node) || !is_something(cx, value.value) {
        return;
    }
    if cx.kinds.is_new_generator(object) {
        tell(cx, value.value);
        return;
    }
    let Some(function) = facts[id].inside else { return };
    if let Some(made) = made_before(cx, function, facts.bare(object)) {
        tell(cx, value.value).note(cx.kinds.made_at(made), "made here, and nothing has asked it for an item since");
    }
}

/// `await generator.asend(value)`, also under a timeout.
fn is_awaited(cx: &Cx, node: NodeId) -> bool {
    match cx.facts.place(node) {
        Place::Awaited => true,
        Place::Argument(call) => {
            let waits =
                matches!(cx.kinds.called_name(here(call)).as_deref(), Some("asyncio.wait_for" | "asyncio.shield"));
            waits && is_awaited(cx, cx.facts[call].node)
        }
        _ => false,
    }
}

/// Certainly not `None`, which may be sent to a fresh generator.
fn is_something(cx: &Cx, node: NodeId) -> bool {
    // Whatever an operator is given, nobody has it give `None`.
    if matches!(cx.facts.expression(node), Expression::Operator { .. } | Expression::Compare | Expression::Not(_)) {
        return true;
    }
    let members = cx.kinds.members(&cx.value(node));
    let known = |member: &Value| !matches!(member, Value::Unknown | Value::Never) && *member != cx.kinds.none();
    !members.is_empty() && members.iter().all(known)
}

/// Where the generator was made that nothing but this place asks for an item.
fn made_before(cx: &Cx, function: FunctionId, place: NodeId) -> Option<Giver> {
    let is_new = |maker: &Maker| match maker {
        Maker::Gives(giver) => is_new(cx, *giver),
        // Another method may have begun with it.
        Maker::Brings { .. } => false,
    };
    let makers: Vec<Maker> = cx.kinds.generator_makers(function, &[]).into_iter().filter(is_new).collect();
    let flow = cx.kinds.flow(here(function)).filter(|_| !makers.is_empty())?;
    let judge = Changed { passes: Passes { kinds: &cx.kinds, function }, effect: |place| effect(cx, place) };
    let (_, made) = firsts(cx.facts, &flow.0, &makers, &judge, &[place]).pop()?;
    made.first().copied()
}

fn is_new(cx: &Cx, giver: Giver) -> bool {
    match giver.bind(cx.facts) {
        Bind::Value { value, path: Some(path), .. } => {
            cx.facts.part(*value, path).is_some_and(|made| cx.kinds.is_new_generator(made))
        }
        // `async with aclosing(echo()) as bot:`
        Bind::Entered { with, item, path: Some(path) } if path.is_empty() => {
            let manager = cx.facts[*with].items.get(*item).and_then(|item| cx.facts.call(item.value));
            manager.is_some_and(|call| {
                let is_closing = cx.kinds.called_name(here(call)).as_deref() == Some("contextlib.aclosing");
                let [closed] = &cx.facts[call].arguments[..] else { return false };
                is_closing && cx.kinds.is_new_generator(closed.value)
            })
        }
        _ => false,
    }
}

/// Whoever may ask for an item makes a difference, and whoever asks whether there is one.
fn effect(cx: &Cx, place: Use) -> Effect {
    match (cx.kinds.effect(place), Context::of(cx.facts, place.node)) {
        (Effect::Neutral, _) if place.captured => Effect::Escape,
        (Effect::Neutral, Context::Stored | Context::Managed(..)) => Effect::Escape,
        (Effect::Neutral, Context::Argument(call, _)) if cx.kinds.step(here(call)).is_some() => Effect::Step,
        (effect, _) => effect,
    }
}

fn tell<'c, 'a>(cx: &'c Cx<'a>, value: NodeId) -> Finding<'c, 'a> {
    cx.report(value, "a just-started async generator takes nothing but `None`")
        .help("bring it to its first `yield` before: `await anext(…)`")
}
