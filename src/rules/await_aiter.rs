//! `await aiter(x)`: an iterator is nothing to wait for.

use crate::diagnostic::{Edit, Safety};
use crate::facts::AwaitId;
use crate::kind::here;
use crate::rule;
use crate::rule::{Check, Cx, Rule};
use crate::text::Span;

pub static RULE: Rule = rule!("await-aiter", [Check::Await(check)]);

fn check(cx: &Cx, id: AwaitId) {
    let facts = cx.facts;
    let it = &facts[id];
    let Some(call) = facts.call(it.value) else { return };
    if facts.is_broken(it.node) || cx.kinds.given_to_aiter(here(call)).is_none() {
        return;
    }
    // What `__aiter__` gives may be awaitable as well: then it is the author's own business.
    let awaits = cx.kind(it.value).awaits;
    if awaits.is_yes() {
        return;
    }
    let found = cx.report(it.node, "`aiter` gives the iterator at once: there is nothing to await");
    let keyword = Span::new(facts.span(it.node).start, facts.span(it.value).start);
    let safety = if awaits.is_no() { Safety::Safe } else { Safety::Unsafe };
    if facts.text(keyword).trim_end() == "await" {
        found.fix(safety, "drop `await`", [Edit::delete(keyword)]);
    }
}
