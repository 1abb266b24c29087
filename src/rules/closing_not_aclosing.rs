//! `closing` round an async generator, which has no `close`; `aclosing` entered without `async`.

use crate::diagnostic::{Edit, Safety};
use crate::facts::{CallId, Splat, WithId};
use crate::kind::here;
use crate::rule;
use crate::rule::{Check, Cx, Finding, Rule};
use crate::syntax::SyntaxKind;

pub static RULE: Rule = rule!("closing-not-aclosing", [Check::Call(check)]);

fn check(cx: &Cx, id: CallId) {
    let facts = cx.facts;
    let call = &facts[id];
    let [argument] = &call.arguments[..] else { return };
    if argument.splat != Splat::None {
        return;
    }
    let place = placed(cx, id);
    match cx.kinds.called_name(here(id)).as_deref() {
        Some("contextlib.closing") => {
            let value = cx.value(argument.value);
            if !cx.kinds.is_async_generator(&value) {
                return;
            }
            let message = "an async generator has no `close`: `aclosing` closes it";
            let found = cx.report(call.node, message).note_origins(&value);
            let rename = cx.rename(call.function, "contextlib", "aclosing").filter(|_| cx.has_python(3, 10));
            fix(cx, found, place, rename.map(|rename| vec![rename]));
        }
        Some("contextlib.aclosing") if place.is_some_and(|place| !place.is_async(cx)) => {
            let found = cx.report(call.node, "`aclosing` needs `async with`");
            fix(cx, found, place, Some(vec![]));
        }
        _ => {}
    }
}

/// Where the manager is entered.
#[derive(Clone, Copy)]
enum Place {
    Item(WithId),
    /// `stack.enter_context(…)`
    Stack,
}

impl Place {
    fn is_async(self, cx: &Cx) -> bool {
        match self {
            Place::Item(id) => cx.facts[id].is_async,
            Place::Stack => false,
        }
    }
}

fn placed(cx: &Cx, id: CallId) -> Option<Place> {
    let facts = cx.facts;
    let node = facts[id].node;
    let is_item = |id: &WithId| facts[*id].items.iter().any(|item| facts.bare(item.value) == node);
    if let Some(with) = facts.withs(node.island).find(is_item) {
        return Some(Place::Item(with));
    }
    let outer = facts.ancestors(node).find(|&up| facts.syntax(up) == SyntaxKind::Call)?;
    let outer = &facts[facts.call(outer)?];
    let is_given = outer.arguments.iter().any(|argument| facts.bare(argument.value) == node);
    let enters = facts.node_text(outer.function).ends_with(".enter_context");
    (is_given && enters).then_some(Place::Stack)
}

/// `async with`, where something can be awaited and no other manager is asked for the async protocol as well.
fn fix(cx: &Cx, found: Finding, place: Option<Place>, edits: Option<Vec<Edit>>) {
    let facts = cx.facts;
    let (Some(Place::Item(id)), Some(mut edits)) = (place, edits) else { return };
    let with = &facts[id];
    let can_wait = facts.function(with.node).is_some_and(|function| facts[function].is_async);
    if with.items.len() != 1 || !can_wait {
        return;
    }
    if !with.is_async {
        edits.push(Edit::insert(facts.span(with.node).start, "async "));
    }
    found.fix(Safety::Safe, "use `async with aclosing(…)`", edits);
}
