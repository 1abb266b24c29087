//! What holds an object while one function runs: its variables, and attributes of what those hold.
//!
//! A variable is the function's own (`variables`). An attribute is open to everybody who has the object. It holds what it
//! was given until its object's name is bound anew, until an attribute of the same name is assigned through another name,
//! which may stand for the same object, or until something *strange* happens: an event that may run code of which
//! nothing is known. Which events those are, and which attributes keep what they are given at all (no property, nobody
//! else who assigns to them), is for the caller to say: the graph does not know what values are.

use rustc_hash::FxHashMap;

use super::variables::{Variable, Variables};
use super::{Event, Flow};
use crate::facts::{Bind, BindingId, Expression, Facts, NodeId, StoreId};
use crate::text::Span;

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Holder {
    Variable(Variable),
    /// An attribute of what the variable holds.
    Attribute(Variable, Name),
}

/// The name of an attribute, by number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Name(u32);

/// What gives a holder its value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Giver {
    Binding(BindingId),
    Store(StoreId),
}

impl Giver {
    pub fn of(event: Event) -> Option<Giver> {
        match event {
            Event::Bind(binding) => Some(Giver::Binding(binding)),
            Event::Store(store) => Some(Giver::Store(store)),
            _ => None,
        }
    }

    pub fn bind(self, facts: &Facts) -> &Bind {
        match self {
            Giver::Binding(binding) => &facts[binding].bind,
            Giver::Store(store) => &facts[store].bind,
        }
    }

    /// The name that gets the value.
    pub fn name(self, facts: &Facts) -> Span {
        match self {
            Giver::Binding(binding) => facts[binding].name,
            Giver::Store(store) => facts[store].name,
        }
    }
}

#[derive(Debug)]
pub struct Holders {
    pub variables: Variables,
    names: FxHashMap<String, Name>,
    of_read: FxHashMap<NodeId, Holder>,
    of_store: FxHashMap<StoreId, Holder>,
}

impl Holders {
    /// The attributes that `keeps` says yes to are followed: it is asked about `object.name`, once for each object and
    /// name.
    pub fn of(facts: &Facts, flow: &Flow, keeps: &dyn Fn(NodeId) -> bool) -> Holders {
        let mut holders = Holders {
            variables: Variables::of(facts, flow),
            names: FxHashMap::default(),
            of_read: FxHashMap::default(),
            of_store: FxHashMap::default(),
        };
        let mut kept: FxHashMap<Holder, bool> = FxHashMap::default();
        for (_, event) in flow.events() {
            let node = match event {
                Event::Load(node) => node,
                Event::Store(store) => facts[store].node,
                _ => continue,
            };
            let Some(holder) = holders.attribute(facts, node) else { continue };
            if !*kept.entry(holder).or_insert_with(|| keeps(node)) {
                continue;
            }
            match event {
                Event::Store(store) => holders.of_store.insert(store, holder),
                _ => holders.of_read.insert(node, holder),
            };
        }
        holders
    }

    /// The attribute of a variable, when the node is one.
    fn attribute(&mut self, facts: &Facts, node: NodeId) -> Option<Holder> {
        let Expression::Attribute { object, name } = facts.expression(node) else { return None };
        let variable = self.variables.name(facts.bare(object))?;
        let next = Name(self.names.len() as u32);
        let name = *self.names.entry(facts.text(name).to_string()).or_insert(next);
        Some(Holder::Attribute(variable, name))
    }

    /// What is read at this name or attribute.
    pub fn read(&self, node: NodeId) -> Option<Holder> {
        let variable = self.variables.name(node).map(Holder::Variable);
        variable.or_else(|| self.of_read.get(&node).copied())
    }

    /// What gets the value.
    pub fn given(&self, giver: Giver) -> Option<Holder> {
        match giver {
            Giver::Binding(binding) => self.variables.binding(binding).map(Holder::Variable),
            Giver::Store(store) => self.of_store.get(&store).copied(),
        }
    }

    /// The attribute of what the binding's name holds; None when it is never read or assigned.
    pub fn within(&self, object: BindingId, attribute: &str) -> Option<Holder> {
        let holder = Holder::Attribute(self.variables.binding(object)?, *self.names.get(attribute)?);
        self.of_read.values().chain(self.of_store.values()).any(|&known| known == holder).then_some(holder)
    }

    /// Some attribute is followed.
    pub fn has_attributes(&self) -> bool {
        !self.of_read.is_empty() || !self.of_store.is_empty()
    }

    /// After this binding or assignment, the attribute may hold something else than before, though it was not the one
    /// that was assigned to: its object is another one, or an attribute of that name was assigned through another name.
    pub fn upsets(&self, facts: &Facts, giver: Giver, holder: Holder) -> bool {
        let Holder::Attribute(variable, name) = holder else { return false };
        match giver {
            Giver::Binding(binding) => self.variables.binding(binding) == Some(variable),
            Giver::Store(store) => {
                let assigned = self.names.get(facts.text(facts[store].name));
                assigned == Some(&name) && self.given(giver) != Some(holder)
            }
        }
    }
}
