//! `__anext__` with a `yield` in it: `async for` gets a generator where it wants something to await.

use crate::facts::FunctionId;
use crate::kind::here;
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!("anext-is-generator", [Check::Function(check)]);

fn check(cx: &Cx, id: FunctionId) {
    let function = &cx.facts[id];
    let Some(("__anext__", class)) = cx.kinds.special_method(here(id)) else { return };
    if !function.is_generator() || function.is_damaged {
        return;
    }
    // Where `__aiter__` gives something else, say this very generator, `async for` never calls the method.
    if !cx.kinds.is_own_iterator(class) {
        return;
    }
    let what = if function.is_async { "an async generator" } else { "a generator" };
    let message = format!("`__anext__` holds `yield`, so it gives {what}, which `async for` cannot await");
    let found = cx.report_at(function.name.unwrap_or_default(), message);
    found
        .note(cx.facts.span(cx.facts[function.yields[0]].node), "this makes it a generator")
        .help("return the item, or move the body to `async def __aiter__` and delete `__anext__`");
}
