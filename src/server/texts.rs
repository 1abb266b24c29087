//! What other modules a check may see: open texts as they are typed, the disk for all others.

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use rustc_hash::{FxHashMap, FxHashSet};

use crate::project::{Found, Owner, Texts};
use crate::text::Source;

/// Shared between the worker and the `Project` that it hands to a check. All of it happens on the worker's thread.
#[derive(Clone, Default)]
pub struct OpenTexts(Arc<RwLock<State>>);

#[derive(Default)]
struct State {
    open: FxHashMap<Arc<str>, Arc<Source>>,
    /// Where imports have led since the last check began.
    used: FxHashSet<Arc<str>>,
}

impl OpenTexts {
    /// The text that is seen under its name from now on.
    pub fn put(&self, source: Arc<Source>) {
        self.state(|state| state.open.insert(source.path.clone(), source));
    }

    pub fn remove(&self, name: &str) {
        self.state(|state| state.open.remove(name));
    }

    /// Where imports have led since this was last asked.
    pub fn take_used(&self) -> FxHashSet<Arc<str>> {
        self.state(|state| std::mem::take(&mut state.used))
    }

    fn state<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.0.write().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Texts for OpenTexts {
    fn find(&self, from: &str, level: u32, module: &str) -> Vec<Found> {
        self.state(|state| {
            let found: Vec<Found> = state.find_open(from, level, module).into_iter().collect();
            state.used.extend(found.iter().map(|found| found.path.clone()));
            found
        })
    }

    fn read(&self, path: &str) -> Option<Arc<Source>> {
        self.state(|state| state.open.get(path).cloned())
    }
}

impl State {
    /// A relative import starts at the file's folder, an absolute one somewhere above it.
    fn find_open(&self, from: &str, level: u32, module: &str) -> Option<Found> {
        let folders = Path::new(from).ancestors().skip(level.max(1) as usize);
        let tail = module.replace('.', "/");
        folders.take(if level > 0 { 1 } else { usize::MAX }).find_map(|folder| {
            let base = crate::files::shown(&folder.join(&tail));
            let base = base.trim_end_matches('/');
            let names = [format!("{base}.py"), format!("{base}/__init__.py"), format!("{base}.pyi")];
            let (path, _) = names.iter().find_map(|name| self.open.get_key_value(name.as_str()))?;
            Some(Found::file(path.clone(), Owner::Project))
        })
    }
}
