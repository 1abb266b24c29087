//! What a rule is: its page, and the facts it wants to see; and what it is given and may say.

mod edits;
mod page;

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::{Arc, OnceLock};

use crate::config::{Config, Level, PythonVersion};
use crate::diagnostic::{Diagnostic, Edit, Fix, Note, Safety, Severity};
use crate::facts::{
    AwaitId, CallId, ClassId, ClassPatternId, CompareId, ConditionId, DemandId, Facts, FunctionId, HandlerId, ImportId,
    LoopId, NodeId, RaiseId, ReturnId, StoreId, WithId, YieldId,
};
use crate::kind::{FileId, HERE, In, Kind, Kinds, Made, Value, here};
use crate::project::Module;
use crate::text::Span;

/// A rule is data: everything about it that is not logic stands in its page.
pub struct Rule {
    pub name: &'static str,
    /// The whole page, as Markdown.
    pub page: &'static str,
    pub checks: &'static [Check],
    /// Words besides those of async iteration (`look`) that make a statement worth reading for this rule.
    pub words: &'static [&'static str],
    meta: OnceLock<Meta>,
}

/// What a rule wants to see. Each table is walked once, each entry handed to the rules that asked for it.
pub enum Check {
    Function(fn(&Cx, FunctionId)),
    Class(fn(&Cx, ClassId)),
    Loop(fn(&Cx, LoopId)),
    /// Calls in whose text something is named that may be iterated asynchronously.
    Call(fn(&Cx, CallId)),
    /// Every call in a statement that is read.
    AnyCall(fn(&Cx, CallId)),
    Await(fn(&Cx, AwaitId)),
    Yield(fn(&Cx, YieldId)),
    Return(fn(&Cx, ReturnId)),
    Raise(fn(&Cx, RaiseId)),
    Handler(fn(&Cx, HandlerId)),
    With(fn(&Cx, WithId)),
    Compare(fn(&Cx, CompareId)),
    ClassPattern(fn(&Cx, ClassPatternId)),
    Condition(fn(&Cx, ConditionId)),
    Demand(fn(&Cx, DemandId)),
    Store(fn(&Cx, StoreId)),
    Import(fn(&Cx, ImportId)),
    /// Once for the file.
    File(fn(&Cx)),
}

/// A rule with its page taken in: `rule!("some-name", [Check::Loop(check)])`.
#[macro_export]
macro_rules! rule {
    ($name:literal, [$($check:expr),* $(,)?]) => {
        $crate::rule!($name, words: [], [$($check),*])
    };
    ($name:literal, words: [$($word:literal),* $(,)?], [$($check:expr),* $(,)?]) => {
        $crate::rule::Rule::new(
            $name,
            include_str!(concat!("../../rules/", $name, ".md")),
            &[$($check),*],
            &[$($word),*],
        )
    };
}

/// The first TOML block of the page.
#[derive(Clone, Debug)]
pub struct Meta {
    pub level: Level,
    /// What it says where it is not certain, when that is less.
    pub doubtful: Option<Level>,
    /// `safe`, `unsafe`, `shown` or `none`.
    pub fix: &'static str,
    pub since: &'static str,
    pub group: &'static str,
    /// The Python documentation that settles the matter.
    pub docs: &'static str,
}

impl Rule {
    pub const fn new(
        name: &'static str,
        page: &'static str,
        checks: &'static [Check],
        words: &'static [&'static str],
    ) -> Rule {
        Rule { name, page, checks, words, meta: OnceLock::new() }
    }

    pub fn meta(&self) -> &Meta {
        self.meta.get_or_init(|| Meta::read(self.page))
    }

    /// The first sentence of the page: what the mistake is.
    pub fn summary(&self) -> &'static str {
        self.page.split("\n\n").nth(1).unwrap_or_default()
    }

    /// What a user reads: everything above the cases that are only for the tests.
    pub fn documentation(&self) -> &'static str {
        let end = self.page.find("\n## More cases").or_else(|| self.page.find("\n## Proof"));
        &self.page[..end.unwrap_or(self.page.len())]
    }
}

impl Meta {
    /// Pages are our own text and their tests read this block with a real TOML parser; at run time a line scan is
    /// enough, and costs nothing at start.
    fn read(page: &'static str) -> Meta {
        let block = page.split_once("```toml\n").map_or("", |(_, rest)| rest.split("```").next().unwrap_or_default());
        let value = |key: &str| {
            let lines = block.lines().filter_map(|line| line.split_once(" = "));
            lines.filter(|(name, _)| *name == key).map(|(_, value)| value.trim_matches('"')).next().unwrap_or_default()
        };
        Meta {
            level: Level::from_name(value("severity")).unwrap_or(Level::Off),
            doubtful: Level::from_name(value("doubtful")),
            fix: value("fix"),
            since: value("since"),
            group: value("group"),
            docs: value("docs"),
        }
    }
}

/// What a rule is given. It reads facts, asks kinds, and reports; it sees no tree, no other rule and no disk.
pub struct Cx<'a> {
    pub facts: &'a Facts,
    pub config: &'a Config,
    pub kinds: Kinds<'a>,
    speaking: Cell<(&'static str, Severity)>,
    /// What the rule that speaks says where it is not certain.
    doubtful: Cell<Severity>,
    out: RefCell<Vec<Diagnostic>>,
}

