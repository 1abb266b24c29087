//! Which file leads to which.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

/// The ways from file to file, kept from where they end: the question is always who may notice a change.
#[derive(Default)]
pub struct Ways {
    numbers: FxHashMap<Arc<str>, u32>,
    names: Vec<Arc<str>>,
    /// For each file those that lead to it.
    from: Vec<FxHashSet<u32>>,
}

impl Ways {
    pub fn add(&mut self, from: &str, to: &Arc<str>) {
        let (from, to) = (self.number(from), self.number(to));
        self.from[to as usize].insert(from);
    }

    /// Every file that leads to this one, however far away, and the file itself.
    pub fn to(&self, name: &str) -> FxHashSet<Arc<str>> {
        let Some(&number) = self.numbers.get(name) else { return FxHashSet::from_iter([Arc::from(name)]) };
        let mut is_found = vec![false; self.names.len()];
        is_found[number as usize] = true;
        let mut open = vec![number];
        while let Some(to) = open.pop() {
            for &from in &self.from[to as usize] {
                if !std::mem::replace(&mut is_found[from as usize], true) {
                    open.push(from);
                }
            }
        }
        self.names.iter().zip(is_found).filter(|(_, is_found)| *is_found).map(|(name, _)| name.clone()).collect()
    }

    fn number(&mut self, name: &str) -> u32 {
        if let Some(&number) = self.numbers.get(name) {
            return number;
        }
        let number = self.names.len() as u32;
        let name: Arc<str> = name.into();
        self.names.push(name.clone());
        self.numbers.insert(name, number);
        self.from.push(FxHashSet::default());
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_leads_there_is_found_from_far_away() {
        let mut ways = Ways::default();
        for (from, to) in [("a", "b"), ("b", "c"), ("c", "b"), ("d", "c"), ("b", "e")] {
            ways.add(from, &Arc::from(to));
        }
        let to = |name: &str| {
            let mut found: Vec<Arc<str>> = ways.to(name).into_iter().collect();
            found.sort();
            found.join(" ")
        };
        assert_eq!(to("b"), "a b c d");
        assert_eq!(to("a"), "a");
        assert_eq!(to("e"), "a b c d e");
        assert_eq!(to("nobody"), "nobody");
    }
}
