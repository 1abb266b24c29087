//! What comes to an end: a function's body without a `return`, an iterator without more items.

use super::*;
use crate::facts::{CallId, Expression, FunctionId, LoopForm, RaiseId, Splat, WithId};
use crate::flow::{BlockId, EdgeKind, Event};
use crate::syntax::{Field, SyntaxKind};

/// How many functions a question about what is raised may lead through.
const DEEPEST_RAISE: u32 = 2;

impl Kinds<'_> {
    /// The end of the body is certainly reached on some way through the function, not only on one that its author
    /// ruled out: through a manager that may swallow, past the last of several named cases, behind a call that may
    /// never come back.
    pub fn runs_out(&self, function: In<FunctionId>) -> bool {
        let Some(flow) = self.flow(function) else { return false };
        let (flow, _) = &*flow;
        let module = self.module(function.file);
        let facts = &module.facts;
        if facts[function.id].is_damaged {
            return false;
        }
        // Where no `return` with a value can follow any more, a call whose result nobody wants may be there to raise.
        let is_open = flow.may_still_come(|event| matches!(event, Event::Return(id) if facts[id].value.is_some()));
        let mut seen = vec![false; flow.blocks.len()];
        let mut open = vec![Flow::ENTRY];
        while let Some(BlockId(number)) = open.pop() {
            if std::mem::replace(&mut seen[number as usize], true) {
                continue;
            }
            let block = &flow[BlockId(number)];
            let doubtful = block.events.iter().any(|event| match *event {
                Event::Call(id) => self.ends_everything(In { file: function.file, id }, !is_open[number as usize]),
                _ => false,
            });
            if doubtful {
                continue;
            }
            for edge in &block.next {
                match edge.why {
                    EdgeKind::FallsOff => return true,
                    EdgeKind::Swallowed(with, item) if !self.suppresses(function.file, with, item) => {}
                    EdgeKind::False(condition) if is_last_of_cases(facts, condition) => {}
                    EdgeKind::False(condition) if facts.parent(condition).is_some_and(|up| tries_again(facts, up)) => {}
                    EdgeKind::End(id) if tries_again(facts, facts[id].node) => {}
                    EdgeKind::End(id) if self.never_ends(In { file: function.file, id: facts[id].iterable }) => {}
                    _ => open.push(edge.to),
                }
            }
        }
        false
    }

    /// A call that never comes back, or, where nothing but the end can follow, one that may be made for what it raises.
    pub(super) fn ends_everything(&self, call: In<CallId>, is_last: bool) -> bool {
        let module = self.module(call.file);
        let facts = &module.facts;
        let node = facts[call.id].node;
        let above = facts.parent(node).filter(|&up| facts.syntax(up) == SyntaxKind::Await).unwrap_or(node);
        let is_statement = facts.parent(above).is_some_and(|up| facts.syntax(up) == SyntaxKind::ExpressionStatement);
        if self.value(In { file: call.file, id: node }) == Value::Never {
            return true;
        }
        let Value::Function(callee) = self.value(In { file: call.file, id: facts[call.id].function }) else {
            return is_last && is_statement && !is_harmless_by_name(facts, call.id);
        };
        let of = self.module(callee.function.file);
        if of.is_stub() {
            return false;
        }
        let entry = &of.facts[callee.function.id];
        let comes_back = !entry.returns.is_empty() || entry.is_generator() || self.may_run_out(callee.function);
        let says_never =
            entry.annotation.is_some_and(|id| self.promised(In { file: callee.function.file, id }) == Value::Never);
        let may_raise =
            is_last && is_statement && (callee.form != Form::Plain || self.raises(callee.function, &|_| true, 0));
        !comes_back || says_never || may_raise
    }

    /// Such a `raise` stands in the function, or in one that it calls.
    fn raises(&self, function: In<FunctionId>, is_such: &dyn Fn(In<RaiseId>) -> bool, depth: u32) -> bool {
        let module = self.module(function.file);
        let facts = &module.facts;
        if facts.raises_of(function.id).any(|id| is_such(In { file: function.file, id })) {
            return true;
        }
        let mut calls = facts.calls(function.id.island).filter(|&id| facts[id].inside == Some(function.id));
        depth < DEEPEST_RAISE
            && calls.any(|id| match self.value(In { file: function.file, id: facts[id].function }) {
                Value::Function(callee) if callee.function != function => {
                    !self.module(callee.function.file).is_stub() && self.raises(callee.function, is_such, depth + 1)
                }
                _ => false,
            })
    }

    /// The call may be what ends the iteration: it raises one of the two exceptions for that, or nobody knows what it
    /// does.
    pub fn may_stop(&self, call: In<CallId>) -> bool {
        let module = self.module(call.file);
        let callee = self.value(In { file: call.file, id: module.facts[call.id].function });
        if is_harmless_by_name(&module.facts, call.id) || self.library_name(&callee).is_some() {
            return false;
        }
        let function = match &callee {
            Value::Function(callee) if callee.form == Form::Plain => callee.function,
            // What `__init__` does is left out: nobody ends a loop there.
            Value::Class(_) => return false,
            _ => return true,
        };
        let of = self.module(function.file);
        if of.is_stub() {
            return false;
        }
        self.raises(function, &|raise| self.is_stop(raise), 0)
    }

    /// The `raise` raises StopIteration or StopAsyncIteration, or nobody knows what.
    pub fn is_stop(&self, raise: In<RaiseId>) -> bool {
        let raised = self.raised(raise);
        let is = |name| self.is_or_makes(&raised, name);
        !matches!(raised, Value::Class(_) | Value::Instance(_)) || is("StopIteration") || is("StopAsyncIteration")
    }

    /// The manager is known to swallow exceptions.
    fn suppresses(&self, file: FileId, with: WithId, item: usize) -> bool {
        let module = self.module(file);
        let facts = &module.facts;
        let call = facts.call(facts[with].items[item].value);
        let name = call.and_then(|id| self.called_name(In { file, id }));
        name.as_deref() == Some("contextlib.suppress")
    }

    /// The expression's value is known to give items for ever.
    fn never_ends(&self, at: In<NodeId>) -> bool {
        self.ends(&self.value(at)).is_no()
    }

    /// Whether a sync iterator, or what an iterable gives, comes to an end some day: for one made of others, when they
    /// do; for an iterable of which nothing is known, yes.
    pub fn ends(&self, value: &Value) -> Answer {
        let Value::Instance(instance) = value else { return Answer::Unknown };
        if self.is_endless(value) {
            return Answer::No;
        }
        let of = self.module(instance.class.file);
        let name = self.class_name(instance.class);
        match (of.library, name.as_str()) {
            ("itertools", "repeat") => match self.arguments_made_of(instance.made) {
                Some(arguments) if arguments.len() == 1 => Answer::No,
                Some(_) => Answer::Yes(()),
                None => Answer::Unknown,
            },
            ("itertools", "islice" | "takewhile") => Answer::Yes(()),
            // The shortest decides.
            ("builtins", "zip" | "map") => self.end_of_any(instance.made, (name == "map") as usize),
            ("builtins", "filter") | ("itertools", "filterfalse" | "dropwhile" | "starmap") => {
                self.end_of_any(instance.made, 1)
            }
            ("builtins", "enumerate") | ("itertools", "accumulate" | "pairwise" | "batched" | "compress") => {
                self.end_of_any(instance.made, 0)
            }
            ("builtins", "reversed") => Answer::Yes(()),
            ("types", "GeneratorType") => match instance.made {
                Made::Here(at) => self.end_of_first_loop(at),
                Made::Calling(function) => self.end_of_generator(function),
                _ => Answer::Yes(()),
            },
            ("builtins" | "collections.abc", _) if !self.iterates(value).is_no() => Answer::Yes(()),
            _ => Answer::Unknown,
        }
    }

    /// The iterator never says that it is at its end: it has none of its own, or nothing in it could say so.
    pub fn has_no_end(&self, value: &Value) -> bool {
        let members = self.members(value);
        let endless = |member: &Value| {
            let Value::Instance(instance) = member else { return false };
            self.is_endless(member) || self.ends(member).is_no() || self.steps_without_end(instance.class)
        };
        !members.is_empty() && members.iter().all(endless)
    }

    /// A step that raises nothing, and asks no other iterator for its next item.
    fn steps_without_end(&self, class: In<ClassId>) -> bool {
        let mut steps = ["__next__", "__anext__"].into_iter().filter_map(|name| match self.member_of(class, name) {
            Lookup::Found(Value::Function(step)) => Some(step.function),
            _ => None,
        });
        let Some(step) = steps.next() else { return false };
        let module = self.module(step.file);
        let facts = &module.facts;
        let raises = facts.raises(step.id.island).any(|id| facts[id].function == Some(step.id));
        let asks = facts.calls(step.id.island).filter(|&id| facts[id].inside == Some(step.id)).any(|id| {
            let name = facts.node_text(facts[id].function).rsplit('.').next().unwrap_or_default();
            matches!(name, "next" | "anext" | "__next__" | "__anext__")
        });
        !module.is_stub() && !facts[step.id].is_stub && !raises && !asks
    }

    /// An async or sync generator that gives at least one item, whatever happens.
    pub fn gives_an_item(&self, value: &Value) -> bool {
        let Value::Instance(instance) = value else { return false };
        let (Made::Calling(function), "types") = (instance.made, self.module(instance.class.file).library) else {
            return false;
        };
        self.flow(function).is_some_and(|flow| flow.0.always_yields_first())
    }

    /// The arguments of the call that made an instance.
    fn arguments_made_of(&self, made: Made) -> Option<Vec<(In<NodeId>, Splat)>> {
        let Made::Here(at) = made else { return None };
        self.with(at.file, |facts| {
            let call = facts.call(at.id)?;
            let arguments = facts[call].arguments.iter();
            Some(arguments.map(|argument| (In { file: at.file, id: argument.value }, argument.splat)).collect())
        })
    }

    /// Something made of several iterables ends with the first that does.
    fn end_of_any(&self, made: Made, skip: usize) -> Answer {
        let Some(arguments) = self.arguments_made_of(made) else { return Answer::Unknown };
        let mut sources = arguments.into_iter().skip(skip);
        let endless = |(at, splat): (In<NodeId>, Splat)| splat == Splat::None && self.never_ends(at);
        if sources.all(endless) { Answer::No } else { Answer::Yes(()) }
    }

    /// A generator expression ends when its first iterable does.
    fn end_of_first_loop(&self, at: In<NodeId>) -> Answer {
        let module = self.module(at.file);
        let facts = &module.facts;
        let mut loops = facts.loops(at.id.island).map(|id| &facts[id]);
        let first = loops.find(|each| matches!(each.form, LoopForm::Clause { of, number: 0 } if of == at.id));
        match first {
            Some(first) if self.never_ends(In { file: at.file, id: first.iterable }) => Answer::No,
            Some(_) => Answer::Yes(()),
            None => Answer::Unknown,
        }
    }

    fn end_of_generator(&self, function: In<FunctionId>) -> Answer {
        let module = self.module(function.file);
        let facts = &module.facts;
        // One that goes through something endless ends only if it leaves that loop.
        let mut loops = facts.loops(function.id.island).map(|id| &facts[id]);
        let within = |node: NodeId| facts.within(node, facts[function.id].body);
        let endless =
            loops.any(|each| within(each.node) && self.never_ends(In { file: function.file, id: each.iterable }));
        let mut froms = facts[function.id].yields.iter().filter(|&&id| facts[id].is_from);
        if endless || froms.any(|&id| facts[id].value.is_some_and(|id| self.never_ends(In { file: function.file, id })))
        {
            return Answer::Unknown;
        }
        Answer::Yes(())
    }
}

