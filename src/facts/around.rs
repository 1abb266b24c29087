//! The parts of a `try` statement and of a comprehension round a node.

use super::{Facts, HandlerId, NodeId};
use crate::syntax::{Field, SyntaxKind};

impl Facts {
    /// The node stands in the leftmost iterable of the comprehension.
    pub fn is_leftmost(&self, node: NodeId, comprehension: NodeId) -> bool {
        let clause = self.children(comprehension).find(|&child| self.syntax(child) == SyntaxKind::ForInClause);
        let leftmost = clause.and_then(|clause| self.child(clause, Field::Right));
        leftmost.is_some_and(|leftmost| self.within(node, leftmost))
    }

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

    /// The generator expression in which the node runs, later than the code round it.
    pub fn generator_expression_round(&self, node: NodeId) -> Option<NodeId> {
        let ends = [SyntaxKind::FunctionDefinition, SyntaxKind::Lambda, SyntaxKind::ClassDefinition];
        let mut up = self.ancestors(node).take_while(|&up| !ends.contains(&self.syntax(up)));
        up.find(|&up| self.syntax(up) == SyntaxKind::GeneratorExpression && !self.is_leftmost(node, up))
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
