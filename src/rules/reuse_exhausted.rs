//! A full pass over an async iterator that is already used up.

use crate::facts::{AwaitId, Bind, CallId, Expression, FunctionId, LoopForm, NodeId, StoreId};
use crate::flow::{Context, Effect, Event, Giver, Judge, Maker, Reuse, Round, Use, reuses, stopped_by};
use crate::kind::{Answer, Made, Pass, Value, here};
use crate::rule;
use crate::rule::{Check, Cx, Rule};
use crate::text::Span;

pub static RULE: Rule = rule!("reuse-exhausted", [Check::Function(check)]);

fn check(cx: &Cx, id: FunctionId) {
    let makers = makers(cx, id);
    if makers.is_empty() {
        return;
    }
    let Some(flow) = cx.kinds.flow(here(id)) else { return };
    for reuse in reuses(cx.facts, &flow.0, &makers, &Judging { cx, function: id }) {
        tell(cx, &reuse);
    }
}

struct Judging<'c, 'a> {
    cx: &'c Cx<'a>,
    function: FunctionId,
}

impl Judge for Judging<'_, '_> {
    fn effect(&self, place: Use) -> Effect {
        effect(self.cx, place)
    }

    fn keeps(&self, attribute: NodeId) -> bool {
        self.cx.kinds.keeps(attribute, self.function)
    }

    fn is_strange(&self, event: Event) -> bool {
        self.cx.kinds.is_strange(event)
    }
}

/// What gives a name or an attribute a new iterator of one pass.
fn makers(cx: &Cx, id: FunctionId) -> Vec<Maker> {
    let facts = cx.facts;
    let bindings = facts.bindings(id.island).filter(|&one| facts.function_of_scope(facts[one].scope) == Some(id));
    let named = bindings.map(Giver::Binding).filter(|&giver| makes_something(cx, giver.bind(facts)));
    let stores = facts.stores(id.island).filter(|&one| facts[one].function == Some(id) && is_used_here(cx, one, id));
    // Whoever has the object sees the attribute as well, and may put back what is no generator.
    let stored = stores
        .map(Giver::Store)
        .filter(|&giver| makes_something(cx, giver.bind(facts)) && is_generator(cx, &given(cx, giver)));
    let gives = named.chain(stored).filter(|&giver| is_one_pass(cx, giver)).map(Maker::Gives);
    gives.chain(brought(cx, id)).collect()
}

/// The objects in whose attributes the function loops over a generator that their constructor has put there.
fn brought(cx: &Cx, id: FunctionId) -> Vec<Maker> {
    let facts = cx.facts;
    let mut makers: Vec<Maker> = Vec::new();
    for this in facts.loops(id.island).map(|id| &facts[id]).filter(|this| this.is_async && this.function == Some(id)) {
        let Expression::Attribute { object, name } = facts.expression(this.iterable) else { continue };
        if facts.name(object).is_none() || !cx.kinds.keeps(facts.bare(this.iterable), id) {
            continue;
        }
        let made = cx.kinds.constructed_with(&cx.value(object), facts.text(name));
        if made.is_empty() || !made.iter().all(|&store| is_one_pass(cx, Giver::Store(store))) {
            continue;
        }
        for object in cx.kinds.bindings_at(here(facts.bare(object))) {
            let maker = Maker::Brings { object, attribute: facts.text(name).to_string(), made: made.clone() };
            if !makers.contains(&maker) {
                makers.push(maker);
            }
        }
    }
    makers
}

/// A cheap look: the attribute is mentioned once more in the function. Most are kept for others.
fn is_used_here(cx: &Cx, store: StoreId, id: FunctionId) -> bool {
    let span = cx.facts.span(cx.facts[id].node);
    let name = cx.facts.text(cx.facts[store].name);
    cx.facts.source.find_word(name).filter(|&at| span.contains(at)).nth(1).is_some()
}

/// A cheap look: a name or an attribute is no new object.
fn makes_something(cx: &Cx, bind: &Bind) -> bool {
    match bind {
        Bind::Value { value, path: Some(path), .. } => {
            let part = cx.facts.part(*value, path);
            let branches = part.map(|part| cx.facts.branches(part)).unwrap_or_default();
            !branches.is_empty()
                && branches.into_iter().all(|branch| match cx.facts.expression(branch) {
                    Expression::Call(_) | Expression::Comprehension(_) => true,
                    Expression::Await(inner) => matches!(cx.facts.expression(inner), Expression::Call(_)),
                    _ => false,
                })
        }
        Bind::Entered { path: Some(path), .. } => path.is_empty(),
        Bind::Item(_, Some(path)) => path.is_empty(),
        Bind::Param(function, index) => cx.facts[*function].params[*index].annotation.is_some(),
        _ => false,
    }
}

