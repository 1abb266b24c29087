//! One group of makers, followed through the graph: who holds the object they made, and whether it is used up.

use std::collections::BTreeSet;

use rustc_hash::{FxHashMap, FxHashSet};

use super::ground::{Ground, innermost};
use super::{Effect, Judge, Maker, Reuse, Round, Use};
use crate::facts::{Bind, Facts, NodeId, ScopeKind};
use crate::flow::context::given;
use crate::flow::holders::{Giver, Holder};
use crate::flow::solve::{Analysis, Solution, second_round, solve};
use crate::flow::{BlockId, Edge, EdgeKind, Event, Flow};

/// What is known at one point.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct State {
    /// Names that a nested function or lazy expression reads: what they hold is out of sight. On some way.
    exposed: BTreeSet<Holder>,
    /// The object made last; None when there is none yet, or when nothing is known of it any more.
    object: Option<Object>,
}

#[derive(Clone, PartialEq, Debug, Default)]
struct Object {
    made: BTreeSet<Giver>,
    /// Those that hold it, on every way.
    must: BTreeSet<Holder>,
    /// Those that hold it, on some way.
    may: BTreeSet<Holder>,
    /// The places that have read it and are about to hand it on, on every way and on some way: `a, b = b, a` reads
    /// both names before it binds one.
    must_lend: BTreeSet<NodeId>,
    may_lend: BTreeSet<NodeId>,
    /// The places that are taking its items, on every way.
    taking: BTreeSet<NodeId>,
    /// The places that have used it up, one of them on every way.
    drained: Option<BTreeSet<NodeId>>,
}

/// What happens when a new object is made.
struct Making {
    /// What gets it first: in `a = it = make()` that is `a`, though `it` was asked about.
    holder: Holder,
    made: BTreeSet<Giver>,
    /// The expression that makes it, when its value is the object.
    value: Option<NodeId>,
}

impl Making {
    fn object(&self) -> Object {
        let lend = BTreeSet::from_iter(self.value);
        Object {
            made: self.made.clone(),
            must: BTreeSet::from([self.holder]),
            may: BTreeSet::from([self.holder]),
            must_lend: lend.clone(),
            may_lend: lend,
            ..Object::default()
        }
    }
}

/// The answer of each place: None once it was reached with an object that is not used up.
type Asked = FxHashMap<NodeId, Option<Reuse>>;

/// The question about one group of makers.
pub(super) struct Follow<'a> {
    facts: &'a Facts,
    ground: &'a Ground,
    makers: FxHashMap<Giver, Making>,
    effects: FxHashMap<NodeId, Effect>,
    /// The bindings and assignments that get the object from a place that has read it, or made it.
    heirs: FxHashMap<Giver, NodeId>,
    /// Those places.
    lenders: FxHashSet<NodeId>,
    /// The places that are done with this event.
    done: FxHashMap<Event, Vec<NodeId>>,
    /// What closures and lazy expressions read and may do something with.
    captured: FxHashMap<Event, Vec<Holder>>,
}

