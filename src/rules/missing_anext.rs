//! `__aiter__` returns self, and there is no `__anext__` to step with.

use crate::facts::{ClassId, FunctionId};
use crate::kind::{In, here};
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!("missing-anext", [Check::Function(check)]);

fn check(cx: &Cx, id: FunctionId) {
    let Some(("__aiter__", class)) = cx.kinds.special_method(here(id)) else { return };
    if !cx.kinds.is_own_iterator(class) || !cx.kinds.lacks(class, "__anext__") {
        return;
    }
    // One with half of each protocol has a rule of its own, and what a base lacks its subclasses may bring.
    if cx.kinds.is_for_deriving(class) || cx.kinds.half_of_each(class).is_some() {
        return;
    }
    let brings = |other: &In<ClassId>| !cx.kinds.lacks(*other, "__anext__");
    let mut known = cx.kinds.subclasses(class);
    if known.iter().any(brings) || cx.kinds.calls_what_it_lacks(class) {
        return;
    }
    // Other modules are only read for what would be said otherwise.
    let family: Vec<In<ClassId>> = [class].into_iter().chain(known.iter().copied()).collect();
    known.extend(family.into_iter().flat_map(|member| cx.kinds.subclasses_elsewhere(member)));
    // A base whose subclasses are all somewhere else may be completed there.
    if known.iter().any(brings) || known.is_empty() && cx.kinds.is_among_bases(class) {
        return;
    }
    let name = cx.kinds.class_name(class);
    let place = cx.facts[id].name.unwrap_or_default();
    cx.report_at(place, format!("this gives the object itself as the iterator, and `{name}` has no `__anext__`"));
}
