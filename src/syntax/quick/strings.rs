//! Strings, with the expressions in formatted ones.

use super::tokens::Token;
use super::{Id, Parser};
use crate::syntax::{Field, SyntaxKind};
use crate::text::Span;

/// How a string is delimited, and how it is to be read.
#[derive(Clone, Copy)]
struct Quote {
    byte: u8,
    is_triple: bool,
    is_formatted: bool,
    is_raw: bool,
}

impl Parser<'_> {
    /// One string, or several that stand side by side.
    pub fn strings(&mut self) -> Option<Id> {
        let first = self.string()?;
        if self.token != Token::Quote {
            return Some(first);
        }
        let node = self.around(SyntaxKind::ConcatenatedString, Field::No, first);
        while self.token == Token::Quote {
            let string = self.string()?;
            self.add(node, Field::No, string);
        }
        Some(node)
    }

    fn string(&mut self) -> Option<Id> {
        let start = self.span;
        let quote = self.quote();
        let node = self.begin(SyntaxKind::String, start.start);
        let opening = self.leaf(SyntaxKind::StringStart, start);
        self.add(node, Field::No, opening);
        let mut at = start.end;
        let mut content = at;
        loop {
            let found = self.literal_end(at, quote)?;
            if self.byte(found) == b'{' {
                self.content(node, content, found, quote)?;
                let field = self.deeper(|this| this.interpolation(found, quote, SyntaxKind::Interpolation))?;
                self.add(node, Field::No, field);
                at = self.nodes[field as usize].span.end;
                content = at;
                continue;
            }
            self.content(node, content, found, quote)?;
            let end = found + if quote.is_triple { 3 } else { 1 };
            let closing = self.leaf(SyntaxKind::StringEnd, Span::new(found, end));
            self.add(node, Field::No, closing);
            self.end = end;
            self.read_from(end)?;
            return Some(node);
        }
    }

    fn quote(&self) -> Quote {
        let word = self.word();
        let byte = word[word.len() - 1];
        let has = |letter: u8| word.iter().any(|byte| byte | 0x20 == letter);
        Quote { byte, is_triple: word.ends_with(&[byte; 3]), is_formatted: has(b'f') || has(b't'), is_raw: has(b'r') }
    }

    fn content(&mut self, node: Id, start: u32, end: u32, quote: Quote) -> Option<()> {
        if start == end {
            return Some(());
        }
        let mut pairs = self.bytes[start as usize..end as usize].chunks(2);
        let is_escaped = |byte: u8| byte == b'\\' || byte == quote.byte || byte == b'\n';
        if quote.is_raw && pairs.all(|pair| pair[0] == b'\\' && pair.get(1).is_some_and(|&byte| is_escaped(byte))) {
            // To the grammar a raw text of nothing but escapes is a part of the closing quotes.
            return None;
        }
        let content = self.leaf(SyntaxKind::StringContent, Span::new(start, end));
        self.add(node, Field::No, content);
        Some(())
    }

    /// Where the text goes over into the closing quotes, or into a replacement field.
    fn literal_end(&self, mut at: u32, quote: Quote) -> Option<u32> {
        loop {
            let byte = *self.bytes.get(at as usize)?;
            match byte {
                b'\\' if quote.is_formatted && matches!(self.byte(at + 1), b'{' | b'}') => at += 1,
                b'\\' if quote.is_formatted && !quote.is_raw && self.byte(at + 1) == b'N' => {
                    // `\N{DASH}`; anything else that begins so is a mistake.
                    let rest = &self.bytes[at as usize..];
                    let length = memchr::memchr(b'}', rest).filter(|_| rest.get(2) == Some(&b'{'))?;
                    at += length as u32 + 1;
                }
                b'\\' => at += if self.bytes[at as usize..].starts_with(b"\\\r\n") { 3 } else { 2 },
                b'\n' if !quote.is_triple => return None,
                b'{' | b'}' if quote.is_formatted && self.byte(at + 1) == byte => at += 2,
                b'{' if quote.is_formatted => return Some(at),
                b'}' if quote.is_formatted => return None,
                0 => return None,
                _ if byte == quote.byte => {
                    if !quote.is_triple || self.byte(at + 1) == byte && self.byte(at + 2) == byte {
                        return Some(at);
                    }
                    at += 1;
                }
                _ => at += 1,
            }
        }
    }

    /// `{x}`, `{x=}`, `{x!r}`, `{x:>{width}}`. Behind it the token is whatever was read last.
    fn interpolation(&mut self, start: u32, quote: Quote, kind: SyntaxKind) -> Option<Id> {
        let node = self.begin(kind, start);
        // In a field a line break means nothing, as in brackets.
        self.brackets += 1;
        self.read_from(start + 1)?;
        let value = self.expression()?;
        self.add(node, Field::No, value);
        self.skips(Token::Assign)?;
        if self.token == Token::Bang {
            let end = self.span.end + 1;
            if !self.byte(end - 1).is_ascii_lowercase() {
                return None;
            }
            let conversion = self.leaf(SyntaxKind::Other, Span::new(self.span.start, end));
            self.add(node, Field::No, conversion);
            self.read_from(end)?;
        }
        let closing = match self.token {
            Token::Colon => {
                let specifier = self.specifier(quote)?;
                self.add(node, Field::No, specifier);
                self.nodes[specifier as usize].span.end
            }
            Token::CloseCurly => self.span.start,
            _ => return None,
        };
        self.nodes[node as usize].span.end = closing + 1;
        self.brackets -= 1;
        Some(node)
    }

    /// From the colon up to the `}` that closes the field.
    fn specifier(&mut self, quote: Quote) -> Option<Id> {
        let node = self.begin(SyntaxKind::Other, self.span.start);
        let mut at = self.span.end;
        loop {
            match *self.bytes.get(at as usize)? {
                b'}' => break,
                b'{' => {
                    let field = self.deeper(|this| this.interpolation(at, quote, SyntaxKind::Other))?;
                    self.add(node, Field::No, field);
                    at = self.nodes[field as usize].span.end;
                }
                b'\n' | b'\r' | b'\\' | 0 => return None,
                byte if byte == quote.byte => return None,
                _ => at += 1,
            }
        }
        self.nodes[node as usize].span.end = at;
        Some(node)
    }
}
