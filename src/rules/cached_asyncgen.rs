//! A cache on an async generator or coroutine function keeps an object that can be used only once.

use crate::facts::{CallId, Expression, FunctionId, NodeId};
use crate::kind::{Form, Value, here};
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!(
    "cached-asyncgen",
    words: ["@cache", "lru_cache", "cached_property", "functools.cache", "cachetools"],
    [Check::Function(check), Check::Call(check_call)]
);

fn check(cx: &Cx, id: FunctionId) {
    let function = &cx.facts[id];
    for (index, &decorator) in function.decorators.iter().enumerate() {
        if is_cache(cx, decorator) {
            report(cx, decorator, &cx.kinds.given_to_decorator(here(id), index));
        }
    }
}

/// `cached = cache(numbers)`, `cached = lru_cache(maxsize=None)(load)`
fn check_call(cx: &Cx, id: CallId) {
    let call = &cx.facts[id];
    let [argument] = &call.arguments[..] else { return };
    if is_cache(cx, call.function) {
        report(cx, call.node, &cx.value(argument.value));
    }
}

/// The expression is a decorator that keeps what the function returns.
fn is_cache(cx: &Cx, node: NodeId) -> bool {
    let facts = cx.facts;
    if let Expression::Call(call) = facts.expression(node) {
        // A cache of no size keeps nothing.
        let is_empty = facts[call].arguments.iter().any(|argument| {
            let name = argument.name.map(|name| facts.text(name));
            matches!(name, None | Some("maxsize")) && facts.node_text(argument.value) == "0"
        });
        return !is_empty && takes_settings(cx, facts[call].function);
    }
    matches!(
        cx.qualified(node).as_deref(),
        Some("functools.cache" | "functools.lru_cache" | "functools.cached_property")
    )
}

fn takes_settings(cx: &Cx, node: NodeId) -> bool {
    let Some(name) = cx.qualified(node) else { return false };
    matches!(&*name, "functools.lru_cache" | "cachetools.cached" | "cachetools.cachedmethod")
        || name.starts_with("cachetools.func.")
}

fn report(cx: &Cx, place: NodeId, cached: &Value) {
    // What an unknown decorator in between makes of the function is not known.
    let Value::Function(callable) = cached else { return };
    if !matches!(callable.form, Form::Plain | Form::Static | Form::Class) {
        return;
    }
    let function = callable.function;
    let module = cx.kinds.module(function.file);
    let entry = &module.facts[function.id];
    if entry.is_stub || entry.is_damaged || module.is_stub() || entry.is_lambda() {
        return;
    }
    let (generates, waits) = match (entry.is_async, entry.is_generator()) {
        (true, is_generator) => (is_generator, !is_generator),
        (false, true) => return,
        (false, false) => {
            let returned = cx.kinds.returned(function, None);
            (cx.kinds.is_async_generator(&returned), cx.kinds.is_coroutine(&returned))
        }
    };
    let message = match (generates, waits) {
        (true, _) => "the second call with the same arguments gets the same async generator, used-up",
        (_, true) => "the second call with the same arguments gets the same coroutine, already awaited",
        _ => return,
    };
    cx.report(place, message).help("cache what it yields or returns, or use a cache made for coroutines");
}
