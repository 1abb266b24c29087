//! Statements and blocks.

use super::tokens::Token;
use super::{Id, NONE, Parser};
use crate::syntax::{Field, SyntaxKind};
use crate::text::Span;

impl Parser<'_> {
    pub fn module(&mut self) -> Option<Id> {
        self.next_line()?;
        let node = self.begin(SyntaxKind::Module, 0);
        while self.token != Token::End {
            if self.indent != 0 {
                return None;
            }
            self.statement(node)?;
            self.is_first = false;
        }
        // It begins with whatever is no blank, a comment as well as a statement.
        let start = self.bytes.iter().position(|byte| !byte.is_ascii_whitespace());
        // Of nothing but blanks the grammar has ideas of its own.
        let start = if self.bytes.is_empty() { 0 } else { start? };
        self.nodes[node as usize].span = Span::new(start as u32, self.bytes.len() as u32);
        Some(node)
    }

    /// A compound statement, or a line of simple ones.
    fn statement(&mut self, parent: Id) -> Option<()> {
        let start = self.span.start;
        let statement = match self.token {
            Token::If => self.if_statement(),
            Token::For => self.for_statement(start),
            Token::While => self.while_statement(),
            Token::Try => self.try_statement(),
            Token::With => self.with_statement(start),
            Token::Def => self.function(start),
            Token::Class => self.class(),
            Token::At => self.decorated(),
            Token::Async => self.async_statement(),
            _ => return self.line(parent),
        }?;
        self.add(parent, Field::No, statement);
        Some(())
    }

    /// Simple statements up to the end of the line.
    fn line(&mut self, parent: Id) -> Option<()> {
        loop {
            let statement = self.simple_statement()?;
            self.add(parent, Field::No, statement);
            let is_more = self.skips(Token::Semicolon)?;
            if matches!(self.token, Token::Newline | Token::End) {
                return self.next_line();
            }
            if !is_more {
                return None;
            }
        }
    }

    /// What belongs to the colon before: lines that are indented further, or the rest of this one.
    fn suite(&mut self) -> Option<Id> {
        self.deeper(|this| {
            let outer = this.indent;
            this.expect(Token::Colon)?;
            match this.token {
                Token::Newline => {}
                // A header that was cut off from its body. Round it there is nothing, and behind it not even a comment.
                Token::End if this.depth > 1 || this.end as usize != this.bytes.len() => return None,
                Token::End => return Some(this.leaf(SyntaxKind::Block, Span::new(this.end, this.end))),
                _ => {
                    let block = this.begin(SyntaxKind::Block, this.span.start);
                    this.line(block)?;
                    return Some(block);
                }
            }
            this.next_line()?;
            let inner = this.indent;
            if this.token == Token::End || inner <= outer {
                return None;
            }
            let block = this.begin(SyntaxKind::Block, this.span.start);
            let around = std::mem::replace(&mut this.block, inner);
            while this.token != Token::End && this.indent == inner {
                this.statement(block)?;
            }
            this.block = around;
            // The first line of a statement that was cut out of a class shows no indentation, the other ones do.
            let is_clause = matches!(this.token, Token::Else | Token::Elif | Token::Except | Token::Finally);
            if is_clause && outer == 0 && this.is_first && this.indent < inner {
                this.indent = 0;
            }
            if this.token != Token::End && this.indent > inner {
                return None;
            }
            Some(block)
        })
    }

    /// A clause whose keyword is the token: `else`, `finally`.
    fn clause(&mut self, kind: SyntaxKind, field: Field) -> Option<Id> {
        let node = self.begin(kind, self.span.start);
        self.advance()?;
        let body = self.suite()?;
        self.add(node, field, body);
        Some(node)
    }

    /// `else: …`, if the token is one on a line of this indentation.
    fn otherwise(&mut self, node: Id, indent: u32, field: Field) -> Option<()> {
        if self.token == Token::Else && self.indent == indent {
            let clause = self.clause(SyntaxKind::ElseClause, Field::Body)?;
            self.add(node, field, clause);
        }
        Some(())
    }

    fn if_statement(&mut self) -> Option<Id> {
        let indent = self.indent;
        let node = self.begin(SyntaxKind::IfStatement, self.span.start);
        self.condition_and_suite(node)?;
        while self.token == Token::Elif && self.indent == indent {
            let clause = self.begin(SyntaxKind::ElifClause, self.span.start);
            self.condition_and_suite(clause)?;
            self.add(node, Field::Alternative, clause);
        }
        self.otherwise(node, indent, Field::Alternative)?;
        Some(node)
    }

    fn condition_and_suite(&mut self, node: Id) -> Option<()> {
        self.advance()?;
        let condition = self.expression()?;
        self.add(node, Field::Condition, condition);
        let body = self.suite()?;
        self.add(node, Field::Consequence, body);
        Some(())
    }

    fn while_statement(&mut self) -> Option<Id> {
        let indent = self.indent;
        let node = self.begin(SyntaxKind::WhileStatement, self.span.start);
        self.advance()?;
        let condition = self.expression()?;
        self.add(node, Field::Condition, condition);
        let body = self.suite()?;
        self.add(node, Field::Body, body);
        self.otherwise(node, indent, Field::Alternative)?;
        Some(node)
    }

    /// `async` before a statement.
    fn async_statement(&mut self) -> Option<Id> {
        let span = self.span;
        self.advance()?;
        match self.token {
            Token::For => self.for_statement(span.start),
            Token::With => self.with_statement(span.start),
            Token::Def => self.function(span.start),
            _ => None,
        }
    }

    /// The `async` that a statement began with, if it did.
    fn add_async(&mut self, node: Id, start: u32) {
        if self.span.start > start {
            let sign = self.leaf(SyntaxKind::Async, Span::new(start, start + "async".len() as u32));
            self.add(node, Field::No, sign);
        }
    }

    fn for_statement(&mut self, start: u32) -> Option<Id> {
        let indent = self.indent;
        let node = self.begin(SyntaxKind::ForStatement, start);
        self.add_async(node, start);
        let sign = self.take(SyntaxKind::For)?;
        self.add(node, Field::No, sign);
        let left = self.targets()?;
        self.add(node, Field::Left, left);
        if self.token != Token::In {
            return None;
        }
        let sign = self.take(SyntaxKind::In)?;
        self.add(node, Field::No, sign);
        let right = self.expressions()?;
        self.add(node, Field::Right, right);
        let body = self.suite()?;
        self.add(node, Field::Body, body);
        self.otherwise(node, indent, Field::Alternative)?;
        Some(node)
    }

    fn try_statement(&mut self) -> Option<Id> {
        let indent = self.indent;
        let node = self.begin(SyntaxKind::TryStatement, self.span.start);
        self.advance()?;
        let body = self.suite()?;
        self.add(node, Field::Body, body);
        while self.token == Token::Except && self.indent == indent {
            let clause = self.except_clause()?;
            self.add(node, Field::No, clause);
        }
        self.otherwise(node, indent, Field::No)?;
        if self.token == Token::Finally && self.indent == indent {
            let clause = self.clause(SyntaxKind::FinallyClause, Field::No)?;
            self.add(node, Field::No, clause);
        }
        Some(node)
    }

    fn except_clause(&mut self) -> Option<Id> {
        let node = self.begin(SyntaxKind::ExceptClause, self.span.start);
        self.advance()?;
        if self.token != Token::Colon {
            let value = self.expression_as()?;
            self.add(node, Field::Value, value);
        }
        let body = self.suite()?;
        self.add(node, Field::No, body);
        Some(node)
    }

    fn with_statement(&mut self, start: u32) -> Option<Id> {
        let node = self.begin(SyntaxKind::WithStatement, start);
        self.add_async(node, start);
        self.expect(Token::With)?;
        let clause = match self.token {
            Token::OpenRound => self.bracketed_items()?,
            _ => self.items()?,
        };
        self.add(node, Field::No, clause);
        let body = self.suite()?;
        self.add(node, Field::Body, body);
        Some(node)
    }

    /// Items with brackets round them all, or with some in the first of them: which it is shows only behind them.
    fn bracketed_items(&mut self) -> Option<Id> {
        let (token, span, end, brackets, nodes) = (self.token, self.span, self.end, self.brackets, self.nodes.len());
        if let Some(clause) = self.items_in_brackets() {
            return Some(clause);
        }
        (self.token, self.span, self.end, self.brackets) = (token, span, end, brackets);
        self.nodes.truncate(nodes);
        self.items()
    }

    fn items_in_brackets(&mut self) -> Option<Id> {
        let clause = self.begin(SyntaxKind::WithClause, self.span.start);
        self.expect(Token::OpenRound)?;
        // One item, even with a comma behind it, is a value in brackets.
        let mut items = 0;
        while self.token != Token::CloseRound {
            let item = self.with_item()?;
            self.add(clause, Field::No, item);
            items += 1;
            if !self.skips(Token::Comma)? {
                break;
            }
        }
        self.expect(Token::CloseRound)?;
        self.close(clause);
        (self.token == Token::Colon && items > 1).then_some(clause)
    }

    fn items(&mut self) -> Option<Id> {
        let clause = self.begin(SyntaxKind::WithClause, self.span.start);
        loop {
            let item = self.with_item()?;
            self.add(clause, Field::No, item);
            if !self.skips(Token::Comma)? {
                return Some(clause);
            }
        }
    }

    fn with_item(&mut self) -> Option<Id> {
        let value = self.expression_as()?;
        Some(self.around(SyntaxKind::WithItem, Field::Value, value))
    }

    fn function(&mut self, start: u32) -> Option<Id> {
        let node = self.begin(SyntaxKind::FunctionDefinition, start);
        self.add_async(node, start);
        self.expect(Token::Def)?;
        let name = self.name()?;
        self.add(node, Field::Name, name);
        let parameters = self.begin(SyntaxKind::Parameters, self.span.start);
        self.expect(Token::OpenRound)?;
        self.parameters(parameters, Token::CloseRound)?;
        self.expect(Token::CloseRound)?;
        self.close(parameters);
        self.add(node, Field::Parameters, parameters);
        let is_typed = self.skips(Token::Arrow)?;
        if is_typed {
            let result = self.annotation()?;
            self.add(node, Field::ReturnType, result);
        }
        let body = self.suite()?;
        // `-> a: b[c]: d` on one line: to the grammar the type is `a: b[c]`.
        if is_typed && self.annotates_item(body) {
            return None;
        }
        self.add(node, Field::Body, body);
        Some(node)
    }

    /// The block begins with `a[b]: c`.
    fn annotates_item(&self, block: Id) -> bool {
        let first = |node: Id| self.nodes.get(node as usize).map_or(NONE, |node| node.first);
        let target = first(first(first(block)));
        let annotation = self.nodes.get(target as usize).map_or(NONE, |target| target.next);
        let is_annotated = self.nodes.get(annotation as usize).is_some_and(|node| node.field == Field::Type);
        is_annotated && self.kind(target) == SyntaxKind::Subscript
    }

    fn class(&mut self) -> Option<Id> {
        let node = self.begin(SyntaxKind::ClassDefinition, self.span.start);
        self.advance()?;
        let name = self.name()?;
        self.add(node, Field::Name, name);
        if self.token == Token::OpenRound {
            let bases = self.arguments()?;
            self.add(node, Field::Superclasses, bases);
        }
        let body = self.suite()?;
        self.add(node, Field::Body, body);
        Some(node)
    }

    fn decorated(&mut self) -> Option<Id> {
        let node = self.begin(SyntaxKind::DecoratedDefinition, self.span.start);
        let indent = self.indent;
        let mut further = None;
        while self.token == Token::At {
            let decorator = self.begin(SyntaxKind::Decorator, self.span.start);
            self.advance()?;
            let value = self.expression()?;
            self.add(decorator, Field::No, value);
            if self.token != Token::Newline {
                return None;
            }
            self.next_line()?;
            // All lines are indented alike, and so are the comments between them. Where a definition was cut out of its
            // class, only its first decorator shows no indentation.
            let is_cut = self.is_first && indent == 0;
            let line = *further.get_or_insert(if is_cut { self.indent } else { indent });
            if self.indent != line || self.comments.iter().any(|&comment| comment != line) {
                return None;
            }
            self.add(node, Field::No, decorator);
        }
        self.indent = indent;
        let start = self.span.start;
        let definition = match self.token {
            Token::Def => self.function(start),
            Token::Class => self.class(),
            Token::Async => {
                self.advance()?;
                if self.token == Token::Def { self.function(start) } else { None }
            }
            _ => None,
        }?;
        self.add(node, Field::Definition, definition);
        Some(node)
    }

    fn simple_statement(&mut self) -> Option<Id> {
        let start = self.span.start;
        match self.token {
            Token::Pass => self.take(SyntaxKind::PassStatement),
            Token::Break => self.take(SyntaxKind::BreakStatement),
            Token::Continue => self.take(SyntaxKind::ContinueStatement),
            Token::Return => {
                let node = self.begin(SyntaxKind::ReturnStatement, start);
                self.advance()?;
                if !self.ends_value() {
                    let value = self.expressions()?;
                    self.add(node, Field::No, value);
                }
                Some(self.close(node))
            }
            Token::Raise => self.raise(),
            Token::Del => {
                let node = self.begin(SyntaxKind::DeleteStatement, start);
                self.advance()?;
                let value = self.expressions()?;
                self.add(node, Field::No, value);
                Some(node)
            }
            Token::Assert => {
                let node = self.begin(SyntaxKind::AssertStatement, start);
                self.advance()?;
                let condition = self.expression()?;
                self.add(node, Field::No, condition);
                while self.skips(Token::Comma)? {
                    let message = self.expression()?;
                    self.add(node, Field::No, message);
                }
                Some(node)
            }
            Token::Global => self.names(SyntaxKind::GlobalStatement),
            Token::Nonlocal => self.names(SyntaxKind::NonlocalStatement),
            Token::Import => {
                let node = self.begin(SyntaxKind::ImportStatement, start);
                self.advance()?;
                self.imported(node)?;
                Some(node)
            }
            Token::From => self.import_from(),
            _ => self.expression_statement(),
        }
    }

    fn names(&mut self, kind: SyntaxKind) -> Option<Id> {
        let node = self.begin(kind, self.span.start);
        self.advance()?;
        loop {
            let name = self.name()?;
            self.add(node, Field::No, name);
            if !self.skips(Token::Comma)? {
                return Some(node);
            }
        }
    }

    fn raise(&mut self) -> Option<Id> {
        let node = self.begin(SyntaxKind::RaiseStatement, self.span.start);
        self.advance()?;
        if !self.ends_value() {
            let value = self.expressions()?;
            self.add(node, Field::No, value);
        }
        if self.token == Token::From {
            let sign = self.take(SyntaxKind::From)?;
            self.add(node, Field::No, sign);
            let cause = self.expression()?;
            self.add(node, Field::Cause, cause);
        }
        Some(self.close(node))
    }

    fn dotted_name(&mut self) -> Option<Id> {
        let node = self.begin(SyntaxKind::DottedName, self.span.start);
        loop {
            let name = self.name()?;
            self.add(node, Field::No, name);
            if !self.skips(Token::Dot)? {
                return Some(node);
            }
        }
    }

    /// The names behind `import`.
    fn imported(&mut self, node: Id) -> Option<()> {
        loop {
            let mut name = self.dotted_name()?;
            if self.token == Token::As {
                name = self.around(SyntaxKind::AliasedImport, Field::Name, name);
                self.advance()?;
                let alias = self.name()?;
                self.add(name, Field::Alias, alias);
            }
            self.add(node, Field::Name, name);
            if !self.skips(Token::Comma)? || self.token == Token::CloseRound {
                return Some(());
            }
        }
    }

    fn import_from(&mut self) -> Option<Id> {
        let node = self.begin(SyntaxKind::ImportFromStatement, self.span.start);
        let sign = self.take(SyntaxKind::From)?;
        self.add(node, Field::No, sign);
        let is_future = self.word() == b"__future__" && self.peek() != b'.';
        if matches!(self.token, Token::Dot | Token::Ellipsis) {
            let module = self.begin(SyntaxKind::RelativeImport, self.span.start);
            let prefix = self.begin(SyntaxKind::ImportPrefix, self.span.start);
            while matches!(self.token, Token::Dot | Token::Ellipsis) {
                self.advance()?;
            }
            self.close(prefix);
            self.add(module, Field::No, prefix);
            if self.token == Token::Name {
                let name = self.dotted_name()?;
                self.add(module, Field::No, name);
            }
            self.add(node, Field::ModuleName, module);
        } else if is_future {
            self.nodes[node as usize].kind = SyntaxKind::FutureImportStatement;
            self.advance()?;
        } else {
            let module = self.dotted_name()?;
            self.add(node, Field::ModuleName, module);
        }
        self.expect(Token::Import)?;
        match self.token {
            Token::Star if !is_future => {
                let star = self.lone_star(SyntaxKind::WildcardImport)?;
                self.add(node, Field::No, star);
            }
            Token::OpenRound => {
                let start = self.span.start;
                self.advance()?;
                self.imported(node)?;
                // These brackets may not close at once.
                if self.leaves_block(start) {
                    return None;
                }
                self.expect(Token::CloseRound)?;
            }
            _ => self.imported(node)?,
        }
        Some(self.close(node))
    }

    /// An expression, or an assignment to it.
    fn expression_statement(&mut self) -> Option<Id> {
        self.is_print = false;
        if self.token == Token::Name && !self.begins_expression() {
            return None;
        }
        let node = self.begin(SyntaxKind::ExpressionStatement, self.span.start);
        if self.token == Token::Yield {
            let value = self.yielded()?;
            self.add(node, Field::No, value);
            return Some(node);
        }
        let value = self.expressions()?;
        match self.token {
            Token::Assign | Token::Colon | Token::Augment => {
                let assignment = self.deeper(|this| this.assignment(value))?;
                self.add(node, Field::No, assignment);
            }
            // A list of expressions is no node of its own here.
            _ if self.kind(value) == SyntaxKind::ExpressionList => {
                let list = &self.nodes[value as usize];
                let (first, last, end) = (list.first, list.last, list.span.end);
                // Behind a comma the grammar goes on in the next line.
                if self.bytes[end as usize - 1] == b',' {
                    return None;
                }
                let statement = &mut self.nodes[node as usize];
                (statement.first, statement.last, statement.span.end) = (first, last, end);
            }
            _ => self.add(node, Field::No, value),
        }
        Some(node)
    }

    /// The word that begins the statement is a name here, and not a keyword of some Python.
    fn begins_expression(&mut self) -> bool {
        match self.word() {
            b"print" | b"exec" => {
                self.is_print = true;
                matches!(self.peek(), b'(' | b'.' | b'=')
            }
            b"match" | b"type" | b"case" => matches!(self.peek(), b'.' | b'=' | b',' | b':'),
            _ => true,
        }
    }

    /// `left = …`, `left: type = …`, `left += …`; the token is the sign.
    fn assignment(&mut self, left: Id) -> Option<Id> {
        if self.kind(left) == SyntaxKind::ExpressionList {
            self.nodes[left as usize].kind = SyntaxKind::PatternList;
            let mut child = self.nodes[left as usize].first;
            while let Some(next) = self.nodes.get(child as usize).map(|node| node.next) {
                self.turn_into_pattern(child)?;
                child = next;
            }
        } else {
            self.turn_into_pattern(left)?;
        }
        let kind = if self.token == Token::Augment { SyntaxKind::AugmentedAssignment } else { SyntaxKind::Assignment };
        let node = self.around(kind, Field::Left, left);
        if self.token == Token::Colon {
            self.advance()?;
            let annotation = self.annotation()?;
            self.add(node, Field::Type, annotation);
            if self.token != Token::Assign {
                return Some(node);
            }
        }
        self.advance()?;
        let mut right = if self.token == Token::Yield { self.yielded()? } else { self.expressions()? };
        if matches!(self.token, Token::Assign | Token::Augment) {
            right = self.deeper(|this| this.assignment(right))?;
        }
        self.add(node, Field::Right, right);
        Some(node)
    }
}
