//! Modules that import each other in a ring, worked out together.

use std::cell::OnceCell;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::super::makers::{Following, Lead};
use super::{Brought, Graph, Group, GroupId, Import, Node, Of, Project, Take, following};
use crate::facts::Facts;
use crate::text::WordSet;

impl Graph {
    /// Works out a module and all that it imports: Tarjan's way to find the rings, without recursion.
    pub(super) fn settle(&mut self, project: &Project, start: usize) {
        if self.nodes[start].group.is_some() {
            return;
        }
        let mut visits: FxHashMap<usize, Visit> = FxHashMap::default();
        let mut path: Vec<usize> = Vec::new();
        let mut open: Vec<(usize, usize)> = vec![(start, 0)];
        while let Some((node, next)) = open.pop() {
            if !visits.contains_key(&node) {
                self.load(project, node);
                let order = visits.len();
                visits.insert(node, Visit { order, lowest: order, is_open: true });
                path.push(node);
            }
            let imports = self.nodes[node].imports.clone().unwrap_or_default();
            let mut lowest = visits[&node].lowest;
            let mut deeper = None;
            for (index, import) in imports.iter().enumerate().skip(next) {
                let Of::Node(other) = import.of else { continue };
                match visits.get(&other) {
                    Some(visit) if visit.is_open => lowest = lowest.min(visit.lowest),
                    Some(_) => {}
                    None if self.nodes[other].group.is_some() => {}
                    None => {
                        // It is looked at again when the other one is done.
                        deeper = Some((index, other));
                        break;
                    }
                }
            }
            let order = visits[&node].order;
            if let Some(visit) = visits.get_mut(&node) {
                visit.lowest = lowest;
            }
            if let Some((index, other)) = deeper {
                open.push((node, index));
                open.push((other, 0));
            } else if lowest == order {
                let first = path.iter().rposition(|&on| on == node).unwrap_or_default();
                let ring = path.split_off(first);
                for node in &ring {
                    if let Some(visit) = visits.get_mut(node) {
                        visit.is_open = false;
                    }
                }
                self.work_out(project, &ring);
            }
        }
    }

    /// Works out modules that import each other, after all else that they import.
    fn work_out(&mut self, project: &Project, ring: &[usize]) {
        let imports: Vec<Arc<[Import]>> =
            ring.iter().map(|&node| self.nodes[node].imports.clone().unwrap_or_default()).collect();
        let outside: Vec<Brought> = imports.iter().map(|imports| self.brought(project, imports)).collect();
        let mut below: Vec<GroupId> = outside.iter().flat_map(|brought| brought.groups.iter().copied()).collect();
        below.sort_unstable();
        below.dedup();
        let is_silent = below.is_empty()
            && outside.iter().all(|brought| brought.leads.is_empty())
            && ring.iter().all(|&node| !self.nodes[node].makes);
        let id = self.add_group(Group::default());
        for &node in ring {
            self.nodes[node].group = Some(id);
        }
        if is_silent {
            return;
        }
        let below_leads: Vec<Arc<Group>> = below.iter().map(|id| self.group(*id).clone()).collect();
        let inherited: FxHashSet<&Lead> = below_leads.iter().flat_map(|group| &group.dotted).collect();
        let facts: Vec<OnceCell<Facts>> = ring.iter().map(|_| OnceCell::new()).collect();
        let mut members: Vec<Member> = facts.iter().map(Member::new).collect();
        for ((member, outside), &node) in members.iter_mut().zip(&outside).zip(ring) {
            let node = &self.nodes[node];
            let leads: Vec<&Lead> = outside.leads.iter().chain(inherited.iter().copied()).collect();
            member.hear(project, node, &leads);
        }
        // What a star brings leads on without being written.
        for ((&node, imports), outside) in ring.iter().zip(&imports).zip(&outside) {
            if imports.iter().any(|import| matches!(import.take, Take::All)) {
                self.nodes[node].leads.extend(outside.leads.iter().filter(|lead| !lead.by_dot).cloned());
            }
        }
        let dotted = self.go_round(project, ring, &imports, &mut members, &inherited);
        self.groups[id.0 as usize] = Arc::new(Group { dotted, below });
    }

