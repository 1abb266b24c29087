//! `async for` over what has no `__aiter__`: a list, a range, a sync generator, None.

use crate::diagnostic::{Edit, Safety};
use crate::facts::{CallId, LoopId, NodeId};
use crate::kind::{Value, here};
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!("async-for-over-sync", [Check::Loop(check), Check::Call(check_aiter)]);

fn check(cx: &Cx, id: LoopId) {
    let it = &cx.facts[id];
    if it.is_async {
        judge(cx, it.iterable, "`async for`", Some(id));
    }
}

fn check_aiter(cx: &Cx, id: CallId) {
    if let Some(iterable) = cx.kinds.given_to_aiter(here(id)) {
        judge(cx, iterable, "`aiter`", None);
    }
}

fn judge(cx: &Cx, iterable: NodeId, who: &str, of: Option<LoopId>) {
    let kind = cx.kind(iterable);
    if !kind.async_iterates.is_no() || cx.facts.is_broken(iterable) {
        return;
    }
    // What can be awaited, what lacks its call and what has to be entered first are other mistakes; a subclass
    // elsewhere may have what the class of `self` lacks.
    if kind.awaits.is_yes()
        || cx.kinds.is_callable_itself(&kind.value)
        || cx.kinds.is_async_manager(&kind.value)
        || cx.kinds.is_receiver(&kind.value)
    {
        return;
    }
    // What has `__anext__` lacks `__aiter__` alone: `missing-aiter` says so, or `mixed-protocols` in the class.
    let has_anext = |member: &Value| match member {
        Value::Instance(instance) => cx.kinds.defines(instance.class, "__anext__"),
        _ => false,
    };
    if cx.kinds.members(&kind.value).iter().any(has_anext) {
        return;
    }
    let called = cx.facts.call(iterable).and_then(|call| cx.kinds.called_name(here(call)));
    // From Python 3.13 on it can be looped over both ways, which has a rule of its own.
    if called.as_deref() == Some("asyncio.as_completed") {
        return;
    }
    let Some(what) = cx.kinds.describe(&kind.value) else { return };
    let found =
        cx.report(iterable, format!("{what} has no `__aiter__`, which {who} asks for")).note_origins(&kind.value);
    let Some(of) = of.filter(|_| kind.iterates.is_yes()) else { return };
    // A generator expression would become a sync one, which whoever gets it may not want.
    if cx.facts.generator_expression_of(of).is_some() {
        return;
    }
    let Some(keyword) = cx.facts.async_keyword(of) else { return };
    found.fix(Safety::Unsafe, "loop over it with a plain `for`", [Edit::delete(keyword)]);
}
