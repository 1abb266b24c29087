//! `async def __aiter__`, or a plain one that returns a coroutine: `async for` does not await it.

use crate::diagnostic::{Edit, Safety};
use crate::facts::{Bind, ClassId, FunctionId};
use crate::kind::{Form, In, Value, here};
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!("aiter-is-coroutine", [Check::Function(check), Check::Class(check_alias)]);

fn check(cx: &Cx, id: FunctionId) {
    let facts = cx.facts;
    let function = &facts[id];
    let Some(("__aiter__", class)) = cx.kinds.special_method(here(id)) else { return };
    if function.is_generator() || function.is_stub || function.is_damaged || function.is_lambda() {
        return;
    }
    let own_name = function.name.is_some_and(|name| facts.text(name) == "__aiter__");
    if !function.is_async {
        for &returned in &function.returns {
            let Some(value) = facts[returned].value else { continue };
            let given = cx.value(value);
            if cx.kinds.is_coroutine(&given) {
                cx.report(value, "this is a coroutine, and `async for` does not await what `__aiter__` returns")
                    .note_origin(&given, "a coroutine function");
            }
        }
        return;
    }
    // Under another name it may be called elsewhere; `check_alias` speaks where the class takes it.
    if !own_name || is_written_twice(cx, id) {
        return;
    }
    let place = function.name.unwrap_or_default();
    let found = cx.report_at(place, "`async def` gives a coroutine here, and `async for` does not await it");
    // Without `async` a body that awaits does not compile.
    if function.awaits {
        found.help("do the waiting in `__anext__`, or make this an async generator with `yield`");
        return;
    }
    let Some(edit) = facts.async_of(id).map(Edit::delete) else { return };
    let certain = cx.kinds.is_fully_known(class) && !is_awaited_somewhere(cx, id);
    let safety = if certain { Safety::Safe } else { Safety::Unsafe };
    found.fix(safety, "drop `async`", [edit]);
}

/// The other definition may be for another Python.
fn is_written_twice(cx: &Cx, id: FunctionId) -> bool {
    let Some(class) = cx.kinds.class_of(here(id)) else { return false };
    cx.facts.class_bindings("__aiter__", class.id).len() > 1
}

/// `await x.__aiter__()` works today and would not without `async`.
fn is_awaited_somewhere(cx: &Cx, id: FunctionId) -> bool {
    let text = &cx.facts.source.text;
    let own = cx.facts.span(cx.facts[id].node);
    cx.facts.source.find(".__aiter__").any(|at| {
        let line = text[..at as usize].rfind('\n').map_or(0, |end| end + 1);
        !own.contains(at) && text[line..at as usize].contains("await")
    })
}

/// `__aiter__ = _connect` in the class body.
fn check_alias(cx: &Cx, id: ClassId) {
    let facts = cx.facts;
    let bindings = facts.class_bindings("__aiter__", id);
    let [binding] = bindings[..] else { return };
    let Bind::Value { value, .. } = facts[binding].bind else { return };
    let Value::Function(callable) = cx.value(value) else { return };
    let In { file, id: function } = callable.function;
    let module = cx.kinds.module(file);
    let function = &module.facts[function];
    if callable.form == Form::Plain && function.is_async && !function.is_generator() && !function.is_stub {
        cx.report(value, "this coroutine function gives a coroutine, and `async for` does not await it")
            .note_function(callable.function, "a coroutine function");
    }
}
