//! What happens when an exception is thrown in at a `yield`: `GeneratorExit` when a generator is closed, and what the
//! block of an `async with` raises.

use super::*;
use crate::facts::{Bind, BindingId, Expression, Guard, HandlerId, Meaning, RaiseId, WithId, YieldId};
use crate::flow::{Context, Outcome, Resumed, Thrown, Walker, onward};
use crate::syntax::{Field, SyntaxKind};

/// A `yield` that a context manager comes to after it has yielded already.
pub struct Second {
    pub first: NodeId,
    pub second: NodeId,
    /// Where an exception of the block is kept inside the function: only then is the second one come to.
    pub kept: Option<NodeId>,
}

impl Kinds<'_> {
    /// Each `yield` that is come to after `GeneratorExit` was raised at another one, which stands before it.
    pub fn yields_after_exit(&self, function: FunctionId) -> Vec<(NodeId, NodeId)> {
        let module = self.module(HERE);
        let facts = &module.facts;
        let mut guarded = facts[function].yields.iter().filter(|&&id| is_guarded(facts, facts[id].node)).peekable();
        // Almost no generator has one.
        if guarded.peek().is_none() {
            return Vec::new();
        }
        let (Some(flow), Some(exit)) = (self.flow(here(function)), self.library_class("builtins", "GeneratorExit"))
        else {
            return Vec::new();
        };
        let thrown =
            Thrower { kinds: self, facts, function, exception: self.class_value(exit), handler: None, is_exit: true };
        let mut found: Vec<(NodeId, NodeId)> = Vec::new();
        for &from in guarded {
            let reached = onward(facts, &flow.0, from, Resumed::ByException, &thrown);
            found.extend(reached.into_iter().map(|to| (facts[from].node, facts[to].node)));
        }
        found
    }

    /// Each `yield` of a context manager that is come to when it has yielded before.
    pub fn second_yields(&self, function: FunctionId) -> Vec<Second> {
        let module = self.module(HERE);
        let facts = &module.facts;
        let Some(flow) = self.flow(here(function)) else { return Vec::new() };
        let firsts = flow.0.first_yields();
        let mut found: Vec<Second> = Vec::new();
        let mut add = |first: YieldId, second: YieldId, kept: Option<NodeId>| {
            let (first, second) = (facts[first].node, facts[second].node);
            if found.iter().all(|known| known.second != second) {
                found.push(Second { first, second, kept });
            }
        };
        let thrown =
            |exception: Value, handler| Thrower { kinds: self, facts, function, exception, handler, is_exit: false };
        for &from in &firsts {
            for to in onward(facts, &flow.0, from, Resumed::ByItself, &thrown(Value::Unknown, None)) {
                add(from, to, None);
            }
            for (kept, handler, exception) in self.kept_at(facts, facts[from].node) {
                for to in onward(facts, &flow.0, from, Resumed::ByException, &thrown(exception, handler)) {
                    add(from, to, Some(kept));
                }
            }
        }
        for (to, first) in flow.0.second_yields().into_iter().flat_map(|to| firsts.first().map(|&first| (to, first))) {
            add(first, to, None);
        }
        found
    }

    /// The exceptions that handlers and managers round the node name, with the place where they do and the handler.
    fn kept_at(&self, facts: &Facts, node: NodeId) -> Vec<(NodeId, Option<HandlerId>, Value)> {
        let mut kept = Vec::new();
        for guard in facts.guards(node) {
            match guard {
                Guard::Handlers(handlers) => {
                    for id in handlers {
                        let named = facts.caught(id);
                        let anything = named.is_empty().then(|| self.library_class("builtins", "Exception")).flatten();
                        kept.extend(anything.map(|class| (facts[id].node, Some(id), self.class_value(class))));
                        kept.extend(named.into_iter().map(|name| (name, Some(id), self.value(here(name)))));
                    }
                }
                Guard::Manager(with, item) => {
                    let manager = facts[with].items[item].value;
                    let suppressed = self.suppressed(here(manager)).unwrap_or_default();
                    kept.extend(suppressed.into_iter().map(|name| (manager, None, self.value(name))));
                }
                Guard::Finally(_) => {}
            }
        }
        kept
    }
}

/// Something stands round the node that an exception does not simply pass.
fn is_guarded(facts: &Facts, node: NodeId) -> bool {
    let inside = |up: &NodeId| !matches!(facts.syntax(*up), SyntaxKind::FunctionDefinition);
    let mut round = facts.ancestors(node).take_while(inside);
    round.any(|up| matches!(facts.syntax(up), SyntaxKind::TryStatement | SyntaxKind::WithStatement))
}

