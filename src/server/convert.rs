//! Our types to the protocol's. The only place where its positions exist.
//!
//! A position is a line and a column, both from 0; what a column counts is agreed with the client.

use ropey::Rope;
use tower_lsp::lsp_types::{
    CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag, Location,
    NumberOrString, Position, PositionEncodingKind, Range, TextEdit, Url,
};

use crate::config::Level;
use crate::diagnostic::{self, Edit, Note, Severity};
use crate::rules::by_name;
use crate::text::{Source, Span};

/// What columns count.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Encoding {
    Utf8,
    /// What a client means that names none.
    #[default]
    Utf16,
    Utf32,
}

impl Encoding {
    /// The first that the client names and that is known here, so that all servers on one text count alike.
    pub fn agreed(offered: &[PositionEncodingKind]) -> Encoding {
        offered.iter().find_map(Encoding::known).unwrap_or_default()
    }

    fn known(kind: &PositionEncodingKind) -> Option<Encoding> {
        match kind.as_str() {
            "utf-8" => Some(Encoding::Utf8),
            "utf-16" => Some(Encoding::Utf16),
            "utf-32" => Some(Encoding::Utf32),
            _ => None,
        }
    }

    pub fn kind(self) -> PositionEncodingKind {
        match self {
            Encoding::Utf8 => PositionEncodingKind::UTF8,
            Encoding::Utf16 => PositionEncodingKind::UTF16,
            Encoding::Utf32 => PositionEncodingKind::UTF32,
        }
    }

    /// How long the text is.
    fn width(self, text: &str) -> u32 {
        let width = match self {
            Encoding::Utf8 => text.len(),
            Encoding::Utf16 if text.is_ascii() => text.len(),
            Encoding::Utf16 => text.chars().map(char::len_utf16).sum(),
            Encoding::Utf32 => text.chars().count(),
        };
        width as u32
    }

    pub fn position(self, source: &Source, offset: u32) -> Position {
        let lines = source.lines();
        let line = lines.line(offset);
        let before = Span::new(lines.start(line), offset);
        Position { line: line - 1, character: self.width(source.slice(before)) }
    }

    pub fn range(self, source: &Source, span: Span) -> Range {
        Range { start: self.position(source, span.start), end: self.position(source, span.end) }
    }

    /// The character at a position. What lies beyond a line's end is the line's end, what lies beyond the last line
    /// is the end of the text, and what lies inside a character is that character.
    pub fn char_at(self, rope: &Rope, position: Position) -> usize {
        let line = position.line as usize;
        if line >= rope.len_lines() {
            return rope.len_chars();
        }
        let text = rope.line(line);
        let breaks = text.chars_at(text.len_chars()).reversed().take_while(|c| matches!(c, '\n' | '\r')).count();
        let text = text.slice(..text.len_chars() - breaks);
        let column = position.character as usize;
        let within = match self {
            Encoding::Utf8 if column < text.len_bytes() => text.byte_to_char(column),
            Encoding::Utf16 if column < text.len_utf16_cu() => text.utf16_cu_to_char(column),
            Encoding::Utf32 if column < text.len_chars() => column,
            _ => text.len_chars(),
        };
        rope.line_to_char(line) + within
    }
}

/// How findings are told to one client.
#[derive(Clone, Copy, Default, Debug)]
pub struct Manner {
    pub encoding: Encoding,
    /// The story in places of its own; otherwise it is told in the message.
    pub related: bool,
    pub descriptions: bool,
    pub tags: bool,
}

impl Manner {
    /// A finding in the text called `uri`. `uri_of` names other files.
    pub fn tell(
        &self,
        source: &Source,
        uri: &Url,
        found: &diagnostic::Diagnostic,
        uri_of: &dyn Fn(&str) -> Option<Url>,
    ) -> Diagnostic {
        let mut message = found.message.clone();
        if let Some(help) = &found.help {
            message.push_str("\nhelp: ");
            message.push_str(help);
        }
        let mut related = Vec::new();
        for note in &found.notes {
            match self.location(source, uri, note, uri_of) {
                Some(location) if self.related => {
                    related.push(DiagnosticRelatedInformation { location, message: note.message.clone() });
                }
                _ => message.push_str(&told(source, note)),
            }
        }
        let rule = by_name(found.rule);
        let docs = rule.and_then(|rule| Url::parse(rule.meta().docs).ok());
        Diagnostic {
            range: self.encoding.range(source, found.span),
            severity: Some(severity(found)),
            code: Some(NumberOrString::String(found.rule.to_string())),
            code_description: docs.filter(|_| self.descriptions).map(|href| CodeDescription { href }),
            source: Some("aiterlint".to_string()),
            message,
            related_information: self.related.then_some(related).filter(|related| !related.is_empty()),
            tags: (self.tags && found.rule == "unused-ignore").then(|| vec![DiagnosticTag::UNNECESSARY]),
            data: None,
        }
    }

