//! Annotations. The grammar reads `list[int]` as a type with parameters, and everything else as an expression.

use super::tokens::Token;
use super::{Id, Parser};
use crate::syntax::{Field, SyntaxKind};

impl Parser<'_> {
    pub fn annotation(&mut self) -> Option<Id> {
        let mut left = self.deeper(Parser::one_type)?;
        // `list[int] | None`; between plain expressions a `|` is an operator, and was read with them.
        while self.token == Token::Bar {
            let union = self.around(SyntaxKind::UnionType, Field::No, left);
            let sign = self.take(SyntaxKind::Bar)?;
            self.add(union, Field::No, sign);
            let right = self.deeper(Parser::one_type)?;
            self.add(union, Field::No, right);
            left = self.around(SyntaxKind::Type, Field::No, union);
        }
        // `list[int].x`, `list[int][str]`, and the like: the grammar has its own ideas.
        let is_plain = !matches!(self.token, Token::Dot | Token::OpenSquare | Token::OpenRound);
        is_plain.then_some(left)
    }

    fn one_type(&mut self) -> Option<Id> {
        let is_generic = self.token == Token::Name && self.peek() == b'[';
        // Words that begin statements somewhere are no types with parameters to the grammar.
        if is_generic && matches!(&self.bytes[self.span.range()], b"print" | b"exec" | b"match") {
            return None;
        }
        let inner = match self.token {
            Token::Star | Token::DoubleStar => return None,
            _ if is_generic => self.generic()?,
            Token::Name if self.may_go_on_below() => return None,
            _ => self.expression()?,
        };
        Some(self.around(SyntaxKind::Type, Field::No, inner))
    }

    /// The bracket of a type may stand in the next line.
    fn may_go_on_below(&self) -> bool {
        let rest = &self.bytes[self.behind() as usize..];
        let is_bracketed = self.brackets > 0;
        let next = if is_bracketed { rest.trim_ascii_start() } else { rest }.first();
        matches!(next, Some(b'\\')) || is_bracketed && matches!(next, Some(b'[' | b'#'))
    }

    fn generic(&mut self) -> Option<Id> {
        let name = self.name()?;
        let node = self.around(SyntaxKind::GenericType, Field::No, name);
        let parameters = self.begin(SyntaxKind::TypeParameter, self.span.start);
        let start = self.span.start;
        self.expect(Token::OpenSquare)?;
        loop {
            let parameter = self.annotation()?;
            self.add(parameters, Field::No, parameter);
            if !self.skips(Token::Comma)? || self.token == Token::CloseSquare {
                break;
            }
        }
        // These brackets may close neither at once nor behind a comma.
        if self.leaves_block(start) {
            return None;
        }
        self.expect(Token::CloseSquare)?;
        self.close(parameters);
        self.add(node, Field::No, parameters);
        Some(node)
    }
}
