//! Tests of `sys.version_info` round a node: on which Pythons it runs at all.

use super::{Expression, Facts, NodeId};
use crate::syntax::{Field, SyntaxKind};

/// A version of Python: major and minor.
pub type Version = (u8, u8);

/// What a condition says about the version, when it is true and when it is false: the lowest one that is left.
#[derive(Clone, Copy, Default)]
struct Told {
    when_true: Option<Version>,
    when_false: Option<Version>,
}

impl Facts {
    /// The lowest Python on which the node can run, as far as tests of `sys.version_info` say so: those of the
    /// statements round it, and those that leave the block before it is reached.
    pub fn lowest_python(&self, node: NodeId) -> Option<Version> {
        let mut lowest: Option<Version> = None;
        let mut below = node;
        for up in self.ancestors(node) {
            let told = match self.syntax(up) {
                SyntaxKind::IfStatement | SyntaxKind::ElifClause => self.of_branch(up, below),
                SyntaxKind::ElseClause => None,
                SyntaxKind::ConditionalExpression => self.of_conditional(up, below),
                SyntaxKind::BooleanOperator => self.of_boolean(up, below),
                SyntaxKind::Block | SyntaxKind::Module => self.of_left_before(up, below),
                _ => None,
            };
            lowest = lowest.max(told);
            below = up;
        }
        lowest
    }

    fn of_branch(&self, statement: NodeId, below: NodeId) -> Option<Version> {
        let condition = self.child(statement, Field::Condition)?;
        if below == condition {
            return None;
        }
        match self.syntax(below) {
            SyntaxKind::Block => self.told(condition, 0).when_true,
            // An `elif` or `else` runs when everything above it was false.
            _ => {
                let clauses = self.children(statement).take_while(|&child| child != below);
                let above = clauses.filter(|&child| self.syntax(child) == SyntaxKind::ElifClause);
                let above = above.filter_map(|clause| self.child(clause, Field::Condition));
                above.chain([condition]).filter_map(|condition| self.told(condition, 0).when_false).max()
            }
        }
    }

    fn of_conditional(&self, expression: NodeId, below: NodeId) -> Option<Version> {
        let Expression::Conditional { then, test, otherwise } = self.expression(expression) else { return None };
        match below {
            _ if below == then => self.told(test, 0).when_true,
            _ if below == otherwise => self.told(test, 0).when_false,
            _ => None,
        }
    }

    fn of_boolean(&self, expression: NodeId, below: NodeId) -> Option<Version> {
        let Expression::Boolean { left, is_and, right } = self.expression(expression) else { return None };
        if below != right {
            return None;
        }
        let told = self.told(left, 0);
        if is_and { told.when_true } else { told.when_false }
    }

    /// `if sys.version_info < (3, 10): return` above the statement in the same block.
    fn of_left_before(&self, block: NodeId, below: NodeId) -> Option<Version> {
        let before = self.children(block).take_while(|&child| child != below);
        let tests = before.filter(|&child| self.syntax(child) == SyntaxKind::IfStatement);
        let leaving = tests.filter(|&test| {
            let body = self.child(test, Field::Consequence);
            let last = body.and_then(|body| self.children(body).last());
            let otherwise = self.child(test, Field::Alternative);
            let leaves = last.is_some_and(|last| {
                matches!(
                    self.syntax(last),
                    SyntaxKind::ReturnStatement
                        | SyntaxKind::RaiseStatement
                        | SyntaxKind::ContinueStatement
                        | SyntaxKind::BreakStatement
                )
            });
            leaves && otherwise.is_none()
        });
        let conditions = leaving.filter_map(|test| self.child(test, Field::Condition));
        conditions.filter_map(|condition| self.told(condition, 0).when_false).max()
    }

    fn told(&self, condition: NodeId, depth: u32) -> Told {
        if depth > 20 {
            return Told::default();
        }
        match self.expression(condition) {
            Expression::Not(inner) => {
                let told = self.told(inner, depth + 1);
                Told { when_true: told.when_false, when_false: told.when_true }
            }
            Expression::Boolean { left, is_and, right } => {
                let (left, right) = (self.told(left, depth + 1), self.told(right, depth + 1));
                match is_and {
                    true => Told { when_true: left.when_true.max(right.when_true), when_false: None },
                    false => Told { when_true: None, when_false: left.when_false.max(right.when_false) },
                }
            }
            Expression::Compare => self.of_comparison(self.bare(condition)).unwrap_or_default(),
            _ => Told::default(),
        }
    }

    /// `sys.version_info >= (3, 10)`, `sys.version_info[:2] < (3, 10)`.
    fn of_comparison(&self, comparison: NodeId) -> Option<Told> {
        // `==` has a row of its own, the other operators have none.
        let operands: Vec<NodeId> =
            self.children(comparison).filter(|&child| self.syntax(child) != SyntaxKind::Equal).collect();
        let [first, right] = operands[..] else { return None };
        let left = match self.expression(first) {
            Expression::Subscript { object, .. } => object,
            _ => first,
        };
        if self.node_text(left).rsplit('.').next() != Some("version_info") {
            return None;
        }
        let numbers: Vec<u8> = self.elements(right).map_while(|element| self.node_text(element).parse().ok()).collect();
        let (&[major, minor] | &[major, minor, _]) = &numbers[..] else { return None };
        let (this, next) = ((major, minor), (major, minor + 1));
        let operator = self.text(self.between(first, right));
        Some(match operator.trim() {
            ">=" => Told { when_true: Some(this), when_false: None },
            // `sys.version_info > (3, 9)` is true on 3.9.1 as well; cut to two numbers it is not.
            ">" => {
                let cut = left != first;
                Told { when_true: Some(if cut { next } else { this }), when_false: None }
            }
            "<" => Told { when_true: None, when_false: Some(this) },
            "<=" => {
                let cut = left != first;
                Told { when_true: None, when_false: Some(if cut { next } else { this }) }
            }
            "==" => Told { when_true: Some(this), when_false: None },
            _ => return None,
        })
    }

    fn between(&self, left: NodeId, right: NodeId) -> crate::text::Span {
        let (start, end) = (self.span(left).end, self.span(right).start);
        crate::text::Span::new(start.min(end), end)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::text::Source;

    #[test]
    fn tests_of_the_version_raise_the_lowest_python() {
        let text = "def f():
    if sys.version_info >= (3, 10): a()
    elif sys.version_info >= (3, 9): b()
    else: c()
    if sys.version_info < (3, 8): d()
    else: e()
    if not version_info[:2] <= (3, 10) and x: g()
    x = h() if sys.version_info > (3, 11) else i()
    sys.version_info >= (3, 13) and j()
    if sys.version_info < (3, 12):
        return k()
    l()
m()
";
        let facts = Facts::new(Arc::new(Source::new("t.py", text)));
        let calls = facts.statements().flat_map(|island| facts.calls(island));
        let found: Vec<String> = calls
            .map(|id| match facts.lowest_python(facts[id].node) {
                Some((_, minor)) => format!("{}{minor}", facts.node_text(facts[id].function)),
                None => facts.node_text(facts[id].function).to_string(),
            })
            .collect();
        assert_eq!(found.join(" "), "a10 b9 c d e8 g11 h11 i j13 k l12 m");
    }
}
