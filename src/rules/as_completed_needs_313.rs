//! `async for` over `asyncio.as_completed()`, which is a plain generator before Python 3.13.

use crate::diagnostic::{Edit, Safety};
use crate::facts::LoopId;
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!("as-completed-needs-313", [Check::Loop(check)]);

fn check(cx: &Cx, id: LoopId) {
    let facts = cx.facts;
    let this = &facts[id];
    if !this.is_async || cx.has_python(3, 13) {
        return;
    }
    // A test of `sys.version_info` keeps older Pythons away.
    let is_kept_away = facts.lowest_python(this.node).is_some_and(|lowest| lowest >= (3, 13));
    if is_kept_away || !cx.kinds.is_all(&cx.value(this.iterable), "asyncio", "_AsCompletedIterator") {
        return;
    }
    let found = cx.report(this.iterable, "`async for` takes `as_completed` from Python 3.13 on");
    if let Some(keyword) = facts.async_keyword(id) {
        found.fix(Safety::Unsafe, "loop with `for`, and await each item", [Edit::delete(keyword)]);
    }
}
