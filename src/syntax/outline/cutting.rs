//! Which lines make up a statement.
//!
//! Indentation says where blocks begin and end. What stands in a block depends on the line that announced it (a
//! [`Block`]): in the module and in class bodies each line begins a statement, unless it is a clause like `else`; in
//! the blocks of a compound statement lines only add names to it; in functions they are only skipped.

use super::bindings::{Names, Occurrence};
use super::lexing::{Line, Open, Watch, after_line_break, comment_end, logical_line};
use super::tokens::{Surface, Token, TokenKind};
use super::{How, Lost, LostReason, Outline, Statement, StatementId, StatementKind};
use crate::text::Span;

/// What is told of every line, wanted or not.
#[derive(Default)]
pub struct Comments {
    spans: Vec<Span>,
    /// Strings in three quotes.
    texts: Vec<Span>,
    lost: Option<Lost>,
    failures: u32,
    /// A string with three quotes has no end: what is text and what is code is anybody's guess.
    is_hopeless: bool,
}

impl Comments {
    pub fn push(&mut self, start: usize, end: usize) {
        self.spans.push(Span { start: start as u32, end: end as u32 });
    }

    /// Only the first failure is told; later ones may follow from it.
    pub fn lose(&mut self, at: usize, why: LostReason) {
        self.lost.get_or_insert(Lost { at: at as u32, why });
        self.failures += 1;
        self.is_hopeless |= why == LostReason::UnterminatedTripleString;
    }
}

/// In function bodies only the end of the line matters.
impl Watch for Comments {
    fn text(&mut self, start: usize, end: usize) {
        self.texts.push(Span::new(start as u32, end as u32));
    }

    fn comment(&mut self, start: usize, end: usize) {
        self.push(start, end);
    }

    fn lost(&mut self, at: usize, why: LostReason) {
        self.lose(at, why);
    }
}

/// What the lines of a block are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    /// Statements to cut: the module, or the body of this class.
    Members(Option<StatementId>),
    /// Part of a compound statement; only what they bind matters.
    Clauses,
    /// The `case` clauses of a `match`.
    Cases,
    /// Part of a function, or of a class that is not cut.
    Code,
}

struct Level {
    column: u64,
    block: Block,
    /// Among members, the statement that the lines read so far belong to.
    current: Option<StatementId>,
}

struct Cutter<'t> {
    text: &'t str,
    at: usize,
    levels: Vec<Level>,
    /// What a block would be that begins with the next line; nothing if none may begin there.
    announced: Option<Block>,
    /// Where the last logical line ended, blanks before the line break included.
    last_end: usize,
    /// The last logical line ended with a colon: a block must follow, and may follow nowhere else.
    opens: bool,
    /// The current statement consists of decorators so far.
    decorating: bool,
    statements: Vec<Statement>,
    names: Names<'t>,
    globals: Vec<Span>,
    global: Occurrence,
    comments: Comments,
    open: Vec<Open>,
    tokens: Vec<Token>,
}

pub fn cut(text: &str) -> Outline {
    Cutter::new(text).cut()
}

impl<'t> Cutter<'t> {
    fn new(text: &'t str) -> Cutter<'t> {
        Cutter {
            text,
            at: if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 },
            levels: vec![Level { column: 0, block: Block::Members(None), current: None }],
            announced: Some(Block::Members(None)),
            last_end: 0,
            opens: false,
            decorating: false,
            statements: Vec::new(),
            names: Names::new(text),
            globals: Vec::new(),
            global: Occurrence::of(b"global", text.as_bytes()),
            comments: Comments::default(),
            open: Vec::new(),
            tokens: Vec::new(),
        }
    }

