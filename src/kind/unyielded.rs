//! Context managers whose function may end without having yielded.

use std::collections::HashSet;

use super::ends::is_last_of_cases;
use super::*;
use crate::facts::{Bind, BindingId, CallId, Expression, HandlerId, ReturnId};
use crate::flow::constants::{Constant, outcome};
use crate::flow::variables::{Variable, Variables};
use crate::flow::{Block, BlockId, Edge, EdgeKind, Event, Why};
use crate::syntax::{Field, SyntaxKind};

/// How many places, with what was decided before them, are looked at before the search is given up.
const MOST: usize = 4_000;

/// One way to end without having yielded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Unyielded {
    /// The `return` on this way; None where the end of the body is reached.
    pub returned: Option<NodeId>,
    /// The handler that has kept what came up before the `yield`.
    pub kept_by: Option<NodeId>,
}

/// A place on a way without a `yield`.
#[derive(Clone, PartialEq, Eq, Hash)]
struct State {
    block: BlockId,
    /// What the conditions of those `if` statements said that hold a `yield`.
    said: Vec<(NodeId, bool)>,
    /// What each variable was given last.
    bound: Vec<(Variable, BindingId)>,
    returned: Option<ReturnId>,
    kept_by: Option<HandlerId>,
    /// The exception on its way comes from something that fails some day, like everything that is waited for.
    is_likely: bool,
    /// Something stands on the way that may be there to raise.
    is_doubtful: bool,
}

impl Kinds<'_> {
    /// The ways on which the function ends before its `yield`, and that its author has not ruled out: one for each
    /// `return`, and one for the end of the body.
    pub fn ways_without_yield(&self, function: FunctionId) -> Vec<Unyielded> {
        let module = self.module(HERE);
        let facts = &module.facts;
        let Some(flow) = self.flow(here(function)) else { return Vec::new() };
        let flow = &flow.0;
        // One that never yields is there for others to override.
        if flow.reached_yields().is_empty() || facts[function].is_damaged {
            return Vec::new();
        }
        let search = Search {
            kinds: self,
            facts,
            flow,
            function,
            variables: Variables::of(facts, flow),
            may_yield: flow.may_still_come(|event| matches!(event, Event::Yield(_))),
            later: flow.after_yields(),
        };
        search.ends()
    }
}

struct Search<'k, 'a> {
    kinds: &'k Kinds<'a>,
    facts: &'k Facts,
    flow: &'k Flow,
    function: FunctionId,
    variables: Variables,
    /// The blocks from which a `yield` can be reached.
    may_yield: Vec<bool>,
    /// What can happen after a `yield`.
    later: Vec<Event>,
}

impl Search<'_, '_> {
    fn ends(&self) -> Vec<Unyielded> {
        let start = State {
            block: Flow::ENTRY,
            said: Vec::new(),
            bound: Vec::new(),
            returned: None,
            kept_by: None,
            is_likely: false,
            is_doubtful: false,
        };
        let mut found: Vec<Unyielded> = Vec::new();
        let mut seen = HashSet::from([start.clone()]);
        let mut open = vec![start];
        while let Some(state) = open.pop() {
            if seen.len() > MOST {
                return Vec::new();
            }
            if self.flow[state.block].why == Why::Exit {
                let end = self.end(&state);
                found.extend(end.filter(|end| found.iter().all(|known| known.returned != end.returned)));
                continue;
            }
            let next = self.next(&state).into_iter().filter(|state| seen.insert(state.clone()));
            open.extend(next);
        }
        found
    }

