//! Managers that close what they hand out, and what reads from that.
//!
//! A library's manager closes when its stub says so (`# closes`); a manager of the project, when it holds a closing one open
//! round its `yield`. A value *draws on* what such a manager has opened when it is that, or comes from it by attributes and
//! methods, or is a generator that was given it and asks it for more while it runs.

use super::*;
use crate::facts::{Bind, BindingId, CallId, Expression, Splat, WithId};
use crate::flow::{Context, Event};
use crate::syntax::SyntaxKind;

mod reading;
mod spelling;

/// How many steps may lead from a value to what it draws on.
const LONGEST_WAY: u32 = 12;

/// Libraries whose functions make an async iterator of others, which they ask for items when they are asked.
static ADAPTERS: &[&str] = &[
    "aioitertools",
    "aioitertools.builtins",
    "aioitertools.itertools",
    "aiostream.stream",
    "asyncstdlib",
    "elasticsearch.helpers",
];

/// Responses of web frameworks, which iterate what they are given after the function has returned.
static RESPONSES: &[&str] = &[
    "django.http.StreamingHttpResponse",
    "fastapi.responses.StreamingResponse",
    "sse_starlette.EventSourceResponse",
    "sse_starlette.sse.EventSourceResponse",
    "starlette.responses.StreamingResponse",
];

/// What an exit stack is asked for that leaves it where it is.
static STACKING: &[&str] =
    &["callback", "enter_async_context", "enter_context", "push", "push_async_callback", "push_async_exit"];

/// An entered manager that closes what a value draws on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Source {
    pub with: In<WithId>,
    pub item: usize,
    /// Its block was left before, whichever way led here.
    pub is_left: bool,
    /// The value is the very thing that is closed.
    pub is_itself: bool,
}

/// What leaving a manager does to what it has handed out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Closing {
    ForGood,
    /// It can be used again, and only what came from it before is closed.
    SoFar,
}

