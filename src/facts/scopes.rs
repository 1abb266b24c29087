//! What a name refers to: Python's own rules, for a file of which only parts are parsed.
//!
//! A name is looked up from the scope it stands in outwards. Functions, lambdas and comprehensions see the functions
//! round them; a class body sees its own names first, and nothing inside the class sees them; after the module come
//! the builtins. `global` and `nonlocal` send the look-up elsewhere. Module and class bodies are cut into statements by
//! the outline: their bindings are found there by name, and only the statements that bind the name are parsed.
//!
//! The answer is every binding that the scope has for the name, in reading order. Which of them holds at a given point
//! is a question of flow, not of scope.

use std::hash::{Hash, Hasher};
use std::sync::{Mutex, PoisonError};

use rustc_hash::{FxHashMap, FxHashSet, FxHasher};

use super::{BindingId, Facts, FunctionId, Id, ImportId, NodeId, Scope, ScopeId, ScopeKind};
use crate::syntax::{How, StatementId, StatementKind};

/// What a name means where it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Meaning {
    /// Names of one scope: the scope, and each binding it has for the name.
    Bound(ScopeId, Vec<BindingId>),
    /// No scope of the file binds it.
    Builtin,
    /// A star import may bind it.
    Unknown,
}

/// The first scope of every island is the one its statement stands in; this one stands for the module's.
const MODULE: ScopeId = Id { island: StatementId(u32::MAX), index: 0, of: std::marker::PhantomData };

/// A name that is bound more often in one scope may be anything: to follow each use through all of its bindings takes
/// time that no answer is worth.
const MOST_BINDINGS: usize = 256;

impl Facts {
    /// What the identifier at this node refers to.
    pub fn meaning(&self, node: NodeId) -> Meaning {
        self.lookup(self.node_text(node), self.scope(node))
    }

    /// True when the name at this node is Python's own builtin of that name.
    pub fn is_builtin(&self, node: NodeId, name: &str) -> bool {
        let node = self.bare(node);
        self.name(node) == Some(name) && self.meaning(node) == Meaning::Builtin
    }

    /// Each island has its own copy of the scope round it; this is the one copy that is compared.
    pub fn canonical(&self, scope: ScopeId) -> ScopeId {
        if scope == MODULE || scope.index != 0 {
            return scope;
        }
        let mut island = scope.island;
        while let Some(class) = self.outline.statements[island.0 as usize].parent {
            if let Some(scope) = self.body_scope(class) {
                return scope;
            }
            // The grammar sees no class there: the body's names are as good as those of the body round it.
            island = class;
        }
        MODULE
    }

    /// The names of the body of a class statement: of the first class of its island.
    fn body_scope(&self, class: StatementId) -> Option<ScopeId> {
        self.island(class).classes.first().map(|class| class.scope)
    }

    pub fn lookup(&self, name: &str, from: ScopeId) -> Meaning {
        let mut scope = self.canonical(from);
        let mut first = true;
        while scope != MODULE {
            let here = &self[scope];
            if here.globals.iter().any(|&global| self.text(global) == name) {
                break;
            }
            let visible = first || here.kind != ScopeKind::Class;
            let nonlocal = here.nonlocals.iter().any(|&nonlocal| self.text(nonlocal) == name);
            if visible
                && !nonlocal
                && let Some(meaning) = self.meaning_in(name, scope)
            {
                return meaning;
            }
            // The leftmost iterable of a comprehension belongs to the scope round it, so a comprehension in a class
            // body sees none of the class's names anywhere else.
            first = false;
            let Some(outer) = here.outer else { break };
            scope = self.canonical(outer);
        }
        if let Some(meaning) = self.meaning_in(name, MODULE) {
            return meaning;
        }
        // A star import may bring the name, and so may a function by `global`.
        if self.has_star_import() || self.is_rebound_globally(name) {
            return Meaning::Unknown;
        }
        Meaning::Builtin
    }

