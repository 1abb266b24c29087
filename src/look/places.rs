//! Where in the chosen statements something stands that matters.
//!
//! A long function is often chosen for one line. What has nothing to do with that line needs no questions: a value can
//! only be something iterated asynchronously if a word or a name that leads to one stands in its text, or a variable
//! that was made from such a text. Variables are followed line by line: what a line binds matters when anything in the
//! line does.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::facts::Facts;
use crate::project::makers::{Passed, nests_maker};
use crate::project::written::{bound, logical_line, logical_start, parameter};
use crate::syntax::{StatementId, StatementKind};
use crate::text::Span;

/// What was chosen to be read, and what matters in it.
pub struct Chosen {
    /// In reading order.
    pub statements: Vec<StatementId>,
    /// Statements in which anything may matter.
    whole: Vec<Span>,
    /// The other places, sorted.
    places: Vec<u32>,
}

impl Chosen {
    /// Everything is read, and all of it matters.
    pub fn all(facts: &Facts) -> Chosen {
        let whole = vec![Span::new(0, facts.source.text.len() as u32 + 1)];
        Chosen { statements: facts.statements().collect(), whole, places: Vec::new() }
    }

    /// The statements that a stretch of the text is part of, or touches, and the stretch from the first of them to what
    /// comes after the last. All of it matters.
    pub fn part(facts: &Facts, part: Span) -> (Chosen, Span) {
        let all = &facts.outline.statements;
        let touches = |span: Span| span.start <= part.end && part.start <= span.end;
        let ids = (0..all.len() as u32).map(StatementId);
        let statements: Vec<StatementId> = ids.filter(|&id| touches(facts.outline.statement(id).span)).collect();
        // A class reaches over its members: only they are looked at, and its header.
        let own = |id: StatementId| match facts.outline.statement(id) {
            statement if statement.kind == StatementKind::Class => statement.header,
            statement => statement.span,
        };
        let touched = statements.iter().map(|&id| own(id)).filter(|&span| touches(span));
        let whole = touched.fold(part, |whole, span| Span::new(whole.start.min(span.start), whole.end.max(span.end)));
        let next = all.iter().map(|statement| statement.span.start).filter(|&start| start >= whole.end).min();
        let whole = Span::new(whole.start, next.unwrap_or(facts.source.text.len() as u32 + 1));
        (Chosen { statements, whole: vec![whole], places: Vec::new() }, whole)
    }

    /// `used` are the places where words and leads stand, in chosen statements.
    pub fn new(
        facts: &Facts,
        statements: Vec<StatementId>,
        mut used: Vec<u32>,
        is_wanted: &dyn Fn() -> bool,
    ) -> Option<Chosen> {
        used.sort_unstable();
        used.dedup();
        let mut whole: Vec<Span> = Vec::new();
        let mut places: Vec<u32> = Vec::new();
        let mut spelled = Spelled::default();
        for &id in &statements {
            if !is_wanted() {
                return None;
            }
            let statement = facts.outline.statement(id);
            let within = |span: Span| {
                let start = used.partition_point(|&at| at < span.start);
                used[start..].iter().copied().take_while(move |&at| at < span.end)
            };
            if statement.kind == StatementKind::Class {
                whole.push(statement.header);
                continue;
            }
            let text = statement.span.text(&facts.source.text);
            let used = within(statement.span);
            let found = if nests_maker(text) { None } else { derived(facts, statement.span, used, &mut spelled) };
            match found {
                Some(found) => places.extend(found),
                None => whole.push(statement.span),
            }
        }
        places.sort_unstable();
        Some(Chosen { statements, whole, places })
    }

    /// Something in the span may be iterated asynchronously, or lead to what is.
    pub fn matters(&self, span: Span) -> bool {
        let next = self.places.partition_point(|&at| at < span.start);
        self.places.get(next).is_some_and(|&at| at < span.end) || {
            // They are in reading order, and none holds another but by its header.
            let after = self.whole.partition_point(|whole| whole.start <= span.start);
            self.whole[..after].iter().rev().take(2).any(|whole| whole.end >= span.end)
        }
    }
}

/// Where each name stands in the file, once somebody has asked: the same few are bound in a thousand functions.
type Spelled<'t> = FxHashMap<&'t str, Vec<u32>>;

/// The text without its first letter.
fn behind_first(text: &str) -> &str {
    text.char_indices().nth(1).map_or("", |(next, _)| &text[next..])
}

/// The places in a statement, and all those of the variables that come from them. None: anything may come from them.
fn derived<'t>(
    facts: &'t Facts,
    within: Span,
    places: impl Iterator<Item = u32>,
    spelled: &mut Spelled<'t>,
) -> Option<Vec<u32>> {
    let text: &str = &facts.source.text;
    let mut found: FxHashSet<u32> = FxHashSet::default();
    let mut lines: FxHashSet<usize> = FxHashSet::default();
    let mut names: FxHashSet<&str> = FxHashSet::default();
    let mut open: Vec<u32> = places.collect();
    while let Some(at) = open.pop() {
        if !found.insert(at) {
            continue;
        }
        let start = logical_start(text, within.start as usize, at as usize);
        let line = logical_line(&text[start..within.end as usize], at as usize - start);
        // So long a line is not read to its end.
        if at as usize - start >= line.len() {
            return None;
        }
        let is_header = ["def ", "async def ", "@"].iter().any(|word| line.trim_start().starts_with(word));
        if line.trim_start().starts_with("match ") {
            return None;
        }
        // A function inside this one gets it, under a name of its own.
        if let Some(passed) = Passed::at(text, start, at as usize)
            && behind_first(within.text(text)).contains(&format!("def {}(", passed.callee))
        {
            return None;
        }
        // A parameter matters by its own annotation or default; any other line binds its names in one.
        let bound = match is_header {
            true => parameter(&line[..at as usize - start]).into_iter().collect(),
            false if lines.insert(start) => bound(line),
            false => continue,
        };
        for name in bound {
            if names.insert(name) {
                let spelled = spelled.entry(name).or_insert_with(|| facts.source.find_word(name).collect());
                let first = spelled.partition_point(|&at| at < within.start);
                open.extend(spelled[first..].iter().take_while(|&&at| at < within.end));
            }
        }
    }
    Some(found.into_iter().collect())
}
