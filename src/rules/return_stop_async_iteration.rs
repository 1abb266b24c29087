//! `return StopAsyncIteration` in `__anext__`: the loop receives the class as an item, for ever.

use crate::diagnostic::{Edit, Safety};
use crate::facts::{Expression, FunctionId, HandlerId, NodeId, ReturnId};
use crate::kind::here;
use crate::rule;
use crate::rule::{Check, Cx, Rule};
use crate::text::Span;

pub static RULE: Rule = rule!("return-stop-async-iteration", [Check::Return(check)]);

fn check(cx: &Cx, id: ReturnId) {
    let facts = cx.facts;
    let (Some(function), Some(value)) = (facts[id].function, facts[id].value) else { return };
    let Some(("__anext__", _)) = cx.kinds.special_method(here(function)) else { return };
    // What a generator returns is no item.
    if facts[function].is_generator() || facts.is_broken(facts[id].node) {
        return;
    }
    let is_stop = |node: NodeId| cx.kinds.is_or_makes(&cx.value(node), "StopAsyncIteration") || is_default(cx, node);
    if !facts.branches(value).into_iter().any(is_stop) {
        return;
    }
    let message = match facts[function].is_async {
        true => "the loop gets this as an item, for ever: only `raise` ends it",
        false => "this ends nothing and cannot be awaited: only `raise` ends the loop",
    };
    let found = cx.report(facts[id].node, message);
    if is_stop_alone(cx, value) {
        let keyword = Span::new(facts.span(facts[id].node).start, facts.span(facts[id].node).start + 6);
        found.fix(safety(cx, function, facts[id].node), "raise it", [Edit::replace(keyword, "raise")]);
    }
}

/// `next(it, StopAsyncIteration)` gives its default when the iterator ends.
fn is_default(cx: &Cx, node: NodeId) -> bool {
    let Some(call) = cx.facts.call(node) else { return false };
    let call = &cx.facts[call];
    cx.facts.is_builtin(call.function, "next")
        && call
            .arguments
            .get(1)
            .is_some_and(|default| cx.kinds.is_or_makes(&cx.value(default.value), "StopAsyncIteration"))
}

/// `raise` takes what `return` took only when that is nothing but the exception.
fn is_stop_alone(cx: &Cx, value: NodeId) -> bool {
    let single = matches!(cx.facts.branches(value)[..], [only] if only == value);
    single && cx.kinds.is_or_makes(&cx.value(value), "StopAsyncIteration")
}

fn safety(cx: &Cx, function: FunctionId, node: NodeId) -> Safety {
    if is_caught(cx, node) || somebody_asks_for_it(cx, function) { Safety::Unsafe } else { Safety::Safe }
}

/// A handler of the method itself would see the exception that so far never came.
fn is_caught(cx: &Cx, node: NodeId) -> bool {
    let facts = cx.facts;
    facts.handlers(node.island).any(|id: HandlerId| {
        let handler = &facts[id];
        let body = facts.child(handler.of, crate::syntax::Field::Body);
        let names = |catches: NodeId| {
            let each: Vec<NodeId> = match facts.expression(catches) {
                Expression::Tuple => facts.elements(catches).collect(),
                _ => vec![catches],
            };
            each.into_iter().any(|one| {
                let harmless = ["KeyError", "OSError", "ValueError", "TypeError", "IndexError", "RuntimeError"];
                let harmless = harmless.iter().any(|name| facts.is_builtin(one, name));
                !harmless && !facts.is_builtin(one, "StopIteration")
            })
        };
        body.is_some_and(|body| facts.within(node, body)) && handler.catches.is_none_or(names)
    })
}

/// Somewhere in the file an item is compared with the class.
fn somebody_asks_for_it(cx: &Cx, function: FunctionId) -> bool {
    let facts = cx.facts;
    let own = facts.span(facts[function].node);
    facts.source.find_word("StopAsyncIteration").any(|at| {
        if own.contains(at) {
            return false;
        }
        let Some(statement) = facts.outline.at(at) else { return false };
        facts.compares(statement).any(|id| {
            let is_stop = |node: NodeId| facts.is_builtin(node, "StopAsyncIteration");
            is_stop(facts[id].left) || is_stop(facts[id].right)
        })
    })
}
