//! An async iterable given to what loops over it the sync way: `list`, `sum`, `*x`, `x in …`, `len`.

use crate::facts::{AwaitId, CallId, CompareId, DemandId, Expression, NodeId, Wanted, YieldId};
use crate::kind::{Value, here};
use crate::rule;
use crate::rule::{Check, Cx, Finding, Rule};
use crate::syntax::SyntaxKind;

pub static RULE: Rule = rule!(
    "sync-consumer",
    [Check::Call(check), Check::Demand(check_demand), Check::Compare(check_in), Check::Yield(check_yield_from)]
);

fn check(cx: &Cx, id: CallId) {
    let Some(consumer) = cx.kinds.consumer(here(id)) else { return };
    for argument in consumer.arguments {
        let value = cx.value(argument);
        let lacks = match consumer.name.as_str() {
            "len" => cx.kinds.has(&value, "__len__").is_no(),
            "reversed" => cx.kinds.has(&value, "__reversed__").is_no() && cx.kinds.iterates(&value).is_no(),
            _ => cx.kinds.iterates(&value).is_no(),
        };
        if lacks && is_async(cx, argument, &value) {
            let verb = match consumer.name.as_str() {
                "len" => "measure",
                "reversed" => "reverse",
                _ => "loop over",
            };
            let Some(found) = report(cx, argument, &value, &format!("`{}` cannot {verb}", consumer.name)) else {
                continue;
            };
            // What goes through its items one by one may be meant for an endless stream.
            if EAGER.contains(&consumer.name.as_str()) {
                fix(cx, found, argument, Some(id));
            }
        }
    }
}

fn check_demand(cx: &Cx, id: DemandId) {
    let demand = &cx.facts[id];
    let value = cx.value(demand.value);
    if !is_async(cx, demand.value, &value) {
        return;
    }
    let iterates = cx.kinds.iterates(&value);
    let who = match demand.what {
        Wanted::Star if iterates.is_no() => "`*` cannot loop over",
        Wanted::Parts if iterates.is_no() => "an assignment cannot unpack",
        Wanted::Extension(target)
            if iterates.is_no() && cx.kinds.is_instance_of(&cx.value(target), "builtins", "list") =>
        {
            "`+=` cannot loop over"
        }
        Wanted::Item if cx.kinds.has(&value, "__getitem__").is_no() => "an index cannot reach into",
        _ => return,
    };
    let Some(found) = report(cx, demand.value, &value, who) else { return };
    if matches!(demand.what, Wanted::Star) {
        fix(cx, found, demand.value, None);
    }
}

fn check_in(cx: &Cx, id: CompareId) {
    let compare = &cx.facts[id];
    if !matches!(compare.operator, SyntaxKind::In | SyntaxKind::NotIn) {
        return;
    }
    let value = cx.value(compare.right);
    let lacks = cx.kinds.has(&value, "__contains__").is_no() && cx.kinds.iterates(&value).is_no();
    if lacks && is_async(cx, compare.right, &value) {
        report(cx, compare.right, &value, "`in` cannot search");
    }
}

/// In an async generator `yield from` is no syntax at all, which has a rule of its own.
fn check_yield_from(cx: &Cx, id: YieldId) {
    let it = &cx.facts[id];
    let (Some(from), true) = (it.value, it.is_from) else { return };
    let is_sync = it.function.is_some_and(|function| !cx.facts[function].is_async);
    let value = cx.value(from);
    if is_sync && cx.kinds.is_only_async(&value) && is_async(cx, from, &value) {
        report(cx, from, &value, "`yield from` cannot loop over");
    }
}

fn is_async(cx: &Cx, node: NodeId, value: &Value) -> bool {
    cx.kinds.async_iterates(value).is_yes() && !cx.kinds.is_receiver(value) && !cx.facts.is_broken(node)
}

fn report<'c, 'a>(cx: &'c Cx<'a>, node: NodeId, value: &Value, who: &str) -> Option<Finding<'c, 'a>> {
    let facts = cx.facts;
    let found = cx.report(node, format!("{who} {}", cx.kinds.describe(value)?)).note_origins(value);
    // What makes an async generator of a generator expression without `async for` is easily overlooked.
    let bare = facts.bare(node);
    if facts.expression(bare) != Expression::Comprehension(SyntaxKind::GeneratorExpression)
        || facts.clauses(bare).any(|id| facts[id].is_async)
    {
        return Some(found);
    }
    let waits = |id: &AwaitId| facts.within(facts[*id].node, bare) && !facts.is_leftmost(facts[*id].node, bare);
    Some(match facts.awaits(bare.island).find(waits) {
        Some(id) => found.note(facts.span(facts[id].node), "this `await` makes it async"),
        None => found,
    })
}

fn fix(cx: &Cx, found: Finding, node: NodeId, call: Option<CallId>) {
    if let Some((safety, edits)) = cx.collecting_edits(node, call) {
        found.fix(safety, "collect the items first", edits);
    }
}

/// Consumers that go through everything at once.
static EAGER: &[&str] = &[
    "all",
    "any",
    "bytes",
    "Counter",
    "deque",
    "dict",
    "frozenset",
    "join",
    "len",
    "list",
    "max",
    "min",
    "set",
    "sorted",
    "sum",
    "tuple",
];
