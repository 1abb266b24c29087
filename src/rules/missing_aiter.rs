//! `async for` or `aiter` over an object that has `__anext__` and no `__aiter__`.

use crate::diagnostic::{Edit, Safety};
use crate::facts::{Bind, CallId, ClassId, LoopId, NodeId};
use crate::kind::{HERE, In, Made, Value, here};
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!("missing-aiter", [Check::Loop(check_loop), Check::Call(check_call)]);

fn check_loop(cx: &Cx, id: LoopId) {
    let this = &cx.facts[id];
    if this.is_async {
        check(cx, this.iterable, "`async for`");
    }
}

fn check_call(cx: &Cx, id: CallId) {
    let call = &cx.facts[id];
    if let [argument] = &call.arguments[..]
        && cx.kinds.called_name(here(id)).as_deref() == Some("builtins.aiter")
    {
        check(cx, argument.value, "`aiter`");
    }
}

fn check(cx: &Cx, iterated: NodeId, who: &str) {
    let value = cx.value(iterated);
    let members = cx.kinds.members(&value);
    let classes: Option<Vec<In<ClassId>>> = members.iter().map(|member| made_here(cx, member)).collect();
    let Some(classes) = classes else { return };
    let kind = cx.kinds.kind_of(value);
    // A decorator that nobody knows may stand over `__anext__`: it is there all the same.
    let has_anext = |&class: &In<ClassId>| cx.kinds.defines(class, "__anext__") && !kind.steps.is_no();
    if !kind.async_iterates.is_no() || !classes.iter().all(has_anext) || cx.facts.is_broken(iterated) {
        return;
    }
    // What awaiting it gives may be what is meant.
    if !kind.awaits.is_no() || classes.iter().any(|&class| cx.kinds.half_of_each(class).is_some()) {
        return;
    }
    let names: Vec<String> = classes.iter().map(|&class| format!("`{}`", cx.kinds.class_name(class))).collect();
    let (names, have) = (names.join(" and "), if names.len() == 1 { "has" } else { "have" });
    let found =
        cx.report(iterated, format!("{who} begins with `__aiter__`: {names} {have} `__anext__` and no `__aiter__`"));
    if let [class] = classes[..]
        && let Some(edit) = added(cx, class)
    {
        found.fix(Safety::Safe, "add `__aiter__`", [edit]);
    }
}

/// The class of an object that was made by calling it: any other may be of a subclass that has more.
fn made_here(cx: &Cx, value: &Value) -> Option<In<ClassId>> {
    match value {
        Value::Instance(instance) if matches!(instance.made, Made::Here(_)) => {
            (!cx.kinds.module(instance.class.file).is_stub()).then_some(instance.class)
        }
        _ => None,
    }
}

/// `__aiter__` before the `__anext__` that it belongs to, decorators included.
fn added(cx: &Cx, class: In<ClassId>) -> Option<Edit> {
    let (owner, bindings) = cx.kinds.class_member(class, "__anext__")?;
    let [binding] = bindings[..] else { return None };
    if owner.file != HERE || !matches!(cx.facts[binding].bind, Bind::Function(_)) {
        return None;
    }
    let definition = cx.facts.whole_definition(cx.facts[binding].node);
    let start = cx.facts.span(definition).start;
    let indent = cx.facts.source.indent(start)?;
    Some(Edit::insert(start, format!("def __aiter__(self):\n{indent}    return self\n\n{indent}")))
}
