//! What the questions about all makers of a function have in common.

use rustc_hash::{FxHashMap, FxHashSet};

use super::Judge;
use crate::facts::{Expression, Facts, NodeId};
use crate::flow::context::given;
use crate::flow::holders::{Giver, Holder, Holders};
use crate::flow::variables::captured;
use crate::flow::{Event, Flow};

pub(super) struct Ground {
    pub holders: Holders,
    pub uses: FxHashMap<Holder, Vec<NodeId>>,
    /// The bindings and assignments that get the value of an expression as a whole, in the order in which they happen.
    pub bound: FxHashMap<NodeId, Vec<Giver>>,
    /// What closures and lazy expressions read.
    pub captured: Vec<(Event, Vec<(NodeId, Holder)>)>,
    /// The events after which no attribute must hold what it held.
    pub strange: FxHashSet<Event>,
}

impl Ground {
    pub fn of(facts: &Facts, flow: &Flow, judge: &dyn Judge) -> Ground {
        let mut ground = Ground {
            holders: Holders::of(facts, flow, &|attribute| judge.keeps(attribute)),
            uses: FxHashMap::default(),
            bound: FxHashMap::default(),
            captured: Vec::new(),
            strange: FxHashSet::default(),
        };
        let has_attributes = ground.holders.has_attributes();
        // Copies of `finally` share their events.
        let mut seen: FxHashSet<Event> = FxHashSet::default();
        for (_, event) in flow.events().filter(|&(_, event)| seen.insert(event)) {
            if has_attributes && judge.is_strange(event) {
                ground.strange.insert(event);
            }
            match event {
                Event::Use(node) | Event::Load(node) => {
                    if let Some(holder) = ground.holders.read(node) {
                        ground.uses.entry(holder).or_default().push(node);
                    }
                }
                Event::Bind(_) | Event::Store(_) => ground.note_given(facts, event),
                Event::Closure(_) | Event::Lazy(_) => {
                    let names = captured(facts, event).into_iter();
                    let names = names.filter_map(|node| Some((node, ground.holders.read(node)?)));
                    ground.captured.push((event, names.collect()));
                }
                _ => {}
            }
        }
        ground
    }

    fn note_given(&mut self, facts: &Facts, event: Event) {
        let Some(giver) = Giver::of(event) else { return };
        // What an attribute that is not followed does to the object is for the place to say.
        if matches!(giver, Giver::Store(_)) && self.holders.given(giver).is_none() {
            return;
        }
        if let Some(value) = given(facts, giver.bind(facts)) {
            self.bound.entry(innermost(facts, value)).or_default().push(giver);
        }
    }
}

/// The expression without the parentheses and names round it: `(b := (it))`.
pub(super) fn innermost(facts: &Facts, value: NodeId) -> NodeId {
    let mut value = facts.bare(value);
    while let Expression::Walrus { value: inner, .. } = facts.expression(value) {
        value = facts.bare(inner);
    }
    value
}
