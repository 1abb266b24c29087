//! The whole story of each finding, drawn under the code it is about.

use std::borrow::Cow;
use std::io::{self, Write};
use std::ops::Range;

use anstyle::Style;
use codespan_reporting::diagnostic::{self as frame, Label, LabelStyle};
use codespan_reporting::files::{Error, Files, Location};
use codespan_reporting::term::{self, WriteStyle};

use super::{Checked, Palette, rule_name};
use crate::diagnostic::{Diagnostic, Severity};
use crate::text::{Source, Span};

pub fn write(files: &[Checked], palette: &Palette, out: &mut dyn Write) -> io::Result<()> {
    for Checked { source, report } in files {
        for diagnostic in &report.diagnostics {
            out.write_all(draw(source, diagnostic, palette)?.as_bytes())?;
        }
    }
    Ok(())
}

/// One finding: a headline, the code with its labels, help and fix, an empty line.
pub fn draw(source: &Source, diagnostic: &Diagnostic, palette: &Palette) -> io::Result<String> {
    let (style, strong) = (palette.severity(diagnostic.severity), palette.strong);
    let (severity, message) = (diagnostic.severity.name(), &diagnostic.message);
    let rule = rule_name(diagnostic.rule, palette);
    let headline = format!("{style}{severity}[{rule}]{style:#}{strong}: {message}{strong:#}\n");

    let mut out = Vec::new();
    let (sources, frame) = frame_of(source, diagnostic);
    let mut canvas = Canvas { out: &mut out, palette, style: Style::new() };
    term::emit_to_write_style(&mut canvas, &term::Config::default(), &sources, &frame).map_err(io::Error::other)?;
    // The frame's own headline knows no `info`, so ours takes its place.
    let drawn = String::from_utf8_lossy(&out);
    let body = drawn.split_once('\n').map_or("", |(_, body)| body);
    Ok(headline + body)
}

fn frame_of<'a>(source: &'a Source, diagnostic: &'a Diagnostic) -> (Sources<'a>, frame::Diagnostic<usize>) {
    let mut sources = Sources::default();
    let here = sources.add(source);
    let mut primary = Label::primary(here, marked(source, diagnostic.span));
    let mut others = Vec::new();
    for note in &diagnostic.notes {
        let noted = note.file.as_deref().unwrap_or(source);
        let file = sources.add(noted);
        if file == here && note.span == diagnostic.span && primary.message.is_empty() {
            // The story's own words for the place that the finding is about.
            primary.message = note.message.clone();
        } else {
            others.push(Label::secondary(file, marked(noted, note.span)).with_message(&note.message));
        }
    }
    let help = diagnostic.help.iter().map(|help| format!("help: {help}"));
    let fix = diagnostic.fix.iter().map(|fix| format!("fix ({}): {}", fix.safety.name(), fix.title));
    let severity = match diagnostic.severity {
        Severity::Error => frame::Severity::Error,
        Severity::Warning => frame::Severity::Warning,
        Severity::Info => frame::Severity::Note,
    };
    let frame =
        frame::Diagnostic::new(severity).with_label(primary).with_labels_iter(others).with_notes_iter(help.chain(fix));
    (sources, frame)
}

/// The part of a span that can be marked: a line break at its end has no place to be drawn at.
fn marked(source: &Source, span: Span) -> Range<usize> {
    let text = source.slice(span).trim_end_matches(['\r', '\n']);
    let start = span.start as usize;
    start..start + text.len()
}

/// The files of one story; the first is the finding's own.
#[derive(Default)]
struct Sources<'a> {
    files: Vec<(&'a Source, Cow<'a, str>)>,
}

impl<'a> Sources<'a> {
    fn add(&mut self, source: &'a Source) -> usize {
        let known = self.files.iter().position(|(file, _)| file.path == source.path && file.cell == source.cell);
        known.unwrap_or_else(|| {
            self.files.push((source, harmless(&source.text)));
            self.files.len() - 1
        })
    }

    fn get(&self, id: usize) -> Result<&(&'a Source, Cow<'a, str>), Error> {
        self.files.get(id).ok_or(Error::FileMissing)
    }
}

/// The text without characters that would steer the terminal; each is as long as before, so places stay true.
fn harmless(text: &str) -> Cow<'_, str> {
    let is_plain = |byte: u8| byte >= b' ' && byte != 0x7f || matches!(byte, b'\t' | b'\n' | b'\r');
    if text.bytes().all(is_plain) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| if c.is_ascii() && !is_plain(c as u8) { '?' } else { c }).collect())
}

