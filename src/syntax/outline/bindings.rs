//! Which names a logical line binds.
//!
//! The line comes as tokens, brackets at first each as one group. Only where names can stand in brackets (targets,
//! `with (…)`, `from x import (…)`) or where the line has a `:=` somewhere is it read again with the tokens in its
//! brackets.
//!
//! Left out on purpose: what a `match` captures. Its patterns look like calls and literals, they are rare at module
//! level, and the statement is marked opaque instead.

use memchr::memmem;

use super::lexing::{Open, logical_line};
use super::tokens::{Deep, Token, TokenKind};
use super::{Bound, How, StatementId};
use crate::text::Span;

/// The next place where some bytes occur, for questions that only move forward.
pub struct Occurrence {
    needle: &'static [u8],
    next: usize,
}

impl Occurrence {
    pub fn of(needle: &'static [u8], bytes: &[u8]) -> Occurrence {
        Occurrence { needle, next: memmem::find(bytes, needle).unwrap_or(usize::MAX) }
    }

    pub fn is_in(&mut self, bytes: &[u8], start: usize, end: usize) -> bool {
        if self.next < start {
            self.next = memmem::find(&bytes[start..], self.needle).map_or(usize::MAX, |found| start + found);
        }
        self.next < end
    }
}

/// Room to work in, kept from line to line.
#[derive(Default)]
struct Scratch {
    open: Vec<Open>,
    tokens: Vec<Token>,
    groups: Vec<usize>,
    nesting: Vec<Nesting>,
}

/// Where a `:=` stands: in which brackets, and in which lambdas.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Nesting {
    Bracket,
    Parameters,
    Body,
}

pub struct Names<'t> {
    text: &'t str,
    pub bound: Vec<Bound>,
    /// Whose names are being read.
    pub statement: StatementId,
    walrus: Occurrence,
    scratch: Scratch,
}