/// The last of several cases that name what they are about, with no `else` behind them: nobody says that there are more.
pub(super) fn is_last_of_cases(facts: &Facts, condition: NodeId) -> bool {
    if facts.syntax(condition) == SyntaxKind::CaseClause {
        let block = facts.parent(condition);
        return block.and_then(|block| facts.children(block).last()).is_none_or(|last| last == condition);
    }
    let Some(clause) = facts.parent(condition).filter(|&up| facts.syntax(up) == SyntaxKind::ElifClause) else {
        return false;
    };
    let Some(whole) = facts.parent(clause) else { return false };
    let elifs = facts.children(whole).filter(|&part| facts.syntax(part) == SyntaxKind::ElifClause);
    let mut subjects = std::iter::once(whole).chain(elifs).map(|part| {
        let condition = facts.child(part, Field::Condition)?;
        match facts.expression(condition) {
            Expression::Compare => facts.children(facts.bare(condition)).next().map(|left| facts.node_text(left)),
            Expression::Call(call) if facts.is_builtin(facts[call].function, "isinstance") => {
                facts[call].arguments.first().map(|argument| facts.node_text(argument.value))
            }
            _ => None,
        }
    });
    let Some(Some(first)) = subjects.next() else { return false };
    subjects.all(|subject| subject == Some(first))
}