impl<'a> Files<'a> for Sources<'a> {
    type FileId = usize;
    type Name = Cow<'a, str>;
    type Source = &'a str;

    fn name(&'a self, id: usize) -> Result<Cow<'a, str>, Error> {
        Ok(self.get(id)?.0.shown())
    }

    fn source(&'a self, id: usize) -> Result<&'a str, Error> {
        Ok(&self.get(id)?.1)
    }

    fn line_index(&'a self, id: usize, offset: usize) -> Result<usize, Error> {
        Ok(self.get(id)?.0.lines().line(offset as u32) as usize - 1)
    }

    fn line_range(&'a self, id: usize, index: usize) -> Result<Range<usize>, Error> {
        let source = self.get(id)?.0;
        let (lines, line) = (source.lines(), index as u32 + 1);
        if line > lines.count() {
            return Err(Error::LineTooLarge { given: index, max: lines.count() as usize - 1 });
        }
        let mut range = lines.span(&source.text, line).range();
        if range.start == 0 && source.text.starts_with('\u{feff}') {
            // A byte order mark is no character of the first line.
            range.start = '\u{feff}'.len_utf8();
        }
        Ok(range)
    }

    fn location(&'a self, id: usize, offset: usize) -> Result<Location, Error> {
        let place = self.get(id)?.0.place(offset as u32);
        Ok(Location { line_number: place.line as usize, column_number: place.column as usize })
    }
}

/// Where codespan-reporting draws: it says what comes next, the palette says how that looks.
struct Canvas<'a> {
    out: &'a mut Vec<u8>,
    palette: &'a Palette,
    style: Style,
}

impl Canvas<'_> {
    fn set(&mut self, style: Style) -> io::Result<()> {
        self.reset()?;
        self.style = style;
        write!(self.out, "{style}")
    }
}

impl Write for Canvas<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl WriteStyle for Canvas<'_> {
    fn set_header(&mut self, _: frame::Severity) -> io::Result<()> {
        Ok(())
    }

    fn set_header_message(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn set_line_number(&mut self) -> io::Result<()> {
        self.set(self.palette.quiet)
    }

    fn set_note_bullet(&mut self) -> io::Result<()> {
        self.set(self.palette.quiet)
    }

    fn set_source_border(&mut self) -> io::Result<()> {
        self.set(self.palette.quiet)
    }

    fn set_label(&mut self, severity: frame::Severity, style: LabelStyle) -> io::Result<()> {
        self.set(match (style, severity) {
            (LabelStyle::Secondary, _) => self.palette.note,
            (_, frame::Severity::Error | frame::Severity::Bug) => self.palette.error,
            (_, frame::Severity::Warning) => self.palette.warning,
            (_, frame::Severity::Note | frame::Severity::Help) => self.palette.info,
        })
    }

    fn reset(&mut self) -> io::Result<()> {
        let style = std::mem::take(&mut self.style);
        write!(self.out, "{style:#}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample;

    fn check(file: &Checked, expected: &str) {
        let drawn = draw(&file.source, &file.report.diagnostics[0], &Palette::default()).unwrap();
        assert_eq!(drawn, expected, "\n{drawn}");
        // Colours change nothing else.
        let coloured = draw(&file.source, &file.report.diagnostics[0], &Palette::coloured()).unwrap();
        assert_ne!(coloured, drawn);
        assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), drawn);
    }

    #[test]
    fn a_story_is_told_in_the_code() {
        check(
            &sample::story(),
            "\
error[reuse-exhausted]: `gen` has nothing left
  ┌─ src/a.py:3:17
  │
1 │ gen = ticks()
  │       ------- made here
2 │ async for 数 in gen: ...
  │                 --- used up here
3 │     async for x in gen: ...  # é
  │                    ^^^ used again here
  │
  = help: an async generator gives its items once
  = fix (safe): make a new one

",
        );
    }

    #[test]
    fn a_cause_in_another_file_is_shown_there() {
        check(
            &sample::elsewhere(),
            "\
info[some-rule]: this cannot be awaited
  ┌─ src/b.py:2:7
  │
2 │ await feed()
  │       ^^^^^^
  │
  ┌─ src/feed.py:2:11
  │
2 │ async def feed():
  │           ---- an async generator function

",
        );
    }

    #[test]
    fn control_characters_cannot_steer_the_terminal() {
        let mut file = sample::elsewhere();
        file.source = Source::new("c.py", "x = '\x1b[31m\x0c数'\n");
        file.report.diagnostics[0].span = Span::new(14, 16);
        file.report.diagnostics[0].notes.clear();
        check(
            &file,
            "\
info[some-rule]: this cannot be awaited
  ┌─ c.py:1:13
  │
1 │ x = '?[31m?数'
  │              ^

",
        );
    }

    #[test]
    fn the_end_of_a_file_can_be_pointed_at() {
        let mut file = sample::elsewhere();
        file.source = Source::new("c.py", "(\n");
        file.report.diagnostics[0].span = Span::at(2);
        file.report.diagnostics[0].notes.clear();
        check(&file, "info[some-rule]: this cannot be awaited\n  ┌─ c.py:2:1\n  │\n2 │ \n  │ ^\n\n");
    }
}
