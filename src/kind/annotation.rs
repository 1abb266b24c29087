//! The value that a written annotation promises.
//!
//! Annotations are read as text by a small grammar of their own (names, `X[…]`, `X | Y`), so that a quoted annotation
//! is no special case; whatever else stands there is Unknown. Names are looked up where the annotation stands.

use std::rc::Rc;

use super::*;
use crate::facts::{Bind, Expression, Meaning, ScopeId};

/// An annotation as it is written.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Written {
    /// A dotted name and what stands in brackets behind it.
    Name(Vec<String>, Vec<Written>),
    Or(Vec<Written>),
    /// `[A, B]` as an argument, literals, `...` and whatever else says nothing about what the value can do.
    Other,
}

/// What the names of type variables, and `Self`, stand for.
#[derive(Clone, Default)]
pub(super) struct Environment {
    pub receiver: Option<Value>,
    pub variables: Vec<(String, Value)>,
}

/// How many aliases may lead to one another.
const LONGEST_ALIAS: u32 = 10;

impl Kinds<'_> {
    pub fn promised(&self, at: In<NodeId>) -> Value {
        self.promised_in(at, &Environment::default())
    }

    pub(super) fn promised_in(&self, at: In<NodeId>, environment: &Environment) -> Value {
        self.ask_anew(Question::Promise(at), || {
            self.with(at.file, |facts| {
                let written = read(facts.node_text(at.id));
                self.evaluate(at.file, facts.scope(at.id), &written, environment, 0)
            })
        })
    }

    pub(super) fn evaluate(
        &self,
        file: FileId,
        scope: ScopeId,
        written: &Written,
        environment: &Environment,
        depth: u32,
    ) -> Value {
        if depth > LONGEST_ALIAS {
            return Value::Unknown;
        }
        let inner = |written: &Written| self.evaluate(file, scope, written, environment, depth + 1);
        let (name, args) = match written {
            Written::Or(parts) => return self.one_of(parts.iter().map(inner)),
            Written::Other => return Value::Unknown,
            Written::Name(name, args) => (name, args),
        };
        if let [single] = &name[..]
            && let Some((_, value)) = environment.variables.iter().find(|(variable, _)| variable == single)
        {
            return value.clone();
        }
        if name.len() == 1 && name[0] == "None" {
            return self.none();
        }
        if let Some(form) = self.special_form(file, scope, name) {
            return match (form.as_str(), &args[..]) {
                ("Optional", [of]) => self.either(inner(of), self.none()),
                ("Union", parts) if !parts.is_empty() => self.one_of(parts.iter().map(inner)),
                ("Annotated" | "Final" | "ClassVar" | "Required" | "NotRequired" | "ReadOnly", [of, ..]) => inner(of),
                ("Type", [of]) => self.class_of_promised(&inner(of)),
                ("NoReturn" | "Never", _) => Value::Never,
                ("LiteralString", _) => self.builtin("str"),
                ("Self", _) => match &environment.receiver {
                    Some(receiver) => receiver.clone(),
                    None => self.self_type(file, scope),
                },
                // Any, object, Callable, Literal, TypeGuard, …
                _ => Value::Unknown,
            };
        }
        let Some(value) = self.written_value(file, scope, name, environment, depth) else { return Value::Unknown };
        match value {
            Value::Class(class) if self.is_builtin_class(class.class, "object") => Value::Unknown,
            Value::Class(class) if self.is_builtin_class(class.class, "type") => match &args[..] {
                [of] => self.class_of_promised(&inner(of)),
                _ => Value::Unknown,
            },
            Value::Class(class) => {
                let args: Rc<[Value]> =
                    if args.is_empty() { class.args.clone() } else { args.iter().map(inner).collect() };
                Value::Instance(Rc::new(Instance { class: class.class, args, made: Made::Promised }))
            }
            // An alias was evaluated to the value it promises.
            Value::Instance(_) | Value::Union(_) => value,
            _ => Value::Unknown,
        }
    }

    /// `Optional`, `Any` and the like, under whatever name they were imported.
    fn special_form(&self, file: FileId, scope: ScopeId, name: &[String]) -> Option<String> {
        let module = self.module(file);
        let facts = &module.facts;
        let from_typing = |module: &str| matches!(module, "typing" | "typing_extensions");
        let bindings = match facts.lookup(&name[0], scope) {
            Meaning::Bound(_, bindings) => bindings,
            _ => return None,
        };
        let imported = bindings.into_iter().find_map(|binding| match facts[binding].bind {
            Bind::Import(import) => Some(import),
            _ => None,
        })?;
        let import = &facts[imported];
        let form = match (name, &import.name) {
            ([_], Some(form)) if from_typing(&import.module) => form.clone(),
            ([_, form], None) if from_typing(&import.module) => form.clone(),
            _ => return None,
        };
        // What our stub of `typing` defines is a class like any other.
        let defined = crate::project::library::module("typing")
            .is_some_and(|typing| !typing.facts.module_bindings(&form).is_empty());
        (!defined).then_some(form)
    }

    /// The class, or what the alias promises, that a dotted name in an annotation means.
    fn written_value(
        &self,
        file: FileId,
        scope: ScopeId,
        name: &[String],
        environment: &Environment,
        depth: u32,
    ) -> Option<Value> {
        let module = self.module(file);
        let facts = &module.facts;
        let mut value = match facts.lookup(&name[0], scope) {
            Meaning::Builtin => self.export(self.file(crate::project::library::module("builtins")?), &name[0])?,
            Meaning::Unknown => return None,
            Meaning::Bound(_, bindings) => {
                let values = bindings.into_iter().map(|binding| {
                    // `Rows = AsyncIterator[Row]` is read as an annotation of its own.
                    let alias = match &facts[binding].bind {
                        Bind::Value { value, .. } => Some(*value),
                        Bind::Alias(value) => Some(*value),
                        _ => None,
                    };
                    match alias.filter(|_| name.len() == 1) {
                        Some(alias) if matches!(facts.expression(alias), Expression::Call(_)) => Value::Unknown,
                        Some(alias) => {
                            let written = read(facts.node_text(alias));
                            self.evaluate(file, facts.scope(alias), &written, environment, depth + 1)
                        }
                        None => self.binding(In { file, id: binding }),
                    }
                });
                self.one_of(values.collect::<Vec<_>>())
            }
        };
        for part in &name[1..] {
            value = match self.attribute(&value, part) {
                Lookup::Found(value) => value,
                Lookup::Missing | Lookup::Unknown => return None,
            };
        }
        Some(value)
    }

    fn class_of_promised(&self, value: &Value) -> Value {
        match value {
            Value::Instance(instance) => {
                Value::Class(Rc::new(ClassValue { class: instance.class, args: instance.args.clone() }))
            }
            _ => Value::Unknown,
        }
    }

    /// The class in whose body, or in whose method, the scope lies.
    fn self_type(&self, file: FileId, scope: ScopeId) -> Value {
        self.with(file, |facts| {
            let mut scope = Some(facts.canonical(scope));
            while let Some(id) = scope.filter(|&id| !facts.is_module_scope(id)) {
                if let Some(class) = facts[id].class {
                    let class = In { file, id: class };
                    return Value::Instance(Rc::new(Instance { class, args: [].into(), made: Made::Promised }));
                }
                scope = facts[id].outer.map(|outer| facts.canonical(outer));
            }
            Value::Unknown
        })
    }

    /// What the type variables of an annotation stand for, given the value that fills it.
    pub(super) fn bind_variables(&self, written: &Written, value: &Value, variables: &mut Vec<(String, Value)>) {
        let Written::Name(name, args) = written else { return };
        let Some(last) = name.last() else { return };
        match &args[..] {
            [] => {
                let known = variables.iter().any(|(variable, _)| variable == last);
                if !known && name.len() == 1 {
                    variables.push((last.clone(), value.clone()));
                }
            }
            args => {
                let part = match last.as_str() {
                    "Awaitable" | "Future" | "Task" | "Coroutine" => match self.awaits(value) {
                        Answer::Yes(result) => args.last().map(|arg| (arg, result)),
                        _ => None,
                    },
                    "Callable" => args.last().map(|arg| (arg, self.called(value, None))),
                    "Iterable" | "Iterator" | "Generator" => args.first().map(|arg| (arg, self.item(value))),
                    "AsyncIterable" | "AsyncIterator" | "AsyncGenerator" => {
                        args.first().map(|arg| (arg, self.async_item(value)))
                    }
                    "AbstractAsyncContextManager" => match self.enters(value) {
                        Answer::Yes(entered) => args.first().map(|arg| (arg, entered)),
                        _ => None,
                    },
                    _ => None,
                };
                if let Some((arg, part)) = part {
                    self.bind_variables(arg, &part, variables);
                }
            }
        }
    }
}

