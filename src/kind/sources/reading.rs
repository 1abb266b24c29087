//! What an async generator asks for more while it runs: parameters, and variables of the function round it.

use super::*;
use crate::facts::FunctionId;
use crate::syntax::Field;

/// A name that a generator reads from.
struct Read {
    name: NodeId,
    /// The attribute or method of its value that is asked; None when the value itself is iterated.
    through: Option<String>,
    /// For a flag, which of its values the generator does not go on with: `if self.closed: raise`.
    refused: Option<bool>,
}

/// What may be asked of something closed.
static CLOSERS: &[&str] = &["aclose", "close", "disconnect", "release", "shutdown", "stop", "wait_closed"];

impl Kinds<'_> {
    /// What the generator that a call of a project's function makes will draw on while it runs; for a plain function,
    /// what that which it returns will.
    pub(super) fn sources_read_by(&self, callee: &Callable, call: In<CallId>, steps: u32) -> Vec<Source> {
        let function = callee.function;
        let module = self.module(function.file);
        let entry = &module.facts[function.id];
        if !matches!(callee.form, Form::Plain | Form::Static | Form::Class) || entry.is_damaged {
            return Vec::new();
        }
        let reads = match (entry.is_generator(), entry.is_async) {
            (true, true) => self.reads_of(function),
            (true, false) => return Vec::new(),
            (false, _) => {
                let returned = entry.returns.iter().filter_map(|&id| module.facts[id].value);
                returned.flat_map(|value| reads_in(&module.facts, value)).collect()
            }
        };
        let mut found: Vec<Source> = Vec::new();
        for read in reads {
            let Some(given) = self.given_for(read.name, callee, call) else { continue };
            for source in self.sources_asked(given, &read, steps) {
                if !found.iter().any(|known| known.is_same(&source)) {
                    found.push(source);
                }
            }
        }
        found
    }

    /// What closes a value that is asked so.
    fn sources_asked(&self, given: In<NodeId>, read: &Read, steps: u32) -> Vec<Source> {
        let value = self.value(given);
        let through = read.through.as_deref();
        if let Some(name) = through {
            let of_attribute = self.source_of_attribute(given, name, read.refused);
            if read.refused.is_some() {
                return of_attribute.into_iter().collect();
            }
            let spelled = if value == Value::Unknown { self.source_spelled(given, name) } else { None };
            if let Some(source) = of_attribute.or(spelled) {
                return vec![source];
            }
        }
        if self.is_asked_of(&value, through) { self.sources(given, steps + 1) } else { Vec::new() }
    }

    /// `async with Client() as client`, in a class of the project whose end closes the attribute that is asked.
    fn source_of_attribute(&self, object: In<NodeId>, name: &str, refused: Option<bool>) -> Option<Source> {
        let module = self.module(object.file);
        let facts = &module.facts;
        facts.name(object.id)?;
        let node = facts.bare(object.id);
        let [binding] = self.bindings_at(In { file: object.file, id: node })[..] else { return None };
        let Bind::Entered { with, item, path: Some(path) } = &facts[binding].bind else { return None };
        let manager = self.value(In { file: object.file, id: facts[*with].items[*item].value });
        let Value::Instance(instance) = &manager else { return None };
        let is_itself = path.is_empty() && self.value(object) == manager;
        let is_closed = is_itself
            && match refused {
                Some(refused) => self.sets_at_the_end(instance, name, refused),
                None => self.closes_attribute(instance, name),
            };
        if !is_closed {
            return None;
        }
        let with = In { file: object.file, id: *with };
        let is_left = self.is_left_for_good(with, *item, binding, node);
        Some(Source { with, item: *item, is_left, is_itself: false })
    }

    /// `__aexit__` closes what stands in an attribute, whoever has put it there, and that is known to be closed so.
    fn closes_attribute(&self, instance: &Instance, name: &str) -> bool {
        let value = Value::Instance(Rc::new(instance.clone()));
        let Lookup::Found(Value::Function(exit)) = self.special(&value, "__aexit__") else { return false };
        let module = self.module(exit.function.file);
        let facts = &module.facts;
        let entry = &facts[exit.function.id];
        let Some(own) = entry.params.first().map(|param| facts.text(param.name)) else { return false };
        let mut calls = facts.calls(exit.function.id.island).filter(|&id| facts[id].inside == Some(exit.function.id));
        calls.any(|id| {
            let Some((object, method)) = self.receiver_of(In { file: exit.function.file, id }) else { return false };
            let Expression::Attribute { object: of, name: attribute } = facts.expression(object) else { return false };
            // `if self.is_own:` leaves open what came from elsewhere.
            let mut conditions = facts.ancestors(object).take_while(|&up| up != entry.node);
            let is_sure = conditions.all(|up| {
                let condition =
                    facts.child(up, Field::Condition).filter(|_| facts.syntax(up) == SyntaxKind::IfStatement);
                condition.is_none_or(|condition| facts.node_text(condition).contains(facts.node_text(object)))
            });
            let closed = self.value(In { file: exit.function.file, id: object });
            let is_closing =
                |member: &Value| self.is_of_marked(member, "closes") || self.is_any_async_generator(member);
            is_sure
                && facts.name(of) == Some(own)
                && facts.text(attribute) == name
                && matches!(method.as_str(), "__aexit__" | "aclose" | "close")
                && self.members(&closed).iter().any(is_closing)
        })
    }

    /// `__aexit__`, or a method of `self` that it calls, sets the flag to that, whatever comes.
    fn sets_at_the_end(&self, instance: &Instance, name: &str, to: bool) -> bool {
        let value = Value::Instance(Rc::new(instance.clone()));
        let Lookup::Found(Value::Function(exit)) = self.special(&value, "__aexit__") else { return false };
        let module = self.module(exit.function.file);
        let facts = &module.facts;
        let calls = facts.calls(exit.function.id.island).filter(|&id| facts[id].inside == Some(exit.function.id));
        let called = calls.filter_map(|id| match self.value(In { file: exit.function.file, id: facts[id].function }) {
            Value::Function(method) if method.function.file == exit.function.file => Some(method.function.id),
            _ => None,
        });
        let ends: Vec<FunctionId> = [exit.function.id].into_iter().chain(called).collect();
        self.stores(exit.function.file, name).into_iter().any(|id| {
            let store = &facts[id];
            let is_sure = || facts.ancestors(store.node).all(|up| facts.syntax(up) != SyntaxKind::IfStatement);
            matches!(store.bind, Bind::Value { value, .. } if facts.expression(value) == Expression::Bool(to))
                && store.function.is_some_and(|function| ends.contains(&function))
                && is_sure()
        })
    }

    /// Being asked so, a closed object fails or gives nothing.
    fn is_asked_of(&self, value: &Value, through: Option<&str>) -> bool {
        let Some(name) = through else {
            return self.async_iterates(value).is_yes() || self.is_instance_of(value, "builtins", "IOBase");
        };
        if CLOSERS.contains(&name) {
            return false;
        }
        match self.attribute(value, name) {
            Lookup::Found(Value::Function(method)) => !self.module(method.function.file).library.is_empty(),
            Lookup::Found(Value::Instance(part)) => self.module(part.class.file).library != "builtins",
            _ => false,
        }
    }

    /// What stands behind a name in the generator: the argument for a parameter, or the variable of a function round it.
    fn given_for(&self, name: NodeId, callee: &Callable, call: In<CallId>) -> Option<In<NodeId>> {
        let function = callee.function;
        let module = self.module(function.file);
        let facts = &module.facts;
        let at = In { file: function.file, id: name };
        let [binding] = self.bindings_at(at)[..] else { return None };
        match facts[binding].bind {
            Bind::Param(of, index) if of == function.id => self.argument_for(callee, call, index),
            Bind::Param(..) => None,
            // What the generator opens itself is not closed under it.
            _ if facts.function_of_scope(facts[binding].scope) == Some(function.id) => None,
            _ if facts.is_module_scope(facts[binding].scope) => None,
            _ => Some(at),
        }
    }

    fn argument_for(&self, callee: &Callable, call: In<CallId>, index: usize) -> Option<In<NodeId>> {
        let module = self.module(call.file);
        let facts = &module.facts;
        let arguments = &facts[call.id].arguments;
        let at = |id: NodeId| Some(In { file: call.file, id });
        let is_bound = callee.receiver.is_some();
        if is_bound && index == 0 {
            return self.receiver_of(call).and_then(|(object, _)| at(object));
        }
        let name = self.with(callee.function.file, |of| of.text(of[callee.function.id].params[index].name).to_string());
        let by_name = arguments.iter().find(|argument| argument.name.is_some_and(|given| facts.text(given) == name));
        if let Some(argument) = by_name {
            return at(argument.value);
        }
        let is_plain = |argument: &&crate::facts::Argument| argument.name.is_none() && argument.splat == Splat::None;
        let position = index - is_bound as usize;
        let plain: Vec<_> = arguments.iter().take_while(is_plain).collect();
        plain.get(position).and_then(|argument| at(argument.value))
    }

    /// The names that a generator iterates, awaits something of, or enters something of.
    fn reads_of(&self, function: In<FunctionId>) -> Vec<Read> {
        let module = self.module(function.file);
        let facts = &module.facts;
        let island = function.id.island;
        let own = |node: NodeId| facts.function(node) == Some(function.id);
        let iterated = facts.loops(island).filter(|&id| own(facts[id].node)).map(|id| facts[id].iterable);
        let awaited = facts.awaits(island).filter(|&id| own(facts[id].node)).map(|id| facts[id].value);
        let withs = facts.withs(island).filter(|&id| facts[id].function == Some(function.id));
        let entered = withs.flat_map(|id| facts[id].items.iter().map(|item| item.value).collect::<Vec<_>>());
        let asked = iterated.chain(awaited).chain(entered).flat_map(|node| reads_in(facts, node));
        let flags =
            facts.conditions(island).filter(|&id| own(facts[id].value)).filter_map(|id| flag(facts, facts[id].value));
        asked.chain(flags).collect()
    }
}

