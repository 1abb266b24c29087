//! Python text as flat tables of nodes. The only module that knows tree-sitter.
//!
//! A file is cut into statements by the outline (`outline.rs`), and only the statements that somebody asks about are
//! parsed, each on its own: an *island*. A `Tree` is one island: its nodes in reading order, each with the place of its
//! parent and of the first node after its own subtree, so that children, siblings and ancestors are array look-ups.
//! A `Tree` never changes, which is what lets islands be made on demand by whoever asks first, and be kept when an edit
//! touches another statement.
//!
//! Comments are not in the table: the outline has them. Neither is punctuation, except the tokens that carry meaning.

use std::cell::RefCell;

use tree_sitter::{Parser, TreeCursor};

use crate::text::Span;

mod names;
pub mod outline;
mod quick;
mod trees;

use names::Numbers;
pub use names::{Field, SyntaxKind};
pub use outline::{How, LostReason, Outline, Statement, StatementId, StatementKind};
pub use trees::Trees;

/// A node of one island.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct RowId(pub u32);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Row {
    pub kind: SyntaxKind,
    pub field: Field,
    pub span: Span,
    parent: u32,
    /// The first row after this one's subtree.
    next: u32,
}

/// One island: the nodes of one statement, in reading order.
#[derive(PartialEq, Eq, Debug, Default)]
pub struct Tree {
    pub rows: Vec<Row>,
    /// The statements in which the grammar was lost.
    pub broken: Vec<Span>,
}

impl Tree {
    pub const ROOT: RowId = RowId(0);

    /// Parses one stretch of the text as a module of its own. Places count from the start of the whole text.
    pub fn parse(text: &str, span: Span) -> Tree {
        Tree::parse_quickly(text, span).unwrap_or_else(|| Tree::parse_by_grammar(text, span))
    }

    /// The same tree, sooner, of code that is plain enough.
    pub fn parse_quickly(text: &str, span: Span) -> Option<Tree> {
        quick::parse(text, span)
    }

    /// What the grammar reads.
    pub fn parse_by_grammar(text: &str, span: Span) -> Tree {
        thread_local! {
            static PARSER: RefCell<Option<Parser>> = const { RefCell::new(None) };
        }
        let slice = span.text(text);
        let parsed = PARSER.with_borrow_mut(|parser| {
            let parser = parser.get_or_insert_with(|| {
                let mut parser = Parser::new();
                // The grammar is linked in and of the right version: a test parses with it.
                let _ = parser.set_language(&tree_sitter_python::LANGUAGE.into());
                parser
            });
            parser.parse(slice, None)
        });
        // Only a parser without a language, or one that was cancelled, returns nothing.
        let Some(parsed) = parsed else { return Tree::default() };
        let mut tree = Tree::lower(&mut parsed.walk(), span.start);
        if parsed.root_node().has_error() {
            tree.find_damage();
        }
        tree
    }

    /// The same tree of a text in which its stretch begins at `by` instead of 0.
    fn moved(&self, by: u32) -> Tree {
        let moved = |span: Span| Span::new(span.start + by, span.end + by);
        let rows = self.rows.iter().map(|row| Row { span: moved(row.span), ..*row }).collect();
        Tree { rows, broken: self.broken.iter().copied().map(moved).collect() }
    }

    fn lower(cursor: &mut TreeCursor<'_>, base: u32) -> Tree {
        let numbers = Numbers::get();
        let mut rows: Vec<Row> = Vec::new();
        // Rows that are still open, innermost last.
        let mut open: Vec<u32> = Vec::new();
        loop {
            let node = cursor.node();
            let kind = if node.is_missing() { Some(SyntaxKind::Error) } else { numbers.kind(node.kind_id()) };
            if let Some(kind) = kind {
                let span = Span::new(base + node.start_byte() as u32, base + node.end_byte() as u32);
                let field = numbers.field(cursor.field_id());
                rows.push(Row { kind, field, span, parent: open.last().copied().unwrap_or(0), next: 0 });
            }
            if kind.is_some() && cursor.goto_first_child() {
                open.push(rows.len() as u32 - 1);
                continue;
            }
            if let (Some(_), Some(row)) = (kind, rows.len().checked_sub(1)) {
                rows[row].next = row as u32 + 1;
            }
            while !cursor.goto_next_sibling() {
                if !cursor.goto_parent() {
                    return Tree { rows, broken: Vec::new() };
                }
                if let Some(closed) = open.pop() {
                    rows[closed as usize].next = rows.len() as u32;
                    end_with_block(&mut rows, closed);
                }
            }
        }
    }

