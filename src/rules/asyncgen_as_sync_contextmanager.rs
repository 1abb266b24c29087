//! `@contextmanager` on an async function, `@asynccontextmanager` on what is no async generator.

use crate::diagnostic::{Edit, Safety};
use crate::facts::{CallId, FunctionId, NodeId, Splat};
use crate::kind::{Form, In, Value, here};
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!("asyncgen-as-sync-contextmanager", words: ["contextmanager"], [Check::Function(check), Check::Call(check_call)]);

fn check(cx: &Cx, id: FunctionId) {
    let function = &cx.facts[id];
    for (index, &decorator) in function.decorators.iter().enumerate() {
        let Some(name) = cx.qualified(decorator) else { continue };
        // What an unknown decorator below makes of the function is not known.
        if cx.kinds.form_below(here(id), index) != Some(Form::Plain) {
            continue;
        }
        // An abstract method says nothing about what overrides it.
        if function.decorators.iter().any(|&other| is_abstract(cx, other)) {
            continue;
        }
        report(cx, decorator, decorator, &name, here(id));
    }
}

fn is_abstract(cx: &Cx, decorator: NodeId) -> bool {
    matches!(cx.qualified(decorator).as_deref(), Some("abc.abstractmethod" | "typing.overload"))
}

/// `connection = contextmanager(_connection)`
fn check_call(cx: &Cx, id: CallId) {
    let call = &cx.facts[id];
    let [argument] = &call.arguments[..] else { return };
    let Some(name) = cx.qualified(call.function) else { return };
    if argument.splat != Splat::None || !name.starts_with("contextlib.") {
        return;
    }
    let Value::Function(callable) = cx.value(argument.value) else { return };
    let is_lambda = cx.kinds.module(callable.function.file).facts[callable.function.id].is_lambda();
    if callable.form == Form::Plain && !is_lambda {
        report(cx, call.node, call.function, &name, callable.function);
    }
}

fn report(cx: &Cx, place: NodeId, named: NodeId, name: &str, function: In<FunctionId>) {
    let module = cx.kinds.module(function.file);
    let entry = &module.facts[function.id];
    if entry.is_stub || entry.is_damaged || module.is_stub() {
        return;
    }
    let rename = |other: &str| -> Option<Edit> { cx.rename(named, "contextlib", other) };
    let (message, right) = match (name, entry.is_async, entry.is_generator()) {
        ("contextlib.contextmanager", true, true) => {
            ("this is an async generator, and `contextmanager` takes plain ones", Some("asynccontextmanager"))
        }
        ("contextlib.contextmanager", true, false) => {
            ("this gives a coroutine, and `contextmanager` takes generators", None)
        }
        ("contextlib.asynccontextmanager", false, true) => {
            ("this is a plain generator, and `asynccontextmanager` takes async ones", None)
        }
        ("contextlib.asynccontextmanager", true, false) => {
            ("this gives a coroutine, and `asynccontextmanager` takes async generators", None)
        }
        _ => return,
    };
    let found = cx.report(place, message);
    match right.and_then(rename) {
        Some(edit) => found.fix(Safety::Safe, "use `asynccontextmanager`", [edit]),
        None => found.note_defined(function),
    };
}
