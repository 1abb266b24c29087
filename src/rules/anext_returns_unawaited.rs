//! `async def __anext__` returns a coroutine that nobody awaits: the loop hands out coroutines.

use crate::diagnostic::{Edit, Safety};
use crate::facts::{NodeId, ReturnId};
use crate::kind::here;
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!("anext-returns-unawaited", [Check::Return(check)]);

fn check(cx: &Cx, id: ReturnId) {
    let facts = cx.facts;
    let (Some(function), Some(value)) = (facts[id].function, facts[id].value) else { return };
    let entry = &facts[function];
    let Some(("__anext__", _)) = cx.kinds.special_method(here(function)) else { return };
    // In a plain method the loop awaits what is returned, and a generator has a rule of its own.
    if !entry.is_async || entry.is_generator() || facts.is_broken(facts[id].node) {
        return;
    }
    // The annotation may say that awaitables are the items.
    if let Some(annotation) = entry.annotation
        && !cx.kinds.awaits(&cx.kinds.promised(here(annotation))).is_no()
    {
        return;
    }
    // Tasks and futures run by themselves, and a stream of them is a way to hand out work.
    let given = cx.value(value);
    if !cx.kinds.is_coroutine(&given) {
        return;
    }
    cx.report(value, "this is a coroutine: the loop hands it out as the item, and nobody awaits it")
        .note_origin(&given, "a coroutine function")
        .fix(Safety::Unsafe, "await it", awaited(cx, value));
}

/// `await` binds tighter than anything but calls and the like.
fn awaited(cx: &Cx, value: NodeId) -> Vec<Edit> {
    let span = cx.facts.span(value);
    let binds_tighter = cx.facts.branches(value) == [value];
    match binds_tighter {
        true => vec![Edit::insert(span.start, "await ")],
        false => vec![Edit::insert(span.start, "await ("), Edit::insert(span.end, ")")],
    }
}
