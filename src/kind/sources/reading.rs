//! What an async generator asks for more while it runs: parameters, and variables of the function round it.

use super::*;

/// A name that a generator reads from.
struct Read {
    name: NodeId,
    /// The attribute or method of its value that is asked; None when the value itself is iterated.
    through: Option<String>,
}

/// What may be asked of something closed.
static CLOSERS: &[&str] = &["aclose", "close", "disconnect", "release", "shutdown", "stop", "wait_closed"];

impl Kinds<'_> {
    /// What the generator that a call of a project's function makes will draw on while it runs.
    pub(super) fn sources_read_by(&self, callee: &Callable, call: In<CallId>, steps: u32) -> Vec<Source> {
        let function = callee.function;
        let module = self.module(function.file);
        let entry = &module.facts[function.id];
        let is_generator = self.is_async_generator_function(&Value::Function(Rc::new(callee.clone())));
        if !is_generator || entry.is_damaged {
            return Vec::new();
        }
        let mut found: Vec<Source> = Vec::new();
        for read in self.reads_of(function) {
            let Some(given) = self.given_for(read.name, callee, call) else { continue };
            if !self.is_asked_of(&self.value(given), read.through.as_deref()) {
                continue;
            }
            for source in self.sources(given, steps + 1) {
                if !found.iter().any(|known| known.is_same(&source)) {
                    found.push(source);
                }
            }
        }
        found
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
        iterated.chain(awaited).chain(entered).flat_map(|node| reads_in(facts, node)).collect()
    }
}

/// The names that are read when the value of this expression is asked for more: `source` in `aiter(source)`, `client` in
/// `client.pages(1)`.
fn reads_in(facts: &Facts, node: NodeId) -> Vec<Read> {
    match facts.expression(node) {
        Expression::Name(_) => vec![Read { name: facts.bare(node), through: None }],
        Expression::Await(inner) => reads_in(facts, inner),
        Expression::Attribute { object, name } => read_through(facts, object, facts.text(name)),
        Expression::Call(call) => {
            let of = match facts.expression(facts[call].function) {
                Expression::Attribute { object, name } => read_through(facts, object, facts.text(name)),
                _ => Vec::new(),
            };
            let given = facts[call].arguments.iter().filter(|argument| facts.name(argument.value).is_some());
            let given = given.map(|argument| Read { name: facts.bare(argument.value), through: None });
            of.into_iter().chain(given).collect()
        }
        _ => Vec::new(),
    }
}

fn read_through(facts: &Facts, object: NodeId, name: &str) -> Vec<Read> {
    match facts.expression(object) {
        Expression::Name(_) => vec![Read { name: facts.bare(object), through: Some(name.to_string()) }],
        _ => reads_in(facts, object),
    }
}
