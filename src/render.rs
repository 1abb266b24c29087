//! The output formats, by name.

mod azure;
mod checkstyle;
mod concise;
mod diff;
pub mod full;
mod github;
mod gitlab;
mod grouped;
mod json;
mod junit;
mod palette;
mod pylint;
mod rdjson;
mod repository;
mod sarif;
pub mod statistics;

pub use diff::unified_diff;
pub use palette::Palette;

use std::io::{self, Write};

use crate::check::Report;
use crate::diagnostic::Diagnostic;
use crate::rules;
use crate::text::Source;

/// A file with what was found in it.
#[derive(Clone, Debug)]
pub struct Checked {
    pub source: Source,
    pub report: Report,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    Full,
    Concise,
    Grouped,
    Json,
    JsonLines,
    Github,
    Gitlab,
    Azure,
    Sarif,
    Junit,
    Checkstyle,
    Rdjson,
    Pylint,
}

impl Format {
    pub const ALL: [Format; 13] = [
        Format::Full,
        Format::Concise,
        Format::Grouped,
        Format::Json,
        Format::JsonLines,
        Format::Github,
        Format::Gitlab,
        Format::Azure,
        Format::Sarif,
        Format::Junit,
        Format::Checkstyle,
        Format::Rdjson,
        Format::Pylint,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Format::Full => "full",
            Format::Concise => "concise",
            Format::Json => "json",
            Format::JsonLines => "json-lines",
            Format::Grouped => "grouped",
            Format::Github => "github",
            Format::Gitlab => "gitlab",
            Format::Azure => "azure",
            Format::Sarif => "sarif",
            Format::Junit => "junit",
            Format::Checkstyle => "checkstyle",
            Format::Rdjson => "rdjson",
            Format::Pylint => "pylint",
        }
    }

    pub fn from_name(name: &str) -> Option<Format> {
        Format::ALL.into_iter().find(|format| format.name() == name)
    }

    /// Whether people read it, who like to be told how it went.
    pub fn is_for_people(self) -> bool {
        matches!(self, Format::Full | Format::Concise | Format::Grouped)
    }

    /// Whether its readers know the cells of a notebook; others look for places in the file itself.
    pub fn knows_cells(self) -> bool {
        self.is_for_people() || matches!(self, Format::Json | Format::JsonLines)
    }

    /// Writes the findings of all files, in the order given.
    pub fn write(self, files: &[Checked], palette: &Palette, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Format::Full => full::write(files, palette, out),
            Format::Concise => concise::write(files, palette, out),
            Format::Json => json::write_list(files, out),
            Format::JsonLines => json::write_lines(files, out),
            Format::Grouped => grouped::write(files, palette, out),
            Format::Github => github::write(files, out),
            Format::Gitlab => gitlab::write(files, out),
            Format::Azure => azure::write(files, out),
            Format::Sarif => sarif::write(files, out),
            Format::Junit => junit::write(files, out),
            Format::Checkstyle => checkstyle::write(files, out),
            Format::Rdjson => rdjson::write(files, out),
            Format::Pylint => pylint::write(files, out),
        }
    }
}

/// Where Python's documentation settles the matter.
fn rule_url(rule: &str) -> Option<&'static str> {
    rules::by_name(rule).map(|rule| rule.meta().docs).filter(|docs| !docs.is_empty())
}

/// A rule's name, which leads to its documentation in terminals that know links (OSC 8).
fn rule_name(rule: &str, palette: &Palette) -> String {
    match rule_url(rule).filter(|_| palette.has_links) {
        Some(url) => format!("\u{1b}]8;;{url}\u{1b}\\{rule}\u{1b}]8;;\u{1b}\\"),
        None => rule.to_string(),
    }
}

/// A finding in words, a line for each part of its story: for those who show no more than a text at a place.
fn story(source: &Source, found: &Diagnostic) -> String {
    let mut lines = vec![found.message.clone()];
    for note in &found.notes {
        let said = &note.message;
        lines.push(match &note.file {
            Some(file) => format!("{}:{}: {said}", repository::path(&file.path), file.place(note.span.start).line),
            None if note.span == found.span => said.clone(),
            None => format!("line {}: {said}", source.place(note.span.start).line),
        });
    }
    lines.extend(found.help.iter().map(|help| format!("help: {help}")));
    lines.join("\n")
}

/// What the tests of the formats draw: a story in three places, with tabs, wide characters and Windows line ends.
#[cfg(test)]
mod sample {
    use std::sync::Arc;

    use super::Checked;
    use crate::check::Report;
    use crate::diagnostic::{Diagnostic, Edit, Fix, Note, Safety, Severity};
    use crate::suppress::{Silenced, Silencer};
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

    /// A finding that a comment silences.
    pub fn silent() -> Checked {
        let mut file = story();
        let by = Silencer::Comment { reason: Some("the server rewinds".to_string()) };
        let silenced = file.report.diagnostics.drain(..).map(|diagnostic| Silenced { diagnostic, by: by.clone() });
        file.report.suppressed = silenced.collect();
        file
    }

    fn checked(path: &str, text: &str, diagnostics: Vec<Diagnostic>) -> Checked {
        Checked { source: Source::new(path, text), report: Report { diagnostics, suppressed: vec![] } }
    }
}
