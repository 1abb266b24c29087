//! `while True` with `anext` and a `break` at the end: what `async for` does.

use crate::diagnostic::{Edit, Safety};
use crate::facts::{HandlerId, NodeId};
use crate::kind::here;
use crate::rule;
use crate::rule::{Check, Cx, Rule};
use crate::syntax::{Field, SyntaxKind};
use crate::text::Span;

pub static RULE: Rule = rule!("manual-loop", [Check::Handler(check)]);

fn check(cx: &Cx, id: HandlerId) {
    let facts = cx.facts;
    let Some(shape) = shape(cx, id) else { return };
    let iterator = facts.node_text(shape.iterator);
    // Stepped, rebound or handed on in the body: the next round may be about another iterator.
    if shape.rest.iter().any(|&statement| mentions(cx, statement, shape.iterator)) {
        return;
    }
    if cx.kind(shape.iterator).async_iterates.is_no() {
        return;
    }
    let start = facts.span(shape.whole).start;
    let found = cx.report_at(Span::new(start, start + 5), "`async for` does this");
    let replaced = Span::new(start, facts.span(facts[id].of).end);
    if facts.text(replaced).contains('#') {
        return;
    }
    let mut text = format!("async for {} in {iterator}:", facts.node_text(shape.target));
    if shape.rest.is_empty() {
        let Some(indent) = facts.indent_alone(facts[id].of) else { return };
        text += &format!("\n{indent}pass");
    } else if let Some(first) = shape.rest.first() {
        // What stands between the handler and the body stays.
        let line = |node: NodeId| facts.source.lines().line(facts.span(node).start);
        if line(*first) == line(shape.whole) {
            return;
        }
    }
    found.fix(Safety::Unsafe, "loop with `async for`", [Edit::replace(replaced, text)]);
}

struct Shape {
    whole: NodeId,
    target: NodeId,
    iterator: NodeId,
    /// What is done with the item.
    rest: Vec<NodeId>,
}

/// `while True:` whose body begins with `try: x = await anext(it)` / `except StopAsyncIteration: break`.
fn shape(cx: &Cx, id: HandlerId) -> Option<Shape> {
    let facts = cx.facts;
    let handler = &facts[id];
    let [only] = facts.statements_in(handler.body)[..] else { return None };
    let [caught] = facts.caught(id)[..] else { return None };
    let [tried] = facts.statements_in(facts.tried(id)?)[..] else { return None };
    let is_stop = facts.is_builtin(caught, "StopAsyncIteration");
    if facts.syntax(only) != SyntaxKind::BreakStatement || !is_stop || facts.children(handler.of).count() != 2 {
        return None;
    }
    let block = facts.parent(handler.of)?;
    let whole = facts.parent(block).filter(|&up| facts.syntax(up) == SyntaxKind::WhileStatement)?;
    let condition = facts.child(whole, Field::Condition)?;
    let is_endless = matches!(facts.node_text(condition), "True" | "1");
    let statements = facts.statements_in(block);
    if !is_endless || facts.children(whole).count() != 2 || statements.first() != Some(&handler.of) {
        return None;
    }
    let assignment = facts.children(tried).next().filter(|&it| facts.syntax(it) == SyntaxKind::Assignment)?;
    let (target, value) = (facts.child(assignment, Field::Left)?, facts.child(assignment, Field::Right)?);
    let awaited = facts.await_at(value)?;
    let step = cx.kinds.step(here(facts.call(facts[awaited].value)?))?;
    let is_sent = facts.node_text(facts[awaited].value).contains("asend");
    let is_named = matches!(facts.syntax(step.iterator), SyntaxKind::Identifier | SyntaxKind::Attribute);
    let is_typed = facts.child(assignment, Field::Type).is_some();
    if step.has_default || is_sent || !is_named || is_typed {
        return None;
    }
    Some(Shape { whole, target, iterator: step.iterator, rest: statements[1..].to_vec() })
}

fn mentions(cx: &Cx, statement: NodeId, iterator: NodeId) -> bool {
    let facts = cx.facts;
    let text = facts.node_text(iterator);
    let last = text.rsplit('.').next().unwrap_or(text);
    facts
        .spelled(last)
        .into_iter()
        .any(|named| facts.within(named, statement) && facts.node_text(facts.whole_name(named)) == text)
}
