//! An `AsyncMock` stands in for an async generator function, and gives coroutines instead.

use crate::facts::{Argument, Bind, CallId, Expression, NodeId, StoreId};
use crate::kind::{In, Value, here};
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule =
    rule!("asyncmock-for-asyncgen", words: ["AsyncMock"], [Check::Store(check_store), Check::Call(check_call)]);

/// `feed.ticks = AsyncMock()`
fn check_store(cx: &Cx, id: StoreId) {
    let store = &cx.facts[id];
    let Bind::Value { value, path: Some(path), .. } = &store.bind else { return };
    if path.is_empty() && is_mock(cx, *value) {
        report(cx, *value, &cx.value(store.object), cx.text_at(store.name));
    }
}

fn check_call(cx: &Cx, id: CallId) {
    let facts = cx.facts;
    let arguments = &facts[id].arguments;
    let written = facts.node_text(facts[id].function);
    // Most calls have other names: those are not worth a search. A fixture such as `monkeypatch` has no spelling.
    let name = match written.rsplit('.').next() {
        Some("setattr") if written != "setattr" => Some("builtins.setattr".to_string()),
        Some("setattr" | "patch" | "object") => cx.kinds.spelling(here(facts[id].function)),
        _ => None,
    };
    match name.unwrap_or_default().as_str() {
        "builtins.setattr" | "unittest.mock.patch.object" => check_patch(cx, arguments),
        "unittest.mock.patch" => {
            let [target, ..] = &arguments[..] else { return };
            let Some((module, name)) = facts.string(target.value).and_then(|target| target.rsplit_once('.')) else {
                return;
            };
            if let (Some(mock), Some(module)) = (replacement(cx, arguments, 1), cx.kinds.module_named(module)) {
                report(cx, mock, &module, name);
            }
        }
        _ => {}
    }
}

/// `patch.object(Feed, "ticks", AsyncMock())`
fn check_patch(cx: &Cx, arguments: &[Argument]) {
    let (Some(target), Some(name)) = (given(cx, arguments, 0, "target"), given(cx, arguments, 1, "attribute")) else {
        return;
    };
    let (Some(name), Some(mock)) = (cx.facts.string(name), replacement(cx, arguments, 2)) else { return };
    report(cx, mock, &cx.value(target), name);
}

fn given(cx: &Cx, arguments: &[Argument], number: usize, name: &str) -> Option<NodeId> {
    let named = |argument: &&Argument| argument.name.is_some_and(|given| cx.text_at(given) == name);
    let by_place = arguments.get(number).filter(|argument| argument.name.is_none());
    arguments.iter().find(named).or(by_place).map(|argument| argument.value)
}

/// The AsyncMock that takes the place: given as it is, or to be made.
fn replacement(cx: &Cx, arguments: &[Argument], number: usize) -> Option<NodeId> {
    let made = given(cx, arguments, number, "new").filter(|&node| is_mock(cx, node));
    let is_class = |node: &NodeId| cx.kinds.spelling(here(*node)).as_deref() == Some("unittest.mock.AsyncMock");
    made.or_else(|| given(cx, arguments, usize::MAX, "new_callable").filter(is_class))
}

fn is_mock(cx: &Cx, node: NodeId) -> bool {
    matches!(cx.facts.expression(node), Expression::Call(_) | Expression::Name(_))
        && cx.facts.source.text.contains("AsyncMock")
        && cx.kinds.spelling(here(node)).as_deref() == Some("unittest.mock.AsyncMock()")
}

fn report(cx: &Cx, mock: NodeId, target: &Value, name: &str) {
    let Some(function) = cx.kinds.defined_under(target, name) else { return };
    let In { file, id } = function;
    let is_generator = cx.kinds.module(file).facts[id].is_async_generator();
    if is_generator && cx.kinds.form(function).is_some_and(|form| form == crate::kind::Form::Plain) {
        cx.report(mock, format!("calling this gives a coroutine, and `{name}` gives an async generator"))
            .note_defined(function)
            .help("use a `MagicMock`, with `return_value.__aiter__.return_value` for the items");
    }
}
