//! What a container holds that never gets out of sight: what its display says, and what the file puts into it.
//!
//! The container is made by a display and kept under one name, of a variable or of an attribute. Where every use of that
//! name only reads, takes something out, or puts something in that is known, what it holds is known. A container that is
//! handed on or gets another name may be given anything.

use super::*;
use crate::facts::{Bind, CallId, Expression, Meaning, Place, ScopeId, Splat};
use crate::syntax::{Field, SyntaxKind};

/// How many places may spell the name of a container.
const MOST_USES: usize = 30;

/// How many elements of a display are looked at.
const MOST_ELEMENTS: usize = 20;

/// What one use of a container does to it.
enum Use {
    Reads,
    Adds(NodeId),
    GetsOut,
}

impl Kinds<'_> {
    /// The values of a dict display, and what is put into the dict; none when that is not known.
    pub(super) fn held_by_dict(&self, at: In<NodeId>) -> Value {
        let module = self.module(at.file);
        let facts = &module.facts;
        let pairs = facts.children(at.id).filter(|&part| facts.syntax(part) == SyntaxKind::Pair).count();
        // `**others`
        if pairs != facts.children(at.id).count() || pairs > MOST_ELEMENTS {
            return Value::Unknown;
        }
        let own: Vec<NodeId> = facts.dict_values(at.id).collect();
        self.held(at, own)
    }

    /// What the elements are, and what else is put into the container that is made at the place.
    pub(super) fn held(&self, at: In<NodeId>, own: Vec<NodeId>) -> Value {
        match self.added(at) {
            Some(added) => self.one_of(own.into_iter().chain(added).map(|id| self.value(In { file: at.file, id }))),
            None => Value::Unknown,
        }
    }

    /// What is put into the container later; None when it gets out of sight.
    pub(super) fn added(&self, made: In<NodeId>) -> Option<Vec<NodeId>> {
        let module = self.module(made.file);
        let facts = &module.facts;
        let node = facts.wrapped(made.id);
        let up = facts.parent(node)?;
        let target = match facts.syntax(up) {
            SyntaxKind::Assignment if facts.child(up, Field::Right) == Some(node) => facts.child(up, Field::Left)?,
            // It is asked at once, and nobody keeps it.
            SyntaxKind::Subscript | SyntaxKind::Attribute | SyntaxKind::ReturnStatement => return Some(Vec::new()),
            _ => return None,
        };
        let is_single = facts.parent(up).is_some_and(|up| facts.syntax(up) == SyntaxKind::ExpressionStatement);
        let name = match facts.expression(target) {
            Expression::Name(_) | Expression::Attribute { .. } if is_single => facts.node_text(target),
            _ => return None,
        };
        let name = name.rsplit('.').next().unwrap_or(name);
        let scope = match facts.meaning(target) {
            _ if matches!(facts.expression(target), Expression::Attribute { .. }) => None,
            Meaning::Bound(scope, _) => Some(scope),
            Meaning::Builtin | Meaning::Unknown => return None,
        };
        self.added_to(made.file, scope, name)
    }

    /// What is put into the container that is called so in the scope, or as an attribute when there is none.
    fn added_to(&self, file: FileId, scope: Option<ScopeId>, name: &str) -> Option<Vec<NodeId>> {
        let module = self.module(file);
        let facts = &module.facts;
        if facts.source.find_word(name).nth(MOST_USES).is_some() || facts.is_rebound_globally(name) {
            return None;
        }
        let of_class = |scope| !facts.is_module_scope(scope) && facts[scope].kind == crate::facts::ScopeKind::Class;
        let is_class = scope.is_some_and(of_class);
        let mut added = Vec::new();
        for used in facts.spelled(name) {
            let whole = facts.whole_name(used);
            let is_it = match scope {
                // A name in a class body is an attribute for everybody else.
                Some(_) if is_class => true,
                Some(scope) => {
                    !facts.is_behind_dot(used)
                        && matches!(facts.meaning(used), Meaning::Bound(of, _) if facts.canonical(of) == facts.canonical(scope))
                }
                None => facts.is_behind_dot(used),
            };
            if !is_it || names_it(facts, whole) {
                continue;
            }
            // Who gets it from a function is asked by itself what it does with it.
            let is_returned = scope.is_some() && !is_class && is_returned(facts, whole);
            match use_of(facts, whole) {
                _ if is_returned => {}
                Use::Reads => {}
                Use::Adds(value) => added.push(value),
                Use::GetsOut => return None,
            }
        }
        Some(added)
    }

    /// The variable is bound once, and nothing is put into what it holds, or it is no variable and asked at once.
    pub(super) fn is_only_read(&self, object: In<NodeId>) -> bool {
        let module = self.module(object.file);
        let facts = &module.facts;
        let node = facts.bare(object.id);
        match facts.expression(node) {
            Expression::Name(_) => match facts.meaning(node) {
                Meaning::Bound(scope, bindings) => match bindings[..] {
                    [only] => {
                        let name = facts.text(facts[only].name);
                        let added = self.added_to(object.file, Some(scope), name);
                        added.is_some_and(|added| added.is_empty())
                    }
                    _ => false,
                },
                Meaning::Builtin | Meaning::Unknown => false,
            },
            Expression::Attribute { .. } => false,
            _ => true,
        }
    }

    /// What is asked here is the container that was made at that place, of which every use is looked at there, or has
    /// come from there and is only read.
    fn is_kept(&self, object: In<NodeId>, made: In<NodeId>) -> bool {
        let module = self.module(object.file);
        let facts = &module.facts;
        let node = facts.bare(object.id);
        let is_made_here = |value: NodeId| object.file == made.file && facts.bare(value) == made.id;
        match facts.expression(node) {
            Expression::Name(_) => match facts.meaning(node) {
                Meaning::Bound(_, bindings) => {
                    matches!(bindings[..], [only] if matches!(facts[only].bind, Bind::Value { value, .. } if is_made_here(value)))
                        || self.is_only_read(object)
                }
                Meaning::Builtin | Meaning::Unknown => false,
            },
            Expression::Attribute { name, .. } => {
                let module = self.module(made.file);
                let up = module.facts.parent(module.facts.wrapped(made.id));
                let target = up.and_then(|up| module.facts.child(up, Field::Left));
                let is_own = |target: NodeId| match module.facts.expression(target) {
                    Expression::Attribute { name: own, .. } => module.facts.text(own) == facts.text(name),
                    _ => false,
                };
                object.file == made.file && target.is_some_and(is_own)
                    || self.added_to(object.file, None, facts.text(name)).is_some_and(|added| added.is_empty())
            }
            Expression::Call(_) | Expression::List | Expression::Dict | Expression::Comprehension(_) => true,
            _ => false,
        }
    }

    /// What `[…]` takes out of a list that was made in sight and has not left it.
    pub(super) fn taken_out_of_list(&self, object: In<NodeId>, made: In<NodeId>) -> Value {
        if !self.is_kept(object, made) {
            return Value::Unknown;
        }
        let module = self.module(made.file);
        let facts = &module.facts;
        let own: Vec<NodeId> = match facts.expression(made.id) {
            Expression::List => facts.elements(made.id).collect(),
            Expression::Comprehension(_) => facts.child(made.id, Field::Body).into_iter().collect(),
            _ => return Value::Unknown,
        };
        match own.len() > MOST_ELEMENTS || own.iter().any(|&element| facts.is_starred(element)) {
            true => Value::Unknown,
            false => self.held(made, own),
        }
    }

    /// What `[…]` takes out of a dict.
    pub(super) fn taken_out(&self, object: In<NodeId>, dict: &Instance) -> Value {
        match dict.made {
            Made::Here(made) if self.is_kept(object, made) => dict.args.get(1).cloned().unwrap_or(Value::Unknown),
            _ => Value::Unknown,
        }
    }

    /// What `get`, `pop` and `setdefault` of a dict give whose values are known.
    pub(super) fn taken_out_of_dict(&self, call: In<CallId>) -> Option<Value> {
        let module = self.module(call.file);
        let facts = &module.facts;
        let Expression::Attribute { object, name } = facts.expression(facts[call.id].function) else { return None };
        let name = facts.text(name);
        if !matches!(name, "get" | "pop" | "setdefault") {
            return None;
        }
        let object = In { file: call.file, id: object };
        let Value::Instance(dict) = self.value(object) else { return None };
        if !self.is_builtin_class(dict.class, "dict") || dict.args.len() < 2 {
            return None;
        }
        let held = self.taken_out(object, &dict);
        let default = match &facts[call.id].arguments[..] {
            [key] if key.splat == Splat::None && name == "get" => self.none(),
            [key] if key.splat == Splat::None => Value::Never,
            [_, default] if default.splat == Splat::None => self.value(In { file: call.file, id: default.value }),
            _ => return None,
        };
        Some(self.either(held, default))
    }
}