impl<'t> Names<'t> {
    pub fn new(text: &'t str) -> Names<'t> {
        Names {
            text,
            bound: Vec::new(),
            statement: StatementId(0),
            walrus: Occurrence::of(b":=", text.as_bytes()),
            scratch: Scratch::default(),
        }
    }

    pub fn bind(&mut self, token: Token, how: How) {
        self.bound.push(Bound { name: token.span(), how, statement: self.statement });
    }

    /// Hands the tokens of a stretch of the line, brackets included, to `read`.
    fn deep(&mut self, start: u32, end: u32, read: impl FnOnce(&mut Names, &[Token])) {
        let mut tokens = std::mem::take(&mut self.scratch.tokens);
        tokens.clear();
        let bytes = &self.text.as_bytes()[..end as usize];
        logical_line(bytes, start as usize, &mut self.scratch.open, &mut Deep { tokens: &mut tokens });
        read(self, &tokens);
        self.scratch.tokens = tokens;
    }

    /// The names in the `global` statements of a line, wherever in it they stand.
    pub fn globals(&mut self, start: usize, end: usize, found: &mut Vec<Span>) {
        let text = self.text;
        self.deep(start as u32, end as u32, |_, tokens| {
            let mut depth = 0_usize;
            let mut begins = true;
            let mut in_global = false;
            for token in tokens {
                match token.kind {
                    TokenKind::Open => depth += 1,
                    TokenKind::Close => depth = depth.saturating_sub(1),
                    TokenKind::Word if in_global => found.push(token.span()),
                    TokenKind::Word if begins && token.is(text, "global") => in_global = true,
                    TokenKind::Semicolon => in_global = false,
                    _ => {}
                }
                begins = depth == 0 && matches!(token.kind, TokenKind::Colon | TokenKind::Semicolon);
            }
        });
    }

    /// Every statement of a line of simple statements.
    pub fn simple_statements(&mut self, tokens: &[Token]) {
        for statement in tokens.split(|token| token.kind == TokenKind::Semicolon) {
            self.simple_statement(statement);
        }
    }

    fn simple_statement(&mut self, tokens: &[Token]) {
        let (Some(first), text) = (tokens.first(), self.text) else { return };
        if first.kind == TokenKind::Word {
            match first.span().text(text) {
                "import" | "from" => return self.import(tokens),
                "del" => return self.targets(&tokens[1..], How::Delete),
                "global" => {
                    for name in tokens[1..].iter().filter(|token| token.kind == TokenKind::Word) {
                        self.bind(*name, How::Global);
                    }
                    return;
                }
                "type" if is_type_alias(tokens) => return self.bind(tokens[1], How::Type),
                _ => {}
            }
        }
        let sign = tokens
            .iter()
            .position(|token| matches!(token.kind, TokenKind::Equal | TokenKind::Augment | TokenKind::Colon));
        let Some(sign) = sign else { return };
        match tokens[sign].kind {
            TokenKind::Augment => self.targets(&tokens[..sign], How::Augment),
            TokenKind::Colon => {
                if tokens[sign..].iter().any(|token| token.kind == TokenKind::Equal) {
                    self.targets(&tokens[..sign], How::Assign);
                } else if let [name] = tokens[..sign] {
                    // Only a bare name: `(x): int` says nothing about `x`.
                    if name.kind == TokenKind::Word {
                        self.bind(name, How::Annotate);
                    }
                }
            }
            _ => {
                let mut rest = tokens;
                while let Some(equal) = rest.iter().position(|token| token.kind == TokenKind::Equal) {
                    self.targets(&rest[..equal], How::Assign);
                    rest = &rest[equal + 1..];
                }
            }
        }
    }

    /// The targets in the header of a compound statement; `tokens` go from its keyword to before the colon.
    pub fn header(&mut self, tokens: &[Token]) {
        let (Some(keyword), text) = (tokens.first(), self.text) else { return };
        match keyword.span().text(text) {
            "for" => {
                let targets = &tokens[1..];
                let end = targets.iter().position(|token| token.is(text, "in"));
                self.targets(&targets[..end.unwrap_or(0)], How::For);
            }
            "with" => {
                let (Some(first), Some(last)) = (tokens.get(1), tokens.last()) else { return };
                let parenthesised = tokens.len() == 2 && first.kind == TokenKind::Group;
                self.deep(first.start, last.end, |names, deep| match deep {
                    [_, items @ .., _] if parenthesised => names.with_items(items),
                    items => names.with_items(items),
                });
            }
            "except" => {
                if let Some(as_) = tokens.iter().position(|token| token.is(text, "as"))
                    && let Some(name) = tokens.get(as_ + 1)
                {
                    self.bind(*name, How::Except);
                }
            }
            _ => {}
        }
    }

    fn with_items(&mut self, tokens: &[Token]) {
        let mut depth = 0_usize;
        let mut target = None;
        for (index, token) in tokens.iter().enumerate() {
            match token.kind {
                TokenKind::Open => depth += 1,
                TokenKind::Close => depth = depth.saturating_sub(1),
                TokenKind::Comma if depth == 0 => {
                    if let Some(start) = target.take() {
                        self.deep_targets(&tokens[start..index], How::With);
                    }
                }
                TokenKind::Word if depth == 0 && token.is(self.text, "as") => target = Some(index + 1),
                _ => {}
            }
        }
        if let Some(start) = target {
            self.deep_targets(&tokens[start..], How::With);
        }
    }

    fn import(&mut self, tokens: &[Token]) {
        if let Some(last) = tokens.last()
            && tokens.iter().any(|token| token.kind == TokenKind::Group)
        {
            self.deep(tokens[0].start, last.end, |names, deep| names.imported(deep));
        } else {
            self.imported(tokens);
        }
    }

    fn imported(&mut self, tokens: &[Token]) {
        let text = self.text;
        let Some(import) = tokens.iter().position(|token| token.is(text, "import")) else { return };
        // The name that the current item binds: its first word, or the one behind `as`.
        let mut name: Option<Token> = None;
        let mut renamed = false;
        for token in &tokens[import + 1..] {
            match token.kind {
                TokenKind::Word if token.is(text, "as") => renamed = true,
                TokenKind::Word if renamed || name.is_none() => {
                    name = Some(*token);
                    renamed = false;
                }
                TokenKind::Star if name.is_none() => self.bind(*token, How::Star),
                TokenKind::Comma => {
                    if let Some(name) = name.take() {
                        self.bind(name, How::Import);
                    }
                }
                _ => {}
            }
        }
        if let Some(name) = name {
            self.bind(name, How::Import);
        }
    }

    /// The names in a target list whose brackets were not looked into.
    fn targets(&mut self, tokens: &[Token], how: How) {
        match *tokens {
            [] => {}
            [name] if name.kind == TokenKind::Word => self.bind(name, how),
            [first, .., last] | [first @ last] if tokens.iter().any(|token| token.kind == TokenKind::Group) => {
                self.deep(first.start, last.end, |names, deep| names.deep_targets(deep, how));
            }
            _ => self.deep_targets(tokens, how),
        }
    }

    /// A word is a target when it stands alone between commas and grouping brackets. A bracket groups when nothing
    /// stands before it that it could index or call, and when its closing partner is not indexed, called or asked for
    /// an attribute.
    fn deep_targets(&mut self, tokens: &[Token], how: How) {
        let mut groups = std::mem::take(&mut self.scratch.groups);
        groups.clear();
        // `groups` says for each open grouping bracket how many names were bound before it. In any other bracket there
        // are no targets, so only the depth in it is counted.
        let mut not_grouping = 0_usize;
        for (index, token) in tokens.iter().enumerate() {
            if not_grouping > 0 {
                match token.kind {
                    TokenKind::Open => not_grouping += 1,
                    TokenKind::Close => not_grouping -= 1,
                    _ => {}
                }
                continue;
            }
            let before = index.checked_sub(1).map(|before| tokens[before].kind);
            let after = tokens.get(index + 1).map(|after| after.kind);
            let begins = matches!(before, None | Some(TokenKind::Open | TokenKind::Comma | TokenKind::Star));
            match token.kind {
                TokenKind::Open if begins => groups.push(self.bound.len()),
                TokenKind::Open => not_grouping = 1,
                TokenKind::Close => {
                    let goes_on = matches!(after, Some(TokenKind::Open | TokenKind::Dot));
                    if let Some(bound) = groups.pop()
                        && goes_on
                    {
                        self.bound.truncate(bound);
                    }
                }
                TokenKind::Word if begins && matches!(after, None | Some(TokenKind::Close | TokenKind::Comma)) => {
                    self.bind(*token, how);
                }
                _ => {}
            }
        }
        self.scratch.groups = groups;
    }

    /// The names that a stretch of the line binds by `:=`, wherever they stand in it, except in the body of a lambda.
    /// Sorts them in among those bound since `first`.
    pub fn walruses(&mut self, start: u32, end: u32, first: usize) {
        if self.walrus.is_in(self.text.as_bytes(), start as usize, end as usize) {
            self.deep(start, end, |names, deep| names.deep_walruses(deep));
            self.bound[first..].sort_by_key(|bound| bound.name.start);
        }
    }

    fn deep_walruses(&mut self, tokens: &[Token]) {
        let mut nesting = std::mem::take(&mut self.scratch.nesting);
        nesting.clear();
        let mut bodies = 0_usize;
        for pair in tokens.windows(2) {
            let [token, next] = pair else { continue };
            match token.kind {
                TokenKind::Open => nesting.push(Nesting::Bracket),
                TokenKind::Close => {
                    while let Some(inner) = nesting.pop() {
                        match inner {
                            Nesting::Bracket => break,
                            Nesting::Body => bodies -= 1,
                            Nesting::Parameters => {}
                        }
                    }
                }
                TokenKind::Comma | TokenKind::Semicolon | TokenKind::Equal => end_bodies(&mut nesting, &mut bodies),
                TokenKind::Colon => {
                    end_bodies(&mut nesting, &mut bodies);
                    if let Some(last @ Nesting::Parameters) = nesting.last_mut() {
                        *last = Nesting::Body;
                        bodies += 1;
                    }
                }
                TokenKind::Word if next.kind == TokenKind::Walrus && bodies == 0 => self.bind(*token, How::Walrus),
                TokenKind::Word => match token.span().text(self.text) {
                    "lambda" => nesting.push(Nesting::Parameters),
                    "for" => end_bodies(&mut nesting, &mut bodies),
                    _ => {}
                },
                _ => {}
            }
        }
        self.scratch.nesting = nesting;
    }
}

/// `type X = …` or `type X[T] = …`. The word alone is a name like any other.
fn is_type_alias(tokens: &[Token]) -> bool {
    use TokenKind::{Equal, Group, Word};
    let kinds = [1, 2, 3].map(|index| tokens.get(index).map(|token| token.kind));
    matches!(kinds, [Some(Word), Some(Equal), _] | [Some(Word), Some(Group), Some(Equal)])
}

/// The body of a lambda ends at a comma, a colon or the closing bracket of the level where it began, and before the
/// `for` of a comprehension.
fn end_bodies(nesting: &mut Vec<Nesting>, bodies: &mut usize) {
    while nesting.last() == Some(&Nesting::Body) {
        nesting.pop();
        *bodies -= 1;
    }
}
