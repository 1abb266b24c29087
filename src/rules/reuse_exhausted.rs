//! A full pass over an async iterator that is already used up.

use crate::facts::{Bind, BindingId, CallId, Expression, FunctionId, NodeId};
use crate::flow::{Context, Effect, Event, Reuse, Round, Use, reuses, stopped_by};
use crate::kind::{Answer, Made, Pass, Value, here};
use crate::rule;
use crate::rule::{Check, Cx, Rule};
use crate::text::Span;

pub static RULE: Rule = rule!("reuse-exhausted", [Check::Function(check)]);

fn check(cx: &Cx, id: FunctionId) {
    let makers = makers(cx, id);
    if makers.is_empty() {
        return;
    }
    let Some(flow) = cx.kinds.flow(here(id)) else { return };
    let effect = |place: Use| effect(cx, place);
    for reuse in reuses(cx.facts, &flow.0, &makers, &effect) {
        tell(cx, &reuse);
    }
}

/// The bindings that give a name a new iterator of one pass.
fn makers(cx: &Cx, id: FunctionId) -> Vec<BindingId> {
    let facts = cx.facts;
    let own = facts.bindings(id.island).filter(|&binding| facts.function_of_scope(facts[binding].scope) == Some(id));
    own.filter(|&binding| makes_something(cx, &facts[binding].bind))
        .filter(|&binding| is_one_pass(cx, binding))
        .collect()
}

/// A cheap look: a name or an attribute is no new object.
fn makes_something(cx: &Cx, bind: &Bind) -> bool {
    match bind {
        Bind::Value { value, path: Some(path), .. } if path.is_empty() => {
            cx.facts.branches(*value).into_iter().all(|branch| match cx.facts.expression(branch) {
                Expression::Call(_) | Expression::Comprehension(_) => true,
                Expression::Await(inner) => matches!(cx.facts.expression(inner), Expression::Call(_)),
                _ => false,
            })
        }
        Bind::Entered { path: Some(path), .. } => path.is_empty(),
        Bind::Item(_, Some(path)) => path.is_empty(),
        Bind::Param(function, index) => cx.facts[*function].params[*index].annotation.is_some(),
        _ => false,
    }
}

fn is_one_pass(cx: &Cx, binding: BindingId) -> bool {
    let value = cx.kinds.binding(here(binding));
    cx.kinds.async_iterates(&value) == Answer::Yes(Pass::Once) && !is_endless(cx, &value)
}

/// What never ends is never used up; the loop over it is left early, or for good.
fn is_endless(cx: &Cx, value: &Value) -> bool {
    cx.kinds.members(value).iter().any(|member| cx.kinds.is_endless(member))
}

fn is_generator(cx: &Cx, value: &Value) -> bool {
    cx.kinds.is_async_generator(value)
}

/// What a place where the iterator is read does to it.
fn effect(cx: &Cx, place: Use) -> Effect {
    let facts = cx.facts;
    // A generator object that has come to its end stays there, whoever else holds it; an object of a class may be put
    // back by code that is out of sight.
    let generator = is_generator(cx, &cx.value(place.node));
    let out_of_sight = if generator && place.captured { Effect::Neutral } else { Effect::Escape };
    if place.captured {
        return out_of_sight;
    }
    match Context::of(facts, place.node) {
        Context::Iterated(id) if facts[id].is_async => Effect::Drain(Event::Exhausted(id)),
        Context::Lazy(_) => Effect::Again,
        Context::Argument(call, position) => argument(cx, call, position),
        Context::Method(call) => method(cx, call, generator),
        Context::Attribute(_) if generator => Effect::Neutral,
        Context::Managed(..) if generator => Effect::Neutral,
        Context::Managed(..) => Effect::Reset,
        Context::Named => Effect::Alias,
        Context::Iterated(_)
        | Context::Awaited(_)
        | Context::Compared(_)
        | Context::Tested
        | Context::Shown
        | Context::Discarded => Effect::Neutral,
        Context::Attribute(_) | Context::Spread(..) | Context::Returned(_) | Context::Yielded(_) | Context::Other => {
            Effect::Escape
        }
    }
}

