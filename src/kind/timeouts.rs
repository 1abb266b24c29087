//! Timeouts that may strike while an async generator is asked for an item, and where their exception arrives.
//!
//! A timeout cancels what is awaited: `CancelledError` comes up inside the generator and ends it. What then comes up in
//! this function depends on what set the timeout: an error, or nothing at all.

use super::*;
use crate::facts::{Bind, CallId, Expression, HandlerId, LoopForm, WithId};
use crate::flow::objects::Cut;
use crate::flow::{Arrival, Event, Point, Stop};

/// Managers that cancel their body in time, by their spelling.
static RAISING: &[&str] = &[
    "asyncio.timeout()",
    "asyncio.timeout_at()",
    "async_timeout.timeout()",
    "async_timeout.timeout_at()",
    "anyio.fail_after()",
    "trio.fail_after()",
    "trio.fail_at()",
];

/// Those that go on behind their body as if it had come to its end.
static QUIET: &[&str] = &["anyio.move_on_after()", "trio.move_on_after()", "trio.move_on_at()"];

/// What a manager says once it has struck.
static STRUCK: &[&str] = &["cancelled_caught", "cancel_called", "expired"];

/// What catches the error of a timeout, besides the bases of `TimeoutError`.
static TIMEOUTS: &[&str] = &[
    "asyncio.TimeoutError",
    "asyncio.exceptions.TimeoutError",
    "async_timeout.TimeoutError",
    "concurrent.futures.TimeoutError",
    "trio.TooSlowError",
];

/// What catches a cancellation, besides the bases of `BaseException`.
static CANCELLATIONS: &[&str] = &["asyncio.CancelledError", "asyncio.exceptions.CancelledError", "trio.Cancelled"];

/// A place that asks a generator for items under a timeout.
#[derive(Clone, Copy, Debug)]
pub struct Timed {
    /// The name or attribute that has the generator.
    pub place: NodeId,
    /// What waits for the item.
    waits: Event,
    /// The manager that sets the timeout; None when that is the call that is awaited.
    pub scope: Option<(WithId, usize)>,
}

