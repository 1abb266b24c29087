//! Reads the comments that silence.

use crate::facts::Facts;
use crate::text::Span;

/// The last line of what has no end.
const NEVER: u32 = u32::MAX;

/// What the comments of a file ask for.
#[derive(Default)]
pub struct Comments {
    pub ignores: Vec<Ignore>,
    pub ends: Vec<End>,
}

/// Which lines a comment speaks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// Its own line, and the next line of code if it has a line of its own.
    Line,
    /// Its own line; it is there for other tools too.
    Noqa,
    /// From its line to the comment that ends it.
    Block,
    File,
}

/// One comment that may silence findings.
pub struct Ignore {
    pub span: Span,
    pub form: Form,
    /// The first line that it speaks for.
    pub first: u32,
    /// Never empty.
    pub targets: Vec<Target>,
    /// What stands behind the names.
    pub reason: Option<String>,
}

/// A rule that a comment silences.
pub struct Target {
    /// None is every rule.
    pub name: Option<Span>,
    /// The last line for which it is silenced.
    pub last: u32,
    pub was_used: bool,
}

/// A comment that ends blocks: `# aiterlint: on`.
pub struct End {
    pub span: Span,
    /// Each name, None for every rule, and whether something ended.
    pub targets: Vec<(Option<Span>, bool)>,
}

impl Ignore {
    pub fn silences(&mut self, facts: &Facts, line: u32, rule: &str) -> bool {
        let mut any = false;
        for target in &mut self.targets {
            let is_meant = target.name.is_none_or(|name| facts.text(name) == rule);
            if is_meant && self.first <= line && line <= target.last {
                target.was_used = true;
                any = true;
            }
        }
        any
    }

    pub fn names(&self) -> Vec<Span> {
        self.targets.iter().filter_map(|target| target.name).collect()
    }
}

impl End {
    pub fn names(&self) -> Vec<Span> {
        self.targets.iter().filter_map(|(name, _)| *name).collect()
    }
}

pub fn read(facts: &Facts) -> Comments {
    let text = &facts.source.text;
    let mut comments = Comments::default();
    // Almost no file has such a comment.
    if !text.contains("aiterlint:") && !["noqa", "NOQA", "NoQA"].iter().any(|noqa| text.contains(noqa)) {
        return comments;
    }
    for &comment in &facts.outline.comments {
        // Each `#` of a comment may begin a remark to one tool.
        let text = facts.text(comment);
        let mut start = 0;
        while let Some(hash) = text[start..].find('#').map(|at| start + at) {
            let end = text[hash + 1..].find('#').map_or(text.len(), |at| hash + 1 + at);
            let span = Span::new(comment.start + hash as u32, comment.start + end as u32);
            if let Some(remark) = Remark::read(facts, span) {
                comments.add(facts, remark);
            }
            start = hash + 1;
        }
    }
    comments
}

impl Comments {
    fn add(&mut self, facts: &Facts, Remark { span, word, names, reason }: Remark) {
        let lines = facts.source.lines();
        let line = lines.line(span.start);
        let (form, first, last) = match word {
            Word::On => return self.end(facts, span, line, names),
            Word::Noqa => (Form::Noqa, line, line),
            Word::Ignore if facts.source.indent(span.start).is_some() => (Form::Line, line, next_code(facts, line)),
            Word::Ignore => (Form::Line, line, line),
            Word::Off => (Form::Block, line, NEVER),
            Word::IgnoreFile => (Form::File, 0, NEVER),
        };
        let targets = each(names).map(|name| Target { name, last, was_used: false }).collect();
        self.ignores.push(Ignore { span, form, first, targets, reason });
    }

    /// A name ends that rule's blocks, no name ends them all.
    fn end(&mut self, facts: &Facts, span: Span, line: u32, names: Vec<Span>) {
        let mut end = End { span, targets: Vec::new() };
        for name in each(names) {
            let mut was_used = false;
            let blocks = self.ignores.iter_mut().filter(|ignore| ignore.form == Form::Block);
            for target in blocks.flat_map(|ignore| &mut ignore.targets).filter(|target| target.last == NEVER) {
                let is_meant = match (name, target.name) {
                    (None, _) => true,
                    (Some(name), Some(of)) => facts.text(name) == facts.text(of),
                    (Some(_), None) => false,
                };
                if is_meant {
                    target.last = line;
                    was_used = true;
                }
            }
            end.targets.push((name, was_used));
        }
        self.ends.push(end);
    }
}

/// The names, or None for every rule.
fn each(names: Vec<Span>) -> impl Iterator<Item = Option<Span>> {
    let every = names.is_empty().then_some(None);
    every.into_iter().chain(names.into_iter().map(Some))
}

/// The next line with code in it; the line itself when none follows.
fn next_code(facts: &Facts, line: u32) -> u32 {
    let source = &facts.source;
    let is_code = |line: &u32| {
        let text = source.line(*line).trim_start();
        !text.is_empty() && !text.starts_with('#')
    };
    (line + 1..=source.lines().count()).find(is_code).unwrap_or(line)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    Noqa,
    Ignore,
    IgnoreFile,
    Off,
    On,
}

/// What one comment says to us.
struct Remark {
    span: Span,
    word: Word,
    /// The names in brackets; empty for a bare `noqa`, and for a comment without brackets.
    names: Vec<Span>,
    reason: Option<String>,
}

impl Remark {
    fn read(facts: &Facts, span: Span) -> Option<Remark> {
        let text = facts.text(span);
        let body = text[1..].trim_start();
        if body.trim_end().eq_ignore_ascii_case("noqa") {
            return Some(Remark { span, word: Word::Noqa, names: Vec::new(), reason: None });
        }
        let rest = body.strip_prefix("aiterlint:")?.trim_start();
        let length = rest.find(|c: char| !c.is_ascii_lowercase() && c != '-').unwrap_or(rest.len());
        let (word, rest) = rest.split_at(length);
        let word = match word.trim_end_matches('-') {
            "ignore" => Word::Ignore,
            "ignore-file" => Word::IgnoreFile,
            "off" => Word::Off,
            "on" => Word::On,
            _ => return None,
        };
        // A reason may follow the brackets, or stand in place of them.
        let (list, reason) = match rest.trim_start().strip_prefix('[') {
            Some(list) => list.split_once(']').unwrap_or((list, "")),
            None => (&rest[..0], rest),
        };
        // All of them are parts of one text.
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
        let reason = reason.trim_start_matches([':', '-', ' ']).trim_end();
        Some(Remark { span, word, names, reason: (!reason.is_empty()).then(|| reason.to_string()) })
    }
}
