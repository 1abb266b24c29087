//! Functions that only declare: what they say a call gives, and what the functions they stand for give.

use super::*;
use crate::facts::{Bind, Expression};
use crate::syntax::StatementId;

/// What is known about the functions that a stub stands for.
pub struct Implementations {
    /// Those that give an async iterator when they are called.
    pub iterators: Vec<In<FunctionId>>,
    /// Each of them does.
    pub agree: bool,
}

impl Kinds<'_> {
    /// The function is `async def` without a `yield`, its body says nothing, and its annotation is an async iterator: as
    /// it stands, its call gives a coroutine.
    pub fn declares_iterator(&self, function: In<FunctionId>) -> bool {
        let annotation = self.with(function.file, |facts| {
            let entry = &facts[function.id];
            let stub = entry.is_async && entry.is_stub && !entry.is_generator() && !entry.is_damaged;
            entry.annotation.filter(|_| stub)
        });
        let Some(id) = annotation else { return false };
        let promised = self.members(&self.promised(In { file: function.file, id }));
        let is_iterator = |member: &Value| match member {
            Value::Instance(instance) => ["AsyncIterator", "AsyncIterable", "AsyncGenerator"]
                .iter()
                .any(|name| self.is_library_class(instance.class, "collections.abc", name)),
            _ => false,
        };
        promised.iter().all(is_iterator) && self.form(function).is_some()
    }

    /// The functions of the same file that a stub stands for: the one under an overload, the methods that override it.
    pub fn implementations(&self, stub: In<FunctionId>) -> Implementations {
        let module = self.module(stub.file);
        let facts = &module.facts;
        let name = facts[stub.id].name.map_or("", |name| facts.text(name));
        let found: Vec<FunctionId> = match (self.is_overload(stub), self.class_of(stub)) {
            (true, Some(class)) => facts.methods(name, class.id),
            (true, None) => functions(facts, facts.module_bindings(name)),
            (false, Some(class)) => {
                let subclasses = self.subclasses(class).into_iter();
                subclasses.flat_map(|other| facts.methods(name, other.id)).collect()
            }
            (false, None) => Vec::new(),
        };
        let real = found.into_iter().filter(|&id| id != stub.id && !facts[id].is_stub);
        let (iterators, others): (Vec<_>, Vec<_>) = real.map(|id| In { file: stub.file, id }).partition(|&function| {
            let given = self.given_by(function);
            self.async_iterates(&given).is_yes() && self.awaits(&given).is_no()
        });
        Implementations { iterators, agree: others.is_empty() }
    }

    fn is_overload(&self, function: In<FunctionId>) -> bool {
        let module = self.module(function.file);
        let decorators = module.facts[function.id].decorators.iter();
        let mut names = decorators.map(|&id| self.decorator_name(In { file: function.file, id }));
        names.any(|name| name.as_deref() == Some("typing.overload"))
    }

    /// The calls of a function in its file, by what is done with them: looped over as they are, or awaited.
    pub fn calls_of(&self, function: In<FunctionId>) -> CallsOf {
        let module = self.module(function.file);
        let facts = &module.facts;
        let mut calls = CallsOf { looped: Vec::new(), awaited: false };
        let Some(name) = facts[function.id].name else { return calls };
        let places = facts.source.find_word(facts.text(name));
        let mut statements: Vec<StatementId> = places.filter_map(|at| facts.outline.at(at)).collect();
        statements.dedup();
        let calls_it = |node: NodeId| match facts.expression(node) {
            Expression::Call(call) => {
                let callee = self.value(In { file: function.file, id: facts[call].function });
                self.members(&callee)
                    .iter()
                    .any(|member| matches!(member, Value::Function(callable) if callable.function == function))
            }
            _ => false,
        };
        for statement in statements {
            let loops = facts.loops(statement).map(|id| &facts[id]).filter(|each| each.is_async);
            calls.looped.extend(loops.map(|each| each.iterable).filter(|&iterable| calls_it(iterable)));
            calls.awaited |= facts.awaits(statement).any(|id| calls_it(facts[id].value));
        }
        calls
    }

    /// The stub of another file of the project that a method overrides.
    pub fn overridden_stub(&self, method: In<FunctionId>) -> Option<In<FunctionId>> {
        let class = self.class_of(method)?;
        let name = self.function_name(method)?.0;
        let base = self
            .bases(class)
            .into_iter()
            .skip(1)
            .map_while(|base| base)
            .find(|&base| self.with(base.file, |facts| !facts.class_bindings(&name, base.id).is_empty()))?;
        let module = self.module(base.file);
        let [id] = module.facts.methods(&name, base.id)[..] else { return None };
        let is_other = base.file != method.file && module.owner == crate::project::Owner::Project;
        let stub = In { file: base.file, id };
        (is_other && self.declares_iterator(stub)).then_some(stub)
    }
}

pub struct CallsOf {
    pub looped: Vec<NodeId>,
    pub awaited: bool,
}

fn functions(facts: &Facts, bindings: Vec<crate::facts::BindingId>) -> Vec<FunctionId> {
    let functions = bindings.into_iter().filter_map(|binding| match facts[binding].bind {
        Bind::Function(function) => Some(function),
        _ => None,
    });
    functions.collect()
}
