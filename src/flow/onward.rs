//! What comes after a generator goes on at one of its `yield`s, by itself or with an exception that is thrown in there:
//! whether it must come to a `yield` again before it ends.
//!
//! The ways on are followed one by one, each with the exception that is on its way or was handled last and with what
//! the variables were given since. What a condition asks is worked out where it asks about a constant that a variable
//! was given; of the others, the caller says whether one outcome is enough (`Outcome::Either`). Exceptions that the code
//! on the way may raise by accident are left out: only a `raise` counts.

use rustc_hash::FxHashMap;

use super::constants::{Constant, outcome};
use super::variables::{Variable, Variables};
use super::{Block, BlockId, Edge, EdgeKind, Event, Flow, Point, Why};
use crate::facts::{BindingId, Facts, HandlerId, LoopId, NodeId, RaiseId, WithId, YieldId};
use crate::syntax::{Field, SyntaxKind};

/// How many places, with all that is known there, are looked at before the search is given up.
const MOST: usize = 2_000;

/// An exception on its way.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Thrown {
    /// The one that was thrown in at the `yield`.
    Given,
    /// What a `raise` on the way has raised in its place.
    Raised(RaiseId),
}

/// How the generator goes on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Resumed {
    ByItself,
    ByException,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    Known(bool),
    /// The condition is about something else: each outcome happens some day.
    Either,
    /// Perhaps only one of them can happen on this way, and nobody knows which.
    Unknown,
}

/// What the graph cannot know.
pub trait Walker {
    /// None when nobody knows.
    fn handles(&self, handler: HandlerId, thrown: Thrown) -> Option<bool>;

    fn swallows(&self, with: WithId, item: usize, thrown: Thrown) -> Option<bool>;

    /// The `raise` raises once more what the handler round it has caught.
    fn raises_again(&self, raise: RaiseId) -> bool;

    /// `held` are the bindings that a name may have its value from; none when that is not known.
    fn outcome(&self, condition: NodeId, held: &dyn Fn(NodeId) -> Vec<BindingId>) -> Outcome;

    /// The loop, in whose body the generator goes on, has another round.
    fn goes_round(&self, node: NodeId) -> bool;
}

/// The `yield`s to one of which the generator must come after it goes on at this one; none when there may be a way past.
pub fn onward(facts: &Facts, flow: &Flow, from: YieldId, resumed: Resumed, walker: &dyn Walker) -> Vec<YieldId> {
    let mut found: Vec<YieldId> = Vec::new();
    let points = flow.events().filter(|&(_, event)| event == Event::Yield(from)).map(|(point, _)| point);
    for point in points.filter(|point| flow.is_reached(point.block)) {
        let walk = Walk { facts, flow, variables: Variables::of(facts, flow), from, walker };
        found.extend(walk.must_reach(point, resumed));
    }
    found.sort_unstable();
    found.dedup();
    found
}

struct Walk<'a> {
    facts: &'a Facts,
    flow: &'a Flow,
    variables: Variables,
    from: YieldId,
    walker: &'a dyn Walker,
}

/// A place on a way, with all that makes a difference to where it leads.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct State {
    point: Point,
    thrown: Option<Thrown>,
    /// What each variable was given last on this way.
    bound: Vec<(Variable, BindingId)>,
    /// The loops that were begun on this way.
    begun: Vec<LoopId>,
}

impl State {
    fn at(&self, block: BlockId) -> State {
        State { point: Point { block, index: 0 }, ..self.clone() }
    }
}

/// Where a place leads.
enum Next {
    Yield(YieldId),
    /// The function ends, or nobody knows.
    End,
    /// All of these ways may be taken.
    All(Vec<State>),
    /// Each of these ways is taken some day.
    Some(Vec<State>),
}

