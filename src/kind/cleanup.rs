//! What an async generator leaves to do when it is closed at a `yield`, and what stands under a name before it is
//! replaced.

use super::*;
use crate::facts::Bind;
use crate::syntax::SyntaxKind;

/// How many generators may hand on one another's items.
const LONGEST_CHAIN: u32 = 4;

impl Kinds<'_> {
    /// Each thing that the value may be is an async generator with something to do when it is closed at a `yield`.
    pub fn cleans_up_when_closed(&self, value: &Value) -> bool {
        let cleans_up = |member: &Value| {
            matches!(member, Value::Instance(instance)
                if instance.made.function().is_some_and(|function| self.cleans_up_at_yield(function)))
        };
        self.is_async_generator(value) && self.members(value).iter().all(cleans_up)
    }

    /// Closed at one of its yields, the generator has something to do: a `finally`, a manager, a handler, or an inner
    /// generator of that kind that it loops over.
    fn cleans_up_at_yield(&self, function: In<FunctionId>) -> bool {
        self.cleans_up(function, 0)
    }

    fn cleans_up(&self, function: In<FunctionId>, depth: u32) -> bool {
        let module = self.module(function.file);
        let facts = &module.facts;
        let entry = &facts[function.id];
        let holds = |up: NodeId, node: NodeId| match facts.syntax(up) {
            SyntaxKind::WithStatement => true,
            SyntaxKind::TryStatement => facts.children(up).any(|part| facts.syntax(part) == SyntaxKind::FinallyClause),
            SyntaxKind::ForStatement => facts.loop_at(up).is_some_and(|id| {
                let value = self.value(In { file: function.file, id: facts[id].iterable });
                let Value::Instance(instance) = &value else { return false };
                let inner = instance.made.function().filter(|_| self.is_async_generator(&value));
                depth < LONGEST_CHAIN && inner.is_some_and(|inner| self.cleans_up(inner, depth + 1))
            }),
            _ => false,
        } && up != node;
        entry.yields.iter().any(|&id| {
            let node = facts[id].node;
            facts.ancestors(node).take_while(|&up| up != entry.node).any(|up| holds(up, node))
        })
    }

    /// The function that the class of an object, a class or a module defines under a name, whatever is stored there
    /// later.
    pub fn defined_under(&self, target: &Value, name: &str) -> Option<In<FunctionId>> {
        let (file, bindings) = match target {
            Value::Instance(instance) => self.class_bindings(instance.class, name)?,
            Value::Class(class) => self.class_bindings(class.class, name)?,
            Value::Module { file, level, name: module } => {
                let importer = self.module(*file);
                let found = self.project.modules(&importer, *level, module).into_iter().next()?;
                let file = self.file(found);
                (file, self.with(file, |facts| facts.module_bindings(name)))
            }
            _ => return None,
        };
        let [binding] = bindings[..] else { return None };
        self.with(file, |facts| match facts[binding].bind {
            Bind::Function(id) => Some(In { file, id }),
            _ => None,
        })
    }

    fn class_bindings(&self, class: In<ClassId>, name: &str) -> Option<(FileId, Vec<crate::facts::BindingId>)> {
        let (owner, bindings) = self.class_member(class, name)?;
        Some((owner.file, bindings))
    }

    /// A module by its dotted name, as the file that is checked would import it.
    pub fn module_named(&self, name: &str) -> Option<Value> {
        let is_there = self.project.is_there(&self.module(HERE), 0, name);
        is_there.then(|| Value::Module { file: HERE, level: 0, name: name.into() })
    }
}
