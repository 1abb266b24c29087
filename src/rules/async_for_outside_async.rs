//! `async for`, or an async comprehension, outside of an `async def`.

use crate::diagnostic::{Edit, Safety};
use crate::facts::{LoopForm, LoopId, NodeId, ScopeKind};
use crate::rule;
use crate::rule::{Check, Cx, Rule};
use crate::syntax::SyntaxKind;

pub static RULE: Rule = rule!("async-for-outside-async", [Check::Loop(check)]);

fn check(cx: &Cx, id: LoopId) {
    let facts = cx.facts;
    let this = &facts[id];
    if !this.is_async || facts.is_broken(this.node) {
        return;
    }
    let whole = match this.form {
        LoopForm::Statement => this.node,
        LoopForm::Clause { of, .. } => of,
    };
    // A comprehension with several such clauses is told about once.
    let is_first = facts.clauses(whole).find(|&other| facts[other].is_async).is_none_or(|first| first == id);
    if !is_first || may_wait(cx, whole) {
        return;
    }
    let message = match this.form {
        LoopForm::Statement => "`async for` stands outside of an `async def`",
        LoopForm::Clause { .. } => "this async comprehension stands outside of an `async def`",
    };
    let found = cx.report(this.node, message);
    let Some(function) = facts.function(whole) else { return };
    let entry = &facts[function];
    let name = entry.name.map_or("", |name| facts.text(name));
    // Special methods, properties and whatever a decorator makes of the function stay plain.
    if !entry.is_async && !entry.is_lambda() && entry.decorators.is_empty() && !name.starts_with("__") {
        let start = facts.span(entry.node).start;
        found.fix(Safety::Unsafe, "make the function `async def`", [Edit::insert(start, "async ")]);
    }
}

/// The code at the node may wait: it runs in an `async def`, later in a generator expression, or at the top level of a
/// notebook.
fn may_wait(cx: &Cx, node: NodeId) -> bool {
    let facts = cx.facts;
    if facts.syntax(node) == SyntaxKind::GeneratorExpression {
        return true;
    }
    let mut scope = facts.scope(node);
    loop {
        let here = &facts[scope];
        match here.kind {
            ScopeKind::Comprehension if here.is_lazy => return true,
            ScopeKind::Comprehension => match here.outer {
                Some(outer) => scope = outer,
                None => return true,
            },
            ScopeKind::Function => {
                return here.function.is_none_or(|function| facts[function].is_async || facts[function].is_damaged);
            }
            ScopeKind::Lambda | ScopeKind::Class => return false,
            // Cells of a notebook that is kept as a plain file.
            ScopeKind::Module => return facts.source.text.contains("\n# %%"),
        }
    }
}
