//! An async generator called as a statement: nothing of it runs.

use crate::diagnostic::{Edit, Safety};
use crate::facts::{CallId, Guard, Place};
use crate::kind::{Made, Value};
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!("never-iterated", [Check::Call(check)]);

fn check(cx: &Cx, id: CallId) {
    let facts = cx.facts;
    let call = &facts[id];
    if facts.place(call.node) != Place::Statement || facts.is_broken(call.node) {
        return;
    }
    let value = cx.value(call.node);
    if !cx.kinds.is_async_generator(&value) || !is_called_itself(cx, id, &value) || may_be_a_test(cx, id) {
        return;
    }
    let found = cx.report(call.node, "an async generator is made here and thrown away: nothing of it runs");
    let found = found.note_origins(&value);
    let statement = facts.statement(call.node);
    let Some(indent) = facts.indentation(statement).filter(|_| facts.may_await(call.node)) else { return };
    let span = facts.span(statement);
    let edits = [Edit::insert(span.start, "async for _ in "), Edit::insert(span.end, format!(":\n{indent}    pass"))];
    found.fix(Safety::Unsafe, "loop over it", edits);
}

/// The async generator function is what the call calls: a plain function that gives a generator may have done its work.
fn is_called_itself(cx: &Cx, id: CallId, value: &Value) -> bool {
    let callee = cx.value(cx.facts[id].function);
    cx.kinds.members(value).iter().all(|member| {
        let Value::Instance(instance) = member else { return false };
        let Made::Calling(made) = instance.made else { return false };
        let mut callees = cx.kinds.members(&callee).into_iter();
        callees.any(|callee| matches!(callee, Value::Function(callable) if callable.function == made))
    })
}

/// Wrong arguments raise at once, and something here expects that.
fn may_be_a_test(cx: &Cx, id: CallId) -> bool {
    cx.facts.guards(cx.facts[id].node).into_iter().any(|guard| match guard {
        Guard::Handlers(handlers) => handlers.into_iter().any(|handler| {
            let caught = cx.facts.caught(handler);
            caught.is_empty() || caught.into_iter().any(|class| is_type_error(cx.qualified(class).as_deref()))
        }),
        Guard::Finally(_) => false,
        Guard::Manager(with, item) => cx.facts.call(cx.facts[with].items[item].value).is_some_and(|call| {
            let arguments = cx.facts[call].arguments.iter();
            arguments.into_iter().any(|argument| is_type_error(cx.qualified(argument.value).as_deref()))
        }),
    })
}

fn is_type_error(name: Option<&str>) -> bool {
    matches!(name, Some("builtins.TypeError" | "builtins.Exception" | "builtins.BaseException"))
}
