//! Who uses a function of the file: whether a generator is made to be looped over, or to be entered and left once.

use rustc_hash::FxHashMap;

use super::*;
use crate::facts::{Bind, CallId, LoopForm, LoopId, Meaning, Place, ScopeId};
use crate::syntax::SyntaxKind;

impl Kinds<'_> {
    /// The async generator is looped over. A context manager, a fixture, a lifespan or a dependency is entered and left
    /// once instead: a decorator makes it one, or somebody takes the function as a value, or, where nobody is seen to
    /// loop over it, it has one `yield` and that stands in no loop.
    pub fn is_for_loops(&self, function: FunctionId) -> bool {
        let module = self.module(HERE);
        let facts = &module.facts;
        let entry = &facts[function];
        let form = self.form(here(function));
        if !matches!(form, Some(Form::Plain | Form::Static | Form::Class | Form::Property)) || entry.is_damaged {
            return false;
        }
        let Some(name) = entry.name.map(|name| facts.text(name)) else { return false };
        // Special methods are called by the language.
        if name.starts_with("__") && name.ends_with("__") {
            return true;
        }
        let uses = self.uses_of(function);
        let is_property = form == Some(Form::Property);
        if !is_property && uses.iter().any(|&id| facts.place(facts.whole_name(id)) != Place::Called) {
            return false;
        }
        let is_looped = |id: &NodeId| {
            let named = facts.whole_name(*id);
            let made = if is_property { Some(named) } else { facts.parent(facts.wrapped(named)) };
            made.is_some_and(|made| self.loop_over(made).is_some())
        };
        let repeats = |node: NodeId| {
            let inside = |up: &NodeId| *up != entry.node;
            facts
                .ancestors(node)
                .take_while(inside)
                .any(|up| matches!(facts.syntax(up), SyntaxKind::ForStatement | SyntaxKind::WhileStatement))
        };
        let many = entry.yields.len() > 1 || entry.yields.iter().any(|&id| repeats(facts[id].node));
        many || uses.iter().any(is_looped)
    }

    /// The `async for` whose iterable the expression is.
    fn loop_over(&self, node: NodeId) -> Option<LoopId> {
        let module = self.module(HERE);
        let facts = &module.facts;
        facts.loops(node.island).find(|&id| facts[id].is_async && facts.bare(facts[id].iterable) == facts.bare(node))
    }

    /// Every identifier of the file that may mean the function: its name, and for a method the name behind a dot.
    pub(super) fn uses_of(&self, function: FunctionId) -> Vec<NodeId> {
        let module = self.module(HERE);
        let facts = &module.facts;
        let Some(name) = facts[function].name.map(|name| facts.text(name)) else { return Vec::new() };
        let is_method = self.class_of(here(function)).is_some();
        // A name means the same wherever it stands in one scope.
        let mut means_it_in: FxHashMap<ScopeId, bool> = FxHashMap::default();
        let mut means_it = |id: NodeId| {
            if facts.is_behind_dot(id) {
                return is_method;
            }
            let scope = facts.canonical(facts.scope(id));
            *means_it_in.entry(scope).or_insert_with(|| match facts.lookup(name, scope) {
                Meaning::Bound(_, bindings) => {
                    bindings.into_iter().any(|binding| facts[binding].bind == Bind::Function(function))
                }
                Meaning::Builtin | Meaning::Unknown => false,
            })
        };
        let uses = facts.spelled(name).into_iter();
        uses.filter(|&id| !facts.is_definition(id) && means_it(id)).collect()
    }

    /// Every call of a function of the file in the file, as far as its name tells.
    pub(super) fn calls_here(&self, function: FunctionId) -> Vec<CallId> {
        let module = self.module(HERE);
        let facts = &module.facts;
        let named = self.uses_of(function).into_iter().map(|id| facts.wrapped(facts.whole_name(id)));
        named.filter_map(|named| facts.parent(named).and_then(|up| facts.call_at(up))).collect()
    }

    /// Somebody in the file awaits the items of the generator, or hands them, or the generator, on to what may.
    pub fn items_may_be_awaited(&self, function: FunctionId) -> bool {
        let module = self.module(HERE);
        let facts = &module.facts;
        self.calls_here(function).into_iter().any(|call| {
            let node = facts[call].node;
            match self.loop_over(node) {
                Some(id) => self.item_may_be_awaited(id),
                None => matches!(facts.place(node), Place::Argument(_) | Place::Other | Place::Named(_)),
            }
        })
    }

    fn item_may_be_awaited(&self, id: LoopId) -> bool {
        let module = self.module(HERE);
        let facts = &module.facts;
        let this = &facts[id];
        let Some(name) = facts.name(this.target) else { return true };
        let within = match this.form {
            LoopForm::Statement => this.node,
            LoopForm::Clause { of, .. } => of,
        };
        let uses = facts.spelled(name).into_iter().filter(|&used| facts.within(used, within) && used != this.target);
        uses.into_iter().any(|used| match facts.place(used) {
            Place::Formatted | Place::Attribute(_) | Place::Subscript | Place::Operand | Place::Compared => false,
            Place::Argument(call) => {
                let name = self.called_name(here(call));
                !matches!(name.as_deref(), Some("builtins.print" | "builtins.str" | "builtins.len" | "builtins.repr"))
            }
            _ => true,
        })
    }
}
