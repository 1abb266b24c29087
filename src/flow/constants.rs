//! Which names hold `True`, `False` or `None`, whichever way leads to a point, and what conditions come to with them.
//!
//! Flags are how code remembers what has happened. Nobody but `objects::cut` asks about them: everywhere else a condition
//! may come out either way.

use std::collections::BTreeMap;

use super::context::given;
use super::solve::Analysis;
use super::variables::{Variable, Variables};
use super::{Edge, EdgeKind, Event, Flow};
use crate::facts::{Expression, Facts, NodeId};
use crate::syntax::SyntaxKind as K;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Constant {
    True,
    False,
    None,
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
        let facts = self.facts;
        match facts.expression(condition) {
            Expression::Not(inner) => self.outcome(known, inner).map(|outcome| !outcome),
            Expression::Compare => {
                let node = facts.bare(condition);
                let mut links = facts.compares(node.island).filter(|&id| facts[id].node == node);
                let (link, None) = (&facts[links.next()?], links.next()) else { return None };
                let (left, right) = (self.constant(known, link.left)?, self.constant(known, link.right)?);
                match link.operator {
                    K::Is | K::Equal => Some(left == right),
                    K::IsNot | K::NotEqual => Some(left != right),
                    _ => None,
                }
            }
            _ => self.constant(known, condition).map(|constant| constant == Constant::True),
        }
    }

    fn constant(&self, known: &Known, node: NodeId) -> Option<Constant> {
        match self.facts.expression(node) {
            Expression::Bool(true) => Some(Constant::True),
            Expression::Bool(false) => Some(Constant::False),
            Expression::None => Some(Constant::None),
            Expression::Name(_) => known.get(&self.variables.name(self.facts.bare(node))?).copied(),
            _ => None,
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
