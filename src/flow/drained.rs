//! Where an iterator that is already used up is asked for items again.
//!
//! A *maker* is a binding that gives its name a new iterator of one pass each time it is reached. The object it made
//! last is followed through the names that hold it: each name that *must* hold it (on every way to the place in hand)
//! and each that *may*. What a place where such a name is read does to the object is for the caller to say (`Effect`);
//! the graph knows the rest: when a loop has come to its end, that `break`, `return` and exceptions come before it, that
//! a rebinding ends the story of a name, that the ways into a handler or round a loop differ.
//!
//! A place is reported when on every way that reaches it the object is used up (`Round::First`), or when that is so in
//! every round of a loop but the first (`Round::Second`): made outside the loop and drained inside it.
//!
//! Whoever may hold the object outside the graph ends the story: an escape on a may-alias, a name shared with a nested
//! function or lazy expression, a global. Attributes are not followed, nor is a condition that says whether a loop has
//! run before.

use std::collections::BTreeSet;

use rustc_hash::{FxHashMap, FxHashSet};

use super::context::given;
use super::solve::{Analysis, Solution, second_round, solve};
use super::variables::{Variable, Variables, captured};
use super::{BlockId, Edge, EdgeKind, Event, Flow};
use crate::facts::{Bind, BindingId, Expression, Facts, NodeId, ScopeKind};

/// A place where the object is in hand: a name that may hold it is read, or it was made in the middle of an
/// expression, as in `f(it := make())`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Use {
    /// The name, or the expression that makes the object.
    pub node: NodeId,
    /// Read by a nested function or generator expression, whenever that runs.
    pub captured: bool,
}

/// What such a place does to the object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    /// Looks at it at most.
    Neutral,
    /// The value that a name gets in this statement is the object itself: `b = it`, `b = aiter(it)`,
    /// `async with aclosing(it) as b`.
    Alias,
    /// Wants an item.
    Step,
    /// Wants every item, and has had them all once that event has happened: `Exhausted` for a loop, `Await` or `Call`
    /// for a function that takes them all, `Caught` for the handler of its StopAsyncIteration.
    Drain(Event),
    /// Ends it with that event, without asking for an item: `await it.aclose()`, leaving `async with aclosing(it) as b`.
    /// In the latter, `b` is an alias as well.
    End(Event),
    /// Wants items, who knows how many.
    Again,
    /// Begins anew, or may.
    Reset,
    /// Nobody knows what happens to it from here on.
    Escape,
}

impl Effect {
    fn wants_items(self) -> bool {
        matches!(self, Effect::Step | Effect::Drain(_) | Effect::Again)
    }
}

/// A used-up iterator is asked again.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reuse {
    /// Where it may have been made.
    pub made: Vec<BindingId>,
    /// The names at the places that may have used it up: one of them has.
    pub drained_at: Vec<NodeId>,
    /// The name at the place that asks again.
    pub used_again: NodeId,
    pub round: Round,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Round {
    /// Each time.
    First,
    /// In every round but the first of this loop, a `for` or `while` statement or a `for` clause.
    Second(NodeId),
}

/// Every place that asks again for items of what the makers made, in reading order. A place is reported once.
pub fn reuses(facts: &Facts, flow: &Flow, makers: &[BindingId], effect: &dyn Fn(Use) -> Effect) -> Vec<Reuse> {
    let ground = Ground::of(facts, flow);
    let mut found: Vec<Reuse> = Vec::new();
    for makers in groups(&ground.variables, makers) {
        let follow = Follow::new(facts, &ground, makers, effect);
        for reuse in follow.reuses(flow) {
            match found.iter_mut().find(|known| known.used_again == reuse.used_again) {
                // Each time says more than each time but the first.
                Some(known) if known.round != Round::First && reuse.round == Round::First => *known = reuse,
                Some(_) => {}
                None => found.push(reuse),
            }
        }
    }
    found.sort_by_key(|reuse| reuse.used_again);
    found
}

