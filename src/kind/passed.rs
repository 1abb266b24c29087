//! What a parameter without an annotation holds: what the calls in its file pass there.
//!
//! Of a function that anybody may call, most calls are out of sight. So nothing is known of *all* that it is given; but a
//! call that stands in the file is one, and where everything that the file passes would be refused, that call fails. All
//! calls in the file have a say, and so has the default. Whatever is not understood makes the parameter Unknown: a
//! decorator, a star in the arguments, a function that is handed on as a value, a call of the name on an object of which
//! nothing is known.
//!
//! A function may be made for several kinds of arguments. Where it asks which one it has, or treats the parameter in
//! another branch, the place in hand may be for the others (`tells_apart`).

use super::*;
use crate::facts::{Argument, Bind, BindingId, CallId, Expression, Guard, Meaning, ParamKind, Place, Splat};
use crate::project::written::{last_word, near_end};
use crate::syntax::{StatementKind, SyntaxKind};

/// How many places may spell the name of a function whose calls are looked for.
const MOST_USES: usize = 30;

/// How many places of a name are gone through to see whether a function tells apart what it is given: each of its uses is
/// asked about.
const MOST_PLACES: usize = 500;

impl Kinds<'_> {
    /// What the calls in the file that is checked pass for the parameter.
    pub(super) fn passed(&self, function: In<FunctionId>, index: usize) -> Value {
        // What other files pass to their own functions says nothing about the calls of this one.
        if function.file != HERE {
            return Value::Unknown;
        }
        self.ask(Question::Passed(function.id, index), || self.passed_here(function.id, index))
    }

    fn passed_here(&self, function: FunctionId, index: usize) -> Value {
        let module = self.module(HERE);
        let facts = &module.facts;
        let entry = &facts[function];
        let param = &entry.params[index];
        let is_single = matches!(param.kind, ParamKind::PositionalOnly | ParamKind::Normal | ParamKind::KeywordOnly);
        if !is_single || entry.is_damaged || entry.is_stub || module.is_stub() || entry.is_lambda() {
            return Value::Unknown;
        }
        if matches!(self.form(here(function)), None | Some(Form::Property)) {
            return Value::Unknown;
        }
        let Some(calls) = self.passing_calls(function) else { return Value::Unknown };
        if calls.is_empty() {
            return Value::Unknown;
        }
        let given = calls.into_iter().map(|(call, skipped)| self.argument_value(function, index, call, skipped));
        let default = param.default.map(|default| self.value(here(default)));
        let value = self.one_of(given.chain(default));
        // What is only ever seen as None is something else for somebody.
        if value == self.none() || value == Value::Never { Value::Unknown } else { value }
    }

    /// What every call in the file passes for the parameter; None when one of them leaves it open, or none is there.
    pub(super) fn passed_arguments(&self, function: In<FunctionId>, index: usize) -> Option<Vec<NodeId>> {
        let is_of_project = function.file == HERE && self.module(HERE).library.is_empty();
        if !is_of_project || self.form(function).is_none() {
            return None;
        }
        let calls = self.passing_calls(function.id)?.into_iter();
        let arguments = calls.map(|(call, skipped)| Some(self.argument(function.id, index, call, skipped)?.value));
        arguments.collect::<Option<Vec<NodeId>>>().filter(|arguments| !arguments.is_empty())
    }

    /// Every call of the function in its file, each with how many of its parameters are filled before the first
    /// argument. None when the function is used in another way as well, or some call may be one of it.
    fn passing_calls(&self, function: FunctionId) -> Option<Vec<(CallId, usize)>> {
        match self.constructor_of(function) {
            Some(class) => self.constructions(class, function),
            None => self.plain_calls(function),
        }
    }

    /// The class whose `__init__` the function is.
    fn constructor_of(&self, function: FunctionId) -> Option<In<ClassId>> {
        let is_init = self.with(HERE, |facts| facts[function].name.is_some_and(|name| facts.text(name) == "__init__"));
        self.class_of(here(function)).filter(|_| is_init)
    }

    fn plain_calls(&self, function: FunctionId) -> Option<Vec<(CallId, usize)>> {
        let module = self.module(HERE);
        let facts = &module.facts;
        let name = facts.text(facts[function].name?);
        // The language calls special methods.
        if name.starts_with("__") && name.ends_with("__") || !self.is_spelled_as_called(name) {
            return None;
        }
        // `self.rows()` may mean what a subclass has.
        let class = self.class_of(here(function));
        if class.is_some_and(|class| self.overridden(class, name).is_none_or(|others| !others.is_empty())) {
            return None;
        }
        let uses = remembered(&self.uses, function, || self.uses_of(function).into());
        let mut calls = Vec::new();
        for &used in uses.iter() {
            let named = facts.whole_name(used);
            let value = self.value(here(named));
            let members = self.members(&value);
            // Many classes have a method `run`, and so have modules.
            let is_other = |value: &Value| match value {
                Value::Function(callable) => callable.function != here(function),
                Value::Unknown => facts.is_behind_dot(used) && self.qualified(here(named)).is_some(),
                _ => true,
            };
            if members.iter().all(is_other) {
                continue;
            }
            let [Value::Function(callable)] = &members[..] else { return None };
            calls.push((self.call_of(named)?, callable.receiver.is_some() as usize));
        }
        Some(calls)
    }

    /// The call whose callee this is.
    fn call_of(&self, callee: NodeId) -> Option<CallId> {
        self.with(HERE, |facts| {
            let up = facts.parent(facts.wrapped(callee)).filter(|_| facts.place(callee) == Place::Called);
            up.and_then(|up| facts.call(up))
        })
    }

    /// The text says that the name is called somewhere, and that it stands in few places: nothing is parsed to learn it.
    fn is_spelled_as_called(&self, name: &str) -> bool {
        self.with(HERE, |facts| {
            let text = &facts.source.text;
            let defines = |at: u32| {
                let before = text[..at as usize].trim_end_matches([' ', '\t']);
                before.ends_with("def") || before.ends_with("class")
            };
            let is_called = |at: &u32| text[*at as usize + name.len()..].starts_with('(') && !defines(*at);
            let places: Vec<u32> = facts.source.find_word(name).take(MOST_USES + 1).collect();
            places.len() <= MOST_USES && places.iter().any(is_called)
        })
    }

    /// The calls that make an object whose constructor the function is.
    fn constructions(&self, class: In<ClassId>, init: FunctionId) -> Option<Vec<(CallId, usize)>> {
        let module = self.module(HERE);
        let facts = &module.facts;
        if self.is_made_oddly(class) {
            return None;
        }
        let uses = remembered(&self.uses, init, || self.uses_of_class(class).unwrap_or_default().into());
        let mut calls = Vec::new();
        for &used in uses.iter() {
            let named = facts.whole_name(used);
            let value = self.value(here(named));
            let Some(call) = self.call_of(named) else {
                // An alias, or a class that is handed on, may be called by others; most other uses are types.
                let is_handed_on = match facts.place(named) {
                    Place::Named(_) => true,
                    Place::Argument(call) => !self.is_question(call),
                    _ => false,
                };
                match is_handed_on && self.is_class_or_derived(&value, class) {
                    true => return None,
                    false => continue,
                }
            };
            match value {
                Value::Class(made) if self.is_constructed_by(made.class, init) => calls.push((call, 1)),
                Value::Function(callable) if callable.function == here(init) => {
                    calls.push((call, callable.receiver.is_some() as usize));
                }
                // `super().__init__()` of a class whose bases are not known is not about this one.
                Value::Unknown if facts.node_text(used) != "__init__" => return None,
                _ => {}
            }
        }
        Some(calls)
    }

    /// Every place where the class, or one that is derived from it, is named, or where somebody calls an `__init__`.
    fn uses_of_class(&self, class: In<ClassId>) -> Option<Vec<NodeId>> {
        let names = self.names_of_derived(class)?;
        self.with(HERE, |facts| {
            // `cls()` may be the class.
            if facts.source.text.contains("cls(") {
                return None;
            }
            let called = names.iter().filter(|name| &***name == "__init__" || self.is_spelled_as_called(name));
            let uses = called.flat_map(|name| facts.spelled(name));
            Some(uses.filter(|&used| !facts.is_definition(used)).collect())
        })
    }

    /// `isinstance(x, Rows)` and its like.
    fn is_question(&self, call: CallId) -> bool {
        self.with(HERE, |facts| {
            let name = facts.node_text(facts[call].function);
            matches!(name, "isinstance" | "issubclass" | "cast" | "typing.cast" | "super" | "TypeVar")
        })
    }

    fn is_class_or_derived(&self, value: &Value, class: In<ClassId>) -> bool {
        match value {
            Value::Class(other) => self.bases(other.class).contains(&Some(class)),
            Value::Unknown => true,
            _ => false,
        }
    }

    /// A metaclass, an unknown decorator or a `__new__` has a say in how objects are made.
    fn is_made_oddly(&self, class: In<ClassId>) -> bool {
        self.has_odd_making(class)
            || self.member_of(class, "__new__") != Lookup::Missing && {
                let bases = self.bases(class);
                bases.into_iter().flatten().any(|base| {
                    self.module(base.file).library.is_empty()
                        && self.with(base.file, |facts| !facts.class_bindings("__new__", base.id).is_empty())
                })
            }
    }

    fn is_constructed_by(&self, class: In<ClassId>, init: FunctionId) -> bool {
        match self.member_of(class, "__init__") {
            Lookup::Found(Value::Function(found)) => found.function == here(init),
            _ => false,
        }
    }

    /// The names by which the class, or one that is derived from it in the file, is called; and `__init__`, where
    /// somebody calls it.
    fn names_of_derived(&self, class: In<ClassId>) -> Option<Vec<Box<str>>> {
        let module = self.module(HERE);
        let facts = &module.facts;
        let mut names: Vec<Box<str>> = vec![self.class_name(class).into()];
        let headers = facts.statements().filter(|&id| facts.outline.statement(id).kind == StatementKind::Class);
        let headers: Vec<&str> = headers.map(|id| facts.text(facts.outline.statement(id).header)).collect();
        let mut next = 0;
        while next < names.len() {
            for header in &headers {
                let Some((own, bases)) = header.split_once('(') else { continue };
                let mut words = bases.split(|c: char| !(c.is_alphanumeric() || c == '_'));
                let own = own.rsplit([' ', '\t']).next().unwrap_or_default();
                if words.any(|word| *word == *names[next]) && !names.iter().any(|name| **name == *own) {
                    names.push(own.into());
                }
            }
            next += 1;
            if next > MOST_USES {
                return None;
            }
        }
        if facts.source.text.contains(".__init__(") {
            names.push("__init__".into());
        }
        Some(names)
    }

    /// What one call gives the parameter; Never when it says nothing new.
    fn argument_value(&self, function: FunctionId, index: usize, call: CallId, skipped: usize) -> Value {
        let module = self.module(HERE);
        let facts = &module.facts;
        let Some(argument) = self.argument(function, index, call, skipped) else {
            // Left out: the default is one of the values anyway.
            let has_default = facts[function].params[index].default.is_some();
            let is_plain = facts[call].arguments.iter().all(|argument| argument.splat == Splat::None);
            return if has_default && is_plain { Value::Never } else { Value::Unknown };
        };
        // A function that calls itself with what it was given.
        if facts[call].inside == Some(function)
            && let Meaning::Bound(_, bindings) = self.meaning_of_name(argument.value)
            && bindings.iter().all(|&binding| facts[binding].bind == Bind::Param(function, index))
        {
            return Value::Never;
        }
        // A call that is meant to fail shows what the function does not take.
        if self.may_be_refused(facts[call].node) {
            return Value::Unknown;
        }
        self.value(here(argument.value))
    }

    fn meaning_of_name(&self, node: NodeId) -> Meaning {
        self.with(HERE, |facts| match facts.name(node) {
            Some(_) => facts.meaning(facts.bare(node)),
            None => Meaning::Unknown,
        })
    }

    /// The argument that fills the parameter; None where it is left out, or where stars leave that open.
    fn argument(&self, function: FunctionId, index: usize, call: CallId, skipped: usize) -> Option<Argument> {
        self.with(HERE, |facts| {
            let param = &facts[function].params[index];
            let arguments = &facts[call].arguments;
            let name = facts.text(param.name);
            let named = |argument: &&Argument| argument.name.is_some_and(|given| facts.text(given) == name);
            if param.kind != ParamKind::PositionalOnly
                && let Some(argument) = arguments.iter().find(named)
            {
                return Some(argument.clone());
            }
            let place = index.checked_sub(skipped).filter(|_| param.kind != ParamKind::KeywordOnly)?;
            let is_plain = |argument: &Argument| argument.name.is_none() && argument.splat == Splat::None;
            let leading = arguments.get(..=place)?;
            leading.iter().all(is_plain).then(|| leading[place].clone())
        })
    }

    /// Somebody is prepared for the code at the node to be refused: `pytest.raises`, `except TypeError`.
    fn may_be_refused(&self, node: NodeId) -> bool {
        let module = self.module(HERE);
        let facts = &module.facts;
        facts.guards(node).into_iter().any(|guard| match guard {
            Guard::Handlers(handlers) => handlers.into_iter().any(|handler| {
                let caught = facts.caught(handler);
                caught.into_iter().any(|class| {
                    let text = facts.node_text(class);
                    matches!(text.rsplit('.').next(), Some("TypeError" | "AttributeError" | "RuntimeError"))
                })
            }),
            Guard::Finally(_) => false,
            Guard::Manager(with, item) => {
                let manager = facts.node_text(facts[with].items[item].value);
                ["raises", "Raises", "suppress", "warns"].iter().any(|word| manager.contains(word))
            }
        })
    }

    /// The parameter without an annotation that a binding is, where its value comes from calls, or what stands in for one.
    pub(super) fn is_passed(&self, binding: In<BindingId>) -> bool {
        let module = self.module(binding.file);
        if let Bind::Value { value, path: Some(ref path), .. } = module.facts[binding.id].bind
            && path.is_empty()
            && module.facts.name(value).is_none()
        {
            let mut branches = module.facts.branches(value).into_iter();
            return branches.any(|id| self.is_unfilled(In { file: binding.file, id }));
        }
        let param = self.with(binding.file, |facts| match facts[binding.id].bind {
            Bind::Param(function, index) if facts[function].params[index].annotation.is_none() => {
                Some((function, index))
            }
            _ => None,
        });
        param.is_some_and(|(id, index)| index > 0 || self.class_of(In { file: binding.file, id }).is_none())
    }

    /// The attribute of `self` keeps what a parameter brought.
    pub(super) fn keeps_passed(&self, at: In<NodeId>) -> bool {
        if at.file != HERE {
            return false;
        }
        let module = self.module(HERE);
        let facts = &module.facts;
        let Expression::Attribute { name, .. } = facts.expression(at.id) else { return false };
        self.stores(HERE, facts.text(name)).into_iter().any(|store| match &facts[store].bind {
            Bind::Value { value, .. } => {
                facts.branches(*value).into_iter().any(|value| match self.meaning_of_name(value) {
                    Meaning::Bound(_, bindings) => bindings.into_iter().any(|binding| self.is_passed(here(binding))),
                    Meaning::Builtin | Meaning::Unknown => false,
                })
            }
            _ => false,
        })
    }

    /// The code round the place asks what the variable or attribute holds, or has another way to treat it: whoever passes
    /// something else may be meant there.
    pub(super) fn tells_apart(&self, at: In<NodeId>) -> bool {
        let module = self.module(at.file);
        let facts = &module.facts;
        let node = facts.bare(at.id);
        // Whether there is anything is a question about all callers.
        if matches!(facts.place(node), Place::Asked | Place::Compared)
            || facts.parent(facts.wrapped(node)).is_some_and(|up| facts.syntax(up) == SyntaxKind::BooleanOperator)
            || self.may_be_refused_at(facts, node)
        {
            return true;
        }
        let spelled = facts.node_text(node);
        let last = spelled.rsplit('.').next().unwrap_or(spelled);
        if self.places(at.file, last) > MOST_PLACES {
            return true;
        }
        if is_asked_in_text(facts, node, last, spelled.contains('.')) || is_used_otherwise(facts, node) {
            return true;
        }
        let mut below = node;
        for up in facts.ancestors(node) {
            let others: Vec<NodeId> = match facts.syntax(up) {
                SyntaxKind::Block => leaving_before(facts, up, below),
                SyntaxKind::IfStatement
                | SyntaxKind::ElifClause
                | SyntaxKind::ConditionalExpression
                | SyntaxKind::MatchStatement
                | SyntaxKind::TryStatement => facts.children(up).filter(|&part| part != below).collect(),
                SyntaxKind::ClassDefinition | SyntaxKind::Module => break,
                _ => Vec::new(),
            };
            // Whether it is there at all says nothing about its kind.
            let mentions = |part: NodeId| {
                let mut inside = facts.tree(part).subtree(part.row).map(|row| NodeId { row, ..part });
                inside.any(|inner| {
                    facts.syntax(inner) == facts.syntax(node)
                        && facts.node_text(inner) == spelled
                        && !is_only_there(facts, inner)
                })
            };
            if others.into_iter().any(mentions) {
                return true;
            }
            below = up;
        }
        false
    }

    fn may_be_refused_at(&self, facts: &Facts, node: NodeId) -> bool {
        facts.guards(node).into_iter().any(|guard| match guard {
            Guard::Handlers(handlers) => handlers.into_iter().any(|handler| {
                let mut caught = facts.caught(handler).into_iter();
                caught.any(|class| matches!(facts.node_text(class), "TypeError" | "AttributeError"))
            }),
            _ => false,
        })
    }
}

