//! The single pass that fills the tables of one statement.
//!
//! Rows come in reading order, so one loop with a stack of open scopes sees everything: each scope is a stretch of
//! rows, and the parts of a definition that belong to the scope round it (decorators, defaults, annotations, the
//! leftmost iterable of a comprehension) are stretches of the outer scope again. No recursion over the text's nesting,
//! except along the targets of an assignment, which is bounded.

use super::scopes::hash;
use super::*;
use crate::syntax::{Outline, StatementKind};

pub(super) fn collect(
    text: &str,
    outline: &Outline,
    id: StatementId,
    parse: impl FnOnce(&str, Span) -> Tree,
) -> Island {
    let statement = &outline.statements[id.0 as usize];
    // A class that was cut is parsed without its members: they are statements of their own.
    let span = match statement.kind {
        StatementKind::Class => statement.header,
        _ => statement.span,
    };
    let mut collector =
        Collector { text, id, island: Island { tree: parse(text, span), ..Island::default() }, open: Vec::new() };
    let outer = match statement.parent {
        Some(_) => ScopeKind::Class,
        None => ScopeKind::Module,
    };
    collector.new_scope(outer, None);
    collector.run();
    collector.island
}

struct Collector<'a> {
    text: &'a str,
    id: StatementId,
    island: Island,
    /// The scopes that hold the row in hand, innermost last, each with the row at which it ends.
    open: Vec<(u32, u32)>,
}

/// A target that takes a value apart.
fn is_pattern(kind: SyntaxKind) -> bool {
    matches!(kind, SyntaxKind::PatternList | SyntaxKind::TuplePattern | SyntaxKind::ListPattern)
}

/// How deep the targets of one assignment may be nested before their names are given up.
const DEEPEST_TARGET: usize = 50;

