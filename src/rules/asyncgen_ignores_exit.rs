//! A `yield` that is reached after `GeneratorExit`: the generator refuses to be closed.

use crate::facts::FunctionId;
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!("asyncgen-ignores-exit", [Check::Function(check)]);

fn check(cx: &Cx, id: FunctionId) {
    let facts = cx.facts;
    if !facts[id].is_async_generator() {
        return;
    }
    let found = cx.kinds.yields_after_exit(id);
    if found.is_empty() || !cx.kinds.is_for_loops(id) {
        return;
    }
    let mut told = Vec::new();
    for (closed, reached) in found {
        if told.contains(&reached) {
            continue;
        }
        told.push(reached);
        let finding =
            cx.report(reached, "this `yield` is reached after `GeneratorExit`: the generator refuses to be closed");
        let finding = match closed == reached {
            true => finding,
            false => finding.note(facts.span(closed), "closing the generator raises `GeneratorExit` here"),
        };
        finding.help("after `GeneratorExit` a generator may clean up, but it must not yield again");
    }
}
