//! Responses of httpx's async client, as far as their spelling and the graph tell whether they were read.

use super::*;
use crate::facts::{CallId, Expression, Place};
use crate::flow::Event;

impl Kinds<'_> {
    /// The name stands for a streamed response of `httpx.AsyncClient`, out of a client with the usual transport.
    pub fn is_unread_response(&self, name: In<NodeId>) -> bool {
        let Some(origin) = self.origin_of(name) else { return false };
        let Some(call) = origin.call else { return false };
        let module = self.module(call.file);
        let facts = &module.facts;
        let is_streamed = match origin.name.strip_prefix("httpx2").or_else(|| origin.name.strip_prefix("httpx")) {
            Some(".AsyncClient().stream()") => true,
            Some(".AsyncClient().send()") => facts[call.id].arguments.iter().any(|argument| {
                argument.name.is_some_and(|name| facts.text(name) == "stream")
                    && facts.expression(argument.value) == Expression::Bool(true)
            }),
            _ => false,
        };
        let Expression::Attribute { object, .. } = facts.expression(facts[call.id].function) else { return false };
        let client = self.origin_of(In { file: call.file, id: object }).and_then(|client| client.call);
        is_streamed && client.is_some_and(|client| self.has_usual_transport(client))
    }

    /// A transport of one's own may give responses that hold their body already.
    fn has_usual_transport(&self, client: In<CallId>) -> bool {
        self.with(client.file, |facts| {
            facts[client.id].arguments.iter().all(|argument| {
                let name = argument.name.map(|name| facts.text(name));
                name.is_some_and(|name| !matches!(name, "transport" | "app" | "mounts"))
                    || name.is_some() && is_none_by_default(facts, argument.value)
            })
        })
    }

    /// On some way to the call, after the name was bound, the value was handed on, or its method of that name called.
    pub fn may_be_touched_before(&self, name: NodeId, call: CallId, method: &str) -> bool {
        let module = self.module(HERE);
        let facts = &module.facts;
        let flow = facts[call].inside.and_then(|function| self.flow(here(function)));
        let Some(flow) = flow.filter(|_| facts.function(name) == facts[call].inside) else { return true };
        let spelled = facts.node_text(name);
        let touches = |event: Event| match event {
            Event::Use(used) if facts.node_text(used) == spelled => match facts.place(used) {
                Place::Attribute(attribute) => facts.node_text(attribute).ends_with(&format!(".{method}")),
                _ => true,
            },
            Event::Closure(_) | Event::Lazy(_) => false,
            _ => false,
        };
        let binds = |event: Event| match event {
            Event::Bind(binding) => facts.text(facts[binding].name) == spelled,
            _ => false,
        };
        flow.0.between(touches, binds).contains(&Event::Call(call))
    }
}

/// A parameter that is None unless somebody says otherwise.
fn is_none_by_default(facts: &Facts, node: NodeId) -> bool {
    let Some(name) = facts.name(node) else { return false };
    let Some(function) = facts.function(node) else { return false };
    let mut params = facts[function].params.iter().filter(|param| facts.text(param.name) == name);
    let default = params.next().and_then(|param| param.default);
    default.is_some_and(|default| facts.expression(default) == Expression::None)
        && facts.named_in(name, facts[function].scope).len() == 1
}
