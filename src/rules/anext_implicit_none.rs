//! A way through `__anext__` ends without `return` and without `raise`: the loop gets `None`, again and again.

use crate::facts::{FunctionId, ReturnId};
use crate::kind::{Value, here};
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!("anext-implicit-none", [Check::Function(check)]);

fn check(cx: &Cx, id: FunctionId) {
    let facts = cx.facts;
    let function = &facts[id];
    let Some(("__anext__", _)) = cx.kinds.special_method(here(id)) else { return };
    if !function.is_async || function.is_generator() || function.is_stub || function.is_damaged {
        return;
    }
    // Where nothing else is ever returned, or `None` by name, it is an item like any other: a ticker, a reading.
    let (given, bare): (Vec<ReturnId>, Vec<ReturnId>) =
        function.returns.iter().copied().partition(|&returned| facts[returned].value.is_some());
    let says_none = |&returned: &ReturnId| facts[returned].value.is_some_and(|value| may_be_none(cx, &cx.value(value)));
    if given.is_empty() || given.iter().any(says_none) {
        return;
    }
    if let Some(annotation) = function.annotation
        && may_be_none(cx, &cx.kinds.promised(here(annotation)))
    {
        return;
    }
    for returned in bare {
        cx.report(facts[returned].node, "this gives the loop `None` as an item, and no end")
            .help("`raise StopAsyncIteration` ends the loop; `return None` says that `None` is an item");
    }
    if cx.kinds.runs_out(here(id)) {
        let message = "a way through this ends without `return` or `raise`: the loop gets `None`, again and again";
        cx.report_at(function.name.unwrap_or_default(), message)
            .help("`raise StopAsyncIteration` ends the loop; `return None` says that `None` is an item");
    }
}

fn may_be_none(cx: &Cx, value: &Value) -> bool {
    cx.kinds.members(value).contains(&cx.kinds.none())
}
