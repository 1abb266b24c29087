//! An `@asynccontextmanager` call used as if it already were the value inside.

use crate::diagnostic::Safety;
use crate::facts::{AwaitId, CallId, DemandId, Guard, LoopId, NodeId, Wanted};
use crate::kind::here;
use crate::rule;
use crate::rule::{Check, Cx, Rule};

pub static RULE: Rule = rule!(
    "cm-used-as-value",
    [Check::Await(check_await), Check::Loop(check_loop), Check::Call(check_call), Check::Demand(check_demand)]
);

fn check_await(cx: &Cx, id: AwaitId) {
    judge(cx, cx.facts[id].value, "cannot be awaited");
}

fn check_loop(cx: &Cx, id: LoopId) {
    judge(cx, cx.facts[id].iterable, "cannot be looped over");
}

fn check_call(cx: &Cx, id: CallId) {
    let id = here(id);
    let stepped = cx.kinds.given_to_anext(id).or_else(|| cx.kinds.given_to_next(id));
    if let Some(stepped) = stepped {
        judge(cx, stepped, "cannot be stepped");
    }
    let taken = cx.kinds.given_to_aiter(id).or_else(|| cx.kinds.given_to_iter(id));
    let consumed = cx.kinds.consumer(id).map(|consumer| consumer.arguments).unwrap_or_default();
    taken.into_iter().chain(consumed).for_each(|iterable| judge(cx, iterable, "cannot be looped over"));
}

fn check_demand(cx: &Cx, id: DemandId) {
    let demand = &cx.facts[id];
    match demand.what {
        Wanted::Parts => judge(cx, demand.value, "cannot be unpacked"),
        Wanted::Star => judge(cx, demand.value, "cannot be looped over"),
        Wanted::Item => judge(cx, demand.value, "cannot be indexed"),
        Wanted::Attribute(name) => {
            let name = cx.facts.text(name);
            // What contextlib keeps on the object; and whoever catches the error knows what he asks.
            let is_own = matches!(name, "gen" | "func" | "args" | "kwds") || name.starts_with('_');
            if !is_own && !is_caught(cx, demand.node) && cx.kinds.has_attribute(&cx.value(demand.value), name).is_no() {
                judge(cx, demand.value, &format!("has no `{name}`"));
            }
        }
        Wanted::Extension(_) => {}
    }
}

fn is_caught(cx: &Cx, node: NodeId) -> bool {
    cx.facts.guards(node).into_iter().any(|guard| match guard {
        Guard::Handlers(handlers) => handlers.into_iter().any(|handler| {
            let caught = cx.facts.caught(handler);
            let catches = |class: &NodeId| {
                let name = cx.qualified(*class);
                matches!(
                    name.as_deref(),
                    Some("builtins.AttributeError" | "builtins.Exception" | "builtins.BaseException")
                )
            };
            caught.is_empty() || caught.iter().any(catches)
        }),
        Guard::Finally(_) | Guard::Manager(..) => false,
    })
}

fn judge(cx: &Cx, place: NodeId, what: &str) {
    let value = cx.value(place);
    if !cx.kinds.is_async_manager(&value) || cx.facts.is_broken(place) {
        return;
    }
    let mut found = cx.report(place, format!("an async context manager {what}: enter it with `async with` first"));
    // Of a library we know a stub, which is nothing to show.
    for function in cx.kinds.origins(&value).into_iter().filter(|&id| cx.kinds.describe_function(id).is_some()) {
        found = found.note_function(function, "under `@asynccontextmanager`");
    }
    found.fix(Safety::Shown, "use what `async with … as` binds", []);
}
