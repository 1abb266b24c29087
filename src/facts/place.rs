//! What is done with an expression's value where it stands, and how an expression may be changed there.

use super::{BindingId, CallId, Facts, FunctionId, LoopForm, LoopId, Meaning, NodeId, ScopeId, ScopeKind};
use crate::syntax::{Field, SyntaxKind};
use crate::text::Span;

/// What the place where an expression stands does with its value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// It is a statement of its own: the value is thrown away.
    Statement,
    /// It is the whole value of an assignment to one name: the identifier.
    Named(NodeId),
    Awaited,
    /// An argument of a call, named or not.
    Argument(CallId),
    /// It is what a call calls.
    Called,
    /// The object of `x.name`: the attribute.
    Attribute(NodeId),
    /// The object of `x[…]`.
    Subscript,
    /// An operand of arithmetic.
    Operand,
    /// One side of a comparison.
    Compared,
    /// It stands in an f-string.
    Formatted,
    /// It is the condition of a statement.
    Asked,
    Other,
}

impl Facts {
    /// The expression with all the parentheses round it.
    pub fn wrapped(&self, node: NodeId) -> NodeId {
        let mut outer = node;
        while let Some(up) = self.parent(outer).filter(|&up| self.syntax(up) == SyntaxKind::ParenthesizedExpression) {
            outer = up;
        }
        outer
    }

    pub fn place(&self, node: NodeId) -> Place {
        use SyntaxKind as K;
        let node = self.wrapped(node);
        let Some(up) = self.parent(node) else { return Place::Other };
        let is = |field| self.child(up, field) == Some(node);
        match self.syntax(up) {
            K::ExpressionStatement => Place::Statement,
            K::Assignment if is(Field::Right) => match self.child(up, Field::Left) {
                Some(target) if self.syntax(target) == K::Identifier && self.is_single(up) => Place::Named(target),
                _ => Place::Other,
            },
            K::NamedExpression => self.child(up, Field::Name).map_or(Place::Other, Place::Named),
            K::Await => Place::Awaited,
            K::ArgumentList => self.call_round(up).map_or(Place::Other, Place::Argument),
            K::KeywordArgument => {
                let list = self.parent(up).filter(|&list| self.syntax(list) == K::ArgumentList);
                list.and_then(|list| self.call_round(list)).map_or(Place::Other, Place::Argument)
            }
            K::Call if is(Field::Function) => Place::Called,
            // A generator expression that shares its parentheses with the call.
            K::Call => self.call(up).map_or(Place::Other, Place::Argument),
            K::Attribute => Place::Attribute(up),
            K::Subscript if is(Field::Value) => Place::Subscript,
            K::BinaryOperator | K::UnaryOperator => Place::Operand,
            K::AugmentedAssignment if is(Field::Right) => Place::Operand,
            K::ComparisonOperator => Place::Compared,
            K::Interpolation => Place::Formatted,
            K::NotOperator => Place::Asked,
            K::IfStatement | K::ElifClause | K::WhileStatement if is(Field::Condition) => Place::Asked,
            _ => Place::Other,
        }
    }

    /// The assignment is no part of `a = b = …`.
    fn is_single(&self, assignment: NodeId) -> bool {
        let up = self.parent(assignment);
        up.is_some_and(|up| self.syntax(up) == SyntaxKind::ExpressionStatement)
    }

    fn call_round(&self, list: NodeId) -> Option<CallId> {
        self.parent(list).and_then(|call| self.call(call))
    }

    /// An `await` may stand where the node stands.
    pub fn may_await(&self, node: NodeId) -> bool {
        match self.function(node) {
            Some(function) => self[function].is_async && !self[function].is_damaged,
            None => self.is_notebook() && self.is_top_level(self.scope(node)),
        }
    }

    /// Notebooks run their cells inside a coroutine.
    fn is_notebook(&self) -> bool {
        self.source.path.ends_with(".ipynb")
    }

    /// In no function and in no class; a comprehension belongs to what is round it.
    fn is_top_level(&self, scope: ScopeId) -> bool {
        self.is_module_scope(scope)
            || self[scope].kind == ScopeKind::Comprehension
                && self[scope].outer.is_none_or(|outer| self.is_top_level(outer))
    }

    /// An `await` put at the node would make an async generator of a sync generator expression.
    pub fn is_in_generator_expression(&self, node: NodeId) -> bool {
        for up in self.ancestors(node) {
            match self.syntax(up) {
                SyntaxKind::GeneratorExpression if !self.is_leftmost(node, up) => return true,
                SyntaxKind::FunctionDefinition | SyntaxKind::Lambda | SyntaxKind::ClassDefinition => return false,
                _ => {}
            }
        }
        false
    }

    /// The expression can stand behind `await`, before a dot and before a bracket without parentheses of its own.
    pub fn is_primary(&self, node: NodeId) -> bool {
        use SyntaxKind as K;
        let kind = self.syntax(node);
        kind.is_comprehension()
            || matches!(
                kind,
                K::Identifier
                    | K::Attribute
                    | K::Call
                    | K::Subscript
                    | K::ParenthesizedExpression
                    | K::List
                    | K::Set
                    | K::Dictionary
                    | K::Tuple
                    | K::String
            )
    }

