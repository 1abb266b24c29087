//! An async generator called as a statement: nothing of it runs.

use crate::diagnostic::{Edit, Safety};
use crate::facts::{CallId, Guard, Place};
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!("never-iterated", [Check::Call(check)]);

fn check(cx: &Cx, id: CallId) {
    let facts = cx.facts;
    let call = &facts[id];
    if facts.place(call.node) != Place::Statement || facts.is_broken(call.node) {
        return;
    }
    // A plain function that gives a generator may have done its work.
    if !cx.kinds.is_new_generator(call.node) || may_be_a_test(cx, id) {
        return;
    }
    let found = cx.report(call.node, "an async generator is made here and thrown away: nothing of it runs");
    let found = found.note_origins(&cx.value(call.node));
    let statement = facts.statement(call.node);
    let Some(indent) = facts.indentation(statement).filter(|_| facts.may_await(call.node)) else { return };
    let span = facts.span(statement);
    let edits = [Edit::insert(span.start, "async for _ in "), Edit::insert(span.end, format!(":\n{indent}    pass"))];
    found.fix(Safety::Unsafe, "loop over it", edits);
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
