//! What a call gives, and what decorators make of a function.

use std::rc::Rc;

use super::annotation::{Environment, Written, read};
use super::*;
use crate::facts::{Bind, CallId, Expression, ImportId, Meaning, ParamKind, Splat};
use crate::syntax::{StatementId, StatementKind};

/// Modules whose functions others pass on under the same names.
static HELPERS: &[&str] = &["contextlib", "functools"];

impl Kinds<'_> {
    pub(super) fn function_value(&self, function: In<FunctionId>) -> Value {
        Value::Function(Rc::new(Callable { function, receiver: None, form: Form::Plain, given: None }))
    }

    /// The class in whose body the function stands.
    pub fn class_of(&self, function: In<FunctionId>) -> Option<In<ClassId>> {
        self.with(function.file, |facts| {
            let outer = facts.canonical(facts[function.id].outer);
            if facts.is_module_scope(outer) {
                return None;
            }
            facts[outer].class.map(|id| In { file: function.file, id })
        })
    }

    /// The full dotted name that an expression of names and attributes spells, through the imports of its file:
    /// `asyncio.wait_for` whether it was `import asyncio as aio` or `from asyncio import wait_for`.
    pub fn qualified(&self, at: In<NodeId>) -> Option<Rc<str>> {
        // Every rule about calls asks this of the same calls.
        remembered(&self.names, at, || self.spell(at).map(Rc::from))
    }

    fn spell(&self, at: In<NodeId>) -> Option<String> {
        self.with(at.file, |facts| match facts.expression(at.id) {
            Expression::Name(name) => match facts.meaning(facts.bare(at.id)) {
                Meaning::Builtin => Some(format!("builtins.{}", facts.text(name))),
                Meaning::Bound(_, bindings) => {
                    let mut names = bindings.iter().map(|&binding| match &facts[binding].bind {
                        Bind::Import(import) => {
                            if let Some(name) = self.passed_on(In { file: at.file, id: *import }) {
                                return Some(name);
                            }
                            let import = &facts[*import];
                            let dots = ".".repeat(import.level as usize);
                            let module = match import.module.as_str() {
                                "typing_extensions" => "typing",
                                module => module,
                            };
                            Some(match &import.name {
                                Some(name) if module.is_empty() => format!("{dots}{name}"),
                                Some(name) => format!("{dots}{module}.{name}"),
                                None if import.has_alias => module.to_string(),
                                None => module.split('.').next().unwrap_or_default().to_string(),
                            })
                        }
                        // `@value.setter` under a property of that name.
                        Bind::Function(_) => Some(facts.text(name).to_string()),
                        _ => None,
                    });
                    // Twins such as `try: from a import f` / `except ImportError: from b import f` differ.
                    let first = names.next()??;
                    let is_function = matches!(facts[bindings[0]].bind, Bind::Function(_));
                    (is_function || names.all(|other| other.as_deref() == Some(first.as_str()))).then_some(first)
                }
                Meaning::Unknown => {
                    let name = facts.text(name);
                    self.is_left_by_stars(at.file, name).then(|| format!("builtins.{name}"))
                }
            },
            Expression::Attribute { object, name } => {
                let object = self.qualified(In { file: at.file, id: object })?;
                Some(format!("{object}.{}", facts.text(name)))
            }
            _ => None,
        })
    }

    /// `contextlib.aclosing` for `from .compat import aclosing`, where that module has it from there.
    fn passed_on(&self, import: In<ImportId>) -> Option<String> {
        use crate::project::library::module;
        // Most imports are of other names, and those are not worth reading a module for.
        let is_helper = self.with(import.file, |facts| {
            let entry = &facts[import.id];
            let is_described = entry.level == 0 && module(&entry.module).is_some();
            let mut helpers = HELPERS.iter().filter_map(|name| module(name));
            let name = entry.name.as_deref().filter(|_| !is_described);
            name.is_some_and(|name| helpers.any(|from| !from.facts.module_bindings(name).is_empty()))
        });
        is_helper.then(|| self.library_name(&self.imported(import)))?
    }

    pub(super) fn call(&self, call: In<CallId>) -> Value {
        let module = self.module(call.file);
        let facts = &module.facts;
        let entry = &facts[call.id];
        if let Some(value) = self.special_call(call) {
            return value;
        }
        if let Some(value) = self.plain_coroutine(call).or_else(|| self.taken_out_of_dict(call)) {
            return value;
        }
        let callee = self.value(In { file: call.file, id: entry.function });
        if let Some(chosen) = self.overload(&callee, call) {
            return chosen;
        }
        // While it is None there is nothing to call.
        let none = self.none();
        let is_union = matches!(callee, Value::Union(_));
        self.each(&callee, |callee| match is_union && *callee == none {
            true => Value::Never,
            false => self.called(callee, Some(call)),
        })
    }

    /// Most calls in async code are calls of coroutine functions, and the outline alone knows one: an undecorated `async
    /// def` without a `yield` anywhere in its text. What it returns is worked out when somebody awaits it.
    fn plain_coroutine(&self, call: In<CallId>) -> Option<Value> {
        let module = self.module(call.file);
        let facts = &module.facts;
        let function = facts.bare(facts[call.id].function);
        let definition = match facts.expression(function) {
            Expression::Name(name) => facts.outlined_function(facts.text(name), facts.scope(function))?,
            Expression::Attribute { object, name } => {
                let name = facts.text(name);
                let class = self.own_class(In { file: call.file, id: object })?;
                // Somebody who assigns to the attribute, or overrides the method, has a say.
                let is_alone =
                    facts.source.find_word(name).filter(|&at| facts.defines_or_stores(name, at)).count() == 1;
                facts.outlined_method(name, class).filter(|_| is_alone)?
            }
            _ => return None,
        };
        let statement = facts.outline.statement(definition);
        // A body that may say nothing is for the long way to read.
        let body = &statement.span.text(&facts.source.text)[statement.header.len() as usize..];
        let says_something =
            (body.contains("await ") || body.contains("return ")) && !body.contains("NotImplementedError");
        if statement.kind != (StatementKind::Function { is_async: true })
            || !says_something
            || module.is_stub()
            || statement.span.text(&facts.source.text).contains("yield")
        {
            return None;
        }
        // An undecorated function comes first in the tables of its own statement. What only looks like one to the
        // outline, `async def f async with g:`, is none to the grammar.
        let function = In { file: call.file, id: facts.functions(definition).next()? };
        Some(self.library_of("types", "CoroutineType", vec![], Made::Calling(function)))
    }

    /// The class statement in whose method this is the plain `self`.
    fn own_class(&self, object: In<NodeId>) -> Option<StatementId> {
        let module = self.module(object.file);
        let facts = &module.facts;
        let node = facts.bare(object.id);
        let name = facts.name(node)?;
        let function = facts.function(node)?;
        let class = facts.outline.statement(node.island).parent?;
        let entry = &facts[function];
        let is_method = entry.decorators.is_empty() && function == FunctionId::new(node.island, 0);
        let first = entry.params.first()?;
        let is_self = facts.text(first.name) == name && facts.named_in(name, entry.scope).len() == 1;
        (is_method && is_self && facts.scope(node) == entry.scope).then_some(class)
    }

    /// The dotted name of the function or class that a call calls, through imports and through names that stand for a
    /// library's function: `begin = aiter; begin(x)` calls `builtins.aiter`.
    pub fn called_name(&self, call: In<CallId>) -> Option<Rc<str>> {
        let module = self.module(call.file);
        let function = In { file: call.file, id: module.facts[call.id].function };
        if let Some(name) = self.qualified(function).filter(|name| name.contains('.')) {
            return Some(name);
        }
        // Only a name that was assigned is worth a value: most calls are calls of definitions.
        module.facts.name(function.id)?;
        self.library_name(&self.value(function)).map(Rc::from)
    }

    /// Calls that no stub can describe.
    fn special_call(&self, call: In<CallId>) -> Option<Value> {
        let module = self.module(call.file);
        let facts = &module.facts;
        let entry = &facts[call.id];
        let argument = |index: usize| {
            let plain = |argument: &&crate::facts::Argument| argument.name.is_none() && argument.splat == Splat::None;
            let argument = entry.arguments.get(index).filter(plain)?;
            Some(self.value(In { file: call.file, id: argument.value }))
        };
        let name = self.called_name(call)?;
        match &*name {
            "builtins.aiter" => {
                let iterable = argument(0)?;
                Some(self.each(&iterable, |iterable| self.async_iterator(iterable)))
            }
            "builtins.anext" => {
                let item = self.async_item(&argument(0)?);
                let item = match argument(1) {
                    Some(default) => self.either(item, default),
                    None => item,
                };
                Some(self.library_of(
                    "collections.abc",
                    "_Step",
                    vec![Value::Unknown, Value::Unknown, item],
                    Made::Given,
                ))
            }
            "builtins.next" => {
                let item = self.item(&argument(0)?);
                match argument(1) {
                    Some(default) => Some(self.either(item, default)),
                    None => Some(item),
                }
            }
            // Of several arguments it is the greatest.
            "builtins.max" | "builtins.min"
                if entry.arguments.iter().filter(|given| given.name.is_none()).count() == 1 =>
            {
                Some(self.item(&argument(0)?))
            }
            "builtins.super" if entry.arguments.is_empty() => {
                let function = entry.inside?;
                self.class_of(In { file: call.file, id: function }).map(Value::Super)
            }
            "builtins.iter" if entry.arguments.len() == 1 => {
                Some(self.each(&argument(0)?, |iterable| self.sync_iterator(iterable)))
            }
            // The result has the abilities of the function that it wraps.
            "contextlib.asynccontextmanager" | "contextlib2.asynccontextmanager" | "contextlib.contextmanager" => {
                Some(self.made_into(&argument(0)?, &name))
            }
            "functools.partial" => Some(self.each(&argument(0)?, |function| match function {
                Value::Function(_) => function.clone(),
                _ => Value::Unknown,
            })),
            "typing.cast" => {
                let written = entry.arguments.first()?.value;
                Some(self.promised(In { file: call.file, id: written }))
            }
            // Each result in its place, as far as the places are known.
            "asyncio.gather" => {
                let is_plain =
                    |argument: &crate::facts::Argument| argument.name.is_none() && argument.splat == Splat::None;
                if !entry.arguments.iter().all(is_plain) {
                    return None;
                }
                let results = entry.arguments.iter().map(|argument| {
                    match self.awaits(&self.value(In { file: call.file, id: argument.value })) {
                        Answer::Yes(result) => result,
                        Answer::No | Answer::Unknown => Value::Unknown,
                    }
                });
                let results: Vec<Value> = results.collect();
                if results.iter().all(|result| *result == Value::Unknown) {
                    return None;
                }
                let results = self.library_of("asyncio", "_Results", results, Made::Given);
                Some(self.library_of("asyncio", "Future", vec![results], Made::Given))
            }
            "asyncio.wait_for" => match self.awaits(&argument(0)?) {
                Answer::Yes(result) => {
                    let args = vec![Value::Unknown, Value::Unknown, result];
                    Some(self.library_of("types", "CoroutineType", args, Made::Given))
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// Of several overloads, the one whose literal parameters the call's literals fit.
    fn overload(&self, callee: &Value, call: In<CallId>) -> Option<Value> {
        let Value::Union(members) = callee else { return None };
        let fitting: Vec<&Value> = members.iter().filter(|member| self.fits_literals(member, call)).collect();
        (fitting.len() < members.len() && !fitting.is_empty())
            .then(|| self.one_of(fitting.into_iter().map(|member| self.called(member, Some(call)))))
    }

    /// False only when a literal argument, or a missing one, contradicts a `Literal[…]` parameter.
    fn fits_literals(&self, member: &Value, call: In<CallId>) -> bool {
        let Value::Function(callable) = member else { return true };
        let function = callable.function;
        let module = self.module(function.file);
        let caller = self.module(call.file);
        let arguments = &caller.facts[call.id].arguments;
        let params = &module.facts[function.id].params;
        params.iter().all(|param| {
            let Some(annotation) = param.annotation else { return true };
            let written = module.facts.node_text(annotation);
            let Some(literal) =
                written.trim().strip_prefix("Literal[").or_else(|| written.trim().strip_prefix("typing.Literal["))
            else {
                return true;
            };
            let literal = literal.trim_end_matches(']');
            let name = module.facts.text(param.name);
            let given =
                arguments.iter().find(|argument| argument.name.is_some_and(|given| caller.facts.text(given) == name));
            match given {
                Some(argument) => {
                    let text = caller.facts.node_text(caller.facts.bare(argument.value));
                    let is_literal = matches!(text, "True" | "False" | "None") || text.starts_with(['"', '\'']);
                    !is_literal || literal.split(',').any(|one| one.trim() == text)
                }
                // Left out: it must have a default.
                None => param.default.is_some() || arguments.iter().any(|argument| argument.splat != Splat::None),
            }
        })
    }

    /// What calling a value gives.
    pub(super) fn called(&self, callee: &Value, call: Option<In<CallId>>) -> Value {
        match callee {
            Value::Function(callable) => self.result(callable, call),
            Value::Class(class) => self.constructed(class, call),
            Value::Instance(_) => match self.attribute(callee, "__call__") {
                Lookup::Found(method) if method != *callee => self.called(&method, call),
                _ => Value::Unknown,
            },
            _ => Value::Unknown,
        }
    }

    /// What calling the value with no arguments gives; None where it needs some, or where that is not known.
    pub fn called_without_arguments(&self, value: &Value) -> Option<Value> {
        let mut results = Vec::new();
        for member in self.members(value) {
            let init = match &member {
                Value::Class(class) => match self.member_of(class.class, "__init__") {
                    Lookup::Found(Value::Function(init)) => Some((init.function, true)),
                    Lookup::Missing => None,
                    _ => return None,
                },
                Value::Function(callable) => Some((callable.function, callable.receiver.is_some())),
                _ => return None,
            };
            if let Some((function, is_bound)) = init
                && !self.with(function.file, |facts| facts.needs_no_arguments(function.id, is_bound))
            {
                return None;
            }
            results.push(self.called(&member, None));
        }
        Some(self.one_of(results))
    }

    fn constructed(&self, class: &ClassValue, call: Option<In<CallId>>) -> Value {
        let bases = self.bases(class.class);
        // A metaclass, a decorator or `__new__` may make anything of the call.
        let known = bases.iter().all(|base| base.is_some());
        let own_new = self.member_of(class.class, "__new__").found();
        if let Some(Value::Function(new)) = &own_new
            && !self.module(new.function.file).library.is_empty()
        {
            // Our stubs say what it gives.
            return self.result(new, call);
        }
        if own_new.is_some() || (!known && self.has_odd_making(class.class)) {
            return Value::Unknown;
        }
        let mut args = class.args.clone();
        let parameters = self.type_parameters(class.class);
        if args.is_empty()
            && !parameters.is_empty()
            && let Some(call) = call
            && let Lookup::Found(Value::Function(init)) = self.member_of(class.class, "__init__")
        {
            let variables = self.variables_of_call(&init, call, 1);
            args = parameters
                .iter()
                .map(|name| {
                    let bound = variables.iter().find(|(variable, _)| variable == name);
                    bound.map_or(Value::Unknown, |(_, value)| value.clone())
                })
                .collect();
        }
        let made = match call {
            Some(call) => Made::Here(In { file: call.file, id: self.module(call.file).facts[call.id].node }),
            None => Made::Given,
        };
        Value::Instance(Rc::new(Instance { class: class.class, args, made }))
    }

    /// What the type variables in a function's parameters stand for in one call of it.
    fn variables_of_call(&self, callable: &Callable, call: In<CallId>, skip: usize) -> Vec<(String, Value)> {
        let module = self.module(callable.function.file);
        let function = &module.facts[callable.function.id];
        let caller = self.module(call.file);
        let arguments = &caller.facts[call.id].arguments;
        let mut variables = Vec::new();
        for (index, param) in function.params.iter().skip(skip).enumerate() {
            let Some(annotation) = param.annotation else { continue };
            let name = module.facts.text(param.name);
            let positional =
                |argument: &&crate::facts::Argument| argument.name.is_none() && argument.splat == Splat::None;
            let by_name =
                arguments.iter().find(|argument| argument.name.is_some_and(|given| caller.facts.text(given) == name));
            let by_position = match param.kind {
                ParamKind::Normal | ParamKind::PositionalOnly => arguments.get(index).filter(positional),
                _ => None,
            };
            if let Some(argument) = by_name.or(by_position) {
                let written = read(module.facts.node_text(annotation));
                let mentions = self.mentions_variable(callable.function.file, &written);
                if mentions {
                    let value = self.value(In { file: call.file, id: argument.value });
                    self.bind_variables(&written, &value, &mut variables);
                }
            }
        }
        variables
    }

    /// The annotation names a type variable somewhere.
    fn mentions_variable(&self, file: FileId, written: &Written) -> bool {
        match written {
            Written::Name(name, args) => {
                (name.len() == 1 && self.is_type_variable(file, &name[0]))
                    || args.iter().any(|arg| self.mentions_variable(file, arg))
            }
            Written::Or(parts) => parts.iter().any(|part| self.mentions_variable(file, part)),
            Written::Other => false,
        }
    }

    pub(super) fn is_type_variable(&self, file: FileId, name: &str) -> bool {
        self.with(file, |facts| {
            facts.module_bindings(name).into_iter().any(|binding| match &facts[binding].bind {
                Bind::Value { value, .. } => match facts.expression(*value) {
                    Expression::Call(call) => {
                        matches!(facts.node_text(facts[call].function).rsplit('.').next(), Some("TypeVar"))
                    }
                    _ => false,
                },
                _ => false,
            })
        })
    }

    fn environment(&self, callable: &Callable, call: Option<In<CallId>>) -> Environment {
        let mut variables = Vec::new();
        if let Some(Value::Instance(instance)) = &callable.receiver {
            variables.extend(self.arguments_of(instance, callable.function));
        }
        if let Some(call) = call {
            let skip = callable.receiver.is_some() as usize;
            variables.extend(self.variables_of_call(callable, call, skip));
        }
        Environment { receiver: callable.receiver.clone(), variables }
    }

    /// What the function of a class or module gives when it is called, or read where it is a property; Unknown under a
    /// decorator that nobody knows.
    pub fn given_by(&self, function: In<FunctionId>) -> Value {
        match self.decorated(function) {
            Value::Function(callable) => match callable.form {
                Form::Plain | Form::Property | Form::Static | Form::Class | Form::Cached => {
                    self.result(&Callable { form: Form::Plain, ..(*callable).clone() }, None)
                }
                _ => Value::Unknown,
            },
            _ => Value::Unknown,
        }
    }

    /// What calling the function gives.
    pub(super) fn result(&self, callable: &Callable, call: Option<In<CallId>>) -> Value {
        let function = callable.function;
        let module = self.module(function.file);
        let facts = &module.facts;
        let entry = &facts[function.id];
        let made = if module.library.is_empty() { Made::Calling(function) } else { Made::Stub(function) };
        let promised = |this: &Self| {
            entry.annotation.map(|annotation| {
                let environment = this.environment(callable, call);
                this.promised_in(In { file: function.file, id: annotation }, &environment)
            })
        };
        match callable.form {
            Form::AsyncContextManager | Form::ContextManager => {
                let class = match callable.form {
                    Form::AsyncContextManager => "_AsyncGeneratorContextManager",
                    _ => "_GeneratorContextManager",
                };
                let item = match (entry.is_generator() && !module.is_stub(), callable.form) {
                    (true, _) => self.yielded(function),
                    (false, Form::AsyncContextManager) => self.async_item(&promised(self).unwrap_or(Value::Unknown)),
                    (false, _) => self.item(&promised(self).unwrap_or(Value::Unknown)),
                };
                return self.library_of("contextlib", class, vec![item], made);
            }
            Form::Coroutine => {
                return self.library_of("types", "CoroutineType", vec![Value::Unknown; 3], made);
            }
            Form::Property => return Value::Unknown,
            Form::Plain | Form::Static | Form::Class | Form::Cached => {}
        }
        let says_nothing = entry.is_stub && !entry.is_lambda();
        if module.is_stub() {
            let promised = promised(self).unwrap_or(Value::Unknown);
            return match entry.is_async {
                // Our stubs say by a `yield` what is an async generator.
                true if entry.is_generator() => {
                    let item = self.async_item(&promised);
                    self.library_of("types", "AsyncGeneratorType", vec![item, self.none()], made)
                }
                true => self.library_of("types", "CoroutineType", vec![Value::Unknown, Value::Unknown, promised], made),
                false => promised,
            };
        }
        if says_nothing {
            // A body that says nothing leaves the kind to whoever implements it.
            let Some(promised) = promised(self) else { return Value::Unknown };
            return match entry.is_async {
                true if self.is_any_iterator(&promised) => Value::Unknown,
                true => self.library_of("types", "CoroutineType", vec![Value::Unknown, Value::Unknown, promised], made),
                false => promised,
            };
        }
        match (entry.is_async, entry.is_generator()) {
            (true, true) => self.library_of("types", "AsyncGeneratorType", vec![], made),
            // What the wrapper of a decorator gives depends on the function that it wraps.
            (true, false) if callable.given.is_some() => {
                let result = self.returned_by(callable);
                self.library_of("types", "CoroutineType", vec![Value::Unknown, Value::Unknown, result], made)
            }
            (true, false) => self.library_of("types", "CoroutineType", vec![], made),
            (false, true) => self.library_of("types", "GeneratorType", vec![], made),
            (false, false) => {
                let returned = self.returned_by(callable);
                match self.with_argument(callable, returned, call) {
                    // The body comes first; where it says nothing, the annotation may.
                    Value::Unknown => promised(self).unwrap_or(Value::Unknown),
                    returned => returned,
                }
            }
        }
    }

    fn is_any_iterator(&self, value: &Value) -> bool {
        self.members(value).iter().any(|member| match member {
            Value::Unknown => true,
            Value::Instance(_) => {
                !self.async_iterates(member).is_no() || !matches!(self.attribute(member, "__next__"), Lookup::Missing)
            }
            _ => false,
        })
    }

    /// What the body returns: the receiver where it returns its `self`.
    pub fn returned(&self, function: In<FunctionId>, receiver: Option<&Value>) -> Value {
        let value = self.ask(Question::Result(function), || {
            let module = self.module(function.file);
            let facts = &module.facts;
            let entry = &facts[function.id];
            if entry.is_lambda() {
                return self.value(In { file: function.file, id: entry.body });
            }
            if entry.is_damaged {
                return Value::Unknown;
            }
            let returned = entry.returns.iter().map(|&id| match facts[id].value {
                Some(value) => self.value(In { file: function.file, id: value }),
                None => self.none(),
            });
            let end = std::iter::once_with(|| if self.may_run_out(function) { self.none() } else { Value::Never });
            self.one_of(returned.chain(end))
        });
        let Some(receiver) = receiver else { return value };
        self.each(&value, |value| match value {
            Value::Instance(instance) if instance.made == Made::Receiver => receiver.clone(),
            other => other.clone(),
        })
    }

    /// The end of the body can be reached, where a function returns None.
    pub fn may_run_out(&self, function: In<FunctionId>) -> bool {
        self.flow(function).is_none_or(|flow| flow.0.falls_off())
    }

    /// What a generator function, sync or async, yields.
    pub fn yielded(&self, function: In<FunctionId>) -> Value {
        self.ask(Question::Item(function), || {
            let module = self.module(function.file);
            let facts = &module.facts;
            let mut yields = facts[function.id].yields.clone();
            if let Some(flow) = self.flow(function) {
                let reached = flow.0.reached_yields();
                yields.retain(|id| reached.contains(id));
            }
            // `raise NotImplementedError` before the `yield`: what others yield in its place is theirs to say.
            if yields.is_empty() {
                return Value::Unknown;
            }
            self.one_of(yields.iter().map(|&id| match (facts[id].value, facts[id].is_from) {
                (Some(value), false) => self.value(In { file: function.file, id: value }),
                (None, false) => self.none(),
                (Some(value), true) => self.item(&self.value(In { file: function.file, id: value })),
                (None, true) => Value::Unknown,
            }))
        })
    }
}
