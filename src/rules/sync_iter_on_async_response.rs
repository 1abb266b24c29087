//! A streamed response of an async client is read by the methods of the sync one.

use crate::facts::{CallId, Expression};
use crate::kind::here;
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!("sync-iter-on-async-response", words: ["AsyncClient"], [Check::Call(check)]);

fn check(cx: &Cx, id: CallId) {
    let facts = cx.facts;
    let call = &facts[id];
    let Expression::Attribute { object, name } = facts.expression(call.function) else { return };
    let name = facts.text(name);
    if !matches!(name, "iter_lines" | "iter_text" | "iter_bytes" | "iter_raw" | "read") || facts.name(object).is_none()
    {
        return;
    }
    let object = facts.bare(object);
    if !cx.kinds.is_unread_response(here(object)) || cx.kinds.may_be_touched_before(object, id, "aread") {
        return;
    }
    let found = cx.report(call.node, format!("`{name}` cannot read the stream of an async client"));
    match name {
        "read" => found.help("`await response.aread()` reads it"),
        name => found.help(format!("loop over `a{name}()` with `async for`")),
    };
}
