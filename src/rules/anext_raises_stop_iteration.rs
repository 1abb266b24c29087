//! `raise StopIteration` in a coroutine, in `__anext__` or in an async generator: a RuntimeError, and no end.

use crate::diagnostic::{Edit, Safety};
use crate::facts::{FunctionId, RaiseId};
use crate::kind::{Form, Value, here};
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!("anext-raises-stop-iteration", words: ["StopIteration"], [Check::Raise(check)]);

fn check(cx: &Cx, id: RaiseId) {
    let raise = &cx.facts[id];
    let Some(function) = raise.function else { return };
    let entry = &cx.facts[function];
    let is_anext = matches!(cx.kinds.special_method(here(function)), Some(("__anext__", _)));
    // A generator for `__anext__` has a rule of its own, and a plain function may well be a sync iterator's.
    if is_anext && entry.is_generator() || !is_anext && !entry.is_async || cx.facts.is_broken(raise.node) {
        return;
    }
    let raised = cx.kinds.raised(here(id));
    let stops = cx.kinds.members(&raised).iter().all(|one| cx.kinds.is_or_makes(one, "StopIteration"));
    if !stops || !cx.kinds.escapes(here(raise.node), &raised) {
        return;
    }
    let message = match (entry.is_async, entry.is_generator()) {
        (true, true) => "an async generator cannot let StopIteration out: it becomes a RuntimeError",
        (true, false) => "a coroutine cannot let StopIteration out: it becomes a RuntimeError",
        _ => "`async for` does not end at StopIteration: in its coroutine it becomes a RuntimeError",
    };
    let found = cx.report(raise.node, message);
    if is_anext {
        if let Some(edit) = as_async_stop(cx, id) {
            let safety = if somebody_catches_it(cx, function) { Safety::Unsafe } else { Safety::Safe };
            found.fix(safety, "raise StopAsyncIteration", [edit]);
        }
    } else if entry.is_generator() && matches!(cx.kinds.form(here(function)), Some(Form::Plain)) {
        // In a `finally` a `return` would swallow what is on its way.
        let safety = if cx.facts.is_in_finally(raise.node) { Safety::Unsafe } else { Safety::Safe };
        found.fix(safety, "return", [Edit::replace(cx.facts.span(raise.node), "return")]);
    } else if entry.is_generator() {
        found.help("`return` ends an async generator");
    } else {
        found.help("return a value, or raise an exception of your own");
    }
}

/// The name of the class is replaced, where it is written as such; a bare `raise` gets one.
fn as_async_stop(cx: &Cx, id: RaiseId) -> Option<Edit> {
    let facts = cx.facts;
    let Some(value) = facts[id].value else {
        return Some(Edit::insert(facts.span(facts[id].node).end, " StopAsyncIteration"));
    };
    let name = facts.call(value).map_or(value, |call| facts[call].function);
    let is_written = facts.is_builtin(name, "StopIteration") && matches!(cx.value(name), Value::Class(_));
    is_written.then(|| Edit::replace(facts.span(name), "StopAsyncIteration"))
}

/// Somewhere in the file `__anext__` is called under `except StopIteration`: that would no longer catch its end.
fn somebody_catches_it(cx: &Cx, function: FunctionId) -> bool {
    let facts = cx.facts;
    let own = facts.span(facts[function].node);
    facts.source.find_word("except").filter(|&at| !own.contains(at)).any(|at| {
        let Some(statement) = facts.outline.at(at) else { return false };
        facts.handlers(statement).any(|id| {
            let catches = facts.caught(id).into_iter().any(|class| facts.is_builtin(class, "StopIteration"));
            catches && facts.node_text(facts[id].of).contains("anext")
        })
    })
}
