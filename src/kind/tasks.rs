//! Tasks that ask an async generator for items: which call starts one, and whether the generator waits while it runs.

use super::*;
use crate::facts::{CallId, Expression, LoopForm};
use crate::flow::{Context, Effect, Event};
use crate::syntax::SyntaxKind as K;

/// Calls that suspend the coroutine which awaits them, whatever happens.
static SUSPENDING: &[&str] = &["anyio.sleep", "asyncio.sleep", "trio.sleep"];

impl Kinds<'_> {
    /// What the place does to the generator in hand, when that is to give it to tasks.
    pub fn given_to_task(&self, place: NodeId) -> Option<Effect> {
        let module = self.module(HERE);
        let facts = &module.facts;
        if let Context::Argument(call, position) = Context::of(facts, place)
            && let Some(function) = self.started_with(call, position)
        {
            let drives = self.drives_parameter(&function, position.checked_sub(1)?);
            return drives.then_some(Effect::Run { starts: Event::Call(call), many: false });
        }
        let coroutine = self.coroutine_over(place)?;
        self.run_by(facts[coroutine].node)
    }

    /// What a nested coroutine function does to the generator that it goes through, `async for item in stream`, when
    /// tasks are started with it.
    pub fn given_to_workers(&self, place: NodeId) -> Option<Effect> {
        let module = self.module(HERE);
        let facts = &module.facts;
        let worker = facts.function(place)?;
        let name = facts.name(place)?;
        if !self.begins_with(here(worker), &|node| facts.name(node) == Some(name)) {
            return None;
        }
        let runs = self.calls_here(worker).into_iter().map(|call| self.run_by(facts[call].node));
        let runs: Vec<Effect> = runs.collect::<Option<_>>()?;
        match runs[..] {
            [only] => Some(only),
            [Effect::Run { starts, .. }, ..] => {
                let together = |run: &Effect| matches!(run, Effect::Run { starts: other, .. } if *other == starts);
                runs.iter().all(together).then_some(Effect::Run { starts, many: true })
            }
            _ => None,
        }
    }

    /// The function that `group.start_soon(function, …)` starts with the argument.
    fn started_with(&self, call: CallId, position: usize) -> Option<Value> {
        let (_, name) = self.receiver_of(here(call)).filter(|_| position > 0)?;
        let module = self.module(HERE);
        let first = module.facts[call].arguments.first()?.value;
        (name == "start_soon").then(|| self.value(here(first)))
    }

    /// The call of a coroutine that asks what is in hand at the place for an item, or for all of them.
    fn coroutine_over(&self, place: NodeId) -> Option<CallId> {
        let module = self.module(HERE);
        let facts = &module.facts;
        match Context::of(facts, place) {
            Context::Method(call) => self.step(here(call)).map(|_| call),
            Context::Argument(call, position) => {
                let function = || self.value(here(facts[call].function));
                let plain = facts[call].arguments[position].name.is_none();
                let asks = self.step(here(call)).is_some() || plain && self.drives_parameter(&function(), position);
                asks.then_some(call)
            }
            _ => None,
        }
    }

    /// The call that starts tasks with a coroutine, or with a list of them in which it stands.
    fn run_by(&self, coroutine: NodeId) -> Option<Effect> {
        let module = self.module(HERE);
        let facts = &module.facts;
        let mut node = coroutine;
        let mut many = false;
        loop {
            let wrapped = facts.wrapped(node);
            match Context::of(facts, wrapped) {
                Context::Argument(call, _) | Context::Spread(call, _) if self.starts_tasks(call) => {
                    return Some(Effect::Run { starts: Event::Call(call), many });
                }
                // `tasks = […]`, and then `gather(*tasks)` and nothing else.
                Context::Named => {
                    let name = facts.parent(wrapped).and_then(|up| facts.child(up, crate::syntax::Field::Left))?;
                    let [read] = self.reads_alone(name)?[..] else { return None };
                    let (Context::Argument(call, _) | Context::Spread(call, _)) = Context::of(facts, read) else {
                        return None;
                    };
                    return self.starts_tasks(call).then_some(Effect::Run { starts: Event::Call(call), many });
                }
                _ => {}
            }
            let up = facts.parent(wrapped)?;
            match facts.syntax(up) {
                K::List | K::Tuple | K::Set => {}
                // Several of them, made of one generator.
                K::ListComprehension | K::SetComprehension | K::GeneratorExpression => many = true,
                _ => return None,
            }
            node = up;
        }
    }

    /// The call may start a task, by its name.
    pub fn may_start_tasks(&self, call: CallId) -> bool {
        let module = self.module(HERE);
        match module.facts.expression(module.facts[call].function) {
            Expression::Attribute { name, .. } => {
                let name = module.facts.text(name);
                matches!(name, "create_task" | "ensure_future" | "gather" | "start_soon")
            }
            Expression::Name(_) => self.starts_tasks(call),
            _ => false,
        }
    }

    fn starts_tasks(&self, call: CallId) -> bool {
        match self.called_name(here(call)).as_deref() {
            Some("asyncio.gather" | "asyncio.create_task" | "asyncio.ensure_future") => true,
            _ => matches!(self.receiver_of(here(call)), Some((_, name)) if name == "create_task"),
        }
    }

    /// The coroutine function begins at once to ask what it is given for items, and does so without a lock or the like.
    fn drives_parameter(&self, function: &Value, position: usize) -> bool {
        let Value::Function(callable) = function else { return false };
        let module = self.module(callable.function.file);
        let facts = &module.facts;
        let id = callable.function.id;
        let entry = &facts[id];
        let index = position + callable.receiver.is_some() as usize;
        if callable.form != Form::Plain || index >= entry.params.len() {
            return false;
        }
        let name = facts.text(entry.params[index].name);
        if facts.named_in(name, entry.scope).len() != 1 {
            return false;
        }
        self.begins_with(callable.function, &|node| facts.name(node) == Some(name))
    }

    /// The first thing that the coroutine function waits for is an item from one of these iterators, and no lock or the
    /// like is held.
    fn begins_with(&self, function: In<FunctionId>, is_it: &dyn Fn(NodeId) -> bool) -> bool {
        let module = self.module(function.file);
        let (facts, id) = (&module.facts, function.id);
        let entry = &facts[id];
        if !entry.is_async || entry.is_generator() || entry.is_damaged || self.form(function) != Some(Form::Plain) {
            return false;
        }
        let is_own = |node: NodeId| facts.function(node) == Some(id) && is_it(node);
        let loops = facts.loops(id.island).filter(|&one| facts[one].is_async && facts[one].function == Some(id));
        let awaits = facts.awaits(id.island).filter(|&one| facts[one].function == Some(id));
        let looped = loops.map(|one| {
            let this = &facts[one];
            (this.iterable, this.form == LoopForm::Statement && is_own(this.iterable))
        });
        let awaited = awaits.map(|one| {
            let call = facts.call(facts[one].value);
            let step = call.and_then(|call| self.step(In { file: function.file, id: call }));
            (facts[one].node, step.is_some_and(|step| is_own(step.iterator)))
        });
        // Whoever waits for something else before may wait for the others.
        let first = looped.chain(awaited).min_by_key(|(node, _)| facts.span(*node).start);
        let is_alone = |node: NodeId| {
            let mut inside = facts.ancestors(node).take_while(|&up| up != entry.node);
            inside.all(|up| facts.syntax(up) != K::WithStatement)
        };
        first.is_some_and(|(node, asks)| asks && is_alone(node))
    }

    /// Two tasks that each want an item from the generator meet in it: it waits before it has one. `Yes` when it is
    /// known to, `Unknown` when what it waits for may be there already, or when it may end without having had one.
    pub fn waits_for_first(&self, function: In<FunctionId>) -> Answer {
        let Some(flow) = self.flow(function) else { return Answer::No };
        let yields = |event| matches!(event, Event::Yield(_));
        let waits = |event| self.is_wait(function.file, event);
        if self.waits_at_all(function).is_no() || !flow.0.none_without(Flow::ENTRY, waits, yields) {
            return Answer::No;
        }
        match flow.0.comes_first(Flow::ENTRY, |event| self.suspends(function.file, event), yields) {
            true => Answer::Yes(()),
            false => Answer::Unknown,
        }
    }

    /// It waits for something somewhere, and whether that is known to suspend it.
    pub fn waits_at_all(&self, function: In<FunctionId>) -> Answer {
        let Some(flow) = self.flow(function) else { return Answer::No };
        let events: Vec<Event> = flow.0.events().map(|(_, event)| event).collect();
        if events.iter().any(|&event| self.suspends(function.file, event)) {
            return Answer::Yes(());
        }
        match events.iter().any(|&event| self.is_wait(function.file, event)) {
            true => Answer::Unknown,
            false => Answer::No,
        }
    }

    fn is_wait(&self, file: FileId, event: Event) -> bool {
        self.with(file, |facts| match event {
            Event::Await(_) => true,
            Event::Step(id) => facts[id].is_async,
            Event::Enter(with, _) => facts[with].is_async,
            _ => false,
        })
    }

    fn suspends(&self, file: FileId, event: Event) -> bool {
        let Event::Await(id) = event else { return false };
        let call = self.with(file, |facts| match facts.expression(facts[id].value) {
            Expression::Call(call) => Some(call),
            _ => None,
        });
        let name = call.and_then(|id| self.called_name(In { file, id }));
        name.is_some_and(|name| SUSPENDING.contains(&&*name))
    }
}