/// A loop of attempts, of which the last one raises what it caught: its end is not meant to be reached.
fn tries_again(facts: &Facts, of: NodeId) -> bool {
    let counts = match facts.loop_at(of) {
        Some(id) => {
            let call = facts.call(facts[id].iterable);
            call.is_some_and(|call| facts.is_builtin(facts[call].function, "range"))
        }
        None => facts.syntax(of) == SyntaxKind::WhileStatement,
    };
    let raises_again = |id: RaiseId| {
        facts.within(facts[id].node, of)
            && facts.handler_round(facts[id].node).is_some_and(|handler| facts.within(facts[handler].node, of))
    };
    counts && facts.raises(of.island).any(raises_again)
}

/// A call of a logger, or of what containers and locks do.
fn is_harmless_by_name(facts: &Facts, call: CallId) -> bool {
    let Expression::Attribute { object, name } = facts.expression(facts[call].function) else { return false };
    let of = facts.node_text(object).rsplit('.').next().unwrap_or_default().to_lowercase();
    let name = facts.text(name);
    let logs = of.contains("log") && matches!(name, "debug" | "info" | "warning" | "error" | "exception" | "log");
    logs || matches!(name, "append" | "appendleft" | "add" | "clear" | "discard" | "set" | "put_nowait" | "release")
}
