//! What decorators make of a function: those that are known by name, and those whose code can be read.
//!
//! A decorator of the project is a function like any other: it is called with the decorated function, and what it
//! returns takes the name's place. That is mostly a function inside it, a *wrapper*, in which the decorator's parameter
//! stands for the decorated function: `Given` remembers that.

use super::*;
use crate::facts::{CallId, Expression, Splat};

/// What one parameter of an outer function stands for in the functions inside it.
#[derive(Clone, PartialEq, Debug)]
pub struct Given {
    pub function: In<FunctionId>,
    pub param: usize,
    pub value: Value,
}

/// How many wrappers may be looked through at once.
const DEEPEST_WRAPPER: usize = 4;

/// What a decorator that is known by name makes of a function: None when it is not known.
fn known(name: &str, form: Form) -> Option<Form> {
    let next = match name {
        "contextlib.asynccontextmanager" | "contextlib2.asynccontextmanager" => Form::AsyncContextManager,
        "contextlib.contextmanager" => Form::ContextManager,
        "builtins.property" | "abc.abstractproperty" | "functools.cached_property" => Form::Property,
        "builtins.staticmethod" => Form::Static,
        "builtins.classmethod" => Form::Class,
        "functools.lru_cache" | "functools.cache" => Form::Cached,
        "types.coroutine" | "asyncio.coroutine" => Form::Coroutine,
        "abc.abstractmethod"
        | "typing.overload"
        | "typing.final"
        | "typing.override"
        | "typing.no_type_check"
        | "functools.wraps"
        | "warnings.deprecated" => form,
        name if name.starts_with("pytest.mark.") => form,
        name if name.ends_with(".setter") || name.ends_with(".deleter") || name.ends_with(".getter") => Form::Property,
        _ => return None,
    };
    match (form, next) {
        _ if form == Form::Plain || form == next => Some(next),
        (Form::AsyncContextManager | Form::ContextManager | Form::Cached, Form::Static | Form::Class) => Some(form),
        // Two decorators that each make something else of it: too odd to tell.
        _ => None,
    }
}

/// How many decorators somebody may write and know what comes out. Each is asked what it makes of what the last one made.
const MOST: usize = 50;

