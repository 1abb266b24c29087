//! Attributes that keep what they are given: who else may assign to them, and what objects are made with.
//!
//! A function sees one assignment to `self.rows` after another, but the attribute is open to everybody who has the object.
//! It keeps what the function gives it, as far as code can tell, when the class is known to its last base, does not
//! interfere (a property, a descriptor, `__setattr__`), and nobody in the files of the class assigns to that attribute but
//! this function and the constructor. Taking the value away (`self.rows = None`) is no assignment in this sense. Several
//! calls of the function at once, on one object, are not thought of.

use super::*;
use crate::facts::{Bind, BindingId, Expression, StoreId};

/// The methods that run once, before anybody else has the object.
const CONSTRUCTORS: [&str; 3] = ["__init__", "__new__", "__post_init__"];

impl Kinds<'_> {
    /// What stands at `object.name` in the function is what the function or the constructor has put there.
    pub fn keeps(&self, attribute: NodeId, function: FunctionId) -> bool {
        let module = self.module(HERE);
        let facts = &module.facts;
        let Expression::Attribute { object, name } = facts.expression(attribute) else { return false };
        let Value::Instance(instance) = self.value(here(object)) else { return false };
        let name = facts.text(name);
        let class = instance.class;
        let is_own = |store: In<StoreId>| store.file == HERE && facts[store.id].function == Some(function);
        self.is_plain_attribute(class, name)
            && self
                .stores_of(class, name)
                .into_iter()
                .all(|store| is_own(store) || self.is_constructing(store) || self.takes_away(store))
    }

    /// The assignments that put a new async generator into this attribute of every object of the class: all of those in
    /// its constructors.
    pub fn constructed_with(&self, object: &Value, name: &str) -> Vec<StoreId> {
        let Value::Instance(instance) = object else { return Vec::new() };
        let stores = self.stores_of(instance.class, name).into_iter();
        let stores: Vec<In<StoreId>> = stores.filter(|&store| self.is_constructing(store)).collect();
        let makes_one = |store: &In<StoreId>| {
            let made = self.with(store.file, |facts| match &facts[store.id].bind {
                Bind::Value { value, path: Some(path), .. } if path.is_empty() => Some(*value),
                _ => None,
            });
            // A constructor elsewhere cannot be shown.
            store.file == HERE && made.is_some_and(|made| self.is_async_generator(&self.value(here(made))))
        };
        if stores.iter().all(makes_one) { stores.into_iter().map(|store| store.id).collect() } else { Vec::new() }
    }

    /// Reading it gives what was assigned, and assigning does nothing else.
    fn is_plain_attribute(&self, class: In<ClassId>, name: &str) -> bool {
        if !self.module(class.file).library.is_empty() || !self.is_fully_known(class) {
            return false;
        }
        let interferes = ["__getattribute__", "__getattr__", "__setattr__"];
        if interferes.iter().any(|special| self.member_of(class, special) != Lookup::Missing) {
            return false;
        }
        let bases: Vec<In<ClassId>> = self.bases(class).into_iter().flatten().collect();
        let derived = self.derived_with(class, name);
        let only_declares = |&owner: &In<ClassId>| {
            let bindings = self.with(owner.file, |facts| facts.class_bindings(name, owner.id));
            bindings.into_iter().all(|id| self.only_declares(In { file: owner.file, id }))
        };
        bases.iter().chain(&derived).all(only_declares) && !bases.iter().any(|&base| self.sets_by_name(base, name))
    }

    /// `rows: AsyncIterator` or `rows = None` in the class body.
    fn only_declares(&self, binding: In<BindingId>) -> bool {
        self.with(binding.file, |facts| match &facts[binding.id].bind {
            Bind::Declared(_) => true,
            Bind::Value { value, .. } => facts.expression(*value) == Expression::None,
            _ => false,
        })
    }

    /// Every assignment to the attribute, in the file that is checked and in those of the class, that may be about an
    /// object of the class.
    fn stores_of(&self, class: In<ClassId>, name: &str) -> Vec<In<StoreId>> {
        let bases = self.bases(class);
        let mut files = vec![HERE];
        files.extend(bases.iter().flatten().map(|base| base.file).filter(|&file| file != HERE));
        files.dedup();
        let stores =
            files.into_iter().flat_map(|file| self.stores(file, name).into_iter().map(move |id| In { file, id }));
        let is_ours = |store: &In<StoreId>| match self.assigned_class(*store).or_else(|| self.class_of_object(*store)) {
            Some(owner) => bases.contains(&Some(owner)) || self.bases(owner).contains(&Some(class)),
            None => true,
        };
        stores.filter(is_ours).collect()
    }

    /// The class of the object that gets the value, as far as values tell.
    fn class_of_object(&self, store: In<StoreId>) -> Option<In<ClassId>> {
        let object = self.with(store.file, |facts| facts[store.id].object);
        match self.value(In { file: store.file, id: object }) {
            Value::Instance(instance) => Some(instance.class),
            _ => None,
        }
    }

    fn is_constructing(&self, store: In<StoreId>) -> bool {
        let module = self.module(store.file);
        let facts = &module.facts;
        let function = facts[store.id].function.and_then(|function| facts[function].name);
        let is_constructor = function.is_some_and(|name| CONSTRUCTORS.contains(&facts.text(name)));
        is_constructor && self.assigned_class(store).is_some()
    }

    /// `object.name = None`, `del object.name`: nothing can be looped over there any more.
    fn takes_away(&self, store: In<StoreId>) -> bool {
        self.with(store.file, |facts| match &facts[store.id].bind {
            Bind::Value { value, .. } => facts.expression(*value) == Expression::None,
            Bind::Deleted | Bind::Declared(_) => true,
            _ => false,
        })
    }
}
