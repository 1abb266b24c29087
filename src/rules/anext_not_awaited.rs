//! A step of an async iterator that is used or thrown away instead of awaited.

use crate::diagnostic::Safety;
use crate::facts::{CallId, Expression, NodeId, Place};
use crate::kind::{HERE, here};
use crate::rule;
use crate::rule::{Check, Cx, Rule};
use crate::syntax::{Field, SyntaxKind};

pub static RULE: Rule = rule!("anext-not-awaited", [Check::Call(check)]);

fn check(cx: &Cx, id: CallId) {
    let facts = cx.facts;
    let node = facts[id].node;
    let place = facts.place(node);
    let is_alone = match place {
        Place::Statement => true,
        Place::Named(_) => false,
        Place::Other if kept_in(cx, node).is_some() => false,
        // Most calls are awaited, or handed on: what they call is not worth asking.
        place if is_item(cx, node, place) => false,
        _ => return,
    };
    let Some(step) = step(cx, id).filter(|_| !facts.is_broken(node)) else { return };
    let used = match place {
        Place::Named(name) => match uses(cx, name) {
            Some(used) => used,
            None => return,
        },
        Place::Other => match kept_in(cx, node).map(|attribute| tests_of(cx, attribute)) {
            Some(tests) if !tests.is_empty() => tests,
            _ => return,
        },
        _ => Vec::new(),
    };
    let is_unused = is_alone || matches!(place, Place::Named(_)) && used.is_empty();
    let why = if is_unused { "nothing of it happens" } else { "this is no item yet" };
    let mut found = cx.report(node, format!("`{step}` is not awaited: {why}"));
    if let Some(&first) = used.first() {
        found = found.note(facts.span(first), "used as the item here");
    }
    if facts.may_await(node) && !facts.is_in_generator_expression(node) {
        found.fix(Safety::Unsafe, "await it", cx.await_edits(node));
    }
}

/// The name of the step that a call prepares: nothing of it runs before it is awaited.
fn step(cx: &Cx, id: CallId) -> Option<String> {
    if let Some(stepped) = cx.kinds.given_to_anext(here(id)) {
        return cx.kinds.steps_when_awaited(&cx.value(stepped)).then(|| "anext".to_string());
    }
    let (object, name) = cx.kinds.receiver_of(here(id))?;
    let is_step = match name.as_str() {
        "__anext__" => cx.kinds.steps_when_awaited(&cx.value(object)),
        "asend" | "athrow" | "aclose" => cx.kinds.is_any_async_generator(&cx.value(object)),
        _ => false,
    };
    is_step.then_some(name)
}

/// The place asks for what only the item can be: a number, a text, an object with attributes.
fn is_item(cx: &Cx, node: NodeId, place: Place) -> bool {
    let facts = cx.facts;
    match place {
        Place::Subscript | Place::Operand | Place::Formatted | Place::Asked => true,
        // What a coroutine has is not the item's.
        Place::Attribute(attribute) => {
            let name = facts.node_text(attribute).rsplit('.').next().unwrap_or_default().trim();
            !name.starts_with('_') && !matches!(name, "send" | "throw" | "close")
        }
        Place::Compared => {
            let whole = facts.parent(facts.wrapped(node));
            let identity =
                |operator| matches!(operator, SyntaxKind::Is | SyntaxKind::IsNot | SyntaxKind::In | SyntaxKind::NotIn);
            let mut links = facts.compares(node.island).filter(|&id| Some(facts[id].node) == whole);
            links.all(|id| !identity(facts[id].operator))
        }
        Place::Argument(call) => is_builtin(cx, call, TAKING) || is_builtin(cx, call, COMPUTING),
        _ => false,
    }
}

static TAKING: &[&str] = &["print", "str", "repr", "bool", "sum", "sorted", "list"];
static COMPUTING: &[&str] = &["int", "float", "len", "abs", "round"];

fn is_builtin(cx: &Cx, call: CallId, among: &[&str]) -> bool {
    let name = cx.qualified(cx.facts[call].function);
    name.and_then(|name| Some(among.contains(&name.strip_prefix("builtins.")?))).unwrap_or(false)
}