    /// An error damages the statement it stands in. One that stands between statements damages its neighbours as
    /// well: they are what the parser made of the pieces.
    fn find_damage(&mut self) {
        let mut broken = Vec::new();
        for row in self.all().filter(|&row| self[row].kind == SyntaxKind::Error) {
            let mut span = self[row].span;
            match self.parent(row) {
                Some(parent) if matches!(self[parent].kind, SyntaxKind::Module | SyntaxKind::Block) => {
                    let before = self.children(parent).take_while(|&child| child < row).last();
                    let after = self.children(parent).find(|&child| child > row);
                    for neighbour in before.into_iter().chain(after) {
                        span = span.to(self[neighbour].span);
                    }
                }
                _ => {
                    if let Some(statement) = self.ancestors(row).find(|&up| self[up].kind.is_statement()) {
                        span = span.to(self.header(statement));
                    }
                }
            }
            broken.push(span);
        }
        self.broken = broken;
    }

    /// A compound statement without its blocks, from its first byte to where the first block begins; a simple
    /// statement whole.
    fn header(&self, statement: RowId) -> Span {
        let span = self[statement].span;
        let block = self.children(statement).find(|&child| self[child].kind == SyntaxKind::Block);
        block.map_or(span, |block| Span::new(span.start, self[block].span.start.max(span.start)))
    }

    pub fn is_broken(&self, row: RowId) -> bool {
        let span = self[row].span;
        self.broken.iter().any(|broken| broken.overlaps(span) || broken.start == span.start)
    }

    pub fn all(&self) -> impl Iterator<Item = RowId> + use<> {
        (0..self.rows.len() as u32).map(RowId)
    }

    /// The row's subtree, itself first.
    pub fn subtree(&self, row: RowId) -> impl Iterator<Item = RowId> + use<> {
        (row.0..self[row].next).map(RowId)
    }

    /// The first row after the row's subtree.
    pub fn next(&self, row: RowId) -> u32 {
        self[row].next
    }

    pub fn parent(&self, row: RowId) -> Option<RowId> {
        (row.0 != 0).then(|| RowId(self[row].parent))
    }

    /// From the parent outwards.
    pub fn ancestors(&self, row: RowId) -> impl Iterator<Item = RowId> + '_ {
        std::iter::successors(self.parent(row), |&up| self.parent(up))
    }

    pub fn children(&self, row: RowId) -> impl Iterator<Item = RowId> + '_ {
        let end = self[row].next;
        let first = (row.0 + 1 < end).then_some(RowId(row.0 + 1));
        std::iter::successors(first, move |&child| {
            let next = self[child].next;
            (next < end).then_some(RowId(next))
        })
    }

    pub fn child(&self, row: RowId, field: Field) -> Option<RowId> {
        self.children(row).find(|&child| self[child].field == field)
    }

    pub fn first_child(&self, row: RowId) -> Option<RowId> {
        self.children(row).next()
    }

    pub fn child_of_kind(&self, row: RowId, kind: SyntaxKind) -> Option<RowId> {
        self.children(row).find(|&child| self[child].kind == kind)
    }

    /// The expression without the parentheses round it.
    pub fn bare(&self, mut row: RowId) -> RowId {
        loop {
            let inner = match self[row].kind {
                SyntaxKind::ParenthesizedExpression => self.first_child(row),
                SyntaxKind::ListSplat if self.is_inside_out(row) => self.children(row).last(),
                _ => return row,
            };
            let Some(inner) = inner else { return row };
            row = inner;
        }
    }

    /// The grammar reads the only element of `[*f()]` and of `{*x.y}` as if the star belonged to `f` and `x`.
    fn is_inside_out(&self, row: RowId) -> bool {
        matches!(self[row].field, Field::Function | Field::Object)
            || self[row].field == Field::Value
                && self.parent(row).is_some_and(|up| self[up].kind == SyntaxKind::Subscript)
    }

    /// The star that an element of a display begins with.
    pub fn star(&self, element: RowId) -> Option<RowId> {
        let mut row = element;
        while matches!(self[row].kind, SyntaxKind::Call | SyntaxKind::Attribute | SyntaxKind::Subscript) {
            row = self.first_child(row)?;
        }
        (self[row].kind == SyntaxKind::ListSplat && (row == element || self.is_inside_out(row))).then_some(row)
    }

    /// What a star takes apart: the expression behind it.
    pub fn starred(&self, star: RowId) -> Option<RowId> {
        if !self.is_inside_out(star) {
            return self.children(star).last();
        }
        let mut row = star;
        while matches!(self[row].field, Field::Function | Field::Object | Field::Value) {
            row = self.parent(row).filter(|&up| {
                matches!(self[up].kind, SyntaxKind::Call | SyntaxKind::Attribute | SyntaxKind::Subscript)
            })?;
        }
        Some(row)
    }
}

