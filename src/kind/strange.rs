//! Events that may run code of which nothing is known, and which might have a hand on the objects of the project.
//!
//! Whoever says that an attribute still holds what it held must know everything that ran in between. The language itself,
//! the standard library, described libraries and functions at the top of a module do nothing to an object that they are
//! not given. Objects of the project, their methods, nested functions and whatever is unknown may reach any other.
//!
//! Operators, and attributes of objects that are unknown, are taken to do nothing of the kind.

use super::*;
use crate::facts::{Call, CallId, Expression};
use crate::flow::Event;
use crate::syntax::SyntaxKind;

/// Modules of the standard library that do nothing but what they are called for.
static QUIET: &[&str] = &[
    "asyncio",
    "builtins",
    "collections",
    "contextlib",
    "copy",
    "datetime",
    "functools",
    "heapq",
    "inspect",
    "itertools",
    "json",
    "logging",
    "math",
    "operator",
    "os",
    "pprint",
    "random",
    "re",
    "statistics",
    "string",
    "sys",
    "textwrap",
    "time",
    "uuid",
    "warnings",
];

/// Builtins that assign to attributes, or run what they are given as text.
static LOUD: &[&str] = &[
    "builtins.__import__",
    "builtins.delattr",
    "builtins.eval",
    "builtins.exec",
    "builtins.globals",
    "builtins.locals",
    "builtins.setattr",
    "builtins.vars",
];

