//! Findings for programs: one object each, the same in a list (`json`) and line by line (`json-lines`).
//!
//! The keys and their order are a promise. Lines and columns count from 1, columns in characters.

use std::io::{self, Write};

use serde::Serialize;

use super::{Checked, rule_url};
use crate::diagnostic::{self, Diagnostic};
use crate::text::{Place, Source, Span};

pub fn write_lines(files: &[Checked], out: &mut dyn Write) -> io::Result<()> {
    for finding in findings(files) {
        serde_json::to_writer(&mut *out, &finding)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

pub fn write_list(files: &[Checked], out: &mut dyn Write) -> io::Result<()> {
    let findings: Vec<Finding> = findings(files).collect();
    serde_json::to_writer_pretty(&mut *out, &findings)?;
    out.write_all(b"\n")
}

fn findings(files: &[Checked]) -> impl Iterator<Item = Finding<'_>> {
    files.iter().flat_map(|file| file.report.diagnostics.iter().map(|found| Finding::new(&file.source, found)))
}

#[derive(Serialize)]
struct Finding<'a> {
    rule: &'a str,
    severity: &'a str,
    message: &'a str,
    path: &'a str,
    /// The cell that the lines are counted in, if the file is a notebook.
    #[serde(skip_serializing_if = "Option::is_none")]
    cell: Option<u32>,
    start: Point,
    end: Point,
    notes: Vec<Note>,
    fix: Option<Fix<'a>>,
    url: Option<&'a str>,
}

#[derive(Serialize)]
struct Point {
    line: u32,
    column: u32,
}

#[derive(Serialize)]
struct Note {
    message: String,
    start: Point,
    end: Point,
}

#[derive(Serialize)]
struct Fix<'a> {
    title: &'a str,
    safety: &'a str,
    edits: Vec<Edit<'a>>,
}

#[derive(Serialize)]
struct Edit<'a> {
    start: Point,
    end: Point,
    text: &'a str,
}

impl<'a> Finding<'a> {
    fn new(source: &'a Source, found: &'a Diagnostic) -> Finding<'a> {
        let (start, end) = points(source, found.span);
        Finding {
            rule: found.rule,
            severity: found.severity.name(),
            message: &found.message,
            path: &source.path,
            cell: source.cell,
            start,
            end,
            notes: found.notes.iter().map(|note| Note::new(source, found, note)).collect(),
            fix: found.fix.as_ref().map(|fix| Fix::new(source, fix)),
            url: rule_url(found.rule),
        }
    }
}

impl Note {
    /// The places are all in the finding's file; of another one the message tells.
    fn new(source: &Source, found: &Diagnostic, note: &diagnostic::Note) -> Note {
        let (message, span) = match &note.file {
            None => (note.message.clone(), note.span),
            Some(file) => {
                let line = file.place(note.span.start).line;
                (format!("{} ({}:{line})", note.message, file.shown()), found.span)
            }
        };
        let (start, end) = points(source, span);
        Note { message, start, end }
    }
}

impl<'a> Fix<'a> {
    fn new(source: &Source, fix: &'a diagnostic::Fix) -> Fix<'a> {
        let edit = |edit: &'a diagnostic::Edit| {
            let (start, end) = points(source, edit.span);
            Edit { start, end, text: &edit.text }
        };
        Fix { title: &fix.title, safety: fix.safety.name(), edits: fix.edits.iter().map(edit).collect() }
    }
}

fn points(source: &Source, span: Span) -> (Point, Point) {
    let point = |offset| {
        let Place { line, column } = source.place(offset);
        Point { line, column }
    };
    (point(span.start), point(span.end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample;
    use crate::rules;

    #[test]
    fn one_object_a_line_with_its_keys_in_order() {
        let mut out = Vec::new();
        write_lines(&[sample::story(), sample::elsewhere()], &mut out).unwrap();
        let lines = String::from_utf8(out).unwrap();
        let lines: Vec<&str> = lines.lines().collect();
        let url = |rule| serde_json::to_string(&rules::by_name(rule).map(|rule| rule.meta().docs)).unwrap();
        assert_eq!(
            lines[0],
            concat!(
                r#"{"rule":"reuse-exhausted","severity":"error","message":"`gen` has nothing left","path":"src/a.py","#,
                r#""start":{"line":3,"column":17},"end":{"line":3,"column":20},"notes":["#,
                r#"{"message":"made here","start":{"line":1,"column":7},"end":{"line":1,"column":14}},"#,
                r#"{"message":"used up here","start":{"line":2,"column":16},"end":{"line":2,"column":19}},"#,
                r#"{"message":"used again here","start":{"line":3,"column":17},"end":{"line":3,"column":20}}],"#,
                r#""fix":{"title":"make a new one","safety":"safe","edits":[{"start":{"line":3,"column":17},"#,
                r#""end":{"line":3,"column":20},"text":"ticks()"}]},"url":"#
            )
            .to_string()
                + &url("reuse-exhausted")
                + "}"
        );
        let note = r#"{"message":"an async generator function (src/feed.py:2)","start":{"line":2,"column":7},"#;
        assert!(lines[1].contains(note), "{}", lines[1]);
        assert!(lines[1].ends_with(r#""fix":null,"url":null}"#), "{}", lines[1]);
    }

    #[test]
    fn the_list_holds_the_same_objects() {
        let (mut list, mut lines) = (Vec::new(), Vec::new());
        write_list(&[sample::story(), sample::elsewhere()], &mut list).unwrap();
        write_lines(&[sample::story(), sample::elsewhere()], &mut lines).unwrap();
        let list: Vec<serde_json::Value> = serde_json::from_slice(&list).unwrap();
        let lines: Vec<serde_json::Value> =
            String::from_utf8(lines).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(list, lines);
        let mut empty = Vec::new();
        write_list(&[], &mut empty).unwrap();
        assert_eq!(empty, b"[]\n");
    }
}