    fn cut(mut self) -> Outline {
        while let Some(column) = self.indentation() {
            let start = self.at;
            self.settle(column);
            let block = self.innermost().block;
            let failures = self.comments.failures;
            let line = self.line(block);
            self.at = line.next;
            if block != Block::Code {
                let tokens = std::mem::take(&mut self.tokens);
                match block {
                    Block::Members(parent) => self.member_line(parent, &tokens),
                    _ => self.clause_line(block, &tokens),
                }
                self.tokens = tokens;
            }
            self.last_end = line.end;
            if self.comments.failures > failures && matches!(block, Block::Members(_)) {
                self.reach_to_the_end();
            }
            self.opens = self.text.as_bytes()[..trimmed_end(self.text.as_bytes(), line.end)].last() == Some(&b':');
            if self.global.is_in(self.text.as_bytes(), start, line.end) {
                self.names.globals(start, line.end, &mut self.globals);
            }
        }
        if self.opens {
            self.comments.lose(trimmed_end(self.text.as_bytes(), self.last_end) - 1, LostReason::MissingBlock);
        }
        while let Some(level) = self.levels.pop() {
            self.close(level.current);
        }
        let is_hopeless = self.comments.is_hopeless;
        let outline = Outline {
            statements: self.statements,
            names: self.names.bound,
            globals: self.globals,
            comments: self.comments.spans,
            texts: self.comments.texts,
            lost: self.comments.lost,
        };
        if is_hopeless { outline.into_whole(self.text) } else { outline }
    }

    /// Goes to the next line that has a token, and tells its column by the rules of CPython's tokenizer.
    fn indentation(&mut self) -> Option<u64> {
        let bytes = self.text.as_bytes();
        let mut at = self.at;
        let mut column = 0;
        // Of an indentation with a `\` in it, what stands before the `\` counts.
        let mut before_backslash = 0;
        loop {
            match *bytes.get(at)? {
                b' ' => {
                    let length = spaces(&bytes[at..]);
                    column += length as u64;
                    at += length;
                    continue;
                }
                b'\t' => column = (column / 8 + 1) * 8,
                b'\x0c' => column = 0,
                b'\\' if matches!(bytes.get(at + 1), Some(b'\n' | b'\r')) => {
                    if before_backslash == 0 {
                        before_backslash = column;
                    }
                    at = after_line_break(bytes, at + 1);
                    continue;
                }
                byte @ (b'#' | b'\n' | b'\r') => {
                    if byte == b'#' {
                        let end = comment_end(bytes, at);
                        self.comments.push(at, end);
                        at = end;
                    }
                    at = after_line_break(bytes, at);
                    column = 0;
                    before_backslash = 0;
                    continue;
                }
                _ => break,
            }
            at += 1;
        }
        self.at = at;
        Some(if before_backslash > 0 { before_backslash } else { column })
    }

    fn innermost(&self) -> &Level {
        self.levels.last().expect("the module's level is never left")
    }

    /// Opens or closes blocks, so that the innermost one is that of a line at `column`.
    fn settle(&mut self, column: u64) {
        self.decorating &= column == self.innermost().column;
        if column > self.innermost().column {
            if !self.opens {
                self.comments.lose(self.at, LostReason::UnexpectedIndent);
            }
            let block = self.announced.unwrap_or(Block::Code);
            self.levels.push(Level { column, block, current: None });
        } else if self.opens {
            self.comments.lose(self.at, LostReason::MissingBlock);
        }
        while column < self.innermost().column {
            let left = self.levels.pop();
            self.close(left.and_then(|level| level.current));
        }
        if column != self.innermost().column {
            self.comments.lose(self.at, LostReason::BadDedent);
        }
        self.announced = None;
    }

    fn line(&mut self, block: Block) -> Line {
        let bytes = self.text.as_bytes();
        if block == Block::Code {
            // What is indented more than code is code.
            self.announced = Some(Block::Code);
            return logical_line(bytes, self.at, &mut self.open, &mut self.comments);
        }
        self.tokens.clear();
        let mut surface = Surface { comments: &mut self.comments, tokens: &mut self.tokens, lambdas: 0 };
        logical_line(bytes, self.at, &mut self.open, &mut surface)
    }

    fn begin(&mut self, parent: Option<StatementId>, kind: StatementKind, start: u32) -> StatementId {
        let id = StatementId(self.statements.len() as u32);
        let level = self.levels.len() - 1;
        let before = self.levels[level].current.replace(id);
        self.close(before);
        let names = self.names.bound.len() as u32;
        self.names.statement = id;
        self.statements.push(Statement {
            span: Span { start, end: start },
            header: Span { start, end: start },
            parent,
            kind,
            opaque: false,
            bound: (names, names),
            next: id.0 + 1,
        });
        id
    }

