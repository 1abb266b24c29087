//! Expressions as events in the order of evaluation; `and`, `or` and conditions as branches.

use super::build::Builder;
use super::{BlockId, EdgeKind, Event, Why, known};
use crate::facts::NodeId;
use crate::syntax::{Field, SyntaxKind as K};

impl Builder<'_> {
    pub fn expression(&mut self, node: NodeId) {
        self.nested(node, |this| this.one_expression(node));
    }

    /// The parts of the node, one after another.
    pub fn expressions(&mut self, node: NodeId) {
        for part in self.children(node) {
            self.expression(part);
        }
    }

    fn one_expression(&mut self, node: NodeId) {
        let child = |field| self.facts.child(node, field);
        match self.kind(node) {
            K::Identifier => self.event(Event::Use(node)),
            K::Attribute => {
                if let Some(object) = child(Field::Object) {
                    self.expression(object);
                }
                self.event(Event::Load(node));
            }
            K::Call => self.call(node),
            K::KeywordArgument => {
                if let Some(value) = child(Field::Value) {
                    self.expression(value);
                }
            }
            K::Await => {
                self.expressions(node);
                if let Some(id) = self.facts.await_at(node) {
                    self.event(Event::Await(id));
                }
            }
            K::Yield => {
                self.expressions(node);
                if let Some(id) = self.facts.yield_at(node) {
                    self.event(Event::Yield(id));
                }
            }
            K::Lambda => {
                self.defaults(node);
                if let Some(id) = self.facts.function_at(node) {
                    self.event(Event::Closure(id));
                }
            }
            K::NamedExpression => {
                let (name, value) = (child(Field::Name), child(Field::Value));
                if let Some(value) = value {
                    self.expression(value);
                }
                if let Some(name) = name {
                    self.assign(name);
                }
            }
            K::Assignment => self.assignment(node),
            K::AugmentedAssignment => self.augmented(node),
            K::ConditionalExpression => {
                let [then, test, otherwise] = self.children(node)[..] else { return };
                let after = self.block(Why::After);
                let (yes, no) = (self.block(Why::Then), self.block(Why::Else));
                self.condition(test, yes, no);
                for (block, value) in [(yes, then), (no, otherwise)] {
                    self.current = block;
                    self.expression(value);
                    self.edge(after, EdgeKind::Normal);
                }
                self.current = after;
            }
            K::BooleanOperator => {
                let (Some(left), Some(right)) = (child(Field::Left), child(Field::Right)) else { return };
                let after = self.block(Why::After);
                let more = self.block(Why::Then);
                if self.is_and(node) {
                    self.condition(left, more, after);
                } else {
                    self.condition(left, after, more);
                }
                self.current = more;
                self.expression(right);
                self.join(after);
            }
            K::ComparisonOperator => self.comparison(node),
            K::ListComprehension | K::SetComprehension | K::DictionaryComprehension => self.comprehension(node),
            K::GeneratorExpression => {
                let first = self.facts.children(node).find(|&child| self.kind(child) == K::ForInClause);
                if let Some(first) = first {
                    self.iterable(first);
                }
                self.event(Event::Lazy(node));
            }
            K::String => {
                let parts = self.children(node);
                let pieces: Vec<_> = parts.into_iter().filter(|&part| self.kind(part) == K::Interpolation).collect();
                for &piece in &pieces {
                    self.expressions(piece);
                }
                if !pieces.is_empty() {
                    self.event(Event::Operate(node));
                }
            }
            // Annotations are no part of the flow.
            K::Type => {}
            K::BinaryOperator
            | K::UnaryOperator
            | K::Subscript
            | K::ListSplat
            | K::DictionarySplat
            | K::PrintStatement
            | K::ExecStatement => {
                self.expressions(node);
                self.event(Event::Operate(node));
            }
            _ => self.expressions(node),
        }
    }

    fn call(&mut self, node: NodeId) {
        // The function, then the arguments as they are written.
        self.expressions(node);
        let Some(id) = self.facts.call_at(node) else { return };
        self.event(Event::Call(id));
        if known::never_returns(self.facts, id) {
            self.stop();
        }
    }

    fn assignment(&mut self, node: NodeId) {
        // `a = b = value`: the value comes first, then the targets from left to right.
        let mut targets = Vec::new();
        let mut value = Some(node);
        while let Some(inner) = value.filter(|&inner| self.kind(inner) == K::Assignment) {
            targets.extend(self.facts.child(inner, Field::Left));
            value = self.facts.child(inner, Field::Right);
        }
        // `x: T` alone does nothing.
        let Some(value) = value else { return };
        self.expression(value);
        for target in targets {
            self.assign(target);
        }
    }

    fn augmented(&mut self, node: NodeId) {
        let (Some(target), Some(value)) = (self.facts.child(node, Field::Left), self.facts.child(node, Field::Right))
        else {
            return;
        };
        self.expression(target);
        self.expression(value);
        self.event(Event::Operate(node));
        match self.kind(target) {
            K::Identifier => {
                if let Some(binding) = self.binding(target) {
                    self.event(Event::Bind(binding));
                }
            }
            // The object was worked out before the value.
            K::Attribute => {
                if let Some(store) = self.store(target) {
                    self.event(Event::Store(store));
                }
            }
            _ => {}
        }
    }

    /// Gives a value that is already there to a target.
    pub fn assign(&mut self, target: NodeId) {
        self.nested(target, |this| this.one_target(target));
    }

    fn one_target(&mut self, target: NodeId) {
        match self.kind(target) {
            K::Identifier => {
                if let Some(binding) = self.binding(target) {
                    self.event(Event::Bind(binding));
                }
            }
            K::Attribute => {
                if let Some(object) = self.facts.child(target, Field::Object) {
                    self.expression(object);
                }
                if let Some(store) = self.store(target) {
                    self.event(Event::Store(store));
                }
            }
            K::PatternList | K::TuplePattern | K::ListPattern | K::Tuple | K::List | K::ExpressionList => {
                self.event(Event::Operate(target));
                for part in self.children(target) {
                    self.assign(part);
                }
            }
            K::ListSplatPattern | K::ListSplat | K::ParenthesizedExpression | K::AsPatternTarget => {
                for part in self.children(target) {
                    self.assign(part);
                }
            }
            _ => self.expression(target),
        }
    }

    fn is_and(&self, node: NodeId) -> bool {
        self.facts.child(node, Field::Operator).is_some_and(|operator| self.kind(operator) == K::And)
    }

    /// Asks whether the expression is true, and leads to one of two blocks.
    pub fn condition(&mut self, node: NodeId, yes: BlockId, no: BlockId) {
        self.nested(node, |this| this.one_condition(node, yes, no));
    }

    fn one_condition(&mut self, node: NodeId, yes: BlockId, no: BlockId) {
        match self.kind(node) {
            K::ParenthesizedExpression => {
                if let [inner] = self.children(node)[..] {
                    return self.condition(inner, yes, no);
                }
            }
            K::NotOperator => {
                if let Some(inner) = self.facts.child(node, Field::Argument) {
                    return self.condition(inner, no, yes);
                }
            }
            K::BooleanOperator => {
                let (left, right) = (self.facts.child(node, Field::Left), self.facts.child(node, Field::Right));
                if let (Some(left), Some(right)) = (left, right) {
                    let more = self.block(Why::Then);
                    if self.is_and(node) {
                        self.condition(left, more, no);
                    } else {
                        self.condition(left, yes, more);
                    }
                    self.current = more;
                    return self.condition(right, yes, no);
                }
            }
            _ => {}
        }
        self.expression(node);
        let constant = self.constant(node);
        if constant != Some(false) {
            self.edge(yes, EdgeKind::True(node));
        }
        if constant != Some(true) {
            self.edge(no, EdgeKind::False(node));
        }
    }

    fn constant(&self, node: NodeId) -> Option<bool> {
        match self.kind(node) {
            K::True => Some(true),
            K::False | K::None => Some(false),
            K::Integer => self.facts.node_text(node).parse::<u64>().ok().map(|number| number != 0),
            _ => None,
        }
    }

    /// `a < b < c` stops at the first link that is false.
    fn comparison(&mut self, node: NodeId) {
        let is_operator = |kind| matches!(kind, K::Is | K::IsNot | K::In | K::NotIn | K::Equal | K::NotEqual);
        let children = self.children(node);
        let operands = children.iter().copied().filter(|&child| !is_operator(self.kind(child)));
        let operands: Vec<_> = operands.collect();
        let operators = children.iter().filter(|&&child| is_operator(self.kind(child)));
        let mut identities = 0;
        for &operator in operators {
            identities += matches!(self.kind(operator), K::Is | K::IsNot) as usize;
        }
        let compares = identities + 1 < operands.len();
        let after = self.block(Why::After);
        for (index, &operand) in operands.iter().enumerate() {
            if index > 1 {
                self.edge(after, EdgeKind::Normal);
                self.cut(Why::Then, EdgeKind::Normal);
            }
            self.expression(operand);
            // `is` asks nobody.
            if index > 0 && compares {
                self.event(Event::Operate(node));
            }
        }
        if operands.len() > 2 {
            self.join(after);
        }
    }

    /// What a `for` clause iterates over.
    fn iterable(&mut self, clause: NodeId) {
        for part in self.children(clause) {
            if self.facts.tree(part)[part.row].field == Field::Right {
                self.expression(part);
            }
        }
    }

    /// A comprehension is a loop in a loop … that runs to its end here and now.
    fn comprehension(&mut self, node: NodeId) {
        let mut open = Vec::new();
        for clause in self.children(node) {
            match self.kind(clause) {
                K::ForInClause => {
                    let Some(id) = self.facts.loop_at(clause) else { continue };
                    self.iterable(clause);
                    self.event(Event::Begin(id));
                    let after = self.block(Why::After);
                    let (head, ended) = self.open_for(clause, id, after);
                    let skip = self.block(Why::Next);
                    open.push((clause, head, skip, ended));
                }
                K::IfClause => {
                    let condition = self.facts.children(clause).next();
                    let (Some(condition), Some(&(_, _, skip, _))) = (condition, open.last()) else { continue };
                    let yes = self.block(Why::Then);
                    self.condition(condition, yes, skip);
                    self.current = yes;
                }
                _ => {}
            }
        }
        if let Some(body) = self.facts.child(node, Field::Body) {
            self.expression(body);
        }
        for (clause, head, skip, ended) in open.into_iter().rev() {
            self.join(skip);
            self.edge(head, EdgeKind::Back(clause));
            self.close_loop();
            self.current = ended;
        }
    }
}