impl<'a> Follow<'a> {
    pub fn new(facts: &'a Facts, ground: &'a Ground, makers: &[&Maker], judge: &dyn Judge) -> Follow<'a> {
        let mut follow = Follow {
            facts,
            ground,
            makers: FxHashMap::default(),
            effects: FxHashMap::default(),
            heirs: FxHashMap::default(),
            lenders: FxHashSet::default(),
            done: FxHashMap::default(),
            captured: FxHashMap::default(),
        };
        // Those that may come to hold the object: what the makers give it to, and what gets it from there.
        let mut relevant: Vec<Holder> = Vec::new();
        for maker in makers {
            relevant.extend(follow.begin(maker, judge));
        }
        let mut known: FxHashSet<Holder> = FxHashSet::default();
        while let Some(holder) = relevant.pop() {
            if !known.insert(holder) {
                continue;
            }
            for &node in ground.uses.get(&holder).into_iter().flatten() {
                let mut here = judge.effect(Use { node, captured: false });
                let heirs = follow.heirs_of(node, here);
                if heirs.is_empty() && here == Effect::Alias {
                    // Nobody here got it, so somebody else did.
                    here = Effect::Escape;
                }
                follow.lend(node, &heirs);
                relevant.extend(heirs.into_iter().filter_map(|heir| ground.holders.given(heir)));
                follow.note(node, here);
            }
        }
        for (event, names) in &ground.captured {
            let names = names.iter().filter(|(_, holder)| known.contains(holder));
            let names = names.filter(|&&(node, _)| judge.effect(Use { node, captured: true }) != Effect::Neutral);
            follow.captured.insert(*event, names.map(|&(_, holder)| holder).collect());
        }
        follow
    }

    /// Takes a maker in. The answer is what holds its object from the start.
    fn begin(&mut self, maker: &Maker, judge: &dyn Judge) -> Vec<Holder> {
        let Ground { holders, bound, .. } = self.ground;
        let (giver, made) = match maker {
            Maker::Gives(giver) => (*giver, BTreeSet::from([*giver])),
            Maker::Brings { object, made, .. } => {
                let Some(holder) = maker.holder(holders) else { return Vec::new() };
                let made = made.iter().copied().map(Giver::Store).collect();
                self.makers.insert(Giver::Binding(*object), Making { holder, made, value: None });
                return vec![holder];
            }
        };
        let value = match giver.bind(self.facts) {
            bind @ Bind::Value { .. } => given(self.facts, bind).map(|value| innermost(self.facts, value)),
            _ => None,
        };
        let family = value.and_then(|value| bound.get(&value)).cloned().unwrap_or_else(|| vec![giver]);
        let Some((&first, others)) = family.split_first() else { return Vec::new() };
        let Some(holder) = holders.given(first) else { return Vec::new() };
        let mut heirs = others.to_vec();
        if let Some(value) = value {
            let here = judge.effect(Use { node: value, captured: false });
            heirs.extend(self.heirs_of(value, here).into_iter().filter(|heir| !family.contains(heir)));
            self.lend(value, &heirs);
            self.note(value, here);
        }
        self.makers.insert(first, Making { holder, made, value });
        std::iter::once(first).chain(heirs).filter_map(|giver| holders.given(giver)).collect()
    }

    fn note(&mut self, node: NodeId, effect: Effect) {
        if let Effect::Drain(done) | Effect::End(done) = effect {
            self.done.entry(done).or_default().push(node);
        }
        self.effects.insert(node, effect);
    }

    fn lend(&mut self, from: NodeId, heirs: &[Giver]) {
        if !heirs.is_empty() {
            self.lenders.insert(from);
        }
        self.heirs.extend(heirs.iter().map(|&heir| (heir, from)));
    }

    /// What gets the object from the place.
    fn heirs_of(&self, node: NodeId, effect: Effect) -> Vec<Giver> {
        let get = |value: NodeId| self.ground.bound.get(&value).into_iter().flatten().copied();
        if !matches!(effect, Effect::Alias | Effect::End(Event::Leave(..))) {
            // `b = it`, whatever else happens to it: `f(b := it)`.
            return get(node).filter(|heir| matches!(heir.bind(self.facts), Bind::Value { .. })).collect();
        }
        let ways = std::iter::once(node).chain(self.facts.ancestors(node));
        ways.take_while(|&up| !self.facts.syntax(up).is_statement()).flat_map(get).collect()
    }

    pub fn reuses(&self, flow: &Flow) -> Vec<Reuse> {
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
            let (Event::Use(node) | Event::Load(node)) = event else { return };
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

    fn used_up<'s>(&self, state: &'s State, node: NodeId) -> Option<(&'s BTreeSet<Giver>, &'s BTreeSet<NodeId>)> {
        let object = state.object.as_ref()?;
        let holder = self.ground.holders.read(node)?;
        let drained = object.drained.as_ref()?;
        object.must.contains(&holder).then_some((&object.made, drained))
    }

    fn read(&self, state: &mut State, node: NodeId) {
        let (Some(&effect), Some(holder)) = (self.effects.get(&node), self.ground.holders.read(node)) else { return };
        let Some(object) = &mut state.object else { return };
        if self.lenders.contains(&node) {
            put(&mut object.must_lend, node, object.must.contains(&holder));
            put(&mut object.may_lend, node, object.may.contains(&holder));
        }
        match effect {
            Effect::Neutral | Effect::Alias | Effect::Step | Effect::Again => {}
            Effect::Drain(_) | Effect::End(_) => {
                // Otherwise the place is about another object now.
                put(&mut object.taking, node, object.must.contains(&holder));
            }
            Effect::Reset | Effect::Escape => {
                if object.may.contains(&holder) {
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

    fn give(&self, state: &mut State, giver: Giver) {
        if let Some(making) = self.makers.get(&giver) {
            let is_visible = !self.is_member(giver) && !state.exposed.contains(&making.holder);
            state.object = is_visible.then(|| making.object());
            if let Some(value) = making.value {
                self.made(state, value);
            }
            return;
        }
        let holder = self.ground.holders.given(giver).filter(|_| !self.is_member(giver));
        let Some(object) = &mut state.object else { return };
        object.must.retain(|&other| !self.ground.holders.upsets(self.facts, giver, other));
        let from = self.heirs.get(&giver);
        let must = from.is_some_and(|from| object.must_lend.contains(from));
        let may = from.is_some_and(|from| object.may_lend.contains(from));
        let is_visible = holder.is_some_and(|holder| !state.exposed.contains(&holder));
        if may && !is_visible {
            state.object = None;
            return;
        }
        let Some(holder) = holder else { return };
        put(&mut object.must, holder, must);
        put(&mut object.may, holder, may);
    }

    /// A name of a class body is an attribute of the class: anybody can read it.
    fn is_member(&self, giver: Giver) -> bool {
        match giver {
            Giver::Binding(binding) => self.facts[self.facts[binding].scope].kind == ScopeKind::Class,
            Giver::Store(_) => false,
        }
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
                Event::Caught(_) => self.ground.holders.read(place).is_some_and(|holder| object.must.contains(&holder)),
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
            Event::Use(node) | Event::Load(node) => self.read(state, node),
            Event::Bind(_) | Event::Store(_) => {
                if let Some(giver) = Giver::of(event) {
                    self.give(state, giver);
                }
            }
            Event::Closure(_) | Event::Lazy(_) => self.expose(state, event),
            _ => self.complete(state, event),
        }
        if self.ground.strange.contains(&event)
            && let Some(object) = &mut state.object
        {
            object.must.retain(|holder| matches!(holder, Holder::Variable(_)));
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
