//! `await` on an async generator, or on another object that can only be looped over.

use crate::diagnostic::{Edit, Safety};
use crate::facts::{AwaitId, Place};
use crate::kind::here;
use crate::rule;
use crate::rule::{Check, Cx, Rule};
use crate::text::Span;

pub static RULE: Rule = rule!("await-asyncgen", [Check::Await(check)]);

fn check(cx: &Cx, id: AwaitId) {
    let facts = cx.facts;
    let it = &facts[id];
    // `await aiter(x)` has a rule of its own.
    let call = facts.call(it.value);
    if facts.is_broken(it.node) || call.is_some_and(|call| cx.kinds.given_to_aiter(here(call)).is_some()) {
        return;
    }
    let kind = cx.kind(it.value);
    if !kind.awaits.is_no() || !kind.async_iterates.is_yes() || cx.kinds.is_receiver(&kind.value) {
        return;
    }
    let Some(what) = cx.kinds.describe(&kind.value) else { return };
    let found = cx
        .report(it.node, format!("{what} cannot be awaited: it is looped over with `async for`"))
        .note_origins(&kind.value);
    // Without its `await` the statement would do nothing at all.
    if facts.place(it.node) == Place::Statement {
        return;
    }
    let keyword = Span::new(facts.span(it.node).start, facts.span(it.value).start);
    if facts.text(keyword).trim_end() == "await" {
        found.fix(Safety::Unsafe, "drop `await`", [Edit::delete(keyword)]);
    }
}
