//! An iterator leaves the `with` that closes what it reads from.

use crate::facts::{CallId, Expression, LoopId, NodeId, ReturnId};
use crate::kind::{Source, here};
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!(
    "iterator-escapes-context",
    words: ["iter_any", "iter_chunked", "iter_chunks"],
    [Check::Return(check_return), Check::Loop(check_loop), Check::Call(check_step)]
);

fn check_return(cx: &Cx, id: ReturnId) {
    let facts = cx.facts;
    let returned = &facts[id];
    let Some(value) = returned.value else { return };
    for part in parts(cx, value) {
        let leaves = |source: &Source| {
            let with = &facts[source.with.id];
            with.function == returned.function && (source.is_left || facts.within(returned.node, with.body))
        };
        let Some(source) = source(cx, part, leaves) else { continue };
        if !cx.kinds.is_only_to_iterate(here(part)) {
            continue;
        }
        let message = match (source.is_itself, source.is_left) {
            (true, false) => "this is closed as soon as it is returned: whoever iterates it comes too late",
            (false, false) => "what this iterator reads from is closed as soon as it is returned",
            (true, true) => "this is already closed: whoever iterates it comes too late",
            (false, true) => "what this iterator reads from is already closed",
        };
        tell(cx, part, source, message);
    }
}

/// The expressions of which the returned value is made: the branches of a conditional, the parts of a display.
fn parts(cx: &Cx, value: NodeId) -> Vec<NodeId> {
    let branches = cx.facts.branches(value).into_iter();
    let parts = branches.flat_map(|branch| match cx.facts.expression(branch) {
        Expression::Tuple | Expression::List => cx.facts.elements(branch).collect(),
        Expression::Dict => cx.facts.dict_values(branch).collect(),
        _ => vec![branch],
    });
    parts.collect()
}

fn check_loop(cx: &Cx, id: LoopId) {
    if cx.facts[id].is_async {
        check_iterated(cx, cx.facts[id].iterable);
    }
}

fn check_step(cx: &Cx, id: CallId) {
    if let Some(iterator) = cx.kinds.given_to_anext(here(id)) {
        check_iterated(cx, iterator);
    }
}

fn check_iterated(cx: &Cx, iterable: NodeId) {
    let Some(source) = source(cx, iterable, |source| source.is_left) else { return };
    let value = cx.value(iterable);
    // That a closed generator gives nothing is another rule's to say.
    let is_generator = source.is_itself && cx.kinds.is_any_async_generator(&value);
    if is_generator || !cx.kinds.is_to_iterate(here(iterable)) || is_expected_to_fail(cx, iterable) {
        return;
    }
    let message = match source.is_itself {
        true => "this is already closed",
        false => "what this iterator reads from is already closed",
    };
    tell(cx, iterable, source, message);
}

/// A test that wants to see what happens: `with pytest.raises(…)`, or a `try`.
fn is_expected_to_fail(cx: &Cx, node: NodeId) -> bool {
    let facts = cx.facts;
    let raises = facts.withs(node.island).filter(|&id| facts.within(node, facts[id].body)).any(|id| {
        let mut names = facts[id].items.iter().map(|item| facts.node_text(item.value).to_lowercase());
        names.any(|name| name.contains("raises") || name.contains("suppress"))
    });
    let caught = facts.handlers(node.island).any(|id| {
        let handler = &facts[id];
        facts.within(node, handler.of) && !facts.within(node, handler.body)
    });
    raises || caught
}

fn source(cx: &Cx, node: NodeId, is_meant: impl Fn(&Source) -> bool) -> Option<Source> {
    let sources = cx.kinds.draws_on(here(node)).into_iter();
    sources.filter(|source| source.with.file == crate::kind::HERE).find(is_meant)
}

fn tell(cx: &Cx, node: NodeId, source: Source, message: &str) {
    let with = &cx.facts[source.with.id];
    cx.report(node, message)
        .note(cx.facts.span(with.items[source.item].value), "closed when this block is left")
        .help("loop inside the block: `yield` the items there, or collect them in a list");
}
