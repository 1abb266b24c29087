//! The next token, and where it stands.

use super::Parser;
use crate::text::Span;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[rustfmt::skip]
pub enum Token {
    End, Newline, Name, Integer, Float,
    /// The start of a string, up to its text.
    Quote,
    // keywords
    And, As, Assert, Async, Await, Break, Class, Continue, Def, Del, Elif, Else, Except, False, Finally, For, From,
    Global, If, Import, In, Is, Lambda, None, Nonlocal, Not, Or, Pass, Raise, Return, True, Try, While, With, Yield,
    // brackets and separators
    OpenRound, CloseRound, OpenSquare, CloseSquare, OpenCurly, CloseCurly,
    Comma, Colon, Semicolon, Dot, Ellipsis, Arrow, Bang,
    Assign, Walrus,
    /// `+=` and its kin.
    Augment,
    // operators
    At, Plus, Minus, Star, DoubleStar, Slash, DoubleSlash, Percent, Bar, Ampersand, Caret, Tilde, ShiftLeft, ShiftRight,
    Less, Greater, LessEqual, GreaterEqual, Equal, NotEqual,
}

/// What a byte begins or belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Blank,
    Letter,
    Digit,
    LineEnd,
    Other,
}

const CLASSES: [Class; 256] = {
    let mut table = [Class::Other; 256];
    let mut byte = 0;
    while byte < 256 {
        let letter = byte as u8;
        if letter.is_ascii_alphabetic() || letter == b'_' {
            table[byte] = Class::Letter;
        } else if letter.is_ascii_digit() {
            table[byte] = Class::Digit;
        } else if matches!(letter, b' ' | b'\t' | 0x0c) {
            table[byte] = Class::Blank;
        } else if matches!(letter, b'\n' | b'\r') {
            table[byte] = Class::LineEnd;
        }
        byte += 1;
    }
    table
};

