//! Edits that change an expression where it stands, for fixes of several rules.

use super::Cx;
use crate::diagnostic::{Edit, Safety};
use crate::facts::{CallId, Expression, NodeId, Place};
use crate::syntax::SyntaxKind;
use crate::text::Span;

impl Cx<'_> {
    /// The edit that makes an expression name another thing of the same module: `contextlib.aclosing` for
    /// `contextlib.closing`. None where the other name is not imported.
    pub fn rename(&self, node: NodeId, module: &str, name: &str) -> Option<Edit> {
        match self.facts.expression(node) {
            Expression::Attribute { name: old, .. } => Some(Edit::replace(old, name)),
            Expression::Name(old) => Some(Edit::replace(old, self.facts.imported_as(module, name)?)),
            _ => None,
        }
    }

    /// The edits that put an `await` before an expression, and the parentheses that this needs.
    pub fn await_edits(&self, node: NodeId) -> Vec<Edit> {
        let facts = self.facts;
        let (inner, outer) = (facts.span(node), facts.wrapped(node));
        let is_operand = match facts.place(node) {
            Place::Called | Place::Attribute(_) | Place::Subscript => true,
            // `await x ** 2` is `(await x) ** 2` already, and `await` binds tighter than every other operator.
            _ => false,
        };
        // Parentheses that are there already hold the `await` as well.
        let has_own = outer != node;
        let (before, after) = match (facts.is_primary(node), is_operand && !has_own) {
            (true, false) => ("await ", ""),
            (true, true) => ("(await ", ")"),
            (false, false) => ("await (", ")"),
            (false, true) => ("(await (", "))"),
        };
        let mut edits = vec![Edit::insert(inner.start, before)];
        if !after.is_empty() {
            edits.push(Edit::insert(inner.end, after));
        }
        edits
    }

    /// The edits that collect the items of an async iterable where it stands, `[item async for item in it]`, perhaps as
    /// an argument of a call, and how safe that is. It takes an `async def`; and inside a sync comprehension, Python
    /// 3.11.
    pub fn collecting_edits(&self, node: NodeId, call: Option<CallId>) -> Option<(Safety, [Edit; 2])> {
        let facts = self.facts;
        let bare = facts.bare(node);
        let is_nested = facts.is_in_sync_comprehension(node) || facts.holds_comprehension(bare);
        if !facts.may_await(node) || facts.is_in_generator_expression(node) || is_nested && !self.has_python(3, 11) {
            return None;
        }
        // The grammar counts the star of `[*f()]` to the call.
        let of = |node| {
            let span = facts.span(node);
            let star = facts.text(span).len() - facts.text(span).trim_start_matches(['*', ' ']).len();
            Span::new(span.start + star as u32, span.end)
        };
        let span = of(bare);
        let is_expression = facts.expression(bare) == Expression::Comprehension(SyntaxKind::GeneratorExpression);
        let is_simple = facts.is_primary(node) || matches!(facts.expression(node), Expression::Await(_));
        let (open, inner, close) = match (is_expression, is_simple) {
            // The brackets take the place of the parentheses.
            (true, _) => ("", Span::new(span.start + 1, span.end - 1), ""),
            (false, true) => ("item async for item in ", of(node), ""),
            (false, false) => ("item async for item in (", of(node), ")"),
        };
        // Without parentheses of its own, it stands between those of the call.
        let is_bare = is_expression && call.is_some_and(|id| facts.is_whole_argument_list(facts[id].node, bare));
        let (outer, brackets) = match call.and_then(|id| Some((facts[id].node, self.display_for(id)?))) {
            Some((whole, brackets)) => (facts.span(whole), brackets),
            None if is_bare => (inner, ["[", "]"]),
            None if is_expression => (span, ["[", "]"]),
            None => (of(node), ["[", "]"]),
        };
        // Comments between the two stay where they are only if there is nothing to cut out.
        let cut = [Span::new(outer.start, inner.start), Span::new(inner.end, outer.end)];
        let has_comment = cut.iter().any(|&part| facts.text(part).contains('#'));
        let safety = if is_expression && !has_comment { Safety::Safe } else { Safety::Unsafe };
        let edits = [
            Edit::replace(cut[0], format!("{}{open}", brackets[0])),
            Edit::replace(cut[1], format!("{close}{}", brackets[1])),
        ];
        Some((safety, edits))
    }

    /// The brackets of the display that `list(…)` or `set(…)` becomes.
    fn display_for(&self, id: CallId) -> Option<[&'static str; 2]> {
        let call = &self.facts[id];
        let is = |name| call.arguments.len() == 1 && self.facts.is_builtin(call.function, name);
        if is("list") {
            return Some(["[", "]"]);
        }
        is("set").then_some(["{", "}"])
    }
}
