//! A full pass over an async iterator that is already used up.

use crate::facts::{FunctionId, LoopForm, NodeId};
use crate::flow::Context;
use crate::flow::objects::{Reuse, Round, reuses};
use crate::kind::{Made, Passes, Value, here};
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!("reuse-exhausted", [Check::Function(check)]);

fn check(cx: &Cx, id: FunctionId) {
    let makers = cx.kinds.one_pass_makers(id);
    if makers.is_empty() {
        return;
    }
    let Some(flow) = cx.kinds.flow(here(id)) else { return };
    for reuse in reuses(cx.facts, &flow.0, &makers, &Passes { kinds: &cx.kinds, function: id }) {
        tell(cx, &reuse);
    }
}

/// The second pass is made to see that nothing comes, or to be sure of it: its result is compared, its body only raises
/// or does nothing, or the end of the iterator is expected.
fn is_asked_on_purpose(cx: &Cx, node: NodeId) -> bool {
    let facts = cx.facts;
    let held = cx.kinds.through_aiter(node);
    let expects_the_end = |node: NodeId| {
        let stops = |catches: Option<NodeId>| {
            catches.is_none_or(|catches| {
                let names = ["StopAsyncIteration", "Exception", "BaseException"];
                let is_stop = |one: NodeId| names.iter().any(|name| facts.is_builtin(one, name));
                is_stop(catches) || facts.elements(catches).any(is_stop)
            })
        };
        let caught = facts.handlers(node.island).any(|id| {
            let handler = &facts[id];
            facts.within(node, handler.of) && !facts.within(node, handler.body) && stops(handler.catches)
        });
        let managed = facts.withs(node.island).any(|id| {
            let with = &facts[id];
            let swallows = with.items.iter().any(|item| facts.node_text(item.value).contains("StopAsyncIteration"));
            swallows && facts.within(node, with.body)
        });
        caught || managed
    };
    match Context::of(facts, held) {
        Context::Iterated(id) => match facts[id].form {
            LoopForm::Clause { of, .. } => matches!(Context::of(facts, of), Context::Compared(_) | Context::Tested),
            LoopForm::Statement => facts.only_raises(id) || facts.only_drains(id),
        },
        Context::Argument(..) | Context::Method(_) => expects_the_end(node),
        _ => false,
    }
}

fn tell(cx: &Cx, reuse: &Reuse) {
    let facts = cx.facts;
    if is_asked_on_purpose(cx, reuse.used_again) {
        return;
    }
    // Whether a `while` loop has a second round is for its condition to say.
    if matches!(reuse.round, Round::Second(round) if !facts.goes_round(round)) {
        return;
    }
    let what = match reuse.made.first().map(|&made| cx.kinds.given_to(made)) {
        Some(value) if cx.kinds.is_async_generator(&value) => "this async generator",
        _ => "this async iterator",
    };
    let closed = reuse.drained_at.iter().all(|&at| is_close(cx, at));
    let message = match (reuse.round, closed) {
        (Round::First, false) => format!("{what} is already used up: nothing comes out of it here"),
        (Round::First, true) => format!("{what} is already closed: nothing comes out of it here"),
        (Round::Second(_), _) => {
            format!("{what} is used up in the first round: in all others nothing comes out of it")
        }
    };
    let mut finding = cx.report(reuse.used_again, message);
    for &made in &reuse.made {
        finding = finding.note(cx.kinds.made_at(made), "made here");
    }
    for &at in reuse.drained_at.iter().filter(|&&at| at != reuse.used_again) {
        finding = finding.note(facts.span(at), if is_close(cx, at) { "closed here" } else { "used up here" });
    }
    let help = match reuse.made.first().map(|&made| cx.kinds.given_to(made)) {
        Some(Value::Instance(instance)) if instance.made == Made::Promised => "collect the items into a list once",
        _ => "make a new one for each pass, or collect the items into a list once",
    };
    let _ = finding.help(help);
}

fn is_close(cx: &Cx, at: NodeId) -> bool {
    match Context::of(cx.facts, at) {
        Context::Method(call) => cx.text(cx.facts[call].function).ends_with(".aclose"),
        Context::Argument(call, _) => cx.kinds.called_name(here(call)).as_deref() == Some("contextlib.aclosing"),
        _ => false,
    }
}
