//! tenacity's or backoff's decorator on an async generator function: nothing is ever retried.

use crate::facts::{CallId, FunctionId, NodeId, Splat};
use crate::kind::{Value, here};
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!(
    "retry-on-asyncgen",
    words: ["tenacity", "backoff"],
    [Check::Function(check), Check::Call(check_call)]
);

/// How decorators that call the function again are spelled.
static RETRYING: &[&str] = &[
    "tenacity.retry",
    "tenacity.retry()",
    "tenacity.Retrying().wraps",
    "tenacity.AsyncRetrying().wraps",
    "backoff.on_exception()",
    "backoff.on_predicate()",
];

fn check(cx: &Cx, id: FunctionId) {
    for (number, &decorator) in cx.facts[id].decorators.iter().enumerate() {
        if retries(cx, decorator) {
            report(cx, decorator, &cx.kinds.given_to_decorator(here(id), number));
        }
    }
}

/// `sure_pages = retry(pages)`
fn check_call(cx: &Cx, id: CallId) {
    let call = &cx.facts[id];
    let [argument] = &call.arguments[..] else { return };
    if argument.name.is_some() || argument.splat != Splat::None {
        return;
    }
    let given = cx.value(argument.value);
    if cx.kinds.is_async_generator_function(&given) && retries(cx, call.function) {
        report(cx, call.node, &given);
    }
}

fn retries(cx: &Cx, node: NodeId) -> bool {
    cx.kinds.spelling(here(node)).is_some_and(|name| RETRYING.contains(&name.as_str()))
}

fn report(cx: &Cx, place: NodeId, given: &Value) {
    let Value::Function(callable) = given else { return };
    let module = cx.kinds.module(callable.function.file);
    let entry = &module.facts[callable.function.id];
    if cx.kinds.is_async_generator_function(given) && !entry.is_damaged {
        cx.report(place, "an async generator is never retried: calling it runs nothing that could fail")
            .help("retry the coroutine that fetches one part, or loop over `AsyncRetrying` inside the generator");
    }
}