    /// The last logical line was the statement's last.
    fn close(&mut self, id: Option<StatementId>) {
        let Some(StatementId(id)) = id else { return };
        let next = self.statements.len() as u32;
        let statement = &mut self.statements[id as usize];
        // A simple statement ended on its line, before the `;` if there was one.
        if statement.span.is_empty() {
            self.last_end = trimmed_end(self.text.as_bytes(), self.last_end);
            statement.span.end = self.last_end as u32;
        }
        statement.next = next;
        if statement.header.is_empty() {
            statement.header = statement.span;
        }
    }

    /// A line among the statements to cut.
    fn member_line(&mut self, parent: Option<StatementId>, tokens: &[Token]) {
        let Some(first) = tokens.first() else { return };
        let head = Head::of(self.text, tokens);
        let decorated = std::mem::take(&mut self.decorating);
        let kind = match head {
            Head::Simple => return self.simple_members(parent, tokens),
            Head::Decorator => StatementKind::Simple,
            Head::Function { is_async, .. } => StatementKind::Function { is_async },
            Head::Class { .. } => StatementKind::Class,
            Head::Compound { .. } | Head::Match => StatementKind::Compound,
        };
        let goes_on = self.innermost().current.filter(|id| match head {
            Head::Decorator | Head::Function { .. } | Head::Class { .. } => decorated,
            Head::Compound { goes_on, .. } => goes_on && self.statements[id.0 as usize].kind == StatementKind::Compound,
            Head::Match | Head::Simple => false,
        });
        let id = goes_on.unwrap_or_else(|| self.begin(parent, kind, first.start));
        let block = match head {
            Head::Class { .. } => Block::Members(Some(id)),
            _ => head.block(),
        };
        let colon = self.bind(head, block, tokens);
        self.decorating = matches!(head, Head::Decorator);
        let statement = &mut self.statements[id.0 as usize];
        statement.kind = kind;
        statement.bound.1 = self.names.bound.len() as u32;
        let cut = self.announced.is_some();
        match (head, colon) {
            (Head::Function { .. }, Some(colon)) => statement.header.end = tokens[colon].end,
            (Head::Class { .. }, Some(colon)) if cut => statement.header.end = tokens[colon].end,
            (Head::Class { .. }, _) => statement.opaque = true,
            _ => {}
        }
    }

    /// One line of simple statements, each of them a statement of its own.
    fn simple_members(&mut self, parent: Option<StatementId>, tokens: &[Token]) {
        for piece in tokens.split(|token| token.kind == TokenKind::Semicolon) {
            let (Some(first), Some(last)) = (piece.first(), piece.last()) else { continue };
            let kind = match first.span().text(self.text) {
                "import" | "from" => StatementKind::Import,
                _ => StatementKind::Simple,
            };
            let id = self.begin(parent, kind, first.start);
            self.bind(Head::Simple, Block::Code, piece);
            let statement = &mut self.statements[id.0 as usize];
            statement.span.end = last.end;
            statement.bound.1 = self.names.bound.len() as u32;
        }
    }

    /// What closes nothing, or is open at the end of the line, is no token and part of the statement all the same. One
    /// that may go on ends when it is closed.
    fn reach_to_the_end(&mut self) {
        let end = trimmed_end(self.text.as_bytes(), self.last_end) as u32;
        if let Some(StatementId(id)) = self.innermost().current {
            let span = &mut self.statements[id as usize].span;
            if !span.is_empty() {
                span.end = span.end.max(end);
            }
        }
    }

    /// A line in the block of a compound statement.
    fn clause_line(&mut self, block: Block, tokens: &[Token]) {
        if tokens.is_empty() {
            return;
        }
        let head = match block {
            Block::Cases => Head::Compound { keyword: 0, goes_on: true },
            _ => Head::of(self.text, tokens),
        };
        self.bind(head, head.block(), tokens);
        let StatementId(id) = self.names.statement;
        self.statements[id as usize].bound.1 = self.names.bound.len() as u32;
    }