    /// What a scope makes of a name, if it binds it.
    fn meaning_in(&self, name: &str, scope: ScopeId) -> Option<Meaning> {
        // Asked before the bindings are gathered, which takes as long as there are many.
        if self.cut_body(scope).is_some_and(|body| self.binders().count(name, body) > MOST_BINDINGS) {
            return Some(Meaning::Unknown);
        }
        let bindings = self.bindings_of(name, scope);
        match bindings.len() {
            0 => None,
            1..=MOST_BINDINGS => Some(Meaning::Bound(scope, bindings)),
            _ => Some(Meaning::Unknown),
        }
    }

    /// The one definition that a name means, when that is plain from the outline: `def` or `async def` at the top of the
    /// module, undecorated, the only binding of the name. Nothing is parsed to find it.
    pub fn outlined_function(&self, name: &str, from: ScopeId) -> Option<StatementId> {
        let mut scope = self.canonical(from);
        while !self.is_module_scope(scope) {
            let here = &self[scope];
            let is_cut =
                here.class.is_some_and(|class| scope == self.canonical(self[class].scope)) && self.is_cut(scope.island);
            if is_cut
                || here.globals.iter().any(|&global| self.text(global) == name)
                || !self.named(name, scope).is_empty()
            {
                return None;
            }
            scope = self.canonical(here.outer?);
        }
        self.only_definition(name, None)
    }

    /// The same for a method of a class that the outline cut.
    pub fn outlined_method(&self, name: &str, class: StatementId) -> Option<StatementId> {
        self.only_definition(name, Some(class))
    }

    fn only_definition(&self, name: &str, parent: Option<StatementId>) -> Option<StatementId> {
        let [only] = self.statements_binding(name, parent)[..] else { return None };
        let statement = self.outline.statement(only);
        let is_function = matches!(statement.kind, StatementKind::Function { .. });
        let undecorated = !self.source.text[statement.span.start as usize..].starts_with('@');
        (is_function && undecorated && !self.is_rebound_globally(name) && !self.has_star_import()).then_some(only)
    }

    /// What the module itself binds to the name.
    pub fn module_bindings(&self, name: &str) -> Vec<BindingId> {
        self.bindings_of(name, MODULE)
    }

    /// What the class body binds to the name.
    pub fn class_bindings(&self, name: &str, class: super::ClassId) -> Vec<BindingId> {
        self.bindings_of(name, self.canonical(self[class].scope))
    }

    pub fn is_module_scope(&self, scope: ScopeId) -> bool {
        self.canonical(scope) == MODULE
    }

    /// A module-level name that some function rebinds by `global`.
    pub fn is_rebound_globally(&self, name: &str) -> bool {
        self.outline.globals.iter().any(|&global| self.text(global) == name)
    }

    /// A function's name that an inner function rebinds by `nonlocal`.
    pub fn is_rebound_nonlocally(&self, name: &str, scope: ScopeId) -> bool {
        let says_nonlocal = |inner: &Scope| inner.nonlocals.iter().any(|&nonlocal| self.text(nonlocal) == name);
        let scopes = &self.island_of(scope).scopes;
        scopes.iter().filter(|inner| says_nonlocal(inner)).any(|inner| {
            // The nearest function round it that has the name as its own.
            let outwards = std::iter::successors(inner.outer, |&outer| self[outer].outer);
            let mut owners = outwards.filter(|&outer| {
                let here = &self[outer];
                here.kind != ScopeKind::Class && !says_nonlocal(here) && !self.named(name, outer).is_empty()
            });
            owners.next() == Some(scope)
        })
    }

    /// The functions that stand directly in a class body, by name, in reading order.
    pub fn methods(&self, name: &str, class: super::ClassId) -> Vec<FunctionId> {
        let bindings = self.class_bindings(name, class).into_iter();
        bindings
            .filter_map(|binding| match self[binding].bind {
                super::Bind::Function(function) => Some(function),
                _ => None,
            })
            .collect()
    }

