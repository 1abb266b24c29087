//! The value of a name: what all the bindings that may reach it agree on.

use super::*;
use crate::facts::{Bind, BindingId, Expression, ImportId, Meaning, ParamKind, Path, ScopeId};
use crate::syntax::SyntaxKind;

/// What the star imports of a module say about a name.
struct Starred {
    found: Option<Value>,
    /// Nothing is left that might bring the name.
    all_read: bool,
}

/// How many modules are asked for a name that a star import may bring.
const MOST_STARRED: usize = 400;

/// What a definition is among others of the same name.
enum Role {
    Whole,
    /// `@typing.overload`
    Overload,
    /// `@value.setter`, `@value.deleter`: the getter stays what reading gives.
    Accessor,
}

impl Kinds<'_> {
    pub(super) fn name(&self, at: In<NodeId>) -> Value {
        let module = self.module(at.file);
        let facts = &module.facts;
        let name = facts.node_text(at.id);
        match facts.meaning(at.id) {
            Meaning::Builtin => self.builtin_name(name),
            Meaning::Unknown if facts.is_rebound_globally(name) => Value::Unknown,
            Meaning::Unknown => {
                let starred = self.starred(at.file, name, &mut vec![at.file]);
                match starred.found {
                    Some(value) => value,
                    // Every star is read and none of them binds the name.
                    None if starred.all_read => self.builtin_name(name),
                    None => Value::Unknown,
                }
            }
            // Some function rebinds it, and nobody can tell when that runs.
            Meaning::Bound(scope, _) if facts.is_module_scope(scope) && facts.is_rebound_globally(name) => {
                Value::Unknown
            }
            Meaning::Bound(scope, _) if !facts.is_module_scope(scope) && facts.is_rebound_nonlocally(name, scope) => {
                Value::Unknown
            }
            Meaning::Bound(scope, bindings) => {
                let reaching = self.filled(at.file, self.reaching(at, scope, bindings));
                let reaching = reaching.into_iter().map(|id| In { file: at.file, id });
                let reaching: Vec<In<BindingId>> = reaching.collect();
                let value = self.one_of(reaching.iter().map(|&binding| self.binding(binding)));
                let is_passed = || reaching.iter().any(|&binding| self.is_passed(binding));
                if value != Value::Unknown && at.file == HERE && is_passed() && self.tells_apart(at) {
                    return Value::Unknown;
                }
                // A variable of the module that is only ever seen as None gets its value somewhere else.
                if facts.is_module_scope(scope) && facts.function(at.id).is_some() && value == self.none() {
                    return Value::Unknown;
                }
                self.narrowed(at, value)
            }
        }
    }

    /// The bindings that may give the name at an identifier its meaning; none when that is not known.
    pub fn bindings_at(&self, at: In<NodeId>) -> Vec<BindingId> {
        let module = self.module(at.file);
        match module.facts.meaning(at.id) {
            Meaning::Bound(scope, bindings) => self.reaching(at, scope, bindings),
            Meaning::Builtin | Meaning::Unknown => Vec::new(),
        }
    }

    /// Every place in the file that is checked where a variable is read while it holds what it gets at this name. None
    /// when another function may read it too, or when it may hold something else at one of those places.
    pub fn reads_alone(&self, name: NodeId) -> Option<Vec<NodeId>> {
        let module = self.module(HERE);
        let facts = &module.facts;
        let function = facts.function(name)?;
        let binding = facts.bindings(name.island).find(|&id| facts[id].node == name)?;
        let scope = facts[binding].scope;
        // A name of the module or of a class can be read from anywhere.
        if facts.function_of_scope(scope) != Some(function)
            || facts.is_rebound_nonlocally(facts.text(facts[binding].name), scope)
        {
            return None;
        }
        let mut reads = Vec::new();
        for read in facts.reads(binding) {
            if facts.function(read) != Some(function) {
                return None;
            }
            let reaching = self.bindings_at(here(read));
            if reaching.contains(&binding) {
                reads.push(read);
                // After an `if`, it may be another one.
                if reaching.len() > 1 {
                    return None;
                }
            }
        }
        Some(reads)
    }

    fn builtin_name(&self, name: &str) -> Value {
        match crate::project::library::module("builtins") {
            Some(builtins) => {
                let file = self.file(builtins);
                self.export(file, name).unwrap_or(Value::Unknown)
            }
            None => Value::Unknown,
        }
    }

    /// The bindings that may hold at the place where the name is used.
    pub(super) fn reaching(&self, at: In<NodeId>, scope: ScopeId, bindings: Vec<BindingId>) -> Vec<BindingId> {
        let module = self.module(at.file);
        let facts = &module.facts;
        let bindings: Vec<BindingId> = bindings
            .into_iter()
            .filter(|&id| !matches!(facts[id].bind, Bind::Declared(_)) || self.is_class_scope(facts, id))
            .collect();
        if facts.is_module_scope(scope) {
            return self.last_of_module(at.file, at.id, bindings);
        }
        if bindings.len() < 2 {
            return bindings;
        }
        let function = facts[scope].function.filter(|_| facts.function(at.id) == facts.function_of_scope(scope));
        let Some(function) = function else { return bindings };
        match self.flow(In { file: at.file, id: function }) {
            Some(flow) => match flow.1.at(at.id) {
                Some(reach) => reach.bindings.clone(),
                None => bindings,
            },
            None => bindings,
        }
    }

    fn is_class_scope(&self, facts: &Facts, binding: BindingId) -> bool {
        facts[facts[binding].scope].kind == crate::facts::ScopeKind::Class
    }

    /// Module-level code runs once, from top to bottom: functions, which run later, see what stands at its end, other
    /// code what stands above it.
    fn last_of_module(&self, file: FileId, at: NodeId, mut bindings: Vec<BindingId>) -> Vec<BindingId> {
        let module = self.module(file);
        let facts = &module.facts;
        if facts.function(at).is_none() {
            let position = facts.span(at).start;
            bindings.retain(|&binding| facts[binding].name.start < position);
        }
        self.last(file, bindings)
    }

    /// Of bindings that run from top to bottom, those that may hold in the end: one that stands in no block hides those
    /// before it.
    pub(super) fn last(&self, file: FileId, bindings: Vec<BindingId>) -> Vec<BindingId> {
        let module = self.module(file);
        let facts = &module.facts;
        let mut reaching: Vec<BindingId> = Vec::new();
        let mut overloads: Vec<BindingId> = Vec::new();
        // From the end: a file may bind a name a thousand times and ask for it as often.
        for binding in bindings.into_iter().rev() {
            match self.role(file, binding) {
                Role::Overload => overloads.push(binding),
                Role::Accessor => {}
                Role::Whole => {
                    reaching.push(binding);
                    if self.is_unconditional(facts, facts[binding].node) {
                        break;
                    }
                }
            }
        }
        reaching.reverse();
        overloads.reverse();
        // Overloads describe an implementation; in a stub they are all there is.
        if reaching.is_empty() { overloads } else { reaching }
    }

    /// What a decorator makes of a binding among others of the same name.
    fn role(&self, file: FileId, binding: BindingId) -> Role {
        let module = self.module(file);
        let decorators = match module.facts[binding].bind {
            Bind::Function(function) => &module.facts[function].decorators[..],
            _ => &[],
        };
        for &id in decorators {
            match self.decorator_name(In { file, id }).as_deref() {
                Some("typing.overload") => return Role::Overload,
                Some(name) if name.ends_with(".setter") || name.ends_with(".deleter") => return Role::Accessor,
                _ => {}
            }
        }
        Role::Whole
    }

    /// No block lies between the node and the top level of its statement's body.
    fn is_unconditional(&self, facts: &Facts, node: NodeId) -> bool {
        !facts.ancestors(node).any(|up| {
            use SyntaxKind::*;
            matches!(
                facts.syntax(up),
                IfStatement | TryStatement | ForStatement | WhileStatement | WithStatement | MatchStatement
            )
        })
    }

    /// What one binding gives its name.
    pub fn binding(&self, binding: In<BindingId>) -> Value {
        let module = self.module(binding.file);
        let facts = &module.facts;
        let file = binding.file;
        let value = |id: NodeId| self.value(In { file, id });
        match &facts[binding.id].bind {
            Bind::Function(function) => self.decorated(In { file, id: *function }),
            Bind::Class(class) => self.class_value(In { file, id: *class }),
            Bind::Import(import) => self.imported(In { file, id: *import }),
            Bind::Param(function, index) => self.parameter(In { file, id: *function }, *index),
            Bind::Value { value: id, path, annotation } => {
                let inferred = self.unpacked(value(*id), path);
                self.kept_as(inferred, annotation.map(|id| In { file, id }))
            }
            Bind::Declared(annotation) => self.promised(In { file, id: *annotation }),
            Bind::Item(id, path) => {
                let this = &facts[*id];
                let of = value(this.iterable);
                let item = if this.is_async { self.async_item(&of) } else { self.item(&of) };
                self.unpacked(item, path)
            }
            Bind::Entered { with, item, path } => {
                let with = &facts[*with];
                let Some(item) = with.items.get(*item) else { return Value::Unknown };
                let manager = value(item.value);
                let entered = if with.is_async { self.enters(&manager) } else { self.sync_enters(&manager) };
                match entered {
                    Answer::Yes(entered) => self.unpacked(entered, path),
                    Answer::No | Answer::Unknown => Value::Unknown,
                }
            }
            Bind::Caught(handler) => match facts.caught(*handler)[..] {
                [only] if !facts.is_group_handler(*handler) => self.promised_exception(value(only)),
                _ => Value::Unknown,
            },
            Bind::Captured(Some(class)) => self.instances(In { file, id: *class }, &Value::Unknown),
            // What `x += …` gives is up to the class; a captured part and a deleted name are nothing that rules ask
            // about.
            Bind::Augmented(_) | Bind::Captured(None) | Bind::Deleted | Bind::Alias(_) => Value::Unknown,
        }
    }

    /// What is known of a value that is annotated where it gets its name: mostly the value itself.
    pub(super) fn kept_as(&self, inferred: Value, annotation: Option<In<NodeId>>) -> Value {
        let Some(annotation) = annotation else { return inferred };
        if inferred == Value::Unknown || inferred == self.none() {
            return self.promised(annotation);
        }
        // `self.rows: dict[str, Rows] = {}`: what it is going to hold is what its annotation says.
        let Value::Instance(container) = &inferred else { return inferred };
        let is_open = container.args.iter().all(|item| *item == Value::Unknown);
        if !is_open || !["list", "dict", "set"].iter().any(|name| self.is_builtin_class(container.class, name)) {
            return inferred;
        }
        match self.promised(annotation) {
            Value::Instance(promised) if promised.class == container.class => Value::Instance(promised),
            _ => inferred,
        }
    }

    /// What `except E as name` catches: an `E`, or an instance of a class derived from it.
    fn promised_exception(&self, caught: Value) -> Value {
        match caught {
            Value::Class(class) => {
                let args = class.args.clone();
                Value::Instance(Rc::new(Instance { class: class.class, args, made: Made::Promised }))
            }
            _ => Value::Unknown,
        }
    }

    /// The part of a value that an unpacking target gets.
    pub(super) fn unpacked(&self, value: Value, path: &Path) -> Value {
        let Some(path) = path else { return Value::Unknown };
        let mut value = value;
        for &position in path {
            value = match &value {
                Value::Instance(instance)
                    if self.is_builtin_class(instance.class, "tuple")
                        || self.is_library_class(instance.class, "asyncio", "_Results") =>
                {
                    instance.args.get(position as usize).cloned().unwrap_or(Value::Unknown)
                }
                _ => Value::Unknown,
            };
        }
        value
    }

    fn parameter(&self, function: In<FunctionId>, index: usize) -> Value {
        let module = self.module(function.file);
        let facts = &module.facts;
        let entry = &facts[function.id];
        let param = &entry.params[index];
        if let Some(value) = self.answers.borrow_mut().stands_for(function, index)
            && matches!(param.kind, ParamKind::PositionalOnly | ParamKind::Normal)
        {
            return value;
        }
        if let Some(class) = self.class_of(function) {
            let form = self.form(function);
            let is_first = index == 0 && matches!(param.kind, ParamKind::PositionalOnly | ParamKind::Normal);
            let is_new = entry
                .name
                .is_some_and(|name| matches!(facts.text(name), "__new__" | "__init_subclass__" | "__class_getitem__"));
            match form {
                Some(Form::Static) => {}
                Some(Form::Class) if is_first => return Value::Class(Rc::new(ClassValue { class, args: [].into() })),
                _ if is_first && is_new => return Value::Class(Rc::new(ClassValue { class, args: [].into() })),
                // Under a decorator that is not known, the first argument may be anything.
                Some(_) if is_first && param.annotation.is_none() => {
                    return Value::Instance(Rc::new(Instance { class, args: [].into(), made: Made::Receiver }));
                }
                _ => {}
            }
        }
        match (param.annotation, param.kind) {
            (Some(annotation), ParamKind::PositionalOnly | ParamKind::Normal | ParamKind::KeywordOnly) => {
                let promised = self.promised(In { file: function.file, id: annotation });
                // `x: T = None` takes None as well, whatever the annotation says.
                match param.default {
                    Some(default) => {
                        let default = self.value(In { file: function.file, id: default });
                        if default == self.none() { self.either(promised, default) } else { promised }
                    }
                    None => promised,
                }
            }
            (Some(annotation), ParamKind::Star) => {
                let item = self.promised(In { file: function.file, id: annotation });
                self.builtin_of("tuple", vec![item], Made::Promised)
            }
            (Some(annotation), ParamKind::DoubleStar) => {
                let item = self.promised(In { file: function.file, id: annotation });
                self.builtin_of("dict", vec![self.builtin("str"), item], Made::Promised)
            }
            (None, ParamKind::Star) => self.builtin("tuple"),
            (None, ParamKind::DoubleStar) => self.builtin("dict"),
            (None, _) => self.passed(function, index),
        }
    }

    pub(super) fn imported(&self, import: In<ImportId>) -> Value {
        // Modules that import a name from each other in a ring bind nothing.
        self.ask(Question::Import(import), || self.import(import))
    }

    fn import(&self, import: In<ImportId>) -> Value {
        let module = self.module(import.file);
        let entry = &module.facts[import.id];
        let of = |name: &str| Value::Module { file: import.file, level: entry.level, name: name.into() };
        match &entry.name {
            None if entry.has_alias => of(&entry.module),
            None => of(entry.module.split('.').next().unwrap_or_default()),
            Some(name) => {
                let value = self.member(import.file, entry.level, &entry.module, name);
                value.unwrap_or(Value::Unknown)
            }
        }
    }

    /// A name out of a module: what it binds, or a submodule of that name.
    pub(super) fn member(&self, from: FileId, level: u32, module: &str, name: &str) -> Option<Value> {
        let importer = self.module(from);
        let mut is_bound = false;
        for found in self.project.modules(&importer, level, module) {
            let file = self.file(found);
            // `from . import part` in a package's own file asks for the part.
            if file == from {
                continue;
            }
            match self.export(file, name) {
                // A stub, or the source behind a stub, may say more.
                Some(Value::Unknown) => is_bound = true,
                Some(value) => return Some(value),
                None => {}
            }
        }
        let dotted = match (module, name) {
            ("", name) => name.to_string(),
            (module, name) => format!("{module}.{name}"),
        };
        if !is_bound && self.project.is_there(&importer, level, &dotted) {
            return Some(Value::Module { file: from, level, name: dotted.into() });
        }
        is_bound.then_some(Value::Unknown)
    }

    /// What a module shows under a name; None when it shows nothing.
    pub(super) fn export(&self, file: FileId, name: &str) -> Option<Value> {
        let module = self.module(file);
        let facts = &module.facts;
        let bindings = facts.module_bindings(name);
        if bindings.is_empty() {
            return self.starred(file, name, &mut vec![file]).found;
        }
        if facts.is_rebound_globally(name) {
            return Some(Value::Unknown);
        }
        // A module's own `__getattr__` says nothing about names that it binds.
        Some(self.one_of(self.last(file, bindings).into_iter().map(|id| self.binding(In { file, id }))))
    }

    /// A name that no binding of the file explains is a builtin: every star import is read, and none of them brings it.
    pub(super) fn is_left_by_stars(&self, file: FileId, name: &str) -> bool {
        let starred = self.starred(file, name, &mut vec![file]);
        starred.found.is_none() && starred.all_read && !self.with(file, |facts| facts.is_rebound_globally(name))
    }

    /// A name that a star import brings in, from modules that were not asked yet.
    fn starred(&self, file: FileId, name: &str, asked: &mut Vec<FileId>) -> Starred {
        // Nobody hands a name through so many modules, and each of them asks all behind it.
        if asked.len() > MOST_STARRED {
            return Starred { found: None, all_read: false };
        }
        let module = self.module(file);
        let facts = &module.facts;
        let mut all_read = true;
        // The last star that brings the name is the one that counts.
        for &id in facts.stars() {
            let import = &facts[id];
            let modules = self.project.modules(&module, import.level, &import.module);
            all_read &= !modules.is_empty();
            for from in modules {
                let from = self.file(from);
                // A stub need not tell everything.
                all_read &= !self.module(from).is_stub();
                if asked.contains(&from) {
                    continue;
                }
                asked.push(from);
                let shows = self.shows(from, name);
                all_read &= shows != Some(true);
                if shows == Some(false) {
                    continue;
                }
                let bound = self.with(from, |facts| !facts.module_bindings(name).is_empty());
                let found = match bound {
                    true => self.export(from, name),
                    false => {
                        let inner = self.starred(from, name, asked);
                        all_read &= inner.all_read;
                        inner.found
                    }
                };
                if found.is_some() {
                    return Starred { found, all_read };
                }
            }
        }
        Starred { found: None, all_read }
    }

    /// Whether a star import of the module brings the name, as far as that does not depend on what it binds: by its
    /// `__all__`, else by the underscore. None where it is brought if it is there.
    fn shows(&self, file: FileId, name: &str) -> Option<bool> {
        let by_name = || if name.starts_with('_') { Some(false) } else { None };
        self.with(file, |facts| {
            let all = facts.module_bindings("__all__");
            let [only] = all[..] else {
                // Put together from several places: whatever is there may be in it.
                return if all.is_empty() { by_name() } else { None };
            };
            let Bind::Value { value, .. } = facts[only].bind else { return None };
            if !matches!(facts.expression(value), Expression::List | Expression::Tuple) {
                return None;
            }
            let names: Option<Vec<&str>> = facts.elements(facts.bare(value)).map(|name| facts.string(name)).collect();
            Some(names?.contains(&name))
        })
    }
}
