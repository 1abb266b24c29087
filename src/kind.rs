//! What a value can do: await it, iterate it, `async for` over it, once or again.
//!
//! Every question has three answers, and *unknown* stays unknown through every step: no rule speaks about it. A `Kind`
//! is a record of such answers, so that a value that may be one thing or another is joined answer by answer, and an
//! object that can be awaited *and* iterated needs no special case.
//!
//! Behind the answers stands a `Value`: what the expression evaluates to, as far as that is certain. Values are worked
//! out when asked and remembered for one check (`Kinds`); they lead through names, calls, attributes and imports into
//! other files. Whatever is not understood (an unknown decorator or base class, a name that may be rebound, a stub body)
//! is `Value::Unknown`. Recursion, in code or in types, ends there too.
//!
//! - `infer`: the value of an expression
//! - `names`: the value of a name, from all the bindings that may reach it
//! - `narrowing`: what tests of a name tell about its value
//! - `calls`: what a call gives
//! - `decorators`: what decorators make of a function
//! - `classes`: bases, attributes, methods
//! - `spelled`: what the text of a file says about a name
//! - `protocols`: which halves of the two iterator protocols a class has
//! - `deriving`: which classes are there to be derived from, and who derives from them
//! - `stubs`: functions that only declare, and those that they stand for
//! - `answers`: what was asked before
//! - `annotation`: the value that a written annotation promises
//! - `abilities`: from a value to its `Kind`
//! - `ends`: whether a body or an iterator comes to its end
//! - `exceptions`: what is raised, and whether it gets out
//! - `iteration`: calls that iterate what they are given
//! - `consumers`: who uses a generator of the file
//! - `steps`: calls that ask for the next item, and code that may let the end out
//! - `origin`: how a value came about, as far as names and calls spell it
//! - `scopes`: managers that reach beyond their block
//! - `contents`: containers that never get out of sight
//! - `passed`: parameters without an annotation, and what the calls in the file pass there
//! - `keeping`: attributes that keep what they are given
//! - `strange`: events that may run code of which nothing is known
//! - `cleanup`: what a generator leaves to do when it is closed
//! - `closing`: what happens when an exception is thrown in at a `yield`
//! - `sources`: managers that close what they hand out, and what reads from that
//! - `responses`: whether a streamed response was read
//! - `unyielded`: context managers that end without having yielded
//! - `threads`: calls that run a function in another thread
//! - `describe`: a value in words

use std::cell::{Cell, RefCell};
use std::hash::Hash;
use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::facts::{ClassId, Facts, FunctionId, ImportId, NodeId, StoreId};
use crate::flow::{Flow, Reaching};
use crate::project::{Module, Project};
use crate::syntax::StatementId;
use crate::text::Span;

mod abilities;
mod annotation;
mod answers;
mod calls;
mod classes;
mod cleanup;
mod closing;
mod consumers;
mod contents;
mod decorators;
mod defaults;
mod deriving;
mod describe;
mod ends;
mod exceptions;
mod infer;
mod iteration;
mod keeping;
mod names;
mod narrowing;
mod origin;
mod passed;
mod passes;
mod protocols;
mod responses;
mod scopes;
mod sources;
mod spelled;
mod steps;
mod strange;
mod stubs;
mod tasks;
#[cfg(test)]
mod tests;
mod threads;
mod timeouts;
mod unyielded;

pub use classes::Lookup;
pub use closing::Second;
pub use decorators::Given;
pub use origin::Origin;
pub use passes::{Changed, Passes};
pub use sources::Source;
pub use steps::Step;
pub use threads::Threaded;
pub use timeouts::Timed;
pub use unyielded::Unyielded;

/// A file that the check has come to: 0 is the one that is checked.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct FileId(pub u32);

/// The file that is checked.
pub const HERE: FileId = FileId(0);

/// Something in some file.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct In<T> {
    pub file: FileId,
    pub id: T,
}