fn is_returned(facts: &Facts, node: NodeId) -> bool {
    facts.parent(facts.wrapped(node)).is_some_and(|up| facts.syntax(up) == SyntaxKind::ReturnStatement)
}

/// It says what is called so, and nothing of what is done with that: a target, a parameter, an import, the `rows` of
/// `f(rows=1)`.
fn names_it(facts: &Facts, node: NodeId) -> bool {
    use SyntaxKind as K;
    let Some(up) = facts.parent(node) else { return false };
    match facts.syntax(up) {
        K::Assignment => facts.child(up, Field::Left) == Some(node),
        K::KeywordArgument | K::DefaultParameter | K::TypedDefaultParameter => {
            facts.child(up, Field::Name) == Some(node)
        }
        K::Parameters | K::LambdaParameters | K::TypedParameter => true,
        K::AliasedImport | K::DottedName | K::ImportFromStatement => true,
        _ => false,
    }
}

/// Methods that put in their last argument.
static ADDING: [&str; 6] = ["add", "append", "appendleft", "insert", "put_nowait", "setdefault"];

/// Methods that give what is there, or take it out.
static READING: [&str; 12] =
    ["clear", "copy", "count", "discard", "get", "index", "items", "keys", "pop", "popitem", "remove", "values"];

/// Functions that only go through what they are given.
static GOING_THROUGH: [&str; 19] = [
    "all",
    "any",
    "bool",
    "dict",
    "enumerate",
    "filter",
    "isinstance",
    "iter",
    "len",
    "list",
    "map",
    "max",
    "min",
    "print",
    "reversed",
    "set",
    "sorted",
    "tuple",
    "zip",
];

