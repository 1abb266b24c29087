//! `@contextmanager` on an async function, `@asynccontextmanager` on what is no async generator.

use crate::diagnostic::{Edit, Safety};
use crate::facts::{CallId, FunctionId, NodeId, Splat};
use crate::kind::{Form, Value, here};
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!("asyncgen-as-sync-contextmanager", words: ["contextmanager"], [Check::Function(check), Check::Call(check_call)]);

fn check(cx: &Cx, id: FunctionId) {
    let function = &cx.facts[id];
    for (index, &decorator) in function.decorators.iter().enumerate() {
        let Some(name) = cx.qualified(decorator).filter(|name| name.starts_with("contextlib.")) else { continue };
        // An abstract method says nothing about what overrides it.
        if function.decorators.iter().any(|&other| is_abstract(cx, other)) {
            continue;
        }
        report(cx, decorator, decorator, &name, &cx.kinds.given_to_decorator(here(id), index));
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
    report(cx, call.node, call.function, &name, &cx.value(argument.value));
}

fn report(cx: &Cx, place: NodeId, named: NodeId, name: &str, given: &Value) {
    // What an unknown decorator in between makes of the function is not known.
    let Value::Function(callable) = given else { return };
    let function = callable.function;
    let module = cx.kinds.module(function.file);
    let entry = &module.facts[function.id];
    let says_nothing = entry.is_stub || entry.is_damaged || module.is_stub() || entry.is_lambda();
    if says_nothing || callable.form != Form::Plain {
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
