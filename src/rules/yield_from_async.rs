//! `yield from` or `return value` in an async generator: a syntax error before Python 3.16.

use crate::diagnostic::{Edit, Safety};
use crate::facts::{Expression, FunctionId, NodeId, Place, ReturnId, YieldId};
use crate::rule;
use crate::rule::{Check, Cx, Rule};
use crate::text::Span;

pub static RULE: Rule =
    rule!("yield-from-async", words: ["yield from"], [Check::Yield(check), Check::Return(check_return)]);

/// PEP 828 makes both legal. Nobody runs that Python yet unless the project says so.
fn is_legal(cx: &Cx) -> bool {
    cx.config.target_version.is_some() && cx.has_python(3, 16)
}

fn is_async(cx: &Cx, function: Option<FunctionId>) -> bool {
    function.is_some_and(|function| cx.facts[function].is_async && !cx.facts[function].is_damaged)
}

fn check(cx: &Cx, id: YieldId) {
    let facts = cx.facts;
    let this = &facts[id];
    if !this.is_from || !is_async(cx, this.function) || is_legal(cx) || facts.is_broken(this.node) {
        return;
    }
    let found = cx.report(this.node, "`yield from` is a syntax error in an `async def` before Python 3.16");
    let Some(value) = this.value else { return };
    let kind = cx.kind(value);
    let (keyword, title) = match (kind.async_iterates.is_yes(), kind.iterates.is_yes()) {
        (true, false) => ("async for", "loop with `async for`"),
        (false, true) if kind.async_iterates.is_no() => ("for", "loop with `for`"),
        _ if kind.awaits.is_yes() => {
            found.help("`await` it");
            return;
        }
        _ => return,
    };
    // A loop has no value, and its lines need a line of their own.
    let is_statement = facts.place(this.node) == Place::Statement && !facts.node_text(this.node).contains('\n');
    let Some(indent) = facts.indent_alone(this.node).filter(|_| is_statement) else { return };
    let item = free_name(cx, this.node);
    let head = Span::new(facts.span(this.node).start, facts.span(value).start);
    let end = facts.span(this.node).end;
    let edits = [
        Edit::replace(head, format!("{keyword} {item} in ")),
        Edit::insert(end, format!(":\n{indent}    yield {item}")),
    ];
    found.fix(Safety::Unsafe, title, edits);
}

/// A name that nothing in the function has.
fn free_name(cx: &Cx, node: NodeId) -> &'static str {
    let facts = cx.facts;
    let whole = facts.function(node).map_or("", |function| facts.node_text(facts[function].node));
    let names = ["item", "value", "element", "each_item"];
    names.into_iter().find(|name| !whole.contains(name)).unwrap_or("each_item")
}

fn check_return(cx: &Cx, id: ReturnId) {
    let facts = cx.facts;
    let this = &facts[id];
    let (Some(function), Some(value)) = (this.function, this.value) else { return };
    // With nothing but `yield from` it is no async generator once those are mended.
    let yields = facts[function].yields.iter().any(|&id| !facts[id].is_from);
    if !yields || !is_async(cx, this.function) || is_legal(cx) || facts.is_broken(this.node) {
        return;
    }
    let found =
        cx.report(this.node, "`return` with a value is a syntax error in an async generator before Python 3.16");
    if facts.expression(value) == Expression::None {
        found.fix(Safety::Unsafe, "return nothing", [Edit::replace(facts.span(this.node), "return")]);
    } else {
        found.help("give the result by a last item, an attribute or a queue");
    }
}
