//! `next` without a default in another thread: its StopIteration cannot come back through a future.

use crate::diagnostic::{Edit, Safety};
use crate::facts::{Argument, Bind, CallId, Expression, NodeId, Splat};
use crate::kind::here;
use crate::rule;
use crate::rule::{Check, Cx, Rule};
use crate::syntax::SyntaxKind;
use crate::text::Span;

pub static RULE: Rule = rule!(
    "next-in-executor",
    words: ["run_in_executor", "to_thread", "run_in_threadpool", "sync_to_async"],
    [Check::Call(check)]
);

fn check(cx: &Cx, id: CallId) {
    let facts = cx.facts;
    let Some((function, rest)) = threaded(cx, id) else { return };
    let Some(source) = stepped(cx, function, rest) else { return };
    if cx.kinds.has_no_end(&cx.value(source)) || is_asked_before(cx, source) {
        return;
    }
    // Where it does not hang, it is a RuntimeError, and somebody may know that.
    if cx.kinds.may_be_caught(here(facts[id].node), "RuntimeError") {
        return;
    }
    let message = "`StopIteration` cannot leave a thread: at the end this hangs or fails";
    let found = cx.report(facts[id].node, message);
    match with_default(cx, id, function, rest) {
        Some(edits) => found.fix(Safety::Unsafe, "give `next` a default", edits),
        None => found.help("give `next` a default and test for it"),
    };
}

/// What runs in another thread: the function, and what it is called with.
fn threaded<'a>(cx: &Cx<'a>, id: CallId) -> Option<(NodeId, &'a [Argument])> {
    let facts = cx.facts;
    let call = &facts[id];
    let skipped = match facts.expression(call.function) {
        Expression::Attribute { name, .. } if facts.text(name) == "run_in_executor" => 1,
        // `sync_to_async(next)(iterator)`
        Expression::Call(wrapper) => {
            let is_wrapper = cx.kinds.called_name(here(wrapper))? == "asgiref.sync.sync_to_async";
            let [wrapped] = &facts[wrapper].arguments[..] else { return None };
            return (is_wrapper && are_plain(&call.arguments)).then_some((wrapped.value, &call.arguments));
        }
        _ => match cx.kinds.called_name(here(id))?.as_str() {
            "asyncio.to_thread"
            | "anyio.to_thread.run_sync"
            | "trio.to_thread.run_sync"
            | "starlette.concurrency.run_in_threadpool"
            | "fastapi.concurrency.run_in_threadpool" => 0,
            _ => return None,
        },
    };
    let [function, rest @ ..] = call.arguments.get(skipped..)? else { return None };
    // anyio and trio have settings of their own.
    let rest = match rest.iter().position(|argument| argument.name.is_some()) {
        Some(end) if skipped == 0 => &rest[..end],
        _ => rest,
    };
    (are_plain(rest) && are_plain(std::slice::from_ref(function))).then_some((function.value, rest))
}

fn are_plain(arguments: &[Argument]) -> bool {
    arguments.iter().all(|argument| argument.name.is_none() && argument.splat == Splat::None)
}

/// The iterator that is asked for its next item, when nothing stands in for its end.
fn stepped(cx: &Cx, function: NodeId, rest: &[Argument]) -> Option<NodeId> {
    let facts = cx.facts;
    match (facts.expression(function), rest) {
        (Expression::Attribute { object, name }, []) if facts.text(name) == "__next__" => Some(object),
        (Expression::Lambda(lambda), []) => {
            let call = &facts[facts.call(facts[lambda].body)?];
            let [only] = &call.arguments[..] else { return None };
            (is_next(cx, call.function) && only.splat == Splat::None).then_some(only.value)
        }
        (Expression::Call(partial), rest) => {
            let is_partial = cx.kinds.called_name(here(partial))? == "functools.partial";
            let [wrapped, given @ ..] = &facts[partial].arguments[..] else { return None };
            let mut all = given.iter().chain(rest);
            let only = all.next()?;
            let single = all.next().is_none() && are_plain(given);
            (is_partial && single && is_next(cx, wrapped.value)).then_some(only.value)
        }
        (_, [only]) if is_next(cx, function) => Some(only.value),
        _ => None,
    }
}

fn is_next(cx: &Cx, node: NodeId) -> bool {
    let name = cx.qualified(node).or_else(|| cx.kinds.library_name(&cx.value(node)));
    name.as_deref() == Some("builtins.next")
}

/// `iter(rows)` made on the spot, where a condition of the function asks about `rows`.
fn is_asked_before(cx: &Cx, source: NodeId) -> bool {
    let facts = cx.facts;
    let Some(call) = facts.call(source) else { return false };
    let [only] = &facts[call].arguments[..] else { return false };
    facts.is_builtin(facts[call].function, "iter") && facts.is_asked(only.value)
}

/// The default, and a test instead of the handler: in the one shape in which nothing else can be meant.
fn with_default(cx: &Cx, id: CallId, function: NodeId, rest: &[Argument]) -> Option<Vec<Edit>> {
    let facts = cx.facts;
    let [only] = rest else { return None };
    if !is_next(cx, function) {
        return None;
    }
    let (statement, handler) = facts.tried_alone(facts[id].node)?;
    let awaited = facts.parent(facts[id].node).filter(|&up| facts.syntax(up) == SyntaxKind::Await)?;
    let mut bindings = facts.bindings(statement.island).filter(|&id| match facts[id].bind {
        Bind::Value { value, path: Some(ref path), .. } => value == awaited && path.is_empty(),
        _ => false,
    });
    let name = facts.text(facts[bindings.next()?].name);
    let [caught] = facts.caught(handler)[..] else { return None };
    let is_named = facts.bindings(statement.island).any(|id| facts[id].bind == Bind::Caught(handler));
    if is_named || bindings.next().is_some() || !facts.is_builtin(caught, "StopIteration") {
        return None;
    }
    let clause = facts.span(facts[handler].node).start;
    let header = facts.span(caught).end;
    let start = facts.span(facts[handler].of).start;
    Some(vec![
        Edit::delete(Span::new(start, facts.span(statement).start)),
        Edit::insert(facts.span(only.value).end, ", StopIteration"),
        Edit::replace(Span::new(clause, header), format!("if {name} is StopIteration")),
    ])
}