impl Walk<'_> {
    fn must_reach(&self, point: Point, resumed: Resumed) -> Vec<YieldId> {
        let begin = State { point, thrown: None, bound: Vec::new(), begun: Vec::new() };
        let start = match resumed {
            Resumed::ByItself => State { point: Point { index: point.index + 1, ..point }, ..begin },
            Resumed::ByException => {
                let Some(to) = exception(&self.flow[point.block]) else { return Vec::new() };
                State { thrown: Some(Thrown::Given), ..begin.at(to) }
            }
        };
        let Some(ways) = self.ways(start) else { return Vec::new() };
        let past = ways.lead_past();
        ways.yields(&past)
    }

    /// Every place that can be come to before the next `yield`; None when there are too many.
    fn ways(&self, start: State) -> Option<Ways> {
        let mut number: FxHashMap<State, usize> = FxHashMap::default();
        let mut states = vec![start.clone()];
        number.insert(start, 0);
        let mut ways = Ways { all: Vec::new() };
        while let Some(state) = states.get(ways.all.len()).cloned() {
            if states.len() > MOST {
                return None;
            }
            let mut numbers = |next: Vec<State>| -> Vec<usize> {
                let number = |state: State| {
                    let last = states.len();
                    *number.entry(state.clone()).or_insert_with(|| {
                        states.push(state);
                        last
                    })
                };
                next.into_iter().map(number).collect()
            };
            ways.all.push(match self.next(state) {
                Next::Yield(id) => Way::Yield(id),
                Next::End => Way::End,
                Next::All(next) => Way::All(numbers(next)),
                Next::Some(next) => Way::Some(numbers(next)),
            });
        }
        Some(ways)
    }

    fn next(&self, mut state: State) -> Next {
        let block = &self.flow[state.point.block];
        for &event in &block.events[state.point.index..] {
            match event {
                Event::Yield(id) => return Next::Yield(id),
                Event::Raise(id) => return self.raise(state, block, id),
                Event::Bind(binding) => self.bind(&mut state, binding),
                Event::Begin(id) if !state.begun.contains(&id) => {
                    state.begun.push(id);
                    state.begun.sort_unstable();
                }
                _ => {}
            }
        }
        let edges: Vec<Edge> = block.next.iter().copied().filter(|edge| edge.why != EdgeKind::Exception).collect();
        match edges[..] {
            [] => Next::End,
            [only] if only.why == EdgeKind::Normal => Next::All(vec![state.at(only.to)]),
            _ if matches!(block.why, Why::Exit | Why::Raised) => Next::End,
            _ => self.choose(state, &edges),
        }
    }

    fn raise(&self, mut state: State, block: &Block, id: RaiseId) -> Next {
        let Some(to) = exception(block) else { return Next::End };
        if state.thrown.is_none() || !self.walker.raises_again(id) {
            state.thrown = Some(Thrown::Raised(id));
        }
        Next::All(vec![state.at(to)])
    }

    fn bind(&self, state: &mut State, binding: BindingId) {
        let Some(variable) = self.variables.binding(binding) else { return };
        state.bound.retain(|&(known, _)| known != variable);
        state.bound.push((variable, binding));
        state.bound.sort_unstable();
    }

    fn choose(&self, state: State, edges: &[Edge]) -> Next {
        let mut all = Vec::new();
        for edge in edges {
            let decided = match (edge.why, state.thrown) {
                (EdgeKind::Caught(handler), Some(thrown)) => self.walker.handles(handler, thrown),
                (EdgeKind::Swallowed(with, item), Some(thrown)) => self.walker.swallows(with, item, thrown),
                (EdgeKind::Item(id), _) if self.goes_round(id) => {
                    if state.begun.contains(&id) {
                        // It had an item before, and will have one another time.
                        return Next::Some(edges.iter().map(|edge| state.at(edge.to)).collect());
                    }
                    Some(true)
                }
                (EdgeKind::True(condition) | EdgeKind::False(condition), _) => {
                    let wanted = matches!(edge.why, EdgeKind::True(_));
                    match self.outcome(&state, condition) {
                        Outcome::Known(outcome) => Some(outcome == wanted),
                        Outcome::Unknown => None,
                        Outcome::Either => return Next::Some(edges.iter().map(|edge| state.at(edge.to)).collect()),
                    }
                }
                _ => None,
            };
            match decided {
                Some(true) => return Next::All(vec![state.at(edge.to)]),
                Some(false) => {}
                None => all.push(state.at(edge.to)),
            }
        }
        Next::All(all)
    }

    /// The generator goes on inside this loop, and there are more rounds.
    fn goes_round(&self, id: LoopId) -> bool {
        let node = self.facts[id].node;
        self.facts.within(self.facts[self.from].node, node) && self.walker.goes_round(node)
    }

    fn outcome(&self, state: &State, condition: NodeId) -> Outcome {
        let held = |name: NodeId| self.held(state, name);
        if let Some(known) = outcome(self.facts, condition, &|name| Constant::given(self.facts, held(name))) {
            return Outcome::Known(known);
        }
        let above = self.facts.ancestors(condition).find(|&up| self.facts.syntax(up).is_statement());
        let round = above.filter(|&up| {
            let asks = self.facts.child(up, Field::Condition).is_some_and(|whole| self.facts.within(condition, whole));
            asks && self.facts.syntax(up) == SyntaxKind::WhileStatement
        });
        match round {
            Some(node) if self.facts.within(self.facts[self.from].node, node) && self.walker.goes_round(node) => {
                Outcome::Either
            }
            _ => self.walker.outcome(condition, &held),
        }
    }

    /// The bindings that the name may have its value from.
    fn held(&self, state: &State, name: NodeId) -> Vec<BindingId> {
        let Some(variable) = self.variables.name(self.facts.bare(name)) else { return Vec::new() };
        if let Some(&(_, binding)) = state.bound.iter().find(|(known, _)| *known == variable) {
            return vec![binding];
        }
        let binds = |event: Event| matches!(event, Event::Bind(id) if self.variables.binding(id) == Some(variable));
        let lasts = |&binding: &BindingId| {
            let after = self.flow.between(|event| event == Event::Bind(binding), binds);
            after.contains(&Event::Yield(self.from))
        };
        self.variables.bindings[variable.0 as usize].iter().copied().filter(lasts).collect()
    }
}

