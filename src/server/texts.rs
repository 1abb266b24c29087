//! What other modules a check may see: open texts as they are typed, the disk for all others.
//!
//! Which file led to which is remembered, so that after a change only those are checked again that may notice it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use rustc_hash::{FxHashMap, FxHashSet};

use super::folders::Folders;
use crate::files::{IsOpen, shown};
use crate::project::{Found, Texts};
use crate::syntax::Trees;
use crate::text::Source;

/// Shared between the worker and the `Project` that it hands to a check. All of it happens on the worker's thread.
#[derive(Clone, Default)]
pub struct OpenTexts(Arc<RwLock<State>>);

#[derive(Default)]
struct State {
    open: FxHashMap<Arc<str>, Arc<Source>>,
    trees: FxHashMap<Arc<str>, Arc<Trees>>,
    /// Where the imports of each file lead.
    ways: FxHashMap<Arc<str>, FxHashSet<Arc<str>>>,
    folders: Arc<Folders>,
}

impl OpenTexts {
    /// The text that is seen under its name from now on. True when nobody saw one there before.
    pub fn put(&self, source: Arc<Source>) -> bool {
        self.state(|state| {
            state.trees.entry(source.path.clone()).or_default().next_version();
            state.open.insert(source.path.clone(), source).is_none()
        })
    }

    pub fn remove(&self, name: &str) {
        self.state(|state| {
            state.open.remove(name);
            state.trees.remove(name);
        });
    }

    /// From now on imports are looked for from these folders; nothing is known any more about where they lead.
    pub fn look_from(&self, folders: Arc<Folders>) {
        self.state(|state| {
            state.ways.clear();
            state.folders = folders;
        });
    }

    /// Every file whose imports lead to this one, however far away, and the file itself. The ways that begin in it
    /// are forgotten: its text is another one now.
    pub fn dependents(&self, name: &str) -> FxHashSet<Arc<str>> {
        self.state(|state| {
            state.ways.remove(name);
            let mut found: FxHashSet<Arc<str>> = FxHashSet::from_iter([Arc::from(name)]);
            let mut next: Vec<Arc<str>> = vec![Arc::from(name)];
            while let Some(to) = next.pop() {
                for (from, _) in state.ways.iter().filter(|(_, ways)| ways.contains(&to)) {
                    if found.insert(from.clone()) {
                        next.push(from.clone());
                    }
                }
            }
            found
        })
    }

    /// For `Modules`: a text that has no file yet can be imported too.
    pub fn is_open(&self) -> IsOpen {
        // The folders are part of the state, which must not keep itself alive.
        let state = Arc::downgrade(&self.0);
        Box::new(move |path: &Path| {
            let Some(state) = state.upgrade() else { return false };
            let state = state.read().unwrap_or_else(PoisonError::into_inner);
            state.open.contains_key(shown(path).as_str())
        })
    }

    fn state<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.0.write().unwrap_or_else(PoisonError::into_inner))
    }

    fn folders(&self) -> Arc<Folders> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).folders.clone()
    }
}

impl Texts for OpenTexts {
    fn find(&self, from: &str, level: u32, module: &str) -> Vec<Found> {
        let folders = self.folders();
        // A text without a file stands where it will be saved, most likely.
        let place = if Path::new(from).is_absolute() { PathBuf::from(from) } else { folders.first().join("untitled") };
        let found = folders.of(&place).modules.find(&place.to_string_lossy(), level, module);
        if !found.is_empty() {
            self.state(|state| {
                let ways = state.ways.entry(Arc::from(from)).or_default();
                ways.extend(found.iter().map(|found| found.path.clone()));
            });
        }
        found
    }

    fn read(&self, path: &str) -> Option<Arc<Source>> {
        let open = self.state(|state| state.open.get(path).cloned());
        open.or_else(|| self.folders().of(Path::new(path)).modules.read(path))
    }

    fn trees(&self, path: &str) -> Option<Arc<Trees>> {
        self.state(|state| state.trees.get(path).cloned())
    }
}
