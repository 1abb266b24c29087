//! From a value to what it can do. Python looks special methods up on the type; so does this.

use std::rc::Rc;

use super::*;
use crate::facts::{Bind, Expression};
use crate::syntax::SyntaxKind;

impl Kinds<'_> {
    /// Everything that the expression's value can do.
    pub fn kind(&self, at: In<NodeId>) -> Kind {
        self.kind_of(self.value(at))
    }

    pub fn kind_of(&self, value: Value) -> Kind {
        Kind {
            awaits: self.awaits(&value),
            iterates: self.iterates(&value),
            async_iterates: self.async_iterates(&value),
            steps: self.has(&value, "__anext__"),
            sync_steps: self.has(&value, "__next__"),
            enters: self.enters(&value),
            sync_enters: self.sync_enters(&value),
            calls: self.calls(&value),
            value,
        }
    }

    /// Whether the type of the value has a special method.
    pub fn has(&self, value: &Value, name: &str) -> Answer {
        self.answer(value, |member| match self.special(member, name) {
            Lookup::Found(_) => Answer::Yes(()),
            Lookup::Missing => Answer::No,
            Lookup::Unknown => Answer::Unknown,
        })
    }

    /// What the value may be where something is asked of it. `self.rows = None` only stands there until `rows` is known:
    /// None has none of what is asked for, so whoever asks means the rest.
    pub(super) fn asked(&self, value: &Value) -> Vec<Value> {
        let mut members = self.members(value);
        if members.len() > 1 {
            let none = self.none();
            members.retain(|member| *member != none);
        }
        members
    }

    /// Joins the answers of a union's members: certain only when all agree.
    fn answer<T: Clone>(&self, value: &Value, one: impl Fn(&Value) -> Answer<T>) -> Answer<T> {
        let answers: Vec<Answer<T>> = self.asked(value).iter().map(one).collect();
        if answers.iter().all(|answer| answer.is_no()) && !answers.is_empty() {
            return Answer::No;
        }
        if answers.iter().all(|answer| answer.is_yes()) {
            return answers.into_iter().next().unwrap_or(Answer::Unknown);
        }
        Answer::Unknown
    }

    /// A special method, looked up on the type and bound.
    pub(super) fn special(&self, value: &Value, name: &str) -> Lookup {
        match value {
            Value::Instance(_) => match self.attribute(value, name) {
                // `__aiter__ = None` says that there is none.
                Lookup::Found(method) if method == self.none() => Lookup::Missing,
                other => other,
            },
            // Functions, modules and classes without a metaclass of their own have none of the methods asked about.
            Value::Function(callable) => match callable.form {
                Form::Property => Lookup::Unknown,
                _ => Lookup::Missing,
            },
            Value::Module { .. } => Lookup::Missing,
            Value::Class(class) if self.is_fully_known(class.class) => Lookup::Missing,
            Value::Class(_) | Value::Super(_) | Value::Unknown | Value::Never | Value::Union(_) => Lookup::Unknown,
        }
    }

    pub fn calls(&self, value: &Value) -> Answer {
        self.answer(value, |member| match member {
            Value::Function(_) | Value::Class(_) => Answer::Yes(()),
            _ => self.has(member, "__call__"),
        })
    }

    /// What `await` gives.
    pub fn awaits(&self, value: &Value) -> Answer<Value> {
        let mut results = Vec::new();
        let joined = self.answer(value, |member| self.awaits_one(member));
        if !joined.is_yes() {
            return joined;
        }
        for member in self.asked(value) {
            if let Answer::Yes(result) = self.awaits_one(&member) {
                results.push(result);
            }
        }
        Answer::Yes(self.one_of(results))
    }

    fn awaits_one(&self, value: &Value) -> Answer<Value> {
        let method = match self.special(value, "__await__") {
            Lookup::Found(method) => method,
            Lookup::Missing => return Answer::No,
            Lookup::Unknown => return Answer::Unknown,
        };
        let Value::Instance(instance) = value else { return Answer::Unknown };
        if let Made::Calling(function) = instance.made
            && self.is_library_class(instance.class, "types", "CoroutineType")
            && instance.args.is_empty()
        {
            return Answer::Yes(self.awaited(function));
        }
        // `__await__` is a generator that returns the result: the third argument of what it promises.
        let result = match self.called(&method, None) {
            Value::Instance(generator) if self.is_generator_class(generator.class) => match generator.made {
                Made::Promised => generator.args.get(2).cloned().unwrap_or(Value::Unknown),
                _ => Value::Unknown,
            },
            _ => Value::Unknown,
        };
        Answer::Yes(result)
    }

    fn is_generator_class(&self, class: In<ClassId>) -> bool {
        self.is_library_class(class, "collections.abc", "Generator")
            || self.is_library_class(class, "types", "GeneratorType")
    }

    /// What awaiting a call of the coroutine function gives: what its body returns, else what it promises.
    pub fn awaited(&self, function: In<FunctionId>) -> Value {
        let returned = self.returned(function, None);
        if returned != Value::Unknown {
            return returned;
        }
        let annotation = self.with(function.file, |facts| facts[function.id].annotation);
        annotation.map_or(Value::Unknown, |id| self.promised(In { file: function.file, id }))
    }

    pub fn iterates(&self, value: &Value) -> Answer {
        self.answer(value, |member| match self.special(member, "__iter__") {
            Lookup::Found(_) => Answer::Yes(()),
            Lookup::Unknown => Answer::Unknown,
            // The old protocol: anything with `__getitem__` can be iterated.
            Lookup::Missing => match self.special(member, "__getitem__") {
                Lookup::Found(_) => Answer::Yes(()),
                Lookup::Missing => Answer::No,
                Lookup::Unknown => Answer::Unknown,
            },
        })
    }

    /// What a `for` loop's target gets.
    pub fn item(&self, value: &Value) -> Value {
        self.each(value, |value| {
            let Value::Instance(instance) = value else { return Value::Unknown };
            if let Made::Calling(function) = instance.made
                && self.is_library_class(instance.class, "types", "GeneratorType")
            {
                return self.yielded(function);
            }
            if self.is_builtin_class(instance.class, "tuple") {
                return match instance.args.is_empty() {
                    true => Value::Unknown,
                    false => self.one_of(instance.args.iter().cloned()),
                };
            }
            // What is put into a list later is not known; a display that is looped over as it stands is.
            match self.special(value, "__iter__") {
                Lookup::Found(method) => match self.called(&method, None) {
                    Value::Instance(iterator) if iterator.made == Made::Promised => {
                        iterator.args.first().cloned().unwrap_or(Value::Unknown)
                    }
                    _ => Value::Unknown,
                },
                Lookup::Missing | Lookup::Unknown => Value::Unknown,
            }
        })
    }

    pub fn async_iterates(&self, value: &Value) -> Answer<Pass> {
        let joined = self.answer(value, |member| self.async_iterates_one(member));
        if !joined.is_yes() {
            return joined;
        }
        let mut passes = self.asked(value).into_iter().map(|member| self.async_iterates_one(&member));
        let first = passes.next().unwrap_or(Answer::Unknown);
        if passes.all(|pass| pass == first) { first } else { Answer::Yes(Pass::Unknown) }
    }

    fn async_iterates_one(&self, value: &Value) -> Answer<Pass> {
        match self.special(value, "__aiter__") {
            Lookup::Missing => Answer::No,
            Lookup::Unknown => Answer::Unknown,
            Lookup::Found(method) => {
                let Value::Instance(instance) = value else { return Answer::Yes(Pass::Unknown) };
                Answer::Yes(self.pass(instance, &method))
            }
        }
    }

    /// How often an instance can be gone through.
    fn pass(&self, instance: &Instance, aiter: &Value) -> Pass {
        let is = |module, name| self.is_library_class(instance.class, module, name);
        if is("types", "AsyncGeneratorType")
            || is("collections.abc", "AsyncGenerator")
            || is("collections.abc", "AsyncIterator")
        {
            return Pass::Once;
        }
        if is("collections.abc", "AsyncIterable") {
            return Pass::Unknown;
        }
        let Value::Function(method) = aiter else { return Pass::Unknown };
        if self.module(method.function.file).is_stub() {
            if self.is_marked(method.function, "view") {
                return Pass::Once;
            }
            return match self.result(method, None) {
                // `-> Self`, which says nothing about a subclass of somebody's own that may start again.
                Value::Instance(result) if result.class == instance.class && self.ends_for_good(instance.class) => {
                    Pass::Once
                }
                _ => Pass::Unknown,
            };
        }
        let is_generator = self.with(method.function.file, |facts| facts[method.function.id].is_async_generator());
        if is_generator {
            return Pass::Fresh;
        }
        if self.only_returns_self(method.function) && self.stays_at_its_end(instance.class) {
            return Pass::Once;
        }
        Pass::Unknown
    }

    /// A class that inherits `__aiter__` from a stub ends as its own `__anext__` says.
    fn ends_for_good(&self, class: In<ClassId>) -> bool {
        let own = self.class_member(class, "__anext__");
        own.is_some_and(|(owner, _)| self.module(owner.file).is_stub()) || self.stays_at_its_end(class)
    }

    /// A comment of our stubs stands behind the function's or the class's first line.
    pub(super) fn is_marked(&self, function: In<FunctionId>, mark: &str) -> bool {
        self.with(function.file, |facts| is_marked(facts, facts[function.id].node, mark))
            && !self.module(function.file).library.is_empty()
    }

    pub(super) fn is_class_marked(&self, class: In<ClassId>, mark: &str) -> bool {
        !self.module(class.file).library.is_empty()
            && self.with(class.file, |facts| is_marked(facts, facts[class.id].node, mark))
    }

    /// The iterator has no end of its own, because a stub says so or because the generator's body runs for ever: a loop
    /// over it is left by `break` or by an exception.
    pub fn is_endless(&self, value: &Value) -> bool {
        let members = self.members(value);
        let endless = |member: &Value| {
            let Value::Instance(instance) = member else { return false };
            let by_function = matches!(instance.made, Made::Stub(function) if self.is_marked(function, "endless"));
            let by_class = |class: In<ClassId>| self.is_class_marked(class, "endless");
            let by_body = matches!(instance.made, Made::Calling(function) if self.never_returns(function));
            by_function || by_body || self.bases(instance.class).into_iter().flatten().any(by_class)
        };
        !members.is_empty() && members.iter().all(endless)
    }

    /// The end of the generator function cannot be reached.
    fn never_returns(&self, function: In<FunctionId>) -> bool {
        let is_generator = self.with(function.file, |facts| facts[function.id].is_generator());
        is_generator && self.flow(function).is_some_and(|flow| !flow.0.returns())
    }

    /// The body is `return self` and nothing else that does anything.
    pub fn only_returns_self(&self, function: In<FunctionId>) -> bool {
        self.with(function.file, |facts| {
            let entry = &facts[function.id];
            let Some(first) = entry.params.first() else { return false };
            let mut returns = false;
            for statement in facts.children(entry.body) {
                match facts.syntax(statement) {
                    SyntaxKind::ReturnStatement => {
                        let value = facts.children(statement).next();
                        returns = value.and_then(|value| facts.name(value)) == Some(facts.text(first.name));
                        if !returns {
                            return false;
                        }
                    }
                    SyntaxKind::ExpressionStatement => {
                        let inner = facts.children(statement).next().map(|inner| facts.expression(inner));
                        if !matches!(inner, Some(Expression::Text { .. })) {
                            return false;
                        }
                    }
                    SyntaxKind::PassStatement => {}
                    _ => return false,
                }
            }
            returns && !entry.is_async && entry.decorators.is_empty()
        })
    }

    /// Once `__anext__` has raised StopAsyncIteration it will again: it says so because of state that only it moves, or
    /// because an iterator that it holds is at its end. A source that may fill again (a queue, a socket) is not certain.
    fn stays_at_its_end(&self, class: In<ClassId>) -> bool {
        let Some((owner, bindings)) = self.class_member(class, "__anext__") else { return false };
        let [binding] = bindings[..] else { return false };
        let module = self.module(owner.file);
        let facts = &module.facts;
        let Bind::Function(function) = facts[binding].bind else { return false };
        let entry = &facts[function];
        if !entry.is_async || entry.is_generator() || !entry.decorators.is_empty() || entry.params.len() != 1 {
            return false;
        }
        let own = facts.text(entry.params[0].name);
        let mut stops = 0;
        for id in facts.raises(function.island) {
            let raise = &facts[id];
            if raise.function != Some(function) {
                continue;
            }
            let Some(value) = raise.value else { continue };
            let name = match facts.expression(value) {
                Expression::Call(call) => facts[call].function,
                _ => value,
            };
            if !facts.is_builtin(name, "StopAsyncIteration") {
                continue;
            }
            stops += 1;
            if !self.is_final_stop(facts, raise.node, entry.body, own) {
                return false;
            }
        }
        if stops == 0 {
            return false;
        }
        // The state that decides may be moved by `__init__` and `__anext__` alone.
        facts.stores(function.island).filter(|&id| facts[id].function == Some(function)).all(|id| {
            let name = facts.text(facts[id].name).to_string();
            self.stores(owner.file, &name).into_iter().all(|other| {
                let other = &facts[other];
                let inside = other.function.and_then(|function| facts[function].name).map(|name| facts.text(name));
                matches!(inside, Some("__init__" | "__anext__" | "__post_init__"))
            })
        })
    }

    /// Everything that decides about this `raise` is state of the object itself, and nothing is put back before it.
    fn is_final_stop(&self, facts: &Facts, raise: NodeId, body: NodeId, own: &str) -> bool {
        let mut below = raise;
        for up in facts.ancestors(raise) {
            let before: Vec<NodeId> = match facts.syntax(up) {
                SyntaxKind::Block => facts.children(up).take_while(|&child| child < below).collect(),
                _ => vec![],
            };
            let resets = |statement: NodeId| {
                let stores = facts.stores(statement.island);
                let mut inside = stores.filter(|&id| facts.within(facts[id].node, statement));
                inside.next().is_some()
            };
            if up != body && before.iter().any(|&statement| resets(statement)) {
                return false;
            }
            match facts.syntax(up) {
                _ if up == body => return true,
                SyntaxKind::IfStatement | SyntaxKind::ElifClause | SyntaxKind::WhileStatement => {
                    let condition = facts.child(up, crate::syntax::Field::Condition);
                    if !condition.is_some_and(|condition| self.is_own_state(facts, condition, own)) {
                        return false;
                    }
                }
                // `except StopIteration: raise StopAsyncIteration` round `next(self._it)`.
                SyntaxKind::ExceptClause => {
                    let held = facts.handlers(up.island).find(|&id| facts[id].node == up).is_some_and(|id| {
                        let handler = &facts[id];
                        let caught = handler.catches.is_some_and(|catches| {
                            facts.is_builtin(catches, "StopIteration")
                                || facts.is_builtin(catches, "StopAsyncIteration")
                        });
                        caught && self.steps_own_iterator(facts, handler.of, own)
                    });
                    if !held {
                        return false;
                    }
                }
                SyntaxKind::Block | SyntaxKind::ElseClause | SyntaxKind::TryStatement => {}
                _ => return false,
            }
            below = up;
        }
        false
    }

    /// The condition reads nothing but attributes of the object, literals, comparisons and `len`.
    fn is_own_state(&self, facts: &Facts, condition: NodeId, own: &str) -> bool {
        let tree = facts.tree(condition);
        let mut reads_own = false;
        let pure = tree.subtree(condition.row).all(|row| {
            let node = NodeId { row, ..condition };
            match facts.syntax(node) {
                SyntaxKind::Identifier => {
                    let parent = facts.parent(node);
                    let is_attribute = tree[row].field == crate::syntax::Field::Attribute
                        && parent.is_some_and(|parent| facts.syntax(parent) == SyntaxKind::Attribute);
                    let is_own = facts.node_text(node) == own;
                    reads_own |= is_own;
                    is_attribute || is_own || facts.is_builtin(node, "len")
                }
                SyntaxKind::Call => {
                    let call = facts.call(node).map(|call| facts[call].function);
                    call.is_some_and(|function| facts.is_builtin(function, "len"))
                }
                SyntaxKind::Await | SyntaxKind::Subscript | SyntaxKind::NamedExpression | SyntaxKind::Lambda => false,
                _ => true,
            }
        });
        pure && reads_own && self.asks_no_shared_container(facts, condition)
    }

    /// `not self.items` and `len(self.items)` ask a container. One that came from outside, or that something else
    /// fills, may hold more the next time.
    fn asks_no_shared_container(&self, facts: &Facts, condition: NodeId) -> bool {
        let tree = facts.tree(condition);
        tree.subtree(condition.row).map(|row| NodeId { row, ..condition }).all(|node| {
            let Expression::Attribute { name, .. } = facts.expression(node) else { return true };
            if facts.parent(node).is_some_and(|up| facts.syntax(up) == SyntaxKind::ComparisonOperator) {
                return true;
            }
            let name = facts.text(name);
            let given = |bind: &Bind| match bind {
                Bind::Value { value, .. } => facts.name(*value).is_some(),
                _ => true,
            };
            let file = self.file_of(facts);
            let from_outside = self.stores(file, name).into_iter().any(|store| given(&facts[store].bind));
            let fills = ["append", "appendleft", "extend", "insert", "put", "put_nowait", "add", "push"];
            let filled = facts.source.find_word(name).any(|at| {
                let rest = facts.source.text[at as usize + name.len()..].strip_prefix('.');
                rest.is_some_and(|rest| fills.iter().any(|fill| rest.starts_with(fill)))
            });
            !from_outside && !filled
        })
    }

    /// The `try` block asks an iterator that the object holds, and nothing else, for its next item.
    fn steps_own_iterator(&self, facts: &Facts, try_statement: NodeId, own: &str) -> bool {
        let Some(block) = facts.child(try_statement, crate::syntax::Field::Body) else { return false };
        let mut steps =
            facts.calls(block.island).filter(|&id| facts.within(facts[id].node, block)).map(|id| &facts[id]);
        let Some(only) = steps.next() else { return false };
        let of_own = only.arguments.first().is_some_and(|argument| match facts.expression(argument.value) {
            Expression::Attribute { object, .. } => facts.name(object) == Some(own),
            _ => false,
        });
        let builtin = facts.is_builtin(only.function, "next") || facts.is_builtin(only.function, "anext");
        steps.next().is_none() && builtin && of_own && only.arguments.len() == 1
    }

    /// What `aiter(x)` gives.
    pub fn async_iterator(&self, value: &Value) -> Value {
        match self.special(value, "__aiter__") {
            Lookup::Found(method) => {
                let Value::Instance(instance) = value else { return Value::Unknown };
                // An iterator that gives itself stays what it is.
                let is_view = matches!(&method, Value::Function(method) if self.is_marked(method.function, "view"));
                if !is_view && self.pass(instance, &method) == Pass::Once {
                    return value.clone();
                }
                self.called(&method, None)
            }
            Lookup::Missing | Lookup::Unknown => Value::Unknown,
        }
    }

    /// What `iter(x)` gives.
    pub(super) fn sync_iterator(&self, value: &Value) -> Value {
        // Certainly an iterator, and nobody knows what else it can do.
        let some = |item: Value| self.library_of("builtins", "_Iterator", vec![item], Made::Given);
        let (Value::Instance(instance), Lookup::Found(method)) = (value, self.special(value, "__iter__")) else {
            return some(Value::Unknown);
        };
        let of = self.module(instance.class.file);
        if !of.is_stub() {
            return match self.called(&method, None) {
                Value::Unknown => some(Value::Unknown),
                iterator => iterator,
            };
        }
        // An iterator gives itself; a container of the language, an iterator that can do nothing else.
        if self.has(value, "__next__").is_yes() {
            return value.clone();
        }
        match of.library {
            "builtins" => self.library_of("collections.abc", "Iterator", vec![self.item(value)], Made::Given),
            _ => some(self.item(value)),
        }
    }

    /// What an `async for` loop's target gets.
    pub fn async_item(&self, value: &Value) -> Value {
        self.each(value, |value| {
            let Value::Instance(instance) = value else { return Value::Unknown };
            if self.is_library_class(instance.class, "types", "AsyncGeneratorType") {
                return match (instance.made, instance.args.first()) {
                    (Made::Calling(function), None) => self.yielded(function),
                    (_, Some(item)) => item.clone(),
                    _ => Value::Unknown,
                };
            }
            let step = |iterator: &Value| match self.special(iterator, "__anext__") {
                Lookup::Found(next) => match self.awaits(&self.called(&next, None)) {
                    Answer::Yes(item) => item,
                    _ => Value::Unknown,
                },
                _ => Value::Unknown,
            };
            match self.async_iterator(value) {
                // Its own iterator, or another one: one step deep is enough.
                Value::Unknown | Value::Never => Value::Unknown,
                iterator if iterator == *value => step(&iterator),
                Value::Instance(inner) if self.is_library_class(inner.class, "types", "AsyncGeneratorType") => {
                    match inner.made {
                        Made::Calling(function) => self.yielded(function),
                        _ => inner.args.first().cloned().unwrap_or(Value::Unknown),
                    }
                }
                iterator => step(&iterator),
            }
        })
    }

    pub fn enters(&self, value: &Value) -> Answer<Value> {
        self.entered(value, "__aenter__", true)
    }

    pub fn sync_enters(&self, value: &Value) -> Answer<Value> {
        self.entered(value, "__enter__", false)
    }

    fn entered(&self, value: &Value, method: &str, is_async: bool) -> Answer<Value> {
        let joined = self.has(value, method);
        match joined {
            Answer::No => Answer::No,
            Answer::Unknown => Answer::Unknown,
            Answer::Yes(()) => Answer::Yes(self.each(value, |value| match self.special(value, method) {
                Lookup::Found(enter) => {
                    let result = self.called(&enter, None);
                    match is_async {
                        true => match self.awaits(&result) {
                            Answer::Yes(entered) => self.entered_self(value, entered),
                            _ => Value::Unknown,
                        },
                        false => result,
                    }
                }
                _ => Value::Unknown,
            })),
        }
    }

    /// A value under a name, for rules that ask about one attribute.
    pub fn has_attribute(&self, value: &Value, name: &str) -> Answer {
        self.answer(value, |member| match self.attribute(member, name) {
            _ if self.is_said_to_lack(member, name) => Answer::No,
            Lookup::Found(_) => Answer::Yes(()),
            Lookup::Missing => Answer::No,
            Lookup::Unknown => Answer::Unknown,
        })
    }

    /// `aclose = None` in a stub says that there is none, whatever else the class has.
    pub fn is_said_to_lack(&self, value: &Value, name: &str) -> bool {
        let Value::Instance(instance) = value else { return false };
        !self.module(instance.class.file).library.is_empty()
            && self.member_of(instance.class, name).found().is_some_and(|member| member == self.none())
    }

    /// The value is an async generator object: made by calling an async generator function, or by an expression.
    pub fn is_async_generator(&self, value: &Value) -> bool {
        let members = self.asked(value);
        !members.is_empty()
            && members.iter().all(|member| match member {
                Value::Instance(instance) => self.is_library_class(instance.class, "types", "AsyncGeneratorType"),
                _ => false,
            })
    }

    /// The call hands the argument to a function of the project that goes through all of it before it returns.
    pub fn drains_argument(&self, call: In<crate::facts::CallId>, position: usize) -> bool {
        let module = self.module(call.file);
        let facts = &module.facts;
        let entry = &facts[call.id];
        let Value::Function(callable) = self.value(In { file: call.file, id: entry.function }) else { return false };
        if callable.form != Form::Plain || entry.arguments.get(position).is_none_or(|argument| argument.name.is_some())
        {
            return false;
        }
        let of = self.module(callable.function.file);
        let function = &of.facts[callable.function.id];
        let index = position + callable.receiver.is_some() as usize;
        if !function.is_async || function.is_generator() || function.is_damaged || index >= function.params.len() {
            return false;
        }
        // The plain case: a loop over the parameter that stands in the body itself and is never left early.
        let loops = of.facts.loops(callable.function.id.island);
        loops.filter(|&id| of.facts[id].is_async && of.facts[id].function == Some(callable.function.id)).any(|id| {
            let this = &of.facts[id];
            let name = of.facts.text(function.params[index].name);
            let statement = of.facts.statement(this.node);
            let is_param = of.facts.name(this.iterable) == Some(name)
                && of.facts.meaning(of.facts.bare(this.iterable))
                    == crate::facts::Meaning::Bound(function.scope, of.facts.named_in(name, function.scope));
            let in_body = of.facts.parent(statement).is_some_and(|block| block == function.body);
            let single = of.facts.named_in(name, function.scope).len() == 1;
            let first = of
                .facts
                .children(function.body)
                .take_while(|&before| before != statement)
                .all(|before| matches!(of.facts.syntax(before), SyntaxKind::ExpressionStatement));
            is_param && single && in_body && first && !of.facts.is_left_early(id)
        })
    }

    /// The value is a coroutine object.
    pub fn is_coroutine(&self, value: &Value) -> bool {
        let members = self.asked(value);
        !members.is_empty()
            && members.iter().all(|member| match member {
                Value::Instance(instance) => {
                    self.is_library_class(instance.class, "types", "CoroutineType")
                        || self.is_library_class(instance.class, "collections.abc", "Coroutine")
                        || self.is_library_class(instance.class, "collections.abc", "_Step")
                }
                _ => false,
            })
    }

    /// A function whose call gives an async generator.
    pub fn is_async_generator_function(&self, value: &Value) -> bool {
        match value {
            Value::Function(callable) if matches!(callable.form, Form::Plain | Form::Static | Form::Class) => {
                self.with(callable.function.file, |facts| facts[callable.function.id].is_async_generator())
            }
            _ => false,
        }
    }

    /// `async def __aenter__(self): return self` gives the very object, whichever base has the method; the `self` of
    /// another class, which some manager yields, stays what it is.
    fn entered_self(&self, manager: &Value, entered: Value) -> Value {
        match (&entered, manager) {
            (Value::Instance(instance), Value::Instance(own))
                if instance.made == Made::Receiver && self.bases(own.class).contains(&Some(instance.class)) =>
            {
                manager.clone()
            }
            _ => entered,
        }
    }

    /// An instance of the class, as its own methods see it.
    pub fn instance_of(&self, class: In<ClassId>) -> Value {
        Value::Instance(Rc::new(Instance { class, args: [].into(), made: Made::Receiver }))
    }
}

/// `# mark` stands at the end of the definition's first line, perhaps among others.
fn is_marked(facts: &Facts, definition: NodeId, mark: &str) -> bool {
    let line = facts.source.lines().line(facts.span(definition).start);
    let line = facts.text(facts.source.lines().span(&facts.source.text, line));
    line.rsplit_once("  # ").is_some_and(|(_, comment)| comment.split(", ").any(|one| one == mark))
}