fn use_of(facts: &Facts, node: NodeId) -> Use {
    match facts.place(node) {
        Place::Subscript => {
            let Some(subscript) = facts.parent(facts.wrapped(node)) else { return Use::GetsOut };
            let Some(up) = facts.parent(subscript) else { return Use::GetsOut };
            let is_target = facts.child(up, Field::Left) == Some(subscript);
            match facts.syntax(up) {
                SyntaxKind::Assignment if is_target => match facts.child(up, Field::Right) {
                    // A slice takes several.
                    Some(value) if !holds_slice(facts, subscript) => Use::Adds(value),
                    _ => Use::GetsOut,
                },
                SyntaxKind::AugmentedAssignment if is_target => Use::GetsOut,
                SyntaxKind::PatternList | SyntaxKind::TuplePattern | SyntaxKind::ListPattern => Use::GetsOut,
                _ => Use::Reads,
            }
        }
        Place::Attribute(attribute) => {
            let name = facts.node_text(attribute).rsplit('.').next().unwrap_or_default();
            let call = facts.parent(facts.wrapped(attribute)).and_then(|up| facts.call(up));
            let call = call.filter(|_| facts.place(attribute) == Place::Called);
            match call {
                Some(call) if ADDING.contains(&name) => match facts[call].arguments.last() {
                    Some(last) if last.splat == Splat::None && last.name.is_none() => Use::Adds(last.value),
                    _ => Use::GetsOut,
                },
                Some(_) if READING.contains(&name) => Use::Reads,
                _ => Use::GetsOut,
            }
        }
        Place::Argument(call) if GOING_THROUGH.contains(&facts.node_text(facts[call].function)) => Use::Reads,
        // `first, *others = rows`
        Place::Other if is_taken_apart(facts, node) => Use::Reads,
        Place::Compared | Place::Asked | Place::Formatted => Use::Reads,
        Place::Other if facts.loops(node.island).any(|id| facts.bare(facts[id].iterable) == node) => Use::Reads,
        _ => Use::GetsOut,
    }
}

fn is_taken_apart(facts: &Facts, node: NodeId) -> bool {
    let up = facts.parent(facts.wrapped(node)).filter(|&up| facts.syntax(up) == SyntaxKind::Assignment);
    let target = up.and_then(|up| facts.child(up, Field::Left)).filter(|&target| target != node);
    target.is_some_and(|target| {
        matches!(facts.syntax(target), SyntaxKind::PatternList | SyntaxKind::TuplePattern | SyntaxKind::ListPattern)
    })
}

fn holds_slice(facts: &Facts, subscript: NodeId) -> bool {
    facts.children(subscript).any(|part| facts.syntax(part) == SyntaxKind::Slice)
}