impl Parser<'_> {
    /// The byte at this place, 0 behind the end. A text that holds a 0 is not plain.
    pub fn byte(&self, at: u32) -> u8 {
        self.bytes.get(at as usize).copied().unwrap_or(0)
    }

    /// The text of the token.
    pub fn word(&self) -> &[u8] {
        &self.bytes[self.span.start as usize..self.span.end as usize]
    }

    /// The first byte behind the token that is no blank.
    pub fn peek(&self) -> u8 {
        self.byte(self.behind())
    }

    /// Where that byte stands.
    pub fn behind(&self) -> u32 {
        let mut at = self.span.end;
        while CLASSES[self.byte(at) as usize] == Class::Blank {
            at += 1;
        }
        at
    }

    /// Goes on to the next token of the line, or to its end; in brackets, to the next token.
    pub fn advance(&mut self) -> Option<()> {
        match self.token {
            Token::OpenRound | Token::OpenSquare | Token::OpenCurly => self.brackets += 1,
            Token::CloseRound | Token::CloseSquare | Token::CloseCurly => {
                self.brackets = self.brackets.checked_sub(1)?;
            }
            _ => {}
        }
        self.end = self.span.end;
        self.read_from(self.span.end)
    }

    /// Makes what begins here the token.
    pub fn read_from(&mut self, from: u32) -> Option<()> {
        let mut at = from;
        loop {
            let byte = self.byte(at);
            match CLASSES[byte as usize] {
                Class::Blank => at += 1,
                Class::Letter => return self.read_word(at),
                Class::Digit => return self.read_number(at),
                Class::LineEnd => {
                    let line_break = at + u32::from(byte == b'\r');
                    // Nobody but Python takes a lone `\r` for a line break.
                    if self.byte(line_break) != b'\n' {
                        return None;
                    }
                    if self.brackets == 0 {
                        self.found(Token::Newline, at, at);
                        return Some(());
                    }
                    at = line_break + 1;
                    if !self.may_end_bracket() && self.is_outside_block(at) {
                        return None;
                    }
                }
                Class::Other => match byte {
                    b'#' => at = self.comment_end(at),
                    b'\\' => {
                        at += 1 + u32::from(self.byte(at + 1) == b'\r');
                        if self.byte(at) != b'\n' {
                            return None;
                        }
                        at += 1;
                    }
                    0 if at as usize == self.bytes.len() => {
                        self.found(Token::End, at, at);
                        return Some(());
                    }
                    _ => return self.read_sign(at, byte),
                },
            }
        }
    }

    /// Behind this token a bracket may close.
    fn may_end_bracket(&self) -> bool {
        matches!(
            self.token,
            Token::OpenRound
                | Token::OpenSquare
                | Token::OpenCurly
                | Token::CloseRound
                | Token::CloseSquare
                | Token::CloseCurly
                | Token::Comma
                | Token::Name
                | Token::Quote
                | Token::Integer
                | Token::Float
                | Token::True
                | Token::False
                | Token::None
                | Token::Ellipsis
        )
    }

    /// The line that begins here is indented less than the block. Where no bracket may close, the grammar takes that
    /// for the end of the block, whatever is open.
    fn is_outside_block(&self, start: u32) -> bool {
        let mut indent = 0;
        for &byte in &self.bytes[start as usize..] {
            match byte {
                b' ' => indent += 1,
                b'\t' => indent += 8,
                b'\n' | b'\r' => indent = 0,
                _ => break,
            }
        }
        indent < self.block
    }

    /// A line between that place and this one is indented less than the block.
    pub fn leaves_block(&self, start: u32) -> bool {
        let between = &self.bytes[start as usize..self.span.start as usize];
        memchr::memchr_iter(b'\n', between).any(|at| self.is_outside_block(start + at as u32 + 1))
    }

    fn found(&mut self, token: Token, start: u32, end: u32) {
        self.token = token;
        self.span = Span::new(start, end);
    }

    fn comment_end(&self, at: u32) -> u32 {
        let rest = &self.bytes[at as usize..];
        at + memchr::memchr(b'\n', rest).unwrap_or(rest.len()) as u32
    }

    /// Steps over the end of a line and all empty lines and comments, to the first token of the next one.
    pub fn next_line(&mut self) -> Option<()> {
        self.comments.clear();
        let mut at = self.end;
        // The rest of this line is blank, or a comment.
        loop {
            match self.byte(at) {
                b' ' | b'\t' | 0x0c | b'\r' => at += 1,
                b'#' => at = self.comment_end(at),
                b'\\' => return None,
                _ => break,
            }
        }
        let mut indent = 0;
        loop {
            match self.byte(at) {
                b'\n' => indent = 0,
                b' ' => indent += 1,
                b'\t' => indent += 8,
                b'\r' if self.byte(at + 1) == b'\n' => {}
                0x0c => indent = 0,
                b'#' => {
                    at = self.comment_end(at);
                    self.comments.push(indent);
                    continue;
                }
                b'\\' => return None,
                _ => break,
            }
            at += 1;
        }
        self.indent = if at as usize == self.bytes.len() { 0 } else { indent };
        self.read_from(at)
    }

    fn read_word(&mut self, start: u32) -> Option<()> {
        let rest = &self.bytes[start as usize..];
        let length = rest.iter().position(|&byte| !matches!(CLASSES[byte as usize], Class::Letter | Class::Digit));
        let length = length.unwrap_or(rest.len());
        let end = start + length as u32;
        match self.byte(end) {
            b'"' | b'\'' if is_prefix(&rest[..length]) => return self.read_quote(start, end),
            // A letter beyond ASCII goes on with the name.
            0x80.. => return None,
            _ => {}
        }
        self.found(keyword(&rest[..length]), start, end);
        Some(())
    }

    /// Up to where the text of the string begins.
    fn read_quote(&mut self, start: u32, at: u32) -> Option<()> {
        let quote = self.byte(at);
        let is_triple = self.byte(at + 1) == quote && self.byte(at + 2) == quote;
        self.found(Token::Quote, start, at + if is_triple { 3 } else { 1 });
        Some(())
    }

    fn read_number(&mut self, start: u32) -> Option<()> {
        let digits = |mut at: u32| {
            while matches!(self.byte(at), b'0'..=b'9' | b'_') {
                at += 1;
            }
            at
        };
        let mut is_float = false;
        let mut end;
        let radix = match self.byte(start + 1) | 0x20 {
            _ if self.byte(start) != b'0' => 10,
            b'x' => 16,
            b'o' => 8,
            b'b' => 2,
            _ => 10,
        };
        if radix != 10 {
            end = start + 2;
            while char::from(self.byte(end)).is_digit(radix) || self.byte(end) == b'_' {
                end += 1;
            }
            // `0b` alone is a mistake.
            if end == start + 2 {
                return None;
            }
        } else {
            end = digits(start);
            if self.byte(end) == b'.' {
                is_float = true;
                end = digits(end + 1);
            }
            if self.byte(end) | 0x20 == b'e' {
                let sign = u32::from(matches!(self.byte(end + 1), b'+' | b'-'));
                if self.byte(end + 1 + sign).is_ascii_digit() {
                    is_float = true;
                    end = digits(end + 1 + sign);
                }
            }
            end += u32::from(self.byte(end) | 0x20 == b'j');
        }
        // `1if x`, `10L`, `1__0`: seldom, and not always Python.
        let is_odd = matches!(CLASSES[self.byte(end) as usize], Class::Letter | Class::Digit)
            || self.bytes[start as usize..end as usize].windows(2).any(|pair| pair[0] == b'_' && pair[1] == b'_')
            || self.byte(end - 1) == b'_';
        if is_odd {
            return None;
        }
        self.found(if is_float { Token::Float } else { Token::Integer }, start, end);
        Some(())
    }

    fn read_sign(&mut self, at: u32, byte: u8) -> Option<()> {
        let (second, third) = (self.byte(at + 1), self.byte(at + 2));
        let (token, length) = match (byte, second, third) {
            (b'"' | b'\'', ..) => return self.read_quote(at, at),
            (b'.', b'.', b'.') => (Token::Ellipsis, 3),
            (b'.', b'0'..=b'9', _) => return self.read_number(at),
            (b'*', b'*', b'=') | (b'/', b'/', b'=') | (b'<', b'<', b'=') | (b'>', b'>', b'=') => (Token::Augment, 3),
            (b'+' | b'*' | b'/' | b'%' | b'@' | b'&' | b'|' | b'^', b'=', _) => (Token::Augment, 2),
            (b'-', b'=', _) => (Token::Augment, 2),
            (b'-', b'>', _) => (Token::Arrow, 2),
            (b'*', b'*', _) => (Token::DoubleStar, 2),
            (b'/', b'/', _) => (Token::DoubleSlash, 2),
            (b'<', b'<', _) => (Token::ShiftLeft, 2),
            (b'>', b'>', _) => (Token::ShiftRight, 2),
            (b'<', b'=', _) => (Token::LessEqual, 2),
            (b'>', b'=', _) => (Token::GreaterEqual, 2),
            // Python 2's `<>`.
            (b'<', b'>', _) => return None,
            (b'=', b'=', _) => (Token::Equal, 2),
            (b'!', b'=', _) => (Token::NotEqual, 2),
            (b':', b'=', _) => (Token::Walrus, 2),
            (b'(', ..) => (Token::OpenRound, 1),
            (b')', ..) => (Token::CloseRound, 1),
            (b'[', ..) => (Token::OpenSquare, 1),
            (b']', ..) => (Token::CloseSquare, 1),
            (b'{', ..) => (Token::OpenCurly, 1),
            (b'}', ..) => (Token::CloseCurly, 1),
            (b',', ..) => (Token::Comma, 1),
            (b':', ..) => (Token::Colon, 1),
            (b';', ..) => (Token::Semicolon, 1),
            (b'.', ..) => (Token::Dot, 1),
            (b'!', ..) => (Token::Bang, 1),
            (b'=', ..) => (Token::Assign, 1),
            (b'@', ..) => (Token::At, 1),
            (b'+', ..) => (Token::Plus, 1),
            (b'-', ..) => (Token::Minus, 1),
            (b'*', ..) => (Token::Star, 1),
            (b'/', ..) => (Token::Slash, 1),
            (b'%', ..) => (Token::Percent, 1),
            (b'|', ..) => (Token::Bar, 1),
            (b'&', ..) => (Token::Ampersand, 1),
            (b'^', ..) => (Token::Caret, 1),
            (b'~', ..) => (Token::Tilde, 1),
            (b'<', ..) => (Token::Less, 1),
            (b'>', ..) => (Token::Greater, 1),
            _ => return None,
        };
        self.found(token, at, at + length);
        Some(())
    }
}

