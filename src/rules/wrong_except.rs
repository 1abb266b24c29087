//! A handler that waits for an exception that cannot get there: StopIteration round `await anext()`, StopAsyncIteration
//! round an `async for`.

use crate::facts::{CallId, Expression, HandlerId, LoopForm, NodeId};
use crate::kind::{Form, Value, here};
use crate::rule;
use crate::rule::{Check, Cx, Rule};
use crate::syntax::SyntaxKind;

pub static RULE: Rule = rule!("wrong-except", [Check::Handler(check)]);

fn check(cx: &Cx, id: HandlerId) {
    let facts = cx.facts;
    let Some(tried) = facts.tried(id) else { return };
    // `except StopAsyncIteration: raise` only keeps it from a wider handler below.
    if facts.is_broken(facts[id].of) || only_raises(cx, facts[id].body) {
        return;
    }
    let caught = facts.caught(id);
    let stop = |name: &str| caught.iter().copied().find(|&one| cx.kinds.is_builtin_named(&cx.value(one), name));
    match (stop("StopIteration"), stop("StopAsyncIteration")) {
        (Some(place), None) if waits_for_step(cx, id, tried) && !may_stop(cx, id, tried) => {
            cx.report(place, "`await anext()` raises `StopAsyncIteration` at the end, never `StopIteration`")
                .help("catch `StopAsyncIteration`");
        }
        (None, Some(place)) if loops(cx, id, tried) && !may_stop_async(cx, id, tried) => {
            cx.report(place, "`async for` never lets `StopAsyncIteration` out: it takes it as its end")
                .help("what belongs to the end goes after the loop");
        }
        _ => {}
    }
}

fn only_raises(cx: &Cx, body: NodeId) -> bool {
    matches!(cx.facts.statements_in(body)[..], [only]
        if cx.facts.syntax(only) == SyntaxKind::RaiseStatement && cx.facts.children(only).next().is_none())
}

fn waits_for_step(cx: &Cx, id: HandlerId, tried: NodeId) -> bool {
    let facts = cx.facts;
    let function = facts[id].function;
    facts.awaits(tried.island).any(|id| {
        let wait = &facts[id];
        let here_and_now = wait.function == function && facts.within(wait.node, tried);
        here_and_now && cx.kinds.awaited_step(here(wait.value)).is_some_and(|step| !step.has_default)
    })
}

/// Something in the block may raise StopIteration, for all that is known: what is raised by hand, and every plain call
/// of something that is not known to be harmless. What is awaited cannot: a coroutine turns it into a RuntimeError.
fn may_stop(cx: &Cx, id: HandlerId, tried: NodeId) -> bool {
    let facts = cx.facts;
    let function = facts[id].function;
    let raises =
        facts.raises(tried.island).any(|id| facts[id].function == function && facts.within(facts[id].node, tried));
    let mut calls = facts.calls(tried.island).filter(|&id| facts[id].inside == function);
    raises || calls.any(|call| facts.within(facts[call].node, tried) && !is_harmless(cx, call))
}

fn is_harmless(cx: &Cx, call: CallId) -> bool {
    let facts = cx.facts;
    if cx.kinds.step(here(call)).is_some() || cx.kinds.is_coroutine(&cx.value(facts[call].node)) {
        return true;
    }
    if let Some(name) = cx.kinds.called_name(here(call)) {
        return name.starts_with("asyncio.") || name.starts_with("builtins.") && &*name != "builtins.next";
    }
    // `found.append(…)` on a builtin list.
    let Expression::Attribute { object, .. } = facts.expression(facts[call].function) else { return false };
    matches!(cx.value(object), Value::Instance(instance) if cx.kinds.module(instance.class.file).library == "builtins")
}

fn loops(cx: &Cx, id: HandlerId, tried: NodeId) -> bool {
    let facts = cx.facts;
    facts.loops(tried.island).any(|loop_id| {
        let this = &facts[loop_id];
        // A generator expression loops later, and elsewhere.
        let is_lazy =
            matches!(this.form, LoopForm::Clause { of, .. } if facts.syntax(of) == SyntaxKind::GeneratorExpression);
        this.is_async && !is_lazy && this.function == facts[id].function && facts.within(this.node, tried)
    })
}

fn may_stop_async(cx: &Cx, id: HandlerId, tried: NodeId) -> bool {
    let facts = cx.facts;
    let function = facts[id].function;
    // What the block of a context manager raises comes back at its `yield`.
    let yields =
        facts.yields(tried.island).any(|id| facts[id].function == function && facts.within(facts[id].node, tried));
    let is_plain = function.is_some_and(|function| matches!(cx.kinds.form(here(function)), Some(Form::Plain)));
    (yields && !is_plain) || cx.kinds.may_stop_async(here(tried), function)
}
