//! The grammar's own names as two small enums, so that a wrong name is a compile error and a `match` is a jump.
//!
//! The grammar numbers its symbols; the numbers change with each release and one name may have several. The table from
//! number to name is made once, when the first file is parsed, and a test asks the grammar for every name used here.

use std::sync::OnceLock;

macro_rules! names {
    ($(#[$doc:meta])* $kind:ident, $other:ident { $($variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[repr(u8)]
        pub enum $kind { $($variant,)* $other }

        impl $kind {
            pub const NAMES: &[(&str, $kind)] = &[$(($text, $kind::$variant),)*];

            pub fn from_name(name: &str) -> $kind {
                $kind::NAMES.iter().find(|(text, _)| *text == name).map_or($kind::$other, |(_, kind)| *kind)
            }
        }
    };
}

names! {
    /// What a node is. Tokens are rows too where they carry meaning; brackets and commas are not.
    SyntaxKind, Other {
        // statements
        Module = "module",
        Block = "block",
        ExpressionStatement = "expression_statement",
        Assignment = "assignment",
        AugmentedAssignment = "augmented_assignment",
        ImportStatement = "import_statement",
        ImportFromStatement = "import_from_statement",
        FutureImportStatement = "future_import_statement",
        AliasedImport = "aliased_import",
        WildcardImport = "wildcard_import",
        RelativeImport = "relative_import",
        ImportPrefix = "import_prefix",
        DottedName = "dotted_name",
        ReturnStatement = "return_statement",
        RaiseStatement = "raise_statement",
        DeleteStatement = "delete_statement",
        AssertStatement = "assert_statement",
        PassStatement = "pass_statement",
        BreakStatement = "break_statement",
        ContinueStatement = "continue_statement",
        GlobalStatement = "global_statement",
        NonlocalStatement = "nonlocal_statement",
        TypeAliasStatement = "type_alias_statement",
        PrintStatement = "print_statement",
        ExecStatement = "exec_statement",
        IfStatement = "if_statement",
        ElifClause = "elif_clause",
        ElseClause = "else_clause",
        ForStatement = "for_statement",
        WhileStatement = "while_statement",
        TryStatement = "try_statement",
        ExceptClause = "except_clause",
        FinallyClause = "finally_clause",
        WithStatement = "with_statement",
        WithClause = "with_clause",
        WithItem = "with_item",
        MatchStatement = "match_statement",
        CaseClause = "case_clause",
        FunctionDefinition = "function_definition",
        ClassDefinition = "class_definition",
        DecoratedDefinition = "decorated_definition",
        Decorator = "decorator",
        // parameters and arguments
        Parameters = "parameters",
        LambdaParameters = "lambda_parameters",
        DefaultParameter = "default_parameter",
        TypedParameter = "typed_parameter",
        TypedDefaultParameter = "typed_default_parameter",
        KeywordSeparator = "keyword_separator",
        PositionalSeparator = "positional_separator",
        ListSplatPattern = "list_splat_pattern",
        DictionarySplatPattern = "dictionary_splat_pattern",
        ArgumentList = "argument_list",
        KeywordArgument = "keyword_argument",
        ListSplat = "list_splat",
        ParenthesizedListSplat = "parenthesized_list_splat",
        DictionarySplat = "dictionary_splat",
        // targets and patterns
        PatternList = "pattern_list",
        TuplePattern = "tuple_pattern",
        ListPattern = "list_pattern",
        AsPattern = "as_pattern",
        AsPatternTarget = "as_pattern_target",
        CasePattern = "case_pattern",
        UnionPattern = "union_pattern",
        DictPattern = "dict_pattern",
        KeywordPattern = "keyword_pattern",
        SplatPattern = "splat_pattern",
        ClassPattern = "class_pattern",
        // expressions
        Identifier = "identifier",
        Integer = "integer",
        Float = "float",
        True = "true",
        False = "false",
        None = "none",
        Ellipsis = "ellipsis",
        String = "string",
        ConcatenatedString = "concatenated_string",
        StringStart = "string_start",
        StringContent = "string_content",
        StringEnd = "string_end",
        Interpolation = "interpolation",
        Attribute = "attribute",
        Subscript = "subscript",
        Slice = "slice",
        Call = "call",
        Await = "await",
        Yield = "yield",
        Lambda = "lambda",
        NamedExpression = "named_expression",
        ConditionalExpression = "conditional_expression",
        BooleanOperator = "boolean_operator",
        NotOperator = "not_operator",
        UnaryOperator = "unary_operator",
        BinaryOperator = "binary_operator",
        ComparisonOperator = "comparison_operator",
        ParenthesizedExpression = "parenthesized_expression",
        ExpressionList = "expression_list",
        List = "list",
        Tuple = "tuple",
        Set = "set",
        Dictionary = "dictionary",
        Pair = "pair",
        ListComprehension = "list_comprehension",
        SetComprehension = "set_comprehension",
        DictionaryComprehension = "dictionary_comprehension",
        GeneratorExpression = "generator_expression",
        ForInClause = "for_in_clause",
        IfClause = "if_clause",
        // annotations
        Type = "type",
        TypeParameter = "type_parameter",
        GenericType = "generic_type",
        UnionType = "union_type",
        MemberType = "member_type",
        SplatType = "splat_type",
        ConstrainedType = "constrained_type",
        // tokens with a meaning of their own
        Async = "async",
        From = "from",
        For = "for",
        Star = "*",
        And = "and",
        Or = "or",
        Is = "is",
        IsNot = "is not",
        In = "in",
        NotIn = "not in",
        Equal = "==",
        NotEqual = "!=",
        Plus = "+",
        Percent = "%",
        Bar = "|",
        Error = "ERROR",
    }
}

names! {
    /// The part a node plays in its parent.
    Field, No {
        Alias = "alias",
        Alternative = "alternative",
        Argument = "argument",
        Arguments = "arguments",
        Attribute = "attribute",
        Body = "body",
        Cause = "cause",
        Condition = "condition",
        Consequence = "consequence",
        Definition = "definition",
        Function = "function",
        Guard = "guard",
        Key = "key",
        Left = "left",
        ModuleName = "module_name",
        Name = "name",
        Object = "object",
        Operator = "operator",
        Operators = "operators",
        Parameters = "parameters",
        ReturnType = "return_type",
        Right = "right",
        Subject = "subject",
        Subscript = "subscript",
        Superclasses = "superclasses",
        Type = "type",
        TypeParameters = "type_parameters",
        Value = "value",
    }
}

impl SyntaxKind {
    /// A statement, simple or compound.
    pub fn is_statement(self) -> bool {
        use SyntaxKind::*;
        matches!(
            self,
            ExpressionStatement
                | ImportStatement
                | ImportFromStatement
                | FutureImportStatement
                | ReturnStatement
                | RaiseStatement
                | DeleteStatement
                | AssertStatement
                | PassStatement
                | BreakStatement
                | ContinueStatement
                | GlobalStatement
                | NonlocalStatement
                | TypeAliasStatement
                | PrintStatement
                | ExecStatement
                | IfStatement
                | ForStatement
                | WhileStatement
                | TryStatement
                | WithStatement
                | MatchStatement
                | FunctionDefinition
                | ClassDefinition
                | DecoratedDefinition
        )
    }

    /// A block, or what has one at its end.
    pub(super) fn ends_with_block(self) -> bool {
        use SyntaxKind::*;
        matches!(
            self,
            Block
                | IfStatement
                | ElifClause
                | ElseClause
                | ForStatement
                | WhileStatement
                | TryStatement
                | ExceptClause
                | FinallyClause
                | WithStatement
                | MatchStatement
                | CaseClause
                | FunctionDefinition
                | ClassDefinition
                | DecoratedDefinition
        )
    }

    pub fn is_comprehension(self) -> bool {
        use SyntaxKind::*;
        matches!(self, ListComprehension | SetComprehension | DictionaryComprehension | GeneratorExpression)
    }
}

/// From the grammar's numbers to our names, made once. `None` stands for a token that gets no row.
pub(super) struct Numbers {
    kinds: Vec<Option<SyntaxKind>>,
    fields: Vec<Field>,
}

impl Numbers {
    pub fn get() -> &'static Numbers {
        static NUMBERS: OnceLock<Numbers> = OnceLock::new();
        NUMBERS.get_or_init(|| {
            let language: tree_sitter::Language = tree_sitter_python::LANGUAGE.into();
            let kinds = (0..language.node_kind_count() as u16).map(|number| {
                let name = language.node_kind_for_id(number).unwrap_or_default();
                let kind = SyntaxKind::from_name(name);
                // Comments may stand between any two children; the outline has them all, so the table has none.
                // Nobody asks what is escaped in a string.
                let is_left_out =
                    matches!(name, "comment" | "line_continuation" | "escape_sequence" | "escape_interpolation");
                let named = language.node_kind_is_named(number) && !is_left_out;
                // A keyword such as `await` is spelled like the node it begins: only the node is a row.
                let token = !named && (kind.is_token() || name == "ERROR");
                (named || token).then_some(kind)
            });
            let fields = (0..=language.field_count() as u16)
                .map(|number| language.field_name_for_id(number).map_or(Field::No, Field::from_name));
            Numbers { kinds: kinds.collect(), fields: fields.collect() }
        })
    }

    /// The number of an ERROR node is beyond every table.
    pub fn kind(&self, number: u16) -> Option<SyntaxKind> {
        self.kinds.get(number as usize).copied().unwrap_or(Some(SyntaxKind::Error))
    }

    pub fn field(&self, number: Option<std::num::NonZeroU16>) -> Field {
        number.and_then(|number| self.fields.get(number.get() as usize).copied()).unwrap_or(Field::No)
    }
}

impl SyntaxKind {
    fn is_token(self) -> bool {
        use SyntaxKind::*;
        matches!(
            self,
            Async | From | For | Star | And | Or | Is | IsNot | In | NotIn | Equal | NotEqual | Plus | Percent | Bar
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammar_knows_every_name() {
        let language: tree_sitter::Language = tree_sitter_python::LANGUAGE.into();
        let kinds: Vec<_> =
            (0..language.node_kind_count() as u16).filter_map(|n| language.node_kind_for_id(n)).collect();
        for (name, kind) in SyntaxKind::NAMES {
            assert!(kinds.contains(name) || *kind == SyntaxKind::Error, "no node is called `{name}`");
        }
        for (name, _) in Field::NAMES {
            assert!(language.field_id_for_name(name).is_some(), "no field is called `{name}`");
        }
    }
}