/// Where a variable that holds the step is used as the item: nowhere, when it is never read. None when it may be awaited
/// after all: handed on, kept, or read where it may be something else.
fn uses(cx: &Cx, name: NodeId) -> Option<Vec<NodeId>> {
    let facts = cx.facts;
    let mut used = cx.kinds.reads_alone(name)?;
    // Printing a variable may be for looking at it; an operator is not, and nothing computes with a coroutine.
    let asks = |read: &NodeId| match facts.place(*read) {
        Place::Argument(call) => is_builtin(cx, call, COMPUTING),
        place => is_item(cx, *read, place),
    };
    // No step is ever None: whoever asks that takes it for the item.
    let is_tested = used.iter().any(|&read| is_none_test(cx, read));
    let is_awaited = used.iter().any(|&read| facts.place(read) == Place::Awaited);
    match is_tested && !is_awaited {
        true => used.retain(|&read| is_none_test(cx, read)),
        // What is raised tells of the item.
        false if used.iter().any(asks) && used.iter().all(|read| asks(read) || is_raised(cx, *read)) => {
            used.retain(asks);
        }
        false if used.is_empty() => {}
        false => return None,
    }
    // `(n := anext(it)) > 0`
    let whole = facts.parent(name).filter(|&up| facts.syntax(up) == SyntaxKind::NamedExpression);
    if let Some(whole) = whole {
        if !is_item(cx, whole, facts.place(whole)) {
            return None;
        }
        used.insert(0, whole);
    }
    Some(used)
}

fn is_none_test(cx: &Cx, read: NodeId) -> bool {
    let facts = cx.facts;
    let whole = facts.parent(facts.wrapped(read));
    let mut links = facts.compares(read.island).filter(|&id| Some(facts[id].node) == whole);
    facts.place(read) == Place::Compared
        && links.any(|id| {
            let link = &facts[id];
            let is_identity = matches!(link.operator, SyntaxKind::Is | SyntaxKind::IsNot);
            is_identity && facts.bare(link.left) == facts.bare(read) && facts.expression(link.right) == Expression::None
        })
}

/// It is a part of what a `raise` says.
fn is_raised(cx: &Cx, read: NodeId) -> bool {
    let is_statement = |up: &NodeId| cx.facts.syntax(*up).is_statement();
    let statement = cx.facts.ancestors(read).find(is_statement);
    statement.is_some_and(|statement| cx.facts.syntax(statement) == SyntaxKind::RaiseStatement)
}

/// The attribute that is given the step as it is: `self.last = anext(it)`.
fn kept_in(cx: &Cx, node: NodeId) -> Option<NodeId> {
    let facts = cx.facts;
    let node = facts.wrapped(node);
    let up = facts.parent(node).filter(|&up| facts.syntax(up) == SyntaxKind::Assignment)?;
    let target = facts.child(up, Field::Left).filter(|_| facts.child(up, Field::Right) == Some(node))?;
    matches!(facts.expression(target), Expression::Attribute { .. }).then_some(target)
}

/// Where the same function asks whether the attribute is None, when nobody in the file awaits it or hands it on.
fn tests_of(cx: &Cx, attribute: NodeId) -> Vec<NodeId> {
    let facts = cx.facts;
    let spelled = facts.node_text(attribute);
    let name = spelled.rsplit('.').next().unwrap_or(spelled);
    let reads = facts.spelled(name).into_iter().filter(|&id| facts.is_behind_dot(id)).map(|id| facts.whole_name(id));
    let mut tests = Vec::new();
    let after = facts.span(attribute).start;
    for read in reads {
        match facts.place(read) {
            Place::Awaited | Place::Argument(_) | Place::Named(_) => return Vec::new(),
            Place::Compared if is_none_test(cx, read) && facts.node_text(read) == spelled => {
                let is_here = facts.function(read) == facts.function(attribute) && facts.span(read).start > after;
                tests.extend(is_here.then_some(read));
            }
            _ => {}
        }
    }
    // What is assigned between may be tested.
    let stores = cx.kinds.stores(HERE, name);
    let again = stores.iter().filter(|&&store| facts[store].function == facts.function(attribute)).count();
    if again > 1 { Vec::new() } else { tests }
}
