//! What a file says: tables of functions, classes, loops, calls, awaits … and what each name may mean.
//!
//! A fact is true whatever the rules think of it; nothing here judges. Facts belong to *islands*: the outline cuts the
//! file into statements, and the tables of a statement are made when somebody first asks about it. What an unparsed
//! statement binds is known from the outline, so a name can be looked up without parsing the file; asking what it *is*
//! parses the statement that binds it. Everything, once made, stays as it is: `Facts` can be shared between threads.
//!
//! An id (`FunctionId`, `LoopId` …) is the island and the row in that island's table; `facts[id]` reads it.

use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::ops::Index;
use std::sync::{Arc, OnceLock};

use crate::syntax::{Field, Outline, RowId, StatementId, SyntaxKind, Tree, Trees};
use crate::text::{Source, Span};

mod annotations;
mod around;
mod at;
mod collect;
mod comprehensions;
mod expression;
mod guards;
mod place;
mod said;
pub mod scopes;
mod uses;
mod versions;

pub use expression::{Argument, Expression, Splat};
pub use guards::Guard;
pub use place::Place;
pub use scopes::Meaning;

/// A node of the file: an island and a row in its table.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct NodeId {
    pub island: StatementId,
    pub row: RowId,
}

/// An entry of one of the tables.
pub struct Id<T> {
    pub island: StatementId,
    pub index: u32,
    of: PhantomData<fn() -> T>,
}

impl<T> Id<T> {
    pub fn new(island: StatementId, index: usize) -> Id<T> {
        Id { island, index: index as u32, of: PhantomData }
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        (self.island, self.index) == (other.island, other.index)
    }
}
impl<T> Eq for Id<T> {}
impl<T> Hash for Id<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.island, self.index).hash(state);
    }
}
impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.island, self.index).cmp(&(other.island, other.index))
    }
}
impl<T> std::fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.island.0, self.index)
    }
}

macro_rules! tables {
    ($($field:ident: $row:ident, $id:ident;)*) => {
        /// The tables of one statement.
        #[derive(Debug, Default)]
        pub struct Island {
            pub tree: Tree,
            /// For each row of the tree, the scope in which it is evaluated.
            scope_of: Vec<u32>,
            $(pub $field: Vec<$row>,)*
        }

        $(
            pub type $id = Id<$row>;

            impl Index<$id> for Facts {
                type Output = $row;

                fn index(&self, id: $id) -> &$row {
                    &self.island(id.island).$field[id.index as usize]
                }
            }

            impl Facts {
                /// Every entry that the statement's table has, in reading order.
                pub fn $field(&self, island: StatementId) -> impl Iterator<Item = $id> + use<> {
                    (0..self.island(island).$field.len()).map(move |index| Id::new(island, index))
                }
            }
        )*
    };
}

tables! {
    scopes: Scope, ScopeId;
    bindings: Binding, BindingId;
    functions: Function, FunctionId;
    classes: Class, ClassId;
    loops: Loop, LoopId;
    calls: Call, CallId;
    awaits: Await, AwaitId;
    yields: Yield, YieldId;
    returns: Return, ReturnId;
    raises: Raise, RaiseId;
    handlers: Handler, HandlerId;
    withs: With, WithId;
    compares: Compare, CompareId;
    imports: Import, ImportId;
    stores: Store, StoreId;
    conditions: Condition, ConditionId;
    demands: Demand, DemandId;
    class_patterns: ClassPattern, ClassPatternId;
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ScopeKind {
    Module,
    Class,
    Function,
    Lambda,
    Comprehension,
}

/// A stretch of code with names of its own.
#[derive(Debug)]
pub struct Scope {
    pub kind: ScopeKind,
    pub outer: Option<ScopeId>,
    /// The function whose names these are.
    pub function: Option<FunctionId>,
    pub class: Option<ClassId>,
    pub bindings: Vec<BindingId>,
    /// What the name of each of them hashes to: a name is looked for more often than anything else.
    hashes: Vec<u32>,
    pub globals: Vec<Span>,
    pub nonlocals: Vec<Span>,
    /// The scope of a generator expression: its code runs later.
    pub is_lazy: bool,
}

/// One place where a name gets a meaning.
#[derive(Debug)]
pub struct Binding {
    pub scope: ScopeId,
    pub name: Span,
    /// The identifier, or the definition for `def` and `class`.
    pub node: NodeId,
    pub bind: Bind,
}

/// How a name gets its meaning.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Bind {
    Function(FunctionId),
    Class(ClassId),
    Import(ImportId),
    Param(FunctionId, usize),
    /// `x = value`, `(x := value)`, `x: T = value`; the path leads into an unpacked value.
    Value {
        value: NodeId,
        path: Path,
        annotation: Option<NodeId>,
    },
    /// `x: T` without a value: no binding at run time.
    Declared(NodeId),
    /// `x += value`
    Augmented(NodeId),
    /// `for x in …`
    Item(LoopId, Path),
    /// `with value as x`
    Entered {
        with: WithId,
        item: usize,
        path: Path,
    },
    /// `except E as x`
    Caught(HandlerId),
    /// `case x:`; with the name of the class in `case Class(…) as x:`.
    Captured(Option<NodeId>),
    /// `del x`
    Deleted,
    /// `type X = …`
    Alias(NodeId),
}