/// Each maker alone, and before that all makers of one name together: whichever of them it was, the name holds an
/// iterator of one pass.
fn groups(variables: &Variables, makers: &[BindingId]) -> Vec<Vec<BindingId>> {
    let mut groups: Vec<(Variable, Vec<BindingId>)> = Vec::new();
    for &maker in makers {
        let Some(variable) = variables.binding(maker) else { continue };
        match groups.iter_mut().find(|(of, _)| *of == variable) {
            Some((_, group)) => group.push(maker),
            None => groups.push((variable, vec![maker])),
        }
    }
    let mut all: Vec<Vec<BindingId>> = groups.into_iter().map(|(_, group)| group).collect();
    let alone = all.iter().filter(|group| group.len() > 1).flatten().map(|&maker| vec![maker]);
    let alone: Vec<_> = alone.collect();
    all.extend(alone);
    all
}

/// What is known at one point.
#[derive(Clone, PartialEq, Debug, Default)]
struct State {
    /// Names that a nested function or lazy expression reads: what they hold is out of sight. On some way.
    exposed: BTreeSet<Variable>,
    /// The object made last; None when there is none yet, or when nothing is known of it any more.
    object: Option<Object>,
}

#[derive(Clone, PartialEq, Debug, Default)]
struct Object {
    made: BTreeSet<BindingId>,
    /// The names that hold it, on every way.
    must: BTreeSet<Variable>,
    /// The names that hold it, on some way.
    may: BTreeSet<Variable>,
    /// The places that have read it and are about to hand it on, on every way and on some way: `a, b = b, a` reads
    /// both names before it binds one.
    must_lend: BTreeSet<NodeId>,
    may_lend: BTreeSet<NodeId>,
    /// The places that are taking its items, on every way.
    taking: BTreeSet<NodeId>,
    /// The places that have used it up, one of them on every way.
    drained: Option<BTreeSet<NodeId>>,
}

/// The first binding that gets a new object: in `a = it = make()` that is `a`, though `it` was asked about.
struct Maker {
    asked: BindingId,
    /// The expression that makes it, when its value is the object.
    value: Option<NodeId>,
}

/// What the questions about all makers of a function have in common.
struct Ground {
    variables: Variables,
    uses: FxHashMap<Variable, Vec<NodeId>>,
    /// The bindings that get the value of an expression as a whole, in the order in which they happen.
    bound: FxHashMap<NodeId, Vec<BindingId>>,
    /// What closures and lazy expressions read.
    captured: Vec<(Event, Vec<(NodeId, Variable)>)>,
}

impl Ground {
    fn of(facts: &Facts, flow: &Flow) -> Ground {
        let mut ground = Ground {
            variables: Variables::of(facts, flow),
            uses: FxHashMap::default(),
            bound: FxHashMap::default(),
            captured: Vec::new(),
        };
        // Copies of `finally` share their events.
        let mut seen: FxHashSet<Event> = FxHashSet::default();
        for (_, event) in flow.events().filter(|&(_, event)| seen.insert(event)) {
            match event {
                Event::Use(node) => {
                    if let Some(variable) = ground.variables.name(node) {
                        ground.uses.entry(variable).or_default().push(node);
                    }
                }
                Event::Bind(binding) => {
                    if let Some(value) = given(facts, &facts[binding].bind) {
                        ground.bound.entry(innermost(facts, value)).or_default().push(binding);
                    }
                }
                Event::Closure(_) | Event::Lazy(_) => {
                    let names = captured(facts, event).into_iter();
                    let names = names.filter_map(|node| Some((node, ground.variables.name(node)?)));
                    ground.captured.push((event, names.collect()));
                }
                _ => {}
            }
        }
        ground
    }
}

/// The answer of each place: None once it was reached with an object that is not used up.
type Asked = FxHashMap<NodeId, Option<Reuse>>;

/// The question about one group of makers.
struct Follow<'a> {
    facts: &'a Facts,
    variables: &'a Variables,
    makers: FxHashMap<BindingId, Maker>,
    effects: FxHashMap<NodeId, Effect>,
    /// The bindings that get the object from a place that has read it, or made it.
    heirs: FxHashMap<BindingId, NodeId>,
    /// Those places.
    lenders: FxHashSet<NodeId>,
    /// The places that are done with this event.
    done: FxHashMap<Event, Vec<NodeId>>,
    /// What closures and lazy expressions read and may do something with.
    captured: FxHashMap<Event, Vec<Variable>>,
}

