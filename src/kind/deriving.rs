//! Which classes are there to be derived from, and who derives from them.

use super::*;
use crate::facts::Expression;
use crate::syntax::StatementKind;

/// The classes that derive from each class of a file, in reading order.
pub(super) type Derived = FxHashMap<In<ClassId>, Vec<In<ClassId>>>;

/// How authors say about a class that others complete it.
const SAID: [&str; 10] = [
    "abstract",
    "base class",
    "baseclass",
    "derive from this",
    "derived class",
    "inherit from this",
    "mix-in",
    "mixin",
    "subclass this",
    "subclasses",
];

/// Modules of such names hold what others derive from.
const MODULES: [&str; 8] = ["abc", "abstract", "base", "bases", "interface", "interfaces", "mixin", "mixins"];

impl Kinds<'_> {
    /// The classes of the same file that derive from the class.
    pub fn subclasses(&self, class: In<ClassId>) -> Vec<In<ClassId>> {
        // A file may have thousands of classes, each of which is asked about.
        let derived = remembered(&self.derived, class.file, || Rc::new(self.derived_in(class.file)));
        derived.get(&class).cloned().unwrap_or_default()
    }

    fn derived_in(&self, file: FileId) -> Derived {
        let module = self.module(file);
        let facts = &module.facts;
        // Of a class only the header is asked: its members are statements of their own.
        let holds_class = |&id: &StatementId| {
            let statement = facts.outline.statement(id);
            let own = if statement.kind == StatementKind::Class { statement.header } else { statement.span };
            facts.text(own).contains("class ")
        };
        let classes = facts.statements().filter(holds_class).flat_map(|id| facts.classes(id));
        self.by_base(classes.map(|id| In { file, id }))
    }

    fn by_base(&self, classes: impl Iterator<Item = In<ClassId>>) -> Derived {
        let mut derived = Derived::default();
        for class in classes {
            for base in self.bases(class).into_iter().flatten().filter(|&base| base != class) {
                let others = derived.entry(base).or_default();
                // Unknown bases between two of the same leave both of them there.
                if others.last() != Some(&class) {
                    others.push(class);
                }
            }
        }
        derived
    }

    /// The classes of the same file that are derived from it and have a member of that name.
    pub(super) fn derived_with(&self, class: In<ClassId>, name: &str) -> Vec<In<ClassId>> {
        let derived = remembered(&self.derived_with, (class.file, self.symbol(name)), || {
            let named = self.classes_with(class.file, name).into_iter();
            Rc::new(self.by_base(named.map(|id| In { file: class.file, id })))
        });
        derived.get(&class).cloned().unwrap_or_default()
    }

    /// The classes that derive from the class in other modules of its package, or of its folder where that is none.
    pub fn subclasses_elsewhere(&self, class: In<ClassId>) -> Vec<In<ClassId>> {
        let name = self.class_name(class);
        let is_outermost = self.with(class.file, |facts| facts.is_module_scope(facts[class.id].outer));
        let files = if is_outermost { self.neighbours(class.file) } else { Rc::from([]) };
        let mut found = Vec::new();
        for &file in files.iter() {
            let is_named = self.with(file, |facts| facts.source.find_word(&name).next().is_some());
            if is_named {
                let derived = remembered(&self.derived, file, || Rc::new(self.derived_in(file)));
                found.extend(derived.get(&class).into_iter().flatten().copied());
            }
        }
        found
    }

    /// The other modules that may be written together with this one.
    fn neighbours(&self, file: FileId) -> Rc<[FileId]> {
        remembered(&self.neighbours, file, || {
            let module = self.module(file);
            let is_package = |&level: &u32| !self.project.modules(&module, level, "").is_empty();
            let topmost = (1..).take_while(is_package).last().unwrap_or(1);
            let mut files = Vec::new();
            for level in [1, topmost] {
                for other in self.project.neighbours(&module, level) {
                    let other = self.file(other);
                    if other != file && !files.contains(&other) {
                        files.push(other);
                    }
                }
            }
            files.into()
        })
    }

    /// The class is one to derive from, by its bases, its name or its methods, or because it says so: what it lacks,
    /// others may bring.
    pub fn is_for_deriving(&self, class: In<ClassId>) -> bool {
        let module = self.module(class.file);
        let facts = &module.facts;
        let entry = &facts[class.id];
        let name = facts.text(entry.name);
        let named = name.contains("Mixin") || name.contains("Base") || name.contains("Abstract");
        let mut parents = self.written_bases(class).into_iter();
        let is_abstract =
            |name: Option<Rc<str>>| matches!(name.as_deref(), Some("typing.Protocol" | "abc.ABC" | "abc.ABCMeta"));
        named
            || parents.any(is_abstract)
            || facts.leaves_a_method_open(class.id)
            || !facts.class_bindings("__init_subclass__", class.id).is_empty()
            || facts.says_about(class.id).any(|said| {
                let said = said.to_lowercase();
                SAID.iter().any(|words| said.contains(words))
            })
    }

    /// The module of the class is one of those in which classes to derive from are kept, by its name.
    pub fn is_among_bases(&self, class: In<ClassId>) -> bool {
        let module = self.module(class.file);
        let name = module.path().rsplit('/').next().and_then(|file| file.split('.').next()).unwrap_or_default();
        MODULES.contains(&name.trim_matches('_'))
    }

    /// A method of the class calls one on `self` that nobody has: a subclass does.
    pub fn calls_what_it_lacks(&self, class: In<ClassId>) -> bool {
        let module = self.module(class.file);
        let facts = &module.facts;
        let object = self.instance_of(class);
        let is_receiver = |node: NodeId| match self.value(In { file: class.file, id: node }) {
            Value::Instance(instance) => instance.class == class && instance.made == Made::Receiver,
            _ => false,
        };
        let members = facts.outline.members(class.id.island).chain([class.id.island]);
        let mut calls = members.flat_map(|member| facts.calls(member)).map(|call| facts[call].function);
        calls.any(|function| match facts.expression(function) {
            Expression::Attribute { object: on, name } => {
                is_receiver(on) && matches!(self.attribute(&object, facts.text(name)), Lookup::Missing)
            }
            _ => false,
        })
    }
}
