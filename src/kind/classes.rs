//! Classes: their bases, what their instances have, and how often those can be iterated.

use std::rc::Rc;

use super::annotation::{Environment, Written, read};
use super::*;
use crate::facts::{Bind, BindingId, Expression, Meaning, StoreId};

/// The answer to "what is this attribute?".
#[derive(Clone, PartialEq, Debug)]
pub enum Lookup {
    Found(Value),
    Missing,
    Unknown,
}

impl Lookup {
    fn of(value: Value) -> Lookup {
        match value {
            Value::Unknown | Value::Never => Lookup::Unknown,
            value => Lookup::Found(value),
        }
    }

    pub fn found(self) -> Option<Value> {
        match self {
            Lookup::Found(value) => Some(value),
            Lookup::Missing | Lookup::Unknown => None,
        }
    }
}

/// The class that has a name, itself or a base, and what that binds it to.
pub type Member = (In<ClassId>, Vec<BindingId>);

/// Decorators after which a class is still what its body says.
static HARMLESS: &[&str] = &[
    "dataclasses.dataclass",
    "typing.final",
    "typing.runtime_checkable",
    "functools.total_ordering",
    "warnings.deprecated",
    "attr.s",
    "attr.attrs",
    "attr.define",
    "attr.frozen",
    "attrs.define",
    "attrs.frozen",
];

