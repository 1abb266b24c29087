//! `__aiter__` returns what has no `__anext__`: nothing, a list, a sync generator, an iterable.

use crate::facts::{FunctionId, ReturnId};
use crate::kind::here;
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!("aiter-returns-non-iterator", [Check::Function(check)]);

fn check(cx: &Cx, id: FunctionId) {
    let function = &cx.facts[id];
    let Some(("__aiter__", class)) = cx.kinds.special_method(here(id)) else { return };
    // `async def` without `yield` has a rule of its own; a body that says nothing is not what runs.
    if function.is_async || function.is_stub || function.is_damaged || function.is_lambda() {
        return;
    }
    let place = function.name.unwrap_or_default();
    if let Some(&first) = function.yields.first() {
        cx.report_at(place, "this gives a generator, which has no `__anext__`")
            .note(cx.facts.span(cx.facts[first].node), "`yield` in a plain `def` makes a sync generator")
            .help("with `async def` it is an async generator");
        return;
    }
    for &returned in &function.returns {
        let Some(value) = cx.facts[returned].value else {
            cx.report(cx.facts[returned].node, "this returns `None`, which has no `__anext__`");
            continue;
        };
        let given = cx.value(value);
        // `return self` is `missing-anext`'s, and a coroutine `aiter-is-coroutine`'s.
        if given == cx.kinds.instance_of(class) || cx.kinds.is_coroutine(&given) || cx.facts.is_broken(value) {
            continue;
        }
        // `object()` stands for something else, as in a test.
        if !cx.kind(value).steps.is_no() || given == cx.kinds.builtin("object") {
            continue;
        }
        let what = cx.kinds.describe(&given).unwrap_or_else(|| "something".to_string());
        let what = what.replace("an iterator", "a sync iterator");
        cx.report(value, format!("this returns {what}, which has no `__anext__`")).note_origin(&given, "what gives it");
    }
    let gives_something = |&returned: &ReturnId| cx.facts[returned].value.is_some();
    if !function.returns.iter().any(gives_something) && cx.kinds.runs_out(here(id)) {
        cx.report_at(place, "this returns nothing, and `None` has no `__anext__`");
    }
}
