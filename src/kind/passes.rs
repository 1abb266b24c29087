//! Iterators of one pass in a function: what makes them, and what each place where one is read does to it.
//!
//! This is what the graph cannot know when it follows an object (`flow::objects`). Rules that ask something else about
//! the same objects change the answer for the places that matter to them.

use super::*;
use crate::facts::{AwaitId, Bind, BindingId, CallId, Expression, StoreId};
use crate::flow::{Context, Effect, Event, Giver, Judge, Maker, Use, stopped_by};

/// The judge of one function's iterators.
pub struct Passes<'k, 'a> {
    pub kinds: &'k Kinds<'a>,
    pub function: FunctionId,
}

impl Judge for Passes<'_, '_> {
    fn effect(&self, place: Use) -> Effect {
        self.kinds.effect(place)
    }

    fn keeps(&self, attribute: NodeId) -> bool {
        self.kinds.keeps(attribute, self.function)
    }

    fn is_strange(&self, event: Event) -> bool {
        self.kinds.is_strange(event)
    }
}

/// The same, for a rule that gives another answer about some places.
pub struct Changed<'k, 'a, F> {
    pub passes: Passes<'k, 'a>,
    pub effect: F,
}

impl<F: Fn(Use) -> Effect> Judge for Changed<'_, '_, F> {
    fn effect(&self, place: Use) -> Effect {
        (self.effect)(place)
    }

    fn keeps(&self, attribute: NodeId) -> bool {
        self.passes.keeps(attribute)
    }

    fn is_strange(&self, event: Event) -> bool {
        self.passes.is_strange(event)
    }
}

