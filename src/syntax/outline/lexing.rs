//! From the first token of a logical line to its end.
//!
//! A logical line ends at the first line break outside brackets and strings. To find it one must know brackets,
//! comments, `\` before a line break, and every kind of string, and nothing else of Python. One loop knows them; who
//! else wants to see something of the line hands it a [`Watch`].
//!
//! Words used here:
//! - a *table* gives each byte a [`Class`]; the loop runs over `Plain` bytes without looking at them,
//! - an *open* thing ([`Open`]) is a bracket, a formatted string, or a replacement field in one, that still has to
//!   close,
//! - a *piece* is the literal text of a formatted string up to the next replacement field or the closing quote.
//!
//! Formatted strings follow the rules of 3.12, where a field holds any code, the string's own quotes included. What an
//! older Python accepts is a part of that: there the field cannot hold the quotes, so both readings end at the same
//! place.
//!
//! The stack of open things lives in a `Vec`, never in recursion: a file may hold a million brackets.

use memchr::memchr2;

use super::LostReason;

/// What the loop shall do at a byte.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Class {
    Plain,
    Quote,
    Open,
    Close,
    Hash,
    LineBreak,
    Backslash,
    Colon,
    Token,
}

pub type Table = [Class; 256];

/// Only what the end of the line depends on.
pub const SKIM: Table = {
    let mut table = [Class::Plain; 256];
    table[b'"' as usize] = Class::Quote;
    table[b'\'' as usize] = Class::Quote;
    table[b'(' as usize] = Class::Open;
    table[b'[' as usize] = Class::Open;
    table[b'{' as usize] = Class::Open;
    table[b')' as usize] = Class::Close;
    table[b']' as usize] = Class::Close;
    table[b'}' as usize] = Class::Close;
    table[b'#' as usize] = Class::Hash;
    table[b'\n' as usize] = Class::LineBreak;
    table[b'\r' as usize] = Class::LineBreak;
    table[b'\\' as usize] = Class::Backslash;
    table
};

/// Directly in a replacement field a colon ends the expression.
pub const SKIM_FIELD: Table = {
    let mut table = SKIM;
    table[b':' as usize] = Class::Colon;
    table
};

/// Every token.
pub const EVERYTHING: Table = {
    let mut table = SKIM_FIELD;
    let mut byte = 0;
    while byte < 256 {
        if matches!(table[byte], Class::Plain) && !matches!(byte as u8, b' ' | b'\t' | b'\x0c') {
            table[byte] = Class::Token;
        }
        byte += 1;
    }
    table
};

/// What may end, interrupt or escape in the piece of a formatted string or in a string between single quotes.
const LITERAL: [bool; 256] = {
    let mut table = [false; 256];
    table[b'"' as usize] = true;
    table[b'\'' as usize] = true;
    table[b'{' as usize] = true;
    table[b'}' as usize] = true;
    table[b'\n' as usize] = true;
    table[b'\r' as usize] = true;
    table[b'\\' as usize] = true;
    table
};

/// Letters, digits, `_`, and every byte of a character beyond ASCII.
const WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = (byte as u8).is_ascii_alphanumeric() || byte == b'_' as usize || byte >= 0x80;
        byte += 1;
    }
    table
};

pub fn word_end(bytes: &[u8], start: usize) -> usize {
    run_end(bytes, start, |byte| WORD[byte as usize])
}

/// Where the run of bytes that `belongs` accepts ends.
fn run_end(bytes: &[u8], start: usize, belongs: impl Fn(u8) -> bool) -> usize {
    let rest = &bytes[start.min(bytes.len())..];
    rest.iter().position(|&byte| !belongs(byte)).map_or(bytes.len(), |length| start + length)
}

/// How a string is delimited, and how it is to be read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Quote(u8);

impl Quote {
    const DOUBLE: u8 = 1;
    const TRIPLE: u8 = 2;
    const FORMATTED: u8 = 4;
    const RAW: u8 = 8;

    fn at(bytes: &[u8], at: usize) -> Quote {
        let byte = bytes[at];
        let mut quote = if byte == b'"' { Quote::DOUBLE } else { 0 };
        if bytes[at + 1..].starts_with(&[byte, byte]) {
            quote |= Quote::TRIPLE;
        }
        Quote(quote | Quote::prefix(&bytes[..at]))
    }

