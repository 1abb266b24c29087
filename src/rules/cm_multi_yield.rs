//! An `@asynccontextmanager` function that comes to a second `yield`.

use crate::facts::FunctionId;
use crate::kind::here;
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!("cm-multi-yield", words: ["asynccontextmanager"], [Check::Function(check)]);

fn check(cx: &Cx, id: FunctionId) {
    let facts = cx.facts;
    if !facts[id].is_async_generator() || facts[id].is_damaged || !cx.kinds.is_made_context_manager(here(id)) {
        return;
    }
    for found in cx.kinds.second_yields(id) {
        let message = match (found.kept, found.first == found.second) {
            (Some(_), true) => "an exception of the block leads to this `yield` again, a second `yield`",
            (Some(_), false) => "an exception of the block leads to a second `yield`",
            (None, true) => "this is reached again after the block: a second `yield`",
            (None, false) => "this is a second `yield`: the block has run already",
        };
        let mut finding = cx.report(found.second, message);
        if found.first != found.second {
            finding = finding.note(facts.span(found.first), "the block of the `async with` runs here");
        }
        if let Some(kept) = found.kept {
            finding = finding.note(facts.span(kept), "what the block raises is kept here");
        }
        finding.help("decide what to yield before the one `yield`, and end after it");
    }
}
