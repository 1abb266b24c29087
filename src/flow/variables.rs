//! The names of one function that its own graph can follow.
//!
//! A variable is a name of the function itself, of a comprehension in it or of a class body in it, as long as nobody
//! outside the graph can rebind it: names declared `global` or `nonlocal`, here or in a nested function, are none.

use rustc_hash::FxHashMap;

use super::{Event, Flow};
use crate::facts::{BindingId, Facts, FunctionId, Meaning, NodeId, ScopeId, ScopeKind};
use crate::syntax::{Field, SyntaxKind};

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Variable(pub u32);

#[derive(Debug, Default)]
pub struct Variables {
    /// What binds each variable, in reading order.
    pub bindings: Vec<Vec<BindingId>>,
    of_binding: FxHashMap<BindingId, Variable>,
    of_use: FxHashMap<NodeId, Variable>,
}

impl Variables {
    pub fn of(facts: &Facts, flow: &Flow) -> Variables {
        let mut variables = Variables::default();
        // A name means the same wherever it stands in one scope.
        let mut known: FxHashMap<(ScopeId, &str), Option<Variable>> = FxHashMap::default();
        for (_, event) in flow.events() {
            match event {
                Event::Use(_) | Event::Closure(_) | Event::Lazy(_) => {
                    let names = if let Event::Use(name) = event { vec![name] } else { captured(facts, event) };
                    for name in names {
                        let key = (facts.scope(name), facts.node_text(name));
                        let variable = known.entry(key).or_insert_with(|| variables.find(facts, flow.function, name));
                        variables.of_use.extend(variable.map(|variable| (name, variable)));
                    }
                }
                Event::Bind(binding) => {
                    let scope = facts[binding].scope;
                    if !variables.of_binding.contains_key(&binding) && is_inside(facts, flow.function, scope) {
                        let name = facts.text(facts[binding].name);
                        if let Meaning::Bound(found, bindings) = facts.lookup(name, scope)
                            && found == facts.canonical(scope)
                        {
                            variables.add(facts, found, bindings);
                        }
                    }
                }
                _ => {}
            }
        }
        variables
    }

    pub fn binding(&self, binding: BindingId) -> Option<Variable> {
        self.of_binding.get(&binding).copied()
    }

    /// The variable that is read at this identifier.
    pub fn name(&self, name: NodeId) -> Option<Variable> {
        self.of_use.get(&name).copied()
    }

    fn find(&mut self, facts: &Facts, function: FunctionId, name: NodeId) -> Option<Variable> {
        let Meaning::Bound(scope, bindings) = facts.meaning(name) else { return None };
        if facts.is_module_scope(scope) || !is_inside(facts, function, scope) {
            return None;
        }
        self.add(facts, scope, bindings)
    }

    fn add(&mut self, facts: &Facts, scope: ScopeId, bindings: Vec<BindingId>) -> Option<Variable> {
        let &first = bindings.first()?;
        if let Some(&known) = self.of_binding.get(&first) {
            return Some(known);
        }
        let name = facts.text(facts[first].name);
        if facts.is_rebound_nonlocally(name, scope) {
            return None;
        }
        let variable = Variable(self.bindings.len() as u32);
        for &binding in &bindings {
            self.of_binding.insert(binding, variable);
        }
        self.bindings.push(bindings);
        Some(variable)
    }
}

/// The scope's code runs in the function's own graph.
fn is_inside(facts: &Facts, function: FunctionId, scope: ScopeId) -> bool {
    let mut scope = Some(scope);
    while let Some(here) = scope.filter(|&here| !facts.is_module_scope(here)) {
        if here == facts[function].scope {
            return true;
        }
        scope = match facts[here].kind {
            ScopeKind::Comprehension | ScopeKind::Class => facts[here].outer,
            _ => None,
        };
    }
    false
}

/// The names inside a nested function or lazy expression, as far as they are read or rebound there: those that it
/// captures are among them.
pub fn captured(facts: &Facts, event: Event) -> Vec<NodeId> {
    let (node, without) = match event {
        Event::Closure(function) => (facts[function].body, None),
        Event::Lazy(node) => {
            let first = facts.children(node).find(|&child| facts.syntax(child) == SyntaxKind::ForInClause);
            (node, first.and_then(|clause| facts.child(clause, Field::Right)))
        }
        _ => return Vec::new(),
    };
    let names = facts.tree(node).subtree(node.row).map(|row| NodeId { row, ..node });
    let names = names.filter(|&name| facts.syntax(name) == SyntaxKind::Identifier && is_name(facts, name));
    names.filter(|&name| without.is_none_or(|without| !facts.within(name, without))).collect()
}

/// The identifier is a name, not the part behind a dot or the name of an argument.
fn is_name(facts: &Facts, identifier: NodeId) -> bool {
    let field = facts.tree(identifier)[identifier.row].field;
    match facts.parent(identifier).map(|parent| facts.syntax(parent)) {
        Some(SyntaxKind::Attribute) => field != Field::Attribute,
        Some(SyntaxKind::KeywordArgument) => field != Field::Name,
        _ => true,
    }
}
