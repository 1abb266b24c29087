//! A stub `async def f() -> AsyncIterator[T]` without a `yield` declares a coroutine; what implements it yields.

use crate::diagnostic::{Edit, Safety};
use crate::facts::FunctionId;
use crate::kind::here;
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!("stub-not-iterator", [Check::Function(check_stub), Check::Function(check_method)]);

fn check_stub(cx: &Cx, id: FunctionId) {
    if !cx.kinds.declares_iterator(here(id)) {
        return;
    }
    let known = cx.kinds.implementations(here(id));
    let calls = cx.kinds.calls_of(here(id));
    // One that gives a coroutine, or a caller that awaits, and the stub may say what is meant.
    if !known.agree || calls.awaited {
        return;
    }
    let place = cx.facts[id].name.unwrap_or_default();
    let message = "without a `yield` the call of this gives a coroutine, and not the iterator itself";
    // A stub alone may be meant for coroutines that return an iterator.
    let found = match (known.iterators.first(), calls.looped.first()) {
        (Some(&function), _) => cx.report_at(place, message).note_function(function, "an iterator right away"),
        (None, Some(&iterable)) => {
            cx.report_at(place, message).note(cx.facts.span(iterable), "`async for` does not await it")
        }
        (None, None) => return,
    };
    if let Some(keyword) = cx.facts.async_of(id) {
        found.fix(Safety::Unsafe, "drop `async`", [Edit::delete(keyword)]);
    }
}

/// The stub is in another file: this is the one that does not match.
fn check_method(cx: &Cx, id: FunctionId) {
    if !cx.facts[id].is_async_generator() || cx.kinds.form(here(id)).is_none() {
        return;
    }
    let Some(stub) = cx.kinds.overridden_stub(here(id)) else { return };
    let message = "this gives an async generator, and what it overrides declares a coroutine";
    cx.report_at(cx.facts[id].name.unwrap_or_default(), message)
        .note_function(stub, "declared by `async def` without a `yield`")
        .help("declare it by a plain `def`");
}
