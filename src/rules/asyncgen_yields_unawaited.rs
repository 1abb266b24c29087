//! An async generator yields a coroutine that nobody has awaited.

use crate::diagnostic::Safety;
use crate::facts::{FunctionId, YieldId};
use crate::kind::{Answer, here};
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!("asyncgen-yields-unawaited", [Check::Yield(check)]);

fn check(cx: &Cx, id: YieldId) {
    let facts = cx.facts;
    let this = &facts[id];
    let (Some(function), Some(value)) = (this.function, this.value) else { return };
    if this.is_from || !facts[function].is_async || facts.is_broken(this.node) {
        return;
    }
    let given = cx.value(value);
    if !cx.kinds.is_coroutine(&given) || is_meant(cx, function) {
        return;
    }
    cx.report(value, "this is a coroutine, and nobody has awaited it: the loop gets it as its item")
        .note_origins(&given)
        .fix(Safety::Unsafe, "await it first", cx.await_edits(value));
}

/// The annotation promises something to await, or a loop in the file awaits the items or hands them on.
fn is_meant(cx: &Cx, function: FunctionId) -> bool {
    let facts = cx.facts;
    if let Some(annotation) = facts[function].annotation {
        let item = cx.kinds.async_item(&cx.kinds.promised(here(annotation)));
        let text = facts.node_text(annotation);
        let names = ["Awaitable", "Coroutine", "Callable", "Future", "Task"];
        let is_open = !matches!(cx.kinds.awaits(&item), Answer::No) && names.iter().any(|name| text.contains(name));
        if cx.kinds.awaits(&item).is_yes() || is_open {
            return true;
        }
    }
    cx.kinds.items_may_be_awaited(function)
}