impl Kinds<'_> {
    /// What gives a name or an attribute a new iterator of one pass that has an end. What never ends is never used up; a
    /// loop over it is left early, or for good.
    pub fn one_pass_makers(&self, id: FunctionId) -> Vec<Maker> {
        self.makers(id, &[], &|value| self.async_iterates(value) == Answer::Yes(Pass::Once) && !self.is_endless(value))
    }

    /// What gives a name or an attribute a new async generator. `places` are those that read attributes of interest
    /// besides the iterables of loops.
    pub fn generator_makers(&self, id: FunctionId, places: &[NodeId]) -> Vec<Maker> {
        self.makers(id, places, &|value| self.is_async_generator(value))
    }

    fn makers(&self, id: FunctionId, places: &[NodeId], wanted: &dyn Fn(&Value) -> bool) -> Vec<Maker> {
        let module = self.module(HERE);
        let facts = &module.facts;
        let bindings = facts.bindings(id.island).filter(|&one| facts.function_of_scope(facts[one].scope) == Some(id));
        let is_one_kind = |id: BindingId| {
            !self.is_passed(here(id)) || !facts.reads(id).into_iter().any(|read| self.tells_apart(here(read)))
        };
        let named = bindings.filter(|&id| self.makes_something(facts, &facts[id].bind) && is_one_kind(id));
        let named = named.map(Giver::Binding);
        let stores =
            facts.stores(id.island).filter(|&one| facts[one].function == Some(id) && self.is_used_here(facts, one, id));
        // Whoever has the object sees the attribute as well, and may put back what is no generator.
        let stored = stores.map(Giver::Store).filter(|&giver| {
            self.makes_something(facts, giver.bind(facts)) && self.is_async_generator(&self.given_to(giver))
        });
        let gives = named.chain(stored).filter(|&giver| wanted(&self.given_to(giver))).map(Maker::Gives);
        gives.chain(self.brought(id, places, wanted)).collect()
    }

    /// The objects in whose attributes the function has a generator in hand that their constructor has put there.
    fn brought(&self, id: FunctionId, places: &[NodeId], wanted: &dyn Fn(&Value) -> bool) -> Vec<Maker> {
        let module = self.module(HERE);
        let facts = &module.facts;
        let mut makers: Vec<Maker> = Vec::new();
        let loops = facts.loops(id.island).map(|id| &facts[id]);
        let looped = loops.filter(|this| this.is_async && this.function == Some(id)).map(|this| this.iterable);
        for place in looped.chain(places.iter().copied()) {
            let Expression::Attribute { object, name } = facts.expression(place) else { continue };
            if facts.name(object).is_none() || !self.keeps(facts.bare(place), id) {
                continue;
            }
            let made = self.constructed_with(&self.value(here(object)), facts.text(name));
            if made.is_empty() || !made.iter().all(|&store| wanted(&self.given_to(Giver::Store(store)))) {
                continue;
            }
            for object in self.bindings_at(here(facts.bare(object))) {
                let maker = Maker::Brings { object, attribute: facts.text(name).to_string(), made: made.clone() };
                if !makers.contains(&maker) {
                    makers.push(maker);
                }
            }
        }
        makers
    }

    /// A cheap look: the attribute is mentioned once more in the function. Most are kept for others.
    fn is_used_here(&self, facts: &Facts, store: StoreId, id: FunctionId) -> bool {
        let span = facts.span(facts[id].node);
        let name = facts.text(facts[store].name);
        facts.source.find_word(name).filter(|&at| span.contains(at)).nth(1).is_some()
    }

    /// A cheap look: a name or an attribute is no new object.
    fn makes_something(&self, facts: &Facts, bind: &Bind) -> bool {
        match bind {
            Bind::Value { value, path: Some(path), .. } => {
                let part = facts.part(*value, path);
                let branches = part.map(|part| facts.branches(part)).unwrap_or_default();
                !branches.is_empty()
                    && branches.into_iter().all(|branch| match facts.expression(branch) {
                        Expression::Call(_) | Expression::Comprehension(_) => true,
                        Expression::Await(inner) => matches!(facts.expression(inner), Expression::Call(_)),
                        _ => false,
                    })
            }
            Bind::Entered { path: Some(path), .. } => path.is_empty(),
            Bind::Item(_, Some(path)) => path.is_empty(),
            // Of one without an annotation, the calls in the file say what it is.
            Bind::Param(..) => true,
            _ => false,
        }
    }

    /// The expression makes a new async generator each time, and nobody has asked it for anything: the call of an async
    /// generator function itself, or a generator expression. Whoever else gives one may have begun with it.
    pub fn is_new_generator(&self, node: NodeId) -> bool {
        let module = self.module(HERE);
        let facts = &module.facts;
        let branches = facts.branches(node);
        !branches.is_empty()
            && branches.into_iter().all(|branch| match facts.expression(branch) {
                Expression::Call(call) => match self.asked_for_iterator(call) {
                    Some(inner) => self.is_new_generator(inner),
                    None => self.calls_generator_function(facts[call].function, &self.value(here(branch))),
                },
                Expression::Comprehension(_) => self.is_async_generator_expression(here(branch)),
                _ => false,
            })
    }

    /// `x` in `aiter(x)` and `x.__aiter__()`, which of a generator are the generator.
    fn asked_for_iterator(&self, call: CallId) -> Option<NodeId> {
        let method = || self.receiver_of(here(call)).filter(|(_, name)| name == "__aiter__").map(|(object, _)| object);
        self.given_to_aiter(here(call)).or_else(method)
    }

    fn calls_generator_function(&self, function: NodeId, value: &Value) -> bool {
        if !self.is_async_generator(value) {
            return false;
        }
        let callee = self.value(here(function));
        self.members(value).iter().all(|member| {
            let Value::Instance(instance) = member else { return false };
            let Made::Calling(made) = instance.made else { return false };
            let mut callees = self.members(&callee).into_iter();
            callees.any(|callee| matches!(callee, Value::Function(callable) if callable.function == made))
        })
    }

    /// The value that a name or an attribute gets.
    pub fn given_to(&self, giver: Giver) -> Value {
        match giver {
            Giver::Binding(binding) => self.binding(here(binding)),
            Giver::Store(store) => self.stored(here(store)),
        }
    }

    /// The expression that makes it, else the name that got it.
    pub fn made_at(&self, made: Giver) -> Span {
        self.with(HERE, |facts| match made.bind(facts) {
            Bind::Value { value, .. } => facts.span(*value),
            _ => made.name(facts),
        })
    }

    /// What a place where the iterator is read does to it.
    pub fn effect(&self, place: Use) -> Effect {
        let module = self.module(HERE);
        let facts = &module.facts;
        // A generator object that has come to its end stays there, whoever else holds it; an object of a class may be put
        // back by code that is out of sight. No attribute is followed that holds anything but a generator.
        let is_attribute = matches!(facts.expression(place.node), Expression::Attribute { .. });
        let generator = is_attribute || self.is_async_generator(&self.value(here(place.node)));
        let out_of_sight = if generator && place.captured { Effect::Neutral } else { Effect::Escape };
        if place.captured {
            return out_of_sight;
        }
        let held = self.through_aiter(place.node);
        let awaited = |call: CallId| facts.parent(facts[call].node).and_then(|parent| facts.await_at(parent));
        match Context::of(facts, held) {
            Context::Iterated(id) if facts[id].is_async => Effect::Drain(Event::Exhausted(id)),
            Context::Lazy(_) => Effect::Again,
            Context::Argument(call, position) => self.argument_effect(facts, call, position, awaited(call)),
            Context::Method(call) => self.method_effect(facts, call, generator, awaited(call)),
            Context::Attribute(_) if generator => Effect::Neutral,
            Context::Managed(..) if generator => Effect::Neutral,
            Context::Managed(..) => Effect::Reset,
            Context::Stored if generator => Effect::Neutral,
            Context::Named => Effect::Alias,
            Context::Iterated(_)
            | Context::Awaited(_)
            | Context::Compared(_)
            | Context::Tested
            | Context::Shown
            | Context::Discarded => Effect::Neutral,
            Context::Attribute(_)
            | Context::Spread(..)
            | Context::Stored
            | Context::Returned(_)
            | Context::Yielded(_)
            | Context::Other => Effect::Escape,
        }
    }

    /// `aiter(it)` is the iterator again, wherever it stands.
    pub fn through_aiter(&self, node: NodeId) -> NodeId {
        let module = self.module(HERE);
        let facts = &module.facts;
        let mut node = node;
        loop {
            let call = match Context::of(facts, node) {
                Context::Argument(call, 0) if self.is_call_of(call, "builtins.aiter") => call,
                Context::Method(call) if facts.node_text(facts[call].function).ends_with(".__aiter__") => call,
                _ => return node,
            };
            node = facts[call].node;
        }
    }

    fn is_call_of(&self, call: CallId, name: &str) -> bool {
        self.called_name(here(call)).as_deref() == Some(name)
    }

    fn argument_effect(&self, facts: &Facts, call: CallId, position: usize, awaited: Option<AwaitId>) -> Effect {
        match self.called_name(here(call)).as_deref().unwrap_or_default() {
            "contextlib.aclosing" => match Context::of(facts, facts[call].node) {
                Context::Managed(with, item) => Effect::End(Event::Leave(with, item)),
                _ => Effect::Escape,
            },
            // With a default, the caller asks whether there is more.
            "builtins.anext" if facts[call].arguments.len() > 1 => Effect::Neutral,
            "builtins.anext" => self.step_effect(facts, awaited),
            // These only look at it, or are refused by Python, which does nothing to it either.
            "builtins.print"
            | "builtins.repr"
            | "builtins.str"
            | "builtins.id"
            | "builtins.type"
            | "builtins.isinstance"
            | "builtins.hasattr"
            | "builtins.callable"
            | "inspect.isasyncgen"
            | "inspect.isawaitable"
            | "inspect.iscoroutine"
            | "builtins.list"
            | "builtins.len"
            | "builtins.next"
            | "builtins.iter"
            | "builtins.sum"
            | "builtins.sorted" => Effect::Neutral,
            _ => match awaited.filter(|_| self.drains_argument(here(call), position)) {
                Some(id) => Effect::Drain(Event::Await(id)),
                None => Effect::Escape,
            },
        }
    }

    /// One item is asked for; a handler for the end of the iterator is reached when it has come.
    fn step_effect(&self, facts: &Facts, awaited: Option<AwaitId>) -> Effect {
        match awaited.and_then(|id| stopped_by(facts, id)) {
            Some(handler) => Effect::Drain(Event::Caught(handler)),
            None => Effect::Step,
        }
    }

    fn method_effect(&self, facts: &Facts, call: CallId, generator: bool, awaited: Option<AwaitId>) -> Effect {
        let Expression::Attribute { name, .. } = facts.expression(facts[call].function) else { return Effect::Escape };
        match (facts.text(name), awaited) {
            ("aclose", Some(id)) if generator => Effect::End(Event::Await(id)),
            ("__anext__", awaited) => self.step_effect(facts, awaited),
            ("asend" | "athrow", _) => Effect::Step,
            _ if generator => Effect::Neutral,
            // Any other method may put it back to its start.
            _ => Effect::Reset,
        }
    }
}