impl<'a> Follow<'a> {
    fn new(facts: &'a Facts, ground: &'a Ground, makers: Vec<BindingId>, effect: &dyn Fn(Use) -> Effect) -> Follow<'a> {
        let Ground { variables, uses, bound, .. } = ground;
        let mut follow = Follow {
            facts,
            variables,
            makers: FxHashMap::default(),
            effects: FxHashMap::default(),
            heirs: FxHashMap::default(),
            lenders: FxHashSet::default(),
            done: FxHashMap::default(),
            captured: FxHashMap::default(),
        };
        // The names that may come to hold the object: those of the makers, and what is bound from those.
        let mut relevant: Vec<Variable> = Vec::new();
        let mut known: FxHashSet<Variable> = FxHashSet::default();
        for maker in makers {
            let value = match &facts[maker].bind {
                bind @ Bind::Value { .. } => given(facts, bind).map(|value| innermost(facts, value)),
                _ => None,
            };
            let family = value.and_then(|value| bound.get(&value)).cloned().unwrap_or_else(|| vec![maker]);
            let Some((&first, heirs)) = family.split_first() else { continue };
            if variables.binding(first).is_none() {
                continue;
            }
            relevant.extend(family.iter().filter_map(|&one| variables.binding(one)).filter(|&one| known.insert(one)));
            if let Some(value) = value {
                follow.lend(value, heirs);
                let here = effect(Use { node: value, captured: false });
                let mut heirs = follow.heirs_of(value, here, bound);
                heirs.retain(|heir| !family.contains(heir));
                follow.lend(value, &heirs);
                let heirs = heirs.into_iter().filter_map(|heir| variables.binding(heir));
                relevant.extend(heirs.filter(|&variable| known.insert(variable)));
                follow.note(value, here);
            }
            follow.makers.insert(first, Maker { asked: maker, value });
        }
        while let Some(variable) = relevant.pop() {
            for &node in uses.get(&variable).into_iter().flatten() {
                let mut here = effect(Use { node, captured: false });
                let heirs = follow.heirs_of(node, here, bound);
                if heirs.is_empty() && here == Effect::Alias {
                    // Nobody here got it, so somebody else did.
                    here = Effect::Escape;
                }
                follow.lend(node, &heirs);
                let heirs = heirs.into_iter().filter_map(|heir| variables.binding(heir));
                relevant.extend(heirs.filter(|&variable| known.insert(variable)));
                follow.note(node, here);
            }
        }
        for (event, names) in &ground.captured {
            let names = names.iter().filter(|(_, variable)| known.contains(variable));
            let names = names.filter(|&&(node, _)| effect(Use { node, captured: true }) != Effect::Neutral);
            follow.captured.insert(*event, names.map(|&(_, variable)| variable).collect());
        }
        follow
    }

    fn note(&mut self, node: NodeId, effect: Effect) {
        if let Effect::Drain(done) | Effect::End(done) = effect {
            self.done.entry(done).or_default().push(node);
        }
        self.effects.insert(node, effect);
    }

    fn lend(&mut self, from: NodeId, heirs: &[BindingId]) {
        if !heirs.is_empty() {
            self.lenders.insert(from);
        }
        self.heirs.extend(heirs.iter().map(|&heir| (heir, from)));
    }

    /// The bindings that get the object from the name that is read here.
    fn heirs_of(&self, node: NodeId, effect: Effect, bound: &FxHashMap<NodeId, Vec<BindingId>>) -> Vec<BindingId> {
        let get = |value: NodeId| bound.get(&value).into_iter().flatten().copied();
        if !matches!(effect, Effect::Alias | Effect::End(Event::Leave(..))) {
            // `b = it`, whatever else happens to it: `f(b := it)`.
            return get(node).filter(|&heir| matches!(self.facts[heir].bind, Bind::Value { .. })).collect();
        }
        let ways = std::iter::once(node).chain(self.facts.ancestors(node));
        ways.take_while(|&up| !self.facts.syntax(up).is_statement()).flat_map(get).collect()
    }

    fn reuses(&self, flow: &Flow) -> Vec<Reuse> {
        // Most functions never use up what they make.
        if self.done.is_empty() {
            return Vec::new();
        }
        let solution = solve(flow, self);
        let mut asked = Asked::default();
        self.ask(flow, &solution, Round::First, |_| true, &mut asked);
        let mut found: Vec<Reuse> = asked.into_values().flatten().collect();
        // Inner loops stand behind outer ones: the story is told about the innermost. A loop in a `finally` is there
        // several times: what is said must be so in all of them.
        let mut loops: Vec<NodeId> = Vec::new();
        for rounds in flow.rounds.iter().rev() {
            if !loops.contains(&rounds.node) {
                loops.push(rounds.node);
            }
        }
        for node in loops {
            let mut asked = Asked::default();
            for number in (0..flow.rounds.len() as u32).filter(|&number| flow.rounds[number as usize].node == node) {
                let second = second_round(flow, self, &solution, number);
                let inside = |block| flow.loops_round(block).any(|inside| inside == number);
                self.ask(flow, &second, Round::Second(node), inside, &mut asked);
            }
            for reuse in asked.into_values().flatten() {
                if !found.iter().any(|known| known.used_again == reuse.used_again) {
                    found.push(reuse);
                }
            }
        }
        found
    }

    /// Asks each place that wants items whether the object is used up each time that it is reached.
    fn ask(
        &self,
        flow: &Flow,
        solution: &Solution<State>,
        round: Round,
        inside: impl Fn(BlockId) -> bool,
        asked: &mut Asked,
    ) {
        solution.replay(flow, self, |point, event, state| {
            let Event::Use(node) = event else { return };
            if !inside(point.block) || !self.effects.get(&node).is_some_and(|effect| effect.wants_items()) {
                return;
            }
            let reuse = self.used_up(state, node).map(|(made, drained_at)| Reuse {
                made: made.iter().copied().collect(),
                drained_at: drained_at.iter().copied().collect(),
                used_again: node,
                round,
            });
            match (asked.entry(node).or_insert_with(|| reuse.clone()), reuse) {
                (Some(known), Some(more)) => {
                    known.made = union(&known.made, &more.made);
                    known.drained_at = union(&known.drained_at, &more.drained_at);
                }
                (known, None) => *known = None,
                (None, Some(_)) => {}
            }
        });
    }

    fn used_up<'s>(&self, state: &'s State, node: NodeId) -> Option<(&'s BTreeSet<BindingId>, &'s BTreeSet<NodeId>)> {
        let object = state.object.as_ref()?;
        let variable = self.variables.name(node)?;
        let drained = object.drained.as_ref()?;
        object.must.contains(&variable).then_some((&object.made, drained))
    }

    fn read(&self, state: &mut State, node: NodeId) {
        let (Some(&effect), Some(variable)) = (self.effects.get(&node), self.variables.name(node)) else { return };
        let Some(object) = &mut state.object else { return };
        if self.lenders.contains(&node) {
            put(&mut object.must_lend, node, object.must.contains(&variable));
            put(&mut object.may_lend, node, object.may.contains(&variable));
        }
        match effect {
            Effect::Neutral | Effect::Alias | Effect::Step | Effect::Again => {}
            Effect::Drain(_) | Effect::End(_) => {
                // Otherwise the place is about another object now.
                put(&mut object.taking, node, object.must.contains(&variable));
            }
            Effect::Reset | Effect::Escape => {
                if object.may.contains(&variable) {
                    state.object = None;
                }
            }
        }
    }

    /// What is done at once with an object that was just made: it may stand in the middle of an expression.
    fn made(&self, state: &mut State, value: NodeId) {
        match (self.effects.get(&value), &mut state.object) {
            (Some(Effect::Drain(_) | Effect::End(_)), Some(object)) => {
                object.taking.insert(value);
            }
            (Some(Effect::Reset | Effect::Escape), _) => state.object = None,
            _ => {}
        }
    }

    fn bind(&self, state: &mut State, binding: BindingId) {
        let variable = self.variables.binding(binding).filter(|_| !self.is_member(binding));
        let visible = variable.filter(|variable| !state.exposed.contains(variable));
        if let Some(maker) = self.makers.get(&binding) {
            let lend = BTreeSet::from_iter(maker.value);
            state.object = visible.map(|variable| Object {
                made: BTreeSet::from([maker.asked]),
                must: BTreeSet::from([variable]),
                may: BTreeSet::from([variable]),
                must_lend: lend.clone(),
                may_lend: lend,
                ..Object::default()
            });
            if let Some(value) = maker.value {
                self.made(state, value);
            }
            return;
        }
        let Some(object) = &mut state.object else { return };
        let from = self.heirs.get(&binding);
        let must = from.is_some_and(|from| object.must_lend.contains(from));
        let may = from.is_some_and(|from| object.may_lend.contains(from));
        if may && visible.is_none() {
            state.object = None;
            return;
        }
        let Some(variable) = variable else { return };
        put(&mut object.must, variable, must);
        put(&mut object.may, variable, may);
    }

    /// A name of a class body is an attribute of the class: anybody can read it.
    fn is_member(&self, binding: BindingId) -> bool {
        self.facts[self.facts[binding].scope].kind == ScopeKind::Class
    }

    fn complete(&self, state: &mut State, event: Event) {
        let (Some(object), Some(places)) = (&mut state.object, self.done.get(&event)) else { return };
        // It can be used up only once.
        if object.drained.is_some() {
            return;
        }
        for &place in places {
            let happened = match event {
                // A handler is reached from the middle of its body: what counts is whom the body asked, and the name
                // still holds that one.
                Event::Caught(_) => self.variables.name(place).is_some_and(|name| object.must.contains(&name)),
                _ => object.taking.contains(&place),
            };
            if happened {
                object.drained.get_or_insert_default().insert(place);
            }
        }
    }

    fn expose(&self, state: &mut State, event: Event) {
        let Some(names) = self.captured.get(&event) else { return };
        state.exposed.extend(names.iter().copied());
        if state.object.as_ref().is_some_and(|object| names.iter().any(|name| object.may.contains(name))) {
            state.object = None;
        }
    }
}