    /// Collects what a line binds, and announces `block` if its body is still to come. Tells where the header's colon
    /// is.
    fn bind(&mut self, head: Head, block: Block, tokens: &[Token]) -> Option<usize> {
        let before = self.names.bound.len();
        let (start, mut end) = (tokens[0].start, tokens[tokens.len() - 1].end);
        let colon = tokens.iter().position(|token| token.kind == TokenKind::Colon);
        let suite = colon.map_or(tokens.len(), |colon| colon + 1);
        match head {
            Head::Decorator => {}
            Head::Simple => self.names.simple_statements(tokens),
            Head::Function { name, .. } | Head::Class { name } => {
                if let Some(name) = tokens.get(name).filter(|token| token.kind == TokenKind::Word) {
                    self.names.bind(*name, head.how());
                }
                // The body is a scope of its own.
                end = tokens[suite - 1].end;
            }
            Head::Compound { keyword, .. } => {
                self.names.header(&tokens[keyword..colon.unwrap_or(tokens.len())]);
                self.names.simple_statements(&tokens[suite..]);
            }
            Head::Match => self.statements[self.names.statement.0 as usize].opaque = true,
        }
        self.names.walruses(start, end, before);
        let opens = !matches!(head, Head::Decorator | Head::Simple) && colon.is_some() && suite == tokens.len();
        self.announced = opens.then_some(block);
        colon
    }
}

/// What a line begins with, as far as statements go by it.
#[derive(Clone, Copy)]
enum Head {
    Decorator,
    /// `name` is the place of the name among the tokens.
    Function {
        is_async: bool,
        name: usize,
    },
    Class {
        name: usize,
    },
    /// `keyword` is 1 behind `async`, otherwise 0. Clauses that go on with a compound statement are `Compound` too.
    Compound {
        keyword: usize,
        goes_on: bool,
    },
    Match,
    Simple,
}

impl Head {
    fn of(text: &str, tokens: &[Token]) -> Head {
        let word = |index: usize| match tokens.get(index) {
            Some(token) if token.kind == TokenKind::Word => token.span().text(text),
            _ => "",
        };
        let is_async = word(0) == "async" && matches!(word(1), "def" | "for" | "with");
        let keyword = usize::from(is_async);
        match word(keyword) {
            "def" => Head::Function { is_async, name: keyword + 1 },
            "class" => Head::Class { name: 1 },
            "if" | "for" | "while" | "with" | "try" => Head::Compound { keyword, goes_on: false },
            "elif" | "else" | "except" | "finally" => Head::Compound { keyword, goes_on: true },
            // With a subject between the word and a colon that ends the line; else it is a name like any other.
            "match" if matches!(tokens, [_, _, .., last] if last.kind == TokenKind::Colon) => Head::Match,
            "" if tokens[0].span().text(text).starts_with('@') => Head::Decorator,
            _ => Head::Simple,
        }
    }

    fn how(self) -> How {
        match self {
            Head::Class { .. } => How::Class,
            Head::Function { is_async: true, .. } => How::AsyncFunction,
            _ => How::Function,
        }
    }

    /// What its block is, when it does not stand among the statements to cut.
    fn block(self) -> Block {
        match self {
            Head::Compound { .. } => Block::Clauses,
            Head::Match => Block::Cases,
            _ => Block::Code,
        }
    }
}

/// How many spaces come first. They are counted eight at a time, for there are a great many of them.
fn spaces(bytes: &[u8]) -> usize {
    let mut length = 0;
    for &eight in bytes.as_chunks::<8>().0 {
        let others = u64::from_le_bytes(eight) ^ u64::from_le_bytes([b' '; 8]);
        if others != 0 {
            return length + others.trailing_zeros() as usize / 8;
        }
        length += 8;
    }
    length + bytes[length..].iter().take_while(|&&byte| byte == b' ').count()
}

/// Where the last token before `end` ends: blanks and continued lines go.
fn trimmed_end(bytes: &[u8], end: usize) -> usize {
    bytes[..end]
        .iter()
        .rposition(|byte| !matches!(byte, b' ' | b'\t' | b'\x0c' | b'\n' | b'\r' | b'\\'))
        .map_or(0, |last| last + 1)
}
