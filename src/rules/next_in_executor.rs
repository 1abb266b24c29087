//! `next` without a default in another thread: its StopIteration cannot come back through a future.

use std::rc::Rc;

use crate::diagnostic::{Edit, Safety};
use crate::facts::{Bind, CallId, Expression, FunctionId, Guard, NodeId, Splat};
use crate::kind::{Form, HERE, Threaded, here};
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
    let Some(threaded) = cx.kinds.threaded(here(id)) else { return };
    let Some(source) = stepped(cx, threaded.function, &threaded.arguments) else { return };
    if cx.kinds.has_no_end(&cx.value(source)) || is_asked_before(cx, source) {
        return;
    }
    // Where it does not hang, it is a RuntimeError, and somebody may know that.
    if minds_error(cx, facts[id].node) {
        return;
    }
    let message = "`StopIteration` cannot leave a thread: at the end this hangs or fails";
    let found = cx.report(facts[id].node, message);
    match with_default(cx, id, &threaded) {
        Some(edits) => found.fix(Safety::Unsafe, "give `next` a default", edits),
        None => found.help("give `next` a default and test for it"),
    };
}

/// A handler round the place names RuntimeError. One for every Exception says nothing about this one.
fn minds_error(cx: &Cx, node: NodeId) -> bool {
    let handlers = cx.facts.guards(node).into_iter().flat_map(|guard| match guard {
        Guard::Handlers(handlers) => handlers,
        _ => Vec::new(),
    });
    let mut caught = handlers.flat_map(|id| cx.facts.caught(id));
    caught.any(|one| cx.kinds.is_builtin_named(&cx.value(one), "RuntimeError"))
}

/// The iterator that is asked for its next item, when nothing stands in for its end.
fn stepped(cx: &Cx, function: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
    let facts = cx.facts;
    match (facts.expression(function), arguments) {
        (Expression::Attribute { object, name }, []) if facts.text(name) == "__next__" => Some(object),
        (Expression::Lambda(lambda), []) => {
            let call = &facts[facts.call(facts[lambda].body)?];
            let [only] = &call.arguments[..] else { return None };
            (is_next(cx, call.function) && only.splat == Splat::None).then_some(only.value)
        }
        (Expression::Call(partial), rest) => {
            let is_partial = &*cx.kinds.called_name(here(partial))? == "functools.partial";
            let [wrapped, given @ ..] = &facts[partial].arguments[..] else { return None };
            let is_plain = given.iter().all(|argument| argument.name.is_none() && argument.splat == Splat::None);
            let mut all = given.iter().map(|argument| argument.value).chain(rest.iter().copied());
            let only = all.next().filter(|_| is_partial && is_plain && is_next(cx, wrapped.value))?;
            all.next().is_none().then_some(only)
        }
        (_, &[only]) if is_next(cx, function) => Some(only),
        (Expression::Name(_), _) => match cx.kinds.bindings_at(here(facts.bare(function)))[..] {
            [binding] => match facts[binding].bind {
                // A name for a lambda or a partial, not for the result of a call.
                Bind::Value { value, path: Some(ref path), .. } if path.is_empty() && facts.name(value).is_none() => {
                    stepped(cx, value, arguments)
                }
                Bind::Function(id) => stepped_by(cx, id, arguments),
                _ => None,
            },
            _ => None,
        },
        // An attribute that keeps one all the time.
        (Expression::Attribute { name, .. }, _) => match cx.kinds.stores(HERE, facts.text(name))[..] {
            [store] => match facts[store].bind {
                Bind::Value { value, path: Some(ref path), .. } if path.is_empty() && facts.call(value).is_some() => {
                    stepped(cx, value, arguments)
                }
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

/// A function that does nothing but `return next(…)`: any other statement might ask whether there is one more.
fn stepped_by(cx: &Cx, id: FunctionId, arguments: &[NodeId]) -> Option<NodeId> {
    let facts = cx.facts;
    let function = &facts[id];
    let is_plain = !function.is_async && !function.is_generator() && cx.kinds.form(here(id)) == Some(Form::Plain);
    let mut statements = facts.children(function.body);
    let (Some(only), None, [returned]) = (statements.next(), statements.next(), &function.returns[..]) else {
        return None;
    };
    if !is_plain || facts[*returned].node != only || function.params.len() != arguments.len() {
        return None;
    }
    let call = &facts[facts.call(facts[*returned].value?)?];
    let [stepped] = &call.arguments[..] else { return None };
    if !is_next(cx, call.function) || stepped.splat != Splat::None {
        return None;
    }
    let given = function.params.iter().zip(arguments);
    let of_param = given.into_iter().find(|(param, _)| facts.name(stepped.value) == Some(facts.text(param.name)));
    Some(of_param.map_or(stepped.value, |(_, &argument)| argument))
}

fn is_next(cx: &Cx, node: NodeId) -> bool {
    let name = cx.qualified(node).or_else(|| cx.kinds.library_name(&cx.value(node)).map(Rc::from));
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
fn with_default(cx: &Cx, id: CallId, threaded: &Threaded) -> Option<Vec<Edit>> {
    let facts = cx.facts;
    let [only] = threaded.arguments[..] else { return None };
    if !is_next(cx, threaded.function) {
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
        Edit::insert(facts.span(only).end, ", StopIteration"),
        Edit::replace(Span::new(clause, header), format!("if {name} is StopIteration")),
    ])
}
