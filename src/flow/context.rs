//! What is done with a value, as far as the place where it stands tells.
//!
//! A rule that follows a name asks this about each place where the name is read, and says what the place does to the
//! object: whether `aiter(it)` is the builtin, or `collect(it)` takes every item, is for the rule to know.

use crate::facts::{AwaitId, Bind, CallId, Facts, HandlerId, LoopId, NodeId, ReturnId, Splat, WithId, YieldId};
use crate::syntax::{Field, SyntaxKind as K};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Context {
    /// `for x in it`, as a statement or in a comprehension.
    Iterated(LoopId),
    /// The leftmost iterable of a generator expression: it is taken now and iterated when somebody asks.
    Lazy(LoopId),
    /// `f(it)`, `f(name=it)`: the position among the arguments as they are written.
    Argument(CallId, usize),
    /// `f(*it)`, `f(**it)`
    Spread(CallId, usize),
    /// `it.name(…)`
    Method(CallId),
    /// `it.name`: the attribute.
    Attribute(NodeId),
    /// `with it`, `async with it`
    Managed(WithId, usize),
    /// `name = it`: nothing but plain names get it. `(name := it)` is where the whole expression stands.
    Named,
    /// `object.name = it`, perhaps among plain names.
    Stored,
    Awaited(AwaitId),
    /// `it is None`, `it == x`, `x in it`: the whole comparison.
    Compared(NodeId),
    /// Only asked whether it is true.
    Tested,
    /// Inside an f-string.
    Shown,
    Returned(ReturnId),
    Yielded(YieldId),
    /// The value is thrown away.
    Discarded,
    /// Stored, collected, chosen among others, combined …
    Other,
}

impl Context {
    pub fn of(facts: &Facts, node: NodeId) -> Context {
        read(facts, node).unwrap_or(Context::Other)
    }
}

fn read(facts: &Facts, node: NodeId) -> Option<Context> {
    let mut node = node;
    let mut up = facts.parent(node)?;
    let mut is_named = false;
    // The value of a walrus goes on to where the whole expression stands.
    while matches!(facts.syntax(up), K::ParenthesizedExpression | K::NamedExpression) {
        is_named |= facts.syntax(up) == K::NamedExpression;
        node = up;
        up = facts.parent(up)?;
    }
    let field = facts.tree(node)[node.row].field;
    let is = |other: NodeId| facts.bare(other) == facts.bare(node);
    let context = match facts.syntax(up) {
        K::ForStatement if field == Field::Right => Context::Iterated(facts.loop_at(up)?),
        K::ForInClause if field == Field::Right => {
            let id = facts.loop_at(up).filter(|&id| is(facts[id].iterable))?;
            let of = facts.parent(up)?;
            let first = facts.children(of).find(|&child| facts.syntax(child) == K::ForInClause);
            match facts.syntax(of) {
                K::GeneratorExpression if first == Some(up) => Context::Lazy(id),
                _ => Context::Iterated(id),
            }
        }
        K::ArgumentList => argument(facts, up, node)?,
        K::KeywordArgument | K::ListSplat | K::DictionarySplat => {
            let list = facts.parent(up).filter(|&list| facts.syntax(list) == K::ArgumentList)?;
            argument(facts, list, up)?
        }
        K::Attribute if field == Field::Object => match facts.parent(up).and_then(|call| facts.call_at(call)) {
            Some(call) if facts[call].function == up => Context::Method(call),
            _ => Context::Attribute(up),
        },
        K::WithItem | K::AsPattern => {
            let statement = facts.ancestors(up).find(|&up| facts.syntax(up) == K::WithStatement)?;
            let with = facts.with_at(statement)?;
            let item = facts[with].items.iter().position(|item| is(item.value))?;
            Context::Managed(with, item)
        }
        K::Assignment if field == Field::Right => assigned(facts, up)?,
        K::ExpressionList | K::Tuple | K::List => unpacked(facts, up, node)?,
        K::Await => Context::Awaited(facts.await_at(up)?),
        K::ComparisonOperator => Context::Compared(up),
        K::IfStatement | K::ElifClause | K::WhileStatement if field == Field::Condition => Context::Tested,
        K::NotOperator | K::IfClause => Context::Tested,
        K::AssertStatement if facts.children(up).next() == Some(node) => Context::Tested,
        K::ConditionalExpression if facts.children(up).nth(1) == Some(node) => Context::Tested,
        K::Interpolation => Context::Shown,
        K::ReturnStatement => Context::Returned(facts.return_at(up)?),
        K::Yield => Context::Yielded(facts.yield_at(up)?),
        K::ExpressionStatement if is_named => Context::Named,
        K::ExpressionStatement => Context::Discarded,
        _ => return None,
    };
    Some(context)
}

