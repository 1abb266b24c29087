//! Statements as blocks and edges.

use super::build::{Builder, Last};
use super::{EdgeKind, Event, Way, Why, known};
use crate::facts::{Bind, NodeId};
use crate::syntax::{Field, SyntaxKind as K};

impl Builder<'_> {
    pub fn statements(&mut self, block: NodeId) {
        for statement in self.children(block) {
            self.statement(statement);
        }
    }

    fn statement(&mut self, node: NodeId) {
        self.nested(node, |this| this.one_statement(node));
    }

    fn one_statement(&mut self, node: NodeId) {
        match self.kind(node) {
            K::ExpressionStatement => {
                for part in self.children(node) {
                    self.expression(part);
                }
            }
            K::ReturnStatement => {
                self.expressions(node);
                if let Some(id) = self.facts.return_at(node) {
                    self.event(Event::Return(id));
                }
                self.leave(Way::Return);
            }
            K::RaiseStatement => {
                self.expressions(node);
                if let Some(id) = self.facts.raise_at(node) {
                    self.event(Event::Raise(id));
                }
                self.stop();
            }
            K::BreakStatement => self.leave(Way::Break),
            K::ContinueStatement => self.leave(Way::Continue),
            K::DeleteStatement => {
                for target in self.children(node) {
                    self.event(Event::Operate(node));
                    self.assign(target);
                }
            }
            K::AssertStatement => self.assert(node),
            K::ImportStatement | K::ImportFromStatement | K::FutureImportStatement => {
                self.event(Event::Operate(node));
                self.bind_all(node);
            }
            // The value is worked out when somebody asks for it.
            K::TypeAliasStatement => self.bind_all(node),
            K::PassStatement | K::GlobalStatement | K::NonlocalStatement => {}
            K::IfStatement => self.branches(node),
            K::ForStatement => self.for_loop(node),
            K::WhileStatement => self.while_loop(node),
            K::TryStatement => self.try_statement(node),
            K::WithStatement => self.with(node),
            K::MatchStatement => self.match_statement(node),
            K::FunctionDefinition | K::ClassDefinition | K::DecoratedDefinition => self.definition(node),
            _ => self.expression(node),
        }
    }

    fn bind_all(&mut self, node: NodeId) {
        for binding in self.bindings_in(node) {
            self.event(Event::Bind(binding));
        }
    }

    fn child(&self, node: NodeId, field: Field) -> Option<NodeId> {
        self.facts.child(node, field)
    }

    fn child_of(&self, node: NodeId, kind: K) -> Option<NodeId> {
        self.facts.children(node).find(|&child| self.kind(child) == kind)
    }

    fn assert(&mut self, node: NodeId) {
        let parts = self.children(node);
        let Some((&condition, message)) = parts.split_first() else { return };
        let (holds, fails) = (self.block(Why::After), self.block(Why::Else));
        self.condition(condition, holds, fails);
        self.current = fails;
        for &part in message {
            self.expression(part);
        }
        self.event(Event::Operate(node));
        self.current = holds;
    }

    fn branches(&mut self, node: NodeId) {
        let after = self.block(Why::After);
        let mut parts = vec![node];
        parts.extend(
            self.facts.children(node).filter(|&child| self.facts.tree(child)[child.row].field == Field::Alternative),
        );
        for part in parts {
            if self.kind(part) == K::ElseClause {
                self.body(part);
                continue;
            }
            let (Some(condition), Some(body)) =
                (self.child(part, Field::Condition), self.child(part, Field::Consequence))
            else {
                continue;
            };
            let (then, otherwise) = (self.block(Why::Then), self.block(Why::Else));
            self.condition(condition, then, otherwise);
            self.current = then;
            self.statements(body);
            self.edge(after, EdgeKind::Normal);
            self.current = otherwise;
        }
        self.join(after);
    }

    /// The block of an `else` or `finally` clause.
    fn body(&mut self, clause: NodeId) {
        if let Some(body) = self.child_of(clause, K::Block) {
            self.statements(body);
        }
    }

    fn for_loop(&mut self, node: NodeId) {
        let (Some(id), Some(body)) = (self.facts.loop_at(node), self.child(node, Field::Body)) else { return };
        self.expression(self.facts[id].iterable);
        self.event(Event::Begin(id));
        let after = self.block(Why::After);
        let (head, ended) = self.open_for(node, id, after);
        self.statements(body);
        self.edge(head, EdgeKind::Back(node));
        self.close_loop();
        self.current = ended;
        self.otherwise(node);
        self.join(after);
    }

    fn while_loop(&mut self, node: NodeId) {
        let (Some(condition), Some(body)) = (self.child(node, Field::Condition), self.child(node, Field::Body)) else {
            return;
        };
        let (otherwise, after) = (self.block(Why::Else), self.block(Why::After));
        let head = self.open_loop(node, after);
        let then = self.block(Why::Body);
        self.condition(condition, then, otherwise);
        self.current = then;
        self.statements(body);
        self.edge(head, EdgeKind::Back(node));
        self.close_loop();
        self.current = otherwise;
        self.otherwise(node);
        self.join(after);
    }

    fn otherwise(&mut self, node: NodeId) {
        if let Some(clause) = self.child_of(node, K::ElseClause) {
            self.body(clause);
        }
    }

    fn try_statement(&mut self, node: NodeId) {
        let Some(body) = self.child(node, Field::Body) else { return };
        let handlers: Vec<NodeId> =
            self.facts.children(node).filter(|&child| self.kind(child) == K::ExceptClause).collect();
        let last = self.child_of(node, K::FinallyClause).and_then(|clause| self.child_of(clause, K::Block));
        let after = self.block(Why::After);
        if let Some(last) = last {
            self.open_last(Last::Finally(last));
        }
        let done = self.block(Why::After);
        let dispatch = self.block(Why::Dispatch);
        if !handlers.is_empty() {
            self.open_handlers(dispatch);
        }
        self.statements(body);
        if !handlers.is_empty() {
            self.close_frame();
            self.cut(Why::After, EdgeKind::Normal);
        }
        self.otherwise(node);
        self.edge(done, EdgeKind::Normal);
        if !handlers.is_empty() {
            self.current = dispatch;
            self.except_clauses(&handlers, done);
        }
        self.current = done;
        if let Some(last) = last {
            self.close_frame();
            self.cut(Why::Finally(Way::Normal), EdgeKind::Normal);
            self.last(Last::Finally(last));
        }
        self.join(after);
    }

    /// The handlers, from the block in which an exception looks for one.
    fn except_clauses(&mut self, handlers: &[NodeId], done: super::BlockId) {
        for &clause in handlers {
            let Some(id) = self.facts.handler_at(clause) else { continue };
            let (catches, body) = (self.facts[id].catches, self.facts[id].body);
            match catches {
                // `except A, B`: the clause stands for what it catches.
                Some(whole) if whole == clause => {
                    for value in self.children(clause) {
                        if self.facts.tree(value)[value.row].field == Field::Value {
                            self.expression(value);
                        }
                    }
                }
                Some(value) => self.expression(value),
                None => {}
            }
            let dispatch = self.catch(id);
            let name = self.bindings_in(clause).into_iter().find(|&name| self.facts[name].bind == Bind::Caught(id));
            if let Some(name) = name {
                self.event(Event::Bind(name));
            }
            self.statements(body);
            self.edge(done, EdgeKind::Normal);
            let all = catches.is_none_or(|value| self.facts.is_builtin(value, "BaseException"));
            // After a handler of a group, the rest of the group looks for its own.
            let is_group = self.child_of(clause, K::Star).is_some();
            let next = self.block(Why::Dispatch);
            if is_group {
                self.edge(next, EdgeKind::Normal);
            }
            self.current = dispatch;
            if all && !is_group {
                self.stop();
                return;
            }
            self.edge(next, EdgeKind::Uncaught);
            self.current = next;
        }
        let outer = self.thrown();
        self.edge(outer, EdgeKind::Uncaught);
    }

    fn with(&mut self, node: NodeId) {
        let Some(id) = self.facts.with_at(node) else { return };
        let body = self.facts[id].body;
        let count = self.facts[id].items.len();
        // The rest of the items and the body are inside the first item.
        let mut after = Vec::new();
        for item in 0..count {
            let (value, target) = (self.facts[id].items[item].value, self.facts[id].items[item].target);
            self.expression(value);
            self.event(Event::Enter(id, item));
            let block = self.block(Why::After);
            after.push(block);
            let swallowed = known::may_swallow(self.facts, value).then_some(block);
            self.open_last(Last::Manager { with: id, item, swallowed });
            if let Some(target) = target {
                self.assign(target);
            }
        }
        self.statements(body);
        for (item, after) in after.into_iter().enumerate().rev() {
            self.close_frame();
            self.cut(Why::Leave(Way::Normal), EdgeKind::Normal);
            self.last(Last::Manager { with: id, item, swallowed: None });
            self.join(after);
        }
    }

    fn match_statement(&mut self, node: NodeId) {
        let children = self.children(node);
        for &subject in &children {
            if self.facts.tree(subject)[subject.row].field == Field::Subject {
                self.expression(subject);
            }
        }
        let after = self.block(Why::After);
        let body = self.child(node, Field::Body);
        let cases = body.map(|body| self.children(body)).unwrap_or_default();
        for case in cases {
            if self.kind(case) == K::CaseClause {
                self.nested(case, |this| this.case(case, after));
            }
        }
        self.join(after);
    }

    /// One `case`: goes on in the block in which it did not fit.
    fn case(&mut self, case: NodeId, after: super::BlockId) {
        let patterns: Vec<NodeId> =
            self.facts.children(case).filter(|&child| self.kind(child) == K::CasePattern).collect();
        let bound: Vec<_> = patterns.iter().flat_map(|&pattern| self.bindings_in(pattern)).collect();
        let fits_all = matches!(patterns[..], [only] if self.fits_all(only));
        let next = self.block(Why::Case);
        if !fits_all {
            for &pattern in &patterns {
                self.pattern(pattern);
            }
            self.event(Event::Operate(case));
            self.edge(next, EdgeKind::False(case));
        }
        self.cut(Why::Case, EdgeKind::True(case));
        for binding in bound {
            self.event(Event::Bind(binding));
        }
        let guard = self.child(case, Field::Guard).and_then(|guard| self.facts.children(guard).next());
        if let Some(guard) = guard {
            let then = self.block(Why::Then);
            self.condition(guard, then, next);
            self.current = then;
        }
        if let Some(body) = self.child(case, Field::Consequence) {
            self.statements(body);
        }
        self.edge(after, EdgeKind::Normal);
        self.current = next;
    }

    /// `case _:` and `case name:`.
    fn fits_all(&self, pattern: NodeId) -> bool {
        let parts = self.children(pattern);
        match parts[..] {
            [] => self.facts.node_text(pattern) == "_",
            [name] => self.kind(name) == K::DottedName && self.facts.children(name).count() == 1,
            _ => false,
        }
    }

    /// The names that a pattern reads: classes and dotted values.
    fn pattern(&mut self, pattern: NodeId) {
        let rows: Vec<_> = self.facts.tree(pattern).subtree(pattern.row).collect();
        for row in rows {
            let name = NodeId { row, ..pattern };
            if self.kind(name) != K::DottedName {
                continue;
            }
            let Some(first) = self.facts.children(name).next() else { continue };
            if self.binding(first).is_none() && self.facts.node_text(first) != "_" {
                self.event(Event::Use(first));
            }
        }
    }

    fn definition(&mut self, node: NodeId) {
        match self.kind(node) {
            K::DecoratedDefinition => {
                let decorators: Vec<NodeId> =
                    self.facts.children(node).filter(|&child| self.kind(child) == K::Decorator).collect();
                for &decorator in &decorators {
                    self.expressions(decorator);
                }
                let Some(inner) = self.child(node, Field::Definition) else { return };
                self.define(inner);
                for &decorator in decorators.iter().rev() {
                    self.event(Event::Operate(decorator));
                }
                self.name_definition(inner);
            }
            _ => {
                self.define(node);
                self.name_definition(node);
            }
        }
    }

    fn name_definition(&mut self, node: NodeId) {
        if let Some(binding) = self.binding(node) {
            self.event(Event::Bind(binding));
        }
    }

    /// Makes the function or class, without giving it its name.
    fn define(&mut self, node: NodeId) {
        if self.kind(node) == K::FunctionDefinition {
            self.defaults(node);
            if let Some(id) = self.facts.function_at(node) {
                self.event(Event::Closure(id));
            }
            return;
        }
        if let Some(bases) = self.child(node, Field::Superclasses) {
            self.expressions(bases);
        }
        // The body runs here and now, with names of its own.
        if let Some(body) = self.child(node, Field::Body) {
            self.statements(body);
        }
        self.event(Event::Operate(node));
    }

    /// The defaults of a function's or lambda's parameters are worked out where it is made.
    pub fn defaults(&mut self, node: NodeId) {
        let Some(parameters) = self.child(node, Field::Parameters) else { return };
        for parameter in self.children(parameters) {
            if let Some(value) = self.child(parameter, Field::Value) {
                self.expression(value);
            }
        }
    }
}
