//! Calls that ask an async iterator for its next item, and code that may let its end out.

use super::*;
use crate::facts::{CallId, Expression, Splat};

/// `anext(it)`, `it.__anext__()`, `generator.asend(value)`: not yet awaited.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Step {
    pub iterator: NodeId,
    /// `anext(it, default)` has no end.
    pub has_default: bool,
}

/// How many functions a question about the end may lead through.
const DEEPEST_CALL: u32 = 4;

impl Kinds<'_> {
    pub fn step(&self, call: In<CallId>) -> Option<Step> {
        let module = self.module(call.file);
        let facts = &module.facts;
        let entry = &facts[call.id];
        if let Expression::Attribute { object, name } = facts.expression(entry.function) {
            let is_step = match (facts.text(name), &entry.arguments[..]) {
                ("__anext__", []) => self.qualified(In { file: call.file, id: entry.function }).is_none_or(|name| {
                    // `AsyncIterator.__anext__(it)` and the like name a class.
                    !name.starts_with("collections.") && !name.starts_with("typing.")
                }),
                ("asend", [_]) => self.is_async_generator(&self.value(In { file: call.file, id: object })),
                _ => false,
            };
            if is_step {
                return Some(Step { iterator: object, has_default: false });
            }
        }
        if self.called_name(call).as_deref() != Some("builtins.anext") {
            return None;
        }
        let plain = entry.arguments.iter().all(|argument| argument.splat == Splat::None && argument.name.is_none());
        match &entry.arguments[..] {
            [iterator] if plain => Some(Step { iterator: iterator.value, has_default: false }),
            [iterator, _] if plain => Some(Step { iterator: iterator.value, has_default: true }),
            _ => None,
        }
    }

    /// The step that an awaited expression makes, also in a task or under a timeout.
    pub fn awaited_step(&self, at: In<NodeId>) -> Option<Step> {
        let module = self.module(at.file);
        let mut node = at.id;
        for _ in 0..DEEPEST_CALL {
            let call = module.facts.call(node)?;
            let call_in = In { file: at.file, id: call };
            if let Some(step) = self.step(call_in) {
                return Some(step);
            }
            let wraps = matches!(
                &*self.called_name(call_in)?,
                "asyncio.wait_for" | "asyncio.create_task" | "asyncio.ensure_future" | "asyncio.shield"
            );
            let first = module.facts[call].arguments.first().filter(|_| wraps)?;
            node = first.value;
        }
        None
    }

    /// Awaiting the expression raises StopAsyncIteration once an iterator has come to its end: it is a step, or a call of
    /// a coroutine function that awaits one and lets it out.
    pub fn lets_the_end_out(&self, at: In<NodeId>) -> bool {
        self.lets_the_end_out_within(at, 0)
    }

    fn lets_the_end_out_within(&self, at: In<NodeId>, depth: u32) -> bool {
        let module = self.module(at.file);
        let facts = &module.facts;
        let Some(call) = facts.call(at.id) else { return false };
        if let Some(step) = self.step(In { file: at.file, id: call }) {
            let iterator = In { file: at.file, id: step.iterator };
            return !step.has_default && !self.is_endless(&self.value(iterator));
        }
        let Value::Instance(instance) = self.value(at) else { return false };
        let Made::Calling(function) = instance.made else { return false };
        if depth >= DEEPEST_CALL || !self.is_library_class(instance.class, "types", "CoroutineType") {
            return false;
        }
        let end = self.builtin("StopAsyncIteration");
        let of = self.module(function.file);
        let mut awaits = of.facts.awaits(function.id.island).map(|id| &of.facts[id]);
        awaits.any(|it| {
            let inside = |id: NodeId| In { file: function.file, id };
            it.function == Some(function.id)
                && self.lets_the_end_out_within(inside(it.value), depth + 1)
                && self.escapes(inside(it.node), &end)
        })
    }

    /// A StopAsyncIteration may come out of the code under the node, as far as it runs in the function: it is raised
    /// there, an iterator is stepped by hand, or something is awaited that may do so.
    pub fn may_stop_async(&self, at: In<NodeId>, function: Option<FunctionId>) -> bool {
        self.may_stop_async_within(at, function, 0)
    }

    fn may_stop_async_within(&self, at: In<NodeId>, function: Option<FunctionId>, depth: u32) -> bool {
        let module = self.module(at.file);
        let facts = &module.facts;
        let file = at.file;
        let island = at.id.island;
        let runs = |node: NodeId, of: Option<FunctionId>| of == function && facts.within(node, at.id);
        let raises = facts.raises(island).filter(|&id| runs(facts[id].node, facts[id].function)).any(|id| {
            let Some(value) = facts[id].value else { return true };
            let value = self.value(In { file, id: value });
            matches!(value, Value::Unknown | Value::Union(_)) || self.is_or_makes(&value, "StopAsyncIteration")
        });
        let steps = || {
            facts.calls(island).filter(|&id| runs(facts[id].node, facts[id].inside)).any(|id| {
                self.step(In { file, id }).is_some_and(|step| !step.has_default)
                    || matches!(self.value(In { file, id: facts[id].function }), Value::Function(callable)
                        if self.call_may_stop_async(&callable, depth))
            })
        };
        let awaits = || {
            facts.awaits(island).filter(|&id| runs(facts[id].node, facts[id].function)).any(|id| {
                self.members(&self.value(In { file, id: facts[id].value })).iter().any(|value| match value {
                    Value::Instance(instance) => match instance.made {
                        // Its body was looked at where it is called.
                        Made::Calling(_) => !self.is_library_class(instance.class, "types", "CoroutineType"),
                        // Some drivers' `next()` let it out.
                        Made::Stub(function) => self.module(function.file).library != "asyncio",
                        _ => true,
                    },
                    _ => true,
                })
            })
        };
        raises || steps() || awaits()
    }

    /// Calling the function, or awaiting what it gives, may raise StopAsyncIteration.
    fn call_may_stop_async(&self, callable: &Callable, depth: u32) -> bool {
        let function = callable.function;
        let module = self.module(function.file);
        let entry = &module.facts[function.id];
        if module.is_stub() || entry.is_generator() || callable.form != Form::Plain {
            return false;
        }
        // One that says nothing may be anything where it is overridden.
        let is_open = entry.is_stub && !entry.is_lambda();
        let body = In { file: function.file, id: entry.body };
        is_open || depth >= DEEPEST_CALL || self.may_stop_async_within(body, Some(function.id), depth + 1)
    }
}