pub fn here<T>(id: T) -> In<T> {
    In { file: HERE, id }
}

/// One answer about a value.
#[derive(Clone, PartialEq, Debug)]
pub enum Answer<T = ()> {
    No,
    Yes(T),
    Unknown,
}

impl<T> Answer<T> {
    pub fn is_yes(&self) -> bool {
        matches!(self, Answer::Yes(_))
    }

    pub fn is_no(&self) -> bool {
        matches!(self, Answer::No)
    }
}

/// How often something can be gone through.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pass {
    /// Each loop gets a new iterator.
    Fresh,
    /// One pass in all.
    Once,
    /// A loop works; whether a second one does is not known.
    Unknown,
}

/// What a value can do.
#[derive(Clone, Debug)]
pub struct Kind {
    pub value: Value,
    /// `await x`, and what that gives.
    pub awaits: Answer<Value>,
    /// `for _ in x`
    pub iterates: Answer,
    /// `async for _ in x`
    pub async_iterates: Answer<Pass>,
    /// `x.__anext__`
    pub steps: Answer,
    /// `x.__next__`
    pub sync_steps: Answer,
    /// `async with x`, and what that gives.
    pub enters: Answer<Value>,
    /// `with x`
    pub sync_enters: Answer<Value>,
    /// `x()`
    pub calls: Answer,
}

/// What an expression evaluates to, as far as that is certain.
#[derive(Clone, PartialEq, Debug)]
pub enum Value {
    Unknown,
    /// The expression never gives a value.
    Never,
    /// An imported module or package, by the name under which `file` imports it.
    Module {
        file: FileId,
        level: u32,
        name: Rc<str>,
    },
    Function(Rc<Callable>),
    Class(Rc<ClassValue>),
    Instance(Rc<Instance>),
    /// `super()` in a method of the class.
    Super(In<ClassId>),
    /// One of these; never nested, never of one member.
    Union(Rc<[Value]>),
}

/// A function, bound to a receiver or not.
#[derive(Clone, PartialEq, Debug)]
pub struct Callable {
    pub function: In<FunctionId>,
    pub receiver: Option<Value>,
    pub form: Form,
    /// What a parameter of the function round it stands for, where that is known: the wrapper that a decorator made.
    pub given: Option<Rc<Given>>,
}

/// What decorators made of a function.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    Plain,
    /// `@asynccontextmanager`
    AsyncContextManager,
    /// `@contextmanager`
    ContextManager,
    /// `@types.coroutine`: a generator that can be awaited.
    Coroutine,
    /// `@functools.cache` and its like: the first result is given again.
    Cached,
    Property,
    Static,
    Class,
}

#[derive(Clone, PartialEq, Debug)]
pub struct ClassValue {
    pub class: In<ClassId>,
    pub args: Rc<[Value]>,
}

#[derive(Clone, Debug)]
pub struct Instance {
    pub class: In<ClassId>,
    pub args: Rc<[Value]>,
    pub made: Made,
}

/// How an instance came about does not make it another value.
impl PartialEq for Instance {
    fn eq(&self, other: &Instance) -> bool {
        self.class == other.class && self.args == other.args && self.made.function() == other.made.function()
    }
}

/// Where an instance comes from.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Made {
    /// By calling a coroutine function, a generator function or an async generator function.
    Calling(In<FunctionId>),
    /// By this expression: a generator expression, a display, a call of a class.
    Here(In<NodeId>),
    /// An annotation promises it.
    Promised,
    /// It is the `self` of a method.
    Receiver,
    /// By calling a function that a stub of ours describes, which says nothing about how it works.
    Stub(In<FunctionId>),
    /// A literal, or the result of a library's function.
    Given,
}

impl Made {
    pub fn function(self) -> Option<In<FunctionId>> {
        match self {
            Made::Calling(function) => Some(function),
            _ => None,
        }
    }
}

