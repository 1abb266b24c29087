//! Exceptions: which class a `raise` raises, and whether it gets out of the function.

use super::*;
use crate::facts::{Bind, Expression, Guard, HandlerId, RaiseId};

/// Managers that handle whatever comes have one of these in their names.
const SWALLOWING: [&str; 18] = [
    "attempt", "assert", "catch", "cancel", "error", "except", "expect", "guard", "handle", "ignor", "raises",
    "recover", "safe", "scope", "stack", "subtest", "suppress", "swallow",
];

/// How many managers may be made of each other.
const DEEPEST_MANAGER: u32 = 4;

impl Kinds<'_> {
    /// What a `raise` raises: its value, or for a bare one what the handler round it has caught, when that is of one
    /// class.
    pub fn raised(&self, raise: In<RaiseId>) -> Value {
        let module = self.module(raise.file);
        let facts = &module.facts;
        if let Some(id) = facts[raise.id].value {
            return self.value(In { file: raise.file, id });
        }
        let Some(handler) = facts.handler_round(facts[raise.id].node) else { return Value::Unknown };
        match facts.caught(handler)[..] {
            [id] => self.value(In { file: raise.file, id }),
            _ => Value::Unknown,
        }
    }

    /// True when an exception of this class, or an instance, that comes up at the node certainly leaves the function.
    pub fn escapes(&self, at: In<NodeId>, exception: &Value) -> bool {
        self.escapes_from(at, exception, 0)
    }

    fn escapes_from(&self, at: In<NodeId>, exception: &Value, depth: u32) -> bool {
        let module = self.module(at.file);
        let facts = &module.facts;
        facts.guards(at.id).into_iter().all(|guard| match guard {
            Guard::Handlers(handlers) => {
                handlers.into_iter().all(|id| self.handles(In { file: at.file, id }, exception).is_no())
            }
            Guard::Finally(_) => false,
            Guard::Manager(with, item) => {
                let manager = In { file: at.file, id: facts[with].items[item].value };
                let known = self.lets_through(manager, exception, depth);
                known.unwrap_or_else(|| self.lets_stop_pass(manager, exception))
            }
        })
    }

    /// An exception of the builtin class that comes up at the node may be kept inside the function.
    pub fn may_be_caught(&self, at: In<NodeId>, exception: &str) -> bool {
        match self.library_class("builtins", exception) {
            Some(class) => !self.escapes(at, &self.class_value(class)),
            None => true,
        }
    }

    /// The code minds that `object.name` may be missing: it asks with `hasattr` or `getattr` about the same object, or
    /// an AttributeError at this place may be caught.
    pub fn is_minded(&self, attribute: In<NodeId>) -> bool {
        let asked = self.with(attribute.file, |facts| {
            let Expression::Attribute { object, name } = facts.expression(attribute.id) else { return false };
            let (object, name, function) = (facts.node_text(object), facts.text(name), facts.function(attribute.id));
            facts.calls(attribute.id.island).filter(|&id| facts[id].inside == function).any(|id| {
                let call = &facts[id];
                let [of, what, ..] = &call.arguments[..] else { return false };
                let asks = matches!(facts.node_text(call.function), "hasattr" | "getattr");
                asks && facts.node_text(of.value) == object && facts.string(what.value) == Some(name)
            })
        });
        asked || self.may_be_caught(attribute, "AttributeError")
    }

    /// Whether a handler handles exceptions of this class.
    pub fn handles(&self, handler: In<HandlerId>, exception: &Value) -> Answer {
        let caught = self.with(handler.file, |facts| facts[handler.id].catches.map(|_| facts.caught(handler.id)));
        // A bare `except` handles everything.
        let Some(caught) = caught else { return Answer::Yes(()) };
        let caught = caught.into_iter().map(|id| In { file: handler.file, id });
        self.any(caught.flat_map(|at| self.named_together(at)).map(|at| self.is_caught_by(at, exception)))
    }

    /// The classes of a tuple that has a name of its own: `except STOPPED:`.
    fn named_together(&self, at: In<NodeId>) -> Vec<In<NodeId>> {
        self.with(at.file, |facts| {
            let bindings = self.bindings_at(at);
            let value = match bindings[..] {
                [binding] => match facts[binding].bind {
                    Bind::Value { value, path: Some(ref path), .. } => facts.part(value, path),
                    _ => None,
                },
                _ => None,
            };
            match value.filter(|&value| facts.expression(value) == Expression::Tuple) {
                Some(tuple) => facts.elements(tuple).map(|id| In { file: at.file, id }).collect(),
                None => vec![at],
            }
        })
    }

    pub(super) fn any(&self, answers: impl Iterator<Item = Answer>) -> Answer {
        let mut joined = Answer::No;
        for answer in answers {
            match answer {
                Answer::Yes(()) => return answer,
                Answer::Unknown => joined = answer,
                Answer::No => {}
            }
        }
        joined
    }

    pub(super) fn is_caught_by(&self, class: In<NodeId>, exception: &Value) -> Answer {
        let raised = match exception {
            Value::Class(class) => class.class,
            Value::Instance(instance) => instance.class,
            _ => return Answer::Unknown,
        };
        let Value::Class(named) = self.value(class) else { return self.is_caught_by_unknown(class) };
        let bases = self.bases(raised);
        match bases.contains(&Some(named.class)) {
            true => Answer::Yes(()),
            false if bases.contains(&None) => Answer::Unknown,
            false => Answer::No,
        }
    }

    /// What another package calls `…Error` is a class of its own, and no base of the builtin ones.
    fn is_caught_by_unknown(&self, class: In<NodeId>) -> Answer {
        let name = self.qualified(class).unwrap_or_default();
        let imported = name.contains('.');
        match name.rsplit('.').next() {
            Some(last) if imported && (last.ends_with("Error") || last == "CancelledError") => Answer::No,
            _ => Answer::Unknown,
        }
    }

    /// The classes that `suppress(…)` names; None for another manager.
    pub(super) fn suppressed(&self, manager: In<NodeId>) -> Option<Vec<In<NodeId>>> {
        self.with(manager.file, |facts| {
            let call = facts.call(manager.id)?;
            let is_suppress =
                self.called_name(In { file: manager.file, id: call }).as_deref() == Some("contextlib.suppress");
            let names = facts[call].arguments.iter().map(|argument| In { file: manager.file, id: argument.value });
            is_suppress.then(|| names.collect())
        })
    }

    /// The manager is known not to swallow the exception.
    pub(super) fn lets_pass(&self, manager: In<NodeId>, exception: &Value) -> bool {
        self.lets_through(manager, exception, 0) == Some(true)
    }

    /// Whether the manager lets the exception pass; None when nobody knows.
    fn lets_through(&self, manager: In<NodeId>, exception: &Value, depth: u32) -> Option<bool> {
        let module = self.module(manager.file);
        let facts = &module.facts;
        if let Some(names) = self.suppressed(manager) {
            return Some(names.into_iter().all(|name| self.is_caught_by(name, exception).is_no()));
        }
        if !crate::flow::may_swallow(facts, manager.id) {
            return Some(true);
        }
        let Value::Instance(instance) = self.value(manager) else { return None };
        let thrown = self.thrown_into(&instance, exception, depth);
        thrown.or_else(|| self.exit_swallows(&instance).map(|swallows| !swallows))
    }

    /// The end of an iterator is nothing that a manager handles, but for those that handle whatever comes: they are
    /// named after that.
    fn lets_stop_pass(&self, manager: In<NodeId>, exception: &Value) -> bool {
        let name = self.with(manager.file, |facts| facts.node_text(manager.id).to_lowercase());
        let is_stop = ["StopIteration", "StopAsyncIteration"].iter().any(|stop| self.is_or_makes(exception, stop));
        is_stop && !SWALLOWING.iter().any(|word| name.contains(word))
    }

    /// Whether the exception leaves a manager's function that gets it at its own `yield`.
    fn thrown_into(&self, manager: &Instance, exception: &Value, depth: u32) -> Option<bool> {
        let Made::Calling(function) = manager.made else { return None };
        if depth == DEEPEST_MANAGER {
            return Some(false);
        }
        let module = self.module(function.file);
        let mut yields = module.facts[function.id].yields.iter().map(|&id| module.facts[id].node).peekable();
        yields.peek()?;
        Some(yields.all(|id| self.escapes_from(In { file: function.file, id }, exception, depth + 1)))
    }

    /// Whether `__exit__` may return something that is true; None when it is not there to be read.
    fn exit_swallows(&self, manager: &Instance) -> Option<bool> {
        let exit =
            ["__exit__", "__aexit__"].into_iter().find_map(|name| match self.member_of(manager.class, name) {
                Lookup::Found(Value::Function(exit)) => Some(exit),
                _ => None,
            })?;
        let module = self.module(exit.function.file);
        let facts = &module.facts;
        let entry = &facts[exit.function.id];
        if module.is_stub() || exit.form != Form::Plain || entry.is_stub {
            return None;
        }
        Some(entry.returns.iter().any(|&id| {
            facts[id]
                .value
                .is_some_and(|value| !matches!(facts.expression(value), Expression::None | Expression::Bool(false)))
        }))
    }
}