    /// The way has come to its end.
    fn end(&self, state: &State) -> Option<Unyielded> {
        let facts = self.facts;
        let returned = state.returned.map(|id| facts[id].node);
        let kept_by = state.kept_by.map(|id| facts[id].node);
        let end = Unyielded { returned, kept_by };
        let is_meant = state.returned.is_some_and(|id| !self.later.contains(&Event::Return(id)));
        let passed = self.passed(state, returned);
        // Conditions that name every case, as it were.
        if passed.iter().any(|&statement| self.has_fitted_none(state, statement)) {
            return None;
        }
        // A `return` to which nothing leads but ways without a `yield` is meant to be reached.
        if is_meant {
            return Some(end);
        }
        let is_ruled_out = state.is_doubtful || self.are_of_one_another(&passed);
        (!is_ruled_out).then_some(end)
    }

    /// The `if` statements with a `yield` that the way has left behind.
    fn passed(&self, state: &State, end: Option<NodeId>) -> Vec<NodeId> {
        let mut passed: Vec<NodeId> = Vec::new();
        for &(condition, _) in &state.said {
            let Some(statement) = self.branching(condition) else { continue };
            let is_round = end.is_some_and(|end| self.facts.within(end, statement));
            if !is_round && !passed.contains(&statement) {
                passed.push(statement);
            }
        }
        passed
    }

    /// Of several conditions, none was met, and there is no `else`: nobody says that there are more cases.
    fn has_fitted_none(&self, state: &State, statement: NodeId) -> bool {
        let facts = self.facts;
        let is = |kind: SyntaxKind| facts.children(statement).any(|part| facts.syntax(part) == kind);
        if !is(SyntaxKind::ElifClause) || is(SyntaxKind::ElseClause) {
            return false;
        }
        let clauses = facts.children(statement).filter(|&part| facts.syntax(part) == SyntaxKind::ElifClause);
        let conditions =
            std::iter::once(statement).chain(clauses).filter_map(|part| facts.child(part, Field::Condition));
        conditions.into_iter().all(|condition| self.said(state, condition) == Some(false))
    }

    fn said(&self, state: &State, condition: NodeId) -> Option<bool> {
        match self.facts.expression(condition) {
            Expression::Not(inner) => self.said(state, inner).map(|said| !said),
            Expression::Boolean { left, is_and, right } => match self.said(state, left)? {
                said if said == is_and => self.said(state, right),
                said => Some(said),
            },
            _ => {
                let node = self.facts.bare(condition);
                state.said.iter().find(|(known, _)| *known == node).map(|&(_, said)| said)
            }
        }
    }

    /// One of the statements that were passed may have been passed because of another one: `if x: yield a` and
    /// `if not x: yield b`, or an `if` before it that has sorted out the rest.
    fn are_of_one_another(&self, passed: &[NodeId]) -> bool {
        let facts = self.facts;
        let outermost = |&&one: &&NodeId| passed.iter().all(|&other| other == one || !facts.within(one, other));
        if passed.iter().filter(outermost).count() > 1 {
            return true;
        }
        let sorts = |node: NodeId| matches!(facts.syntax(node), SyntaxKind::IfStatement | SyntaxKind::AssertStatement);
        let body = facts[self.function].body;
        let tree = facts.tree(body);
        let others = tree.subtree(body.row).map(|row| NodeId { row, ..body }).filter(|&node| sorts(node));
        let others: Vec<NodeId> = others.filter(|node| !passed.contains(node)).collect();
        passed.iter().any(|&statement| {
            let before = others.iter().filter(|&&other| other < statement && !facts.within(statement, other));
            let names = self.names_asked(statement);
            before.into_iter().any(|&other| self.names_asked(other).iter().any(|name| names.contains(name)))
        })
    }

    /// The names that the first condition of a statement asks about.
    fn names_asked(&self, statement: NodeId) -> Vec<&str> {
        let facts = self.facts;
        let first = facts.child(statement, Field::Condition).or_else(|| facts.children(statement).next());
        let Some(condition) = first else { return Vec::new() };
        let rows = facts.tree(condition).subtree(condition.row).map(|row| NodeId { row, ..condition });
        rows.filter(|&node| facts.syntax(node) == SyntaxKind::Identifier).map(|node| facts.node_text(node)).collect()
    }