    /// A method of the class has a body that does nothing: what it would do is left to others. Only methods whose text
    /// may be such are parsed.
    pub fn leaves_a_method_open(&self, class: super::ClassId) -> bool {
        let may_be_open = |id: &StatementId| {
            let statement = self.outline.statement(*id);
            let text = statement.span.text(&self.source.text);
            let body = text[statement.header.end.saturating_sub(statement.span.start) as usize..].trim_start();
            let is_documented = body.starts_with(['"', '\'', 'r']) && !body.contains("return");
            is_documented || ["NotImplementedError", "pass", "..."].iter().any(|word| body.contains(word))
        };
        let members =
            self.outline.statements.iter().enumerate().filter(|(_, member)| member.parent == Some(class.island));
        let members = members.map(|(index, _)| StatementId(index as u32)).filter(may_be_open);
        let scope = self.canonical(self[class].scope);
        let islands = std::iter::once(class.island).chain(members);
        let mut functions = islands.flat_map(|island| self.functions(island));
        functions.any(|id| self[id].is_stub && !self[id].is_lambda() && self.canonical(self[id].outer) == scope)
    }

    fn island_of(&self, scope: ScopeId) -> &super::Island {
        self.island(scope.island)
    }

    fn has_star_import(&self) -> bool {
        *self.has_star.get_or_init(|| self.star_imports().next().is_some())
    }

    /// The star imports, last first; a module that is imported so more than once stands where it is so for the last
    /// time.
    pub fn stars(&self) -> &[ImportId] {
        self.stars.get_or_init(|| {
            // One statement may hold several.
            let all: Vec<ImportId> = self.star_imports().flat_map(|statement| self.imports(statement)).collect();
            let stars = all.into_iter().rev().filter(|&id| self[id].name.as_deref() == Some("*"));
            let mut seen = FxHashSet::default();
            stars.filter(|&id| seen.insert((self[id].level, self[id].module.as_str()))).collect()
        })
    }

    /// The statements that import everything a module shows.
    fn star_imports(&self) -> impl Iterator<Item = StatementId> + '_ {
        let stars = self.outline.names.iter().filter(|bound| bound.how == How::Star);
        stars.map(|bound| bound.statement).chain(self.opaque_stars())
    }

    fn opaque_stars(&self) -> impl Iterator<Item = StatementId> + '_ {
        let whole = self.outline.statements.iter().enumerate();
        whole.filter(|(_, statement)| statement.kind == StatementKind::Whole).filter_map(|(index, _)| {
            let id = StatementId(index as u32);
            let imports = &self.island(id).imports;
            imports.iter().any(|import| import.name.as_deref() == Some("*")).then_some(id)
        })
    }

    fn bindings_of(&self, name: &str, scope: ScopeId) -> Vec<BindingId> {
        let Some(parent) = self.cut_body(scope) else { return self.named(name, scope) };
        let read = || {
            // In each of them, the scope round the statement comes first.
            let statements = self.statements_binding(name, parent).into_iter();
            statements.flat_map(|statement| self.named(name, Id::new(statement, 0))).collect()
        };
        self.binders().crowded(name, parent, read)
    }

    /// The class whose body the scope is, or none for the module's, where the outline has cut it into statements.
    fn cut_body(&self, scope: ScopeId) -> Option<Option<StatementId>> {
        if scope == MODULE {
            return Some(None);
        }
        let is_cut = self.is_cut(scope.island) && self.body_scope(scope.island) == Some(scope);
        is_cut.then_some(Some(scope.island))
    }

    fn binders(&self) -> &Binders {
        self.binders.get_or_init(|| Binders::of(self))
    }

    /// The class statement's members are statements of their own.
    fn is_cut(&self, class: StatementId) -> bool {
        let statement = &self.outline.statements[class.0 as usize];
        statement.kind == StatementKind::Class && statement.header != statement.span
    }

    /// The statements of one body that bind the name, or that may.
    fn statements_binding(&self, name: &str, parent: Option<StatementId>) -> Vec<StatementId> {
        let binders = self.binders();
        let named = binders.by_name.get(&Binders::key(name, parent)).into_iter().flatten().copied();
        // Two names may share a key.
        let named = named.filter(|&id| self.outline.bound(id).iter().any(|bound| self.text(bound.name) == name));
        let odd = binders.odd.iter().copied().filter(|&id| self.outline.statement(id).parent == parent);
        let mut found: Vec<StatementId> = named.chain(odd).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The bindings of a function's own scope for a name.
    pub fn named_in(&self, name: &str, scope: ScopeId) -> Vec<BindingId> {
        self.named(name, scope)
    }

    fn named(&self, name: &str, scope: ScopeId) -> Vec<BindingId> {
        let (wanted, scope) = (hash(name), &self[scope]);
        let bindings = scope.hashes.iter().zip(&scope.bindings).filter(|(hash, _)| **hash == wanted);
        bindings.map(|(_, &binding)| binding).filter(|&binding| self.text(self[binding].name) == name).collect()
    }

    /// At this place the name is defined by `def`, or something is assigned to an attribute of that name.
    pub fn defines_or_stores(&self, name: &str, at: u32) -> bool {
        let text = &self.source.text;
        let before = text[..at as usize].trim_end_matches([' ', '\t']);
        let after = text[at as usize + name.len()..].trim_start_matches([' ', '\t']);
        let assigned =
            after.starts_with('=') && !after.starts_with("==") || after.starts_with(':') || after.starts_with(',');
        before.ends_with("def") || assigned
    }
}

