//! One open text, as the client has it.

use std::cell::OnceCell;
use std::sync::Arc;

use ropey::Rope;
use tower_lsp::lsp_types::{Position, Range, TextDocumentContentChangeEvent, TextDocumentItem, Url};

use super::convert::Encoding;
use crate::check::Report;
use crate::text::{Source, Span};

pub struct Document {
    pub uri: Url,
    /// How the rest of the program calls it: the path of its file, or its address when it has none.
    pub name: Arc<str>,
    pub is_python: bool,
    /// A cell of a notebook. Findings in it are told unasked: editors do not ask about cells.
    pub is_cell: bool,
    /// The client's number for the text it has now.
    pub version: i32,
    /// The worker's clock at the last change.
    pub touched: u64,
    /// The text as it is edited; most that is open is only read.
    rope: OnceCell<Rope>,
    /// The text as a check takes it; made anew after edits.
    source: Option<Arc<Source>>,
    /// What was found in the text, or None since something has changed: the text, or what it depends on.
    pub checked: Option<Checked>,
    /// The newest outcome there is, of this text or of what it was before; of this text it may be a draft.
    pub last: Option<Checked>,
    /// What was found has not been looked at by `take_news` yet.
    pub is_news: bool,
    /// What the client has been told: about which version, and a number that stands for the findings.
    pub told: Option<(i32, u64)>,
    /// What the client has got when it last asked, as the same number.
    pub answered: Option<u64>,
    /// Something that it depends on has changed, and the client does not know.
    pub is_shaken: bool,
}

/// The outcome of a check.
#[derive(Clone)]
pub struct Checked {
    pub source: Arc<Source>,
    pub report: Arc<Report>,
}

impl Document {
    /// A text that has been opened; `now` is the worker's clock.
    pub fn new(item: TextDocumentItem, name: Arc<str>, now: u64) -> Document {
        let source = Some(Arc::new(Source::new(name.clone(), item.text)));
        Document {
            name,
            is_python: item.language_id == "python",
            is_cell: false,
            version: item.version,
            touched: now,
            rope: OnceCell::new(),
            uri: item.uri,
            source,
            checked: None,
            last: None,
            is_news: false,
            told: None,
            answered: None,
            is_shaken: false,
        }
    }

    /// Applies changes in order: each stands in the text that the one before has left.
    pub fn change(&mut self, version: i32, changes: &[TextDocumentContentChangeEvent], encoding: Encoding, now: u64) {
        let mut rope = self.rope().clone();
        for change in changes {
            match change.range {
                Some(range) => {
                    let (a, b) = (encoding.char_at(&rope, range.start), encoding.char_at(&rope, range.end));
                    let (start, end) = (a.min(b), a.max(b));
                    rope.remove(start..end);
                    rope.insert(start, &change.text);
                }
                None => rope = Rope::from_str(&change.text),
            }
        }
        self.rope = OnceCell::from(rope);
        self.version = version;
        self.touched = now;
        self.source = None;
        self.checked = None;
    }

    /// Something that it depends on has changed.
    pub fn shake(&mut self) {
        self.checked = None;
        self.is_shaken = true;
    }

    /// What is known about the text as it is now.
    pub fn known(&self) -> Option<Checked> {
        let is_of_now = |last: &&Checked| self.source.as_ref().is_some_and(|now| Arc::ptr_eq(&last.source, now));
        self.checked.as_ref().or_else(|| self.last.as_ref().filter(is_of_now)).cloned()
    }

    /// Whether something was found since this was last asked.
    pub fn take_news(&mut self) -> bool {
        std::mem::take(&mut self.is_news)
    }

    /// The text as a check takes it.
    pub fn source(&mut self) -> Arc<Source> {
        let written = || self.rope.get().map(Rope::to_string).unwrap_or_default();
        let source = || Arc::new(Source::new(self.name.clone(), written()));
        self.source.get_or_insert_with(source).clone()
    }

    fn rope(&self) -> &Rope {
        let read = || self.source.as_ref().map_or("", |source| &source.text);
        self.rope.get_or_init(|| Rope::from_str(read()))
    }

    /// Where a position is, in bytes.
    pub fn offset(&self, position: Position, encoding: Encoding) -> u32 {
        self.rope().char_to_byte(encoding.char_at(self.rope(), position)) as u32
    }

    /// The stretch between two positions, whichever comes first.
    pub fn span(&self, range: Range, encoding: Encoding) -> Span {
        let (a, b) = (self.offset(range.start, encoding), self.offset(range.end, encoding));
        Span::new(a.min(b), a.max(b))
    }

    /// Whether nobody has seen the text as it is now.
    pub fn is_unread(&self) -> bool {
        self.source.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Random edits to a rope and to a plain string, in every encoding, end in the same text.
    #[test]
    fn edits_end_in_the_same_text() {
        let pieces =
            ["", "a", "\n", "\r", "\r\n", "𝄞", "é", "\u{feff}", "async for x in y:\n\t", "\"\"\"", "\u{2028}", "\u{b}"];
        let mut random = 1u64;
        let mut next = move |below: usize| {
            random = random.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (random >> 33) as usize % below
        };
        for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
            let uri = Url::parse("untitled:a").unwrap();
            let mut text = "x = 1\r\ny\n".to_string();
            let item = TextDocumentItem::new(uri, "python".to_string(), 0, text.clone());
            let mut document = Document::new(item, "a".into(), 0);
            for version in 0..2000 {
                let mut places: Vec<usize> = (0..2).map(|_| next(text.len() + 1)).collect();
                for place in &mut places {
                    // Nobody's cursor stands inside a character or between `\r` and `\n`.
                    while !text.is_char_boundary(*place)
                        || text[..*place].ends_with('\r') && text[*place..].starts_with('\n')
                    {
                        *place -= 1;
                    }
                }
                places.sort_unstable();
                // The text neither grows without end nor empties.
                let end = if text.len() > 200 { places[1] } else { places[0] };
                let source = Source::new("a", text.as_str());
                let position = |at: usize| encoding.position(&source, at as u32);
                let range = Some(Range { start: position(places[0]), end: position(end) });
                let piece = pieces[next(pieces.len())].to_string();
                text.replace_range(places[0]..end, &piece);
                let change = TextDocumentContentChangeEvent { range, range_length: None, text: piece };
                document.change(version, &[change], encoding, 0);
                assert_eq!(*document.source().text, text);
            }
        }
    }
}
