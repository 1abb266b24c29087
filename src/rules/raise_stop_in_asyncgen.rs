//! `raise StopAsyncIteration` in an async generator: it comes out as a RuntimeError.

use crate::config::PythonVersion;
use crate::diagnostic::{Edit, Safety};
use crate::facts::{CallId, NodeId, RaiseId};
use crate::kind::{Form, here};
use crate::rule;
use crate::rule::{Check, Cx, Rule};
use crate::syntax::SyntaxKind;

pub static RULE: Rule = rule!("raise-stop-in-asyncgen", [Check::Raise(check)]);

fn check(cx: &Cx, id: RaiseId) {
    let facts = cx.facts;
    let raise = &facts[id];
    let Some(function) = raise.function else { return };
    if !facts[function].is_async_generator() || facts[function].is_damaged {
        return;
    }
    // An `__anext__` with a `yield` is a mistake of its own, and without it the `raise` is right.
    if matches!(cx.kinds.special_method(here(function)), Some(("__anext__", _))) {
        return;
    }
    let is_manager = !matches!(cx.kinds.form(here(function)), Some(Form::Plain | Form::Static | Form::Class));
    let is_stop = match raise.value {
        Some(value) => cx.kinds.is_or_makes(&cx.value(value), "StopAsyncIteration"),
        // What was thrown into a context manager may come back as it is.
        None => !is_manager && raises_again(cx, raise.node),
    };
    if !is_stop || cx.kinds.may_be_caught(here(raise.node), "StopAsyncIteration") {
        return;
    }
    let message = "in an async generator this becomes a `RuntimeError`: `return` ends it";
    // A `return` in `finally` drops the exception on its way, and a context manager has to yield.
    let safety = match facts.is_in_finally(raise.node) || is_manager || loses_value(cx, raise.value) {
        true => Safety::Unsafe,
        false => Safety::Safe,
    };
    cx.report(raise.node, message).fix(
        safety,
        "end it with `return`",
        [Edit::replace(facts.span(raise.node), "return")],
    );
}

/// From Python 3.16 a StopAsyncIteration carries the value of `return`.
fn loses_value(cx: &Cx, value: Option<NodeId>) -> bool {
    let carries = |call: CallId| !cx.facts[call].arguments.is_empty();
    let has_value = value.and_then(|value| cx.facts.call(value)).is_some_and(carries);
    has_value && cx.config.target_version.is_some_and(|lowest| lowest >= PythonVersion::new(3, 16))
}

/// A bare `raise` in `except StopAsyncIteration:`, where the end of another iterator was waited for.
fn raises_again(cx: &Cx, raise: NodeId) -> bool {
    let facts = cx.facts;
    let Some(clause) = facts.ancestors(raise).find(|&up| facts.syntax(up) == SyntaxKind::ExceptClause) else {
        return false;
    };
    let Some(handler) = facts.handlers(clause.island).find(|&id| facts[id].node == clause) else { return false };
    let [only] = facts.caught(handler)[..] else { return false };
    let Some(tried) = facts.tried(handler) else { return false };
    let waits = facts
        .awaits(tried.island)
        .any(|id| facts.within(facts[id].node, tried) && facts[id].function == facts[handler].function);
    waits && facts.within(raise, facts[handler].body) && cx.kinds.is_or_makes(&cx.value(only), "StopAsyncIteration")
}
