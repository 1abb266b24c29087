//! The parts of a `try` statement round a node, and the lines that a statement has.

use super::{Facts, HandlerId, NodeId};
use crate::syntax::{Field, SyntaxKind};
use crate::text::Span;

impl Facts {
    /// The block of the `try` statement that its handlers guard.
    pub fn tried(&self, handler: HandlerId) -> Option<NodeId> {
        self.child(self[handler].of, Field::Body)
    }

    /// `except*`
    pub fn is_group_handler(&self, handler: HandlerId) -> bool {
        self.children(self[handler].node).any(|child| self.syntax(child) == SyntaxKind::Star)
    }

    /// The statement round the node and the one handler of the `try` round it, when the `try` holds nothing but the
    /// statement and has nothing but the handler.
    pub fn tried_alone(&self, node: NodeId) -> Option<(NodeId, HandlerId)> {
        let statement = self.statement(node);
        let block = self.parent(statement)?;
        let of = self.parent(block).filter(|&up| self.syntax(up) == SyntaxKind::TryStatement)?;
        let parts: Vec<NodeId> = self.children(of).collect();
        let ([first, second], [only]) = (&parts[..], &self.statements_in(block)[..]) else { return None };
        let handler = self.handlers(of.island).find(|&id| self[id].node == *second)?;
        (*first == block && *only == statement).then_some((statement, handler))
    }

    /// The blanks before a statement that has a line, or lines, for itself and holds no text of several lines.
    pub fn indent_alone(&self, statement: NodeId) -> Option<&str> {
        let span = self.span(statement);
        let text = &self.source.text;
        let start = self.source.lines().start(self.source.lines().line(span.start));
        let before = &text[start as usize..span.start as usize];
        let behind = text[span.end as usize..].lines().next().unwrap_or_default();
        (before.trim().is_empty() && behind.trim().is_empty()).then_some(before)
    }

    /// The grammar was lost in a statement on the lines that the span touches: what is written there may be read as
    /// something else after an edit.
    pub fn is_lost_round(&self, span: Span) -> bool {
        let Some(statement) = self.outline.at(span.start) else { return false };
        let (lines, text) = (self.source.lines(), &self.source.text);
        let first = lines.span(text, lines.line(span.start));
        let touched = first.to(lines.span(text, lines.line(span.end)));
        let broken = &self.island(statement).tree.broken;
        broken.iter().any(|broken| broken.overlaps(touched) || touched.contains(broken.start))
    }

    /// The statements of a block.
    pub fn statements_in(&self, block: NodeId) -> Vec<NodeId> {
        self.children(block).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::text::Source;

    /// Whether the grammar counts as lost round each `|`, which is taken out before.
    fn check(marked: &str, expected: &str) {
        let mut text = String::new();
        let mut places = Vec::new();
        for c in marked.chars() {
            match c {
                '|' => places.push(text.len() as u32),
                c => text.push(c),
            }
        }
        let facts = Facts::new(Arc::new(Source::new("t.py", text)));
        let lost = places.into_iter().map(|place| facts.is_lost_round(Span::new(place, place)));
        let lost: Vec<&str> = lost.map(|lost| if lost { "lost" } else { "whole" }).collect();
        assert_eq!(lost.join(" "), expected, "{marked}");
    }

    #[test]
    fn broken_code_reaches_to_the_end_of_its_line() {
        check("def f():\n    |x = 1\n    |y = = 2\n    |return x\n", "whole lost whole");
        // The parser takes `def g` for whole.
        check("def f(y):\n await  |def g():\n        |pass\n", "lost whole");
        check("|def f(y):\n    |pass\n", "whole whole");
    }
}