    fn location(
        &self,
        source: &Source,
        uri: &Url,
        note: &Note,
        uri_of: &dyn Fn(&str) -> Option<Url>,
    ) -> Option<Location> {
        let (uri, source) = match &note.file {
            Some(file) => (uri_of(&file.path)?, file.as_ref()),
            None => (uri.clone(), source),
        };
        Some(Location { uri, range: self.encoding.range(source, note.span) })
    }
}

/// A place of the story as a line of the message.
fn told(source: &Source, note: &Note) -> String {
    match &note.file {
        Some(file) => format!("\n{}:{}: {}", file.path, file.place(note.span.start).line, note.message),
        None => format!("\nline {}: {}", source.place(note.span.start).line, note.message),
    }
}

/// What only speaks because somebody asked for it is a hint.
fn severity(found: &diagnostic::Diagnostic) -> DiagnosticSeverity {
    let is_taste = by_name(found.rule).is_some_and(|rule| rule.meta().level == Level::Off);
    match found.severity {
        Severity::Error => DiagnosticSeverity::ERROR,
        Severity::Warning => DiagnosticSeverity::WARNING,
        Severity::Info if is_taste => DiagnosticSeverity::HINT,
        Severity::Info => DiagnosticSeverity::INFORMATION,
    }
}

/// An edit with the line breaks of its text.
pub fn text_edit(encoding: Encoding, source: &Source, edit: &Edit) -> TextEdit {
    let has_windows_lines = source.text.find('\n').is_some_and(|at| source.text[..at].ends_with('\r'));
    let plain = edit.text.replace("\r\n", "\n");
    let new_text = if has_windows_lines { plain.replace('\n', "\r\n") } else { edit.text.clone() };
    TextEdit { range: encoding.range(source, edit.span), new_text }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// There and back for each character of the text, in every encoding.
    fn check(text: &str) {
        let (source, rope) = (Source::new("t.py", text), Rope::from_str(text));
        for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
            for (number, (offset, c)) in text.char_indices().enumerate() {
                if c == '\n' && text[..offset].ends_with('\r') {
                    continue;
                }
                let position = encoding.position(&source, offset as u32);
                assert_eq!(encoding.char_at(&rope, position), number, "{text:?} {encoding:?} {position:?}");
            }
        }
    }

    #[test]
    fn positions_lead_there_and_back() {
        for text in ["", "abc", "a\nb\r\nc\rd\n", "é𝄞x\r\n𝄞𝄞\r\ry", "\u{feff}x = '𝄞'\n", "\u{2028}\u{b}\u{85}a\nb"]
        {
            check(text);
        }
    }

    #[test]
    fn columns_count_what_was_agreed() {
        let source = Source::new("t.py", "x\né𝄞z");
        let column = |encoding: Encoding| encoding.position(&source, source.text.len() as u32).character;
        assert_eq!((column(Encoding::Utf8), column(Encoding::Utf16), column(Encoding::Utf32)), (7, 4, 3));
    }

    #[test]
    fn what_lies_beyond_is_the_end() {
        let rope = Rope::from_str("𝄞b\r\ncd");
        let at = |line, character| Encoding::Utf16.char_at(&rope, Position { line, character });
        assert_eq!((at(0, 99), at(1, 99), at(9, 0)), (2, 6, 6));
        // Half a character is that character.
        assert_eq!(at(0, 1), 0);
    }

    #[test]
    fn the_first_known_encoding_is_taken() {
        let agreed = |names: &[&'static str]| {
            Encoding::agreed(&names.iter().map(|name| PositionEncodingKind::new(name)).collect::<Vec<_>>())
        };
        assert_eq!(agreed(&["utf-7", "utf-32", "utf-8"]), Encoding::Utf32);
        assert_eq!(agreed(&[]), Encoding::Utf16);
    }
}