fn argument(cx: &Cx, call: CallId, position: usize) -> Effect {
    let facts = cx.facts;
    let entry = &facts[call];
    let name = cx.kinds.called_name(here(call)).unwrap_or_default();
    let awaited = facts.parent(entry.node).and_then(|parent| facts.await_at(parent));
    match name.as_str() {
        "builtins.aiter" | "contextlib.aclosing" => Effect::Alias,
        // With a default, the caller asks whether there is more.
        "builtins.anext" if entry.arguments.len() > 1 => Effect::Neutral,
        "builtins.anext" => match awaited.and_then(|id| stopped_by(facts, id)) {
            Some(handler) => Effect::Drain(Event::Caught(handler)),
            None => Effect::Step,
        },
        "builtins.print"
        | "builtins.repr"
        | "builtins.str"
        | "builtins.id"
        | "builtins.type"
        | "builtins.isinstance"
        | "builtins.hasattr"
        | "builtins.callable"
        | "inspect.isasyncgen"
        | "inspect.isawaitable"
        | "inspect.iscoroutine" => Effect::Neutral,
        // What Python refuses does nothing to the iterator.
        "builtins.list" | "builtins.len" | "builtins.next" | "builtins.iter" | "builtins.sum" | "builtins.sorted" => {
            Effect::Neutral
        }
        _ => match awaited.filter(|_| cx.kinds.drains_argument(here(call), position)) {
            Some(id) => Effect::Drain(Event::Await(id)),
            None => Effect::Escape,
        },
    }
}

fn method(cx: &Cx, call: CallId, generator: bool) -> Effect {
    let facts = cx.facts;
    let Expression::Attribute { name, .. } = facts.expression(facts[call].function) else { return Effect::Escape };
    let awaited = facts.parent(facts[call].node).and_then(|parent| facts.await_at(parent));
    match (facts.text(name), awaited) {
        ("__aiter__", _) => Effect::Alias,
        ("aclose", Some(id)) if generator => Effect::Drain(Event::Await(id)),
        ("__anext__", Some(id)) => match stopped_by(facts, id) {
            Some(handler) => Effect::Drain(Event::Caught(handler)),
            None => Effect::Step,
        },
        ("asend" | "athrow" | "__anext__", _) => Effect::Step,
        _ if generator => Effect::Neutral,
        // Any other method may put it back to its start.
        _ => Effect::Reset,
    }
}

fn tell(cx: &Cx, reuse: &Reuse) {
    let facts = cx.facts;
    let what = match reuse.made.first().map(|&made| cx.kinds.binding(here(made))) {
        Some(value) if is_generator(cx, &value) => "this async generator",
        _ => "this async iterator",
    };
    let closed = reuse.drained_at.iter().all(|&at| is_close(cx, at));
    let message = match (reuse.round, closed) {
        (Round::First, false) => format!("{what} is already used up: nothing comes out of it here"),
        (Round::First, true) => format!("{what} is already closed: nothing comes out of it here"),
        (Round::Second(_), _) => {
            format!("{what} is used up in the first round: in all others nothing comes out of it")
        }
    };
    let mut finding = cx.report(reuse.used_again, message);
    for &made in &reuse.made {
        finding = finding.note(made_at(cx, made), "made here");
    }
    for &at in reuse.drained_at.iter().filter(|&&at| at != reuse.used_again) {
        finding = finding.note(facts.span(at), if is_close(cx, at) { "closed here" } else { "used up here" });
    }
    let help = match reuse.made.first().map(|&made| (made, cx.kinds.binding(here(made)))) {
        Some((_, Value::Instance(instance))) if instance.made == Made::Promised => "collect the items into a list once",
        _ => "make a new one for each pass, or collect the items into a list once",
    };
    let _ = finding.help(help);
}

fn is_close(cx: &Cx, at: NodeId) -> bool {
    match Context::of(cx.facts, at) {
        Context::Method(call) => cx.text(cx.facts[call].function).ends_with(".aclose"),
        _ => false,
    }
}

/// The expression that makes it, else the name that got it.
fn made_at(cx: &Cx, made: BindingId) -> Span {
    match &cx.facts[made].bind {
        Bind::Value { value, .. } => cx.facts.span(*value),
        _ => cx.facts[made].name,
    }
}
