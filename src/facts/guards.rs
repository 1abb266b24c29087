//! What stands round a node: what may keep an exception from leaving the function, and what may keep the node from being
//! reached.

use super::{Facts, FunctionId, HandlerId, NodeId, RaiseId, WithId};
use crate::syntax::{Field, SyntaxKind};

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Guard {
    /// The handlers of a `try` statement whose body holds the node.
    Handlers(Vec<HandlerId>),
    /// A `finally` that leaves by `return`, `break` or `continue`, and the exception is gone.
    Finally(NodeId),
    /// A manager whose block holds the node: the statement, and the manager's place in it.
    Manager(WithId, usize),
}

impl Facts {
    /// Every guard between the node and its function, innermost first.
    pub fn guards(&self, node: NodeId) -> Vec<Guard> {
        let mut guards = Vec::new();
        let mut below = node;
        for up in self.ancestors(node) {
            match self.syntax(up) {
                SyntaxKind::FunctionDefinition | SyntaxKind::Lambda | SyntaxKind::ClassDefinition => break,
                SyntaxKind::TryStatement => {
                    if self.child(up, Field::Body) == Some(below) {
                        let handlers = self.handlers(up.island).filter(|&id| self[id].of == up);
                        guards.push(Guard::Handlers(handlers.collect()));
                    }
                    let finally = self.children(up).find(|&part| self.syntax(part) == SyntaxKind::FinallyClause);
                    if let Some(finally) = finally.filter(|&finally| finally != below && self.leaves(finally)) {
                        guards.push(Guard::Finally(finally));
                    }
                }
                SyntaxKind::WithStatement if self.child(up, Field::Body) == Some(below) => {
                    if let Some(with) = self.with_at(up) {
                        guards.extend((0..self[with].items.len()).rev().map(|item| Guard::Manager(with, item)));
                    }
                }
                _ => {}
            }
            below = up;
        }
        guards
    }

    /// The handler in whose body the node stands, in the same function.
    pub fn handler_round(&self, node: NodeId) -> Option<HandlerId> {
        let inside = |up: &NodeId| {
            !matches!(
                self.syntax(*up),
                SyntaxKind::FunctionDefinition | SyntaxKind::Lambda | SyntaxKind::ClassDefinition
            )
        };
        let clause = self.ancestors(node).take_while(inside).find(|&up| self.syntax(up) == SyntaxKind::ExceptClause)?;
        self.handler_at(clause)
    }

    /// Something between the node and what stands round it decides whether the node is reached: an `if`, a `case`, a
    /// handler, the items of a `for`, the condition of a `while`.
    pub fn is_on_condition(&self, node: NodeId, within: NodeId) -> bool {
        use SyntaxKind as K;
        let mut below = node;
        for up in self.ancestors(node).take_while(|&up| up != within) {
            let first = self.children(up).next();
            let decided = match self.syntax(up) {
                K::IfStatement => self.child(up, Field::Condition) != Some(below),
                K::ConditionalExpression => self.children(up).nth(1) != Some(below),
                K::BooleanOperator => first != Some(below),
                K::ForStatement => self.child(up, Field::Body) == Some(below),
                K::WhileStatement => self.child(up, Field::Body) == Some(below) && !self.is_endless_while(up),
                K::ElifClause | K::ElseClause | K::CaseClause | K::ExceptClause => true,
                _ => false,
            };
            if decided {
                return true;
            }
            below = up;
        }
        false
    }

    /// `while True:`
    pub fn is_endless_while(&self, node: NodeId) -> bool {
        let condition = self.child(node, Field::Condition).map(|condition| self.node_text(condition));
        self.syntax(node) == SyntaxKind::WhileStatement && matches!(condition, Some("True" | "1"))
    }

    /// The statement on which the node stands, when it holds no others.
    pub fn simple_statement(&self, node: NodeId) -> Option<NodeId> {
        let statement = self.statement(node);
        let compound = self.children(statement).any(|part| self.syntax(part) == SyntaxKind::Block);
        let in_block = self.parent(statement).is_some_and(|up| self.syntax(up) == SyntaxKind::Block);
        (!compound && in_block).then_some(statement)
    }

    /// The node stands in a `finally` of its function.
    pub fn is_in_finally(&self, node: NodeId) -> bool {
        let inside = |up: &NodeId| self.syntax(*up) != SyntaxKind::FunctionDefinition;
        self.ancestors(node).take_while(inside).any(|up| self.syntax(up) == SyntaxKind::FinallyClause)
    }

    /// The `raise` statements of one function.
    pub fn raises_of(&self, function: FunctionId) -> impl Iterator<Item = RaiseId> + '_ {
        self.raises(function.island).filter(move |&id| self[id].function == Some(function))
    }

    /// The classes that a handler names, each on its own; none for a bare `except`.
    pub fn caught(&self, handler: HandlerId) -> Vec<NodeId> {
        let Some(catches) = self[handler].catches else { return Vec::new() };
        let catches = self.bare(catches);
        match self.syntax(catches) {
            SyntaxKind::Tuple => self.elements(catches).collect(),
            // `except A, B:`
            SyntaxKind::ExceptClause => {
                self.children(catches).filter(|&part| self.tree(part)[part.row].field == Field::Value).collect()
            }
            _ => vec![catches],
        }
    }

    /// Somewhere in the subtree stands a statement that leaves it.
    fn leaves(&self, part: NodeId) -> bool {
        self.tree(part).subtree(part.row).any(|row| {
            use SyntaxKind::{BreakStatement, ContinueStatement, ReturnStatement};
            matches!(self.tree(part)[row].kind, ReturnStatement | BreakStatement | ContinueStatement)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::text::Source;

    /// The guards round each `raise`, one line each.
    fn check(text: &str, expected: &str) {
        let facts = Facts::whole(Arc::new(Source::new("t.py", text)));
        let raises = facts.statements().flat_map(|island| facts.raises(island));
        let lines: Vec<String> = raises
            .map(|id| {
                let words = facts.guards(facts[id].node).into_iter().map(|guard| match guard {
                    Guard::Handlers(handlers) => {
                        let caught = handlers.iter().map(|&handler| {
                            let names = facts.caught(handler).into_iter().map(|name| facts.node_text(name));
                            names.collect::<Vec<_>>().join("+")
                        });
                        format!("try {}", caught.collect::<Vec<_>>().join("/"))
                    }
                    Guard::Finally(_) => "finally".to_string(),
                    Guard::Manager(with, item) => {
                        format!("with {}", facts.node_text(facts[with].items[item].value))
                    }
                });
                words.collect::<Vec<_>>().join(", ")
            })
            .collect();
        assert_eq!(lines.join("\n"), expected, "{text}");
    }

    #[test]
    fn guards_from_the_inside_out() {
        check(
            "def f():
    try:
        with a, b as c:
            raise X
    except (A, B):
        raise X
    except C as c:
        pass
    else:
        raise X
    finally:
        raise X
",
            "with b, with a, try A+B/C\n\n\n",
        );
    }

    #[test]
    fn a_finally_that_returns_swallows() {
        check("def f():\n    try:\n        raise X\n    finally:\n        return 1\n", "try , finally");
    }

    #[test]
    fn guards_end_at_the_function() {
        check("def f():\n    try:\n        def g():\n            raise X\n    except X: pass\n", "");
    }
}
