//! What the text of a file says about a name: which classes have it, which assignments set it.
//!
//! Nothing else has a say in these answers, so each is given once, and the same few names are asked about again and
//! again: of every class, and for every call.

use super::*;
use crate::facts::StoreId;
use crate::syntax::StatementKind;

/// A name as a number, the same for the whole check.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Symbol(u32);

#[derive(Default)]
pub(super) struct Spelled {
    stores: Memo<(FileId, Symbol), Vec<StoreId>>,
    classes: Memo<(FileId, Symbol), Vec<ClassId>>,
    outside: Memo<(In<ClassId>, Symbol), bool>,
    places: Memo<(FileId, Symbol), usize>,
}

impl Kinds<'_> {
    pub(super) fn symbol(&self, name: &str) -> Symbol {
        if let Some(symbol) = self.symbols.borrow().get(name) {
            return *symbol;
        }
        let mut symbols = self.symbols.borrow_mut();
        let symbol = Symbol(symbols.len() as u32);
        symbols.insert(name.into(), symbol);
        symbol
    }

    /// How often the name stands in the file.
    pub(super) fn places(&self, file: FileId, name: &str) -> usize {
        let key = (file, self.symbol(name));
        remembered(&self.spelled.places, key, || self.with(file, |facts| facts.source.find_word(name).count()))
    }

    /// Every assignment to an attribute of that name in the file.
    pub fn stores(&self, file: FileId, name: &str) -> Vec<StoreId> {
        let key = (file, self.symbol(name));
        remembered(&self.spelled.stores, key, || self.with(file, |facts| stores(facts, name)))
    }

    /// The classes of a file that have a member of that name.
    pub(super) fn classes_with(&self, file: FileId, name: &str) -> Vec<ClassId> {
        let key = (file, self.symbol(name));
        remembered(&self.spelled.classes, key, || self.with(file, |facts| classes_with(facts, name)))
    }

    /// `Class.name = …` somewhere in the file of the class, or a special name in quotes, as for `setattr`.
    pub(super) fn is_assigned_from_outside(&self, class: In<ClassId>, name: &str) -> bool {
        let module = self.module(class.file);
        if !module.library.is_empty() {
            return false;
        }
        let key = (class, self.symbol(name));
        let is_spelled = remembered(&self.spelled.outside, key, || {
            is_assigned_from_outside(&module.facts, &self.class_name(class), name)
        });
        // `cls.__aiter__ = …` in a function that may be given any class of the file.
        let on_somebody = |id| self.assigned_class(In { file: class.file, id }).is_none();
        is_spelled || is_special(name) && self.stores(class.file, name).into_iter().any(on_somebody)
    }
}

/// The text is asked first: only the statements that spell such an assignment are parsed.
fn stores(facts: &Facts, name: &str) -> Vec<StoreId> {
    let text = &facts.source.text;
    let mut statements: Vec<StatementId> = Vec::new();
    for at in facts.source.find_word(name) {
        if text[..at as usize].trim_end_matches([' ', '\t']).ends_with('.')
            && may_be_target(&text[at as usize + name.len()..])
            && let Some(statement) = facts.outline.at(at)
            && !statements.contains(&statement)
        {
            statements.push(statement);
        }
    }
    let stores = statements.into_iter().flat_map(|statement| facts.stores(statement));
    stores.filter(|&store| facts.text(facts[store].name) == name).collect()
}

/// The outline is asked first: only classes that may have the name are parsed.
fn classes_with(facts: &Facts, name: &str) -> Vec<ClassId> {
    let outline = &facts.outline;
    let named = outline.names.iter().filter(|bound| facts.text(bound.name) == name);
    let cut = named.filter_map(|bound| outline.statement(bound.statement).parent);
    let whole = facts.statements().filter(|&id| outline.statement(id).kind == StatementKind::Whole);
    // Classes in blocks and in functions.
    let is_inside = |&id: &StatementId| {
        let statement = outline.statement(id);
        let may_hold = matches!(statement.kind, StatementKind::Compound | StatementKind::Function { .. });
        may_hold && facts.text(statement.span).contains("class ")
    };
    let inside = facts.source.find_word(name).filter_map(|at| outline.at(at)).filter(is_inside);
    let mut statements: Vec<StatementId> = cut.chain(whole).chain(inside).collect();
    statements.sort_unstable();
    statements.dedup();
    let classes = statements.into_iter().flat_map(|statement| facts.classes(statement));
    classes.filter(|&class| !facts.class_bindings(name, class).is_empty()).collect()
}

/// Almost never so, and the text is asked first. What it says in a comment or inside a longer string is not done.
fn is_assigned_from_outside(facts: &Facts, class: &str, name: &str) -> bool {
    let text = &facts.source.text;
    let assigned = facts.source.find_word(class).any(|at| {
        let rest = text[at as usize + class.len()..].strip_prefix('.');
        let rest = rest.and_then(|rest| rest.strip_prefix(name)).map_or("", str::trim_start);
        rest.starts_with('=') && !rest.starts_with("==") && facts.identifier_at(at).is_some()
    });
    let quoted = |place: u32| {
        let at = place as usize;
        let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
        let is_quoted = text[..at].ends_with(['"', '\'']) && text[at + name.len()..].starts_with(['"', '\'']);
        let is_read = text[line..at].contains("hasattr(") || text[line..at].contains("getattr(");
        is_quoted && !is_read && facts.is_quoted(name, place)
    };
    assigned || is_special(name) && facts.source.find_word(name).any(quoted)
}

fn is_special(name: &str) -> bool {
    name.starts_with("__") && name.ends_with("__")
}

/// The attribute in front of this text may be one that is assigned to, by itself or among others.
fn may_be_target(behind: &str) -> bool {
    let rest = behind.trim_start_matches([' ', '\t', '\\', '\r', '\n']);
    match rest.as_bytes().first() {
        Some(b'=') => !rest.starts_with("=="),
        Some(b':') => true,
        // `for self.row in rows`
        Some(b'i') => rest.starts_with("in ") || rest.starts_with("in("),
        // `self.x += …` is an assignment as well.
        Some(b'+' | b'-' | b'*' | b'/' | b'%' | b'&' | b'|' | b'^' | b'@' | b'<' | b'>') => {
            rest.trim_start_matches(['+', '-', '*', '/', '%', '&', '|', '^', '@', '<', '>']).starts_with('=')
        }
        // One of several: the `=` or the `in` comes behind the others, on this line or a later one.
        Some(b',' | b')' | b']') => {
            let line = rest.lines().next().unwrap_or_default().trim_end();
            line.contains('=') || line.contains(" in ") || line.ends_with([',', '\\', '(', '['])
        }
        _ => false,
    }
}
