//! What the library stubs say, held against the table of what well-known libraries return.

use super::*;
use crate::facts::Meaning;
use crate::project::library;

/// Every base class and every name in an annotation leads somewhere, or is `Any` on purpose.
#[test]
fn stubs_know_what_they_name() {
    static FORMS: &[&str] =
        &["Any", "Generic", "Self", "TypeVar", "Literal", "overload", "None", "True", "False", "Protocol", "NoReturn"];
    let project = Project::alone();
    let mut said = Vec::new();
    for name in library::names() {
        let module = library::module(name).expect("a stub");
        let kinds = Kinds::new(&project, module.clone());
        let facts = &module.facts;
        let classes = facts.statements().flat_map(|statement| facts.classes(statement));
        for class in classes {
            let bases = facts[class].bases.iter().map(|&base| facts.node_text(base));
            let is_open = bases.clone().any(|base| base == "Any");
            let by_base = bases.clone().any(|base| !FORMS.contains(&base) && !is_open);
            if by_base && !is_open && !kinds.is_fully_known(here(class)) {
                let mut known = facts[class].bases.iter().map(|&base| kinds.value(here(base)));
                // A base that is open itself is told about itself.
                if known.any(|base| base == Value::Unknown) {
                    said.push(format!("{name}: a base of {} is unknown", facts.text(facts[class].name)));
                }
            }
        }
        let functions: Vec<_> = facts.statements().flat_map(|statement| facts.functions(statement)).collect();
        let returned = functions.iter().filter_map(|&id| facts[id].annotation);
        let bindings = facts.statements().flat_map(|statement| facts.bindings(statement));
        let declared = bindings.filter_map(|id| match facts[id].bind {
            Bind::Declared(annotation) => Some(annotation),
            _ => None,
        });
        for annotation in returned.chain(declared) {
            for word in facts.node_text(annotation).split(|c: char| !c.is_alphanumeric() && c != '_') {
                let known = word.is_empty()
                    || FORMS.contains(&word)
                    || match facts.lookup(word, facts.scope(annotation)) {
                        Meaning::Bound(..) => true,
                        Meaning::Builtin => {
                            let builtins = library::module("builtins").expect("a stub");
                            !builtins.facts.module_bindings(word).is_empty()
                        }
                        Meaning::Unknown => false,
                    };
                if !known {
                    said.push(format!("{name}: `{word}` in `{}` is not there", facts.node_text(annotation)));
                }
            }
        }
        // What a function promises is known, unless it says `Any`.
        for &id in &functions {
            let Some(annotation) = facts[id].annotation else {
                if facts[id].name.is_some_and(|name| facts.text(name) != "__init__") {
                    said.push(format!("{name}: `{}` promises nothing", facts.text(facts[id].name.expect("a name"))));
                }
                continue;
            };
            let written = facts.node_text(annotation);
            let says_any = written == "Any" || written.len() == 1;
            if !says_any && kinds.promised(here(annotation)) == Value::Unknown {
                said.push(format!("{name}: `{written}` promises nothing that is understood"));
            }
        }
    }
    assert!(said.is_empty(), "\n{}\n", said.join("\n"));
}
