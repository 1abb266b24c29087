//! What conditions come to that ask about constants: `timed_out`, `first is None`; and which names hold one, whichever
//! way leads to a point.
//!
//! Flags are how code remembers what has happened. Only questions about what comes after something ask for them
//! (`onward`, `objects::cut`): everywhere else a condition may come out either way.

use std::collections::BTreeMap;

use super::context::given;
use super::solve::Analysis;
use super::variables::{Variable, Variables};
use super::{Edge, EdgeKind, Event, Flow};
use crate::facts::{Bind, BindingId, Expression, Facts, NodeId};
use crate::syntax::SyntaxKind as K;

/// A literal that nobody can change.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Constant {
    None,
    Bool(bool),
    /// A number, and whether it is true.
    Number(bool),
    Text {
        literal: NodeId,
        is_true: bool,
    },
}

impl Constant {
    pub fn of(facts: &Facts, value: NodeId) -> Option<Constant> {
        Some(match facts.expression(value) {
            Expression::None => Constant::None,
            Expression::Bool(is_true) => Constant::Bool(is_true),
            Expression::Number => Constant::Number(facts.node_text(facts.bare(value)).parse::<f64>().ok()? != 0.0),
            Expression::Text { .. } => Constant::Text { literal: value, is_true: !facts.string(value)?.is_empty() },
            _ => return None,
        })
    }

    /// What the bindings give a name; None when one gives something else.
    pub fn given(facts: &Facts, bindings: impl IntoIterator<Item = BindingId>) -> Option<Vec<Constant>> {
        let constant = |binding: BindingId| match &facts[binding].bind {
            Bind::Value { value, path: Some(path), .. } => Constant::of(facts, facts.part(*value, path)?),
            _ => None,
        };
        bindings.into_iter().map(constant).collect()
    }

    fn is_true(self) -> bool {
        matches!(self, Constant::Bool(true) | Constant::Number(true) | Constant::Text { is_true: true, .. })
    }

    /// One and the same; None when the kind of constant does not say.
    fn is(self, facts: &Facts, other: Constant) -> Option<bool> {
        match (self, other) {
            (Constant::None, other) => Some(other == Constant::None),
            (one, Constant::None) => Some(one == Constant::None),
            (Constant::Bool(one), Constant::Bool(other)) => Some(one == other),
            (Constant::Text { literal: one, .. }, Constant::Text { literal: other, .. }) => {
                Some(facts.string(one)? == facts.string(other)?)
            }
            _ => None,
        }
    }
}

/// Whether a condition is met that asks about names which can only hold constants. `held` are those that a name may
/// hold; None when it may hold something else.
pub fn outcome(facts: &Facts, condition: NodeId, held: &dyn Fn(NodeId) -> Option<Vec<Constant>>) -> Option<bool> {
    let values = |node: NodeId| match facts.name(node) {
        Some(_) => held(facts.bare(node)),
        None => Constant::of(facts, node).map(|constant| vec![constant]),
    };
    let agreed = |answers: Vec<Option<bool>>| {
        let first = (*answers.first()?)?;
        answers.iter().all(|&answer| answer == Some(first)).then_some(first)
    };
    match facts.expression(condition) {
        Expression::Not(inner) => outcome(facts, inner, held).map(|outcome| !outcome),
        Expression::Compare => {
            let node = facts.bare(condition);
            let mut links = facts.compares(node.island).filter(|&id| facts[id].node == node);
            let (link, None) = (&facts[links.next()?], links.next()) else { return None };
            let (left, right) = (values(link.left)?, values(link.right)?);
            let same = left.iter().flat_map(|one| right.iter().map(|other| one.is(facts, *other)));
            let same = agreed(same.collect())?;
            match link.operator {
                K::Is | K::Equal => Some(same),
                K::IsNot | K::NotEqual => Some(!same),
                _ => None,
            }
        }
        _ => agreed(values(condition)?.into_iter().map(|constant| Some(constant.is_true())).collect()),
    }
}

/// The names that hold a constant on every way.
pub type Known = BTreeMap<Variable, Constant>;

pub struct Constants<'a> {
    facts: &'a Facts,
    variables: Variables,
}

impl<'a> Constants<'a> {
    pub fn of(facts: &'a Facts, flow: &Flow) -> Constants<'a> {
        Constants { facts, variables: Variables::of(facts, flow) }
    }

    /// False when the edge belongs to the outcome that its condition cannot have. `settles` is asked first.
    pub fn may_take(&self, known: &Known, edge: &Edge, settles: &dyn Fn(NodeId) -> Option<bool>) -> bool {
        let outcome = |condition| settles(condition).or_else(|| self.outcome(known, condition));
        match edge.why {
            EdgeKind::True(condition) => outcome(condition) != Some(false),
            EdgeKind::False(condition) => outcome(condition) != Some(true),
            _ => true,
        }
    }

    fn outcome(&self, known: &Known, condition: NodeId) -> Option<bool> {
        let held = |name: NodeId| Some(vec![*known.get(&self.variables.name(name)?)?]);
        outcome(self.facts, condition, &held)
    }

    fn constant(&self, known: &Known, value: NodeId) -> Option<Constant> {
        match self.facts.name(value) {
            Some(_) => known.get(&self.variables.name(self.facts.bare(value))?).copied(),
            None => Constant::of(self.facts, value),
        }
    }
}

impl Analysis for Constants<'_> {
    type State = Known;

    fn entry(&self) -> Known {
        Known::new()
    }

    fn join(&self, into: &mut Known, from: &Known) -> bool {
        let before = into.len();
        into.retain(|variable, constant| from.get(variable) == Some(constant));
        into.len() != before
    }

    fn event(&self, known: &mut Known, event: Event) {
        let Event::Bind(binding) = event else { return };
        let Some(variable) = self.variables.binding(binding) else { return };
        let value = given(self.facts, &self.facts[binding].bind);
        match value.and_then(|value| self.constant(known, value)) {
            Some(constant) => known.insert(variable, constant),
            None => known.remove(&variable),
        };
    }
}
