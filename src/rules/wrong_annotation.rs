//! The return annotation of an async generator, `__aiter__` or `__anext__` names what the call never gives.

use crate::diagnostic::{Edit, Safety};
use crate::facts::{Function, FunctionId, Meaning, NodeId};
use crate::kind::{Value, here};
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!("wrong-annotation", [Check::Function(check)]);

fn check(cx: &Cx, id: FunctionId) {
    let function = &cx.facts[id];
    let Some(annotation) = function.annotation else { return };
    // Under a decorator that nobody knows, the annotation may be about what that makes of the function.
    if function.is_stub || function.is_damaged || cx.kinds.form(here(id)).is_none() {
        return;
    }
    let promised = cx.kinds.promised(here(annotation));
    if cx.kinds.members(&promised).iter().any(|member| cx.kinds.is_structural(member)) {
        return;
    }
    match (function.is_async_generator(), cx.kinds.special_method(here(id))) {
        (true, _) => check_generator(cx, annotation, &promised),
        (false, Some(("__aiter__", _))) if !function.is_async => check_aiter(cx, id, annotation, &promised),
        (false, Some(("__anext__", _))) if function.is_async => check_anext(cx, function, annotation, &promised),
        _ => {}
    }
}

fn check_generator(cx: &Cx, annotation: NodeId, promised: &Value) {
    let kind = cx.kinds.kind_of(cx.kinds.as_written(promised));
    if !kind.async_iterates.is_no() || !kind.steps.is_no() {
        return;
    }
    let Some(what) = cx.kinds.describe(promised) else { return };
    let found = cx.report(annotation, format!("the call of an async generator gives an async iterator, never {what}"));
    if let Some((title, edits)) = as_async(cx, annotation, promised) {
        found.fix(Safety::Unsafe, title, edits);
    }
}

fn check_aiter(cx: &Cx, id: FunctionId, annotation: NodeId, promised: &Value) {
    // Where the method does give an awaitable, the annotation is not the mistake.
    let given = cx.kinds.kind_of(cx.kinds.returned(here(id), None));
    let is_iterator = given.steps.is_yes() && given.awaits.is_no();
    if is_iterator && cx.kinds.is_awaitable_alone(promised) {
        let message = "`__aiter__` gives the iterator at once: nobody awaits what it returns";
        unwrap(cx, annotation, message);
    }
}

fn check_anext(cx: &Cx, function: &Function, annotation: NodeId, promised: &Value) {
    let facts = cx.facts;
    let values: Vec<NodeId> = function.returns.iter().filter_map(|&returned| facts[returned].value).collect();
    // The items may be awaitables, and mean to be.
    let plain = !values.is_empty() && values.iter().all(|&value| cx.kind(value).awaits.is_no());
    if plain && cx.kinds.is_awaitable_alone(promised) {
        unwrap(cx, annotation, "`async` makes the call awaitable already: the annotation is the item");
    }
}

/// What stands inside `Awaitable[…]` or `Coroutine[…]` takes its place.
fn unwrap(cx: &Cx, annotation: NodeId, message: &str) {
    let found = cx.report(annotation, message);
    let Some(outermost) = cx.facts.outermost(annotation).filter(|outermost| !outermost.is_quoted) else { return };
    if let Some(&inner) = outermost.args.last() {
        let text = cx.facts.text(inner);
        found.fix(Safety::Unsafe, format!("annotate `{text}`"), [Edit::replace(cx.facts.span(annotation), text)]);
    }
}

/// `Iterator[T]` becomes `AsyncIterator[T]`, imported from where `Iterator` came from.
fn as_async(cx: &Cx, annotation: NodeId, promised: &Value) -> Option<(String, Vec<Edit>)> {
    let facts = cx.facts;
    let outermost = facts.outermost(annotation)?;
    let name = facts.text(outermost.name);
    let Value::Instance(instance) = promised else { return None };
    if !matches!(name, "Iterator" | "Iterable" | "Generator") || cx.kinds.class_name(instance.class) != name {
        return None;
    }
    let name = format!("Async{name}");
    let mut edits = vec![Edit::replace(outermost.name, name.clone())];
    // An async generator returns nothing: the third argument goes.
    if let [_, second, third] = outermost.args[..] {
        edits.push(Edit::delete(crate::text::Span::new(second.end, third.end)));
    }
    if outermost.dotted == outermost.name {
        let known = facts.import_of(&name, annotation);
        if known.is_none() {
            let is_free = facts.lookup(&name, facts.scope(annotation)) == Meaning::Builtin;
            let import = facts.import_of(facts.text(outermost.name), annotation).filter(|_| is_free)?;
            edits.push(Edit::insert(facts.span(facts[import].node).start, format!("{name}, ")));
        }
    }
    Some((format!("annotate `{name}`"), edits))
}