impl Kinds<'_> {
    pub(super) fn class_value(&self, class: In<ClassId>) -> Value {
        Value::Class(Rc::new(ClassValue { class, args: [].into() }))
    }

    /// The class and its bases in the order in which attributes are looked up; None stands for a base of which nothing
    /// is known.
    pub fn bases(&self, class: In<ClassId>) -> Vec<Option<In<ClassId>>> {
        if let Some(bases) = self.orders.borrow().get(&class) {
            return bases.clone();
        }
        let mut order = Vec::new();
        self.collect_bases(class, &mut order, 0);
        // A class that is inherited twice counts where it stands last, as in Python's own order.
        let mut seen: Vec<In<ClassId>> = Vec::new();
        let mut bases: Vec<Option<In<ClassId>>> = Vec::new();
        for base in order.into_iter().rev() {
            match base {
                Some(base) if seen.contains(&base) => {}
                Some(known) => {
                    seen.push(known);
                    bases.push(base);
                }
                None => bases.push(None),
            }
        }
        bases.reverse();
        self.orders.borrow_mut().insert(class, bases.clone());
        bases
    }

    fn collect_bases(&self, class: In<ClassId>, order: &mut Vec<Option<In<ClassId>>>, depth: u32) {
        if depth > 30 || order.len() > 200 || order.contains(&Some(class)) && depth > 0 && order.len() > 100 {
            order.push(None);
            return;
        }
        order.push(Some(class));
        if self.has_odd_making(class) {
            order.push(None);
        }
        let module = self.module(class.file);
        for &base in &module.facts[class.id].bases {
            match self.value(In { file: class.file, id: base }) {
                Value::Class(base) => self.collect_bases(base.class, order, depth + 1),
                _ if self.is_special_base(In { file: class.file, id: base }) => {}
                _ => order.push(None),
            }
        }
    }

    /// `Protocol[T]`, `Generic[T]` and `NamedTuple` change nothing about a class that we ask about.
    fn is_special_base(&self, base: In<NodeId>) -> bool {
        let name = self.with(base.file, |facts| match facts.expression(base.id) {
            Expression::Subscript { object, .. } => self.qualified(In { file: base.file, id: object }),
            _ => self.qualified(base),
        });
        matches!(name.as_deref(), Some("typing.Protocol" | "typing.Generic" | "abc.ABC" | "builtins.object"))
    }

    /// Something besides its bases and its body has a say in what the class is.
    pub fn has_odd_making(&self, class: In<ClassId>) -> bool {
        let module = self.module(class.file);
        let facts = &module.facts;
        let entry = &facts[class.id];
        let metaclass = entry.keywords.iter().any(|&(name, value)| {
            let name = facts.text(name);
            name == "metaclass" && {
                let value = self.qualified(In { file: class.file, id: value });
                !matches!(value.as_deref(), Some("abc.ABCMeta" | "builtins.type"))
            }
        });
        metaclass || entry.has_splat || self.is_decorated_oddly(class)
    }

    /// The special method that a function is: its name, when it stands in a class body under no decorator that is not
    /// known, and the class. `__anext__ = _next` in the class body makes `_next` the method of that name.
    pub fn special_method(&self, function: In<FunctionId>) -> Option<(&'static str, In<ClassId>)> {
        static NAMES: &[&str] = &["__aiter__", "__anext__", "__iter__", "__next__", "__await__"];
        let class = self.class_of(function)?;
        if self.form(function) != Some(Form::Plain) || self.is_decorated_oddly(class) {
            return None;
        }
        let module = self.module(function.file);
        let facts = &module.facts;
        let own = facts.text(facts[function.id].name?);
        if let Some(name) = NAMES.iter().find(|name| **name == own) {
            return Some((name, class));
        }
        // Almost no class has such an alias: the names of the class are asked before any value.
        let name = NAMES.iter().find(|name| {
            let bindings = facts.class_bindings(name, class.id);
            bindings.into_iter().any(|binding| match facts[binding].bind {
                Bind::Value { value, .. } => facts.name(value) == Some(own),
                _ => false,
            })
        })?;
        Some((name, class))
    }

    /// A decorator of the class may change what its body says.
    fn is_decorated_oddly(&self, class: In<ClassId>) -> bool {
        let module = self.module(class.file);
        module.facts[class.id].decorators.iter().any(|&decorator| {
            let name = self.decorator_name(In { file: class.file, id: decorator });
            name.is_none_or(|name| !HARMLESS.contains(&&*name))
        })
    }

    /// The value is the builtin class of that name, one derived from it, or an instance of either.
    pub fn is_or_makes(&self, value: &Value, builtin: &str) -> bool {
        let Some(wanted) = self.library_class("builtins", builtin) else { return false };
        let class = match value {
            Value::Class(class) => class.class,
            Value::Instance(instance) => instance.class,
            _ => return false,
        };
        self.bases(class).contains(&Some(wanted))
    }

    /// Every base is known, and nothing else has a say.
    pub fn is_fully_known(&self, class: In<ClassId>) -> bool {
        self.bases(class).iter().all(|base| base.is_some())
    }

    /// The bindings of the first class in the order that has the name; None when a class of which nothing is known
    /// might have it.
    pub fn class_member(&self, class: In<ClassId>, name: &str) -> Option<Member> {
        remembered(&self.members, (class, self.symbol(name)), || self.find_member(class, name))
    }

    fn find_member(&self, class: In<ClassId>, name: &str) -> Option<Member> {
        for base in self.bases(class) {
            let base = base?;
            let bindings = self.with(base.file, |facts| facts.class_bindings(name, base.id));
            if !bindings.is_empty() {
                return Some((base, bindings));
            }
        }
        Some((class, Vec::new()))
    }

    /// What the class itself has under a name, functions unbound.
    pub(super) fn member_of(&self, class: In<ClassId>, name: &str) -> Lookup {
        let Some((owner, bindings)) = self.class_member(class, name) else { return Lookup::Unknown };
        let known = self.bases(class).into_iter().flatten();
        let mut before = known.take_while(|&base| bindings.is_empty() || base != owner).chain([owner]);
        if before.any(|base| self.is_assigned_from_outside(base, name)) {
            return Lookup::Unknown;
        }
        if bindings.is_empty() {
            return Lookup::Missing;
        }
        Lookup::of(self.last_member(owner, bindings))
    }

    /// A class body runs from top to bottom: the last definition counts, unless it stands in a block.
    fn last_member(&self, class: In<ClassId>, bindings: Vec<BindingId>) -> Value {
        let file = class.file;
        self.one_of(self.last(file, bindings).into_iter().map(|id| self.binding(In { file, id })))
    }

    /// What a value has under a name.
    pub fn attribute(&self, value: &Value, name: &str) -> Lookup {
        match value {
            Value::Instance(instance) => self.instance_attribute(instance, value, name),
            Value::Class(class) => match self.member_of(class.class, name) {
                Lookup::Found(value) => {
                    let bound = self.each(&value, |value| match value {
                        Value::Function(callable) if callable.form == Form::Class => {
                            self.bind(callable, Value::Class(class.clone()))
                        }
                        Value::Function(callable) if callable.form == Form::Property => Value::Unknown,
                        other => other.clone(),
                    });
                    Lookup::of(bound)
                }
                // A metaclass or `type` may have it.
                Lookup::Missing | Lookup::Unknown => Lookup::Unknown,
            },
            Value::Module { file, level, name: module } => {
                let value = self.member(*file, *level, module, name);
                value.map_or(Lookup::Unknown, Lookup::of)
            }
            Value::Super(class) => {
                let Some(receiver) = self.receiver(*class) else { return Lookup::Unknown };
                for base in self.bases(*class).into_iter().skip(1) {
                    let Some(base) = base else { return Lookup::Unknown };
                    let bindings = self.with(base.file, |facts| facts.class_bindings(name, base.id));
                    if !bindings.is_empty() {
                        let value = self.last_member(base, bindings);
                        return Lookup::of(self.bound_member(&value, &receiver));
                    }
                }
                Lookup::Unknown
            }
            Value::Union(members) => {
                let mut values = Vec::new();
                // While it is None there is nothing that could be asked of it.
                let none = self.none();
                for member in members.iter().filter(|&member| *member != none) {
                    match self.attribute(member, name) {
                        Lookup::Found(value) => values.push(value),
                        Lookup::Missing | Lookup::Unknown => return Lookup::Unknown,
                    }
                }
                Lookup::of(self.one_of(values))
            }
            Value::Function(_) | Value::Unknown | Value::Never => Lookup::Unknown,
        }
    }

    fn receiver(&self, class: In<ClassId>) -> Option<Value> {
        Some(Value::Instance(Rc::new(Instance { class, args: [].into(), made: Made::Receiver })))
    }

    fn bind(&self, callable: &Callable, receiver: Value) -> Value {
        Value::Function(Rc::new(Callable { receiver: Some(receiver), ..callable.clone() }))
    }

    /// A member of the class as its instance sees it: methods bound, properties called.
    fn bound_member(&self, value: &Value, receiver: &Value) -> Value {
        self.each(value, |value| match value {
            Value::Function(callable) => match callable.form {
                Form::Property => {
                    let getter =
                        Callable { receiver: Some(receiver.clone()), form: Form::Plain, ..(**callable).clone() };
                    self.result(&getter, None)
                }
                Form::Static => value.clone(),
                Form::Class => match receiver {
                    Value::Instance(instance) => {
                        let class = ClassValue { class: instance.class, args: instance.args.clone() };
                        self.bind(callable, Value::Class(Rc::new(class)))
                    }
                    _ => Value::Unknown,
                },
                // `__anext__ = _next` in the class body binds like a method.
                _ => self.bind(callable, receiver.clone()),
            },
            // A descriptor of one's own decides itself what it gives.
            Value::Instance(instance) if self.member_of(instance.class, "__get__") != Lookup::Missing => Value::Unknown,
            other => other.clone(),
        })
    }

    fn instance_attribute(&self, instance: &Instance, receiver: &Value, name: &str) -> Lookup {
        let class = instance.class;
        let on_class = self.member_of(class, name);
        // Special names are looked up on the type alone.
        if name.starts_with("__") && name.ends_with("__") {
            // `self` may be an instance of a subclass, and so may what an annotation promises.
            let may_be_other = matches!(instance.made, Made::Receiver | Made::Promised);
            if may_be_other && self.overridden(class, name).is_none_or(|overrides| !overrides.is_empty()) {
                return Lookup::Unknown;
            }
            return match on_class {
                Lookup::Found(value) => Lookup::of(self.bound_member(&value, receiver)),
                // What is promised may be of a subclass, where the class leaves something to subclasses.
                Lookup::Missing
                    if instance.made == Made::Promised && (self.is_open(class) || self.leaves_to_subclasses(class)) =>
                {
                    Lookup::Unknown
                }
                other => other,
            };
        }
        let mut values = Vec::new();
        match on_class {
            Lookup::Found(value) => {
                if instance.made == Made::Receiver || instance.made == Made::Promised {
                    match self.overridden(class, name) {
                        Some(overrides) => {
                            values.extend(overrides.iter().map(|value| self.bound_member(value, receiver)))
                        }
                        None => return Lookup::Unknown,
                    }
                }
                // What only stands in for the methods of subclasses is not what they are.
                if values.is_empty() || instance.made != Made::Receiver || !self.is_left_open(&value) {
                    values.push(self.bound_member(&value, receiver));
                }
            }
            Lookup::Unknown => return Lookup::Unknown,
            Lookup::Missing => {}
        }
        match self.assigned(class, receiver, name) {
            Some(assigned) => values.extend(assigned),
            None => return Lookup::Unknown,
        }
        if values.is_empty() {
            let asks = |dunder: &str| !matches!(self.member_of(class, dunder), Lookup::Missing);
            return if asks("__getattr__") || asks("__getattribute__") { Lookup::Unknown } else { Lookup::Missing };
        }
        // An attribute that is only ever seen as None gets its value somewhere else.
        let none = self.none();
        if values.iter().all(|value| *value == none) {
            return Lookup::Unknown;
        }
        Lookup::of(self.one_of(values))
    }

    /// A function whose body says nothing, and nothing is promised of what it gives.
    fn is_left_open(&self, value: &Value) -> bool {
        let Value::Function(callable) = value else { return false };
        self.with(callable.function.file, |facts| {
            let function = &facts[callable.function.id];
            function.is_stub && function.annotation.is_none()
        })
    }

    /// The class only promises a part of what an object can do: an object with more fits it as well.
    fn is_open(&self, class: In<ClassId>) -> bool {
        static OPEN: &[&str] = &[
            "AsyncIterable",
            "Awaitable",
            "Callable",
            "Collection",
            "Container",
            "Hashable",
            "Iterable",
            "Reversible",
            "Sized",
            "AbstractAsyncContextManager",
            "AbstractContextManager",
        ];
        let module = self.module(class.file);
        if !module.library.is_empty() {
            return OPEN.contains(&self.class_name(class).as_str());
        }
        module.facts[class.id].bases.iter().any(|&base| {
            let base = match module.facts.expression(base) {
                Expression::Subscript { object, .. } => object,
                _ => base,
            };
            self.qualified(In { file: class.file, id: base }).as_deref() == Some("typing.Protocol")
        })
    }

    /// A class of somebody's code, not of a stub, that has to be derived from before it is of use.
    fn leaves_to_subclasses(&self, class: In<ClassId>) -> bool {
        !self.module(class.file).is_stub() && self.is_for_deriving(class)
    }

    /// What subclasses in the same file have under the name; None when one of them cannot be told.
    pub(super) fn overridden(&self, class: In<ClassId>, name: &str) -> Option<Vec<Value>> {
        let module = self.module(class.file);
        if !module.library.is_empty() {
            return Some(Vec::new());
        }
        let mut values = Vec::new();
        for other in self.derived_with(class, name) {
            match self.member_of(other, name) {
                Lookup::Found(value) => values.push(value),
                Lookup::Missing | Lookup::Unknown => return None,
            }
        }
        Some(values)
    }

    /// What `self.name = …` assigns in the methods of the class and its bases, and what others assign to an attribute
    /// of that name in the same file. None when one of the values is unknown.
    fn assigned(&self, class: In<ClassId>, receiver: &Value, name: &str) -> Option<Vec<Value>> {
        let mut values = Vec::new();
        for base in self.bases(class).into_iter().flatten() {
            let module = self.module(base.file);
            if !module.library.is_empty() {
                continue;
            }
            for store in self.stores(base.file, name) {
                let entry = &module.facts[store];
                if self.assigned_class(In { file: base.file, id: store }).is_some_and(|owner| owner != base) {
                    continue;
                }
                let stored = || self.stored(In { file: base.file, id: store });
                let value = match entry.function {
                    // `self.rows = self.read()` in a base class calls what the subclass has under that name.
                    Some(id) if base != class => {
                        let function = In { file: base.file, id };
                        self.with_given(&Given { function, param: 0, value: receiver.clone() }, stored)
                    }
                    _ => stored(),
                };
                match value {
                    Value::Unknown => return None,
                    value => values.push(value),
                }
            }
        }
        let mut bases = self.bases(class).into_iter().flatten();
        let is_open = !values.is_empty() && bases.any(|base| self.sets_by_name(base, name));
        (!is_open).then_some(values)
    }

    /// The class holds a `setattr(self, …)` that may be about this attribute.
    pub(super) fn sets_by_name(&self, class: In<ClassId>, name: &str) -> bool {
        let module = self.module(class.file);
        let facts = &module.facts;
        let statements = facts.source.find_word("setattr").filter_map(|at| facts.outline.at(at));
        let mut calls = statements.flat_map(|statement| facts.calls(statement)).map(|id| &facts[id]);
        calls.any(|call| {
            let [object, named, _] = &call.arguments[..] else { return false };
            facts.string(named.value).is_none_or(|written| written == name)
                && facts.is_builtin(call.function, "setattr")
                && self.owner(In { file: class.file, id: object.value }) == Some(class)
        })
    }

    /// What an assignment puts into its attribute.
    pub fn stored(&self, store: In<StoreId>) -> Value {
        let module = self.module(store.file);
        let file = store.file;
        match &module.facts[store.id].bind {
            Bind::Value { value, path, annotation } => {
                let inferred = self.unpacked(self.value(In { file, id: *value }), path);
                self.kept_as(inferred, annotation.map(|id| In { file, id }))
            }
            Bind::Declared(annotation) => self.promised(In { file, id: *annotation }),
            _ => Value::Unknown,
        }
    }

    /// The class of which the assignment certainly sets an attribute.
    pub(super) fn assigned_class(&self, store: In<StoreId>) -> Option<In<ClassId>> {
        // An attribute may be assigned to a thousand times, and asked about as often.
        remembered(&self.owners, store, || {
            let object = self.with(store.file, |facts| facts[store.id].object);
            self.owner(In { file: store.file, id: object })
        })
    }

    /// Whose attribute an assignment sets: the class of the object when that is certain.
    fn owner(&self, object: In<NodeId>) -> Option<In<ClassId>> {
        let module = self.module(object.file);
        let facts = &module.facts;
        let node = facts.bare(object.id);
        facts.name(node)?;
        let Meaning::Bound(_, bindings) = facts.meaning(node) else { return None };
        let [binding] = bindings[..] else { return None };
        match facts[binding].bind {
            Bind::Param(function, 0) => self.class_of(In { file: object.file, id: function }),
            Bind::Class(class) => Some(In { file: object.file, id: class }),
            _ => None,
        }
    }

    /// The type variables of a class, in the order in which `Class[…]` takes them.
    pub(super) fn type_parameters(&self, class: In<ClassId>) -> Rc<[String]> {
        remembered(&self.parameters, class, || self.written_parameters(class).into())
    }

    fn written_parameters(&self, class: In<ClassId>) -> Vec<String> {
        let module = self.module(class.file);
        let facts = &module.facts;
        let mut names: Vec<String> = Vec::new();
        for &base in &facts[class.id].bases {
            let Written::Name(base_name, args) = read(facts.node_text(base)) else { continue };
            let variables = args.iter().filter_map(|arg| match arg {
                Written::Name(name, args) if name.len() == 1 && args.is_empty() => Some(name[0].clone()),
                _ => None,
            });
            let variables: Vec<String> = variables.filter(|name| self.is_type_variable(class.file, name)).collect();
            if matches!(base_name.last().map(String::as_str), Some("Generic" | "Protocol")) && !variables.is_empty() {
                return variables;
            }
            for name in variables {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        names
    }

    /// What the type variables of a method's class stand for in an instance that the method is called on.
    pub(super) fn arguments_of(&self, instance: &Instance, method: In<FunctionId>) -> Vec<(String, Value)> {
        let Some(owner) = self.class_of(method) else { return Vec::new() };
        let mut class = instance.class;
        let mut args: Vec<Value> = instance.args.to_vec();
        // From class to base, each passing on what its own subscript says.
        for _ in 0..10 {
            let parameters = self.type_parameters(class);
            let variables: Vec<(String, Value)> = parameters.iter().cloned().zip(args.iter().cloned()).collect();
            if class == owner {
                return variables;
            }
            let module = self.module(class.file);
            let facts = &module.facts;
            let next = facts[class.id].bases.iter().find_map(|&base| {
                let Value::Class(value) = self.value(In { file: class.file, id: base }) else { return None };
                let leads = value.class == owner || self.bases(value.class).contains(&Some(owner));
                leads.then_some((base, value.class))
            });
            let Some((base, base_class)) = next else { return Vec::new() };
            let Written::Name(_, written) = read(facts.node_text(base)) else { return Vec::new() };
            let environment = Environment { receiver: None, variables };
            let scope = facts.scope(base);
            args = written.iter().map(|arg| self.evaluate(class.file, scope, arg, &environment, 0)).collect();
            class = base_class;
        }
        Vec::new()
    }
}