    /// The prefix stands before the quote and counts only as a whole word: `f"…"`, but not the end of `if"…"`. Raw
    /// strings without fields are not told apart, since there too a backslash keeps the next quote from closing.
    fn prefix(before: &[u8]) -> u8 {
        let &[.., last] = before else { return 0 };
        if !matches!(last, b'f' | b'F' | b't' | b'T' | b'r' | b'R') {
            return 0;
        }
        let length = before.iter().rev().take(3).take_while(|&&byte| WORD[byte as usize]).count();
        match before[before.len() - length..].to_ascii_lowercase()[..] {
            [b'f' | b't'] => Quote::FORMATTED,
            [b'f' | b't', b'r'] | [b'r', b'f' | b't'] => Quote::FORMATTED | Quote::RAW,
            _ => 0,
        }
    }

    fn byte(self) -> u8 {
        if self.0 & Quote::DOUBLE != 0 { b'"' } else { b'\'' }
    }

    fn is_triple(self) -> bool {
        self.0 & Quote::TRIPLE != 0
    }

    fn is_formatted(self) -> bool {
        self.0 & Quote::FORMATTED != 0
    }

    fn is_raw(self) -> bool {
        self.0 & Quote::RAW != 0
    }

    fn len(self) -> usize {
        if self.is_triple() { 3 } else { 1 }
    }

    /// Is this quote character at `at` the closing delimiter?
    fn closes(self, bytes: &[u8], at: usize) -> bool {
        let byte = self.byte();
        bytes[at] == byte && (!self.is_triple() || bytes[at + 1..].starts_with(&[byte, byte]))
    }

