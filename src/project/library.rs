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

/// The stub of a library module, read once for all checks.
pub fn module(name: &str) -> Option<Arc<Module>> {
    static MODULES: OnceLock<FxHashMap<&str, OnceLock<Arc<Module>>>> = OnceLock::new();
    let name = SAME.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, name)| name);
    let modules = MODULES.get_or_init(|| STUBS.iter().map(|(name, _)| (*name, OnceLock::new())).collect());
    let (&name, slot) = modules.get_key_value(name)?;
    let read = || {
        let text = STUBS.iter().find(|(stub, _)| *stub == name).map_or("", |(_, text)| text);
        let source = Arc::new(Source::new(format!("{name}.pyi"), text));
        Arc::new(Module { library: name, owner: Owner::Library, facts: Facts::new(source) })
    };
    Some(slot.get_or_init(read).clone())
}
