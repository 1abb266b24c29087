//! `send`, `throw`, `close` or `__next__` on an async generator.

use crate::diagnostic::{Edit, Safety};
use crate::facts::{DemandId, NodeId, Place, Wanted};
use crate::kind::here;
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!("sync-method-on-asyncgen", [Check::Demand(check)]);

fn check(cx: &Cx, id: DemandId) {
    let facts = cx.facts;
    let demand = &facts[id];
    let Wanted::Attribute(place) = demand.what else { return };
    let name = facts.text(place);
    let right = match name {
        "send" => "asend",
        "throw" => "athrow",
        "close" => "aclose",
        "__next__" => "__anext__",
        "next" | "flatten" | "to_list" => "",
        _ => return,
    };
    let value = cx.value(demand.value);
    if !cx.kinds.is_async_generator(&value) || cx.kinds.is_minded(here(demand.node)) {
        return;
    }
    let found = cx.report_at(place, format!("an async generator has no `{name}`")).note_origins(&value);
    match right {
        "" if name == "next" => found.help("`await anext(…)` gives the next item"),
        "" => found.help("a comprehension collects its items: `[item async for item in …]`"),
        right => match awaited(cx, demand.node) {
            Some(mut edits) => {
                edits.push(Edit::replace(place, right));
                found.fix(Safety::Unsafe, format!("await `{right}`"), edits)
            }
            None => found.help(format!("it has `{right}`, which must be awaited")),
        },
    };
}

/// What makes the call round the method awaited; None where it is not called, or nothing can be awaited.
fn awaited(cx: &Cx, method: NodeId) -> Option<Vec<Edit>> {
    let facts = cx.facts;
    let call = facts.parent(method).filter(|_| facts.place(method) == Place::Called)?;
    if !facts.may_await(call) {
        return None;
    }
    match facts.place(call) {
        Place::Awaited => Some(vec![]),
        _ => Some(cx.await_edits(call)),
    }
}