impl Kinds<'_> {
    /// `await wait_for(anext(generator), 5)`, also when what is waited for is a task that was made before.
    pub fn timed_by_call(&self, call: CallId) -> Vec<Timed> {
        let module = self.module(HERE);
        let facts = &module.facts;
        let awaited = facts.parent(facts.wrapped(facts[call].node)).and_then(|up| facts.await_at(up));
        let (Some(awaited), [first, rest @ ..]) = (awaited, &facts[call].arguments[..]) else { return Vec::new() };
        // A timeout of None never strikes.
        let is_never = rest.is_empty() || rest.iter().any(|limit| facts.expression(limit.value) == Expression::None);
        if is_never || self.called_name(here(call)).as_deref() != Some("asyncio.wait_for") {
            return Vec::new();
        }
        let places = match facts.call(first.value) {
            Some(inner) => self.asked_by(inner).into_iter().collect(),
            None => self.asked_by_task(first.value).unwrap_or_default(),
        };
        places.into_iter().map(|place| Timed { place, waits: Event::Await(awaited), scope: None }).collect()
    }

    /// The generators that a task by this name may ask for an item.
    fn asked_by_task(&self, task: NodeId) -> Option<Vec<NodeId>> {
        let module = self.module(HERE);
        let facts = &module.facts;
        facts.name(task)?;
        let bindings = self.bindings_at(here(facts.bare(task))).into_iter();
        let asked = bindings.map(|binding| {
            let Bind::Value { value, path: Some(ref path), .. } = facts[binding].bind else { return None };
            let maker = facts.call(value).filter(|_| path.is_empty())?;
            let name = self.called_name(here(maker))?;
            let makes_task = matches!(&*name, "asyncio.create_task" | "asyncio.ensure_future");
            let coroutine = facts[maker].arguments.first().filter(|_| makes_task)?;
            self.asked_by(facts.call(coroutine.value)?)
        });
        asked.collect()
    }

    /// Every place in the body of a manager that asks for items while the manager's timeout runs.
    pub fn timed_by_manager(&self, id: WithId) -> Vec<Timed> {
        let module = self.module(HERE);
        let facts = &module.facts;
        let with = &facts[id];
        let inside =
            |node: NodeId, function: Option<FunctionId>| function == with.function && facts.within(node, with.body);
        let awaits = facts.awaits(with.node.island).filter(|&id| inside(facts[id].node, facts[id].function));
        let awaited = awaits.filter_map(|id| {
            let place = self.asked_by(facts.call(facts[id].value)?)?;
            Some((place, Event::Await(id)))
        });
        let loops = facts.loops(with.node.island).filter(|&id| inside(facts[id].node, facts[id].function));
        let looped = loops.filter(|&id| facts[id].is_async && !is_lazy(facts, facts[id].form)).map(|id| {
            let place = facts.bare(self.through_aiter(facts[id].iterable));
            (place, Event::Step(id))
        });
        let asked: Vec<(NodeId, Event)> = awaited.chain(looped).collect();
        // Most managers stand round other things: those are not worth asking what they are.
        let scope = if asked.is_empty() { None } else { self.timeout_of(id).map(|item| (id, item)) };
        let timed = asked.into_iter().map(|(place, waits)| Timed { place, waits, scope });
        timed.filter(|timed| timed.scope.is_some()).collect()
    }

    /// The generator that the awaited call asks for an item, or for all.
    fn asked_by(&self, call: CallId) -> Option<NodeId> {
        let module = self.module(HERE);
        let facts = &module.facts;
        if let Some(step) = self.step(here(call)) {
            return Some(facts.bare(step.iterator));
        }
        let taken = (0..facts[call].arguments.len()).find(|&position| self.drains_argument(here(call), position))?;
        Some(facts.bare(facts[call].arguments[taken].value))
    }

    /// The item of the `with` that is a timeout.
    fn timeout_of(&self, id: WithId) -> Option<usize> {
        self.with(HERE, |facts| {
            facts[id].items.iter().position(|item| {
                let Some(origin) = self.origin_of(here(item.value)) else { return false };
                let is_one = RAISING.iter().chain(QUIET).any(|name| *name == origin.name);
                let is_never = origin.call.is_some_and(|call| {
                    self.with(call.file, |facts| {
                        let mut limits = facts[call.id].arguments.iter().take(1);
                        limits.any(|limit| facts.expression(limit.value) == Expression::None)
                    })
                });
                is_one && !is_never
            })
        })
    }

    /// Cancelled where it waits, the generator is finished: it waits for something, and nothing in it keeps the
    /// cancellation away or takes it.
    pub fn ends_when_cancelled(&self, value: &Value) -> bool {
        let members = self.members(value);
        !members.is_empty()
            && members.iter().all(|member| match member {
                Value::Instance(instance) => match instance.made {
                    Made::Calling(function) => self.waits(function) && !self.minds_cancellation(function),
                    _ => false,
                },
                _ => false,
            })
    }

    /// The body of the generator function holds an `await`, an `async for` or an `async with`.
    pub fn waits(&self, function: In<FunctionId>) -> bool {
        self.with(function.file, |facts| {
            let island = function.id.island;
            let is_own = |of: Option<FunctionId>| of == Some(function.id);
            facts.awaits(island).any(|id| is_own(facts[id].function))
                || facts.loops(island).any(|id| facts[id].is_async && is_own(facts[id].function))
                || facts.withs(island).any(|id| facts[id].is_async && is_own(facts[id].function))
        })
    }

    fn minds_cancellation(&self, function: In<FunctionId>) -> bool {
        let module = self.module(function.file);
        let facts = &module.facts;
        let island = function.id.island;
        let is_own = |node: NodeId| facts.function(node) == Some(function.id);
        let catches = facts.handlers(island).filter(|&id| is_own(facts[id].node)).any(|id| {
            let handler = In { file: function.file, id };
            self.takes_exception(handler, &self.builtin("BaseException"), CANCELLATIONS) != Some(false)
        });
        // `asyncio.shield(…)`, `CancelScope(shield=True)`, `suppress(CancelledError)`
        let text = facts.node_text(facts[function.id].node);
        catches || text.contains("shield") || text.contains("suppress(")
    }

    /// Where the generator may be cut off: just as it is asked, and where this function then goes on. None when the
    /// timeout leaves the function, or nobody can tell.
    pub fn cut(&self, flow: &Flow, timed: &Timed) -> Option<Cut> {
        let reads = |event| event == Event::Use(timed.place) || event == Event::Load(timed.place);
        let at = |wanted: &dyn Fn(Event) -> bool| -> Option<Point> {
            let mut points = flow.events().filter(|&(_, event)| wanted(event)).map(|(point, _)| point);
            // In a `finally` there are several: one on each way out.
            match (points.next(), points.next()) {
                (Some(point), None) => Some(point),
                _ => None,
            }
        };
        let (place, waits) = (at(&reads)?, at(&|event| event == timed.waits)?);
        let mut has_struck = timed.scope.is_none();
        let arrival = flow.arrival(waits, |stop| match stop {
            Stop::Manager(with, item) if timed.scope == Some((with, item)) => {
                has_struck = true;
                Some(self.is_quiet(with, item))
            }
            Stop::Manager(with, item) => self.manager_takes(with, item, has_struck),
            Stop::Handler(handler) => self.handler_takes(handler, has_struck),
        });
        match arrival {
            Arrival::At(to) => Some(Cut { place: timed.place, at: place, to }),
            Arrival::Out | Arrival::Unknown => None,
        }
    }

    fn is_quiet(&self, with: WithId, item: usize) -> bool {
        let name = self.with(HERE, |facts| self.spelling(here(facts[with].items[item].value)));
        name.is_some_and(|name| QUIET.contains(&name.as_str()))
    }

    /// What comes up is a cancellation until the timeout has struck, and an error after that.
    fn handler_takes(&self, handler: HandlerId, has_struck: bool) -> Option<bool> {
        match has_struck {
            true => self.takes_exception(here(handler), &self.builtin("TimeoutError"), TIMEOUTS),
            false => self.takes_exception(here(handler), &self.builtin("BaseException"), CANCELLATIONS),
        }
    }

    fn manager_takes(&self, with: WithId, item: usize, has_struck: bool) -> Option<bool> {
        let manager = here(self.with(HERE, |facts| facts[with].items[item].value));
        let (exception, names) = match has_struck {
            true => (self.builtin("TimeoutError"), TIMEOUTS),
            false => (self.builtin("BaseException"), CANCELLATIONS),
        };
        match self.suppressed(manager) {
            Some(caught) => self.is_one_taken(caught, &exception, names),
            None => self.lets_pass(manager, &exception).then_some(false),
        }
    }

    /// Whether a handler takes an exception, which other names stand for as well.
    fn takes_exception(&self, handler: In<HandlerId>, exception: &Value, names: &[&str]) -> Option<bool> {
        let caught = self.with(handler.file, |facts| facts.caught(handler.id));
        // A bare `except` takes everything.
        if caught.is_empty() {
            return Some(true);
        }
        self.is_one_taken(caught.into_iter().map(|id| In { file: handler.file, id }), exception, names)
    }

    /// One of the classes is the exception's, or goes by one of the names. None when nobody knows.
    fn is_one_taken(
        &self,
        classes: impl IntoIterator<Item = In<NodeId>>,
        exception: &Value,
        names: &[&str],
    ) -> Option<bool> {
        let takes = |class: In<NodeId>| {
            let is_named = self.qualified(class).is_some_and(|name| names.contains(&&*name));
            if is_named { Answer::Yes(()) } else { self.is_caught_by(class, exception) }
        };
        match self.any(classes.into_iter().map(takes)) {
            Answer::Yes(()) => Some(true),
            Answer::No => Some(false),
            Answer::Unknown => None,
        }
    }

    /// What a condition comes to once the timeout has struck: `scope.cancelled_caught`, `timeout.expired()`.
    pub fn says_that_it_struck(&self, timed: &Timed, condition: NodeId) -> Option<bool> {
        let module = self.module(HERE);
        let facts = &module.facts;
        let (with, item) = timed.scope?;
        let mut bindings = facts.bindings(condition.island).map(|id| &facts[id]);
        let target = bindings.find(|binding| match &binding.bind {
            Bind::Entered { with: of, item: number, .. } => (*of, *number) == (with, item),
            _ => false,
        })?;
        let asked = facts.call(condition).map_or(condition, |call| facts[call].function);
        let Expression::Attribute { object, name } = facts.expression(asked) else { return None };
        let is_it = facts.name(object) == Some(facts.text(target.name)) && STRUCK.contains(&facts.text(name));
        is_it.then_some(true)
    }
}

/// The clause of a generator expression runs somewhere else.
fn is_lazy(facts: &Facts, form: LoopForm) -> bool {
    match form {
        LoopForm::Statement => false,
        LoopForm::Clause { of, .. } => facts.syntax(of) == crate::syntax::SyntaxKind::GeneratorExpression,
    }
}
