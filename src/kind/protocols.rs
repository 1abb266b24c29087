//! Which halves of the two iterator protocols a class has.

use super::*;
use crate::facts::{Bind, Expression};

impl Kinds<'_> {
    /// `__aiter__`, the class's own or a known base's, gives the very object.
    pub fn is_own_iterator(&self, class: In<ClassId>) -> bool {
        self.gives_itself(class, "__aiter__")
    }

    fn gives_itself(&self, class: In<ClassId>, name: &str) -> bool {
        let object = self.instance_of(class);
        match self.special(&object, name) {
            Lookup::Found(method) => self.called(&method, None) == object,
            Lookup::Missing | Lookup::Unknown => false,
        }
    }

    /// The one function of that name in the body of the class, when nothing else there has the name.
    fn own_method(&self, class: In<ClassId>, name: &str) -> Option<FunctionId> {
        self.with(class.file, |facts| match facts.class_bindings(name, class.id)[..] {
            [binding] => match facts[binding].bind {
                Bind::Function(function) if !facts[function].is_stub => Some(function),
                _ => None,
            },
            _ => None,
        })
    }

    /// A class with half of each protocol, `__aiter__` beside `__next__` or `__iter__` beside `__anext__`: the method of
    /// the sync one, its name and the other's. Every base is known, and no subclass in the file has the rest.
    pub fn half_of_each(&self, class: In<ClassId>) -> Option<(FunctionId, &'static str, &'static str)> {
        let halves = [
            ("__aiter__", "__aiter__", "__next__", ["__anext__", "__iter__"]),
            ("__iter__", "__anext__", "__iter__", ["__next__", "__aiter__"]),
        ];
        halves.into_iter().find_map(|(gives, its, odd, others)| {
            self.own_method(class, its)?;
            let odd_method = self.own_method(class, odd)?;
            let lacks = |class: In<ClassId>| others.iter().all(|name| self.lacks(class, name));
            let complete = !self.gives_itself(class, gives) || !lacks(class);
            let completed = || self.subclasses(class).into_iter().any(|other| !lacks(other));
            (!complete && !completed()).then_some((odd_method, odd, its))
        })
    }

    /// Neither the class nor any base has a special method of that name, and every base is known.
    pub fn lacks(&self, class: In<ClassId>, name: &str) -> bool {
        self.has(&self.instance_of(class), name).is_no()
    }

    /// The class or a known base has the name, whatever it stands for.
    pub fn defines(&self, class: In<ClassId>, name: &str) -> bool {
        self.class_member(class, name).is_some_and(|(_, bindings)| !bindings.is_empty())
    }

    /// The dotted names of the bases and of the metaclass, as the header of the class writes them.
    pub(super) fn written_bases(&self, class: In<ClassId>) -> Vec<Option<Rc<str>>> {
        let module = self.module(class.file);
        let facts = &module.facts;
        let entry = &facts[class.id];
        let parents = entry.bases.iter().chain(entry.keywords.iter().map(|(_, value)| value));
        let names = parents.map(|&parent| {
            let parent = match facts.expression(parent) {
                Expression::Subscript { object, .. } => object,
                _ => parent,
            };
            self.qualified(In { file: class.file, id: parent })
        });
        names.collect()
    }

    /// The value promises what it can do by a protocol or by next to nothing: other classes fit it as well.
    pub fn is_structural(&self, value: &Value) -> bool {
        let Value::Instance(instance) = value else { return false };
        let is_protocol = |class: In<ClassId>| {
            let mut names = self.written_bases(class).into_iter().flatten();
            names.any(|name| &*name == "typing.Protocol")
        };
        self.is_library_class(instance.class, "collections.abc", "Hashable")
            || self.bases(instance.class).into_iter().flatten().any(is_protocol)
    }

    /// What the annotation itself says that a value can do: an object that fits it may do more.
    pub fn as_written(&self, promised: &Value) -> Value {
        self.each(promised, |value| match value {
            Value::Instance(instance) => {
                Value::Instance(Rc::new(Instance { made: Made::Given, ..(**instance).clone() }))
            }
            other => other.clone(),
        })
    }

    /// Something that is awaited and does nothing else: `Awaitable[…]`, `Coroutine[…]`.
    pub fn is_awaitable_alone(&self, value: &Value) -> bool {
        match value {
            Value::Instance(instance) => ["Awaitable", "Coroutine", "_Step"]
                .iter()
                .any(|name| self.is_library_class(instance.class, "collections.abc", name)),
            _ => false,
        }
    }
}
