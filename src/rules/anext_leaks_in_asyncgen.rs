//! `await anext(it)` with nothing to catch its end: an async generator crashes when `it` has no more items.

use crate::diagnostic::{Edit, Safety};
use crate::facts::{AwaitId, NodeId};
use crate::kind::{Form, here};
use crate::rule;
use crate::rule::{Check, Cx, Rule};
use crate::syntax::SyntaxKind;

pub static RULE: Rule = rule!("anext-leaks-in-asyncgen", [Check::Await(check)]);

fn check(cx: &Cx, id: AwaitId) {
    let facts = cx.facts;
    let this = &facts[id];
    let Some(step) = cx.kinds.awaited_step(here(this.value)).filter(|step| !step.has_default) else { return };
    let is_lazy = facts.is_in_generator_expression(this.node);
    let in_generator = this.function.is_some_and(|function| facts[function].is_async_generator());
    if (!is_lazy && !in_generator) || facts.is_broken(this.node) {
        return;
    }
    if cx.kinds.may_be_caught(here(this.node), "StopAsyncIteration") {
        return;
    }
    // A source without an end, one that always has an item, and one that was asked whether it has.
    let source = cx.value(step.iterator);
    if cx.kinds.has_no_end(&source) || cx.kinds.gives_an_item(&source) || facts.is_asked(step.iterator) {
        return;
    }
    let message = "at the end of the iterator this becomes a `RuntimeError`: nothing catches `StopAsyncIteration`";
    let found = cx.report(this.node, message);
    match returning(cx, this.node).filter(|_| !is_lazy) {
        Some(edits) => found.fix(Safety::Unsafe, "return at the end", edits),
        None => found.help("catch it, or give `anext` a default"),
    };
}

/// A `try` round the statement that returns at the end, where the statement is simple and stands on one line.
fn returning(cx: &Cx, node: NodeId) -> Option<Vec<Edit>> {
    let facts = cx.facts;
    let statement = facts.statement(node);
    let function = facts.function(node)?;
    let is_simple = matches!(facts.syntax(statement), SyntaxKind::ExpressionStatement);
    let is_manager = !matches!(cx.kinds.form(here(function)), Some(Form::Plain | Form::Static | Form::Class));
    if !is_simple || is_manager || facts.is_in_finally(node) {
        return None;
    }
    let indent = facts.indent_alone(statement).filter(|_| !facts.node_text(statement).contains('\n'))?;
    let span = facts.span(statement);
    Some(vec![
        Edit::insert(span.start, format!("try:\n{indent}    ")),
        Edit::insert(span.end, format!("\n{indent}except StopAsyncIteration:\n{indent}    return")),
    ])
}
