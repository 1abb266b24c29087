//! `next` and `iter` on what is async.

use crate::diagnostic::{Edit, Safety};
use crate::facts::{CallId, NodeId};
use crate::kind::here;
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!("next-on-async", [Check::Call(check_next), Check::Call(check_iter)]);

fn check_next(cx: &Cx, id: CallId) {
    let Some(stepped) = cx.kinds.given_to_next(here(id)) else { return };
    let kind = cx.kind(stepped);
    let is_async = kind.steps.is_yes() || kind.async_iterates.is_yes();
    if !is_async || !kind.sync_steps.is_no() || cx.kinds.is_receiver(&kind.value) || cx.facts.is_broken(stepped) {
        return;
    }
    let Some(what) = cx.kinds.describe(&kind.value) else { return };
    let found = cx.report(cx.facts[id].node, format!("`next` cannot step {what}: that takes `await anext(…)`"));
    let mut found = found.note_origins(&kind.value);
    if !can_change(cx, id) || cx.facts.is_in_generator_expression(cx.facts[id].node) {
        if !cx.facts.may_await(cx.facts[id].node) {
            found = found.help(match cx.facts.function(cx.facts[id].node) {
                Some(_) => "a sync function cannot step an async iterator: this function has to become async first",
                None => "only an `async def` can step an async iterator: this has to move into one",
            });
        }
        drop(found);
        return;
    }
    let mut edits = cx.await_edits(cx.facts[id].node);
    edits.push(rename(cx, id, "anext"));
    if !kind.steps.is_yes() {
        let span = cx.facts.span(cx.facts.bare(stepped));
        edits.extend([Edit::insert(span.start, "aiter("), Edit::insert(span.end, ")")]);
    }
    found.fix(Safety::Unsafe, "use `await anext(…)`", edits);
}

fn check_iter(cx: &Cx, id: CallId) {
    let Some(iterable) = cx.kinds.given_to_iter(here(id)) else { return };
    let value = cx.value(iterable);
    if !cx.kinds.is_only_async(&value) || cx.kinds.is_receiver(&value) || cx.facts.is_broken(iterable) {
        return;
    }
    let Some(what) = cx.kinds.describe(&value) else { return };
    let found = cx.report(cx.facts[id].node, format!("`iter` cannot iterate {what}: that takes `aiter`"));
    let found = found.note_origins(&value);
    if can_change(cx, id) {
        found.fix(Safety::Unsafe, "use `aiter`", [rename(cx, id, "aiter")]);
    }
}

/// The async words are there, and may be used here.
fn can_change(cx: &Cx, id: CallId) -> bool {
    let call = &cx.facts[id];
    let named = |name: &str| cx.facts.is_builtin(call.function, name);
    cx.has_python(3, 10) && cx.facts.may_await(call.node) && (named("next") || named("iter"))
}

fn rename(cx: &Cx, id: CallId, name: &str) -> Edit {
    let function: NodeId = cx.facts.bare(cx.facts[id].function);
    Edit::replace(cx.facts.span(function), name)
}
