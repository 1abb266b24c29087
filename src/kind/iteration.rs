//! Calls that iterate what they are given: which arguments, and in which way.

use super::*;
use crate::facts::{Argument, CallId, Expression, Splat};

/// What a library function goes through with `iter`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Goes {
    First,
    Second,
    /// Every argument.
    All,
    /// Every argument but the first.
    Rest,
    /// The first one, when no other is given: `max(x)`, but not `max(x, y)`.
    Only,
}

/// Functions and classes that go through an argument the sync way.
static CONSUMERS: &[(&str, Goes)] = &[
    ("builtins.all", Goes::First),
    ("builtins.any", Goes::First),
    ("builtins.bytearray", Goes::First),
    ("builtins.bytes", Goes::First),
    ("builtins.dict", Goes::First),
    ("builtins.enumerate", Goes::First),
    ("builtins.filter", Goes::Second),
    ("builtins.frozenset", Goes::First),
    ("builtins.len", Goes::First),
    ("builtins.list", Goes::First),
    ("builtins.map", Goes::Rest),
    ("builtins.max", Goes::Only),
    ("builtins.min", Goes::Only),
    ("builtins.reversed", Goes::First),
    ("builtins.set", Goes::First),
    ("builtins.sorted", Goes::First),
    ("builtins.sum", Goes::First),
    ("builtins.tuple", Goes::First),
    ("builtins.zip", Goes::All),
    ("collections.Counter", Goes::First),
    ("collections.OrderedDict", Goes::First),
    ("collections.deque", Goes::First),
    ("functools.reduce", Goes::Second),
    ("itertools.accumulate", Goes::First),
    ("itertools.batched", Goes::First),
    ("itertools.chain", Goes::All),
    ("itertools.chain.from_iterable", Goes::First),
    ("itertools.combinations", Goes::First),
    ("itertools.combinations_with_replacement", Goes::First),
    ("itertools.compress", Goes::All),
    ("itertools.cycle", Goes::First),
    ("itertools.dropwhile", Goes::Second),
    ("itertools.filterfalse", Goes::Second),
    ("itertools.groupby", Goes::First),
    ("itertools.islice", Goes::First),
    ("itertools.pairwise", Goes::First),
    ("itertools.permutations", Goes::First),
    ("itertools.product", Goes::All),
    ("itertools.starmap", Goes::Second),
    ("itertools.takewhile", Goes::Second),
    ("itertools.tee", Goes::First),
    ("itertools.zip_longest", Goes::All),
    ("math.fsum", Goes::First),
    ("math.prod", Goes::First),
];

/// Methods of builtin classes that go through their first argument.
static CONSUMING_METHODS: &[(&str, &[&str])] = &[
    ("str", &["join"]),
    ("bytes", &["join"]),
    ("list", &["extend"]),
    ("set", &["update", "union", "intersection", "difference", "issubset", "issuperset", "isdisjoint"]),
];

/// A call that goes through something the sync way.
pub struct Consumer {
    /// The name to tell it by: `sum`, `join`.
    pub name: String,
    pub arguments: Vec<NodeId>,
}

