//! A file as bytes.
//!
//! Inside, every place is a byte offset. Lines and columns exist only at the edge, where something is shown to a
//! person or sent to an editor; `LineIndex` makes them when they are first asked for.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

mod words;

use words::Index;
pub use words::{WordHash, WordSet};

/// A half-open range of bytes in one file.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct Span {
    pub start: u32,
    pub end: u32,
}

impl Span {
    pub fn new(start: u32, end: u32) -> Span {
        debug_assert!(start <= end);
        Span { start, end }
    }

    /// The empty span at one place: where something is to be inserted.
    pub fn at(offset: u32) -> Span {
        Span { start: offset, end: offset }
    }

    pub fn len(self) -> u32 {
        self.end - self.start
    }

    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    pub fn contains(self, offset: u32) -> bool {
        self.start <= offset && offset < self.end
    }

    pub fn encloses(self, inner: Span) -> bool {
        self.start <= inner.start && inner.end <= self.end
    }

    /// True when the two share at least one byte.
    pub fn overlaps(self, other: Span) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// From the start of one to the end of the other.
    pub fn to(self, other: Span) -> Span {
        Span::new(self.start.min(other.start), self.end.max(other.end))
    }

    pub fn text(self, of: &str) -> &str {
        &of[self.start as usize..self.end as usize]
    }

    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A line and a column as people count them: both from 1, columns in characters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Place {
    pub line: u32,
    pub column: u32,
}

/// One file to check. `path` is a label for messages: nothing is ever read through it.
#[derive(Clone, Debug)]
pub struct Source {
    pub path: Arc<str>,
    pub text: Arc<str>,
    /// The number of the notebook's cell that the text is, as people count them.
    pub cell: Option<u32>,
    lines: OnceLock<LineIndex>,
    words: Index,
}

impl Source {
    pub fn new(path: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Source {
        let (lines, words) = (OnceLock::new(), Index::default());
        Source { path: path.into(), text: text.into(), cell: None, lines, words }
    }

    /// The code of one cell of a notebook.
    pub fn of_cell(path: impl Into<Arc<str>>, text: impl Into<Arc<str>>, number: u32) -> Source {
        Source { cell: Some(number), ..Source::new(path, text) }
    }

    /// The same text, of which nothing is worked out: what one reader wants to know of it goes with the reader.
    pub fn afresh(&self) -> Source {
        Source { cell: self.cell, ..Source::new(self.path.clone(), self.text.clone()) }
    }

    /// How people are told where it is.
    pub fn shown(&self) -> Cow<'_, str> {
        match self.cell {
            Some(number) => Cow::Owned(format!("{}:cell {number}", self.path)),
            None => Cow::Borrowed(&self.path),
        }
    }

    pub fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::new(&self.text))
    }

    pub fn slice(&self, span: Span) -> &str {
        span.text(&self.text)
    }

    pub fn place(&self, offset: u32) -> Place {
        self.lines().place(&self.text, offset)
    }

    /// Where a piece of text stands.
    pub fn find(&self, piece: &str) -> impl Iterator<Item = u32> {
        let found: Vec<usize> = memchr::memmem::find_iter(self.text.as_bytes(), piece.as_bytes()).collect();
        found.into_iter().map(|at| at as u32)
    }

    /// Where a name, or another word, stands on its own and not as part of a longer one.
    pub fn find_word(&self, word: &str) -> impl Iterator<Item = u32> {
        let mut found: Vec<u32> = self.find_hashed(word, WordHash::of(word)).collect();
        found.reverse();
        found.into_iter()
    }

    /// The same from the end of the text to its start, for a word whose hash is known.
    pub fn find_hashed(&self, word: &str, hash: WordHash) -> impl Iterator<Item = u32> {
        self.words.find(&self.text, word, hash)
    }

    /// The blanks between the start of the line and this place; None when something else stands before it.
    pub fn indent(&self, at: u32) -> Option<&str> {
        let before = &self.text[..at as usize];
        let line = &before[before.rfind(['\n', '\r']).map_or(0, |end| end + 1)..];
        line.chars().all(|c| matches!(c, ' ' | '\t')).then_some(line)
    }

    /// The line's text without its line break; lines count from 1.
    pub fn line(&self, line: u32) -> &str {
        self.slice(self.lines().span(&self.text, line))
    }
}

/// Where each line starts. A line ends with `\n`, `\r\n` or a lone `\r`, as Python reads them.
#[derive(Clone, Debug)]
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    pub fn new(text: &str) -> LineIndex {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for at in memchr::memchr2_iter(b'\n', b'\r', bytes) {
            // The `\n` of a `\r\n` ends the line, the `\r` before it does not.
            if bytes[at] == b'\n' || bytes.get(at + 1) != Some(&b'\n') {
                starts.push(at as u32 + 1);
            }
        }
        LineIndex { starts }
    }

    pub fn count(&self) -> u32 {
        self.starts.len() as u32
    }

    /// The line that holds the offset, from 1.
    pub fn line(&self, offset: u32) -> u32 {
        self.starts.partition_point(|&start| start <= offset) as u32
    }

    /// Where the line starts; lines count from 1.
    pub fn start(&self, line: u32) -> u32 {
        self.starts[line as usize - 1]
    }

    /// The line without its line break.
    pub fn span(&self, text: &str, line: u32) -> Span {
        let start = self.start(line);
        let next = self.starts.get(line as usize).copied().unwrap_or(text.len() as u32);
        let body = &text[start as usize..next as usize];
        Span::new(start, start + body.trim_end_matches(['\n', '\r']).len() as u32)
    }

    pub fn place(&self, text: &str, offset: u32) -> Place {
        let line = self.line(offset);
        let mut start = self.start(line) as usize;
        // A byte order mark is no character of the first line.
        if start == 0 && text.starts_with('\u{feff}') && offset >= 3 {
            start = 3;
        }
        let column = text[start..offset as usize].chars().count() as u32 + 1;
        Place { line, column }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `expected` is `line:column` for each `|` of the text, which is taken out before.
    fn check(marked: &str, expected: &[(u32, u32)]) {
        let mut text = String::new();
        let mut offsets = Vec::new();
        for c in marked.chars() {
            match c {
                '|' => offsets.push(text.len() as u32),
                c => text.push(c),
            }
        }
        let source = Source::new("t.py", text);
        let found: Vec<_> = offsets.iter().map(|&at| source.place(at)).map(|p| (p.line, p.column)).collect();
        assert_eq!(found, expected, "{marked:?}");
    }

    #[test]
    fn places_count_from_one() {
        check("|a\nb|c\n|", &[(1, 1), (2, 2), (3, 1)]);
    }

    #[test]
    fn every_kind_of_line_break_ends_a_line() {
        check("a\r\n|b\r|c\n|d", &[(2, 1), (3, 1), (4, 1)]);
    }

    #[test]
    fn columns_are_characters_not_bytes() {
        check("é𝄞|x", &[(1, 3)]);
    }

    #[test]
    fn a_byte_order_mark_has_no_column() {
        check("\u{feff}|x|y\n|z", &[(1, 1), (1, 2), (2, 1)]);
    }

    #[test]
    fn a_line_comes_without_its_break() {
        let source = Source::new("t.py", "ab\r\ncd\n");
        assert_eq!((source.line(1), source.line(2), source.line(3)), ("ab", "cd", ""));
    }
}