impl Kinds<'_> {
    /// What the decorators make of a function; None when one of them is not known by name.
    pub fn form(&self, function: In<FunctionId>) -> Option<Form> {
        let module = self.module(function.file);
        let mut form = Form::Plain;
        for &decorator in module.facts[function.id].decorators.iter().rev() {
            let name = self.decorator_name(In { file: function.file, id: decorator })?;
            form = known(&name, form)?;
        }
        Some(form)
    }

    /// The decorators make a context manager of the function, whatever the ones above them do with that.
    pub fn is_made_context_manager(&self, function: In<FunctionId>) -> bool {
        let module = self.module(function.file);
        let mut form = Form::Plain;
        for &decorator in module.facts[function.id].decorators.iter().rev() {
            let decorator = In { file: function.file, id: decorator };
            let spelled = self.decorator_name(decorator).and_then(|name| known(&name, form));
            // The name may lead to the decorator through other modules.
            let led = || self.library_name(&self.value(decorator)).and_then(|name| known(&name, form));
            match spelled.or_else(led) {
                Some(Form::AsyncContextManager) => return true,
                Some(next) => form = next,
                None => return false,
            }
        }
        false
    }

    /// The dotted name of a decorator, looking through its call.
    pub fn decorator_name(&self, decorator: In<NodeId>) -> Option<Rc<str>> {
        self.with(decorator.file, |facts| {
            let named = match facts.expression(decorator.id) {
                Expression::Call(call) => facts[call].function,
                _ => decorator.id,
            };
            self.qualified(In { file: decorator.file, id: named })
        })
    }

    /// What the name of a function stands for, after its decorators.
    pub(super) fn decorated(&self, function: In<FunctionId>) -> Value {
        self.decorated_by(function, 0)
    }

    /// What the decorator of that number, counted from the top, is given.
    pub fn given_to_decorator(&self, function: In<FunctionId>, number: usize) -> Value {
        self.decorated_by(function, number + 1)
    }

    /// What the decorators from that number on make of the function.
    fn decorated_by(&self, function: In<FunctionId>, number: usize) -> Value {
        let module = self.module(function.file);
        let decorators = &module.facts[function.id].decorators[..];
        if decorators.len() > MOST {
            return Value::Unknown;
        }
        let mut value = self.function_value(function);
        for &decorator in decorators.iter().skip(number).rev() {
            let decorator = In { file: function.file, id: decorator };
            value = match self.decorator_name(decorator).filter(|name| known(name, Form::Plain).is_some()) {
                Some(name) => self.made_into(&value, &name),
                None => self.wrapped(decorator, value),
            };
            if value == Value::Unknown {
                return value;
            }
        }
        value
    }

    /// What a decorator of that name makes of a function.
    pub(super) fn made_into(&self, value: &Value, decorator: &str) -> Value {
        match value {
            Value::Function(callable) => match known(decorator, callable.form) {
                Some(form) => Value::Function(Rc::new(Callable { form, ..(**callable).clone() })),
                None => Value::Unknown,
            },
            _ => Value::Unknown,
        }
    }

    /// What a decorator gives whose code can be read.
    fn wrapped(&self, decorator: In<NodeId>, value: Value) -> Value {
        match self.value(decorator) {
            Value::Function(callable) => self.applied(&callable, value),
            class @ Value::Class(_) => {
                match self.library_name(&class).filter(|name| known(name, Form::Plain).is_some()) {
                    // The name came through a star, and is `property` all the same.
                    Some(name) => self.made_into(&value, &name),
                    // `@Pager`: an instance of the class takes the function's place.
                    None => self.called(&class, None),
                }
            }
            _ => Value::Unknown,
        }
    }

    /// What calling a function of the project with this one argument gives.
    fn applied(&self, callable: &Callable, value: Value) -> Value {
        let module = self.module(callable.function.file);
        let entry = &module.facts[callable.function.id];
        let is_readable = module.library.is_empty() && !module.is_stub() && callable.form == Form::Plain;
        if !is_readable || entry.is_async || entry.is_generator() || entry.is_stub {
            return Value::Unknown;
        }
        let given = Given { function: callable.function, param: callable.receiver.is_some() as usize, value };
        let result = self.with_given(&given, || self.returned_by(callable));
        self.each(&result, |result| self.closing_over(result, &given))
    }

    /// A function that was made inside another one remembers what that one was given.
    fn closing_over(&self, value: &Value, given: &Given) -> Value {
        match value {
            Value::Function(callable)
                if callable.given.is_none() && self.is_inside(callable.function, given.function) =>
            {
                Value::Function(Rc::new(Callable { given: Some(Rc::new(given.clone())), ..(**callable).clone() }))
            }
            other => other.clone(),
        }
    }

    /// What a call gave, when that is a function made inside the one that was called: with the call's first argument.
    pub(super) fn with_argument(&self, callable: &Callable, result: Value, call: Option<In<CallId>>) -> Value {
        let Some(call) = call else { return result };
        let inside = |member: &Value| matches!(member, Value::Function(inner) if self.is_inside(inner.function, callable.function));
        if !self.members(&result).iter().any(inside) {
            return result;
        }
        let first = self.with(call.file, |facts| {
            let first = facts[call.id].arguments.first()?;
            (first.name.is_none() && first.splat == Splat::None).then_some(first.value)
        });
        let Some(first) = first else { return result };
        let value = self.value(In { file: call.file, id: first });
        let given = Given { function: callable.function, param: callable.receiver.is_some() as usize, value };
        self.each(&result, |member| self.closing_over(member, &given))
    }

    fn is_inside(&self, inner: In<FunctionId>, outer: In<FunctionId>) -> bool {
        let within = |facts: &Facts| facts.within(facts[inner.id].node, facts[outer.id].node);
        inner.file == outer.file && inner != outer && self.with(inner.file, within)
    }

    /// What the body returns, with the receiver and with what the function round it was given.
    pub(super) fn returned_by(&self, callable: &Callable) -> Value {
        let returned = || self.returned(callable.function, callable.receiver.as_ref());
        match &callable.given {
            Some(given) => self.with_given(given, returned),
            None => returned(),
        }
    }

    /// Answers while the parameter stands for the given value. Answers of that time are good for that time only.
    pub(super) fn with_given(&self, given: &Given, answer: impl FnOnce() -> Value) -> Value {
        if self.answers.borrow().depth() >= DEEPEST_WRAPPER {
            self.answers.borrow_mut().cut();
            return Value::Unknown;
        }
        let before = self.answers.borrow_mut().give(given.clone());
        let value = answer();
        self.answers.borrow_mut().give_back(before);
        value
    }
}