    fn next(&self, state: &State) -> Vec<State> {
        let block = &self.flow[state.block];
        let at = block.events.iter().position(|event| matches!(event, Event::Yield(_)));
        let before = &block.events[..at.unwrap_or(block.events.len())];
        let mut state = state.clone();
        for &event in before {
            match event {
                Event::Return(id) => state.returned = Some(id),
                Event::Call(id) => state.is_doubtful |= self.may_raise_on_purpose(id, state.block),
                Event::Bind(binding) => self.bind(&mut state, binding),
                _ => {}
            }
        }
        // What never comes back ends the way, but for the exception.
        let comes_back = !before.iter().any(|&event| self.never_comes_back(event));
        let raises = before.iter().any(|event| event.can_raise() && !matches!(event, Event::Use(_)));
        let is_likely = before.iter().any(|&event| matches!(event, Event::Await(_) | Event::Enter(..)));
        let mut next = Vec::new();
        for edge in &block.next {
            let is_raised = edge.why == EdgeKind::Exception;
            if is_raised && !raises || !is_raised && (at.is_some() || !comes_back) {
                continue;
            }
            let mut state = state.clone();
            if is_raised {
                (state.is_likely, state.returned) = (is_likely, None);
            }
            if self.takes(&mut state, block, edge) {
                state.block = edge.to;
                next.push(state);
            }
        }
        next
    }

    /// Only of constants the value makes a difference.
    fn bind(&self, state: &mut State, binding: BindingId) {
        let Some(variable) = self.variables.binding(binding) else { return };
        state.bound.retain(|&(known, _)| known != variable);
        if matches!(self.facts[binding].bind, Bind::Value { .. }) {
            state.bound.push((variable, binding));
            state.bound.sort_unstable();
        }
    }

    /// What is known about the outcome of the condition on this way.
    fn outcome(&self, state: &State, condition: NodeId) -> Option<bool> {
        outcome(self.facts, condition, &|name| {
            let variable = self.variables.name(name);
            let held = state.bound.iter().filter(|(known, _)| Some(*known) == variable);
            Constant::given(self.facts, held.map(|&(_, binding)| binding))
        })
    }

    /// What taking the edge tells; false when it is not to be taken.
    fn takes(&self, state: &mut State, block: &Block, edge: &Edge) -> bool {
        let facts = self.facts;
        match edge.why {
            EdgeKind::Caught(id) => {
                state.kept_by = Some(id);
                let holds = facts.tried(id).is_none_or(|body| self.holds_yield(body));
                // A handler round the `yield` may be there for what the block raises.
                !holds || state.is_likely && self.is_for_all(id)
            }
            EdgeKind::Swallowed(with, item) => {
                let names = self.kinds.suppressed(here(facts[with].items[item].value));
                let is_for_all = || names.iter().flatten().any(|name| self.is_root(name.id));
                names.is_some() && (!self.holds_yield(facts[with].body) || state.is_likely && is_for_all())
            }
            // Whether a loop has any item, or a first round, can't be told from the loop alone.
            EdgeKind::End(id) => !self.holds_yield(facts[id].node),
            EdgeKind::True(condition) | EdgeKind::False(condition) => {
                let said = matches!(edge.why, EdgeKind::True(_));
                let loops: Vec<u32> = self.flow.loops_round(edge.to).collect();
                let leaves = |of: u32| !loops.contains(&of) && self.holds_yield(self.flow.rounds[of as usize].node);
                if facts.syntax(condition) == SyntaxKind::CaseClause {
                    let whole = facts.ancestors(condition).find(|&up| facts.syntax(up) == SyntaxKind::MatchStatement);
                    let holds = whole.is_some_and(|whole| self.holds_yield(whole));
                    return said || !holds || !is_last_case(facts, condition);
                }
                if self.outcome(state, condition).is_some_and(|outcome| outcome != said) {
                    return false;
                }
                // Behind every `yield`, another condition may be what raises after all.
                state.is_doubtful |= !self.may_yield[state.block.0 as usize] && self.raises(condition);
                if self.is_of_while(condition) && self.flow[state.block].inside.is_some_and(leaves) {
                    return false;
                }
                if self.branching(condition).is_some() {
                    if !said && is_last_of_cases(facts, condition) {
                        return false;
                    }
                    state.said.retain(|(known, _)| *known != condition);
                    state.said.push((condition, said));
                    state.said.sort_unstable();
                }
                true
            }
            _ => !matches!(block.why, Why::Raised),
        }
    }

