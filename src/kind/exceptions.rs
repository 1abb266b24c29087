//! Exceptions: which class a `raise` raises, and whether it gets out of the function.

use super::*;
use crate::facts::{Expression, Guard, HandlerId, RaiseId};

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
        let module = self.module(at.file);
        let facts = &module.facts;
        facts.guards(at.id).into_iter().all(|guard| match guard {
            Guard::Handlers(handlers) => {
                handlers.into_iter().all(|id| self.handles(In { file: at.file, id }, exception).is_no())
            }
            Guard::Finally(_) => false,
            Guard::Manager(with, item) => {
                let manager = facts[with].items[item].value;
                self.lets_pass(In { file: at.file, id: manager }, exception)
            }
        })
    }

    /// Whether a handler handles exceptions of this class.
    pub fn handles(&self, handler: In<HandlerId>, exception: &Value) -> Answer {
        let caught = self.with(handler.file, |facts| facts[handler.id].catches.map(|_| facts.caught(handler.id)));
        // A bare `except` handles everything.
        let Some(caught) = caught else { return Answer::Yes(()) };
        self.any(caught.into_iter().map(|id| self.is_caught_by(In { file: handler.file, id }, exception)))
    }

    fn any(&self, answers: impl Iterator<Item = Answer>) -> Answer {
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

    fn is_caught_by(&self, class: In<NodeId>, exception: &Value) -> Answer {
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

    /// The manager is known not to swallow the exception.
    fn lets_pass(&self, manager: In<NodeId>, exception: &Value) -> bool {
        let module = self.module(manager.file);
        let facts = &module.facts;
        if let Expression::Call(call) = facts.expression(manager.id)
            && self.called_name(In { file: manager.file, id: call }).as_deref() == Some("contextlib.suppress")
        {
            let arguments = facts[call].arguments.iter();
            return arguments
                .map(|argument| self.is_caught_by(In { file: manager.file, id: argument.value }, exception))
                .all(|caught| caught.is_no());
        }
        !crate::flow::may_swallow(facts, manager.id)
    }
}