/// The expression without the parentheses and names round it: `(b := (it))`.
fn innermost(facts: &Facts, value: NodeId) -> NodeId {
    let mut value = facts.bare(value);
    while let Expression::Walrus { value: inner, .. } = facts.expression(value) {
        value = facts.bare(inner);
    }
    value
}

fn put<T: Ord>(set: &mut BTreeSet<T>, item: T, is_in: bool) {
    if is_in {
        set.insert(item)
    } else {
        set.remove(&item)
    };
}

fn union<T: Ord + Copy>(one: &[T], other: &[T]) -> Vec<T> {
    let all: BTreeSet<T> = one.iter().chain(other).copied().collect();
    all.into_iter().collect()
}

impl Analysis for Follow<'_> {
    type State = State;

    fn entry(&self) -> State {
        State::default()
    }

    fn join(&self, into: &mut State, from: &State) -> bool {
        let before = into.clone();
        into.exposed.extend(&from.exposed);
        into.object = match (into.object.take(), &from.object) {
            (Some(one), Some(other)) => Some(Object {
                made: &one.made | &other.made,
                must: &one.must & &other.must,
                may: &one.may | &other.may,
                must_lend: &one.must_lend & &other.must_lend,
                may_lend: &one.may_lend | &other.may_lend,
                taking: &one.taking & &other.taking,
                drained: match (one.drained, &other.drained) {
                    (Some(one), Some(other)) => Some(&one | other),
                    _ => None,
                },
            }),
            _ => None,
        };
        *into != before
    }

    fn event(&self, state: &mut State, event: Event) {
        match event {
            Event::Use(node) => self.read(state, node),
            Event::Bind(binding) => self.bind(state, binding),
            Event::Closure(_) | Event::Lazy(_) => self.expose(state, event),
            _ => self.complete(state, event),
        }
    }

    /// A used-up iterator gives no item.
    fn edge(&self, state: &mut State, edge: &Edge) -> bool {
        let EdgeKind::Item(id) = edge.why else { return true };
        let Some(object) = &state.object else { return true };
        let places = self.done.get(&Event::Exhausted(id)).into_iter().flatten();
        object.drained.is_none() || !places.into_iter().any(|place| object.taking.contains(place))
    }
}
