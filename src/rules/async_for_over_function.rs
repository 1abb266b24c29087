//! `async for` over a function: the call is missing.

use crate::diagnostic::{Edit, Safety};
use crate::facts::{CallId, LoopId, NodeId};
use crate::kind::here;
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!("async-for-over-function", [Check::Loop(check), Check::Call(check_aiter)]);

fn check(cx: &Cx, id: LoopId) {
    let it = &cx.facts[id];
    if it.is_async {
        judge(cx, it.iterable);
    }
}

fn check_aiter(cx: &Cx, id: CallId) {
    if let Some(iterable) = cx.kinds.given_to_aiter(here(id)) {
        judge(cx, iterable);
    }
}

fn judge(cx: &Cx, iterable: NodeId) {
    let value = cx.value(iterable);
    // A class may be looped over by its metaclass; what a function is made into by decorators is known or unknown.
    if cx.facts.is_broken(iterable) || !cx.kinds.is_callable_itself(&value) || !cx.kinds.async_iterates(&value).is_no()
    {
        return;
    }
    let what = cx.kinds.describe(&value).unwrap_or_else(|| "a function".to_string());
    let found = cx
        .report(iterable, format!("this is {what}, which has no `__aiter__`: the call is missing"))
        .note_origins(&value);
    let called = cx.kinds.called_without_arguments(&value);
    if called.is_some_and(|made| cx.kinds.async_iterates(&made).is_yes()) && cx.facts.is_primary(iterable) {
        found.fix(Safety::Unsafe, "call it", [Edit::insert(cx.facts.span(iterable).end, "()")]);
    }
}
