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

/// Which arguments are run as coroutines.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Runs {
    One,
    All,
    /// What the first argument holds.
    Items,
}

/// Functions of asyncio that run coroutines, and the name of the parameter that takes the first.
static RUNNERS: &[(&str, &str, Runs)] = &[
    ("Task", "coro", Runs::One),
    ("as_completed", "fs", Runs::Items),
    ("create_task", "coro", Runs::One),
    ("ensure_future", "coro_or_future", Runs::One),
    ("gather", "", Runs::All),
    ("run", "main", Runs::One),
    ("run_coroutine_threadsafe", "coro", Runs::One),
    ("shield", "arg", Runs::One),
    ("wait", "fs", Runs::Items),
    ("wait_for", "fut", Runs::One),
];

/// Methods of asyncio's classes that run a coroutine.
static RUNNING_METHODS: &[(&str, &str, &[&str])] = &[
    ("create_task", "coro", &["AbstractEventLoop", "TaskGroup"]),
    ("run", "coro", &["Runner"]),
    ("run_until_complete", "future", &["AbstractEventLoop"]),
];

/// A call that runs coroutines.
pub struct Runner {
    /// The name to tell it by: `gather`.
    pub name: String,
    pub runs: Vec<(NodeId, Value)>,
}

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
            let known = CONSUMERS.iter().find(|(known, _)| *known == &*name)?;
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

    /// Each member of the value is an instance of this library class or of one derived from it.
    pub fn is_instance_of(&self, value: &Value, module: &str, class: &str) -> bool {
        let wanted = self.library_class(module, class);
        let members = self.members(value);
        !members.is_empty()
            && members.iter().all(|member| match member {
                Value::Instance(instance) => wanted.is_some() && self.bases(instance.class).contains(&wanted),
                _ => false,
            })
    }

    /// An async generator: one that is called, written as an expression, or promised.
    pub fn is_any_async_generator(&self, value: &Value) -> bool {
        self.asked(value).iter().all(|member| self.is_instance_of(member, "collections.abc", "AsyncGenerator"))
    }

    /// Its next step does nothing before it is awaited. A plain `__anext__` may begin its work when it is called.
    pub fn steps_when_awaited(&self, value: &Value) -> bool {
        let members = self.members(value);
        !members.is_empty()
            && members.iter().all(|member| match self.special(member, "__anext__") {
                _ if self.is_any_async_generator(member) => true,
                Lookup::Found(Value::Function(method)) => {
                    let module = self.module(method.function.file);
                    let entry = &module.facts[method.function.id];
                    // What our stubs say is all there is to say.
                    let is_said = !entry.is_stub || !module.library.is_empty();
                    method.form == Form::Plain && entry.is_async && !entry.is_generator() && is_said
                }
                _ => false,
            })
    }

    /// What a call runs as coroutines: where each stands, and its value.
    pub fn runner(&self, call: In<CallId>) -> Option<Runner> {
        let module = self.module(call.file);
        let arguments = &module.facts[call.id].arguments;
        if arguments.is_empty() {
            return None;
        }
        let named = self.called_name(call).and_then(|name| {
            let name = name.strip_prefix("asyncio.")?;
            let (name, keyword, runs) = RUNNERS.iter().find(|(known, ..)| *known == &*name)?;
            Some((*name, *keyword, *runs))
        });
        let (name, keyword, runs) = named.or_else(|| self.running_method(call))?;
        let by_name = |argument: &&Argument| argument.name.is_some_and(|given| module.facts.text(given) == keyword);
        let first = arguments.first().filter(|argument| is_plain(argument));
        let given: Vec<&Argument> = match runs {
            Runs::All => arguments.iter().filter(|argument| argument.name.is_none()).collect(),
            Runs::One | Runs::Items => first.or_else(|| arguments.iter().find(by_name)).into_iter().collect(),
        };
        let runs = given.into_iter().map(|argument| {
            let value = self.value(In { file: call.file, id: argument.value });
            let is_many = runs == Runs::Items || argument.splat == Splat::Star;
            (argument.value, if is_many { self.item(&value) } else { value })
        });
        Some(Runner { name: name.to_string(), runs: runs.collect() })
    }

    /// `loop.create_task(…)`, `group.create_task(…)`, `runner.run(…)`
    fn running_method(&self, call: In<CallId>) -> Option<(&'static str, &'static str, Runs)> {
        let (object, name) = self.receiver_of(call)?;
        let (name, keyword, classes) = RUNNING_METHODS.iter().find(|(known, ..)| *known == &*name)?;
        let object = self.value(In { file: call.file, id: object });
        let is_meant = classes.iter().any(|class| self.is_instance_of(&object, "asyncio", class));
        is_meant.then_some((*name, *keyword, Runs::One))
    }

    /// `async for` can loop over it, and nothing sync can.
    pub fn is_only_async(&self, value: &Value) -> bool {
        self.async_iterates(value).is_yes() && self.iterates(value).is_no()
    }

    /// Each member of the value is an instance of this library class.
    pub fn is_all(&self, value: &Value, module: &str, class: &str) -> bool {
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