impl Kinds<'_> {
    /// What a call of the builtin `aiter` is given.
    pub fn given_to_aiter(&self, call: In<CallId>) -> Option<NodeId> {
        self.only_argument(call, "builtins.aiter")
    }

    /// What a call of the builtin `iter` is given; with a sentinel it calls a function instead.
    pub fn given_to_iter(&self, call: In<CallId>) -> Option<NodeId> {
        self.only_argument(call, "builtins.iter")
    }

    fn only_argument(&self, call: In<CallId>, name: &str) -> Option<NodeId> {
        let module = self.module(call.file);
        let [argument] = &module.facts[call.id].arguments[..] else { return None };
        let is_meant = is_plain(argument) && self.called_name(call).as_deref() == Some(name);
        is_meant.then_some(argument.value)
    }

    /// The iterator that `next(it)` or `next(it, default)` steps.
    pub fn given_to_next(&self, call: In<CallId>) -> Option<NodeId> {
        self.stepped(call, "builtins.next")
    }

    /// The iterator that `anext(it)` or `anext(it, default)` steps.
    pub fn given_to_anext(&self, call: In<CallId>) -> Option<NodeId> {
        self.stepped(call, "builtins.anext")
    }

    fn stepped(&self, call: In<CallId>, name: &str) -> Option<NodeId> {
        let module = self.module(call.file);
        let arguments = &module.facts[call.id].arguments;
        let fits = matches!(arguments.len(), 1 | 2) && arguments.iter().all(is_plain);
        let is_meant = fits && self.called_name(call).as_deref() == Some(name);
        is_meant.then(|| arguments[0].value)
    }

    /// The object on which a method is called: `x` in `x.name(…)`.
    pub fn receiver_of(&self, call: In<CallId>) -> Option<(NodeId, String)> {
        let module = self.module(call.file);
        match module.facts.expression(module.facts[call.id].function) {
            Expression::Attribute { object, name } => Some((object, module.facts.text(name).to_string())),
            _ => None,
        }
    }

    /// The arguments that a call goes through with `iter`.
    pub fn consumer(&self, call: In<CallId>) -> Option<Consumer> {
        let module = self.module(call.file);
        let arguments = &module.facts[call.id].arguments;
        if arguments.is_empty() {
            return None;
        }
        let plain = arguments.iter().take_while(|argument| is_plain(argument));
        let plain: Vec<NodeId> = plain.map(|argument| argument.value).collect();
        let name = self.called_name(call).and_then(|name| {
            let known = CONSUMERS.iter().find(|(known, _)| *known == name)?;
            Some((name.rsplit('.').next().unwrap_or_default().to_string(), known.1))
        });
        let (name, goes) = match name {
            Some(found) => found,
            None => (self.consuming_method(call)?, Goes::First),
        };
        let arguments = match goes {
            Goes::First => plain.into_iter().take(1).collect(),
            Goes::Second => plain.into_iter().skip(1).take(1).collect(),
            Goes::All => plain,
            Goes::Rest => plain.into_iter().skip(1).collect(),
            Goes::Only => {
                let given = arguments.iter().filter(|argument| argument.name.is_none()).count();
                if given == 1 { plain } else { Vec::new() }
            }
        };
        Some(Consumer { name, arguments })
    }

    /// `", ".join(x)` and the like: the method of a builtin class that no class in sight replaces.
    fn consuming_method(&self, call: In<CallId>) -> Option<String> {
        let (object, name) = self.receiver_of(call)?;
        // Most methods have other names: those are not worth a value.
        let of: Vec<&str> = CONSUMING_METHODS
            .iter()
            .filter(|(_, names)| names.contains(&name.as_str()))
            .map(|(class, _)| *class)
            .collect();
        if of.is_empty() {
            return None;
        }
        let Value::Instance(instance) = self.value(In { file: call.file, id: object }) else { return None };
        of.into_iter().any(|class| self.is_builtin_class(instance.class, class)).then_some(name)
    }

    /// The value is what calling an `@asynccontextmanager` function gives.
    pub fn is_async_manager(&self, value: &Value) -> bool {
        self.is_all(value, "contextlib", "_AsyncGeneratorContextManager")
    }

    /// `async for` can loop over it, and nothing sync can.
    pub fn is_only_async(&self, value: &Value) -> bool {
        self.async_iterates(value).is_yes() && self.iterates(value).is_no()
    }

    /// Each member of the value is an instance of this library class.
    fn is_all(&self, value: &Value, module: &str, class: &str) -> bool {
        let members = self.members(value);
        !members.is_empty()
            && members.iter().all(|member| match member {
                Value::Instance(instance) => self.is_library_class(instance.class, module, class),
                _ => false,
            })
    }

    /// Each member of the value is a function, a method or a class: something whose call is missing.
    pub fn is_callable_itself(&self, value: &Value) -> bool {
        let members = self.members(value);
        !members.is_empty() && members.iter().all(|member| matches!(member, Value::Function(_) | Value::Class(_)))
    }

    /// The functions whose calls made the value, each once.
    pub fn origins(&self, value: &Value) -> Vec<In<FunctionId>> {
        let mut origins = Vec::new();
        for function in self.members(value).iter().filter_map(|member| self.origin(member)) {
            if !origins.contains(&function) {
                origins.push(function);
            }
        }
        origins
    }

    /// A coroutine function that waits for nothing and only hands out what `async for` can loop over: its `async` is
    /// the mistake.
    pub fn only_returns_async_iterables(&self, function: In<FunctionId>) -> bool {
        let module = self.module(function.file);
        let entry = &module.facts[function.id];
        let is_plain = entry.is_async && !entry.awaits && !entry.is_generator() && !entry.is_stub && !entry.is_damaged;
        is_plain
            && !entry.returns.is_empty()
            && module.library.is_empty()
            && self.form(function).is_some()
            && self.async_iterates(&self.returned(function, None)).is_yes()
    }

    /// The value is, or may be, the `self` of a method: a subclass elsewhere may have what its class lacks.
    pub fn is_receiver(&self, value: &Value) -> bool {
        self.members(value).iter().any(|member| match member {
            Value::Instance(instance) => instance.made == Made::Receiver,
            Value::Super(_) => true,
            _ => false,
        })
    }
}

fn is_plain(argument: &Argument) -> bool {
    argument.name.is_none() && argument.splat == Splat::None
}
