//! A parser for the Python that people mostly write, ten times as fast as the grammar's own.
//!
//! The grammar (tree-sitter's) decides what a tree looks like: it reads everything, recovers from every mistake, and
//! what it says is right by definition. But reading is most of what a check costs, and most code is plain. So plain
//! code is read here, by recursive descent straight into the same rows, and at the first thing that is not plain this
//! parser gives up and the grammar reads the whole stretch. It never guesses: where it answers, its rows are the
//! grammar's rows, byte for byte, which a test checks for every statement of the standard library.
//!
//! Left to the grammar on purpose: every syntax error, `match`, `type` and Python 2's `print` and `exec` statements,
//! type parameters, `except*`, names beyond ASCII, stars in unusual places, and nesting deeper than [`DEEPEST`].
//!
//! Nodes are made in the order in which their ends are known, so `a.b` can be put round an `a` that is there already;
//! at the end they are written out in reading order.

mod expressions;
mod statements;
mod strings;
mod tokens;
mod types;

use std::cell::RefCell;

use super::{Field, Row, SyntaxKind, Tree};
use crate::text::Span;
use tokens::Token;

/// How deep expressions and blocks may nest before the stack of this thread is at risk.
const DEEPEST: u32 = 150;

/// Reads a stretch of text, or None: it takes the grammar to read it.
pub fn parse(text: &str, span: Span) -> Option<Tree> {
    thread_local! {
        static NODES: RefCell<Vec<Node>> = const { RefCell::new(Vec::new()) };
    }
    // A stretch beyond this length is not code that somebody wrote, nor is one with a NUL in it.
    if span.len() > 1 << 28 || span.text(text).contains('\0') {
        return None;
    }
    NODES.with_borrow_mut(|nodes| {
        nodes.clear();
        let mut parser = Parser::new(span.text(text), nodes);
        let root = parser.module()?;
        Some(Tree { rows: written_out(nodes, root, span.start), broken: Vec::new() })
    })
}

/// The number of a node.
type Id = u32;

/// There is no such node: the first one is never anybody's child.
const NONE: Id = u32::MAX;

struct Node {
    kind: SyntaxKind,
    field: Field,
    span: Span,
    first: Id,
    last: Id,
    /// The next child of the same parent.
    next: Id,
}

struct Parser<'t> {
    bytes: &'t [u8],
    nodes: &'t mut Vec<Node>,
    token: Token,
    /// Where the token stands.
    span: Span,
    /// Where the one before it ended.
    end: u32,
    /// How many brackets are open: in them a line break means nothing.
    brackets: u32,
    /// How deep the code is nested that is being read.
    depth: u32,
    /// The indentation of the line that the token stands in.
    indent: u32,
    /// The indentation of the block that is being read.
    block: u32,
    /// Nothing stands before the statement.
    is_first: bool,
    /// The statement begins with Python 2's `print`, which leaves the grammar in doubt to its end.
    is_print: bool,
    /// How far the comments between this line and the one before are indented.
    comments: Vec<u32>,
}

impl<'t> Parser<'t> {
    fn new(text: &'t str, nodes: &'t mut Vec<Node>) -> Parser<'t> {
        Parser {
            bytes: text.as_bytes(),
            nodes,
            token: Token::Newline,
            span: Span::new(0, 0),
            end: 0,
            brackets: 0,
            depth: 0,
            indent: 0,
            block: 0,
            is_first: true,
            is_print: false,
            comments: Vec::new(),
        }
    }

    /// A node without children.
    fn leaf(&mut self, kind: SyntaxKind, span: Span) -> Id {
        self.nodes.push(Node { kind, field: Field::No, span, first: NONE, last: NONE, next: NONE });
        self.nodes.len() as Id - 1
    }

    /// A node that begins here; it ends where its last child does, until somebody says where.
    fn begin(&mut self, kind: SyntaxKind, start: u32) -> Id {
        self.leaf(kind, Span::new(start, start))
    }

    fn add(&mut self, parent: Id, field: Field, child: Id) {
        self.nodes[child as usize].field = field;
        let end = self.nodes[child as usize].span.end;
        let node = &mut self.nodes[parent as usize];
        node.span.end = node.span.end.max(end);
        let last = std::mem::replace(&mut node.last, child);
        match last {
            NONE => node.first = child,
            last => self.nodes[last as usize].next = child,
        }
    }

    /// The node ends where the token before this one does.
    fn close(&mut self, node: Id) -> Id {
        self.nodes[node as usize].span.end = self.end;
        node
    }

    /// A node round one that is there already.
    fn around(&mut self, kind: SyntaxKind, field: Field, inner: Id) -> Id {
        let node = self.begin(kind, self.nodes[inner as usize].span.start);
        self.add(node, field, inner);
        node
    }

    fn kind(&self, node: Id) -> SyntaxKind {
        self.nodes[node as usize].kind
    }

    /// Takes the token as a leaf.
    fn take(&mut self, kind: SyntaxKind) -> Option<Id> {
        let span = self.span;
        self.advance()?;
        Some(self.leaf(kind, span))
    }

    /// The token must be this one; it gets no node.
    fn expect(&mut self, token: Token) -> Option<()> {
        if self.token != token {
            return None;
        }
        self.advance()
    }

    /// Steps over the token if it is this one.
    fn skips(&mut self, token: Token) -> Option<bool> {
        let is_here = self.token == token;
        if is_here {
            self.advance()?;
        }
        Some(is_here)
    }

    /// Reads something one level deeper.
    fn deeper<T>(&mut self, read: impl FnOnce(&mut Parser<'t>) -> Option<T>) -> Option<T> {
        if self.depth == DEEPEST {
            return None;
        }
        self.depth += 1;
        let found = read(self);
        self.depth -= 1;
        found
    }
}

