//! How objects are handed on in a file, whatever their class is.
//!
//! Objects of many classes come by the same places. What a line does with an object is read once for all of them.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::Owner;
use super::units::{Line, Units, Way, is_special};
use crate::facts::Facts;
use crate::project::written::{
    asks_object, bound, first_word, is_object_asked, last_word, logical_line, parameter, value_of,
};
use crate::syntax::{StatementId, StatementKind};
use crate::text::Span;

/// What is to be done when an object comes by.
#[derive(Clone, Copy)]
pub enum Step<'a> {
    /// The name, of this owner, leads to the object.
    Name(&'a str, Option<Owner>),
    /// The class has a member that leads on.
    Carried(StatementId),
    /// The class derives from that of the object.
    Derived(StatementId),
    /// A parameter of the function gets it.
    Passed(Span, &'a str),
    /// A variable of the function holds it.
    Variable(Span, &'a str),
}

/// Names, and where the definition or statement begins in which they stand for an object.
pub type Named<'a> = (u32, Arc<[&'a str]>);

#[derive(Default)]
pub struct Carriage<'a> {
    steps: FxHashMap<u32, Arc<[Step<'a>]>>,
    handed: FxHashMap<(u32, &'a str), Arc<[u32]>>,
    named: FxHashMap<u32, Named<'a>>,
    named_after: FxHashMap<(u32, &'a str), Named<'a>>,
}

impl<'a> Carriage<'a> {
    /// What the line does with the object that is named at the place.
    pub fn steps(&mut self, facts: &'a Facts, units: &mut Units<'a>, at: u32) -> Arc<[Step<'a>]> {
        self.steps.entry(at).or_insert_with(|| steps(facts, units, at).into()).clone()
    }

    /// The places at which a function may hand on what its variable holds.
    pub fn handed(&mut self, facts: &'a Facts, units: &mut Units<'a>, function: Span, name: &'a str) -> Arc<[u32]> {
        let text: &str = &facts.source.text;
        let is_handed = |&at: &u32| {
            let before = text[units.start(function.start, at)..at as usize].trim_start();
            let is_called = text[at as usize + name.len()..].trim_start_matches([' ', '\t']).starts_with('(');
            value_of(before).is_some() && !is_called
        };
        let places = || code(facts, name, function).filter(is_handed).collect();
        self.handed.entry((function.start, name)).or_insert_with(places).clone()
    }

    /// The names that the line gives to what it makes of the object that is named at the place: the variable of a loop
    /// over many, the parameter that is annotated with its class, what is asked whether it is of that class.
    pub fn named(&mut self, facts: &'a Facts, units: &mut Units<'a>, at: u32) -> Named<'a> {
        self.named.entry(at).or_insert_with(|| named(facts, units, at)).clone()
    }

    /// The names that are given to what is called so, in the same definition or statement.
    pub fn named_after(&mut self, facts: &'a Facts, units: &mut Units<'a>, at: u32, name: &'a str) -> Named<'a> {
        let Some(within) = within(facts, at) else { return (at, Arc::new([])) };
        if let Some(known) = self.named_after.get(&(within.start, name)) {
            return known.clone();
        }
        let mut names: Vec<&'a str> = Vec::new();
        for place in code(facts, name, within) {
            names.extend(self.named(facts, units, place).1.iter());
        }
        names.sort_unstable();
        names.dedup();
        let named = (within.start, names.into());
        self.named_after.insert((within.start, name), Clone::clone(&named));
        named
    }
}

fn steps<'a>(facts: &'a Facts, units: &mut Units<'a>, at: u32) -> Vec<Step<'a>> {
    let Some(line) = Line::new(facts, units, at) else { return Vec::new() };
    let mut steps: Vec<Step<'a>> = line.alias().map(|alias| Step::Name(alias, None)).into_iter().collect();
    if line.before.starts_with("class ")
        && let Some(id) = facts.outline.at(at)
        && facts.outline.statement(id).kind == StatementKind::Class
    {
        steps.push(Step::Derived(id));
        return steps;
    }
    let asks = asks_object(line.behind);
    let passed = line.passed().filter(|_| !asks);
    let container = passed.and_then(|passed| passed.put_into(&facts.source.text));
    match container.map(|container| line.kept(container)) {
        Some(Way::Kept { name, of, class }) => {
            steps.push(Step::Name(name, of));
            steps.extend(class.map(Step::Carried));
        }
        Some(Way::Variable(name)) => steps.push(Step::Variable(line.unit.span, name)),
        Some(Way::Given | Way::Nowhere) | None => {}
    }
    let filled = passed.map(|passed| units.parameters(&passed)).unwrap_or_default();
    steps.extend(filled.into_iter().map(|(function, name)| Step::Passed(function, name)));
    let is_handed = value_of(line.before).is_none_or(|given| !is_object_asked(given)) && !asks;
    match line.way(is_handed, false) {
        Way::Given => {
            let unit = &line.unit;
            // What `__aenter__` or `__getitem__` gives, the object gives.
            let class = unit.class.and_then(|class| units.class_name(class));
            steps.extend(unit.names.iter().filter_map(|name| match is_special(name) {
                true => Some(Step::Name(class?, None)),
                false => Some(Step::Name(name, unit.of)),
            }));
            steps.extend(unit.class.map(Step::Carried));
        }
        Way::Variable(name) => steps.push(Step::Variable(line.unit.span, name)),
        // Who assigns to an attribute of somebody else's object is not asked.
        Way::Kept { of: Some(Owner::ANY), .. } | Way::Nowhere => {}
        Way::Kept { name, of, class } => {
            steps.push(Step::Name(name, of));
            steps.extend(class.map(Step::Carried));
        }
    }
    steps
}

/// Where the code of the span has the name.
fn code<'f>(facts: &'f Facts, name: &str, within: Span) -> impl Iterator<Item = u32> + use<'f> {
    let places = facts.source.find_word(name).collect::<Vec<_>>().into_iter();
    places.filter(move |&at| within.contains(at) && !facts.outline.is_prose(at))
}

