//! How a value came about, as far as names, imports, attributes and calls spell it: `httpx.AsyncClient().stream()`.
//!
//! For libraries that nobody has described, the spelling is all there is to know. Names are followed to what they are
//! bound to, also in other files of the project; entering a manager and awaiting change nothing about the spelling.

use super::*;
use crate::facts::{Bind, BindingId, CallId, Expression, Meaning, StoreId};
use crate::project::Owner;

#[derive(Clone, Debug)]
pub struct Origin {
    /// The dotted name, with `()` for each call.
    pub name: String,
    /// The last call in it.
    pub call: Option<In<CallId>>,
}

/// How many steps one question may take. Real spellings are short; a class whose attributes are made of one another
/// would be followed for ever.
const MOST_STEPS: u32 = 60;

/// The steps of one question: how many are left, and which places are being asked about.
struct Trail {
    left: Cell<u32>,
    open: RefCell<Vec<In<NodeId>>>,
}

impl Kinds<'_> {
    pub fn origin_of(&self, at: In<NodeId>) -> Option<Origin> {
        remembered(&self.origins, at, || {
            self.trace(at, &Trail { left: Cell::new(MOST_STEPS), open: RefCell::default() })
        })
    }

    /// The spelling alone.
    pub fn spelling(&self, at: In<NodeId>) -> Option<String> {
        self.origin_of(at).map(|origin| origin.name)
    }

    fn trace(&self, at: In<NodeId>, trail: &Trail) -> Option<Origin> {
        trail.left.set(trail.left.get().checked_sub(1)?);
        if trail.open.borrow().contains(&at) {
            return None;
        }
        trail.open.borrow_mut().push(at);
        let origin = self.trace_expression(at, trail);
        trail.open.borrow_mut().pop();
        origin
    }

    fn trace_expression(&self, at: In<NodeId>, trail: &Trail) -> Option<Origin> {
        let module = self.module(at.file);
        let facts = &module.facts;
        let inner = |id: NodeId| self.trace(In { file: at.file, id }, trail);
        match facts.expression(at.id) {
            Expression::Name(_) => self.trace_name(In { file: at.file, id: facts.bare(at.id) }, trail),
            Expression::Attribute { object, name } => {
                let name = facts.text(name);
                let members = self.trace_member(In { file: at.file, id: object }, name, trail);
                members.or_else(|| {
                    let object = inner(object)?;
                    Some(Origin { name: format!("{}.{name}", object.name), call: object.call })
                })
            }
            Expression::Call(call) => {
                let function = inner(facts[call].function)?;
                // What an exit stack enters is what was given to it.
                if matches!(
                    function.name.as_str(),
                    "contextlib.AsyncExitStack().enter_async_context"
                        | "contextlib.AsyncExitStack().enter_context"
                        | "contextlib.ExitStack().enter_context"
                ) {
                    return inner(facts[call].arguments.first()?.value);
                }
                Some(Origin { name: format!("{}()", function.name), call: Some(In { file: at.file, id: call }) })
            }
            Expression::Await(value) | Expression::Walrus { value, .. } => inner(value),
            _ => None,
        }
    }

    fn trace_name(&self, at: In<NodeId>, trail: &Trail) -> Option<Origin> {
        let module = self.module(at.file);
        let facts = &module.facts;
        let name = facts.node_text(at.id);
        match facts.meaning(at.id) {
            Meaning::Builtin => Some(Origin { name: format!("builtins.{name}"), call: None }),
            Meaning::Unknown => None,
            Meaning::Bound(scope, _) if facts.is_module_scope(scope) && facts.is_rebound_globally(name) => None,
            Meaning::Bound(scope, bindings) => {
                let bindings = self.reaching(at, scope, bindings);
                self.agreed(bindings.into_iter().map(|id| self.trace_binding(In { file: at.file, id }, trail)))
            }
        }
    }

    /// What all of them are.
    fn agreed(&self, mut origins: impl Iterator<Item = Option<Origin>>) -> Option<Origin> {
        let first = origins.next()??;
        origins.all(|other| other.is_some_and(|other| other.name == first.name)).then_some(first)
    }

    /// A binding is a step of its own: two modules may import a name from each other.
    fn trace_binding(&self, binding: In<BindingId>, trail: &Trail) -> Option<Origin> {
        trail.left.set(trail.left.get().checked_sub(1)?);
        let module = self.module(binding.file);
        let facts = &module.facts;
        let inner = |id: NodeId| self.trace(In { file: binding.file, id }, trail);
        match &facts[binding.id].bind {
            Bind::Value { value, path: Some(path), .. } if path.is_empty() => inner(*value),
            // `feed, mock = Feed(), AsyncMock()`
            Bind::Value { value, path: Some(path), .. } if facts.expression(*value) == Expression::Tuple => {
                let [number] = path[..] else { return None };
                let elements: Vec<NodeId> = facts.elements(*value).collect();
                let is_starred = elements.iter().any(|&it| matches!(facts.expression(it), Expression::Starred(_)));
                elements.get(number as usize).filter(|_| !is_starred).and_then(|&element| inner(element))
            }
            Bind::Entered { with, item, path: Some(path) } if path.is_empty() => {
                inner(facts[*with].items.get(*item)?.value)
            }
            // What every call in the file passes.
            Bind::Param(function, index) => {
                let arguments = self.passed_arguments(In { file: binding.file, id: *function }, *index)?;
                self.agreed(arguments.into_iter().map(inner))
            }
            Bind::Import(import) => {
                let import = &facts[*import];
                let Some(name) = &import.name else {
                    let module = match import.has_alias {
                        true => import.module.as_str(),
                        false => import.module.split('.').next().unwrap_or_default(),
                    };
                    return Some(Origin { name: module.to_string(), call: None });
                };
                if let Some(origin) = self.trace_export(binding.file, import.level, &import.module, name, trail) {
                    return origin;
                }
                let dots = ".".repeat(import.level as usize);
                Some(Origin { name: format!("{dots}{}.{name}", import.module), call: None })
            }
            _ => None,
        }
    }

    /// A name of a module of the project; None outside when the module is somebody else's.
    fn trace_export(
        &self,
        from: FileId,
        level: u32,
        module: &str,
        name: &str,
        trail: &Trail,
    ) -> Option<Option<Origin>> {
        let importer = self.module(from);
        let found = self.project.modules(&importer, level, module).into_iter().next()?;
        if found.owner != Owner::Project || !found.library.is_empty() {
            return None;
        }
        let bindings = found.facts.module_bindings(name);
        let file = self.file(found);
        if self.with(file, |facts| facts.is_rebound_globally(name)) || bindings.is_empty() {
            return Some(None);
        }
        Some(self.agreed(bindings.into_iter().map(|id| self.trace_binding(In { file, id }, trail))))
    }

    /// `self.client`, `Session.current`, `state.user`: what is kept under the name in a class or a module of the
    /// project.
    fn trace_member(&self, object: In<NodeId>, name: &str, trail: &Trail) -> Option<Origin> {
        let class = match self.value(object) {
            Value::Module { file, level, name: module } => {
                return self.trace_export(file, level, &module, name, trail)?;
            }
            Value::Instance(instance) => instance.class,
            Value::Class(class) => class.class,
            _ => return None,
        };
        let bases: Vec<In<ClassId>> = self.bases(class).into_iter().flatten().collect();
        if bases.iter().any(|base| !self.module(base.file).library.is_empty()) {
            return None;
        }
        // The first that cannot be told, or differs, ends the search.
        self.agreed(bases.into_iter().flat_map(|base| self.members_under(base, name)).map(|member| match member {
            Member::Binding(id) => self.trace_binding(In { file: id.file, id: id.id }, trail),
            Member::Stored(value) => self.trace(value?, trail),
        }))
    }

    /// What the body of a class binds to a name, and what is stored under it.
    fn members_under(&self, class: In<ClassId>, name: &str) -> Vec<Member> {
        let module = self.module(class.file);
        let facts = &module.facts;
        let file = class.file;
        let bindings = facts.class_bindings(name, class.id).into_iter();
        let bindings = bindings.filter(|&id| !matches!(facts[id].bind, Bind::Declared(_)));
        let stores = self.stores(file, name).into_iter().filter(|&id| self.is_own_store(In { file, id }, class));
        let stored = stores.filter_map(|id| match facts[id].bind {
            Bind::Value { value, path: Some(ref path), .. } if path.is_empty() => {
                Some(Member::Stored(Some(In { file, id: value })))
            }
            Bind::Declared(_) => None,
            _ => Some(Member::Stored(None)),
        });
        bindings.map(|id| Member::Binding(In { file, id })).chain(stored).collect()
    }

    /// The assignment is to an attribute of the class, or may be.
    fn is_own_store(&self, store: In<StoreId>, class: In<ClassId>) -> bool {
        let object = self.with(store.file, |facts| facts[store.id].object);
        !matches!(self.value(In { file: store.file, id: object }), Value::Instance(other) if other.class != class)
    }
}

enum Member {
    Binding(In<BindingId>),
    Stored(Option<In<NodeId>>),
}
