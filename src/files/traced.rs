//! Which files a check has looked at through imports, so that somebody can tell later whether they are still the same.
//!
//! Every question about an import is written down under the file that asks, with its answer, and every text that was
//! read. What a check of one file may depend on is what can be reached from it: whoever asked first, the answer is
//! there.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::Modules;
use crate::fingerprint;
use crate::project::{Found, Texts};
use crate::text::Source;

/// Modules on disk that remember what they were asked.
#[derive(Clone)]
pub struct Traced {
    modules: Arc<Modules>,
    traces: Arc<Mutex<BTreeMap<Arc<str>, Trace>>>,
}

/// What somebody has seen who wanted to read a file.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub enum Seen {
    /// Nobody has.
    #[default]
    Nothing,
    /// It could not be read.
    NoText,
    /// What a text is recognised by.
    Text(u64),
    /// One thing and then another: no text is recognised by it.
    Changing,
}

impl Seen {
    pub fn of(source: Option<&Source>) -> Seen {
        source.map_or(Seen::NoText, |source| Seen::Text(fingerprint::number(source.text.as_bytes())))
    }

    /// What two have seen together.
    pub fn and(self, other: Seen) -> Seen {
        match (self, other) {
            (Seen::Nothing, seen) | (seen, Seen::Nothing) => seen,
            (one, other) if one == other => one,
            _ => Seen::Changing,
        }
    }
}

/// What was asked by a file, and of it.
#[derive(Clone, Default, Debug)]
pub struct Trace {
    pub text: Seen,
    /// Its imports and where they lead, by dots and name.
    pub ways: BTreeMap<(u32, String), Vec<Found>>,
}

impl Traced {
    pub fn new(modules: Modules) -> Traced {
        Traced { modules: Arc::new(modules), traces: Arc::default() }
    }

    /// Everything that was asked until now.
    pub fn traces(&self) -> BTreeMap<Arc<str>, Trace> {
        self.traces.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The same questions without a trace.
    pub fn modules(&self) -> &Modules {
        &self.modules
    }

    fn write_down(&self, path: &str, write: impl FnOnce(&mut Trace)) {
        let mut traces = self.traces.lock().unwrap_or_else(PoisonError::into_inner);
        match traces.get_mut(path) {
            Some(trace) => write(trace),
            None => write(traces.entry(Arc::from(path)).or_default()),
        }
    }
}

impl Texts for Traced {
    fn find(&self, from: &str, level: u32, module: &str) -> Vec<Found> {
        let found = self.modules.find(from, level, module);
        self.write_down(from, |trace| {
            trace.ways.entry((level, module.to_string())).or_insert_with(|| found.clone());
        });
        found
    }

    fn read(&self, path: &str) -> Option<Arc<Source>> {
        let source = self.modules.read(path);
        let seen = Seen::of(source.as_deref());
        self.write_down(path, |trace| trace.text = trace.text.and(seen));
        source
    }
}
