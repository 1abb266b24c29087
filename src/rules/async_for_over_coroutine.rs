//! `async for` over a coroutine: the `await` is missing.

use crate::diagnostic::{Edit, Safety};
use crate::facts::{CallId, LoopId, NodeId};
use crate::kind::{Answer, here};
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!("async-for-over-coroutine", [Check::Loop(check), Check::Call(check_aiter)]);

fn check(cx: &Cx, id: LoopId) {
    let it = &cx.facts[id];
    if it.is_async {
        judge(cx, it.iterable, "`async for`", Some(id));
    }
}

fn check_aiter(cx: &Cx, id: CallId) {
    if let Some(iterable) = cx.kinds.given_to_aiter(here(id)) {
        judge(cx, iterable, "`aiter`", None);
    }
}

fn judge(cx: &Cx, iterable: NodeId, who: &str, of: Option<LoopId>) {
    let kind = cx.kind(iterable);
    // An object that can be awaited *and* iterated is fine as it is.
    let (Answer::Yes(result), Answer::No) = (&kind.awaits, &kind.async_iterates) else { return };
    if cx.facts.is_broken(iterable) || cx.kinds.is_receiver(&kind.value) {
        return;
    }
    let what = cx.kinds.describe(&kind.value).unwrap_or_else(|| "an awaitable".to_string());
    let mut found = cx.report(iterable, format!("this is {what}, and {who} does not await it"));
    for function in cx.kinds.origins(&kind.value) {
        found = match cx.kinds.only_returns_async_iterables(function) {
            true => found.note_function(
                function,
                "a coroutine function for no reason: without `async` its call needs no `await`",
            ),
            false => found.note_defined(function),
        };
    }
    if !cx.facts.may_await(iterable) {
        return;
    }
    if !cx.kinds.async_iterates(result).is_no() {
        found.fix(Safety::Unsafe, "await it first", cx.await_edits(iterable));
        return;
    }
    // What it gives is no async iterable either.
    let gives = cx.kinds.describe(result).unwrap_or_default();
    if !cx.kinds.iterates(result).is_yes() {
        found.help(format!("awaiting it gives {gives}, which cannot be looped over"));
        return;
    }
    found = found.help(format!("awaiting it gives {gives}: that takes a plain `for`"));
    // A generator expression would become a sync one, which whoever gets it may not want.
    let Some(of) = of.filter(|&of| cx.facts.generator_expression_of(of).is_none()) else { return };
    let Some(keyword) = cx.facts.async_keyword(of) else { return };
    let edits = cx.await_edits(iterable).into_iter().chain([Edit::delete(keyword)]);
    found.fix(Safety::Unsafe, "await it and loop over what it gives", edits);
}
