//! The modules that somebody has asked for, as long as there is room for them.
//!
//! A module is read once and shared by all checks. In a large project most modules are asked for at some time, and few
//! for long. So when those that are kept have grown too large, the ones go that nobody uses at the moment and nobody has
//! asked for since the last time. Whoever asks again gets the module read again; what a check has in its hands stays.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, RwLock};

use rustc_hash::FxHashMap;

use super::Module;

/// How many bytes of text are kept. What is known about a text takes a few times as much.
const MOST: usize = 16 << 20;

#[derive(Default)]
pub struct Kept {
    slots: RwLock<FxHashMap<Arc<str>, Arc<Slot>>>,
    bytes: AtomicUsize,
}

/// A module that is being read is waited for by whoever else wants it.
#[derive(Default)]
struct Slot {
    module: OnceLock<Option<Arc<Module>>>,
    /// Somebody has asked for it since modules were last given up.
    is_asked: AtomicBool,
}

impl Slot {
    fn bytes(&self) -> usize {
        self.module.get().and_then(Option::as_ref).map_or(0, |module| module.facts.source.text.len())
    }

    /// A check has the module in its hands, or is reading it.
    fn is_used(self: &Arc<Slot>) -> bool {
        let module = self.module.get().and_then(Option::as_ref);
        Arc::strong_count(self) > 1 || module.is_some_and(|module| Arc::strong_count(module) > 1)
    }
}

impl Kept {
    pub fn get(&self, path: &Arc<str>, read: impl FnOnce() -> Option<Arc<Module>>) -> Option<Arc<Module>> {
        let Some(slot) = self.slot(path) else { return read() };
        slot.is_asked.store(true, Ordering::Relaxed);
        if let Some(module) = slot.module.get() {
            return module.clone();
        }
        let module = slot.module.get_or_init(read).clone();
        let bytes = slot.bytes();
        drop(slot);
        if self.bytes.fetch_add(bytes, Ordering::Relaxed) + bytes > MOST {
            self.make_room();
        }
        module
    }

    pub fn forget(&self, path: &str) {
        if let Ok(mut slots) = self.slots.write() {
            slots.remove(path);
        }
    }

    fn slot(&self, path: &Arc<str>) -> Option<Arc<Slot>> {
        if let Some(slot) = self.slots.read().ok()?.get(path) {
            return Some(slot.clone());
        }
        Some(self.slots.write().ok()?.entry(path.clone()).or_default().clone())
    }

    fn make_room(&self) {
        let Ok(mut slots) = self.slots.write() else { return };
        slots.retain(|_, slot| slot.is_asked.swap(false, Ordering::Relaxed) || slot.is_used());
        let mut bytes: usize = slots.values().map(|slot| slot.bytes()).sum();
        // All of them were asked for: keep what is in use.
        if bytes > MOST / 2 {
            slots.retain(|_, slot| slot.is_used());
            bytes = slots.values().map(|slot| slot.bytes()).sum();
        }
        self.bytes.store(bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Owner;
    use crate::text::Source;

    fn module(bytes: usize) -> Option<Arc<Module>> {
        let text = "#".repeat(bytes);
        Some(Arc::new(Module::new(Arc::new(Source::new("a.py", text)), Owner::Project)))
    }

    #[test]
    fn a_module_is_read_once() {
        let kept = Kept::default();
        let first = kept.get(&"a.py".into(), || module(10));
        let second = kept.get(&"a.py".into(), || unreachable!("it was read"));
        assert!(Arc::ptr_eq(&first.unwrap(), &second.unwrap()));
    }

    #[test]
    fn there_is_room_for_so_much() {
        let kept = Kept::default();
        let in_use = kept.get(&"used.py".into(), || module(10));
        for number in 0..20 {
            kept.get(&format!("{number}.py").into(), || module(MOST / 8));
            assert!(kept.bytes.load(Ordering::Relaxed) <= MOST);
        }
        let again = kept.get(&"used.py".into(), || unreachable!("somebody has it"));
        assert!(Arc::ptr_eq(&in_use.unwrap(), &again.unwrap()));
    }
}
