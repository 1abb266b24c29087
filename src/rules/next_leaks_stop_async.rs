//! A plain `__next__` or generator that raises StopAsyncIteration, or lets it out of the async iterator that it drives.

use crate::diagnostic::{Edit, Safety};
use crate::facts::{CallId, ClassId, Expression, FunctionId, RaiseId, Splat};
use crate::kind::{Form, In, here};
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!("next-leaks-stop-async", [Check::Raise(check_raise), Check::Call(check_call)]);

enum Stepped {
    Next,
    Generator,
}

/// What a plain loop asks for its items: `__next__`, or a generator.
fn stepped(cx: &Cx, id: FunctionId) -> Option<Stepped> {
    let function = &cx.facts[id];
    if function.is_async || function.is_damaged || cx.kinds.form(here(id)) != Some(Form::Plain) {
        return None;
    }
    let special = cx.kinds.special_method(here(id));
    let class = cx.kinds.class_of(here(id));
    match (special, class) {
        // A class with half of each protocol is told once.
        (Some(("__next__", class)), _) => {
            let plain = !may_be_stepped_by_hand(cx, class) && cx.kinds.half_of_each(class).is_none();
            (plain && !function.is_generator()).then_some(Stepped::Next)
        }
        (Some(("__anext__" | "__await__", _)), _) => None,
        // What an awaitable lets out reaches whoever awaits it.
        (_, Some(class)) if !cx.kinds.lacks(class, "__await__") => None,
        _ => function.is_generator().then_some(Stepped::Generator),
    }
}

/// A class with both sides may step the plain one from the async one, by its name or by `next`. The file is asked for the
/// words alone, and what a base does is not in sight.
fn may_be_stepped_by_hand(cx: &Cx, class: In<ClassId>) -> bool {
    if cx.kinds.lacks(class, "__anext__") {
        return false;
    }
    let source = &cx.facts.source;
    let by_name = source.find_word("__next__").any(|at| source.text[..at as usize].ends_with('.'));
    let by_next = source.find_word("next").any(|at| source.text[at as usize..].starts_with("next("));
    !cx.facts[class.id].bases.is_empty() || by_name || by_next
}

fn check_raise(cx: &Cx, id: RaiseId) {
    let raise = &cx.facts[id];
    let (Some(function), Some(value)) = (raise.function, raise.value) else { return };
    let raised = cx.kinds.raised(here(id));
    if !cx.kinds.is_or_makes(&raised, "StopAsyncIteration") || cx.facts.is_broken(raise.node) {
        return;
    }
    let Some(stepped) = stepped(cx, function) else { return };
    if cx.kinds.is_or_makes(&raised, "StopIteration") || !cx.kinds.escapes(here(raise.node), &raised) {
        return;
    }
    let found = cx.report(raise.node, "`for` ends at `StopIteration`: this one goes through the loop to the caller");
    match stepped {
        Stepped::Next => {
            let name = cx.facts.call(value).map_or(value, |call| cx.facts[call].function);
            if cx.facts.is_builtin(name, "StopAsyncIteration") {
                let edit = Edit::replace(cx.facts.span(name), "StopIteration");
                found.fix(Safety::Safe, "raise StopIteration", [edit]);
            }
        }
        Stepped::Generator => {
            // In a `finally` a `return` would swallow what is on its way.
            let safety = if cx.facts.is_in_finally(raise.node) { Safety::Unsafe } else { Safety::Safe };
            found.fix(safety, "return", [Edit::replace(cx.facts.span(raise.node), "return")]);
        }
    }
}

fn check_call(cx: &Cx, id: CallId) {
    let call = &cx.facts[id];
    let Some(function) = call.inside else { return };
    let [driven] = &call.arguments[..] else { return };
    if driven.splat != Splat::None || !drives(cx, id) || cx.facts.is_broken(call.node) {
        return;
    }
    if stepped(cx, function).is_none() || !cx.kinds.lets_the_end_out(here(driven.value)) {
        return;
    }
    if cx.kinds.escapes(here(call.node), &cx.kinds.builtin("StopAsyncIteration")) {
        cx.report(call.node, "this lets `StopAsyncIteration` out at the end, and `for` ends at `StopIteration`")
            .in_doubt()
            .help("catch it here: `raise StopIteration` in `__next__`, `return` in a generator");
    }
}

/// `loop.run_until_complete(…)`, `asyncio.run(…)`
fn drives(cx: &Cx, id: CallId) -> bool {
    match cx.facts.expression(cx.facts[id].function) {
        Expression::Attribute { name, .. } if cx.facts.text(name) == "run_until_complete" => true,
        _ => cx.kinds.called_name(here(id)).as_deref() == Some("asyncio.run"),
    }
}
