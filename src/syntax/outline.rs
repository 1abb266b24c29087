//! placeholder until the lexer lands
use crate::text::Span;
#[derive(Debug, Default)]
pub struct Outline {
    pub statements: Vec<Statement>,
    pub names: Vec<Bound>,
    pub globals: Vec<Span>,
    pub comments: Vec<Span>,
    pub lost: Option<Lost>,
}
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct StatementId(pub u32);
#[derive(Debug)]
pub struct Statement {
    pub span: Span,
    pub header: Span,
    pub parent: Option<StatementId>,
    pub kind: StatementKind,
    pub opaque: bool,
    pub bound: (u32, u32),
    pub next: u32,
}
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StatementKind {
    Function { is_async: bool },
    Class,
    Import,
    Compound,
    Simple,
    Whole,
}
#[derive(Debug)]
pub struct Bound {
    pub name: Span,
    pub how: How,
    pub statement: StatementId,
}
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum How {
    Function,
    AsyncFunction,
    Class,
    Import,
    Star,
    Assign,
    Augment,
    Annotate,
    For,
    With,
    Except,
    Walrus,
    Delete,
    Type,
    Global,
}
#[derive(Debug)]
pub struct Lost {
    pub at: u32,
    pub why: LostReason,
}
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LostReason {
    UnclosedBracket,
}
impl Outline {
    pub fn read(text: &str) -> Outline {
        Outline::whole(text)
    }
    pub fn whole(text: &str) -> Outline {
        let span = Span::new(0, text.len() as u32);
        Outline {
            statements: vec![Statement {
                span,
                header: span,
                parent: None,
                kind: StatementKind::Whole,
                opaque: true,
                bound: (0, 0),
                next: 1,
            }],
            ..Outline::default()
        }
    }
    pub fn at(&self, _offset: u32) -> Option<StatementId> {
        Some(StatementId(0))
    }
    pub fn bound(&self, id: StatementId) -> &[Bound] {
        let (start, end) = self.statements[id.0 as usize].bound;
        &self.names[start as usize..end as usize]
    }
}
