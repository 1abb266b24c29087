//! A plain `for` over what only `async for` can loop over.

use crate::diagnostic::{Edit, Safety};
use crate::facts::{LoopForm, LoopId};
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!(
    "sync-for-over-async",
    // What the language's own library gives to loop over with `async for`.
    words: ["StreamReader", "open_connection"],
    [Check::Loop(check)]
);

fn check(cx: &Cx, id: LoopId) {
    let facts = cx.facts;
    let it = &facts[id];
    if it.is_async || facts.is_broken(it.iterable) {
        return;
    }
    let value = cx.value(it.iterable);
    if !cx.kinds.is_only_async(&value) || cx.kinds.is_receiver(&value) {
        return;
    }
    let Some(what) = cx.kinds.describe(&value) else { return };
    let found = cx.report(it.iterable, format!("a plain `for` cannot loop over {what}")).note_origins(&value);
    if !facts.may_await(it.node) {
        found.help(match facts.function(it.node) {
            Some(_) => "only `async for` in an `async def` can: this function has to become async first",
            None => "only `async for` in an `async def` can: this has to move into one",
        });
        return;
    }
    // Before Python 3.11 an async comprehension could not stand inside a sync one.
    if let LoopForm::Clause { of, .. } = it.form
        && !cx.has_python(3, 11)
        && facts.is_in_sync_comprehension(of)
    {
        return;
    }
    found.fix(Safety::Unsafe, "use `async for`", [Edit::insert(facts.span(it.node).start, "async ")]);
}