    /// Lets the modules of a ring hear of each other until none has anything new to say; gives their names behind dots.
    fn go_round(
        &mut self,
        project: &Project,
        ring: &[usize],
        imports: &[Arc<[Import]>],
        members: &mut [Member],
        inherited: &FxHashSet<&Lead>,
    ) -> Vec<Lead> {
        let inside: FxHashSet<usize> = ring.iter().copied().collect();
        let mut dotted: Vec<Lead> = Vec::new();
        let mut known: FxHashSet<Lead> = FxHashSet::default();
        loop {
            let mut is_done = true;
            for ((&node, imports), member) in ring.iter().zip(imports).zip(&mut *members) {
                let passed = self.passed(node, imports, &inside);
                let leads: Vec<&Lead> = dotted[member.told..].iter().chain(&passed).collect();
                member.told = dotted.len();
                member.hear(project, &self.nodes[node], &leads);
                is_done &= !self.pass_stars(node, imports, &inside);
                for lead in member.run() {
                    if !lead.by_dot {
                        if !self.nodes[node].leads.contains(&lead) {
                            self.nodes[node].leads.push(lead);
                            is_done = false;
                        }
                    } else if !inherited.contains(&lead) && known.insert(lead.clone()) {
                        dotted.push(lead);
                        is_done = false;
                    }
                }
            }
            if is_done {
                return dotted;
            }
        }
    }

    /// What a module of a ring takes from the others of it, as far as that is known.
    fn passed(&self, node: usize, imports: &[Import], inside: &FxHashSet<usize>) -> Vec<Lead> {
        let mut passed = Vec::new();
        for import in imports {
            let Of::Node(other) = import.of else { continue };
            if !inside.contains(&other) || (other == node && matches!(import.take, Take::All)) {
                continue;
            }
            passed.extend(import.take.of(&self.nodes[other].leads));
        }
        passed
    }

    /// What a star takes from the others of a ring leads on without being written. Says whether there was anything new.
    fn pass_stars(&mut self, node: usize, imports: &[Import], inside: &FxHashSet<usize>) -> bool {
        let mut is_new = false;
        for import in imports.iter().filter(|import| matches!(import.take, Take::All)) {
            let Of::Node(other) = import.of else { continue };
            if other == node || !inside.contains(&other) {
                continue;
            }
            let passed: Vec<Lead> = self.nodes[other].leads.clone();
            let own = &mut self.nodes[node].leads;
            let before = own.len();
            for lead in passed {
                if !own.contains(&lead) {
                    own.push(lead);
                }
            }
            is_new |= own.len() > before;
        }
        is_new
    }
}

/// Where the search for rings stands with one module.
struct Visit {
    order: usize,
    /// The first of the modules under way that it leads back to.
    lowest: usize,
    is_open: bool,
}

/// A module of a ring while the ring is worked out. Most have nothing to do with what the others hand on: of such a one
/// only the words are kept that it is written with.
struct Member<'f> {
    facts: &'f OnceCell<Facts>,
    following: Option<Following<'f, fn(u32)>>,
    words: Option<WordSet>,
    /// What seemed to be written in it and is not.
    missed: FxHashSet<Lead>,
    /// How many of the ring's names behind dots it has heard of.
    told: usize,
}

impl<'f> Member<'f> {
    fn new(facts: &'f OnceCell<Facts>) -> Member<'f> {
        Member { facts, following: None, words: None, missed: FxHashSet::default(), told: 0 }
    }

    /// Takes in leads from elsewhere; those that are known are passed over.
    fn hear(&mut self, project: &Project, node: &Node, leads: &[&Lead]) {
        if self.following.is_none() && self.is_concerned(node, leads) {
            let Some(source) = node.place.read(project) else { return };
            if node.makes || leads.iter().any(|lead| lead.is_written(&source)) {
                self.following = Some(following(self.facts.get_or_init(|| Facts::new(source))));
            } else {
                self.words.get_or_insert_with(|| WordSet::read(&source.text));
                self.missed.extend(leads.iter().map(|lead| (*lead).clone()));
            }
        }
        if let Some(following) = &mut self.following {
            leads.iter().for_each(|lead| following.seed(lead));
        }
    }

    /// Something may be written in the module, as far as is known without reading it.
    fn is_concerned(&self, node: &Node, leads: &[&Lead]) -> bool {
        let may_have = |lead: &&&Lead| self.words.as_ref().is_none_or(|words| words.may_have(lead.hash));
        node.makes || leads.iter().filter(may_have).any(|lead| !self.missed.contains(*lead))
    }

    fn run(&mut self) -> Vec<Lead> {
        self.following.as_mut().map(Following::run).unwrap_or_default()
    }
}