    fn unterminated(self) -> LostReason {
        if self.is_triple() { LostReason::UnterminatedTripleString } else { LostReason::UnterminatedString }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Open {
    Round,
    Square,
    Curly,
    /// A formatted string; when it is on top, we are in its text.
    Text(Quote),
    /// The expression of a replacement field.
    Field(Quote),
    /// The format specification of a replacement field, which is text again.
    Spec(Quote),
}

impl Open {
    fn is_bracket(&self) -> bool {
        matches!(self, Open::Round | Open::Square | Open::Curly)
    }
}

/// What else is to be seen in a line than its end. The default is nothing.
pub trait Watch {
    /// The table outside all brackets; tokens go to [`Watch::token`].
    const SURFACE: &'static Table = &SKIM;
    /// The table within brackets.
    const INSIDE: &'static Table = &SKIM;
    /// The table directly in a replacement field.
    const FIELD: &'static Table = &SKIM_FIELD;

    /// Sees the token at `at` and says where it ends, which must be further on.
    fn token(&mut self, _bytes: &[u8], at: usize) -> usize {
        at + 1
    }
    /// A string without fields; `depth` things are open around it.
    fn string(&mut self, _start: usize, _end: usize, _depth: usize) {}
    /// The string has three quotes.
    fn text(&mut self, _start: usize, _end: usize) {}
    /// Something opens, with `depth` things open around it.
    fn open(&mut self, _at: usize, _what: Open, _depth: usize) {}
    /// Something has closed, with `depth` things open around it.
    fn close(&mut self, _end: usize, _depth: usize) {}
    fn comment(&mut self, _start: usize, _end: usize) {}
    /// The file cannot be cut. The loop goes on as well as it can, for the sake of the comments that follow.
    fn lost(&mut self, _at: usize, _why: LostReason) {}
}

pub struct Line {
    /// The line break, the comment before it, or the end of the file.
    pub end: usize,
    /// Behind the line break.
    pub next: usize,
}

/// Reads the logical line whose first token is at `start`. `open` is room to work in.
pub fn logical_line<W: Watch>(bytes: &[u8], start: usize, open: &mut Vec<Open>, watch: &mut W) -> Line {
    open.clear();
    let mut at = start;
    let mut outermost = start;
    let mut table = W::SURFACE;
    loop {
        let rest = &bytes[at..];
        let Some(plain) = rest.iter().position(|&byte| table[byte as usize] != Class::Plain) else {
            return unfinished(bytes.len(), outermost, open, watch);
        };
        at += plain;
        let byte = bytes[at];
        match table[byte as usize] {
            Class::LineBreak => {
                let next = after_line_break(bytes, at);
                if open.is_empty() {
                    return Line { end: at, next };
                }
                if begins_statement(bytes, next) && open.iter().all(Open::is_bracket) {
                    watch.lost(outermost, LostReason::UnclosedBracket);
                    return Line { end: at, next };
                }
                at = next;
            }
            Class::Open => {
                let what = match byte {
                    b'(' => Open::Round,
                    b'[' => Open::Square,
                    _ => Open::Curly,
                };
                if open.is_empty() {
                    outermost = at;
                }
                watch.open(at, what, open.len());
                open.push(what);
                table = W::INSIDE;
                at += 1;
            }
            Class::Close => {
                let closes = match open.last() {
                    Some(Open::Round) => byte == b')',
                    Some(Open::Square) => byte == b']',
                    Some(Open::Curly | Open::Field(_)) => byte == b'}',
                    _ => false,
                };
                if closes {
                    open.pop();
                    at += 1;
                    watch.close(at, open.len());
                    if let Some(Open::Text(_) | Open::Spec(_)) = open.last() {
                        at = piece(bytes, at, open, watch);
                    }
                    table = current_table::<W>(open);
                } else {
                    watch.lost(at, LostReason::UnmatchedBracket);
                    at += 1;
                }
            }
            Class::Quote => {
                let quote = Quote::at(bytes, at);
                let inside = at + quote.len();
                if quote.is_formatted() {
                    if open.is_empty() {
                        outermost = at;
                    }
                    let what = Open::Text(quote);
                    watch.open(at, what, open.len());
                    open.push(what);
                    at = piece(bytes, inside, open, watch);
                    table = current_table::<W>(open);
                } else {
                    let (end, closed) = string_end(bytes, inside, quote);
                    if closed {
                        watch.string(at, end, open.len());
                        if quote.is_triple() {
                            watch.text(at, end);
                        }
                    } else {
                        watch.lost(at, quote.unterminated());
                    }
                    at = end;
                }
            }
            Class::Hash => {
                let end = comment_end(bytes, at);
                watch.comment(at, end);
                if open.is_empty() {
                    return Line { end: at, next: after_line_break(bytes, end) };
                }
                at = end;
            }
            Class::Backslash => at = after_line_break(bytes, at + 1),
            Class::Colon => {
                if let Some(&Open::Field(quote)) = open.last() {
                    open.pop();
                    open.push(Open::Spec(quote));
                    at = piece(bytes, at + 1, open, watch);
                    table = current_table::<W>(open);
                } else {
                    at = watch.token(bytes, at);
                }
            }
            Class::Token | Class::Plain => at = watch.token(bytes, at),
        }
    }
}

/// Words that no expression holds: where a line begins with one, no bracket is open any more, whatever was forgotten.
fn begins_statement(bytes: &[u8], line: usize) -> bool {
    let start = run_end(bytes, line, |byte| matches!(byte, b' ' | b'\t'));
    if !matches!(bytes.get(start), Some(b'a'..=b'g' | b'i' | b'n' | b'p' | b'r' | b't' | b'w')) {
        return false;
    }
    let end = word_end(bytes, start);
    match &bytes[start..end] {
        b"assert" | b"break" | b"class" | b"continue" | b"def" | b"del" | b"elif" | b"except" | b"finally"
        | b"global" | b"import" | b"nonlocal" | b"pass" | b"raise" | b"return" | b"try" | b"while" | b"with" => true,
        b"async" => {
            let next = run_end(bytes, end, |byte| matches!(byte, b' ' | b'\t'));
            matches!(&bytes[next..word_end(bytes, next)], b"def" | b"with")
        }
        _ => false,
    }
}

fn current_table<W: Watch>(open: &[Open]) -> &'static Table {
    match open.last() {
        None => W::SURFACE,
        Some(Open::Field(_)) => W::FIELD,
        Some(_) => W::INSIDE,
    }
}

/// The file ends: with something open it is lost.
fn unfinished<W: Watch>(end: usize, outermost: usize, open: &[Open], watch: &mut W) -> Line {
    match open.first() {
        None => {}
        Some(Open::Text(quote)) => watch.lost(outermost, quote.unterminated()),
        Some(_) => watch.lost(outermost, LostReason::UnclosedBracket),
    }
    Line { end, next: end }
}

/// Where a string without fields ends, and whether it was closed there. `at` is behind the opening quote.
fn string_end(bytes: &[u8], mut at: usize, quote: Quote) -> (usize, bool) {
    let byte = quote.byte();
    if quote.is_triple() {
        while let Some(skipped) = memchr2(byte, b'\\', &bytes[at..]) {
            at += skipped;
            if bytes[at] == b'\\' {
                at = bytes.len().min(at + 2);
            } else if quote.closes(bytes, at) {
                return (at + 3, true);
            } else {
                at += 1;
            }
        }
        return (bytes.len(), false);
    }
    loop {
        at = run_end(bytes, at, |byte| !LITERAL[byte as usize]);
        match bytes.get(at) {
            None => return (at, false),
            Some(b'\n' | b'\r') => return (at, false),
            Some(b'\\') => at = after_escape(bytes, at),
            Some(&found) if found == byte => return (at + 1, true),
            Some(_) => at += 1,
        }
    }
}

/// Reads the text of the formatted string on top of `open`, and says where code goes on: in a replacement field, or
/// behind the string.
fn piece<W: Watch>(bytes: &[u8], mut at: usize, open: &mut Vec<Open>, watch: &mut W) -> usize {
    // The opening quote, or what ended the field before.
    let begin = at - 1;
    loop {
        let (quote, in_spec) = match open.last() {
            Some(&Open::Text(quote)) => (quote, false),
            Some(&Open::Spec(quote)) => (quote, true),
            _ => return at,
        };
        at = run_end(bytes, at, |byte| !LITERAL[byte as usize]);
        let Some(&byte) = bytes.get(at) else {
            // `unfinished` says so.
            return at;
        };
        match byte {
            b'{' if !in_spec && bytes.get(at + 1) == Some(&b'{') => at += 2,
            b'{' => {
                let what = Open::Field(quote);
                watch.open(at, what, open.len());
                open.push(what);
                return at + 1;
            }
            b'}' => {
                at += 1;
                if in_spec {
                    open.pop();
                    watch.close(at, open.len());
                }
            }
            // A backslash does not keep a brace from meaning what it means.
            b'\\' if matches!(bytes.get(at + 1), Some(b'{' | b'}')) => at += 1,
            b'\\' if !quote.is_raw() && bytes[at..].starts_with(b"\\N{") => {
                at = run_end(bytes, at + 3, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'-'));
                if bytes.get(at) == Some(&b'}') {
                    at += 1;
                }
            }
            b'\\' => at = after_escape(bytes, at),
            // A specification between single quotes ends with its line, and code goes on. Newer Pythons reject that.
            b'\n' | b'\r' if !quote.is_triple() && in_spec => {
                open.pop();
                open.push(Open::Field(quote));
                return at;
            }
            b'\n' | b'\r' if !quote.is_triple() => {
                watch.lost(begin, LostReason::UnterminatedString);
                drop_string(open);
                return at;
            }
            _ if !quote.closes(bytes, at) => at += 1,
            _ => {
                at += quote.len();
                if in_spec {
                    watch.lost(begin, quote.unterminated());
                    drop_string(open);
                } else {
                    open.pop();
                    watch.close(at, open.len());
                }
                return at;
            }
        }
    }
}

/// Gives up the formatted string on top, with the fields that are open in it.
fn drop_string(open: &mut Vec<Open>) {
    while let Some(what) = open.pop() {
        if matches!(what, Open::Text(_)) {
            break;
        }
    }
}

/// Behind a backslash and the character it stands before.
fn after_escape(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at + 1) {
        None => at + 1,
        Some(b'\r' | b'\n') => after_line_break(bytes, at + 1),
        Some(_) => at + 2,
    }
}

/// Behind the line break at `at`; `at` itself when there is none.
pub fn after_line_break(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at) {
        Some(b'\r') if bytes.get(at + 1) == Some(&b'\n') => at + 2,
        Some(b'\r' | b'\n') => at + 1,
        _ => at,
    }
}

pub fn comment_end(bytes: &[u8], at: usize) -> usize {
    memchr2(b'\n', b'\r', &bytes[at..]).map_or(bytes.len(), |length| at + length)
}
