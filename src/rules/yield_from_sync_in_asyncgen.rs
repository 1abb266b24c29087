//! `yield from` in an async generator (Python 3.16) over something that `async for` does not take.

use crate::facts::YieldId;
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!("yield-from-sync-in-asyncgen", words: ["yield from"], [Check::Yield(check)]);

fn check(cx: &Cx, id: YieldId) {
    let facts = cx.facts;
    let this = &facts[id];
    let (Some(function), Some(value)) = (this.function, this.value) else { return };
    // Before Python 3.16 any `yield from` is wrong there, and `yield-from-async` says so.
    let is_new = cx.config.target_version.is_some() && cx.has_python(3, 16);
    if !this.is_from || !is_new || !facts[function].is_async || facts.is_broken(this.node) {
        return;
    }
    let kind = cx.kind(value);
    let (true, Some(what)) = (kind.async_iterates.is_no(), cx.kinds.describe(&kind.value)) else { return };
    let found = cx.report(value, format!("`yield from` wants an async iterable here, and this is {what}"));
    let found = found.note_origins(&kind.value);
    if kind.iterates.is_yes() {
        found.help("write a `for` loop that yields its items");
    } else if kind.awaits.is_yes() {
        found.help("`await` it");
    }
}
