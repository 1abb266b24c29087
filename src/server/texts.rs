//! What other modules a check may see: open texts as they are typed, the disk for all others.
//!
//! Which file led to which is remembered, so that after a change only those are checked again that may notice it. So is
//! what each text was when it was read: most files that are opened are what they were on disk.

use std::hash::BuildHasher;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use super::folders::Folders;
use super::ways::Ways;
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
    ways: Ways,
    /// What each text that was read looked like; None when it has changed since, and was read once more.
    read: FxHashMap<Arc<str>, Option<u64>>,
    folders: Arc<Folders>,
}

impl OpenTexts {
    /// The text that is seen under its name from now on. True when nobody saw one there before.
    pub fn put(&self, source: Arc<Source>) -> bool {
        self.state(|state| {
            let path = source.path.clone();
            let is_new = state.open.insert(path.clone(), source).is_none();
            // What is only read needs its trees once.
            if !is_new {
                state.trees.entry(path).or_default().next_version();
            }
            is_new
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
            state.ways = Ways::default();
            state.read.clear();
            state.folders = folders;
        });
    }

    /// Whoever has read the text under this name has read what is there now.
    pub fn is_as_read(&self, name: &str) -> bool {
        let Some(read) = self.state(|state| state.read.get(name).copied()) else { return true };
        read.is_some_and(|read| self.look_up(name).is_some_and(|source| hash(&source) == read))
    }

    /// Every file whose imports lead to this one, however far away, and the file itself. It will be read anew.
    pub fn dependents(&self, name: &str) -> FxHashSet<Arc<str>> {
        self.state(|state| {
            state.read.remove(name);
            state.ways.to(name)
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

    fn look_up(&self, name: &str) -> Option<Arc<Source>> {
        let open = self.state(|state| state.open.get(name).cloned());
        let open = open.map(|source| Arc::new(source.afresh()));
        open.or_else(|| self.folders().of(Path::new(name)).modules.read(name))
    }
}

fn hash(source: &Source) -> u64 {
    FxBuildHasher.hash_one(&source.text)
}

impl Texts for OpenTexts {
    fn find(&self, from: &str, level: u32, module: &str) -> Vec<Found> {
        let folders = self.folders();
        // A text without a file stands where it will be saved, most likely.
        let place = if Path::new(from).is_absolute() { PathBuf::from(from) } else { folders.first().join("untitled") };
        let found = folders.of(&place).modules.find(&place.to_string_lossy(), level, module);
        self.state(|state| found.iter().for_each(|found| state.ways.add(from, &found.path)));
        found
    }

    fn read(&self, path: &str) -> Option<Arc<Source>> {
        let source = self.look_up(path)?;
        let now = hash(&source);
        self.state(|state| {
            let read = state.read.entry(source.path.clone()).or_insert(Some(now));
            *read = read.filter(|&read| read == now);
        });
        Some(source)
    }

    fn trees(&self, path: &str) -> Option<Arc<Trees>> {
        self.state(|state| state.trees.get(path).cloned())
    }
}
