//! Which statements does this file consist of, and which names do they bind?
//!
//! An [`Outline`] answers that without a grammar. One lexical pass cuts the text into the statements at module level
//! and in class bodies; what a function's body holds is only skipped, by its indentation. Most files are never parsed
//! at all, and of the others only the statements that matter, so this pass must be an order of magnitude faster than a
//! parser, and it must never cut where Python would not.
//!
//! Words used here:
//! - a *logical line* runs from its first token to the first line break outside brackets and strings,
//! - the *header* of a def or class goes from its first decorator to the colon before its body,
//! - *members* are the statements in a class body; a class that stands in an `if` has none, for it is cut only as a
//!   part of the whole `if` statement,
//! - a statement is *opaque* when it may bind names that cannot be told without parsing it,
//! - the outline is *lost* when brackets, strings or indentation do not fit. Somebody is typing, as a rule, and the other
//!   statements are what they were: the cut goes on with the next line that can only begin a statement. Behind a string
//!   with three quotes that has no end nothing is certain, and the file is one opaque statement.
//!
//! Each question has a file: where a logical line ends (`lexing`), what it consists of (`tokens`), which names it binds
//! (`bindings`), and which lines make up a statement (`cutting`).
//!
//! Left out on purpose: every error except those by which the cut itself fails. Whether `x = = 1` is Python is for a
//! parser to say; here it is a statement like any other, and cutting it never fails and never panics. Offsets are
//! `u32`, so a text must be shorter than 4 GiB.

mod bindings;
mod cutting;
mod lexing;
mod tokens;

