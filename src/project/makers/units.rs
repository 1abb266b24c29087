//! The definitions and statements that places are in, as far as those can hand something on.

use std::cell::OnceCell;

use rustc_hash::FxHashMap;

use super::Owner;
use super::blocks::{Definition, definitions};
use super::passed::{Passed, callables};
use crate::facts::Facts;
use crate::project::written::{LONGEST_ROW, entered_as, first_word, imported_as, logical_start, near_end, target_of};
use crate::syntax::{Statement, StatementId, StatementKind};
use crate::text::Span;

/// What a place is in, as far as it can hand something on.
pub struct Unit<'a> {
    pub span: Span,
    pub header: Span,
    /// What it binds.
    pub names: Vec<&'a str>,
    /// Whose member it is.
    pub of: Option<Owner>,
    /// Whose members the attributes of `self` are.
    pub own: Owner,
    /// The class that it is a member of.
    pub class: Option<StatementId>,
    /// Names that are bound at the place belong to the module, however far it is indented.
    pub is_at_top: bool,
    pub is_in_class_body: bool,
    /// The place is behind the arrow of a header.
    pub promises: bool,
}

pub struct Units<'a> {
    facts: &'a Facts,
    /// What the blocks of the module define.
    blocks: FxHashMap<StatementId, Vec<Definition<'a>>>,
    /// Where the logical line begins that a line is part of.
    starts: FxHashMap<usize, usize>,
    /// The functions of the file, by the names under which they are called.
    callables: OnceCell<FxHashMap<&'a str, Vec<StatementId>>>,
}

impl<'a> Units<'a> {
    pub fn new(facts: &'a Facts) -> Units<'a> {
        Units { facts, blocks: FxHashMap::default(), starts: FxHashMap::default(), callables: OnceCell::new() }
    }

    /// Lets go of what can be read again.
    pub fn rest(&mut self) {
        self.starts = FxHashMap::default();
    }

    pub fn definitions(&mut self, block: StatementId) -> &[Definition<'a>] {
        let (text, span): (&'a str, Span) = (&self.facts.source.text, self.facts.outline.statement(block).span);
        self.blocks.entry(block).or_insert_with(|| definitions(text, span))
    }

    /// Where the logical line begins that the place is in; `from` is the start of the statement.
    pub fn start(&mut self, from: u32, at: u32) -> usize {
        let text: &str = &self.facts.source.text;
        let (from, at) = (from as usize, at as usize);
        let far = from.max(at.saturating_sub(LONGEST_ROW));
        let line = match memchr::memrchr2(b'\n', b'\r', &text.as_bytes()[far..at]) {
            Some(end) => far + end + 1,
            None if far == from => from,
            None => return logical_start(text, from, at),
        };
        *self.starts.entry(line).or_insert_with(|| logical_start(text, from, line))
    }

    /// The functions that get the argument, and what they call it.
    pub fn parameters(&self, passed: &Passed<'a>) -> Vec<(Span, &'a str)> {
        let facts = self.facts;
        let functions = self.callables.get_or_init(|| callables(facts)).get(passed.callee).into_iter().flatten();
        let named = |&id: &StatementId| Some((facts.outline.statement(id).span, passed.parameter(facts, id)?));
        functions.filter_map(named).collect()
    }

    /// The definition, or else the statement, that a place is in.
    pub fn at(&mut self, at: u32) -> Option<Unit<'a>> {
        let (facts, text): (&'a Facts, &'a str) = (self.facts, &self.facts.source.text);
        let id = facts.outline.at(at)?;
        let statement = facts.outline.statement(id);
        let mut unit = Unit {
            span: statement.span,
            header: statement.header,
            names: facts.outline.bound(id).iter().map(|bound| bound.name.text(text)).collect(),
            of: statement.parent.map(|class| self.owner(class)),
            own: statement.parent.map_or(Owner::ANY, |class| self.owner(class)),
            class: statement.parent,
            is_at_top: false,
            is_in_class_body: statement.parent.is_some() && statement.kind == StatementKind::Simple,
            promises: false,
        };
        if statement.kind == StatementKind::Compound {
            match self.definitions(id).iter().find(|definition| definition.span.contains(at)) {
                Some(definition) if !definition.is_class => {
                    let header = text[definition.span.start as usize..].find(":\n").unwrap_or_default() as u32;
                    unit.span = definition.span;
                    unit.header = Span::new(definition.span.start, definition.span.start + header);
                    unit.names = vec![definition.name];
                }
                // A method: the names of its class are not told apart from others.
                Some(definition) => {
                    let before = &text[definition.span.start as usize..at as usize];
                    let arrow = before.rfind("->").map(|arrow| &before[arrow..]);
                    unit.own = Owner::class(&facts.source.path, definition.name);
                    unit.promises = arrow.is_some_and(|between| !between.contains(":\n"));
                    return Some(unit);
                }
                None => {
                    unit.is_at_top = true;
                    return Some(unit);
                }
            }
        }
        let header = unit.header;
        unit.promises = header.contains(at) && near_end(&text[header.start as usize..at as usize]).contains("->");
        Some(unit)
    }

    /// What a class is called.
    pub fn class_name(&self, class: StatementId) -> Option<&'a str> {
        self.facts.outline.bound(class).first().map(|bound| bound.name.text(&self.facts.source.text))
    }

