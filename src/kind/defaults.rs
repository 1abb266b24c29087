//! Parameters that nobody has to fill, and what stands in for them: `client = client or Client()`, and
//! `if client is None: client = Client()`.
//!
//! Who passes something else passes what can do the same, and whoever passes nothing gets what stands there: that this
//! one works is what the code says.

use super::*;
use crate::facts::{Bind, BindingId, Expression};
use crate::syntax::{Field, SyntaxKind};

impl Kinds<'_> {
    /// What `one or other` gives.
    pub(super) fn one_or_other(&self, file: FileId, one: NodeId, other: NodeId) -> Value {
        let left = self.value(In { file, id: one });
        let right = self.value(In { file, id: other });
        if left == Value::Unknown && self.is_unfilled(In { file, id: one }) {
            return right;
        }
        let none = self.none();
        // None is not what is taken.
        let taken = self.members(&left).into_iter().filter(|member| *member != none);
        self.one_of(taken.chain([right]))
    }

    /// What stands in for a parameter in `x if x is not None else other`, whichever branch that is.
    pub(super) fn stands_in(&self, file: FileId, test: NodeId, branches: [NodeId; 2]) -> Option<Value> {
        let module = self.module(file);
        let facts = &module.facts;
        let asked = facts.node_text(facts.bare(test));
        let value = |id| self.value(In { file, id });
        let is_param = |id: NodeId| {
            let rest = facts.name(id).and_then(|name| asked.strip_prefix("not ").unwrap_or(asked).strip_prefix(name));
            rest.is_some_and(|rest| matches!(rest, "" | " is None" | " is not None"))
                && value(id) == Value::Unknown
                && self.is_unfilled(In { file, id })
        };
        match branches {
            [param, other] | [other, param] if is_param(param) => Some(value(other)),
            _ => None,
        }
    }

    /// The name stands for what a parameter was given that is None unless somebody says otherwise, in what is assigned;
    /// and nothing else in the function asks for it: who does may know one from the other.
    pub(super) fn is_unfilled(&self, at: In<NodeId>) -> bool {
        let module = self.module(at.file);
        let facts = &module.facts;
        let node = facts.bare(at.id);
        let Some(statement) = facts.name(node).and_then(|_| facts.simple_statement(node)) else { return false };
        let [param] = self.bindings_at(In { file: at.file, id: node })[..] else { return false };
        let is_assigned =
            facts.children(statement).next().is_some_and(|part| facts.syntax(part) == SyntaxKind::Assignment);
        let is_elsewhere = |&read: &NodeId| !facts.within(read, statement);
        let is_read = |read: NodeId| self.bindings_at(In { file: at.file, id: read }).contains(&param);
        is_assigned
            && is_none_by_default(facts, param)
            && !facts.reads(param).into_iter().filter(is_elsewhere).any(is_read)
    }

    /// Of the bindings that may reach a name, those that hold something: a parameter that is None does not when the
    /// others are what is assigned in that case.
    pub(super) fn filled(&self, file: FileId, reaching: Vec<BindingId>) -> Vec<BindingId> {
        let module = self.module(file);
        let facts = &module.facts;
        let (params, others): (Vec<BindingId>, Vec<BindingId>) =
            reaching.iter().partition(|&&binding| is_none_by_default(facts, binding));
        let stands_in = |&binding: &BindingId| is_assigned_if_missing(facts, binding);
        let is_unknown = |&param: &BindingId| self.binding(In { file, id: param }) == Value::Unknown;
        match !params.is_empty() && !others.is_empty() && others.iter().all(stands_in) && params.iter().all(is_unknown)
        {
            true => others,
            false => reaching,
        }
    }
}

fn is_none_by_default(facts: &Facts, binding: BindingId) -> bool {
    let Bind::Param(function, index) = facts[binding].bind else { return false };
    let default = facts[function].params[index].default;
    default.is_some_and(|default| facts.expression(default) == Expression::None)
}

/// `if client is None: client = Client()`
fn is_assigned_if_missing(facts: &Facts, binding: BindingId) -> bool {
    let name = facts.text(facts[binding].name);
    let Bind::Value { path: Some(ref path), .. } = facts[binding].bind else { return false };
    let block = facts.simple_statement(facts[binding].node).and_then(|statement| facts.parent(statement));
    let Some(up) = block.and_then(|block| facts.parent(block)) else { return false };
    let is_branch = facts.syntax(up) == SyntaxKind::IfStatement && facts.child(up, Field::Consequence) == block;
    let condition = facts.child(up, Field::Condition).filter(|_| is_branch && path.is_empty());
    condition.is_some_and(|condition| {
        let asked = facts.node_text(facts.bare(condition));
        asked.strip_prefix("not ") == Some(name) || asked.strip_suffix(" is None") == Some(name)
    })
}