/// Follows an exception that is thrown in at a `yield`.
struct Thrower<'k, 'a> {
    kinds: &'k Kinds<'a>,
    facts: &'k Facts,
    function: FunctionId,
    exception: Value,
    /// The handler that names the exception.
    handler: Option<HandlerId>,
    /// It is `GeneratorExit`: the generator is closed.
    is_exit: bool,
}

impl Walker for Thrower<'_, '_> {
    fn handles(&self, handler: HandlerId, thrown: Thrown) -> Option<bool> {
        if thrown == Thrown::Given && self.handler == Some(handler) {
            return Some(true);
        }
        let answer = self.kinds.handles(here(handler), &self.thrown(thrown));
        // A class that nobody can read is one of somebody's own: those are no bases of `GeneratorExit`.
        let is_foreign = || self.facts.caught(handler).into_iter().all(|name| self.is_class_by_name(name));
        match answer {
            Answer::Yes(()) => Some(true),
            Answer::No => Some(false),
            Answer::Unknown => (self.is_exit && thrown == Thrown::Given && is_foreign()).then_some(false),
        }
    }

    fn swallows(&self, with: WithId, item: usize, thrown: Thrown) -> Option<bool> {
        let manager = here(self.facts[with].items[item].value);
        let exception = self.thrown(thrown);
        if let Some(names) = self.kinds.suppressed(manager) {
            let mut answers = names.into_iter().map(|name| self.kinds.is_caught_by(name, &exception));
            return answers.try_fold(false, |before, answer| match answer {
                Answer::Yes(()) => Some(true),
                Answer::No => Some(before),
                Answer::Unknown => None,
            });
        }
        match self.kinds.value(manager) {
            Value::Instance(_) => self.kinds.lets_pass(manager, &exception).then_some(false),
            _ => Some(false),
        }
    }

    fn raises_again(&self, raise: RaiseId) -> bool {
        let Some(value) = self.facts[raise].value else { return true };
        matches!(self.facts.meaning(self.facts.bare(value)), Meaning::Bound(_, bindings)
            if self.facts.name(value).is_some() && bindings.iter().all(|&id| self.is_caught_name(id)))
    }

    fn outcome(&self, condition: NodeId, held: &dyn Fn(NodeId) -> Vec<BindingId>) -> Outcome {
        if let Some(known) = self.is_instance(condition, held) {
            return Outcome::Known(known);
        }
        let is_open = || self.is_only_for_exit(condition) || self.is_about_something_else(condition, held);
        match self.asks_for_round(condition, held) || self.is_exit && is_open() {
            true => Outcome::Either,
            false => Outcome::Unknown,
        }
    }

    fn goes_round(&self, node: NodeId) -> bool {
        match self.facts.child(node, Field::Condition) {
            Some(condition) => self.is_counted(condition, node) || self.is_exit && !self.is_touched(condition, node),
            None => self.is_exit || self.has_several_items(node),
        }
    }
}

impl Thrower<'_, '_> {
    fn thrown(&self, thrown: Thrown) -> Value {
        match thrown {
            Thrown::Given => self.exception.clone(),
            Thrown::Raised(id) => self.kinds.raised(here(id)),
        }
    }

    fn is_caught_name(&self, binding: BindingId) -> bool {
        matches!(self.facts[binding].bind, Bind::Caught(_))
    }

    /// `ClientDisconnect`, `errors.Timeout`: spelled as classes are, and imported.
    fn is_class_by_name(&self, name: NodeId) -> bool {
        let qualified = self.kinds.qualified(here(name)).unwrap_or_default();
        let last = qualified.rsplit('.').next().unwrap_or_default();
        qualified.contains('.') && last.starts_with(char::is_uppercase) && last.contains(char::is_lowercase)
    }

    /// `isinstance(error, …)` about the exception itself.
    fn is_instance(&self, condition: NodeId, held: &dyn Fn(NodeId) -> Vec<BindingId>) -> Option<bool> {
        let call = self.facts.call(condition)?;
        let call = &self.facts[call];
        let [object, class] = &call.arguments[..] else { return None };
        let is_caught = held(object.value).iter().any(|&id| self.is_caught_name(id));
        if !is_caught || !self.facts.is_builtin(call.function, "isinstance") {
            return None;
        }
        let classes = match self.facts.expression(class.value) {
            Expression::Tuple => self.facts.elements(class.value).collect(),
            _ => vec![class.value],
        };
        let answers = classes.into_iter().map(|class| self.kinds.is_caught_by(here(class), &self.exception));
        let answers: Vec<Answer> = answers.collect();
        if answers.iter().any(Answer::is_yes) {
            return Some(true);
        }
        // What a handler names stands for all its subclasses; `GeneratorExit` has none.
        (self.is_exit && answers.iter().all(Answer::is_no)).then_some(false)
    }

