//! An expression as one value to match on, so that nobody above has to know how the grammar spells it.

use super::{CallId, Facts, FunctionId, NodeId};
use crate::syntax::{Field, SyntaxKind};
use crate::text::Span;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Splat {
    None,
    /// `*value`
    Star,
    /// `**value`
    DoubleStar,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Argument {
    /// The argument as it is written, with its name or stars.
    pub node: NodeId,
    pub name: Option<Span>,
    pub value: NodeId,
    pub splat: Splat,
}

/// What an expression is made of, without the parentheses round it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Expression {
    Name(Span),
    Attribute {
        object: NodeId,
        name: Span,
    },
    Call(CallId),
    Await(NodeId),
    Lambda(FunctionId),
    Subscript {
        object: NodeId,
        index: Option<NodeId>,
    },
    Walrus {
        name: Span,
        value: NodeId,
    },
    Conditional {
        then: NodeId,
        test: NodeId,
        otherwise: NodeId,
    },
    Boolean {
        left: NodeId,
        is_and: bool,
        right: NodeId,
    },
    Not(NodeId),
    Compare,
    Operator {
        left: NodeId,
        operator: SyntaxKind,
        right: NodeId,
    },
    Unary(NodeId),
    List,
    Tuple,
    Set,
    Dict,
    /// A list, set or dict comprehension, or a generator expression; the node kind tells which.
    Comprehension(SyntaxKind),
    Yield,
    Text {
        is_bytes: bool,
    },
    Number,
    Bool(bool),
    None,
    Ellipsis,
    Starred(NodeId),
    Other,
}

impl Facts {
    pub fn expression(&self, node: NodeId) -> Expression {
        use SyntaxKind as K;
        let node = self.bare(node);
        let tree = self.tree(node);
        let at = |row| NodeId { row, ..node };
        let row = node.row;
        let child = |field| tree.child(row, field).map(at);
        let nth = |n: usize| tree.children(row).nth(n).map(at);
        let read = || -> Option<Expression> {
            Some(match tree[row].kind {
                K::Identifier => Expression::Name(tree[row].span),
                // `a if b else c as d` in a `with` comes as `a if b else (c as d)`.
                K::AsPattern => self.expression(nth(0)?),
                K::Attribute => {
                    Expression::Attribute { object: child(Field::Object)?, name: self.span(child(Field::Attribute)?) }
                }
                K::Call => Expression::Call(self.call_at(node)?),
                K::Await => Expression::Await(nth(0)?),
                K::Lambda => Expression::Lambda(self.function_at(node)?),
                K::Subscript => Expression::Subscript { object: child(Field::Value)?, index: child(Field::Subscript) },
                K::NamedExpression => {
                    Expression::Walrus { name: self.span(child(Field::Name)?), value: child(Field::Value)? }
                }
                K::ConditionalExpression => {
                    Expression::Conditional { then: nth(0)?, test: nth(1)?, otherwise: nth(2)? }
                }
                K::BooleanOperator => Expression::Boolean {
                    left: child(Field::Left)?,
                    is_and: tree[tree.child(row, Field::Operator)?].kind == K::And,
                    right: child(Field::Right)?,
                },
                K::NotOperator => Expression::Not(child(Field::Argument)?),
                K::ComparisonOperator => Expression::Compare,
                K::BinaryOperator => Expression::Operator {
                    left: child(Field::Left)?,
                    operator: tree.child(row, Field::Operator).map_or(K::Other, |op| tree[op].kind),
                    right: child(Field::Right)?,
                },
                K::UnaryOperator => Expression::Unary(child(Field::Argument)?),
                K::List => Expression::List,
                K::Tuple | K::ExpressionList => Expression::Tuple,
                K::Set => Expression::Set,
                K::Dictionary => Expression::Dict,
                kind if kind.is_comprehension() => Expression::Comprehension(kind),
                K::Yield => Expression::Yield,
                K::String | K::ConcatenatedString => {
                    let start = tree.subtree(row).find(|&part| tree[part].kind == K::StringStart);
                    let prefix = start.map_or("", |start| self.text(tree[start].span));
                    Expression::Text { is_bytes: prefix.contains(['b', 'B']) }
                }
                K::Integer | K::Float => Expression::Number,
                K::True => Expression::Bool(true),
                K::False => Expression::Bool(false),
                K::None => Expression::None,
                K::Ellipsis => Expression::Ellipsis,
                K::ListSplat => Expression::Starred(nth(0).filter(|&child| self.syntax(child) != K::Star).or(nth(1))?),
                _ => return None,
            })
        };
        // A form that is not complete is one that the parser made up.
        read().unwrap_or(Expression::Other)
    }

    /// The name, when the expression is nothing but a name.
    pub fn name(&self, node: NodeId) -> Option<&str> {
        let node = self.bare(node);
        (self.syntax(node) == SyntaxKind::Identifier).then(|| self.node_text(node))
    }

    /// The call that the expression is, without parentheses.
    pub fn call(&self, node: NodeId) -> Option<CallId> {
        match self.expression(node) {
            Expression::Call(call) => Some(call),
            _ => None,
        }
    }

    /// The expressions of which one gives the value: both branches of a conditional, both sides of `or`, the value
    /// under a walrus.
    pub fn branches(&self, node: NodeId) -> Vec<NodeId> {
        let mut found = Vec::new();
        let mut open = vec![node];
        while let Some(node) = open.pop() {
            match self.expression(node) {
                Expression::Conditional { then, otherwise, .. } => open.extend([otherwise, then]),
                Expression::Boolean { left, right, .. } => open.extend([right, left]),
                Expression::Walrus { value, .. } => open.push(value),
                _ => found.push(node),
            }
        }
        found
    }

    /// The part of an assigned value that one target gets: `b` of `x, y = a, b`. None when the value is no display.
    pub fn part(&self, value: NodeId, path: &[u32]) -> Option<NodeId> {
        let mut value = value;
        for &position in path {
            let is_display = matches!(self.expression(value), Expression::Tuple | Expression::List);
            let elements: Vec<NodeId> = self.elements(value).collect();
            if !is_display || elements.iter().any(|&element| self.is_starred(element)) {
                return None;
            }
            value = *elements.get(position as usize)?;
        }
        Some(value)
    }

    /// The element of a display is `*x`.
    pub fn is_starred(&self, element: NodeId) -> bool {
        self.tree(element).star(element.row).is_some()
    }

    /// The elements of a list, tuple or set display.
    pub fn elements(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.children(self.bare(node)).filter(|&child| self.syntax(child) != SyntaxKind::Star)
    }

    /// The values of a dictionary display.
    pub fn dict_values(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let pairs = self.children(self.bare(node)).filter(|&child| self.syntax(child) == SyntaxKind::Pair);
        pairs.filter_map(|pair| self.child(pair, Field::Value))
    }

    /// The text of a plain string literal without prefix, escapes or pieces.
    pub fn string(&self, node: NodeId) -> Option<&str> {
        let node = self.bare(node);
        if self.syntax(node) != SyntaxKind::String {
            return None;
        }
        let parts: Vec<NodeId> = self.children(node).collect();
        match parts[..] {
            [start, content, _] if self.syntax(content) == SyntaxKind::StringContent => {
                let plain = self.node_text(start).starts_with(['"', '\'']);
                let text = self.node_text(content);
                (plain && !text.contains('\\')).then_some(text)
            }
            _ => None,
        }
    }
}