/// To the grammar the comments behind a block are a part of it, and of all that ends with it, as far as they are there:
/// a statement that is read on its own ends without them. Here it ends with its last statement, wherever it is read.
fn end_with_block(rows: &mut [Row], closed: u32) {
    let mut last = None;
    let mut child = closed + 1;
    while let Some(row) = rows.get(child as usize) {
        last = Some((row.kind, row.span.end));
        child = row.next;
    }
    let row = &mut rows[closed as usize];
    if let Some((kind, end)) = last
        && (matches!(row.kind, SyntaxKind::Block | SyntaxKind::Decorator) || kind.ends_with_block())
        // The root is the whole stretch.
        && row.kind != SyntaxKind::Module
    {
        row.span.end = end;
    }
}

impl std::ops::Index<RowId> for Tree {
    type Output = Row;

    fn index(&self, row: RowId) -> &Row {
        &self.rows[row.0 as usize]
    }
}

/// How often the grammar is lost in a text: the measure by which a fix may not make a file worse.
pub fn damage(text: &str) -> usize {
    let lost = Outline::read(text).lost.is_some() as usize;
    let errors = Tree::parse(text, Span::new(0, text.len() as u32));
    lost + errors.rows.iter().filter(|row| row.kind == SyntaxKind::Error).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Tree {
        Tree::parse(text, Span::new(0, text.len() as u32))
    }

    #[test]
    fn children_and_parents_agree() {
        let tree = parse("async def f(a, *, b=1):\n    async for x in g(a):\n        yield x  # why\n");
        for row in tree.all() {
            for child in tree.children(row) {
                assert_eq!(tree.parent(child), Some(row));
                assert!(tree[row].span.encloses(tree[child].span));
            }
        }
        assert!(tree.broken.is_empty());
    }

    #[test]
    fn a_stretch_parses_as_it_stands() {
        let text = "class A:\n    @d\n    async def f(self):\n        return 1\n";
        let start = text.find("@d").unwrap() as u32;
        let tree = Tree::parse(text, Span::new(start, text.len() as u32 - 1));
        let function = tree.all().find(|&row| tree[row].kind == SyntaxKind::FunctionDefinition).unwrap();
        assert!(tree[function].span.text(text).starts_with("async def f"));
        assert!(tree.broken.is_empty());
    }

    #[test]
    fn a_class_header_parses_alone() {
        let text = "class A(B, metaclass=M):";
        let tree = parse(text);
        assert!(tree.broken.is_empty(), "{:?}", tree.rows);
        assert!(tree.all().any(|row| tree[row].kind == SyntaxKind::ClassDefinition));
    }

    #[test]
    fn a_loop_ends_with_its_last_statement() {
        let text = "for x in y:\n    f(x)  # why\n    # and why not\nz\n";
        for tree in [parse(text), Tree::parse_by_grammar(text, Span::new(0, text.len() as u32))] {
            let ends = |kind| tree.all().find(|&row| tree[row].kind == kind).map(|row| tree[row].span.end);
            assert_eq!(ends(SyntaxKind::ForStatement), Some(20));
            assert_eq!(ends(SyntaxKind::Block), Some(20));
        }
    }

    #[test]
    fn damage_stays_in_its_statement() {
        let text = "def f():\n    a = 1\n    b = = 2\n    c = 3\n";
        let tree = parse(text);
        let at = |needle: &str| {
            let start = text.find(needle).unwrap() as u32;
            tree.all().find(|&row| tree[row].span.start == start && tree[row].kind == SyntaxKind::Identifier).unwrap()
        };
        assert!(tree.is_broken(at("b =")));
        assert!(!tree.is_broken(at("a =")));
        assert!(!tree.is_broken(at("c =")));
    }
}