impl Collector<'_> {
    fn run(&mut self) {
        let rows = self.island.tree.rows.len() as u32;
        self.open.push((0, rows));
        // Stretches that belong to another scope than the node round them: (first row, scope, end), by first row.
        let mut later: Vec<(u32, u32, u32)> = Vec::new();
        for row in 0..rows {
            while self.open.last().is_some_and(|&(_, end)| end <= row) {
                self.open.pop();
            }
            while let Some(&(at, scope, end)) = later.last() {
                if at > row {
                    break;
                }
                later.pop();
                self.open.push((scope, end));
            }
            let scope = self.open.last().map_or(0, |&(scope, _)| scope);
            self.island.scope_of.push(scope);
            self.visit(RowId(row), scope, &mut later);
        }
    }

    fn tree(&self) -> &Tree {
        &self.island.tree
    }

    fn node(&self, row: RowId) -> NodeId {
        NodeId { island: self.id, row }
    }

    fn kind(&self, row: RowId) -> SyntaxKind {
        self.tree()[row].kind
    }

    fn span(&self, row: RowId) -> Span {
        self.tree()[row].span
    }

    fn child(&self, row: RowId, field: Field) -> Option<RowId> {
        self.tree().child(row, field)
    }

    fn children(&self, row: RowId) -> Vec<RowId> {
        self.tree().children(row).collect()
    }

    fn has_token(&self, row: RowId, token: SyntaxKind) -> bool {
        self.tree().children(row).any(|child| self.kind(child) == token)
    }

    fn new_scope(&mut self, kind: ScopeKind, outer: Option<u32>) -> u32 {
        self.island.scopes.push(Scope {
            kind,
            outer: outer.map(|outer| Id::new(self.id, outer as usize)),
            function: None,
            class: None,
            bindings: Vec::new(),
            hashes: Vec::new(),
            globals: Vec::new(),
            nonlocals: Vec::new(),
            is_lazy: false,
        });
        self.island.scopes.len() as u32 - 1
    }

    fn scope_id(&self, scope: u32) -> ScopeId {
        Id::new(self.id, scope as usize)
    }

    /// The function that the scope's code runs in.
    fn function_of(&self, mut scope: u32) -> Option<FunctionId> {
        loop {
            let here = &self.island.scopes[scope as usize];
            match (here.kind, here.outer) {
                (ScopeKind::Comprehension, Some(outer)) => scope = outer.index,
                _ => return here.function,
            }
        }
    }

    /// Opens a scope over the rows of one node.
    fn enter(later: &mut Vec<(u32, u32, u32)>, tree: &Tree, row: RowId, scope: u32) {
        later.push((row.0, scope, tree.next(row)));
        later.sort_unstable_by(|a, b| b.cmp(a));
    }

    fn bind(&mut self, scope: u32, row: RowId, name: Span, bind: Bind) {
        let id = Id::new(self.id, self.island.bindings.len());
        let binding = Binding { scope: self.scope_id(scope), name, node: self.node(row), bind };
        self.island.bindings.push(binding);
        let scope = &mut self.island.scopes[scope as usize];
        scope.bindings.push(id);
        scope.hashes.push(hash(name.text(self.text)));
    }

    /// Binds every name of a target; attributes are stores.
    fn bind_target(&mut self, scope: u32, target: RowId, make: &dyn Fn(Path) -> Bind) {
        self.bind_part(scope, target, Some(Vec::new()), make, 0);
    }

    fn bind_part(&mut self, scope: u32, target: RowId, path: Path, make: &dyn Fn(Path) -> Bind, depth: usize) {
        use SyntaxKind as K;
        if depth > DEEPEST_TARGET {
            return;
        }
        match self.kind(target) {
            K::Identifier => self.bind(scope, target, self.span(target), make(path)),
            K::Attribute => {
                let (Some(object), Some(name)) =
                    (self.child(target, Field::Object), self.child(target, Field::Attribute))
                else {
                    return;
                };
                let store = Store {
                    node: self.node(target),
                    object: self.node(object),
                    name: self.span(name),
                    bind: make(path),
                    function: self.function_of(scope),
                };
                self.island.stores.push(store);
            }
            K::PatternList | K::TuplePattern | K::ListPattern | K::Tuple | K::List | K::ExpressionList => {
                let mut starred = false;
                for (position, part) in self.children(target).into_iter().enumerate() {
                    starred |= matches!(self.kind(part), K::ListSplatPattern | K::ListSplat);
                    // Behind a star, positions are no longer known.
                    let path = path.clone().filter(|_| !starred).map(|mut path| {
                        path.push(position as u32);
                        path
                    });
                    self.bind_part(scope, part, path, make, depth + 1);
                }
            }
            K::ListSplatPattern | K::ListSplat | K::ParenthesizedExpression | K::AsPatternTarget => {
                let starred = matches!(self.kind(target), K::ListSplatPattern | K::ListSplat);
                let path = if starred { None } else { path };
                for part in self.children(target) {
                    if self.kind(part) != K::Star {
                        self.bind_part(scope, part, path.clone(), make, depth + 1);
                    }
                }
            }
            _ => {}
        }
    }

    fn visit(&mut self, row: RowId, scope: u32, later: &mut Vec<(u32, u32, u32)>) {
        use SyntaxKind as K;
        match self.kind(row) {
            K::FunctionDefinition | K::Lambda => self.function(row, scope, later),
            K::ClassDefinition => self.class(row, scope, later),
            kind if kind.is_comprehension() => self.comprehension(row, scope, later),
            K::ForStatement => {
                let form = LoopForm::Statement;
                self.a_loop(row, scope, form);
            }
            K::ForInClause => self.clause(row, scope),
            K::Call => self.call(row, scope),
            K::Await => {
                if let Some(value) = self.tree().first_child(row) {
                    let function = self.function_of(scope);
                    self.mark_await(function, scope);
                    self.island.awaits.push(Await { node: self.node(row), value: self.node(value), function });
                }
            }
            K::Yield => {
                let is_from = self.has_token(row, K::From);
                let value = self.children(row).into_iter().find(|&child| self.kind(child) != K::From);
                let function = self.function_of(scope);
                let id = Id::new(self.id, self.island.yields.len());
                if let Some(function) = function {
                    self.island.functions[function.index as usize].yields.push(id);
                }
                let value = value.map(|value| self.node(value));
                self.island.yields.push(Yield { node: self.node(row), value, is_from, function });
            }
            K::ReturnStatement => {
                let value = self.tree().first_child(row).map(|value| self.node(value));
                let function = self.function_of(scope);
                let id = Id::new(self.id, self.island.returns.len());
                if let Some(function) = function {
                    self.island.functions[function.index as usize].returns.push(id);
                }
                self.island.returns.push(Return { node: self.node(row), value, function });
            }
            K::RaiseStatement => {
                let cause = self.child(row, Field::Cause);
                let children = self.children(row).into_iter();
                let value = children.filter(|&child| self.kind(child) != K::From).find(|&child| Some(child) != cause);
                let function = self.function_of(scope);
                let (value, cause) = (value.map(|value| self.node(value)), cause.map(|cause| self.node(cause)));
                self.island.raises.push(Raise { node: self.node(row), value, cause, function });
            }
            K::ExceptClause => self.handler(row, scope),
            K::WithStatement => self.with(row, scope),
            K::Assignment => {
                // `a = b = value`: the value of the outer one is the inner assignment; its value is what both get.
                let mut value = self.child(row, Field::Right);
                while let Some(inner) = value.filter(|&inner| self.kind(inner) == K::Assignment) {
                    value = self.child(inner, Field::Right);
                }
                let annotation = self.child(row, Field::Type).map(|row| self.node(row));
                let Some(target) = self.child(row, Field::Left) else { return };
                if let Some(value) = value.filter(|_| is_pattern(self.kind(target))) {
                    self.demand(row, value, Wanted::Parts, scope);
                }
                match (value.map(|value| self.node(value)), annotation) {
                    (Some(value), annotation) => {
                        self.bind_target(scope, target, &|path| Bind::Value { value, path, annotation });
                    }
                    (None, Some(annotation)) => {
                        self.bind_target(scope, target, &|_| Bind::Declared(annotation));
                    }
                    (None, None) => {}
                }
            }
            K::AugmentedAssignment => {
                let (Some(target), Some(value)) = (self.child(row, Field::Left), self.child(row, Field::Right)) else {
                    return;
                };
                self.demand(row, value, Wanted::Extension(self.node(target)), scope);
                let value = self.node(value);
                self.bind_target(scope, target, &|_| Bind::Augmented(value));
            }
            K::NamedExpression => {
                let (Some(name), Some(value)) = (self.child(row, Field::Name), self.child(row, Field::Value)) else {
                    return;
                };
                // A walrus inside a comprehension binds in the scope round it.
                let mut scope = scope;
                while let (ScopeKind::Comprehension, Some(outer)) =
                    (self.island.scopes[scope as usize].kind, self.island.scopes[scope as usize].outer)
                {
                    scope = outer.index;
                }
                let bind = Bind::Value { value: self.node(value), path: Some(Vec::new()), annotation: None };
                self.bind(scope, name, self.span(name), bind);
            }
            K::TypeAliasStatement => {
                let (Some(name), Some(value)) = (self.child(row, Field::Left), self.child(row, Field::Right)) else {
                    return;
                };
                let name = self.tree().subtree(name).find(|&part| self.kind(part) == K::Identifier);
                if let Some(name) = name {
                    self.bind(scope, name, self.span(name), Bind::Alias(self.node(value)));
                }
            }
            K::DeleteStatement => {
                for target in self.children(row) {
                    self.bind_target(scope, target, &|_| Bind::Deleted);
                }
            }
            K::GlobalStatement | K::NonlocalStatement => {
                let names: Vec<Span> = self.children(row).into_iter().map(|name| self.span(name)).collect();
                let is_global = self.kind(row) == K::GlobalStatement;
                let scope = &mut self.island.scopes[scope as usize];
                if is_global { scope.globals.extend(names) } else { scope.nonlocals.extend(names) }
            }
            K::ImportStatement | K::ImportFromStatement | K::FutureImportStatement => self.import(row, scope),
            K::CaseClause => {
                self.class_pattern(row, scope);
                self.captures(row, scope);
            }
            K::ComparisonOperator => self.comparison(row, scope),
            K::IfStatement | K::ElifClause | K::WhileStatement => {
                if let Some(condition) = self.child(row, Field::Condition) {
                    self.condition(condition, scope);
                }
            }
            K::IfClause | K::NotOperator | K::AssertStatement => {
                if let Some(condition) = self.tree().first_child(row) {
                    self.condition(condition, scope);
                }
            }
            K::BooleanOperator => {
                if let Some(left) = self.child(row, Field::Left) {
                    self.condition(left, scope);
                }
            }
            K::Attribute if !self.is_target(row) => {
                if let (Some(object), Some(name)) = (self.child(row, Field::Object), self.child(row, Field::Attribute))
                {
                    self.demand(row, object, Wanted::Attribute(self.span(name)), scope);
                }
            }
            K::Subscript if !self.is_target(row) => {
                if let Some(object) = self.child(row, Field::Value) {
                    self.demand(row, object, Wanted::Item, scope);
                }
            }
            K::ListSplat | K::ParenthesizedListSplat if !self.is_target(row) => {
                if let Some(value) = self.tree().starred(row) {
                    self.demand(row, value, Wanted::Star, scope);
                }
            }
            K::ConditionalExpression => {
                if let Some(&test) = self.children(row).get(1) {
                    self.condition(test, scope);
                }
            }
            _ => {}
        }
    }

    fn demand(&mut self, row: RowId, value: RowId, what: Wanted, scope: u32) {
        let function = self.function_of(scope);
        self.island.demands.push(Demand { node: self.node(row), value: self.node(value), what, function });
    }

    /// The expression is given a value here, or deleted, instead of being asked for one.
    fn is_target(&self, row: RowId) -> bool {
        use SyntaxKind as K;
        let Some(up) = self.tree().parent(row) else { return false };
        match self.kind(up) {
            K::Assignment | K::AugmentedAssignment | K::ForStatement | K::ForInClause => {
                self.child(up, Field::Left) == Some(row)
            }
            K::DeleteStatement | K::AsPatternTarget => true,
            kind if is_pattern(kind) || matches!(kind, K::ListSplatPattern) => true,
            K::Tuple | K::List | K::ExpressionList | K::ParenthesizedExpression => self.is_target(up),
            _ => false,
        }
    }

    fn condition(&mut self, value: RowId, scope: u32) {
        let function = self.function_of(scope);
        self.island.conditions.push(Condition { value: self.node(value), function });
    }

    fn mark_await(&mut self, function: Option<FunctionId>, scope: u32) {
        // What a generator expression waits for, it waits for later.
        let scopes = std::iter::successors(Some(scope), |&scope| {
            self.island.scopes[scope as usize].outer.map(|outer| outer.index)
        });
        let here = scopes.take_while(|&scope| self.island.scopes[scope as usize].kind == ScopeKind::Comprehension);
        if here.into_iter().any(|scope| self.island.scopes[scope as usize].is_lazy) {
            return;
        }
        if let Some(function) = function {
            self.island.functions[function.index as usize].awaits = true;
        }
    }

    fn is_async(&self, row: RowId) -> bool {
        self.tree().first_child(row).is_some_and(|first| self.kind(first) == SyntaxKind::Async)
    }

    fn decorators(&self, row: RowId) -> Vec<NodeId> {
        let Some(parent) = self.tree().parent(row) else { return Vec::new() };
        if self.kind(parent) != SyntaxKind::DecoratedDefinition {
            return Vec::new();
        }
        let children = self.tree().children(parent).filter(|&child| self.kind(child) == SyntaxKind::Decorator);
        children.filter_map(|decorator| self.tree().first_child(decorator)).map(|row| self.node(row)).collect()
    }

    fn function(&mut self, row: RowId, scope: u32, later: &mut Vec<(u32, u32, u32)>) {
        let is_lambda = self.kind(row) == SyntaxKind::Lambda;
        let Some(body) = self.child(row, Field::Body) else { return };
        let name = self.child(row, Field::Name);
        let function: FunctionId = Id::new(self.id, self.island.functions.len());
        let kind = if is_lambda { ScopeKind::Lambda } else { ScopeKind::Function };
        let inner = self.new_scope(kind, Some(scope));
        self.island.scopes[inner as usize].function = Some(function);
        // The class is the one whose body is the scope in hand: none when a comprehension or function lies between.
        let outer = &self.island.scopes[scope as usize];
        let in_cut_class = scope == 0 && outer.kind == ScopeKind::Class;
        let class = if in_cut_class { None } else { outer.class };
        let params = self.parameters(row, inner, function);
        let damage = |row: &RowId| self.tree()[*row].kind == SyntaxKind::Error;
        let entry = Function {
            node: self.node(row),
            name: name.map(|name| self.span(name)),
            is_async: self.is_async(row),
            decorators: self.decorators(row),
            annotation: self.child(row, Field::ReturnType).map(|row| self.node(row)),
            params,
            body: self.node(body),
            outer: self.scope_id(scope),
            scope: self.scope_id(inner),
            class,
            yields: Vec::new(),
            returns: Vec::new(),
            awaits: false,
            is_stub: !is_lambda && self.is_stub(body),
            is_damaged: !self.tree().broken.is_empty() && self.tree().subtree(row).any(|row| damage(&row)),
        };
        self.island.functions.push(entry);
        if let Some(name) = name {
            self.bind(scope, row, self.span(name), Bind::Function(function));
        }
        Self::enter(later, &self.island.tree, body, inner);
    }

    fn parameters(&mut self, row: RowId, scope: u32, function: FunctionId) -> Vec<Param> {
        use SyntaxKind as K;
        let mut params: Vec<Param> = Vec::new();
        let Some(list) = self.child(row, Field::Parameters) else { return params };
        let mut kind = ParamKind::Normal;
        for param in self.children(list) {
            let annotation = self.child(param, Field::Type).map(|row| self.node(row));
            let default = self.child(param, Field::Value).map(|row| self.node(row));
            let mut this = kind;
            let mut name = match self.kind(param) {
                K::PositionalSeparator => {
                    params.iter_mut().for_each(|param| param.kind = ParamKind::PositionalOnly);
                    continue;
                }
                K::KeywordSeparator => {
                    kind = ParamKind::KeywordOnly;
                    continue;
                }
                K::Identifier => Some(param),
                K::DefaultParameter | K::TypedDefaultParameter => self.child(param, Field::Name),
                K::TypedParameter => self.tree().first_child(param),
                K::ListSplatPattern | K::DictionarySplatPattern => Some(param),
                _ => None,
            };
            if let Some(splat) = name {
                match self.kind(splat) {
                    K::ListSplatPattern => (this, kind) = (ParamKind::Star, ParamKind::KeywordOnly),
                    K::DictionarySplatPattern => this = ParamKind::DoubleStar,
                    _ => {}
                }
                if this != ParamKind::Normal && self.kind(splat) != K::Identifier {
                    name = self.tree().children(splat).find(|&child| self.kind(child) == K::Identifier);
                }
            }
            let Some(name) = name else { continue };
            self.bind(scope, name, self.span(name), Bind::Param(function, params.len()));
            params.push(Param { name: self.span(name), kind: this, annotation, default });
        }
        params
    }

    /// Nothing but a docstring, `...`, `pass` or `raise NotImplementedError`.
    fn is_stub(&self, body: RowId) -> bool {
        use SyntaxKind as K;
        self.tree().children(body).all(|statement| match self.kind(statement) {
            K::PassStatement => true,
            K::ExpressionStatement => self
                .tree()
                .first_child(statement)
                .is_some_and(|inner| matches!(self.kind(inner), K::String | K::ConcatenatedString | K::Ellipsis)),
            K::RaiseStatement => self.tree().first_child(statement).is_some_and(|raised| {
                let name = match self.kind(raised) {
                    K::Call => self.child(raised, Field::Function),
                    _ => Some(raised),
                };
                name.is_some_and(|name| self.span(name).text(self.text) == "NotImplementedError")
            }),
            _ => false,
        })
    }

    fn class(&mut self, row: RowId, scope: u32, later: &mut Vec<(u32, u32, u32)>) {
        use SyntaxKind as K;
        let (Some(name), Some(body)) = (self.child(row, Field::Name), self.child(row, Field::Body)) else { return };
        let class: ClassId = Id::new(self.id, self.island.classes.len());
        let inner = self.new_scope(ScopeKind::Class, Some(scope));
        self.island.scopes[inner as usize].class = Some(class);
        let mut bases = Vec::new();
        let mut keywords = Vec::new();
        let mut has_splat = false;
        let arguments = self.child(row, Field::Superclasses).map(|list| self.children(list)).unwrap_or_default();
        for argument in arguments {
            match self.kind(argument) {
                K::KeywordArgument => {
                    if let (Some(name), Some(value)) =
                        (self.child(argument, Field::Name), self.child(argument, Field::Value))
                    {
                        keywords.push((self.span(name), self.node(value)));
                    }
                }
                K::ListSplat | K::DictionarySplat | K::ParenthesizedListSplat => has_splat = true,
                _ => bases.push(self.node(argument)),
            }
        }
        let entry = Class {
            node: self.node(row),
            name: self.span(name),
            decorators: self.decorators(row),
            bases,
            keywords,
            has_splat,
            outer: self.scope_id(scope),
            scope: self.scope_id(inner),
        };
        self.island.classes.push(entry);
        self.bind(scope, row, self.span(name), Bind::Class(class));
        Self::enter(later, &self.island.tree, body, inner);
    }

    fn comprehension(&mut self, row: RowId, scope: u32, later: &mut Vec<(u32, u32, u32)>) {
        let inner = self.new_scope(ScopeKind::Comprehension, Some(scope));
        self.island.scopes[inner as usize].is_lazy = self.kind(row) == SyntaxKind::GeneratorExpression;
        for child in self.children(row) {
            Self::enter(later, &self.island.tree, child, inner);
        }
        // The leftmost iterable is worked out before the comprehension begins, in the scope round it.
        let first = self.tree().child_of_kind(row, SyntaxKind::ForInClause);
        if let Some(iterable) = first.and_then(|clause| self.child(clause, Field::Right)) {
            Self::enter(later, &self.island.tree, iterable, scope);
        }
    }

    fn clause(&mut self, row: RowId, scope: u32) {
        let Some(of) = self.tree().parent(row) else { return };
        let before = self.tree().children(of).take_while(|&child| child < row);
        let number = before.filter(|&child| self.kind(child) == SyntaxKind::ForInClause).count() as u32;
        self.a_loop(row, scope, LoopForm::Clause { of: self.node(of), number });
    }

    fn a_loop(&mut self, row: RowId, scope: u32, form: LoopForm) {
        let (Some(target), Some(iterable)) = (self.child(row, Field::Left), self.child(row, Field::Right)) else {
            return;
        };
        let is_async = self.is_async(row);
        let function = self.function_of(scope);
        if is_async {
            self.mark_await(function, scope);
        }
        let id = Id::new(self.id, self.island.loops.len());
        let (node, target_node, iterable) = (self.node(row), self.node(target), self.node(iterable));
        self.island.loops.push(Loop { node, target: target_node, iterable, is_async, form, function });
        self.bind_target(scope, target, &|path| Bind::Item(id, path));
    }

    fn call(&mut self, row: RowId, scope: u32) {
        use SyntaxKind as K;
        let (Some(function), Some(list)) = (self.child(row, Field::Function), self.child(row, Field::Arguments)) else {
            return;
        };
        let plain =
            |row: RowId| Argument { node: self.node(row), name: None, value: self.node(row), splat: Splat::None };
        let arguments = if self.kind(list) == K::GeneratorExpression {
            vec![plain(list)]
        } else {
            let arguments = self.tree().children(list).map(|argument| {
                let inner = self.tree().children(argument).find(|&child| self.kind(child) != K::Star);
                match (self.kind(argument), inner) {
                    (K::KeywordArgument, _) => {
                        let name = self.child(argument, Field::Name).map(|name| self.span(name));
                        let value = self.child(argument, Field::Value).unwrap_or(argument);
                        Argument { name, value: self.node(value), ..plain(argument) }
                    }
                    (K::ListSplat | K::ParenthesizedListSplat, Some(inner)) => {
                        Argument { value: self.node(inner), splat: Splat::Star, ..plain(argument) }
                    }
                    (K::DictionarySplat, Some(inner)) => {
                        Argument { value: self.node(inner), splat: Splat::DoubleStar, ..plain(argument) }
                    }
                    _ => plain(argument),
                }
            });
            arguments.collect()
        };
        let (node, function) = (self.node(row), self.node(function));
        self.island.calls.push(Call { node, function, arguments, inside: self.function_of(scope) });
    }

    fn handler(&mut self, row: RowId, scope: u32) {
        use SyntaxKind as K;
        let Some(of) = self.tree().parent(row) else { return };
        let Some(body) = self.tree().child_of_kind(row, K::Block) else { return };
        let mut values: Vec<RowId> =
            self.children(row).into_iter().filter(|&child| self.tree()[child].field == Field::Value).collect();
        let mut alias = self.child(row, Field::Alias);
        let mut catches = if values.len() == 1 { values.pop() } else { None };
        // `except E as e` comes as one expression with a target.
        if let Some(pattern) = catches.filter(|&value| self.kind(value) == K::AsPattern) {
            alias = self.child(pattern, Field::Alias);
            catches = self.tree().first_child(pattern);
        }
        // `except A, B` (3.14): the clause as a whole stands for what it catches.
        if !values.is_empty() {
            catches = Some(row);
        }
        let id = Id::new(self.id, self.island.handlers.len());
        let catches = catches.map(|value| self.node(value));
        let function = self.function_of(scope);
        self.island.handlers.push(Handler {
            node: self.node(row),
            of: self.node(of),
            catches,
            body: self.node(body),
            function,
        });
        if let Some(alias) = alias {
            self.bind_target(scope, alias, &|_| Bind::Caught(id));
        }
    }

    fn with(&mut self, row: RowId, scope: u32) {
        use SyntaxKind as K;
        let (Some(clause), Some(body)) = (self.tree().child_of_kind(row, K::WithClause), self.child(row, Field::Body))
        else {
            return;
        };
        let mut values: Vec<RowId> = Vec::new();
        for item in self.children(clause) {
            let Some(value) = self.child(item, Field::Value) else { continue };
            // `with (a as b, c as d):` may come as one tuple.
            let is_tuple = matches!(self.kind(value), K::Tuple | K::ParenthesizedExpression);
            let parts = self.children(value);
            if is_tuple && parts.iter().any(|&part| self.kind(part) == K::AsPattern) {
                values.extend(parts);
            } else {
                values.push(value);
            }
        }
        let id: WithId = Id::new(self.id, self.island.withs.len());
        let mut items = Vec::new();
        let mut targets = Vec::new();
        for value in values {
            let (value, target) = match self.kind(value) {
                K::AsPattern => (self.tree().first_child(value).unwrap_or(value), self.child(value, Field::Alias)),
                // `a if b else c as d` comes as `a if b else (c as d)`, and so do the operators.
                _ => (value, self.last_pattern(value).and_then(|pattern| self.child(pattern, Field::Alias))),
            };
            if let Some(target) = target {
                targets.push((items.len(), target));
            }
            items.push(WithItem { value: self.node(value), target: target.map(|target| self.node(target)) });
        }
        let is_async = self.is_async(row);
        let function = self.function_of(scope);
        if is_async {
            self.mark_await(function, scope);
        }
        self.island.withs.push(With { node: self.node(row), items, is_async, body: self.node(body), function });
        for (item, target) in targets {
            self.bind_target(scope, target, &|path| Bind::Entered { with: id, item, path });
        }
    }

    /// The `… as …` that an expression ends with.
    fn last_pattern(&self, row: RowId) -> Option<RowId> {
        use SyntaxKind as K;
        let mut last = row;
        while matches!(
            self.kind(last),
            K::ConditionalExpression | K::BooleanOperator | K::NotOperator | K::BinaryOperator | K::ComparisonOperator
        ) {
            last = *self.children(last).last()?;
        }
        (self.kind(last) == K::AsPattern).then_some(last)
    }

    fn import(&mut self, row: RowId, scope: u32) {
        use SyntaxKind as K;
        let text = |row: RowId| self.span(row).text(self.text);
        // A dotted name may be spread over spaces and lines.
        let dotted = |row: RowId| text(row).split_whitespace().collect::<String>();
        let module = self.child(row, Field::ModuleName);
        let is_from = self.kind(row) != K::ImportStatement;
        let (level, module) = match module {
            Some(relative) if self.kind(relative) == K::RelativeImport => {
                let prefix = self.tree().child_of_kind(relative, K::ImportPrefix).map_or("", text);
                let name = self.tree().child_of_kind(relative, K::DottedName).map(dotted);
                (prefix.matches('.').count() as u32, name.unwrap_or_default())
            }
            Some(absolute) => (0, dotted(absolute)),
            None if is_from => (0, "__future__".to_string()),
            None => (0, String::new()),
        };
        let mut entries: Vec<(RowId, RowId, Import)> = Vec::new();
        for child in self.children(row) {
            let (named, alias) = match self.kind(child) {
                K::AliasedImport => (self.child(child, Field::Name), self.child(child, Field::Alias)),
                K::DottedName if self.tree()[child].field == Field::Name => (Some(child), None),
                K::WildcardImport => (Some(child), None),
                _ => continue,
            };
            let Some(named) = named else { continue };
            let has_alias = alias.is_some();
            let node = self.node(named);
            let import = if is_from {
                Import { level, module: module.clone(), name: Some(dotted(named)), has_alias, node }
            } else {
                Import { level, module: dotted(named), name: None, has_alias, node }
            };
            // `import a.b.c` binds `a`.
            let bound = alias.or_else(|| self.tree().first_child(named)).unwrap_or(named);
            entries.push((named, bound, import));
        }
        for (_, bound, import) in entries {
            let id = Id::new(self.id, self.island.imports.len());
            let is_star = import.name.as_deref() == Some("*");
            self.island.imports.push(import);
            if !is_star {
                self.bind(scope, bound, self.span(bound), Bind::Import(id));
            }
        }
    }

    /// `case Class(…):` of a match on one subject.
    fn class_pattern(&mut self, row: RowId, scope: u32) {
        use SyntaxKind as K;
        let patterns: Vec<RowId> =
            self.children(row).into_iter().filter(|&child| self.kind(child) == K::CasePattern).collect();
        let [pattern] = patterns[..] else { return };
        let Some(class) = self.tree().child_of_kind(pattern, K::ClassPattern) else { return };
        let Some(of) = self.tree().parent(row).and_then(|block| self.tree().parent(block)) else { return };
        let Some(subject) = self.child(of, Field::Subject) else { return };
        let dotted = self.tree().child_of_kind(class, K::DottedName);
        let parts = dotted.map(|dotted| self.children(dotted)).unwrap_or_default();
        let class_name = if let [only] = parts[..] { Some(self.node(only)) } else { None };
        self.island.class_patterns.push(ClassPattern {
            node: self.node(class),
            class: class_name,
            subject: self.node(subject),
            function: self.function_of(scope),
        });
    }

    /// The names that a `case` captures: every plain name in its pattern that is no class, no keyword and no dotted
    /// value.
    fn captures(&mut self, row: RowId, scope: u32) {
        use SyntaxKind as K;
        let patterns: Vec<RowId> =
            self.children(row).into_iter().filter(|&child| self.kind(child) == K::CasePattern).collect();
        for pattern in patterns {
            let names: Vec<RowId> = self
                .tree()
                .subtree(pattern)
                .filter(|&part| self.kind(part) == K::Identifier)
                .filter(|&part| {
                    let Some(parent) = self.tree().parent(part) else { return false };
                    match self.kind(parent) {
                        K::DottedName => {
                            let single = self.tree().children(parent).count() == 1;
                            let of_class =
                                self.tree().parent(parent).is_some_and(|up| self.kind(up) == K::ClassPattern);
                            single && !of_class
                        }
                        K::KeywordPattern => self.tree().first_child(parent) != Some(part),
                        _ => true,
                    }
                })
                .collect();
            for name in names {
                if self.span(name).text(self.text) != "_" {
                    let class = self.captured_class(name).map(|class| self.node(class));
                    self.bind(scope, name, self.span(name), Bind::Captured(class));
                }
            }
        }
    }

    /// `Class` in `Class(…) as name`.
    fn captured_class(&self, name: RowId) -> Option<RowId> {
        use SyntaxKind as K;
        let tree = self.tree();
        let whole = tree.parent(name).filter(|&up| self.kind(up) == K::AsPattern)?;
        let pattern = tree.child_of_kind(whole, K::CasePattern)?;
        let dotted = tree.child_of_kind(tree.child_of_kind(pattern, K::ClassPattern)?, K::DottedName)?;
        let parts = self.children(dotted);
        if let [only] = parts[..] { Some(only) } else { None }
    }

    fn comparison(&mut self, row: RowId, scope: u32) {
        let children = self.children(row);
        let function = self.function_of(scope);
        for link in children.windows(3).step_by(2) {
            let [left, operator, right] = link else { continue };
            let compare = Compare {
                node: self.node(row),
                left: self.node(*left),
                operator: self.kind(*operator),
                right: self.node(*right),
                function,
            };
            self.island.compares.push(compare);
        }
    }
}