/// The statement that a place is in; of a class, its header.
fn within(facts: &Facts, at: u32) -> Option<Span> {
    let statement = facts.outline.statement(facts.outline.at(at)?);
    Some(if statement.kind == StatementKind::Class { statement.header } else { statement.span })
}

fn named<'a>(facts: &'a Facts, units: &mut Units<'a>, at: u32) -> Named<'a> {
    let text: &'a str = &facts.source.text;
    let Some(within) = within(facts, at) else { return (at, Arc::new([])) };
    if asks_object(&text[at as usize..]) {
        return (within.start, Arc::new([]));
    }
    let start = units.start(within.start, at);
    let code = text[start..at as usize].trim_start();
    if ["def ", "async def ", "@"].iter().any(|word| code.starts_with(word)) {
        return (within.start, parameter(&text[start..at as usize]).into_iter().collect());
    }
    if let Some(derived) = code.strip_prefix("class ") {
        return (within.start, first_word(derived).into_iter().collect());
    }
    if ["return ", "import ", "from "].iter().any(|word| code.starts_with(word)) {
        return (within.start, Arc::new([]));
    }
    let line = logical_line(&text[start..(within.end as usize).max(at as usize)], at as usize - start);
    let is_asked = value_of(code).is_some_and(is_object_asked);
    let mut names = if is_asked { Vec::new() } else { bound(line) };
    names.retain(|name| {
        let end = name.as_ptr() as usize - text.as_ptr() as usize + name.len();
        !text[end..].starts_with('.') && !matches!(*name, "self" | "cls")
    });
    // `isinstance(store, Store)`
    for (asked, _) in line.match_indices("isinstance(") {
        names.extend(last_word(line[asked..].split(',').next().unwrap_or_default()));
    }
    (within.start, names.into())
}