impl Kinds<'_> {
    /// The event, in the file that is checked, may run code that assigns to attributes of objects it was not seen with.
    pub fn is_strange(&self, event: Event) -> bool {
        let module = self.module(HERE);
        let facts = &module.facts;
        match event {
            Event::Load(node) => self.runs_code(node),
            Event::Store(store) => self.runs_code(facts[store].node),
            Event::Call(call) => self.is_strange_call(call),
            Event::Await(id) => match facts.call(facts[id].value) {
                Some(call) => self.is_strange_call(call),
                None => self.is_strange_source(facts[id].value, true),
            },
            // Whoever asks for the next item does something before.
            Event::Yield(_) => true,
            Event::Begin(id) | Event::Step(id) => self.is_strange_source(facts[id].iterable, facts[id].is_async),
            Event::Enter(with, item) | Event::Leave(with, item) => {
                self.is_strange_source(facts[with].items[item].value, true)
            }
            Event::Operate(node) => self.gives_away(node),
            Event::Use(_)
            | Event::Bind(_)
            | Event::Exhausted(_)
            | Event::Caught(_)
            | Event::Closure(_)
            | Event::Lazy(_)
            | Event::Return(_)
            | Event::Raise(_) => false,
        }
    }

    /// `object.name` is a property or the like, or the door to all attributes.
    fn runs_code(&self, attribute: NodeId) -> bool {
        let module = self.module(HERE);
        let Expression::Attribute { object, name } = module.facts.expression(attribute) else { return true };
        let name = module.facts.text(name);
        let runs = |member: Value| match member {
            Value::Instance(instance) if self.is_of_project(&instance) => match self.member_of(instance.class, name) {
                Lookup::Found(Value::Function(callable)) => callable.form == Form::Property,
                Lookup::Found(Value::Instance(descriptor)) => self.is_of_project(&descriptor),
                Lookup::Found(_) => false,
                Lookup::Missing => self.member_of(instance.class, "__getattr__") != Lookup::Missing,
                Lookup::Unknown => true,
            },
            _ => false,
        };
        name == "__dict__" || self.members(&self.value(here(object))).into_iter().any(runs)
    }

    /// What is looped over, entered or awaited may run such code.
    fn is_strange_source(&self, node: NodeId, is_async: bool) -> bool {
        match self.value(here(node)) {
            Value::Unknown => match self.with(HERE, |facts| facts.call(node)) {
                Some(call) => self.is_strange_call(call),
                // A plain loop over what is not known is a loop over a list, as good as ever; to wait for something
                // lets others run.
                None => is_async,
            },
            value => self.reaches_objects(&value),
        }
    }

    fn is_strange_call(&self, call: CallId) -> bool {
        let module = self.module(HERE);
        let facts = &module.facts;
        let Call { function, arguments, .. } = &facts[call];
        if arguments.iter().any(|argument| self.gives_away(argument.value)) {
            return true;
        }
        let name = self.called_name(here(call)).unwrap_or_default();
        if LOUD.contains(&&*name) {
            return true;
        }
        if name.split_once('.').is_some_and(|(module, _)| QUIET.contains(&module)) || self.is_logger(*function) {
            return false;
        }
        match self.value(here(*function)) {
            callee @ Value::Function(_) => self.reaches_objects(&callee),
            Value::Class(class) => !self.is_fully_known(class.class),
            _ => match facts.expression(*function) {
                // A method that no stub of ours knows, of a list, a string or the like.
                Expression::Attribute { object, .. } => match self.value(here(object)) {
                    Value::Unknown => true,
                    receiver => self.reaches_objects(&receiver),
                },
                // Whatever is called there, nobody knows it.
                _ => true,
            },
        }
    }

    /// A method of a logger, which is known by how it was made.
    fn is_logger(&self, function: NodeId) -> bool {
        self.spelling(here(function)).is_some_and(|name| name.starts_with("logging.getLogger()."))
    }

    /// An object of the project, or code that reaches some, is handed on somewhere in the expression. Reading an attribute
    /// of such an object hands on the attribute alone.
    fn gives_away(&self, node: NodeId) -> bool {
        let module = self.module(HERE);
        let facts = &module.facts;
        let tree = facts.tree(node);
        tree.subtree(node.row).map(|row| NodeId { row, ..node }).any(|part| match facts.syntax(part) {
            SyntaxKind::Identifier | SyntaxKind::Attribute => {
                let whole = facts.parent(part).is_none_or(|up| facts.syntax(up) != SyntaxKind::Attribute);
                whole && self.reaches_objects(&self.value(here(part)))
            }
            // They run somewhere else, and later.
            SyntaxKind::Lambda => true,
            SyntaxKind::GeneratorExpression => self.calls_something(facts, part),
            _ => false,
        })
    }

    /// Running, calling or holding the value leads to objects of the project.
    fn reaches_objects(&self, value: &Value) -> bool {
        self.members(value).iter().any(|member| match member {
            Value::Unknown | Value::Never | Value::Module { .. } | Value::Class(_) => false,
            Value::Super(_) => true,
            Value::Function(callable) => {
                let is_bound = callable.receiver.as_ref().is_some_and(|receiver| self.reaches_objects(receiver));
                is_bound || !self.stands_alone(callable.function)
            }
            Value::Instance(instance) if self.is_of_project(instance) => true,
            Value::Instance(instance) => match instance.made {
                Made::Calling(function) => !self.stands_alone(function) && !self.is_generator_here(function),
                Made::Here(made) => self.with(made.file, |facts| {
                    let made = facts.bare(made.id);
                    facts.syntax(made) == SyntaxKind::GeneratorExpression && self.calls_something(facts, made)
                }),
                _ => false,
            },
            Value::Union(_) => true,
        })
    }

    fn is_of_project(&self, instance: &Instance) -> bool {
        self.module(instance.class.file).library.is_empty()
    }

    /// A function of a described library, or one at the top of a module: it has no object but those it is given.
    fn stands_alone(&self, function: In<FunctionId>) -> bool {
        let module = self.module(function.file);
        !module.library.is_empty() || module.facts.is_module_scope(module.facts[function.id].outer)
    }

    /// What a generator of this file assigns to was read when the attribute was asked about (`keeping`).
    fn is_generator_here(&self, function: In<FunctionId>) -> bool {
        function.file == HERE && self.with(HERE, |facts| facts[function.id].is_generator())
    }

    /// Going through the generator expression calls something. What it goes through was worked out when it was made.
    fn calls_something(&self, facts: &Facts, generator: NodeId) -> bool {
        let inside = |node: NodeId| facts.within(node, generator) && !facts.is_leftmost(node, generator);
        facts.calls(generator.island).any(|call| inside(facts[call].node))
    }
}
