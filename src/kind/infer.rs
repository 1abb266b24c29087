//! The value of an expression.

use std::rc::Rc;

use super::*;
use crate::facts::{Expression, LoopForm};
use crate::syntax::{Field, SyntaxKind};

impl Kinds<'_> {
    pub(super) fn infer(&self, at: In<NodeId>) -> Value {
        let module = self.module(at.file);
        let facts = &module.facts;
        let node = facts.bare(at.id);
        let value = |id: NodeId| self.value(In { file: at.file, id });
        match facts.expression(node) {
            Expression::Name(_) => self.name(In { file: at.file, id: node }),
            Expression::Attribute { object, name } => match self.attribute(&value(object), facts.text(name)) {
                Lookup::Found(_) if self.keeps_passed(at) && self.tells_apart(at) => Value::Unknown,
                Lookup::Found(value) => value,
                Lookup::Missing | Lookup::Unknown => Value::Unknown,
            },
            Expression::Call(call) => self.call(In { file: at.file, id: call }),
            Expression::Await(inner) => match self.awaits(&value(inner)) {
                Answer::Yes(result) => result,
                Answer::No | Answer::Unknown => Value::Unknown,
            },
            Expression::Lambda(function) => self.function_value(In { file: at.file, id: function }),
            Expression::Subscript { object, index } => self.subscript(In { file: at.file, id: object }, index),
            Expression::Walrus { value: inner, .. } => value(inner),
            Expression::Conditional { then, test, otherwise } => self
                .stands_in(at.file, test, [then, otherwise])
                .unwrap_or_else(|| self.either(value(then), value(otherwise))),
            Expression::Boolean { left, is_and: false, right } => self.one_or_other(at.file, left, right),
            // Either side may be the result: the left one when it decides.
            Expression::Boolean { left, right, .. } => self.either(value(left), value(right)),
            Expression::Not(_) => self.builtin("bool"),
            Expression::List => self.display("list", at.file, node),
            Expression::Set => self.display("set", at.file, node),
            Expression::Tuple => {
                let starred = facts.elements(node).any(|element| facts.is_starred(element));
                let elements: Vec<Value> = facts.elements(node).map(value).collect();
                let args = if starred { vec![] } else { elements };
                self.builtin_of("tuple", args, Made::Here(In { file: at.file, id: node }))
            }
            Expression::Dict => {
                let at = In { file: at.file, id: node };
                self.dict_of(at, self.held_by_dict(at))
            }
            Expression::Comprehension(kind) => self.comprehension(In { file: at.file, id: node }, kind),
            Expression::Text { is_bytes } => self.builtin(if is_bytes { "bytes" } else { "str" }),
            Expression::Number => {
                let text = facts.node_text(node);
                let is_hex = text.starts_with("0x") || text.starts_with("0X");
                self.builtin(match facts.syntax(node) {
                    _ if !is_hex && text.ends_with(['j', 'J']) => "complex",
                    SyntaxKind::Float => "float",
                    _ => "int",
                })
            }
            Expression::Bool(_) => self.builtin("bool"),
            Expression::None => self.none(),
            // What an operator gives depends on classes that may say anything; text and number operators are certain.
            Expression::Operator { left, right, .. } => {
                let (left, right) = (value(left), value(right));
                let plain = ["int", "str", "bytes", "list"].map(|name| self.builtin(name));
                if left == right && plain.contains(&left) { left } else { Value::Unknown }
            }
            _ => Value::Unknown,
        }
    }

    fn display(&self, class: &'static str, file: FileId, node: NodeId) -> Value {
        let module = self.module(file);
        let facts = &module.facts;
        let elements: Vec<NodeId> = facts.elements(node).collect();
        let starred = elements.iter().any(|&element| facts.is_starred(element));
        let item = match elements.is_empty() {
            _ if starred || elements.len() > 20 => Value::Unknown,
            // What it is made for is put in later.
            true => match self.held(In { file, id: node }, Vec::new()) {
                Value::Never => Value::Unknown,
                held => held,
            },
            false => self.one_of(elements.into_iter().map(|id| self.value(In { file, id }))),
        };
        self.builtin_of(class, vec![item], Made::Here(In { file, id: node }))
    }

    fn dict_of(&self, at: In<NodeId>, held: Value) -> Value {
        let args = match held {
            Value::Unknown | Value::Never => vec![],
            held => vec![Value::Unknown, held],
        };
        self.builtin_of("dict", args, Made::Here(at))
    }

    fn comprehension(&self, at: In<NodeId>, kind: SyntaxKind) -> Value {
        let module = self.module(at.file);
        let facts = &module.facts;
        let body = facts.child(at.id, Field::Body);
        let item = |this: &Self| match body {
            Some(id) if kind != SyntaxKind::DictionaryComprehension => this.value(In { file: at.file, id }),
            _ => Value::Unknown,
        };
        match kind {
            SyntaxKind::ListComprehension => self.builtin_of("list", vec![item(self)], Made::Here(at)),
            SyntaxKind::SetComprehension => self.builtin_of("set", vec![item(self)], Made::Here(at)),
            SyntaxKind::DictionaryComprehension => {
                let pair = body.and_then(|body| facts.child(body, Field::Value));
                self.dict_of(at, pair.map_or(Value::Unknown, |pair| self.held(at, vec![pair])))
            }
            _ if self.is_async_generator_expression(at) => {
                self.library_of("types", "AsyncGeneratorType", vec![item(self), self.none()], Made::Here(at))
            }
            _ => self.library_of("types", "GeneratorType", vec![item(self)], Made::Here(at)),
        }
    }

    /// A generator expression is async when it holds `async for` anywhere, or `await` anywhere but in its leftmost
    /// iterable; an async comprehension inside counts as an `await`.
    pub fn is_async_generator_expression(&self, at: In<NodeId>) -> bool {
        self.with(at.file, |facts| {
            let mut leftmost = None;
            for id in facts.loops(at.id.island) {
                let this = &facts[id];
                if let LoopForm::Clause { of, number } = this.form
                    && of == at.id
                {
                    if this.is_async {
                        return true;
                    }
                    if number == 0 {
                        leftmost = Some(this.iterable);
                    }
                }
            }
            let counts = |node: NodeId| {
                let outside = leftmost.is_none_or(|leftmost| !facts.within(node, leftmost));
                facts.within(node, at.id) && outside && self.runs_in(facts, node, at.id)
            };
            let awaits = facts.awaits(at.id.island).any(|id| counts(facts[id].node));
            let async_inside = facts.loops(at.id.island).any(|id| {
                let this = &facts[id];
                this.is_async
                    && matches!(this.form, LoopForm::Clause { of, .. }
                        if of != at.id && facts.syntax(of) != SyntaxKind::GeneratorExpression)
                    && counts(this.node)
            });
            awaits || async_inside
        })
    }

    /// The node's code runs when the outer expression runs: no lambda, and no other generator expression but its
    /// leftmost iterable, lies between.
    fn runs_in(&self, facts: &Facts, node: NodeId, outer: NodeId) -> bool {
        let mut below = node;
        for up in facts.ancestors(node) {
            if up == outer {
                return true;
            }
            match facts.syntax(up) {
                SyntaxKind::Lambda | SyntaxKind::FunctionDefinition => return false,
                SyntaxKind::GeneratorExpression => {
                    let clause = facts.children(up).find(|&child| facts.syntax(child) == SyntaxKind::ForInClause);
                    let leftmost = clause.and_then(|clause| facts.child(clause, Field::Right));
                    let in_leftmost = leftmost.is_some_and(|leftmost| facts.within(node, leftmost));
                    if !in_leftmost || Some(below) != clause {
                        return false;
                    }
                }
                _ => {}
            }
            below = up;
        }
        false
    }

    fn subscript(&self, of: In<NodeId>, index: Option<NodeId>) -> Value {
        let (file, object) = (of.file, &self.value(of));
        let is_slice = || index.is_some_and(|index| self.with(file, |facts| facts.syntax(index) == SyntaxKind::Slice));
        self.each(object, |object| match object {
            // `list[int]` is still the class.
            Value::Class(_) => object.clone(),
            Value::Instance(instance)
                if self.is_builtin_class(instance.class, "tuple")
                    || self.is_library_class(instance.class, "asyncio", "_Results") && self.is_only_read(of) =>
            {
                let literal = index.and_then(|index| {
                    self.with(file, |facts| facts.node_text(facts.bare(index)).parse::<usize>().ok())
                });
                literal.and_then(|index| instance.args.get(index).cloned()).unwrap_or(Value::Unknown)
            }
            Value::Instance(instance) if self.is_builtin_class(instance.class, "list") => {
                // A slice is a list again; an element is what the list holds.
                match (is_slice(), instance.args.first()) {
                    (true, _) => object.clone(),
                    (false, Some(item)) if instance.made == Made::Promised => item.clone(),
                    (false, Some(item)) => match instance.made {
                        Made::Here(made) if *item != Value::Unknown => self.taken_out_of_list(of, made),
                        // What is put into a list later is not known.
                        _ => Value::Unknown,
                    },
                    _ => Value::Unknown,
                }
            }
            Value::Instance(instance)
                if self.is_builtin_class(instance.class, "dict") && matches!(instance.made, Made::Here(_)) =>
            {
                self.taken_out(of, instance)
            }
            // A class of somebody's own says itself what it gives, and an annotation what a container holds: of a slice
            // that is a container again.
            Value::Instance(instance)
                if self.module(instance.class.file).library.is_empty()
                    || instance.made == Made::Promised && !is_slice() =>
            {
                match self.special(object, "__getitem__") {
                    Lookup::Found(method) => self.called(&method, None),
                    Lookup::Missing | Lookup::Unknown => Value::Unknown,
                }
            }
            _ => Value::Unknown,
        })
    }

    pub fn none(&self) -> Value {
        self.builtin("NoneType")
    }

    /// An instance of a builtin class.
    pub fn builtin(&self, class: &str) -> Value {
        self.builtin_of(class, vec![], Made::Given)
    }

    pub(super) fn builtin_of(&self, class: &str, args: Vec<Value>, made: Made) -> Value {
        self.library_of("builtins", class, args, made)
    }

    /// An instance of a class that one of our stubs describes.
    pub(super) fn library_of(&self, module: &str, class: &str, args: Vec<Value>, made: Made) -> Value {
        match self.library_class(module, class) {
            Some(class) => Value::Instance(Rc::new(Instance { class, args: args.into(), made })),
            None => Value::Unknown,
        }
    }

    pub(super) fn library_class(&self, module: &str, class: &str) -> Option<In<ClassId>> {
        let key = (module.to_string(), class.to_string());
        if let Some(found) = self.library_classes.borrow().get(&key) {
            return *found;
        }
        let found = crate::project::library::module(module).and_then(|module| {
            let file = self.file(module);
            self.with(file, |facts| {
                let binding = *facts.module_bindings(class).first()?;
                match facts[binding].bind {
                    crate::facts::Bind::Class(id) => Some(In { file, id }),
                    _ => None,
                }
            })
        });
        self.library_classes.borrow_mut().insert(key, found);
        found
    }

    pub(super) fn is_builtin_class(&self, class: In<ClassId>, name: &str) -> bool {
        self.is_library_class(class, "builtins", name)
    }

    /// The value is the builtin class of that name itself.
    pub fn is_builtin_named(&self, value: &Value, name: &str) -> bool {
        matches!(value, Value::Class(class) if self.is_builtin_class(class.class, name))
    }

    pub(super) fn is_library_class(&self, class: In<ClassId>, module: &str, name: &str) -> bool {
        let of = self.module(class.file);
        of.library == module && of.facts.text(of.facts[class.id].name) == name
    }

    /// The dotted name of a function or class that one of our stubs describes: `contextlib.aclosing`.
    pub fn library_name(&self, value: &Value) -> Option<String> {
        let (file, name) = match value {
            Value::Function(callable) => {
                let file = callable.function.file;
                (
                    file,
                    self.with(file, |facts| facts[callable.function.id].name.map(|name| facts.text(name).to_string()))?,
                )
            }
            Value::Class(class) => (class.class.file, self.class_name(class.class)),
            _ => return None,
        };
        let module = self.module(file);
        (!module.library.is_empty()).then(|| format!("{}.{name}", module.library))
    }
}
