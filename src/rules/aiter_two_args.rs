//! `aiter` and `anext` called with what they do not take: `aiter` has no second form, and neither takes keywords.

use crate::facts::{CallId, Splat};
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!("aiter-two-args", [Check::Call(check)]);

fn check(cx: &Cx, id: CallId) {
    let facts = cx.facts;
    let call = &facts[id];
    if facts.is_broken(call.node) {
        return;
    }
    let (name, most) = match cx.qualified(call.function).as_deref() {
        Some("builtins.aiter") => ("aiter", 1),
        Some("builtins.anext") => ("anext", 2),
        _ => return,
    };
    if let Some(keyword) = call.arguments.iter().find(|argument| argument.name.is_some()) {
        cx.report(keyword.node, format!("`{name}` takes no keyword arguments"));
        return;
    }
    let given = call.arguments.iter().filter(|argument| argument.splat == Splat::None).count();
    if given > most {
        let extra = call.arguments.iter().filter(|argument| argument.splat == Splat::None).nth(most);
        let place = extra.map_or(call.node, |extra| extra.node);
        let message = match name {
            "aiter" => format!("`aiter` takes one argument, not {given}: it has no form with a sentinel"),
            _ => format!("`anext` takes an iterator and a default, not {given} arguments"),
        };
        let found = cx.report(place, message);
        if name == "aiter" {
            found.help("write an async generator that calls the function until it returns the sentinel");
        }
        return;
    }
    // A star may bring what is missing.
    if given == 0 && call.arguments.is_empty() {
        cx.report(call.node, format!("`{name}` needs an argument"));
    }
}