/// The `if`s in a block above one of its statements that leave it.
fn leaving_before(facts: &Facts, block: NodeId, statement: NodeId) -> Vec<NodeId> {
    let before = facts.children(block).take_while(|&other| other != statement);
    let leaves = |part: &NodeId| {
        let kinds = facts.tree(*part).subtree(part.row).map(|row| facts.tree(*part)[row].kind);
        let mut kinds = kinds.into_iter();
        matches!(facts.syntax(*part), SyntaxKind::IfStatement | SyntaxKind::TryStatement | SyntaxKind::MatchStatement)
            && kinds.any(|kind| {
                use SyntaxKind::{BreakStatement, ContinueStatement, RaiseStatement, ReturnStatement};
                matches!(kind, BreakStatement | ContinueStatement | RaiseStatement | ReturnStatement)
            })
    };
    before.filter(leaves).collect()
}

/// `x is None`, `x` or `not x` as a condition.
fn is_only_there(facts: &Facts, name: NodeId) -> bool {
    match facts.place(name) {
        Place::Asked => true,
        Place::Compared => facts
            .compares(name.island)
            .filter(|&id| facts.bare(facts[id].left) == name)
            .all(|id| facts.expression(facts[id].right) == Expression::None),
        _ => facts
            .parent(facts.wrapped(name))
            .is_some_and(|up| matches!(facts.syntax(up), SyntaxKind::BooleanOperator | SyntaxKind::NotOperator)),
    }
}

