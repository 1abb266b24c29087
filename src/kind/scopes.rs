//! Managers that reach beyond their block: cancel scopes, and context variables that stay set.

use super::*;
use crate::facts::{CallId, Expression, WithId};
use crate::flow::Event;

/// What opens a task group, a timeout or a cancel scope, by its spelling.
static SCOPES: &[&str] = &[
    "asyncio.TaskGroup()",
    "asyncio.timeout()",
    "asyncio.timeout_at()",
    "anyio.create_task_group()",
    "anyio.CancelScope()",
    "anyio.fail_after()",
    "anyio.move_on_after()",
    "trio.open_nursery()",
    "trio.CancelScope()",
    "trio.fail_after()",
    "trio.fail_at()",
    "trio.move_on_after()",
    "trio.move_on_at()",
    "async_timeout.timeout()",
    "async_timeout.timeout_at()",
];

/// Managers that set a context variable on the way in and reset it on the way out.
static SETTERS: &[&str] = &[
    "contextvars.ContextVar().set()",
    "opentelemetry.trace.get_tracer().start_as_current_span()",
    "opentelemetry.trace.use_span()",
    "structlog.contextvars.bound_contextvars()",
    "logfire.span()",
];

/// How many managers of the project may open one another.
const DEEPEST_MANAGER: u32 = 4;

impl Kinds<'_> {
    /// The name of the cancel scope that a manager is, or that a manager of the project holds open at its `yield`.
    pub fn cancel_scope(&self, manager: In<NodeId>) -> Option<String> {
        self.opened(manager, 0, &|this, manager| this.own_scope(manager))
    }

    fn own_scope(&self, manager: In<NodeId>) -> Option<String> {
        let origin = self.origin_of(manager)?;
        let name = SCOPES.iter().find(|name| **name == origin.name)?.trim_end_matches("()");
        let call = origin.call?;
        // A timeout of None never strikes.
        let is_never = name.contains("timeout")
            && self.with(call.file, |facts| {
                matches!(&facts[call.id].arguments[..], [only] if facts.expression(only.value) == Expression::None)
            });
        (!is_never).then(|| name.to_string())
    }

    /// The name of what a manager sets in the context for as long as its block runs.
    pub fn context_setter(&self, manager: In<NodeId>) -> Option<String> {
        self.opened(manager, 0, &|this, manager| this.own_setter(manager))
    }

    fn own_setter(&self, manager: In<NodeId>) -> Option<String> {
        let origin = self.origin_of(manager)?;
        let name = SETTERS.iter().find(|name| **name == origin.name)?.trim_end_matches("()");
        let set = origin.call.filter(|_| name.ends_with(".set")).and_then(|call| self.set_variable(call));
        Some(set.unwrap_or_else(|| name.rsplit('.').next().unwrap_or_default().to_string()))
    }

    /// What a manager is by itself, or, of the project's own, what its function keeps open at its `yield`.
    fn opened(
        &self,
        manager: In<NodeId>,
        depth: u32,
        own: &dyn Fn(&Self, In<NodeId>) -> Option<String>,
    ) -> Option<String> {
        if let Some(name) = own(self, manager) {
            return Some(name);
        }
        let Value::Instance(instance) = self.value(manager) else { return None };
        let Made::Calling(function) = instance.made else { return None };
        if self.module(instance.class.file).library != "contextlib" || depth >= DEEPEST_MANAGER {
            return None;
        }
        let module = self.module(function.file);
        let facts = &module.facts;
        let first = *facts[function.id].yields.first()?;
        if let Some(variable) = self.variables_set(function).into_iter().next() {
            let set = own(self, In { file: function.file, id: facts[variable].node });
            if set.is_some() {
                return set;
            }
        }
        let withs = facts.withs(function.id.island).filter(|&id| facts.within(facts[first].node, facts[id].body));
        let items = withs.flat_map(|id| facts[id].items.iter().map(|item| item.value).collect::<Vec<_>>());
        let mut managers = items.map(|id| In { file: function.file, id });
        managers.find_map(|manager| self.opened(manager, depth + 1, own))
    }

    /// The name of the context variable that a call sets: `user` in `user.set(…)`.
    pub fn set_variable(&self, call: In<CallId>) -> Option<String> {
        self.with(call.file, |facts| {
            let function = facts[call.id].function;
            // Most calls have other names: those are not worth a search.
            if !matches!(facts.node_text(function).rsplit('.').next(), Some("set" | "attach")) {
                return None;
            }
            match self.spelling(In { file: call.file, id: function })?.as_str() {
                "contextvars.ContextVar().set" => match facts.expression(function) {
                    Expression::Attribute { object, .. } => Some(facts.node_text(object).to_string()),
                    _ => None,
                },
                "opentelemetry.context.attach" => Some("attach".to_string()),
                _ => None,
            }
        })
    }

    fn resets(&self, call: In<CallId>, variable: &str) -> bool {
        self.with(call.file, |facts| {
            let function = facts[call.id].function;
            let text = facts.node_text(function);
            match variable {
                "attach" => text.rsplit('.').next() == Some("detach"),
                variable => text.strip_suffix(".reset") == Some(variable),
            }
        })
    }

    /// The calls in a generator that set a context variable before a `yield`, while the variable is reset after it.
    pub fn variables_set(&self, function: In<FunctionId>) -> Vec<CallId> {
        let module = self.module(function.file);
        let calls = module.facts.calls(function.id.island);
        calls.filter(|&id| self.yield_while_set(In { file: function.file, id }).is_some()).collect()
    }

    /// The first `yield` that can be reached between a call that sets a context variable and one that resets it.
    pub fn yield_while_set(&self, call: In<CallId>) -> Option<NodeId> {
        let module = self.module(call.file);
        let facts = &module.facts;
        let inside = facts[call.id].inside.filter(|&function| facts[function].is_generator())?;
        let variable = self.set_variable(call)?;
        let flow = self.flow(In { file: call.file, id: inside })?;
        let is_reset = |event: Event| match event {
            Event::Call(id) => self.resets(In { file: call.file, id }, &variable),
            _ => false,
        };
        let is_set = |event: Event| event == Event::Call(call.id);
        let yields = flow.0.between(is_set, is_reset).into_iter().filter_map(|event| match event {
            Event::Yield(id) => Some(id),
            _ => None,
        });
        let mut yields: Vec<_> = yields.collect();
        yields.sort_unstable();
        yields.dedup();
        let leads_to_reset = |&id: &crate::facts::YieldId| {
            // The events before a reset are the same whether the search ends there or not, but for the reset itself.
            let after = flow.0.between(|event| event == Event::Yield(id), is_set);
            after.into_iter().any(is_reset)
        };
        yields.into_iter().find(leads_to_reset).map(|id| facts[id].node)
    }

    /// The first `yield` of the function itself in the body of a `with` statement.
    pub fn first_yield_in(&self, with: WithId) -> Option<NodeId> {
        let module = self.module(HERE);
        let facts = &module.facts;
        let function = facts[with].function?;
        let yields = facts[function].yields.iter().map(|&id| facts[id].node);
        yields.into_iter().find(|&node| facts.within(node, facts[with].body))
    }
}
