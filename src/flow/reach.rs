//! Which of a name's bindings may hold where it is read.
//!
//! The answer never misses one: it is made of every path through the graph, taken or not. A name that another function
//! can rebind, or that is read in another function, is not this graph's to answer, and neither is one that is read
//! where nothing leads: then there is no answer.

use rustc_hash::FxHashMap;

use super::solve::{Analysis, solve};
use super::variables::{Variable, Variables};
use super::{Event, Flow};
use crate::facts::{Bind, BindingId, Facts, NodeId};

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Reach {
    /// In reading order. A parameter is a binding; so is `del`, which leaves nothing.
    pub bindings: Vec<BindingId>,
    /// The name may not have been bound at all since the function was entered.
    pub from_entry: bool,
}

/// The answers for every name of one function.
#[derive(Debug, Default)]
pub struct Reaching {
    names: FxHashMap<NodeId, Reach>,
}

impl Reaching {
    pub fn of(facts: &Facts, flow: &Flow) -> Reaching {
        let variables = Variables::of(facts, flow);
        let analysis = Bits::of(facts, &variables);
        let solution = solve(flow, &analysis);
        let mut names: FxHashMap<NodeId, Reach> = FxHashMap::default();
        // Copies of `finally` read the same name in several places: all of them count.
        solution.replay(flow, &analysis, |_, event, state| {
            let Event::Use(name) = event else { return };
            let Some(variable) = variables.name(name) else { return };
            analysis.read(state, variable, names.entry(name).or_default());
        });
        Reaching { names }
    }

    pub fn at(&self, name: NodeId) -> Option<&Reach> {
        self.names.get(&name)
    }
}

/// One bit for each binding, and one for each variable that was not bound yet.
struct Bits {
    of_binding: FxHashMap<BindingId, usize>,
    variable_of: FxHashMap<BindingId, Variable>,
    /// The bits of each variable: first the one for "not bound yet", then its bindings in reading order.
    of_variable: Vec<(usize, Vec<BindingId>)>,
    count: usize,
}

impl Bits {
    fn of(facts: &Facts, variables: &Variables) -> Bits {
        let mut bits = Bits {
            of_binding: FxHashMap::default(),
            variable_of: FxHashMap::default(),
            of_variable: Vec::new(),
            count: 0,
        };
        for (number, bindings) in variables.bindings.iter().enumerate() {
            // `x: int` alone binds nothing.
            let bindings: Vec<_> =
                bindings.iter().copied().filter(|&binding| !matches!(facts[binding].bind, Bind::Declared(_))).collect();
            for (index, &binding) in bindings.iter().enumerate() {
                bits.of_binding.insert(binding, bits.count + 1 + index);
                bits.variable_of.insert(binding, Variable(number as u32));
            }
            let first = bits.count;
            bits.count += 1 + bindings.len();
            bits.of_variable.push((first, bindings));
        }
        bits
    }

    fn read(&self, state: &[u64], variable: Variable, into: &mut Reach) {
        let Some((first, bindings)) = self.of_variable.get(variable.0 as usize) else { return };
        into.from_entry |= get(state, *first);
        for (index, &binding) in bindings.iter().enumerate() {
            if get(state, first + 1 + index) && !into.bindings.contains(&binding) {
                into.bindings.push(binding);
            }
        }
        into.bindings.sort_unstable();
    }
}

fn get(bits: &[u64], index: usize) -> bool {
    bits[index / 64] & (1 << (index % 64)) != 0
}

fn put(bits: &mut [u64], index: usize, value: bool) {
    let bit = 1 << (index % 64);
    if value { bits[index / 64] |= bit } else { bits[index / 64] &= !bit }
}

impl Analysis for Bits {
    type State = Vec<u64>;

    fn entry(&self) -> Vec<u64> {
        let mut state = vec![0; self.count.div_ceil(64)];
        for (first, _) in &self.of_variable {
            put(&mut state, *first, true);
        }
        state
    }