/// How many members a union may have before it is Unknown.
const WIDEST: usize = 6;

/// Answers that were given before.
type Memo<K, V> = RefCell<FxHashMap<K, V>>;

/// Values and kinds for one check, worked out when asked and remembered.
pub struct Kinds<'a> {
    pub project: &'a Project,
    files: RefCell<Vec<Arc<Module>>>,
    /// The number of each module.
    numbers: Memo<*const Module, FileId>,
    answers: RefCell<answers::Answers>,
    flows: Memo<In<FunctionId>, Option<Rc<(Flow, Reaching)>>>,
    orders: Memo<In<ClassId>, Vec<Option<In<ClassId>>>>,
    names: Memo<In<NodeId>, Option<Rc<str>>>,
    origins: Memo<In<NodeId>, Option<origin::Origin>>,
    tests: Memo<In<StatementId>, Rc<narrowing::Tests>>,
    library_classes: Memo<(String, String), Option<In<ClassId>>>,
    parameters: Memo<In<ClassId>, Rc<[String]>>,
    symbols: Memo<Box<str>, spelled::Symbol>,
    members: Memo<(In<ClassId>, spelled::Symbol), Option<classes::Member>>,
    spelled: spelled::Spelled,
    /// Where functions whose calls are looked for are named.
    uses: Memo<FunctionId, Rc<[NodeId]>>,
    owners: Memo<In<StoreId>, Option<In<ClassId>>>,
    derived: Memo<FileId, Rc<deriving::Derived>>,
    derived_with: Memo<(FileId, spelled::Symbol), Rc<deriving::Derived>>,
    neighbours: Memo<FileId, Rc<[FileId]>>,
}