pub(super) fn hash(name: &str) -> u32 {
    let mut hasher = FxHasher::default();
    hasher.write(name.as_bytes());
    hasher.finish() as u32
}

/// Which statements bind a name, by body and name.
#[derive(Debug)]
pub(super) struct Binders {
    by_name: FxHashMap<u64, Vec<StatementId>>,
    /// Statements that may bind names that the outline does not list.
    odd: Vec<StatementId>,
    /// The bindings of names that a crowd of statements bind, or may: a file that binds a name a thousand times asks
    /// for it as often.
    crowds: Mutex<FxHashMap<u64, Crowd>>,
}

#[derive(Debug)]
struct Crowd {
    name: Box<str>,
    parent: Option<StatementId>,
    bindings: Vec<BindingId>,
}

/// Fewer statements are read again in less time than it takes to find out that they were read before.
const CROWD: usize = 8;

impl Binders {
    fn of(facts: &Facts) -> Binders {
        let mut binders = Binders { by_name: FxHashMap::default(), odd: Vec::new(), crowds: Mutex::default() };
        for bound in &facts.outline.names {
            let parent = facts.outline.statement(bound.statement).parent;
            let key = Binders::key(facts.text(bound.name), parent);
            binders.by_name.entry(key).or_default().push(bound.statement);
        }
        for id in facts.statements() {
            let statement = facts.outline.statement(id);
            // A class is opaque when its body was not cut, not because of its own name.
            if statement.opaque && statement.kind != StatementKind::Class {
                binders.odd.push(id);
            }
        }
        binders
    }

    /// The bindings of a name, which are only read once when many statements bind it.
    fn crowded(
        &self,
        name: &str,
        parent: Option<StatementId>,
        read: impl FnOnce() -> Vec<BindingId>,
    ) -> Vec<BindingId> {
        if self.count(name, parent) + self.odd.len() < CROWD {
            return read();
        }
        let key = Binders::key(name, parent);
        let crowds = || self.crowds.lock().unwrap_or_else(PoisonError::into_inner);
        // Two names may share a key: the second is read each time.
        if let Some(known) = crowds().get(&key).filter(|known| *known.name == *name && known.parent == parent) {
            return known.bindings.clone();
        }
        let bindings = read();
        crowds().entry(key).or_insert_with(|| Crowd { name: name.into(), parent, bindings: bindings.clone() });
        bindings
    }

    /// How many statements bind the name, and perhaps another one that shares its key.
    fn count(&self, name: &str, parent: Option<StatementId>) -> usize {
        self.by_name.get(&Binders::key(name, parent)).map_or(0, Vec::len)
    }

    fn key(name: &str, parent: Option<StatementId>) -> u64 {
        let mut hasher = FxHasher::default();
        (name, parent).hash(&mut hasher);
        hasher.finish()
    }
}
