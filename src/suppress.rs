//! Ignore comments: what they silence, which of them silence nothing, and which name no rule.
//!
//! `# aiterlint: ignore[rule-name, …]` is about its line, `# aiterlint: ignore-file[…]` about the file; a bare
//! `# noqa` counts for its line as it does for everybody. `# noqa: CODES` belongs to other tools.

mod add;

pub use add::{ignore_in_file, ignore_on_line};

use crate::diagnostic::{Diagnostic, Edit, Fix, Safety, Severity, sort};
use crate::facts::Facts;
use crate::rule::Rule;
use crate::rules::{self, nearest};
use crate::text::Span;

const UNUSED: &str = "unused-ignore";
const UNKNOWN: &str = "unknown-rule";

/// One comment that may silence findings.
struct Ignore {
    span: Span,
    whole_file: bool,
    line: u32,
    /// The names in brackets; empty for a bare `noqa`, and for a comment without brackets.
    names: Vec<Span>,
    is_noqa: bool,
    /// What stands behind the names.
    reason: Option<String>,
    used: Vec<bool>,
}

impl Ignore {
    fn silences(&mut self, facts: &Facts, line: u32, rule: &str) -> bool {
        if !self.whole_file && self.line != line {
            return false;
        }
        if self.names.is_empty() {
            self.used[0] = true;
            return true;
        }
        let mut any = false;
        for (name, used) in self.names.iter().zip(&mut self.used) {
            if facts.text(*name) == rule {
                *used = true;
                any = true;
            }
        }
        any
    }
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
    let mut ignores = read(facts);
    if ignores.is_empty() {
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
    let said = |ignores: &[Ignore], say: &dyn Fn(&Ignore) -> Vec<Diagnostic>| -> Vec<Diagnostic> {
        ignores.iter().filter(|ignore| !ignore.is_noqa).flat_map(say).collect()
    };
    if let Some(severity) = severity(UNKNOWN) {
        let names = |ignore: &Ignore| ignore.names.iter().filter_map(|&name| unknown(facts, name, severity)).collect();
        for diagnostic in said(&ignores, &names) {
            sort_out(diagnostic, &mut ignores, &mut sorted);
        }
    }
    if let Some(severity) = severity(UNUSED) {
        for diagnostic in said(&ignores, &|ignore| unused(facts, ignore, severity, &is_on)) {
            sort_out(diagnostic, &mut ignores, &mut sorted);
        }
    }
    sort(&mut sorted.speaking);
    sorted.silenced.sort_by_key(|silenced| (silenced.diagnostic.span, silenced.diagnostic.rule));
    sorted
}

fn unknown(facts: &Facts, name: Span, severity: Severity) -> Option<Diagnostic> {
    let text = facts.text(name);
    if rules::by_name(text).is_some() {
        return None;
    }
    let message = match nearest(text) {
        Some(rule) => format!("no rule is called `{text}`: `{rule}` is the nearest"),
        None => format!("no rule is called `{text}`"),
    };
    Some(Diagnostic { rule: UNKNOWN, severity, span: name, message, notes: Vec::new(), help: None, fix: None })
}

/// What silences nothing: the whole comment, or some of its names. A name that is no rule, or a rule that does not
/// speak now, is never called unused.
fn unused(facts: &Facts, ignore: &Ignore, severity: Severity, is_on: &dyn Fn(&str) -> bool) -> Vec<Diagnostic> {
    let finding = |span: Span, message: String, edit: Edit| Diagnostic {
        rule: UNUSED,
        severity,
        span,
        message,
        notes: Vec::new(),
        help: None,
        fix: Some(Fix { title: "remove it".to_string(), safety: Safety::Safe, edits: vec![edit] }),
    };
    if ignore.names.is_empty() {
        if ignore.used[0] {
            return Vec::new();
        }
        return vec![finding(ignore.span, "this comment silences nothing".to_string(), remove(facts, ignore.span))];
    }
    let idle = |index: usize| {
        let name = facts.text(ignore.names[index]);
        // The rule about unused comments cannot say of itself that it was not needed.
        !ignore.used[index] && is_on(name) && name != UNUSED
    };
    let all: Vec<usize> = (0..ignore.names.len()).filter(|&index| idle(index)).collect();
    if all.len() == ignore.names.len() {
        return vec![finding(ignore.span, "this comment silences nothing".to_string(), remove(facts, ignore.span))];
    }
    let of_names = all.into_iter().map(|index| {
        let name = ignore.names[index];
        let message = format!("`{}` silences nothing here", facts.text(name));
        finding(name, message, Edit::delete(with_comma(ignore, index)))
    });
    of_names.collect()
}

/// A name with the comma that goes with it.
fn with_comma(ignore: &Ignore, index: usize) -> Span {
    let names = &ignore.names;
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

fn read(facts: &Facts) -> Vec<Ignore> {
    let text = &facts.source.text;
    // Almost no file has such a comment.
    if !text.contains("aiterlint:") && !["noqa", "NOQA", "NoQA"].iter().any(|noqa| text.contains(noqa)) {
        return Vec::new();
    }
    facts.outline.comments.iter().flat_map(|&comment| read_comment(facts, comment)).collect()
}

/// Each `#` of a comment may begin a remark to one tool.
fn read_comment(facts: &Facts, comment: Span) -> Vec<Ignore> {
    let text = facts.text(comment);
    let mut ignores = Vec::new();
    let mut start = 0;
    while let Some(hash) = text[start..].find('#').map(|at| start + at) {
        let end = text[hash + 1..].find('#').map_or(text.len(), |at| hash + 1 + at);
        let at = comment.start + hash as u32;
        ignores.extend(read_remark(facts, Span::new(at, comment.start + end as u32)));
        start = hash + 1;
    }
    ignores
}

fn read_remark(facts: &Facts, span: Span) -> Option<Ignore> {
    let text = facts.text(span);
    let body = text[1..].trim_start();
    let line = facts.source.lines().line(span.start);
    let ignore = |whole_file, names: Vec<Span>, is_noqa, reason: &str| {
        let used = vec![false; names.len().max(1)];
        let reason = reason.trim_start_matches([':', '-', ' ']).trim_end();
        let reason = (!reason.is_empty()).then(|| reason.to_string());
        Some(Ignore { span, whole_file, line, names, is_noqa, reason, used })
    };
    let word = body.trim_end();
    if word.eq_ignore_ascii_case("noqa") {
        return ignore(false, Vec::new(), true, "");
    }
    let rest = body.strip_prefix("aiterlint:")?.trim_start();
    let (whole_file, rest) = match rest.strip_prefix("ignore-file") {
        Some(rest) => (true, rest),
        None => (false, rest.strip_prefix("ignore")?),
    };
    // A reason may follow the brackets, or stand in place of them.
    let Some(list) = rest.trim_start().strip_prefix('[') else {
        return ignore(whole_file, Vec::new(), false, rest);
    };
    let (list, reason) = list.split_once(']').unwrap_or((list, ""));
    let base = span.start + (list.as_ptr() as usize - text.as_ptr() as usize) as u32;
    let mut names = Vec::new();
    let mut at = 0;
    for piece in list.split(',') {
        let name = piece.trim();
        if !name.is_empty() {
            let start = base + at + (piece.len() - piece.trim_start().len()) as u32;
            names.push(Span::new(start, start + name.len() as u32));
        }
        at += piece.len() as u32 + 1;
    }
    ignore(whole_file, names, false, reason)
}
