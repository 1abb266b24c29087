//! `anext` on what has no `__anext__`: an iterable, of which `aiter` would make an iterator.

use crate::diagnostic::{Edit, Safety};
use crate::facts::CallId;
use crate::kind::here;
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!("anext-on-iterable", [Check::Call(check)]);

fn check(cx: &Cx, id: CallId) {
    let facts = cx.facts;
    let builtin = cx.kinds.given_to_anext(here(id));
    let stepped = builtin.or_else(|| {
        let (object, name) = cx.kinds.receiver_of(here(id))?;
        (name == "__anext__" && facts[id].arguments.is_empty()).then_some(object)
    });
    let Some(stepped) = stepped else { return };
    let kind = cx.kind(stepped);
    if !kind.steps.is_no() || facts.is_broken(stepped) {
        return;
    }
    // A manager has to be entered first, which is told elsewhere; a subclass may have what the class of `self` lacks,
    // and a method is asked of the object, which `__getattr__` may answer for.
    if cx.kinds.is_async_manager(&kind.value)
        || cx.kinds.is_receiver(&kind.value)
        || builtin.is_none() && !cx.kinds.has(&kind.value, "__getattr__").is_no()
    {
        return;
    }
    let Some(what) = cx.kinds.describe(&kind.value) else { return };
    let found = cx.report(stepped, format!("{what} has no `__anext__`: it is no async iterator"));
    let found = found.note_origins(&kind.value);
    if builtin.is_none() || !kind.async_iterates.is_yes() {
        return;
    }
    // What `aiter` gives may be no iterator either, and would get another `aiter` round it, and another.
    if cx.kinds.has(&cx.kinds.async_iterator(&kind.value), "__anext__").is_no() {
        return;
    }
    let span = facts.span(facts.bare(stepped));
    let edits = [Edit::insert(span.start, "aiter("), Edit::insert(span.end, ")")];
    found.fix(Safety::Unsafe, "take its iterator first", edits);
}
