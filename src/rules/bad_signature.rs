//! `__aiter__` or `__anext__` that cannot be called with the object alone.

use crate::facts::{FunctionId, Param, ParamKind};
use crate::kind::{Form, here};
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!("bad-signature", [Check::Function(check)]);

fn check(cx: &Cx, id: FunctionId) {
    let facts = cx.facts;
    let function = &facts[id];
    let Some(span) = function.name else { return };
    let name = facts.text(span);
    let Some(class) = cx.kinds.class_of(here(id)) else { return };
    // A body that says nothing is not what runs.
    if !matches!(name, "__aiter__" | "__anext__") || function.is_stub || function.is_damaged {
        return;
    }
    // What the class has under the name in the end may be another one.
    if facts.class_bindings(name, class.id).len() != 1 || cx.kinds.has_odd_making(class) {
        return;
    }
    let given = match cx.kinds.form(here(id)) {
        Some(Form::Plain | Form::Class | Form::Cached) => 1,
        Some(Form::Static) => 0,
        // Under other decorators the method is called in another way, or by somebody else.
        _ => return,
    };
    let is_positional = |param: &&Param| matches!(param.kind, ParamKind::PositionalOnly | ParamKind::Normal);
    let positional = function.params.iter().filter(is_positional).count();
    let takes_any = function.params.iter().any(|param| param.kind == ParamKind::Star);
    let filled = function.params.iter().filter(is_positional).take(given).map(|param| param.name);
    let filled: Vec<_> = filled.collect();
    let is_missing = |param: &&Param| {
        let needed = matches!(param.kind, ParamKind::PositionalOnly | ParamKind::Normal | ParamKind::KeywordOnly);
        needed && param.default.is_none() && !filled.contains(&param.name)
    };
    let missing: Vec<String> =
        function.params.iter().filter(is_missing).map(|param| format!("`{}`", facts.text(param.name))).collect();
    if positional < given && !takes_any {
        let message = format!("`{name}` takes no parameter for the object, and Python calls it with that");
        cx.report_at(span, message);
    } else if !missing.is_empty() {
        let with = if given == 0 { "nothing" } else { "the object alone" };
        let missing = missing.join(" and ");
        cx.report_at(span, format!("Python calls `{name}` with {with}, and {missing} would be missing"));
    }
}
