//! What the objects of a file are called, and the uses of members that wait for theirs.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Owner, To};

/// Of how many classes the objects of one name may be before they may be of any.
const MOST_CLASSES: usize = 32;

/// A member is used here.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Use {
    pub of: Owner,
    pub at: u32,
    pub to: To,
}

#[derive(Default)]
pub struct Objects<'a> {
    /// Of which classes the objects of a name may be.
    known: FxHashMap<&'a str, Vec<Owner>>,
    /// What the classes derive from.
    bases: FxHashMap<Owner, Vec<Owner>>,
    /// Uses of members, by the name of their object, which may turn out to be one that has them.
    waiting: FxHashMap<&'a str, Vec<Use>>,
    /// Those of which it has.
    ready: Vec<Use>,
    taken: FxHashSet<Use>,
}

impl<'a> Objects<'a> {
    /// An object of this name may have these members. Says whether that is new.
    pub fn name(&mut self, name: &'a str, of: Owner) -> bool {
        let known = self.known.entry(name).or_default();
        if known.contains(&of) || known.contains(&Owner::ANY) {
            return false;
        }
        let of = if known.len() == MOST_CLASSES { Owner::ANY } else { of };
        known.push(of);
        if let Some(waiting) = self.waiting.get_mut(name) {
            let ready = waiting.extract_if(.., |used| of == Owner::ANY || used.of == of);
            self.ready.extend(ready);
        }
        let bases = self.bases.get(&of).cloned().unwrap_or_default();
        bases.into_iter().for_each(|base| {
            self.name(name, base);
        });
        true
    }

    /// The objects of a class are also those of another.
    pub fn derive(&mut self, class: Owner, base: Owner) {
        let bases = self.bases.entry(class).or_default();
        if class == base || bases.contains(&base) {
            return;
        }
        bases.push(base);
        let derived = self.known.iter().filter(|(_, known)| known.contains(&class)).map(|(name, _)| *name);
        derived.collect::<Vec<_>>().into_iter().for_each(|name| {
            self.name(name, base);
        });
    }

    /// The member is worth following if the object that is called so may have it.
    pub fn wait(&mut self, name: &'a str, used: Use) {
        let has = |known: &Vec<Owner>| known.contains(&used.of) || known.contains(&Owner::ANY);
        match self.known.get(name).is_some_and(has) {
            true => self.ready.push(used),
            false => self.waiting.entry(name).or_default().push(used),
        }
    }

    /// The next use that is worth following.
    pub fn next(&mut self) -> Option<Use> {
        loop {
            let used = self.ready.pop()?;
            if self.taken.insert(used) {
                return Some(used);
            }
        }
    }
}
