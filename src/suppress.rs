//! Ignore comments: what they silence, which of them silence nothing, and which name no rule.
//!
//! `# aiterlint: ignore[rule-name, …]` is about its line, or about the next line of code if it has a line of its own;
//! `# aiterlint: off[…]` is about every line up to `# aiterlint: on`, and `# aiterlint: ignore-file[…]` about the file.
//! A bare `# noqa` counts for its line as it does for everybody. `# noqa: CODES` belongs to other tools.

mod add;
mod comments;

pub use add::{ignore_in_file, ignore_on_line};

use crate::diagnostic::{Diagnostic, Edit, Fix, Safety, Severity, sort};
use crate::facts::Facts;
use crate::rule::Rule;
use crate::rules::{self, nearest};
use crate::text::Span;
use comments::{Comments, End, Form, Ignore, read};

const UNUSED: &str = "unused-ignore";
/// The rule about names in comments that are no rules.
pub const UNKNOWN: &str = "unknown-rule";

/// Whether the rule is about the comments themselves.
pub fn is_about_comments(rule: &str) -> bool {
    rule == UNUSED || rule == UNKNOWN
}

/// A finding that does not count, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Silenced {
    pub diagnostic: Diagnostic,
    pub by: Silencer,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Silencer {
    /// A comment, with the reason that stands in it.
    Comment { reason: Option<String> },
    /// A list of what was there before.
    Baseline,
}

/// Findings, sorted out by what the comments say.
#[derive(Default)]
pub struct SortedOut {
    pub speaking: Vec<Diagnostic>,
    pub silenced: Vec<Silenced>,
}

/// Splits the findings into those that count and those that a comment silences, and adds what there is to say about
/// the comments themselves.
pub fn apply(facts: &Facts, found: Vec<Diagnostic>, speaking: &[(&Rule, Severity)]) -> SortedOut {
    let Comments { mut ignores, ends } = read(facts);
    if ignores.is_empty() && ends.is_empty() {
        return SortedOut { speaking: found, silenced: Vec::new() };
    }
    let lines = facts.source.lines();
    let mut sorted = SortedOut::default();
    let sort_out = |diagnostic: Diagnostic, ignores: &mut [Ignore], sorted: &mut SortedOut| {
        let line = lines.line(diagnostic.span.start);
        let mut by = None;
        for ignore in ignores.iter_mut() {
            if ignore.silences(facts, line, diagnostic.rule) {
                by.get_or_insert(Silencer::Comment { reason: ignore.reason.clone() });
            }
        }
        match by {
            Some(by) => sorted.silenced.push(Silenced { diagnostic, by }),
            None => sorted.speaking.push(diagnostic),
        }
    };
    for diagnostic in found {
        sort_out(diagnostic, &mut ignores, &mut sorted);
    }
    let severity = |name: &str| speaking.iter().find(|(rule, _)| rule.name == name).map(|(_, severity)| *severity);
    let is_on = |name: &str| severity(name).is_some();
    // What there is to say about names comes first: a comment may silence that too, and then it is used.
    if let Some(severity) = severity(UNKNOWN) {
        let of_ignores = ignores.iter().map(|ignore| (ignore.span, ignore.names()));
        let of_ends = ends.iter().map(|end| (end.span, end.names()));
        let said = of_ignores.chain(of_ends).flat_map(|(comment, names)| unknown(facts, comment, &names, severity));
        for diagnostic in said.collect::<Vec<_>>() {
            sort_out(diagnostic, &mut ignores, &mut sorted);
        }
    }
    if let Some(severity) = severity(UNUSED) {
        let of_ignores = ignores.iter().flat_map(|ignore| unused(facts, ignore, severity, &is_on));
        let of_ends = ends.iter().flat_map(|end| ends_nothing(facts, end, severity));
        for diagnostic in of_ignores.chain(of_ends).collect::<Vec<_>>() {
            sort_out(diagnostic, &mut ignores, &mut sorted);
        }
    }
    sort(&mut sorted.speaking);
    sorted.silenced.sort_by_key(|silenced| (silenced.diagnostic.span, silenced.diagnostic.rule));
    sorted
}