fn is_one_pass(cx: &Cx, giver: Giver) -> bool {
    let value = given(cx, giver);
    // What never ends is never used up; a loop over it is left early, or for good.
    cx.kinds.async_iterates(&value) == Answer::Yes(Pass::Once) && !cx.kinds.is_endless(&value)
}

fn given(cx: &Cx, giver: Giver) -> Value {
    match giver {
        Giver::Binding(binding) => cx.kinds.binding(here(binding)),
        Giver::Store(store) => cx.kinds.stored(here(store)),
    }
}

fn is_generator(cx: &Cx, value: &Value) -> bool {
    cx.kinds.is_async_generator(value)
}

/// What a place where the iterator is read does to it.
fn effect(cx: &Cx, place: Use) -> Effect {
    let facts = cx.facts;
    // A generator object that has come to its end stays there, whoever else holds it; an object of a class may be put
    // back by code that is out of sight. No attribute is followed that holds anything but a generator.
    let is_attribute = matches!(facts.expression(place.node), Expression::Attribute { .. });
    let generator = is_attribute || is_generator(cx, &cx.value(place.node));
    let out_of_sight = if generator && place.captured { Effect::Neutral } else { Effect::Escape };
    if place.captured {
        return out_of_sight;
    }
    let held = through_aiter(cx, place.node);
    let awaited = |call: CallId| facts.parent(facts[call].node).and_then(|parent| facts.await_at(parent));
    match Context::of(facts, held) {
        Context::Iterated(id) if facts[id].is_async => Effect::Drain(Event::Exhausted(id)),
        Context::Lazy(_) => Effect::Again,
        Context::Argument(call, position) => argument(cx, call, position, awaited(call)),
        Context::Method(call) => method(cx, call, generator, awaited(call)),
        Context::Attribute(_) if generator => Effect::Neutral,
        Context::Managed(..) if generator => Effect::Neutral,
        Context::Managed(..) => Effect::Reset,
        Context::Stored if generator => Effect::Neutral,
        Context::Named => Effect::Alias,
        Context::Iterated(_)
        | Context::Awaited(_)
        | Context::Compared(_)
        | Context::Tested
        | Context::Shown
        | Context::Discarded => Effect::Neutral,
        Context::Attribute(_)
        | Context::Spread(..)
        | Context::Stored
        | Context::Returned(_)
        | Context::Yielded(_)
        | Context::Other => Effect::Escape,
    }
}

/// `aiter(it)` is the iterator again, wherever it stands.
fn through_aiter(cx: &Cx, node: NodeId) -> NodeId {
    let mut node = node;
    loop {
        let call = match Context::of(cx.facts, node) {
            Context::Argument(call, 0) if is_call_of(cx, call, "builtins.aiter") => call,
            Context::Method(call) if cx.text(cx.facts[call].function).ends_with(".__aiter__") => call,
            _ => return node,
        };
        node = cx.facts[call].node;
    }
}

fn is_call_of(cx: &Cx, call: CallId, name: &str) -> bool {
    cx.kinds.called_name(here(call)).as_deref() == Some(name)
}

fn argument(cx: &Cx, call: CallId, position: usize, awaited: Option<AwaitId>) -> Effect {
    let facts = cx.facts;
    match cx.kinds.called_name(here(call)).unwrap_or_default().as_str() {
        "contextlib.aclosing" => match Context::of(facts, facts[call].node) {
            Context::Managed(with, item) => Effect::End(Event::Leave(with, item)),
            _ => Effect::Escape,
        },
        // With a default, the caller asks whether there is more.
        "builtins.anext" if facts[call].arguments.len() > 1 => Effect::Neutral,
        "builtins.anext" => step(cx, awaited),
        // These only look at it, or are refused by Python, which does nothing to it either.
        "builtins.print"
        | "builtins.repr"
        | "builtins.str"
        | "builtins.id"
        | "builtins.type"
        | "builtins.isinstance"
        | "builtins.hasattr"
        | "builtins.callable"
        | "inspect.isasyncgen"
        | "inspect.isawaitable"
        | "inspect.iscoroutine"
        | "builtins.list"
        | "builtins.len"
        | "builtins.next"
        | "builtins.iter"
        | "builtins.sum"
        | "builtins.sorted" => Effect::Neutral,
        _ => match awaited.filter(|_| cx.kinds.drains_argument(here(call), position)) {
            Some(id) => Effect::Drain(Event::Await(id)),
            None => Effect::Escape,
        },
    }
}

