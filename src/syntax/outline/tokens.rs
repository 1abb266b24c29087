//! A logical line as tokens, only as fine as names need: a word, a comma, an equals sign.
//!
//! Two readers of the line make them. [`Surface`] takes what stands outside brackets, in the same pass that looks for
//! the end of the line; [`Deep`] takes all, for the few lines where it matters.

use super::LostReason;
use super::cutting::Comments;
use super::lexing::{EVERYTHING, Open, Table, Watch, word_end};
use crate::text::Span;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// A name or a keyword.
    Word,
    /// The opening bracket to the closing one, when brackets are not looked into.
    Group,
    Open,
    Close,
    /// A string. The prefix, if any, is a word of its own before it, which is never mistaken for a target.
    Text,
    Equal,
    /// `+=` and its like.
    Augment,
    Walrus,
    /// Not the colon of a lambda, when brackets are not looked into.
    Colon,
    Comma,
    Semicolon,
    Dot,
    Star,
    /// Numbers and operators; neighbours are joined.
    Other,
}

#[derive(Clone, Copy)]
pub struct Token {
    pub kind: TokenKind,
    pub start: u32,
    pub end: u32,
}

impl Token {
    pub fn span(self) -> Span {
        Span { start: self.start, end: self.end }
    }

    pub fn is(self, text: &str, word: &str) -> bool {
        self.kind == TokenKind::Word && self.span().text(text) == word
    }
}

fn push(tokens: &mut Vec<Token>, kind: TokenKind, start: usize, end: usize) {
    match tokens.last_mut() {
        Some(last) if kind == TokenKind::Other && last.kind == kind => last.end = end as u32,
        _ => tokens.push(Token { kind, start: start as u32, end: end as u32 }),
    }
}

/// The word, number or operator at `at`.
fn token_at(bytes: &[u8], at: usize) -> (TokenKind, usize) {
    let next = bytes.get(at + 1).copied();
    let kind = match bytes[at] {
        b',' => TokenKind::Comma,
        b';' => TokenKind::Semicolon,
        b'.' => TokenKind::Dot,
        b':' if next == Some(b'=') => return (TokenKind::Walrus, at + 2),
        b':' => TokenKind::Colon,
        b'=' | b'!' if next == Some(b'=') => return (TokenKind::Other, at + 2),
        b'=' => TokenKind::Equal,
        b'-' if next == Some(b'>') => return (TokenKind::Other, at + 2),
        operator @ (b'+' | b'-' | b'*' | b'/' | b'%' | b'@' | b'&' | b'|' | b'^' | b'<' | b'>') => {
            let twice = matches!(operator, b'*' | b'/' | b'<' | b'>') && next == Some(operator);
            let end = if twice { at + 2 } else { at + 1 };
            let assigns = bytes.get(end) == Some(&b'=');
            return match operator {
                b'<' | b'>' if assigns && !twice => (TokenKind::Other, end + 1),
                _ if assigns => (TokenKind::Augment, end + 1),
                b'*' if !twice => (TokenKind::Star, end),
                _ => (TokenKind::Other, end),
            };
        }
        b'0'..=b'9' => return (TokenKind::Other, number_end(bytes, at)),
        byte if byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80 => {
            return (TokenKind::Word, word_end(bytes, at));
        }
        _ => TokenKind::Other,
    };
    (kind, at + 1)
}

/// A number with its letters (`0xff`, `1e5`, `2j`) and its point. A keyword may stand right behind a number, as in
/// `1if x else y`, and is taken for a part of it. Of those that may, only `for` ever matters, and only in
/// `[lambda: 1for …]`.
fn number_end(bytes: &[u8], at: usize) -> usize {
    let end = word_end(bytes, at);
    if bytes.get(end) == Some(&b'.') { word_end(bytes, end + 1) } else { end }
}

/// Collects the tokens outside brackets, in the same pass that looks for the end of the line.
pub struct Surface<'a> {
    pub comments: &'a mut Comments,
    pub tokens: &'a mut Vec<Token>,
    /// Lambdas whose colon is still to come: until then neither `=` nor `:` is the statement's own.
    pub lambdas: u32,
}

impl Watch for Surface<'_> {
    const SURFACE: &'static Table = &EVERYTHING;

    fn token(&mut self, bytes: &[u8], at: usize) -> usize {
        let (mut kind, end) = token_at(bytes, at);
        match kind {
            TokenKind::Word if &bytes[at..end] == b"lambda" => self.lambdas += 1,
            TokenKind::Colon if self.lambdas > 0 => {
                self.lambdas -= 1;
                kind = TokenKind::Other;
            }
            TokenKind::Equal if self.lambdas > 0 => kind = TokenKind::Other,
            TokenKind::Semicolon => self.lambdas = 0,
            _ => {}
        }
        push(self.tokens, kind, at, end);
        end
    }

    fn string(&mut self, start: usize, end: usize, depth: usize) {
        if depth == 0 {
            push(self.tokens, TokenKind::Text, start, end);
        }
    }

    fn open(&mut self, at: usize, what: Open, depth: usize) {
        if depth == 0 {
            let kind = if matches!(what, Open::Text(_)) { TokenKind::Text } else { TokenKind::Group };
            push(self.tokens, kind, at, at);
        }
    }

    fn close(&mut self, end: usize, depth: usize) {
        if depth == 0
            && let Some(last) = self.tokens.last_mut()
        {
            last.end = end as u32;
        }
    }

    fn text(&mut self, start: usize, end: usize) {
        self.comments.text(start, end);
    }

    fn comment(&mut self, start: usize, end: usize) {
        self.comments.push(start, end);
    }

    fn lost(&mut self, at: usize, why: LostReason) {
        self.comments.lose(at, why);
    }
}

/// Collects the tokens within brackets too, and in the fields of formatted strings, of a line that was read before.
pub struct Deep<'a> {
    pub tokens: &'a mut Vec<Token>,
}

impl Watch for Deep<'_> {
    const SURFACE: &'static Table = &EVERYTHING;
    const INSIDE: &'static Table = &EVERYTHING;
    const FIELD: &'static Table = &EVERYTHING;

    fn token(&mut self, bytes: &[u8], at: usize) -> usize {
        let (kind, end) = token_at(bytes, at);
        push(self.tokens, kind, at, end);
        end
    }

    fn string(&mut self, start: usize, end: usize, _depth: usize) {
        push(self.tokens, TokenKind::Text, start, end);
    }

    fn open(&mut self, at: usize, _what: Open, _depth: usize) {
        push(self.tokens, TokenKind::Open, at, at + 1);
    }

    fn close(&mut self, end: usize, _depth: usize) {
        push(self.tokens, TokenKind::Close, end - 1, end);
    }
}
