//! `next(it)` in `async def __anext__` or in an async generator lets StopIteration out: a RuntimeError at the end.

use crate::diagnostic::{Edit, Safety};
use crate::facts::{Bind, CallId, Expression, FunctionId, Meaning, NodeId, ScopeKind, Splat};
use crate::kind::{Form, here};
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!("anext-leaks-stop-iteration", [Check::AnyCall(check)]);

fn check(cx: &Cx, id: CallId) {
    let facts = cx.facts;
    let node = facts[id].node;
    let Some(function) = facts[id].inside else { return };
    // A comprehension has its own end, and a generator expression is stepped elsewhere.
    if facts[facts.scope(node)].kind != ScopeKind::Function || facts.is_broken(node) {
        return;
    }
    let Some(iterator) = stepped(cx, id) else { return };
    let is_generator = facts[function].is_async_generator();
    let is_anext = matches!(cx.kinds.special_method(here(function)), Some(("__anext__", _)));
    let held = match (is_generator, facts[function].is_async && is_anext) {
        (true, false) => runs_to_the_end(cx, id, function, iterator),
        (false, true) => is_the_only_end(cx, id, function, iterator),
        _ => return,
    };
    if !held || !cx.kinds.escapes(here(node), &cx.kinds.builtin("StopIteration")) {
        return;
    }
    // One that never ends lets nothing out, and one that nobody knows may be a counter.
    if !cx.kinds.members(&cx.value(iterator)).iter().all(|member| cx.kinds.ends(member).is_yes()) {
        return;
    }
    let message = match is_generator {
        true => "at its end this raises StopIteration, which an async generator cannot let out: a RuntimeError",
        false => "at its end this raises StopIteration, which a coroutine cannot let out: a RuntimeError",
    };
    let found = cx.report(node, message);
    let (end, title) = match is_generator {
        true => ("return", "return when it ends"),
        false => ("raise StopAsyncIteration from None", "raise StopAsyncIteration when it ends"),
    };
    if cx.kinds.form(here(function)) == Some(Form::Plain)
        && let Some(edit) = caught(cx, node, end)
    {
        found.fix(Safety::Unsafe, title, [edit]);
    }
}

/// The iterator that `next(it)` or `it.__next__()` steps: a name or an attribute, since what is made in the call itself
/// is only asked for its first item.
fn stepped(cx: &Cx, id: CallId) -> Option<NodeId> {
    let call = &cx.facts[id];
    let iterator = match (&call.arguments[..], cx.facts.expression(call.function)) {
        ([only], _) if only.splat == Splat::None && only.name.is_none() => {
            (cx.kinds.called_name(here(id)).as_deref() == Some("builtins.next")).then_some(only.value)?
        }
        ([], Expression::Attribute { object, name }) if cx.facts.text(name) == "__next__" => object,
        _ => return None,
    };
    matches!(cx.facts.expression(iterator), Expression::Name(_) | Expression::Attribute { .. }).then_some(iterator)
}

/// In `__anext__`: nothing else there ends the loop, and nothing fills the iterator up again.
fn is_the_only_end(cx: &Cx, id: CallId, function: FunctionId, iterator: NodeId) -> bool {
    let facts = cx.facts;
    let node = facts[id].node;
    if facts.raises_of(function).any(|raise| facts[raise].value.is_some() && cx.kinds.is_stop(here(raise))) {
        return false;
    }
    match facts.expression(iterator) {
        // A local one is new in each call.
        Expression::Name(_) => match facts.meaning(facts.bare(iterator)) {
            Meaning::Bound(scope, _) if facts.function_of_scope(scope) == Some(function) => return false,
            _ => {}
        },
        Expression::Attribute { name, .. } if !is_set_at_the_start(cx, facts.text(name)) => return false,
        _ => {}
    }
    !facts.is_on_condition(node, facts[function].body) && !comes_behind_a_stop(cx, node, function, facts[function].body)
}

/// In an async generator: a `while True` with no other way out goes round the call.
fn runs_to_the_end(cx: &Cx, id: CallId, function: FunctionId, iterator: NodeId) -> bool {
    let facts = cx.facts;
    let node = facts[id].node;
    let inside = facts.ancestors(node).take_while(|&up| up != facts[function].body);
    let Some(round) = inside.filter(|&up| facts.is_endless_while(up)).find(|&up| facts.goes_round(up)) else {
        return false;
    };
    if facts.raises_of(function).any(|raise| facts[raise].value.is_some() && facts.within(facts[raise].node, round)) {
        return false;
    }
    if let Expression::Name(_) = facts.expression(iterator)
        && let Meaning::Bound(_, bindings) = facts.meaning(facts.bare(iterator))
        && bindings.into_iter().any(|binding| facts.within(facts[binding].node, round))
    {
        return false;
    }
    !facts.is_on_condition(node, round) && !comes_behind_a_stop(cx, node, function, round)
}

/// A call before it may be what ends the loop, or what says that there is one more.
fn comes_behind_a_stop(cx: &Cx, node: NodeId, function: FunctionId, within: NodeId) -> bool {
    let facts = cx.facts;
    let before = facts.calls(node.island).filter(|&id| {
        let other = &facts[id];
        let done = facts.span(other.node).end <= facts.span(node).start;
        other.inside == Some(function) && done && facts.within(other.node, within)
    });
    before.into_iter().any(|id| cx.kinds.may_stop(here(id)))
}

/// The attribute is set where objects and loops begin, and nowhere else.
fn is_set_at_the_start(cx: &Cx, name: &str) -> bool {
    cx.kinds.stores(crate::kind::HERE, name).into_iter().all(|id| {
        let store = &cx.facts[id];
        let function = store.function.and_then(|function| cx.facts[function].name).map(|name| cx.facts.text(name));
        let begins = ["__init__", "__post_init__", "__aiter__", "__aenter__"];
        !matches!(store.bind, Bind::Value { .. }) || function.is_some_and(|name| begins.contains(&name))
    })
}

/// The statement in a `try` of its own, when it stands alone on its line.
fn caught(cx: &Cx, node: NodeId, end: &str) -> Option<Edit> {
    let span = cx.facts.span(cx.facts.simple_statement(node)?);
    let indent = cx.facts.source.indent(span.start)?;
    let text = cx.facts.text(span);
    let rest = cx.facts.source.text[span.end as usize..].lines().next().unwrap_or_default().trim_start();
    if text.contains('\n') || !(rest.is_empty() || rest.starts_with('#')) {
        return None;
    }
    let step = if indent.starts_with('\t') { "\t" } else { "    " };
    let caught = format!("try:\n{indent}{step}{text}\n{indent}except StopIteration:\n{indent}{step}{end}");
    Some(Edit::replace(span, caught))
}
