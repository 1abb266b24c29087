//! What the standard library and well-known packages give, written as small stubs and read as modules.
//!
//! A stub says what annotations say; two comments say what they cannot: `# view` behind a method means that each call
//! gives a new iterator over one source that is consumed, `# endless` that the iterator has no end of its own.

use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;

use super::{Module, Owner};
use crate::facts::Facts;
use crate::text::Source;

macro_rules! stubs {
    ($($module:literal,)*) => {
        static STUBS: &[(&str, &str)] = &[$(($module, include_str!(concat!("library/", $module, ".pyi"))),)*];
    };
}

stubs! {
    "asyncio",
    "builtins",
    "collections.abc",
    "contextlib",
    "functools",
    "inspect",
    "itertools",
    "types",
    "typing",
}

/// Modules that are another one under a second name.
static SAME: &[(&str, &str)] = &[("typing_extensions", "typing"), ("_collections_abc", "collections.abc")];

/// What is known under a dotted name.
enum Entry {
    /// A stub, read when somebody asks for it.
    Stub {
        name: &'static str,
        text: &'static str,
        module: OnceLock<Arc<Module>>,
    },
    Same(&'static str),
    /// Only what a stub's name says: `sqlalchemy` for `sqlalchemy.ext.asyncio`.
    Package,
}

/// Every name that leads to a stub, put together when somebody first asks.
fn entries() -> &'static FxHashMap<&'static str, Entry> {
    static ENTRIES: OnceLock<FxHashMap<&str, Entry>> = OnceLock::new();
    ENTRIES.get_or_init(|| {
        let mut entries = FxHashMap::default();
        let names = STUBS.iter().map(|(name, _)| *name).chain(SAME.iter().map(|(name, _)| *name));
        for name in names {
            for (dot, _) in name.match_indices('.') {
                entries.insert(&name[..dot], Entry::Package);
            }
        }
        entries.extend(STUBS.iter().map(|&(name, text)| (name, Entry::Stub { name, text, module: OnceLock::new() })));
        entries.extend(SAME.iter().map(|&(name, other)| (name, Entry::Same(other))));
        entries
    })
}

/// The stub of a library module, read once for all checks.
pub fn module(name: &str) -> Option<Arc<Module>> {
    match entries().get(name)? {
        Entry::Stub { name, text, module } => {
            let read = || {
                let source = Arc::new(Source::new(format!("{name}.pyi"), *text));
                Arc::new(Module { library: name, owner: Owner::Library, facts: Facts::new(source) })
            };
            Some(module.get_or_init(read).clone())
        }
        Entry::Same(other) => module(other),
        Entry::Package => None,
    }
}

/// Some library module lies below this name.
pub fn is_package(name: &str) -> bool {
    matches!(entries().get(name), Some(Entry::Package))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stub_is_in_the_list() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/project/library");
        let files = std::fs::read_dir(folder).expect("the folder of stubs").flatten();
        let names = files.map(|file| file.file_name().to_string_lossy().into_owned());
        let mut there: Vec<String> = names.filter_map(|name| Some(name.strip_suffix(".pyi")?.to_string())).collect();
        there.sort();
        let listed: Vec<&str> = STUBS.iter().map(|(name, _)| *name).collect();
        assert_eq!(listed, there, "`stubs!` lists what is in {folder}, sorted");
    }

    #[test]
    fn other_names_lead_to_stubs() {
        for (alias, name) in SAME {
            assert!(module(name).is_some(), "{alias} is said to be {name}, which has no stub");
            assert!(STUBS.iter().all(|(stub, _)| stub != alias), "{alias} has a stub of its own");
        }
    }

    #[test]
    fn packages_are_there() {
        assert!(is_package("collections") || module("collections").is_some());
        assert!(module("collections.abc").is_some() && !is_package("collections.abc"));
        assert!(module("no.such.module").is_none() && !is_package("no"));
    }

    /// A stub that is not read to its end says less than it seems to.
    #[test]
    fn every_stub_is_sound() {
        for (name, _) in STUBS {
            let module = module(name).expect("a stub");
            let facts = &module.facts;
            assert!(facts.outline.lost.is_none(), "{name}: {:?}", facts.outline.lost);
            for statement in facts.statements() {
                let broken = &facts.island(statement).tree.broken;
                assert!(broken.is_empty(), "{name}: {:?}", broken.iter().map(|&at| facts.text(at)).collect::<Vec<_>>());
                for import in facts.imports(statement).map(|id| &facts[id]).filter(|import| import.module != "typing") {
                    assert!(
                        self::module(&import.module).is_some(),
                        "{name} imports {}, which has no stub",
                        import.module
                    );
                }
            }
        }
    }
}
