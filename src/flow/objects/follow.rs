//! One group of makers, followed through the graph: who holds the object they made, and what has happened to it.

use std::collections::BTreeSet;

use rustc_hash::{FxHashMap, FxHashSet};

use super::ground::{Ground, innermost};
use super::{Effect, Judge, Maker, Use};
use crate::facts::{Bind, Facts, NodeId, ScopeKind};
use crate::flow::context::given;
use crate::flow::holders::{Giver, Holder};
use crate::flow::solve::Analysis;
use crate::flow::{Edge, EdgeKind, Event};

/// What is known at one point.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct State {
    /// Names that a nested function or lazy expression reads: what they hold is out of sight. On some way.
    exposed: BTreeSet<Holder>,
    /// The object made last; None when there is none yet, or when nothing is known of it any more.
    pub object: Option<Object>,
}

#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Object {
    pub made: BTreeSet<Giver>,
    /// Those that hold it, on every way.
    must: BTreeSet<Holder>,
    /// Those that hold it, on some way.
    may: BTreeSet<Holder>,
    /// The places that have read it and are about to hand it on, on every way and on some way: `a, b = b, a` reads
    /// both names before it binds one.
    must_lend: BTreeSet<NodeId>,
    may_lend: BTreeSet<NodeId>,
    /// The places that are taking its items, on every way.
    pub taking: BTreeSet<NodeId>,
    /// The places that have used it up, one of them on every way.
    drained: Option<BTreeSet<NodeId>>,
    /// The places that may have asked for an item, on some way; of several any two.
    pub asked: BTreeSet<NodeId>,
    /// The places that give it to a task which is not started yet, and those whose task may still run: on every way.
    pub given: BTreeSet<NodeId>,
    pub running: BTreeSet<NodeId>,
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
    /// The places whose task is started by this event.
    starts: FxHashMap<Event, Vec<NodeId>>,
    /// What closures and lazy expressions read and may do something with.
    captured: FxHashMap<Event, Vec<Holder>>,
    /// What lazy expressions read for a task that will go through them.
    captured_for_tasks: FxHashMap<Event, Vec<(NodeId, Holder)>>,
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
            starts: FxHashMap::default(),
            captured: FxHashMap::default(),
            captured_for_tasks: FxHashMap::default(),
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
            for &(node, holder) in names.iter().filter(|(_, holder)| known.contains(holder)) {
                match judge.effect(Use { node, captured: true }) {
                    Effect::Neutral => {}
                    here @ Effect::Run { .. } => {
                        follow.note(node, here);
                        follow.captured_for_tasks.entry(*event).or_default().push((node, holder));
                    }
                    _ => follow.captured.entry(*event).or_default().push(holder),
                }
            }
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
        if let Effect::Run { starts, .. } = effect {
            self.starts.entry(starts).or_default().push(node);
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

    /// Some place may use up the object.
    pub fn uses_up(&self) -> bool {
        !self.done.is_empty()
    }

    /// Several places want items of the object, or end it.
    pub fn is_taken_again(&self) -> bool {
        let takes = |effect: &&Effect| effect.wants_items() || matches!(effect, Effect::End(_) | Effect::Run { .. });
        self.effects.values().filter(takes).nth(1).is_some()
    }

    /// Some place gives the object to a task.
    pub fn starts_tasks(&self) -> bool {
        !self.starts.is_empty()
    }

    pub fn started_by(&self, event: Event) -> impl Iterator<Item = NodeId> + '_ {
        self.starts.get(&event).into_iter().flatten().copied()
    }

    pub fn effect(&self, place: NodeId) -> Option<Effect> {
        self.effects.get(&place).copied()
    }

    /// The object, if it is what is read at the place.
    pub fn object_at<'s>(&self, state: &'s State, place: NodeId) -> Option<&'s Object> {
        let holder = self.ground.holders.read(place)?;
        state.object.as_ref().filter(|object| object.must.contains(&holder))
    }

    /// What is read at the place is used up: where it was made, and which places may have done it.
    pub fn used_up<'s>(&self, state: &'s State, place: NodeId) -> Option<(&'s BTreeSet<Giver>, &'s BTreeSet<NodeId>)> {
        let object = self.object_at(state, place)?;
        Some((&object.made, object.drained.as_ref()?))
    }

    /// The state as it is once the object that is read at the place has ended there; None when it already had, or when
    /// another one is read.
    pub fn ended_at(&self, state: &State, place: NodeId) -> Option<State> {
        self.object_at(state, place).filter(|object| object.drained.is_none())?;
        let mut state = state.clone();
        state.object.as_mut()?.drained = Some(BTreeSet::from([place]));
        Some(state)
    }

    fn read(&self, state: &mut State, node: NodeId) {
        let (Some(&effect), Some(holder)) = (self.effects.get(&node), self.ground.holders.read(node)) else { return };
        let Some(object) = &mut state.object else { return };
        if self.lenders.contains(&node) {
            put(&mut object.must_lend, node, object.must.contains(&holder));
            put(&mut object.may_lend, node, object.may.contains(&holder));
        }
        if effect.wants_items() && object.may.contains(&holder) {
            object.asked = few(std::mem::take(&mut object.asked).into_iter().chain([node]).collect());
        }
        match effect {
            Effect::Neutral | Effect::Alias | Effect::Step | Effect::Again => {}
            Effect::Run { .. } => put(&mut object.given, node, object.must.contains(&holder)),
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

    fn start(&self, state: &mut State, event: Event) {
        let Some(object) = &mut state.object else { return };
        let started = self.started_by(event);
        object.running.extend(started.filter(|place| object.given.contains(place)));
        // While this function waits, every task may come to its end.
        let waits = match event {
            Event::Await(_) | Event::Yield(_) => true,
            Event::Step(id) => self.facts[id].is_async,
            Event::Enter(with, _) | Event::Leave(with, _) => self.facts[with].is_async,
            // `task.cancel()`: one that has not begun never will.
            Event::Call(call) => self.facts.node_text(self.facts[call].function).ends_with(".cancel"),
            _ => false,
        };
        if waits {
            object.running.clear();
        }
    }

    fn complete(&self, state: &mut State, event: Event) {
        let (Some(object), Some(places)) = (&mut state.object, self.done.get(&event)) else { return };
        let was_drained = object.drained.is_some();
        for &place in places {
            let happened = match event {
                // A handler is reached from the middle of its body: what counts is whom the body asked, and the name
                // still holds that one.
                Event::Caught(_) => self.ground.holders.read(place).is_some_and(|holder| object.must.contains(&holder)),
                // The loop is over: it takes no more.
                Event::Exhausted(_) => object.taking.remove(&place),
                _ => object.taking.contains(&place),
            };
            // It can be used up only once.
            if happened && !was_drained {
                object.drained.get_or_insert_default().insert(place);
            }
        }
    }

    fn expose(&self, state: &mut State, event: Event) {
        for (place, holder) in self.captured_for_tasks.get(&event).into_iter().flatten() {
            if let Some(object) = state.object.as_mut().filter(|object| object.must.contains(holder)) {
                object.given.insert(*place);
                object.asked = few(std::mem::take(&mut object.asked).into_iter().chain([*place]).collect());
            }
        }
        let Some(names) = self.captured.get(&event) else { return };
        state.exposed.extend(names.iter().copied());
        if state.object.as_ref().is_some_and(|object| names.iter().any(|name| object.may.contains(name))) {
            state.object = None;
        }
    }
}

/// Where only it matters whether there is another one, thousands are not carried along.
fn few(places: BTreeSet<NodeId>) -> BTreeSet<NodeId> {
    if places.len() > 2 { places.into_iter().take(2).collect() } else { places }
}

fn put<T: Ord>(set: &mut BTreeSet<T>, item: T, is_in: bool) {
    if is_in {
        set.insert(item)
    } else {
        set.remove(&item)
    };
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
                asked: few(&one.asked | &other.asked),
                given: &one.given & &other.given,
                running: &one.running & &other.running,
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
            _ => {
                self.start(state, event);
                self.complete(state, event);
            }
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
