//! reviewdog's JSON, from which it comments on merge requests. Its columns count bytes.

use std::io::{self, Write};

use serde::Serialize;

use super::{Checked, repository, rule_url};
use crate::diagnostic::{self, Fix, Severity};
use crate::fix::apply;
use crate::text::{Source, Span};

#[derive(Serialize)]
struct Report<'a> {
    source: Tool,
    diagnostics: Vec<Diagnostic<'a>>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
}

#[derive(Serialize)]
struct Diagnostic<'a> {
    message: &'a str,
    location: Location,
    severity: &'static str,
    code: Code,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suggestions: Vec<Suggestion>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Related<'a>>,
}

#[derive(Serialize)]
struct Code {
    value: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'static str>,
}

#[derive(Serialize)]
struct Related<'a> {
    message: &'a str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    range: Range,
}

#[derive(Serialize)]
struct Suggestion {
    range: Range,
    text: String,
}

#[derive(Serialize)]
struct Range {
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: u32,
    column: u32,
}

pub fn write(files: &[Checked], out: &mut dyn Write) -> io::Result<()> {
    let found = files.iter().flat_map(|file| file.report.diagnostics.iter().map(|found| (&file.source, found)));
    let diagnostics = found.map(|(source, found)| describe(source, found)).collect();
    let report = Report { source: Tool { name: "aiterlint" }, diagnostics };
    serde_json::to_writer_pretty(&mut *out, &report)?;
    out.write_all(b"\n")
}

fn describe<'a>(source: &Source, found: &'a diagnostic::Diagnostic) -> Diagnostic<'a> {
    let related = |note: &'a diagnostic::Note| {
        let location = locate(note.file.as_deref().unwrap_or(source), note.span);
        Related { message: &note.message, location }
    };
    Diagnostic {
        message: &found.message,
        location: locate(source, found.span),
        severity: match found.severity {
            Severity::Error => "ERROR",
            Severity::Warning => "WARNING",
            Severity::Info => "INFO",
        },
        code: Code { value: found.rule, url: rule_url(found.rule) },
        suggestions: found.fix.as_ref().and_then(|fix| suggest(source, fix)).into_iter().collect(),
        related_locations: found.notes.iter().map(related).collect(),
    }
}

/// Each suggestion is applied on its own, so a fix of several edits is one, from the first to the last.
fn suggest(source: &Source, fix: &Fix) -> Option<Suggestion> {
    let whole = fix.edits.iter().map(|edit| edit.span).reduce(Span::to)?;
    let fixed = apply(&source.text, &[fix]);
    let end = fixed.len() - (source.text.len() - whole.end as usize);
    Some(Suggestion { range: range(source, whole), text: fixed[whole.start as usize..end].to_string() })
}

fn locate(source: &Source, span: Span) -> Location {
    Location { path: repository::path(&source.path), range: range(source, span) }
}

fn range(source: &Source, span: Span) -> Range {
    let position = |offset| {
        let line = source.lines().line(offset);
        Position { line, column: offset - source.lines().start(line) + 1 }
    };
    Range { start: position(span.start), end: position(span.end) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Edit, Safety};
    use crate::render::sample;

    #[test]
    fn columns_are_bytes_and_the_story_is_told() {
        let mut out = Vec::new();
        write(&[sample::story()], &mut out).unwrap();
        let report: serde_json::Value = serde_json::from_slice(&out).unwrap();
        let found = &report["diagnostics"][0];
        assert_eq!(found["severity"], "ERROR");
        assert_eq!(found["suggestions"][0]["text"], "ticks()");
        assert_eq!(found["related_locations"][1]["message"], "used up here");
        // `数` is one character and three bytes.
        assert_eq!(found["related_locations"][1]["location"]["range"]["start"]["column"], 18);
    }

    #[test]
    fn several_edits_are_one_suggestion() {
        let source = Source::new("a.py", "f(x).y()\n");
        let edits = vec![Edit::insert(0, "(await "), Edit::insert(4, ")")];
        let fix = Fix { title: "await it".to_string(), safety: Safety::Safe, edits };
        let suggestion = suggest(&source, &fix).unwrap();
        assert_eq!((suggestion.text.as_str(), suggestion.range.end.column), ("(await f(x))", 5));
    }
}
