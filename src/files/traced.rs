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

/// What was asked by a file, and of it.
#[derive(Clone, Default, Debug)]
pub struct Trace {
    /// Its text, if somebody has read it: a fingerprint, or nothing when it could not be read.
    pub text: Option<String>,
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

/// What a text is recognised by; empty when there is none.
pub fn fingerprint_of(source: Option<&Source>) -> String {
    source.map(|source| fingerprint::hash(&[&source.text])).unwrap_or_default()
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
        let text = fingerprint_of(source.as_deref());
        self.write_down(path, |trace| match &trace.text {
            // It has changed between two looks at it: neither is what everybody saw.
            Some(known) if *known != text => trace.text = Some("changing".to_string()),
            _ => trace.text = Some(text),
        });
        source
    }
}