fn argument(facts: &Facts, list: NodeId, written: NodeId) -> Option<Context> {
    let call = facts.parent(list).and_then(|call| facts.call_at(call))?;
    let position = facts[call].arguments.iter().position(|argument| argument.node == written)?;
    Some(match facts[call].arguments[position].splat {
        Splat::None => Context::Argument(call, position),
        _ => Context::Spread(call, position),
    })
}

/// `a = b.c = value`: nothing but names and attributes get it.
fn assigned(facts: &Facts, assignment: NodeId) -> Option<Context> {
    let mut at = assignment;
    let mut context = Context::Named;
    loop {
        context = target(facts, facts.child(at, Field::Left)?, context)?;
        match facts.parent(at) {
            Some(up) if facts.syntax(up) == K::Assignment => at = up,
            _ => return Some(context),
        }
    }
}

/// One more target of a value.
fn target(facts: &Facts, target: NodeId, others: Context) -> Option<Context> {
    match facts.syntax(target) {
        K::Identifier => Some(others),
        K::Attribute => Some(Context::Stored),
        _ => None,
    }
}

/// `try: … await anext(it) … except StopAsyncIteration:` with nothing else in the body that could raise it: the
/// handler that is reached only when what is awaited here has come to its end.
pub fn stopped_by(facts: &Facts, id: AwaitId) -> Option<HandlerId> {
    let node = facts[id].node;
    // The innermost `try` whose body, not a handler, holds the await.
    let mut inner = node;
    let mut statement = None;
    for up in facts.ancestors(node) {
        let kind = facts.syntax(up);
        if kind == K::TryStatement && facts.child(up, Field::Body) == Some(inner) {
            statement = Some(up);
            break;
        }
        // What stands in between may not swallow the exception, or run the await at another time.
        if matches!(kind, K::TryStatement | K::WithStatement | K::FunctionDefinition | K::Lambda) {
            return None;
        }
        inner = up;
    }
    let statement = statement?;
    let body = facts.child(statement, Field::Body)?;
    let call = facts.call(facts[id].value);
    let tree = facts.tree(body);
    let may_raise_it = |row| match tree[row].kind {
        K::Await => row != node.row,
        K::Call => call.is_none_or(|call| row != facts[call].node.row),
        K::Yield | K::RaiseStatement | K::WithStatement | K::ForStatement | K::ForInClause => true,
        _ => false,
    };
    if tree.subtree(body.row).any(may_raise_it) {
        return None;
    }
    let first = facts.children(statement).find(|&child| facts.syntax(child) == K::ExceptClause)?;
    let handler = facts.handler_at(first)?;
    let catches = facts[handler].catches?;
    facts.is_builtin(catches, "StopAsyncIteration").then_some(handler)
}

