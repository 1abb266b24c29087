//! The parts of a `try` statement round a node, and the line that a statement has.

use super::{Facts, HandlerId, NodeId};
use crate::syntax::{Field, SyntaxKind};

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

    /// The statements of a block.
    pub fn statements_in(&self, block: NodeId) -> Vec<NodeId> {
        self.children(block).collect()
    }
}
