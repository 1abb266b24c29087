//! Modules that import each other in a ring, worked out together.

use std::sync::{Arc, OnceLock};

use rustc_hash::{FxHashMap, FxHashSet};

use super::super::makers::{Following, Lead, Owner};
use super::{Brought, Graph, Group, GroupId, Import, Members, Node, Of, Owners, Project, Take, crew, following};
use crate::facts::Facts;
use crate::text::WordSet;

impl Graph {
    /// Works out a module and all that it imports: Tarjan's way to find the rings, without recursion.
    pub(super) fn settle(&mut self, project: &Project, start: usize) {
        if self.nodes[start].group.is_some() {
            return;
        }
        self.load(project, start);
        let mut visits: FxHashMap<usize, Visit> = FxHashMap::default();
        let mut path: Vec<usize> = Vec::new();
        let mut open: Vec<(usize, usize)> = vec![(start, 0)];
        while let Some((node, next)) = open.pop() {
            if !visits.contains_key(&node) {
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
        let facts: Vec<OnceLock<Facts>> = ring.iter().map(|_| OnceLock::new()).collect();
        let mut members: Vec<Member> = facts.iter().map(Member::new).collect();
        let any: Vec<&Lead> = self.knowing(Owner::ANY, &below).flat_map(|group| group.members.of(Owner::ANY)).collect();
        crew::each(project.threads, &mut members, |index, member| {
            let leads: Vec<&Lead> = outside[index].leads.iter().chain(any.iter().copied()).collect();
            member.hear(project, &self.nodes[ring[index]], &leads);
        });
        // What a star brings leads on without being written.
        for ((&node, imports), outside) in ring.iter().zip(&imports).zip(&outside) {
            if imports.iter().any(|import| matches!(import.take, Take::All)) {
                self.nodes[node].leads.extend(outside.leads.iter().filter(|lead| !lead.is_member()).cloned());
            }
        }
        let members = self.go_round(project, ring, &imports, &mut members, &below);
        self.set_group(id, Group { members, below });
    }

    /// Lets the modules of a ring hear of each other until none has anything new to say; gives their names behind dots.
    fn go_round(
        &mut self,
        project: &Project,
        ring: &[usize],
        imports: &[Arc<[Import]>],
        members: &mut [Member],
        below: &[GroupId],
    ) -> Members {
        let inside: FxHashSet<usize> = ring.iter().copied().collect();
        let mut all = Members::default();
        // The same, in the order in which they were found.
        let mut dotted: Vec<Lead> = Vec::new();
        loop {
            let found = crew::each(project.threads, members, |index, member| {
                let node = &self.nodes[ring[index]];
                let passed = self.passed(ring[index], &imports[index], &inside, &mut member.passed);
                member.hear(project, node, &passed.iter().collect::<Vec<_>>());
                member.hear_members(project, node, &dotted);
                let mut found = member.run(self, &all, below);
                found.retain(|lead| match lead.is_member() {
                    true => !all.has(lead) && !self.is_known(lead, below),
                    false => !node.leads.contains(lead),
                });
                found
            });
            let mut is_done = true;
            for (&node, found) in ring.iter().zip(found) {
                is_done &= found.is_empty();
                let (members, plain): (Vec<Lead>, Vec<Lead>) = found.into_iter().partition(Lead::is_member);
                self.nodes[node].leads.extend(plain);
                dotted.extend(members.into_iter().filter(|lead| all.add(lead.clone())));
            }
            for (&node, imports) in ring.iter().zip(imports) {
                is_done &= !self.pass_stars(node, imports, &inside);
            }
            if is_done {
                return all;
            }
        }
    }

    /// Some of the groups knows the name behind a dot.
    pub(super) fn is_known(&self, lead: &Lead, groups: &[GroupId]) -> bool {
        lead.of.is_some_and(|owner| self.knowing(owner, groups).any(|group| group.members.has(lead)))
    }

    /// What a module of a ring takes from the others of it and has not heard yet; `heard` is how much of each import it has.
    fn passed(&self, node: usize, imports: &[Import], inside: &FxHashSet<usize>, heard: &mut Vec<usize>) -> Vec<Lead> {
        heard.resize(imports.len(), 0);
        let mut passed = Vec::new();
        for (import, heard) in imports.iter().zip(heard) {
            let Of::Node(other) = import.of else { continue };
            if !inside.contains(&other) || (other == node && matches!(import.take, Take::All)) {
                continue;
            }
            let leads = &self.nodes[other].leads;
            passed.extend(import.take.of(&leads[*heard..]));
            *heard = leads.len();
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
pub(super) struct Member<'f> {
    facts: &'f OnceLock<Facts>,
    following: Option<Following<'f, fn(u32)>>,
    /// Whose objects it has.
    owners: Owners,
    words: Option<WordSet>,
    /// Modules that it imports: it may ask nothing of them that leads on.
    modules: FxHashSet<Lead>,
    /// What seemed to be written in it and is not.
    missed: FxHashSet<Lead>,
    /// How many of the plain names of each import it has heard of.
    passed: Vec<usize>,
    /// How many of the ring's names behind dots it has heard of.
    told: usize,
}

impl<'f> Member<'f> {
    pub(super) fn new(facts: &'f OnceLock<Facts>) -> Member<'f> {
        Member {
            facts,
            following: None,
            owners: Owners::default(),
            words: None,
            modules: FxHashSet::default(),
            missed: FxHashSet::default(),
            passed: Vec::new(),
            told: 0,
        }
    }

    /// Takes in leads from elsewhere; those that are known are passed over.
    pub(super) fn hear(&mut self, project: &Project, node: &Node, leads: &[&Lead]) {
        if self.following.is_none() && self.is_concerned(node, leads) {
            let Some(source) = node.place.read(project) else { return };
            if node.makes || leads.iter().any(|lead| !lead.is_module() && lead.is_written(&source)) {
                let following = self.following.insert(following(self.facts.get_or_init(|| Facts::new(source))));
                self.modules.drain().for_each(|lead| following.seed(&lead));
            } else {
                self.words.get_or_insert_with(|| WordSet::read(&source.text));
                self.missed.extend(leads.iter().map(|lead| (*lead).clone()));
            }
        }
        match &mut self.following {
            Some(following) => leads.iter().for_each(|lead| following.seed(lead)),
            None => self.modules.extend(leads.iter().filter(|lead| lead.is_module()).map(|lead| (*lead).clone())),
        }
    }

    /// Takes in what else the ring has found behind dots. What objects have that are not in the module is nothing to it;
    /// when one comes, all that is known of it is asked for.
    fn hear_members(&mut self, project: &Project, node: &Node, dotted: &[Lead]) {
        let new = dotted[self.told..].iter().filter(|lead| lead.of.is_some_and(|of| self.owners.known.contains(&of)));
        let new: Vec<&Lead> = new.collect();
        self.told = dotted.len();
        self.hear(project, node, &new);
    }

    /// Something may be written in the module, as far as is known without reading it.
    fn is_concerned(&self, node: &Node, leads: &[&Lead]) -> bool {
        let is_there = |lead: &Lead| self.words.as_ref().is_none_or(|words| words.may_have(lead.hash));
        let may_have = |lead: &&&Lead| !lead.is_module() && is_there(lead);
        node.makes || leads.iter().filter(may_have).any(|lead| !self.missed.contains(*lead))
    }

    /// Follows what is known so far, with what the ring and the groups below know of the objects that turn up.
    pub(super) fn run(&mut self, graph: &Graph, ring: &Members, below: &[GroupId]) -> Vec<Lead> {
        let Some(following) = &mut self.following else { return self.modules.iter().cloned().collect() };
        let mut found = following.run();
        let mut next = 0;
        loop {
            found[next..].iter().for_each(|lead| self.owners.add(lead));
            next = found.len();
            while let Some(owner) = self.owners.next() {
                for group in graph.knowing(owner, below) {
                    group.members.of(owner).iter().for_each(|lead| following.seed(lead));
                }
                ring.of(owner).iter().for_each(|lead| following.seed(lead));
            }
            found.extend(following.run());
            if found.len() == next {
                following.rest();
                return found;
            }
        }
    }
}