/// Another function goes through the variable or attribute in the other way, sync or async: it is made for both.
fn is_used_otherwise(facts: &Facts, node: NodeId) -> bool {
    let spelled = facts.node_text(node);
    let name = spelled.rsplit('.').next().unwrap_or(spelled);
    let class = |node| {
        let outer = facts.canonical(facts[facts.function(node)?].outer);
        if facts.is_module_scope(outer) { None } else { facts[outer].class }
    };
    let own = class(node);
    // An attribute is open to all methods of its class, a variable to the functions inside its own.
    let places = match spelled.contains('.') {
        true => facts.spelled(name),
        false => facts.spelled_within(name, outermost_function(facts, node)),
    };
    let others = places
        .into_iter()
        .map(|id| facts.whole_name(id))
        .filter(|&other| facts.node_text(other) == spelled && facts.function(other) != facts.function(node))
        .filter(|&other| class(other).zip(own).is_none_or(|(other, own)| other == own));
    let ways: Vec<bool> = others.filter_map(|other| way_through(facts, other)).collect();
    match way_through(facts, node) {
        Some(is_async) => ways.contains(&!is_async),
        None => ways.contains(&true) && ways.contains(&false),
    }
}

/// Functions that iterate what they are given.
static CONSUMERS: [&str; 22] = [
    "aclosing",
    "aiter",
    "all",
    "anext",
    "any",
    "bool",
    "dict",
    "enumerate",
    "filter",
    "frozenset",
    "iter",
    "len",
    "list",
    "map",
    "max",
    "min",
    "next",
    "set",
    "sorted",
    "sum",
    "tuple",
    "zip",
];