    /// The statement whose condition this is raises in one of its branches.
    fn raises(&self, condition: NodeId) -> bool {
        let facts = self.facts;
        let statement = facts.statement(condition);
        facts.raises_of(self.function).any(|id| facts.within(facts[id].node, statement))
    }

    fn is_of_while(&self, condition: NodeId) -> bool {
        let facts = self.facts;
        let statement = facts.ancestors(condition).find(|&up| facts.syntax(up).is_statement());
        statement.is_some_and(|statement| {
            let whole = facts.child(statement, Field::Condition);
            facts.syntax(statement) == SyntaxKind::WhileStatement
                && whole.is_some_and(|whole| facts.within(condition, whole))
        })
    }

    /// The `if` statement with a `yield` inside, one of whose conditions this is.
    fn branching(&self, condition: NodeId) -> Option<NodeId> {
        let facts = self.facts;
        let is_branch = |up: &NodeId| matches!(facts.syntax(*up), SyntaxKind::IfStatement | SyntaxKind::ElifClause);
        let clause = facts.ancestors(condition).find(is_branch)?;
        let whole = facts.child(clause, Field::Condition)?;
        let statement = match facts.syntax(clause) {
            SyntaxKind::ElifClause => facts.parent(clause)?,
            _ => clause,
        };
        (facts.within(condition, whole) && self.holds_yield(statement)).then_some(statement)
    }

    fn holds_yield(&self, node: NodeId) -> bool {
        let facts = self.facts;
        facts[self.function].yields.iter().any(|&id| facts.within(facts[id].node, node))
    }

    /// `except:`, `except Exception:`
    fn is_for_all(&self, handler: HandlerId) -> bool {
        let facts = self.facts;
        let named = facts.caught(handler);
        named.is_empty() || named.iter().any(|&name| self.is_root(name))
    }

    fn is_root(&self, class: NodeId) -> bool {
        self.facts.is_builtin(class, "Exception") || self.facts.is_builtin(class, "BaseException")
    }

    fn never_comes_back(&self, event: Event) -> bool {
        matches!(event, Event::Call(id) if self.kinds.value(here(self.facts[id].node)) == Value::Never)
    }

    /// Where no `yield` can follow any more, a call whose result nobody wants may be there to raise.
    fn may_raise_on_purpose(&self, call: CallId, block: BlockId) -> bool {
        let is_last = !self.may_yield[block.0 as usize];
        is_last && !self.cleans_up(call) && self.kinds.ends_everything(here(call), true)
    }

    /// A call by whose name something is ended, undone or waited for.
    fn cleans_up(&self, call: CallId) -> bool {
        let name = self.facts.node_text(self.facts[call].function).rsplit('.').next().unwrap_or_default();
        matches!(
            name,
            "aclose"
                | "cancel"
                | "close"
                | "commit"
                | "disconnect"
                | "kill"
                | "put"
                | "release"
                | "rollback"
                | "shutdown"
                | "sleep"
                | "stop"
                | "terminate"
                | "unlink"
        )
    }
}

fn is_last_case(facts: &Facts, case: NodeId) -> bool {
    let cases = facts.parent(case).map(|body| facts.children(body).collect::<Vec<_>>()).unwrap_or_default();
    cases.into_iter().rfind(|&part| facts.syntax(part) == SyntaxKind::CaseClause) == Some(case)
}
