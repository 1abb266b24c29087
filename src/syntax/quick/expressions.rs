//! Expressions, from the loosest operator to the tightest, with the grammar's precedences.

use super::tokens::Token;
use super::{Id, NONE, Parser};
use crate::syntax::{Field, SyntaxKind};

impl Parser<'_> {
    /// `x as y`, if that stands here.
    pub fn expression_as(&mut self) -> Option<Id> {
        let value = self.expression()?;
        if self.token != Token::As {
            return Some(value);
        }
        // With a looser operator before the `as` the grammar has ideas of its own.
        use SyntaxKind::{ConditionalExpression, Lambda, NamedExpression};
        if matches!(self.kind(value), ConditionalExpression | Lambda | NamedExpression) {
            return None;
        }
        let node = self.around(SyntaxKind::AsPattern, Field::No, value);
        self.advance()?;
        let target = self.expression()?;
        let alias = self.around(SyntaxKind::AsPatternTarget, Field::No, target);
        self.add(node, Field::Alias, alias);
        Some(node)
    }

    /// `x if y else z`, `lambda: x`, `x := y`, or anything tighter.
    pub fn expression(&mut self) -> Option<Id> {
        self.deeper(|this| {
            if this.token == Token::Lambda {
                return this.lambda();
            }
            let left = this.condition()?;
            if this.token != Token::If {
                return Some(left);
            }
            let node = this.around(SyntaxKind::ConditionalExpression, Field::No, left);
            let start = this.span.start;
            this.advance()?;
            let condition = this.expression()?;
            this.add(node, Field::No, condition);
            // No bracket may close before the `else`.
            if this.leaves_block(start) {
                return None;
            }
            this.expect(Token::Else)?;
            let other = this.expression()?;
            this.add(node, Field::No, other);
            Some(node)
        })
    }

    /// What may stand behind the `if` of a comprehension: an expression without an `if` of its own.
    pub fn condition(&mut self) -> Option<Id> {
        let is_walrus = self.token == Token::Name && self.peek() == b':' && self.byte(self.behind() + 1) == b'=';
        if !is_walrus {
            return self.disjunction();
        }
        let name = self.take(SyntaxKind::Identifier)?;
        let node = self.around(SyntaxKind::NamedExpression, Field::Name, name);
        self.expect(Token::Walrus)?;
        // With a lambda, and with an `if` behind the value, the grammar has ideas of its own.
        let value = self.disjunction()?;
        self.add(node, Field::Value, value);
        Some(node)
    }

    fn disjunction(&mut self) -> Option<Id> {
        let mut left = self.conjunction()?;
        while self.token == Token::Or {
            left = self.operator(SyntaxKind::BooleanOperator, left, Some(SyntaxKind::Or), Parser::conjunction)?;
        }
        Some(left)
    }

    fn conjunction(&mut self) -> Option<Id> {
        let mut left = self.inversion()?;
        while self.token == Token::And {
            left = self.operator(SyntaxKind::BooleanOperator, left, Some(SyntaxKind::And), Parser::inversion)?;
        }
        Some(left)
    }

    /// `left` and the operator that is the token, with a row of its own if it has a meaning of its own.
    fn operator(
        &mut self,
        kind: SyntaxKind,
        left: Id,
        sign: Option<SyntaxKind>,
        right: impl FnOnce(&mut Self) -> Option<Id>,
    ) -> Option<Id> {
        let node = self.around(kind, Field::Left, left);
        match sign {
            Some(sign) => {
                let sign = self.take(sign)?;
                self.add(node, Field::Operator, sign);
            }
            None => self.advance()?,
        }
        let right = right(self)?;
        self.add(node, Field::Right, right);
        Some(node)
    }

    fn inversion(&mut self) -> Option<Id> {
        if self.token != Token::Not {
            return self.comparison();
        }
        let node = self.begin(SyntaxKind::NotOperator, self.span.start);
        self.advance()?;
        let argument = self.deeper(Parser::inversion)?;
        self.add(node, Field::Argument, argument);
        Some(node)
    }

    fn comparison(&mut self) -> Option<Id> {
        let first = self.arithmetic(0)?;
        let mut node = NONE;
        loop {
            let sign = match self.token {
                Token::Less | Token::Greater | Token::LessEqual | Token::GreaterEqual => None,
                Token::Equal => Some(SyntaxKind::Equal),
                Token::NotEqual => Some(SyntaxKind::NotEqual),
                Token::In => Some(SyntaxKind::In),
                Token::Not => Some(SyntaxKind::NotIn),
                Token::Is => Some(SyntaxKind::Is),
                _ => break,
            };
            if node == NONE {
                node = self.around(SyntaxKind::ComparisonOperator, Field::No, first);
            }
            match sign {
                Some(sign) => self.comparing(node, sign)?,
                None => self.advance()?,
            }
            let right = self.arithmetic(0)?;
            self.add(node, Field::No, right);
        }
        Some(if node == NONE { first } else { node })
    }

    /// The operator of a comparison; of two words the second is a part of the operator.
    fn comparing(&mut self, node: Id, sign: SyntaxKind) -> Option<()> {
        let sign = self.take(sign)?;
        match (self.kind(sign), self.token) {
            (SyntaxKind::NotIn, Token::In) => {
                let inner = self.take(SyntaxKind::In)?;
                self.add(sign, Field::No, inner);
            }
            (SyntaxKind::NotIn, _) => return None,
            (SyntaxKind::Is, Token::Not) => {
                let first = self.nodes[sign as usize].span;
                self.nodes[sign as usize].kind = SyntaxKind::IsNot;
                let inner = self.leaf(SyntaxKind::Is, first);
                self.add(sign, Field::No, inner);
                self.advance()?;
                self.close(sign);
            }
            _ => {}
        }
        self.add(node, Field::Operators, sign);
        Some(())
    }

    /// Binary operators that bind tighter than `loosest`, left to right.
    fn arithmetic(&mut self, loosest: u8) -> Option<Id> {
        let mut left = self.unary()?;
        loop {
            let (tightness, sign) = match self.token {
                Token::Bar => (1, Some(SyntaxKind::Bar)),
                Token::Caret => (3, None),
                Token::Ampersand => (2, None),
                Token::ShiftLeft | Token::ShiftRight => (4, None),
                Token::Plus => (5, Some(SyntaxKind::Plus)),
                Token::Minus => (5, None),
                Token::Star => (6, Some(SyntaxKind::Star)),
                Token::Percent => (6, Some(SyntaxKind::Percent)),
                Token::At | Token::Slash | Token::DoubleSlash => (6, None),
                _ => return Some(left),
            };
            if tightness <= loosest {
                return Some(left);
            }
            left = self.operator(SyntaxKind::BinaryOperator, left, sign, |this| this.arithmetic(tightness))?;
        }
    }

    fn unary(&mut self) -> Option<Id> {
        let (kind, sign) = match self.token {
            Token::Await => (SyntaxKind::Await, None),
            Token::Plus => (SyntaxKind::UnaryOperator, Some(SyntaxKind::Plus)),
            Token::Minus | Token::Tilde => (SyntaxKind::UnaryOperator, None),
            _ => return self.power(),
        };
        let node = self.begin(kind, self.span.start);
        match sign {
            Some(sign) => {
                let sign = self.take(sign)?;
                self.add(node, Field::Operator, sign);
            }
            None => self.advance()?,
        }
        let argument = self.deeper(Parser::unary)?;
        let field = if kind == SyntaxKind::Await { Field::No } else { Field::Argument };
        self.add(node, field, argument);
        Some(node)
    }

    fn power(&mut self) -> Option<Id> {
        let base = self.primary()?;
        if self.token != Token::DoubleStar {
            return Some(base);
        }
        self.operator(SyntaxKind::BinaryOperator, base, None, |this| this.deeper(Parser::unary))
    }

    /// An atom and what is asked of it: `a.b`, `a[0]`, `a()`.
    pub fn primary(&mut self) -> Option<Id> {
        let mut left = self.atom()?;
        loop {
            left = match self.token {
                Token::Dot => {
                    let node = self.around(SyntaxKind::Attribute, Field::Object, left);
                    self.advance()?;
                    let name = self.name()?;
                    self.add(node, Field::Attribute, name);
                    node
                }
                Token::OpenRound => {
                    let node = self.around(SyntaxKind::Call, Field::Function, left);
                    let arguments = self.deeper(Parser::arguments)?;
                    self.add(node, Field::Arguments, arguments);
                    node
                }
                Token::OpenSquare => self.deeper(|this| this.subscript(left))?,
                _ => return Some(left),
            };
        }
    }

    pub fn name(&mut self) -> Option<Id> {
        if self.token != Token::Name {
            return None;
        }
        self.take(SyntaxKind::Identifier)
    }

    fn atom(&mut self) -> Option<Id> {
        match self.token {
            Token::Name => self.take(SyntaxKind::Identifier),
            Token::Quote => self.strings(),
            Token::Integer => self.take(SyntaxKind::Integer),
            Token::Float => self.take(SyntaxKind::Float),
            Token::True => self.take(SyntaxKind::True),
            Token::False => self.take(SyntaxKind::False),
            Token::None => self.take(SyntaxKind::None),
            Token::Ellipsis => self.take(SyntaxKind::Ellipsis),
            Token::OpenRound => self.deeper(Parser::round),
            Token::OpenSquare => self.deeper(Parser::square),
            Token::OpenCurly => self.deeper(Parser::curly),
            _ => None,
        }
    }

    /// `()`, `(x)`, `(x, y)`, `(x for x in y)`, `(yield x)`.
    fn round(&mut self) -> Option<Id> {
        let node = self.begin(SyntaxKind::Tuple, self.span.start);
        self.expect(Token::OpenRound)?;
        let mut kind = SyntaxKind::Tuple;
        if self.token == Token::Yield {
            let value = self.yielded()?;
            self.add(node, Field::No, value);
            kind = SyntaxKind::ParenthesizedExpression;
        } else if self.token != Token::CloseRound {
            let first = self.element()?;
            match self.token {
                Token::For | Token::Async => {
                    self.add(node, Field::Body, first);
                    self.clauses(node)?;
                    kind = SyntaxKind::GeneratorExpression;
                }
                // `(*x)` is a mistake that the grammar has a name for.
                Token::CloseRound if self.kind(first) == SyntaxKind::ListSplat => return None,
                Token::CloseRound => {
                    self.add(node, Field::No, first);
                    kind = SyntaxKind::ParenthesizedExpression;
                }
                _ => {
                    self.add(node, Field::No, first);
                    self.elements(node, Token::CloseRound)?;
                }
            }
        }
        self.nodes[node as usize].kind = kind;
        self.expect(Token::CloseRound)?;
        Some(self.close(node))
    }

    /// `[]`, `[x, y]`, `[x for x in y]`.
    fn square(&mut self) -> Option<Id> {
        let node = self.begin(SyntaxKind::List, self.span.start);
        self.expect(Token::OpenSquare)?;
        if self.token != Token::CloseSquare {
            let first = self.element()?;
            if matches!(self.token, Token::For | Token::Async) {
                self.nodes[node as usize].kind = SyntaxKind::ListComprehension;
                self.add(node, Field::Body, first);
                self.clauses(node)?;
            } else {
                self.add(node, Field::No, first);
                self.elements(node, Token::CloseSquare)?;
            }
        }
        self.expect(Token::CloseSquare)?;
        Some(self.close(node))
    }

    /// `{}`, `{x, y}`, `{x: y}`, `{x for x in y}`, `{x: y for x in y}`.
    fn curly(&mut self) -> Option<Id> {
        let node = self.begin(SyntaxKind::Dictionary, self.span.start);
        self.expect(Token::OpenCurly)?;
        if self.token != Token::CloseCurly {
            let first = if self.token == Token::DoubleStar { self.pair()? } else { self.element()? };
            if self.kind(first) == SyntaxKind::DictionarySplat || self.token == Token::Colon {
                let pair = if self.token == Token::Colon { self.pair_of(first)? } else { first };
                self.pairs(node, pair)?;
            } else if matches!(self.token, Token::For | Token::Async) {
                self.nodes[node as usize].kind = SyntaxKind::SetComprehension;
                self.add(node, Field::Body, first);
                self.clauses(node)?;
            } else {
                self.nodes[node as usize].kind = SyntaxKind::Set;
                self.add(node, Field::No, first);
                self.elements(node, Token::CloseCurly)?;
            }
        }
        self.expect(Token::CloseCurly)?;
        Some(self.close(node))
    }

    /// The rest of a dictionary whose first pair was read.
    fn pairs(&mut self, node: Id, first: Id) -> Option<()> {
        if matches!(self.token, Token::For | Token::Async) {
            if self.kind(first) != SyntaxKind::Pair {
                return None;
            }
            self.nodes[node as usize].kind = SyntaxKind::DictionaryComprehension;
            self.add(node, Field::Body, first);
            return self.clauses(node);
        }
        self.add(node, Field::No, first);
        while self.skips(Token::Comma)? && self.token != Token::CloseCurly {
            let pair = self.pair()?;
            self.add(node, Field::No, pair);
        }
        Some(())
    }

    fn pair(&mut self) -> Option<Id> {
        if self.token != Token::DoubleStar {
            let key = self.expression()?;
            return self.pair_of(key);
        }
        let node = self.begin(SyntaxKind::DictionarySplat, self.span.start);
        self.advance()?;
        let value = self.expression()?;
        self.add(node, Field::No, value);
        Some(node)
    }

    fn pair_of(&mut self, key: Id) -> Option<Id> {
        let node = self.around(SyntaxKind::Pair, Field::Key, key);
        self.expect(Token::Colon)?;
        let value = self.expression()?;
        self.add(node, Field::Value, value);
        Some(node)
    }

    /// An element of a display.
    fn element(&mut self) -> Option<Id> {
        if self.token == Token::Star { self.starred(Parser::primary) } else { self.expression() }
    }

    /// The elements behind the first one.
    fn elements(&mut self, node: Id, end: Token) -> Option<()> {
        // The grammar reads the star of `[*f()]`, where nothing follows, as a part of `f`.
        let first = &self.nodes[self.nodes[node as usize].first as usize];
        let is_star = first.kind == SyntaxKind::ListSplat && self.kind(first.last) != SyntaxKind::Identifier;
        let is_more = self.skips(Token::Comma)? && self.token != end;
        if is_star && !is_more {
            return None;
        }
        if is_more {
            loop {
                let element = self.element()?;
                self.add(node, Field::No, element);
                if !self.skips(Token::Comma)? || self.token == end {
                    break;
                }
            }
        }
        Some(())
    }

    /// A star and what it takes apart, before a comma, a bracket or the end.
    fn starred(&mut self, value: impl FnOnce(&mut Self) -> Option<Id>) -> Option<Id> {
        let node = self.begin(SyntaxKind::ListSplat, self.span.start);
        let sign = self.take(SyntaxKind::Star)?;
        self.add(node, Field::No, sign);
        let value = value(self)?;
        if self.is_print && self.kind(value) != SyntaxKind::Identifier {
            return None;
        }
        self.add(node, Field::No, value);
        let ends = matches!(
            self.token,
            Token::Comma
                | Token::CloseRound
                | Token::CloseSquare
                | Token::CloseCurly
                | Token::Colon
                | Token::Assign
                | Token::In
                | Token::Newline
                | Token::End
        );
        ends.then_some(node)
    }

    /// A star that means something by itself.
    pub fn lone_star(&mut self, kind: SyntaxKind) -> Option<Id> {
        let sign = self.take(SyntaxKind::Star)?;
        Some(self.around(kind, Field::No, sign))
    }

    /// `for x in y if z …`, up to the closing bracket.
    fn clauses(&mut self, node: Id) -> Option<()> {
        loop {
            let clause = match self.token {
                Token::For | Token::Async => self.for_clause()?,
                Token::If => {
                    let clause = self.begin(SyntaxKind::IfClause, self.span.start);
                    self.advance()?;
                    let condition = self.condition()?;
                    self.add(clause, Field::No, condition);
                    clause
                }
                _ => return Some(()),
            };
            self.add(node, Field::No, clause);
        }
    }

    fn for_clause(&mut self) -> Option<Id> {
        let node = self.begin(SyntaxKind::ForInClause, self.span.start);
        if self.token == Token::Async {
            let sign = self.take(SyntaxKind::Async)?;
            self.add(node, Field::No, sign);
        }
        if self.token != Token::For {
            return None;
        }
        let sign = self.take(SyntaxKind::For)?;
        self.add(node, Field::No, sign);
        let left = self.targets()?;
        self.add(node, Field::Left, left);
        // No bracket may close before the `in`.
        if self.token != Token::In || self.leaves_block(self.nodes[node as usize].span.start) {
            return None;
        }
        let sign = self.take(SyntaxKind::In)?;
        self.add(node, Field::No, sign);
        let right = self.condition()?;
        self.add(node, Field::Right, right);
        // `[x for x in 1, 2]` was Python once.
        (self.token != Token::Comma).then_some(node)
    }

    /// The names that a loop binds.
    pub fn targets(&mut self) -> Option<Id> {
        let first = self.target()?;
        if self.token != Token::Comma {
            return Some(first);
        }
        let node = self.around(SyntaxKind::PatternList, Field::No, first);
        while self.skips(Token::Comma)? && self.token != Token::In {
            let target = self.target()?;
            self.add(node, Field::No, target);
        }
        Some(self.close(node))
    }

    fn target(&mut self) -> Option<Id> {
        if self.token == Token::Star {
            let star = self.starred(Parser::name)?;
            self.nodes[star as usize].kind = SyntaxKind::ListSplatPattern;
            return Some(star);
        }
        let target = self.primary()?;
        self.turn_into_pattern(target)?;
        Some(target)
    }

    /// What was read as an expression turns out to be assigned to.
    pub fn turn_into_pattern(&mut self, node: Id) -> Option<()> {
        let kind = match self.kind(node) {
            SyntaxKind::Identifier | SyntaxKind::Attribute | SyntaxKind::Subscript => return Some(()),
            SyntaxKind::ListSplat => SyntaxKind::ListSplatPattern,
            SyntaxKind::Tuple | SyntaxKind::ParenthesizedExpression => SyntaxKind::TuplePattern,
            SyntaxKind::List => SyntaxKind::ListPattern,
            _ => return None,
        };
        self.nodes[node as usize].kind = kind;
        if kind == SyntaxKind::ListSplatPattern {
            return Some(());
        }
        let mut child = self.nodes[node as usize].first;
        while child != NONE {
            self.turn_into_pattern(child)?;
            child = self.nodes[child as usize].next;
        }
        Some(())
    }

    /// What is given to a call or a class, with its brackets.
    pub fn arguments(&mut self) -> Option<Id> {
        let node = self.begin(SyntaxKind::ArgumentList, self.span.start);
        self.expect(Token::OpenRound)?;
        let mut is_first = true;
        while self.token != Token::CloseRound {
            let argument = self.argument()?;
            if matches!(self.token, Token::For | Token::Async) {
                // `f(a=x for x in y)` is no Python.
                let is_plain = !matches!(
                    self.kind(argument),
                    SyntaxKind::KeywordArgument | SyntaxKind::ListSplat | SyntaxKind::DictionarySplat
                );
                if !is_first || !is_plain {
                    return None;
                }
                self.nodes[node as usize].kind = SyntaxKind::GeneratorExpression;
                self.add(node, Field::Body, argument);
                self.clauses(node)?;
                break;
            }
            self.add(node, Field::No, argument);
            is_first = false;
            if !self.skips(Token::Comma)? {
                break;
            }
        }
        self.expect(Token::CloseRound)?;
        Some(self.close(node))
    }

    fn argument(&mut self) -> Option<Id> {
        match self.token {
            Token::Star => self.starred(Parser::primary),
            Token::DoubleStar => {
                let node = self.begin(SyntaxKind::DictionarySplat, self.span.start);
                self.advance()?;
                let value = self.expression()?;
                self.add(node, Field::No, value);
                Some(node)
            }
            Token::Name if self.peek() == b'=' && self.byte(self.behind() + 1) != b'=' => {
                let name = self.name()?;
                let node = self.around(SyntaxKind::KeywordArgument, Field::Name, name);
                self.expect(Token::Assign)?;
                let value = self.expression()?;
                self.add(node, Field::Value, value);
                Some(node)
            }
            _ => self.expression(),
        }
    }

    fn subscript(&mut self, value: Id) -> Option<Id> {
        let node = self.around(SyntaxKind::Subscript, Field::Value, value);
        let start = self.span.start;
        self.expect(Token::OpenSquare)?;
        loop {
            let part = self.slice()?;
            self.add(node, Field::Subscript, part);
            if !self.skips(Token::Comma)? || self.token == Token::CloseSquare {
                break;
            }
        }
        // These brackets may close neither at once nor behind a comma.
        if self.leaves_block(start) {
            return None;
        }
        self.expect(Token::CloseSquare)?;
        Some(self.close(node))
    }

    /// `x`, or `x:y:z` with any part left out.
    fn slice(&mut self) -> Option<Id> {
        let start = self.span.start;
        let first = if self.token == Token::Colon { None } else { Some(self.expression()?) };
        if let (Some(first), true) = (first, self.token != Token::Colon) {
            return Some(first);
        }
        let node = self.begin(SyntaxKind::Slice, start);
        if let Some(first) = first {
            self.add(node, Field::No, first);
        }
        let mut colons = 0;
        while self.token == Token::Colon && colons < 2 {
            colons += 1;
            self.advance()?;
            if !matches!(self.token, Token::Colon | Token::Comma | Token::CloseSquare) {
                let part = self.expression()?;
                self.add(node, Field::No, part);
            }
        }
        Some(self.close(node))
    }

    /// `yield`, `yield x`, `yield from x`.
    pub fn yielded(&mut self) -> Option<Id> {
        let node = self.begin(SyntaxKind::Yield, self.span.start);
        self.expect(Token::Yield)?;
        if self.token == Token::From {
            let sign = self.take(SyntaxKind::From)?;
            self.add(node, Field::No, sign);
            let value = self.expression()?;
            self.add(node, Field::No, value);
        } else if !self.ends_value() {
            let value = self.expressions()?;
            self.add(node, Field::No, value);
        }
        Some(self.close(node))
    }

    /// Nothing more of an expression can stand here.
    pub fn ends_value(&self) -> bool {
        matches!(
            self.token,
            Token::Newline | Token::End | Token::Semicolon | Token::CloseRound | Token::Assign | Token::From
        )
    }

    /// One expression, or a list of them without brackets.
    pub fn expressions(&mut self) -> Option<Id> {
        let first = self.loose_element()?;
        if self.token != Token::Comma {
            return Some(first);
        }
        let node = self.around(SyntaxKind::ExpressionList, Field::No, first);
        while self.skips(Token::Comma)? && !self.ends_value() && self.token != Token::Colon {
            let element = self.loose_element()?;
            self.add(node, Field::No, element);
        }
        Some(self.close(node))
    }

    /// An element where no brackets stand round them: there the grammar takes any star for a part of the name.
    fn loose_element(&mut self) -> Option<Id> {
        if self.token == Token::Star { self.starred(Parser::name) } else { self.expression() }
    }

    fn lambda(&mut self) -> Option<Id> {
        let node = self.begin(SyntaxKind::Lambda, self.span.start);
        self.expect(Token::Lambda)?;
        if self.token != Token::Colon {
            let parameters = self.begin(SyntaxKind::LambdaParameters, self.span.start);
            self.parameters(parameters, Token::Colon)?;
            self.add(node, Field::Parameters, parameters);
        }
        // No bracket may close before the colon.
        if self.leaves_block(self.nodes[node as usize].span.start) {
            return None;
        }
        self.expect(Token::Colon)?;
        let body = self.expression()?;
        self.add(node, Field::Body, body);
        Some(node)
    }

    /// Parameters up to this token; those of a lambda, which ends with a colon, have no types.
    pub fn parameters(&mut self, list: Id, end: Token) -> Option<()> {
        while self.token != end {
            let parameter = self.parameter(end)?;
            self.add(list, Field::No, parameter);
            if !self.skips(Token::Comma)? {
                break;
            }
        }
        self.close(list);
        (self.token == end).then_some(())
    }

    fn parameter(&mut self, end: Token) -> Option<Id> {
        let is_typed = end == Token::CloseRound;
        let start = self.span.start;
        let name = match self.token {
            Token::Slash => return self.take(SyntaxKind::PositionalSeparator),
            Token::Star if matches!(self.peek(), b',' | b')' | b':') => {
                return self.lone_star(SyntaxKind::KeywordSeparator);
            }
            Token::Star => {
                let node = self.begin(SyntaxKind::ListSplatPattern, start);
                let sign = self.take(SyntaxKind::Star)?;
                self.add(node, Field::No, sign);
                let name = self.name()?;
                self.add(node, Field::No, name);
                node
            }
            Token::DoubleStar => {
                let node = self.begin(SyntaxKind::DictionarySplatPattern, start);
                self.advance()?;
                let name = self.name()?;
                self.add(node, Field::No, name);
                node
            }
            _ => self.name()?,
        };
        let annotation = if is_typed && self.skips(Token::Colon)? { Some(self.annotation()?) } else { None };
        let default = if self.skips(Token::Assign)? { Some(self.expression()?) } else { None };
        if default.is_some() && self.kind(name) != SyntaxKind::Identifier {
            return None;
        }
        let kind = match (annotation, default) {
            (None, None) => return Some(name),
            (Some(_), None) => SyntaxKind::TypedParameter,
            (None, Some(_)) => SyntaxKind::DefaultParameter,
            (Some(_), Some(_)) => SyntaxKind::TypedDefaultParameter,
        };
        let field = if default.is_some() { Field::Name } else { Field::No };
        let node = self.around(kind, field, name);
        if let Some(annotation) = annotation {
            self.add(node, Field::Type, annotation);
        }
        if let Some(default) = default {
            self.add(node, Field::Value, default);
        }
        Some(node)
    }
}