/// One item is asked for; a handler for the end of the iterator is reached when it has come.
fn step(cx: &Cx, awaited: Option<AwaitId>) -> Effect {
    match awaited.and_then(|id| stopped_by(cx.facts, id)) {
        Some(handler) => Effect::Drain(Event::Caught(handler)),
        None => Effect::Step,
    }
}

fn method(cx: &Cx, call: CallId, generator: bool, awaited: Option<AwaitId>) -> Effect {
    let facts = cx.facts;
    let Expression::Attribute { name, .. } = facts.expression(facts[call].function) else { return Effect::Escape };
    match (facts.text(name), awaited) {
        ("aclose", Some(id)) if generator => Effect::End(Event::Await(id)),
        ("__anext__", awaited) => step(cx, awaited),
        ("asend" | "athrow", _) => Effect::Step,
        _ if generator => Effect::Neutral,
        // Any other method may put it back to its start.
        _ => Effect::Reset,
    }
}

/// The second pass is made to see that nothing comes: its result is compared, its body only raises, or the end of the
/// iterator is expected.
fn is_asked_on_purpose(cx: &Cx, node: NodeId) -> bool {
    let facts = cx.facts;
    let held = through_aiter(cx, node);
    let expects_the_end = |node: NodeId| {
        let stops = |catches: Option<NodeId>| {
            catches.is_none_or(|catches| {
                let names = ["StopAsyncIteration", "Exception", "BaseException"];
                let is_stop = |one: NodeId| names.iter().any(|name| facts.is_builtin(one, name));
                is_stop(catches) || facts.elements(catches).any(is_stop)
            })
        };
        let caught = facts.handlers(node.island).any(|id| {
            let handler = &facts[id];
            facts.within(node, handler.of) && !facts.within(node, handler.body) && stops(handler.catches)
        });
        let managed = facts.withs(node.island).any(|id| {
            let with = &facts[id];
            let swallows = with.items.iter().any(|item| facts.node_text(item.value).contains("StopAsyncIteration"));
            swallows && facts.within(node, with.body)
        });
        caught || managed
    };
    match Context::of(facts, held) {
        Context::Iterated(id) => match facts[id].form {
            LoopForm::Clause { of, .. } => matches!(Context::of(facts, of), Context::Compared(_) | Context::Tested),
            LoopForm::Statement => facts.only_raises(id),
        },
        Context::Argument(..) | Context::Method(_) => expects_the_end(node),
        _ => false,
    }
}

fn tell(cx: &Cx, reuse: &Reuse) {
    let facts = cx.facts;
    if is_asked_on_purpose(cx, reuse.used_again) {
        return;
    }
    // Whether a `while` loop has a second round is for its condition to say.
    if matches!(reuse.round, Round::Second(round) if !facts.goes_round(round)) {
        return;
    }
    let what = match reuse.made.first().map(|&made| given(cx, made)) {
        Some(value) if is_generator(cx, &value) => "this async generator",
        _ => "this async iterator",
    };
    let closed = reuse.drained_at.iter().all(|&at| is_close(cx, at));
    let message = match (reuse.round, closed) {
        (Round::First, false) => format!("{what} is already used up: nothing comes out of it here"),
        (Round::First, true) => format!("{what} is already closed: nothing comes out of it here"),
        (Round::Second(_), _) => {
            format!("{what} is used up in the first round: in all others nothing comes out of it")
        }
    };
    let mut finding = cx.report(reuse.used_again, message);
    for &made in &reuse.made {
        finding = finding.note(made_at(cx, made), "made here");
    }
    for &at in reuse.drained_at.iter().filter(|&&at| at != reuse.used_again) {
        finding = finding.note(facts.span(at), if is_close(cx, at) { "closed here" } else { "used up here" });
    }
    let help = match reuse.made.first().map(|&made| given(cx, made)) {
        Some(Value::Instance(instance)) if instance.made == Made::Promised => "collect the items into a list once",
        _ => "make a new one for each pass, or collect the items into a list once",
    };
    let _ = finding.help(help);
}

fn is_close(cx: &Cx, at: NodeId) -> bool {
    match Context::of(cx.facts, at) {
        Context::Method(call) => cx.text(cx.facts[call].function).ends_with(".aclose"),
        Context::Argument(call, _) => is_call_of(cx, call, "contextlib.aclosing"),
        _ => false,
    }
}

/// The expression that makes it, else the name that got it.
fn made_at(cx: &Cx, made: Giver) -> Span {
    match made.bind(cx.facts) {
        Bind::Value { value, .. } => cx.facts.span(*value),
        _ => made.name(cx.facts),
    }
}