/// What may stand before the quotes of a string.
fn is_prefix(word: &[u8]) -> bool {
    word.len() <= 2 && word.iter().all(|letter| matches!(letter | 0x20, b'f' | b't' | b'r' | b'b' | b'u'))
}

fn keyword(word: &[u8]) -> Token {
    match word {
        b"and" => Token::And,
        b"as" => Token::As,
        b"assert" => Token::Assert,
        b"async" => Token::Async,
        b"await" => Token::Await,
        b"break" => Token::Break,
        b"class" => Token::Class,
        b"continue" => Token::Continue,
        b"def" => Token::Def,
        b"del" => Token::Del,
        b"elif" => Token::Elif,
        b"else" => Token::Else,
        b"except" => Token::Except,
        b"False" => Token::False,
        b"finally" => Token::Finally,
        b"for" => Token::For,
        b"from" => Token::From,
        b"global" => Token::Global,
        b"if" => Token::If,
        b"import" => Token::Import,
        b"in" => Token::In,
        b"is" => Token::Is,
        b"lambda" => Token::Lambda,
        b"None" => Token::None,
        b"nonlocal" => Token::Nonlocal,
        b"not" => Token::Not,
        b"or" => Token::Or,
        b"pass" => Token::Pass,
        b"raise" => Token::Raise,
        b"return" => Token::Return,
        b"True" => Token::True,
        b"try" => Token::Try,
        b"while" => Token::While,
        b"with" => Token::With,
        b"yield" => Token::Yield,
        _ => Token::Name,
    }
}