impl<'a> Cx<'a> {
    pub fn new(module: &'a Arc<Module>, config: &'a Config, kinds: Kinds<'a>) -> Cx<'a> {
        let speaking = Cell::new(("", Severity::Error));
        let doubtful = Cell::new(Severity::Error);
        Cx { facts: &module.facts, config, kinds, speaking, doubtful, out: RefCell::default() }
    }

    /// From here on, findings are this rule's. Whoever has set its level has set it for those in doubt as well.
    pub fn speak_as(&self, rule: &Rule, severity: Severity) {
        let is_set = self.config.levels.contains_key(rule.name);
        let doubtful = rule.meta().doubtful.filter(|_| !is_set).map(Level::severity);
        self.speaking.set((rule.name, severity));
        self.doubtful.set(doubtful.unwrap_or(severity));
    }

    pub fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.out.into_inner()
    }

    pub fn kind(&self, node: NodeId) -> Kind {
        self.kinds.kind(here(node))
    }

    pub fn value(&self, node: NodeId) -> Value {
        self.kinds.value(here(node))
    }

    /// The full dotted name that an expression spells, through the imports: `asyncio.wait_for`.
    pub fn qualified(&self, node: NodeId) -> Option<Rc<str>> {
        self.kinds.qualified(here(node))
    }

    pub fn text(&self, node: NodeId) -> &'a str {
        self.facts.node_text(node)
    }

    /// The lowest Python of the project is this one or newer; where nobody says, it is a current one.
    pub fn has_python(&self, major: u8, minor: u8) -> bool {
        self.config.target_version.is_none_or(|target| target >= PythonVersion::new(major, minor))
    }

    pub fn text_at(&self, span: Span) -> &'a str {
        self.facts.text(span)
    }

    /// Reports a finding at a node; more of its story can be added to what this returns.
    pub fn report(&self, node: NodeId, message: impl Into<String>) -> Finding<'_, 'a> {
        self.report_at(self.facts.span(node), message)
    }

    pub fn report_at(&self, span: Span, message: impl Into<String>) -> Finding<'_, 'a> {
        let (rule, severity) = self.speaking.get();
        let message = message.into();
        let diagnostic = Diagnostic { rule, severity, span, message, notes: Vec::new(), help: None, fix: None };
        Finding { cx: self, diagnostic: Some(diagnostic) }
    }
}

/// A finding that is being told. It counts when it goes out of scope.
pub struct Finding<'c, 'a> {
    cx: &'c Cx<'a>,
    diagnostic: Option<Diagnostic>,
}

impl Finding<'_, '_> {
    fn change(mut self, f: impl FnOnce(&mut Diagnostic)) -> Self {
        if let Some(diagnostic) = &mut self.diagnostic {
            f(diagnostic);
        }
        self
    }

    /// One more place of the story, in this file.
    pub fn note(self, span: Span, message: impl Into<String>) -> Self {
        self.note_in(HERE, span, message)
    }

    /// One more place of the story, in whatever file it is.
    pub fn note_in(self, file: FileId, span: Span, message: impl Into<String>) -> Self {
        let file = (file != HERE).then(|| self.cx.kinds.module(file).facts.source.clone());
        self.change(|diagnostic| diagnostic.notes.push(Note { span, message: message.into(), file }))
    }

    /// Says where the function that made a value is defined: "`stream` is an async generator".
    pub fn note_origin(self, value: &Value, what: &str) -> Self {
        let Value::Instance(instance) = value else { return self };
        let Some(function) = instance.made.function() else { return self };
        self.note_function(function, what)
    }

    pub fn note_function(self, function: In<FunctionId>, what: &str) -> Self {
        let Some((name, span)) = self.cx.kinds.function_name(function) else { return self };
        self.note_in(function.file, span, format!("`{name}` is {what}"))
    }

    /// Says where a function is defined and what its call gives: "`stream` is an async generator".
    pub fn note_defined(self, function: In<FunctionId>) -> Self {
        // Of a library we know a stub, which is nothing to show.
        match self.cx.kinds.describe_function(function) {
            Some(what) => self.note_function(function, what),
            None => self,
        }
    }

    /// Says where the value comes from: each function whose call gave it, or that it is, and each expression that made
    /// it, when that is another place than the finding's.
    pub fn note_origins(mut self, value: &Value) -> Self {
        for function in self.cx.kinds.origins(value) {
            self = self.note_defined(function);
        }
        for member in self.cx.kinds.members(value) {
            let Value::Instance(instance) = &member else { continue };
            let Made::Here(made) = instance.made else { continue };
            let module = self.cx.kinds.module(made.file);
            let span = module.facts.span(made.id);
            let found = self.diagnostic.as_ref().map(|diagnostic| diagnostic.span);
            let is_elsewhere = made.file != HERE || found.is_some_and(|found| !found.contains(span.start));
            if let Some(what) = self.cx.kinds.describe(&member).filter(|_| is_elsewhere) {
                self = self.note_in(made.file, span, format!("{what} is made here"));
            }
        }
        self
    }

    /// It is not certain: it speaks as the page says for that.
    pub fn in_doubt(self) -> Self {
        let doubtful = self.cx.doubtful.get();
        self.change(|diagnostic| diagnostic.severity = doubtful)
    }

    /// What to do about it.
    pub fn help(self, help: impl Into<String>) -> Self {
        self.change(|diagnostic| diagnostic.help = Some(help.into()))
    }

    /// How to mend it. Broken code gets no fix: what stands there may not be what it seems to be.
    pub fn fix(self, safety: Safety, title: impl Into<String>, edits: impl IntoIterator<Item = Edit>) -> Self {
        let mut edits: Vec<Edit> = edits.into_iter().collect();
        if edits.iter().any(|edit| self.cx.facts.is_lost_round(edit.span)) {
            return self;
        }
        edits.sort_by_key(|edit| edit.span);
        self.change(|diagnostic| diagnostic.fix = Some(Fix { title: title.into(), safety, edits }))
    }
}

impl Drop for Finding<'_, '_> {
    fn drop(&mut self) {
        self.cx.out.borrow_mut().extend(self.diagnostic.take());
    }
}