impl Kinds<'_> {
    /// The managers that close what the value of an expression draws on.
    pub fn draws_on(&self, at: In<NodeId>) -> Vec<Source> {
        self.sources(at, 0)
    }

    /// The expression gives an async iterator, and nothing else of use; or a response that was given one.
    pub fn is_only_to_iterate(&self, at: In<NodeId>) -> bool {
        let value = self.value(at);
        let tells = |member: &Value| self.is_of_marked(member, "tells");
        match self.async_iterates(&value) {
            Answer::Yes(_) => !self.members(&value).iter().any(tells),
            Answer::No | Answer::Unknown => self.is_response(at) || self.is_spelled_iterator(at),
        }
    }

    /// `async for` can loop over the value: it is known to be so, or spelled so.
    pub fn is_to_iterate(&self, at: In<NodeId>) -> bool {
        self.async_iterates(&self.value(at)).is_yes() || self.is_spelled_iterator(at)
    }

    fn is_spelled_iterator(&self, at: In<NodeId>) -> bool {
        self.is_made_by(at, &|call| self.sources_by_spelling(call).is_some())
    }

    fn is_response(&self, at: In<NodeId>) -> bool {
        self.is_made_by(at, &|call| self.streamed_by(call).is_some())
    }

    /// The expression is such a call, or a name for what such calls gave.
    fn is_made_by(&self, at: In<NodeId>, is_such: &dyn Fn(In<CallId>) -> bool) -> bool {
        let module = self.module(at.file);
        let facts = &module.facts;
        let of = |node: NodeId| facts.call(node).is_some_and(|id| is_such(In { file: at.file, id }));
        if facts.name(at.id).is_none() {
            return of(at.id);
        }
        let bindings = self.bindings_at(In { file: at.file, id: facts.bare(at.id) });
        let is_bound = |&binding: &BindingId| match &facts[binding].bind {
            Bind::Value { value, path: Some(path), .. } => path.is_empty() && of(*value),
            _ => false,
        };
        !bindings.is_empty() && bindings.iter().all(is_bound)
    }

    fn sources(&self, at: In<NodeId>, steps: u32) -> Vec<Source> {
        let module = self.module(at.file);
        let facts = &module.facts;
        if steps > LONGEST_WAY {
            return Vec::new();
        }
        let inner = |id: NodeId| self.sources(In { file: at.file, id }, steps + 1);
        let found = match facts.expression(at.id) {
            Expression::Name(_) => self.sources_of_name(In { file: at.file, id: facts.bare(at.id) }, steps),
            Expression::Attribute { object, .. } => derived(inner(object)),
            Expression::Await(value) | Expression::Walrus { value, .. } => inner(value),
            Expression::Call(call) => self.sources_of_call(In { file: at.file, id: call }, steps),
            Expression::Comprehension(SyntaxKind::GeneratorExpression) => {
                let clauses = facts.clauses(facts.bare(at.id)).filter(|&id| facts[id].is_async);
                derived(clauses.flat_map(|id| inner(facts[id].iterable)).collect())
            }
            _ => return Vec::new(),
        };
        // What holds all that it gives draws on nothing any more.
        let holds = |member: &Value| self.is_of_class_marked(member, "held");
        if found.is_empty() || self.members(&self.value(at)).iter().any(holds) { Vec::new() } else { found }
    }

    /// A name draws on what all of its bindings draw on, and on what is closed under it.
    fn sources_of_name(&self, name: In<NodeId>, steps: u32) -> Vec<Source> {
        let module = self.module(name.file);
        let facts = &module.facts;
        let bindings = self.bindings_at(name);
        let of = |&id: &BindingId| self.sources_of_binding(In { file: name.file, id }, name.id, steps);
        let mut each = bindings.iter().map(of);
        let mut found = each.next().unwrap_or_default();
        for others in each {
            found.retain_mut(|source| match others.iter().find(|other| source.is_same(other)) {
                Some(other) => {
                    source.is_left &= other.is_left;
                    true
                }
                None => false,
            });
        }
        let withs = facts.withs(name.id.island).filter(|&id| facts[id].function == facts.function(name.id));
        for with in withs {
            for item in 0..facts[with].items.len() {
                let closed = self.closed_by_name(In { file: name.file, id: with }, item);
                let closed = closed.filter(|(closed, _)| {
                    facts.name(*closed) == facts.name(name.id)
                        && self.bindings_at(In { file: name.file, id: facts.bare(*closed) }) == bindings
                });
                let Some((_, closing)) = closed else { continue };
                let with = In { file: name.file, id: with };
                let is_left = closing == Closing::ForGood
                    && bindings.iter().all(|&binding| self.is_left_for_good(with, item, binding, name.id));
                found.push(Source { with, item, is_left, is_itself: true });
            }
        }
        let is_unread = |member: &Value| self.is_of_class_marked(member, "unread");
        let is_filled = || self.members(&self.value(name)).iter().any(is_unread) && self.may_be_filled(name);
        if !found.is_empty() && is_filled() { Vec::new() } else { found }
    }

    /// What the manager closes, where that had a name before: `async with aclosing(rows)`, `async with response`.
    fn closed_by_name(&self, with: In<WithId>, item: usize) -> Option<(NodeId, Closing)> {
        let module = self.module(with.file);
        let facts = &module.facts;
        let manager = facts[with.id].items[item].value;
        if let Some(call) = facts.call(manager) {
            let call = In { file: with.file, id: call };
            let is_aclosing = self.called_name(call).as_deref() == Some("contextlib.aclosing");
            let [argument] = &facts[call.id].arguments[..] else { return None };
            return (is_aclosing && facts.name(argument.value).is_some()).then_some((argument.value, Closing::ForGood));
        }
        facts.name(manager)?;
        let at = In { file: with.file, id: manager };
        let value = self.value(at);
        let entered = if facts[with.id].is_async { self.enters(&value) } else { self.sync_enters(&value) };
        let is_itself = matches!(entered, Answer::Yes(entered) if entered == value);
        self.closing(at, 0).filter(|_| is_itself).map(|closing| (manager, closing))
    }

    fn sources_of_binding(&self, binding: In<BindingId>, used: NodeId, steps: u32) -> Vec<Source> {
        let module = self.module(binding.file);
        let facts = &module.facts;
        let file = binding.file;
        let mut found = match &facts[binding.id].bind {
            Bind::Value { value, path: Some(path), .. } => match facts.part(*value, path) {
                Some(id) => self.sources(In { file, id }, steps + 1),
                None => return Vec::new(),
            },
            Bind::Entered { with, item, path } => {
                let manager = In { file, id: facts[*with].items[*item].value };
                let is_itself = path.as_ref().is_some_and(|path| path.is_empty());
                let own = match self.closing(manager, steps) {
                    Some(closing) => {
                        let with = In { file, id: *with };
                        let is_left =
                            closing == Closing::ForGood && self.is_left_for_good(with, *item, binding.id, used);
                        vec![Source { with, item: *item, is_left, is_itself }]
                    }
                    None => Vec::new(),
                };
                let further = derived(self.sources(manager, steps + 1));
                own.into_iter().chain(further).collect()
            }
            _ => return Vec::new(),
        };
        for source in found.iter_mut().filter(|source| !source.is_left) {
            let is_root = matches!(facts[binding.id].bind, Bind::Entered { with, item, .. }
                if with == source.with.id && item == source.item);
            source.is_left = !is_root && self.is_left_between(source.with, source.item, binding.id, used);
        }
        found
    }

    /// On every way from the binding to the place where its name is read, the block was left.
    fn is_left_between(&self, with: In<WithId>, item: usize, binding: BindingId, used: NodeId) -> bool {
        let Some(flow) = self.flow_round(with) else { return false };
        let leaves = |event: Event| event == Event::Leave(with.id, item);
        let is_read = flow.0.events().any(|(_, event)| event == Event::Use(used));
        is_read && !flow.0.between(|event| event == Event::Bind(binding), leaves).contains(&Event::Use(used))
    }

    /// The block was left, and nobody has used the name since: it might have been opened again.
    fn is_left_for_good(&self, with: In<WithId>, item: usize, binding: BindingId, used: NodeId) -> bool {
        let Some(flow) = self.flow_round(with) else { return false };
        let module = self.module(with.file);
        let facts = &module.facts;
        let name = facts.node_text(used);
        let since = flow.0.between(|event| event == Event::Leave(with.id, item), |event| event == Event::Use(used));
        let again = |event: Event| matches!(event, Event::Use(other) if facts.node_text(other) == name);
        self.is_left_between(with, item, binding, used) && !since.into_iter().any(again)
    }

    fn flow_round(&self, with: In<WithId>) -> Option<Rc<(Flow, Reaching)>> {
        let function = self.with(with.file, |facts| facts[with.id].function)?;
        self.flow(In { file: with.file, id: function })
    }

    /// A response that is not read yet may have been read into memory before this place: by its `aread`, or by somebody
    /// who was given it.
    fn may_be_filled(&self, name: In<NodeId>) -> bool {
        let module = self.module(name.file);
        let facts = &module.facts;
        let function = facts.function(name.id).map(|id| In { file: name.file, id });
        let Some(flow) = function.and_then(|function| self.flow(function)) else { return true };
        let fills = |node: NodeId| match Context::of(facts, node) {
            Context::Method(call) => facts.node_text(facts[call].function).ends_with(".aread"),
            Context::Argument(call, _) => {
                let given = self.value(In { file: name.file, id: facts[call].node });
                given == Value::Unknown || self.is_coroutine(&given)
            }
            _ => false,
        };
        let spelled = facts.node_text(name.id);
        let is_filled = |event: Event| matches!(event, Event::Use(used) if used != name.id && facts.node_text(used) == spelled && fills(used));
        flow.0.between(is_filled, |_| false).contains(&Event::Use(name.id))
    }

    fn sources_of_call(&self, call: In<CallId>, steps: u32) -> Vec<Source> {
        let module = self.module(call.file);
        let facts = &module.facts;
        let at = |id: NodeId| In { file: call.file, id };
        if let Some(iterable) = self.given_to_aiter(call) {
            return self.sources(at(iterable), steps + 1);
        }
        if let Some(content) = self.streamed_by(call) {
            return derived(self.sources(at(content), steps + 1));
        }
        let receiver = self.receiver_of(call);
        if let Some((stack, name)) = &receiver
            && matches!(name.as_str(), "enter_async_context" | "enter_context")
        {
            return self.sources_of_stacked(call, *stack, steps);
        }
        if let Some((object, name)) = &receiver
            && name == "__aiter__"
        {
            return self.sources(at(*object), steps + 1);
        }
        let callee = self.value(at(facts[call.id].function));
        if callee == Value::Unknown {
            return derived(self.sources_by_spelling(call).into_iter().collect());
        }
        if let Value::Function(callee) = &callee
            && self.module(callee.function.file).library.is_empty()
        {
            return derived(self.sources_read_by(callee, call, steps));
        }
        let library = self.library_of_all(&callee);
        if library.is_some_and(|library| ADAPTERS.contains(&library)) {
            let given = facts[call.id].arguments.iter().map(|argument| argument.value);
            return derived(given.flat_map(|id| self.sources(at(id), steps + 1)).collect());
        }
        match receiver.filter(|_| library.is_some()) {
            Some((object, _)) => derived(self.sources(at(object), steps + 1)),
            None => Vec::new(),
        }
    }

    /// The library that has the function, or all of its overloads.
    fn library_of_all(&self, callee: &Value) -> Option<&'static str> {
        let mut libraries = self.members(callee).into_iter().map(|member| match member {
            Value::Function(function) => Some(self.module(function.function.file).library),
            _ => None,
        });
        let first = libraries.next()?.filter(|library| !library.is_empty())?;
        libraries.all(|other| other == Some(first)).then_some(first)
    }

    /// `await stack.enter_async_context(manager)`: closed when the stack's block is left, as long as nobody takes it from
    /// there.
    fn sources_of_stacked(&self, call: In<CallId>, stack: NodeId, steps: u32) -> Vec<Source> {
        let module = self.module(call.file);
        let facts = &module.facts;
        let file = call.file;
        let Some(manager) = facts[call.id].arguments.first().map(|argument| In { file, id: argument.value }) else {
            return Vec::new();
        };
        let further = derived(self.sources(manager, steps + 1));
        let own = self.closing(manager, steps).and_then(|_| self.block_of_stack(In { file, id: stack }));
        let own = own.map(|(with, item)| Source { with, item, is_left: false, is_itself: true });
        own.into_iter().chain(further).collect()
    }

    /// The `with` at whose end an exit stack is unwound for certain.
    fn block_of_stack(&self, stack: In<NodeId>) -> Option<(In<WithId>, usize)> {
        let module = self.module(stack.file);
        let facts = &module.facts;
        facts.name(stack.id)?;
        let value = self.value(stack);
        if !self.is_all(&value, "contextlib", "AsyncExitStack") && !self.is_all(&value, "contextlib", "ExitStack") {
            return None;
        }
        let bindings = self.bindings_at(In { file: stack.file, id: facts.bare(stack.id) });
        let [binding] = bindings[..] else { return None };
        let stays = |read: NodeId| match Context::of(facts, read) {
            Context::Method(call) => {
                let name = facts.node_text(facts[call].function).rsplit('.').next().unwrap_or_default();
                STACKING.contains(&name)
            }
            Context::Managed(..) => true,
            _ => false,
        };
        if !facts.reads(binding).into_iter().all(stays) {
            return None;
        }
        let (with, item) = match facts[binding].bind {
            Bind::Entered { with, item, .. } => (with, item),
            // `async with stack:`
            _ => facts.reads(binding).into_iter().find_map(|read| match Context::of(facts, read) {
                Context::Managed(with, item) => Some((with, item)),
                _ => None,
            })?,
        };
        Some((In { file: stack.file, id: with }, item))
    }

    /// What the response of a web framework is to iterate.
    fn streamed_by(&self, call: In<CallId>) -> Option<NodeId> {
        let name = self.called_name(call)?;
        if !RESPONSES.contains(&&*name) {
            return None;
        }
        self.with(call.file, |facts| {
            let arguments = &facts[call.id].arguments;
            let by_name = arguments.iter().find(|argument| {
                argument.name.is_some_and(|name| matches!(facts.text(name), "content" | "streaming_content"))
            });
            let first = arguments.first().filter(|first| first.name.is_none() && first.splat == Splat::None);
            by_name.or(first).map(|argument| argument.value)
        })
    }

    /// The manager is known to close what it hands out.
    fn closing(&self, manager: In<NodeId>, steps: u32) -> Option<Closing> {
        let Value::Instance(instance) = self.value(manager) else { return None };
        let module = self.module(manager.file);
        let facts = &module.facts;
        let by_function =
            |function: In<FunctionId>| match (self.is_marked(function, "closes"), self.is_marked(function, "releases"))
            {
                (true, _) => Some(Closing::ForGood),
                (_, true) => Some(Closing::SoFar),
                _ => None,
            };
        if let Some(call) = facts.call(manager.id)
            && let Value::Function(callee) = self.value(In { file: manager.file, id: facts[call].function })
            && let Some(closing) = by_function(callee.function)
        {
            return Some(closing);
        }
        match instance.made {
            Made::Stub(function) => by_function(function),
            Made::Calling(function) if self.module(instance.class.file).library == "contextlib" => {
                (steps < LONGEST_WAY && self.closes_what_it_yields(function, steps)).then_some(Closing::ForGood)
            }
            _ => None,
        }
        .or_else(|| self.closing_of_class(&instance))
    }

    fn closing_of_class(&self, instance: &Instance) -> Option<Closing> {
        let value = Value::Instance(Rc::new(instance.clone()));
        // A class of somebody's own may leave open what its base closes.
        let exit = ["__aexit__", "__exit__"].into_iter().find_map(|name| self.special(&value, name).found());
        let Some(Value::Function(exit)) = exit else { return None };
        if self.module(exit.function.file).library.is_empty() {
            return None;
        }
        match (self.is_of_marked(&value, "closes"), self.is_of_marked(&value, "releases")) {
            (true, _) => Some(Closing::ForGood),
            (_, true) => Some(Closing::SoFar),
            _ => None,
        }
    }

    /// The manager's function yields what is closed behind its `yield`: by a manager round it, or in a `finally`.
    fn closes_what_it_yields(&self, function: In<FunctionId>, steps: u32) -> bool {
        let module = self.module(function.file);
        let facts = &module.facts;
        let yields = &facts[function.id].yields;
        let is_closed = |node: NodeId, value: NodeId| {
            let value = In { file: function.file, id: value };
            let sources = self.sources(value, steps + 1);
            sources
                .iter()
                .any(|source| source.with.file == function.file && facts.within(node, facts[source.with.id].body))
                || self.is_closed_finally(value, node)
        };
        let mut all = yields.iter().map(|&id| (facts[id].node, facts[id].value));
        !yields.is_empty() && all.all(|(node, value)| value.is_some_and(|value| is_closed(node, value)))
    }

    /// `try: yield rows`, `finally: await rows.aclose()`
    fn is_closed_finally(&self, value: In<NodeId>, at: NodeId) -> bool {
        let module = self.module(value.file);
        let facts = &module.facts;
        let Some(name) = facts.name(value.id) else { return false };
        let of = self.value(value);
        let closes = |node: NodeId| {
            let call = facts.await_at(node).and_then(|id| facts.call(facts[id].value));
            let closed = call.and_then(|id| self.receiver_of(In { file: value.file, id }));
            closed.is_some_and(|(object, method)| {
                let is_meant = match method.as_str() {
                    "aclose" => self.is_any_async_generator(&of) || self.is_of_marked(&of, "closes"),
                    "close" => self.is_of_marked(&of, "closes"),
                    _ => false,
                };
                is_meant && facts.name(object) == Some(name)
            })
        };
        let lasts = facts.ancestors(at).filter(|&up| facts.syntax(up) == SyntaxKind::TryStatement);
        let mut lasts = lasts.flat_map(|up| {
            facts.children(up).filter(|&part| facts.syntax(part) == SyntaxKind::FinallyClause).collect::<Vec<_>>()
        });
        lasts.any(|last| {
            let tree = facts.tree(last);
            !facts.within(at, last) && tree.subtree(last.row).any(|row| closes(NodeId { row, ..last }))
        })
    }

    /// The value is an instance of a class that a stub has marked, or of one derived from it.
    fn is_of_marked(&self, value: &Value, mark: &str) -> bool {
        let Value::Instance(instance) = value else { return false };
        self.bases(instance.class).into_iter().flatten().any(|class| self.is_class_marked(class, mark))
    }

    /// The value is an instance of the very class that a stub has marked.
    fn is_of_class_marked(&self, value: &Value, mark: &str) -> bool {
        matches!(value, Value::Instance(instance) if self.is_class_marked(instance.class, mark))
    }
}

impl Source {
    fn is_same(&self, other: &Source) -> bool {
        (self.with, self.item) == (other.with, other.item)
    }
}

fn derived(mut sources: Vec<Source>) -> Vec<Source> {
    sources.iter_mut().for_each(|source| source.is_itself = false);
    sources
}