    /// Whose the members of a class are.
    pub fn owner(&self, class: StatementId) -> Owner {
        self.class_name(class).map_or(Owner::ANY, |name| Owner::class(&self.facts.source.path, name))
    }

    /// Whether what is called so at the place is the object itself whose method it stands in.
    pub fn is_own_object(&self, name: &str, at: u32) -> Own<'a> {
        let outline = &self.facts.outline;
        let is_usual = matches!(name, "self" | "cls" | "super");
        let around = outline.at(at).map(|id| outline.statement(id));
        let method = around.filter(|statement| matches!(statement.kind, StatementKind::Function { .. }));
        let class = method.and_then(|method| Some((method, self.class_name(method.parent?)?)));
        match class {
            Some((method, class)) if is_usual || self.first_parameter(method) == Some(name) => Own::Of(class),
            _ if is_usual => Own::OfSome,
            _ => Own::Not,
        }
    }

    fn first_parameter(&self, function: &Statement) -> Option<&'a str> {
        let header = function.header.text(&self.facts.source.text);
        let (_, signature) = header.split_once("def ")?;
        first_word(signature.split_once('(')?.1)
    }
}

/// Whether a name is that of the object itself in a method.
pub enum Own<'a> {
    /// Of this class.
    Of(&'a str),
    /// Of some class.
    OfSome,
    Not,
}

/// A place in the logical line that it stands in.
pub struct Line<'a> {
    pub unit: Unit<'a>,
    text: &'a str,
    /// Where the line begins, with its indentation.
    pub start: usize,
    /// The line up to the place, and the text from there.
    pub before: &'a str,
    pub behind: &'a str,
}

/// Where a line takes a value to.
pub enum Way<'a> {
    /// The definition round it gives the value.
    Given,
    /// A local variable holds it.
    Variable(&'a str),
    /// An attribute, or a name of the module or of the body of a class, keeps it.
    Kept {
        name: &'a str,
        of: Option<Owner>,
        class: Option<StatementId>,
    },
    Nowhere,
}

impl<'a> Line<'a> {
    pub fn new(facts: &'a Facts, units: &mut Units<'a>, at: u32) -> Option<Line<'a>> {
        let text: &'a str = &facts.source.text;
        let unit = units.at(at)?;
        let start = units.start(unit.span.start, at);
        let (before, behind) = (text[start..at as usize].trim_start(), &text[at as usize..]);
        Some(Line { unit, text, start, before, behind })
    }

    /// The name under which an import makes it known.
    pub fn alias(&self) -> Option<&'a str> {
        let imports = self.before.starts_with("from ") || self.before.starts_with("import ");
        if imports { imported_as(self.behind) } else { None }
    }

    /// It is, or is the last part of, what decorates a definition.
    pub fn decorates(&self) -> bool {
        let is_path = |path: &str| path.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
        self.before.strip_prefix('@').is_some_and(is_path)
    }

    /// The body of a context manager yields it.
    pub fn is_yielded(&self) -> bool {
        self.before.starts_with("yield ") && self.unit.header.text(self.text).contains("contextmanager")
    }

    /// The call that it is an argument of.
    pub fn passed(&self) -> Option<Passed<'a>> {
        Passed::at(self.text, self.start, self.text.len() - self.behind.len())
    }

    /// Where the value goes, which is still the same value if it `is_handed`, or in a container if it `is_held`.
    pub fn way(&self, is_handed: bool, is_held: bool) -> Way<'a> {
        let unit = &self.unit;
        let gives = (self.before.starts_with("return") || self.is_yielded()) && (is_handed || is_held);
        if gives || self.before.starts_with("class ") || unit.promises {
            return Way::Given;
        }
        if let Some(name) = entered_as(self.before, self.behind) {
            return Way::Variable(name);
        }
        let target = target_of(self.before).filter(|_| is_handed || is_held);
        target.map_or(Way::Nowhere, |target| self.kept(target))
    }

    /// Where an assignment to the target takes it, or what puts it into a container of that name.
    pub fn kept(&self, target: &'a str) -> Way<'a> {
        let unit = &self.unit;
        // `rows[key] = …` puts it into `rows`.
        let target = target.split('[').next().unwrap_or_default();
        let name = target.rsplit('.').next().unwrap_or_default();
        if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || c == '_') {
            return Way::Nowhere;
        }
        let is_attribute = target.contains('.');
        // `answer.model = error.model` copies a field of no known class.
        let is_own = target.starts_with("self.") || target.starts_with("cls.");
        let is_field = self.before.ends_with('.') && !self.before.ends_with("self.") && !self.before.ends_with("cls.");
        if is_attribute && !is_own && is_field {
            return Way::Nowhere;
        }
        let at_top = unit.is_at_top || !self.text[self.start..].starts_with([' ', '\t']);
        if !(is_attribute || at_top || unit.is_in_class_body) {
            return Way::Variable(name);
        }
        let is_in_class = is_own || !is_attribute;
        let of = if is_in_class { unit.own } else { Owner::ANY };
        let is_member = is_attribute || !at_top;
        Way::Kept { name, of: is_member.then_some(of), class: unit.class.filter(|_| is_in_class) }
    }
}

/// `__aenter__` is looked up on the type, by nobody's name.
pub fn is_special(name: &str) -> bool {
    name.starts_with("__") && name.ends_with("__")
}