/// The way from an unpacked value to one name: the position on each level; None once a star is on the way.
pub type Path = Option<Vec<u32>>;

#[derive(Debug)]
pub struct Function {
    /// The definition without its decorators, or the lambda.
    pub node: NodeId,
    pub name: Option<Span>,
    pub is_async: bool,
    pub decorators: Vec<NodeId>,
    pub params: Vec<Param>,
    pub annotation: Option<NodeId>,
    pub body: NodeId,
    /// Where its name stands.
    pub outer: ScopeId,
    /// Its own names.
    pub scope: ScopeId,
    /// The class whose body it stands in.
    pub class: Option<ClassId>,
    pub yields: Vec<YieldId>,
    pub returns: Vec<ReturnId>,
    pub awaits: bool,
    /// The body says nothing: `...`, `pass`, a docstring, `raise NotImplementedError`.
    pub is_stub: bool,
    /// The grammar was lost somewhere inside.
    pub is_damaged: bool,
}

impl Function {
    pub fn is_generator(&self) -> bool {
        !self.yields.is_empty()
    }

    pub fn is_async_generator(&self) -> bool {
        self.is_async && self.is_generator()
    }

    pub fn is_lambda(&self) -> bool {
        self.name.is_none()
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ParamKind {
    PositionalOnly,
    Normal,
    Star,
    KeywordOnly,
    DoubleStar,
}

#[derive(Debug)]
pub struct Param {
    pub name: Span,
    pub kind: ParamKind,
    pub annotation: Option<NodeId>,
    pub default: Option<NodeId>,
}

#[derive(Debug)]
pub struct Class {
    pub node: NodeId,
    pub name: Span,
    pub decorators: Vec<NodeId>,
    pub bases: Vec<NodeId>,
    /// `metaclass=…` and other keywords of the header.
    pub keywords: Vec<(Span, NodeId)>,
    /// A base is given by `*args` or `**kwargs`.
    pub has_splat: bool,
    pub outer: ScopeId,
    /// The names of its body.
    pub scope: ScopeId,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LoopForm {
    Statement,
    /// A `for` clause of a comprehension or generator expression; the number counts its clauses from 0.
    Clause {
        of: NodeId,
        number: u32,
    },
}

#[derive(Debug)]
pub struct Loop {
    pub node: NodeId,
    pub target: NodeId,
    pub iterable: NodeId,
    pub is_async: bool,
    pub form: LoopForm,
    pub function: Option<FunctionId>,
}

#[derive(Debug)]
pub struct Call {
    pub node: NodeId,
    pub function: NodeId,
    pub arguments: Vec<Argument>,
    /// The function in which the call is made.
    pub inside: Option<FunctionId>,
}

#[derive(Debug)]
pub struct Await {
    pub node: NodeId,
    pub value: NodeId,
    pub function: Option<FunctionId>,
}

#[derive(Debug)]
pub struct Yield {
    pub node: NodeId,
    pub value: Option<NodeId>,
    pub is_from: bool,
    pub function: Option<FunctionId>,
}

#[derive(Debug)]
pub struct Return {
    pub node: NodeId,
    pub value: Option<NodeId>,
    pub function: Option<FunctionId>,
}

#[derive(Debug)]
pub struct Raise {
    pub node: NodeId,
    pub value: Option<NodeId>,
    pub cause: Option<NodeId>,
    pub function: Option<FunctionId>,
}

/// One `except` clause.
#[derive(Debug)]
pub struct Handler {
    pub node: NodeId,
    /// The whole `try` statement.
    pub of: NodeId,
    /// The expression after `except`; None for a bare one.
    pub catches: Option<NodeId>,
    pub body: NodeId,
    pub function: Option<FunctionId>,
}

#[derive(Debug)]
pub struct With {
    pub node: NodeId,
    pub items: Vec<WithItem>,
    pub is_async: bool,
    pub body: NodeId,
    pub function: Option<FunctionId>,
}

#[derive(Debug)]
pub struct WithItem {
    pub value: NodeId,
    pub target: Option<NodeId>,
}

/// One link of a comparison: `a < b < c` has two.
#[derive(Debug)]
pub struct Compare {
    pub node: NodeId,
    pub left: NodeId,
    pub operator: SyntaxKind,
    pub right: NodeId,
    pub function: Option<FunctionId>,
}

/// One name that an import statement binds.
#[derive(Debug)]
pub struct Import {
    /// The dots of a relative import.
    pub level: u32,
    /// The dotted module, empty in `from . import x`.
    pub module: String,
    /// The name taken out of the module; None when the module itself is bound, `*` for a star.
    pub name: Option<String>,
    /// `import a.b.c` binds `a`, `import a.b.c as d` the innermost module.
    pub has_alias: bool,
    pub node: NodeId,
}

/// An assignment to an attribute: `object.name = value`.
#[derive(Debug)]
pub struct Store {
    pub node: NodeId,
    pub object: NodeId,
    pub name: Span,
    pub bind: Bind,
    pub function: Option<FunctionId>,
}

/// `case Class(…):` as the whole pattern.
#[derive(Debug)]
pub struct ClassPattern {
    pub node: NodeId,
    /// The name of the class; None when it is a dotted one.
    pub class: Option<NodeId>,
    pub subject: NodeId,
    pub function: Option<FunctionId>,
}

/// An expression that is only asked whether it is true.
#[derive(Debug)]
pub struct Condition {
    pub value: NodeId,
    pub function: Option<FunctionId>,
}

/// A place where the grammar itself asks something of a value, without a call: `x.name`, `x[i]`, `*x`, `a, b = x`.
#[derive(Debug)]
pub struct Demand {
    /// The whole expression or statement.
    pub node: NodeId,
    pub value: NodeId,
    pub what: Wanted,
    pub function: Option<FunctionId>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wanted {
    /// `x.name` is read.
    Attribute(Span),
    /// `x[…]` is read.
    Item,
    /// `*x` in a call or a display.
    Star,
    /// `a, b = x`
    Parts,
    /// `target += x`: the target.
    Extension(NodeId),
}

#[derive(Debug)]
pub struct Facts {
    pub source: Arc<Source>,
    pub outline: Outline,
    /// Most statements are never asked about: what is known of one is as large as some hundred empty places.
    islands: Box<[OnceLock<Box<Island>>]>,
    binders: OnceLock<scopes::Binders>,
    has_star: OnceLock<bool>,
    stars: OnceLock<Vec<ImportId>>,
    /// Trees of the versions before, of a text that is edited.
    trees: Option<Arc<Trees>>,
}

impl Facts {
    pub fn new(source: Arc<Source>) -> Facts {
        let outline = Outline::read(&source.text);
        Facts::of(source, outline)
    }

    /// The facts of a text that was another one before: what reads the same is not parsed again.
    pub fn with_trees(source: Arc<Source>, trees: Option<Arc<Trees>>) -> Facts {
        Facts { trees, ..Facts::new(source) }
    }

    /// The plain way beside the fast one: the whole file is one island.
    pub fn whole(source: Arc<Source>) -> Facts {
        let outline = Outline::whole(&source.text);
        Facts::of(source, outline)
    }

    fn of(source: Arc<Source>, outline: Outline) -> Facts {
        let islands = outline.statements.iter().map(|_| OnceLock::new()).collect();
        let (binders, has_star, stars) = (OnceLock::new(), OnceLock::new(), OnceLock::new());
        Facts { source, outline, islands, binders, has_star, stars, trees: None }
    }

    /// The statement's tables, made now if nobody asked before.
    pub fn island(&self, id: StatementId) -> &Island {
        let parse = |text: &str, span| match &self.trees {
            Some(trees) => trees.parse(text, span),
            None => Tree::parse(text, span),
        };
        self.islands[id.0 as usize]
            .get_or_init(|| Box::new(collect::collect(&self.source.text, &self.outline, id, parse)))
    }

    /// The statements that were asked about so far.
    pub fn parsed(&self) -> impl Iterator<Item = StatementId> + '_ {
        let parsed = |id: &StatementId| self.islands[id.0 as usize].get().is_some();
        (0..self.islands.len() as u32).map(StatementId).filter(parsed)
    }

    pub fn statements(&self) -> impl Iterator<Item = StatementId> + use<> {
        (0..self.islands.len() as u32).map(StatementId)
    }

    pub fn text(&self, span: Span) -> &str {
        span.text(&self.source.text)
    }

    pub fn tree(&self, node: NodeId) -> &Tree {
        &self.island(node.island).tree
    }

    pub fn syntax(&self, node: NodeId) -> SyntaxKind {
        self.tree(node)[node.row].kind
    }

    pub fn span(&self, node: NodeId) -> Span {
        self.tree(node)[node.row].span
    }

    pub fn node_text(&self, node: NodeId) -> &str {
        self.text(self.span(node))
    }

    pub fn parent(&self, node: NodeId) -> Option<NodeId> {
        self.tree(node).parent(node.row).map(|row| NodeId { row, ..node })
    }

    pub fn ancestors(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(self.parent(node), |&up| self.parent(up))
    }

    pub fn children(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.tree(node).children(node.row).map(move |row| NodeId { row, ..node })
    }

    pub fn child(&self, node: NodeId, field: Field) -> Option<NodeId> {
        self.tree(node).child(node.row, field).map(|row| NodeId { row, ..node })
    }

    /// True when one node is the other or stands inside it.
    pub fn within(&self, inner: NodeId, outer: NodeId) -> bool {
        let tree = self.tree(outer);
        inner.island == outer.island && outer.row <= inner.row && inner.row.0 < tree.next(outer.row)
    }

    /// The expression without the parentheses round it.
    pub fn bare(&self, node: NodeId) -> NodeId {
        NodeId { row: self.tree(node).bare(node.row), ..node }
    }

    /// The loop has another round unless its iterable ends or somebody leaves it for good: any `for`, and a `while True`
    /// without a way out.
    pub fn goes_round(&self, node: NodeId) -> bool {
        if self.syntax(node) != SyntaxKind::WhileStatement {
            return true;
        }
        let condition = self.child(node, Field::Condition).map(|condition| self.node_text(condition));
        let leaves = self
            .tree(node)
            .subtree(node.row)
            .any(|row| matches!(self.tree(node)[row].kind, SyntaxKind::BreakStatement | SyntaxKind::ReturnStatement));
        matches!(condition, Some("True" | "1")) && !leaves
    }

    /// The loop's body does nothing but raise or fail: it says that there should be no item.
    pub fn only_raises(&self, id: LoopId) -> bool {
        let Some(body) = self.child(self[id].node, Field::Body) else { return false };
        self.children(body).all(|statement| match self.syntax(statement) {
            SyntaxKind::RaiseStatement => true,
            SyntaxKind::AssertStatement => self.node_text(statement).starts_with("assert False"),
            SyntaxKind::ExpressionStatement => {
                let call = self.children(statement).next().and_then(|inner| self.call(inner));
                call.is_some_and(|call| self.node_text(self[call].function).rsplit('.').next() == Some("fail"))
            }
            _ => false,
        })
    }

    /// The loop does nothing with its items: `async for _ in rows: pass`.
    pub fn only_drains(&self, id: LoopId) -> bool {
        let Some(body) = self.child(self[id].node, Field::Body) else { return false };
        let is_empty = |statement| match self.syntax(statement) {
            SyntaxKind::PassStatement => true,
            SyntaxKind::ExpressionStatement => {
                self.children(statement).all(|inner| self.syntax(inner) == SyntaxKind::Ellipsis)
            }
            _ => false,
        };
        self.name(self[id].target).is_some_and(|name| name.starts_with('_')) && self.children(body).all(is_empty)
    }

    /// A `break` of this loop, a `return`, a `raise` or a `yield` stands in it.
    pub fn is_left_early(&self, id: LoopId) -> bool {
        let node = self[id].node;
        let yields = self.tree(node).subtree(node.row).any(|row| self.tree(node)[row].kind == SyntaxKind::Yield);
        yields || self.is_broken_off(id)
    }

    /// A `break`, a `return` or a `raise` stands in the loop.
    pub fn is_broken_off(&self, id: LoopId) -> bool {
        let node = self[id].node;
        self.tree(node).subtree(node.row).any(|row| {
            use SyntaxKind::*;
            matches!(self.tree(node)[row].kind, BreakStatement | ReturnStatement | RaiseStatement)
        })
    }

    /// A definition together with its decorators.
    pub fn whole_definition(&self, node: NodeId) -> NodeId {
        let decorated = self.parent(node).filter(|&up| self.syntax(up) == SyntaxKind::DecoratedDefinition);
        decorated.unwrap_or(node)
    }

    /// The innermost statement a node stands in.
    pub fn statement(&self, node: NodeId) -> NodeId {
        let mut all = std::iter::once(node).chain(self.ancestors(node));
        all.find(|&up| self.syntax(up).is_statement()).unwrap_or(node)
    }

    /// The grammar was lost in the statement round this node.
    pub fn is_broken(&self, node: NodeId) -> bool {
        self.tree(node).is_broken(node.row)
    }

    /// The scope in which the node is evaluated.
    pub fn scope(&self, node: NodeId) -> ScopeId {
        let island = self.island(node.island);
        Id::new(node.island, island.scope_of[node.row.0 as usize] as usize)
    }

    /// The function in which the node is evaluated; a comprehension belongs to the function round it.
    pub fn function(&self, node: NodeId) -> Option<FunctionId> {
        self.function_of_scope(self.scope(node))
    }

    pub fn function_of_scope(&self, scope: ScopeId) -> Option<FunctionId> {
        if self.is_module_scope(scope) {
            return None;
        }
        let scope = &self[scope];
        match scope.kind {
            ScopeKind::Comprehension => scope.outer.and_then(|outer| self.function_of_scope(outer)),
            _ => scope.function,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every function of the text on a line of its own: its shape, its class, its parameters and the names it binds.
    fn check(text: &str, expected: &str) {
        let facts = Facts::new(Arc::new(Source::new("t.py", text)));
        let mut lines = Vec::new();
        for id in facts.statements().flat_map(|island| facts.functions(island)) {
            let function = &facts[id];
            let shape = match (function.is_async, function.is_generator()) {
                (true, true) => "async generator",
                (true, false) => "coroutine",
                (false, true) => "generator",
                (false, false) => "plain",
            };
            let name = function.name.map_or("lambda", |name| facts.text(name));
            let mut line = format!("{name}: {shape}");
            if function.is_stub {
                line += " stub";
            }
            if !function.params.is_empty() {
                let params = function.params.iter();
                let params: Vec<_> =
                    params.map(|param| format!("{} {:?}", facts.text(param.name), param.kind)).collect();
                line += &format!(" ({})", params.join(", "));
            }
            let bound = facts[function.scope].bindings.iter().map(|&binding| facts.text(facts[binding].name));
            let bound: Vec<_> = bound.skip(function.params.len()).collect();
            if !bound.is_empty() {
                line += &format!(" binds {}", bound.join(" "));
            }
            lines.push(line);
        }
        assert_eq!(lines.join("\n"), expected.trim());
    }

    #[test]
    fn yields_belong_to_the_nearest_function() {
        check(
            "async def a():\n    def b():\n        yield 1\n    return lambda: (yield)\n",
            "a: coroutine binds b\nb: generator\nlambda: generator",
        );
    }

    #[test]
    fn parameters_have_kinds() {
        check(
            "def f(a, b: int, /, c=1, *d, e: int = 2, **g): x = 1\n",
            "f: plain (a PositionalOnly, b PositionalOnly, c Normal, d Star, e KeywordOnly, g DoubleStar) binds x",
        );
    }

    #[test]
    fn every_way_to_bind_a_name() {
        check(
            "def f():
    import a.b, c as d
    from .e import g, h as i
    j = k = 1
    l, (m, *n) = 1, (2, 3)
    o: int = 1
    for p, q in []: pass
    with x as r, y as (s, t): pass
    try: pass
    except E as u: pass
    [v for w in (z := [])]
    match x:
        case {'k': aa, **bb}: pass
        case C(dd, key=ee) | [ff, *gg] as hh: pass
    x.attribute, x[0] = 1, 2
    del ii
    jj += 1
    class kk: ll = 1
",
            "f: plain binds a d g i j k l m n o p q r s t u z aa bb dd ee ff gg hh ii jj kk",
        );
    }

    #[test]
    fn stubs_say_nothing() {
        check(
            "def a(): ...\ndef b():\n    'doc'\n    raise NotImplementedError('x')\ndef c(): return\n",
            "a: plain stub\nb: plain stub\nc: plain",
        );
    }
}