/// `if self.closed: raise …`, `if not self.is_open: raise …`
fn flag(facts: &Facts, condition: NodeId) -> Option<Read> {
    let up = facts.parent(facts.wrapped(condition)).filter(|&up| facts.syntax(up) == SyntaxKind::IfStatement)?;
    let first = facts.children(facts.child(up, Field::Consequence)?).next()?;
    let (asked, refused) = match facts.expression(condition) {
        Expression::Not(inner) => (inner, false),
        _ => (condition, true),
    };
    let Expression::Attribute { object, name } = facts.expression(asked) else { return None };
    facts.name(object).filter(|_| facts.syntax(first) == SyntaxKind::RaiseStatement)?;
    Some(Read { name: facts.bare(object), through: Some(facts.text(name).to_string()), refused: Some(refused) })
}

/// The names that are read when the value of this expression is asked for more: `source` in `aiter(source)`, `client` in
/// `client.pages(1)`.
fn reads_in(facts: &Facts, node: NodeId) -> Vec<Read> {
    match facts.expression(node) {
        Expression::Name(_) => vec![Read { name: facts.bare(node), through: None, refused: None }],
        Expression::Await(inner) => reads_in(facts, inner),
        Expression::Attribute { object, name } => read_through(facts, object, facts.text(name)),
        Expression::Call(call) => {
            let of = match facts.expression(facts[call].function) {
                Expression::Attribute { object, name } => read_through(facts, object, facts.text(name)),
                _ => Vec::new(),
            };
            let given = facts[call].arguments.iter().filter(|argument| facts.name(argument.value).is_some());
            let given = given.map(|argument| Read { name: facts.bare(argument.value), through: None, refused: None });
            of.into_iter().chain(given).collect()
        }
        _ => Vec::new(),
    }
}

fn read_through(facts: &Facts, object: NodeId, name: &str) -> Vec<Read> {
    match facts.expression(object) {
        Expression::Name(_) => vec![Read { name: facts.bare(object), through: Some(name.to_string()), refused: None }],
        _ => reads_in(facts, object),
    }
}
