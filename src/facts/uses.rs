//! Where a name stands in the file. The text is asked first: only the statements that spell it are parsed.

use super::{Facts, NodeId};
use crate::syntax::{Field, RowId, StatementId, StatementKind, SyntaxKind};
use crate::text::Span;

impl Facts {
    /// Every identifier of the file that is spelled like this: names, attributes, names of arguments.
    pub fn spelled(&self, name: &str) -> Vec<NodeId> {
        self.source.find_word(name).filter_map(|at| self.identifier_at(at)).collect()
    }

    /// Those of them in a stretch of the text.
    pub fn spelled_within(&self, name: &str, within: Span) -> Vec<NodeId> {
        let places = self.source.find_word(name).filter(|&at| within.contains(at));
        places.filter_map(|at| self.identifier_at(at)).collect()
    }

    /// The string that has its quotes round what stands at the place, and nothing else in them.
    pub fn is_quoted(&self, name: &str, at: u32) -> bool {
        let Some(island) = self.outline.at(at) else { return false };
        let rows = &self.island(island).tree.rows;
        let before = rows.partition_point(|row| row.span.start < at);
        let Some(inner) = before.checked_sub(1) else { return false };
        let inner = NodeId { island, row: RowId(inner as u32) };
        let mut nodes = std::iter::once(inner).chain(self.ancestors(inner));
        let string = nodes.find(|&node| self.syntax(node) == SyntaxKind::String);
        string.is_some_and(|string| self.span(string).contains(at) && self.string(string) == Some(name))
    }

    /// The identifier that begins at the place.
    pub fn identifier_at(&self, at: u32) -> Option<NodeId> {
        let island = self.outline.at(at)?;
        let rows = &self.island(island).tree.rows;
        // Rows come in reading order, a node before its first child.
        let first = rows.partition_point(|row| row.span.start < at);
        let here = rows[first..].iter().take_while(|row| row.span.start == at);
        let index = here.into_iter().position(|row| row.kind == SyntaxKind::Identifier)?;
        Some(NodeId { island, row: RowId((first + index) as u32) })
    }

    /// The part that the node plays in its parent.
    pub fn role(&self, node: NodeId) -> Field {
        self.tree(node)[node.row].field
    }

    /// The identifier is the part behind a dot.
    pub fn is_behind_dot(&self, identifier: NodeId) -> bool {
        let of_attribute = self.parent(identifier).is_some_and(|up| self.syntax(up) == SyntaxKind::Attribute);
        of_attribute && self.role(identifier) == Field::Attribute
    }

    /// The expression that ends with the identifier: `x` or `a.b.x`.
    pub fn whole_name(&self, identifier: NodeId) -> NodeId {
        match self.is_behind_dot(identifier) {
            true => self.parent(identifier).unwrap_or(identifier),
            false => identifier,
        }
    }

    /// The node is what a call calls.
    pub fn is_called(&self, node: NodeId) -> bool {
        let mut node = node;
        while let Some(up) = self.parent(node) {
            match self.syntax(up) {
                SyntaxKind::ParenthesizedExpression => node = up,
                SyntaxKind::Call => return self.role(node) == Field::Function,
                _ => return false,
            }
        }
        false
    }

    /// The identifier is only the name of something else: of a definition, a parameter, an argument, an import or a
    /// target.
    pub fn is_definition(&self, identifier: NodeId) -> bool {
        use SyntaxKind as K;
        let Some(up) = self.parent(identifier) else { return false };
        match self.syntax(up) {
            K::FunctionDefinition | K::ClassDefinition | K::KeywordArgument => self.role(identifier) == Field::Name,
            K::Parameters | K::LambdaParameters | K::ListSplatPattern | K::DictionarySplatPattern => true,
            K::DefaultParameter | K::TypedDefaultParameter => self.role(identifier) == Field::Name,
            K::TypedParameter => self.role(identifier) == Field::No,
            K::Assignment => self.role(identifier) == Field::Left,
            K::DottedName | K::AliasedImport => self
                .ancestors(identifier)
                .any(|up| matches!(self.syntax(up), K::ImportStatement | K::ImportFromStatement)),
            K::GlobalStatement | K::NonlocalStatement => true,
            _ => false,
        }
    }

    /// Some condition of the same function asks about the name or attribute at the node.
    pub fn is_asked(&self, node: NodeId) -> bool {
        let (node, function) = (self.bare(node), self.function(node));
        let (kind, text) = (self.syntax(node), self.node_text(node));
        self.conditions(node.island).filter(|&id| self[id].function == function).any(|id| {
            let condition = self[id].value;
            let mut rows = self.tree(condition).subtree(condition.row).map(|row| NodeId { row, ..condition });
            rows.any(|part| self.syntax(part) == kind && self.node_text(part) == text)
        })
    }

    /// The name of the module under which a name of another module was imported: `closing` for `contextlib.closing`.
    pub fn imported_as(&self, module: &str, name: &str) -> Option<&str> {
        let may_import = |&id: &StatementId| {
            let kind = self.outline.statement(id).kind;
            matches!(kind, StatementKind::Import | StatementKind::Compound | StatementKind::Whole)
        };
        let mut statements: Vec<StatementId> =
            self.source.find_word(name).filter_map(|at| self.outline.at(at)).filter(may_import).collect();
        statements.sort_unstable();
        statements.dedup();
        for statement in statements {
            for binding in self.bindings(statement) {
                let super::Bind::Import(import) = self[binding].bind else { continue };
                let import = &self[import];
                let is_it = import.level == 0 && import.module == module && import.name.as_deref() == Some(name);
                let bound = self.text(self[binding].name);
                if is_it && self.is_module_scope(self[binding].scope) && self.module_bindings(bound).len() == 1 {
                    return Some(bound);
                }
            }
        }
        None
    }
}