use crate::text::Span;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outline {
    /// In reading order, a class statement before its members.
    pub statements: Vec<Statement>,
    /// What the statements bind, grouped by statement, in reading order.
    pub names: Vec<Bound>,
    /// Each name in a `global` statement anywhere in the file, function bodies included.
    pub globals: Vec<Span>,
    /// Every comment, without its line break.
    pub comments: Vec<Span>,
    /// Every string in three quotes that has no fields.
    pub texts: Vec<Span>,
    /// Where and why the cut failed.
    pub lost: Option<Lost>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct StatementId(pub u32);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Statement {
    /// From the first decorator or the first token to the end of the last token. A `;` ends a simple statement and is
    /// no part of it; of any other statement it may be the last token, as it is to CPython.
    pub span: Span,
    /// Of a def or class up to its colon, inclusive; otherwise, and of a class whose body begins on the same line, all
    /// of it.
    pub header: Span,
    /// The class in whose body it stands.
    pub parent: Option<StatementId>,
    pub kind: StatementKind,
    /// May bind names that only parsing it can tell.
    pub opaque: bool,
    /// Its names, as a range of [`Outline::names`]. Those of a class's members are not among them.
    pub bound: (u32, u32),
    /// The first statement after this one and its members.
    pub next: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum StatementKind {
    Function {
        is_async: bool,
    },
    Class,
    Import,
    /// `if`, `for`, `while`, `with`, `try`, `match`, with all their clauses.
    Compound,
    Simple,
    /// A whole file that was not cut.
    Whole,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bound {
    pub name: Span,
    pub how: How,
    pub statement: StatementId,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum How {
    Function,
    AsyncFunction,
    Class,
    Import,
    /// `from x import *`; the name is the `*`.
    Star,
    Assign,
    Augment,
    /// `x: int` without a value, which declares `x` and leaves it unbound.
    Annotate,
    For,
    With,
    Except,
    Walrus,
    Delete,
    Type,
    Global,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Lost {
    pub at: u32,
    pub why: LostReason,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum LostReason {
    /// At the outermost bracket that is still open at the end of the file.
    UnclosedBracket,
    /// A closing bracket without an opening one, or of another kind.
    UnmatchedBracket,
    UnterminatedString,
    UnterminatedTripleString,
    /// A line less indented than the one before, but not as much as any block around it.
    BadDedent,
    /// A line more indented than the one before, which announces no block.
    UnexpectedIndent,
    /// A line that announces a block, and none follows.
    MissingBlock,
}

impl LostReason {
    /// What is wrong, for a message.
    pub fn message(self) -> &'static str {
        match self {
            LostReason::UnclosedBracket => "this bracket is never closed",
            LostReason::UnmatchedBracket => "unmatched bracket: it closes nothing that is open",
            LostReason::UnterminatedString => "unterminated string: it does not end on its line",
            LostReason::UnterminatedTripleString => "unterminated string: nothing closes its three quotes",
            LostReason::BadDedent => "unindent matches none of the blocks round it",
            LostReason::UnexpectedIndent => "unexpected indent: no block begins here",
            LostReason::MissingBlock => "an indented block is missing here",
        }
    }
}

impl Outline {
    pub fn read(text: &str) -> Outline {
        cutting::cut(text)
    }

    /// The file as one statement, as if it could not be cut. Where grammar is lost, where statements end is for the cut
    /// to say, and so it is cut.
    pub fn whole(text: &str) -> Outline {
        let outline = Outline::read(text);
        if outline.lost.is_some() { outline } else { outline.into_whole(text) }
    }

    fn into_whole(mut self, text: &str) -> Outline {
        let span = Span { start: 0, end: text.len() as u32 };
        self.names.clear();
        self.statements.clear();
        self.statements.push(Statement {
            span,
            header: span,
            parent: None,
            kind: StatementKind::Whole,
            opaque: true,
            bound: (0, 0),
            next: 1,
        });
        self
    }

    pub fn statement(&self, id: StatementId) -> &Statement {
        &self.statements[id.0 as usize]
    }

    /// The innermost statement that holds the byte at `offset`.
    pub fn at(&self, offset: u32) -> Option<StatementId> {
        // The last one to begin before `offset` holds it, or one of the classes around that does, or none.
        let after = self.statements.partition_point(|statement| statement.span.start <= offset);
        let mut id = Some(StatementId(after.checked_sub(1)? as u32));
        while let Some(candidate) = id {
            let statement = self.statement(candidate);
            if statement.span.contains(offset) {
                break;
            }
            id = statement.parent;
        }
        id
    }

    /// The byte is in a comment, or in a text of its own, as docstrings are: what stands there is no code.
    pub fn is_prose(&self, offset: u32) -> bool {
        let is_in = |spans: &[Span]| {
            let after = spans.partition_point(|span| span.start <= offset);
            after.checked_sub(1).is_some_and(|last| spans[last].contains(offset))
        };
        // Where grammar is lost, a text may be the code between two others.
        self.lost.is_none() && (is_in(&self.comments) || is_in(&self.texts))
    }

    /// The names that a statement binds, without those of its members.
    pub fn bound(&self, id: StatementId) -> &[Bound] {
        let (start, end) = self.statement(id).bound;
        &self.names[start as usize..end as usize]
    }

    /// The statements at module level.
    pub fn top_level(&self) -> impl Iterator<Item = StatementId> + '_ {
        self.siblings(0, self.statements.len() as u32)
    }

    /// The statements directly in a class body; of any other statement there are none.
    pub fn members(&self, class: StatementId) -> impl Iterator<Item = StatementId> + '_ {
        self.siblings(class.0 + 1, self.statement(class).next)
    }

    fn siblings(&self, mut next: u32, end: u32) -> impl Iterator<Item = StatementId> + '_ {
        std::iter::from_fn(move || {
            let id = StatementId(next);
            (next < end).then(|| {
                next = self.statement(id).next;
                id
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One line a statement: `>` for each class around it, its kind, its text with `‖` where the header ends, `!` if it
    /// is opaque, and `→` what it binds. Then the names in `global` statements, the comments, and why it is lost.
    fn describe(code: &str, outline: &Outline) -> String {
        let shown = |text: &str| text.replace("\r\n", "⏎").replace(['\n', '\r'], "⏎");
        let mut out = String::new();
        for (index, statement) in outline.statements.iter().enumerate() {
            let mut parent = statement.parent;
            while let Some(class) = parent {
                out += "> ";
                parent = outline.statement(class).parent;
            }
            out += match statement.kind {
                StatementKind::Function { is_async: false } => "def",
                StatementKind::Function { is_async: true } => "async",
                StatementKind::Class => "class",
                StatementKind::Import => "import",
                StatementKind::Compound => "compound",
                StatementKind::Simple => "simple",
                StatementKind::Whole => "whole",
            };
            let (header, span) = (statement.header, statement.span);
            assert_eq!(header.start, span.start);
            out += " `";
            if header == span {
                out += &shown(span.text(code));
            } else {
                out += &shown(header.text(code));
                out += "‖";
                out += &shown(Span { start: header.end, end: span.end }.text(code));
            }
            out += if statement.opaque { "` !" } else { "`" };
            for (place, bound) in outline.bound(StatementId(index as u32)).iter().enumerate() {
                let sign = if place == 0 { " →" } else { "," };
                out += &format!("{sign} {:?} {}", bound.how, bound.name.text(code));
            }
            out += "\n";
        }
        for name in &outline.globals {
            out += &format!("global {}\n", name.text(code));
        }
        for comment in &outline.comments {
            out += &format!("{}\n", comment.text(code));
        }
        if let Some(lost) = outline.lost {
            out += &format!("lost: {:?} at {}\n", lost.why, lost.at);
        }
        out
    }

    #[track_caller]
    fn check(code: &str, expected: &str) {
        let found = describe(code, &Outline::read(code));
        let expected: String = expected
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .fold(String::new(), |lines, line| lines + line + "\n");
        assert_eq!(found, expected, "\n{code}\nfound:\n{found}\nexpected:\n{expected}");
    }

    #[test]
    fn statements() {
        check("", "");
        check("\n  \n# only a comment", "# only a comment");
        check("pass", "simple `pass`");
        check(
            "import os\n\nasync def f(x):\n    return x\n\n\ndef g(): pass\nx = f()  # why\n",
            "import `import os` → Import os
             async `async def f(x):‖⏎    return x` → AsyncFunction f
             def `def g():‖ pass` → Function g
             simple `x = f()` → Assign x
             # why",
        );
        check(
            "a = 1; b = 2;\nif a: c = 1; d = 2;\n",
            "simple `a = 1` → Assign a
             simple `b = 2` → Assign b
             compound `if a: c = 1; d = 2;` → Assign c, Assign d",
        );
        check(
            "x = [\n1,\n\n# in\n2]\ny = 1 \\\n  + 2 \\\n\n",
            "simple `x = [⏎1,⏎⏎# in⏎2]` → Assign x
             simple `y = 1 \\⏎  + 2` → Assign y
             # in",
        );
    }

    #[test]
    fn classes() {
        check(
            "class A(B, metaclass=M):\n    '''doc'''\n    x: int = 1\n    class B:\n        y = 1\n\n    def f(self):\n        z = 1\n# end\nw = 1\n",
            "class `class A(B, metaclass=M):‖⏎    '''doc'''⏎    x: int = 1⏎    class B:⏎        y = 1⏎⏎    def f(self):⏎        z = 1` → Class A
             > simple `'''doc'''`
             > simple `x: int = 1` → Assign x
             > class `class B:‖⏎        y = 1` → Class B
             > > simple `y = 1` → Assign y
             > def `def f(self):‖⏎        z = 1` → Function f
             simple `w = 1` → Assign w
             # end",
        );
        check(
            "class A: x = 1\nclass B: pass; x = 2\nclass C:  # here\n\n  pass\n",
            "class `class A: x = 1` ! → Class A
             class `class B: pass; x = 2` ! → Class B
             class `class C:‖  # here⏎⏎  pass` → Class C
             > simple `pass`
             # here",
        );
        check(
            "if x:\n    class A:\n        y = 1\n        def f(): pass\n    z = 1\n",
            "compound `if x:⏎    class A:⏎        y = 1⏎        def f(): pass⏎    z = 1` → Class A, Assign z",
        );
        check(
            "class A[T: int = str, *Ts, **P](B[T]):\n  def f[U](self) -> (lambda: 1): ...\n",
            "class `class A[T: int = str, *Ts, **P](B[T]):‖⏎  def f[U](self) -> (lambda: 1): ...` → Class A
             > def `def f[U](self) -> (lambda: 1):‖ ...` → Function f",
        );
        check("def f() -> lambda x: 1: pass", "def `def f() -> lambda x: 1:‖ pass` → Function f");
    }

    #[test]
    fn decorators() {
        check(
            "@a\n\n# between\n@b(\n  1)\n  # odd\nasync def f():\n    pass\n@c\nclass D:\n  @(e := 1)\n  def g(self): pass\n",
            "async `@a⏎⏎# between⏎@b(⏎  1)⏎  # odd⏎async def f():‖⏎    pass` → AsyncFunction f
             class `@c⏎class D:‖⏎  @(e := 1)⏎  def g(self): pass` → Class D
             > def `@(e := 1)⏎  def g(self):‖ pass` → Walrus e, Function g
             # between
             # odd",
        );
        check("if x:\n  @d\n  def f(): y = 1\n", "compound `if x:⏎  @d⏎  def f(): y = 1` → Function f");
    }

    #[test]
    fn compound_statements() {
        check(
            "if a:\n    b = 1\n# mid\nelif c:\n    if d:\n        e = 1\n    else: f = 1\nelse:\n    import g\nh = 1\n",
            "compound `if a:⏎    b = 1⏎# mid⏎elif c:⏎    if d:⏎        e = 1⏎    else: f = 1⏎else:⏎    import g` → Assign b, Assign e, Assign f, Import g
             simple `h = 1` → Assign h
             # mid",
        );
        check(
            "try: import a\nexcept (B, C) as d: e = 1\nexcept* E as f:\n  pass\nelse: g = 1\nfinally:\n  def h():\n    i = 1\n",
            "compound `try: import a⏎except (B, C) as d: e = 1⏎except* E as f:⏎  pass⏎else: g = 1⏎finally:⏎  def h():⏎    i = 1` → Import a, Except d, Assign e, Except f, Assign g, Function h",
        );
        check(
            "for a, (b.c, d[e], *f) in g: h = 1\nasync for i in j:\n  pass\nwhile (k := l()): pass\n",
            "compound `for a, (b.c, d[e], *f) in g: h = 1` → For a, For f, Assign h
             compound `async for i in j:⏎  pass` → For i
             compound `while (k := l()): pass` → Walrus k",
        );
        check(
            "with a as b, c() as (d, e.f), g as h[0]: pass\nwith (a as b, # x\n  c as [d, e],): pass\nwith (a, b): pass\nwith (a) as b: pass\nasync with (a as b): pass\nwith (a, b) as c, d: pass\nwith a as (b.c): pass\n",
            "compound `with a as b, c() as (d, e.f), g as h[0]: pass` → With b, With d
             compound `with (a as b, # x⏎  c as [d, e],): pass` → With b, With d, With e
             compound `with (a, b): pass`
             compound `with (a) as b: pass` → With b
             compound `async with (a as b): pass` → With b
             compound `with (a, b) as c, d: pass` → With c
             compound `with a as (b.c): pass`
             # x",
        );
        check(
            "match x:\n  case [a, *b] if (c := a):\n    d = 1\n  case {'k': e}: f = 1\n  case _:\n    match y:\n      case 1: g = 1\nh = 1\n",
            "compound `match x:⏎  case [a, *b] if (c := a):⏎    d = 1⏎  case {'k': e}: f = 1⏎  case _:⏎    match y:⏎      case 1: g = 1` ! → Walrus c, Assign d, Assign f, Assign g
             simple `h = 1` → Assign h",
        );
        check(
            "if lambda: x: y = 1\nfor f in lambda: 1, 2: pass",
            "compound `if lambda: x: y = 1` → Assign y
             compound `for f in lambda: 1, 2: pass` → For f",
        );
    }

    #[test]
    fn soft_keywords_are_names_too() {
        check(
            "match(x)\nmatch = 1\nmatch[x]: int = 3\nmatch: int\nmatch.x = lambda: 1\nmatch -x:\n  case 1: pass\ncase = 1\ncase(x)\n",
            "simple `match(x)`
             simple `match = 1` → Assign match
             simple `match[x]: int = 3`
             simple `match: int` → Annotate match
             simple `match.x = lambda: 1`
             compound `match -x:⏎  case 1: pass` !
             simple `case = 1` → Assign case
             simple `case(x)`",
        );
        check(
            "type X = int\ntype Y[T] = list[T]\ntype(x)\ntype = 1\ntype: int = 2\ntype in x\ntype[x] = 1\nasync = 1\n",
            "simple `type X = int` → Type X
             simple `type Y[T] = list[T]` → Type Y
             simple `type(x)`
             simple `type = 1` → Assign type
             simple `type: int = 2` → Assign type
             simple `type in x`
             simple `type[x] = 1`
             simple `async = 1` → Assign async",
        );
    }

    #[test]
    fn imports() {
        check(
            "import a.b.c, d as e, f.g as h\nfrom .x import (a as b, # no\n  c,)\nfrom . import *\nfrom...y import z\nfrom .import w",
            "import `import a.b.c, d as e, f.g as h` → Import a, Import e, Import h
             import `from .x import (a as b, # no⏎  c,)` → Import b, Import c
             import `from . import *` → Star *
             import `from...y import z` → Import z
             import `from .import w` → Import w
             # no",
        );
    }

    #[test]
    fn targets() {
        check(
            "a = b = 1\na, (b, *c), [d, e.f] = x\nx.y = 1\nx[0] = y[a, b] = 1\na.b, c = x\n(a) = 1\n(a, b)[0] = 1\n(a).b = c = 1\n(a)[b], d = 1\n*a, = x\nf(a, b=c)[d], e = x\n",
            "simple `a = b = 1` → Assign a, Assign b
             simple `a, (b, *c), [d, e.f] = x` → Assign a, Assign b, Assign c, Assign d
             simple `x.y = 1`
             simple `x[0] = y[a, b] = 1`
             simple `a.b, c = x` → Assign c
             simple `(a) = 1` → Assign a
             simple `(a, b)[0] = 1`
             simple `(a).b = c = 1` → Assign c
             simple `(a)[b], d = 1` → Assign d
             simple `*a, = x` → Assign a
             simple `f(a, b=c)[d], e = x` → Assign e",
        );
        check(
            "a += 1\na.b -= 1\n(a) **= 2\na >>= b == c\na @= 1\na == b\na <= b\nf(x=1)\na = lambda x=1: 2\na = lambda: b, c == d\nx: lambda y=1: z = 3\n",
            "simple `a += 1` → Augment a
             simple `a.b -= 1`
             simple `(a) **= 2` → Augment a
             simple `a >>= b == c` → Augment a
             simple `a @= 1` → Augment a
             simple `a == b`
             simple `a <= b`
             simple `f(x=1)`
             simple `a = lambda x=1: 2` → Assign a
             simple `a = lambda: b, c == d` → Assign a
             simple `x: lambda y=1: z = 3` → Assign x",
        );
        check(
            "x: int\nx.y: int\n(x): int\n(x): int = 1\nx: dict = {1: 2}\ndel a, (b.c, d), e[f], [g]\nclass A:\n  global h, i\n",
            "simple `x: int` → Annotate x
             simple `x.y: int`
             simple `(x): int`
             simple `(x): int = 1` → Assign x
             simple `x: dict = {1: 2}` → Assign x
             simple `del a, (b.c, d), e[f], [g]` → Delete a, Delete d, Delete g
             class `class A:‖⏎  global h, i` → Class A
             > simple `global h, i` → Global h, Global i
             global h
             global i",
        );
    }

    #[test]
    fn walruses() {
        check(
            "f(a := 1)\nx = [b := y, (c := 2)]\n[d := e for e in f if (g := e)]\ndef h(i=(j := 1)) -> (k := 1): return (l := 1)\nf(lambda m=(n := 1): (o := 1), (p := 2))\n",
            "simple `f(a := 1)` → Walrus a
             simple `x = [b := y, (c := 2)]` → Assign x, Walrus b, Walrus c
             simple `[d := e for e in f if (g := e)]` → Walrus d, Walrus g
             def `def h(i=(j := 1)) -> (k := 1):‖ return (l := 1)` → Function h, Walrus j, Walrus k
             simple `f(lambda m=(n := 1): (o := 1), (p := 2))` → Walrus n, Walrus p",
        );
        check(
            "x = f'{(a := 1)} {b:=3} {{c:=4}} {d:{(e := 5)}}', '(f := 1)'  # (g := 2)\nx[h := 1:(i := 2)]\n{lambda: (j := 1): (k := 2)}\n[lambda: (l := 1) for _ in y if (m := 1)]\nlambda n=lambda: (o := 1), p=(q := 1): (r := 1)\n",
            "simple `x = f'{(a := 1)} {b:=3} {{c:=4}} {d:{(e := 5)}}', '(f := 1)'` → Assign x, Walrus a, Walrus e
             simple `x[h := 1:(i := 2)]` → Walrus h, Walrus i
             simple `{lambda: (j := 1): (k := 2)}` → Walrus k
             simple `[lambda: (l := 1) for _ in y if (m := 1)]` → Walrus m
             simple `lambda n=lambda: (o := 1), p=(q := 1): (r := 1)` → Walrus q
             # (g := 2)",
        );
    }

    #[test]
    fn globals_anywhere() {
        check(
            "def f():\n    global a, \\\n  b\n    if x: global c; y = 1; global d\n    'global e'\n    z.global_ = 1 # global f\ndef g(): global h\n",
            "def `def f():‖⏎    global a, \\⏎  b⏎    if x: global c; y = 1; global d⏎    'global e'⏎    z.global_ = 1` → Function f
             def `def g():‖ global h` → Function g
             global a
             global b
             global c
             global d
             global h
             # global f",
        );
    }

    /// Each literal is one statement, and the next line another.
    #[test]
    fn strings() {
        for literal in [
            r#"'it\'s'"#,
            r#""\\""#,
            "'a\\\nb'",
            "'a\\\r\nb'",
            r#"r'\'"'"#,
            r#"Rb"\\\"""#,
            r#"'''it's "" \''' '''"#,
            "\"\"\"\n# no comment '\n\"\"\"",
            "''''a'''",
            "'' ''",
            r#"u'"' b"'" rb'(' BR'''('''"#,
            r#"if"x"else"y""#,
            // Formatted strings as they always were.
            r#"f'{{ }} {a!r:>{width}} {b=} {{{c}}}'"#,
            r#"f"{d['k']:{'x'}} \N{DASH} \{e} \"""#,
            "f'''{\n x\n:\n}' '' {'a' 'b'}'''",
            r#"f'{x:%H:%M "}' rf'\{x}\'' fR"\N{x}""#,
            r#"f'{lambda_ if x else {1: 2}[1]} {(lambda x: 1)} {x[1:2]} {a != b}'"#,
            r#"f"{x:\}" f'{x:\N{DASH}>4}'"#,
            // And with the freedom of 3.12.
            r#"f"{d["k"]} {f"{f"{1 + 1}"}"}""#,
            "f'{\n x # comment ' }\n}'",
            r#"f"{'\n'.join(x)} {"""a"b""" "}"}""#,
            "f'{x:>4\n # comment '\n}'",
            r#"t"{x!r:{y:{"z"}}}" Rt'{'''}'''}'"#,
        ] {
            let code = format!("x = {literal}\ny = 1\n");
            let outline = Outline::read(&code);
            assert_eq!(outline.lost, None, "{literal}");
            let texts: Vec<_> = outline.statements.iter().map(|statement| statement.span.text(&code)).collect();
            assert_eq!(texts, [&code[..code.len() - "\ny = 1\n".len()], "y = 1"]);
        }
    }

    #[test]
    fn line_breaks_and_indentation() {
        check(
            "\u{feff}def f():\r\n\tx = 1\r\n        y = 2\r\rz = 1\rclass A:\n      \x0c b = 1\n c = 1\nc = 1\\\r\n  + 2",
            "def `def f():‖⏎\tx = 1⏎        y = 2` → Function f
             simple `z = 1` → Assign z
             class `class A:‖⏎      \x0c b = 1⏎ c = 1` → Class A
             > simple `b = 1` → Assign b
             > simple `c = 1` → Assign c
             simple `c = 1\\⏎  + 2` → Assign c",
        );
        check(
            "class A:\n    x = 1\n# left\n            # right\n    y = 1\n  \\\n  \n    z = 1\n",
            "class `class A:‖⏎    x = 1⏎# left⏎            # right⏎    y = 1⏎  \\⏎  ⏎    z = 1` → Class A
             > simple `x = 1` → Assign x
             > simple `y = 1` → Assign y
             > simple `z = 1` → Assign z
             # left
             # right",
        );
        check(
            "class A:\n    \\\n  x = 1\n    y = 1\n",
            "class `class A:‖⏎    \\⏎  x = 1⏎    y = 1` → Class A
             > simple `x = 1` → Assign x
             > simple `y = 1` → Assign y",
        );
    }

    #[test]
    fn lost() {
        check("x = (1,\ny = 2 # c\n", "simple `x = (1,⏎y = 2 # c` → Assign x\n# c\nlost: UnclosedBracket at 4");
        check("x = (1]\n# c", "simple `x = (1]⏎# c` → Assign x\n# c\nlost: UnmatchedBracket at 6");
        check("x = 1)\n# c", "simple `x = 1)` → Assign x\n# c\nlost: UnmatchedBracket at 5");
        check(
            "x = 'a\ny = 1 # c",
            "simple `x = 'a` → Assign x\nsimple `y = 1` → Assign y\n# c\nlost: UnterminatedString at 4",
        );
        check("x = f'a{b}c\ny # c", "simple `x = f'a{b}c` → Assign x\nsimple `y`\n# c\nlost: UnterminatedString at 9");
        check("x = f'{a:b'\ny # c", "simple `x = f'{a:b'` → Assign x\nsimple `y`\n# c\nlost: UnterminatedString at 8");
        check("'''a\n# b", "whole `'''a⏎# b` !\nlost: UnterminatedTripleString at 0");
        check("f'''a{\n# b", "whole `f'''a{⏎# b` !\n# b\nlost: UnterminatedTripleString at 1");
        check("if a:\n    b\n  c\nd # e", "compound `if a:⏎    b`\nsimple `c`\nsimple `d`\n# e\nlost: BadDedent at 14");
        check(
            "def f():\n    if a:\n        b\n      c\n",
            "def `def f():‖⏎    if a:⏎        b⏎      c` → Function f\nlost: BadDedent at 35",
        );
    }

    /// Somebody types in one statement: the others are what they were.
    #[test]
    fn goes_on_behind_what_is_lost() {
        check(
            "def f():\n    x = g(a,\n    return x\n\ny = 1\n",
            "def `def f():‖⏎    x = g(a,⏎    return x` → Function f
             simple `y = 1` → Assign y
             lost: UnclosedBracket at 18",
        );
        check(
            "x = [1,\n  2\nasync  def f(): pass\n",
            "simple `x = [1,⏎  2` → Assign x
             async `async  def f():‖ pass` → AsyncFunction f
             lost: UnclosedBracket at 4",
        );
        // Names, and text.
        let code = "x = [\ndefine, returns, async_,\n'''\nreturn'''\n]\n";
        check(code, &format!("simple `{}` → Assign x", code.trim_end().replace('\n', "⏎")));
        let code = "x = f\"\"\"{\nreturn\n}\"\"\"\n";
        check(code, &format!("simple `{}` → Assign x", code.trim_end().replace('\n', "⏎")));
    }

    /// What Python rejects is cut all the same, as long as brackets, strings and indentation fit.
    #[test]
    fn rejected_code() {
        check("x = 1\n    y = 1\n", "simple `x = 1` → Assign x\nlost: UnexpectedIndent at 10");
        check("def f():\n  if x:\n  y\n", "def `def f():‖⏎  if x:⏎  y` → Function f\nlost: MissingBlock at 19");
        check("class A:\n", "class `class A:` → Class A\nlost: MissingBlock at 7");
        check(
            "class A:\n  @d\ndef f(): pass\nelse: x = 1\n@e\ny = 1\nclass\ndef\n",
            "class `class A:‖⏎  @d` → Class A
             > simple `@d`
             def `def f():‖ pass` → Function f
             compound `else: x = 1` → Assign x
             simple `@e`
             simple `y = 1` → Assign y
             class `class` !
             def `def`",
        );
    }

    #[test]
    fn whole_file() {
        let code = "import a # b\ndef f():\n  global c\n";
        assert_eq!(
            describe(code, &Outline::whole(code)),
            "whole `import a # b⏎def f():⏎  global c⏎` !\nglobal c\n# b\n"
        );
    }

    #[test]
    fn finds_the_innermost_statement() {
        let code = "class A:\n  x = 1\n  class B:\n    y = 1\n\n  z = 1\nw = 1\n";
        let outline = Outline::read(code);
        let at = |text: &str| outline.at(code.find(text).unwrap() as u32).map(|id| id.0);
        assert_eq!(at("class A"), Some(0));
        assert_eq!(at("x = 1"), Some(1));
        assert_eq!(at("\n  class B"), Some(0));
        assert_eq!(at("y = 1"), Some(3));
        assert_eq!(at("\n\n"), Some(0));
        assert_eq!(at("\nw"), None);
        assert_eq!(outline.at(code.len() as u32), None);
        let ids = |found: Vec<StatementId>| found.iter().map(|id| id.0).collect::<Vec<_>>();
        assert_eq!(ids(outline.top_level().collect()), [0, 5]);
        assert_eq!(ids(outline.members(StatementId(0)).collect()), [1, 2, 4]);
        assert!(ids(outline.members(StatementId(1)).collect()).is_empty());
    }
}
