//! `async with` over an async generator, which is no context manager.

use crate::diagnostic::Safety;
use crate::facts::{CallId, NodeId, WithId};
use crate::kind::here;
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!("async-with-over-asyncgen", [Check::With(check), Check::Call(check_stack)]);

fn check(cx: &Cx, id: WithId) {
    let with = &cx.facts[id];
    if with.is_async {
        with.items.iter().for_each(|item| judge(cx, item.value));
    }
}

/// `stack.enter_async_context(…)`
fn check_stack(cx: &Cx, id: CallId) {
    let Some((stack, name)) = cx.kinds.receiver_of(here(id)) else { return };
    let [argument] = &cx.facts[id].arguments[..] else { return };
    if name == "enter_async_context" && cx.kinds.is_instance_of(&cx.value(stack), "contextlib", "AsyncExitStack") {
        judge(cx, argument.value);
    }
}

fn judge(cx: &Cx, manager: NodeId) {
    let kind = cx.kind(manager);
    if cx.facts.is_broken(manager) || !kind.enters.is_no() || !cx.kinds.is_any_async_generator(&kind.value) {
        return;
    }
    let found = cx.report(manager, "an async generator is no context manager: it has no `__aenter__`");
    let title = "write `@asynccontextmanager` over its function if it yields once, or put `aclosing(…)` round the call";
    found.note_origins(&kind.value).fix(Safety::Shown, title, []);
}