    fn join(&self, into: &mut Vec<u64>, from: &Vec<u64>) -> bool {
        let mut changed = false;
        for (into, from) in into.iter_mut().zip(from) {
            changed |= *into | from != *into;
            *into |= from;
        }
        changed
    }

    fn event(&self, state: &mut Vec<u64>, event: Event) {
        let Event::Bind(binding) = event else { return };
        let (Some(&bit), Some(variable)) = (self.of_binding.get(&binding), self.variable_of.get(&binding)) else {
            return;
        };
        let (first, bindings) = &self.of_variable[variable.0 as usize];
        for index in 0..=bindings.len() {
            put(state, first + index, false);
        }
        put(state, bit, true);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::text::Source;

    /// For each `name?` of the program: the lines of the bindings that reach it, and `-` when it may be unbound. The
    /// question marks are taken out before.
    fn check(marked: &str, expected: &str) {
        let mut program = String::new();
        let mut asked = Vec::new();
        for c in marked.chars() {
            match c {
                '?' => asked.push(program.len() as u32),
                c => program.push(c),
            }
        }
        let facts = Facts::whole(Arc::new(Source::new("t.py", program)));
        let first = facts.statements().flat_map(|island| facts.functions(island)).next().expect("a function");
        let flow = Flow::of(&facts, first).expect("a graph");
        let reaching = Reaching::of(&facts, &flow);
        let island = facts[first].node.island;
        let mut found = Vec::new();
        for end in asked {
            let rows = facts.island(island).tree.all().map(|row| NodeId { island, row });
            let mut names = rows.filter(|&row| facts.syntax(row) == crate::syntax::SyntaxKind::Identifier);
            let name = names.find(|&row| facts.span(row).end == end).expect("a name");
            let answer = match reaching.at(name) {
                Some(reach) => {
                    let lines = reach.bindings.iter().map(|&binding| facts[binding].name.start);
                    let lines = lines.map(|start| facts.source.place(start).line.to_string());
                    let unbound = reach.from_entry.then(|| "-".to_string());
                    unbound.into_iter().chain(lines).collect::<Vec<_>>().join(" ")
                }
                None => "?".to_string(),
            };
            found.push(answer);
        }
        assert_eq!(found.join(", "), expected, "{marked}");
    }

    #[test]
    fn the_last_binding_on_each_way() {
        check(
            "def f(a):
    a?
    if a: x = 1
    x?
    if a: x = 2
    else: x = 3
    x?; x = 4; x?
    del x; x?
",
            "1, - 3, 5 6, 7, 8",
        );
    }

    #[test]
    fn loops_bring_back_what_they_bind() {
        check(
            "def f(a):
    for x in a:
        y?; y = x?
    else: x?
    while a:
        a?; a = a.next
    return y?
",
            "- 3, 2, - 2, 1 6, - 3",
        );
    }

    #[test]
    fn a_handler_sees_every_moment_of_the_body() {
        check(
            "def f():
    x = 1
    try:
        x = a()
        x = b()
        c()
        x = 7
    except E as e:
        x?; e?
    finally:
        x?
    x?
",
            "2 4 5, 8, 2 4 5 7, 2 4 5 7",
        );
    }

    #[test]
    fn scopes_have_names_of_their_own() {
        check(
            "def f(x):
    [x? for x in x? if (y := x?)]
    y?
    class K:
        x?
        x = 1
        x?
    x?
    lambda x: x?
",
            "2, 1, 2, - 2, -, 6, 1, ?",
        );
    }

    #[test]
    fn names_that_others_rebind_have_no_answer() {
        check(
            "def f():
    global a
    a = b = c = 1
    def g():
        nonlocal b
        b = 2
    return a?, b?, c?, d?, e?
    c?
e = 1
",
            "?, ?, 3, ?, ?, ?",
        );
    }

    #[test]
    fn managers_may_swallow() {
        check(
            "def f():
    with suppress(E):
        x = a()
    x?
    with lock:
        y = a()
    y?
    match y:
        case [x, 1]: pass
        case _: z = 1
    x?; z?
",
            "- 3, 6, - 3 9, - 10",
        );
    }
}
