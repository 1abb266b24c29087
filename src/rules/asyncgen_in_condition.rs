//! An async generator asked whether it is true: it always is.

use crate::diagnostic::Safety;
use crate::facts::{CallId, ConditionId, Expression, NodeId};
use crate::kind::here;
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!("asyncgen-in-condition", [Check::Condition(check), Check::Call(check_bool)]);

fn check(cx: &Cx, id: ConditionId) {
    // The left side of `a and b` is a condition of its own; the right one is asked when the whole is.
    let mut asked = cx.facts[id].value;
    while let Expression::Boolean { right, .. } = cx.facts.expression(asked) {
        asked = right;
    }
    judge(cx, asked);
}

fn check_bool(cx: &Cx, id: CallId) {
    let [argument] = &cx.facts[id].arguments[..] else { return };
    if cx.kinds.called_name(here(id)).as_deref() == Some("builtins.bool") && argument.name.is_none() {
        judge(cx, argument.value);
    }
}

fn judge(cx: &Cx, asked: NodeId) {
    let value = cx.value(asked);
    // An object of one's own may have a length; what an annotation promises may be such an object.
    if cx.facts.is_broken(asked) || !cx.kinds.is_async_generator(&value) {
        return;
    }
    // Who asks what may be None wants to know just that.
    if cx.kinds.members(&value).contains(&cx.kinds.none()) {
        return;
    }
    let found = cx.report(asked, "an async generator is always true, whether or not anything comes out of it");
    let title = "to learn whether there is an item, ask for one: `await anext(it, None)`";
    found.note_origins(&value).fix(Safety::Shown, title, []);
}