    /// The condition stands in a handler that nothing but `GeneratorExit` gets to.
    fn is_only_for_exit(&self, condition: NodeId) -> bool {
        let Some(handler) = self.facts.handler_round(condition) else { return false };
        matches!(self.facts.caught(handler)[..], [only] if self.facts.is_builtin(only, "GeneratorExit"))
    }

    /// The condition asks about what the generator has gathered or was given, and nothing in it could tell that the
    /// generator is closed.
    fn is_about_something_else(&self, condition: NodeId, held: &dyn Fn(NodeId) -> Vec<BindingId>) -> bool {
        let facts = self.facts;
        let tree = facts.tree(condition);
        let nodes: Vec<NodeId> = tree.subtree(condition.row).map(|row| NodeId { row, ..condition }).collect();
        let is_plain = nodes.iter().all(|&node| match facts.syntax(node) {
            SyntaxKind::Call => {
                facts.call(node).is_some_and(|call| facts.is_builtin(facts[call].function, "len"))
                    || self.is_strip(node)
            }
            SyntaxKind::Attribute => facts.parent(node).is_some_and(|up| self.is_strip(up)),
            SyntaxKind::Await | SyntaxKind::Subscript | SyntaxKind::Lambda | SyntaxKind::NamedExpression => false,
            _ => true,
        });
        let names = self.names_in(condition).into_iter().filter(|&name| !facts.is_builtin(name, "len"));
        let names: Vec<NodeId> = names.collect();
        let of_a_branch = facts.ancestors(condition).find(|&up| facts.syntax(up).is_statement());
        let decides = of_a_branch.is_some_and(|statement| leaves(facts, statement));
        is_plain
            && !names.is_empty()
            && names.into_iter().all(|name| {
                let held = held(name);
                !held.is_empty()
                    && held.iter().all(|&id| self.is_content(id, decides))
                    && !self.is_flag(name)
                    && !self.stays_empty(name, &held)
            })
    }

    /// `text.strip()`
    fn is_strip(&self, node: NodeId) -> bool {
        let Some(call) = self.facts.call(node) else { return false };
        match self.facts.expression(self.facts[call].function) {
            Expression::Attribute { object, name } => {
                self.facts.text(name).ends_with("strip") && self.facts.name(object).is_some()
            }
            _ => false,
        }
    }

    /// The name is given something that does not depend on how the `yield` went; where the condition decides whether to
    /// leave, only what a loop or the caller gave.
    fn is_content(&self, binding: BindingId, decides: bool) -> bool {
        let facts = self.facts;
        let node = facts[binding].node;
        let inside = |up: &NodeId| *up != facts[self.function].node;
        let mut round = facts.ancestors(node).take_while(inside).map(|up| facts.syntax(up));
        let in_clause = round.any(|kind| matches!(kind, SyntaxKind::ExceptClause | SyntaxKind::FinallyClause));
        match facts[binding].bind {
            Bind::Param(..) => true,
            Bind::Item(id, _) if decides => self.has_several_items(facts[id].node),
            Bind::Value { .. } | Bind::Augmented(_) | Bind::Item(..) => !in_clause && !decides,
            _ => false,
        }
    }

    /// Nothing but an empty display, and nobody puts anything into it.
    fn stays_empty(&self, name: NodeId, held: &[BindingId]) -> bool {
        let facts = self.facts;
        let is_empty = |&id: &BindingId| match &facts[id].bind {
            Bind::Value { value, path: Some(path), .. } => facts.part(*value, path).is_some_and(|value| {
                let is_display = matches!(facts.expression(value), Expression::List | Expression::Dict);
                is_display && facts.elements(value).next().is_none()
            }),
            _ => false,
        };
        let looks_only = |used: NodeId| match Context::of(facts, used) {
            Context::Tested | Context::Iterated(_) | Context::Yielded(_) | Context::Compared(_) | Context::Shown => {
                true
            }
            Context::Argument(call, _) => facts.is_builtin(facts[call].function, "len"),
            _ => false,
        };
        let of_function = facts[self.function].node;
        let Meaning::Bound(_, bindings) = facts.meaning(name) else { return false };
        let is_bound = |used: NodeId| bindings.iter().any(|&id| facts[id].node == used);
        let uses = facts.spelled(facts.node_text(name)).into_iter().filter(|&used| facts.within(used, of_function));
        held.iter().all(is_empty) && uses.into_iter().all(|used| is_bound(used) || looks_only(used))
    }

