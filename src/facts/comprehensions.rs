//! Comprehensions: which one a scope belongs to, and which of them are async.

use super::{Facts, LoopForm, LoopId, NodeId, ScopeId, ScopeKind};

impl Facts {
    /// The node stands in the leftmost iterable of the comprehension, which belongs to the scope round it.
    pub fn is_leftmost(&self, node: NodeId, comprehension: NodeId) -> bool {
        let first = self.clauses(comprehension).next();
        first.is_some_and(|first| self.within(node, self[first].iterable))
    }

    /// The clauses of a comprehension or generator expression.
    pub fn clauses(&self, comprehension: NodeId) -> impl Iterator<Item = LoopId> + '_ {
        let is_own = move |id: &LoopId| matches!(self[*id].form, LoopForm::Clause { of, .. } if of == comprehension);
        self.loops(comprehension.island).filter(is_own)
    }

    /// The comprehension or generator expression whose names these are.
    pub fn comprehension_of(&self, scope: ScopeId) -> Option<NodeId> {
        if self[scope].kind != ScopeKind::Comprehension {
            return None;
        }
        self.loops(scope.island).find_map(|id| match self[id].form {
            LoopForm::Clause { of, .. } if self.scope(self[id].target) == scope => Some(of),
            _ => None,
        })
    }

    /// The comprehension waits by itself: it has an `async for`, or an `await` anywhere but in its leftmost iterable.
    /// What waits inside an inner comprehension or lambda is not counted.
    pub fn waits_itself(&self, comprehension: NodeId) -> bool {
        if self.clauses(comprehension).any(|id| self[id].is_async) {
            return true;
        }
        self.awaits(comprehension.island).any(|id| {
            let scope = self.scope(self[id].node);
            self.comprehension_of(scope) == Some(comprehension)
        })
    }
}