    /// The comprehension that a loop clause is part of, when it is a generator expression.
    pub fn generator_expression_of(&self, id: LoopId) -> Option<NodeId> {
        match self[id].form {
            LoopForm::Clause { of, .. } if self.syntax(of) == SyntaxKind::GeneratorExpression => Some(of),
            _ => None,
        }
    }

    /// The comprehension stands inside another one, or a generator expression, of the same function, which is not async
    /// by itself: before Python 3.11, it could not be async there.
    pub fn is_in_sync_comprehension(&self, node: NodeId) -> bool {
        for up in self.ancestors(node) {
            let kind = self.syntax(up);
            let is_inner = kind.is_comprehension() && kind != SyntaxKind::GeneratorExpression;
            if is_inner && !self.is_leftmost(node, up) && !self.clauses(up).any(|id| self[id].is_async) {
                return true;
            }
            if matches!(kind, SyntaxKind::FunctionDefinition | SyntaxKind::Lambda | SyntaxKind::ClassDefinition) {
                return false;
            }
        }
        false
    }

    /// The `async ` of a loop or clause, blanks behind it included.
    pub fn async_keyword(&self, id: LoopId) -> Option<Span> {
        let start = self.span(self[id].node).start;
        let rest = self.text(self.span(self[id].node)).strip_prefix("async")?;
        let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        // `async \` and a line break: too odd to touch.
        rest[blanks..].starts_with("for").then(|| Span::new(start, start + 5 + blanks as u32))
    }

    /// The `async ` of a function, blanks behind it included.
    pub fn async_of(&self, id: FunctionId) -> Option<Span> {
        let start = self.span(self[id].node).start;
        let rest = self.text(self.span(self[id].node)).strip_prefix("async")?;
        let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        rest[blanks..].starts_with("def").then(|| Span::new(start, start + 5 + blanks as u32))
    }

    /// The function can be called with nothing but what its receiver brings.
    pub fn needs_no_arguments(&self, function: FunctionId, is_bound: bool) -> bool {
        use super::ParamKind as P;
        let params = self[function].params.iter().skip(is_bound as usize);
        params.into_iter().all(|param| param.default.is_some() || matches!(param.kind, P::Star | P::DoubleStar))
    }

    /// The generator expression shares its parentheses with the call.
    pub fn is_whole_argument_list(&self, call: NodeId, expression: NodeId) -> bool {
        self.child(call, Field::Arguments) == Some(expression)
    }

    /// A list, set or dict comprehension stands somewhere inside.
    pub fn holds_comprehension(&self, node: NodeId) -> bool {
        let tree = self.tree(node);
        let mut inside = tree.subtree(node.row).map(|row| tree[row].kind);
        inside.any(|kind| kind.is_comprehension() && kind != SyntaxKind::GeneratorExpression)
    }

    /// The blanks before a statement that has its lines to itself; None where something else stands on them.
    pub fn indentation(&self, statement: NodeId) -> Option<&str> {
        let span = self.span(statement);
        let text = &self.source.text;
        let before = &text[..span.start as usize];
        let line = before.rfind(['\n', '\r']).map_or(0, |end| end + 1);
        let after = text[span.end as usize..].trim_start_matches([' ', '\t']);
        let ends = after.is_empty() || after.starts_with(['\n', '\r', '#']);
        let blanks = &before[line..];
        (ends && blanks.trim_matches([' ', '\t']).is_empty()).then_some(blanks)
    }

    /// Every place where the variable of a binding is read, also in functions inside: the identifiers.
    pub fn reads(&self, binding: BindingId) -> Vec<NodeId> {
        let of = &self[binding];
        let name = self.text(of.name);
        let scope = self.canonical(of.scope);
        let tree = &self.island(binding.island).tree;
        let identifiers = tree.all().filter(|&row| tree[row].kind == SyntaxKind::Identifier);
        let nodes = identifiers.map(|row| NodeId { island: binding.island, row });
        nodes
            .filter(|&node| self.node_text(node) == name && self.is_read(node) && self.scope_of(node) == Some(scope))
            .collect()
    }

    /// The scope whose name the identifier is.
    fn scope_of(&self, node: NodeId) -> Option<ScopeId> {
        match self.meaning(node) {
            Meaning::Bound(scope, _) => Some(self.canonical(scope)),
            Meaning::Builtin | Meaning::Unknown => None,
        }
    }

    /// The identifier stands for a value: it is no attribute's name, no argument's and no target.
    fn is_read(&self, node: NodeId) -> bool {
        use SyntaxKind as K;
        let Some(up) = self.parent(node) else { return false };
        let is = |field| self.child(up, field) == Some(node);
        match self.syntax(up) {
            K::Attribute => !is(Field::Attribute),
            K::KeywordArgument | K::NamedExpression | K::DefaultParameter | K::TypedDefaultParameter => {
                !is(Field::Name)
            }
            K::Assignment | K::ForStatement | K::ForInClause => !is(Field::Left),
            K::PatternList | K::TuplePattern | K::ListPattern | K::ListSplatPattern | K::AsPatternTarget => false,
            K::FunctionDefinition | K::ClassDefinition => !is(Field::Name),
            K::Parameters | K::LambdaParameters | K::TypedParameter => false,
            K::GlobalStatement | K::NonlocalStatement | K::DottedName => false,
            _ => true,
        }
    }
}