fn exception(block: &Block) -> Option<BlockId> {
    block.next.iter().find(|edge| edge.why == EdgeKind::Exception).map(|edge| edge.to)
}

/// The places that were come to, by number.
struct Ways {
    all: Vec<Way>,
}

enum Way {
    Yield(YieldId),
    End,
    All(Vec<usize>),
    Some(Vec<usize>),
}

impl Ways {
    /// For each place, whether the generator may get past every `yield` from there.
    fn lead_past(&self) -> Vec<bool> {
        let mut past = vec![false; self.all.len()];
        loop {
            let mut changed = false;
            for (number, way) in self.all.iter().enumerate().rev() {
                let now = match way {
                    Way::Yield(_) => false,
                    Way::End => true,
                    Way::All(next) => next.iter().any(|&next| past[next]),
                    Way::Some(next) => next.iter().all(|&next| past[next]),
                };
                changed |= now != past[number];
                past[number] = now;
            }
            if !changed {
                return past;
            }
        }
    }

    /// The `yield`s that are come to from the first place.
    fn yields(&self, past: &[bool]) -> Vec<YieldId> {
        let mut found = Vec::new();
        let mut seen = vec![false; self.all.len()];
        let mut open = vec![0];
        while let Some(number) = open.pop() {
            if past[number] || std::mem::replace(&mut seen[number], true) {
                continue;
            }
            match &self.all[number] {
                Way::Yield(id) => found.push(*id),
                Way::End => {}
                Way::All(next) | Way::Some(next) => open.extend(next),
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::text::Source;

    /// Bare handlers handle everything, others nothing; loops go round; no condition is known.
    struct Plain<'a>(&'a Facts);

    impl Walker for Plain<'_> {
        fn handles(&self, handler: HandlerId, _: Thrown) -> Option<bool> {
            Some(self.0[handler].catches.is_none())
        }

        fn swallows(&self, _: WithId, _: usize, _: Thrown) -> Option<bool> {
            Some(false)
        }

        fn raises_again(&self, raise: RaiseId) -> bool {
            self.0[raise].value.is_none()
        }

        fn outcome(&self, _: NodeId, _: &dyn Fn(NodeId) -> Vec<BindingId>) -> Outcome {
            Outcome::Unknown
        }

        fn goes_round(&self, _: NodeId) -> bool {
            true
        }
    }

    /// Where the first `yield` of the body leads, by itself and with an exception.
    fn check(body: &str, by_itself: &str, by_exception: &str) {
        let text = format!("async def f(x, xs):\n    {}\n", body.replace('\n', "\n    "));
        let facts = Facts::whole(Arc::new(Source::new("t.py", text)));
        let function = facts.statements().flat_map(|island| facts.functions(island)).next().expect("a function");
        let flow = Flow::of(&facts, function).expect("a graph");
        let first = facts[function].yields[0];
        let found = |resumed| {
            let found = onward(&facts, &flow, first, resumed, &Plain(&facts));
            found.into_iter().map(|id| facts.node_text(facts[id].node)).collect::<Vec<_>>().join(", ")
        };
        assert_eq!(found(Resumed::ByItself), by_itself, "{body}");
        assert_eq!(found(Resumed::ByException), by_exception, "{body}");
    }

    #[test]
    fn every_way_must_lead_there() {
        check("yield 1\nyield 2", "yield 2", "");
        check("yield 1\nif x:\n    yield 2", "", "");
        check("yield 1\nif x:\n    yield 2\nelse:\n    yield 3", "yield 2, yield 3", "");
        check("yield 1\nfor y in xs:\n    yield 2", "", "");
    }

    #[test]
    fn an_exception_takes_its_own_way() {
        check("try:\n    yield 1\nexcept:\n    yield 2", "", "yield 2");
        check("try:\n    yield 1\nexcept ValueError:\n    yield 2", "", "");
        check("try:\n    yield 1\nfinally:\n    yield 2", "yield 2", "yield 2");
        check("try:\n    yield 1\nexcept:\n    raise\nfinally:\n    yield 2", "yield 2", "yield 2");
        check("try:\n    try:\n        yield 1\n    except:\n        raise\nexcept:\n    yield 2", "", "yield 2");
        check("try:\n    yield 1\n    return\nexcept:\n    pass\nyield 2", "", "yield 2");
    }

    #[test]
    fn a_loop_in_progress_goes_round() {
        check("while True:\n    yield 1", "yield 1", "");
        check("for y in xs:\n    try:\n        yield 1\n    except:\n        pass", "yield 1", "yield 1");
        check("for y in xs:\n    try:\n        yield 1\n    except:\n        break", "yield 1", "");
    }

    #[test]
    fn constants_are_remembered() {
        check("done = None\ntry:\n    yield 1\n    done = 1\nfinally:\n    if done:\n        yield 2", "yield 2", "");
        check("done = None\ntry:\n    yield 1\nexcept:\n    if done is None:\n        yield 2", "", "yield 2");
        check("done = x\ntry:\n    yield 1\nexcept:\n    if done is None:\n        yield 2", "", "");
    }
}