/// Reads an annotation. Quotes are looked through; what the small grammar does not know is `Other`.
pub(super) fn read(text: &str) -> Written {
    let mut reader = Reader { rest: text, depth: 0 };
    let written = reader.or();
    if reader.rest.trim_start().is_empty() { written } else { Written::Other }
}

struct Reader<'a> {
    rest: &'a str,
    depth: u32,
}

impl Reader<'_> {
    fn next(&mut self, expected: char) -> bool {
        self.rest = self.rest.trim_start();
        match self.rest.strip_prefix(expected) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn or(&mut self) -> Written {
        let mut parts = vec![self.one()];
        while self.next('|') {
            parts.push(self.one());
        }
        match parts.len() {
            1 => parts.remove(0),
            _ => Written::Or(parts),
        }
    }

    fn one(&mut self) -> Written {
        self.depth += 1;
        if self.depth > 100 {
            self.rest = "";
            return Written::Other;
        }
        let written = self.one_inside();
        self.depth -= 1;
        written
    }

    fn one_inside(&mut self) -> Written {
        self.rest = self.rest.trim_start();
        for quote in ['"', '\''] {
            if self.next(quote) {
                let Some((inside, rest)) = self.rest.split_once(quote) else { return Written::Other };
                self.rest = rest;
                return read(inside);
            }
        }
        if self.next('(') {
            let inside = self.or();
            self.next(')');
            return inside;
        }
        if self.next('[') {
            self.list();
            return Written::Other;
        }
        let mut name = Vec::new();
        loop {
            let end = self.rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(self.rest.len());
            let (part, rest) = self.rest.split_at(end);
            if part.is_empty() || part.starts_with(|c: char| c.is_ascii_digit()) {
                // A number, `...` or an operator: skipped up to where the next argument or the end may be.
                let end = self.rest.find([',', ']', ')', '|']).unwrap_or(self.rest.len());
                self.rest = &self.rest[end..];
                return Written::Other;
            }
            name.push(part.to_string());
            self.rest = rest;
            if !self.next('.') {
                break;
            }
            self.rest = self.rest.trim_start();
        }
        let args = if self.next('[') { self.list() } else { Vec::new() };
        Written::Name(name, args)
    }

    fn list(&mut self) -> Vec<Written> {
        let mut args = Vec::new();
        while !self.next(']') && !self.rest.is_empty() {
            let before = self.rest.len();
            args.push(self.or());
            self.next(',');
            if self.rest.len() == before {
                // Nothing was read: not an annotation at all.
                self.rest = "";
            }
        }
        args
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(written: &Written) -> String {
        match written {
            Written::Name(name, args) if args.is_empty() => name.join("."),
            Written::Name(name, args) => {
                let args: Vec<_> = args.iter().map(show).collect();
                format!("{}[{}]", name.join("."), args.join(", "))
            }
            Written::Or(parts) => parts.iter().map(show).collect::<Vec<_>>().join(" | "),
            Written::Other => "?".to_string(),
        }
    }

    fn check(text: &str, expected: &str) {
        assert_eq!(show(&read(text)), expected, "{text}");
    }

    #[test]
    fn annotations_are_read_as_written() {
        check("int", "int");
        check("t.AsyncIterator[ 'Row' ]", "t.AsyncIterator[Row]");
        check("\"dict[str, list[int]] | None\"", "dict[str, list[int]] | None");
        check("Callable[[int, str], Awaitable[None]]", "Callable[?, Awaitable[None]]");
        check("Literal[1, 'a', -2]", "Literal[?, a, ?]");
        check("tuple[int, ...]", "tuple[int, ?]");
        check("(A | B)", "A | B");
        check("A if x else B", "?");
        check("", "?");
        check("A[", "A");
    }
}