/// The names in a comment that are no rules. The nearest rule takes the place of such a name; what is nowhere near one
/// goes.
fn unknown(facts: &Facts, comment: Span, names: &[Span], severity: Severity) -> Vec<Diagnostic> {
    let wrong = names.iter().enumerate().filter(|(_, name)| rules::by_name(facts.text(**name)).is_none());
    let said = wrong.map(|(index, &name)| {
        let text = facts.text(name);
        let (message, title, edit) = match nearest(text) {
            Some(rule) => (
                format!("no rule is called `{text}`: `{rule}` is the nearest"),
                format!("name `{rule}`"),
                Edit::replace(name, rule),
            ),
            None => {
                let edit = match names {
                    [_] => remove(facts, comment),
                    names => Edit::delete(with_comma(names, index)),
                };
                (format!("no rule is called `{text}`"), "remove it".to_string(), edit)
            }
        };
        let fix = Fix { title, safety: Safety::Safe, edits: vec![edit] };
        Diagnostic { rule: UNKNOWN, severity, span: name, message, notes: Vec::new(), help: None, fix: Some(fix) }
    });
    said.collect()
}

/// What silences nothing: the whole comment, or some of its names. A name that is no rule, or a rule that does not
/// speak now, is never called unused.
fn unused(facts: &Facts, ignore: &Ignore, severity: Severity, is_on: &dyn Fn(&str) -> bool) -> Vec<Diagnostic> {
    if ignore.form == Form::Noqa {
        return Vec::new();
    }
    let is_idle = |name: &str, was_used: bool| {
        // The rule about unused comments cannot say of itself that it was not needed.
        !was_used && is_on(name) && name != UNUSED
    };
    let idle = |(name, was_used): (Option<Span>, bool)| match name {
        Some(name) => is_idle(facts.text(name), was_used),
        None => !was_used,
    };
    let idle: Vec<bool> = ignore.targets.iter().map(|target| idle((target.name, target.was_used))).collect();
    let whole = "this comment silences nothing";
    not_needed(facts, ignore.span, &ignore.names(), &idle, severity, whole, "silences nothing here")
}

/// The same of a comment that is to end a block, and of its names.
fn ends_nothing(facts: &Facts, end: &End, severity: Severity) -> Vec<Diagnostic> {
    let idle = end.targets.iter().map(|(name, was_used)| match name {
        Some(name) => !was_used && rules::by_name(facts.text(*name)).is_some(),
        None => !was_used,
    });
    let idle: Vec<bool> = idle.collect();
    let whole = "nothing is off here that this comment could end";
    not_needed(facts, end.span, &end.names(), &idle, severity, whole, "is not off here")
}

fn not_needed(
    facts: &Facts,
    comment: Span,
    names: &[Span],
    idle: &[bool],
    severity: Severity,
    of_all: &str,
    of_one: &str,
) -> Vec<Diagnostic> {
    let finding = |span: Span, message: String, edit: Edit| Diagnostic {
        rule: UNUSED,
        severity,
        span,
        message,
        notes: Vec::new(),
        help: None,
        fix: Some(Fix { title: "remove it".to_string(), safety: Safety::Safe, edits: vec![edit] }),
    };
    if idle.iter().all(|idle| *idle) {
        return vec![finding(comment, of_all.to_string(), remove(facts, comment))];
    }
    let some = names.iter().enumerate().zip(idle).filter(|(_, idle)| **idle);
    some.map(|((index, &name), _)| {
        finding(name, format!("`{}` {of_one}", facts.text(name)), Edit::delete(with_comma(names, index)))
    })
    .collect()
}

/// A name with the comma that goes with it.
fn with_comma(names: &[Span], index: usize) -> Span {
    match names.get(index + 1) {
        Some(next) => Span::new(names[index].start, next.start),
        None if index > 0 => Span::new(names[index - 1].end, names[index].end),
        None => names[index],
    }
}

/// Takes out a comment and the blanks before it; a line that holds nothing else goes entirely.
fn remove(facts: &Facts, span: Span) -> Edit {
    let text = &facts.source.text;
    let before = text[..span.start as usize].trim_end_matches([' ', '\t']);
    let rest = &text[span.end as usize..];
    let mut start = before.len();
    let mut end = span.end as usize;
    let alone = before.is_empty() || before.ends_with(['\n', '\r']);
    if rest.starts_with('#') {
        // Another comment follows: it takes this one's place.
        start = span.start as usize;
    } else if alone {
        end += if rest.starts_with("\r\n") { 2 } else { rest.starts_with(['\n', '\r']) as usize };
    }
    Edit::delete(Span::new(start as u32, end as u32))
}