    /// Somewhere the name is given a constant that says something, or counted up.
    fn is_flag(&self, name: NodeId) -> bool {
        let facts = self.facts;
        let Meaning::Bound(_, bindings) = facts.meaning(name) else { return true };
        bindings.into_iter().any(|binding| match &facts[binding].bind {
            Bind::Value { value, path: Some(path), .. } => {
                facts.part(*value, path).is_some_and(|value| match facts.expression(value) {
                    Expression::Bool(_) => true,
                    Expression::Text { .. } => facts.string(value).is_some_and(|text| !text.is_empty()),
                    Expression::Number => facts.node_text(value) != "0",
                    _ => false,
                })
            }
            Bind::Augmented(value) => matches!(facts.expression(*value), Expression::Number),
            _ => false,
        })
    }

    /// A `for` over several items.
    fn has_several_items(&self, node: NodeId) -> bool {
        let facts = self.facts;
        let Some(id) = facts.loop_at(node) else { return false };
        let iterable = facts[id].iterable;
        match facts.expression(iterable) {
            Expression::List | Expression::Tuple => {
                facts.elements(iterable).filter(|&element| !facts.is_starred(element)).count() > 1
            }
            Expression::Call(call) if facts.is_builtin(facts[call].function, "range") => {
                let last = facts[call].arguments.last().map(|argument| facts.node_text(argument.value));
                !matches!(last, None | Some("0" | "1"))
            }
            _ => false,
        }
    }

    /// The condition asks which round of a counting loop this is.
    fn asks_for_round(&self, condition: NodeId, held: &dyn Fn(NodeId) -> Vec<BindingId>) -> bool {
        let facts = self.facts;
        let counts = |binding: &BindingId| matches!(facts[*binding].bind, Bind::Item(id, _) if self.has_several_items(facts[id].node));
        let mut names = self.names_in(condition).into_iter();
        !self.asks_others(condition)
            && names.any(|name| {
                let held = held(name);
                !held.is_empty() && held.iter().all(counts)
            })
    }

    /// `while attempts < 3:` with `attempts += 1` in the loop.
    fn is_counted(&self, condition: NodeId, of: NodeId) -> bool {
        let facts = self.facts;
        let counts = |binding: BindingId| matches!(facts[binding].bind, Bind::Augmented(by) if matches!(facts.expression(by), Expression::Number));
        let mut names = self.names_in(condition).into_iter();
        !self.asks_others(condition)
            && names.any(|name| {
                let Meaning::Bound(_, bindings) = facts.meaning(name) else { return false };
                let inside: Vec<BindingId> =
                    bindings.into_iter().filter(|&id| facts.within(facts[id].node, of)).collect();
                !inside.is_empty() && inside.into_iter().all(counts)
            })
    }

    /// The condition calls or waits for something.
    fn asks_others(&self, condition: NodeId) -> bool {
        let tree = self.facts.tree(condition);
        tree.subtree(condition.row).any(|row| matches!(tree[row].kind, SyntaxKind::Call | SyntaxKind::Await))
    }

    fn names_in(&self, expression: NodeId) -> Vec<NodeId> {
        let facts = self.facts;
        let rows = facts.tree(expression).subtree(expression.row).map(|row| NodeId { row, ..expression });
        rows.filter(|&node| facts.syntax(node) == SyntaxKind::Identifier && !facts.is_behind_dot(node)).collect()
    }

    /// What the condition of a loop asks about is also named where the exception is seen, or asked of a function.
    fn is_touched(&self, condition: NodeId, of: NodeId) -> bool {
        let facts = self.facts;
        let mut named = self.names_in(condition).into_iter().flat_map(|name| facts.spelled(facts.node_text(name)));
        let in_clause = |node: NodeId| {
            let mut round = facts.ancestors(node).take_while(|&up| up != of);
            facts.within(node, of)
                && round.any(|up| matches!(facts.syntax(up), SyntaxKind::ExceptClause | SyntaxKind::FinallyClause))
        };
        self.asks_others(condition) || named.any(in_clause)
    }
}

/// A statement inside this one leaves the way.
fn leaves(facts: &Facts, statement: NodeId) -> bool {
    facts.tree(statement).subtree(statement.row).any(|row| {
        use SyntaxKind::{BreakStatement, ContinueStatement, RaiseStatement, ReturnStatement};
        matches!(facts.tree(statement)[row].kind, BreakStatement | ContinueStatement | RaiseStatement | ReturnStatement)
    })
}