/// The function goes through what it is given, or asks it for an item.
fn is_consumer(name: &str) -> bool {
    CONSUMERS.binary_search(&name).is_ok()
}

/// Whether the place goes through the value by the async protocol or by the sync one; None where it does neither.
fn way_through(facts: &Facts, node: NodeId) -> Option<bool> {
    if let Some(id) = facts.loops(node.island).find(|&id| facts.bare(facts[id].iterable) == node) {
        return Some(facts[id].is_async);
    }
    let word = match facts.place(node) {
        Place::Argument(call) => facts.node_text(facts[call].function),
        Place::Attribute(attribute) => facts.node_text(attribute).rsplit('.').next().unwrap_or_default(),
        Place::Awaited => return Some(true),
        _ => {
            let up = facts.parent(facts.wrapped(node))?;
            return facts.yields(node.island).any(|id| facts[id].node == up && facts[id].is_from).then_some(false);
        }
    };
    match word {
        "aiter" | "anext" | "aclosing" | "__aiter__" | "__anext__" | "asend" | "athrow" | "aclose" => Some(true),
        "__iter__" | "__next__" | "send" | "throw" | "close" => Some(false),
        word => is_consumer(word).then_some(false),
    }
}

/// The function round the node, with all the functions that it may stand in, up to a class.
fn outermost_function(facts: &Facts, node: NodeId) -> Span {
    let inside = |up: &NodeId| facts.syntax(*up) != SyntaxKind::ClassDefinition;
    let functions = facts.ancestors(node).take_while(inside);
    let outermost = functions.filter(|&up| facts.syntax(up) == SyntaxKind::FunctionDefinition).last();
    facts.span(outermost.unwrap_or(node))
}

/// The name stands in a question about its kind: of a variable in its statement, of an attribute in its file.
fn is_asked_in_text(facts: &Facts, node: NodeId, name: &str, is_attribute: bool) -> bool {
    let text = &facts.source.text;
    let within = outermost_function(facts, node);
    let mut places = facts.source.find_word(name).filter(|&at| is_attribute || within.contains(at));
    places.any(|at| {
        let before = near_end(&text[..at as usize]);
        let line = &before[before.rfind('\n').map_or(0, |end| end + 1)..];
        let called = line.rfind('(').filter(|_| !line.contains("def ")).and_then(|open| last_word(&line[..open]));
        called.is_some_and(|word| word.starts_with("is") || matches!(word, "hasattr" | "getattr" | "callable" | "type"))
    })
}
