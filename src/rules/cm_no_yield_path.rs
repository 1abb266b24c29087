//! An `@asynccontextmanager` function that can return before its `yield`.

use crate::facts::FunctionId;
use crate::kind::here;
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!("cm-no-yield-path", words: ["asynccontextmanager"], [Check::Function(check)]);

fn check(cx: &Cx, id: FunctionId) {
    let function = &cx.facts[id];
    if !function.is_async_generator() || function.is_stub || !cx.kinds.is_made_context_manager(here(id)) {
        return;
    }
    for way in cx.kinds.ways_without_yield(id) {
        let mut finding = match way.returned {
            Some(returned) => cx.report(returned, "this ends the function without having yielded"),
            None => cx.report_at(
                function.name.unwrap_or_default(),
                "a way through this comes to the end without having yielded",
            ),
        };
        if let Some(kept) = way.kept_by {
            finding = finding.note(cx.facts.span(kept), "what keeps the function from its `yield` is swallowed here");
        }
        finding.help("`yield` on every way, or raise an exception: the block of an `async with` can't be skipped");
    }
}