/// The nodes as rows in reading order; places count from `base` on.
fn written_out(nodes: &[Node], root: Id, base: u32) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::with_capacity(nodes.len());
    // Rows that are still open, innermost last, each with the node behind it.
    let mut open: Vec<(u32, Id)> = Vec::new();
    let mut id = root;
    loop {
        let node = &nodes[id as usize];
        let row = rows.len() as u32;
        let span = Span::new(base + node.span.start, base + node.span.end);
        let parent = open.last().map_or(0, |&(row, _)| row);
        rows.push(Row { kind: node.kind, field: node.field, span, parent, next: row + 1 });
        if node.first != NONE {
            open.push((row, node.next));
            id = node.first;
            continue;
        }
        id = node.next;
        while id == NONE {
            let Some((closed, next)) = open.pop() else { return rows };
            rows[closed as usize].next = rows.len() as u32;
            id = next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quick(text: &str) -> Option<Tree> {
        parse(text, Span::new(0, text.len() as u32))
    }

    #[test]
    fn plain_code_reads_as_the_grammar_reads_it() {
        for text in [
            "",
            "# only a comment\n",
            "\n\nx = 1\n# end\n",
            "class A(B, metaclass=M):",
            "@d\n    async def f(self, *, a: list[int] | None = None, **k) -> dict[str, x.Y]:\n        yield 1\n",
            "if a:\n    b\n    # in\n# out\nelif (c := d):\n    pass  # why\nelse: e; f;\n",
            "try:\n    a\nexcept (B, C) as d:\n    raise E from d\nelse:\n    b\nfinally:\n    c\n",
            "with (a as b, c): pass\nwith (a): pass\nasync with (a).b() as c, d: pass\n",
            "for a, (b, *c) in *d, e: break\nelse: continue\n",
            "x = [i async for i, in y if i not in z if not (i is not None)]\n",
            "a, b.c, d[0] = e = yield f\n(a): int = 1\na **= -b ** await c\n",
            "f(x for x in y)\nf(a, *b.c(), d=1, **e)\n[*a, *b()], {*a, b}, {**a, b: c}, (*a, b)\n",
            "x[a, b:c, ::d, :], lambda a, *b, c=1: (yield)\n",
            "f'a{b!r:>{c}}d{{e}}{f = }' \"g\" rb'a\\'' \'\'\'h\"i\'\'\' r\"\\d\"\n",
            "from . import a as b\nfrom ..c.d import (e, f as g,)\nfrom __future__ import h\nfrom i import *\n",
            "type: int = 1\nmatch = type.match(1)\nprint(1, file=x)\n",
        ] {
            let grammar = Tree::parse_by_grammar(text, Span::new(0, text.len() as u32));
            assert_eq!(quick(text).as_ref(), Some(&grammar), "{text}");
        }
    }

    #[test]
    fn the_rest_is_left_to_the_grammar() {
        for text in [
            "x = = 1",
            "x = (1",
            "x = 0b",
            "x = 0o8",
            "x = 'a",
            "if x:\npass\n",
            "if x:  # and then",
            " \n",
            "x = 1  # a\0b",
            "class A:\n    @d\ndef f(self): pass\n",
            "def f():\n    x = (a if b\nelse c)\n",
            "def f():\n    x = (lambda a,\nb: c)\n",
            "def f():\n    x = [a for a, b\nin c]\n",
            "def f():\n    from a import (\nb)\n",
            "class A:\n    @d\n# far out\n    def f(self): pass\n",
            "match x:\n    case 1: pass\n",
            "type X = int\n",
            "print 1\n",
            "def f[T](): pass\n",
            "größe = 1\n",
            "[*f()]\n",
            "try: a\nexcept* B: c\n",
            "x: print[1]",
            "x: a\\\n[1]",
            "a, b,\nc = d\n",
            "def f(x: a\n[1]): pass\n",
            "with (a as b,): pass\n",
            "with a := b as c: pass\n",
            "class A:\n  # why\n  def f(self):",
            "def f():\n    x: a[\nb]\n",
            "def f():\n    x = a[\n1]\n",
            "def f() -> a: b[c]: d",
        ] {
            assert!(quick(text).is_none(), "{text}");
        }
    }

    #[test]
    fn deep_nesting_is_left_to_the_grammar() {
        assert!(quick(&format!("{}{}", "(".repeat(100_000), ")".repeat(100_000))).is_none());
        assert!(quick(&"-".repeat(100_000)).is_none());
        // A long line is not deep.
        assert!(quick(&format!("x = {}1\n", "1 + ".repeat(100_000))).is_some());
    }
}
