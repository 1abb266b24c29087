//! Iterators that have no end of their own.

use super::*;

impl Kinds<'_> {
    /// The iterator never says that it is at its end: it has none of its own, or nothing in it could say so.
    pub fn has_no_end(&self, value: &Value) -> bool {
        let members = self.members(value);
        let endless = |member: &Value| {
            let Value::Instance(instance) = member else { return false };
            self.is_endless(member) || self.ends(member).is_no() || self.steps_without_end(instance.class)
        };
        !members.is_empty() && members.iter().all(endless)
    }

    /// A step that raises nothing, and asks no other iterator for its next item.
    fn steps_without_end(&self, class: In<ClassId>) -> bool {
        let mut steps = ["__next__", "__anext__"].into_iter().filter_map(|name| match self.member_of(class, name) {
            Lookup::Found(Value::Function(step)) => Some(step.function),
            _ => None,
        });
        let Some(step) = steps.next() else { return false };
        let module = self.module(step.file);
        let facts = &module.facts;
        let raises = facts.raises(step.id.island).any(|id| facts[id].function == Some(step.id));
        let asks = facts.calls(step.id.island).filter(|&id| facts[id].inside == Some(step.id)).any(|id| {
            let name = facts.node_text(facts[id].function).rsplit('.').next().unwrap_or_default();
            matches!(name, "next" | "anext" | "__next__" | "__anext__")
        });
        !module.is_stub() && !facts[step.id].is_stub && !raises && !asks
    }

    /// An async or sync generator that gives at least one item, whatever happens.
    pub fn gives_an_item(&self, value: &Value) -> bool {
        let Value::Instance(instance) = value else { return false };
        let (Made::Calling(function), "types") = (instance.made, self.module(instance.class.file).library) else {
            return false;
        };
        self.flow(function).is_some_and(|flow| flow.0.always_yields_first())
    }
}