/// The answer that was given before, or this one from now on.
fn remembered<K: Eq + Hash, V: Clone>(memo: &Memo<K, V>, key: K, answer: impl FnOnce() -> V) -> V {
    if let Some(known) = memo.borrow().get(&key) {
        return known.clone();
    }
    let answer = answer();
    memo.borrow_mut().insert(key, answer.clone());
    answer
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Question {
    Node(In<NodeId>),
    Import(In<ImportId>),
    Result(In<FunctionId>),
    Item(In<FunctionId>),
    Promise(In<NodeId>),
    Passed(FunctionId, usize),
}

impl<'a> Kinds<'a> {
    pub fn new(project: &'a Project, module: Arc<Module>) -> Kinds<'a> {
        Kinds {
            project,
            files: RefCell::new(vec![module]),
            numbers: RefCell::default(),
            answers: RefCell::default(),
            flows: RefCell::default(),
            orders: RefCell::default(),
            names: RefCell::default(),
            origins: RefCell::default(),
            tests: RefCell::default(),
            library_classes: RefCell::default(),
            parameters: RefCell::default(),
            symbols: RefCell::default(),
            members: RefCell::default(),
            spelled: spelled::Spelled::default(),
            uses: RefCell::default(),
            owners: RefCell::default(),
            derived: RefCell::default(),
            derived_with: RefCell::default(),
            neighbours: RefCell::default(),
        }
    }

    pub fn module(&self, file: FileId) -> Arc<Module> {
        self.files.borrow()[file.0 as usize].clone()
    }

    /// Does something with the facts of a file.
    fn with<R>(&self, file: FileId, f: impl FnOnce(&Facts) -> R) -> R {
        let module = self.module(file);
        f(&module.facts)
    }

    /// The number of a module in this check.
    fn file(&self, module: Arc<Module>) -> FileId {
        if let Some(number) = self.numbers.borrow().get(&Arc::as_ptr(&module)) {
            return *number;
        }
        let mut files = self.files.borrow_mut();
        // The file that is checked is imported by others, too; it stays the same file.
        let is_here = Arc::ptr_eq(&files[0], &module) || module.library.is_empty() && module.path() == files[0].path();
        let number = FileId(if is_here { 0 } else { files.len() as u32 });
        self.numbers.borrow_mut().insert(Arc::as_ptr(&module), number);
        // What has a number stays where it is in memory.
        files.push(module);
        number
    }

    /// The number of the file whose facts these are.
    fn file_of(&self, facts: &Facts) -> FileId {
        let files = self.files.borrow();
        let index = files.iter().position(|file| std::ptr::eq(&file.facts, facts));
        FileId(index.unwrap_or(0) as u32)
    }

    /// Every file that was read to answer the questions so far.
    pub fn files(&self) -> Vec<Arc<Module>> {
        self.files.borrow().clone()
    }

    /// Answers a question once.
    fn ask(&self, question: Question, answer: impl FnOnce() -> Value) -> Value {
        if let Some(value) = self.answers.borrow_mut().open(question) {
            return value;
        }
        let value = answer();
        self.answers.borrow_mut().close(Some(&value));
        value
    }

    /// Answers a question whose answer depends on more than itself: only its asking itself again is cut off.
    fn ask_anew(&self, question: Question, answer: impl FnOnce() -> Value) -> Value {
        if let Some(value) = self.answers.borrow_mut().open(question) {
            return value;
        }
        let value = answer();
        self.answers.borrow_mut().close(None);
        value
    }

    /// What an expression evaluates to.
    pub fn value(&self, at: In<NodeId>) -> Value {
        self.ask(Question::Node(at), || self.infer(at))
    }

    /// The control flow of a function and which bindings reach its names; None when it is too odd to tell.
    pub fn flow(&self, function: In<FunctionId>) -> Option<Rc<(Flow, Reaching)>> {
        if let Some(flow) = self.flows.borrow().get(&function) {
            return flow.clone();
        }
        let flow = self.with(function.file, |facts| {
            let flow = Flow::of(facts, function.id)?;
            let reaching = Reaching::of(facts, &flow);
            Some(Rc::new((flow, reaching)))
        });
        self.flows.borrow_mut().insert(function, flow.clone());
        flow
    }

    /// Either of the two.
    pub fn either(&self, a: Value, b: Value) -> Value {
        self.one_of([a, b])
    }

    /// One of these values. Unknown among them makes the whole unknown: it might be anything. After that, no more of
    /// them are asked for.
    pub fn one_of(&self, values: impl IntoIterator<Item = Value>) -> Value {
        let mut members: Vec<Value> = Vec::new();
        for value in values {
            let more = match value {
                Value::Unknown => return Value::Unknown,
                Value::Never => continue,
                Value::Union(more) => more.to_vec(),
                other => vec![other],
            };
            for member in more {
                if !members.contains(&member) {
                    members.push(member);
                }
            }
            if members.len() > WIDEST {
                return Value::Unknown;
            }
        }
        match members.len() {
            0 => Value::Never,
            1 => members.remove(0),
            _ => Value::Union(members.into()),
        }
    }

    /// What the parts of a union are; a plain value is its own only part.
    pub fn members(&self, value: &Value) -> Vec<Value> {
        match value {
            Value::Union(members) => members.to_vec(),
            other => vec![other.clone()],
        }
    }

    /// The result of a question for each member of a union.
    fn each(&self, value: &Value, f: impl Fn(&Value) -> Value) -> Value {
        match value {
            Value::Union(members) => self.one_of(members.iter().map(f)),
            other => f(other),
        }
    }

    /// Where a function is defined, for a note: its name and its file.
    pub fn function_name(&self, function: In<FunctionId>) -> Option<(String, Span)> {
        self.with(function.file, |facts| {
            let name = facts[function.id].name?;
            Some((facts.text(name).to_string(), name))
        })
    }

    pub fn class_name(&self, class: In<ClassId>) -> String {
        self.with(class.file, |facts| facts.text(facts[class.id].name).to_string())
    }
}
