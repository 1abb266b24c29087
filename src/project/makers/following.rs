//! Following the leads of one file, and telling each place where one is used.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::carriage::{Carriage, Named, Step};
use super::objects::{Objects, Use};
use super::passed::{Passed, reads};
use super::spotted::{awaiting_generators, has_async_generator, nested_generators};
use super::units::{Line, Own, Unit, Units, Way, is_special};
use super::{Lead, Owner, To};
use crate::facts::Facts;
use crate::project::makers::blocks::definitions;
use crate::project::written::{
    Receiver, asks, asks_beyond_items, first_word, is_asked, is_asked_for_itself, receiver, value_of,
};
use crate::syntax::{StatementId, StatementKind};
use crate::text::{Span, WordHash};

/// Follows the leads of one file, and tells each place where one is used.
///
/// What comes from elsewhere may be added at any time, and the rest is followed from there.
pub struct Following<'a, F> {
    facts: &'a Facts,
    units: Units<'a>,
    open: Vec<Lead>,
    followed: FxHashSet<Lead>,
    /// Whether names that others lead to are written here, behind a dot or without one.
    written: FxHashMap<(Arc<str>, bool), bool>,
    /// Names as leads have them.
    names: FxHashMap<&'a str, (Arc<str>, WordHash)>,
    /// Classes with a member that leads on.
    carrying: FxHashSet<StatementId>,
    /// Local variables that hold one, each in the function that begins there.
    locals: FxHashSet<(u32, &'a str, To)>,
    /// Names of objects in a definition or statement, which begins there.
    named: FxHashSet<(u32, &'a str, Owner)>,
    /// The functions that have an async generator inside.
    wrappers: FxHashSet<&'a str>,
    /// Arguments that were led to the parameters that they fill.
    given: FxHashSet<(Passed<'a>, To)>,
    objects: Objects<'a>,
    carriage: Carriage<'a>,
    used: F,
}

impl<'a, F: FnMut(u32)> Following<'a, F> {
    pub fn new(facts: &'a Facts, used: F) -> Following<'a, F> {
        Following {
            facts,
            units: Units::new(facts),
            open: Vec::new(),
            followed: FxHashSet::default(),
            written: FxHashMap::default(),
            names: FxHashMap::default(),
            carrying: FxHashSet::default(),
            locals: FxHashSet::default(),
            named: FxHashSet::default(),
            wrappers: FxHashSet::default(),
            given: FxHashSet::default(),
            objects: Objects::default(),
            carriage: Carriage::default(),
            used,
        }
    }

    /// A lead that comes from elsewhere; it matters where its name is written.
    pub fn seed(&mut self, lead: &Lead) {
        let is_written = || lead.is_written(&self.facts.source);
        if *self.written.entry((lead.name.clone(), lead.is_member())).or_insert_with(is_written)
            && !self.followed.contains(lead)
        {
            self.open.push(lead.clone());
        }
    }

    /// A word of async iteration, or one that a rule looks for, stands here.
    pub fn word(&mut self, word: std::ops::Range<usize>) {
        let at = word.start as u32;
        if self.facts.outline.is_prose(at) {
            return;
        }
        (self.used)(at);
        self.hand_on(at, To::Maker);
        // What is imported is used by its name, or by the one that it is given.
        let of = self.facts.outline.at(at).map(|id| self.facts.outline.statement(id).kind);
        if of == Some(StatementKind::Import) {
            let text: &'a str = &self.facts.source.text;
            let is_letter = |c: char| c.is_alphanumeric() || c == '_';
            let start = text[..word.end].trim_end_matches(is_letter).len();
            let end = text[start..].find(|c| !is_letter(c)).map_or(text.len(), |end| start + end);
            self.lead_to(&text[start..end], None, To::Maker);
        }
    }

    /// What the file makes itself.
    pub fn own(&mut self) {
        awaiting_generators(&self.facts.source.text).for_each(|at| self.word(at as usize..at as usize));
        for id in self.facts.statements() {
            if self.is_maker(id) {
                let start = self.facts.outline.statement(id).span.start;
                (self.used)(start);
                if let Some(unit) = self.units.at(start) {
                    self.open_names(&unit);
                }
            } else if self.facts.outline.statement(id).kind == StatementKind::Compound {
                self.own_of_block(id);
            } else if self.nests_maker(id) {
                let span = self.facts.outline.statement(id).span;
                (self.used)(span.start);
                self.own_of_function(id, span);
            }
        }
    }

    /// A function hands on the async generators inside it: `return worker`, `return worker()`.
    fn own_of_function(&mut self, id: StatementId, function: Span) {
        let text: &'a str = &self.facts.source.text;
        self.wrappers.extend(self.facts.outline.bound(id).iter().map(|bound| bound.name.text(text)));
        let names: FxHashSet<&str> = nested_generators(text, function).map(|name| name.text(text)).collect();
        for name in names {
            let uses = self.facts.source.find_word(name).filter(|&at| function.contains(at));
            let uses = uses.filter(|&at| !text[..at as usize].ends_with("def "));
            uses.for_each(|at| self.hand_on(at, To::Maker));
        }
    }

    /// What a block of the module defines that makes.
    fn own_of_block(&mut self, id: StatementId) {
        let text: &'a str = &self.facts.source.text;
        let makers = self.units.definitions(id).iter().filter(|definition| definition.makes(text));
        for definition in makers.copied().collect::<Vec<_>>() {
            (self.used)(definition.span.start);
            if definition.is_class {
                let owner = Owner::class(&self.facts.source.path, definition.name);
                self.lead_to(definition.name, None, To::Maker);
                self.lead_to(definition.name, None, To::Object(owner));
                let methods = definitions(text, definition.body(text));
                let makers = methods.iter().filter(|method| method.makes(text));
                makers.for_each(|method| self.lead_to(method.name, Some(owner), To::Maker));
            } else if let Some(unit) = self.units.at(definition.span.start) {
                self.wrappers.insert(definition.name);
                self.open_names(&unit);
            }
        }
    }

    /// A function inside the statement is an async generator.
    fn nests_maker(&self, id: StatementId) -> bool {
        let statement = self.facts.outline.statement(id);
        let is_function = matches!(statement.kind, StatementKind::Function { .. });
        is_function && has_async_generator(&statement.span.text(&self.facts.source.text)[1..])
    }

    /// Follows what is open until nothing new is found; gives what was followed.
    pub fn run(&mut self) -> Vec<Lead> {
        let mut new = Vec::new();
        loop {
            while let Some(used) = self.objects.next() {
                self.take(used.at, used.to);
            }
            let Some(lead) = self.open.pop() else { return new };
            if self.followed.insert(lead.clone()) {
                self.follow(&lead);
                new.push(lead);
            }
        }
    }

    /// Lets go of what can be read again: many files wait for each other while a ring of modules is worked out.
    pub fn rest(&mut self) {
        self.carriage = Carriage::default();
        self.written = FxHashMap::default();
        self.units.rest();
    }

    fn follow(&mut self, lead: &Lead) {
        if let Some((class, base)) = lead.derived() {
            return self.objects.derive(class, base);
        }
        let text: &'a str = &self.facts.source.text;
        let facts = self.facts;
        for at in facts.source.find_hashed(&lead.name, lead.hash).filter(|&at| !facts.outline.is_prose(at)) {
            match lead.of {
                _ if !lead.fits(text, at) => {
                    if let Some(owner) = lead.of
                        && self.is_in_body_of(at, owner)
                    {
                        self.take(at, lead.to);
                    }
                }
                Some(owner) => self.take_behind_object(Use { of: owner, at, to: lead.to }),
                None => self.take(at, lead.to),
            }
        }
    }

    /// A member is used here, and leads on if the object before the dot may have it.
    fn take_behind_object(&mut self, used: Use) {
        if used.of == Owner::ANY {
            return self.take(used.at, used.to);
        }
        match receiver(&self.facts.source.text, used.at as usize) {
            Receiver::Unknown => self.take(used.at, used.to),
            Receiver::Named(name) => self.wait(name, used),
            Receiver::Among(names) => names.into_iter().for_each(|name| self.wait(name, used)),
        }
    }

    fn wait(&mut self, object: &'a str, used: Use) {
        match self.units.is_own_object(object, used.at) {
            Own::Of(class) => {
                self.objects.wait(class, used);
                self.objects.wait(object, used);
            }
            Own::OfSome => self.take(used.at, used.to),
            Own::Not => self.objects.wait(object, used),
        }
    }

    /// A name that leads on is used here.
    fn take(&mut self, at: u32, to: To) {
        match to {
            To::Module(owner) => {
                let word = self.word_at(at);
                self.objects.name(word, owner);
                // Most often something is asked of it.
                if !self.facts.source.text[at as usize + word.len()..].starts_with('.') {
                    self.hand_on_object(at, owner);
                }
            }
            To::Object(owner) => {
                self.name_object(at, owner);
                self.hand_on_object(at, owner);
            }
            To::Manager if self.is_entered(at) => {}
            To::Maker | To::Manager => {
                (self.used)(at);
                self.hand_on(at, to);
            }
        }
    }

    /// Most uses of a context manager are right, and there a manager is all that it is.
    fn is_entered(&self, at: u32) -> bool {
        let before = &self.facts.source.text[..at as usize];
        let dotted = before.trim_end_matches(|c: char| c.is_alphanumeric() || matches!(c, '_' | '.'));
        dotted.trim_end().ends_with("async with")
    }

    fn word_at(&self, at: u32) -> &'a str {
        first_word(&self.facts.source.text[at as usize..]).unwrap_or_default()
    }

    /// The statement defines something that is iterated asynchronously, as far as its text tells.
    fn is_maker(&self, id: StatementId) -> bool {
        let text = &self.facts.source.text;
        let statement = self.facts.outline.statement(id);
        match statement.kind {
            StatementKind::Function { is_async } => {
                let promise = statement.header.text(text).split_once("->").map_or("", |(_, promise)| promise);
                let body = &statement.span.text(text)[statement.header.len() as usize..];
                (is_async && body.contains("yield")) || promise.contains("AsyncI") || promise.contains("AsyncGen")
            }
            StatementKind::Class => {
                let is_protocol = |name: Span| matches!(name.text(text), "__aiter__" | "__anext__");
                let mut members = self.facts.outline.members(id);
                let own =
                    members.any(|member| self.facts.outline.bound(member).iter().any(|bound| is_protocol(bound.name)));
                let bases = statement.header.text(text).split_once('(').map_or("", |(_, bases)| bases);
                own || bases.contains("AsyncI") || bases.contains("AsyncG")
            }
            _ => false,
        }
    }

    /// The names that a definition binds lead on.
    fn open_names(&mut self, unit: &Unit<'a>) {
        let is_manager = unit.header.text(&self.facts.source.text).contains("contextmanager");
        self.open_names_as(unit, if is_manager { To::Manager } else { To::Maker });
    }

    fn open_names_as(&mut self, unit: &Unit<'a>, to: To) {
        unit.names.iter().for_each(|name| self.lead_to(name, unit.of, to));
        // What makes an object iterable is reached by iterating it.
        if !unit.names.iter().all(|name| matches!(*name, "__aiter__" | "__anext__")) {
            self.carried_by(unit.class);
        }
    }

    fn lead_to(&mut self, name: &'a str, of: Option<Owner>, to: To) {
        // Special names are looked up on the type, by nobody's name; `_` is what nobody looks at.
        if name == "_" || is_special(name) {
            return;
        }
        let (name, hash) = self.names.entry(name).or_insert_with(|| (name.into(), WordHash::of(name))).clone();
        let lead = Lead { name, hash, of, to };
        if !self.followed.contains(&lead) {
            self.open.push(lead);
        }
    }

    /// The class has a member that leads on.
    fn carried_by(&mut self, class: Option<StatementId>) {
        let mut next = class.filter(|class| self.carrying.insert(*class));
        while let Some(class) = next {
            let (owner, name) = (self.units.owner(class), self.units.class_name(class).unwrap_or("_"));
            next = self.facts.outline.statement(class).parent;
            self.lead_to(name, None, To::Object(owner));
            if let Some(around) = next {
                self.lead_to(name, Some(self.units.owner(around)), To::Object(owner));
            }
        }
    }

    /// In the body of a class its members are named without an object: `rows = all_rows`.
    fn is_in_body_of(&self, at: u32, owner: Owner) -> bool {
        let id = self.facts.outline.at(at);
        let statement = id.map(|id| self.facts.outline.statement(id));
        let is_code = |kind| matches!(kind, StatementKind::Simple | StatementKind::Compound);
        let class = statement.filter(|statement| is_code(statement.kind)).and_then(|statement| statement.parent);
        class.is_some_and(|class| owner == Owner::ANY || self.units.owner(class) == owner)
    }

    /// A line that returns or promises what it found, or keeps it under an attribute or a name of the module, makes that
    /// one lead on; a local variable does so from where its function hands it on as it is.
    fn hand_on(&mut self, at: u32, to: To) {
        let Some(line) = Line::new(self.facts, &mut self.units, at) else { return };
        if let Some(alias) = line.alias() {
            self.lead_to(alias, None, to);
        }
        // A decorator of the file that wraps in one makes one of what it decorates. Of those from elsewhere too many lead
        // on for other reasons.
        if to == To::Maker && line.decorates() && self.wrappers.contains(self.word_at(at)) {
            return self.open_names(&line.unit);
        }
        self.pass_on(&line, to);
        let (given, asks) = (value_of(line.before), asks(line.behind));
        let is_held = given.is_some_and(|given| !is_asked_for_itself(given)) && !asks_beyond_items(line.behind);
        match line.way(given.is_none_or(|given| !is_asked(given)) && !asks, is_held) {
            // What the body of a context manager yields is what `async with` gives.
            Way::Given if line.is_yielded() => self.open_names_as(&line.unit, To::Maker),
            Way::Given => self.open_names(&line.unit),
            Way::Variable(name) => self.keep(line.unit.span, name, to),
            Way::Kept { name, of, class } => self.keep_in(name, of, class),
            Way::Nowhere => {}
        }
    }

    /// What keeps a manager is no manager itself.
    fn keep_in(&mut self, name: &'a str, of: Option<Owner>, class: Option<StatementId>) {
        self.lead_to(name, of, To::Maker);
        self.carried_by(class);
    }

    /// What is given to a function of the file leads on from its parameter.
    fn pass_on(&mut self, line: &Line<'a>, to: To) {
        let Some(passed) = line.passed() else { return };
        if let Some(container) = passed.put_into(&self.facts.source.text) {
            match line.kept(container) {
                Way::Kept { name, of, class } => self.keep_in(name, of, class),
                Way::Variable(name) => self.keep(line.unit.span, name, to),
                Way::Given | Way::Nowhere => {}
            }
        } else if self.given.insert((passed, to)) {
            for (function, name) in self.units.parameters(&passed) {
                let places = reads(self.facts, function, name);
                places.into_iter().for_each(|at| self.take(at, to));
            }
        }
    }

    /// A local variable holds what leads on: so does the function if it hands on the variable as it is.
    fn keep(&mut self, function: Span, name: &'a str, to: To) {
        if self.locals.insert((function.start, name, to)) {
            let handed = self.carriage.handed(self.facts, &mut self.units, function, name);
            handed.iter().for_each(|&at| self.take_variable(at, to));
        }
    }

    fn take_variable(&mut self, at: u32, to: To) {
        match to {
            To::Object(owner) => self.hand_on_object(at, owner),
            _ => self.hand_on(at, to),
        }
    }

    /// What is called so here may be an object with such members, and so may be what the line makes of it.
    fn name_object(&mut self, at: u32, of: Owner) {
        self.objects.name(self.word_at(at), of);
        let named = self.carriage.named(self.facts, &mut self.units, at);
        self.name_after(named, at, of);
    }

    /// What is called by these names in the statement that the place is in may be such an object, and so may be all that
    /// comes from it there.
    fn name_after(&mut self, named: Named<'a>, at: u32, of: Owner) {
        let mut open = vec![named];
        while let Some((within, names)) = open.pop() {
            for name in names.iter() {
                self.objects.name(name, of);
                if self.named.insert((within, name, of)) {
                    open.push(self.carriage.named_after(self.facts, &mut self.units, at, name));
                }
            }
        }
    }

    fn hand_on_object(&mut self, at: u32, of: Owner) {
        let steps = self.carriage.steps(self.facts, &mut self.units, at);
        for step in steps.iter() {
            match *step {
                Step::Name(name, owner) => self.lead_to(name, owner, To::Object(of)),
                Step::Carried(class) => self.carried_by(Some(class)),
                Step::Derived(class) => {
                    let derived = self.units.owner(class);
                    if derived != of {
                        self.open.push(Lead::base(derived, of));
                    }
                    self.carried_by(Some(class));
                }
                Step::Variable(function, name) => self.keep(function, name, To::Object(of)),
                Step::Passed(function, name) => {
                    self.name_after((function.start, [name].into()), function.start, of);
                    self.keep(function, name, To::Object(of));
                }
            }
        }
    }
}