/// `a, b.c = it, other`: one name or attribute gets this element and nothing else does.
fn unpacked(facts: &Facts, display: NodeId, element: NodeId) -> Option<Context> {
    let position = facts.elements(display).position(|one| one == element)?;
    let assignment = facts.parent(display).filter(|&up| facts.syntax(up) == K::Assignment)?;
    let pattern = facts.child(assignment, Field::Left)?;
    let is_pattern = matches!(facts.syntax(pattern), K::PatternList | K::TuplePattern | K::ListPattern);
    let starred = |node: NodeId| matches!(facts.syntax(node), K::ListSplat | K::ListSplatPattern);
    let plain = !facts.elements(display).any(starred) && !facts.children(pattern).any(starred);
    let outermost = facts.parent(assignment).is_none_or(|up| facts.syntax(up) != K::Assignment);
    let part = facts.children(pattern).nth(position)?;
    if !is_pattern || !plain || !outermost {
        // A star takes several elements, and of several patterns each takes them all.
        return None;
    }
    target(facts, part, Context::Named)
}

/// The value that the binding gives its name as a whole.
pub(super) fn given(facts: &Facts, bind: &Bind) -> Option<NodeId> {
    match bind {
        Bind::Value { value, path: Some(path), .. } => facts.part(*value, path),
        Bind::Entered { with, item, path: Some(path) } if path.is_empty() => {
            facts[*with].items.get(*item).map(|item| item.value)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::text::Source;

    /// The context of each `it` in the function's body, in reading order.
    fn check(body: &str, expected: &str) {
        let facts = Facts::whole(Arc::new(Source::new("t.py", format!("async def f():\n    {body}\n"))));
        let mut found = Vec::new();
        for island in facts.statements() {
            for row in facts.island(island).tree.all() {
                let node = NodeId { island, row };
                if facts.name(node) == Some("it") && facts.syntax(node) == K::Identifier {
                    found.push(match Context::of(&facts, node) {
                        Context::Iterated(id) => format!("iterated by {}", facts.node_text(facts[id].target)),
                        Context::Lazy(_) => "lazy".to_string(),
                        Context::Argument(call, position) => {
                            format!("argument {position} of {}", facts.node_text(facts[call].function))
                        }
                        Context::Spread(call, position) => {
                            format!("spread {position} of {}", facts.node_text(facts[call].function))
                        }
                        Context::Method(call) => format!("method {}", facts.node_text(facts[call].function)),
                        Context::Attribute(node) => format!("attribute {}", facts.node_text(node)),
                        Context::Managed(_, item) => format!("managed {item}"),
                        Context::Compared(node) => format!("compared {}", facts.node_text(node)),
                        other => format!("{other:?}").split('(').next().unwrap_or_default().to_lowercase(),
                    });
                }
            }
        }
        assert_eq!(found.join(", "), expected, "{body}");
    }

    #[test]
    fn loops() {
        check("async for x in (it): pass", "iterated by x");
        check("[y async for x in it for y in it]", "iterated by x, iterated by y");
        check("(y async for x in it async for y in it)", "lazy, iterated by y");
    }

    #[test]
    fn calls() {
        check("g(1, it, k=it, *it, **it)", "argument 1 of g, argument 2 of g, spread 3 of g, spread 4 of g");
        check("it.a(); it.b; it()", "method it.a, attribute it.b, other");
        check("await g(b := it)", "argument 0 of g");
    }

    #[test]
    fn names() {
        check("a = it", "named");
        check("a = b = (c := it)", "named");
        check("(c := it)", "named");
        check("a.b = it; a = b.c = it; a.b, c = it, it", "stored, stored, stored, named");
        check("a[0] = it; a = b[0] = it; a += it", "other, other, other");
        check("a, b = it, 1", "named");
        check("a, *b = it, 1", "other");
        check("a = [it]", "other");
    }

    #[test]
    fn what_only_looks() {
        check("if it: pass", "tested");
        check("assert not it, it", "tested, other");
        check("it is None", "compared it is None");
        check("f'{it}'; it", "shown, discarded");
        check("a = 1 if it else it", "tested, other");
    }

    #[test]
    fn statements() {
        check("async with it, g(it) as a: pass", "managed 0, argument 0 of g");
        check("with (it as a, it as b): pass", "managed 0, managed 1");
        check("await it; yield it", "awaited, yielded");
        check("return it", "returned");
    }
}
