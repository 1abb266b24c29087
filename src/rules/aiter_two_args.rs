//! `aiter` and `anext` called with what they do not take: `aiter` has no second form, and neither takes keywords.

use crate::facts::{CallId, Splat};
use crate::kind::here;
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!("aiter-two-args", [Check::Call(check)]);

fn check(cx: &Cx, id: CallId) {
    let call = &cx.facts[id];
    if cx.facts.is_broken(call.node) {
        return;
    }
    let name = match cx.kinds.called_name(here(id)).as_deref() {
        Some("builtins.aiter") => "aiter",
        Some("builtins.anext") => "anext",
        _ => return,
    };
    // A star or two may bring nothing at all, so only what is written counts.
    let written = call.arguments.iter().filter(|argument| argument.splat == Splat::None);
    if written.clone().any(|argument| argument.name.is_some()) {
        cx.report(call.node, format!("`{name}` takes no keyword arguments"));
        return;
    }
    let given = written.count();
    let may_have_more = given < call.arguments.len();
    if name == "aiter" && (given > 1 || given == 0 && !may_have_more) {
        let found = cx.report(call.node, format!("`aiter` takes exactly one argument ({given} given)"));
        if given > 1 {
            found.help("it has no form with a sentinel: write an async generator that calls the function until it returns that");
        }
    } else if name == "anext" && given > 2 {
        cx.report(call.node, format!("`anext` expected at most 2 arguments, got {given}"));
    } else if name == "anext" && given == 0 && !may_have_more {
        cx.report(call.node, "`anext` expected at least 1 argument, got 0");
    }
}
