//! A plain `def __anext__` that returns what cannot be awaited.

use crate::diagnostic::{Edit, Safety};
use crate::facts::{FunctionId, ReturnId};
use crate::kind::here;
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!("anext-not-awaitable", [Check::Function(check)]);

fn check(cx: &Cx, id: FunctionId) {
    let facts = cx.facts;
    let function = &facts[id];
    let Some(("__anext__", _)) = cx.kinds.special_method(here(id)) else { return };
    // A generator is `anext-is-generator`'s; a body that says nothing leaves the kind to whoever implements it.
    if function.is_async || function.is_generator() || function.is_stub || function.is_damaged || function.is_lambda() {
        return;
    }
    if function.returns.is_empty() {
        // A body that only raises, or never ends, returns nothing that could be awaited: that is no mistake.
        if cx.kinds.may_run_out(here(id)) {
            let message = "this returns `None`, which `async for` cannot await";
            cx.report_at(function.name.unwrap_or_default(), message).fix(
                Safety::Unsafe,
                "make it `async def`",
                [as_async(cx, id)],
            );
        }
        return;
    }
    let bad: Vec<ReturnId> = function.returns.iter().copied().filter(|&id| cannot_be_awaited(cx, id)).collect();
    // Where another `return` hands out an awaitable, `async def` would wrap it a second time.
    let all_bad = bad.len() == function.returns.len();
    for bad in bad {
        let what = facts[bad].value.map_or(cx.kinds.none(), |value| cx.value(value));
        let what = cx.kinds.describe(&what).unwrap_or_else(|| "something else".to_string());
        let place = facts[bad].value.unwrap_or(facts[bad].node);
        let found = cx.report(place, format!("`async for` awaits what `__anext__` returns, and this returns {what}"));
        if all_bad {
            found.fix(Safety::Unsafe, "make it `async def`", [as_async(cx, id)]);
        }
    }
}

fn cannot_be_awaited(cx: &Cx, id: ReturnId) -> bool {
    let facts = cx.facts;
    let Some(value) = facts[id].value else { return true };
    // `return StopAsyncIteration` has a rule of its own.
    let stop = facts.branches(value).into_iter().any(|one| cx.kinds.is_or_makes(&cx.value(one), "StopAsyncIteration"));
    !stop && !facts.is_broken(value) && cx.kind(value).awaits.is_no()
}

fn as_async(cx: &Cx, id: FunctionId) -> Edit {
    Edit::insert(cx.facts.span(cx.facts[id].node).start, "async ")
}
