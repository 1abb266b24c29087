//! The output formats, by name.

mod concise;
mod diff;
pub mod full;
mod json;
mod palette;

pub use diff::unified_diff;
pub use palette::Palette;

use std::io::{self, Write};

use crate::check::Report;
use crate::text::Source;

/// A file with what was found in it.
#[derive(Debug)]
pub struct Checked {
    pub source: Source,
    pub report: Report,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    Full,
    Concise,
    Json,
    JsonLines,
}

impl Format {
    pub const ALL: [Format; 4] = [Format::Full, Format::Concise, Format::Json, Format::JsonLines];

    pub fn name(self) -> &'static str {
        match self {
            Format::Full => "full",
            Format::Concise => "concise",
            Format::Json => "json",
            Format::JsonLines => "json-lines",
        }
    }

    pub fn from_name(name: &str) -> Option<Format> {
        Format::ALL.into_iter().find(|format| format.name() == name)
    }

    /// Whether people read it, who like to be told how it went.
    pub fn is_for_people(self) -> bool {
        matches!(self, Format::Full | Format::Concise)
    }

    /// Writes the findings of all files, in the order given.
    pub fn write(self, files: &[Checked], palette: &Palette, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Format::Full => full::write(files, palette, out),
            Format::Concise => concise::write(files, palette, out),
            Format::Json => json::write_list(files, out),
            Format::JsonLines => json::write_lines(files, out),
        }
    }
}

/// What the tests of the formats draw: a story in three places, with tabs, wide characters and Windows line ends.
#[cfg(test)]
mod sample {
    use std::sync::Arc;

    use super::Checked;
    use crate::check::Report;
    use crate::diagnostic::{Diagnostic, Edit, Fix, Note, Safety, Severity};
    use crate::text::{Source, Span};

    pub const TEXT: &str = "\u{feff}gen = ticks()\r\nasync for 数 in gen: ...\r\n\tasync for x in gen: ...  # é\r\n";

    pub fn span(text: &str, part: &str, nth: usize) -> Span {
        let at = text.match_indices(part).nth(nth).map(|(at, _)| at as u32).unwrap();
        Span::new(at, at + part.len() as u32)
    }

    pub fn note(span: Span, message: &str) -> Note {
        Note { span, message: message.to_string(), file: None }
    }

    pub fn story() -> Checked {
        let fix = Fix {
            title: "make a new one".to_string(),
            safety: Safety::Safe,
            edits: vec![Edit::replace(span(TEXT, "gen", 2), "ticks()")],
        };
        let diagnostic = Diagnostic {
            rule: "reuse-exhausted",
            severity: Severity::Error,
            span: span(TEXT, "gen", 2),
            message: "`gen` has nothing left".to_string(),
            notes: vec![
                note(span(TEXT, "ticks()", 0), "made here"),
                note(span(TEXT, "gen", 1), "used up here"),
                note(span(TEXT, "gen", 2), "used again here"),
            ],
            help: Some("an async generator gives its items once".to_string()),
            fix: Some(fix),
        };
        checked("src/a.py", TEXT, vec![diagnostic])
    }

    /// A warning without a fix whose cause is in another file.
    pub fn elsewhere() -> Checked {
        let text = "from feed import feed\nawait feed()\n";
        let other = Arc::new(Source::new("src/feed.py", "\nasync def feed():\n    yield 1\n"));
        let cause = Note {
            span: span(&other.text, "feed", 0),
            message: "an async generator function".to_string(),
            file: Some(other),
        };
        let diagnostic = Diagnostic {
            rule: "some-rule",
            severity: Severity::Info,
            span: span(text, "feed()", 0),
            message: "this cannot be awaited".to_string(),
            notes: vec![cause],
            help: None,
            fix: None,
        };
        checked("src/b.py", text, vec![diagnostic])
    }

    fn checked(path: &str, text: &str, diagnostics: Vec<Diagnostic>) -> Checked {
        Checked { source: Source::new(path, text), report: Report { diagnostics, suppressed: vec![] } }
    }
}
