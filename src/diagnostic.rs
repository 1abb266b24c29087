//! What a rule says: the only thing rules produce, and the only thing that formats and the server see.

use std::sync::Arc;

use crate::text::{Source, Span};

/// How much a finding weighs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    Info,
    Warning,
    Error,
}

impl Severity {
    pub fn name(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    pub rule: &'static str,
    pub severity: Severity,
    pub span: Span,
    /// What is wrong: lower case, no full stop, code in backticks.
    pub message: String,
    /// The rest of the story, in the order in which it happens.
    pub notes: Vec<Note>,
    /// What to do about it, where one sentence can say it.
    pub help: Option<String>,
    pub fix: Option<Fix>,
}

/// By place, then rule; what is said twice is said once.
pub fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by(|a, b| (a.span, a.rule, &a.message).cmp(&(b.span, b.rule, &b.message)));
    diagnostics.dedup();
}

/// One more place that belongs to the story.
#[derive(Clone, Debug)]
pub struct Note {
    pub span: Span,
    pub message: String,
    /// The file the span is in, when it is another one than the finding's.
    pub file: Option<Arc<Source>>,
}

impl PartialEq for Note {
    fn eq(&self, other: &Note) -> bool {
        let path = |note: &Note| note.file.as_ref().map(|file| file.path.clone());
        self.span == other.span && self.message == other.message && path(self) == path(other)
    }
}

impl Eq for Note {}

/// Whether a fix may be applied without a person looking.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Safety {
    /// The code cannot work as it stands and the edit does what it plainly means, or the meaning stays the same.
    Safe,
    /// May change what a working program does.
    Unsafe,
    /// Described, never applied.
    Shown,
}

impl Safety {
    pub fn name(self) -> &'static str {
        match self {
            Safety::Safe => "safe",
            Safety::Unsafe => "unsafe",
            Safety::Shown => "shown",
        }
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fix {
    /// Says what the edit does, as a command: "await it first".
    pub title: String,
    pub safety: Safety,
    /// Never empty, except for a fix that is only shown; sorted, without overlaps.
    pub edits: Vec<Edit>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edit {
    pub span: Span,
    pub text: String,
}

impl Edit {
    pub fn replace(span: Span, text: impl Into<String>) -> Edit {
        Edit { span, text: text.into() }
    }

    pub fn insert(at: u32, text: impl Into<String>) -> Edit {
        Edit { span: Span::at(at), text: text.into() }
    }

    pub fn delete(span: Span) -> Edit {
        Edit { span, text: String::new() }
    }
}
